"""`sitrep poll` and `sitrep sources`, called as the command line calls them, over a feed on this machine."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from storage import open_storage
from tests.ingest.polled import rss, strike
from tests.ingest.servers import answer, serving

LIST = """[[source]]
id = "{name}"
name = "The {name}"
kind = "outlet"
url = "{url}"
plain_http = true
language = "en"
countries = ["SY"]
owner = "Ourselves"
licence = "Our own words."
verified_on = ""
enabled = true
"""


async def sitrep(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of one command."""
    status = await asyncio.to_thread(main, arguments)
    out, err = capsys.readouterr()
    return status, out, err


async def test_a_round_by_hand_and_how_the_sources_then_stand(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=5)
    answers = {"/news": answer(rss(("1", strike(day=at.strftime("%A")), at))), "/page": answer(b"<html>No feed</html>")}
    monkeypatch.setenv("SITREP_HOME", str(tmp_path))
    monkeypatch.setenv("SITREP_POLL_SOURCES", "news, page, acled-api")
    monkeypatch.setenv("SITREP_ALLOWED_NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("SITREP_SOURCES_FILE", str(tmp_path / "own.toml"))
    async with serving(answers) as server:  # type: ignore[arg-type]  # bytes are answers
        listed = [LIST.format(name=name, url=server.url(f"/{name}")) for name in ("news", "page")]
        (tmp_path / "own.toml").write_text("\n".join(listed), encoding="utf-8")
        status, out, _ = await sitrep(capsys, "poll")
        assert status == 1, "one of them failed"
        assert "The news (news): 1 items, 1 new, 1 new events" in out
        assert "The page (page): failed: What is at its address is a web page, not a feed." in out
        assert "ACLED (acled-api): not set up: needs SITREP_ACLED_USER and SITREP_ACLED_PASSWORD" in out
        assert out.endswith("1 of 3 read, 1 failed, 1 not set up. 1 new items, 1 new events.\n")
        status, out, _ = await sitrep(capsys, "sources", "check", "news")
        assert status == 0
        assert "news: answers: rss, 'T', 1 items" in out
        assert f'verified_on = "{datetime.now(UTC).date()}"' in out
        status, out, _ = await sitrep(capsys, "sources", "check", "--json")
        assert status == 1
        assert [(row["source_id"], row["ok"]) for row in json.loads(out)] == [
            ("acled-api", None),
            ("news", True),
            ("page", False),
        ]

    _, out, _ = await sitrep(capsys, "sources")
    assert all(len(line) <= 80 for line in out.splitlines())
    assert [line.split()[-1] for line in out.splitlines() if line.startswith(("news", "page"))] == ["reads", "failing"]
    _, out, _ = await sitrep(capsys, "sources", "--json")
    rows = {row["source_id"]: (row["items"], row["events"], row["polled"]) for row in json.loads(out)}
    assert rows == {"news": (1, 1, True), "page": (0, 0, True), "acled-api": (0, 0, False)}
    _, out, _ = await sitrep(capsys, "ask", "latest in Idlib")
    assert "Sources last checked" in out
    assert "Cannot be read now: The page" in out


async def test_beside_a_running_bot_it_is_told_to_look(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SITREP_HOME", str(tmp_path))
    now = datetime.now(UTC)
    storage = open_storage(f"sqlite:///{tmp_path / 'sitrep.db'}")
    storage.migrate()
    with storage.begin(write=True) as unit:
        from storage.sources import SourceState, Watched

        unit.sources.watch([Watched("sohr-en", "SOHR")])
        unit.sources.set_state(SourceState("sohr-en", "SOHR", next_poll_at=now + timedelta(hours=1)))
    seat = storage.election("poller")
    object.__setattr__(seat, "process", "elsewhere:7")
    assert seat.hold(now)
    status, out, err = await sitrep(capsys, "poll", "sohr-en", "sohr-ar")
    assert status == 0
    assert "A running bot (elsewhere:7) polls this database. It reads 1 of them within seconds" in out
    assert "does not poll the other 1" in err
    with storage.begin() as unit:
        assert unit.sources.due(now) == ("sohr-en",)
    storage.close()


async def test_words_that_mean_no_source_are_bad_use(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SITREP_HOME", str(tmp_path))
    status, _, err = await sitrep(capsys, "poll", "nowhere-land")
    assert status == 2
    assert "no source and no country" in err
    status, _, err = await sitrep(capsys, "sources", "mend")
    assert status == 2
    assert "there is only: sitrep sources check" in err
    monkeypatch.setenv("SITREP_POLL_SOURCES", "off")
    status, _, err = await sitrep(capsys, "poll")
    assert status == 2
    assert "No source is chosen" in err
