"""`sitrep ceasefires`: added, ended, checked, accepted and rejected by an operator; bad input in one line, status 2."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.cli import main
from conflict.ceasefires import Ceasefire, CeasefireStatus
from ingest.pipeline import keep_shipped_ceasefires
from storage import open_storage

OWN = """[[ceasefire]]
ceasefire_id = "here-2026"
name = "A truce"
bound_parties = ["russia"]
area = ["SY"]
effective_from = 2026-01-02
"""
PROPOSED = Ceasefire(
    "proposed-1", "P", ("russia",), ("SY",), date(2026, 1, 1), status=CeasefireStatus.PROPOSED, source="Daily"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SITREP_HOME", str(tmp_path))
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert main(["ceasefires", "--json"]) == 0
    return {one["ceasefire_id"]: one for one in json.loads(capsys.readouterr().out)}


def test_what_an_operator_does_stays_when_newer_ones_ship(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    (home / "own.toml").write_text(OWN, encoding="utf-8")
    assert main(["ceasefires", "add", str(home / "own.toml")]) == 0
    assert main(["ceasefires", "end", "here-2026", "2026-02-03"]) == 0
    assert main(["ceasefires", "check", "idlib-2020-03-06", "2026-01-05"]) == 0
    storage = open_storage(f"sqlite:///{home / 'sitrep.db'}")
    with storage.begin(write=True) as unit:
        unit.ceasefires.save(
            Ceasefire("idlib-2019-08-31", "An older wording", ("syria_gov",), ("SY",), date(2019, 8, 31))
        )
        unit.ceasefires.save(PROPOSED)
        assert keep_shipped_ceasefires(unit) > 0
        assert keep_shipped_ceasefires(unit) == 0
    storage.close()
    known = listed(capsys)
    assert (known["here-2026"]["effective_to"], known["here-2026"]["status"]) == ("2026-02-03", "ended")
    assert known["idlib-2020-03-06"]["verified_on"] == "2026-01-05"
    assert known["idlib-2019-08-31"]["name"] != "An older wording"
    assert known["here-2026"]["terms"] is None
    assert main(["ceasefires"]) == 0
    shown, _, apart = capsys.readouterr().out.partition("Proposed by reports")
    assert "proposed-1" in apart
    assert "proposed-1" not in shown
    assert main(["ceasefires", "accept", "proposed-1"]) == 0
    assert listed(capsys)["proposed-1"]["status"] == "in_force"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["end", "nowhere", "2026-01-01"], "No ceasefire is known"),
        (["end", "idlib-2020-03-06", "soon"], "is not a day"),
        (["end", "idlib-2020-03-06", "2019-01-01"], "cannot have ended"),
        (["end", "idlib-2020-03-06"], "Write: sitrep ceasefires end ID DAY"),
        (["check", "idlib-2020-03-06", f"{datetime.now(UTC).year + 1}-12-31"], "has not come yet"),
        (["accept", "idlib-2020-03-06"], "not a proposal"),
        (["reject", "idlib-2020-03-06"], "not a proposal"),
        (["add", "missing.toml"], "cannot be read"),
        (["add", "{empty}"], "no [[ceasefire]] table"),
        (["add", "{party}"], "no party has the id"),
        (["add", "{area}"], "no place has the id"),
        (["sing"], "it has add, end"),
    ],
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], home: Path, arguments: list[str], said: str) -> None:
    files = {"empty": "", "party": OWN.replace("russia", "nobody"), "area": OWN.replace('"SY"', '"gn:0"')}
    for name, text in files.items():
        (home / name).write_text(text, encoding="utf-8")
    given = [one.format(**{name: home / name for name in files}) for one in arguments]
    assert main(["ceasefires", *given]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
