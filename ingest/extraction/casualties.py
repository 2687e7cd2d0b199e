"""How many people were harmed, of which side, by one sentence.

"Killed or captured 6", "neutralised 12" and "15 casualties including 6 children" are not "killed". A part of a total
("including 6 children") is never added to it. Numbers that count hours, strikes or towns count no people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from conflict.facts import Casualty
from conflict.numbers import NumberMention
from conflict.vocabulary import CasualtyKind
from ingest.extraction.agents import acts, doing, speaks
from ingest.extraction.harmwords import (
    age_at,
    far_behind,
    harm_of_number,
    joins,
    names_harm,
    says_none_killed,
    told_of,
    toll_before,
    touches,
)
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.parts import Count, adds, is_part, parted, turns
from ingest.extraction.singles import LINKS, more_alone, person_end, singles, things_after
from ingest.extraction.tags import Tag, Tagged

_KINDS = {kind.value: kind for kind in CasualtyKind}
_MOST = 30  # numbers of people in one sentence; more are a table, not a sentence


def counts(tagged: Tagged, numbers: Sequence[NumberMention], lexicon: Lexicon) -> list[Count]:
    """Every number of people harmed that the sentence gives."""
    if not tagged.by("harm") and not tagged.by("nobody"):
        return []
    found: list[Count] = []
    cuts, also = turns(tagged), adds(tagged)
    numbered = _people_numbers(tagged, numbers)[:_MOST]
    done_by = doing(tagged, frozenset(first for first, _, _ in numbered))
    before = _Before()
    for first, last, number in numbered:
        role, role_end = _role(tagged, last)
        dual = next((t for t in tagged.by("role") if t.first == first and t.last >= first + 1), None)
        named = next((t for t in tagged.by("role") if t.last == first), None)
        if role is None and dual is None and named is not None and not tagged.words[first].key.isascii():
            role, role_end = named, last  # "مدنيين اثنين"
        if dual is not None and (role is None or role.value == "people"):  # Arabic writes "two children" in one word
            role, role_end = dual, max(last, dual.last)
        if role is None and (end := person_end(tagged, first)) is not None:
            role, role_end = Tag(first, end, "role", "people", ""), end
        if role is not None and things_after(tagged, role_end):
            continue
        if first == before.end and number.count == before.count and tagged.words[first].key[:1] not in "و123456789":
            continue  # "طفلان شقيقان": the same two
        joined = before.harm is not None and joins(tagged, before.end, first)
        if joined and role is None and _unknown_people(tagged, last):
            role, role_end = Tag(last, last + 1, "role", "people", ""), last + 1
        harm = harm_of_number(tagged, first, last, role, role_end, done_by, before.harm if joined else None)
        if harm is None or _recalled(tagged, harm):
            continue
        if number.text == "a" and not joined and (far_behind(tagged, harm, first) or told_of(tagged, harm, first)):
            continue
        subset = is_part(tagged, first, found)
        if not subset and (speaks(tagged, first, max(role_end, last)) or acts(tagged, first, role is not None)):
            continue
        if role and tagged.words[role.last - 1].key == "family" and number.count == 1:
            continue
        own = _KINDS[harm.value] if names_harm(tagged, first, last, role) else None
        part = subset and (own is None or not found or found[-1].casualty.kind is own)
        kind = found[-1].casualty.kind if part and found else _KINDS[harm.value]
        if role is None and not (touches(harm, first, last) or toll_before(tagged, first)):
            continue
        if role is None and _counts_something_else(tagged, last):
            continue
        if harm.value == "displaced" and abs(harm.first - last) > 6:
            continue
        low, high, count = number.low, number.high, number.count
        if count is not None and _at_least_after(tagged, max(role_end, last)):
            low, high, count = count, None, None
        civilian, side = lexicon.roles.get(role.value, (None, None)) if role else (None, None)
        casualty = Casualty(
            kind,
            side=_side(tagged, first, role_end, side, lexicon),
            role=role.value if role else None,
            civilian=civilian,
            count=count,
            low=low,
            high=high,
        )
        total = toll_before(tagged, first) and not any(c.total for c in found)
        voice = sum(cut < first for cut in cuts)
        found.append(Count(casualty, first, part, total, voice, also))
        before = _Before(max(role_end, last), count, harm if harm.last <= first else None)
    if says_none_killed(tagged) and all(c.casualty.kind is not CasualtyKind.KILLED for c in found):
        found.append(Count(Casualty(CasualtyKind.KILLED, count=0, low=0, high=0), len(tagged.words)))
    return _without_repeats(parted(tagged, found))


@dataclass(frozen=True, slots=True)
class _Before:
    """The number counted last: the word after its people, how many, and the word of harm before it, if it was."""

    end: int = -1
    count: int | None = None
    harm: Tag | None = None


def _unknown_people(tagged: Tagged, last: int) -> bool:
    """Whether an unknown plural stands behind a number joined to other victims: "a monk and three novices"."""
    if last >= len(tagged.words):
        return False
    word = tagged.words[last]
    things = {t.first for c in ("units", "things", "target", "weapon", "territory") for t in tagged.by(c)}
    return not word.sign and not word.capital and last not in things and word.key.endswith(("s", "ren", "men"))


def _recalled(tagged: Tagged, harm: Tag) -> bool:
    """Whether a death is named only as the reason for something else: "in response to the killing of ..."."""
    return any(0 <= harm.first - t.last <= 1 or t.first <= harm.first < t.last for t in tagged.by("recalled"))


def _people_numbers(tagged: Tagged, numbers: Sequence[NumberMention]) -> list[tuple[int, int, NumberMention]]:
    """Numbers that may count people, as (first word, word after, number), with "a child" as one."""
    found: list[tuple[int, int, NumberMention]] = []
    starts = {}
    for number in numbers:
        first = tagged.word_at(number.start)
        last = tagged.word_at(number.end)
        if first and tagged.words[first - 1].end > number.start:
            first -= 1  # the number follows a particle written onto it
        if first >= len(tagged.words) or tagged.words[first].key in _SAME or age_at(tagged, first):
            continue
        last = max(last, first + 1)
        starts[first] = last
        year = number.count is not None and 1900 <= number.count <= 2100
        if year and not _role(tagged, last)[0]:
            continue
        if number.count == 2 and (tagged.words[first].key == "both" or _is_monday(tagged, first)):
            continue
        found.append((first, last, number))
    for index, many in singles(tagged, starts).items():
        word = tagged.words[index]
        found.append((index, index + 1, NumberMention(word.start, word.end, "a", many, many, many, "")))
    return sorted(found, key=lambda item: item[0])


def _is_monday(tagged: Tagged, first: int) -> bool:
    """Whether "الاثنين" is the day: with its article, and no people after it."""
    written = tagged.sentence.text[tagged.words[first].start :][:4]
    return written.startswith(("الاث", "الإث"))


_SAME = frozenset({"واحده", "واحد", "احد"})  # "of one family"; Sunday


def _role(tagged: Tagged, after: int) -> tuple[Tag | None, int]:
    """The people a number counts: the role word after it, over words that may stand between; else a named side."""
    roles, between, units, who = _people_words(tagged)
    if more_alone(tagged, after):
        return Tag(after, after + 1, "role", "people", ""), after + 1
    harmed = {t.first for t in tagged.by("harm")}
    index = after
    if _age_at(tagged, index):
        index += 2  # "a 61-year-old woman"
    while index < min(len(tagged.words), after + 6):
        role = roles.get(index)
        if role is not None and not (index in between and between[index] > role.last):
            following = roles.get(role.last)
            joined = following is not None and tagged.words[role.last].key[0] == "و"  # "five Houthis and a soldier"
            if following and (joined or following.value == "people" or role.last in harmed):
                following = None
            party = who.get(role.last + 1)
            if following is None and party is not None and tagged.words[role.last].key == "من":  # "3 قتلى من حزب الله"
                return Tag(party.first, party.last, "role", _FIGHTERS.get(party.value, "fighters"), ""), party.last
            return (following, following.last) if following else (role, role.last)
        if index in units or tagged.words[index].sign:
            break
        party = who.get(index)
        if party is not None and party.last not in roles and not _more_people(tagged, party.last, roles, between):
            return Tag(party.first, party.last, "role", _FIGHTERS.get(party.value, "fighters"), ""), party.last
        if index in between:
            index = between[index]
        elif party is not None and party.last in roles:
            index = party.last
        elif index + 1 in roles and index not in harmed and _may_describe(tagged.words[index].key):
            index += 1
        else:
            break
    return None, after


def _age_at(tagged: Tagged, index: int) -> bool:
    """Whether an age stands at a word: "61-year-old"."""
    words = tagged.words[index : index + 2]
    return len(words) == 2 and words[0].key.isdecimal() and words[1].key == "year"


def _may_describe(key: str) -> bool:
    """Whether an unknown word between a number and its people may describe them: "two resistance fighters"."""
    return key not in LINKS and not key[:1].isdigit()


_FIGHTERS = {"civilians": "civilians", "protesters": "civilians", "state": "soldiers", "opposition": "rebels"}


def _more_people(tagged: Tagged, index: int, roles: Mapping[int, Tag], between: Mapping[int, int]) -> bool:
    """Whether a role word still comes after a party's name: "3 SDF members"."""
    for _ in range(3):
        if index in roles:
            return True
        if index not in between or index >= len(tagged.words):
            return False
        index = between[index]
    return False


