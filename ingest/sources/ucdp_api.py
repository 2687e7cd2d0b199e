"""UCDP over its interface: the monthly candidate events, release by release, page by page.

Facts of UCDP's public documentation (2026): /api/gedevents/<version>?pagesize=&page= (from 0), a token in the header
`x-ucdp-access-token`, an answer with `TotalPages` and `Result`; 5,000 requests a day. The candidate release of a month
is version YY.0.M. The yearly release comes by `sitrep import`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from ingest.http import Fetched, Request
from ingest.intervals import Rhythm
from ingest.sources.catalog import Source
from ingest.sources.reading import Desk, NotReadError, Reading, cell, cursor_of, json_of, rows_of
from storage.sources import SourceState

HOST: Final = "UCDP"
PAGE: Final = 1_000
MOST_PAGES: Final = 20
MAX_BYTES: Final = 16 * 1024 * 1024
FIRST: Final = 4  # months that the first reading goes back
_NOT_OUT: Final = (400, 404)


@dataclass(slots=True)
class UcdpReader:
    """Reads UCDP with an access token."""

    token: str | None = field(repr=False)
    rhythm: Rhythm = Rhythm(timedelta(hours=12), timedelta(hours=24), timedelta(hours=24))  # noqa: RUF009 - frozen

    def missing(self) -> tuple[str, ...]:
        """The token."""
        return () if self.token else ("SITREP_UCDP_TOKEN",)

    async def read(self, source: Source, state: SourceState, desk: Desk) -> Reading:
        """The releases that came out since the last reading; a release half read goes on where it ended."""
        went = cursor_of(state.cursor)
        items = new = events = asked = 0
        for version in _versions(went.get("done"), desk.now()):
            page = went["page"] if went.get("version") == version and isinstance(went.get("page"), int) else 0
            pages = page + 1
            while page < pages:
                if asked == MOST_PAGES:
                    return Reading(items, new, 0, events, whole=False, cursor=json.dumps(went))
                data = await self._page(source, desk, version, page)
                asked += 1
                rows = rows_of(data, "Result", HOST) if data else []
                if not rows and page:
                    break  # fewer pages than it said
                if not rows:  # not out yet
                    return Reading(items, new, 0, events, cursor=json.dumps(went))
                header = list(dict.fromkeys(str(name) for row in rows for name in row))
                table = [[cell(row.get(name)) for name in header] for row in rows]
                counts = await desk.import_rows("ucdp", f"ucdp-{version}-{page}.csv", header, table)
                items += counts.read
                new += counts.inserted + counts.revised + counts.merged
                events += counts.inserted
                total = data.get("TotalPages") if data else None
                pages = total if isinstance(total, int) else pages
                page += 1
                went = {**went, "version": version, "page": page}
                await desk.keep_cursor(source, json.dumps(went))
            went = {"done": version}
        return Reading(items, new, 0, events, cursor=json.dumps(went))

    async def _page(self, source: Source, desk: Desk, version: str, page: int) -> Mapping[str, Any] | None:
        """A page of a release; None when it is not out yet."""
        url = f"{source.url.rstrip('/')}/{version}?{urlencode({'pagesize': PAGE, 'page': page})}"
        headers = {"x-ucdp-access-token": self.token or ""}
        try:
            found = await desk.fetch(Request(url, headers=headers, max_bytes=MAX_BYTES, total=120.0))
        except NotReadError as error:
            if error.status in _NOT_OUT:
                return None
            if error.status in (401, 403):
                raise NotReadError("UCDP does not accept SITREP_UCDP_TOKEN.", status=error.status) from None
            raise
        if not isinstance(found, Fetched):
            raise NotReadError("UCDP answered that nothing changed, which was not asked.")
        return json_of(found, HOST)


def _versions(done: object, now: datetime) -> Iterator[str]:
    """The releases after `done` up to this month's, oldest first; without one the last few."""
    last = now.year * 12 + now.month - 1
    first = last - FIRST
    parts = str(done or "").split(".")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        first = max(first, (2000 + int(parts[0])) * 12 + int(parts[2]))
    for month in range(first, last + 1):
        yield f"{month // 12 % 100}.0.{month % 12 + 1}"
