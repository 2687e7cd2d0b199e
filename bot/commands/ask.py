"""`sitrep ask`: one question, or many as JSON lines, answered from what is stored."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from bot.answering import Answering
from bot.clock import clock
from bot.opening import answering, instant, load_catalog, open_database, settings_with_logs, zone
from bot.terminal import draw
from conflict.answers import Answer, Reply
from conflict.askjson import answer_json, clarification_json, question_json
from conflict.errors import InputError, UsageError
from conflict.questions import Clarification
from messages.answers import render_answer
from messages.catalog import Catalog
from messages.choices import render_clarification, understood

MAX_LINE = 100_000  # characters of one JSON line


@dataclass(frozen=True, slots=True)
class Asking:
    """One question from the command line to its answer and its wording."""

    answering: Answering
    catalog: Catalog
    tz: tzinfo
    default_language: str

    def __call__(self, text: str, now: datetime | None, language: str | None) -> tuple[Answer | Clarification, Reply]:
        """The answer as data and as people see it; with `now`, as it was known then."""
        answer = self.answering.ask(text, now=now or clock(), tz=self.tz, as_of=now)
        question = answer.question
        texts = self.catalog.texts(language or question.language or self.default_language)
        if isinstance(answer, Clarification):
            return answer, render_clarification(answer, texts)
        return answer, render_answer(answer, texts, tz=self.tz)

    def as_json(self, text: str, now: datetime | None, language: str | None) -> dict[str, Any]:
        """`{question, answer, reply}`; the answer is null when the question must first be made clear."""
        answer, reply = self(text, now, language)
        texts = self.catalog.texts(language or answer.question.language or self.default_language)
        line = understood(answer.question, texts, tz=self.tz)
        if isinstance(answer, Clarification):
            return {"question": clarification_json(answer, line), "answer": None, "reply": reply_json(reply)}
        return {
            "question": question_json(answer.question, line),
            "answer": answer_json(answer),
            "reply": reply_json(reply),
        }


def reply_json(reply: Reply) -> dict[str, Any]:
    """What a person sees: Telegram HTML, the same as plain text, and the rows of buttons."""
    buttons = [[{"label": b.label, "data": b.data, "url": b.url} for b in row] for row in reply.buttons]
    return {"html": reply.html, "text": draw(reply.html), "buttons": buttons}


def ask(arguments: Namespace) -> int:
    """Answer, and say it."""
    if (arguments.question is None) != arguments.jsonl:
        raise UsageError('Give one question, as in: sitrep ask "latest in Idlib"; or --jsonl and questions on stdin.')
    settings = settings_with_logs()
    now = instant(arguments.now, "--now") if arguments.now else None
    tz = zone(arguments.tz, settings.timezone)
    storage = open_database(settings.storage_url)
    try:
        answers = answering(settings, storage)
        asking = Asking(answers, load_catalog(answers.places), tz, settings.language)
        if arguments.jsonl:
            return _many(asking, now, arguments.language)
        if arguments.json:
            print(_dump(asking.as_json(arguments.question, now, arguments.language)))
        else:
            print(draw(asking(arguments.question, now, arguments.language)[1].html, colour=sys.stdout.isatty()))
    finally:
        storage.close()
    return 0


def _many(asking: Asking, now: datetime | None, language: str | None) -> int:
    """Each line as it comes, in order; a line that cannot be read gives an error line, and exit status 2 at the end."""

    def answered(row: dict[str, Any]) -> dict[str, Any]:
        text = row.get("text")
        if not isinstance(text, str):
            raise InputError('has no "text"')
        at = instant(row["now"], '"now"') if isinstance(row.get("now"), str) else now
        chosen = row.get("language") if isinstance(row.get("language"), str) else language
        return asking.as_json(text, at.astimezone(UTC) if at else None, chosen)

    return each_json_line(answered)


def each_json_line(work: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Read JSON objects from stdin line by line and write one for each, its `id` kept, in order, as they come.

    What cannot be read is answered by `{id, error}` and told on stderr; the exit status is then 2.
    """
    status = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        row: dict[str, Any] = {}
        try:
            row = _row(line)
            result = work(row)
        except (InputError, UsageError) as error:
            status = 2
            print(f"sitrep: line {number}: {error}", file=sys.stderr)
            result = {"error": str(error)}
        print(_dump({"id": row.get("id"), **result}), flush=True)
    return status


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InputError("is not JSON in UTF-8") from None
    if not isinstance(row, dict):
        raise InputError("is not a JSON object")
    return row


def _dump(value: dict[str, Any]) -> str:
    # A lone surrogate may come in through JSON escapes; stdout could not encode it.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
