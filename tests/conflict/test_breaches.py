"""Breaches by week: every event is counted once for each accusation, and nobody is accused by us."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from conflict.breaches import WEEKS, Accusations, BreachNote, BreachWeek, by_week
from conflict.facts import ReportedBreach

MONDAY = date(2019, 11, 25)
names = st.none() | st.sampled_from(["SOHR", "army", "rebels"])
breaches = st.builds(ReportedBreach, names, names, st.none() | st.just("army"))
notes = st.builds(
    BreachNote,
    st.integers(0, 80).map(lambda back: MONDAY - timedelta(days=back)),
    st.lists(breaches, max_size=3).map(tuple),
)


@given(st.lists(notes, max_size=40))
def test_each_event_is_counted_in_its_week_and_no_more_often_than_it_is_accused(held: list[BreachNote]) -> None:
    weeks = by_week(held)
    assert [week.first_day for week in weeks] == sorted({week.first_day for week in weeks}, reverse=True)
    assert len(weeks) <= WEEKS
    for week in weeks:
        assert week.first_day.weekday() == 0
        here = [note for note in held if week.first_day <= note.day < week.first_day + timedelta(days=7)]
        assert week.unaccused == sum(not note.reported for note in here)
        for one in week.accusations:
            fitting = [n for n in here if any((b.accuser, b.accused) == (one.accuser, one.accused) for b in n.reported)]
            assert one.events == len(fitting)
            assert 0 <= one.denied <= one.events
    assert sum(len(week.accusations) or week.unaccused for week in weeks) >= min(1, len(held))


def test_a_week_in_words_has_the_most_accused_first() -> None:
    claim = ReportedBreach("SOHR", "syria_gov", denied_by="syria_gov")
    held = [BreachNote(MONDAY), BreachNote(MONDAY, (ReportedBreach(None, None),))]
    held += [BreachNote(MONDAY + timedelta(days=n), (claim, claim)) for n in range(2)]
    assert by_week(held) == (
        BreachWeek(MONDAY, (Accusations("SOHR", "syria_gov", 2, 2), Accusations(None, None, 1)), unaccused=1),
    )