def _people_words(tagged: Tagged) -> tuple[dict[int, Tag], dict[int, int], set[int], dict[int, Tag]]:
    """By first word: roles (the longest), skippable words, units, parties."""
    between = {t.first: t.last for t in tagged.by("between")}
    for tag in tagged.by("nationality"):
        between.setdefault(tag.first, tag.last)
    roles: dict[int, Tag] = {}
    for tag in tagged.by("role"):
        if tag.first not in roles or tag.last > roles[tag.first].last:
            roles[tag.first] = tag
    who = {t.first: t for t in (*tagged.by("actor"), *tagged.by("group")) if t.detail != "national"}
    return roles, between, {t.first for t in tagged.by("units")}, who


def _at_least_after(tagged: Tagged, last: int) -> bool:
    """Arabic says "at least" after what it counts."""
    keys = [w.key for w in tagged.words[last : last + 3]]
    return any(pair == ("علي", "اقل") for pair in pairwise(keys))


def _counts_something_else(tagged: Tagged, last: int) -> bool:
    between = {t.first for t in tagged.by("between")}
    return any(t.first == last or (t.first == last + 1 and last in between) for t in tagged.by("units"))


def _side(tagged: Tagged, first: int, end: int, side: str | None, lexicon: Lexicon) -> str | None:
    """The actor whose people a number counts: one named between the number and just after its role."""
    for tag in tagged.by("actor"):
        if first <= tag.first <= end and tag.first < end + 1 and lexicon.actors.get(tag.value):
            return tag.value
    for tag in tagged.by("nationality"):
        if first <= tag.first < end and side == "state":
            return tag.value
    return side


def _without_repeats(found: list[Count]) -> list[Count]:
    """The numbers without those told twice, as by headline and lead in one: the same many of the same people."""
    kept: list[Count] = []
    for count in found:
        many = count.casualty.count or count.casualty.low or 0
        again = many >= _TOLD_AGAIN and any(c.casualty == count.casualty and c.part == count.part for c in kept)
        if count not in kept and not again:
            kept.append(count)
    return kept


_TOLD_AGAIN = 5  # a smaller number may come twice by chance
