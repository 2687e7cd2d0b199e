"""The first sheet of an XLSX as rows of text: a bounded reader of what OCHA and others publish, no spreadsheet.

XML is parsed as a stream; a document type or an entity is refused; sizes are counted while unpacking. Dates come as the
number that the file holds, since only its styles would tell that they are dates.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from conflict.errors import InputError

MOST_BYTES = 400 << 20  # of one part, unpacked
MOST_TIMES = 250
MOST_TEXT = 200 << 20  # characters of all shared strings together
MOST_COLUMNS = 512
_CHUNK = 1 << 16


def read_sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line (as Excel counts) and cells of each row that is not empty. InputError in one clear line."""
    try:
        with zipfile.ZipFile(path) as archive:
            shared = _shared_strings(archive, path.name)
            sheet = next((i for i in archive.infolist() if i.filename == "xl/worksheets/sheet1.xml"), None)
            sheet = sheet or next((i for i in archive.infolist() if i.filename.startswith("xl/worksheets/")), None)
            if sheet is None:
                raise InputError(f"{path.name} has no sheet")
            parser = _Sheet(shared)
            for chunk in _chunks(archive, sheet, path.name):
                parser.feed(chunk)
                yield from parser.take()
            parser.close()
            yield from parser.take()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(f"{path.name} cannot be read as XLSX: {error}") from error
    except expat.ExpatError as error:
        raise InputError(f"{path.name} holds XML that is not well-formed: {error}") from error


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    left = min(MOST_BYTES, max(info.compress_size, 1 << 16) * MOST_TIMES)
    with archive.open(info) as part:
        while chunk := part.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise InputError(f"{name} unpacks to far more than its size: it is refused")
            yield chunk


def _shared_strings(archive: zipfile.ZipFile, name: str) -> list[str]:
    info = next((i for i in archive.infolist() if i.filename == "xl/sharedStrings.xml"), None)
    if info is None:
        return []
    parser = _Strings(name)
    for chunk in _chunks(archive, info, name):
        parser.feed(chunk)
    parser.close()
    return parser.found


class _Parser:
    """What both parts share: no document types, text collected inside chosen elements."""

    def __init__(self) -> None:
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse
        self._expat.EntityDeclHandler = self._refuse
        self._expat.StartElementHandler = lambda name, given: self.start(name.rpartition(" ")[2], given)
        self._expat.EndElementHandler = lambda name: self.end(name.rpartition(" ")[2])
        self._expat.CharacterDataHandler = self.words

    def feed(self, chunk: bytes) -> None:
        self._expat.Parse(chunk, False)

    def close(self) -> None:
        self._expat.Parse(b"", True)

    def _refuse(self, *_: object) -> None:
        raise InputError("The XLSX declares a document type or an entity: it is refused")

    def start(self, name: str, given: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def words(self, text: str) -> None:
        raise NotImplementedError


class _Strings(_Parser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._name = name
        self._parts: list[str] = []
        self._inside = self._phonetic = False
        self._left = MOST_TEXT

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._phonetic = True
        self._inside = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self._inside = False
        if name == "si":
            self.found.append("".join(self._parts))
        elif name == "rPh":
            self._phonetic = False

    def words(self, text: str) -> None:
        if self._inside:
            self._left -= len(text) + 50
            if self._left < 0:
                raise InputError(f"{self._name} holds more text than can be read; save it as CSV")
            self._parts.append(text)


class _Sheet(_Parser):
    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self._shared = shared
        self._rows: list[tuple[int, list[str]]] = []
        self._cells: dict[int, str] = {}
        self._line = self._column = 0
        self._kind = ""
        self._inside = False
        self._parts: list[str] = []

    def take(self) -> list[tuple[int, list[str]]]:
        """The rows finished since last time."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "row":
            number = given.get("r", "")
            self._line = int(number) if number.isdigit() and len(number) < 9 else self._line + 1
            self._cells, self._column = {}, 0
        elif name == "c":
            self._column = _column(given.get("r", "")) or self._column + 1
            self._kind = given.get("t", "n")
            self._parts = []
        elif name in ("v", "t"):
            self._inside = True

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._inside = False
        elif name == "c":
            if self._column <= MOST_COLUMNS:
                self._cells[self._column] = self._value("".join(self._parts))
        elif name == "row" and any(self._cells.values()):
            last = max(self._cells)
            self._rows.append((self._line, [self._cells.get(n, "") for n in range(1, last + 1)]))

    def words(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def _value(self, text: str) -> str:
        if self._kind != "s":
            return text
        try:
            return self._shared[int(text)]
        except (ValueError, IndexError):
            raise InputError(f"The XLSX points at a text that is not there (row {self._line})") from None


def _column(reference: str) -> int:
    """The number of a column from a cell's reference: "AB12" is 28; 0 where there is none."""
    number = 0
    for letter in reference[:4]:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number
