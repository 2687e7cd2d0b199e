"""Small true-to-life values for the storage tests, and strategies that draw any value storage must keep."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from conflict.claims import Claim
from conflict.events import ChangeKind, ConflictEvent, Report, ReportKind
from conflict.facts import Actor, Breach, Casualty, EventFacts, Evidence, ReportedBreach
from conflict.fold import fold
from conflict.places import EventPlace, Place
from conflict.vocabulary import (
    Assertion,
    CasualtyKind,
    OriginatorKind,
    PartOfDay,
    PlaceLevel,
    Status,
    SubEventType,
)
from storage import Unit

NOW = datetime(2019, 12, 2, 12, tzinfo=UTC)
TODAY = NOW.date()

SYRIA = Place("gn:163843", "Syria", PlaceLevel.COUNTRY, "Syria", "SY", latitude=35.0, longitude=38.0)
IDLIB = Place("gn:1", "Idlib", PlaceLevel.ADMIN1, "Syria", "SY", "Idlib", "gn:1", latitude=35.8, longitude=36.7)
ALEPPO = Place("gn:9", "Aleppo", PlaceLevel.ADMIN1, "Syria", "SY", "Aleppo", "gn:9", latitude=36.3, longitude=37.5)
ARIHA_DISTRICT = Place("gn:3", "Ariha", PlaceLevel.ADMIN2, "Syria", "SY", "Idlib", "gn:1", "Ariha", "gn:3", 35.8, 36.6)


def settlement(place_id: str, name: str, latitude: float, longitude: float, admin1: Place = IDLIB) -> Place:
    """A settlement of Ariha's district, or of another province without a district."""
    return Place(
        place_id,
        name,
        PlaceLevel.SETTLEMENT,
        "Syria",
        "SY",
        admin1.name,
        admin1.place_id,
        admin2="Ariha" if admin1 is IDLIB else None,
        admin2_id="gn:3" if admin1 is IDLIB else None,
        latitude=latitude,
        longitude=longitude,
        name_ar="أريحا",
    )


ARIHA = settlement("gn:2", "Ariha", 35.8142, 36.6101)
SARAQIB = settlement("gn:4", "Saraqib", 35.8643, 36.8010)
AZAZ = settlement("gn:8", "Azaz", 36.5864, 37.0443, ALEPPO)


def report(report_id: str = "r1", *, published: datetime | None = NOW, sample: bool = False) -> Report:
    return Report(
        report_id, "mee", "Middle East Eye", ReportKind.ARTICLE, "Text", published_at=published, sample=sample
    )


def facts(*places: Place, day: date | None = TODAY, killed: int | None = None, **more: object) -> EventFacts:
    casualties = () if killed is None else (Casualty(CasualtyKind.KILLED, count=killed),)
    sub = more.pop("sub", SubEventType.AIR_STRIKE)
    return EventFacts(
        sub,  # type: ignore[arg-type]  # the tests give a sub-type
        event_date=day,
        places=tuple(EventPlace(place.name, place) for place in places),
        casualties=casualties,
        fatalities_low=killed,
        fatalities_best=killed,
        fatalities_high=killed,
        **more,  # type: ignore[arg-type]  # the tests name fields of EventFacts
    )


def claim(
    claim_id: str,
    said: EventFacts,
    *,
    report_id: str = "r1",
    originator: str | None = "SOHR",
    published: datetime | None = NOW,
) -> Claim:
    return Claim(
        claim_id,
        report_id,
        "Middle East Eye",
        said,
        originator,
        OriginatorKind.MONITOR,
        carrier="AFP",
        evidence=Evidence(0, 4, "Text"),
        published_at=published,
    )


def keep(
    unit: Unit,
    said: EventFacts,
    *,
    published: datetime | None = NOW,
    originator: str | None = "SOHR",
    sample: bool = False,
    report_id: str = "r1",
) -> ConflictEvent:
    """Save a new event with one claim, and its report."""
    unit.reports.save(report(report_id, published=published, sample=sample))
    event_id = unit.events.new_id()
    one = claim(f"c-{event_id}", said, report_id=report_id, originator=originator, published=published)
    event = fold(event_id, 1, [one], updated_at=NOW, sample=sample)
    unit.events.save(event, ChangeKind.NEW, report_id=report_id, why="new", at=NOW)
    return event


# Strategies

words = st.text(max_size=20)
days = st.dates()
_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
instants = st.integers(0, 300 * 365 * 86_400 * 10**6).map(lambda number: _FIRST + timedelta(microseconds=number))
counts = st.none() | st.integers(0, 10**6)
floats = st.floats(-90, 90)

places = st.builds(
    Place,
    place_id=words,
    name=words,
    level=st.sampled_from(PlaceLevel),
    country=st.none() | words,
    admin1_id=st.none() | words,
    latitude=st.none() | floats,
    longitude=st.none() | floats,
    population=st.integers(0, 10**7),
    name_ar=st.none() | words,
)
event_places = st.builds(
    EventPlace, text=words, place=st.none() | places, vicinity=st.booleans(), bearing=st.none() | words, count=counts
)
casualties = st.builds(
    Casualty,
    kind=st.sampled_from(CasualtyKind),
    side=st.none() | words,
    role=st.none() | words,
    civilian=st.none() | st.booleans(),
    count=counts,
    low=counts,
    high=counts,
)
actors = st.builds(Actor, name=words, actor_id=st.none() | words, side=st.none() | words)
breaches = st.builds(
    Breach,
    reported=st.lists(
        st.builds(ReportedBreach, st.none() | words, st.none() | words, st.none() | words), max_size=2
    ).map(tuple),
    inferred=st.lists(words, max_size=2).map(tuple),
)
any_facts = st.builds(
    EventFacts,
    sub_event_type=st.sampled_from(SubEventType),
    event_date=st.none() | days,
    event_date_end=st.none() | days,
    part_of_day=st.none() | st.sampled_from(PartOfDay),
    time_precision=st.none() | st.integers(1, 3),
    actor1=st.none() | actors,
    actor2=st.none() | actors,
    initiator=st.none() | words,
    civilian_targeting=st.booleans(),
    places=st.lists(event_places, max_size=3).map(tuple),
    casualties=st.lists(casualties, max_size=3).map(tuple),
    fatalities_low=counts,
    fatalities_best=counts,
    fatalities_high=counts,
    tags=st.lists(words, max_size=3).map(tuple),
    assertion=st.sampled_from(Assertion),
    status=st.sampled_from(Status),
    breach=st.none() | breaches,
)
# What a column keeps as text loses NUL and lone surrogates; everything inside JSON keeps them.
kept_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
any_claims = st.builds(
    Claim,
    claim_id=st.uuids().map(str),
    report_id=st.just("r1"),
    publisher=kept_words,
    facts=any_facts,
    originator=st.none() | kept_words,
    originator_kind=st.sampled_from(OriginatorKind),
    carrier=st.none() | kept_words,
    evidence=st.none() | st.builds(Evidence, st.integers(0, 9999), st.integers(0, 9999), kept_words),
    url=st.none() | kept_words,
    published_at=st.none() | instants,
    retrieved_at=st.none() | instants,
    denies=st.booleans(),
    responsibility=st.none() | kept_words,
)


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)
