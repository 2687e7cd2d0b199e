"""UCDP GED and Candidate: 41, 43 or 49 columns, and the HDX export whose second line is an HXL tag row.

low/best/high and the deaths of each side are kept; sources are originators, UCDP only carries them. A row of
fighting is an armed clash unless its source's headline says by what means it was fought.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from conflict.facts import Actor, Casualty, EventFacts, Evidence
from conflict.names import normal
from conflict.places import EventPlace
from conflict.vocabulary import CasualtyKind, PlaceLevel, SubEventType
from ingest.sources.facts import MAX_TEXT, imported, told_by_words
from ingest.sources.rows import ImportedRow, RowError, code, day, short, whole_number
from ingest.sources.siting import Siting
from ingest.sources.tablerows import Cells, TableRows, has_columns
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
    return has_columns("ucdp", header)


class UcdpRows(TableRows):
    """Reads the rows of one UCDP file."""

    data_set = "ucdp"
    id_column = "id"
    used = (
        *("id", "year", "type_of_violence", "conflict_name", "side_a", "side_b", "source_article", "source_office"),
        *("source_date", "source_headline", "source_original", "where_prec", "where_coordinates", "adm_1", "adm_2"),
        *("latitude", "longitude", "country", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b"),
        *("deaths_civilians", "deaths_unknown", "low", "best", "high"),
    )

    def __init__(self, header: list[str], siting: Siting, actors: ActorNames, voices: Voices, *, now: datetime) -> None:
        super().__init__(header, siting, actors, voices, now=now)
        self._kinds = tuple(f" {kind}" for kind in self._tables["places"]["kinds"])
        self._civilians = frozenset(self._tables["civilians"]["names"])

    def id_of(self, written: str) -> str | None:
        """UCDP's id; None in the HXL row and where it is no number."""
        found = code(written)
        return found if found.isascii() and found.isdigit() and len(found) <= 40 else None

    def is_tags(self, cells: list[str]) -> bool:
        """Whether this is the row of HXL tags under the header of an HDX export."""
        tagged = sum(cell.startswith("#") for cell in cells)
        return tagged >= 3 and all(not cell or cell.startswith("#") for cell in cells)

    def level_of(self, precision: str) -> tuple[PlaceLevel | None, bool]:
        """By the codebook."""
        if precision not in _LEVELS:
            raise RowError(f"where_prec is no code from 1 to 7: {short(precision)}")
        return _LEVELS[precision]

    def names_of(self, written: str) -> tuple[str, ...]:
        """ "Kafrah/Kesra village" as itself without the kind, then each name alone."""
        name = written
        for kind in self._kinds:
            if name.lower().endswith(kind):
                name = name[: -len(kind)]
                break
        others = [part.strip() for part in name.split("/")] if "/" in name else []
        first = name.partition("(")[0].strip()
        return tuple(dict.fromkeys(part for part in (*others, first, name) if part)) or (written,)

    def _read(self, line: int, row: Cells) -> ImportedRow:
        external_id = self.id_of(row["id"])
        if external_id is None:
            raise RowError(f"the id is no number: {short(row['id'])}")
        start, end = self._days(row)
        sited = self._sited(
            *(row["where_coordinates"], row["country"], row["adm_1"], row["adm_2"], row["latitude"], row["longitude"]),
            row["where_prec"],
        )
        headline = row["source_headline"]
        text = row["source_article"] or headline or row["conflict_name"]
        read = imported(
            line,
            data_set=self.data_set,
            publisher=self.publisher,
            external_id=external_id,
            text=text[:MAX_TEXT],
            evidence=_evidence(text[:MAX_TEXT], headline),
            facts=self._facts(row, headline or text, start, end, sited.place),
            cited=self._voices.cited(row["source_original"][:400], _offices(row)[:400]),
            sited=sited,
            published_at=self._published(row["source_date"]),
            retrieved_at=self._now,
        )
        odd = _odd(row)
        return replace(read, flags=(*read.flags, odd)) if odd else read

    def _days(self, row: Cells) -> tuple[date, date | None]:
        start = day(row["date_start"], "date_start", self._today)
        end = day(row["date_end"], "date_end", self._today)
        if end < start:
            raise RowError(f"date_end {end} is before date_start {start}")
        year = code(row["year"])
        if year and year not in (str(start.year), str(end.year)):
            raise RowError(f"the year {short(year)} is not that of {start}")
        return start, end if end != start else None

    def _published(self, written: str) -> datetime | None:
        """The day of the newest source; None where no source has a day: the row is undated then."""
        newest: date | None = None
        for part in written.split(";"):
            try:
                found = day(part, "source_date", self._today)
            except RowError:
                continue
            newest = max(newest, found) if newest else found
        if newest is None:
            return None
        return datetime.combine(newest, time(), UTC)

    def _facts(self, row: Cells, words: str, start: date, end: date | None, place: EventPlace) -> EventFacts:
        country = self._siting.country_code(row["country"])
        side_a = self._actors.find(row["side_a"], country)
        written_b = row["side_b"]
        side_b = self._actors.find(written_b, country)
        kind = code(row["type_of_violence"])
        if kind not in ("1", "2", "3"):
            raise RowError(f"type_of_violence is no code from 1 to 3: {short(kind)}")
        one_sided = kind == _ONE_SIDED
        sub_type = told_by_words(words) or (SubEventType.ATTACK if one_sided else SubEventType.ARMED_CLASH)
        precision = _DAYS.get(code(row["date_prec"]))
        if precision is None:
            raise RowError(f"date_prec is no code from 1 to 5: {short(row['date_prec'])}")
        low, best, high = (whole_number(row[name], name) for name in ("low", "best", "high"))
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
            casualties=_casualties(row, side_a, side_b, one_sided=one_sided),
            fatalities_low=low,
            fatalities_best=best,
            fatalities_high=high,
        )


