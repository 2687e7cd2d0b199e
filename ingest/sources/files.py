"""Files that a person hands over: plain text, a saved feed (RSS, Atom), a saved article (HTML); whole or not at all.

Everything in a file is hostile: size is bounded before reading, a feed that declares a DTD or entities is refused, and
what cannot be read ends in one InputError that says what, where and what to do.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from conflict.errors import InputError, UsageError
from conflict.events import Report, ReportKind

MAX_BYTES = 5 * 1024 * 1024
MAX_ITEMS = 2_000
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
_ENGLISH = frozenset(
    ("the", "of", "and", "in", "to", "a", "is", "was", "were", "are", "has", "had", "for", "on", "with", "by", "that")
)
_NOT_ARABIC = frozenset("پچژگکیےںہھٹڈڑۆێۇ")
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
        return _feed(raw, place, source, when, retrieved_at)
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


def language_of(text: str) -> str | None:
    """ "ar" or "en", where script and small words speak for it; None for any other language."""
    sample = text[:20_000].casefold()
    letters = sum(c.isalpha() for c in sample)
    words = sample.split()
    if not letters:
        return None
    if sum("\u0600" <= c <= "\u06ff" for c in sample) * 2 > letters:
        # Persian, Urdu and Kurdish write letters that Arabic has not.
        return None if sum(c in _NOT_ARABIC for c in sample) * 50 > letters else "ar"
    if sum("a" <= c <= "z" for c in sample) * 2 < letters:
        return None
    return "en" if len(words) < 8 or sum(w in _ENGLISH for w in words) * 12 >= len(words) else None


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
    start = _root_of(head)
    if start.startswith(("<rss", "<feed", "<rdf:rdf", "<channel")):
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


def _root_of(head: str) -> str:
    """What follows the XML declaration, comments and processing instructions."""
    while True:
        head = head.lstrip()
        if head.startswith("<?"):
            _, found, head = head.partition("?>")
        elif head.startswith("<!--"):
            _, found, head = head.partition("-->")
        else:
            return head
        if not found:
            return ""


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
    import trafilatura  # takes most of a second, and only saved pages need it

    found = trafilatura.bare_extraction(
        page, with_metadata=True, include_comments=False, date_extraction_params={"extensive_search": False}
    )
    text = (getattr(found, "text", None) or "").strip()
    if not text:
        raise InputError(f"{path}: no article text was found in this page. Save the text of the article by itself.")
    own_title = title or getattr(found, "title", None)
    name = source or getattr(found, "sitename", None) or path.stem
    return report_of(
        _without_title(text, own_title),
        publisher=str(name),
        kind=ReportKind.ARTICLE,
        title=own_title,
        url=_web_address(getattr(found, "url", None)),
        published_at=when or _meta_date(getattr(found, "date", None)),
        retrieved_at=retrieved_at,
    )


def _meta_date(words: object) -> datetime | None:
    try:
        return parse_published(str(words)) if words else None
    except UsageError:
        return None


def _feed(
    raw: bytes, path: Path, source: str | None, when: datetime | None, retrieved_at: datetime | None
) -> list[Report]:
    import feedparser  # only feeds need it

    parsed = feedparser.parse(raw, response_headers={"content-type": "application/xml"})
    publisher = source or _plain_words(parsed.feed.get("title")) or path.stem
    reports = [r for e in parsed.entries[:MAX_ITEMS] if (r := _item(e, publisher, when, retrieved_at)) is not None]
    if not reports:
        fault = f": {parsed.get('bozo_exception')}" if parsed.get("bozo") else ""
        raise InputError(f"{path} is a feed without readable items{' '.join(str(fault).split())}. Nothing was stored.")
    return reports


def _item(entry: Any, publisher: str, when: datetime | None, retrieved_at: datetime | None) -> Report | None:
    title = _plain_words(entry.get("title")) or None
    bodies = [str(part.get("value", "")) for part in entry.get("content", [])] + [str(entry.get("summary", ""))]
    text = max((_plain_words(body) for body in bodies), key=len) or title
    if not text:
        return None
    return report_of(
        text,
        publisher=publisher,
        kind=ReportKind.FEED_ITEM,
        title=title,
        url=_web_address(entry.get("link")),
        published_at=_instant(entry.get("published_parsed") or entry.get("updated_parsed")) or when,
        retrieved_at=retrieved_at,
        external_id=str(entry.get("id") or "") or None,
    )


def _instant(parts: Any) -> datetime | None:
    try:
        if not parts:
            return None
        year, month, day, hour, minute, second = (int(part) for part in parts[:6])
        return datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(seconds=second)
    except (TypeError, ValueError, OverflowError):
        return None


def _web_address(url: object) -> str | None:
    """A link that may be shown: http or https, of bounded length."""
    text = str(url or "").strip()
    return text if text.lower().startswith(("http://", "https://")) and len(text) < 2000 else None


class _Words(HTMLParser):
    """The visible words of a fragment of HTML, paragraphs kept apart."""

    _BREAKS = frozenset({"p", "br", "div", "li", "h1", "h2", "h3", "h4", "tr", "blockquote"})
    _HIDDEN = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in self._HIDDEN
        if tag in self._BREAKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in self._HIDDEN))
        if tag in self._BREAKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data)

    def lines(self) -> Iterator[str]:
        for line in "".join(self._parts).splitlines():
            if words := " ".join(line.split()):
                yield words


def _plain_words(fragment: object) -> str:
    parser = _Words()
    parser.feed(str(fragment or ""))
    parser.close()
    return "\n".join(parser.lines())
