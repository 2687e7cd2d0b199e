"""What operators do to an event: hold, release, withdraw, restore, confirm, correct, merge, unmerge.

Each in the transaction of the unit it is given: a new revision through the change feed, so that whoever was told hears
of it, and an entry in the audit trail. ReviewError says in a sentence why something cannot be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from conflict.ceasefires import truces_covering
from conflict.claims import Claim
from conflict.corrections import Correction, Killed
from conflict.errors import ReviewError
from conflict.events import ChangeKind, ConflictEvent
from conflict.facts import Breach
from conflict.fold import fold
from conflict.periods import DaySpan
from conflict.places import Place
from conflict.vocabulary import Verification
from ingest.plan import inferring
from ingest.proposals import propose, take_back
from storage.deliveries import DeliveryState
from storage.operators import OperatorAction
from storage.unit import Unit

POLICY: Final = "policy"  # who holds and releases what the policy file says
_LONGEST_WHY: Final = 500  # characters
_WAITING: Final = (DeliveryState.PENDING, DeliveryState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Review:
    """One operator at work in one transaction. `operator` is a Telegram user id in words; `at` an instant in UTC."""

    unit: Unit
    operator: str
    at: datetime

    def find(self, name: str) -> ConflictEvent:
        """The event of an id as people see it (`#7F3A`) or in full; merges are followed."""
        asked = name.strip().lstrip("#").upper()
        whole = self.unit.events.get(asked)
        found = [whole] if whole else self.unit.events.by_short_id(asked)
        if not found:
            merged = (self.unit.events.get(event_id) for event_id in self.unit.holds.absorbed(asked))
            found = list({event.event_id: event for event in merged if event is not None}.values())
        if len(found) > 1:
            ids = ", ".join(event.event_id for event in found)
            raise ReviewError("Several events are shown as #{id}. Write one in full: {ids}.", id=asked[:12], ids=ids)
        if not found:
            raise ReviewError(
                "There is no event #{id}. Its id stands at the end of each alert, such as #7F3A.", id=asked[:12]
            )
        return found[0]

    def hold(self, name: str, until: datetime | None = None) -> ConflictEvent:
        """Keep an event from answers and from whoever was not told yet, until an instant or until it is released."""
        event = self.find(name)
        if event.verification is Verification.RETRACTED:
            raise ReviewError("{id} is withdrawn already: nobody is told of it.", id=event.short_id)
        self.unit.events.mark(event.event_id, held=True, held_until=until)
        self.unit.holds.untell(event.event_id, (DeliveryState.PENDING,), at=self.at)
        self._record("hold", event, until=until.isoformat() if until else None)
        return replace(event, held=True)

    def release(self, name: str) -> ConflictEvent:
        """Let a held event go: whoever would have heard of it hears of it now."""
        event = self.find(name)
        if not event.held:
            raise ReviewError("{id} is not held back: there is nothing to release.", id=event.short_id)
        self.unit.events.mark(event.event_id, held=False)
        self.unit.holds.untell(event.event_id, _WAITING, at=self.at)
        self._record("release", event)
        return self._save(replace(event, held=False), ChangeKind.RELEASED, "released", ("held",))

    def withdraw(self, name: str, why: str) -> ConflictEvent:
        """Take an event back: it leaves the answers, and whoever was told is told that it is withdrawn."""
        event, why = self.find(name), " ".join(why.split())[:_LONGEST_WHY]
        if event.verification is Verification.RETRACTED:
            raise ReviewError("{id} is withdrawn already.", id=event.short_id)
        if not why:
            raise ReviewError("Say why it is withdrawn; the reason is kept with the event.")
        self._record("withdraw", event, why=why)
        return self._save(self._folded(event, retracted=True), ChangeKind.RETRACTED, f"withdrawn: {why}", ())

    def restore(self, name: str) -> ConflictEvent:
        """Take a withdrawal back."""
        event = self.find(name)
        if event.verification is not Verification.RETRACTED:
            raise ReviewError("{id} is not withdrawn: there is nothing to restore.", id=event.short_id)
        flags = self.unit.events.flags(event.event_id)
        self.unit.holds.untell(event.event_id, (DeliveryState.SUPERSEDED,), at=self.at)
        self._record("restore", event)
        after = self._folded(event, retracted=False, confirmed=flags is not None and flags.confirmed)
        return self._save(after, ChangeKind.REVISED, "the withdrawal is taken back", ())

    def confirm(self, name: str) -> ConflictEvent:
        """Vouch that it happened."""
        event = self._standing(name)
        if event.verification is Verification.CONFIRMED:
            raise ReviewError("{id} is confirmed already.", id=event.short_id)
        self.unit.events.mark(event.event_id, confirmed=True)
        self._record("confirm", event)
        return self._save(self._folded(event, confirmed=True), ChangeKind.REVISED, "confirmed by an operator", ())

    def correct(self, name: str, correction: Correction) -> ConflictEvent:
        """Set one field right; it stands over what sources say from now on."""
        event = self._standing(name)
        others = tuple(one for one in event.corrections if one.field != correction.field)
        after = self._folded(event, corrections=(*others, correction))
        if after.facts == event.facts and correction in event.corrections:
            raise ReviewError("{id} says so already.", id=event.short_id)
        self._record("correct", event, field=correction.field, value=_plain(correction))
        return self._save(after, ChangeKind.REVISED, "corrected by an operator", (correction.field,))

    def merge(self, into: str, other: str, why: str = "") -> ConflictEvent:
        """Two events are one, whatever reports say later: the first is kept, the second leads to it."""
        kept, absorbed = self._standing(into), self._standing(other)
        if kept.event_id == absorbed.event_id:
            raise ReviewError("Both ids are of the same event, {id}: there is nothing to merge.", id=kept.short_id)
        if kept.sample != absorbed.sample:
            raise ReviewError("One of the two belongs to the bundled sample; it never becomes one with a real event.")
        why = " ".join(why.split())[:_LONGEST_WHY] or "an operator says that they are one"
        said = tuple(dict.fromkeys((*absorbed.corrections, *kept.corrections)))
        sure = Verification.CONFIRMED in (kept.verification, absorbed.verification)
        after = self._folded(kept, (*kept.claims, *absorbed.claims), confirmed=sure, corrections=said)
        after = replace(after, revision=kept.revision + 1, updated_at=self.at)
        self.unit.events.absorb(after, absorbed.event_id, why=why, at=self.at)
        take_back(self.unit, absorbed.event_id)
        if sure:
            self.unit.events.mark(kept.event_id, confirmed=True)
        self.unit.rulings.join(kept.event_id, absorbed.event_id, why=why, at=self.at)
        for one, with_ in ((kept, absorbed), (absorbed, kept)):
            self._record("merge", one, other=with_.event_id, into=kept.event_id, why=why)
        return self.find(kept.event_id)

    def unmerge(self, name: str, why: str = "") -> tuple[ConflictEvent, ConflictEvent]:
        """Take a merge back, for good: the event that was absorbed, and the one it had become part of."""
        absorbed_id = self._absorbed(name)
        why = " ".join(why.split())[:_LONGEST_WHY] or "an operator says that they are two"
        into_id = self.unit.rulings.part(absorbed_id, why=why, at=self.at)
        found = {event.event_id: event for event in self.unit.events.get_many((absorbed_id, into_id))}
        again, rest = found[absorbed_id], found[into_id]
        if not again.claims or not rest.claims:
            raise ReviewError("Nothing would be left of one of the two: its reports are gone.")
        left = tuple(one for one in rest.corrections if one not in again.corrections)
        saved = []
        for event, corrections in ((again, again.corrections), (rest, left)):
            self._record("unmerge", event, other=into_id if event is again else absorbed_id, why=why)
            after = self._folded(event, corrections=corrections)
            saved.append(self._save(after, ChangeKind.REVISED, why, ()))
        return saved[0], saved[1]

    def history(self, name: str) -> tuple[ConflictEvent, tuple[OperatorAction, ...]]:
        """An event, and what operators did to it and to what became part of it, oldest first."""
        event = self.find(name)
        subjects = (event.event_id, *self.unit.events.absorbed_by(event.event_id))
        done = [action for subject in subjects for action in self.unit.operators.of_subject(subject)]
        return event, tuple(sorted(done, key=lambda action: action.acted_at))

    def _standing(self, name: str) -> ConflictEvent:
        event = self.find(name)
        if event.verification is Verification.RETRACTED:
            raise ReviewError("{id} is withdrawn; restore it first.", id=event.short_id)
        return event

    def _absorbed(self, name: str) -> str:
        """The id of the merged event that is meant: its own, or that of the event it became part of."""
        asked = name.strip().lstrip("#").upper()
        found = self.unit.holds.absorbed(asked)
        if not found:
            event = self.find(name)
            found = self.unit.events.absorbed_by(event.event_id)
            if not found:
                raise ReviewError("{id} was not merged with another: there is nothing to take back.", id=event.short_id)
        if len(found) > 1:
            raise ReviewError("Several events were merged there. Write one in full: {ids}.", ids=", ".join(found[:5]))
        return found[0]

    def _folded(
        self,
        event: ConflictEvent,
        claims: Sequence[Claim] | None = None,
        *,
        retracted: bool | None = None,
        confirmed: bool | None = None,
        corrections: Sequence[Correction] | None = None,
    ) -> ConflictEvent:
        """The event anew, with what is decided now in place of what was decided before."""
        truces = self.unit.ceasefires.all()
        said = event.corrections if corrections is None else corrections
        after = fold(
            event.event_id,
            event.revision,
            inferring(event.claims if claims is None else claims, truces),
            retracted=event.verification is Verification.RETRACTED if retracted is None else retracted,
            confirmed=event.verification is Verification.CONFIRMED if confirmed is None else confirmed,
            episode=event.episode,
            confidence=event.confidence,
            corrections=said,
            sample=event.sample,
        )
        if not any(one.field in ("event_date", "place", "sub_event_type") for one in said):
            return replace(after, held=event.held)
        # Where, when or what it really was decides which truces it lies in, not what the claims said.
        reported = after.facts.breach.reported if after.facts.breach else ()
        inside = tuple(sorted(truce.ceasefire_id for truce in truces_covering(after.facts, truces)))
        breach = Breach(reported, inside) if reported or inside else None
        return replace(after, facts=replace(after.facts, breach=breach), held=event.held)

    def _save(self, event: ConflictEvent, kind: ChangeKind, why: str, fields: Sequence[str]) -> ConflictEvent:
        after = replace(event, revision=event.revision + 1, updated_at=self.at)
        self.unit.events.save(after, kind, report_id=None, why=why, fields=fields, at=self.at)
        propose(self.unit, after)
        return after

    def _record(self, action: str, event: ConflictEvent, **detail: Any) -> None:
        given = {name: value for name, value in detail.items() if value is not None}
        self.unit.operators.record(OperatorAction(self.operator, action, event.event_id, self.at, given or None))


def release_due(unit: Unit, *, at: datetime) -> int:
    """Let the held events go whose time has come; how many."""
    review = Review(unit, POLICY, at)
    due = unit.holds.due(at=at)
    for event_id in due:
        review.release(event_id)
    return len(due)


def _plain(correction: Correction) -> str:
    """The value in words, for the audit trail."""
    match correction.value:
        case None:
            return "unknown"
        case Killed(count, low, high):
            return str(count) if count is not None else f"at least {low}" if high is None else f"{low} to {high}"
        case DaySpan(start, end):
            return str(start) if start == end else f"{start} to {end}"
        case Place(_, name):
            return name
        case kind:
            return kind.value
