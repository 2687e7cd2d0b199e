"""`sitrep poll`: one round of the sources, a line for each."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import cache, partial

from bot.clock import clock
from bot.gathering import SEAT, choose, open_polling, watched
from bot.opening import load_places, open_database, settings_with_logs
from bot.settings import Settings
from conflict.errors import UsageError
from conflict.gazetteer import Gazetteer
from ingest.polling import Outcome, Status
from ingest.sources.catalog import Source, load_sources
from storage import Storage
from storage.leases import Election


def poll(arguments: Namespace) -> int:
    """Ask each source once, due or not. Exit status 1 if any of them could not be read."""
    settings = settings_with_logs()
    storage = open_database(settings.storage_url)
    try:
        places = cache(partial(load_places, storage))
        listed = load_sources(settings.sources_file)
        sources = choose(listed, arguments.sources or settings.poll_sources, places)
        if not sources:
            raise UsageError("No source is chosen: name some, or set SITREP_POLL_SOURCES.")
        election = storage.election(SEAT)
        try:
            if not election.hold(clock()):
                return _leave_to(election.holder(), storage, sources)
            return asyncio.run(_round(settings, storage, places(), sources, election))
        finally:
            election.release()
    finally:
        storage.close()


def _leave_to(holder: str | None, storage: Storage, sources: Sequence[Source]) -> int:
    """A bot is at it already: two at once would ask every host twice."""
    with storage.begin(write=True) as unit:
        asked = unit.sources.ask_now(source.source_id for source in sources)
    who = f" ({holder})" if holder else ""
    print(f"A running bot{who} polls this database. It reads {asked} of them within seconds; see: sitrep sources")
    if asked < len(sources):
        print(f"It does not poll the other {len(sources) - asked}.", file=sys.stderr)
    return 0


async def _round(
    settings: Settings, storage: Storage, places: Gazetteer, sources: Sequence[Source], election: Election
) -> int:
    counts = dict.fromkeys(Status, 0)
    new = events = 0
    with storage.begin(write=True) as unit:
        known = {standing.source_id for standing in unit.sources.standings()}
        unit.sources.add(watched(source) for source in sources if source.source_id not in known)
    async with open_polling(settings, storage, places) as polling:
        async for outcome in polling.round(sources):
            election.hold(clock())  # on SQLite a lease, which runs out
            counts[outcome.status] += 1
            new, events = new + outcome.reading.new, events + outcome.reading.events
            print(line(outcome), flush=True)
    read = counts[Status.READ] + counts[Status.UNCHANGED]
    rest = f", {counts[Status.NOT_SET_UP]} not set up" if counts[Status.NOT_SET_UP] else ""
    print(f"{read} of {len(sources)} read, {counts[Status.FAILED]} failed{rest}. {new} new items, {events} new events.")
    return 1 if counts[Status.FAILED] else 0


def line(outcome: Outcome) -> str:
    """What came of one source, for people."""
    name, reading = f"{outcome.source.name} ({outcome.source.source_id})", outcome.reading
    if outcome.status is Status.NOT_SET_UP:
        return f"{name}: not set up: {outcome.words}"
    if outcome.status is Status.FAILED:
        return f"{name}: failed: {outcome.words}"
    if outcome.status is Status.UNCHANGED:
        return f"{name}: nothing changed"
    updated = f", {reading.updated} updated" if reading.updated else ""
    note = f" ({outcome.words})" if outcome.words else ""
    return f"{name}: {reading.items} items, {reading.new} new{updated}, {reading.events} new events{note}"
