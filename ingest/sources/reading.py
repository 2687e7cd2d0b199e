"""One reading of a source: what it starts from, what it gives, and what a reader of any kind needs for it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, Protocol, TypeVar

from conflict.errors import SourceError
from conflict.events import Report
from ingest.http import Fetched, Request, Unchanged, Validators
from ingest.importrun import Counts
from ingest.intervals import Rhythm
from ingest.pipeline import IngestResult
from ingest.sources.articles import Article
from ingest.sources.catalog import Source
from ingest.sources.unreadable import Unreadable
from storage import Storage
from storage.sources import SourceState

P = ParamSpec("P")
T = TypeVar("T")


class NotReadError(SourceError):
    """A source could not be read this time; the message is a sentence for its operator, without any secret.

    `retry_after`: how long the server asks us to stay away. `status`: what it answered, if it did.
    """

    def __init__(self, reason: str, *, retry_after: timedelta | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.status = status


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading gave. `items` were there, of them `new` were never seen and `updated` say something else now.

    `whole` False: there is more, to be asked for soon. `cursor` and `validators` are where the next one goes on.
    """

    items: int = 0
    new: int = 0
    updated: int = 0
    events: int = 0
    unchanged: bool = False
    whole: bool = True
    validators: Validators = Validators()  # noqa: RUF009 - frozen
    cursor: str | None = None
    fresh_for: timedelta | None = None
    note: str | None = None


class Desk(Protocol):
    """What readers work with; `ingest.polling` has the real one."""

    @property
    def storage(self) -> Storage:
        """Where everything is kept; to be used through `off` only."""

    def now(self) -> datetime:
        """This instant, UTC."""

    async def fetch(self, request: Request) -> Fetched | Unchanged:
        """Ask for one thing; NotReadError when it is not to be had."""

    async def article(self, url: str) -> Article | Unreadable:
        """The article of a page, where its site lets programs read it."""

    async def off(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what waits or works in the one thread that writes."""

    async def read(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what only takes bytes apart in a thread for that."""

    def take(self, report: Report, first_published_at: datetime | None = None) -> Awaitable[IngestResult]:
        """Take in a report; `first_published_at` where it is a later version, whose days are reckoned from that."""

    async def import_rows(self, kind: str, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Counts:
        """Take in rows of a data set, as `sitrep import` would from a file of this name."""

    async def keep_cursor(self, source: Source, cursor: str) -> None:
        """Note how far a long reading has come."""


class Reader(Protocol):
    """Reads sources of one format."""

    @property
    def rhythm(self) -> Rhythm:
        """How often they are asked."""

    def missing(self) -> tuple[str, ...]:
        """The settings without which they cannot be asked."""

    async def read(self, source: Source, state: SourceState, desk: Desk) -> Reading:
        """Read what is new and take it in. Raises NotReadError."""


def json_of(found: Fetched, host: str) -> Mapping[str, Any]:
    """The object that an API answered with; NotReadError for anything else."""
    try:
        data = json.loads(found.body)
    except (ValueError, RecursionError):
        raise NotReadError(f"{host} did not answer in JSON.") from None
    if not isinstance(data, dict):
        raise NotReadError(f"{host} answered in another shape than its documentation says.")
    return data


def rows_of(data: Mapping[str, Any], name: str, host: str) -> list[Mapping[str, Any]]:
    """The list of objects under a name; NotReadError where it is none."""
    rows = data.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotReadError(f"{host} answered in another shape than its documentation says: no list {name!r}.")
    return rows


def cursor_of(words: str | None) -> dict[str, Any]:
    """Where a reading of several pages goes on; empty where it begins, or where what was kept is not understood."""
    try:
        found = json.loads(words or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def cell(value: object) -> str:
    """A value of JSON as a data file would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
