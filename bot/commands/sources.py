"""`sitrep sources`: how each source stands; `sitrep sources check`: whether they answer, without storing anything."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import clock
from bot.gathering import agent_of, choose, readers_of
from bot.opening import load_places, open_database, settings_with_logs
from bot.settings import Settings
from conflict.composing import QUIET_AFTER
from conflict.errors import UsageError
from ingest.addresses import Allowance
from ingest.http import Client, Fetched, Limits, Refused, Request
from ingest.sources.catalog import Source, SourceFormat, load_sources
from ingest.sources.feeds import read_feed
from ingest.sources.feeds_polled import ACCEPT
from ingest.sources.unreadable import Unreadable
from storage.sources import CHANNEL, Standing

NAME = 26  # columns, so that a line fits into 80
WORDS = 72


def sources(arguments: Namespace) -> int:
    """Each source chosen, or with --all each that is known, with how it stands."""
    if arguments.action not in (None, "check"):
        raise UsageError(f"sitrep sources {arguments.action}: there is only: sitrep sources check")
    settings = settings_with_logs()
    if arguments.action == "check":
        return _check(settings, arguments.sources, as_json=arguments.json)
    storage = open_database(settings.storage_url)
    try:
        with storage.begin() as unit:
            stored = {standing.source_id: standing for standing in unit.sources.standings()}
    finally:
        storage.close()
    listed = load_sources(settings.sources_file)
    wanted = {source.source_id for source in choose(listed, settings.poll_sources, load_places)}
    shown = [s for s in listed if arguments.all or s.source_id in wanted]
    others = [s for i, s in stored.items() if i not in {source.source_id for source in listed}]
    missing = {form: reader.missing() for form, reader in readers_of(settings).items()}
    if arguments.json:
        rows = [_json(s, stored.get(s.source_id), wanted, missing[s.format]) for s in shown]
        print(json.dumps(rows + [_standing_json(s) for s in others], ensure_ascii=False, indent=2))
        return 0
    now = clock()
    print(f"{'source':<{NAME}} {'success':>8} {'items':>7} {'events':>7} {'newest':>8} {'next':>7}  state")
    for source in shown:
        standing = stored.get(source.source_id) or Standing(source.source_id, source.name)
        state = _state(standing, now) if source.source_id in wanted else "off"
        needs = missing[source.format]
        for text in _lines(standing, now, "not set up" if needs and state != "off" else state):
            print(text)
        if needs and state != "off":
            print(f"  needs {' and '.join(needs)}")
    for standing in others:
        channel = standing.kind == CHANNEL
        for text in _lines(standing, now, _state(standing, now) if channel and standing.watched else "off"):
            print(text)
        if channel:
            print(f"  {_cut(standing.name, WORDS)}")
    if len(shown) < len(listed):
        print(f"{len(listed) - len(shown)} more are in the list and are not polled: sitrep sources --all")
    if settings.poll_sources == ("off",):
        print("SITREP_POLL_SOURCES is off: the running bot polls none.")
    return 0


def _lines(standing: Standing, now: datetime, state: str) -> list[str]:
    cells = (
        f"{_cut(standing.source_id, NAME):<{NAME}} {_ago(standing.last_success_at, now):>8} {standing.items:>7} "
        f"{standing.events:>7} {_ago(standing.last_item_at, now):>8} {_next(standing, now):>7}  {state}"
    )
    return [cells, f"  {_cut(standing.error, WORDS)}"] if state == "failing" and standing.error else [cells]


def _state(standing: Standing, now: datetime) -> str:
    if standing.failing_since is not None:
        return "failing"
    if standing.last_success_at is None:
        return "new"
    quiet = standing.last_item_at is not None and now - standing.last_item_at > QUIET_AFTER
    return "silent" if quiet else "reads"


def _ago(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else _span(now - at)


def _next(standing: Standing, now: datetime) -> str:
    """When it is asked next; a channel is never asked, it tells."""
    at = standing.next_poll_at
    if standing.kind == CHANNEL:
        return "-"
    return "now" if at is None or at <= now else _span(at - now)


def _span(span: timedelta) -> str:
    seconds = max(0, round(span.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _cut(text: str, length: int) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= length else plain[: length - 1] + "…"


def _json(source: Source, standing: Standing | None, wanted: set[str], missing: Sequence[str]) -> dict[str, object]:
    own = {
        "kind": source.kind.value,
        "format": source.format.value,
        "url": source.url,
        "language": source.language,
        "countries": list(source.countries),
        "verified_on": source.verified_on.isoformat() if source.verified_on else None,
        "polled": source.source_id in wanted and not missing,
        "missing": list(missing),
    }
    return _standing_json(standing or Standing(source.source_id, source.name)) | {"name": source.name} | own


def _standing_json(standing: Standing) -> dict[str, object]:
    return {
        "source_id": standing.source_id,
        "name": standing.name,
        "last_success_at": _iso(standing.last_success_at),
        "last_item_at": _iso(standing.last_item_at),
        "items": standing.items,
        "events": standing.events,
        "failing_since": _iso(standing.failing_since),
        "failures": standing.failures,
        "error": standing.error,
        "next_poll_at": _iso(standing.next_poll_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _check(settings: Settings, wanted: Sequence[str], *, as_json: bool) -> int:
    listed = load_sources(settings.sources_file)
    chosen = choose(listed, wanted or settings.poll_sources, load_places)
    if not chosen:
        raise UsageError("No source is chosen: name some, or set SITREP_POLL_SOURCES.")
    found = asyncio.run(_ask(settings, chosen, quiet=as_json))
    if as_json:
        print(json.dumps(list(found.values()), ensure_ascii=False, indent=2))
        return 1 if any(row["ok"] is False for row in found.values()) else 0
    good = [source_id for source_id, row in found.items() if row["ok"]]
    bad = sum(row["ok"] is False for row in found.values())
    print(f"{len(good)} of {len(found)} answered as they should, {bad} did not. Nothing was stored.")
    if good:
        day = clock().date().isoformat()
        how = f'write verified_on = "{day}" under these in the list of sources'
        print(f"To keep that, {how} (docs/howto/add-a-source.md):")
        print(f"  {' '.join(good)}")
    return 1 if bad else 0


async def _ask(settings: Settings, chosen: Sequence[Source], *, quiet: bool) -> dict[str, dict[str, object]]:
    limits = replace(Limits(), at_once=settings.poll_concurrency, at_once_per_host=1)
    found: dict[str, dict[str, object]] = {}
    missing = {form: reader.missing() for form, reader in readers_of(settings).items()}
    async with Client(agent=agent_of(settings), limits=limits, allow=Allowance.parse(settings.allowed_networks)) as web:

        async def one(source: Source) -> None:
            ok, words = await _look(web, source, missing[source.format])
            found[source.source_id] = {"source_id": source.source_id, "ok": ok, "found": words}
            if not quiet:
                mark = {True: "answers", False: "FAILS", None: "skipped"}[ok]
                print(f"{source.source_id}: {mark}: {words}", flush=True)

        await asyncio.gather(*(one(source) for source in chosen))
    return {source.source_id: found[source.source_id] for source in chosen}


async def _look(web: Client, source: Source, missing: Sequence[str]) -> tuple[bool | None, str]:
    """Whether a source answers, and what; None where that cannot be told without an account."""
    if missing:
        return None, f"needs {' and '.join(missing)}"
    if source.format not in (SourceFormat.FEED, SourceFormat.GDELT):
        return None, "asked with your account by sitrep poll"
    answer = await web.fetch(Request(source.url, accept=ACCEPT))
    if isinstance(answer, Refused):
        return False, answer.reason
    if not isinstance(answer, Fetched):
        return False, "it says that nothing changed, which was not asked"
    if source.format is SourceFormat.GDELT:
        good = b".export.CSV.zip" in answer.body
        return good, "a list of newest files" if good else "something else than a list of newest files"
    feed = await asyncio.to_thread(read_feed, answer.body, charset=answer.charset, url=answer.url)
    if isinstance(feed, Unreadable):
        return False, f"what is there {feed.reason}"
    dates = [at for item in feed.items if (at := item.published_at or item.updated_at)]
    newest = f"newest {max(dates):%Y-%m-%d %H:%M} UTC" if dates else "undated"
    moved = f"; moved for good to {answer.moved_to}" if answer.moved_to else ""
    title = f", {_cut(feed.title, 60)!r}" if feed.title else ""
    return bool(feed.items), f"{feed.form}{title}, {len(feed.items)} items, {newest}{moved}"
