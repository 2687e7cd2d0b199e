"""The rows of a plain event, made fast: one place, claims that all rest on the event's own facts.

It writes what `storage.eventrows` and `storage.codec` write (a test holds them together); what comes again and again
(places, actors, voices) is turned into columns and JSON once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from conflict.claims import Claim
from conflict.events import ConflictEvent, Report, ReportKind
from conflict.facts import Actor, EventFacts
from conflict.places import EventPlace
from conflict.vocabulary import TYPE_OF, Assertion, OriginatorKind, Status, Verification
from storage.codec import to_json
from storage.eventquery import KIND, SHORT_SPAN, keys
from storage.eventrows import area_values, point_values
from storage.types import clean

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEPT = 50_000
Values = tuple[Any, ...]

# An enumeration's value costs ten times a look into a table.
_TYPES = {sub: (sub_type.value, sub.value) for sub, sub_type in TYPE_OF.items()}
_VERIFICATIONS = {one: one.value for one in Verification}
_ORIGINATORS = {one: one.value for one in OriginatorKind}
_REPORTS = {one: one.value for one in ReportKind}
_NEW, _STATED = Status.NEW.value, Assertion.STATED.value


def dumps(value: Any) -> str:
    """A JSON value as the databases keep it: compact, a lone surrogate escaped."""
    words = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if not words.isascii():
        try:
            words.encode()
        except UnicodeEncodeError:
            return json.dumps(value, separators=(",", ":"))
    return words


def microseconds(value: datetime | None) -> int | None:
    """An instant as SQLite keeps it."""
    return None if value is None else (value - _EPOCH) // _MICROSECOND


def instant_of(value: int | None) -> datetime | None:
    """An instant that SQLite kept."""
    return None if value is None else _EPOCH + value * _MICROSECOND


def in_utc(value: datetime | None) -> datetime | None:
    """An instant as PostgreSQL keeps it."""
    return None if value is None else value.astimezone(UTC)


def iso(value: date | None) -> str | None:
    """A day as SQLite keeps it."""
    return None if value is None else value.isoformat()


def _same(value: Any) -> Any:
    return value


def is_plain(event: ConflictEvent) -> bool:
    """Whether the fast way knows this event: its first revision, one place, claims with the event's own facts."""
    facts = event.facts
    return (
        len(facts.places) == 1
        and facts.event_date is not None
        and facts.part_of_day is None
        and facts.assertion is Assertion.STATED
        and facts.status is Status.NEW
        and not event.disputed
        and not event.sample
        and event.verification is not Verification.RETRACTED
        and all(claim.facts is facts and not claim.denies and not claim.superseded for claim in event.claims)
    )


