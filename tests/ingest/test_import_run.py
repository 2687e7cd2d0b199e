"""The run: every row accounted for, the second run changes nothing, both ways to store agree, bad input is said."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.importing import COLUMNS
from benchmarks.importing import rows as made_up_rows
from conflict import ceasefires
from conflict.errors import InputError
from conflict.events import ConflictEvent, ReportKind
from conflict.fold import fold
from conflict.jsonform import event_json
from ingest.bulkload import Alone
from ingest.importing import detect
from ingest.pipeline import Pipeline
from ingest.plan import inferring
from ingest.sources.rows import ImportedRow
from ingest.sources.tables import TableFile
from storage import EventQuery, Storage
from storage.bulk import NewRow, prepare
from storage.bulkrows import is_plain
from storage.eventrows import claim_values, event_values, order_values
from storage.inserting import turns_of
from storage.models import claims, events
from tests.ingest.importing import ACLED, NOW, SHARED, UCDP, acled_reader, gazetteer, open_at, run, write


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """An empty database."""
    opened = open_at(tmp_path / "sitrep.db")
    yield opened
    opened.close()


def held(storage: Storage) -> dict[str, ConflictEvent]:
    """Everything that is shown."""
    with storage.begin() as unit:
        return {e.event_id: e for e in unit.events.query(EventQuery(limit=10_000)).events}


def shape(storage: Storage) -> dict[str, object]:
    """What is held without the instants of the run."""
    return {
        i: {k: v for k, v in event_json(e).items() if k != "updated_at"} | {"claims": [repr(c) for c in e.claims]}
        for i, e in held(storage).items()
    }


def many(tmp_path: Path, count: int) -> Path:
    """A file of made-up rows."""
    return write(
        tmp_path / "many.csv", (dict(zip(COLUMNS, row, strict=True)) for row in made_up_rows(count, gazetteer()))
    )


def news(storage: Storage, row: dict[str, str]) -> None:
    """A news report of the same event as the row, stored through the pipeline."""
    read = acled_reader().read(2, list(row.values()))
    assert isinstance(read, ImportedRow)
    claim = replace(read.event.claims[0], claim_id="n1#0", report_id="n1", publisher="Outlet", originator="Residents")
    report = replace(read.report, report_id="n1", source_id="outlet", kind=ReportKind.ARTICLE, external_id=None)
    event = replace(read.event, report_id="n1", claims=(claim,))
    Pipeline(storage, None, lambda: NOW).take(report, [event])  # type: ignore[arg-type]  # reads no text here


def test_a_second_run_changes_nothing(storage: Storage, tmp_path: Path) -> None:
    file = many(tmp_path, 900)
    first, _ = run(storage, file)
    before = shape(storage)
    with storage.begin() as unit:
        latest, places = unit.changes.latest_id(), unit.places.count()
    again, _ = run(storage, file)
    assert (first.inserted, again.unchanged) == (900, 900)
    with storage.begin() as unit:
        assert (unit.changes.latest_id(), unit.places.count()) == (latest, places)
    assert shape(storage) == before


def test_both_ways_of_storing_agree(storage: Storage, tmp_path: Path) -> None:
    file = many(tmp_path, 600)
    first = next(dict(zip(COLUMNS, row, strict=True)) for row in made_up_rows(1, gazetteer()))
    other = open_at(tmp_path / "other.db")
    for one in (storage, other):
        news(one, first)
    quick, _ = run(storage, file)
    slow, _ = run(other, file, one_by_one=True)
    assert quick == slow
    assert quick.merged == 1
    assert shape(storage) == shape(other)
    other.close()


def test_an_import_that_was_stopped_goes_on(storage: Storage, tmp_path: Path) -> None:
    whole = many(tmp_path, 700)
    part = tmp_path / "part.csv"
    with whole.open(encoding="utf-8", newline="") as lines:
        part.write_text("".join(islice(lines, 451)), encoding="utf-8")
    begun, _ = run(storage, part)
    counts, _ = run(storage, whole)
    assert (begun.inserted, counts.unchanged, counts.inserted) == (450, 450, 250)


def test_a_row_and_a_report_of_one_event_merge(storage: Storage, tmp_path: Path) -> None:
    news(storage, ACLED)
    counts, _ = run(storage, write(tmp_path / "a.csv", [ACLED]))
    assert (counts.merged, counts.inserted) == (1, 0)
    (event,) = held(storage).values()
    assert set(event.originators) == {"Residents", "SOHR"}


def test_rows_of_two_data_sets_that_cite_one_voice_are_one_event(storage: Storage, tmp_path: Path) -> None:
    run(storage, write(tmp_path / "a.csv", [ACLED]))
    counts, _ = run(storage, write(tmp_path / "u.csv", [UCDP]))
    assert counts.merged == 1
    (event,) = held(storage).values()
    assert event.originators == ("SOHR",)
    assert event.verification.value == "unverified"


def test_a_later_version_revises_and_an_earlier_one_is_refused(storage: Storage, tmp_path: Path) -> None:
    later = {**ACLED, "fatalities": "7", "timestamp": "1700000500"}
    run(storage, write(tmp_path / "a.csv", [ACLED]))
    counts, _ = run(storage, write(tmp_path / "b.csv", [later]))
    assert counts.revised == 1
    (event,) = held(storage).values()
    assert (event.revision, event.facts.fatalities_best, len(event.claims)) == (2, 7, 1)
    with storage.begin() as unit:
        newest, former = unit.reports.get("row:acled:SYR1"), unit.reports.get("row:acled:SYR1@1")
    assert newest is not None
    assert former is not None
    assert (former.published_at, former.external_id) == (datetime.fromtimestamp(1700000000, UTC), "SYR1")
    assert (newest.published_at, newest.external_id) == (datetime.fromtimestamp(1700000500, UTC), "SYR1")
    older, noted = run(storage, write(tmp_path / "a.csv", [ACLED]))
    assert (older.rejected, held(storage)) == (1, {event.event_id: event})
    assert "earlier version" in noted.rejections[0].reason


def test_a_row_that_moves_leaves_the_event_of_others(storage: Storage, tmp_path: Path) -> None:
    news(storage, ACLED)
    run(storage, write(tmp_path / "a.csv", [ACLED]))
    moved = {**ACLED, "event_date": "2019-10-02", "notes": "", "timestamp": "1700000500"}
    counts, _ = run(storage, write(tmp_path / "b.csv", [moved]))
    assert counts.revised == 1
    days = {e.facts.event_date.isoformat(): e.originators for e in held(storage).values() if e.facts.event_date}
    assert days == {"2019-11-26": ("Residents",), "2019-10-02": ("SOHR",)}


def test_one_id_twice_in_a_file(storage: Storage, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [ACLED, ACLED, {**ACLED, "fatalities": "9"}])
    for inserted in (1, 0):
        counts, noted = run(storage, file)
        assert (counts.inserted, counts.unchanged, counts.rejected) == (inserted, 2 - inserted, 1)
        assert noted.rejections[0].line == 4
        assert "twice" in noted.rejections[0].reason


def test_bad_rows_are_refused_one_by_one_and_kept_aside_once(storage: Storage, tmp_path: Path) -> None:
    good = [{**ACLED, "event_id_cnty": f"SYR{n}", "notes": f'He said "go"\nand went {n}'} for n in range(3)]
    file = write(tmp_path / "a.csv", [good[0], {**ACLED, "notes": "x" * 1_000_000}, {**ACLED, "source": "=CMD()"}])
    with file.open("a", encoding="latin-1", newline="") as out:
        out.write("SYR7;2019-11-26;2019\n")  # another delimiter
        out.write(",".join({**ACLED, "location": "Alepp\xe9"}.values()).replace("On 26 November 2019, ", "") + "\n")
    text = write(tmp_path / "more.csv", good[1:]).read_bytes().split(b"\n", 1)[1]
    with file.open("ab") as out:
        out.write(b'"never closed,2019\n' + text)
        out.write(b'SYR9,"2019-11')
    for _ in range(2):
        counts, noted = run(storage, file, "acled")
        reasons = " | ".join(r.reason for r in noted.rejections)
        for word in ("more than", "formula", "cells where", "UTF-8", "not closed"):
            assert word in reasons
        assert (counts.inserted + counts.unchanged, counts.rejected) == (3, 6)
    with storage.begin() as unit:
        assert len(unit.bulk.kept_lines("acled", "a.csv")) == 6


def test_slashed_dates_of_a_file_that_writes_the_month_first_are_not_guessed(storage: Storage, tmp_path: Path) -> None:
    dates = ["02/05/1997", "05/23/1997", "23/05/1997"]
    given = [
        {**ACLED, "event_id_cnty": f"SYR{n}", "event_date": d, "year": "", "notes": ""} for n, d in enumerate(dates)
    ]
    counts, _ = run(storage, write(tmp_path / "a.csv", given))
    assert (counts.inserted, counts.rejected) == (1, 2)


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-8-sig"), (",", "utf-8-sig")])
def test_delimiter_and_byte_order_mark_are_found_out(
    storage: Storage, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    counts, _ = run(storage, write(tmp_path / "a.csv", [ACLED], delimiter=delimiter, encoding=encoding))
    assert counts.inserted == 1


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfea\x00", b"PK\x03\x04broken", b'{"a": 1}\n'])
def test_what_is_of_no_kind_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with TableFile(path) as table, pytest.raises(InputError, match=r"file\.csv"):
        detect(table)


def test_a_zip_is_read_and_a_bomb_is_not(storage: Storage, tmp_path: Path) -> None:
    plain = write(tmp_path / "a.csv", [ACLED])
    with zipfile.ZipFile(tmp_path / "good.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, "a.csv")
    assert run(storage, tmp_path / "good.zip")[0].inserted == 1
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", plain.read_bytes() + b"\n" * 60_000_000)
    with pytest.raises(InputError, match="more than its size"):
        run(storage, tmp_path / "bomb.zip")


def test_an_export_comes_back_identical(storage: Storage, tmp_path: Path) -> None:
    news(storage, ACLED)
    run(storage, many(tmp_path, 50))
    run(storage, write(tmp_path / "u.csv", [UCDP]))
    lines = [json.dumps(event_json(e), ensure_ascii=False) for e in held(storage).values()]
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join([*lines, "not json", '{"event_id": "X"}']) + "\n", encoding="utf-8")
    other = open_at(tmp_path / "other.db")
    counts, _ = run(other, file)
    assert (counts.inserted, counts.rejected) == (len(lines), 2)
    assert [json.dumps(event_json(e), ensure_ascii=False) for e in held(other).values()] == lines
    assert run(other, file)[0].unchanged == run(storage, file)[0].unchanged == len(lines)
    other.close()


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not at hand")
def test_gdelt_gives_links_and_no_event(storage: Storage) -> None:
    counts, _ = run(storage, next((SHARED / "gdelt").iterdir()))
    assert (counts.inserted, counts.rejected, held(storage)) == (0, counts.read, {})
    assert 0 < counts.links < counts.read


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_short_way_writes_what_the_long_way_writes(dialect: str) -> None:
    reader = acled_reader(COLUMNS)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for row in made_up_rows(200, gazetteer()):
        read = reader.read(2, row)
        assert isinstance(read, ImportedRow)
        event = fold("ABCDEFGHJK", 1, read.event.claims)
        event = replace(event, claims=tuple(replace(c, facts=event.facts) for c in event.claims))
        assert is_plain(event)
        new = prepare(NewRow(read.report, event, b"d", "why"), at=at, dialect=dialect)
        values = {**event_values(event, at), **order_values(event, held=False, merged=False)}
        values |= {"event_id": event.event_id, "held": False, "confirmed": False}
        assert new.events == turns_of(events, dialect)(values)
        said = [turns_of(claims, dialect)(claim_values(c, event.event_id, n)) for n, c in enumerate(event.claims)]
        assert list(new.claims) == said


def test_an_event_that_stands_alone_is_the_fold_of_its_claims() -> None:
    reader, shipped = acled_reader(COLUMNS), ceasefires.load()
    alone = Alone(shipped)
    inside = 0
    for row in made_up_rows(400, gazetteer()):
        read = reader.read(2, row)
        assert isinstance(read, ImportedRow)
        event = alone.event(read.event)
        folded = fold(event.event_id, 1, inferring(read.event.claims, shipped))
        assert event == folded
        inside += event.facts.breach is not None
    assert inside
