"""Bytes to text: what is declared is believed unless the bytes contradict it; else it is guessed, and said to be.

Only encodings of the table below are decoded: a name that a server or a document sends never chooses one of Python's
codecs that are no character encodings, or are slow.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# As browsers do (WHATWG Encoding Standard): the small sets are read as the larger ones that people really write.
_READ_AS: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
}
_KNOWN: Final = frozenset(
    [f"cp125{n}" for n in range(9)]
    + [f"iso8859-{n}" for n in range(2, 17) if n not in (9, 11, 12)]
    + ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "koi8-r", "koi8-u", "cp866", "cp874"]
    + ["mac-cyrillic", "gb18030", "big5", "euc_jp", "shift_jis", "iso2022_jp", "euc_kr"]
)
_SEVEN_BIT: Final = frozenset({"iso2022_jp"})
_IN_DOCUMENT: Final = re.compile(rb"""(?:encoding|charset)\s{0,8}=\s{0,8}["']?\s{0,8}([A-Za-z0-9_:.-]{2,40})""")
_RUNS: Final = re.compile(rb"[\x80-\xff]{3,}")  # of letters beyond ASCII: words of another script


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read in, whether that was a guess, and how many characters could not be read."""

    text: str
    encoding: str
    guessed: bool = False
    lost: int = 0


def decode(raw: bytes, declared: str | None = None) -> Decoded:
    """The text of bytes that a server or a file gives; never fails: what cannot be read becomes U+FFFD and is counted.

    In order: a byte order mark; UTF-8 when the bytes are valid UTF-8 beyond ASCII (other encodings do not look so by
    accident); `declared` (of the server); what the document declares in its head; a guess by the letters.
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return _read(raw[len(mark) :], name)
    names = [found for given in (declared, _declared_in(raw)) if (found := known(given))]
    if wide := _wide(raw):
        return _read(raw, wide)
    if not any(name in _SEVEN_BIT for name in names):
        try:
            return Decoded(raw.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            pass
    for name in names:
        read = _read(raw, name)
        if read.lost * 1000 <= len(read.text):
            return read
    return _guess(raw)


def known(name: str | None) -> str | None:
    """The encoding of that name, if it is one that is decoded here."""
    if not name or len(name) > 40 or not name.isascii():
        return None
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    found = _READ_AS.get(found, found)
    return found if found in _KNOWN else None


def _declared_in(raw: bytes) -> str | None:
    found = _IN_DOCUMENT.search(raw[:4096])
    name = found.group(1).decode("ascii") if found else None
    # A head that can be read byte by byte is in no encoding of two or four bytes, whatever it says.
    return None if name and name.lower().startswith(("utf-16", "utf16", "utf-32", "ucs")) else name


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark, by the zero bytes beside the first `<`."""
    if raw[:4] in (b"<\x00?\x00", b"<\x00r\x00", b"<\x00f\x00"):
        return "utf-16-le"
    return "utf-16-be" if raw[:4] in (b"\x00<\x00?", b"\x00<\x00r", b"\x00<\x00f") else None


def _read(raw: bytes, name: str, *, guessed: bool = False) -> Decoded:
    text = raw.decode(name, "replace")
    return Decoded(text, name, guessed, text.count("\ufffd"))


def _guess(raw: bytes) -> Decoded:
    """By the bytes above ASCII: UTF-8 with some damage; few of them, Western; many, Arabic or Cyrillic."""
    read = _read(raw, "utf-8", guessed=True)
    beyond = _count(raw, 0x80, 0x100)
    whole = len(read.text) - read.lost - (len(raw) - beyond)  # characters of several bytes that are undamaged
    if whole > read.lost * 4:
        return read
    if beyond * 3 < _count(raw, 0x41, 0x5B) + _count(raw, 0x61, 0x7B):
        # Letters of tags count as well, so this may be Arabic or Cyrillic between much markup.
        runs = sum(len(run) for run in _RUNS.findall(raw))
        if runs * 2 < beyond:
            return _read(raw, "cp1252", guessed=True)
    # The Arabic article (alef, lam) is in every other word of Arabic; its two bytes are rare in Cyrillic.
    if raw.count(b"\xc7\xe1") * 50 > beyond:
        return _read(raw, "cp1256", guessed=True)
    # Small letters outnumber capitals: they are the last quarter in windows-1251, the third in KOI8-R.
    return _read(raw, "cp1251" if _count(raw, 0xE0, 0x100) >= _count(raw, 0xC0, 0xE0) else "koi8-r", guessed=True)


def _count(raw: bytes, first: int, end: int) -> int:
    return len(raw) - len(raw.translate(None, bytes(range(first, end))))