def _casualties(row: Cells, side_a: Actor | None, side_b: Actor | None, *, one_sided: bool) -> tuple[Casualty, ...]:
    """The dead by side, as UCDP's best estimate has them; a side without any is left out."""
    found = []
    sides = (
        ("deaths_a", _side(side_a), False),
        ("deaths_b", _side(side_b), one_sided),
        ("deaths_civilians", None, True),
        ("deaths_unknown", None, None),
    )
    for column, side, civilian in sides:
        count = whole_number(row[column], column)
        if count:
            found.append(Casualty(CasualtyKind.KILLED, side=side, civilian=civilian, count=count))
    return tuple(found)


def _odd(row: Cells) -> str | None:
    """What to say of figures that are not in order: UCDP itself has some such rows."""
    low, best, high = (whole_number(row[name], name) for name in ("low", "best", "high"))
    if low is None or best is None or high is None or low <= best <= high:
        return None
    figures = sorted((low, best, high))
    return f"low {low}, best {best}, high {high} are not in order: kept as {figures[0]} to {figures[2]}"


def _offices(row: Cells) -> str:
    if row["source_office"]:
        return row["source_office"]
    # Before 2013 only the article is cited: "Reuters,1989-05-17,..." or "Reuters 1989-05-17 ...".
    names = []
    for article in row["source_article"].split('";"'):
        name = article.strip('" ').partition(",")[0]
        cut = next((n for n, letter in enumerate(name) if letter.isdigit()), len(name))
        names.append(name[:cut].strip(' "'))
    return ";".join(name for name in names if 1 < len(name) <= 60)


def _side(actor: Actor | None) -> str | None:
    return (actor.actor_id or actor.name) if actor else None


def _evidence(text: str, headline: str) -> Evidence | None:
    """The first source's headline where it stands in the text, else the text itself."""
    first = headline.partition(";")[0].strip()
    start = text.find(first) if first else -1
    if start >= 0:
        return Evidence(start, start + len(first), first)
    return Evidence(0, len(text), text) if text else None
