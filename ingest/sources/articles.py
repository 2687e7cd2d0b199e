"""Articles: from the HTML of a page to its title, text, date and address; a menu or a paywall gives a reason instead.

The text is found by trafilatura. The page is hostile, and that library is large, so what it gets is bounded first: in
bytes and in tags; libxml2 bounds the depth. How long it may take is bounded by `article_worker`, which reads in a
process of its own that can be ended.
"""

from __future__ import annotations

import json
import logging
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from ingest.bodies import size
from ingest.sources.encodings import decode
from ingest.sources.languages import language_with
from ingest.sources.links import absolute, canonical_link, link_key
from ingest.sources.markup import printable, tidy
from ingest.sources.stamps import instant_of
from ingest.sources.unreadable import Unreadable

MAX_BYTES: Final = 3 * 1024 * 1024
MAX_TAGS: Final = 40_000  # a long article with its menus and comments has some 5,000
MAX_TEXT: Final = 200_000
_MAX_TITLE: Final = 1_000
_SHORT: Final = 350  # characters: less is a stub or a caption
_WALLED: Final = 1_500  # less than this beside words of a paywall is its first lines
# Neither is text, and both can be most of a page; what declares its data (ld+json) is read before.
_UNREAD: Final = ("script", "style", "svg", "template")
_SCRIPTS: Final = re.compile(rf"<({'|'.join(_UNREAD)})\b[^<>]*>", re.IGNORECASE)
_ENDS: Final = {name: re.compile(rf"</{name}\s{{0,99}}>", re.IGNORECASE) for name in _UNREAD}
_SENTENCE_ENDS: Final = (".", "!", "?", "؟", "…", "।", "።", "۔", "။", ":", "。")
_CLOSING: Final = "\"'”»)’] "
_MAX_DATA: Final = 100_000


@dataclass(frozen=True, slots=True)
class Article:
    """An article as its page shows it. `url` is the page's own canonical address, if it is of the same host.

    `published_at` is what the page declares; `day_only` says that only the day is known (the instant is its beginning,
    UTC). None: the page does not say, whatever its address looks like.
    """

    title: str | None
    text: str
    url: str | None = None
    published_at: datetime | None = None
    day_only: bool = False
    updated_at: datetime | None = None
    language: str | None = None
    author: str | None = None
    site: str | None = None


def read_article(
    page: bytes | str, *, charset: str | None = None, url: str | None = None, stubs: bool = False
) -> Article | Unreadable:
    """The article of a page. `url` is where it was found; `stubs` takes also what looks like a menu or a paywall.

    Errors are values: too large, no text, a stub, a menu, a paywall. Nothing is fetched.
    """
    if len(page) > MAX_BYTES:
        return Unreadable(f"is larger than {size(MAX_BYTES)}")
    text = printable(page if isinstance(page, str) else decode(page, charset).text)
    if "<" not in text:
        return Unreadable("is not HTML")
    declared = _declared_data(text)
    bare = _without_scripts(text)
    if bare.count("<") > MAX_TAGS:
        return Unreadable(f"has more than {MAX_TAGS:,} tags")
    return _read(bare, declared, url, stubs=stubs)


def _read(page: str, declared: dict[str, Any], url: str | None, *, stubs: bool) -> Article | Unreadable:
    import trafilatura  # takes most of a second, and only pages need it
    from lxml import etree

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings repeat what the page says
    try:
        tree = trafilatura.load_html(page)
        meta = {} if tree is None else _meta(tree)
        lang = None if tree is None else tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        named = None if tree is None else _named_address(tree)
        links = 0 if tree is None else sum(1 for _ in tree.iter("a"))
        found = (
            None
            if tree is None
            else trafilatura.bare_extraction(
                tree,
                url=url,
                with_metadata=True,
                include_comments=False,
                date_extraction_params={"extensive_search": False},
            )
        )
    except (etree.LxmlError, ValueError, RecursionError):
        return Unreadable("is too broken to be read")
    text = tidy(str(getattr(found, "text", None) or ""))[:MAX_TEXT]
    title = tidy(str(getattr(found, "title", None) or "")).replace("\n", " ")[:_MAX_TITLE] or None
    first, _, rest = text.partition("\n")
    if title and rest and first.casefold() == title.casefold():
        text = rest
    if not any(c.isalpha() for c in text):
        return Unreadable("holds no article text")
    if not stubs and (reason := _why_no_article(text, links, declared, meta)):
        return Unreadable(reason)
    published, day_only = _published(meta, declared, getattr(found, "date", None))
    return Article(
        title=title,
        text=text,
        url=_own_address(named or meta.get("og:url"), url),
        published_at=published,
        day_only=day_only,
        updated_at=instant_of(meta.get("article:modified_time") or _string(declared.get("dateModified"))),
        language=language_with(text, str(lang) if lang else None),
        author=tidy(str(getattr(found, "author", None) or "")).replace("\n", " ")[:200] or None,
        site=tidy(str(getattr(found, "sitename", None) or "")).replace("\n", " ")[:200] or None,
    )


