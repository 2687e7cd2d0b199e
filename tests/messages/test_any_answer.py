"""Whatever the sources wrote: an answer is one that Telegram takes, and makes no zero of an unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict.actors import Actors
from conflict.answers import Answer, Range, SourceHealth
from conflict.claims import Claim
from conflict.events import ConflictEvent
from conflict.facts import Actor, Breach, Casualty, EventFacts, Evidence, ReportedBreach
from conflict.places import EventPlace
from conflict.questions import QuestionKind
from conflict.tolls import TollReport
from conflict.vocabulary import (
    Assertion,
    CasualtyKind,
    OriginatorKind,
    PartOfDay,
    Severity,
    Status,
    SubEventType,
    Verification,
)
from messages.answers import render_answer
from messages.catalog import Catalog
from messages.choices import understood
from messages.details import render_event
from messages.html import split
from messages.sources import render_sources
from tests.messages import situations as here
from tests.messages.oracle import parse

CATALOG = Catalog.load(Actors.load())
TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["<b>", "&amp;", "SOHR", "المرصد", "x" * 5000, "\u202eabc", "a\nb", "{name}", "😀" * 400, ""]),
)
MAYBE = st.none() | TEXT
COUNT = st.none() | st.integers(0, 10**7)
DAYS = st.none() | st.dates() | st.dates(date(2019, 11, 1), date(2019, 12, 5))
INSTANTS = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds are naive by hypothesis's rule
CASUALTIES = st.lists(
    st.builds(
        Casualty, kind=st.sampled_from(CasualtyKind), side=MAYBE, role=MAYBE, civilian=st.none() | st.booleans(),
        count=COUNT, low=COUNT, high=COUNT,
    ),
    max_size=4,
).map(tuple)  # fmt: skip
EVENT_PLACES = st.lists(
    st.builds(
        EventPlace, text=TEXT, place=st.none() | st.sampled_from([here.IDLIB, here.SARAQIB, here.ABU_DUHUR]),
        vicinity=st.booleans(), bearing=st.none() | st.sampled_from(["SE", "N", "up"]),
        count=st.none() | st.integers(1, 200),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
ACTOR = st.none() | st.builds(Actor, name=TEXT, actor_id=st.none() | st.sampled_from(["hts", "syria_gov", "nobody"]))
BREACH = st.none() | st.builds(
    Breach, reported=st.lists(st.builds(ReportedBreach, MAYBE, MAYBE, MAYBE), max_size=2).map(tuple),
    inferred=st.lists(st.just("c1"), max_size=1).map(tuple),
)  # fmt: skip
FACTS = st.builds(
    EventFacts, sub_event_type=st.sampled_from(SubEventType), event_date=DAYS, event_date_end=DAYS,
    part_of_day=st.none() | st.sampled_from(PartOfDay), time_precision=st.none() | st.integers(1, 3), actor1=ACTOR,
    actor2=ACTOR, initiator=MAYBE, places=EVENT_PLACES, casualties=CASUALTIES, fatalities_low=COUNT,
    fatalities_best=COUNT, fatalities_high=COUNT, tags=st.lists(TEXT | st.just("displacement"), max_size=3).map(tuple),
    assertion=st.sampled_from(Assertion), status=st.sampled_from(Status), breach=BREACH,
)  # fmt: skip
CLAIMS = st.builds(
    Claim, claim_id=TEXT, report_id=TEXT, publisher=TEXT, facts=FACTS, originator=MAYBE,
    originator_kind=st.sampled_from(OriginatorKind), carrier=MAYBE, url=MAYBE, published_at=INSTANTS,
    evidence=st.none() | TEXT.map(lambda text: Evidence(0, len(text), text)), denies=st.booleans(),
    responsibility=MAYBE, superseded=st.booleans(),
)  # fmt: skip
EVENTS = st.builds(
    ConflictEvent, event_id=st.text("abcdef0123456789", min_size=4, max_size=20), revision=st.just(1), facts=FACTS,
    claims=st.lists(CLAIMS, min_size=1, max_size=4).map(tuple), verification=st.sampled_from(Verification),
    severity=st.sampled_from(Severity), episode=st.none() | st.just("e"), first_reported_at=INSTANTS,
    updated_at=INSTANTS, disputed=st.lists(st.sampled_from(["toll", "other"]), max_size=2).map(tuple),
    sample=st.booleans(),
)  # fmt: skip
TOLLS = st.builds(
    TollReport, toll_id=TEXT, report_id=TEXT, publisher=TEXT, places=EVENT_PLACES, period_start=DAYS, period_end=DAYS,
    as_of=DAYS, casualties=CASUALTIES, originator=MAYBE,
)  # fmt: skip
SILENT = st.builds(SourceHealth, TEXT, TEXT, INSTANTS, INSTANTS, INSTANTS)
ANSWERS = st.builds(
    lambda kind, events, coarser, tolls, silent, fresh, killed: here.seed(
        kind, events=tuple(events), coarser=tuple(coarser), tolls=tuple(tolls), total=len(events), fresh_to=fresh,
        containing=tolls[0] if tolls else None, silent_sources=tuple(silent), fatalities=killed,
    ),
    st.sampled_from(QuestionKind), st.lists(EVENTS, max_size=4), st.lists(EVENTS, max_size=1),
    st.lists(TOLLS, max_size=1), st.lists(SILENT, max_size=6), INSTANTS, st.builds(Range, COUNT, COUNT, COUNT),
)  # fmt: skip
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(ANSWERS, st.sampled_from(["en", "ar"]))
def test_any_answer_is_one_that_telegram_takes(answer: Answer, language: str) -> None:
    texts = CATALOG.texts(language)
    replies = [render_answer(answer, texts, tz=UTC, features=frozenset({"map", "alerts"}))]
    replies.append(render_sources(answer, texts, tz=UTC))
    replies.extend(render_event(event, texts, tz=UTC, now=answer.now) for event in answer.events)
    for reply in replies:
        for part in split(reply.html):
            assert parse(part).length <= 4096
        assert all(len((b.data or "").encode()) <= 64 and b.label for row in reply.buttons for b in row)
    assert understood(answer.question, texts)


@FEW
@given(FACTS.filter(lambda f: f.fatalities_low is f.fatalities_best is f.fatalities_high is None and not f.casualties))
def test_an_unknown_toll_is_never_a_zero(facts: EventFacts) -> None:
    claim = Claim("c", "r", "Paper", EventFacts(facts.sub_event_type))
    event = ConflictEvent("abcd", 1, facts, (claim,), Verification.UNVERIFIED, Severity.MINOR)
    shown = parse(split(render_event(event, CATALOG.texts("en"), tz=UTC).html)[0]).text
    assert "Toll: not given. That does not mean none." in shown
