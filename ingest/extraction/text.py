"""A report's text as sentences: the page around it dropped, the offsets those of the original.

Does not read meaning. Every step is one pass; characters are replaced one for one, so that offsets never shift.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_CHARACTERS = 200_000  # what is read of one text; the rest is left, a news report is far shorter
MAX_SENTENCE = 1_200  # characters; a longer stretch without an end is cut at a space

_SPACES = dict.fromkeys(
    [0xA0, 0x202F, 0x2007, 0x2009, 0x200A, 0x2002, 0x2003, 0x3000, 0x09, 0x0B, 0x0C, 0x00, 0xFEFF], " "
)
_QUOTES = {0x2019: "'", 0x2018: "'", 0x02BC: "'", 0x201C: '"', 0x201D: '"', 0x00AB: '"', 0x2010: "-", 0x2011: "-"}
_MARKS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xAD, 0x640], " ")
_ONE_FOR_ONE = {**_MARKS, **_SPACES, **_QUOTES, 0x0D: "\n", 0x2028: "\n", 0x2029: "\n", 0x85: "\n"}
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "lt",
        "col",
        "gen",
        "sgt",
        "capt",
        "maj",
        "brig",
        "cmdr",
        "adm",
        "gov",
        "sen",
        "rep",
        "st",
        "no",
        "vs",
        "inc",
        "ltd",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "u.s",
        "u.n",
        "u.k",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "al",
        "prof",
        "rev",
        "hon",
        "approx",
        "est",
    ]
)
_END = re.compile(r"[.!?…؟۔]")
_GAP = re.compile(r"\s+")
_SPLIT_LINE = re.compile(r"\n| {4,}")
_SOURCE_IN_BRACKETS = re.compile(
    r"[\[(/](?:[\w .]{0,24}[ /])?(?:AFP|AP|EPA|Reuters|REUTERS|Getty|Anadolu|AA|SANA|Sana|"
    r"File|file photo|Agencies|DPA|Xinhua)"
    r"[\w ./]{0,24}[\])]?$"
)


class Kind(StrEnum):
    """What part of the report a sentence is."""

    HEADLINE = "headline"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: offsets into the report's text, its words (normalised, same length), its paragraph and kind."""

    start: int
    end: int
    text: str
    paragraph: int
    kind: Kind = Kind.BODY


