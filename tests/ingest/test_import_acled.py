"""ACLED rows of all years: what is read, what is no number, what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from conflict.fold import fold
from conflict.vocabulary import CasualtyKind, OriginatorKind, PlaceLevel, SubEventType
from ingest.sources.rows import ImportedRow, Rejection
from tests.ingest.importing import ACLED, ACLED_2015, acled_reader


def read(**changes: str) -> ImportedRow | Rejection:
    """One row of the layout since 2023 with these cells changed."""
    return acled_reader().read(2, list({**ACLED, **changes}.values()))


def taken(**changes: str) -> ImportedRow:
    """The same, which must be taken."""
    row = read(**changes)
    assert isinstance(row, ImportedRow), row
    return row


def test_a_row_is_its_source_s_word_in_its_own_place() -> None:
    row = taken()
    facts, claim = row.event.facts, row.event.claims[0]
    assert (facts.sub_event_type, facts.event_date) == (SubEventType.ARMED_CLASH, date(2019, 11, 26))
    assert facts.actor1 is not None
    assert facts.actor2 is not None
    assert (facts.actor1.actor_id, facts.actor2.actor_id) == ("syria_gov", "hts")
    assert facts.initiator is None  # actor 1 is not who attacked
    assert facts.primary_place is not None
    assert facts.primary_place.place is not None
    assert facts.primary_place.place.admin1 == "Idlib"
    assert facts.fatalities_best == 4
    assert (claim.originator, claim.originator_kind, claim.publisher) == ("SOHR", OriginatorKind.MONITOR, "ACLED")


def test_facts_are_as_the_fold_leaves_them() -> None:
    for changes in ({}, {"fatalities": "10", "notes": "Unknown fatalities coded as 10."}, {"source": "SOHR; SNHR"}):
        row = taken(**changes)
        assert fold("", 1, row.event.claims).facts == row.event.facts


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30 November 2019", date(2019, 11, 30)),
        ("9-May-20", date(2020, 5, 9)),
        ("2022-01-02", date(2022, 1, 2)),
        ("01-January-2015", date(2015, 1, 1)),
        ("2021-01-02T00:00:00Z", date(2021, 1, 2)),
        ("02/05/1997", date(1997, 5, 2)),
    ],
)
def test_every_date_form_means_the_day_it_says(written: str, meant: date) -> None:
    row = taken(event_date=written, year=str(meant.year), notes="")
    assert row.event.facts.event_date == meant


@pytest.mark.parametrize("written", ["05/23/1997", "2019-13-02", "yesterday", "", "43795", "2031-01-01", "0019-11-26"])
def test_what_is_no_day_of_the_past_is_refused(written: str) -> None:
    assert isinstance(read(event_date=written, year=""), Rejection)


def test_a_swapped_day_and_month_is_noticed_by_the_note() -> None:
    row = read(event_date="2019-03-05", notes="On 3 May 2019, two sides clashed.")
    assert isinstance(row, Rejection)
    assert "swapped" in row.reason


@pytest.mark.parametrize(("figure", "died"), [("10", True), ("3", True), ("0", False)])
def test_a_coded_unknown_is_no_reported_number(figure: str, died: bool) -> None:
    facts = taken(fatalities=figure, notes="Shells fell on the town. Unknown fatalities.").event.facts
    assert facts.fatalities_low is facts.fatalities_best is facts.fatalities_high is None
    assert [c.kind for c in facts.casualties] == ([CasualtyKind.KILLED] if died else [])


def test_the_same_figure_without_such_a_note_is_reported() -> None:
    assert taken(fatalities="10").event.facts.fatalities_best == 10
    assert taken(fatalities="4", notes="Unknown fatalities elsewhere.").event.facts.fatalities_best == 4


def test_a_toll_split_between_rows_is_one_toll_report() -> None:
    note = "On 26 November 2019, two sides clashed in nine places. Total fatalities 29 are split as follows: {}."
    rows = [
        taken(event_id_cnty=f"SYR{n}", fatalities=str(n), notes=note.format("3 each"), location=place)
        for n, place in ((3, "Saraqab"), (4, "Binnish"))
    ]
    tolls = {toll.toll_id: toll for row in rows for toll in row.tolls}
    assert [toll.casualties[0].count for toll in tolls.values()] == [29]
    toll = next(iter(tolls.values()))
    assert toll.evidence is not None
    assert toll.evidence.text in rows[0].report.text
    assert toll.places[0].level is PlaceLevel.ADMIN1
    assert all(row.event.facts.fatalities_best is None for row in rows)


def test_agencies_carry_and_are_no_second_voice() -> None:
    claims = taken(source="SOHR; Reuters; AFP").event.claims
    assert [(c.originator, c.carrier) for c in claims] == [("SOHR", "Reuters, AFP")]
    alone = taken(source="Reuters; AFP").event.claims
    assert [(c.originator_kind, c.carrier) for c in alone] == [(OriginatorKind.DATASET, "Reuters, AFP")]


def test_precision_says_how_far_to_trust_the_place() -> None:
    near = taken(geo_precision="2").event.facts.primary_place
    assert near is not None
    assert near.vicinity
    wide = taken(geo_precision="3").event.facts.primary_place
    assert wide is not None
    assert (wide.level, wide.geo_precision) == (PlaceLevel.ADMIN1, 3)


def test_a_name_that_no_list_has_is_a_place_of_its_own() -> None:
    row = taken(location="Kafr Zzyxqua", latitude="35.7001", longitude="36.7002")
    place = row.event.facts.primary_place
    assert place is not None
    assert place.place is not None
    assert (place.place.latitude, place.place.longitude, place.place.admin1) == (35.7001, 36.7002, "Idlib")
    assert row.learned[0].place == place.place


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"latitude": "0", "longitude": "0"}, "0, 0"),
        ({"latitude": "136.8", "longitude": "35.8"}, "swapped"),
        ({"latitude": "48.85", "longitude": "2.35"}, "not in Syria"),
        ({"country": "Atlantis"}, "not known"),
        ({"latitude": "north"}, "no numbers"),
        ({"fatalities": "-3"}, "number of people"),
        ({"fatalities": "many"}, "no number"),
        ({"sub_event_type": "35.8644"}, "sub_event_type"),
        ({"year": "2018"}, "year"),
        ({"timestamp": "4100000000"}, "future"),
        ({"geo_precision": "7"}, "geo_precision"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(changes: dict[str, str], word: str) -> None:
    row = read(**changes)
    assert isinstance(row, Rejection)
    assert word in row.reason


def test_the_layout_of_2015_is_read_in_capitals_and_without_sub_types() -> None:
    old = {name.upper(): value for name, value in ACLED.items()} | {
        "ALLY_ACTOR_1": "", "ALLY_ACTOR_2": "", "INTER1": "1", "INTER2": "2", "GWNO": "652", "EVENT_ID_NO_CNTY": "1",
        "EVENT_TYPE": "Battle-No change of territory", "EVENT_DATE": "26/11/2019",
    }  # fmt: skip
    header = ACLED_2015.split()
    row = acled_reader(header).read(2, [old[name] for name in header])
    assert isinstance(row, ImportedRow)
    assert row.event.facts.sub_event_type is SubEventType.ARMED_CLASH
    assert row.event.facts.event_date == date(2019, 11, 26)
    assert row.report.published_at is None  # that layout says nothing of when: undated, never "latest"
