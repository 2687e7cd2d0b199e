"""Files that a person hands over: plain text, a saved feed, a saved article (HTML); whole or not at all.

Everything in a file is hostile: size is bounded before reading, a feed that declares a DTD or entities is refused, and
what cannot be read ends in one InputError that says what, where and what to do.
"""

from __future__ import annotations

import codecs
import re
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from conflict.errors import InputError, UsageError
from conflict.events import Report, ReportKind
from ingest.sources.articles import read_article
from ingest.sources.feeds import FeedItem, looks_like_feed, read_feed, root_of
from ingest.sources.languages import language_of as language_of
from ingest.sources.unreadable import Unreadable

MAX_BYTES = 5 * 1024 * 1024
_SNIFFED = 4096
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_DECLARED = re.compile(rb"""(?:encoding|charset)\s{0,8}=\s{0,8}["']?([A-Za-z0-9_:.-]{2,40})""")
_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}


def read_file(
    path: str | Path,
    *,
    source: str | None = None,
    title: str | None = None,
    published: str | date | datetime | None = None,
    encoding: str | None = None,
    retrieved_at: datetime | None = None,
) -> list[Report]:
    """The reports in a file: one of a text or an article, one for each item of a feed.

    `source` names the publisher (default: what the file says of itself, else its name). `published` is an ISO date or
    instant for what does not date itself; without either a report stays undated. Reading the same thing twice gives the
    same report ids. Raises InputError (unreadable, empty, too large, binary, wrong encoding) and UsageError (a date or
    encoding that does not exist).
    """
    place = Path(path)
    when = parse_published(published)
    raw = _bytes_of(place)
    kind = _kind_of(raw, place)
    if kind == "feed":
        return _feed(raw, place, source, encoding, when, retrieved_at)
    text = _decode(raw, place, encoding, declared=kind == "html")
    if kind == "html":
        return [_article(text, place, source, title, when, retrieved_at)]
    return [_plain(text, place, source, title, when, retrieved_at)]


def parse_published(given: str | date | datetime | None) -> datetime | None:
    """An instant in UTC of an ISO date or instant; a plain date is the beginning of that day, in UTC.

    Relative days in the text ("on Sunday") are reckoned from that day. Raises UsageError for anything else.
    """
    if given is None or given == "":
        return None
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given.strip())
        except ValueError as error:
            raise UsageError(
                f"--published {given!r} is not a date; write 2019-12-02 or 2019-12-02T18:00Z, the day it was published."
            ) from error
    if not isinstance(given, datetime):
        given = datetime(given.year, given.month, given.day)  # noqa: DTZ001 - made aware in the next line
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)


def source_id_of(source: str) -> str:
    """A short id of a source's name: letters and digits with hyphens."""
    parts = "".join(c if c.isalnum() else " " for c in source.casefold()).split()
    return "-".join(parts)[:80] or "unnamed"


def report_of(
    text: str,
    *,
    publisher: str,
    kind: ReportKind = ReportKind.TEXT,
    title: str | None = None,
    url: str | None = None,
    published_at: datetime | None = None,
    retrieved_at: datetime | None = None,
    external_id: str | None = None,
    language: str | None = None,
    sample: bool = False,
) -> Report:
    """A report with the id that its source and content give it."""
    source_id = source_id_of(publisher)
    day = published_at.isoformat() if published_at else ""
    content = "\x1f".join((source_id, external_id or "", day, title or "", text))
    return Report(
        report_id="r" + sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:20],
        source_id=source_id,
        publisher=publisher,
        kind=kind,
        text=text,
        title=title,
        url=url,
        language=language or language_of(text),
        published_at=published_at,
        retrieved_at=retrieved_at,
        external_id=external_id,
        sample=sample,
    )


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = (
                "is a folder"
                if path.is_dir()
                else "is not a file that can be read"
                if path.exists()
                else "is not there"
            )
            raise InputError(f"{path} {what}. Give the path of a text, feed (XML) or article (HTML).")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}. Check its permissions.") from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path} is larger than 5 MB, more than any article. Cut it into single articles first.")
    if not raw.strip(b"\x00 \t\r\n\f\xef\xbb\xbf\xff\xfe"):
        raise InputError(f"{path} is empty. Nothing was stored.")
    return raw


