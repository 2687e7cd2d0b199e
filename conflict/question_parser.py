"""A question in words -> a question as data: kind, places, period, types, actor, source; English and Arabic, mixed.

Roles are taken in an order in which each leaves its words out for the next: the period, the distance, the words of the
lexicon, place names; what is left may be a typo of a listed word or of a place. A word that looks like a place and is
not understood is kept in `unresolved`: a question about one place is never answered about the whole world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

from conflict.dates import PeriodMention, find_period
from conflict.periods import Period
from conflict.places import Place, Places
from conflict.question_kinds import Filters, distance, filters, kind_of
from conflict.question_places import Name, contains, guessed, likeness, meaning
from conflict.question_words import Use, question_words
from conflict.questions import Clarification, Question, QuestionKind
from conflict.tokens import SIGN, WORD, Token, tokenize
from conflict.vocabulary import PlaceLevel

LONGEST = 500  # characters of a question that are read
NEAR_KM = 10.0  # "near Saraqib": half of Idlib's settlements have seven or more others within 5 km
_MOST_NAMES = 8  # places of one question; more is no question but a list
_LONGEST_NAME = 5  # words of a place name
_ALIKE = 0.6  # a name of another spelling found in running words must be at least so like
_ALIKE_ARABIC = 0.8  # without vowels, short names of the whole world are alike
_SOFT = ("tag", "levels", "in", "type", "sub_type", "compass")  # words that also stand in place names ("Qah camp")


@dataclass(slots=True)
class _Reading:
    """What has been understood of one question so far; `taken` marks the tokens that are used up."""

    text: str
    tokens: list[Token]
    taken: list[bool]
    uses: list[Use] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    suggestions: list[Place] = field(default_factory=list)

    def take(self, first: int, after: int) -> None:
        """Marks tokens as used up."""
        for index in range(first, after):
            self.taken[index] = True

    def take_text(self, start: int, end: int) -> None:
        """Marks the tokens between two offsets as used up."""
        for index, token in enumerate(self.tokens):
            if token.start < end and token.end > start:
                self.taken[index] = True


def parse_question(
    text: str,
    *,
    places: Places,
    now: datetime,
    tz: tzinfo = UTC,
    language: str | None = None,
    country: str | None = None,
) -> Question | Clarification:
    """The question that `text` asks, or the choice of places to put to the person first.

    `now` is an aware instant, `tz` the chat's zone (its days are meant), `language` the chat's (else by the script),
    `country` the one in focus (name or ISO code), which breaks ties. Any text is safe; 500 characters are read.
    """
    text = text[:LONGEST]
    spoken = language or script_language(text)
    tokens = tokenize(text)
    reading = _Reading(text, tokens, [False] * len(tokens))
    period = find_period(text, now, tz, spoken)
    if period:
        reading.take_text(period.start, period.end)
    radius = distance(tokens, reading.taken, spoken)
    if radius:
        reading.take(radius[1], radius[2])
    lexicon = question_words(spoken)
    reading.uses = lexicon.uses(tokens, reading.taken)
    _tell_countries_from_parties(reading, places)
    _take_words(reading)
    _take_source(reading)
    _take_names(reading, places, country)
    _take_typos(reading, spoken)
    wanted = filters(reading.uses)
    kind = kind_of(reading.uses, has_radius=radius is not None)
    _take_unknown(reading, places, country, asks=_asks(kind, wanted, period))
    return _question(reading, places, country, spoken, period, radius[0] if radius else None, wanted, kind)


def script_language(text: str) -> str:
    """ "ar" where Arabic letters are the most, else "en"."""
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in text if letter.isalpha())
    return "ar" if arabic * 2 > sum(letter.isalpha() for letter in text) else "en"


def _tell_countries_from_parties(reading: _Reading, places: Places) -> None:
    """A state's name alone ("Ukraine") is a party only beside another place or after "by", "against"; else a country.

    "Killed by Russia in Ukraine", "Israel strikes Damascus"; but "attacks in Ukraine", "latest Israel".
    """
    named = [use for use in reading.uses if use.has("actor") and _country(_written(reading, use), places)]
    placed = [use for use in named if use.particles or _after_place_word(reading, use)]
    if not placed and named:
        others = [use for use in named if not _after_party_word(reading, use)]
        elsewhere = len(named) > 1 or any(
            mention.candidates and not any(_covers(reading, use, mention.start) for use in reading.uses)
            for mention in places.mentions(reading.text, cased=False)
        )
        placed = [] if elsewhere or any(use.has("actor") and use not in named for use in reading.uses) else others[:1]
    reading.uses = [use for use in reading.uses if use not in placed]


def _country(words: str, places: Places) -> bool:
    return any(c.how == "exact" and c.place.level is PlaceLevel.COUNTRY for c in places.find(words, limit=2))


def _written(reading: _Reading, use: Use) -> str:
    return reading.text[reading.tokens[use.first].start : reading.tokens[use.after - 1].end][len(use.particles) :]


def _covers(reading: _Reading, use: Use, at: int) -> bool:
    hard = not use.has(*_SOFT) or use.has("filler")
    return hard and reading.tokens[use.first].start <= at < reading.tokens[use.after - 1].end


def _after_place_word(reading: _Reading, use: Use) -> bool:
    return any(
        u.after == use.first and (u.has("in") or u.has("compass")) and not u.has("actor_intro") for u in reading.uses
    )


def _after_party_word(reading: _Reading, use: Use) -> bool:
    return any(u.after == use.first and u.has("actor_intro") for u in reading.uses)


def _take_words(reading: _Reading) -> None:
    """Words that stand in no place name are used up; the others wait for the places."""
    for use in reading.uses:
        soft = any(name in _SOFT for name, _ in use.roles) and not use.has("filler")
        if not soft:
            reading.take(use.first, use.after)


def _take_source(reading: _Reading) -> None:
    """ "According to X" where X is no listed source: its words are the source, and no place."""
    for use in reading.uses:
        if not use.has("source_intro"):
            continue
        after = use.after
        while after < len(reading.tokens) and after < use.after + 3 and not reading.taken[after]:
            if reading.tokens[after].kind != WORD or any(u.first == after and u.has("in") for u in reading.uses):
                break
            after += 1
        if after > use.after:
            written = reading.text[reading.tokens[use.after].start : reading.tokens[after - 1].end]
            reading.uses.append(Use(use.after, after, (("source", written),)))
            reading.take(use.after, after)
        return


def _take_names(reading: _Reading, places: Places, country: str | None) -> None:
    """The place names among the words left."""
    masked = list(reading.text)
    for index, token in enumerate(reading.tokens):
        if reading.taken[index] or any(u.first == index and u.has("in") for u in reading.uses):
            masked[token.start : token.end] = ";" + " " * (token.end - token.start - 1)
    soft = {index for use in reading.uses if use.has(*_SOFT) for index in range(use.first, use.after)}
    for mention in places.mentions("".join(masked), country=country, cased=False):
        covered = [i for i, t in enumerate(reading.tokens) if t.start < mention.end and t.end > mention.start]
        words = [i for i in covered if reading.tokens[i].kind != SIGN]
        if not words or not mention.candidates or soft.issuperset(words):
            continue
        best = mention.candidates[0]
        own = [i for i in words if i not in soft] or words
        typed = reading.text[max(reading.tokens[own[0]].start, mention.start) : reading.tokens[own[-1]].end]
        alike = _ALIKE if typed.isascii() else _ALIKE_ARABIC
        if best.how != "exact" and max(likeness(typed, c.place) for c in mention.candidates) < alike:
            continue
        reading.names.append(
            Name(mention.start, mention.end, typed, mention.candidates, _level_beside(reading, words[0], words[-1]))
        )
        reading.take(words[0], words[-1] + 1)
        reading.uses = [use for use in reading.uses if not (use.has("tag", "type", "sub_type") and use.first in words)]


def _level_beside(reading: _Reading, first: int, last: int) -> PlaceLevel | None:
    """The level that a word in or beside the name says: "Idlib city", "محافظة إدلب"."""
    for use in reading.uses:
        if use.has("levels") and (first - 1 <= use.first <= last + 1):
            return PlaceLevel(next(use.of("levels")))
    return None


def _take_typos(reading: _Reading, language: str) -> None:
    """Words left that are one typo from a listed word, unless a preposition says they are a place."""
    lexicon = question_words(language)
    for index, token in enumerate(reading.tokens):
        if reading.taken[index] or token.kind != WORD or _known(reading, index) or _after_in(reading, index):
            continue
        roles = lexicon.misspelt(token.key)
        if roles and not (token.capital and index and roles[0][0] == "filler"):
            reading.uses.append(Use(index, index + 1, roles))
            reading.take(index, index + 1)
    reading.uses.sort(key=lambda use: use.first)


def _known(reading: _Reading, index: int) -> bool:
    return any(use.first <= index < use.after for use in reading.uses)


def _after_in(reading: _Reading, index: int) -> bool:
    """Whether a word that places follow stands before: "in", "near", "في", or "ب" written onto it."""
    for use in reading.uses:
        if use.after == index and (use.has("in") or ("kind", "near") in use.roles or use.has("levels")):
            return True
    return False


def _asks(kind: QuestionKind | None, wanted: Filters, period: PeriodMention | None) -> bool:
    return kind is not None or period is not None or bool(wanted)


def _take_unknown(reading: _Reading, places: Places, country: str | None, *, asks: bool) -> None:
    """What is left: runs of unknown words; a name misspelt, or words to say were not understood."""
    runs = _runs(reading)
    many = sum(after - first for first, after in runs) > _LONGEST_NAME
    for first, after in runs:
        placed = _after_in(reading, first)
        written = reading.text[reading.tokens[first].start : reading.tokens[after - 1].end]
        bare = written[1:] if not placed and written[:1] in "بل" and len(written) > 4 else None
        name, offers = guessed(written, places, country)
        if name is None and bare:
            name, offers = guessed(bare, places, country)
            written, placed = (bare, True) if name else (written, placed)
        looks = placed or reading.tokens[first].capital or (not reading.names and not many) or bare is not None
        if name is not None and (looks or not reading.names):
            start, end = reading.tokens[first].start, reading.tokens[after - 1].end
            level = _level_beside(reading, first, after - 1)
            reading.names.append(Name(start, end, name.text, name.candidates, level))
        elif looks and (asks or placed or not many):
            reading.unresolved.append(written)
            reading.suggestions += [place for place in offers if place not in reading.suggestions]
    reading.names.sort(key=lambda found: found.start)
    del reading.names[_MOST_NAMES:]


def _runs(reading: _Reading) -> list[tuple[int, int]]:
    """Stretches of at most five neighbouring words that nothing has used."""
    runs: list[tuple[int, int]] = []
    for index, token in enumerate(reading.tokens):
        free = not reading.taken[index] and token.kind == WORD and not _known(reading, index) and len(token.text) > 1
        if not free:
            continue
        last = runs[-1] if runs else None
        joined = last and (last[1] == index or (last[1] == index - 1 and reading.tokens[index - 1].key in "-'`"))
        if last and joined and index - last[0] < _LONGEST_NAME:
            runs[-1] = (last[0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs[:4]


def _question(
    reading: _Reading,
    places: Places,
    country: str | None,
    language: str,
    period: PeriodMention | None,
    radius: float | None,
    wanted: Filters,
    kind: QuestionKind | None,
) -> Question | Clarification:
    near = kind is QuestionKind.NEAR or any(("kind", "near") in use.roles for use in reading.uses)
    joined = kind is QuestionKind.COMPARE or _joined(reading)
    chosen, alternative, tie = _settled(reading.names, places, country, town=near or radius is not None, joined=joined)
    if near and radius is None and chosen and all(_is_point(place) for place in chosen):
        radius = NEAR_KM
    if radius is not None and chosen and not any(_is_point(place) for place in chosen):
        radius = None
    about = bool(chosen or reading.unresolved or tie)
    question = Question(
        kind=_final_kind(kind, about=about, asks=_asks(None, wanted, period)),
        text=reading.text,
        language=language,
        places=tuple(chosen),
        radius_km=radius,
        period=period.period if period else Period(),
        days=period.days if period else None,
        event_types=wanted.event_types,
        sub_event_types=wanted.sub_event_types,
        tags=wanted.tags,
        actor=wanted.actor,
        source=wanted.source,
        civilians=wanted.civilians,
        unresolved=tuple(reading.unresolved),
        suggestions=tuple(reading.suggestions[:5]),
        alternative=alternative,
    )
    return Clarification(question, tie[0], tie[1]) if tie else question


def _final_kind(kind: QuestionKind | None, *, about: bool, asks: bool) -> QuestionKind:
    """What is asked where no word says so: the latest of a place, a period or a type; else nothing we know."""
    if kind is QuestionKind.HELP and (about or asks):
        return QuestionKind.LATEST
    if kind is not None:
        return kind
    return QuestionKind.LATEST if about or asks else QuestionKind.UNKNOWN


def _joined(reading: _Reading) -> bool:
    """Whether "and" stands between two names, so that the larger is no mere context of the smaller."""
    for left, right in pairwise(reading.names):
        between = [u for u in reading.uses if left.end <= reading.tokens[u.first].start < right.start]
        if any(use.has("joins") for use in between) or reading.text[right.start - 1 : right.start] == "و":
            return True
    return False


def _is_point(place: Place) -> bool:
    return place.level in (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)


def _settled(
    names: Sequence[Name], places: Places, country: str | None, *, town: bool, joined: bool
) -> tuple[list[Place], Place | None, tuple[str, tuple[Place, ...]] | None]:
    """The places meant, the other meaning of a lone one, and the first tie; a containing place is context only."""
    firm = [c.place for name in names for c in name.candidates if c.score >= name.candidates[0].score - 0.12]
    chosen: list[Place] = []
    others: dict[str, Place | None] = {}
    tie: tuple[str, tuple[Place, ...]] | None = None
    for name in names:
        context = [place for place in firm if not any(c.place.place_id == place.place_id for c in name.candidates)]
        found = meaning(name, context, places, country, town=town)
        if found.choices and tie is None:
            tie = name.text, found.choices
        if found.place is not None and found.place not in chosen:
            chosen.append(found.place)
            others[found.place.place_id] = found.alternative
    kept = chosen if joined else [p for p in chosen if not any(contains(p, other) for other in chosen)]
    return kept, others[kept[0].place_id] if len(kept) == 1 else None, tie
