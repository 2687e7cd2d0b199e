"""Who in principle hears of a change, and how loud: old news is silent, what got less true is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.decide import AlertPlan, decide, why_silent
from alerts.retry import MOST_ATTEMPTS, after_failure, after_unknown
from conflict.events import Change, ChangeKind, ConflictEvent
from conflict.revisions import Aspect, less_true, version_of
from conflict.vocabulary import Severity, Status, Verification
from tests.storage.values import ALEPPO, ARIHA, IDLIB, NOW, TODAY, claim, facts

SAID = facts(ARIHA, killed=6)
EVENT = ConflictEvent(
    "E1", 1, SAID, (claim("c", SAID),), Verification.UNVERIFIED, Severity.SERIOUS, first_reported_at=NOW, updated_at=NOW
)
CHANGE = Change(1, "E1", 1, ChangeKind.NEW, NOW, "r1", "new")


def plan(event: ConflictEvent | None, before: ConflictEvent | None = None, **more: object) -> AlertPlan:
    was = version_of(before) if before else None
    return decide(CHANGE, event, was, now=NOW, **more)  # type: ignore[arg-type]


def dated(days: int) -> ConflictEvent:
    return replace(EVENT, facts=replace(SAID, event_date=TODAY - timedelta(days=days)))


@pytest.mark.parametrize(
    ("event", "silent"),
    [
        (EVENT, False),
        (dated(14), False),  # first reported today, labelled
        (dated(15), True),
        (replace(EVENT, facts=replace(SAID, event_date=None)), True),
        (replace(EVENT, facts=replace(SAID, status=Status.BACKGROUND)), True),
        (replace(EVENT, first_reported_at=None), True),
        (replace(EVENT, first_reported_at=NOW - timedelta(hours=23)), False),
        (replace(EVENT, first_reported_at=NOW - timedelta(hours=25)), True),
        (replace(EVENT, verification=Verification.RETRACTED), True),
    ],
)
def test_old_news_never_alarms(event: ConflictEvent, silent: bool) -> None:
    assert (why_silent(event, NOW) is not None) == silent
    assert plan(event).tell != silent


def test_severity_makes_the_sound_and_the_lane() -> None:
    assert (plan(EVENT).lane, plan(EVENT).silent) == (2, False)
    assert plan(replace(EVENT, severity=Severity.NOTABLE)).silent
    assert not plan(EVENT, held=True).tell
    assert plan(None).tell is plan(replace(EVENT, sample=True)).tell is False


def test_what_got_less_true_is_answered_and_what_got_graver_aloud() -> None:
    lower = replace(EVENT, revision=2, facts=facts(ARIHA, killed=2))
    assert (plan(lower, EVENT).mend, plan(lower, EVENT).reply, plan(lower, EVENT).reply_silent) == (True, True, True)
    higher = replace(EVENT, revision=2, facts=facts(ARIHA, killed=9))
    assert (plan(higher, EVENT).mend, plan(higher, EVENT).reply) == (True, False)
    graver = replace(higher, severity=Severity.SEVERE)
    assert (plan(graver, EVENT).reply, plan(graver, EVENT).reply_silent) == (True, False)
    gone = replace(EVENT, revision=2, verification=Verification.RETRACTED)
    assert (plan(gone, EVENT).tell, plan(gone, EVENT).mend, plan(gone, EVENT).reply) == (False, True, True)
    assert plan(replace(EVENT, revision=2), EVENT).mend is False


def test_a_finer_place_is_no_correction_and_another_place_is() -> None:
    province = replace(EVENT, facts=facts(IDLIB, killed=6))
    assert less_true(version_of(province), version_of(EVENT)) == ()
    elsewhere = replace(EVENT, facts=facts(ALEPPO, killed=6))
    assert less_true(version_of(EVENT), version_of(elsewhere)) == (Aspect.PLACE,)


def test_retries_wait_longer_each_time_and_end() -> None:
    waits = [again.after for n in range(1, MOST_ATTEMPTS) if (again := after_failure(n))]
    assert len(waits) == MOST_ATTEMPTS - 1
    assert waits == sorted(waits)
    assert after_failure(MOST_ATTEMPTS) is None


def test_what_perhaps_arrived_is_sent_again_only_when_severe_and_once() -> None:
    severe = int(Severity.SEVERE)
    again = after_unknown("message", severe, repeated=False, severe=severe)
    assert again is not None
    assert again.repeated
    assert after_unknown("message", severe, repeated=True, severe=severe) is None
    assert after_unknown("message", severe - 1, repeated=False, severe=severe) is None
    assert after_unknown("reply", severe, repeated=False, severe=severe) is None
    edit = after_unknown("edit", 0, repeated=False, severe=severe)
    assert edit is not None
    assert not edit.repeated
