"""How many date expressions of the development set are read as meant, and how fast; `python -m benchmarks.dates -v`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure
from conflict.dates import find_period

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "dates_past_dev.jsonl"


def right(row: dict[str, object], start: datetime | None, end: datetime | None) -> bool:
    """Whether the interval is the one meant; a named end may be read in or out."""
    if start is None or end is None:
        return False
    wanted_start = date.fromisoformat(str(row["start"]))
    wanted_end = date.fromisoformat(str(row["end"]))
    if not row["end_is_exclusive"]:
        return start.date() == wanted_start and end.date() == wanted_end + timedelta(days=1)
    return start.date() == wanted_start and end.date() in (wanted_end, wanted_end + timedelta(days=1))


def reading(verbose: bool = False) -> tuple[float, float]:
    """The share read right and the mean microseconds for one expression."""
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    find_period("warm up in 2019", datetime(2020, 1, 1, tzinfo=UTC), UTC)
    good, began = 0, perf_counter()
    for row in rows:
        now = datetime.fromisoformat(row["now"]).replace(tzinfo=UTC)
        found = find_period(row["text"], now, UTC, row["lang"])
        period = found.period if found else None
        ok = period is not None and right(row, period.start, period.end)
        good += ok
        if verbose and not ok:
            print(row["now"][:10], "|", row["text"], "|", row["expression"], "|", row["start"], row["end"])
            print("     got", found.text if found else None, period and (str(period.start)[:10], str(period.end)[:16]))
    return good / len(rows), (perf_counter() - began) / len(rows) * 1e6


def measure() -> Iterator[Figure]:
    """The figures for `make bench`; none where the development set is absent."""
    if DATA.exists():
        share, cost = reading()
        yield Figure("dates_questions", share, "", "share of expressions read as meant")
        yield Figure("dates_microseconds", cost, "us", "one expression")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true")
    share, cost = reading(parser.parse_args().verbose)
    print(f"dates read right {share:.3f}, {cost:.0f} us each")
