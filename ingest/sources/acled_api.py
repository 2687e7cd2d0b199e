"""ACLED over its interface: new and changed rows by their timestamp, page by page, and the rows that it deleted.

Facts of ACLED's public documentation (2025): a token for e-mail and password from /oauth/token (client "acled"), good
for a day, and a refresh token, good for two weeks; rows from /api/acled/read, deletions from /api/deleted/read, both by
a lower bound of the timestamp, `limit` and `page`. Tokens stay in memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from ingest.http import Fetched, Request
from ingest.intervals import Rhythm
from ingest.sources.catalog import Source
from ingest.sources.reading import Desk, NotReadError, Reading, cell, cursor_of, json_of, rows_of
from ingest.withdrawing import withdraw_rows
from storage.sources import SourceState

HOST: Final = "ACLED"
PAGE: Final = 1_000  # rows
MOST_PAGES: Final = 20  # in one reading
MAX_BYTES: Final = 16 * 1024 * 1024
FIRST: Final = timedelta(days=30)  # that the first reading goes back; older rows come by `sitrep import`
# Rows change while they are paged through, so that one may slip from a page to the one before: the last day is read
# twice. What is stored and says the same is known by its digest.
OVERLAP: Final = timedelta(days=1)
EARLY: Final = timedelta(minutes=5)  # before it runs out, a token is renewed


@dataclass(slots=True)
class AcledReader:
    """Reads ACLED with the account of `user` and `password`."""

    user: str | None
    password: str | None = field(repr=False)
    rhythm: Rhythm = Rhythm(timedelta(hours=3), timedelta(hours=12), timedelta(hours=6))  # noqa: RUF009 - frozen
    _token: str | None = field(default=None, repr=False)
    _refresh: str | None = field(default=None, repr=False)
    _until: datetime | None = None

    def missing(self) -> tuple[str, ...]:
        """The account."""
        given = {"SITREP_ACLED_USER": self.user, "SITREP_ACLED_PASSWORD": self.password}
        return tuple(name for name, value in given.items() if not value)

    async def read(self, source: Source, state: SourceState, desk: Desk) -> Reading:
        """Rows since the last reading, then deletions since."""
        went = cursor_of(state.cursor)
        first = int((desk.now() - FIRST).timestamp())
        since = _number(went.get("since"), first)
        page, high = _number(went.get("page"), 1), _number(went.get("high"), since)
        items = new = events = 0
        whole = False
        for _ in range(MOST_PAGES):
            rows = await self._page(source, desk, "acled", {"timestamp": since, "page": page})
            if rows:
                counts = await desk.import_rows("acled", f"acled-{since}-{page}.csv", *_table(rows))
                items += counts.read
                new += counts.inserted + counts.revised + counts.merged
                events += counts.inserted
                high = max(high, *(_number(row.get("timestamp"), 0) for row in rows))
            page += 1
            if whole := len(rows) < PAGE:
                break
            went = {**went, "since": since, "page": page, "high": high}
            await desk.keep_cursor(source, json.dumps(went))
        deleted_to, withdrawn = await self._follow_deletions(source, desk, _number(went.get("deleted"), first))
        ended = {"since": max(since, high - int(OVERLAP.total_seconds())), "deleted": deleted_to}
        going = ended if whole else {**went, "deleted": deleted_to}
        note = f"{withdrawn} events withdrawn or revised, as ACLED deleted rows" if withdrawn else None
        return Reading(items, new, withdrawn, events, whole=whole, cursor=json.dumps(going), note=note)

    async def _follow_deletions(self, source: Source, desk: Desk, since: int) -> tuple[int, int]:
        changed, high = 0, since
        for page in range(1, MOST_PAGES + 1):
            rows = await self._page(source, desk, "deleted", {"deleted_timestamp": since, "page": page})
            ids = [str(row.get("event_id_cnty", "")).strip() for row in rows]
            changed += await desk.off(
                withdraw_rows, desk.storage, "acled", [i for i in ids if i], "ACLED deleted the row", at=desk.now()
            )
            high = max([high, *(_number(row.get("deleted_timestamp"), 0) for row in rows)])
            if len(rows) < PAGE:
                break
        return high, changed

    async def _page(self, source: Source, desk: Desk, what: str, asked: Mapping[str, int]) -> list[Mapping[str, Any]]:
        query = urlencode({"_format": "json", "limit": PAGE, **asked})
        url = f"{source.url.rstrip('/')}/api/{what}/read?{query}"
        for again in (True, False):
            token = await self._signed_in(source, desk)
            headers = {"Authorization": f"Bearer {token}"}
            try:
                found = await desk.fetch(Request(url, headers=headers, max_bytes=MAX_BYTES, total=120.0))
            except NotReadError as error:
                if error.status == 401 and again:  # it ran out before its time
                    self._token = None
                    continue
                if error.status in (401, 403):
                    raise NotReadError(
                        "ACLED let us sign in, but not read: accept its terms and complete the profile of the account.",
                        status=error.status,
                    ) from None
                raise
            return rows_of(_sound(found), "data", HOST)
        raise AssertionError("unreachable")

    async def _signed_in(self, source: Source, desk: Desk) -> str:
        if self._token and self._until and desk.now() < self._until:
            return self._token
        ways: list[dict[str, str]] = []
        if self._refresh:
            ways.append({"grant_type": "refresh_token", "refresh_token": self._refresh})
        ways.append({"grant_type": "password", "username": self.user or "", "password": self.password or ""})
        for form in ways:
            try:
                request = Request(f"{source.url.rstrip('/')}/oauth/token", form={**form, "client_id": "acled"})
                return self._keep(_sound(await desk.fetch(request)), desk.now())
            except NotReadError as error:
                if error.status is None or error.status not in (400, 401, 403):
                    raise
        self._refresh = None
        raise NotReadError("ACLED does not accept SITREP_ACLED_USER and SITREP_ACLED_PASSWORD.", status=401)

    def _keep(self, answer: Mapping[str, Any], now: datetime) -> str:
        token, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise NotReadError("ACLED gave no token in its answer.")
        self._token = token
        self._refresh = refresh if isinstance(refresh, str) else None
        self._until = now + timedelta(seconds=_number(answer.get("expires_in"), 3600)) - EARLY
        return token


def _sound(found: object) -> Mapping[str, Any]:
    if not isinstance(found, Fetched):
        raise NotReadError("ACLED answered that nothing changed, which was not asked.")
    data = json_of(found, HOST)
    if data.get("success") is False or data.get("status") not in (None, 200, "200"):
        raise NotReadError("ACLED refused the request.")
    return data


def _table(rows: list[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """Rows as a data file has them; the columns are those of the first row and any that later ones have besides."""
    header = list(dict.fromkeys(str(name) for row in rows for name in row))
    return header, [[cell(row.get(name)) for name in header] for row in rows]


def _number(value: object, otherwise: int) -> int:
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]  # whatever stands in the answer
    except (TypeError, ValueError, OverflowError):
        return otherwise
