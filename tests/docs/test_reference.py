"""The pages on settings, commands and dependencies say what there is: nothing missing, nothing stale."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from bot.cli import build_parser
from bot.settings import describe, load_settings

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import write_reference  # noqa: E402 (scripts are run, not installed)

DOCS = ROOT / "docs"
COMMANDS = list(write_reference.commands(build_parser(), "sitrep"))
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
FOR_OPERATORS = [page for page in PAGES if page.parent.name != "howto"]  # those name variables of the tests, too


def test_pages_are_as_the_script_writes_them() -> None:
    stale = [page.name for page, text in write_reference.pages().items() if page.read_text(encoding="utf-8") != text]
    assert not stale, f"run scripts/write_reference.py: {', '.join(stale)}"


@pytest.mark.parametrize("row", describe(), ids=lambda row: row.name)
def test_each_setting_has_a_row_with_a_meaning(row) -> None:
    assert row.meaning.endswith(".")
    assert f"| `{row.name}` |" in (DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "parser", "about"), COMMANDS, ids=[name for name, _, _ in COMMANDS])
def test_each_command_is_documented_with_all_it_takes(name, parser, about) -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert f"### `{name}`\n" in page
    section = page.split(f"### `{name}`\n")[1].split("\n### ")[0]
    assert about[1:] in section
    for taken in write_reference.arguments(parser):
        for option in taken.option_strings or [taken.metavar or "|".join(taken.choices)]:
            assert option in section, f"{name} {option} is not documented"
    assert "|  |" not in section.replace("| | |", ""), f"an option of {name} has no words"


def test_exit_statuses_are_documented() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert all(f"\n| {status} | " in page for status in (0, 1, 2, 130))


def test_each_direct_dependency_has_a_row_at_the_pinned_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = project["project"]["dependencies"] + [one for group in groups.values() for one in group]
    page = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| .+ \| .+ \| ([0-9][^ ,|]*)", page, re.MULTILINE))
    pinned = _pinned("run.lock") | _pinned("dev.lock")
    names = {re.split(r"[\[<>=!~]", one)[0].strip() for one in wanted}
    assert {name: rows.get(name) for name in names} == {name: pinned[name] for name in names}
    assert set(rows) == names, "a row for what is not a direct dependency"


def _pinned(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_named_in_the_pages_exist(page) -> None:
    """What a reader would type after `sitrep` is a command, and its options are that command's."""
    known = {name.removeprefix("sitrep ").split()[0] for name, _, _ in COMMANDS}
    text = page.read_text(encoding="utf-8")
    typed = re.findall(r"(?:^ {4}|`|bin/|exec (?:-T )?bot(?:-sqlite)? )sitrep ([a-z]+)([^`\n]*)", text, re.MULTILINE)
    for command, rest in typed:
        assert command in known, f"{page.name}: sitrep {command}"
        options = {
            o for name, parser, _ in COMMANDS if name.split()[1] == command for o in parser._option_string_actions
        }
        for option in re.findall(r"(?<= )--[a-z-]+", rest.split(" | ")[0]):
            assert option in options, f"{page.name}: sitrep {command} {option}"


@pytest.mark.parametrize("page", FOR_OPERATORS, ids=lambda page: page.name)
def test_settings_named_in_the_pages_exist(page) -> None:
    known = {row.name for row in describe()}
    named = set(re.findall(r"\bSITREP_[A-Z_]+[A-Z]\b", page.read_text(encoding="utf-8")))
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_somewhere(page) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_example_settings_are_accepted(tmp_path, monkeypatch) -> None:
    """`.env.example`, as it is and with every line that is commented out taken in, names settings with good values."""
    for name in (row.name for row in describe()):
        monkeypatch.delenv(name, raising=False)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    every = re.sub(r"^#(?=[A-Z_]+=)", "", example, flags=re.MULTILINE)
    for number, text in enumerate((example, every)):
        path = tmp_path / f"{number}.env"
        path.write_text(text.replace("/var/lib/sitrep", str(tmp_path)), encoding="utf-8")
        assert load_settings(path).token is None
    names = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert names - {row.name for row in describe()} == {"COMPOSE_PROFILES", "POSTGRES_PASSWORD"}
