"""GDELT 2.0 event exports, 61 tab-separated columns without a header: never incidents.

GDELT codes mentions by machine: the same incident many times, deaths not at all, some rows dated a year off. It points
at articles, which can then be read; so a row is kept aside as a link with its country, and is no event.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.sources.rows import Rejection, short

COLUMNS = 61
_ID, _ROOT, _COUNTRY, _ADDED, _URL = 0, 28, 53, 59, 60
REASON = "GDELT codes a mention by machine, no incident: the article is kept as a link"
# CAMEO root codes 18-20: assault, fight, unconventional mass violence.
_VIOLENT = frozenset({"18", "19", "20"})


@dataclass(frozen=True, slots=True)
class Mention:
    """What a GDELT row is good for: an article, the country (FIPS code) it speaks of, whether it is coded violent."""

    external_id: str
    url: str
    country: str
    violent: bool


def is_gdelt(first_line: str) -> bool:
    """Whether this is the first row of a GDELT 2.0 event export."""
    cells = first_line.rstrip("\r\n").split("\t")
    return len(cells) == COLUMNS and cells[_ID].isdigit() and cells[1].isdigit() and len(cells[1]) == 8


def read_row(line: int, cells: list[str]) -> Mention | Rejection:
    """The mention of a row, or why it cannot be read."""
    if len(cells) != COLUMNS:
        return Rejection(line, f"{len(cells)} cells where GDELT 2.0 has {COLUMNS}")
    if not cells[_ID].isdigit():
        return Rejection(line, f"the id is no number: {short(cells[_ID])}")
    url = cells[_URL].strip()
    if not url.lower().startswith(("http://", "https://")) or len(url) > 2_000:
        return Rejection(line, f"no link to an article: {short(url)}")
    return Mention(cells[_ID], url, cells[_COUNTRY].strip(), cells[_ROOT].strip() in _VIOLENT)
