"""How a message looks in a terminal: Telegram's HTML as bold and plain text, wrapped, with nothing that could steer it.

Arabic is written in logical order with its isolates: terminals order it themselves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

_STYLES: Final = {
    "b": "1", "strong": "1", "i": "3", "em": "3", "u": "4", "ins": "4", "s": "9", "strike": "9", "del": "9",
    "code": "36", "pre": "36", "a": "34",
}  # fmt: skip
_QUOTE: Final = "│ "
# What would let a name in a report move the cursor, recolour the screen or turn the reading order of what follows.
_UNSAFE: Final[dict[int, str | None]] = {
    **dict.fromkeys([*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F)]),
    9: " ",
}


def safe(text: str) -> str:
    """The text without control characters (line ends stay) and without forced reading order (isolates stay)."""
    return text.translate(_UNSAFE)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line in one style; `quoted` pieces stand in a block quotation."""

    text: str
    style: str = ""
    quoted: bool = False


def draw(html: str, *, colour: bool = False, width: int | None = None) -> str:
    """A message as lines for a terminal of `width` columns (None: not wrapped), with ANSI styles if `colour`."""
    lines: list[str] = []
    for runs in _lines(html):
        quoted = any(run.quoted for run in runs)
        room = None if width is None else max(10, width - (len(_QUOTE) if quoted else 0))
        for row in _wrapped(runs, room):
            text = "".join(_styled(run, colour) for run in row).rstrip(" ")
            lines.append((_QUOTE if quoted else "") + text)
    return "\n".join(lines).strip("\n")


def columns(text: str) -> int:
    """How many columns a text takes: marks and controls none, wide East Asian letters two."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


class _Reader(HTMLParser):
    """Reads Telegram's HTML into runs; a tag it does not know is left out, its text stays."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, safe(dict(attrs).get("href") or "").replace("\n", " ")))
        if tag == "blockquote":
            self._fresh_line()

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                href = self._open.pop(index)[1]
                if tag == "a" and href:
                    self.runs.append(Run(f" ({href})", quoted=self._quoted))
                if tag == "blockquote":
                    self._fresh_line()
                return

    def handle_data(self, data: str) -> None:
        style = ";".join(dict.fromkeys(_STYLES[tag] for tag, _ in self._open if tag in _STYLES))
        self.runs.append(Run(safe(data), style, self._quoted))

    @property
    def _quoted(self) -> bool:
        return any(tag == "blockquote" for tag, _ in self._open)

    def _fresh_line(self) -> None:
        line = "".join(run.text for run in self.runs[-4:]).rpartition("\n")[2]
        if columns(line):  # a line with nothing but a direction mark counts as empty
            self.runs.append(Run("\n"))


def _lines(html: str) -> Iterator[list[Run]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    line: list[Run] = []
    for run in reader.runs:
        for number, part in enumerate(run.text.split("\n")):
            if number:
                yield line
                line = []
            if part:
                line.append(Run(part, run.style, run.quoted))
    yield line


def _wrapped(runs: list[Run], width: int | None) -> Iterator[list[Run]]:
    """The line cut at spaces so that each row fits; a word longer than a row stays whole (links can be copied)."""
    row: list[Run] = []
    used = 0
    for run in runs:
        for word in _words(run.text):
            wide = columns(word.rstrip(" "))
            if width is not None and row and used + wide > width:
                yield row
                row, used = [], 0
            row.append(Run(word, run.style, run.quoted))
            used += columns(word)
    yield row


def _words(text: str) -> Iterator[str]:
    """Words, each with the spaces that follow it."""
    start = 0
    for index in range(1, len(text)):
        if text[index - 1] == " " and text[index] != " ":
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _styled(run: Run, colour: bool) -> str:
    return f"\x1b[{run.style}m{run.text}\x1b[0m" if colour and run.style else run.text
