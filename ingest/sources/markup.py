"""The visible words of a piece of HTML that somebody else wrote, as plain text; no markup survives, nothing is fetched.

Reading is libxml2's: linear in the length, no recursion, no entities but HTML's own.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_PARAGRAPHS: Final = "p br div blockquote pre hr section article header footer aside main figure figcaption"
_LISTS: Final = "h1 h2 h3 h4 h5 h6 li ul ol dl dt dd tr td th table"
BLOCKS: Final = frozenset(f"{_PARAGRAPHS} {_LISTS}".split())
HIDDEN: Final = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "select", "textarea"})
MAX_FRAGMENT: Final = 1_000_000  # characters; no item of a feed is longer
_TAG: Final = re.compile(r"<[A-Za-z/!?]")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_UNPRINTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")


def plain_words(fragment: str | None) -> str:
    """The text of a fragment of HTML or of plain text: a line for each paragraph, spaces made one, no empty lines."""
    text = (fragment or "")[:MAX_FRAGMENT]
    if _TAG.search(text):
        text = _strip(text)
    elif "&" in text:
        text = unescape(text)
    return tidy(text)


def twice_escaped(fragment: str) -> str:
    """A fragment once unescaped when it still holds entities but no tags: titles are often escaped twice."""
    return unescape(fragment) if "&" in fragment and _ENTITY.search(fragment) and "<" not in fragment else fragment


def tidy(text: str) -> str:
    """Lines of words parted by single spaces, without empty lines and control characters."""
    lines = (" ".join(line.split()) for line in printable(text).splitlines())
    return "\n".join(line for line in lines if line)


def printable(text: str) -> str:
    """The text without control characters, lone surrogates and the like, which no database or message takes."""
    return _UNPRINTED.sub("", text) if _UNPRINTED.search(text) else text


class Words:
    """Collects visible words while a document is read; a target for libxml2's parsers."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden = 0

    def start(self, tag: str, attributes: object) -> None:
        """An element begins."""
        self._hidden += tag in HIDDEN
        if tag in BLOCKS:
            self._parts.append("\n")

    def end(self, tag: str) -> None:
        """An element ends."""
        self._hidden = max(0, self._hidden - (tag in HIDDEN))
        if tag in BLOCKS:
            self._parts.append("\n")

    def data(self, words: str) -> None:
        """Words stand here. Breaks within them are spaces in HTML."""
        if not self._hidden:
            self._parts.append(words.replace("\n", " "))

    def close(self) -> str:
        """All of it."""
        return "".join(self._parts)


def _strip(text: str) -> str:
    from lxml import etree  # only markup needs it

    parser = etree.HTMLParser(target=Words(), no_network=True, huge_tree=False, encoding="utf-8")
    try:
        parser.feed(printable(text).encode("utf-8"))
        return str(parser.close())
    except etree.LxmlError:
        return unescape(text.replace("<", " ").replace(">", " "))  # words stay words, and nothing is a tag any more
