"""Why a report gives no events, in plain words; which texts are not read at all: other languages, lists of links."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.extraction.lexicon import Lexicon
from ingest.extraction.sentences import Told
from ingest.extraction.text import Cut

ANOTHER_LANGUAGE = "another language: only English and Arabic are read"
MENU = "a menu or list of links, no running text"
_HEAD = 1_500  # characters that tell the language
_LETTERS = re.compile(r"[^\W\d_]")
_UNREAD = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f\u0600-\u06ff\u1e00-\u1eff]")  # letters of other scripts
_ENDS = (".", "!", "?", "…", "؟", "۔", ":")


def why_nothing(page: Cut, told: Sequence[Told], lexicon: Lexicon, totals: bool) -> str:
    """The first thing that explains why no event was found."""
    if not page.text.strip():
        return "there is no text"
    if not _LETTERS.search(page.text[:4_000]):
        return "there are no words in the text"
    if page.paywalled:
        return "only the stub of an article behind a paywall"
    if totals:
        return "only counts for a period or tallies, no single event"
    if not page.sentences or _is_menu(
        page.text, lexicon, any(t.tagged.by("harm") or t.frames or t.notes for t in told)
    ):
        return MENU
    notes = [note for item in told for note in item.notes]
    off = next((item.off_topic for item in told if item.off_topic), None)
    if off:
        return off
    if notes:
        return f"what it tells of was dropped: {notes[0]}"
    return "no words that tell of an event of armed conflict"


def in_another_language(text: str, lexicon: Lexicon) -> bool:
    """Whether the head of a text is in a language that is not read: by its script, else by its commonest words."""
    head = text[:_HEAD]
    if not head.isascii():
        letters = len(_LETTERS.findall(head))
        if letters >= _FEW and 2 * len(_UNREAD.findall(head)) > letters:
            return True
    words = [word.strip(_MARKS) for word in head.lower().split()]
    own = sum(word in lexicon.own_words for word in words)
    other = sum(word in lexicon.other_words for word in words)
    if other >= 2 and other > 2 * own:
        return True
    accented = sum(not word.isascii() and "\u00c0" <= max(word) <= "\u024f" for word in words)
    return not own and len(words) >= _SOME and (accented >= 2 or (accented + other >= 2))


_FEW = 8  # letters; a name alone is in no language
_SOME = 5  # words
_MARKS = ".,;:!?\"'()[]«»“”„،؛؟"


def _is_menu(text: str, lexicon: Lexicon, telling: bool) -> bool:
    """Whether a text has no running sentence: short lines or bare words, none with a verb or preposition or stop."""
    lines = [line.strip() for line in text[:4_000].splitlines() if line.strip()]
    if any(line.endswith(_ENDS) for line in lines):
        return False
    words = [len(line.split()) for line in lines]
    if len(lines) >= _LINKS:
        return sum(words) <= _A_LINK * len(lines)
    if telling:
        return False
    plain = [word.strip(_MARKS).lower() for line in lines for word in line.split()]
    return len(plain) >= _SOME and not any(word in lexicon.own_words or word in _SMALL for word in plain)


_LINKS, _A_LINK = 5, 4  # lines of a list of links, words of one on average
_SMALL = frozenset({"in", "on", "a", "an", "up", "out"})
