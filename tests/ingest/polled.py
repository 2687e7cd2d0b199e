"""What tests of polling share: sources, feeds, a client that makes answers up, a database for one test."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from xml.sax.saxutils import escape

from conflict.gazetteer import Gazetteer
from ingest.extraction import Extractor
from ingest.http import Client, Fetched, Fetches, Limits, Refused, Request, Result, Unchanged, Validators, Why
from ingest.polling import Polling
from ingest.sources.catalog import Source, SourceFormat, SourceKind
from ingest.sources.feeds_polled import FeedReader
from ingest.sources.reading import Reader
from storage import Storage

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
OPEN = Limits(pause=0.0, at_once=256, at_once_per_host=64, total=10.0)


@cache
def places() -> Gazetteer:
    """The embedded places."""
    return Gazetteer.load()


@cache
def extractor() -> Extractor:
    """What reads texts."""
    return Extractor.load(places())


def source(name: str, url: str, **more: object) -> Source:
    """A source of this id at this address."""
    known = {"kind": SourceKind.OUTLET, "language": "en", "countries": ("SY",), "owner": "Us", "licence": "Ours."}
    return Source(source_id=name, name=f"The {name}", url=url, **{**known, **more})  # type: ignore[arg-type]


def strike(town: str = "Saraqib", killed: str = "six", day: str = "Thursday") -> str:
    """A report of one air strike, with the monitor that says so."""
    said = "the Syrian Observatory for Human Rights said."
    return f"Warplanes struck {town} on {day}, killing {killed} civilians, {said}"


def rss(*items: tuple[str, str, datetime | None], updated: datetime | None = None) -> bytes:
    """A feed of items: id, words, when they were published."""
    rows = "".join(
        f"<item><guid>{escape(number)}</guid><title>Report {escape(number)}</title>"
        f"<link>https://example.org/{escape(number)}?utm_source=rss</link><description>{escape(words)}</description>"
        + (f"<pubDate>{format_datetime(at)}</pubDate>" if at else "")
        + (f"<a:updated xmlns:a='http://www.w3.org/2005/Atom'>{updated.isoformat()}</a:updated>" if updated else "")
        + "</item>"
        for number, words, at in items
    )
    return f'<rss version="2.0"><channel><title>T</title>{rows}</channel></rss>'.encode()


class Clock:
    """A time that only moves when told to."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, span: timedelta) -> None:
        self.at += span


class Web:
    """Answers made up by address; what is not there is 404. Remembers what it was asked."""

    def __init__(self, answers: Mapping[str, bytes | Result | Callable[[Request], Result]]) -> None:
        self.answers = dict(answers)
        self.asked: list[Request] = []

    async def fetch(self, request: Request) -> Result:
        self.asked.append(request)
        held = self.answers.get(request.url)
        if held is None:
            return Refused(Why.STATUS, "it answered 404 (not found).", 404)
        if isinstance(held, bytes):
            tag = f'"{hash(held)}"'
            if request.validators.etag == tag:
                return Unchanged(request.url, Validators(tag))
            return Fetched(request.url, held, validators=Validators(tag))
        return held(request) if callable(held) else held


@asynccontextmanager
async def polling(
    storage: Storage,
    web: Fetches,
    clock: Clock,
    readers: Mapping[SourceFormat, Reader] | None = None,
    **more: object,
) -> AsyncIterator[Polling]:
    """What polls over this web."""
    made = Polling(
        storage, web, extractor(), places(), readers or {SourceFormat.FEED: FeedReader()},
        agent="Sitrep", now=clock, chance=random.Random(1).random, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    async with made:
        yield made


@asynccontextmanager
async def real_client() -> AsyncIterator[Client]:
    """The real client, which may speak to this machine."""
    from ingest.addresses import Allowance

    async with Client(limits=OPEN, allow=Allowance.parse(["127.0.0.0/8"])) as client:
        yield client
