"""A unit of work: one transaction, and by name all that can be read and written in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property

from sqlalchemy import Connection, text

from conflict.breaches import BreachNote
from conflict.errors import StorageError
from storage.breaches import breach_notes
from storage.bulk import Bulk
from storage.ceasefires import Ceasefires
from storage.changes import Changes
from storage.chats import Chats
from storage.deliveries import Deliveries, Delivery
from storage.eventquery import EventQuery
from storage.events import Events
from storage.folding import Folding
from storage.holds import Holds
from storage.inbox import Inbox
from storage.items import Items
from storage.lost import lost_deliveries
from storage.matching import Matching
from storage.operators import OperatorActions
from storage.places import LearnedPlaces
from storage.reports import Reports
from storage.rulings import Rulings
from storage.sample import remove_sample
from storage.session import Session
from storage.sources import Sources
from storage.subscriptions import Subscriptions
from storage.tolls import Tallies, Tolls


class Unit:
    """What one transaction can do; made by `Storage.begin`, of no use after it has ended."""

    def __init__(self, connection: Connection, *, write: bool, choose: Callable[[str], str] = secrets.choice) -> None:
        self._session = Session(connection, write=write, choose=choose)

    @cached_property
    def reports(self) -> Reports:
        """What sources published."""
        return Reports(self._session)

    @cached_property
    def events(self) -> Events:
        """What is held to have happened, with its claims."""
        return Events(self._session)

    @cached_property
    def bulk(self) -> Bulk:
        """Many rows of a data set at once."""
        return Bulk(self._session)

    @cached_property
    def tolls(self) -> Tolls:
        """Counts of people for an area and a period."""
        return Tolls(self._session)

    @cached_property
    def tallies(self) -> Tallies:
        """Counts of ceasefire breaches."""
        return Tallies(self._session)

    @cached_property
    def ceasefires(self) -> Ceasefires:
        """Agreements and unilateral declarations."""
        return Ceasefires(self._session)

    @cached_property
    def changes(self) -> Changes:
        """The change feed."""
        return Changes(self._session)

    @cached_property
    def folding(self) -> Folding:
        """Deliveries that wait for their chat's own time."""
        return Folding(self._session)

    @cached_property
    def sources(self) -> Sources:
        """Sources, their health, and input kept aside."""
        return Sources(self._session)

    @cached_property
    def items(self) -> Items:
        """What each source has shown already."""
        return Items(self._session)

    @cached_property
    def places(self) -> LearnedPlaces:
        """Places imported or learned."""
        return LearnedPlaces(self._session)

    @cached_property
    def chats(self) -> Chats:
        """Chats and their settings."""
        return Chats(self._session)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What chats want to hear of."""
        return Subscriptions(self._session)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What is to be sent, and what became of it."""
        return Deliveries(self._session)

    @cached_property
    def matching(self) -> Matching:
        """From changes to deliveries."""
        return Matching(self._session)

    @cached_property
    def inbox(self) -> Inbox:
        """Updates that came by webhook."""
        return Inbox(self._session)

    @cached_property
    def operators(self) -> OperatorActions:
        """The audit trail of operators."""
        return OperatorActions(self._session)

    @cached_property
    def rulings(self) -> Rulings:
        """What operators ruled on which events are one."""
        return Rulings(self._session)

    @cached_property
    def holds(self) -> Holds:
        """What is held back, and who was told."""
        return Holds(self._session)

    def breaches(self, query: EventQuery) -> tuple[BreachNote, ...]:
        """Which events of these places and days are called a breach, or lie inside a truce's area; newest first."""
        return breach_notes(self._session, query)

    def lost(self, limit: int = 10) -> tuple[Delivery, ...]:
        """The last messages that Telegram refused or that were given up, newest first."""
        return lost_deliveries(self._session, limit)

    def remove_sample(self) -> int:
        """Remove every row of the bundled demonstration; returns the number of events removed."""
        return remove_sample(self._session)

    def ping(self) -> None:
        """Raise if the database does not answer."""
        if self._session.connection.execute(text("SELECT 1")).scalar() != 1:
            raise StorageError("The database gives wrong answers")
