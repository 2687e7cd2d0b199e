"""An import that is interrupted or killed, on both databases: what was stored stays, and the same command goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.importing import write_file
from ingest.importing import Importer
from storage import Storage
from tests.ingest.importing import NOW, gazetteer

ROWS = 1_200
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_an_import_that_is_stopped_goes_on(
    storage: Storage, storage_url: str, tmp_path: Path, stop: signal.Signals
) -> None:
    file = tmp_path / "rows.csv"
    write_file(file, ROWS, gazetteer())
    home = {"SITREP_HOME": str(tmp_path), "DATABASE_URL": storage_url}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "import", str(file)],
        cwd=ROOT,
        env={**os.environ, **home},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 120
    while _stored(storage) == 0 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(stop)
    printed, said = process.communicate(timeout=120)
    begun = _stored(storage)
    assert begun > 0, said
    if stop is signal.SIGINT and begun < ROWS:
        assert process.returncode == 128 + signal.SIGINT
        assert 0 <= int(printed.rsplit(" inserted", 1)[0].rsplit(" ", 1)[1]) <= begun
        assert "goes on from there" in said
    counts = Importer(storage, gazetteer(), lambda: NOW).run(file)
    assert (counts.read, counts.unchanged, counts.inserted) == (ROWS, begun, ROWS - begun)
    assert _stored(storage) == ROWS
    with storage.begin() as unit:
        assert unit.changes.latest_id() >= ROWS
    assert Importer(storage, gazetteer(), lambda: NOW).run(file).unchanged == ROWS


def _stored(storage: Storage) -> int:
    with storage.begin() as unit:
        return unit.events.count()
