"""Why a report gives no events, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.extraction.sentences import Told
from ingest.extraction.tags import Tagged
from ingest.extraction.text import Cut


def why_nothing(page: Cut, tagged: Sequence[Tagged], told: Sequence[Told], language: str, totals: bool) -> str:
    """The first thing that explains why no event was found."""
    letters = sum(c.isalpha() for c in page.text[:4_000])
    if not page.text.strip():
        return "there is no text"
    if not letters:
        return "there are no words in the text"
    if page.paywalled:
        return "only the stub of an article behind a paywall"
    if not page.sentences:
        return "a page without an article: only navigation, captions or links"
    if totals:
        return "only counts for a period or tallies, no single event"
    notes = [note for item in told for note in item.notes]
    off = next((item.off_topic for item in told if item.off_topic), None)
    if off:
        return off
    if notes:
        return f"what it tells of was dropped: {notes[0]}"
    if not _readable(page.text):
        return "not in a language that is read (English, Arabic)"
    return "no words that tell of an event of armed conflict"


_OFTEN = frozenset(
    [
        "the",
        "of",
        "in",
        "and",
        "a",
        "to",
        "on",
        "at",
        "near",
        "by",
        "with",
        "an",
        "from",
        "for",
        "were",
        "is",
        "was",
        "are",
        "has",
        "have",
        "said",
        "after",
        "his",
        "its",
        "killed",
        "kills",
    ]
)


def _readable(text: str) -> bool:
    head = text[:4_000]
    letters = sum(c.isalpha() for c in head)
    known = sum(c.isalpha() and (c.isascii() or "\u0600" <= c <= "\u06ff") for c in head)
    if known * 2 < letters:
        return False
    words = set(head.lower().split())
    english = {
        "the",
        "of",
        "in",
        "and",
        "a",
        "to",
        "on",
        "at",
        "near",
        "by",
        "with",
        "an",
        "from",
        "for",
        "were",
        *_OFTEN,
    }
    common = {*english, "في", "من", "على", "عن", "إلى"}
    return bool(words & common) or len(words) < 4
