"""Alerts, their updates and replies, and what is said of subscriptions, as they read in each language.

`WRITE_GOLDENS=1 pytest tests/messages/test_alerts.py` writes them anew; read the difference before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from conflict.answers import Reply
from conflict.ceasefires import Ceasefire
from conflict.facts import Breach, Casualty, ReportedBreach
from conflict.questions import Clarification, Question, QuestionKind
from conflict.revisions import version_of
from conflict.subscriptions import Subscription
from conflict.vocabulary import CasualtyKind, EventType, OriginatorKind, Severity, SubEventType, Verification
from messages.alerts import Alert, Step, render_alert, render_change
from messages.callbacks import AskAgain
from messages.catalog import Texts
from messages.editing import render_edit
from messages.events import Setting
from messages.settings import (
    ChatSettings,
    render_digest,
    render_no_zone,
    render_quiet,
    render_setting_unclear,
    render_settings,
    render_snoozed,
    render_zone_set,
    render_zones,
)
from messages.subscriptions import (
    Described,
    Refusal,
    Refused,
    Subscribed,
    render_erase,
    render_erased,
    render_list,
    render_my_data,
    render_no_alerts,
    render_offer,
    render_refused,
    render_subscribed,
    render_which,
    render_why,
)
from tests.messages import situations as here
from tests.messages.oracle import parse
from tests.messages.test_goldens import CATALOG, GOLDEN

TRUCE = Ceasefire(
    "t1", "Unilateral ceasefire of August 2019", ("syria_gov",), ("gn:169387",), here.SAT, unilateral=True,
    name_ar="وقف إطلاق النار من طرف واحد، آب 2019",
)  # fmt: skip
NOW = here.NOW
TOLD = NOW - timedelta(hours=4)


def clash(
    killed: int | None = None, *, kind: CasualtyKind = CasualtyKind.KILLED_OR_CAPTURED, count: int = 6, **more: object
):  # type: ignore[no-untyped-def]
    people = (Casualty(kind, role="fighters", count=killed if killed is not None else count),)
    return here.facts(
        SubEventType.ARMED_CLASH, here.SAT, time_precision=1, actor1=here.GOVERNMENT, actor2=here.HTS,
        initiator="syria_gov", places=(here.EventPlace("Saraqib", here.SARAQIB, vicinity=True),),
        casualties=people, **more,
    )  # fmt: skip


def monitor(said):  # type: ignore[no-untyped-def]
    return here.claim(said, "Monitor A", OriginatorKind.MONITOR, "A sentence.", url="https://example.org/a")


BREACH = Breach((ReportedBreach("Monitor A", "syria_gov"),))
FIRST = replace(here.event(1, monitor(clash(breach=BREACH))), updated_at=TOLD, event_id="ev0000007F3A")
AGENCY = here.claim(
    clash(2, kind=CasualtyKind.KILLED), "SANA", OriginatorKind.AGENCY, "Another.", url="https://example.org/b"
)
UPDATED = replace(
    here.event(1, monitor(clash(9, kind=CasualtyKind.KILLED, breach=BREACH)), AGENCY),
    event_id="ev0000007F3A",
    revision=2,
    disputed=("toll", "initiator"),
    verification=Verification.DISPUTED,
    updated_at=NOW,
)
WITHDRAWN = replace(FIRST, revision=3, verification=Verification.RETRACTED, updated_at=NOW)
QUIET = replace(FIRST, facts=replace(FIRST.facts, breach=Breach(inferred=("t1",))))
LATER = version_of(UPDATED)
STEP = Step("#7F3A", version_of(FIRST), LATER)
WISH = Subscription(
    7, 1, ("gn:172955",), (1, 1), 30.0, (EventType.BATTLES,), (SubEventType.AIR_STRIKE,), ("hospital",),
    minimum_severity=Severity.SEVERE, within=("gn:169387",),
)  # fmt: skip
NEAR = Described(WISH, (here.SARAQIB,))
WIDE = Described(Subscription(8, 1, ("gn:169387",), paused=True, breaches_only=True), (here.IDLIB,))
ALL = here.seed_events()[:3]


SET = ChatSettings(
    NOW, "Asia/Damascus", True, (22 * 60, 7 * 60), 3, True, 8 * 60, 4, NOW + timedelta(hours=8),
    ((here.SARAQIB, NOW + timedelta(days=1)), (None, NOW + timedelta(hours=1))),
)  # fmt: skip


def alert(*events: object, **more: object) -> Callable[[Texts], Reply]:
    made = Alert(tuple(events), NOW, **more)  # type: ignore[arg-type]
    return lambda texts: render_alert(made, texts, tz=UTC)


def subscribed(example: bool) -> Callable[[Texts], Reply]:
    setting = Setting(NOW.date())
    done = Subscribed(NEAR, 3 if example else 0, False, ALL[0] if example else None, setting)
    return lambda texts: render_subscribed(done, texts)


def refusals(texts: Texts) -> Reply:
    each = [render_refused(Refused(why, "Blorg <b>"), texts) for why in Refusal]
    return Reply("\n\n".join(one.html for one in each))


REPLIES: dict[str, Callable[[Texts], Reply]] = {
    "alert": alert(FIRST),
    "alert_inside_a_truce": alert(QUIET, truces=(TRUCE,)),
    "alert_repeated": alert(FIRST, repeated=True),
    "alert_updated": alert(UPDATED, told_at=TOLD, steps=(STEP,)),
    "alert_withdrawn": alert(WITHDRAWN, told_at=TOLD, steps=(Step("#7F3A", LATER, version_of(WITHDRAWN)),)),
    "alert_one_report": alert(*ALL),
    "alert_one_report_updated": alert(ALL[0], WITHDRAWN, told_at=TOLD, steps=(STEP,)),
    "alert_possible": alert(ALL[0], possible=True),
    "alert_delayed": alert(FIRST, held="late"),
    "batch_quiet": alert(*here.seed_events(), FIRST, held="quiet"),
    "batch_quiet_updated": alert(ALL[0], WITHDRAWN, ALL[1], held="quiet", told_at=TOLD, steps=(STEP,)),
    "batch_digest": alert(
        *(replace(one, event_id=f"{one.event_id}{n}") for n in range(3) for one in ALL), held="digest"
    ),
    "batch_burst": alert(*ALL, held="burst"),
    "batch_late": alert(*ALL[:2], held="late"),
    "batch_snooze": alert(*ALL[:2], held="snooze"),
    "change": lambda texts: render_change(UPDATED, version_of(FIRST), LATER, texts),
    "change_withdrawn": lambda texts: render_change(WITHDRAWN, LATER, version_of(WITHDRAWN), texts),
    "subscribed": subscribed(True),
    "subscribed_nothing_last_week": subscribed(False),
    "subscribed_several": lambda texts: render_subscribed(
        Subscribed(NEAR, 0, False, None, Setting(NOW.date()), (WIDE,), here.IDLIB), texts
    ),
    "offer": lambda texts: render_offer(WIDE, AskAgain(QuestionKind.LATEST, ("gn:169387",)), texts),
    "edit_near": lambda texts: render_edit(NEAR, texts, "https://t.me/a_bot?start=near30_gn_172955"),
    "edit_wide": lambda texts: render_edit(WIDE, texts),
    "subscriptions_many": lambda texts: render_list((NEAR, WIDE) * 8, texts, 1),
    "subscriptions": lambda texts: render_list((NEAR, WIDE), texts),
    "subscriptions_none": lambda texts: render_list((), texts),
    "subscription_refused": refusals,
    "why": lambda texts: render_why((NEAR, WIDE), FIRST, texts),
    "why_not": lambda texts: render_why((), FIRST, texts),
    "which": lambda texts: render_which(
        Clarification(Question(QuestionKind.LATEST, "", "en"), "Idlib", (here.IDLIB, here.IDLIB_CITY)), texts
    ),
    "settings_first": lambda texts: render_settings(ChatSettings(NOW, "UTC"), texts),
    "settings_all": lambda texts: render_settings(SET, texts),
    "settings_quiet": lambda texts: render_quiet(SET, texts),
    "settings_digest": lambda texts: render_digest(SET, texts),
    "settings_zone": lambda texts: render_zones(SET, texts, ["Africa/Khartoum"]),
    "settings_zone_set": lambda texts: render_zone_set(SET, texts),
    "settings_no_zone": lambda texts: render_no_zone("Blorg <b>", texts),
    "settings_unclear": render_setting_unclear,
    "snoozed": lambda texts: render_snoozed(SET, texts),
    "snoozed_no_more": lambda texts: render_snoozed(ChatSettings(NOW, "UTC"), texts),
    "my_data": lambda texts: render_my_data(False, texts),
    "my_data_none": lambda texts: render_my_data(True, texts),
    "erase": render_erase,
    "erased": render_erased,
    "no_alerts": render_no_alerts,
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", REPLIES)
def test_it_reads_as_kept_and_telegram_takes_it(name: str, language: str) -> None:
    reply = REPLIES[name](CATALOG.texts(language))
    assert len(parse(reply.html).text) <= 4096
    buttons = "\n".join(f"[{one.label}] {one.data}" for row in reply.buttons for one in row)
    text = f"{reply.html}\n-- buttons --\n{buttons}\n" if buttons else f"{reply.html}\n"
    path = GOLDEN / f"alerts_{name}.{language}.html"
    if os.environ.get("WRITE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_what_was_promised_to_a_reader_stands_in_the_alert() -> None:
    english = CATALOG.texts("en")
    first = parse(REPLIES["alert"](english).html).text
    assert "killed or captured" in first
    assert "deaths unknown" in first
    assert "As of" in first
    assert "#7F3A" in first
    withdrawn = REPLIES["alert_withdrawn"](english).html
    assert "<s><b>Clash" in withdrawn
    said = parse(REPLIES["change_withdrawn"](english).html).text
    assert "Forwarded copies are outdated" in said
