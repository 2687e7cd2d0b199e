"""Feeds: RSS 0.9 to 2.0, Atom, RDF and JSON Feed, from bytes to items in plain text.

Everything in a feed is hostile. Size is bounded before anything is read, declarations of documents and entities are
refused before a parser sees them, nothing is fetched, no markup is passed on. An item says no more than the feed:
without a date it is undated, without a link it has none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import escape
from html.entities import html5
from typing import Final

from ingest.bodies import size
from ingest.sources.encodings import decode
from ingest.sources.feed_xml import RawFeed, RawItem, read_xml
from ingest.sources.languages import language_tag, language_with
from ingest.sources.links import absolute, canonical_link
from ingest.sources.markup import MAX_FRAGMENT, plain_words, tidy, twice_escaped
from ingest.sources.stamps import instant_of
from ingest.sources.unreadable import Unreadable

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ITEMS: Final = 2_000
MAX_TEXT: Final = 200_000  # characters of one item
_MAX_TITLE: Final = 1_000
_MAX_MENDED: Final = 50_000  # bare "&" and named characters of one feed; more are left to the parser
_SNIFFED: Final = 4_096
_ROOTS: Final = ("<rss", "<feed", "<rdf:rdf", "<channel", "<atom:feed")
# The one document type that feeds had (RSS 0.91): it is cut out unread. Others are refused.
_NETSCAPE: Final = re.compile(r'<!DOCTYPE\s{1,9}rss\s{1,9}PUBLIC\s{1,9}"-//Netscape [^"<>\[\]]{0,80}"[^<>\[\]]{0,200}>')
_MONSTROUS: Final = re.compile(r"<[^<>]{100000}")
_ENTITY: Final = re.compile(
    r"&(?!amp;|lt;|gt;|quot;|apos;|#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};)(?:([A-Za-z][A-Za-z0-9]{1,30});)?"
)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item. `item_id` is the publisher's own where given, else made of its link or words; unique in the feed.

    `content_hash` is of title and text only: the same id with another hash is an update to an item seen before.
    `text` is the longest body the item carries, or the title; `url` is canonical (`links.canonical_link`). `author` and
    `source` (another feed or outlet it was taken from) are as written, so that a copy can be told from an original.
    """

    item_id: str
    content_hash: str
    title: str | None
    text: str
    url: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None
    author: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it was read; a well-formed feed without items is a feed. `flaws` are for the operator, in words."""

    form: str  # "rss", "atom", "rdf", "json"
    items: tuple[FeedItem, ...]
    title: str | None = None
    url: str | None = None
    language: str | None = None
    updated_at: datetime | None = None
    encoding: str = "utf-8"
    flaws: tuple[str, ...] = ()


def read_feed(raw: bytes, *, charset: str | None = None, url: str | None = None) -> Feed | Unreadable:
    """The items of a feed. `charset` is what the server declared, `url` where it came from (for relative links)."""
    if len(raw) > MAX_BYTES:
        return Unreadable(f"is larger than {size(MAX_BYTES)}")
    decoded = decode(raw, charset)
    start, flaws = decoded.text.lstrip("\ufeff \t\r\n\x00"), []
    if not start:
        return Unreadable("is empty")
    if decoded.guessed:
        flaws.append(f"its encoding is not declared and was taken for {decoded.encoding}")
    if decoded.lost:
        flaws.append(f"{decoded.lost} characters could not be read as {decoded.encoding}")
    found = _read_json(start) if start.startswith("{") else _read_xml(start)
    if isinstance(found, Unreadable):
        return found
    return _feed_of(found, url, decoded.encoding, flaws)


def looks_like_feed(raw: bytes) -> bool:
    """Whether the head of a file is that of a feed, XML or JSON."""
    head = _NETSCAPE.sub("", decode(raw[:_SNIFFED]).text.lstrip("\ufeff \t\r\n\x00"), count=1)
    return root_of(head).lower().startswith(_ROOTS) or (head.startswith("{") and "jsonfeed.org/version" in head[:500])


def content_hash(title: str | None, text: str) -> str:
    """A short hash of what an item says: case, spaces and lines do not count, every word does."""
    words = " ".join(f"{title or ''}\x1f{text}".casefold().split())
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _read_json(text: str) -> RawFeed | Unreadable:
    from ingest.sources.feed_json import read_json

    return read_json(text)


def _read_xml(text: str) -> RawFeed | Unreadable:
    text = _NETSCAPE.sub("", text[:_SNIFFED], count=1) + text[_SNIFFED:]
    rest = root_of(text)
    if rest.startswith("<!") or not rest:
        declared = rest[:9].upper().startswith(("<!DOCTYPE", "<!ENTITY"))
        page = rest[:14].lower() == "<!doctype html"
        return Unreadable(
            "is a web page, not a feed"
            if page and "[" not in rest[:200]
            else "declares a DTD or entities, which feeds do not need and attacks do"
            if declared
            else "is not XML"
        )
    head = rest[:200].lower()
    if not head.startswith(_ROOTS):
        if head.startswith(("<html", "<head", "<body")):
            return Unreadable("is a web page, not a feed")
        return Unreadable("is XML but no feed" if re.match(r"<[a-z_]", head) else "is not XML")
    mended = _with_characters(rest)
    if mended is None:
        return Unreadable("holds a tag longer than any feed's")
    found = read_xml(mended, MAX_ITEMS)
    return found if found is not None else Unreadable("cannot be read as XML")


def _with_characters(text: str) -> str | None:
    """The text with HTML's names for characters written out, which XML does not know, and bare "&" made right.

    None when a tag is monstrous: each of its attributes would cost the parser some hundred bytes.
    """
    parts: list[str] = []
    at, left = 0, _MAX_MENDED
    while at < len(text):
        start = text.find("<![CDATA[", at)
        end = text.find("]]>", start) if start >= 0 else -1
        if end < 0:
            start = end = len(text)
        part = text[at:start]
        if _MONSTROUS.search(part):
            return None
        mended, count = _ENTITY.subn(_character, part, count=left) if left and "&" in part else (part, 0)
        left -= count
        parts += [mended, text[start : end + 3]]
        at = end + 3
    return "".join(parts)


def _character(entity: re.Match[str]) -> str:
    found = html5.get(f"{entity.group(1)};")
    return escape(found) if found else f"&amp;{entity.group()[1:]}"


def root_of(text: str) -> str:
    """What follows the XML declaration, comments and processing instructions."""
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n\ufeff":
            at += 1
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
        else:
            return text[at:]
        if end < 0:
            return ""
        at = end + (2 if text.startswith("?>", end) else 3)


def _feed_of(raw: RawFeed, url: str | None, encoding: str, flaws: list[str]) -> Feed:
    base = absolute(raw.base, url) or absolute(raw.link, url) or url
    language = language_tag(raw.language)
    items: list[FeedItem] = []
    seen: set[str] = set()
    empty = 0
    for item in raw.items:
        read = _item_of(item, base, language, seen)
        if read is None:
            empty += 1
        elif read.item_id not in seen:
            seen.add(read.item_id)
            items.append(read)
    if empty:
        flaws.append(f"{empty} items have neither title nor text")
    if raw.cut_short:
        flaws.append("it breaks off in the middle")
    if raw.more:
        flaws.append(f"only its first {MAX_ITEMS:,} items were read")
    return Feed(
        form=raw.form,
        items=tuple(items),
        title=_line(raw.title) or None,
        url=canonical_link(absolute(raw.link, url)),
        language=language,
        updated_at=instant_of(raw.updated),
        encoding=encoding,
        flaws=tuple(flaws),
    )


def _item_of(item: RawItem, base: str | None, language: str | None, taken: Collection[str]) -> FeedItem | None:
    title = _line(item.title)[:_MAX_TITLE] or None
    text = max(map(_words, item.bodies), key=len, default="")[:MAX_TEXT] or title
    if not text:
        return None
    link = canonical_link(absolute(item.link, absolute(item.base, base) or base))
    digest = content_hash(title, text)
    return FeedItem(
        item_id=_id_of(item.item_id, link, digest, taken),
        content_hash=digest,
        title=title,
        text=text,
        url=link,
        published_at=instant_of(item.published),
        updated_at=instant_of(item.updated),
        language=language_with(f"{title or ''} {text}", item.language or language),
        author=_line(item.author)[:200] or None,
        source=_line(item.source)[:200] or None,
    )


def _id_of(given: str | None, link: str | None, digest: str, taken: Collection[str]) -> str:
    """The publisher's id; its link where the two differ only in what says nothing of the page.

    Some outlets number an item's versions behind a `#` in its id, which would make each update a new item. Where
    several items share a page (a live blog), the id as written tells them apart.
    """
    own = tidy(given or "").replace("\n", " ")
    if not own:
        return link or digest
    if link is not None and own != link and link not in taken and canonical_link(own) == link:
        return link
    return own if len(own) <= 500 else sha256(own.encode()).hexdigest()


def _words(body: tuple[str, bool]) -> str:
    """A body's plain text; the second says that it holds no markup already."""
    text, plain = body
    return tidy(text[:MAX_FRAGMENT]) if plain else plain_words(text)


def _line(body: tuple[str, bool] | None) -> str:
    """A title or a name in one line."""
    if body is None:
        return ""
    text, plain = body
    return _words((text if plain else twice_escaped(text), plain)).replace("\n", " ")


def by_id(items: Iterable[FeedItem]) -> dict[str, str]:
    """What to remember of a feed, to tell new items, updates and old ones apart the next time: id -> content hash."""
    return {item.item_id: item.content_hash for item in items}
