"""A feed that is polled: what is new in it becomes reports, what changed becomes further versions of them.

The report of an item has an id made of the feed, the item's own id and its words. So an item that was taken in just
before the process died is known when it comes again, and nothing of it is stored twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from conflict.events import Report, ReportKind
from ingest.http import Request, Unchanged, Validators
from ingest.intervals import Rhythm
from ingest.sources.articles import Article
from ingest.sources.catalog import Source, SourceFormat
from ingest.sources.feeds import FeedItem, read_feed
from ingest.sources.languages import language_with
from ingest.sources.reading import Desk, NotReadError, Reading
from ingest.sources.unreadable import Unreadable
from storage.items import SeenItem
from storage.sources import SourceState

ACCEPT: Final = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
MOST_PAGES: Final = 30  # read for one feed at a time; the rest waits for the next
MOST_VERSIONS: Final = 50  # of one item; some feeds count the minutes in every item
AHEAD: Final = timedelta(days=1)  # a feed whose clock or zone is wrong; more is no date at all


class FeedReader:
    """Reads RSS, Atom and JSON Feed."""

    rhythm: Rhythm = Rhythm()

    def missing(self) -> tuple[str, ...]:
        """Nothing."""
        return ()

    async def read(self, source: Source, state: SourceState, desk: Desk) -> Reading:
        """Ask whether it changed; take in what is new."""
        asked = Request(source.url, Validators(state.etag, state.last_modified), accept=ACCEPT)
        found = await desk.fetch(asked)
        if isinstance(found, Unchanged):
            return Reading(unchanged=True, validators=found.validators, fresh_for=found.fresh_for)
        feed = await desk.read(read_feed, found.body, charset=found.charset, url=found.url)
        if isinstance(feed, Unreadable):
            raise NotReadError(f"What is at its address {feed.reason}.")
        taken = await take_items(source, feed.items, desk)
        notes = [f"it has moved for good to {found.moved_to}"] if found.moved_to else []
        return Reading(
            items=len(feed.items),
            new=taken.new,
            updated=taken.updated,
            events=taken.events,
            whole=taken.whole,
            # Unless all of it was taken in, the server must not say next time that nothing changed.
            validators=found.validators if taken.whole else Validators(),
            fresh_for=found.fresh_for,
            note="; ".join([*notes, *feed.flaws]) or None,
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """How many items were new, how many updated, how many new events they brought; whether none was left for later."""

    new: int
    updated: int
    events: int
    whole: bool


async def take_items(source: Source, items: Sequence[FeedItem], desk: Desk) -> Taken:
    """Take in those items that were never seen or say something else now, the oldest first."""
    known = await desk.off(_known, desk, source.source_id, [item.item_id for item in items])
    fresh = [item for item in items if _differs(item, known.get(item.item_id))]
    fresh.sort(key=lambda item: item.published_at or item.updated_at or desk.now())
    whole = not source.full_text or len(fresh) <= MOST_PAGES
    fresh = fresh if whole else fresh[:MOST_PAGES]
    events = 0
    seen: list[SeenItem] = []
    try:
        for item in fresh:
            before = known.get(item.item_id)
            report = await _report_of(source, item, before, desk)
            result = await desk.take(report, before.published_at if before else None)
            events += result.inserted
            first = before.published_at if before else report.published_at
            versions = before.versions + 1 if before else 1
            seen.append(SeenItem(item.item_id, item.content_hash, report.report_id, first, versions))
    finally:
        if seen:
            await desk.off(_remember, desk, source.source_id, seen)
    updated = sum(item.item_id in known for item in fresh)
    return Taken(len(fresh) - updated, updated, events, whole)


def report_id_of(source_id: str, item_id: str, content_hash: str) -> str:
    """The id of the report that this version of an item is."""
    return "r" + sha256("\x1f".join((source_id, item_id, content_hash)).encode("utf-8", "replace")).hexdigest()[:20]


def dated(item: FeedItem, now: datetime) -> datetime | None:
    """When an item was published, as far as its feed can be believed: never ahead of now, None where not said."""
    at = item.published_at or item.updated_at
    if at is None or at > now + AHEAD:
        return None
    return min(at, now)


async def _report_of(source: Source, item: FeedItem, before: SeenItem | None, desk: Desk) -> Report:
    now = desk.now()
    article = await desk.article(item.url) if source.full_text and item.url else None
    page = article if isinstance(article, Article) and len(article.text) > len(item.text) else None
    published = dated(item, now) or (_day_of(page, now) if page else None)
    if before is not None:
        published = _later(item, before, now)
    text = page.text if page else item.text
    return Report(
        report_id=report_id_of(source.source_id, item.item_id, item.content_hash),
        source_id=source.source_id,
        publisher=publisher_of(source, item),
        kind=ReportKind.ARTICLE if page else ReportKind.FEED_ITEM,
        text=text,
        title=item.title or (page.title if page else None),
        url=(page.url if page else None) or item.url,
        language=language_with(text, item.language or source.language),
        published_at=published,
        retrieved_at=now,
        external_id=item.item_id,
    )


def publisher_of(source: Source, item: FeedItem) -> str:
    """Who published an item: the source, or whom a source of others' reports names."""
    return item.source if source.format is not SourceFormat.FEED and item.source else source.name


def _day_of(page: Article, now: datetime) -> datetime | None:
    at = page.published_at
    return None if at is None or at > now + AHEAD else min(at, now)


def _later(item: FeedItem, before: SeenItem, now: datetime) -> datetime | None:
    """When a later version was published: after the one before, so that its word counts. Undated stays undated."""
    if before.published_at is None:
        return dated(item, now)
    named = item.updated_at
    believed = named is not None and before.published_at < named <= now and before.versions == 1
    return named if believed else now


def _differs(item: FeedItem, before: SeenItem | None) -> bool:
    return before is None or (before.content_hash != item.content_hash and before.versions < MOST_VERSIONS)


def _known(desk: Desk, source_id: str, item_ids: Sequence[str]) -> dict[str, SeenItem]:
    with desk.storage.begin() as unit:
        return unit.items.known(source_id, item_ids)


def _remember(desk: Desk, source_id: str, seen: Iterable[SeenItem]) -> None:
    with desk.storage.begin(write=True) as unit:
        unit.items.remember(source_id, seen, at=desk.now())
