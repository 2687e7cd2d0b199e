"""The list of sources: who they are, whose they are, whom they repeat; read strictly, so that a slip is named at once.

The shipped list is data/sources.toml; an operator's own file has the same form, adds sources and replaces those of the
same id. Nothing here is fetched: `verified_on` says when somebody last did.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from conflict.errors import SettingsError
from ingest.addresses import Allowance, check_url
from ingest.sources.languages import language_tag

_WORDS: Final = 300  # characters of a note
_OPEN: Final = Allowance.parse(["0.0.0.0/0", "::/0"])  # what may be reached is decided when it is


class SourceKind(StrEnum):
    """What sort of publisher it is. `PARTY`: run by a government or group that fights in one of its countries."""

    MONITOR = "monitor"
    WIRE = "wire"
    OUTLET = "outlet"
    PARTY = "party"
    OFFICIAL = "official"
    UN = "un"
    AID = "aid"


class SourceFormat(StrEnum):
    """How it is read. `FEED`: RSS, Atom or JSON Feed; the others are the interfaces that the page on sources names."""

    FEED = "feed"
    ACLED = "acled"
    UCDP = "ucdp"
    RELIEFWEB = "reliefweb"
    GDELT = "gdelt"


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher that is read. `countries` are ISO 3166-1 codes of what it reports on, none for the whole world.

    `copies` names whom it often repeats, so that its word is not taken for a second one. `full_text`: the pages of its
    items are read too, where its terms let us. `verified_on` None: nobody has seen it answer yet.
    """

    source_id: str
    name: str
    kind: SourceKind
    url: str
    language: str
    countries: tuple[str, ...]
    owner: str
    licence: str
    copies: tuple[str, ...] = ()
    format: SourceFormat = SourceFormat.FEED
    full_text: bool = False
    enabled: bool = True
    verified_on: date | None = None
    note: str = ""


_REQUIRED: Final = ("id", "name", "kind", "url", "language", "countries", "owner", "licence", "verified_on", "enabled")
_KNOWN: Final = frozenset((*_REQUIRED, "copies", "format", "full_text", "note", "plain_http"))


def load_sources(own: Path | None = None) -> tuple[Source, ...]:
    """The shipped sources, with those of an operator's file. Raises SettingsError naming every fault."""
    shipped = read_sources(files("ingest").joinpath("data", "sources.toml").read_text(encoding="utf-8"), "sources.toml")
    found = {source.source_id: source for source in shipped}
    if own is not None:
        try:
            text = own.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise SettingsError(f"{own} cannot be read as text in UTF-8.") from error
        found |= {source.source_id: source for source in read_sources(text, own.name)}
    return tuple(found.values())


def read_sources(text: str, where: str) -> tuple[Source, ...]:
    """The sources of a TOML text. Raises SettingsError that names every fault, each with its source."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not TOML: {error}.") from error
    rows = table.get("source", [])
    if set(table) - {"source"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"{where} holds something other than [[source]] tables.")
    faults: list[str] = []
    sources: list[Source] = []
    seen: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        name = str(row.get("id") or f"source {number}")
        mine = _faults(row)
        for key in ("id", "url"):
            value = str(row.get(key, ""))
            if value and (other := seen.setdefault(f"{key} {value}", name)) is not name:
                mine.append(f"{key} is that of {other}")
        if mine:
            faults += [f"{name}: {fault}" for fault in mine]
        else:
            sources.append(_source(row))
    if faults:
        raise SettingsError(f"{where}: {'; '.join(faults)}.")
    return tuple(sources)


def _faults(row: Mapping[str, Any]) -> list[str]:
    faults = [f"{key} is missing" for key in _REQUIRED if key not in row]
    faults += [f"{key} is not known here" for key in sorted(set(row) - _KNOWN)]
    if faults:
        return faults
    identity = row["id"]
    if not isinstance(identity, str) or not identity or set(identity) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        faults.append("id has other than small letters, digits and hyphens")
    for key in ("name", "owner", "licence", "note"):
        value = row.get(key, "")
        if not isinstance(value, str) or len(value) > _WORDS or (key != "note" and not value.strip()):
            faults.append(f"{key} is not a short text")
    for key in ("enabled", "full_text", "plain_http"):
        if not isinstance(row.get(key, False), bool):
            faults.append(f"{key} is neither true nor false")
    if row["kind"] not in {kind.value for kind in SourceKind}:
        faults.append(f"kind is none of {', '.join(SourceKind)}")
    if row.get("format", "feed") not in {form.value for form in SourceFormat}:
        faults.append(f"format is none of {', '.join(SourceFormat)}")
    if not isinstance(row["language"], str) or language_tag(row["language"]) != row["language"]:
        faults.append("language is not a code such as en or ar")
    return faults + _list_faults(row) + _url_faults(row) + _date_faults(row)


def _list_faults(row: Mapping[str, Any]) -> list[str]:
    faults = []
    countries, copies = row["countries"], row.get("copies", [])
    if not isinstance(countries, list) or not all(
        isinstance(code, str) and len(code) == 2 and code.isascii() and code.isupper() for code in countries
    ):
        faults.append("countries are not a list of codes such as SY")
    if not isinstance(copies, list) or not all(isinstance(name, str) and name.strip() for name in copies):
        faults.append("copies is not a list of names")
    return faults


def _url_faults(row: Mapping[str, Any]) -> list[str]:
    url = row["url"]
    found = check_url(url, _OPEN) if isinstance(url, str) else "its link is not text"
    if isinstance(found, str):
        return [f"url: {found}"]
    if found.url.scheme == "http" and not row.get("plain_http", False):
        return ["url is not https; if the source offers no other, say plain_http = true"]
    return []


def _date_faults(row: Mapping[str, Any]) -> list[str]:
    given = row["verified_on"]
    if given == "" or isinstance(given, date):
        return []
    try:
        date.fromisoformat(given)
    except (TypeError, ValueError):
        return ['verified_on is neither empty ("") nor a day such as 2026-11-22']
    return []


def _source(row: Mapping[str, Any]) -> Source:
    checked = row["verified_on"]
    return Source(
        source_id=row["id"],
        name=row["name"].strip(),
        kind=SourceKind(row["kind"]),
        url=row["url"],
        language=row["language"],
        countries=tuple(row["countries"]),
        owner=row["owner"].strip(),
        licence=row["licence"].strip(),
        copies=tuple(name.strip() for name in row.get("copies", [])),
        format=SourceFormat(row.get("format", "feed")),
        full_text=row.get("full_text", False),
        enabled=row["enabled"],
        verified_on=checked if isinstance(checked, date) else date.fromisoformat(checked) if checked else None,
        note=row.get("note", "").strip(),
    )
