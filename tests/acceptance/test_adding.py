"""An operator adds a report through the real process: forwards, corrects, confirms; others cannot; nothing before."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.test_channels import running
from tests.botapi.server import BotApiServer

TEXT = (
    "Warplanes struck Maaret al-Numan this morning, killing six civilians, the Syrian Observatory said.\n\n"
    "Rebels attacked an army post near Saraqib at noon; three soldiers were killed, SANA said."
)


async def test_a_forwarded_message_is_corrected_confirmed_and_answered_from(
    botapi: BotApiServer, tmp_path: Path
) -> None:
    omar = botapi.person("Omar", language_code="en")
    amal = botapi.person("Amal", language_code="en")
    channel = botapi.channel("Idlib Monitor", username="idlib_monitor")
    database = tmp_path / "home" / "sitrep.db"
    async with running(botapi, tmp_path, omar):
        await amal.forward(TEXT, channel=channel)
        assert "Only the operators" in (await amal.see()).text

        await omar.forward(TEXT, channel=channel)
        draft = await omar.see(20)
        assert "nothing is stored yet" in draft.text
        assert "https://t.me/idlib_monitor/1" in draft.html
        assert "1. Air strike" in draft.text
        assert "6 civilians" in draft.text
        assert "2. Clash" in draft.text
        assert "SOHR" in draft.text
        assert count(database, "reports") == 0

        await omar.press("Correct 1", draft)
        await omar.see_edit(draft)
        await omar.press("Type", draft)
        assert "Strikes and explosions" in (await omar.see_edit(draft)).buttons
        await omar.press("Strikes and explosions", draft)
        await omar.see_edit(draft)
        await omar.press("Shelling or missile attack", draft)
        assert "Shelling" in (await omar.see_edit(draft)).text
        await omar.press("Place", draft)
        await omar.see_edit(draft)
        await omar.say("blorgvillexq")
        assert "I know no place of that name" in (await omar.see()).text
        await omar.say("Ariha")
        draft = await omar.see()
        assert "Ariha, Idlib" in draft.text
        await omar.press("Day", draft)
        await omar.see_edit(draft)
        await omar.press("A day earlier", draft)
        yesterday = datetime.now(UTC) - timedelta(days=1)
        assert f"{yesterday.day} {yesterday:%b}" in (await omar.see_edit(draft)).text
        await omar.press("Toll", draft)
        await omar.see_edit(draft)
        await omar.say("at least 3")
        draft = await omar.see()
        assert "at least 3" in draft.text
        assert "corrected by you" in draft.text
        await omar.press("Back", draft)
        await omar.see_edit(draft)
        await omar.press("Correct 2", draft)
        await omar.see_edit(draft)
        await omar.press("Leave out", draft)
        assert "left out" in (await omar.see_edit(draft)).text
        await omar.press("Back", draft)
        await omar.see_edit(draft)
        assert count(database, "reports") == 0
        forged = amal.send_callback(draft.keyboard[-1][0]["callback_data"], draft)
        assert "operators" in (await amal.see_answer(forged)).text
        confirm = draft.keyboard[-1][0]["callback_data"]
        await omar.press("Confirm", draft)
        stored = await omar.see_edit(draft, 20)
        assert "Stored." in stored.text
        assert "Ariha" in stored.text
        again = omar.send_callback(confirm, stored)
        assert "This draft is gone" in (await omar.see_answer(again)).text

        await amal.say("latest in Ariha")
        answer = await amal.see()
        assert "helling" in answer.text
        assert "at least 3" in answer.text
        assert "SOHR" in answer.text
        await omar.forward(TEXT, channel=channel)
        assert "stored already" in (await omar.see(20)).text
    with sqlite3.connect(database) as held:
        operator, action, detail = held.execute("SELECT operator, action, detail FROM operator_actions").fetchone()
        sentence = held.execute("SELECT evidence_text FROM claims").fetchone()
    assert (operator, action) == (str(omar.id), "add report")
    assert [one["field"] for one in json.loads(detail)["corrections"]] == [
        "sub_event_type",
        "place",
        "event_date",
        "killed",
    ]
    assert "six civilians" in str(sentence)


async def test_who_sent_it_is_not_kept_and_a_draft_may_be_dropped(botapi: BotApiServer, tmp_path: Path) -> None:
    omar = botapi.person("عمر", language_code="ar")
    database = tmp_path / "home" / "sitrep.db"
    async with running(botapi, tmp_path, omar):
        await omar.forward("قتل ثلاثة مدنيين في قصف مدفعي على مدينة سراقب اليوم، بحسب المرصد.", hidden="Private Name")
        draft = await omar.see(20)
        assert "لم يُحفظ شيء بعد" in draft.text
        assert "مرسلها غير مسمّى" in draft.text
        assert "سراقب، إدلب، سوريا" in draft.text
        await omar.press("إلغاء", draft)
        assert "لم يُحفظ شيء" in (await omar.see_edit(draft)).text
        await omar.say("/ingest")
        assert "/ingest" in (await omar.see()).text
        await omar.forward("A lovely day.", hidden="Private Name")
        assert "لم أجد فيها حدثًا" in (await omar.see()).text
        assert count(database, "reports") == 0

        await omar.say("/ingest Warplanes struck Binnish in Idlib province today, residents said.")
        pasted = await omar.see()
        assert "نص أضافه أحد المشغّلين" in pasted.text
        await omar.press("تأكيد", pasted)
        assert "تم الحفظ" in (await omar.see_edit(pasted, 20)).text
        await omar.forward("Six people died in shelling of Binnish in Idlib province today.", hidden="Private Name")
        draft = await omar.see()
        await omar.press("تأكيد", draft)
        assert "تم الحفظ" in (await omar.see_edit(draft, 20)).text
        await omar.say("آخر أخبار إدلب")
        answer = await omar.see()
        assert "رسالة معاد توجيهها، مرسلها غير مسمّى" in answer.text
        await omar.forward(answer)
        assert "هذه رسالة مني" in (await omar.see()).text
    with sqlite3.connect(database) as held:
        dump = "\n".join(held.iterdump())
    assert "Private Name" not in dump


def count(database: Path, table: str) -> int:
    """Rows of a table."""
    with sqlite3.connect(database) as held:
        return int(held.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (a name of this file)
