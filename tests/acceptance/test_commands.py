"""The command line: what it says, what it stores, how it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run

NOW = ("--now", "2019-12-02T18:00Z")
SEED = Path(__file__).parents[3] / "shared" / "data" / "seed_article.txt"


def ingest(sitrep: Run, article: Path) -> None:
    done = sitrep("ingest", str(article), "--published", "2019-12-02", "--source", "The Daily Test")
    assert done.returncode == 0, done.stderr
    assert "1 read, 1 new" in done.stdout


def test_an_article_becomes_an_answer_with_its_sources(sitrep: Run, article: Path) -> None:
    ingest(sitrep, article)
    done = sitrep("ask", "latest in Idlib", *NOW)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "From 1 stored report (2 Dec)" in done.stdout
    assert "No report does not mean calm." in done.stdout
    assert re.search(r"killed: 6 civilians.*SOHR", done.stdout)
    assert "\x1b" not in done.stdout


def test_the_same_article_twice_is_one(sitrep: Run, article: Path) -> None:
    ingest(sitrep, article)
    again = sitrep("ingest", str(article), "--published", "2019-12-02", "--source", "The Daily Test")
    assert "0 new, 1 known already. Events: 0 new, 0 revised" in again.stdout


def test_later_reports_are_hidden_by_now(sitrep: Run, article: Path) -> None:
    ingest(sitrep, article)
    answer = json.loads(sitrep("ask", "latest in Idlib", "--now", "2019-12-01T18:00Z", "--json").stdout)["answer"]
    assert answer["total"] == 0
    assert answer["fatalities_best"] is None


def test_an_undated_text_is_never_latest(sitrep: Run, article: Path) -> None:
    done = sitrep("ingest", str(article))
    assert "Undated" in done.stdout
    answer = json.loads(sitrep("ask", "latest in Idlib", "--json").stdout)["answer"]
    assert answer["events"] == []


def test_questions_as_json_lines_come_back_in_order(sitrep: Run, article: Path) -> None:
    ingest(sitrep, article)
    lines = [
        {"id": 7, "text": "how many killed in Idlib since Saturday", "now": "2019-12-02T18:00Z"},
        {"id": "b", "text": "آخر الأخبار في إدلب", "now": "2019-12-02T18:00Z"},
    ]
    done = sitrep("ask", "--jsonl", stdin="\n".join(json.dumps(line) for line in lines) + "\n")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["id"], first["question"]["kind"]) == (7, "killed")
    assert first["question"]["period"]["start"] == "2019-11-30T00:00:00+00:00"
    assert (second["id"], second["question"]["language"]) == ("b", "ar")
    assert second["answer"]["total"] == first["answer"]["total"] > 0
    assert "إدلب" in second["reply"]["text"]


def test_a_bad_json_line_is_told_and_the_others_are_answered(sitrep: Run) -> None:
    done = sitrep("ask", "--jsonl", stdin='{"id": 1}\nnot json\n[1]\n{"id": 4, "text": "latest in Idlib"}\n')
    assert done.returncode == 2
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, None, None, 4]
    assert ["error" in row for row in rows] == [True, True, True, False]
    assert len(done.stderr.splitlines()) == 3


def test_an_empty_database_says_so_and_what_to_do(sitrep: Run) -> None:
    done = sitrep("ask", "latest in Idlib")
    assert done.returncode == 0
    assert "Nothing is stored yet." in done.stdout
    assert "sitrep ingest FILE" in done.stdout


def test_an_unknown_place_is_named_and_never_answered_with_the_world(sitrep: Run, article: Path) -> None:
    ingest(sitrep, article)
    answer = json.loads(sitrep("ask", "latest in Qwertzuiopville", *NOW, "--json").stdout)
    assert answer["question"]["unresolved"] == ["Qwertzuiopville"]
    assert answer["answer"]["events"] == []
    assert "Qwertzuiopville" in answer["reply"]["text"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "empty"),
        ("binary.txt", bytes(range(256)) * 40, "text"),
        ("latin.txt", "Fighting in Alep\xe9 has killed nine".encode("latin-1"), "UTF-8"),
        ("large.txt", b"word " * 1_100_000, "MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(
    sitrep: Run, tmp_path: Path, article: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = sitrep("ingest", str(article), str(path), "--published", "2019-12-02")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr
    assert words.lower() in done.stderr.lower()
    assert "Nothing is stored yet." in sitrep("ask", "latest in Idlib").stdout  # nothing half stored


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "latest", "--now", "yesterday"),
        ("ask", "latest", "--tz", "Mars/Olympus"),
        ("ingest", "no-such-file.txt"),
        ("places", "find"),
        ("export", "--format", "xml"),
        ("frobnicate",),
    ],
)
def test_bad_use_ends_with_2_and_no_traceback(sitrep: Run, arguments: tuple[str, ...]) -> None:
    done = sitrep(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_all_bad_settings_are_told_at_once_and_no_secret_is_shown(sitrep: Run) -> None:
    done = sitrep(
        "ask", "latest", TELEGRAM_TOKEN="hunter2secret", SITREP_LOG_LEVEL="loud", SITREP_TIMEZON="UTC"
    )  # fmt: skip
    assert done.returncode == 2
    for name in ("TELEGRAM_TOKEN", "SITREP_LOG_LEVEL", "SITREP_TIMEZON"):
        assert name in done.stderr
    assert "hunter2secret" not in done.stderr


def test_places_are_found_by_any_spelling(sitrep: Run) -> None:
    done = sitrep("places", "find", "--jsonl", stdin='{"id": 1, "name": "Saraqeb", "country": "SY"}\n')
    row = json.loads(done.stdout)
    assert row["candidates"][0]["name"].startswith("Saraqib")
    assert row["candidates"][0]["country"] == "Syria"


def test_export_gives_the_same_events_in_three_forms(sitrep: Run, article: Path) -> None:
    ingest(sitrep, article)
    rows = [json.loads(line) for line in sitrep("export", "--format", "jsonl").stdout.splitlines()]
    collection = json.loads(sitrep("export", "--format", "geojson", "--place", "Idlib").stdout)
    table = sitrep("export", "--format", "csv", "--since", "2019-11-01").stdout.splitlines()
    assert rows
    assert len(collection["features"]) == len(rows) == len(table) - 1
    assert {row["country"] for row in rows} == {"Syria"}


def test_doctor_and_backup(sitrep: Run, article: Path, tmp_path: Path) -> None:
    ingest(sitrep, article)
    assert sitrep("doctor").returncode == 0
    assert sitrep("healthcheck").stdout == "well\n"
    copy = tmp_path / "copy.db"
    assert sitrep("backup", str(copy)).returncode == 0
    answer = sitrep("ask", "latest in Idlib", *NOW, DATABASE_URL=f"sqlite:///{copy}")
    assert "From 1 stored report" in answer.stdout


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not in this checkout's neighbourhood")
def test_the_seed_article_is_told_as_it_should_be(sitrep: Run) -> None:
    title = "Syrian government clashes with Idlib fighters leave almost 100 dead"
    sitrep("ingest", str(SEED), "--title", title, "--published", "2019-12-02", "--source", "Middle East Eye")
    answer = json.loads(sitrep("ask", "latest in Idlib", *NOW, "--json").stdout)
    text = answer["reply"]["text"]
    for words in (
        "51",
        "45",
        "SOHR",
        "Maaret al-Numan",
        "Abu Dhuhour",
        "4 unnamed",
        "AFP",
        "No report does not mean calm",
    ):
        assert words in text
    for words in ("370,000", "1,000", "147", "192", "196"):
        assert words not in text
    strikes = [e for e in answer["answer"]["events"] if e["sub_event_type"] == "Air/drone strike"]
    assert sorted(e["part_of_day"] for e in strikes) == ["afternoon", "morning"]
    assert {e["event_date"] for e in strikes} == {"2019-12-01"}
    assert answer["answer"]["fatalities_best"] == 96
    assert all(e["event_date"] >= "2019-11-30" for e in answer["answer"]["events"])


def test_a_backup_is_restored_into_an_empty_database_only(sitrep: Run, article: Path, tmp_path: Path) -> None:
    ingest(sitrep, article)
    copy, target = tmp_path / "copy", f"sqlite:///{tmp_path / 'new' / 'sitrep.db'}"
    assert sitrep("backup", str(copy)).returncode == 0
    done = sitrep("restore", str(copy), DATABASE_URL=target)
    assert done.returncode == 0, done.stderr
    assert "rows of" in done.stdout
    question = ("ask", "latest in Idlib", *NOW, "--json")
    before, after = (json.loads(sitrep(*question, **more).stdout) for more in ({}, {"DATABASE_URL": target}))
    assert after == before
    again = sitrep("restore", str(copy), DATABASE_URL=target)
    assert again.returncode == 2
    assert "holds data already" in again.stderr
    strange = sitrep("restore", str(article), DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}")
    assert strange.returncode == 2
    assert "no backup" in strange.stderr
    assert "Traceback" not in again.stderr + strange.stderr
