"""ACLED exports of all years (shapes in docs/howto/import-data.md): a row is a report, its sources are the originators.

Coded unknowns (0, 3, 10 where the note says so) are no reported numbers. A toll that a note states for several rows
together is one toll report; those rows keep no number of their own rather than ACLED's split. Actor 1 need not be
the attacker.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import blake2b

from conflict.errors import InputError
from conflict.facts import Casualty, EventFacts, Evidence
from conflict.names import normal
from conflict.places import EventPlace
from conflict.tolls import TollReport
from conflict.vocabulary import CasualtyKind, OriginatorKind, PlaceLevel, SubEventType
from ingest.sources.facts import MAX_TEXT, columns_of, imported, told_by_words
from ingest.sources.rows import (
    ImportedRow,
    Rejection,
    RowError,
    code,
    coordinates,
    day,
    instant,
    short,
    slashed,
    tables_of,
    whole_number,
)
from ingest.sources.siting import Siting, Where
from ingest.sources.voices import ActorNames, Voices

# Codebook: 1 the town, 2 near it, 3 a larger area (whose town is only a stand-in).
_LEVELS = {"1": (PlaceLevel.SETTLEMENT, False), "2": (PlaceLevel.SETTLEMENT, True), "3": (PlaceLevel.ADMIN1, False)}
_CIVILIANS = frozenset({"7", "civilians"})
_RIOTERS = frozenset({"5", "rioters"})
_NOTE = 600  # characters of a note that are quoted whole


def is_acled(header: list[str]) -> bool:
    """Whether this header is one of ACLED's."""
    tables = tables_of("acled")
    columns = columns_of(header, tables["columns"])
    return all(name in columns for name in tables["needed"])


