"""Numbers of people and events in a text: digits and words, bounds ("at least 5"), vague ones ("dozens").

What counts no people is left out, so that a caller never takes it for a toll: dates, years, times of day, ages,
distances, weights, calibres, money, per cent, durations, ordinals and numbers inside names ("M5", "T-72", "No. 3").

How a figure is read (a definition, used alike for both languages):
    5, five, شخصان               count=5  low=5   high=5
    at least 5, 5 or more        count=None low=5 high=None
    more than / over 5           count=None low=5 high=None   (a round figure, not 6)
    up to 30, fewer than 30      count=None low=None high=30
    almost / nearly 100          count=None low=90  high=100  (a tenth less, rounded down)
    about / some 20              count=20   low=18  high=22   (a tenth either way)
    between 10 and 15, 10-15     count=None low=10  high=15
    dozens, عشرات                count=None low=24 / 20, high=None
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conflict.number_words import NumberWords, number_words
from conflict.tokens import NUMBER, SIGN, WORD, Token, tokenize, touching

_ROUNDING = 10  # "almost" and "about" are read as within a tenth
_LARGEST = 10_000_000_000  # more than there are people: a serial number, not a toll


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in a text: character offsets, the words as written, the figure and its bounds (None: not said).

    `noun` is the key of the word that follows it in the text ("civilians", "violations"), "" at the end of a clause.
    """

    start: int
    end: int
    text: str
    count: int | None
    low: int | None
    high: int | None
    noun: str = ""


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure before bounds are applied: its tokens and its value; `exact` is False of vague words."""

    first: int
    after: int
    value: int
    exact: bool = True
    digits: bool = False


def find_numbers(text: str, language: str = "en") -> tuple[NumberMention, ...]:
    """The numbers that may count people or events, in order, non-overlapping; linear in the length of the text."""
    tokens = tokenize(text)
    words = number_words(language)
    mentions: list[NumberMention] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind != NUMBER and token.key not in words.openings and token.key[0] < "\u0600":
            index += 1
            continue
        found = _mention_at(tokens, index, words, text)
        if found is None:
            index += 1
            continue
        mention, index = found
        if mention is not None:
            mentions.append(mention)
    return tuple(mentions)


def _mention_at(
    tokens: Sequence[Token], index: int, words: NumberWords, text: str
) -> tuple[NumberMention | None, int] | None:
    """The number that begins at `index` with its bounds, and the index after; (None, after) for no count of people."""
    cursor, bound = index, None
    family = words.family.at(tokens, cursor)
    if family:
        cursor = family[1]
    before = words.bound_before.loose_at(tokens, cursor)
    if before and before[1] < len(tokens):
        bound, cursor = before[0], before[1]
    between = words.between.loose_at(tokens, cursor)
    opened = between[1] if between else cursor
    if opened >= len(tokens):
        return None
    figure = figure_at(tokens, opened, words)
    if figure is None:
        return None
    second = _second_of_range(tokens, figure, words, opened_by_between=opened != cursor)
    start_token = cursor if second else opened
    if bound is not None or (family and opened == family[1]):
        start_token = index
    last = second or figure
    if _no_people(tokens, figure, last, words):
        return None, last.after
    count, low, high = _reading(figure, second, bound)
    after = last.after
    trailing = words.bound_after.at(tokens, after) if after < len(tokens) else None
    if trailing and bound is None and second is None and figure.exact:
        count, low, high = _reading(figure, None, trailing[0])
        after = trailing[1]
    start, end = tokens[start_token].start, tokens[after - 1].end
    noun = tokens[after].key if after < len(tokens) and tokens[after].kind == WORD else ""
    if noun in words.of and after + 1 < len(tokens):
        noun = tokens[after + 1].key
    return NumberMention(start, end, text[start:end], count, low, high, noun), after


def _reading(figure: _Figure, second: _Figure | None, bound: str | None) -> tuple[int | None, int | None, int | None]:
    """Count, low and high by the definition at the top of this file."""
    value = figure.value
    if second is not None:
        return None, min(value, second.value), max(value, second.value)
    if not figure.exact:
        return None, value, None
    if bound in ("at_least", "over"):
        return None, value, None
    if bound in ("up_to", "under"):
        return None, None, value
    if bound == "almost":
        return None, value - -(-value // _ROUNDING), value
    if bound == "about":
        return value, value - value // _ROUNDING, value + value // _ROUNDING
    return value, value, value


def _second_of_range(
    tokens: Sequence[Token], first: _Figure, words: NumberWords, *, opened_by_between: bool
) -> _Figure | None:
    """The upper figure of "10 to 15", "10-15" or "between 10 and 15"; None where there is none."""
    at = first.after
    if at + 1 >= len(tokens) or not first.exact:
        return None
    token = tokens[at]
    joined = (token.key == "-" and first.digits) or token.key in words.to
    joined = joined or (opened_by_between and token.key in words.join)
    if not joined:
        return None
    second = figure_at(tokens, at + 1, words)
    if second is None or not second.exact or second.value <= first.value:
        return None
    if token.key == "-" and second.after < len(tokens) and tokens[second.after].key == "-":
        return None
    return second


def figure_at(tokens: Sequence[Token], index: int, words: NumberWords) -> _Figure | None:
    """The figure in digits or words that begins at `index`, without bounds."""
    token = tokens[index]
    if token.kind == NUMBER:
        return _digits_at(tokens, index, words)
    if token.kind == SIGN:
        return None
    phrase = words.phrases.at(tokens, index)
    if phrase:
        value, after = phrase
        return _Figure(index, after, value)
    vague = words.vague.loose_at(tokens, index)
    if vague:
        return _Figure(index, vague[1], vague[0], exact=False)
    spelled = words.cardinal_at(tokens, index)
    if spelled is None:
        return None
    value, after = spelled
    return _Figure(index, after, value)


def _digits_at(tokens: Sequence[Token], index: int, words: NumberWords) -> _Figure:
    """Digits with thousands separators, a scale word ("2.5 million", "400 thousand") or none."""
    written = tokens[index].text
    value, after = int(tokens[index].key), index + 1
    if 1 <= len(written) <= 3:
        while (
            after + 1 < len(tokens)
            and tokens[after].key in (",", ".")
            and tokens[after + 1].kind == NUMBER
            and len(tokens[after + 1].text) == 3
            and touching(tokens[after - 1], tokens[after])
            and touching(tokens[after], tokens[after + 1])
        ):
            value, after = value * 1000 + int(tokens[after + 1].key), after + 2
        if after == index + 1:
            while (
                after < len(tokens)
                and tokens[after].kind == NUMBER
                and len(tokens[after].text) == 3
                and tokens[after].start == tokens[after - 1].end + 1
                and len(tokens[after - 1].text) <= 3
            ):
                value, after = value * 1000 + int(tokens[after].key), after + 1
    fraction = 0.0
    if (
        after + 2 < len(tokens)
        and tokens[after].key in (".", ",")
        and tokens[after + 1].kind == NUMBER
        and len(tokens[after + 1].text) <= 2
        and touching(tokens[after - 1], tokens[after])
        and touching(tokens[after], tokens[after + 1])
        and tokens[after + 2].key in words.decimal_ok
    ):
        fraction = int(tokens[after + 1].key) / 10 ** len(tokens[after + 1].text)
        after += 2
    if after < len(tokens):
        scale = words.scales.get(tokens[after].key)
        if scale:
            return _Figure(index, after + 1, round((value + fraction) * scale), digits=True)
    return _Figure(index, after, value, digits=True)


def _no_people(tokens: Sequence[Token], first: _Figure, last: _Figure, words: NumberWords) -> bool:
    """Whether the figure is a date, time, age, measure or part of a name rather than a count."""
    if last.value > _LARGEST:
        return True
    before = tokens[first.first - 1] if first.first else None
    after = tokens[last.after] if last.after < len(tokens) else None
    if before is not None and before.key in words.before:
        return True
    if before is not None and before.key == "." and first.first > 1 and tokens[first.first - 2].key in words.before:
        return True
    if _measured(tokens, last, words):
        return True
    if not first.digits:
        return (before is not None and before.key in words.months) or _pronoun(tokens, first, last, words)
    return _inside_a_name(before, after, tokens, first, last, words) or _date_or_time(tokens, first, last, words)


def _measured(tokens: Sequence[Token], last: _Figure, words: NumberWords) -> bool:
    """Whether a unit follows ("122mm", "30 km", "three-year-old", "25 per cent", "48 hours")."""
    at = last.after
    if at < len(tokens) and tokens[at].key == "-" and touching(tokens[at - 1], tokens[at]):
        at += 1
    return at < len(tokens) and words.not_people_after.loose_at(tokens, at) is not None


def _pronoun(tokens: Sequence[Token], first: _Figure, last: _Figure, words: NumberWords) -> bool:
    """Whether "one" is no number here: "one of", "no one", "which one?"."""
    if last.after - first.first != 1 or first.value != 1:
        return False
    after = tokens[last.after] if last.after < len(tokens) else None
    return after is None or after.kind != WORD or after.key in words.of


def _inside_a_name(
    before: Token | None,
    after: Token | None,
    tokens: Sequence[Token],
    first: _Figure,
    last: _Figure,
    words: NumberWords,
) -> bool:
    """Whether letters touch the digits: "M5", "T-72", "2S1"; Arabic particles ("و15", "ب15") are no letters here."""
    head, tail = tokens[first.first], tokens[last.after - 1]
    if before is not None and touching(before, head):
        if before.kind == WORD:
            return not "\u0600" <= before.key[0] <= "\u06ff"
        if before.key == "-" and first.first > 1:
            letters = tokens[first.first - 2]
            return letters.kind == WORD and touching(letters, before)
    return after is not None and after.kind == WORD and touching(tail, after) and after.key not in words.scales


def _date_or_time(tokens: Sequence[Token], first: _Figure, last: _Figure, words: NumberWords) -> bool:
    """Whether the digits belong to a date, a year, an hour or an age between commas."""
    before = tokens[first.first - 1] if first.first else None
    after = tokens[last.after] if last.after < len(tokens) else None
    if _beside(after, words.months) or _beside(before, words.months):
        return True
    if (_is_may(after) and first.value <= 31) or (_is_may(before) and len(tokens[first.first].text) in (1, 2, 4)):
        return True
    if after is not None and after.key in words.of and _beside(_at(tokens, last.after + 1), words.months):
        return True
    for sign, other in ((after, last.after + 1), (before, first.first - 2)):
        if sign is None or not 0 <= other < len(tokens):
            continue
        if sign.key in ("/", ":") and tokens[other].kind == NUMBER:
            return True
        if sign.key in (".", "-") and tokens[other].kind == NUMBER and _touches_both(sign, tokens[other]):
            return True
    comma = _at(tokens, first.first - 3)
    if (
        before is not None
        and before.key == ","
        and (_beside(comma, words.months) or _beside(_at(tokens, first.first - 2), words.months))
    ):
        return True
    single = last.after - first.first == 1
    value = first.value
    if single and 1900 <= value <= 2100 and len(tokens[first.first].text) == 4:
        return before is not None and before.key in words.year_after
    return bool(
        single
        and value < 110
        and before is not None
        and after is not None
        and before.key == "," == after.key
        and first.first > 1
        and tokens[first.first - 2].capital
    )


def _is_may(token: Token | None) -> bool:
    """Whether a word is the month of May rather than "may"."""
    return token is not None and token.text == "May"


def _touches_both(sign: Token, number: Token) -> bool:
    return touching(sign, number) or touching(number, sign)


def _at(tokens: Sequence[Token], index: int) -> Token | None:
    return tokens[index] if 0 <= index < len(tokens) else None


def _beside(token: Token | None, keys: frozenset[str]) -> bool:
    return token is not None and token.kind == WORD and token.key in keys
