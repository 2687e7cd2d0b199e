"""Lists of places: OCHA's tables in three forms, a GeoNames dump, and what is no such list."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from conflict.errors import InputError
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace
from ingest.sources.place_lists import read_places
from ingest.sources.rows import Rejection
from ingest.sources.tables import TableFile
from tests.ingest.importing import SHARED, gazetteer

OCHA = [
    ["pcode", "name_en", "name_ar", "lat", "lon", "adm1_pcode", "adm1_en"],
    ["C9001", "Zzyxqua", "زكسقوا", "35.7", "36.7", "SY07", "Idleb"],
    ["C9002", "", "", "35.7", "36.7", "SY07", "Idleb"],
    ["C9003", "Nowhere", "", "0", "0", "SY07", "Idleb"],
]
GEONAMES = (
    "9000001\tZzyxqua\tZzyxqua\tZiksaqua,زكسقوا\t35.7\t36.7\tP\tPPL\tSY\t\t12\t\t\t\t1200\t\t400\tAsia/Damascus\t"
    "2020-01-01"
)


def read(path: Path) -> tuple[list[NamedPlace], list[Rejection]]:
    """What a list gives."""
    with TableFile(path) as table:
        found = list(read_places(table, gazetteer()))
    return [f for f in found if isinstance(f, NamedPlace)], [f for f in found if isinstance(f, Rejection)]


def xlsx(path: Path, rows: list[list[str]], *, prologue: str = "", filler: str = "") -> Path:
    """A workbook with one sheet, its texts inline."""
    cells = "".join(
        f'<row r="{n}">' + "".join(f'<c t="inlineStr"><is><t>{escape(c)}</t></is></c>' for c in row) + "</row>"
        for n, row in enumerate(rows, 1)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'{prologue}<worksheet xmlns="{space}"><sheetData>{cells}</sheetData>{filler}</worksheet>',
        )
    return path


@pytest.mark.parametrize("form", ["tsv", "csv", "xlsx"])
def test_ocha_s_tables_are_read_in_three_forms(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"places.{form}"
    if form == "xlsx":
        xlsx(path, OCHA)
    else:
        sign = "\t" if form == "tsv" else ","
        path.write_text("\n".join(sign.join(row) for row in OCHA) + "\n", encoding="utf-8")
    places, rejections = read(path)
    assert [p.place.place_id for p in places] == ["pcode:C9001"]
    assert (places[0].place.admin1, places[0].place.country_code) == ("Idlib", "SY")
    assert [r.line for r in rejections] == [3, 4]
    found = Gazetteer.load(places).find("زكسقوا")
    assert found[0].place.place_id == "pcode:C9001"


@pytest.mark.parametrize("packed", [True, False])
def test_a_geonames_dump_is_read(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("SY.zip" if packed else "SY.txt")
    hill = GEONAMES.replace("\tP\tPPL\t", "\tT\tHLL\t").replace("9000001", "9000002")
    text = f"{GEONAMES}\n{hill}\nbroken\n"
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "about")
            archive.writestr("SY.txt", text)
    else:
        path.write_text(text, encoding="utf-8")
    places, rejections = read(path)
    assert [(p.place.place_id, p.place.admin1, p.place.name_ar) for p in places] == [("gn:9000001", "Idlib", "زكسقوا")]
    assert [r.line for r in rejections] == [3]


def test_a_workbook_with_a_document_type_or_a_bomb_is_refused(tmp_path: Path) -> None:
    typed = xlsx(tmp_path / "typed.xlsx", OCHA, prologue='<!DOCTYPE x [<!ENTITY a "b">]>')
    bomb = xlsx(tmp_path / "bomb.xlsx", OCHA, filler=" " * 60_000_000)
    for path, word in ((typed, "document type"), (bomb, "more than its size")):
        with pytest.raises(InputError, match=word):
            read(path)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "just words\n"])
def test_what_is_no_list_of_places_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no list of places"):
        read(path)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not at hand")
def test_ocha_s_list_of_syria_is_read_whole() -> None:
    places, rejections = read(SHARED / "places" / "syria_populated_places_ocha.tsv")
    assert (len(places), rejections) == (5_621, [])
    assert all(p.place.admin1_id for p in places)
