"""One event's casualties out of all numbers its sentences give: the detail, each person once.

51 of one side and 45 of the other are the same dead as "almost 100". Parts ("including 6 children") are kept as rows
but never added. Only "killed" makes fatalities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conflict.facts import Casualty
from conflict.vocabulary import CasualtyKind
from ingest.extraction.parts import Count


@dataclass(frozen=True, slots=True)
class Harm:
    """Casualties of an event and its fatalities: low, best, high."""

    casualties: tuple[Casualty, ...] = ()
    low: int | None = None
    best: int | None = None
    high: int | None = None


def harm_of(numbered: Sequence[tuple[int, Count]]) -> Harm:
    """Fold the numbers of an event's sentences, as (sentence, count), into one account."""
    by_sentence: dict[int, list[Count]] = {}
    for sentence, count in numbered:
        by_sentence.setdefault(sentence, []).append(count)
    rows: list[Casualty] = []
    killed: list[Count] = []
    for kind in dict.fromkeys(c.casualty.kind for _, c in numbered):
        groups = [[c for c in counts if c.casualty.kind is kind] for counts in by_sentence.values()]
        groups = [g for g in groups if g]
        chosen = _account(groups)
        rows += _rows(chosen)
        if kind is CasualtyKind.KILLED:
            killed = [c for c in chosen if not c.part]
    voices = [[c.casualty for c in killed if c.voice == v] for v in dict.fromkeys(c.voice for c in killed)]
    low, best, high = _disputed(voices) if len(voices) > 1 else _fatalities([c.casualty for c in killed])
    return Harm(tuple(dict.fromkeys(rows)), low, best, high)


def _rows(chosen: Sequence[Count]) -> list[Casualty]:
    """What is shown of the numbers: alike ones of one voice, as "a man and his son", together."""
    told: dict[tuple[Casualty, int], int] = {}
    for count in chosen:
        key = count.casualty, count.voice
        told[key] = told.get(key, 0) + (not count.part or key not in told)
    return [
        casualty
        if many == 1 or casualty.count is None
        else replace(casualty, count=casualty.count * many, low=casualty.count * many, high=casualty.count * many)
        for (casualty, _), many in told.items()
    ]


def _account(groups: Sequence[list[Count]]) -> list[Count]:
    """The sentence that says most precisely what the first one says; others that agree add only their parts."""
    first = groups[0]
    best = first
    for group in groups[1:]:
        if _agrees(_sum(best), _sum(group)) and _detail(group) > _detail(best):
            best = group
    more = [c for g in groups if g is not best and _comes_to(best, g) for c in g if c not in best]
    best = [*best, *more]
    parts = [c for g in groups for c in g if c.part and c not in best]
    whole = [c for c in best if not c.part]
    most = max((c.casualty.count or c.casualty.low or 0 for c in whole), default=None)
    return [*best, *(p for p in parts if most is None or (p.casualty.count or p.casualty.low or 0) <= most)]


def _comes_to(best: Sequence[Count], group: Sequence[Count]) -> bool:
    """Whether a later sentence adds others to the dead: "three attackers were also killed"."""
    known = {(c.casualty.role, c.casualty.side) for c in best}
    return all(c.also and (c.casualty.role, c.casualty.side) not in known for c in group)


def _disputed(voices: Sequence[Sequence[Casualty]]) -> tuple[int | None, int | None, int | None]:
    """What two voices of one sentence say: from the lower to the higher figure, and no best."""
    told = [_fatalities(rows) for rows in voices]
    lows = [low for low, _, _ in told if low is not None]
    highs = [high for _, _, high in told if high is not None]
    if len({best for _, best, _ in told}) == 1:
        return told[0]
    return min(lows, default=None), None, max(highs, default=None) if len(highs) == len(told) else None


def _detail(group: Sequence[Count]) -> tuple[int, int, int]:
    whole = [c for c in group if not c.part]
    return (
        len({c.casualty.side for c in whole if c.casualty.side}),
        sum(c.casualty.count is not None for c in whole),
        sum(c.casualty.civilian is not None for c in whole),
    )


def _sum(group: Sequence[Count]) -> tuple[int | None, int | None]:
    low, _, high = _fatalities([c.casualty for c in group if not c.part])
    return low, high


def _agrees(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    """Whether two tolls may be the same dead: their ranges overlap, with a tenth of room."""
    low1, high1 = one[0] or 0, one[1] if one[1] is not None else 10**9
    low2, high2 = other[0] or 0, other[1] if other[1] is not None else 10**9
    return low1 * 0.9 <= high2 and low2 * 0.9 <= high1


def _fatalities(rows: Sequence[Casualty]) -> tuple[int | None, int | None, int | None]:
    if not rows:
        return None, None, None
    counts = [r.count for r in rows]
    lows = [r.count if r.low is None else r.low for r in rows]
    highs = [r.count if r.high is None else r.high for r in rows]
    best = sum(c for c in counts if c is not None) if all(c is not None for c in counts) else None
    low = sum(v for v in lows if v is not None) if any(v is not None for v in lows) else None
    high = sum(v for v in highs if v is not None) if all(v is not None for v in highs) else None
    if (
        best is None
        and high is not None
        and low is not None
        and len(rows) == 1
        and low < high
        and rows[0].count is None
    ):
        return (low if low * 2 > high else None), None, high
    return low, best, high


def opponents(counts: Sequence[tuple[int, Count]]) -> list[tuple[int, Count]]:
    """ "Their opponents" are marked by that role alone: whose opponents they are is not said of them by name."""
    return [
        (sentence, replace(count, casualty=replace(count.casualty, side=None)))
        if count.casualty.side == "other"
        else (sentence, count)
        for sentence, count in counts
    ]
