"""A sentence as words with tags: what the dictionary knows each phrase to be.

Longest phrase first for each category of words; one phrase may carry several tags. Linear in the length of the sentence
(phrases are bounded). Arabic particles written onto a word ("وقصفت", "بحلب") are taken off where it is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from conflict.tokens import word_key
from ingest.extraction.lexicon import CAPITALS_ONLY, Entry, Lexicon
from ingest.extraction.text import Sentence

# One word, one number or one sign at a time: no nesting, linear.
_TOKEN = re.compile(
    r"[A-Z](?:\.[A-Z]){1,4}\b\.?|\d[\d.,]*|[^\W\d_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f\u064b-\u0652\u0670][^\W_]*)*|\S"
)
_CLAUSE_SIGNS = frozenset(',;:()[]—–"،؛«»')
MAX_TOKENS = 400


class Word(NamedTuple):
    """One word, number or sign: offsets within the sentence, the key it is looked up by."""

    start: int
    end: int
    key: str
    sign: bool
    capital: bool
    upper: bool


class Tag(NamedTuple):
    """A tagged phrase: word indices (end exclusive), category and value of the lexicon's entry."""

    first: int
    last: int
    category: str
    value: str
    detail: str


@dataclass(slots=True)
class Tagged:
    """A sentence with its words and tags; `by(category)` gives the tags in order."""

    sentence: Sentence
    words: list[Word]
    tags: list[Tag]
    _index: dict[str, list[Tag]] = field(default_factory=dict)

    def by(self, category: str) -> list[Tag]:
        """All tags of a category, in order."""
        if not self._index:
            for tag in self.tags:
                self._index.setdefault(tag.category, []).append(tag)
        return self._index.get(category, [])

    def has(self, category: str, value: str | None = None) -> bool:
        """Whether a tag of this category (and value) is there."""
        return any(value is None or tag.value == value for tag in self.by(category))

    def written(self, first: int, last: int) -> str:
        """The words from `first` to `last` as written."""
        return self.sentence.text[self.words[first].start : self.words[last - 1].end]

    def word_at(self, offset: int) -> int:
        """The index of the first word that begins at or after `offset`."""
        low, high = 0, len(self.words)
        while low < high:
            middle = (low + high) // 2
            if self.words[middle].start < offset:
                low = middle + 1
            else:
                high = middle
        return low

    def clause_between(self, left: int, right: int) -> bool:
        """Whether a sign that parts clauses stands between two words."""
        low, high = min(left, right), max(left, right)
        return any(word.sign and word.key in _CLAUSE_SIGNS for word in self.words[low:high])


def words_of(text: str) -> list[Word]:
    """The words of a sentence; hyphens and possessives are left out, other signs kept."""
    words: list[Word] = []
    for match in _TOKEN.finditer(text):
        written = match.group()
        first = written[0]
        if first.isalpha():
            if written.isascii():
                key = written.lower()
                if len(key) > 1 and "." not in key:
                    start, end = match.span()
                    capital = key[0] != first
                    words.append(Word(start, end, key, False, capital, capital and written.isupper()))
                    if len(words) >= MAX_TOKENS:
                        break
                    continue
            else:
                key = word_key(written)
            if key == "s" and match.start() and text[match.start() - 1] in "'’":
                continue
            if key == "t" and match.start() and text[match.start() - 1] in "'’" and words:
                key = "not"
            if key.startswith("ال") and len(key) > 4:
                key = key[2:]
            if "." in key:  # U.S., U.N.
                key = key.replace(".", "")
            words.append(Word(match.start(), match.end(), key, False, first.isupper(), written.isupper()))
        elif first.isdecimal():
            words.append(
                Word(
                    match.start(), match.start() + len(written.rstrip(".,")), written.rstrip(".,"), False, False, False
                )
            )
        elif first not in "-'’`_":
            words.append(Word(match.start(), match.end(), first, True, False, False))
        if len(words) >= MAX_TOKENS:
            break
    return words


def tag(sentence: Sentence, lexicon: Lexicon) -> Tagged:
    """The sentence with every phrase that the lexicon knows."""
    words = words_of(sentence.text)
    tags: list[Tag] = []
    covered: dict[str, int] = {}  # category -> index after its last phrase
    silenced = 0  # words of a figure of speech mean nothing else
    root = lexicon.root.next
    last_word = len(words) - 1
    for index, word in enumerate(words):
        if word.sign:
            continue
        node = root.get(word.key)
        if not "\u0600" <= word.key[0] <= "\u06ff":
            if node is None:
                continue
            if not node.entries and (index == last_word or words[index + 1].key not in node.next):
                continue  # most words that begin a phrase begin none here: "the", "of", "in"
        found = _phrases_at(words, index, lexicon)
        for last, entry in found:
            category = entry.category
            if index < silenced or covered.get(_EXCLUSIVE.get(category, category), 0) > index:
                continue
            if category == "figures":
                silenced = last
                tags = [t for t in tags if not (t.last > index and t.category == "trigger")]
            if category == "hypothetical" and words[index].capital and words[index].key == "may" and index:
                continue  # the month
            tags.append(Tag(index, last, category, entry.value, entry.detail))
        for last, entry in found:
            key = _EXCLUSIVE.get(entry.category, entry.category)
            covered[key] = max(covered.get(key, 0), last)
    return Tagged(sentence, words, tags)


_EXCLUSIVE = {"actor": "who", "group": "who"}  # categories whose phrases may not overlap share a name


def _phrases_at(words: list[Word], index: int, lexicon: Lexicon) -> list[tuple[int, Entry]]:
    """The longest phrase of each category that begins at a word."""
    best: dict[str, list[tuple[int, Entry]]] = {}
    key = words[index].key
    for first in forms(key) if "\u0600" <= key[0] <= "\u06ff" else (key,):
        node = lexicon.root.next.get(first)
        if node is None:
            continue
        last = index + 1
        while node is not None:
            if node.entries and not (last == index + 1 and first in CAPITALS_ONLY and not words[index].upper):
                for entry in node.entries:
                    category = _EXCLUSIVE.get(entry.category, entry.category)
                    kept = best.get(category)
                    if kept is None or kept[0][0] < last:
                        best[category] = [(last, entry)]
                    elif kept[0][0] == last:
                        kept.append((last, entry))
            if last >= len(words) or words[last].sign:
                break
            node = node.next.get(words[last].key)
            last += 1
        if best:
            break
    return [item for items in best.values() for item in items]


@lru_cache(maxsize=20_000)
def forms(key: str) -> tuple[str, ...]:
    """How a word may be filed: as it is, and Arabic also without the particles written onto it."""
    if not "\u0600" <= key[:1] <= "\u06ff":
        return (key,)
    forms = [key]
    rest = key
    if rest[0] in "وف" and len(rest) > 3:
        rest = rest[1:]
        forms.append(_without_article(rest))
    if rest[0] in "بلك" and len(rest) > 3:
        rest = rest[1:]
        if rest.startswith("ل") and key.lstrip("وف").startswith("لل"):
            rest = rest[1:]
        forms.append(_without_article(rest))
    return tuple(dict.fromkeys(forms))


def _without_article(key: str) -> str:
    return key[2:] if key.startswith("ال") and len(key) > 4 else key
