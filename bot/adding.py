"""Drafts of reports that operators add: in memory only, few, gone after an hour; stored when they are confirmed."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot.channels import Intake
from conflict.claims import Claim
from conflict.corrections import CorrectedField, Correction, Killed, corrected, correction_of
from conflict.errors import InputError
from conflict.events import EventData, Report
from conflict.periods import DaySpan
from conflict.places import Place
from conflict.posts import Post
from conflict.vocabulary import CasualtyKind, EventType, SubEventType
from handlers.adding import PassedOn
from handlers.context import ChatView
from ingest.pipeline import Extraction
from ingest.sources.posts import is_stored, passed_on, report_of, understood
from messages.drafts import MOST_EVENTS, UNKNOWN_PLACE, Added, DraftEvent, DraftView
from messages.operator_actions import DAYS, ChangeDraft
from storage.operators import OperatorAction

KEPT: Final = timedelta(hours=1)
MOST_DRAFTS: Final = 50
_CANDIDATES: Final = 6
_MOST_WORDS: Final = 2  # of an answer that is not understood
# What words answer on these screens.
_ASKED: Final[Mapping[str, CorrectedField]] = {"places": "place", "days": "event_date", "toll": "killed"}
_SHOWN: Final = frozenset({"show", "event", "types", "kinds", *_ASKED})


@dataclass(slots=True)
class _Draft:
    """One message that an operator may add."""

    operator: int
    report: Report
    said: Extraction
    stored: bool
    made_at: datetime
    corrections: dict[int, list[Correction]] = field(default_factory=dict)
    left_out: set[int] = field(default_factory=set)

    def event(self, number: int) -> EventData:
        """An event as it would be stored."""
        return _corrected(self.said.events[number], self.corrections.get(number, ()))


@dataclass(frozen=True, slots=True)
class AddingServices:
    """`handlers.adding.Adding` over the pipeline of a running bot."""

    intake: Intake
    country: str | None = None
    _drafts: OrderedDict[str, _Draft] = field(default_factory=OrderedDict)
    _asked: dict[int, ChangeDraft] = field(default_factory=dict)  # of each operator what the last screen asked for

    async def draft(self, what: Post | PassedOn, operator: int, chat: ChatView) -> DraftView:
        """What is understood of a message; nothing is stored."""
        draft = await self.intake.do(self._understood, what, operator)
        draft_id = secrets.token_hex(6)
        self._drafts[draft_id] = draft
        self._asked.pop(operator, None)
        while len(self._drafts) > MOST_DRAFTS:
            self._drafts.popitem(last=False)
        return self._view(draft_id, draft, chat, ChangeDraft(draft_id, "show"))

    async def change(self, action: ChangeDraft, operator: int, chat: ChatView) -> DraftView | None:
        """The draft after a button; None if it is gone or not this operator's."""
        return await self.intake.do(self._change, action, operator, chat)

    async def say(self, words: str, operator: int, chat: ChatView) -> DraftView | None:
        """The draft after words for what it asked; None if it asked nothing."""
        return await self.intake.do(self._say, words, operator, chat) if operator in self._asked else None

    async def confirm(self, draft_id: str, operator: int) -> Added | None:
        """Store it with its corrections, noted as the operator's; None if it is gone or not this operator's."""
        draft = self._found(draft_id, operator)
        if draft is None or draft.stored or not (draft.said.events or draft.said.tolls or draft.said.tallies):
            return None
        self._forget(draft_id, operator)
        try:
            return await self.intake.do(self._store, draft)
        except BaseException:
            self._drafts[draft_id] = draft  # to be confirmed again
            raise

    async def discard(self, draft_id: str, operator: int) -> bool:
        """Forget it; False if it is gone already."""
        if self._found(draft_id, operator) is None:
            return False
        self._forget(draft_id, operator)
        return True

    def _found(self, draft_id: str, operator: int) -> _Draft | None:
        draft = self._drafts.get(draft_id)
        if draft is not None and self.intake.now() - draft.made_at > KEPT:
            self._forget(draft_id, draft.operator)
            return None
        return draft if draft is not None and draft.operator == operator else None

    def _forget(self, draft_id: str, operator: int) -> None:
        self._drafts.pop(draft_id, None)
        self._asked.pop(operator, None)

    def _change(self, action: ChangeDraft, operator: int, chat: ChatView) -> DraftView | None:
        draft = self._found(action.draft_id, operator)
        self._asked.pop(operator, None)
        if draft is None:
            return None
        if action.what != "show" and action.event >= min(len(draft.said.events), MOST_EVENTS):
            return None
        if action.what == "kinds" and action.value >= len(EventType):
            return None
        if action.what == "leave":
            draft.left_out ^= {action.event}
        elif action.what not in _SHOWN:
            meant = self._meant(draft, action, chat)
            if meant is None:  # forged, or a day that has not come
                return None
            draft.corrections.setdefault(action.event, []).append(meant)
        if action.what in _ASKED:
            self._asked[operator] = action
        return self._view(action.draft_id, draft, chat, action)

    def _say(self, words: str, operator: int, chat: ChatView) -> DraftView | None:
        asked = self._asked.get(operator)
        draft = self._found(asked.draft_id, operator) if asked else None
        if asked is None or draft is None:
            return None
        name, country = _ASKED[asked.what], self._country(draft, asked.event)
        try:
            found = correction_of(name, words, places=self.intake.places, today=_today(chat), country=country)
        except InputError:
            if len(words.split()) > _MOST_WORDS:
                return None  # a question rather than an answer
            return replace(self._view(asked.draft_id, draft, chat, asked), misunderstood=name)
        self._asked.pop(operator, None)
        draft.corrections.setdefault(asked.event, []).append(found)
        return self._view(asked.draft_id, draft, chat, ChangeDraft(asked.draft_id, "event", asked.event))

    def _understood(self, what: Post | PassedOn, operator: int) -> _Draft:
        now = self.intake.now()
        if isinstance(what, Post):
            report = report_of(what, now=now)
        else:
            report = passed_on(what.text, what.published_at, forwarded=what.forwarded, now=now)
        said = understood(self.intake.extractor, report, report.published_at or now)
        return _Draft(operator, report, said, is_stored(self.intake.storage, report), now)

    def _store(self, draft: _Draft) -> Added:
        said, taken = draft.said, [n for n in range(len(draft.said.events)) if n not in draft.left_out]
        out = {said.events[n].sequence for n in draft.left_out}
        tolls = [toll for toll in said.tolls if toll.sequence is None or toll.sequence not in out]
        result = self.intake.pipeline.take(
            draft.report, [draft.event(n) for n in taken], tolls, said.tallies, said.reason
        )
        if not result.stored:
            return Added(False)
        detail: dict[str, Any] = {
            "corrections": [
                {"event": n, "field": one.field, "value": _plain(one.value)}
                for n in taken
                for one in draft.corrections.get(n, ())
            ],
            "left_out": sorted(draft.left_out),
            "events": [event.event_id for event in result.events],
        }
        with self.intake.storage.begin(write=True) as unit:
            action = OperatorAction(
                str(draft.operator), "add report", draft.report.report_id, self.intake.now(), detail
            )
            unit.operators.record(action)
        return Added(True, result.events, len(tolls) + len(said.tallies))

    def _meant(self, draft: _Draft, action: ChangeDraft, chat: ChatView) -> Correction | None:
        kinds, value = list(SubEventType), action.value
        match action.what:
            case "set_kind":
                return Correction("sub_event_type", kinds[value]) if value < len(kinds) else None
            case "set_place":
                candidates = self._candidates(draft, action.event)
                if value == UNKNOWN_PLACE:
                    return Correction("place", None)
                return Correction("place", candidates[value]) if value < len(candidates) else None
            case "set_day" if value < len(DAYS):
                return _on(DAYS[value], draft.event(action.event).facts.event_date, chat)
            case "no_toll":
                return Correction("killed", None)
            case _:
                return None

    def _candidates(self, draft: _Draft, number: int) -> tuple[Place, ...]:
        """What the source's own words for the place may mean."""
        primary = draft.said.events[number].facts.primary_place
        if primary is None or not primary.text:
            return ()
        found = self.intake.places.find(
            primary.place.name if primary.place else primary.text,
            country=self._country(draft, number),
            fuzzy=True,
            limit=_CANDIDATES,
        )
        return tuple(candidate.place for candidate in found)

    def _country(self, draft: _Draft, number: int) -> str | None:
        primary = draft.said.events[number].facts.primary_place
        return (primary.place.country_code if primary and primary.place else None) or self.country

    def _view(self, draft_id: str, draft: _Draft, chat: ChatView, action: ChangeDraft) -> DraftView:
        several = min(len(draft.said.events), MOST_EVENTS) > 1
        screen = action.what if action.what in _SHOWN else "event"
        return DraftView(
            draft_id,
            draft.report.publisher,
            draft.report.url,
            draft.report.published_at or draft.made_at,
            _today(chat),
            chat.tz,
            tuple(self._seen(draft, n, with_candidates=screen == "places") for n in range(len(draft.said.events))),
            len(draft.said.tolls) + len(draft.said.tallies),
            draft.said.reason,
            draft.stored,
            screen if several or screen != "event" else "show",
            action.event,
            action.value if screen == "kinds" else 0,
        )

    def _seen(self, draft: _Draft, number: int, *, with_candidates: bool) -> DraftEvent:
        data = draft.event(number)
        candidates = self._candidates(draft, number) if with_candidates else ()
        return DraftEvent(
            data.facts, data.claims, number in draft.left_out, bool(draft.corrections.get(number)), candidates
        )


