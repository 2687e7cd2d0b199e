"""UCDP rows: figures by side, sources, precision; the real layouts where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from conflict.fold import fold
from conflict.vocabulary import PlaceLevel, SubEventType, Verification
from ingest.sources.rows import ImportedRow, Rejection
from tests.ingest.importing import SHARED, UCDP, open_at, run, ucdp_reader


def taken(**changes: str) -> ImportedRow:
    """One row with these cells changed, which must be taken."""
    row = ucdp_reader().read(2, list({**UCDP, **changes}.values()))
    assert isinstance(row, ImportedRow), row
    return row


def test_figures_and_sides_are_kept() -> None:
    facts = taken().event.facts
    assert (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high) == (6, 6, 9)
    assert [(c.side, c.civilian, c.count) for c in facts.casualties] == [
        ("syria_gov", False, 2),
        ("syria_rebels", False, 3),
        (None, True, 1),
    ]


def test_who_cites_sohr_is_sohr_again() -> None:
    row = taken(source_office="SOHR;SOHR;Agence France Presse")
    assert [(c.originator, c.carrier) for c in row.event.claims] == [("SOHR", "AFP")]
    assert fold("", 1, row.event.claims).verification is Verification.UNVERIFIED
    two = taken(source_office="SOHR;Airwars", source_original="SOHR, airwars")
    assert [c.originator for c in two.event.claims] == ["SOHR", "Airwars"]


@pytest.mark.parametrize(
    ("code", "level", "vicinity"),
    [
        ("1", PlaceLevel.SETTLEMENT, False),
        ("2.0", PlaceLevel.SETTLEMENT, True),
        ("4", PlaceLevel.ADMIN1, False),
        ("6", PlaceLevel.COUNTRY, False),
        ("7", None, False),
    ],
)
def test_where_prec_is_the_level(code: str, level: PlaceLevel | None, vicinity: bool) -> None:
    place = taken(where_prec=code).event.facts.primary_place
    assert place is not None
    assert (place.level, place.vicinity) == (level, vicinity)


@pytest.mark.parametrize(("code", "ours"), [("1", 1), ("2", 2), ("3", 2), ("4", 3), ("5", 3)])
def test_date_prec_is_ours(code: str, ours: int) -> None:
    assert taken(date_prec=code).event.facts.time_precision == ours


def test_a_headline_tells_the_means_and_one_sided_violence_its_doer() -> None:
    assert taken(source_headline="Warplanes hit the town").event.facts.sub_event_type is SubEventType.AIR_STRIKE
    mixed = taken(source_headline="Warplanes and rockets hit the town").event.facts
    assert mixed.sub_event_type is SubEventType.ARMED_CLASH
    one_sided = taken(type_of_violence="3", side_b="Civilians").event.facts
    assert (one_sided.sub_event_type, one_sided.initiator) == (SubEventType.ATTACK, "syria_gov")
    assert one_sided.civilian_targeting


def test_figures_out_of_order_are_taken_and_said() -> None:
    row = taken(low="18", best="18", high="17")
    facts = row.event.facts
    assert (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high) == (17, 18, 18)
    assert "not in order" in row.flags[0]


@pytest.mark.parametrize(
    "changes",
    [{"date_end": "2019-11-20"}, {"best": ""}, {"id": "x"}, {"where_prec": "9"}, {"type_of_violence": "0"}],
)
def test_what_cannot_be_is_refused(changes: dict[str, str]) -> None:
    assert isinstance(ucdp_reader().read(2, list({**UCDP, **changes}.values())), Rejection)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not at hand")
@pytest.mark.parametrize(
    ("name", "rows"), [("ged_hdx_with_hxl_row", 58), ("ged_syria_2019-11", 192), ("ged_world_200", 200)]
)
def test_the_real_layouts_are_read(tmp_path: Path, name: str, rows: int) -> None:
    storage = open_at(tmp_path / "sitrep.db")
    counts, noted = run(storage, SHARED / "ucdp" / f"{name}.csv")
    assert counts.read == rows
    assert counts.rejected <= rows // 100, noted.rejections
    again, _ = run(storage, SHARED / "ucdp" / f"{name}.csv")
    assert again.unchanged == counts.inserted
    storage.close()
