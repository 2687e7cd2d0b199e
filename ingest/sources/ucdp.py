"""UCDP GED and Candidate: 41, 43 or 49 columns, and the HDX export whose second line is an HXL tag row.

low/best/high and the deaths of each side are kept; sources are originators, UCDP only carries them. A row of
fighting is an armed clash unless its source's headline says by what means it was fought.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from conflict.errors import InputError
from conflict.facts import Actor, Casualty, EventFacts, Evidence
from conflict.names import normal
from conflict.places import EventPlace
from conflict.vocabulary import CasualtyKind, PlaceLevel, SubEventType
from ingest.sources.facts import MAX_TEXT, columns_of, imported, told_by_words
from ingest.sources.rows import (
    ImportedRow,
    Rejection,
    RowError,
    code,
    coordinates,
    day,
    short,
    tables_of,
    whole_number,
)
from ingest.sources.siting import Siting, Where
from ingest.sources.voices import ActorNames, Voices

# UCDP codebook: 1 exact, 2 within 25 km, 3 district, 4 province, 5 fuzzy region, 6 country, 7 at sea or in the air.
_LEVELS: dict[str, tuple[PlaceLevel | None, bool]] = {
    "1": (PlaceLevel.SETTLEMENT, False),
    "2": (PlaceLevel.SETTLEMENT, True),
    "3": (PlaceLevel.ADMIN2, False),
    "4": (PlaceLevel.ADMIN1, False),
    "5": (PlaceLevel.ADMIN1, False),
    "6": (PlaceLevel.COUNTRY, False),
    "7": (None, False),
}
# Codebook: 1 the day, 2 two to six days, 3 a week, 4 a month, 5 longer; ours: 1 day, 2 week, 3 month or worse.
_DAYS = {"1": 1, "2": 2, "3": 2, "4": 3, "5": 3}
_ONE_SIDED = "3"


def is_ucdp(header: list[str]) -> bool:
    """Whether this header is one of UCDP's."""
    columns = columns_of(header, tables_of("ucdp")["columns"])
    return all(name in columns for name in tables_of("ucdp")["needed"])


