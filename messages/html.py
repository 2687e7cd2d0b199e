"""Telegram's HTML: escaping, links, and cutting a long text into messages that each stand on their own.

Telegram knows few tags (b i u s a code pre blockquote tg-spoiler) and four named entities (`&lt; &gt; &amp; &quot;`),
and limits the text as a person sees it, after tags and entities are gone, counted in UTF-16 units: 4096 in a message,
1024 in a caption. Of more than 100 formatted stretches in a message it drops the rest. Source:
core.telegram.org/bots/api, "HTML style"; checked in tests against Telegram's own parser.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import urlsplit

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
_LINK_LIMIT = 2048  # longer links are cut by clients or refused; none of ours needs it
_CLUSTER_LIMIT = 32  # UTF-16 units that are kept together at most: hostile texts pile up thousands of marks

# Tags exactly as we write them; anything else that looks like one is text.
_TOKEN = re.compile(
    r'<(?:(/?)(b|strong|i|em|u|ins|s|strike|del|code|pre|blockquote|tg-spoiler)|(/a)|(a) href="[^"<>]{1,9000}"'
    r"|(blockquote) expandable)>|&(lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});"
)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_HREF = re.compile(r'href="([^"]*)"')
# Control characters, and halves of surrogate pairs, have no place in a message.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# All but characters of which it is known (and tested) that they never go with the one before.
_MAY_JOIN = re.compile(
    "[^\x00-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u060f\u061b-\u064a\u0660-\u066f\u0671-\u06d5\u2000-\u200c\u200e-\u20cf"
    "\u2100-\u2bff\u4e00-\u9fff\uac00-\ud7a3\ufb50-\ufdff\ufe70-\ufefc\U0001f300-\U0001f3fa\U0001f400-\U0001f9ff]"
)


class Html(str):
    """A text that is Telegram HTML already, not to be escaped again."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text from anywhere as HTML that shows it as it is; control characters are dropped."""
    if isinstance(text, Html):
        return text
    return Html(_escaped(_UNWANTED.sub("", text)))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def bold(text: str) -> Html:
    """The text in bold."""
    return Html(f"<b>{escape(text)}</b>")


def italic(text: str) -> Html:
    """The text in italics."""
    return Html(f"<i>{escape(text)}</i>")


def code(text: str) -> Html:
    """The text in a fixed-width face; Telegram copies it at a tap."""
    return Html(f"<code>{escape(text)}</code>")


def table(text: str) -> Html:
    """Lines in a fixed-width face, columns kept."""
    return Html(f"<pre>{escape(text)}</pre>")


def folded_quote(text: str) -> Html:
    """A quotation that clients show folded, to be opened by a tap."""
    return Html(f"<blockquote expandable>{escape(text)}</blockquote>")


def safe_url(url: str | None) -> str | None:
    """The link if it leads to a host over http or https, else None: nothing else is ever put behind a word."""
    if not url or len(url) > _LINK_LIMIT or _UNWANTED.search(url) or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host else None


def link(text: str, url: str | None) -> Html:
    """The text as a link, or the bare text where the link cannot be trusted."""
    good = safe_url(url)
    return Html(f'<a href="{escape(good)}">{escape(text)}</a>') if good else escape(text)


class _Run(NamedTuple):
    """A stretch of text as a reader sees it, or a tag as HTML with the name of what it opens or closes."""

    text: str
    tag: str = ""
    opens: str = ""
    closes: str = ""


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _extends(char: str) -> bool:
    """Whether the character belongs to the one before it (a mark, a joiner, a skin tone)."""
    return (
        char in "\u200d\ufe0f\ufe0e\u20e3"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
    )


