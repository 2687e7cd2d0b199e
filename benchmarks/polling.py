"""Polling over loopback: 500 feeds, of which a tenth is slow, a twentieth fails and a fiftieth lies about its length.

The healthy feeds are first polled alone, then among the others: what that adds for the last healthy one is the harm
done. Each feed has two items without an event, so that what is measured is polling, not extraction; the first round
takes them in, the second finds nothing new. The servers run in a process of their own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from conflict.gazetteer import Gazetteer
from ingest.addresses import Allowance
from ingest.extraction import Extractor
from ingest.http import Client, Limits
from ingest.polling import Polling, Status
from ingest.sources.catalog import Source, SourceFormat, SourceKind
from ingest.sources.feeds_polled import FeedReader
from storage import open_storage

FEEDS = 500
ITEMS = 2
SLOW_SECONDS = 20.0
AT_ONCE = 16  # as the settings have it
HOSTS = 40  # ports of this machine with healthy feeds; each other feed has one of its own
OTHERS = 17  # of a hundred


def measure() -> Iterator[Figure]:
    """A round of the healthy, then rounds of all."""
    context = multiprocessing.get_context("spawn")
    ports, stop = context.Queue(), context.Event()
    servers = context.Process(target=_serve, args=(ports, stop), daemon=True)
    servers.start()
    try:
        alone, among = asyncio.run(_measure(ports.get(timeout=60)))
    finally:
        stop.set()
        servers.join(10)
    note = f"{among.healthy} healthy feeds of {FEEDS}, {ITEMS} items each; alone {alone.seconds:.1f} s"
    yield Figure("polling_healthy_feeds", among.healthy / among.seconds, "1/s", note)
    yield Figure("polling_harm_by_others", among.seconds / alone.seconds, "times", "last healthy one among all : alone")
    yield Figure("polling_healthy_lost", float(among.lost), "feeds", "healthy feeds not read, or items not taken in")
    yield Figure("polling_again", among.again, "1/s", "the same healthy feeds once more, unchanged (304)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("polling_peak_memory", peak, "MB", "of the polling process, with places and extraction")


@dataclass(frozen=True, slots=True)
class _Took:
    healthy: int
    seconds: float  # until the last healthy feed was read
    lost: int
    again: float


def _kind(number: int) -> str:
    """Of every hundred feeds ten are slow, five fail and two lie."""
    place = number % 100
    return "slow" if place < 10 else "failing" if place < 15 else "lying" if place < 17 else "healthy"


async def _measure(ports: list[int]) -> tuple[_Took, _Took]:
    places = Gazetteer.load()
    extractor = Extractor.load(places)
    numbers = list(range(FEEDS))
    healthy = [n for n in numbers if _kind(n) == "healthy"]
    return (
        await _rounds(ports, healthy, extractor, places),
        await _rounds(ports, numbers, extractor, places),
    )


async def _rounds(ports: list[int], numbers: list[int], extractor: Any, places: Gazetteer) -> _Took:
    limits = Limits(at_once=5 * AT_ONCE, at_once_per_host=1, pause=0.0, total=30.0)
    sources = [_source(n, ports[_host(n)]) for n in numbers]
    good = {s.source_id for n, s in zip(numbers, sources, strict=True) if _kind(n) == "healthy"}
    with tempfile.TemporaryDirectory() as folder:
        storage = open_storage(f"sqlite:///{Path(folder) / 'polling.db'}")
        storage.migrate()
        async with (
            Client(limits=limits, allow=Allowance.parse(["127.0.0.0/8"])) as client,
            Polling(
                storage, client, extractor, places, {SourceFormat.FEED: FeedReader()},
                agent="Sitrep", now=lambda: datetime.now(UTC), at_once=AT_ONCE,
            ) as polling,
        ):  # fmt: skip
            read, last, began = 0, 0.0, time.perf_counter()
            async for outcome in polling.round(sources):
                if outcome.source.source_id in good:
                    read += outcome.status is Status.READ and outcome.reading.new == ITEMS
                    last = time.perf_counter() - began
            began = time.perf_counter()
            again = [o async for o in polling.round([s for s in sources if s.source_id in good])]
            rate = sum(o.status is Status.UNCHANGED for o in again) / (time.perf_counter() - began)
        storage.close()
    return _Took(len(good), last, len(good) - read, rate)


def _host(number: int) -> int:
    """Which port a feed is on: a host is asked one thing at a time, so a slow feed holds up its neighbours there."""
    if _kind(number) == "healthy":
        return number % HOSTS
    return HOSTS + number // 100 * OTHERS + number % 100


def _source(number: int, port: int) -> Source:
    url = f"http://127.0.0.1:{port}/{_kind(number)}/{number}"
    return Source(f"f{number}", f"Feed {number}", SourceKind.OUTLET, url, "en", (), "Made up", "Ours.")


def _serve(ports: Any, stop: Any) -> None:
    """Serve all feeds on ports of this machine until told to stop."""
    asyncio.run(_servers(ports, stop))


async def _servers(ports: Any, stop: Any) -> None:
    listening = [await asyncio.start_server(_answer, "127.0.0.1", 0) for _ in range(HOSTS + FEEDS // 100 * OTHERS)]
    ports.put([one.sockets[0].getsockname()[1] for one in listening])
    await asyncio.to_thread(stop.wait)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        _, kind, number = head.split(" ")[1].split("/")
        body = _feed(number)
        tag = f'"{number}"'
        if kind == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if kind == "failing":
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        elif f"If-None-Match: {tag}" in head:
            writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\nConnection: close\r\n\r\n".encode())
        else:
            length = len(body) + (1000 if kind == "lying" else 0)
            told = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            writer.write(told.encode() + body)
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        pass  # whoever asked is gone, or the measurement is over
    finally:
        writer.close()


def _feed(number: str) -> bytes:
    items = "".join(
        f"<item><guid>{number}-{n}</guid><title>Note {n} of feed {number}</title>"
        f"<description>The council of district {number} met for the {n}th time this year.</description>"
        "<pubDate>Fri, 20 Nov 2026 12:00:00 GMT</pubDate></item>"
        for n in range(ITEMS)
    )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()