class AcledRows:
    """Reads the rows of one ACLED file. `month_first`: the file proves to write slashed dates month first."""

    data_set = "acled"

    def __init__(self, header: list[str], siting: Siting, actors: ActorNames, voices: Voices, *, now: datetime) -> None:
        tables = tables_of("acled")
        self.publisher = str(tables["publisher"])
        self._at = columns_of(header, tables["columns"])
        missing = [name for name in tables["needed"] if name not in self._at]
        if missing:
            raise InputError(f"This is no ACLED file: it lacks the columns {', '.join(missing)}.")
        self._siting, self._actors, self._voices = siting, actors, voices
        self._now, self._today = now, now.astimezone(UTC).date()
        self._sub_types = {s.value.lower(): s for s in SubEventType}
        self._sub_types |= {name: SubEventType(value) for name, value in tables["sub_types"].items()}
        self._old_types = {name: SubEventType(value) for name, value in tables["old_types"].items()}
        self._coded = frozenset(tables["coded_unknown"]["figures"])
        self._coded_words = tuple(f" {normal(phrase)}" for phrase in tables["coded_unknown"]["phrases"])
        self._toll_words = frozenset(tables["shared_toll"]["toll"])
        self._split_words = frozenset(tables["shared_toll"]["split"])
        self.month_first = False

    def date_cell(self, cells: list[str]) -> str:
        """The cell with the date, to find out in which order a file writes days and months."""
        return cells[self._at["event_date"]]

    def external_id(self, cells: list[str]) -> str | None:
        """ACLED's id of the event within its country (SYR12345)."""
        found = cells[self._at["event_id_cnty"]].strip()
        return found if found and len(found) <= 40 and found.isalnum() else None

    def read(self, line: int, cells: list[str]) -> ImportedRow | Rejection:
        """The row as a report with one event, or why not."""
        try:
            return self._read(line, cells)
        except RowError as reason:
            return Rejection(line, str(reason))

    def _cell(self, cells: list[str], name: str) -> str:
        number = self._at.get(name)
        return cells[number].strip() if number is not None else ""

    def _read(self, line: int, cells: list[str]) -> ImportedRow:
        cell = self._cell
        external_id = self.external_id(cells)
        if external_id is None:
            raise RowError(f"event_id_cnty is no id: {short(cell(cells, 'event_id_cnty'))}")
        notes = cell(cells, "notes")
        on = self._day(cells, notes)
        latitude, longitude = coordinates(cell(cells, "latitude"), cell(cells, "longitude"))
        precision = code(cell(cells, "geo_precision")) or "1"
        if precision not in _LEVELS:
            raise RowError(f"geo_precision is no code from 1 to 3: {short(precision)}")
        level, vicinity = _LEVELS[precision]
        country = cell(cells, "country")
        names = _names(cell(cells, "location") or cell(cells, "admin2") or cell(cells, "admin1") or country)
        sited = self._siting.site(
            Where(names, country, cell(cells, "admin1"), cell(cells, "admin2"), latitude, longitude, level, vicinity)
        )
        published = instant(cell(cells, "timestamp"))
        if published is not None and published > self._now:
            raise RowError(f"timestamp {published:%Y-%m-%d} is in the future")
        shared = self._shared_toll(notes)
        facts = self._facts(cells, notes, on, shared=shared is not None, place=sited.place)
        cited = self._voices.cited("", cell(cells, "source")[:400])
        row = imported(
            line,
            data_set=self.data_set,
            publisher=self.publisher,
            external_id=external_id,
            text=notes[:MAX_TEXT],
            evidence=_evidence(notes[:MAX_TEXT]),
            facts=facts,
            cited=cited,
            sited=sited,
            published_at=published,
            retrieved_at=self._now,
        )
        if shared is None:
            return row
        return replace(row, tolls=(self._toll(row, on, *shared),))

    def _day(self, cells: list[str], notes: str) -> date:
        written = self._cell(cells, "event_date")
        numbers = slashed(written)
        if numbers and self.month_first and numbers[0] <= 12:
            raise RowError(
                f"event_date {short(written)} may be day or month first: other rows of this file have the month first, "
                "ACLED has the day first. Write the dates as 1997-05-02"
            )
        on = day(written, "event_date", self._today)
        year = code(self._cell(cells, "year"))
        if year and year != str(on.year):
            raise RowError(f"the year {short(year)} is not that of {on}")
        said = _day_of_note(notes)
        if said is not None and said != on and (said.day, said.month) == (on.month, on.day):
            raise RowError(f"event_date is {on}, but the note begins on {said}: day and month look swapped")
        return on

    def _facts(self, cells: list[str], notes: str, on: date, *, shared: bool, place: EventPlace) -> EventFacts:
        cell = self._cell
        country = self._siting.country_code(cell(cells, "country"))
        inters = {cell(cells, "inter1").lower(), cell(cells, "inter2").lower()}
        inters = {code(inter) for inter in inters}
        sub_type = self._sub_type(cells, notes, rioters=not inters.isdisjoint(_RIOTERS))
        fatalities = whole_number(cell(cells, "fatalities"), "fatalities")
        casualties: tuple[Casualty, ...] = ()
        if shared or self._is_coded(fatalities, notes):
            if fatalities:
                casualties = (Casualty(CasualtyKind.KILLED),)  # some died; how many here is not reported
            fatalities = None
        precision = code(cell(cells, "time_precision")) or "1"
        if precision not in ("1", "2", "3"):
            raise RowError(f"time_precision is no code from 1 to 3: {short(precision)}")
        tags = cell(cells, "tags").lower()
        return EventFacts(
            sub_event_type=sub_type,
            event_date=on,
            time_precision=int(precision),
            actor1=self._actors.find(cell(cells, "actor1")[:300], country),
            actor2=self._actors.find(cell(cells, "actor2")[:300], country),
            civilian_targeting=bool(cell(cells, "civilian_targeting"))
            or sub_type in (SubEventType.ATTACK, SubEventType.ABDUCTION, SubEventType.SEXUAL_VIOLENCE)
            or not inters.isdisjoint(_CIVILIANS),
            places=(place,),
            casualties=casualties,
            fatalities_low=fatalities,
            fatalities_best=fatalities,
            fatalities_high=fatalities,
            tags=("women_targeted",) if "women targeted" in tags else (),
        )

    def _sub_type(self, cells: list[str], notes: str, *, rioters: bool) -> SubEventType:
        kind = " ".join(self._cell(cells, "event_type").lower().split())
        if "sub_event_type" in self._at:
            written = " ".join(self._cell(cells, "sub_event_type").lower().split())
            found = self._sub_types.get(written)
            if found is None:
                raise RowError(f"sub_event_type is not one of ACLED's: {short(written)}")
            return found
        if kind in self._old_types:
            return self._old_types[kind]
        if kind == "riots/protests":
            return SubEventType.VIOLENT_DEMONSTRATION if rioters else SubEventType.PEACEFUL_PROTEST
        if kind == "remote violence":
            return told_by_words(notes) or SubEventType.SHELLING
        raise RowError(f"event_type is not one of ACLED's: {short(kind)}")

    def _is_coded(self, fatalities: int | None, notes: str) -> bool:
        if fatalities not in self._coded:
            return False
        words = f" {normal(notes)}"
        return any(phrase in words for phrase in self._coded_words)

    def _shared_toll(self, notes: str) -> tuple[int, str, int] | None:
        """The number, the sentence and its offset where a note says that a toll is split between rows."""
        lowered = notes.lower()
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


def _names(location: str) -> tuple[str, ...]:
    """ "Damascus - Al-Midan" is the quarter of a town: as written, then the quarter alone."""
    known = tables_of("acled")["places"].get(location.lower())
    quarter = location.partition(" - ")[2].strip()
    return tuple(name for name in (known, location, quarter) if name)


def _evidence(notes: str) -> Evidence | None:
    """The note, or of a long one its first sentence."""
    if not notes:
        return None
    end = len(notes) if len(notes) <= _NOTE else notes.find(". ", 40) + 1 or _NOTE
    return Evidence(0, end, notes[:end])


def _day_of_note(notes: str) -> date | None:
    """The day that a note begins with: "On 26 November 2019, ..."."""
    if not notes.startswith("On "):
        return None
    words = notes[3:40].replace(",", " ").split()[:3]
    if len(words) < 3:
        return None
    try:
        return day(" ".join(words), "note", date.max)
    except RowError:
        return None
