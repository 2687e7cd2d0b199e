"""ReliefWeb over its interface (v2): humanitarian reports by the instant they changed, read as articles.

Facts of its public documentation (2026): POST /v2/reports?appname=, an approved name of the asking programme (asked for
once, by form); a query with `filter`, `fields`, `sort`, `limit`, `offset`; at most 1,000 calls a day. The organisation
that wrote a report is its publisher, not ReliefWeb.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from ingest.http import Fetched, Request
from ingest.intervals import Rhythm
from ingest.sources.catalog import Source
from ingest.sources.feeds import FeedItem, content_hash
from ingest.sources.feeds_polled import take_items
from ingest.sources.links import canonical_link
from ingest.sources.markup import plain_words
from ingest.sources.reading import Desk, NotReadError, Reading, cursor_of, json_of, rows_of
from ingest.sources.stamps import instant_of
from storage.sources import SourceState

HOST: Final = "ReliefWeb"
PAGE: Final = 100
MOST_PAGES: Final = 10
MAX_BYTES: Final = 16 * 1024 * 1024
FIRST: Final = timedelta(days=2)
MAX_TEXT: Final = 200_000
_FIELDS: Final = (
    *("title", "body", "url", "url_alias", "date.original", "date.created", "date.changed"),
    *("source.name", "language.code"),
)


@dataclass(slots=True)
class ReliefWebReader:
    """Reads ReliefWeb's reports under an approved name."""

    appname: str | None
    rhythm: Rhythm = Rhythm(timedelta(minutes=15), timedelta(hours=2), timedelta(minutes=30))  # noqa: RUF009 - frozen

    def missing(self) -> tuple[str, ...]:
        """The name."""
        return () if self.appname else ("SITREP_RELIEFWEB_APPNAME",)

    async def read(self, source: Source, state: SourceState, desk: Desk) -> Reading:
        """Reports that are new or changed since the last reading, oldest change first."""
        since = instant_of(str(cursor_of(state.cursor).get("changed") or "")) or desk.now() - FIRST
        url = f"{source.url}{'&' if '?' in source.url else '?'}{urlencode({'appname': self.appname or ''})}"
        items = new = updated = events = offset = 0
        cursor = state.cursor
        for _ in range(MOST_PAGES):
            rows = await _page(url, desk, since, offset)
            read = [item for row in rows if (item := item_of(row)) is not None]
            taken = await take_items(source, read, desk)
            items += len(rows)
            new, updated, events = new + taken.new, updated + taken.updated, events + taken.events
            latest = max((at for row in rows if (at := _changed(row))), default=since)
            # Many changed in one second: the bound does not move, so the next page is asked for instead.
            offset = offset + len(rows) if latest <= since else 0
            since = max(since, latest)
            cursor = json.dumps({"changed": since.isoformat()})
            await desk.keep_cursor(source, cursor)
            if len(rows) < PAGE:
                return Reading(items, new, updated, events, cursor=cursor)
        return Reading(items, new, updated, events, whole=False, cursor=cursor)


async def _page(url: str, desk: Desk, since: datetime, offset: int) -> list[Mapping[str, Any]]:
    query = {
        "filter": {"field": "date.changed", "value": {"from": since.strftime("%Y-%m-%dT%H:%M:%S+00:00")}},
        "fields": {"include": list(_FIELDS)},
        "sort": ["date.changed:asc"],
        "limit": PAGE,
        "offset": offset,
    }
    try:
        found = await desk.fetch(Request(url, json=query, max_bytes=MAX_BYTES, total=120.0))
    except NotReadError as error:
        if error.status in (401, 403):
            raise NotReadError("ReliefWeb does not accept SITREP_RELIEFWEB_APPNAME.", status=error.status) from None
        raise
    if not isinstance(found, Fetched):
        raise NotReadError("ReliefWeb answered that nothing changed, which was not asked.")
    return rows_of(json_of(found, HOST), "data", HOST)


def item_of(row: Mapping[str, Any]) -> FeedItem | None:
    """A report as an item; None for what has no words."""
    fields = row.get("fields")
    if not isinstance(fields, dict) or row.get("id") is None:
        return None
    dates = fields.get("date")
    dates = dates if isinstance(dates, dict) else {}
    title = plain_words(str(fields.get("title") or ""))[:1_000] or None
    text = plain_words(str(fields.get("body") or "")[:MAX_TEXT]) or title
    if not text:
        return None
    return FeedItem(
        item_id=str(row["id"])[:100],
        content_hash=content_hash(title, text),
        title=title,
        text=text,
        url=canonical_link(str(fields.get("url_alias") or fields.get("url") or "")),
        # `original` is a day without an hour; what we know is when it was put up.
        published_at=instant_of(str(dates.get("created") or dates.get("original") or "")),
        updated_at=instant_of(str(dates.get("changed") or "")),
        language=_first(fields.get("language"), "code"),
        source=_first(fields.get("source"), "name"),
    )


def _changed(row: Mapping[str, Any]) -> datetime | None:
    fields = row.get("fields")
    dates = fields.get("date") if isinstance(fields, dict) else None
    return instant_of(str(dates.get("changed") or "")) if isinstance(dates, dict) else None


def _first(listed: object, name: str) -> str | None:
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        value = listed[0].get(name)
        return value[:200] if isinstance(value, str) and value else None
    return None