def _regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _clusters(text: str) -> Iterator[str]:
    """What a reader sees as characters: a letter with its marks, a joined emoji, a flag. Nearly UAX 29."""
    cluster = ""
    for char in text:
        joined = cluster and (
            (char > "\u02ff" and _extends(char))
            or cluster[-1] == "\u200d"
            or (len(cluster) == 1 and _regional(char) and _regional(cluster))
        )
        if cluster and (not joined or len(cluster) >= _CLUSTER_LIMIT // 2):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _decode(entity: str) -> str:
    """The character of an entity; nothing for one that is no character (0, a surrogate half, past the end)."""
    if entity in _NAMED:
        return _NAMED[entity]
    number = int(entity[2:], 16) if entity[1:2] == "x" else int(entity[1:])
    return chr(number) if 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else ""


def _pieces(html: str) -> Iterator[tuple[str, str | None]]:
    """Stretches of visible text (with None) and tags (with their name, `/` before a closing one's), in order."""
    text, at = "", 0
    for match in _TOKEN.finditer(html):
        text += html[at : match.start()]
        at = match.end()
        if match[6]:
            text += _decode(match[6])
            continue
        if text:
            yield text, None
        text = ""
        yield match[0], "/a" if match[3] else (match[1] or "") + (match[2] or match[4] or match[5])
    if text := text + html[at:]:
        yield text, None


def _runs(html: str) -> list[_Run]:
    """The HTML as runs, each opening tag with its closing tag: stray closings go, missing ones are added."""
    runs: list[_Run] = []
    stack: list[str] = []
    for piece, tag in _pieces(html):
        if tag is None:
            if text := _UNWANTED.sub("", piece):
                runs.append(_Run(text))
        elif not tag.startswith("/"):
            stack.append(tag)
            runs.append(_Run("", piece, opens=tag))
        elif tag[1:] in stack:
            while (name := stack.pop()) != tag[1:]:
                runs.append(_Run("", f"</{name}>", closes=name))
            runs.append(_Run("", piece, closes=name))
    runs.extend(_Run("", f"</{name}>", closes=name) for name in reversed(stack))
    return runs


def _source(runs: Iterable[_Run]) -> str:
    return "".join([run.tag or _escaped(run.text) for run in runs])


def visible(html: str) -> str:
    """The text as a person sees it, without tags, with entities as their characters."""
    return "".join(piece for piece, tag in _pieces(html) if tag is None)


def visible_length(html: str) -> int:
    """The length of the text that Telegram counts: UTF-16 units after tags and entities are gone."""
    return _units(visible(html))


@dataclass(frozen=True, slots=True)
class _Atoms:
    """Runs that may be cut between atoms: a tag, or what a reader sees as one character.

    A run's atoms are its text itself where each of its characters stands alone, which most do. `starts` are the numbers
    of the runs' first atoms, and after them that of all.
    """

    runs: Sequence[_Run]
    atoms: Sequence[Sequence[str]]
    starts: Sequence[int]

    @classmethod
    def of(cls, runs: Sequence[_Run]) -> _Atoms:
        """The runs, taken apart where a character may go with others."""
        atoms: list[Sequence[str]] = [
            ("",) if run.tag else list(_clusters(run.text)) if _MAY_JOIN.search(run.text) else run.text for run in runs
        ]
        return cls(runs, atoms, [0, *accumulate(map(len, atoms))])

    def run_of(self, at: int) -> int:
        """The number of the run that an atom is in."""
        return bisect_right(self.starts, at) - 1

    def shown(self, at: int) -> str:
        """What a reader sees of an atom; nothing of a tag."""
        run = self.run_of(at)
        return self.atoms[run][at - self.starts[run]]

    def between(self, start: int, end: int) -> Iterator[_Run]:
        """The runs from one atom to another, the first and last cut."""
        for number in range(self.run_of(start), self.run_of(end - 1) + 1):
            run, first = self.runs[number], self.starts[number]
            inside = slice(max(0, start - first), end - first)
            yield run if run.tag else _Run("".join(self.atoms[number][inside]))

    def furthest(self, start: int, limit: int, open_tags: int) -> int:
        """The end (exclusive) of the longest run from `start` that a message can take; at least one visible atom."""
        room, entities, shown = limit, open_tags, False
        for number in range(self.run_of(start), len(self.runs)):
            at = max(start, self.starts[number])
            entities += bool(self.runs[number].opens)
            if entities > ENTITY_LIMIT and shown:
                return at
            if self.runs[number].tag:
                continue
            if entities > ENTITY_LIMIT:
                return at + 1
            inside = at - self.starts[number]
            end = at + _fitting(self.atoms[number][inside : inside + room + 1], room)
            if end < self.starts[number + 1]:
                return end
            room -= _units("".join(self.atoms[number][inside:]))
            shown = True
        return self.starts[-1]

    def lines_back(self, start: int, end: int) -> Iterator[int]:
        """The ends of lines, the last first."""
        for number in range(self.run_of(end - 1), self.run_of(start) - 1, -1):
            atoms, first = self.atoms[number], self.starts[number]
            low, high = max(0, start - first), min(end - first, len(atoms))
            if isinstance(atoms, str):
                while (high := atoms.rfind("\n", low, high)) >= 0:
                    yield first + high + 1
            else:
                yield from (first + at + 1 for at in range(high - 1, low - 1, -1) if atoms[at] == "\n")

    def break_before(self, start: int, end: int) -> int:
        """The best place to end a message that could reach `end`: a paragraph, a line, a word, or just there."""
        line = next(self.lines_back(start, end), None)
        if line is not None:
            ends = (at for at in self.lines_back(start, end) if at - 2 >= start and self.shown(at - 2) == "\n")
            paragraph = next(ends, None)
            for found, least in ((paragraph, 0.4), (line, 0.3)):
                if found is not None and found - start >= (end - start) * least:
                    return found
        for at in range(end - 1, start, -1):
            if at + 1 - start < (end - start) * 0.2:
                break
            if self.shown(at).isspace():
                return at + 1
        return end

    def around_tags(self, start: int, at: int) -> int:
        """Closing tags stay with what they close, opening tags go with what they open."""
        while at < self.starts[-1] and self.runs[self.run_of(at)].closes:
            at += 1
        while at - 1 > start and self.runs[self.run_of(at - 1)].opens:
            at -= 1
        return at


def _fitting(atoms: Sequence[str], room: int) -> int:
    """How many of the atoms have room, in UTF-16 units."""
    text = "".join(atoms)
    units = _units(text)
    if units <= room:
        return len(atoms)
    if units == len(atoms):
        return room
    ends = accumulate(map(_units, atoms))
    return next(at for at, end in enumerate(ends) if end > room)


def split(html: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Cuts a text into messages of at most `limit` UTF-16 units as seen, each valid by itself.

    Tags are closed at the end of a part and opened again in the next; entities, surrogate pairs and characters with
    their marks stay whole; cuts fall on paragraphs, lines or words where there are any. Parts of nothing but white
    space, which Telegram refuses, are left out; otherwise the parts' visible texts joined are the whole's.
    """
    if limit < _CLUSTER_LIMIT:
        raise ValueError(f"a message of {limit} units is too short to split into")
    runs = _runs(html)
    text = "".join([run.text for run in runs])
    if _units(text) <= limit and sum(bool(run.opens) for run in runs) <= ENTITY_LIMIT:
        return [_source(runs)] if text.strip() else []
    return list(_parts(_Atoms.of(runs), limit))


def _parts(atoms: _Atoms, limit: int) -> Iterator[str]:
    stack: list[_Run] = []
    start, last = 0, atoms.starts[-1]
    while start < last:
        end = atoms.furthest(start, limit, len(stack))
        if end < last:
            end = atoms.around_tags(start, atoms.break_before(start, end))
        part = [*stack, *atoms.between(start, end)]
        for run in part[len(stack) :]:
            if run.opens:
                stack.append(run)
            elif run.closes:
                stack.pop()
        if any(run.text and not run.text.isspace() for run in part):
            yield _source(part) + "".join(f"</{run.opens}>" for run in reversed(stack))
        start = end


def to_plain(html: str) -> str:
    """The text for a place without formatting: links as `text <address>`."""
    return _flat(html)


def _flat(html: str) -> str:
    out: list[str] = []
    stack: list[tuple[str, str]] = []  # tag, address
    for run in _runs(html):
        if run.opens:
            href = _HREF.search(run.tag)
            stack.append((run.opens, "".join(p for p, _ in _pieces(href[1])) if href else ""))
        elif run.closes:
            _, address = stack.pop()
            out.append(f" <{address}>" if address and run.closes == "a" else "")
        else:
            out.append(run.text)
    return "".join(out)
