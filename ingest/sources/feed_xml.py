"""The elements of RSS, RDF and Atom feeds, as libxml2 reads them: forgiving of bad nesting, linear, bounded in depth.

It keeps strings as they stand in the feed; what they mean is decided in `feeds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ingest.sources.markup import BLOCKS, HIDDEN, printable

Body = tuple[str, bool]  # the text, and whether it holds no markup (any more)

_MAX_DEPTH: Final = 5_000  # badly written feeds never close their <br>, so each of those goes one deeper
_ATOM: Final = frozenset({"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"})
_CORE: Final = _ATOM | {
    "",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2",
    "http://backend.userland.com/RSS2",
    "http://blogs.law.harvard.edu/tech/rss",
}
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_OWN: Final = {
    "title": "title",
    "link": "link",
    "guid": "id",
    "id": "id",
    "description": "body",
    "summary": "body",
    "content": "body",
    "body": "body",
    "encoded": "body",
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "created": "published",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "author": "author",
    "language": "language",
    "source": "source",
}
_OTHER: Final = {
    "http://purl.org/rss/1.0/modules/content/": {"encoded": "body"},
    "http://purl.org/dc/elements/1.1/": {
        "date": "published",
        "creator": "author",
        "language": "language",
        "title": "title",
        "description": "body",
        "source": "source",
    },
    "http://purl.org/dc/terms/": {"created": "published", "issued": "published", "modified": "updated"},
    "http://rssnamespace.org/feedburner/ext/1.0": {"origlink": "original"},
}
# Parts of a channel that have titles and links of their own.
_APART: Final = frozenset({"image", "textinput", "cloud", "skiphours", "skipdays"})


@dataclass(slots=True)
class RawItem:
    """An item's strings as they stand in the feed."""

    item_id: str | None = None
    title: Body | None = None
    bodies: list[Body] = field(default_factory=list)
    link: str | None = None
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    author: Body | None = None
    source: Body | None = None
    base: str | None = None


@dataclass(slots=True)
class RawFeed:
    """A feed's strings. `more`: there were more items than wanted; `cut_short`: the end is missing."""

    form: str
    items: list[RawItem]
    title: Body | None = None
    link: str | None = None
    language: str | None = None
    updated: str | None = None
    base: str | None = None
    more: bool = False
    cut_short: bool = False


