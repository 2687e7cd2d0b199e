"""Whatever stands in a file, every row of it is accounted for, and a second run changes nothing."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict.errors import InputError
from ingest.importing import Counts, Importer
from ingest.sources.rows import Rejection
from tests.ingest.importing import ACLED, NOW, UCDP, gazetteer, open_at, run, write
from tests.ingest.test_import_run import many, shape

_JUNK = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "0",
            "-1",
            "99999999999",
            "1e400",
            "nan",
            "inf",
            "=1+1",
            "@SUM(A1)",
            "\x1f",
            "\0",
            '"',
            "\n",
            "x\r\ny",
        ]
    ),
    st.sampled_from(["2031-01-01", "0000-00-00", "31/02/2019", "Atlantis", "181", "-91", "٣", "é", "\U0001f4a5"]),
    st.text(max_size=20),
)
_EDITS = st.lists(st.dictionaries(st.sampled_from(sorted(ACLED)), _JUNK, max_size=3), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "sitrep.db"
    open_at(path).close()
    return path


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_EDITS, delimiter=st.sampled_from(",;\t|"), cut=st.integers(0, 400), bom=st.booleans())
def test_every_row_is_accounted_for(
    edits: list[dict[str, str]], delimiter: str, cut: int, bom: bool, empty: Path, tmp_path: Path
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(ACLED)
    for number, edit in enumerate(edits):
        writer.writerow(({**ACLED, "event_id_cnty": f"SYR{number}"} | edit).values())
    written = out.getvalue().encode("utf-8", "surrogatepass")
    file = tmp_path / "rows.csv"
    file.write_bytes((b"\xef\xbb\xbf" if bom else b"") + written[: max(len(written) - cut, 0)])
    shutil.copy(empty, tmp_path / "sitrep.db")
    storage = open_at(tmp_path / "sitrep.db")
    try:
        first, noted = run(storage, file, "acled")
    except InputError:  # the header is cut off
        assert cut
        storage.close()
        return
    before = shape(storage)
    second, again = run(storage, file, "acled")
    assert (second.read, second.inserted, second.revised, second.merged) == (first.read, 0, 0, 0)
    assert [(r.line, r.reason) for r in again.rejections] == [(r.line, r.reason) for r in noted.rejections]
    assert all(one.line > 1 and one.reason for one in noted.rejections)
    assert shape(storage) == before
    storage.close()


def test_a_second_process_reads_what_the_first_would(empty: Path, tmp_path: Path) -> None:
    file = many(tmp_path, 120)
    with file.open("a", encoding="utf-8") as out:
        out.write("too,short\n")
    found: list[tuple[object, Counts]] = []
    for beside in (False, True):
        path = tmp_path / f"{beside}.db"
        shutil.copy(empty, path)
        storage = open_at(path)
        counts = Importer(storage, gazetteer(), lambda: NOW, beside=beside).run(file)
        found.append((shape(storage), counts))
        storage.close()
    assert found[0] == found[1]
    assert (found[0][1].inserted, found[0][1].rejected) == (120, 1)


_Row = dict[str, str]


def _swapped(row: _Row) -> _Row:
    return {**row, "latitude": row["longitude"], "longitude": row["latitude"]}


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (_swapped, "swapped"),
        (lambda row: {**row, "latitude": "0", "longitude": "0.0"}, "0, 0"),
        (lambda row: {**row, "country": "Sudan"}, "not in Sudan"),
        (lambda row: {**row, "latitude": "", "longitude": ""}, "no numbers"),
        (lambda row: {**row, "latitude": row["country"], "country": row["latitude"]}, "no numbers"),
    ],
)
@pytest.mark.parametrize("given_row", [ACLED, UCDP])
def test_a_row_that_is_wrong_about_where_is_refused_and_its_neighbours_are_not(
    given_row: _Row, wrong: Callable[[_Row], _Row], word: str, empty: Path, tmp_path: Path
) -> None:
    name = next(iter(given_row))
    key = "id" if name == "id" else "event_id_cnty"
    rows = [{**given_row, key: f"{number}"} for number in (1, 2, 3)]
    rows[1] = wrong(rows[1])
    shutil.copy(empty, tmp_path / "sitrep.db")
    storage = open_at(tmp_path / "sitrep.db")
    counts, noted = run(storage, write(tmp_path / "rows.csv", rows))
    storage.close()
    assert counts.inserted == 2
    (refused,) = noted.rejections
    assert isinstance(refused, Rejection)
    assert refused.line == 3
    assert word in refused.reason


@pytest.mark.parametrize("day_column", ["date_start", "date_end"])
def test_a_day_in_the_future_is_refused(day_column: str, empty: Path, tmp_path: Path) -> None:
    shutil.copy(empty, tmp_path / "sitrep.db")
    storage = open_at(tmp_path / "sitrep.db")
    later = date(NOW.year + 1, 1, 1).isoformat()
    counts, noted = run(storage, write(tmp_path / "rows.csv", [{**UCDP, day_column: later}]))
    storage.close()
    assert counts.rejected == 1
    assert "future" in noted.rejections[0].reason


def test_a_folder_and_an_empty_file_are_no_data(empty: Path, tmp_path: Path) -> None:
    shutil.copy(empty, tmp_path / "sitrep.db")
    storage = open_at(tmp_path / "sitrep.db")
    (tmp_path / "empty.csv").touch()
    for path in (tmp_path, tmp_path / "empty.csv", tmp_path / "missing.csv"):
        with pytest.raises(InputError, match=path.name):
            run(storage, path)
    storage.close()
