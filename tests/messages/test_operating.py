"""What operators are answered, and what a corrected or held event says of itself, as it reads in each language.

`WRITE_GOLDENS=1 pytest tests/messages/test_operating.py` writes them anew; read the difference before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from conflict.answers import Reply
from conflict.corrections import Correction, Killed, corrected
from conflict.vocabulary import Verification
from messages.alerts import Alert, render_alert
from messages.catalog import Texts
from messages.details import render_event
from messages.operating import (
    CANNOT,
    Action,
    Reviewed,
    render_cannot,
    render_history,
    render_reviewed,
    render_usage,
)
from tests.messages import situations as here
from tests.messages.oracle import parse
from tests.messages.test_goldens import CATALOG, GOLDEN

NOW = here.NOW
EVENT = here.seed_events()[0]
SAID = (Correction("killed", Killed(None, 3, None)), Correction("sub_event_type", EVENT.facts.sub_event_type))
CORRECTED = replace(EVENT, corrections=SAID, facts=corrected(EVENT.facts, SAID), sample=False)
HELD = replace(CORRECTED, held=True)


def reviewed(action: str, *events: object, **more: object) -> Callable[[Texts], Reply]:
    done = Reviewed(action, events or (CORRECTED,), **more)  # type: ignore[arg-type]  # events and named fields
    return lambda texts: render_reviewed(done, texts, tz=UTC, now=NOW)


DONE = (
    Action("7", "hold", NOW - timedelta(days=1), "until: 2019-12-01T12:00:00+00:00"),
    Action("policy", "release", NOW - timedelta(hours=5)),
    Action("7", "correct", NOW, "field: killed, value: <b>3</b>"),
)
REPLIES: dict[str, Callable[[Texts], Reply]] = {
    "held": reviewed("hold", HELD, told=2, until=NOW + timedelta(hours=6)),
    "released": reviewed("release", hears=11),
    "corrected": reviewed("correct", told=1),
    "withdrawn": reviewed("withdraw", replace(EVENT, verification=Verification.RETRACTED), told=3),
    "parted": reviewed("unmerge", CORRECTED, here.seed_events()[1], told=102),
    "history": lambda texts: render_history(CORRECTED, DONE, texts, tz=UTC, now=NOW),
    "history_empty": lambda texts: render_history(EVENT, (), texts, tz=UTC, now=NOW),
    "usage": lambda texts: render_usage("correct", texts),
    "details_held": lambda texts: render_event(HELD, texts, tz=UTC),
    "alert_corrected": lambda texts: render_alert(Alert((CORRECTED,), NOW), texts, tz=UTC),
}


@pytest.mark.parametrize("language", sorted(CATALOG.languages))
@pytest.mark.parametrize("name", sorted(REPLIES))
def test_it_reads_as_kept_and_telegram_takes_it(name: str, language: str) -> None:
    reply = REPLIES[name](CATALOG.texts(language))
    assert len(parse(reply.html).text) <= 4096
    path = GOLDEN / f"operating_{name}.{language}.html"
    text = f"{reply.html}\n"
    if os.environ.get("WRITE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", sorted(text for _, text in CANNOT))
def test_each_refusal_is_said_in_arabic_with_its_values_escaped(text: str) -> None:
    said = render_cannot(text, {"id": "<i>", "ids": "A & B"}, CATALOG.texts("ar")).html
    assert "<i>" not in said
    assert any("\u0600" <= letter <= "\u06ff" for letter in said)
    parse(said)
