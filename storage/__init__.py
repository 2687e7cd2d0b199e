"""How it is kept: models, queries, transactions, change feed, deliveries, migrations."""

from storage.engine import Storage, open_storage
from storage.eventquery import EventPage, EventQuery, EventTotals
from storage.stamps import Stamp
from storage.unit import Unit

__all__ = ["EventPage", "EventQuery", "EventTotals", "Stamp", "Storage", "Unit", "open_storage"]
