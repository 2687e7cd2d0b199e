"""The command line: `sitrep ask "latest in Idlib"`. What each command does is in `bot/commands/`, imported when called.

Exit status: 0 done, 1 failed, 2 bad use or bad input. Errors go to stderr in one clear line, never as a traceback.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TypeAlias

from conflict.errors import SitrepError

ABOUT = "Sitrep: armed-conflict updates from stored reports, each with who said so, how sure that is and how fresh."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    os.umask(0o077)  # what is kept of people and sources is for the account that runs the bot alone
    arguments = build_parser().parse_args(argv)
    if arguments.command is None:
        build_parser().print_help()
        return 2
    module, function = arguments.call.split(":")
    try:
        return int(getattr(import_module(module), function)(arguments) or 0)
    except SitrepError as error:
        print(f"sitrep: {_one_line(str(error))}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        # The reader (head, less) went away: not an error of ours; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 128 + signal.SIGINT


def _one_line(message: str) -> str:
    """Keeps an error to one line, whatever a file name or a database driver put into it."""
    return " ".join(message.split())


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options; also read by the test that every command is documented."""
    parser = argparse.ArgumentParser(prog="sitrep", description=ABOUT, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_conversation(commands)
    _add_text(commands)
    _add_lists(commands)
    _add_operation(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add(commands: _Commands, name: str, call: str, help_text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
    command.set_defaults(call=f"bot.commands.{call}")
    return command


def _add_conversation(commands: _Commands) -> None:
    _add(commands, "run", "run:run", "run the bot on Telegram; without TELEGRAM_TOKEN, a chat in this terminal")
    _add(commands, "chat", "chat:chat", "the same bot in this terminal, buttons as numbers")

    ask = _add(commands, "ask", "ask:ask", "answer one question from what is stored")
    ask.add_argument("question", nargs="?", metavar="QUESTION", help='for example "latest in Idlib"')
    ask.add_argument("--now", metavar="ISO", help="answer as of this instant; later reports are hidden")
    ask.add_argument("--tz", metavar="ZONE", help="the reader's time zone, for example Asia/Damascus (default: UTC)")
    ask.add_argument("--language", metavar="TAG", help="the language of the answer (default: that of the question)")
    ask.add_argument("--json", action="store_true", help="question, answer and reply as JSON")
    ask.add_argument("--jsonl", action="store_true", help="read {id, text, now?, language?} lines, write JSON lines")


def _add_text(commands: _Commands) -> None:
    extract = _add(commands, "extract", "extract:extract", "show the events of one text, without storing anything")
    extract.add_argument("file", nargs="?", metavar="FILE", help="a text (default: standard input)")
    extract.add_argument("--published", metavar="ISO", help="when it was published: a day or an instant")
    extract.add_argument("--title", metavar="TITLE", help="its headline")
    extract.add_argument("--source", metavar="NAME", help="who published it")
    extract.add_argument("--explain", action="store_true", help="readable reasons, sentence by sentence")
    extract.add_argument("--jsonl", action="store_true", help="JSON lines in on standard input, JSON lines out")

    ingest = _add(commands, "ingest", "ingest:ingest", "store texts, feeds (XML) or articles (HTML) from files")
    ingest.add_argument("files", nargs="+", metavar="FILE", help="texts, RSS or Atom feeds, saved web pages")
    ingest.add_argument("--source", metavar="NAME", help="who published it")
    ingest.add_argument("--published", metavar="ISO", help="when: a day or an instant; without it the text is undated")
    ingest.add_argument("--title", metavar="TITLE", help="its headline")

    imported = _add(
        commands, "import", "import_:import_", "store conflict data from files: ACLED, UCDP GED, GDELT, own JSON lines"
    )
    imported.add_argument("files", nargs="+", metavar="FILE", help="CSV, TSV or XLSX, also in a zip; JSON lines")
    imported.add_argument(
        "--format", choices=["acled", "ucdp", "gdelt", "sitrep"], help="what it is (default: found out from its header)"
    )

    sample = _add(commands, "sample", "sample:sample", "the bundled sample (Idlib, end of 2019): load or remove it")
    sample.add_argument("action", choices=["load", "remove"])


def _add_lists(commands: _Commands) -> None:
    places = _add(commands, "places", "places:find", "look up place names")
    actions = places.add_subparsers(dest="action", metavar="ACTION", required=True)
    find = actions.add_parser("find", help="what a name may mean, best first", allow_abbrev=False)
    find.add_argument("name", nargs="?", metavar="NAME", help="in English or Arabic, any usual spelling")
    find.add_argument("--country", metavar="CC", help="prefer this country (ISO code or English name)")
    find.add_argument("--json", action="store_true", help="the candidates as JSON")
    find.add_argument("--jsonl", action="store_true", help="read {id, name, country?} lines, write JSON lines")

    lists = actions.add_parser("import", help="add the places of a list", allow_abbrev=False)
    lists.add_argument("file", metavar="FILE", help="a GeoNames country zip, or OCHA populated places (TSV, CSV, XLSX)")
    lists.set_defaults(call="bot.commands.places_import:import_places")

    poll = _add(commands, "poll", "poll:poll", "one round of the sources: read each once, due or not")
    poll.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="ids, names, countries (default: what SITREP_POLL_SOURCES says)"
    )

    about = "the sources: last success, new items and events, silent since, next poll, error; or whether they answer"
    sources = _add(commands, "sources", "sources:sources", about)
    sources.add_argument(
        "action", nargs="?", metavar="check", help="ask each now and say what is there; stores nothing"
    )
    sources.add_argument("sources", nargs="*", metavar="SOURCE", help="which to check: ids, names, countries")
    sources.add_argument("--all", action="store_true", help="those of the list that are not polled, too")
    sources.add_argument("--json", action="store_true", help="the same as JSON")
    about = "the ceasefires known: who is bound, where, since when; or add and end one, judge what reports propose"
    truces = _add(commands, "ceasefires", "ceasefires:ceasefires", about)
    truces.add_argument(
        "action", nargs="?", metavar="ACTION", help="add FILE, end ID DAY, check ID DAY, accept ID, reject ID"
    )
    truces.add_argument(
        "values", nargs="*", metavar="VALUE", help="a TOML file; or the ceasefire's id, and a day as 2019-08-31"
    )
    truces.add_argument("--json", action="store_true", help="the list as JSON")

    export = _add(commands, "export", "export:export", "write stored events to standard output")
    export.add_argument(
        "--format", choices=["csv", "geojson", "jsonl"], required=True, help="CSV table, map features or JSON lines"
    )
    export.add_argument("--place", metavar="NAME", help="only events there")
    export.add_argument("--since", metavar="DAY", help="only events from this day on")


def _add_operation(commands: _Commands) -> None:
    _add(commands, "migrate", "operate:migrate", "bring the database to the schema of this version")
    _add(commands, "doctor", "operate:doctor", "check settings, database, places and languages; say what is wrong")
    backup = _add(commands, "backup", "operate:backup", "copy the database to a file while the bot runs")
    backup.add_argument("file", metavar="FILE", help="a new file; an existing one is never overwritten")
    restore = _add(commands, "restore", "operate:restore", "fill an empty database from a backup, all of it or nothing")
    restore.add_argument("file", metavar="FILE", help="what `sitrep backup` wrote, of SQLite or of PostgreSQL")
    _add(
        commands,
        "healthcheck",
        "healthcheck:healthcheck",
        "exit 0 when the running bot is well, for container checks",
    )
