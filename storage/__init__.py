"""How it is kept: models, queries, transactions, change feed, deliveries, migrations."""
