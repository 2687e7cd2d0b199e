"""Tables in files: CSV in any common delimiter, TSV, the same in a zip, and the first sheet of an XLSX.

Rows come one at a time with the line they begin on; a row that cannot be read is a `Rejection`, and the rows after it
are still read. Sizes are bounded while unpacking: what a file says of itself is not believed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from conflict.errors import InputError
from ingest.sources.rows import Rejection
from ingest.sources.xlsx import read_sheet

DELIMITERS = ",\t;|"
LONGEST_CELL = 131_072  # characters
LONGEST_LINE = 8_000_000
MOST_UNPACKED = 16 << 30
MOST_TIMES = 250  # a member may grow to so many times its packed size; conflict data pack to a tenth
_SHOWN = 2_000  # characters of a refused line that are kept
RawRow = tuple[int, list[str]]


class TableFile:
    """One open file: its first row, all rows, and how much of it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stack = ExitStack()
        self._raw: IO[bytes] | None = None
        self.size = 0
        self.is_xlsx = False

    def __enter__(self) -> TableFile:
        self._open()
        return self

    def _open(self) -> IO[bytes]:
        """The file once more from its beginning; the newest is the one whose progress is shown."""
        try:
            self._raw = self._stack.enter_context(self.path.open("rb"))
            self.size = self.path.stat().st_size
        except OSError as error:
            raise InputError(f"{self.path.name} cannot be read: {error.strerror}") from error
        return self._raw

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def done(self) -> float:
        """The share of the file read so far, 0-1."""
        return self._raw.tell() / self.size if self._raw and self.size and not self._raw.closed else 0.0

    def text(self, member: str | None = None) -> IO[str]:
        """The file as text from its beginning, or the one table in a zip. Bytes that are no UTF-8 become surrogates."""
        raw = self._open()
        start = raw.read(4)
        raw.seek(0)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise InputError(f"{self.path.name} is UTF-16; save it as UTF-8 (in Excel: CSV UTF-8)")
        stream: IO[bytes] = raw
        if start == b"PK\x03\x04":
            stream = self._unpacked(raw, member)
        return self._stack.enter_context(
            io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
        )

    def _unpacked(self, raw: IO[bytes], member: str | None) -> IO[bytes]:
        try:
            archive = self._stack.enter_context(zipfile.ZipFile(raw))
            names = [i for i in archive.infolist() if not i.is_dir()]
            if any(i.filename == "xl/workbook.xml" for i in names):
                self.is_xlsx = True
                return io.BytesIO()
            tables = [
                i
                for i in names
                if i.filename == member
                or (member is None and i.filename.lower().endswith((".csv", ".tsv", ".txt", ".jsonl")))
            ]
            tables = [i for i in tables if "readme" not in i.filename.lower()] or tables
            if len(tables) != 1:
                raise InputError(f"{self.path.name} holds {len(tables)} tables; one is expected. Unpack it first")
            return io.BufferedReader(_Bounded(archive.open(tables[0]), tables[0], self.path.name))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise InputError(f"{self.path.name} is no zip that can be read: {error}") from error

    def rows(self, delimiter: str | None = None) -> Iterator[RawRow | Rejection]:
        """Every row of the table, the header first. `delimiter` None: an XLSX, or found out from the first line."""
        text = self.text()
        if self.is_xlsx:
            yield from read_sheet(self.path)
            return
        first = text.readline(LONGEST_LINE)
        if delimiter is None:
            delimiter = likely_delimiter(first)
        yield from _rows(_Lines(text, first), delimiter)

    def first_line(self) -> str:
        """The first line, for telling what kind of file it is; empty for an XLSX."""
        return self.text().readline(65_536)


def likely_delimiter(line: str) -> str:
    """The delimiter that parts a header into most cells."""
    return max(DELIMITERS, key=line.count)


class _Lines:
    """Lines of a text, with those of the current row kept, so that they can be read again one by one."""

    def __init__(self, text: IO[str], first: str) -> None:
        self._read: Callable[[int], str] = text.readline
        self._again = [first] if first else []
        self.held: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.held.append(line)
        return line

    def push_back(self, lines: list[str]) -> None:
        self._again.extend(reversed(lines))


def _rows(lines: _Lines, delimiter: str) -> Iterator[RawRow | Rejection]:
    line, held = 1, lines.held
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        held.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quotation mark that is never closed swallows the lines after it: only the first of them is refused.
            yield Rejection(line, _reason(str(error)), held[0][:_SHOWN] if held else None)
            lines.push_back(held[1:])
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            line += 1
            continue
        if cells:
            yield line, cells
        line += len(held)


def _reason(words: str) -> str:
    if "field larger" in words:
        return f"a cell of more than {LONGEST_CELL:,} characters, or a quotation mark that is not closed"
    if "end of data" in words:
        return "a quotation mark that is not closed; the file may be cut off"
    return f"quotation marks that do not match ({words})"


class _Bounded(io.RawIOBase):
    """A member of a zip while it is unpacked, refused when it grows beyond reason."""

    def __init__(self, member: IO[bytes], info: zipfile.ZipInfo, name: str) -> None:
        self._member = member
        self._left = min(MOST_UNPACKED, max(info.compress_size, 1 << 16) * MOST_TIMES)
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # a writable buffer, which typing cannot say in 3.11
        try:
            data = self._member.read(len(view))
        except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
            raise InputError(f"{self._name} is damaged: {error}") from error
        except Exception as error:  # zlib.error is none of the above
            raise InputError(f"{self._name} is damaged: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            raise InputError(f"{self._name} unpacks to far more than its size: it is refused")
        view[: len(data)] = data
        return len(data)
