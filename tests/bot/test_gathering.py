"""The running bot's part in polling: which sources are meant, who polls, what a stop leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from bot.gathering import Gathering, agent_of, choose, readers_of
from bot.settings import load_settings
from conflict.errors import SettingsError
from ingest.http import Fetched, Request, Result
from ingest.polling import Polling
from ingest.sources.catalog import SourceFormat, load_sources
from storage import Storage, open_storage
from tests.ingest.polled import NOW, Clock, Web, places, polling, rss, source

LIST = load_sources()


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(f"sqlite:///{tmp_path / 'sitrep.db'}")
    opened.migrate()
    yield opened
    opened.close()


class Seat:
    """An election whose outcome the test decides."""

    def __init__(self, *, held: bool) -> None:
        self.held = held
        self.released = False

    def hold(self, now: datetime) -> bool:
        assert now.tzinfo is not None
        return self.held

    def holder(self) -> str | None:
        return None

    def release(self) -> None:
        self.released = True


def test_sources_are_chosen_by_state_id_name_and_country() -> None:
    enabled = {s.source_id for s in LIST if s.enabled}
    assert {s.source_id for s in choose(LIST, ("on",), places)} == enabled
    assert choose(LIST, ("off",), places) == ()
    by_country = choose(LIST, ("Sudan",), places)
    assert by_country
    assert by_country == choose(LIST, ("SD",), places)
    assert all("SD" in s.countries and s.enabled for s in by_country)
    (named,) = choose(LIST, ("gdelt-articles",), places)
    assert not named.enabled, "named outright, it is meant"
    assert named in choose(LIST, ("SD", named.name), places)
    with pytest.raises(SettingsError, match=r"'acled-apo' is no source and no country; did you mean acled-api\?"):
        choose(LIST, ("SD", "acled-apo"), places)


def test_what_wants_an_account_is_named_by_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert readers_of(load_settings(None))[SourceFormat.ACLED].missing() == (
        "SITREP_ACLED_USER",
        "SITREP_ACLED_PASSWORD",
    )
    monkeypatch.setenv("SITREP_ACLED_USER", "me@example.org")
    monkeypatch.setenv("SITREP_ACLED_PASSWORD", "hunter two")
    monkeypatch.setenv("SITREP_UCDP_TOKEN", "tok")
    monkeypatch.setenv("SITREP_CONTACT", "desk@example.org")
    settings = load_settings(None)
    assert readers_of(settings)[SourceFormat.ACLED].missing() == ()
    assert {"hunter two", "tok"} <= set(settings.secrets)
    assert "hunter" not in repr(settings)
    assert "+desk@example.org" in agent_of(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITREP_CONTACT", "two words"),
        ("SITREP_ALLOWED_NETWORKS", "10.0.0.0/99"),
        ("SITREP_SOURCES_FILE", "/nowhere/own.toml"),
        ("SITREP_UCDP_TOKEN", "a\nb"),
        ("SITREP_POLL_CONCURRENCY", "0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} must"):
        load_settings(None)


async def test_only_who_has_the_seat_polls_and_steps_back_when_it_is_lost(storage: Storage) -> None:
    asked, gate = asyncio.Event(), asyncio.Event()
    feed = rss(("1", "The council met.", NOW))

    class Slow(Web):
        async def fetch(self, request: Request) -> Result:
            self.asked.append(request)
            asked.set()
            await gate.wait()
            return Fetched(request.url, feed)

    web, seat = Slow({}), Seat(held=False)
    gathering = Gathering(seat, storage, [source("news", "https://example.org/feed")], opened(storage, web))
    await ticked(gathering)
    assert not web.asked
    seat.held = True
    await ticked(gathering)
    async with asyncio.timeout(20):
        await asked.wait()
    seat.held = False
    await ticked(gathering)
    gate.set()
    with storage.begin() as unit:
        (standing,) = unit.sources.standings()
        assert standing.last_success_at is None, "broken off, so still due"
        assert unit.sources.due(NOW) == ("news",)
    assert await gathering.stop(10)
    assert seat.released


async def test_a_stop_breaks_off_what_waits(storage: Storage) -> None:
    asked = asyncio.Event()

    class Silent(Web):
        async def fetch(self, request: Request) -> Result:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

    listed = [source("news", "https://example.org/feed")]
    gathering = Gathering(Seat(held=True), storage, listed, opened(storage, Silent({})))
    await ticked(gathering)
    async with asyncio.timeout(20):
        await asked.wait()
        assert await gathering.stop(10)
    await gathering.tick()  # too late: nothing begins any more
    with storage.begin() as unit:
        assert unit.sources.due(NOW) == ("news",)


def opened(storage: Storage, web: Web):
    @asynccontextmanager
    async def made() -> AsyncIterator[Polling]:
        async with polling(storage, web, Clock()) as one:
            yield one

    return made


async def ticked(gathering: Gathering) -> None:
    """One tick, and what it began, to its end."""
    gathering._looked = float("-inf")
    await gathering.tick()
    assert gathering._work is not None
    await gathering._work
