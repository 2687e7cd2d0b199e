"""Importing structured conflict data: detect, read, decide, store, count.

Every row is accounted for: read = inserted + revised + merged + unchanged + rejected. A batch is one short transaction;
what is stored stays after Ctrl-C, and the same command goes on. A second run changes nothing: a row whose content is
stored is known by its digest before it is read any further.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from conflict.errors import InputError
from conflict.gazetteer import Gazetteer
from ingest.importlines import GdeltRun, SitrepRun
from ingest.importrun import Counts, Tools, Watcher
from ingest.importtables import TableRun
from ingest.sources import gdelt
from ingest.sources.acled import is_acled
from ingest.sources.jsonl import is_sitrep
from ingest.sources.tables import LONGEST_LINE, TableFile
from ingest.sources.ucdp import is_ucdp
from storage import Storage

__all__ = ["FORMATS", "Counts", "Importer", "Watcher", "detect"]

FORMATS = ("acled", "ucdp", "gdelt", "sitrep")


class Importer:
    """Imports files into a database. `now` is the seam for time.

    `beside`: whether rows are read in a second process; None lets the size of each file decide.
    """

    def __init__(
        self,
        storage: Storage,
        places: Gazetteer,
        now: Callable[[], datetime],
        watcher: Watcher | None = None,
        *,
        one_by_one: bool = False,
        beside: bool | None = None,
    ) -> None:
        self._tools = Tools(storage, places, now, watcher or Watcher(), one_by_one=one_by_one, beside=beside)

    def run(self, path: Path, kind: str | None = None) -> Counts:
        """Import one file. InputError when it is none of the kinds known, or not of `kind`."""
        with TableFile(path) as table:
            found = kind or detect(table)
            run: SitrepRun | GdeltRun | TableRun
            if found == "sitrep":
                run = SitrepRun(self._tools, table)
            elif found == "gdelt":
                run = GdeltRun(self._tools, table)
            else:
                run = TableRun(self._tools, table, found)
            return run.run()


def detect(table: TableFile) -> str:
    """The kind of file, by its header or first line; InputError says what is known."""
    line = table.first_line()
    if line and not table.is_xlsx:
        if is_sitrep(line) or _begins_sitrep(table):
            return "sitrep"
        if gdelt.is_gdelt(line):
            return "gdelt"
    header = next(iter(table.rows()), None)
    if isinstance(header, tuple):
        if is_acled(header[1]):
            return "acled"
        if is_ucdp(header[1]):
            return "ucdp"
    raise InputError(
        f"{table.path.name} is of no kind known: its first line has the columns of neither ACLED nor UCDP GED, nor is "
        "it a GDELT 2.0 export or Sitrep's JSON lines. If you know what it is, say --format"
    )


def _begins_sitrep(table: TableFile) -> bool:
    if not table.first_line().startswith("{"):
        return False
    return is_sitrep(table.text().readline(LONGEST_LINE))