def _why_no_article(text: str, links: int, declared: dict[str, Any], meta: dict[str, str]) -> str | None:
    """Why a text is not an article's, None if it is one: a stub, a paywall's first lines, a list of headlines."""
    lines = text.splitlines()
    lowered = text[-3_000:].casefold()
    walled = declared.get("isAccessibleForFree") in (False, "False", "false") or any(
        phrase in lowered for phrase in wall_phrases()
    )
    if walled and len(text) < _WALLED:
        return "shows only the beginning of an article to those who do not pay or sign in"
    whole = sum(len(line) for line in lines if line.rstrip(_CLOSING).endswith(_SENTENCE_ENDS))
    if whole * 3 < len(text) and (len(lines) >= 8 or links > 40):
        return "is a list of links or headlines, not an article"
    if len(text) < _SHORT and meta.get("og:type") != "article":
        return f"has only {len(text)} characters of text, too little for an article"
    return None


@cache
def wall_phrases() -> tuple[str, ...]:
    """Words at the end of what a paywall shows, of data/paywalls.toml, in small letters."""
    table = tomllib.loads(files("ingest").joinpath("data", "paywalls.toml").read_text(encoding="utf-8"))
    return tuple(phrase.casefold() for phrases in table.values() for phrase in phrases)


def _published(meta: dict[str, str], declared: dict[str, Any], day: object) -> tuple[datetime | None, bool]:
    """What the page declares in its head or its data; else the day that trafilatura found in its words."""
    for words in (
        meta.get("article:published_time"),
        _string(declared.get("datePublished")),
        meta.get("datepublished"),
        meta.get("dc.date.issued"),
        meta.get("date"),
        str(day) if day else None,
    ):
        if at := instant_of(words):
            return at, ":" not in (words or "")
    return None, False


def _meta(tree: Any) -> dict[str, str]:
    """The first value of each <meta> by property, name or itemprop, in small letters; bounded."""
    found: dict[str, str] = {}
    for number, element in enumerate(tree.iter("meta")):
        if number >= 300:
            break
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content:
            found.setdefault(str(name).lower()[:60], str(content)[:2_000])
    return found


def _named_address(tree: Any) -> str | None:
    """The address in <link rel="canonical">."""
    for number, element in enumerate(tree.iter("link")):
        if number >= 300:
            break
        if str(element.get("rel") or "").lower() == "canonical" and element.get("href"):
            return str(element.get("href"))
    return None


def _declared_data(page: str) -> dict[str, Any]:
    """What the page says of its article as data (schema.org in ld+json): the first thing with a day of publication."""
    at = 0
    for _ in range(10):
        at = page.find("application/ld+json", at)
        start = page.find(">", at) + 1 if at >= 0 else 0
        end = page.find("</script", start, start + _MAX_DATA) if start else -1
        if end < 0:
            break
        at = end
        try:
            data = json.loads(page[start:end], strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(data):
            if "datePublished" in thing or "isAccessibleForFree" in thing:
                return thing
    return {}


def _things(data: Any) -> list[dict[str, Any]]:
    listed = data if isinstance(data, list) else [data]
    things = [thing for thing in listed[:50] if isinstance(thing, dict)]
    for thing in tuple(things):
        graph = thing.get("@graph")
        if isinstance(graph, list):
            things += [part for part in graph[:50] if isinstance(part, dict)]
    return things


def _without_scripts(page: str) -> str:
    """The page without scripts, styles and drawings; one that does not end takes the rest with it."""
    parts: list[str] = []
    at = 0
    while found := _SCRIPTS.search(page, at):
        parts.append(page[at : found.start()])
        end = _ENDS[found.group(1).lower()].search(page, found.end())
        if end is None:
            return "".join(parts)
        at = end.end()
    parts.append(page[at:])
    return "".join(parts)


def _own_address(named: object, url: str | None) -> str | None:
    """The canonical address that a page names, if it is of the host it was found at: a page speaks for itself only."""
    own = canonical_link(absolute(str(named) if named else None, url))
    if url is None:
        return own
    here = canonical_link(url)
    same = own is not None and _host(own) == _host(here)
    return own if same else here


def _host(link: str | None) -> str:
    return (link_key(link) or "").partition("/")[0]


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
