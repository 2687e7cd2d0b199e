"""Sitrep's own JSON lines: what `sitrep export --format jsonl` wrote comes back as the same events.

An event returns whole: its id, revision, verification and claims. What an export leaves out (each claim's own view of
day and place) is taken to be the event's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from conflict.claims import Claim
from conflict.events import ConflictEvent, Report, ReportKind
from conflict.facts import Actor, Breach, Casualty, EventFacts, Evidence, ReportedBreach
from conflict.places import EventPlace, Place
from conflict.vocabulary import (
    Assertion,
    CasualtyKind,
    OriginatorKind,
    PartOfDay,
    PlaceLevel,
    Severity,
    Status,
    SubEventType,
    Verification,
)
from ingest.decide import row_report_id
from ingest.sources.rows import Rejection

DATA_SET = "sitrep"
PUBLISHER = "Sitrep export"
LONGEST = 2_000_000
_FIELDS = ("event_id", "revision", "sub_event_type", "verification", "severity", "claims")


def is_sitrep(first_line: str) -> bool:
    """Whether this is a line of our own export."""
    try:
        row = json.loads(first_line)
    except ValueError:
        return False
    return isinstance(row, dict) and all(name in row for name in _FIELDS)


class SitrepLines:
    """Reads events; `find_place` gives the place of an id, `country_code` the ISO code of a country's name."""

    def __init__(
        self, find_place: Callable[[str], Place | None], country_code: Callable[[str], str | None], now: datetime
    ) -> None:
        self._find_place = find_place
        self._country_code = country_code
        self._now = now

    def read(self, line: int, text: str) -> tuple[Report, ConflictEvent] | Rejection:
        """The event of a line with the report that stands for it, or why not."""
        if len(text) > LONGEST:
            return Rejection(line, f"a line of more than {LONGEST:,} characters")
        try:
            row = json.loads(text)
            event = self._event(row)
            if event.facts.event_date and event.facts.event_date > self._now.date():
                return Rejection(line, f"event_date {event.facts.event_date} is in the future")
        except RecursionError:
            return Rejection(line, "brackets nested too deep")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return Rejection(line, f"no event of an export: {type(error).__name__} {str(error)[:120]}")
        words = "\n".join(dict.fromkeys(c.evidence.text for c in event.claims if c.evidence))
        report = Report(
            report_id=row_report_id(DATA_SET, event.event_id),
            source_id=DATA_SET,
            publisher=event.claims[0].publisher,
            kind=ReportKind.ROW,
            text=words,
            url=event.claims[0].url,
            published_at=event.first_reported_at,
            retrieved_at=self._now,
            external_id=event.event_id,
            sample=event.sample,
        )
        return report, event

    def _event(self, row: dict[str, Any]) -> ConflictEvent:
        event_id = row["event_id"]
        if not (isinstance(event_id, str) and event_id.isalnum() and event_id.isascii() and 4 <= len(event_id) <= 40):
            raise ValueError("event_id is no id")
        revision = row["revision"]
        if not isinstance(revision, int) or not 1 <= revision < 1_000_000:
            raise ValueError("revision is no number")
        facts = self._facts(row)
        report_id = row_report_id(DATA_SET, event_id)
        claims = tuple(
            self._claim(claim, f"{report_id}#{number:03d}", report_id, facts)
            for number, claim in enumerate(row["claims"])
        )
        if not claims:
            raise ValueError("no claim: nobody says so")
        return ConflictEvent(
            event_id=event_id,
            revision=revision,
            facts=facts,
            claims=claims,
            verification=Verification(row["verification"]),
            severity=Severity(row["severity"]),
            episode=row.get("episode"),
            confidence=row.get("confidence"),
            first_reported_at=_instant(row.get("first_reported_at")),
            updated_at=_instant(row.get("updated_at")),
            disputed=tuple(map(str, row.get("disputed", ()))),
            sample=bool(row.get("sample")),
        )

    def _facts(self, row: dict[str, Any]) -> EventFacts:
        part, breach = row.get("part_of_day"), row.get("ceasefire_breach")
        return EventFacts(
            sub_event_type=SubEventType(row["sub_event_type"]),
            event_date=_day(row.get("event_date")),
            event_date_end=_day(row.get("event_date_end")),
            part_of_day=PartOfDay(part) if part else None,
            time_precision=_number(row.get("time_precision")),
            actor1=_actor(row.get("actor1")),
            actor2=_actor(row.get("actor2")),
            initiator=row.get("initiator"),
            civilian_targeting=bool(row.get("civilian_targeting")),
            places=tuple(self._place(place) for place in row.get("places", ())),
            casualties=tuple(_casualty(one) for one in row.get("casualties", ())),
            fatalities_low=_number(row.get("fatalities_low")),
            fatalities_best=_number(row.get("fatalities_best")),
            fatalities_high=_number(row.get("fatalities_high")),
            tags=tuple(map(str, row.get("tags", ()))),
            assertion=Assertion(row.get("assertion", "stated")),
            status=Status(row.get("status", "new")),
            breach=_breach(breach) if breach else None,
        )

    def _claim(self, row: dict[str, Any], claim_id: str, report_id: str, facts: EventFacts) -> Claim:
        evidence = row.get("evidence")
        return Claim(
            claim_id=claim_id,
            report_id=report_id,
            publisher=str(row["publisher"]),
            facts=replace(
                facts,
                fatalities_low=_number(row.get("fatalities_low")),
                fatalities_best=_number(row.get("fatalities_best")),
                fatalities_high=_number(row.get("fatalities_high")),
                initiator=row.get("initiator"),
            ),
            originator=row.get("originator"),
            originator_kind=OriginatorKind(row.get("originator_kind", "unnamed")),
            carrier=row.get("carrier"),
            evidence=Evidence(int(evidence["start"]), int(evidence["end"]), str(evidence["text"]))
            if evidence
            else None,
            url=_link(row.get("url")),
            published_at=_instant(row.get("published_at")),
            retrieved_at=self._now,
            denies=bool(row.get("denies")),
            responsibility=row.get("responsibility"),
        )

    def _place(self, row: dict[str, Any]) -> EventPlace:
        place_id, found = row.get("place_id"), None
        if place_id:
            known = self._find_place(str(place_id))
            own = Place(
                place_id=str(place_id),
                name=str(row["name"]),
                level=PlaceLevel(row["level"]),
                country=row.get("country"),
                country_code=self._country_code(str(row["country"])) if row.get("country") else None,
                admin1=row.get("admin1"),
                admin2=row.get("admin2"),
                latitude=row.get("latitude"),
                longitude=row.get("longitude"),
            )
            found = own if known is None else _as_written(known, own, unplaced=row.get("count") is not None)
        return EventPlace(
            text=str(row["text"]),
            place=found,
            vicinity=bool(row.get("vicinity")),
            bearing=row.get("bearing"),
            count=_number(row.get("count")),
        )