class PlainRows:
    """Rows of plain events for one database; columns in the order of the tables."""

    def __init__(self, dialect: str) -> None:
        lite = dialect == "sqlite"
        self._instant: Callable[[datetime | None], Any] = microseconds if lite else in_utc
        self._day: Callable[[date | None], Any] = iso if lite else _same
        self._yes, self._no = (1, 0) if lite else (True, False)
        self._places: dict[int, tuple[EventPlace, Values, str, dict[str, Any]]] = {}
        self._originators = lru_cache(maxsize=_KEPT)(lambda *names: dumps(list(dict.fromkeys(n for n in names if n))))
        self._actor = lru_cache(maxsize=_KEPT)(lambda actor: dumps(to_json(actor)))
        self._actors = lru_cache(maxsize=_KEPT)(_actor_keys)
        self._voices = lru_cache(maxsize=_KEPT)(lambda *names: keys(names))

    def report(self, report: Report, digest: bytes) -> Values:
        """The row of `reports`."""
        instant = self._instant
        return (
            report.report_id,
            report.source_id,
            clean(report.publisher),
            _REPORTS[report.kind],
            clean(report.text),
            None if report.title is None else clean(report.title),
            None if report.url is None else clean(report.url),
            report.language,
            instant(report.published_at),
            instant(report.retrieved_at),
            report.external_id,
            self._yes if report.sample else self._no,
            digest,
            None,
            None,
        )

    def event(self, event: ConflictEvent, facts_text: str, at: Any) -> Values:
        """The row of `events`; `at` is the instant of the run, as this database keeps it."""
        facts, no = event.facts, self._no
        place, placed, _, _ = self._place(facts.places[0])
        first, claims, breach = event.first_reported_at, event.claims, facts.breach
        start = facts.event_date or date.min
        end = max(facts.event_date_end or start, start)
        last = max([claim.published_at for claim in claims if claim.published_at], default=None)
        instant, day = self._instant, self._day
        event_type, sub_event_type = _TYPES[facts.sub_event_type]
        civilian = facts.civilian_targeting or any(one.civilian for one in facts.casualties)
        started = day(start)
        return (
            event.event_id,
            event.short_id[1:],
            event.revision,
            started,
            day(facts.event_date_end),
            event_type,
            sub_event_type,
            *placed,
            place.geo_precision,
            self._actors(facts.actor1, facts.actor2),
            keys(facts.tags) if facts.tags else "|",
            self._yes if civilian else no,
            facts.fatalities_low,
            facts.fatalities_best,
            facts.fatalities_high,
            dumps([to_json(one) for one in facts.casualties]) if facts.casualties else None,
            self._originators(*[claim.originator for claim in claims]),
            int(event.severity),
            _VERIFICATIONS[event.verification],
            _NEW,
            _STATED,
            None,
            event.episode,
            event.confidence,
            0 if breach is None else 2 if breach.reported else 1 if breach.inferred else 0,
            facts_text,
            instant(first),
            instant(last),
            at if event.updated_at is None else instant(event.updated_at),
            None,
            no,
            None,
            no,
            no,
            no,
            self._yes,
            started,
            started if end is start else day(end),
            instant(first or _EPOCH),
            1 if end - start > SHORT_SPAN else None,
            KIND[facts.sub_event_type],
            None,
        )

    def claim(self, claim: Claim, event_id: str, position: int, facts_text: str) -> Values:
        """The row of `claims`."""
        evidence, no = claim.evidence, self._no
        return (
            claim.claim_id,
            event_id,
            claim.report_id,
            event_id,
            position,
            clean(claim.publisher),
            None if claim.originator is None else clean(claim.originator),
            _ORIGINATORS[claim.originator_kind],
            None if claim.carrier is None else clean(claim.carrier),
            self._voices(claim.originator, claim.carrier, claim.publisher),
            evidence.start if evidence else None,
            evidence.end if evidence else None,
            clean(evidence.text) if evidence else None,
            None if claim.url is None else clean(claim.url),
            self._instant(claim.published_at),
            self._instant(claim.retrieved_at),
            no,
            None if claim.responsibility is None else clean(claim.responsibility),
            no,
            facts_text,
        )

    def facts(self, facts: EventFacts) -> str:
        """The facts as JSON text: `to_json` written out, in the same order, defaults left out."""
        parts = [f'"sub_event_type":"{_TYPES[facts.sub_event_type][1]}"']
        if facts.event_date is not None:
            parts.append(f'"event_date":"{facts.event_date.isoformat()}"')
        if facts.event_date_end is not None:
            parts.append(f'"event_date_end":"{facts.event_date_end.isoformat()}"')
        if facts.time_precision is not None:
            parts.append(f'"time_precision":{facts.time_precision}')
        if facts.actor1 is not None:
            parts.append(f'"actor1":{self._actor(facts.actor1)}')
        if facts.actor2 is not None:
            parts.append(f'"actor2":{self._actor(facts.actor2)}')
        if facts.initiator is not None:
            parts.append(f'"initiator":{dumps(facts.initiator)}')
        if facts.civilian_targeting:
            parts.append('"civilian_targeting":true')
        parts.append(f'"places":[{self._place(facts.places[0])[2]}]')
        if facts.casualties:
            parts.append(f'"casualties":{dumps([to_json(one) for one in facts.casualties])}')
        if facts.fatalities_low is not None:
            parts.append(f'"fatalities_low":{facts.fatalities_low}')
        if facts.fatalities_best is not None:
            parts.append(f'"fatalities_best":{facts.fatalities_best}')
        if facts.fatalities_high is not None:
            parts.append(f'"fatalities_high":{facts.fatalities_high}')
        if facts.tags:
            parts.append(f'"tags":{dumps(list(facts.tags))}')
        if facts.breach is not None:
            parts.append(f'"breach":{dumps(to_json(facts.breach))}')
        return "{" + ",".join(parts) + "}"

    def placed(self, place: EventPlace) -> dict[str, Any]:
        """The area and point columns of a place."""
        return self._place(place)[3]

    def _place(self, place: EventPlace) -> tuple[EventPlace, Values, str, dict[str, Any]]:
        """A place with its columns and its JSON; kept by identity, since rows share the place that was looked up."""
        held = self._places.get(id(place))
        if held is None:
            if len(self._places) >= _KEPT:
                self._places.clear()
            columns = {**area_values(place), **point_values(place)}
            held = self._places[id(place)] = (place, tuple(columns.values()), dumps(to_json(place)), columns)
        return held


def _actor_keys(actor1: Actor | None, actor2: Actor | None) -> str:
    actors = [actor for actor in (actor1, actor2) if actor]
    return keys(name for actor in actors for name in (actor.actor_id, actor.name))
