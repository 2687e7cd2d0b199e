"""Alerts: matching one event with many subscriptions, the hottest event with all its deliveries, claim to mark.

100,000 subscriptions by default; the promise is for BENCH_SUBSCRIPTIONS=1000000. A made-up country of 40
provinces: 7.5 % of the chats want the hottest province, 30 % a radius, the rest a town, by Zipf. SQLite in a file.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, update

from alerts.dispatch import Dispatcher
from alerts.sending import Outcome, Outgoing, Sent
from benchmarks.figures import Figure, percentile
from benchmarks.running import a_bot, a_server
from conflict.claims import Claim
from conflict.events import ChangeKind, ConflictEvent, Report, ReportKind
from conflict.facts import EventFacts
from conflict.fold import fold
from conflict.places import EventPlace, Place
from conflict.subscriptions import cell_key, cell_of
from conflict.vocabulary import PlaceLevel, Severity, SubEventType
from messages.catalog import Catalog
from storage import Storage, open_storage
from storage.matching import Hearing
from storage.people import chats, deliveries, subscription_areas, subscriptions

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROVINCES, TOWNS = 40, 4000
RANDOM_EVENTS = 300
SENT = 3000
PACED_SECONDS = 30
_ROWS = 50_000


def town(number: int) -> Place:
    """A made-up town; those of low numbers are the large ones."""
    province = f"gn:p{number % PROVINCES}"
    latitude, longitude = 32 + (number * 7919 % 5000) / 1000, 36 + (number * 104729 % 6000) / 1000
    return Place(
        f"gn:{number}", f"Town {number}", PlaceLevel.SETTLEMENT, "Syria", "SY", f"Province {number % PROVINCES}",
        province, latitude=latitude, longitude=longitude,
    )  # fmt: skip


def measure() -> Iterator[Figure]:
    """Build the subscriptions, then measure."""
    count = int(os.environ.get("BENCH_SUBSCRIPTIONS", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        storage = open_storage(f"sqlite:///{Path(folder) / 'bench.db'}")
        storage.migrate()
        _fill(storage, count, Random(1))
        yield from _random_events(storage, count, Random(2))
        yield from _hottest(storage, count)
        yield from _sending(storage)
        yield from _paced(storage, folder)
        storage.close()


def _fill(storage: Storage, count: int, chance: Random) -> None:
    for first in range(1, count + 1, _ROWS):
        people: list[dict[str, Any]] = []
        wishes: list[dict[str, Any]] = []
        areas: list[dict[str, Any]] = []
        for number in range(first, min(first + _ROWS, count + 1)):
            people.append(
                {
                    "chat_id": number, "telegram_id": str(number), "kind": "private", "state": "active",
                    "language": chance.choice(("en", "ar")), "joined_on": NOW.date(), "last_active_on": NOW.date(),
                }
            )  # fmt: skip
            area, cell = _wanted(chance)
            wishes.append(
                {
                    "subscription_id": number, "chat_id": number, "place_ids": None if cell else [area],
                    "cell_y": cell[0] if cell else None, "cell_x": cell[1] if cell else None,
                    "radius_km": float(chance.choice((5, 10, 20, 30, 50))) if cell else None,
                    "type_mask": -1 if chance.random() < 0.7 else chance.getrandbits(25) | 8, "breaches_only": False,
                    "civilians_only": False, "minimum_severity": chance.choice((0, 0, 1, 2)),
                    "minimum_verification": "unverified", "coarser_too": True, "paused": False,
                    "created_on": NOW.date(),
                }
            )  # fmt: skip
            wish = wishes[-1]
            areas.append(
                {
                    "area": area, "reach": wish["radius_km"] or 0.0, "subscription_id": number, "chat_id": number,
                    "thread_id": None, "type_mask": wish["type_mask"], "asks": 0,
                    "minimum_severity": wish["minimum_severity"], "minimum_verification": "unverified",
                }
            )  # fmt: skip
        with storage.begin(write=True) as unit:
            connection = unit._session.connection  # rows as they are, faster than one by one
            for table, rows in ((chats, people), (subscriptions, wishes), (subscription_areas, areas)):
                connection.execute(insert(table), rows)


def _wanted(chance: Random) -> tuple[str, tuple[int, int] | None]:
    draw = chance.random()
    if draw < 0.075:
        return "gn:p0", None
    place = town(min(TOWNS - 1, int(chance.paretovariate(0.6))) if draw < 0.7 else chance.randrange(TOWNS))
    if draw < 0.7:
        return place.place_id, None
    assert place.latitude is not None
    assert place.longitude is not None
    cell = cell_of(place.latitude, place.longitude)
    return cell_key(cell), cell


def _event(number: int, place: Place, severity: Severity, sub: SubEventType) -> ConflictEvent:
    said = EventFacts(sub, event_date=NOW.date(), places=(EventPlace(place.name, place),))
    claim = Claim(f"c{number}", "r1", "A paper", said, "A monitor", published_at=NOW, url="https://example.org/a")
    return replace(fold(f"event{number}", 1, [claim], updated_at=NOW), severity=severity)


def _random_events(storage: Storage, count: int, chance: Random) -> Iterator[Figure]:
    times, found = [], []
    for number in range(RANDOM_EVENTS):
        place = town(chance.randrange(1 + PROVINCES, TOWNS))
        while place.admin1_id == "gn:p0":
            place = town(chance.randrange(1 + PROVINCES, TOWNS))
        event = _event(number, place, chance.choice(list(Severity)), chance.choice(list(SubEventType)))
        began = time.perf_counter()
        with storage.begin(write=True) as unit:
            found.append(unit.matching.hear([Hearing(event, 2, False)], change_id=number, at=NOW))
        times.append((time.perf_counter() - began) * 1000)
    note = f"{count:,} subscriptions; {sum(found) / len(found):.0f} chats on average; with deliveries and commit"
    yield Figure("alerts_match_p50", percentile(times, 50), "ms", note)
    yield Figure("alerts_match_p99", percentile(times, 99), "ms", note)


def _hottest(storage: Storage, count: int) -> Iterator[Figure]:
    event = _event(10**6, town(PROVINCES), Severity.EXTREME, SubEventType.AIR_STRIKE)
    with storage.begin(write=True) as unit:
        unit.reports.save(Report("r1", "paper", "A paper", ReportKind.TEXT, "Text", published_at=NOW))
        unit.events.save(event, ChangeKind.NEW, report_id="r1", why="a benchmark", at=NOW)
    began = time.perf_counter()
    with storage.begin(write=True) as unit:
        told = unit.matching.hear([Hearing(event, 4, False)], change_id=10**6, at=NOW)
    note = f"{told:,} chats of {count:,} subscriptions"
    yield Figure("alerts_hottest_commit", time.perf_counter() - began, "s", note)


def _paced(storage: Storage, folder: str) -> Iterator[Figure]:
    """The real bot, with thousands of alerts waiting, at a server that answers 429 as Telegram does."""
    with storage.begin(write=True) as unit:
        now = datetime.now(UTC)  # what waited since NOW would be folded as late
        unit._session.connection.execute(update(deliveries).values(created_at=now, next_attempt_at=now))
    limits = ("--limits", "--open-all-chats", "--latency", "0.06")
    with a_server(*limits) as server, a_bot(server, storage.url, folder, {"SITREP_POLL_SOURCES": "off"}):
        while not (counted := server.stats())["accepted"].get("sendMessage"):
            time.sleep(0.1)
        time.sleep(PACED_SECONDS)
        counted = server.stats()
    refused = counted["refused"]
    note = f"real bot, 60 ms a call, over {PACED_SECONDS} s; refused: {refused or 'none'}"
    yield Figure("alerts_paced", counted["rate"]["sendMessage"], "/s", note)
    yield Figure("alerts_paced_refused", sum(refused.values()), "", "answers 429 among those")


class _Nobody:
    """A sender that takes everything at once."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, message: Outgoing) -> Outcome:
        self.sent += 1
        return Sent(self.sent)


def _sending(storage: Storage) -> Iterator[Figure]:
    nobody = _Nobody()
    dispatcher = Dispatcher(storage, nobody, Catalog.load(), lambda: NOW + timedelta(minutes=1), "bench")

    async def run() -> float:
        await dispatcher.step()
        began, before = time.perf_counter(), nobody.sent
        while nobody.sent < SENT and await dispatcher.step():
            pass
        return (nobody.sent - before) / (time.perf_counter() - began)

    yield Figure("alerts_deliveries", asyncio.run(run()), "/s", f"claim to mark, windows of {dispatcher.window}")
