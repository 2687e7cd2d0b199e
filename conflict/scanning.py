"""Place names in running text: the longest known name at each word, with guards for words and people of the same name.

Time is linear in the text: each word is looked at once, and a name is at most six words long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from conflict.name_index import BEGINNING, COMPLETE, NameFilter
from conflict.names import ARTICLES, fold_word, is_arabic, normal
from conflict.place_words import all_words, read_words, word_before
from conflict.places import Candidate, Mention
from conflict.vocabulary import PlaceLevel

Hit = tuple[int, int]
_WORD = r"[^\W_][\w\u0300-\u036f\u064b-\u0652\u0670'’‘ʼʻ`´]*"
_CAPITAL = r"[A-Z\u00c0-\u00de\u0100-\u024f\u1e00-\u1eff\u0620-\u06ff][\w\u0300-\u036f\u064b-\u0652\u0670'’‘ʼʻ`´]*"
_ANY = re.compile(_WORD)
_POSSESSIVE = re.compile(r"(?:['’]s?|['’‘ʼʻ`´]+)$")
_GAP = re.compile(r"(?:[ \u00a0\n]|[-‐‑])['’‘ʼʻ`´]{0,2}")
_NEXT_WORD = re.compile(r"[ \u00a0\-]([A-Za-z]{3,14})\b")
_ARABIC_ARTICLES = ARTICLES - {"in", "an", "as", "at", "us", "en", "et", "ed", "er", "es", "l", "ut", "ul"}
_ENGLISH = frozenset(("in", "at"))  # articles of some names, but words of the text when they stand alone
_MOST_WORDS = 6
_MOST_REMEMBERED = 20_000
_MOST_NAMES_REMEMBERED = 3_000
_MOST_CANDIDATES = 6
_PARTICLES = ("و", "ف", "ب", "ل")  # the first two also before the others: "وبحلب"
_LARGE = 50_000
_SHORTEST_LENIENT = 6  # letters of a folded name that is believed outside the country in focus
_INITIALS = frozenset((PlaceLevel.COUNTRY, PlaceLevel.REGION))
_FIRM_LEVELS = frozenset((PlaceLevel.COUNTRY, PlaceLevel.ADMIN1))


class Ranking(Protocol):
    """What the scanner asks of a gazetteer."""

    def rank(
        self, hits: dict[Hit, str], code: str | None, level: PlaceLevel | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Candidates of hits, best first."""

    def exact(self, key: str) -> Sequence[Hit]:
        """The places with exactly this normal form."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a word: its folded key, what the filter says of it, and how many letters of particle it drops."""

    fold: str
    bits: int
    dropped: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A name found, before the guards: its span, what it may mean, how sure that is."""

    start: int
    end: int
    words: int
    key: str
    fold: str
    candidates: tuple[Candidate, ...]
    first: int  # index of its first and last word
    last: int
    level: PlaceLevel | None


class Scanner:
    """Finds mentions. `known` says quickly what is no name, `hits` gives the places of a folded name."""

    def __init__(self, folder: Path, known: NameFilter, hits: Callable[[str], list[Hit]]) -> None:
        words = read_words(folder / "words.toml")
        self._known = known
        self._hits = hits
        phrases = {normal(phrase) for language in ("en", "ar") for phrase in words[language]["phrases"]}
        self.common = frozenset(all_words(words, "common") | all_words(words, "people") | phrases)
        self.titles = all_words(words, "titles")
        self.beside = all_words(words, "beside")
        self.fronts = {code: tuple(others.split()) for code, others in words["fronts"].items()}
        self.guarded = frozenset(normal(word) for word in words["ar"]["guarded"].split())
        self.triggers = frozenset(normal(word) for word in words["ar"]["triggers"].split())
        inside = sorted(all_words(words, "inside") | ARTICLES, key=len, reverse=True)
        self._inside = frozenset(inside)
        self._joining = all_words(words, "joining")
        self._starts = re.compile(rf"(?<!\w)(?:{_CAPITAL}|(?:{'|'.join(inside)})(?![\w'’]))")
        self._before = {normal(w): PlaceLevel(v) for lang in ("en", "ar") for w, v in words[lang]["before"].items()}
        self._level_words = frozenset(word for words in self._before for word in words.split())
        self._after = {normal(w): PlaceLevel(v) for lang in ("en", "ar") for w, v in words[lang]["after"].items()}
        self._readings: dict[str, tuple[_Reading, ...]] = {}
        self._checked: dict[str, bool] = {}
        self._ranked: dict[tuple[str, str, str | None, PlaceLevel | None], tuple[Candidate, ...]] = {}

    def is_common(self, key: str) -> bool:
        """Whether a normal form is a common word or a person's name rather than a place."""
        return key in self.common

    def without_level_words(self, key: str) -> tuple[str, PlaceLevel | None]:
        """A normal form without the word that says its level, and that level: "idlib province" is idlib, admin1."""
        words = key.split()
        for count in (2, 1):
            if len(words) > count and (level := self._before.get(" ".join(words[:count]))):
                return " ".join(words[count:]), level
        if len(words) > 1 and (level := self._after.get(words[-1])):
            return " ".join(words[:-1]), level
        return key, None

    def mentions(self, text: str, places: Ranking, code: str | None, cased: bool) -> tuple[Mention, ...]:
        """All mentions; `code` is the country in focus, None to take it from the text itself."""
        spans = [match.span() for match in (self._starts if cased else _ANY).finditer(text)]
        found = self._all_names(text, spans, places, code, cased)
        focus = {code} if code else _focus(found)
        believed = _Believed(self, text, spans, focus, cased)
        return tuple(
            Mention(start, end, text[start:end], kept)
            for one in found
            for start, end in [(one.start, one.end)]
            if (kept := believed.candidates(one))
        )

    def _all_names(
        self, text: str, spans: list[tuple[int, int]], places: Ranking, code: str | None, cased: bool
    ) -> list[_Found]:
        found: list[_Found] = []
        at, count = 0, len(spans)
        readings = self._readings
        while at < count:
            start, end = spans[at]
            word = text[start:end]
            ways = readings.get(word)
            if ways is None:
                ways = self._read(word)
            one = self._longest(text, spans, at, ways, places, code, cased) if ways else None
            if one is None:
                at += 1
            else:
                found.append(one)
                at = one.last + 1
        return found

    def _read(self, word: str) -> tuple[_Reading, ...]:
        """How a word may be read as the first of a name; remembered, for words repeat."""
        bare = normal(_POSSESSIVE.sub("", word))
        ways = []
        if bare and " " not in bare and bare not in self._inside:
            forms = [(bare, 0)]
            if bare[0] in _PARTICLES and len(bare) > 3 and bare not in self._level_words:
                forms.append((bare[1:], 1))
                if bare[0] in _PARTICLES[:2] and bare[1] in _PARTICLES[2:] and len(bare) > 4:
                    forms.append((bare[2:], 2))
            for form, dropped in forms:
                fold = fold_word(form)
                bits = self._known[fold]
                if (form in self.common and form.isascii()) or form in self._level_words:
                    bits &= BEGINNING  # "مدينة" before a name is a word, not Medina
                if bits:
                    ways.append(_Reading(fold, bits, dropped))
        if len(self._readings) >= _MOST_REMEMBERED:
            self._readings.clear()
        self._readings[word] = result = tuple(ways)
        return result

    def _longest(
        self,
        text: str,
        spans: list[tuple[int, int]],
        at: int,
        ways: tuple[_Reading, ...],
        places: Ranking,
        code: str | None,
        cased: bool,
    ) -> _Found | None:
        for way in ways:
            ends = [(at, way.fold)] if way.bits & COMPLETE else []
            key, bits, last = way.fold, way.bits, at
            while bits & BEGINNING and last + 1 < len(spans) and last - at < _MOST_WORDS:
                before, after = spans[last][1], spans[last + 1][0]
                if after - before > 4 or not _GAP.fullmatch(text, before, after):
                    break
                last += 1
                bare = normal(_POSSESSIVE.sub("", text[spans[last][0] : spans[last][1]]))
                if bare in _ENGLISH and text[before] != "-":
                    break  # "Jibala in Syria"
                if bare in ARTICLES or not bare:
                    continue
                key += fold_word(bare)
                bits = self._known[key]
                if bits & COMPLETE and bare not in self._joining:
                    ends.append((last, key))
            options = [
                self._found(text, spans, (at, last), way.dropped, key, places, code)
                for last, key in reversed(ends)
                if self._is_known(key)
            ]
            if options:
                return next((option for option in options if _firm(option)), options[0])
        return None

    def _found(
        self,
        text: str,
        spans: list[tuple[int, int]],
        words: tuple[int, int],
        dropped: int,
        fold: str,
        places: Ranking,
        code: str | None,
    ) -> _Found:
        first, last = words
        start, end = spans[first][0] + dropped, spans[last][1]
        end -= len(text[start:end]) - len(_POSSESSIVE.sub("", text[start:end]))
        key = normal(text[start:end])
        start, first_level = self._level_before(text, start, dropped)
        end, level = self._level_after(text, end)
        level = first_level or level
        candidates = self._candidates(key, fold, places, code, level)
        if candidates and candidates[0].how != "exact" and not dropped:
            at, article = word_before(text, start)
            if article.lower() in _ARABIC_ARTICLES and (whole := normal(text[at:end])) != key:  # "El Obeid"
                wider = self._candidates(whole, fold, places, code, level)
                if wider and wider[0].how == "exact":
                    start, key, candidates = at, whole, wider
        return _Found(start, end, last - first + 1, key, fold, candidates, first, last, level)

    def _is_known(self, fold: str) -> bool:
        """Whether the filter was right about a folded name; remembered, for wrong guesses repeat too."""
        known = self._checked.get(fold)
        if known is None:
            if len(self._checked) >= _MOST_REMEMBERED:
                self._checked.clear()
            known = self._checked[fold] = bool(self._hits(fold))
        return known

    def _candidates(
        self, key: str, fold: str, places: Ranking, code: str | None, level: PlaceLevel | None
    ) -> tuple[Candidate, ...]:
        """What a name may mean, best first; remembered, for names repeat."""
        asked = (key, fold, code, level)
        known = self._ranked.get(asked)
        if known is None:
            ways = dict.fromkeys(self._hits(fold), "folded") | dict.fromkeys(places.exact(key), "exact")
            known = places.rank(ways, code, level, _MOST_CANDIDATES)
            if len(self._ranked) >= _MOST_NAMES_REMEMBERED:
                self._ranked.clear()
            self._ranked[asked] = known
        return known

    def _level_before(self, text: str, start: int, dropped: int) -> tuple[int, PlaceLevel | None]:
        """The start of the mention with the article and the level word before it, and that level."""
        at, word = word_before(text, start)
        if dropped or not word:
            return start, None
        if word.lower() in (ARTICLES if text[start - 1] == "-" else _ARABIC_ARTICLES):
            start = at
            at, word = word_before(text, start)
        if not word or (word.isascii() and word.lower() not in self._level_words):
            return start, None
        two_at, two = word_before(text, at)
        for begin, words in ((two_at, f"{two} {word}"), (at, word)):
            key = normal(words)
            if level := self._before.get(key):
                return begin, level
            if level := self._before.get(key[1:]):  # with a particle: "وريف إدلب"
                return begin + 1, level
        return start, None

    def _level_after(self, text: str, end: int) -> tuple[int, PlaceLevel | None]:
        if (match := _NEXT_WORD.match(text, end)) and (level := self._after.get(match.group(1).lower())):
            return match.end(), level
        return end, None


