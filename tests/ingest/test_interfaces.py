"""The interfaces of data sets over loopback: servers of our own that answer as the public documentation says."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from conflict.events import ChangeKind
from ingest.polling import Outcome, Status
from ingest.sources.acled_api import AcledReader
from ingest.sources.catalog import Source, SourceFormat
from ingest.sources.gdelt_api import GdeltReader
from ingest.sources.reading import Reader
from ingest.sources.reliefweb import ReliefWebReader
from ingest.sources.ucdp_api import UcdpReader
from storage import EventQuery, Storage, open_storage
from tests.ingest.polled import NOW, Clock, polling, real_client, source, strike
from tests.ingest.servers import Answer, Asked, Server, answer, serving

PASSWORD = "a secret & more"
ACLED_ROW = {
    "event_id_cnty": "SYR1", "event_date": "2026-11-18", "year": "2026", "time_precision": "1",
    "disorder_type": "Political violence", "event_type": "Explosions/Remote violence",
    "sub_event_type": "Air/drone strike", "actor1": "Unidentified Armed Group (Syria)", "assoc_actor_1": "",
    "inter1": "Political militia", "actor2": "Civilians (Syria)", "assoc_actor_2": "", "inter2": "Civilians",
    "interaction": "", "civilian_targeting": "Civilian targeting", "iso": "760", "region": "Middle East",
    "country": "Syria", "admin1": "Idleb", "admin2": "Idleb", "admin3": "Saraqab", "location": "Saraqab",
    "latitude": "35.8643", "longitude": "36.8026", "geo_precision": "1", "source": "SOHR", "source_scale": "Other",
    "notes": "On 18 November 2026, aircraft struck the town of Saraqab. 4 fatalities.", "fatalities": "4", "tags": "",
    "timestamp": str(int((NOW - timedelta(days=1)).timestamp())),
}  # fmt: skip


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(f"sqlite:///{tmp_path / 'sitrep.db'}")
    opened.migrate()
    yield opened
    opened.close()


def replies(with_: Callable[[Asked], bytes]) -> Answer:
    """Answers made of what was asked."""

    async def one(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(with_(asked))
        await writer.drain()

    return one


def as_json(value: Any, status: str = "200 OK") -> bytes:
    return answer(json.dumps(value).encode(), status, Content_Type="application/json")


def query_of(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.line.split(" ")[1]).query).items()}


def paths(server: Server) -> list[str]:
    return [one.line.split(" ")[1].partition("?")[0] for one in server.asked]


async def asked_once(
    storage: Storage, reader: Reader, what: Source, clock: Clock, times: int = 1, between: timedelta = timedelta()
) -> list[Outcome]:
    """Poll this source so many times."""
    async with real_client() as web, polling(storage, web, clock, {what.format: reader}) as made:
        found = []
        for _ in range(times):
            found.append(await made.poll(what))
            clock.pass_by(between)
        return found


class Acled:
    """ACLED as documented: tokens by password and refresh token, pages of rows, deletions."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows, self.deleted = rows, list[dict[str, Any]]()
        self.tokens: list[dict[str, str]] = []
        self.lost = False  # forgets the token it gave

    def answers(self) -> dict[str, bytes | Answer]:
        return {
            "/oauth/token": replies(self.token),
            "/api/acled/read": replies(lambda asked: self.page(asked, self.rows, "timestamp")),
            "/api/deleted/read": replies(lambda asked: self.page(asked, self.deleted, "deleted_timestamp")),
        }

    def token(self, asked: Asked) -> bytes:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        right = form.get("password") == PASSWORD or form.get("refresh_token") == f"r{len(self.tokens)}"
        if form.get("client_id") != "acled" or not right:
            return as_json({"error": "invalid_grant"}, "400 Bad Request")
        self.tokens.append(form)
        number = len(self.tokens)
        return as_json({"access_token": f"t{number}", "refresh_token": f"r{number}", "expires_in": 86400})

    def page(self, asked: Asked, rows: list[dict[str, Any]], bound: str) -> bytes:
        if self.lost or asked.headers.get("authorization") != f"Bearer t{len(self.tokens)}":
            self.lost = False
            return as_json({"message": "unauthorized"}, "401 Unauthorized")
        query = query_of(asked)
        found = [row for row in rows if int(row[bound]) >= int(query[bound])]
        start = (int(query["page"]) - 1) * int(query["limit"])
        data = found[start : start + int(query["limit"])]
        return as_json({"status": 200, "success": True, "count": len(data), "data": data})