def _kind_of(raw: bytes, path: Path) -> str:
    """`feed`, `html` or `text`; InputError for what is none of them."""
    for magic, name in _MAGIC:
        if raw.startswith(magic):
            raise InputError(f"{path} is {name}, not text. Save it as plain text or HTML and try again.")
    head = _head(raw)
    start = root_of(head)
    if looks_like_feed(raw):
        return "feed"
    if start.startswith("<!") and head.startswith("<?xml"):
        raise InputError(f"{path} declares a DTD or entities, which feeds do not need and attacks do. It was not read.")
    if start.startswith(("<html", "<!doctype html", "<head", "<body")) or path.suffix.lower() in (
        ".html",
        ".htm",
        ".xhtml",
    ):
        return "html"
    if start.startswith("<!"):
        raise InputError(f"{path} declares a DTD or entities, which feeds do not need and attacks do. It was not read.")
    if head.startswith("<?xml") or path.suffix.lower() == ".xml":
        raise InputError(f"{path} is XML but no RSS or Atom feed. Use `sitrep import` for data sets.")
    if not any(raw.startswith(bom) for bom, _ in _BOMS) and any(b in _CONTROLS for b in raw):
        raise InputError(f"{path} is a binary file, not text. Save it as plain text (UTF-8) and try again.")
    return "text"


def _head(raw: bytes) -> str:
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return raw[:_SNIFFED].decode(name, "ignore").lstrip("\ufeff \t\r\n").lower()
    return raw[:_SNIFFED].decode("latin-1").lstrip(" \t\r\n").lower()


def _decode(raw: bytes, path: Path, encoding: str | None, *, declared: bool) -> str:
    for bom, name in _BOMS:
        if raw.startswith(bom):
            encoding = name
    if encoding is None and declared and (found := _DECLARED.search(raw[:_SNIFFED])):
        encoding = found.group(1).decode("ascii")
    try:
        text = raw.decode(encoding or "utf-8")
    except LookupError as error:
        raise UsageError(
            f"{path}: there is no encoding {encoding!r}. Use one such as utf-8 or windows-1256."
        ) from error
    except UnicodeError as error:
        where = f"byte {getattr(error, 'start', 0)}"
        raise InputError(
            f"{path} is not {encoding or 'UTF-8'} text ({where}). Convert it, as with: iconv -f WINDOWS-1256 -t UTF-8."
        ) from error
    if "\x00" in text:
        raise InputError(f"{path} is a binary file, not text. Save it as plain text (UTF-8) and try again.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain(
    text: str, path: Path, source: str | None, title: str | None, when: datetime | None, retrieved_at: datetime | None
) -> Report:
    body = _without_title(text.strip(), title)
    if not any(c.isalpha() for c in body):
        raise InputError(f"{path} holds no words. Nothing was stored.")
    return report_of(body, publisher=source or path.stem, title=title, published_at=when, retrieved_at=retrieved_at)


def _without_title(text: str, title: str | None) -> str:
    """The text without a first line that only repeats the title."""
    first, _, rest = text.partition("\n")
    if title and rest.strip() and " ".join(first.split()).casefold() == " ".join(title.split()).casefold():
        return rest.lstrip()
    return text


def _article(
    page: str, path: Path, source: str | None, title: str | None, when: datetime | None, retrieved_at: datetime | None
) -> Report:
    found = read_article(page, stubs=True)  # a person chose this page: even a short text is meant
    if isinstance(found, Unreadable):
        raise InputError(f"{path}: this page {found.reason}. Save the text of the article by itself.")
    own_title = title or found.title
    return report_of(
        _without_title(found.text, own_title),
        publisher=source or found.site or path.stem,
        kind=ReportKind.ARTICLE,
        title=own_title,
        url=found.url,
        published_at=when or found.published_at,
        retrieved_at=retrieved_at,
    )


def _feed(
    raw: bytes,
    path: Path,
    source: str | None,
    encoding: str | None,
    when: datetime | None,
    retrieved_at: datetime | None,
) -> list[Report]:
    found = read_feed(raw, charset=encoding)
    if isinstance(found, Unreadable):
        raise InputError(f"{path}: this feed {found.reason}. It was not read.")
    if not found.items:
        flaws = f" ({'; '.join(found.flaws)})" if found.flaws else ""
        raise InputError(f"{path} is a feed without readable items{flaws}. Nothing was stored.")
    publisher = source or found.title or path.stem
    return [_report_of_item(item, publisher, when, retrieved_at) for item in found.items]


def _report_of_item(item: FeedItem, publisher: str, when: datetime | None, retrieved_at: datetime | None) -> Report:
    return report_of(
        item.text,
        publisher=publisher,
        kind=ReportKind.FEED_ITEM,
        title=item.title,
        url=item.url,
        published_at=item.published_at or item.updated_at or when,
        retrieved_at=retrieved_at,
        external_id=item.item_id,
    )