def _corrected(data: EventData, corrections: Sequence[Correction]) -> EventData:
    """The event with corrections in what it and its claims say; voices and sentences stay the source's."""
    if not corrections:
        return data
    counted = [_counts(claim) for claim in data.claims]

    def mended(claim: Claim, number: int) -> Claim:
        # A voice that gave no number is not made to give one, unless none did.
        meant = [c for c in corrections if c.field != "killed" or counted[number] or (number == 0 and not any(counted))]
        return replace(claim, facts=corrected(claim.facts, meant))

    claims = tuple(mended(claim, number) for number, claim in enumerate(data.claims))
    return replace(data, facts=corrected(data.facts, corrections), claims=claims)


def _counts(claim: Claim) -> bool:
    facts = claim.facts
    stated = (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high)
    return stated != (None, None, None) or any(c.kind is CasualtyKind.KILLED for c in facts.casualties)


def _on(which: str, known: date | None, chat: ChatView) -> Correction | None:
    """The correction to a day that a button names."""
    today = _today(chat)
    if which == "unknown":
        return Correction("event_date", None)
    if which in ("earlier", "later"):
        if known is None:
            return None
        meant = known + timedelta(days=1 if which == "later" else -1)
    else:
        meant = today - timedelta(days=int(which == "yesterday"))
    return Correction("event_date", DaySpan(meant, meant)) if meant <= today else None


def _today(chat: ChatView) -> date:
    return chat.now.astimezone(chat.tz).date()


def _plain(value: object) -> Mapping[str, Any] | str | None:
    """The value of a correction for the audit trail."""
    match value:
        case Place():
            return value.place_id
        case DaySpan():
            return {"start": value.start.isoformat(), "end": value.end.isoformat(), "precision": value.precision}
        case Killed():
            return {"count": value.count, "low": value.low, "high": value.high}
        case _:
            return None if value is None else str(value)
