"""Write the tables of docs/settings.md and docs/commands.md from the settings and the command line themselves.

Run it after a setting, a command or an option has changed: `.venv/bin/python scripts/write_reference.py`. Only what is
between the two markers of a page is written; the words around it are kept. With `--check` nothing is written and the
exit status is 1 when a page is stale; `tests/docs` asks the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.cli import build_parser
from bot.settings import describe

ROOT = Path(__file__).resolve().parents[1]
BEGIN = "<!-- written by scripts/write_reference.py: begin -->"
END = "<!-- written by scripts/write_reference.py: end -->"
PLAIN = {
    "file": "a file",
    "files": "one or more files",
    "name": "a name",
    "json": "the same as JSON",
}  # need no more words


def settings_table() -> str:
    """Every setting, one row each: name, default, meaning."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    rows += [f"| `{row.name}` | {_code(row.default)} | {_cell(row.meaning)} |" for row in describe()]
    return "\n".join(rows)


def commands_reference() -> str:
    """Every command with its arguments and options, a section each, in the order of `sitrep --help`."""
    return "\n\n".join(_section(name, parser, about) for name, parser, about in commands(build_parser(), "sitrep"))


def commands(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """`(full name, parser, help)` of each command that can be called; one that only groups others gives those."""
    for action in parser._actions:  # argparse shows its parts in no other way
        if not isinstance(action, argparse._SubParsersAction):
            continue
        about = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for word, command in action.choices.items():
            inner = list(commands(command, f"{name} {word}"))
            yield from inner or [(f"{name} {word}", command, about.get(word, ""))]


def arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What the command takes, `--help` apart."""
    kinds = (argparse._HelpAction, argparse._SubParsersAction)
    return [action for action in parser._actions if not isinstance(action, kinds)]


def page(path: Path, body: str) -> str:
    """The page with `body` between its markers; ValueError when it does not have both, once each."""
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{path} must hold each of the two markers once")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{body}\n\n{END}{rest.split(END)[1]}"


def pages() -> dict[Path, str]:
    """The pages of the reference, as they should be."""
    return {
        path: page(path, body())
        for path, body in (
            (ROOT / "docs" / "settings.md", settings_table),
            (ROOT / "docs" / "commands.md", commands_reference),
        )
    }


def _section(name: str, parser: argparse.ArgumentParser, about: str) -> str:
    taken = arguments(parser)
    synopsis = " ".join([name, *map(_in_synopsis, taken)])
    lines = [f"### `{name}`", "", f"{_sentence(about)}", "", f"    {synopsis}"]
    if taken:
        lines += [
            "",
            "| | |",
            "|---|---|",
            *(f"| `{_cell(_as_typed(one))}` | {_cell(_meaning(one))} |" for one in taken),
        ]
    return "\n".join(lines)


def _in_synopsis(action: argparse.Action) -> str:
    typed = _as_typed(action)
    if action.nargs == "+":
        typed = f"{typed} ..." if action.option_strings else typed
    needed = action.required if action.option_strings else action.nargs not in ("?", "*")
    return typed if needed else f"[{typed}]"


def _as_typed(action: argparse.Action) -> str:
    value = "|".join(map(str, action.choices)) if action.choices else str(action.metavar or action.dest)
    if not action.option_strings:
        return f"{value}..." if action.nargs in ("+", "*") else value
    return action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {value}"


def _meaning(action: argparse.Action) -> str:
    return action.help or PLAIN.get(action.dest) or ("one of these" if action.choices else "")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")


def _code(default: str) -> str:
    return f"`{default}`" if default else "none"


def _cell(words: str) -> str:
    """Words fit for a cell of a Markdown table."""
    return words.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Write the pages, or with `--check` only tell which are stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    check = parser.parse_args().check
    stale = {path: text for path, text in pages().items() if path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        print(f"{path.relative_to(ROOT)} {'is stale' if check else 'written'}")
        if not check:
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