class _Believed:
    """The guards: which of the names found in one text are taken for places."""

    def __init__(self, scanner: Scanner, text: str, spans: list[tuple[int, int]], focus: set[str], cased: bool) -> None:
        self._scanner = scanner
        self._text = text
        self._spans = spans
        self._focus = focus
        self._around = {code for country in focus for code in scanner.fronts.get(country, ())}
        self._cased = cased
        self._small: frozenset[str] | None = None

    def candidates(self, one: _Found) -> tuple[Candidate, ...]:
        """What the name may mean; nothing when it is hardly a place."""
        arabic = is_arabic(one.key)
        if one.level is None and self._scanner.is_common(one.key):
            return ()
        kept = tuple(candidate for candidate in one.candidates if self._likely(candidate, one, arabic))
        if kept and one.level is None and one.key in self._scanner.guarded:
            kept = tuple(c for c in kept if c.place.country_code in self._focus and self._trigger_before(one))
        if kept and kept[0].how == "exact":
            kept = tuple(c for c in kept if c.how == "exact" or c.place.country_code == kept[0].place.country_code)
        if not kept or one.level is not None or one.words > 1:
            return kept
        if not arabic and len(one.key) < 5 and self._text[one.start : one.end].isupper() and self._cased:
            # Initials: countries and roads (UK, M4), and HOMS in a headline; not an agency (SANA).
            return tuple(c for c in kept if c.place.level in _INITIALS or c.place.country_code in self._focus)
        firm = kept[0].place.level in _FIRM_LEVELS or kept[0].place.population >= _LARGE
        if arabic:
            return kept if firm or self._trigger_before(one) or len(one.key) > 4 else ()
        if self._cased and (self._after_title(one) or (not firm and self._part_of_a_name(one))):
            return ()
        return () if self._cased and self._also_a_word(one) else kept

    def _likely(self, candidate: Candidate, one: _Found, arabic: bool) -> bool:
        place = candidate.place
        focused = place.country_code in self._focus or (place.country_code is None)
        if candidate.how == "exact":
            beyond = len(one.key) > 4 and place.country_code in self._around
            if focused or place.level is PlaceLevel.COUNTRY or beyond:
                return True
            if not self._focus:
                return len(one.key) > 3
            return place.level is PlaceLevel.ADMIN1 or place.population >= _LARGE
        if one.key.partition(" ")[0] in self._scanner.common:
            return False
        if self._focus:
            return focused and len(one.fold) > 3
        return len(one.fold) >= _SHORTEST_LENIENT and not arabic

    def _trigger_before(self, one: _Found) -> bool:
        if one.first == 0:
            return False
        word = normal(self._text[slice(*self._spans[one.first - 1])])
        return word in self._scanner.triggers or word[1:] in self._scanner.triggers

    def _after_title(self, one: _Found) -> bool:
        word = self._word_before(one.start)
        return word is not None and normal(word) in self._scanner.titles

    def _part_of_a_name(self, one: _Found) -> bool:
        """Whether an unknown capitalised word stands right before or after: "Rami Abdel Rahman"."""
        before = self._word_before(one.start)
        if before and self._unknown_capital(before) and not self._opens_sentence(one.start - len(before) - 1):
            return True
        after = re.compile(r" (\w+)").match(self._text, one.end)
        return bool(after) and self._unknown_capital(after.group(1) if after else "")

    def _unknown_capital(self, word: str) -> bool:
        key = normal(word)
        return word[:1].isupper() and not word.isupper() and key not in self._scanner.beside and key not in ARTICLES

    def _word_before(self, start: int) -> str | None:
        """The word before with only a space (or a full stop of "Mr.") between."""
        head = self._text[max(0, start - 30) : start]
        match = re.search(r"(\w+)(\.?) $", head)
        return match.group(1) if match and (not match.group(2) or len(match.group(1)) < 5) else None

    def _opens_sentence(self, start: int) -> bool:
        head = self._text[max(0, start - 3) : start].rstrip(" \"“'‘(")
        return not head or head[-1] in ".!?:\n•-—"

    def _also_a_word(self, one: _Found) -> bool:
        """Whether a name that opens a sentence is a word of this text in lower case elsewhere."""
        if not self._opens_sentence(one.start):
            return False
        if self._small is None:
            self._small = frozenset(re.findall(r"(?<!\w)[a-z]+(?!\w)", self._text))
        return one.key in self._small


def _firm(one: _Found) -> bool:
    """Whether a name is beyond doubt: a country, a province, a large town, any exact name of several words."""
    if not one.candidates:
        return False
    best = one.candidates[0]
    return best.how == "exact" and (
        one.words > 1 or best.place.level in _FIRM_LEVELS or best.place.population >= _LARGE
    )


def _focus(found: list[_Found]) -> set[str]:
    """The countries that a text is about, by its surest names: countries, provinces, large towns."""
    votes: Counter[str] = Counter()
    for one in found:
        if not one.candidates:
            continue
        best = one.candidates[0]
        sure = best.how == "exact" and (best.place.level in _FIRM_LEVELS or best.place.population >= 2 * _LARGE)
        if sure and best.place.country_code:
            votes[best.place.country_code] += 2 if best.place.level is PlaceLevel.COUNTRY else 1
    most = max(votes.values(), default=0)
    return {code for code, count in votes.items() if 2 * count >= most}
