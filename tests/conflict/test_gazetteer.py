"""The gazetteer: what names mean, places in texts and near a point, our tables, and bad input."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict.errors import InputError
from conflict.gazetteer import Gazetteer, read_table
from conflict.gazetteer_file import DATA, NamedPlace, read_embedded
from conflict.nearby import Grid, distance_km
from conflict.places import Mention, Place
from conflict.typos import neighbours
from conflict.vocabulary import PlaceLevel


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def best(mentions: Sequence[Mention]) -> list[tuple[str, str, str]]:
    return [(m.text, m.candidates[0].place.name, m.candidates[0].place.level.value) for m in mentions]


@pytest.mark.parametrize(
    ("name", "expected", "level"),
    [
        ("Idlib", "Idlib", "admin1"),
        ("idlib city", "Idlib", "settlement"),
        ("إدلب", "Idlib", "admin1"),
        ("محافظة إدلب", "Idlib", "admin1"),
        ("مدينة إدلب", "Idlib", "settlement"),
        ("Aleppo", "Aleppo", "admin1"),
        ("Lattakia", "Latakia", "admin1"),
        ("Hasakeh", "Al-Hasakah", "admin1"),
        ("Deir Ezzor", "Deir ez-Zor", "admin1"),
        ("Maaret al-Numan", "Maaret al-Numan", "settlement"),
        ("Abu Dhuhour airport", "Abu Dhuhour airport", "facility"),
        ("Abu Dhuhour military airbase", "Abu Dhuhour airport", "facility"),
        ("مطار أبو الظهور العسكري", "Abu Dhuhour airport", "facility"),
        ("Qah camp", "Qah camp", "facility"),
        ("Rasm al-Ward", "Rasm al-Ward", "settlement"),
        ("Jabal al-Zawiya", "Jabal al-Zawiya", "region"),
        ("Amuda", "Amuda", "settlement"),
        ("Ain Issa", "Ain Issa", "settlement"),
        ("Syria", "Syria", "country"),
        ("DRC", "DR Congo", "country"),
        ("North Kivu", "North Kivu", "admin1"),
        ("Donbas", "Donbas", "region"),
        ("Харків", "Kharkiv", "settlement"),
        ("Artsakh", "Nagorno-Karabakh", "region"),
    ],
)
def test_a_name_means_first(gazetteer: Gazetteer, name: str, expected: str, level: str) -> None:
    found = gazetteer.find(name)
    assert found
    assert (found[0].place.name, found[0].place.level.value) == (expected, level)


def test_a_province_comes_before_its_town_and_both_are_there(gazetteer: Gazetteer) -> None:
    levels = [candidate.place.level for candidate in gazetteer.find("Idlib")]
    assert levels[:2] == [PlaceLevel.ADMIN1, PlaceLevel.SETTLEMENT]


def test_context_ranks_and_does_not_filter(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("Tripoli", country="Lebanon")[0].place.country_code == "LB"
    assert gazetteer.find("Tripoli", country="LY")[0].place.country_code == "LY"
    assert gazetteer.find("Goma", country="SY")[0].place.country_code == "CD"


def test_namesakes_that_nothing_tells_apart_have_equal_scores() -> None:
    twins = [
        NamedPlace(
            Place(f"pcode:T{n}", "Mushayrifah", PlaceLevel.SETTLEMENT, "Syria", "SY", latitude=35.0 + n, longitude=37.0)
        )
        for n in range(2)
    ]
    found = Gazetteer.load(extra=twins).find("Mushayrifah", country="SY")
    assert {c.place.place_id for c in found[:2]} == {"pcode:T0", "pcode:T1"}
    assert found[0].score == found[1].score


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Saraqub", "Saraqib"),
        ("Khan Shiekhonn", "Khan Sheikhoun"),
        ("Jsir al-Shughour", "Jisr al-Shughour"),
        ("Alepppo", "Aleppo"),
        ("Damsacus", "Damascus"),
        ("سراقبب", "Saraqib"),
    ],
)
def test_typing_mistakes(gazetteer: Gazetteer, typed: str, meant: str) -> None:
    assert gazetteer.find(typed, country="SY", fuzzy=True)[0].place.name == meant


def test_an_unknown_name_gives_nothing(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("Xqzvwpt") == ()
    assert gazetteer.find("") == ()
    assert gazetteer.find("Xqzvwptlk", fuzzy=True) == ()


def test_mentions_in_english(gazetteer: Gazetteer) -> None:
    text = (
        "Ambassador Smith said on Sunday that fighting raged near Maaret al-Numan in Syria's Idlib province. "
        "President Assad visited the Aleppo countryside in March; Idlib's hospitals and al-Bab were hit. "
        "A Nice day for Reading, said Hamas."
    )
    found = gazetteer.mentions(text)
    assert best(found) == [
        ("Maaret al-Numan", "Maaret al-Numan", "settlement"),
        ("Syria", "Syria", "country"),
        ("Idlib province", "Idlib", "admin1"),
        ("Aleppo countryside", "Aleppo", "admin1"),
        ("Idlib", "Idlib", "admin1"),
        ("al-Bab", "Al-Bab", "settlement"),
    ]


def test_mentions_in_arabic(gazetteer: Gazetteer) -> None:
    text = "قصفت طائرات ريف إدلب ومدينة إدلب وبلدة كفر نبل، وقتل مدنيون بسراقب وفي محافظة حلب"
    assert best(gazetteer.mentions(text)) == [
        ("ريف إدلب", "Idlib", "admin1"),
        ("مدينة إدلب", "Idlib", "settlement"),
        ("بلدة كفر نبل", "Kafr Nabl", "settlement"),
        ("سراقب", "Saraqib", "settlement"),
        ("محافظة حلب", "Aleppo", "admin1"),
    ]


def test_questions_in_lower_case(gazetteer: Gazetteer) -> None:
    assert best(gazetteer.mentions("latest in saraqib and idlib province today", cased=False)) == [
        ("saraqib", "Saraqib", "settlement"),
        ("idlib province", "Idlib", "admin1"),
    ]
    assert gazetteer.is_name("kafr nabl")
    assert not gazetteer.is_name("latest")
    assert not gazetteer.is_name("")


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_mentions_lie_in_the_text_in_order(gazetteer: Gazetteer, text: str) -> None:
    end = 0
    for mention in gazetteer.mentions(text + " Idlib ", cased=False):
        assert mention.start >= end
        assert mention.text == (text + " Idlib ")[mention.start : mention.end]
        assert mention.candidates
        end = mention.end


@pytest.mark.parametrize("piece", ["Al-Al-", "Idlib ", "Abu Abu ", "وال", "‘’", "A "])
def test_hostile_text_takes_linear_time(gazetteer: Gazetteer, piece: str) -> None:
    text = piece * (100_000 // len(piece))
    gazetteer.mentions(text)
    start = time.process_time()
    gazetteer.mentions(text)
    assert time.process_time() - start < 4


def test_near_is_sorted_and_complete(gazetteer: Gazetteer) -> None:
    found = gazetteer.near(35.93, 36.63, 30)
    away = [distance_km(35.93, 36.63, p.latitude or 0, p.longitude or 0) for p in found]
    assert away == sorted(away)
    assert away[-1] <= 30
    assert found[0].name == "Idlib"
    assert {"Saraqib", "Ariha", "Binnish"} <= {p.name for p in found}
    assert all(p.level in (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY) for p in found)


def test_near_crosses_the_date_line_and_refuses_nonsense(gazetteer: Gazetteer) -> None:
    grid = Grid([((0, 1), -17.0, 179.9), ((0, 2), -17.0, -179.9), ((0, 3), -17.0, 170.0)])
    assert grid.within(-17.0, -179.95, 50) == [(0, 2), (0, 1)]
    assert gazetteer.near(float("nan"), 0, 10) == []
    assert gazetteer.near(0, 999, 10) == []


def test_what_lies_in_what(gazetteer: Gazetteer) -> None:
    idlib, syria = gazetteer.by_code("SY-ID"), gazetteer.country("Syria")
    saraqib, donbas, darfur = (gazetteer.find(name)[0].place for name in ("Saraqib", "Donbas", "Darfur"))
    assert idlib is not None
    assert syria is not None
    assert gazetteer.by_code("SY07") == gazetteer.by_code("SY.12") == idlib
    assert gazetteer.country("sy") == gazetteer.country("سوريا") == syria
    assert gazetteer.within(saraqib, idlib)
    assert gazetteer.within(idlib, syria)
    assert not gazetteer.within(syria, idlib)
    assert {unit.name for unit in gazetteer.covered(donbas)} == {"Donetsk", "Luhansk"}
    assert len(gazetteer.covered(darfur)) == 5
    crimea = gazetteer.by_code("UA-43")
    assert crimea is not None
    assert crimea.country == "Ukraine"


def test_ids_find_their_place_again(gazetteer: Gazetteer) -> None:
    for name in ("Idlib", "Qah camp", "Syria"):
        place = gazetteer.find(name)[0].place
        assert gazetteer.get(place.place_id) == place
    for unknown in ("gn:1", "gn:x", "gn:99999999999999999999", "pcode:C1", ""):
        assert gazetteer.get(unknown) is None


def test_further_places_take_part(gazetteer: Gazetteer) -> None:
    village = Place(
        "pcode:C9", "Zzyrka", PlaceLevel.SETTLEMENT, "Syria", "SY", latitude=35.5, longitude=36.7, name_ar="زيركا"
    )
    more = Gazetteer.load(extra=[NamedPlace(village, ("Zirkah al-Fawqa",))])
    assert more.get("pcode:C9") == village
    assert more.find("zirka al fawqa")[0].place == village
    assert more.mentions("Shells fell on Zzyrka.", country="SY")[0].candidates[0].place == village
    assert village in more.near(35.5, 36.7, 2)
    assert gazetteer.get("pcode:C9") is None


def test_every_row_of_our_tables_is_sound(gazetteer: Gazetteer) -> None:
    ids = set()
    for row in read_table(DATA / "places.tsv"):
        assert row["id"].startswith("sr:")
        assert row["id"] not in ids
        ids.add(row["id"])
        place = gazetteer.get(row["id"])
        assert place is not None, row
        assert place.level in (PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT, PlaceLevel.REGION), row
        assert not row["country"] or gazetteer.country(row["country"]), row
        assert not row["admin1"] or place.admin1_id, row
        assert not row["admin2"] or place.admin2_id, row
        assert (place.latitude is None) == (place.longitude is None), row
        assert place.kind != "road" or place.latitude is None, row
        assert all(gazetteer.by_code(code) for code in row["covers"].split("|") if code), row
    for row in read_table(DATA / "aliases.tsv"):
        place = gazetteer.get(row["id"]) or gazetteer.by_code(row["id"])
        assert place is not None, row
        for alias in row["aliases"].split("|"):
            assert place.place_id in {
                c.place.place_id for c in gazetteer.find(alias, country=place.country, limit=9)
            }, alias
    for row in read_table(DATA / "spellings.tsv"):
        assert gazetteer.get(row["id"]) or gazetteer.by_code(row["id"]), row
    for row in read_table(DATA / "pcodes.tsv"):
        assert gazetteer.by_code(row["code"]), row


def test_points_of_our_places_lie_in_their_province(gazetteer: Gazetteer) -> None:
    for row in read_table(DATA / "places.tsv"):
        place = gazetteer.get(row["id"])
        unit = gazetteer.get(place.admin1_id) if place and place.admin1_id else None
        if place and place.latitude is not None and unit and unit.latitude is not None:
            away = distance_km(place.latitude, place.longitude or 0, unit.latitude, unit.longitude or 0)
            assert away < 420, (place.name, away)


def test_damaged_files_are_said_to_be_damaged(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="make gazetteer"):
        read_embedded(tmp_path, {})


def test_one_and_two_mistakes(gazetteer: Gazetteer) -> None:
    indexes = [layer.indices.folded for layer in gazetteer._layers]
    assert "sarakab" in neighbours("sarakub", gazetteer._known, indexes)
    assert neighbours("ab", gazetteer._known, indexes) == []