def read_xml(text: str, max_items: int) -> RawFeed | None:
    """The feed in XML text that begins with its root element; None when there is nothing to read."""
    from lxml import etree  # only feeds and pages need it

    builder = _Builder(max_items)
    parser = etree.XMLParser(
        target=builder, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        parser.feed(printable(text).encode("utf-8"))
        parser.close()
    except (etree.LxmlError, _TooDeepError):
        if not builder.feed.items and builder.feed.title is None:
            return None
    ending = text.rstrip()[-200:].lower()
    builder.finish(whole=any(f"</{root}" in ending for root in ("rss", "feed", "rdf:rdf", "channel", "atom:feed")))
    return builder.feed


class _TooDeepError(Exception):
    """Elements within elements beyond reason: the rest is not read."""


class _Builder:
    """Takes elements one by one and fills a feed. At most one field is being read at a time."""

    def __init__(self, max_items: int) -> None:
        self.feed = RawFeed("rss", [])
        self._max = max_items
        self._item: RawItem | None = None
        self._root: str | None = None  # its namespace
        self._depth = 0
        self._apart = 0  # depth of an element whose inside is not the feed's own, 0 for none
        self._source = 0  # depth of an Atom source, whose title alone counts
        self._field: str | None = None
        self._field_depth = 0
        self._plain = False
        self._nested = False
        self._hidden = 0
        self._parts: list[str] = []
        self._links: dict[int, str] = {}  # rank -> link of the thing being read

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _TooDeepError
        space, name = _parted(tag)
        if self._root is None:
            self._begin(space, name, attributes)
            return
        core = space in _CORE or space == self._root
        if core and name in ("item", "entry"):
            self._open(attributes)
        elif self._apart or (self._item is None and self.feed.more):
            return
        elif self._field is not None:
            self._within(name)
        elif core and name in _APART and self._item is None:
            self._apart = self._depth
        elif core and name == "source" and space in _ATOM:
            self._source = self._depth
        elif wanted := _OWN.get(name) if core else _OTHER.get(space, {}).get(name):
            self._read(wanted, space, name, attributes)
        elif core and name == "name":  # of an Atom author
            self._read("author", space, name, attributes)

    def end(self, tag: str) -> None:
        if self._field is not None:
            if self._depth <= self._field_depth:
                self._keep()
            else:
                name = _parted(tag)[1]
                self._hidden = max(0, self._hidden - (name in HIDDEN))
                if name in BLOCKS:
                    self._parts.append("\n")
        if self._depth == self._apart:
            self._apart = 0
        if self._depth == self._source:
            self._source = 0
        name = _parted(tag)[1]
        if name in ("item", "entry") and self._field is None:
            self._close()
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._field is not None and not self._hidden:
            self._parts.append(text)

    def close(self) -> None:
        """The end of the input; what is open is settled by `finish`."""

    def finish(self, *, whole: bool) -> None:
        """Settle what is still open: kept when the feed has its end, else dropped as half an item."""
        self.feed.cut_short = not whole
        if whole or not self.feed.items:
            self._keep()
            self._close()
        self.feed.link = _best(self._links) or self.feed.link

    def _begin(self, space: str, name: str, attributes: Mapping[str, str]) -> None:
        self._root = space
        self.feed.form = {"feed": "atom", "rdf": "rdf"}.get(name, "rss")
        self.feed.language = attributes.get(f"{_XML}lang")
        self.feed.base = attributes.get(f"{_XML}base")

    def _open(self, attributes: Mapping[str, str]) -> None:
        self._keep()
        self._close()
        self._apart = self._source = 0
        if len(self.feed.items) >= self._max:
            self.feed.more = True
            return
        self.feed.link = _best(self._links) or self.feed.link
        self._links = {}
        self._item = RawItem(
            item_id=attributes.get(_ABOUT),
            language=attributes.get(f"{_XML}lang"),
            base=attributes.get(f"{_XML}base"),
        )

    def _close(self) -> None:
        if self._item is not None:
            self._item.link = _best(self._links) or self._item.link
            self._links = {}
            self.feed.items.append(self._item)
            self._item = None

    def _read(self, wanted: str, space: str, name: str, attributes: Mapping[str, str]) -> None:
        if self._source and wanted != "title":
            return
        if wanted == "link" and "href" in attributes:
            rank = {"alternate": 1, "related": 4}.get(attributes.get("rel", "alternate"))
            if rank is not None:
                plus = attributes.get("type", "text/html") not in ("text/html", "application/xhtml+xml")
                self._links.setdefault(rank + plus, attributes["href"])
            return
        kind = attributes.get("type", "")
        self._plain = space in _ATOM and kind in ("", "text", "text/plain") and attributes.get("mode") != "escaped"
        if wanted == "id" and name == "guid" and attributes.get("isPermaLink", "true").lower() != "false":
            wanted = "guid"
        self._field, self._field_depth = ("source" if self._source else wanted), self._depth
        self._parts, self._nested, self._hidden = [], False, 0

    def _within(self, name: str) -> None:
        """An element inside a field: markup that was not escaped, or the name within an author."""
        if self._field == "author" and name == "name":
            self._field_depth, self._parts = self._depth, []
            return
        self._nested = True
        self._hidden += name in HIDDEN
        if name in BLOCKS:
            self._parts.append("\n")

    def _keep(self) -> None:
        """Store the field that was read."""
        if self._field is None:
            return
        name, self._field = self._field, None
        text = "".join(self._parts)
        self._parts, self._hidden = [], 0
        if not text.strip():
            return
        if self._item is None:
            self._keep_of_feed(name, text)
        else:
            self._keep_of_item(self._item, name, text)

    def _keep_of_feed(self, name: str, text: str) -> None:
        if name == "title":
            self.feed.title = self.feed.title or (text, self._plain)
        elif name == "link":
            self._links.setdefault(2, text.strip())
        elif name == "language":
            self.feed.language = text.strip()
        elif name in ("updated", "published"):
            self.feed.updated = self.feed.updated or text

    def _keep_of_item(self, item: RawItem, name: str, text: str) -> None:
        body = (text, self._plain or self._nested)
        if name == "title":
            item.title = item.title or body
        elif name == "body":
            item.bodies.append(body)
        elif name == "author":
            item.author = item.author or body
        elif name == "source":
            item.source = item.source or body
        elif name == "language":
            item.language = text
        elif name == "published":
            item.published = item.published or text
        elif name == "updated":
            item.updated = item.updated or text
        elif name == "original":
            self._links[0] = text.strip()
        elif name == "link":
            self._links.setdefault(3, text.strip())
        else:
            item.item_id = text.strip()
            if name == "guid" and text.strip().lower().startswith(("http://", "https://")):
                self._links.setdefault(6, text.strip())


def _parted(tag: str) -> tuple[str, str]:
    """The namespace and the name in small letters of an element."""
    space, closed, name = tag.rpartition("}")
    return (space[1:] if closed else ""), name.rpartition(":")[2].lower()


def _best(links: Mapping[int, str]) -> str | None:
    return links[min(links)] if links else None
