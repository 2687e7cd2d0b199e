"""ACLED exports of all years (shapes in docs/howto/import-data.md): a row is a report, its sources are the originators.

Coded unknowns (0, 3, 10 where the note says so) are no reported numbers. A toll that a note states for several rows
together is one toll report; those rows keep no number of their own rather than ACLED's split. Actor 1 need not be
the attacker.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b

from conflict.facts import Casualty, EventFacts, Evidence
from conflict.names import normal
from conflict.places import EventPlace
from conflict.tolls import TollReport
from conflict.vocabulary import CasualtyKind, OriginatorKind, PlaceLevel, SubEventType
from ingest.sources.facts import MAX_TEXT, imported, told_by_words
from ingest.sources.rows import ImportedRow, RowError, code, day, instant, short, slashed, whole_number
from ingest.sources.siting import Siting
from ingest.sources.tablerows import Cells, TableRows, has_columns
from ingest.sources.voices import ActorNames, Voices

# Codebook: 1 the town, 2 near it, 3 a larger area (whose town is only a stand-in).
_LEVELS = {"1": (PlaceLevel.SETTLEMENT, False), "2": (PlaceLevel.SETTLEMENT, True), "3": (PlaceLevel.ADMIN1, False)}
_CIVILIANS = frozenset({"7", "civilians"})
_RIOTERS = frozenset({"5", "rioters"})
_AGAINST_CIVILIANS = frozenset({SubEventType.ATTACK, SubEventType.ABDUCTION, SubEventType.SEXUAL_VIOLENCE})
_NOTE = 600  # characters of a note that are quoted whole


def is_acled(header: list[str]) -> bool:
    """Whether this header is one of ACLED's."""
    return has_columns("acled", header)