def _as_written(known: Place, own: Place, *, unplaced: bool) -> Place:
    """The known place, with the names and the point that the export gives it."""
    return replace(
        known,
        name=own.name,
        level=own.level,
        country=own.country,
        admin1=own.admin1,
        admin2=own.admin2,
        latitude=known.latitude if unplaced else own.latitude,
        longitude=known.longitude if unplaced else own.longitude,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return found


def _number(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000_000:
        raise ValueError(f"{str(value)[:20]} is no number of people")
    return value


def _link(value: Any) -> str | None:
    text = str(value or "")
    return text if text.lower().startswith(("http://", "https://")) and len(text) < 2_000 else None


def _actor(row: dict[str, Any] | None) -> Actor | None:
    return Actor(str(row["name"]), row.get("actor_id"), row.get("side")) if row else None


def _casualty(row: dict[str, Any]) -> Casualty:
    return Casualty(
        kind=CasualtyKind(row["kind"]),
        side=row.get("side"),
        role=row.get("role"),
        civilian=row.get("civilian"),
        count=_number(row.get("count")),
        low=_number(row.get("low")),
        high=_number(row.get("high")),
    )


def _breach(row: dict[str, Any]) -> Breach:
    reported = (ReportedBreach(r.get("accuser"), r.get("accused"), r.get("denied_by")) for r in row.get("reported", ()))
    return Breach(tuple(reported), tuple(map(str, row.get("inferred", ()))))
