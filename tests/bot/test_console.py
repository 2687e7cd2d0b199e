"""The terminal chat: the real Application over the in-process transport."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from telegram import Bot

from bot.app import build_application
from bot.console import (
    DEMONSTRATION,
    MAX_LINE,
    ConsoleRequest,
    OrDemonstration,
    Screen,
    Scripted,
    Typed,
    terminal_request,
)
from bot.lifecycle import run
from bot.settings import load_settings
from tests.handlers.fakes import FakeConversation
from tests.handlers.running import catalog


class Said:
    """Lines of a test."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)

    async def next(self, prompt: str) -> str | None:
        return self.lines.pop(0) if self.lines else None


async def chat(request: ConsoleRequest, conversation: FakeConversation | None = None) -> int:
    application, poller = build_application(
        load_settings(None), conversation or FakeConversation(), catalog(), request, sample=True
    )
    async with asyncio.timeout(5):
        return await run(application, poller, stop=request.finished, signals=False)


async def test_questions_are_answered_one_by_one_and_buttons_are_numbers(tmp_path: Path) -> None:
    stream = io.StringIO()
    conversation = FakeConversation()
    request = ConsoleRequest(Said(["latest in Idlib", "", "4", "99", "/QUIT", "never"]), Screen(stream), tmp_path)
    assert await chat(request, conversation) == 0
    assert conversation.asked == ["latest in Idlib", "again gn:174186 1", "99"]
    text = stream.getvalue()
    assert "[4] Older" in text
    assert "page 2 of 3" in text
    assert "\x1b" not in text


async def test_buttons_belong_to_the_latest_answer_only(tmp_path: Path) -> None:
    stream = io.StringIO()
    conversation = FakeConversation()
    request = ConsoleRequest(Said(["which Kafr Nabl", "2", "/privacy", "2"]), Screen(stream), tmp_path)
    await chat(request, conversation)
    assert conversation.asked == ["which Kafr Nabl", "again gn:2 0", "2"]


async def test_with_nothing_to_read_a_demonstration_is_given(tmp_path: Path) -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    lines = OrDemonstration(Said([]), Scripted(DEMONSTRATION, screen.write))
    conversation = FakeConversation()
    assert await chat(ConsoleRequest(lines, screen, tmp_path), conversation) == 0
    assert [f"> {line}" in stream.getvalue() for line in DEMONSTRATION] == [True] * len(DEMONSTRATION)
    assert "إدلب" in stream.getvalue()


@pytest.mark.parametrize("sent", [b"latest\r\nlatest in Idlib", b"\n\nlatest\n\nlatest in Idlib\n"])
async def test_lines_come_through_a_pipe(tmp_path: Path, sent: bytes) -> None:
    read, write = os.pipe()
    os.write(write, sent)
    os.close(write)
    stream = io.StringIO()
    conversation = FakeConversation()
    request = terminal_request(tmp_path, stdin=read, stdout=stream)
    assert await chat(request, conversation) == 0
    os.close(read)
    assert conversation.asked == ["latest", "latest in Idlib"]
    assert "> " not in stream.getvalue()


async def test_an_empty_or_closed_input_gives_the_demonstration(tmp_path: Path) -> None:
    conversation = FakeConversation()
    assert await chat(terminal_request(tmp_path, stdin=None, stdout=io.StringIO()), conversation) == 0
    assert conversation.asked == [line for line in DEMONSTRATION if not line.startswith("/")]


async def test_an_endless_line_and_broken_bytes_are_bounded(tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_bytes(b"x" * 300_000 + b"\n\xff\xfe latest\n")
    descriptor = os.open(file, os.O_RDONLY)
    typed = Typed(descriptor, lambda text: None)
    first, second, end = [await typed.next("") for _ in range(3)]
    os.close(descriptor)
    assert first == "x" * MAX_LINE
    assert second == "\ufffd\ufffd latest"
    assert end is None


async def test_pictures_are_saved_under_tame_names(tmp_path: Path) -> None:
    stream = io.StringIO()
    request = ConsoleRequest(Said([]), Screen(stream), tmp_path / "pictures")
    bot = Bot("1:x", request=request, get_updates_request=request)
    await bot.send_photo(2, b"png one", filename="../../etc/map.png", caption="<b>Map</b>", parse_mode="HTML")
    await bot.send_photo(2, b"png two", filename="map.png")
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["map-2.png", "map.png"]
    assert "[picture: " in stream.getvalue()
    assert "Map" in stream.getvalue()


async def test_plain_text_is_not_read_as_markup_and_cannot_steer_the_terminal(tmp_path: Path) -> None:
    stream = io.StringIO()
    request = ConsoleRequest(Said([]), Screen(stream, colour=True), tmp_path)
    bot = Bot("1:x", request=request, get_updates_request=request)
    await bot.send_message(2, "1 < 2 & \x1b[2J\x9b2J <b>")
    assert stream.getvalue() == "1 < 2 & [2J2J <b>\n\n"


def test_a_reader_who_left_ends_the_chat_quietly() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    screen = Screen(Gone())
    screen.write("x")
    assert screen.closed


def test_colour_is_for_terminals_only_and_can_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert not Screen.of(io.StringIO()).colour
    assert Screen.of(Terminal()).colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Screen.of(Terminal()).colour
