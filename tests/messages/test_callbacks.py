"""The data of buttons: whole in 64 bytes or not at all, and nothing accepted that we did not write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.periods import Period
from conflict.questions import Question, QuestionKind
from conflict.vocabulary import EventType, SubEventType
from messages.callbacks import (
    AlertMe,
    AskAgain,
    ListAlerts,
    SetLanguage,
    ShowEvent,
    ShowMap,
    ShowPage,
    ShowSources,
    WhyAlert,
    decode,
    encode,
)
from messages.chat_actions import EditAlert, Settle, SetZone, SnoozePlace
from tests.messages.situations import IDLIB, SARAQIB

PLACES = st.one_of(
    st.integers(1, 10**9).map(lambda n: f"gn:{n}"),
    st.from_regex(r"pcode:[A-Z]{2}[0-9]{1,8}", fullmatch=True),
    st.from_regex(r"sr:[a-z][a-z0-9-]{0,30}", fullmatch=True),
)
INSTANTS = st.integers(0, 10**8).map(lambda minutes: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
ASKS = st.builds(
    AskAgain,
    kind=st.sampled_from(QuestionKind),
    place_ids=st.lists(PLACES, max_size=3).map(tuple),
    start=st.none() | INSTANTS,
    end=st.none() | INSTANTS,
    last_hours=st.none() | st.integers(1, 9999),
    event_types=st.lists(st.sampled_from(EventType), max_size=2).map(tuple),
    sub_event_types=st.lists(st.sampled_from(SubEventType), max_size=2).map(tuple),
    tags=st.lists(st.sampled_from(["hospital", "school", "camp"]), max_size=1).map(tuple),
    actor=st.none() | st.sampled_from(["hts", "syria_gov"]) | st.text(max_size=10),
    source=st.none() | st.just("SOHR") | st.text(max_size=10),
    civilians=st.booleans(),
    radius_km=st.none() | st.integers(0, 500),
    page=st.integers(0, 99),
)
NUMBERS = st.integers(-1, 2000)
SETTINGS = st.one_of(
    st.builds(
        Settle,
        st.sampled_from(["show", "quiet", "breaks", "digest", "snooze", "wake", "other"]),
        st.lists(NUMBERS, max_size=3).map(tuple),
    ),
    st.builds(EditAlert, st.sampled_from(["show", "severity", "kind", "radius", "other"]), NUMBERS, NUMBERS),
    (st.text(max_size=12) | st.sampled_from(["Asia/Damascus", "America/Argentina/Buenos_Aires", "UTC"])).map(SetZone),
    st.text(max_size=60).map(SnoozePlace), NUMBERS.map(ListAlerts), st.text(max_size=9).map(WhyAlert),
)  # fmt: skip
ACTIONS = st.one_of(
    SETTINGS,
    ASKS, ASKS.map(ShowSources), ASKS.map(ShowMap), ASKS.map(AlertMe), st.text(max_size=60).map(ShowEvent),
    st.text(max_size=12).map(SetLanguage), st.sampled_from(["help", "privacy", "other"]).map(ShowPage),
)  # fmt: skip


@given(ACTIONS)
def test_an_action_comes_back_whole_or_there_is_no_button(action: AskAgain | ShowEvent) -> None:
    data = encode(action)
    if data is not None:
        assert len(data.encode()) <= 64
        assert decode(data) == action


@given(st.text(max_size=70))
def test_garbage_is_no_action(data: str) -> None:
    action = decode(data)
    assert action is None or encode(action) == data


@given(ACTIONS, st.data())
def test_a_forged_change_is_refused_or_is_what_we_would_have_written(action: ShowEvent, data: st.DataObject) -> None:
    written = encode(action) or "2ll"
    at = data.draw(st.integers(0, len(written) - 1))
    forged = written[:at] + data.draw(st.text(max_size=2)) + written[at + 1 :]
    found = decode(forged)
    assert found is None or encode(found) == forged


@pytest.mark.parametrize(
    "data",
    [None, "", "2", "1al", "3al", "2a", "2az", "2al;", "2al;n0", "2al;n1;n2", "2al;n٣", "2al;lx1", "2al;szzzzzzz",
     "2al;c2", "2e", "2e../../x", "2hadmin", "2tEN", "2al;n1;lg1", "2al;r-5", "2aln1"],
)  # fmt: skip
def test_old_forged_and_broken_data_is_refused(data: str | None) -> None:
    assert decode(data) is None


def test_an_ordinary_question_fits_with_everything_in_it() -> None:
    ask = AskAgain(
        QuestionKind.KILLED, (IDLIB.place_id, SARAQIB.place_id), datetime(2019, 11, 30, tzinfo=UTC),
        datetime(2019, 12, 3, tzinfo=UTC), event_types=(EventType.BATTLES,), sub_event_types=(SubEventType.AIR_STRIKE,),
        civilians=True, radius_km=30, page=12,
    )  # fmt: skip
    assert decode(encode(ShowSources(ask))) == ShowSources(ask)


def test_a_period_that_begins_at_an_odd_second_is_carried_in_whole_minutes_and_not_shortened() -> None:
    start, end = datetime(2019, 12, 1, 18, 0, 23, 7, tzinfo=UTC), datetime(2019, 12, 2, 18, 0, 23, 7, tzinfo=UTC)
    ask = AskAgain.of(Question(QuestionKind.LATEST, "", "en", period=Period(start, end)))
    assert ask.start == datetime(2019, 12, 1, 18, 0, tzinfo=UTC)
    assert ask.end == datetime(2019, 12, 2, 18, 1, tzinfo=UTC)
    assert decode(encode(ask)) == ask


def test_the_words_of_a_question_are_not_carried() -> None:
    question = Question(QuestionKind.LATEST, "is my street in Saraqib shelled", "en", places=(SARAQIB,))
    data = encode(AskAgain.of(question))
    assert data is not None
    assert "street" not in data
