"""The texts of claimed deliveries, made from the newest revisions; one text serves all chats of a language and zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from conflict.answers import Reply
from conflict.ceasefires import Ceasefire
from conflict.events import ConflictEvent
from conflict.policy import NO_POLICY, Policy
from conflict.revisions import Version, changed, version_of
from conflict.vocabulary import Verification
from messages.alerts import Alert, Step, render_alert, render_change
from messages.catalog import Catalog
from storage import Unit
from storage.deliveries import Delivery, DeliveryState

_KEPT = timedelta(seconds=2)
_TOLD = (DeliveryState.SENT, DeliveryState.UNKNOWN)


@dataclass(slots=True)
class Texts:
    """What was read and said lately, for the next transactions: a burst tells many chats the same."""

    events: dict[str, ConflictEvent] = field(default_factory=dict)
    replies: dict[tuple[object, ...], Reply] = field(default_factory=dict)
    since: datetime | None = None

    def at(self, now: datetime) -> Texts:
        """The same, empty where it is older than a text may be: it names days and hours."""
        if self.since is None or not timedelta(0) <= now - self.since <= _KEPT:
            self.events.clear()
            self.replies.clear()
            self.since = now
        return self


@dataclass(slots=True)
class Rendering:
    """Made for one transaction: what it read of events stays true in it."""

    unit: Unit
    catalog: Catalog
    now: datetime
    texts: Texts = field(default_factory=Texts)
    policy: Policy = NO_POLICY
    _events: dict[str, ConflictEvent | None] = field(default_factory=dict)
    _histories: dict[str, tuple[Version, ...]] = field(default_factory=dict)
    _shown: dict[int, dict[str, int]] = field(default_factory=dict)

    def reply(
        self, delivery: Delivery, original: Delivery | None, language: str, tz: tzinfo, *, possible: bool = False
    ) -> Reply | None:
        """The text of a delivery that mends or answers `original` (or is it); None: there is nothing to send.

        `possible`: the chat is told only because it may have been near what it watches.
        """
        if original is None:
            return None
        if delivery.part == "message":
            return self._message(delivery, language, tz, possible)
        if original.state not in _TOLD:
            return None
        if delivery.part == "edit":
            return self._edit(original, language, tz)
        return self._answer(delivery, language, tz)

    def read(self, deliveries: Iterable[Delivery]) -> None:
        """Read the events that these carry, those of them that are not known in their newest revision."""
        wanted = {event_id for delivery in deliveries for event_id, _ in delivery.carries}
        for event_id, revision in self.unit.matching.revisions(wanted).items():
            known = self.texts.events.get(event_id)
            if known is not None and known.revision == revision:
                self._events[event_id] = known

    def note_shown(self) -> None:
        """Keep which revisions the messages carry: a later one finds them to mend."""
        same: dict[tuple[tuple[str, int], ...], list[int]] = {}
        for delivery_id, revisions in self._shown.items():
            if not revisions:
                continue
            same.setdefault(tuple(sorted(revisions.items())), []).append(delivery_id)
        for shown, delivery_ids in same.items():
            self.unit.matching.shown(delivery_ids, dict(shown))

    def _message(self, delivery: Delivery, language: str, tz: tzinfo, possible: bool) -> Reply | None:
        events = [e for e in self.events_of(delivery) if not (e.held or e.verification is Verification.RETRACTED)]
        if not events:
            return None
        self._carries(delivery)
        how = (delivery.repeated, delivery.held, possible)
        key = ("message", how, language, str(tz), *((e.event_id, e.revision) for e in events))
        if key not in self.texts.replies:
            alert = Alert(
                tuple(events),
                self.now,
                self._truces(events),
                repeated=delivery.repeated,
                held=delivery.held,
                possible=possible,
            )
            self.texts.replies[key] = render_alert(alert, self.catalog.texts(language), tz=tz)
        return self.texts.replies[key]

    def _edit(self, original: Delivery, language: str, tz: tzinfo) -> Reply | None:
        events = self.events_of(original)
        if original.message_id is None or not events:
            return None
        told_at = original.claimed_at or original.created_at  # when its text was made
        self._carries(original)
        key = ("edit", told_at, original.held, language, str(tz), *((e.event_id, e.revision) for e in events))
        if key not in self.texts.replies:
            steps = tuple(step for event in events for step in self._steps(event, original, told_at))
            steps = tuple(sorted(steps, key=lambda step: step.after.at or told_at))
            alert = Alert(
                tuple(events), self.now, self._truces(events), told_at=told_at, steps=steps, held=original.held
            )
            self.texts.replies[key] = render_alert(alert, self.catalog.texts(language), tz=tz)
        return self.texts.replies[key]

    def _answer(self, delivery: Delivery, language: str, tz: tzinfo) -> Reply | None:
        change = self.unit.matching.change(delivery.change_id) if delivery.change_id else None
        event = self._event(change.event_id) if change else None
        if change is None or event is None:
            return None
        before = [version for version in self._history(event.event_id) if version.revision < change.revision]
        after = version_of(event)
        if not before or not changed(before[-1], after):
            return None
        key = ("answer", language, event.event_id, before[-1].revision, event.revision)
        if key not in self.texts.replies:
            self.texts.replies[key] = render_change(event, before[-1], after, self.catalog.texts(language))
        return self.texts.replies[key]

    def events_of(self, delivery: Delivery) -> list[ConflictEvent]:
        """The events that a delivery carries as held now, merges followed, each once, the gravest first."""
        found = {e.event_id: e for event_id, _ in delivery.carries if (e := self._event(event_id)) is not None}
        return sorted(found.values(), key=lambda e: (-e.severity, e.event_id))

    def _carries(self, delivery: Delivery) -> None:
        shown = {}
        for event_id, revision in delivery.carries:
            event = self._event(event_id)
            if event is not None and event.event_id == event_id and event.revision > revision:
                shown[event_id] = event.revision
        self._shown[delivery.delivery_id] = shown

    def _steps(self, event: ConflictEvent, original: Delivery, told_at: datetime) -> Iterable[Step]:
        """What the event said differently after it was told."""
        versions = [*self._history(event.event_id), version_of(event)]
        for before, after in pairwise(versions):
            if after.at is None or after.at > told_at:
                yield Step(event.short_id, before, after)

    def _event(self, event_id: str) -> ConflictEvent | None:
        if event_id not in self._events:
            held = self.unit.events.get(event_id)
            event = self._events[event_id] = self.policy.shown(held, self.now) if held else None
            if event is not None:
                self.texts.events[event.event_id] = event
        return self._events[event_id]

    def _history(self, event_id: str) -> tuple[Version, ...]:
        if event_id not in self._histories:
            event, told = self._event(event_id), self.unit.matching.history(event_id)
            if event is not None:
                told = tuple(replace(one, facts=self.policy.past(one.facts, event, self.now)) for one in told)
            self._histories[event_id] = told
        return self._histories[event_id]

    def _truces(self, events: Iterable[ConflictEvent]) -> tuple[Ceasefire, ...]:
        named = {one for event in events if event.facts.breach for one in event.facts.breach.inferred}
        return tuple(truce for truce in self.unit.ceasefires.all() if truce.ceasefire_id in named) if named else ()
