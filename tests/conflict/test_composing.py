"""An answer: totals, voices and freshness from what a search found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from conflict.answers import Range, SourceHealth
from conflict.claims import Claim
from conflict.composing import compose, days_of
from conflict.events import ConflictEvent
from conflict.facts import Casualty, EventFacts
from conflict.periods import Period
from conflict.questions import Question, QuestionKind
from conflict.vocabulary import CasualtyKind, Severity, SubEventType, Verification
from tests.conflict.test_tolls import SAT, SUN, Told, toll

NOW = datetime(2019, 12, 2, 18, tzinfo=UTC)
LATEST = Question(QuestionKind.LATEST, "latest in Idlib", "en")


def asked(start: datetime | None, end: datetime | None) -> Question:
    return Question(QuestionKind.KILLED, "how many killed", "en", period=Period(start, end))


def test_the_total_of_an_answer_is_over_all_that_matches_not_over_the_page() -> None:
    found = [Told(str(n), killed, place_ids=(f"gn:{n + 10}", "gn:1")) for n, killed in enumerate((9, 4, 16, 28))]
    answer = compose(LATEST, NOW, events=(), total=4, all_for_totals=found, tolls=[toll(1, 51, 45)], reports=2)
    assert answer.fatalities == Range(96, 96, 96)
    assert answer.containing is not None
    assert answer.originators == ("SOHR",)
    assert answer.injured == Range()
    assert (answer.total, answer.reports, answer.pages) == (4, 2, 1)


def test_only_voices_whose_counts_make_the_total_are_its_originators() -> None:
    counted = Told("1", 9, place_ids=("gn:11", "gn:1"))
    told_only = Told("2", None, place_ids=("gn:12", "gn:1"), originators=("AFP",))
    other = Told("3", 2, place_ids=("gn:13", "gn:1"), originators=("Airwars",))
    answer = compose(LATEST, NOW, events=(), total=3, all_for_totals=[counted, told_only, other])
    assert answer.toll_originators == ("SOHR", "Airwars")
    assert set(answer.originators) == {"SOHR", "AFP", "Airwars"}
    assert answer.tolls_inside == 0


def test_tolls_that_lie_inside_a_larger_one_are_numbered_and_not_added() -> None:
    found = [Told(str(n), killed, place_ids=(f"gn:{n + 10}", "gn:1")) for n, killed in enumerate((9, 4, 16))]
    answer = compose(LATEST, NOW, events=(), total=3, all_for_totals=found, tolls=[toll(1, 51, 45)])
    assert answer.fatalities == Range(96, 96, 96)
    assert answer.tolls_inside == len(found)
    assert answer.toll_originators == ("SOHR",)


def test_a_voice_that_tells_of_an_event_without_a_number_is_no_counter_of_it() -> None:
    facts = EventFacts(SubEventType.ARMED_CLASH, SAT)
    deadly = replace(facts, casualties=(Casualty(CasualtyKind.KILLED, count=9),), fatalities_best=9)
    claims = (Claim("c1", "r1", "P", deadly, originator="SOHR"), Claim("c2", "r2", "P", facts, originator="AFP"))
    event = ConflictEvent("1", 1, deadly, claims, Verification.CORROBORATED, Severity.SERIOUS)
    row = Told("1", 9, originators=("SOHR", "AFP"))
    answer = compose(LATEST, NOW, events=[event], total=1, all_for_totals=[row])
    assert answer.toll_originators == ("SOHR",)


def test_a_count_that_began_before_the_period_is_neither_counted_nor_shown() -> None:
    question = asked(datetime(2019, 11, 20, tzinfo=UTC), NOW)
    long = toll(2, 160, 460, start=date(2019, 8, 31))
    answer = compose(question, NOW, events=(), total=0, all_for_totals=[], tolls=[long, toll(1, 51, 45)])
    assert [t.toll_id for t in answer.tolls] == ["t1"]
    assert answer.fatalities == Range(96, 96, 96)


def test_days_are_reckoned_in_the_chats_zone_and_the_end_is_exclusive() -> None:
    zone = timezone(timedelta(hours=3))
    start = datetime(2019, 11, 30, tzinfo=zone)
    question = asked(start.astimezone(UTC), (start + timedelta(days=2)).astimezone(UTC))
    assert days_of(question, zone) == (SAT, SUN)
    assert days_of(LATEST) == (None, None)


def test_freshness_is_the_last_check_and_silent_sources_are_named() -> None:
    fresh = SourceHealth("a", "A", last_success_at=NOW - timedelta(hours=1))
    stale = SourceHealth("b", "B", last_success_at=NOW - timedelta(days=3))
    failing = SourceHealth("c", "C", last_success_at=NOW, failing_since=NOW - timedelta(hours=2))
    never = SourceHealth("d", "D")
    answer = compose(LATEST, NOW, events=(), total=0, all_for_totals=[], sources=[fresh, stale, failing, never])
    assert answer.fresh_to == NOW
    assert [s.source_id for s in answer.silent_sources] == ["b", "c", "d"]
    assert compose(LATEST, NOW, events=(), total=0, all_for_totals=[]).fresh_to is None
