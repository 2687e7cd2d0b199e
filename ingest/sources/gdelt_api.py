"""GDELT 2.0 every quarter of an hour: which articles it points at, which are then read. It is never an incident itself.

Facts of its public documentation: lastupdate.txt names the newest files, one a line, with size and MD5; the export is a
zip of 61 tab-separated columns. Articles coded as violence are read, as far as their sites let programs read them; an
article that does not date itself stays undated.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from conflict.errors import InputError
from conflict.events import Report, ReportKind
from ingest.http import Fetched, Request
from ingest.intervals import Rhythm
from ingest.sources import gdelt
from ingest.sources.articles import Article
from ingest.sources.catalog import Source
from ingest.sources.feeds import content_hash
from ingest.sources.feeds_polled import AHEAD, report_id_of
from ingest.sources.languages import language_with
from ingest.sources.links import canonical_link, link_key
from ingest.sources.reading import Desk, NotReadError, Reading, cursor_of
from ingest.sources.rows import Rejection
from ingest.sources.tables import LONGEST_LINE, TableFile
from storage.items import SeenItem
from storage.sources import SourceState

MAX_BYTES: Final = 16 * 1024 * 1024
MOST_ROWS: Final = 50_000
MOST_ARTICLES: Final = 30  # read for one file
MOST_OF_A_SITE: Final = 3
_QUARTER: Final = timedelta(minutes=15)


@dataclass(slots=True)
class GdeltReader:
    """Reads what the newest export of GDELT points at."""

    rhythm: Rhythm = Rhythm(_QUARTER, _QUARTER, _QUARTER)  # noqa: RUF009 - frozen

    def missing(self) -> tuple[str, ...]:
        """Nothing."""
        return ()

    async def read(self, source: Source, state: SourceState, desk: Desk) -> Reading:
        """The articles of the newest export that were not looked at before."""
        export = await _newest(source, desk)
        if cursor_of(state.cursor).get("export") == export.name:
            return Reading(unchanged=True)
        packed = await desk.fetch(Request(export.url, max_bytes=MAX_BYTES, total=120.0))
        body = packed.body if isinstance(packed, Fetched) else b""
        if md5(body, usedforsecurity=False).hexdigest() != export.md5:
            raise NotReadError(f"GDELT's file {export.name} is not the one that its list names.")
        links = await desk.read(_articles, body, export.name)
        known = await desk.off(_known, desk, source, list(links))
        fresh = _spread({key: url for key, url in links.items() if key not in known})
        new = events = 0
        for key, url in fresh:
            found = await desk.article(url)
            report = _report(source, key, url, found, desk) if isinstance(found, Article) else None
            if report is not None:
                result = await desk.take(report)
                new += result.stored
                events += result.inserted
            await desk.off(_remember, desk, source, key, report)
        left = len(links) - len(known) - len(fresh)
        note = f"{left} further articles of this quarter of an hour were left unread" if left else None
        return Reading(len(links), new, 0, events, cursor=json.dumps({"export": export.name}), note=note)


@dataclass(frozen=True, slots=True)
class _Export:
    url: str
    name: str
    md5: str


async def _newest(source: Source, desk: Desk) -> _Export:
    found = await desk.fetch(Request(source.url, max_bytes=10_000))
    lines = found.body.decode("ascii", "replace").splitlines() if isinstance(found, Fetched) else []
    for line in lines[:10]:
        parts = line.split()
        if len(parts) == 3 and parts[2].endswith(".export.CSV.zip"):
            # The list names plain http; the file beside the list is the same one.
            name = parts[2].rpartition("/")[2]
            return _Export(urljoin(source.url, name), name, parts[1].lower())
    raise NotReadError("What is at its address is no list of GDELT's newest files.")


def _articles(packed: bytes, name: str) -> dict[str, str]:
    """The articles behind rows that are coded as violence, each once: what tells a page from others, and its link."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="sitrep-") as folder:
        path = Path(folder) / name
        path.write_bytes(packed)
        try:
            with TableFile(path) as table:
                for url in _violent(table):
                    link = canonical_link(url)
                    key = link_key(link)
                    if link and key:
                        found.setdefault(key, link)
        except InputError as error:
            raise NotReadError(f"{error}.") from None
    return found


def _violent(table: TableFile) -> Iterator[str]:
    lines = table.text()
    for number in range(1, MOST_ROWS):
        line = lines.readline(LONGEST_LINE)
        if not line:
            return
        row = gdelt.read_row(number, line.rstrip("\r\n").split("\t"))
        if not isinstance(row, Rejection) and row.violent:
            yield row.url


def _spread(links: dict[str, str]) -> list[tuple[str, str]]:
    """As many as are read at a time, few of any one site."""
    of_site: Counter[str] = Counter()
    chosen: list[tuple[str, str]] = []
    for key, url in links.items():
        site = key.partition("/")[0]
        of_site[site] += 1
        if of_site[site] <= MOST_OF_A_SITE and len(chosen) < MOST_ARTICLES:
            chosen.append((key, url))
    return chosen


def _report(source: Source, key: str, url: str, article: Article, desk: Desk) -> Report:
    now = desk.now()
    at = article.published_at
    site = key.partition("/")[0]
    return Report(
        report_id=report_id_of(source.source_id, key, ""),
        source_id=source.source_id,
        publisher=article.site or site,
        kind=ReportKind.ARTICLE,
        text=article.text,
        title=article.title,
        url=article.url or url,
        language=language_with(article.text, article.language),
        published_at=None if at is None or at > now + AHEAD else min(at, now),
        retrieved_at=now,
        external_id=key,
    )


def _known(desk: Desk, source: Source, keys: list[str]) -> frozenset[str]:
    with desk.storage.begin() as unit:
        return frozenset(unit.items.known(source.source_id, keys))


def _remember(desk: Desk, source: Source, key: str, report: Report | None) -> None:
    mark = content_hash(report.title, report.text) if report else ""
    published = report.published_at if report else None
    seen = SeenItem(key, mark, report.report_id if report else "", published)
    with desk.storage.begin(write=True) as unit:
        unit.items.remember(source.source_id, [seen], at=desk.now())