@dataclass(frozen=True, slots=True)
class Dropped:
    """A part of the text that is not the report, and why it was left out."""

    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page's furniture, lower case (data/<language>/page.toml)."""

    navigation: frozenset[str]
    links: tuple[str, ...]
    caption_marks: tuple[str, ...]
    paywall: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A text cut into sentences, with what was dropped."""

    text: str
    sentences: tuple[Sentence, ...]
    dropped: tuple[Dropped, ...]
    paywalled: bool


def normalise(text: str) -> str:
    """NFKC where it keeps one character one, plain spaces and quotes: as long as the original, so offsets hold."""
    if text.isascii():
        return text[:MAX_CHARACTERS].translate(_ONE_FOR_ONE)
    plain = text[:MAX_CHARACTERS].translate(_ONE_FOR_ONE)
    if unicodedata.is_normalized("NFKC", plain):
        return plain
    folded = {
        c: n for c in set(plain) if not c.isascii() and len(n := unicodedata.normalize("NFKC", c)) == 1 and n != c
    }
    return plain.translate({ord(c): n for c, n in folded.items()}) if folded else plain


def cut(text: str, words: PageWords) -> Cut:
    """A text as sentences, without navigation, captions and links to other articles."""
    plain = normalise(text)
    lines = _lines(plain)
    why = _furniture(plain, lines, words)
    sentences: list[Sentence] = []
    dropped: list[Dropped] = []
    paragraph = 0
    body_seen = False
    for index, (start, end) in enumerate(lines):
        if reason := why.get(index):
            dropped.append(Dropped(start, end, reason))
            continue
        line = plain[start:end]
        heading = len(lines) > 1 and not _ends(line) and end - start < 200
        if heading and body_seen:
            next_line = lines[index + 1] if index + 1 < len(lines) else None
            if len(line.split()) <= 6 and next_line is not None:
                dropped.append(Dropped(start, end, "a heading between paragraphs"))
                continue
        kind = Kind.HEADLINE if heading and not body_seen else Kind.BODY
        if kind is Kind.BODY:
            body_seen = body_seen or _ends(line)
        paragraph += 1
        sentences.extend(_sentences(plain, start, end, paragraph, kind))
    low = plain[:20_000].lower()
    return Cut(plain, tuple(sentences), tuple(dropped), any(mark in low for mark in words.paywall))


def _lines(plain: str) -> list[tuple[int, int]]:
    """Lines as paragraphs; hard-wrapped lines are joined."""
    raw: list[tuple[int, int]] = []
    at = 0
    for match in _SPLIT_LINE.finditer(plain):
        raw.append((at, match.start()))
        at = match.end()
    raw.append((at, len(plain)))
    lines: list[tuple[int, int]] = []
    open_ended = False
    for start, end in raw:
        while start < end and plain[start].isspace():
            start += 1
        while end > start and plain[end - 1].isspace():
            end -= 1
        if start == end:
            open_ended = False
            continue
        if (open_ended and lines and plain[start].islower()) or (
            open_ended and lines and end - lines[-1][0] >= 60 and plain[lines[-1][1] - 1] in ",;"
        ):
            lines[-1] = (lines[-1][0], end)
        else:
            lines.append((start, end))
        open_ended = plain[end - 1] not in ".!?…؟:\"'”)"
    return lines


def _furniture(plain: str, lines: list[tuple[int, int]], words: PageWords) -> dict[int, str]:
    """Which lines are no part of the report, and why."""
    why: dict[int, str] = {}
    for index, (start, end) in enumerate(lines):
        size = end - start
        if size > 400:
            continue
        line = plain[start:end]
        low = line.lower().strip(" »›>|•·-:.…[]")
        if low in words.navigation:
            why[index] = "navigation"
        elif _is_link(low, words.links):
            why[index] = "a link to another article"
            bare = len(low.split()) <= 4
            if bare and index and index - 1 not in why and not _ends(plain[slice(*lines[index - 1])]):
                why[index - 1] = "the headline of another article"
        elif "|" in line and line.count("|") >= 2 and not _ends(line):
            why[index] = "navigation"
        elif _is_caption(line, low, words.caption_marks):
            why[index] = "a caption"
    return why


def _is_link(low: str, links: tuple[str, ...]) -> bool:
    for link in links:
        if low == link:
            return True
        if (
            low.startswith(link)
            and low[len(link) : len(link) + 1] in (":", " ")
            and (low[len(link)] == ":" or link.startswith("read"))
        ):
            return len(low) < 160
    return False


def _is_caption(line: str, low: str, marks: Iterable[str]) -> bool:
    if _ends(line.rstrip(")]")) and not _SOURCE_IN_BRACKETS.search(line[-80:]):
        return False
    if _SOURCE_IN_BRACKETS.search(line[-80:]):
        return not line.startswith(("(", "["))
    return any(mark in low for mark in marks) and len(low) < 300


def _ends(line: str) -> bool:
    """Whether a line ends like a sentence."""
    return line.rstrip("\"'”’)]» ")[-1:] in (".", "!", "?", "…", "؟", "۔", ":")


def _sentences(plain: str, start: int, end: int, paragraph: int, kind: Kind) -> Iterable[Sentence]:
    at = start
    for match in _END.finditer(plain, start, end):
        stop = match.end()
        if stop - at < 3 or stop >= end:
            continue
        after = stop
        while after < end and plain[after] in "\"'”’)]":
            after += 1
        if after < end and not plain[after].isspace():
            continue
        if match.group() == "." and _is_abbreviation(plain, at, match.start()):
            continue
        following = after
        while following < end and plain[following] in " \"'(-":
            following += 1
        if following < end and plain[following].islower():
            continue
        yield from _pieces(plain, at, after, paragraph, kind)
        at = after
    yield from _pieces(plain, at, end, paragraph, kind)


def _is_abbreviation(plain: str, start: int, dot: int) -> bool:
    """Whether the full stop at `dot` belongs to an abbreviation or an initial."""
    begin = max(start, plain.rfind(" ", start, dot) + 1)
    word = plain[begin:dot].lower().strip("(\"'")
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and not "\u0600" <= word <= "\u06ff")


def _pieces(plain: str, start: int, end: int, paragraph: int, kind: Kind) -> Iterable[Sentence]:
    while start < end and plain[start].isspace():
        start += 1
    while end > start and plain[end - 1].isspace():
        end -= 1
    while end - start > MAX_SENTENCE:
        stop = plain.rfind(" ", start + 1, start + MAX_SENTENCE)
        stop = stop if stop > start else start + MAX_SENTENCE
        yield Sentence(start, stop, plain[start:stop], paragraph, kind)
        start = stop
    if end > start:
        yield Sentence(start, end, plain[start:end], paragraph, kind)
