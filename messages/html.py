"""Telegram's HTML: escaping, links, and cutting a long text into messages that each stand on their own.

Telegram knows few tags (b i u s a code pre blockquote tg-spoiler) and four named entities (`&lt; &gt; &amp; &quot;`),
and limits the text as a person sees it, after tags and entities are gone, counted in UTF-16 units: 4096 in a message,
1024 in a caption. Of more than 100 formatted stretches in a message it drops the rest. Source:
core.telegram.org/bots/api, "HTML style"; checked in tests against Telegram's own parser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
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


class Html(str):
    """A text that is Telegram HTML already, not to be escaped again."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text from anywhere as HTML that shows it as it is; control characters are dropped."""
    if isinstance(text, Html):
        return text
    text = _UNWANTED.sub("", text)
    return Html(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"))


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


@dataclass(frozen=True, slots=True)
class _Atom:
    """A tag, or what a reader sees as one character. `units` is its length as Telegram counts; 0 for a tag."""

    source: str  # as HTML
    shown: str = ""
    units: int = 0
    opens: str | None = None  # the tag's name
    closes: str | None = None


def _units(text: str) -> int:
    return len(text) + sum(c > "\uffff" for c in text)


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


def _atoms(html: str) -> list[_Atom]:
    """The HTML as atoms, each opening tag with its closing tag: stray closings go, missing ones are added."""
    atoms: list[_Atom] = []
    stack: list[str] = []
    for piece, tag in _pieces(html):
        if tag is None:
            atoms.extend(_Atom(str(escape(c)), c, _units(c)) for c in _clusters(_UNWANTED.sub("", piece)))
        elif not tag.startswith("/"):
            stack.append(tag)
            atoms.append(_Atom(piece, opens=tag))
        elif tag[1:] in stack:
            while (name := stack.pop()) != tag[1:]:
                atoms.append(_Atom(f"</{name}>", closes=name))
            atoms.append(_Atom(piece, closes=name))
    atoms.extend(_Atom(f"</{name}>", closes=name) for name in reversed(stack))
    return atoms


def visible(html: str) -> str:
    """The text as a person sees it, without tags, with entities as their characters."""
    return "".join(piece for piece, tag in _pieces(html) if tag is None)


def visible_length(html: str) -> int:
    """The length of the text that Telegram counts: UTF-16 units after tags and entities are gone."""
    return _units(visible(html))


def _furthest(atoms: list[_Atom], start: int, limit: int, open_tags: int) -> int:
    """The end (exclusive) of the longest run from `start` that a message can take; at least one visible atom."""
    units, entities, shown = 0, open_tags, False
    for at in range(start, len(atoms)):
        atom = atoms[at]
        units += atom.units
        entities += atom.opens is not None
        if (units > limit or entities > ENTITY_LIMIT) and shown:
            return at
        shown = shown or atom.units > 0
    return len(atoms)


def _break_before(atoms: list[_Atom], start: int, end: int) -> int:
    """The best place to end a message that could reach `end`: a paragraph, a line, a word, or just there."""
    newlines = [at + 1 for at in range(start, end) if atoms[at].shown == "\n"]
    paragraphs = [at for at in newlines if at - 2 >= start and atoms[at - 2].shown == "\n"]
    spaces = (at + 1 for at in range(end - 1, start, -1) if atoms[at].shown.isspace())
    for found, least in ((paragraphs, 0.4), (newlines, 0.3)):
        if found and found[-1] - start >= (end - start) * least:
            return found[-1]
    word = next(spaces, None)
    return word if word is not None and word - start >= (end - start) * 0.2 else end


def _around_tags(atoms: list[_Atom], start: int, at: int) -> int:
    """Closing tags stay with what they close, opening tags go with what they open."""
    while at < len(atoms) and atoms[at].closes:
        at += 1
    while at - 1 > start and atoms[at - 1].opens:
        at -= 1
    return at


def split(html: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Cuts a text into messages of at most `limit` UTF-16 units as seen, each valid by itself.

    Tags are closed at the end of a part and opened again in the next; entities, surrogate pairs and characters with
    their marks stay whole; cuts fall on paragraphs, lines or words where there are any. Parts of nothing but white
    space, which Telegram refuses, are left out; otherwise the parts' visible texts joined are the whole's.
    """
    if limit < _CLUSTER_LIMIT:
        raise ValueError(f"a message of {limit} units is too short to split into")
    atoms = _atoms(html)
    parts: list[str] = []
    stack: list[_Atom] = []
    start = 0
    while start < len(atoms):
        end = _furthest(atoms, start, limit, len(stack))
        if end < len(atoms):
            end = _around_tags(atoms, start, _break_before(atoms, start, end))
        pieces = [atom.source for atom in stack]
        seen = False
        for atom in atoms[start:end]:
            pieces.append(atom.source)
            seen = seen or bool(atom.shown.strip())
            if atom.opens:
                stack.append(atom)
            elif atom.closes:
                stack.pop()
        if seen:
            parts.append("".join(pieces) + "".join(f"</{atom.opens}>" for atom in reversed(stack)))
        start = end
    return parts


def to_plain(html: str) -> str:
    """The text for a place without formatting: links as `text <address>`."""
    return _flat(html)


def _flat(html: str) -> str:
    out: list[str] = []
    stack: list[tuple[str, str]] = []  # tag, address
    for atom in _atoms(html):
        if atom.opens:
            href = _HREF.search(atom.source)
            stack.append((atom.opens, "".join(p for p, _ in _pieces(href[1])) if href else ""))
        elif atom.closes:
            _, address = stack.pop()
            out.append(f" <{address}>" if address and atom.closes == "a" else "")
        else:
            out.append(atom.shown)
    return "".join(out)
