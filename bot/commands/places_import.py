"""`sitrep places import`: a GeoNames country dump or OCHA's populated places, into the database."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from itertools import islice
from pathlib import Path

from bot.clock import clock
from bot.opening import load_places, open_database, settings_with_logs
from ingest.sources.place_lists import read_places
from ingest.sources.rows import Rejection
from ingest.sources.tables import TableFile

BATCH = 200


def import_places(arguments: Namespace) -> int:
    """Import one list; a second run changes nothing."""
    settings = settings_with_logs()
    path = Path(arguments.file)
    storage = open_database(settings.storage_url)
    read = fresh = rejected = 0
    started = time.monotonic()
    try:
        gazetteer = load_places(storage)
        with TableFile(path) as table:
            rows = read_places(table, gazetteer)
            while batch := list(islice(rows, BATCH)):
                read += len(batch)
                for one in batch:
                    if isinstance(one, Rejection):
                        rejected += 1
                        print(f"{path.name} line {one.line}: rejected: {one.reason}")
                places = [one for one in batch if not isinstance(one, Rejection)]
                with storage.begin(write=True) as unit:
                    fresh += sum(unit.places.save(p.place, p.names, origin="imported", at=clock()) for p in places)
                if sys.stderr.isatty():
                    done, spent = table.done(), time.monotonic() - started
                    left = spent / done * (1 - done) if done else 0.0
                    line = f"{path.name}: {read:,} places, {read / max(spent, 1e-6):,.0f}/s, {left:.0f} s left"
                    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\nStopped. What was stored stays; the same command goes on from there.", file=sys.stderr)
        return 130
    finally:
        storage.close()
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
    kept = read - fresh - rejected
    print(f"{path.name}: {read} read = {fresh} new or changed + {kept} unchanged + {rejected} rejected.")
    return 0