class AcledRows(TableRows):
    """Reads the rows of one ACLED file. `month_first`: the file proves to write slashed dates month first."""

    data_set = "acled"
    id_column = "event_id_cnty"
    used = (
        *("event_id_cnty", "event_date", "year", "time_precision", "event_type", "sub_event_type", "actor1", "inter1"),
        *("actor2", "inter2", "civilian_targeting", "country", "admin1", "admin2", "location", "latitude", "longitude"),
        *("geo_precision", "source", "notes", "fatalities", "tags", "timestamp"),
    )

    def __init__(self, header: list[str], siting: Siting, actors: ActorNames, voices: Voices, *, now: datetime) -> None:
        super().__init__(header, siting, actors, voices, now=now)
        tables = self._tables
        self._sub_types = {s.value.lower(): s for s in SubEventType}
        self._sub_types |= {name: SubEventType(value) for name, value in tables["sub_types"].items()}
        self._old_types = {name: SubEventType(value) for name, value in tables["old_types"].items()}
        self._has_sub_types = "sub_event_type" not in self._absent
        self._coded = frozenset(tables["coded_unknown"]["figures"])
        self._coded_words = tuple(
            (f" {words}", words.split()) for phrase in tables["coded_unknown"]["phrases"] if (words := normal(phrase))
        )
        self._toll_words = frozenset(tables["shared_toll"]["toll"])
        self._split_words = frozenset(tables["shared_toll"]["split"])
        self.month_first = False

    def date_cell(self, cells: list[str]) -> str:
        """The cell with the date, to find out in which order a file writes days and months."""
        return cells[dict(self._found)["event_date"]]

    def id_of(self, written: str) -> str | None:
        """ACLED's id of the event within its country (SYR12345)."""
        found = written.strip()
        return found if found and len(found) <= 40 and found.isalnum() else None

    def level_of(self, precision: str) -> tuple[PlaceLevel | None, bool]:
        """By the codebook; a row without a code is taken for the town it names."""
        if (precision or "1") not in _LEVELS:
            raise RowError(f"geo_precision is no code from 1 to 3: {short(precision)}")
        return _LEVELS[precision or "1"]

    def names_of(self, written: str) -> tuple[str, ...]:
        """ "Damascus - Al-Midan" is the quarter of a town: as written, then the quarter alone."""
        known = self._tables["places"].get(written.lower())
        quarter = written.partition(" - ")[2].strip()
        return tuple(name for name in (known, written, quarter) if name)

    def _read(self, line: int, row: Cells) -> ImportedRow:
        external_id = self.id_of(row["event_id_cnty"])
        if external_id is None:
            raise RowError(f"event_id_cnty is no id: {short(row['event_id_cnty'])}")
        notes = row["notes"]
        on = self._day(row, notes)
        sited = self._sited(
            *(row["location"], row["country"], row["admin1"], row["admin2"], row["latitude"], row["longitude"]),
            row["geo_precision"],
        )
        published = instant(row["timestamp"])
        if published is not None and published > self._now:
            raise RowError(f"timestamp {published:%Y-%m-%d} is in the future")
        lowered = notes.lower()
        shared = self._shared_toll(notes, lowered)
        read = imported(
            line,
            data_set=self.data_set,
            publisher=self.publisher,
            external_id=external_id,
            text=notes[:MAX_TEXT],
            evidence=_evidence(notes[:MAX_TEXT]),
            facts=self._facts(row, lowered, on, shared=shared is not None, place=sited.place),
            cited=self._voices.cited("", row["source"][:400]),
            sited=sited,
            published_at=published,
            retrieved_at=self._now,
        )
        if shared is None:
            return read
        return replace(read, tolls=(self._toll(read, on, *shared),))

    def _day(self, row: Cells, notes: str) -> date:
        written = row["event_date"]
        numbers = slashed(written)
        if numbers and self.month_first and numbers[0] <= 12:
            raise RowError(
                f"event_date {short(written)} may be day or month first: other rows of this file have the month first, "
                "ACLED has the day first. Write the dates as 1997-05-02"
            )
        on = day(written, "event_date", self._today)
        year = code(row["year"])
        if year and year != str(on.year):
            raise RowError(f"the year {short(year)} is not that of {on}")
        said = _day_of_note(notes[3:40]) if notes.startswith("On ") else None
        if said is not None and said != on and (said.day, said.month) == (on.month, on.day):
            raise RowError(f"event_date is {on}, but the note begins on {said}: day and month look swapped")
        return on

    def _facts(self, row: Cells, notes: str, on: date, *, shared: bool, place: EventPlace) -> EventFacts:
        country = self._siting.country_code(row["country"])
        inters = {code(row["inter1"].lower()), code(row["inter2"].lower())}
        sub_type = self._sub_type(row, rioters=not inters.isdisjoint(_RIOTERS))
        fatalities = whole_number(row["fatalities"], "fatalities")
        casualties: tuple[Casualty, ...] = ()
        if shared or self._is_coded(fatalities, notes):
            if fatalities:
                casualties = (Casualty(CasualtyKind.KILLED),)  # some died; how many here is not reported
            fatalities = None
        precision = code(row["time_precision"]) or "1"
        if precision not in ("1", "2", "3"):
            raise RowError(f"time_precision is no code from 1 to 3: {short(precision)}")
        return EventFacts(
            sub_event_type=sub_type,
            event_date=on,
            time_precision=int(precision),
            actor1=self._actors.find(row["actor1"][:300], country),
            actor2=self._actors.find(row["actor2"][:300], country),
            civilian_targeting=bool(row["civilian_targeting"])
            or sub_type in _AGAINST_CIVILIANS
            or not inters.isdisjoint(_CIVILIANS),
            places=(place,),
            casualties=casualties,
            fatalities_low=fatalities,
            fatalities_best=fatalities,
            fatalities_high=fatalities,
            tags=("women_targeted",) if "women targeted" in row["tags"].lower() else (),
        )

    def _sub_type(self, row: Cells, *, rioters: bool) -> SubEventType:
        if self._has_sub_types:
            written = " ".join(row["sub_event_type"].lower().split())
            found = self._sub_types.get(written)
            if found is None:
                raise RowError(f"sub_event_type is not one of ACLED's: {short(written)}")
            return found
        kind = " ".join(row["event_type"].lower().split())
        if kind in self._old_types:
            return self._old_types[kind]
        if kind == "riots/protests":
            return SubEventType.VIOLENT_DEMONSTRATION if rioters else SubEventType.PEACEFUL_PROTEST
        if kind == "remote violence":
            return told_by_words(row["notes"]) or SubEventType.SHELLING
        raise RowError(f"event_type is not one of ACLED's: {short(kind)}")

    def _is_coded(self, fatalities: int | None, notes: str) -> bool:
        """Whether a note (in small letters) says that the figure is a code."""
        if fatalities not in self._coded:
            return False
        if notes.isascii() and not any(all(word in notes for word in phrase) for _, phrase in self._coded_words):
            return False  # most notes: not worth bringing their words into normal form
        words = f" {normal(notes)}"
        return any(phrase in words for phrase, _ in self._coded_words)

    def _shared_toll(self, notes: str, lowered: str) -> tuple[int, str, int] | None:
        """The number, the sentence and its offset where a note says that a toll is split between rows."""
        if not any(word in lowered for word in self._split_words):
            return None
        at = 0
        for sentence in notes.split(". "):
            words = normal(sentence).split()
            if not self._split_words.isdisjoint(words):
                count = self._number_beside(words)
                if count is not None:
                    return count, sentence, at
            at += len(sentence) + 2
        return None

    def _number_beside(self, words: list[str]) -> int | None:
        """The number within two words of "fatalities": "Total fatalities 29", "a total of 29 reported fatalities"."""
        for number, word in enumerate(words):
            if word in self._toll_words:
                for at in (number + 1, number - 1, number + 2, number - 2):
                    if 0 <= at < len(words) and words[at].isdigit() and len(words[at]) < 7:
                        return int(words[at])
        return None

    def _toll(self, row: ImportedRow, on: date, count: int, sentence: str, at: int) -> TollReport:
        """One report for all rows that carry the sentence: its id follows from the day, the area and the words."""
        claim, where = row.event.claims[0], row.event.facts.primary_place
        place = where.place if where else None
        area = place.admin1_id or place.country_code if place else None
        unit = self._siting.place(place.admin1_id) if place and place.admin1_id else None
        mark = blake2b(f"{on} {area} {normal(sentence)}".encode(), digest_size=10).hexdigest()
        named = claim.originator_kind is not OriginatorKind.DATASET
        return TollReport(
            toll_id=f"row:acled:toll:{mark}",
            report_id=row.report.report_id,
            publisher=self.publisher,
            places=(EventPlace(unit.name, unit),) if unit else ((where,) if where else ()),
            period_start=on,
            period_end=on,
            as_of=claim.published_at.date() if claim.published_at else None,
            casualties=(Casualty(CasualtyKind.KILLED, count=count),),
            originator=claim.originator if named else self.publisher,
            originator_kind=claim.originator_kind,
            carrier=claim.carrier,
            evidence=Evidence(at, at + len(sentence), sentence),
            published_at=claim.published_at,
        )


def _evidence(notes: str) -> Evidence | None:
    """The note, or of a long one its first sentence."""
    if not notes:
        return None
    end = len(notes) if len(notes) <= _NOTE else notes.find(". ", 40) + 1 or _NOTE
    return Evidence(0, end, notes[:end])


@lru_cache(maxsize=10_000)
def _day_of_note(start: str) -> date | None:
    """The day that a note begins with: "On 26 November 2019, ..."."""
    words = start.replace(",", " ").split()[:3]
    if len(words) < 3:
        return None
    try:
        return day(" ".join(words), "note", date.max)
    except RowError:
        return None
