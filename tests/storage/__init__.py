"""The storage contract, run over SQLite and PostgreSQL alike."""