class UcdpRows:
    """Reads the rows of one UCDP file."""

    data_set = "ucdp"

    def __init__(self, header: list[str], siting: Siting, actors: ActorNames, voices: Voices, *, now: datetime) -> None:
        tables = tables_of("ucdp")
        self.publisher = str(tables["publisher"])
        self._at = columns_of(header, tables["columns"])
        missing = [name for name in tables["needed"] if name not in self._at]
        if missing:
            raise InputError(f"This is no UCDP file: it lacks the columns {', '.join(missing)}.")
        self._siting, self._actors, self._voices = siting, actors, voices
        self._now, self._today = now, now.astimezone(UTC).date()
        self._kinds = tuple(f" {kind}" for kind in tables["places"]["kinds"])
        self._civilians = frozenset(tables["civilians"]["names"])

    def external_id(self, cells: list[str]) -> str | None:
        """UCDP's id; None in the HXL row and where it is no number."""
        found = code(cells[self._at["id"]])
        return found if found.isascii() and found.isdigit() else None

    def is_tags(self, cells: list[str]) -> bool:
        """Whether this is the row of HXL tags under the header of an HDX export."""
        tagged = sum(cell.startswith("#") for cell in cells)
        return tagged >= 3 and all(not cell or cell.startswith("#") for cell in cells)

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
            raise RowError(f"the id is no number: {short(cell(cells, 'id'))}")
        start, end = self._days(cells)
        latitude, longitude = coordinates(cell(cells, "latitude"), cell(cells, "longitude"))
        precision = code(cell(cells, "where_prec"))
        if precision not in _LEVELS:
            raise RowError(f"where_prec is no code from 1 to 7: {short(precision)}")
        level, vicinity = _LEVELS[precision]
        country = cell(cells, "country")
        names = self._names(cell(cells, "where_coordinates") or cell(cells, "adm_2") or cell(cells, "adm_1") or country)
        sited = self._siting.site(
            Where(names, country, cell(cells, "adm_1"), cell(cells, "adm_2"), latitude, longitude, level, vicinity)
        )
        text = cell(cells, "source_article") or cell(cells, "source_headline") or cell(cells, "conflict_name")
        headline = cell(cells, "source_headline")
        cited = self._voices.cited(cell(cells, "source_original")[:400], self._offices(cells)[:400])
        facts = self._facts(cells, headline or text, start, end, sited.place)
        row = imported(
            line,
            data_set=self.data_set,
            publisher=self.publisher,
            external_id=external_id,
            text=text[:MAX_TEXT],
            evidence=_evidence(text[:MAX_TEXT], headline),
            facts=facts,
            cited=cited,
            sited=sited,
            published_at=self._published(cells, end or start),
            retrieved_at=self._now,
        )
        odd = self._odd(cells)
        return replace(row, flags=(*row.flags, odd)) if odd else row

    def _odd(self, cells: list[str]) -> str | None:
        """What to say of figures that are not in order: UCDP itself has some such rows."""
        low, best, high = (whole_number(self._cell(cells, name), name) for name in ("low", "best", "high"))
        if low is None or best is None or high is None or low <= best <= high:
            return None
        figures = sorted((low, best, high))
        return f"low {low}, best {best}, high {high} are not in order: kept as {figures[0]} to {figures[2]}"

    def _days(self, cells: list[str]) -> tuple[date, date | None]:
        start = day(self._cell(cells, "date_start"), "date_start", self._today)
        end = day(self._cell(cells, "date_end"), "date_end", self._today)
        if end < start:
            raise RowError(f"date_end {end} is before date_start {start}")
        year = code(self._cell(cells, "year"))
        if year and year not in (str(start.year), str(end.year)):
            raise RowError(f"the year {short(year)} is not that of {start}")
        return start, end if end != start else None

    def _names(self, written: str) -> tuple[str, ...]:
        """ "Kafrah/Kesra village" as itself without the kind, then each name alone."""
        name = written
        for kind in self._kinds:
            if name.lower().endswith(kind):
                name = name[: -len(kind)]
                break
        others = [part.strip() for part in name.split("/")] if "/" in name else []
        first = name.partition("(")[0].strip()
        return tuple(dict.fromkeys(part for part in (*others, first, name) if part)) or (written,)

    def _offices(self, cells: list[str]) -> str:
        offices = self._cell(cells, "source_office")
        if offices:
            return offices
        # Before 2013 only the article is cited: "Reuters,1989-05-17,..." or "Reuters 1989-05-17 ...".
        articles = self._cell(cells, "source_article").split('";"')
        names = []
        for article in articles:
            name = article.strip('" ').partition(",")[0]
            cut = next((n for n, letter in enumerate(name) if letter.isdigit()), len(name))
            names.append(name[:cut].strip(' "'))
        return ";".join(name for name in names if 1 < len(name) <= 60)

    def _published(self, cells: list[str], last: date) -> datetime | None:
        """The day of the newest source; None where no source has a day: the row is undated then."""
        newest: date | None = None
        for part in self._cell(cells, "source_date").split(";"):
            try:
                found = day(part, "source_date", self._today)
            except RowError:
                continue
            newest = max(newest, found) if newest else found
        if newest is None:
            return None
        return datetime.combine(newest, time(), UTC)

    def _facts(self, cells: list[str], words: str, start: date, end: date | None, place: EventPlace) -> EventFacts:
        country = self._siting.country_code(self._cell(cells, "country"))
        side_a = self._actors.find(self._cell(cells, "side_a"), country)
        written_b = self._cell(cells, "side_b")
        side_b = self._actors.find(written_b, country)
        kind = code(self._cell(cells, "type_of_violence"))
        if kind not in ("1", "2", "3"):
            raise RowError(f"type_of_violence is no code from 1 to 3: {short(kind)}")
        one_sided = kind == _ONE_SIDED
        sub_type = told_by_words(words) or (SubEventType.ATTACK if one_sided else SubEventType.ARMED_CLASH)
        precision = _DAYS.get(code(self._cell(cells, "date_prec")))
        if precision is None:
            raise RowError(f"date_prec is no code from 1 to 5: {short(self._cell(cells, 'date_prec'))}")
        low, best, high = (whole_number(self._cell(cells, name), name) for name in ("low", "best", "high"))
        if low is None or best is None or high is None:
            raise RowError("low, best or high is empty")
        low, high = min(low, best, high), max(low, best, high)
        return EventFacts(
            sub_event_type=sub_type,
            event_date=start,
            event_date_end=end,
            time_precision=precision,
            actor1=side_a,
            actor2=side_b,
            initiator=(side_a.actor_id or side_a.name) if one_sided and side_a else None,
            civilian_targeting=one_sided or normal(written_b) in self._civilians,
            places=(place,),
            casualties=self._casualties(cells, side_a, side_b, one_sided=one_sided),
            fatalities_low=low,
            fatalities_best=best,
            fatalities_high=high,
        )

    def _casualties(
        self, cells: list[str], side_a: Actor | None, side_b: Actor | None, *, one_sided: bool
    ) -> tuple[Casualty, ...]:
        """The dead by side, as UCDP's best estimate has them; a side without any is left out."""
        found = []
        sides = (
            ("deaths_a", _side(side_a), False),
            ("deaths_b", _side(side_b), one_sided),
            ("deaths_civilians", None, True),
            ("deaths_unknown", None, None),
        )
        for column, side, civilian in sides:
            count = whole_number(self._cell(cells, column), column)
            if count:
                found.append(Casualty(CasualtyKind.KILLED, side=side, civilian=civilian, count=count))
        return tuple(found)


def _side(actor: Actor | None) -> str | None:
    return (actor.actor_id or actor.name) if actor else None


def _evidence(text: str, headline: str) -> Evidence | None:
    """The first source's headline where it stands in the text, else the text itself."""
    first = headline.partition(";")[0].strip()
    start = text.find(first) if first else -1
    if start >= 0:
        return Evidence(start, start + len(first), first)
    return Evidence(0, len(text), text) if text else None
