"""How it is kept: models, queries, transactions, change feed, deliveries, migrations."""

from storage.engine import Storage, open_storage
from storage.eventquery import EventPage, EventQuery, EventTotals
from storage.unit import Unit

__all__ = ["EventPage", "EventQuery", "EventTotals", "Storage", "Unit", "open_storage"]
