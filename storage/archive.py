"""The portable backup: a zip file with one member a table, in rows of text, and a manifest of what must be there.

It is what a backup of PostgreSQL is, and either database can be restored from it. `unzip -p FILE manifest.json` shows
what it holds. Reading is bounded and checks every length and checksum; InputError for whatever is not as it says.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conflict.errors import InputError
from storage.rowtext import Kind

FORMAT = "sitrep-backup"
VERSION = 1
MANIFEST = "manifest.json"
MAX_MANIFEST = 1 << 20
MAX_LINE = 64 << 20  # bytes of one row; the longest report is far below
CHUNK = 1 << 18
LEVEL = 1  # of compression: half the time of the usual 6 for a tenth more bytes

# What a damaged or strange zip file makes the library raise.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError)


class TableEntry(BaseModel):
    """One table in the manifest. `next_id`: the number its next row would get, where rows are numbered."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: str = Field(max_length=63)
    columns: dict[str, Kind] = Field(strict=False, min_length=1, max_length=500)
    rows: int = Field(ge=0)
    size: int = Field(ge=0)
    sha256: str = Field(min_length=64, max_length=64)
    next_id: int | None = Field(default=None, ge=1, lt=1 << 62)


class Manifest(BaseModel):
    """What a portable backup says of itself. `revision` is that of the schema; `made_at` in ISO 8601, UTC."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    format: str
    version: int
    revision: str = Field(max_length=40)
    made_at: str = Field(max_length=40)
    tables: list[TableEntry] = Field(max_length=500)


@dataclass(slots=True)
class Tally:
    """Rows, bytes and checksum of a table's lines, counted as they pass."""

    rows: int = 0
    size: int = 0
    sha256: str = ""

    def of(self, chunks: Iterable[bytes | memoryview]) -> Iterator[bytes]:
        """The same chunks; when the last has passed, `rows`, `size` and `sha256` are set."""
        digest = hashlib.sha256()
        for chunk in chunks:
            data = bytes(chunk)
            digest.update(data)
            self.size += len(data)
            self.rows += data.count(b"\n")
            yield data
        self.sha256 = digest.hexdigest()

    def matches(self, entry: TableEntry) -> bool:
        """Whether this is what the manifest says."""
        return asdict(self) == {"rows": entry.rows, "size": entry.size, "sha256": entry.sha256}


class ArchiveWriter:
    """Writes tables, then the manifest; without `finish` there is none, and the file is no backup."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._tables: list[TableEntry] = []

    def add(
        self, name: str, columns: dict[str, Kind], lines: Iterable[bytes | memoryview], next_id: int | None
    ) -> TableEntry:
        """Write one table's lines."""
        tally = Tally()
        with self._zip.open(_member(name), "w", force_zip64=True) as target:
            for block in _joined(tally.of(lines)):
                target.write(block)
        entry = TableEntry(name=name, columns=columns, next_id=next_id, **asdict(tally))
        self._tables.append(entry)
        return entry

    def finish(self, revision: str, made_at: str) -> None:
        """Write the manifest."""
        manifest = Manifest(format=FORMAT, version=VERSION, revision=revision, made_at=made_at, tables=self._tables)
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))

    def close(self) -> None:
        """Close the zip file."""
        self._zip.close()


def _joined(chunks: Iterable[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """The same bytes in blocks that are worth compressing at once."""
    block = bytearray()
    for chunk in chunks:
        block += chunk
        if len(block) >= size:
            yield bytes(block)
            block.clear()
    yield bytes(block)


class ArchiveReader:
    """Reads a portable backup; InputError for whatever is not as the manifest says."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._sound():
            self._zip = zipfile.ZipFile(path)
        try:
            with self._sound(), self._zip.open(MANIFEST) as member:
                words = member.read(MAX_MANIFEST + 1)
            self.manifest = self._understood(words)
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    @property
    def revision(self) -> str:
        """The schema that was saved."""
        return self.manifest.revision

    @property
    def saved_at(self) -> str:
        """The same: nothing is changed before it is restored."""
        return self.revision

    def names(self) -> list[str]:
        """The tables that were saved."""
        return [entry.name for entry in self.manifest.tables]

    def columns(self, name: str) -> dict[str, Kind]:
        """What a table holds."""
        return self._entry(name).columns

    def next_id(self, name: str) -> int | None:
        """The number that the next row would have got."""
        return self._entry(name).next_id

    def lines(self, name: str) -> Generator[bytes]:
        """A table's rows, each with its end."""
        entry, tally = self._entry(name), Tally()
        with self._sound(), self._zip.open(_member(name)) as member:
            for line in tally.of(_lines(io.BufferedReader(_Raw(member), CHUNK))):
                if tally.size > entry.size:  # a bomb, perhaps: no need to see how large it grows
                    break
                yield line
            if not tally.matches(entry):
                raise ValueError(f"{name} is not as the manifest says")

    def _entry(self, name: str) -> TableEntry:
        return next(entry for entry in self.manifest.tables if entry.name == name)

    def _understood(self, words: bytes) -> Manifest:
        try:
            raw = json.loads(words) if len(words) <= MAX_MANIFEST else None
            if not isinstance(raw, dict) or raw.get("format") != FORMAT:
                raise self._damaged("its manifest is not one of Sitrep's")
            if raw.get("version") != VERSION:
                raise InputError(f"{self._path} is a backup of a newer kind; restore it with a newer Sitrep")
            return Manifest.model_validate_json(words)
        except (ValueError, RecursionError, ValidationError) as fault:
            raise self._damaged("its manifest cannot be read") from fault

    @contextmanager
    def _sound(self) -> Iterator[None]:
        try:
            yield
        except DAMAGE as fault:
            raise self._damaged(str(fault) or type(fault).__name__) from fault

    def _damaged(self, what: str) -> InputError:
        return InputError(f"{self._path} is damaged, or no backup of Sitrep's: {what}. Nothing was restored")


def _member(table: str) -> str:
    return f"tables/{table}.copy"


class _Raw(io.RawIOBase):
    """A zip member for a buffered reader."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._member.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _lines(source: io.BufferedReader) -> Iterator[bytes]:
    while line := source.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE or not line.endswith(b"\n"):
            raise ValueError("a row is too long or has no end")
        yield line
