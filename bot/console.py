"""The terminal as a transport: the same Application and handlers as on Telegram, without a socket.

What a person types becomes an Update; what the bot sends is drawn. Buttons are numbered, and a typed number presses
one. A line is read only when the bot has handled the one before it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, Final, Protocol, TextIO

from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from bot.terminal import draw, safe

TOKEN: Final = "1:terminal"  # noqa: S105 (python-telegram-bot wants one; it opens nothing)
BASE_URL: Final = "terminal:/bot"
PERSON: Final = 2
MAX_LINE: Final = 4096  # as long as a message on Telegram can be
QUIT: Final = ("/quit", "/exit")
DEMONSTRATION: Final = (
    "latest in Idlib",
    "how many were killed in Idlib in November 2019?",
    "ما آخر الأخبار في إدلب؟",
    "/help",
)
Result = dict[str, Any] | list[dict[str, Any]] | bool


class Lines(Protocol):
    """Where lines come from."""

    async def next(self, prompt: str) -> str | None:
        """The next line without its end; None when there are no more."""


class Typed:
    """Lines of a file descriptor, read by a thread of their own, so that Ctrl-C and signals are never kept waiting."""

    def __init__(self, descriptor: int | None, write: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._write = write
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._started = False

    async def next(self, prompt: str) -> str | None:
        """Write the prompt and wait for a line."""
        if not self._started:
            self._started = True
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._read, args=(loop,), daemon=True, name="stdin").start()
        if prompt:
            self._write(prompt)
        return await self._lines.get()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        rest = b""
        wants_more = True
        while wants_more:
            try:
                # Not through sys.stdin: its lock, held by this thread, would abort the interpreter's end.
                block = os.read(self._descriptor, 65536) if self._descriptor is not None else b""
            except OSError:
                block = b""
            *lines, rest = (rest + block).split(b"\n")
            rest = rest[: 4 * MAX_LINE]
            if not block:
                lines, wants_more = [*lines, *([rest] if rest else [])], False
            try:
                for line in lines:
                    loop.call_soon_threadsafe(self._lines.put_nowait, line.decode("utf-8", "replace")[:MAX_LINE])
                if not wants_more:
                    loop.call_soon_threadsafe(self._lines.put_nowait, None)
            except RuntimeError:  # the loop has ended
                return


class Scripted:
    """Lines known beforehand, shown as if typed; for the demonstration."""

    def __init__(self, lines: Sequence[str], write: Callable[[str], None]) -> None:
        self._lines = list(lines)
        self._write = write

    async def next(self, prompt: str) -> str | None:
        """The next of them."""
        if not self._lines:
            return None
        line = self._lines.pop(0)
        self._write(f"> {line}\n")
        return line


class OrDemonstration:
    """Lines from outside; if there is not a single one, the demonstration instead."""

    def __init__(self, lines: Lines, demonstration: Lines) -> None:
        self._lines = lines
        self._demonstration = demonstration
        self._asked = False
        self._empty = False

    async def next(self, prompt: str) -> str | None:
        """The next line."""
        while not self._empty:
            line = await self._lines.next(prompt)
            if line is None and not self._asked:
                self._empty = True
                break
            if line is None or line.strip():
                self._asked = True
                return line
        return await self._demonstration.next(prompt)


@dataclass(slots=True)
class Screen:
    """Where the bot's messages are drawn: a stream, in colour and of a width, or plain."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    colour: bool = False
    width: int | None = None
    closed: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """The screen of a stream: styles and wrapping only on a terminal; NO_COLOR and TERM=dumb are heeded."""
        terminal = stream.isatty()
        colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(stream, colour, max(20, min(get_terminal_size().columns, 100)) if terminal else None)

    def write(self, text: str) -> None:
        """Put text out; whoever reads may have left."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except UnicodeEncodeError:
            encoding = self.stream.encoding or "ascii"
            self.stream.write(text.encode(encoding, "replace").decode(encoding))
        except (BrokenPipeError, ValueError):
            self.closed = True

    def show(self, html: str) -> None:
        """One message and an empty line after it."""
        self.write(draw(html, colour=self.colour, width=self.width) + "\n\n")

    def note(self, text: str) -> None:
        """A line about the conversation: a button, a saved picture."""
        shown = safe(text).replace("\n", " ")
        self.write(f"\x1b[2m{shown}\x1b[0m\n" if self.colour else f"{shown}\n")


class ConsoleRequest(BaseRequest):
    """Plays the Bot API server to the library and Telegram to the person. `finished` is set when the lines end."""

    def __init__(self, lines: Lines, screen: Screen, pictures: Path, *, language: str = "en", prompt: str = "") -> None:
        self.finished = asyncio.Event()
        self._lines = lines
        self._screen = screen
        self._pictures = pictures
        self._language = language
        self._prompt = prompt
        self._last_update = 0
        self._last_message = 0
        self._messages: dict[int, dict[str, Any]] = {}
        self._buttons: list[tuple[int, str]] = []  # those that a number presses: message and data

    @property
    def read_timeout(self) -> float | None:
        """No time limit: a person may think."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Carry out one method of the Bot API."""
        name = url.rpartition("/")[2]
        given: dict[str, Any] = dict(request_data.parameters) if request_data else {}
        if name == "getUpdates":
            at_work = int(given.get("offset", 0)) <= self._last_update and self._last_update
            return _ok([] if at_work or not given.get("timeout") else await self._updates())
        if name == "getMe":
            return _ok(_ME)
        if name in ("sendPhoto", "sendDocument"):
            return _ok(self._picture(given, request_data))
        if name == "sendMessage":
            return _ok(self._message(given))
        if name in ("editMessageText", "editMessageCaption", "editMessageReplyMarkup"):
            return _ok(self._edit(given))
        if name == "answerCallbackQuery" and given.get("text"):
            self._screen.note(str(given["text"]))
        if name in ("sendLocation", "sendVenue"):
            return _ok(self._message({"text": f"{given.get('latitude')}, {given.get('longitude')}"}))
        return _ok(True)

    async def _updates(self) -> list[dict[str, Any]]:
        while not self._screen.closed:
            line = await self._lines.next(self._prompt)
            if line is None or line.strip().lower() in QUIT:
                break
            if line.strip():
                return [self._update(safe(line).strip())]
        self.finished.set()
        await asyncio.Event().wait()  # the run ends now and cancels this
        return []

    def _update(self, line: str) -> dict[str, Any]:
        self._last_update += 1
        buttons, self._buttons = self._buttons, []
        if line.isdecimal() and len(line) < 4 and 1 <= int(line) <= len(buttons):
            message, data = buttons[int(line) - 1]
            query = {"id": str(self._last_update), "from": self._person, "chat_instance": "1", "data": data}
            return {"update_id": self._last_update, "callback_query": {**query, "message": self._messages[message]}}
        message_json = {**self._envelope(), "from": self._person, "text": line}
        if line.startswith("/"):
            message_json["entities"] = [{"type": "bot_command", "offset": 0, "length": len(line.split()[0])}]
        return {"update_id": self._last_update, "message": message_json}

    def _message(self, given: dict[str, Any]) -> dict[str, Any]:
        message = {**self._envelope(), "from": _ME, "text": str(given.get("text", ""))}
        self._keep(message)
        self._draw(given, str(given.get("text", "")), message["message_id"])
        return message

    def _edit(self, given: dict[str, Any]) -> Result:
        number = int(given.get("message_id", 0))
        message = self._messages.get(number)
        if message is None:
            return True
        text = str(given.get("text") or given.get("caption") or "")
        if text:
            message["text"] = text
            self._draw(given, text, number)
        else:
            self._number(given, number)
        return message

    def _picture(self, given: dict[str, Any], data: RequestData | None) -> dict[str, Any]:
        message = {**self._envelope(), "from": _ME, "text": str(given.get("caption", ""))}
        self._keep(message)
        for name, content, _ in (data.multipart_data if data else {}).values():
            if isinstance(content, bytes):
                self._screen.note(f"[picture: {self._saved(str(name), content)}]")
        self._draw(given, str(given.get("caption", "")), message["message_id"])
        return message

    def _saved(self, name: str, content: bytes) -> Path:
        stem = "".join(c for c in Path(name).stem if c.isalnum() or c in "-_")[:60] or "picture"
        suffix = "".join(c for c in Path(name).suffix if c.isalnum() or c == ".")[:8]
        self._pictures.mkdir(parents=True, exist_ok=True)
        path, number = self._pictures / f"{stem}{suffix}", 1
        while path.exists() and path.read_bytes() != content:
            number += 1
            path = self._pictures / f"{stem}-{number}{suffix}"
        path.write_bytes(content)
        return path

    def _draw(self, given: dict[str, Any], html: str, number: int) -> None:
        if html:
            plain = given.get("parse_mode") != "HTML"
            self._screen.show(html.replace("&", "&amp;").replace("<", "&lt;") if plain else html)
        self._number(given, number)

    def _number(self, given: dict[str, Any], number: int) -> None:
        self._buttons = [known for known in self._buttons if known[0] != number]
        markup = given.get("reply_markup")
        rows = markup.get("inline_keyboard", []) if isinstance(markup, dict) else []
        shown = []
        for button in (button for row in rows for button in row):
            if "callback_data" in button:
                self._buttons.append((number, button["callback_data"]))
                shown.append(f"[{len(self._buttons)}] {button['text']}")
            elif "url" in button:
                shown.append(f"{button['text']} ({button['url']})")
        if shown:
            self._screen.note("  ".join(shown))
            self._screen.write("\n")

    def _envelope(self) -> dict[str, Any]:
        self._last_message += 1
        chat = {"id": PERSON, "type": "private", "first_name": "You"}
        return {"message_id": self._last_message, "date": int(time.time()), "chat": chat}

    def _keep(self, message: dict[str, Any]) -> None:
        self._messages[message["message_id"]] = message
        while len(self._messages) > 200:
            del self._messages[next(iter(self._messages))]

    @property
    def _person(self) -> dict[str, Any]:
        return {"id": PERSON, "is_bot": False, "first_name": "You", "language_code": self._language}


_ME: Final[dict[str, Any]] = {
    "id": 1,
    "is_bot": True,
    "first_name": "Sitrep",
    "username": "sitrep_terminal_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}


def _ok(result: Result) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": result}).encode()


def terminal_request(
    pictures: Path, *, language: str = "en", stdin: int | None = 0, stdout: TextIO | None = None
) -> ConsoleRequest:
    """The transport for this process's own terminal.

    A person at a terminal gets a prompt; lines through a pipe are answered one by one, plainly; with nothing to read, a
    short demonstration is given. `stdin` None: closed.
    """
    screen = Screen.of(stdout or sys.stdout)
    typed = Typed(stdin, screen.write)
    interactive = stdin is not None and _is_terminal(stdin)
    lines: Lines = typed if interactive else OrDemonstration(typed, Scripted(DEMONSTRATION, screen.write))
    return ConsoleRequest(lines, screen, pictures, language=language, prompt="> " if interactive else "")


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False
