"""Numbers of people that are parts of others: "including 6 children", "eight: five women and three men"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conflict.facts import Casualty
from ingest.extraction.tags import Tagged

_LISTS = frozenset(":([–—")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people harmed: the casualty, the word index of its number, and whether it is part of another."""

    casualty: Casualty
    word: int
    part: bool = False
    total: bool = False  # named as a toll: "the death toll rose to 22"
    voice: int = 0  # which voice of its sentence says it: "the army said 4, while the rebels said 50"
    also: bool = False  # said to come to what was told before: "three attackers were also killed"


def turns(tagged: Tagged) -> list[int]:
    """Where another voice takes over within a sentence: "while", "but" and the like between two statements."""
    says = [t.first for t in (*tagged.by("says"), *tagged.by("toll"))]
    if len(says) < 2:
        return []
    contrasts = {t.first for t in tagged.by("contrast")}
    contrasts |= {i for i, w in enumerate(tagged.words) if w.sign and w.key in (";", "؛")}
    return [at for at in sorted(contrasts) if says[0] < at < max(says)]


def adds(tagged: Tagged) -> bool:
    """Whether a sentence says that its numbers come to those told before."""
    return bool(tagged.by("also"))


def is_part(tagged: Tagged, first: int, found: Sequence[Count]) -> bool:
    """Whether a number is said to be part of another: "including 6 children", "two of them women"."""
    harms = [t.first for t in tagged.by("harm")]
    for tag in tagged.by("subset"):
        if 0 <= first - tag.last <= 3 and not any(tag.last < harm < first for harm in harms):
            return True
        if found and 0 <= tag.first - first <= 3 and tagged.words[tag.first].key in ("of", "were", "was"):
            return True
    previous = found[-1] if found else None
    if previous is None or not previous.part or first - previous.word > 5:
        return False
    return not any(previous.word < harm < first for harm in harms)


def parted(tagged: Tagged, found: list[Count]) -> list[Count]:
    """Mark what is listed as the parts of a number: "eight: five women and three children", "two (a man and a boy)".

    So are those who died later where a toll is given: "the toll rose to 12 after three of the wounded died".
    """
    for at, whole in enumerate(found):
        if whole.part or whole.casualty.count is None:
            continue
        after = [i for i in range(at + 1, len(found)) if found[i].casualty.kind is whole.casualty.kind]
        if whole.total:  # "three more died, bringing the total to 41"
            kind, voice = whole.casualty.kind, whole.voice
            listed = [i for i, c in enumerate(found) if not c.total and c.casualty.kind is kind and c.voice == voice]
        else:
            listed = _listed(tagged, found, whole, after)
        for index in listed:
            found[index] = replace(found[index], part=True)
    return found


def _listed(tagged: Tagged, found: Sequence[Count], whole: Count, after: Sequence[int]) -> list[int]:
    """The numbers behind a colon, bracket or dash that come to the number before it."""
    if not after:
        return []
    words = tagged.words
    between = tagged.sentence.text[words[whole.word].end : words[min(found[after[0]].word, len(words) - 1)].start]
    if " - " not in between and _LISTS.isdisjoint(between):
        return []
    left = whole.casualty.count or 0
    taken: list[int] = []
    for index in after:
        if found[index].part:
            taken.append(index)
            continue
        left -= found[index].casualty.count or 0
        taken.append(index)
        if left <= 0:
            break
    apart = any(sign in between for sign in ";.\n•؛")
    return taken if left == 0 or (left > 0 and not apart) else []
