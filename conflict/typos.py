"""Names one or two typing mistakes away from what was written, found without comparing with every name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conflict.name_index import COMPLETE, NameFilter, NameIndex, encode
from conflict.names import is_arabic

_LATIN = "abdfghjklmnprstwxzʃ"  # letters that a folded Latin name is written with
_ARABIC = "ابتثجحخدذرزسشصضطعغفقكلمنهوي"
_SHORTEST_ONE = 4  # letters of a folded name that may have one mistake
_SHORTEST_TWO = 7  # and two
_LONGEST = 40
_SURE_BEGINNING = 3  # with two mistakes, the first letters must be right
_MOST_COMPARED = 800
_MOST_OTHER_LETTERS = 4  # two changes bring in two letters and take out two


def neighbours(fold: str, known: NameFilter, indexes: Sequence[NameIndex]) -> list[str]:
    """Known folded names within one mistake (a letter missing, added, wrong, two swapped), else within two.

    With two mistakes the first three letters must be right: that keeps the search to milliseconds.
    """
    if not _SHORTEST_ONE <= len(fold) <= _LONGEST:
        return []
    one = [
        variant
        for variant in dict.fromkeys(_one_away(fold))
        if known[variant] & COMPLETE and any(index.find(variant) for index in indexes)
    ]
    if one or len(fold) < _SHORTEST_TWO:
        return one
    return list(dict.fromkeys(key for index in indexes for key in _two_away(fold, index)))


def _one_away(fold: str) -> Iterator[str]:
    letters = _ARABIC if is_arabic(fold) else _LATIN
    for at in range(len(fold)):
        before, after = fold[:at], fold[at + 1 :]
        yield before + after
        if after:
            yield before + after[0] + fold[at] + after[1:]
        for letter in letters:
            yield before + letter + after
            yield before + letter + fold[at:]
    for letter in letters:
        yield fold + letter


def _two_away(fold: str, index: NameIndex) -> Iterator[str]:
    at, end = _beginning_with(fold, index)
    size = len(encode(fold))
    starts, keys = index.starts, index.keys
    letters = set(encode(fold))
    for number in range(at, end):
        if -3 <= starts[number + 1] - starts[number] - size <= 3:  # a letter has up to two bytes
            encoded = keys[starts[number] : starts[number + 1]]
            if len(letters.symmetric_difference(encoded)) <= _MOST_OTHER_LETTERS:
                key = encoded.decode()
                if _within_two(fold, key):
                    yield key


def _beginning_with(fold: str, index: NameIndex) -> tuple[int, int]:
    """The stretch of keys that begin like the name: three letters, or more while that is too many to compare."""
    for size in range(_SURE_BEGINNING, len(fold)):
        beginning = encode(fold[:size])
        at, end = index.position(beginning), index.position(beginning + b"\xff")
        if end - at <= _MOST_COMPARED:
            break
    return at, end


def _within_two(one: str, other: str) -> bool:
    """Whether at most two letters have to be put in, taken out or changed to make one of the other."""
    if abs(len(one) - len(other)) > 2:
        return False
    previous = {0: 0, 1: 1, 2: 2}
    for row, letter in enumerate(one, start=1):
        current: dict[int, int] = {}
        for column in range(max(0, row - 2), min(len(other), row + 2) + 1):
            if column == 0:
                current[0] = row
                continue
            current[column] = min(
                previous.get(column - 1, 9) + (letter != other[column - 1]),
                previous.get(column, 9) + 1,
                current.get(column - 1, 9) + 1,
            )
        if min(current.values()) > 2:
            return False
        previous = current
    return previous.get(len(other), 9) <= 2