async def test_acled_signs_in_pages_revises_and_follows_deletions(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources.acled_api.PAGE", 2)
    towns = {"SYR1": "Saraqab", "SYR2": "Ariha", "SYR3": "Kafr Nobol"}
    acled = Acled([{**ACLED_ROW, "event_id_cnty": i, "location": town} for i, town in towns.items()])
    reader, clock = AcledReader("me@example.org", PASSWORD), Clock()
    async with serving(acled.answers()) as server, real_client() as web:
        what = source("acled-api", server.url("").rstrip("/"), format=SourceFormat.ACLED, countries=())
        async with polling(storage, web, clock, {SourceFormat.ACLED: reader}) as made:
            first = await made.poll(what)
            assert (first.status, first.words) == (Status.READ, None)
            assert (first.reading.items, first.reading.new, first.reading.events) == (3, 3, 3)
            assert paths(server).count("/api/acled/read") == 2, "two pages"
            acled.lost = True
            clock.pass_by(timedelta(hours=6))
            newer = str(int(clock().timestamp()))
            acled.rows[0] = {**acled.rows[0], "fatalities": "7", "timestamp": newer}
            acled.deleted.append({"event_id_cnty": "SYR2", "deleted_timestamp": newer})
            second = await made.poll(what)
            assert (second.reading.new, second.reading.updated, second.reading.events) == (1, 1, 0)
            third = await made.poll(what)
            assert (third.reading.new, third.reading.updated) == (0, 0)
    assert [form["grant_type"] for form in acled.tokens] == ["password", "refresh_token"]
    assert PASSWORD not in repr(reader)
    with storage.begin() as unit:
        events = unit.events.query(EventQuery()).events
        assert sorted(event.facts.fatalities_best or 0 for event in events) == [4, 7]
        kinds = [change.kind for change in unit.changes.since(0, 100)]
    assert kinds.count(ChangeKind.RETRACTED) == 1
    assert kinds.count(ChangeKind.REVISED) == 1


async def test_acled_stopped_between_pages_goes_on_there(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.acled_api.PAGE", 1)
    monkeypatch.setattr("ingest.sources.acled_api.MOST_PAGES", 2)
    acled = Acled(
        [{**ACLED_ROW, "event_id_cnty": f"SYR{n}", "event_date": f"2026-11-1{n}", "notes": ""} for n in range(3)]
    )
    reader, clock = AcledReader("me@example.org", PASSWORD), Clock()
    async with serving(acled.answers()) as server:
        what = source("acled-api", server.url("").rstrip("/"), format=SourceFormat.ACLED)
        first, second = await asked_once(storage, reader, what, clock, 2)
        pages = [query_of(one)["page"] for one in server.asked if "/acled/read" in one.line]
    assert not first.reading.whole
    assert first.next_poll_at is not None
    assert first.next_poll_at - NOW <= timedelta(minutes=1)
    assert second.reading.whole
    assert pages == ["1", "2", "3", "4"]
    with storage.begin() as unit:
        assert unit.events.count() == 3


async def test_a_wrong_password_is_one_clear_line_without_it(storage: Storage) -> None:
    reader = AcledReader("me@example.org", "wrong")
    async with serving(Acled([]).answers()) as server:
        what = source("acled-api", server.url("").rstrip("/"), format=SourceFormat.ACLED)
        (outcome,) = await asked_once(storage, reader, what, Clock())
    assert outcome.status is Status.FAILED
    assert outcome.words == "ACLED does not accept SITREP_ACLED_USER and SITREP_ACLED_PASSWORD."


@pytest.mark.parametrize(
    ("reader", "form", "words"),
    [
        (AcledReader("me@example.org", None), SourceFormat.ACLED, "SITREP_ACLED_PASSWORD"),
        (UcdpReader(None), SourceFormat.UCDP, "SITREP_UCDP_TOKEN"),
        (ReliefWebReader(None), SourceFormat.RELIEFWEB, "SITREP_RELIEFWEB_APPNAME"),
    ],
)
async def test_without_an_account_a_source_is_not_set_up_and_not_failing(
    storage: Storage, reader: Reader, form: SourceFormat, words: str
) -> None:
    (outcome,) = await asked_once(storage, reader, source("x", "https://example.org", format=form), Clock())
    assert (outcome.status, outcome.words) == (Status.NOT_SET_UP, f"needs {words}")
    with storage.begin() as unit:
        assert unit.sources.health() == ()


def ucdp_row(number: int) -> dict[str, Any]:
    """A candidate event, as the interface gives it."""
    return {
        "id": number, "relid": f"SYR-2026-{number}", "year": 2026, "active_year": True, "code_status": "Check",
        "type_of_violence": 1, "conflict_dset_id": "299", "conflict_new_id": 299, "conflict_name": "Syria: Government",
        "dyad_dset_id": "735", "dyad_new_id": 735, "dyad_name": "Government of Syria - Insurgents",
        "side_a_dset_id": "118", "side_a_new_id": 118, "side_a": "Government of Syria", "side_b_dset_id": "4456",
        "side_b_new_id": 4456, "side_b": "Syrian insurgents", "number_of_sources": 1,
        "source_article": "SOHR,2026-10-12", "source_office": "SOHR", "source_date": "2026-10-12",
        "source_headline": "Clashes in Idlib", "source_original": "SOHR", "where_prec": 1,
        "where_coordinates": "Saraqib town", "where_description": "", "adm_1": "Idlib governorate",
        "adm_2": "Idlib district", "latitude": 35.8643, "longitude": 36.8026, "geom_wkt": "", "priogrid_gid": 1,
        "country": "Syria", "iso3": None, "country_id": 652, "region": "Middle East", "event_clarity": 1,
        "date_prec": 1, "date_start": f"2026-10-{10 + number}T00:00:00", "date_end": f"2026-10-{10 + number}T00:00:00",
        "deaths_a": 1, "deaths_b": 2, "deaths_civilians": 0, "deaths_unknown": 0, "best": 3, "high": 3, "low": 3,
        "gwnoa": 652, "gwnob": None,
    }  # fmt: skip


async def test_ucdp_reads_each_release_once_page_by_page(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.ucdp_api.PAGE", 2)
    out = {"26.0.9": [ucdp_row(1), ucdp_row(2), ucdp_row(3)]}

    def release(version: str) -> Callable[[Asked], bytes]:
        def page(asked: Asked) -> bytes:
            if asked.headers.get("x-ucdp-access-token") != "key":
                return as_json({}, "401 Unauthorized")
            rows, start = out.get(version), int(query_of(asked)["page"]) * 2
            if rows is None:
                return as_json({}, "404 Not Found")
            return as_json(
                {"TotalCount": len(rows), "TotalPages": -(-len(rows) // 2), "Result": rows[start : start + 2]}
            )

        return page

    versions = [f"26.0.{month}" for month in range(1, 13)]
    answers: dict[str, bytes | Answer] = {f"/api/gedevents/{v}": replies(release(v)) for v in versions}
    out |= {"26.0.7": [ucdp_row(8)], "26.0.8": [ucdp_row(9)]}
    async with serving(answers) as server:
        what = source("ucdp-candidate", server.url("/api/gedevents"), format=SourceFormat.UCDP)
        first, second = await asked_once(storage, UcdpReader("key"), what, Clock(), 2)
        (refused,) = await asked_once(storage, UcdpReader("no"), what, Clock())
    assert (first.status, first.words) == (Status.READ, None)
    assert first.reading.new == 5
    assert (second.reading.items, second.reading.new) == (0, 0)
    assert refused.words == "UCDP does not accept SITREP_UCDP_TOKEN."
    with storage.begin() as unit:
        assert unit.events.count() == 5


async def test_reliefweb_reports_are_articles_of_those_who_wrote_them(storage: Storage) -> None:
    created = (NOW - timedelta(hours=2)).isoformat()

    def report(number: int, changed: datetime, killed: str) -> dict[str, Any]:
        fields = {
            "title": f"Flash update {number}",
            "body": strike("Saraqib" if number == 1 else "Ariha", killed),
            "url_alias": f"https://reliefweb.int/report/syria/{number}",
            "date": {"created": created, "changed": changed.isoformat()},
            "source": [{"name": "OCHA"}],
            "language": [{"code": "en"}],
        }
        return {"id": str(number), "fields": fields}

    held = [report(1, NOW - timedelta(hours=2), "six"), report(2, NOW - timedelta(hours=1), "two")]

    def reports(asked: Asked) -> bytes:
        if query_of(asked) != {"appname": "us-abc"}:
            return as_json({}, "403 Forbidden")
        query = json.loads(asked.body)
        since = datetime.fromisoformat(query["filter"]["value"]["from"])
        rows = [row for row in held if datetime.fromisoformat(row["fields"]["date"]["changed"]) >= since]
        return as_json({"totalCount": len(rows), "data": rows[query["offset"] :][: query["limit"]]})

    clock = Clock()
    async with serving({"/v2/reports": replies(reports)}) as server, real_client() as web:
        what = source("reliefweb-api", server.url("/v2/reports"), format=SourceFormat.RELIEFWEB, countries=())
        readers = {SourceFormat.RELIEFWEB: ReliefWebReader("us-abc")}
        async with polling(storage, web, clock, readers) as made:
            first = await made.poll(what)
            clock.pass_by(timedelta(hours=1))
            held[0] = report(1, clock(), "nine")
            second = await made.poll(what)
    assert (first.reading.items, first.reading.new, first.reading.events) == (2, 2, 2)
    assert (second.reading.new, second.reading.updated, second.reading.events) == (0, 1, 0)
    with storage.begin() as unit:
        events = unit.events.query(EventQuery()).events
    assert sorted(event.facts.fatalities_best or 0 for event in events) == [2, 9]
    assert {claim.publisher for event in events for claim in event.claims} == {"OCHA"}


def gdelt_row(number: int, root: str, url: str) -> str:
    cells = [""] * 61
    cells[0], cells[1], cells[28], cells[53], cells[59], cells[60] = (
        str(number),
        "20261120",
        root,
        "SY",
        "20261120",
        url,
    )
    return "\t".join(cells)


async def test_gdelt_points_at_articles_and_is_no_incident(storage: Storage) -> None:
    told = f'<meta property="article:published_time" content="{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}">'
    article = f"<html><head><title>Strike on Saraqib</title>{told}</head><body><article>" + "".join(
        f"<p>{strike()} Witness number {n} told of a long night in the town and of fear among those who stayed.</p>"
        for n in range(6)
    )
    page = answer(f"{article}</article></body></html>".encode(), Content_Type="text/html")
    answers: dict[str, bytes | Answer] = {
        "/one": page,
        "/two": page,
        "/robots.txt": answer(b"User-agent: *\nDisallow: /two"),
    }
    async with serving(answers) as server:
        rows = [(1, "19", "/one?utm_source=x"), (2, "19", "/one"), (3, "18", "/two"), (4, "01", "/peace")]
        table = "\n".join(gdelt_row(number, root, server.url(path)) for number, root, path in rows)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("20261120120000.export.CSV", table)
        name, body = "20261120120000.export.CSV.zip", packed.getvalue()
        mark = md5(body, usedforsecurity=False).hexdigest()
        list_ = f"{len(body)} {mark} http://elsewhere.example/gdeltv2/{name}\n1 x y.mentions.CSV.zip\n"
        answers |= {"/g/lastupdate.txt": answer(list_.encode()), f"/g/{name}": answer(body)}
        what = source("gdelt-articles", server.url("/g/lastupdate.txt"), format=SourceFormat.GDELT, countries=())
        first, second = await asked_once(storage, GdeltReader(), what, Clock(), 2)
        asked = paths(server)
    assert (first.status, first.reading.items, first.reading.new) == (Status.READ, 2, 1)
    assert second.status is Status.UNCHANGED
    assert asked.count("/one") == 1
    assert not {"/two", "/peace"} & set(asked)
    with storage.begin() as unit:
        assert unit.reports.count() == 1
        events = unit.events.query(EventQuery()).events
    assert [claim.originator for event in events for claim in event.claims] == ["SOHR"], "its word, not GDELT's"


async def test_rubbish_from_an_interface_is_a_failure_in_words(storage: Storage) -> None:
    reader = ReliefWebReader("us")
    bodies = [b"<html>", b"[]", b'{"data": 3}', b"{" * 100_000, b'{"data": [1, 2]}', b""]
    for number, body in enumerate(bodies):
        async with serving({"/": answer(body)}) as server:
            what = source(f"s{number}", server.url("/"), format=SourceFormat.RELIEFWEB)
            (outcome,) = await asked_once(storage, reader, what, Clock(datetime(2026, 11, 20, tzinfo=UTC)))
        assert outcome.status is Status.FAILED
        assert outcome.words is not None
        assert outcome.words.startswith("ReliefWeb ")
