"""JSON Feed (versions 1 and 1.1, jsonfeed.org): bounded before it is read, no value of it trusted to be a string."""

from __future__ import annotations

import json
from typing import Any, Final

from ingest.sources.feed_xml import RawFeed, RawItem
from ingest.sources.unreadable import Unreadable

_MAX_ITEMS: Final = 2_000
_MAX_BRACKETS: Final = 60_000  # an object costs some 200 bytes of memory, however short it is written
_MAX_VALUES: Final = 300_000
_MAX_DEPTH_TEXT: Final = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["


def read_json(text: str) -> RawFeed | Unreadable:
    """The feed in a JSON text."""
    if text.count("{") + text.count("[") > _MAX_BRACKETS or text.count(",") > _MAX_VALUES or _MAX_DEPTH_TEXT in text:
        return Unreadable("holds more values than any feed")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Unreadable("is not JSON")
    if not isinstance(found, dict) or not _text(found.get("version")).startswith(("https://jsonfeed.org/", "http://")):
        return Unreadable("is JSON but no JSON Feed")
    items = found.get("items")
    if not isinstance(items, list):
        return Unreadable("is a JSON Feed without a list of items")
    return RawFeed(
        form="json",
        items=[_item(item) for item in items[:_MAX_ITEMS] if isinstance(item, dict)],
        title=(_text(found.get("title")), True),
        link=_text(found.get("home_page_url")) or None,
        language=_text(found.get("language")) or None,
        more=len(items) > _MAX_ITEMS,
    )


def _item(given: dict[str, Any]) -> RawItem:
    plain = [(text, True) for name in ("content_text", "summary") if (text := _text(given.get(name)))]
    return RawItem(
        item_id=_text(given.get("id")) or None,
        title=(_text(given.get("title")), True),
        bodies=[*plain, (_text(given.get("content_html")), False)],
        link=_text(given.get("url")) or _text(given.get("external_url")) or None,
        published=_text(given.get("date_published")) or None,
        updated=_text(given.get("date_modified")) or None,
        language=_text(given.get("language")) or None,
        author=(_author(given), True),
    )


def _author(given: dict[str, Any]) -> str:
    authors = given.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else given.get("author")
    return _text(first.get("name")) if isinstance(first, dict) else ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else ""
