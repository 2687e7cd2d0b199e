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
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.tags import Tag, Tagged

_KINDS = {kind.value: kind for kind in CasualtyKind}
_MOST = 30  # numbers of people in one sentence; more are a table, not a sentence
_REACH = 14
_TITLES = frozenset(
    [
        "group",
        "spokesman",
        "source",
        "commander",
        "official",
        "leader",
        "stronghold",
        "organisation",
        "organization",
        "base",
        "army",
        "said",
    ]
)
_SINGLE = frozenset({"a", "an", "another"})


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people harmed: the casualty, the word index of its number, and whether it is part of another."""

    casualty: Casualty
    word: int
    part: bool = False
    total: bool = False  # named as a toll: "the death toll rose to 22"


def counts(tagged: Tagged, numbers: Sequence[NumberMention], lexicon: Lexicon) -> list[Count]:
    """Every number of people harmed that the sentence gives."""
    harms = tagged.by("harm")
    if not harms:
        return []
    found: list[Count] = []
    for first, last, number in _people_numbers(tagged, numbers)[:_MOST]:
        role, role_end = _role(tagged, last)
        dual = next((t for t in tagged.by("role") if t.first == first and t.last >= first + 1), None)
        named = next((t for t in tagged.by("role") if t.last == first), None)
        if role is None and dual is None and named is not None and not tagged.words[first].key.isascii():
            role, role_end = named, last  # "مدنيين اثنين"
        if role is None and dual is not None:  # Arabic writes "two children" in one word
            role, role_end = dual, max(last, dual.last)
        harm = _harm(tagged, harms, first, max(role_end, last), role is not None)
        if harm is None and role is None and _toll_before(tagged, first) and tagged.words[first - 1].key in _TOLL_IS:
            harm = Tag(first, last, "harm", "killed", "")  # "the death toll from Saturday's bombings rose to 121"
        if harm is None or _recalled(tagged, harm):
            continue
        if role and tagged.words[role.last - 1].key == "family" and number.count == 1:
            continue
        part = _is_part(tagged, first, found)
        kind = found[-1].casualty.kind if part and found else _KINDS[harm.value]
        if role is None and not (_touches(harm, first, last) or _toll_before(tagged, first)):
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
        found.append(Count(casualty, first, part, _toll_before(tagged, first)))
    return _without_repeats(found)


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
        if first >= len(tagged.words) or tagged.words[first].key in _SAME:
            continue
        last = max(last, first + 1)
        starts[first] = last
        year = number.count is not None and 1900 <= number.count <= 2100
        if year and not _role(tagged, last)[0]:
            continue
        if number.count == 2 and tagged.words[first].key == "both":
            continue
        found.append((first, last, number))
    for index in _ones(tagged, starts):
        word = tagged.words[index]
        found.append((index, index + 1, NumberMention(word.start, word.end, "a", 1, 1, 1, "")))
    return sorted(found, key=lambda item: item[0])


def _ones(tagged: Tagged, starts: Mapping[int, int]) -> list[int]:
    """Where one person is counted without a number: "a medic", "his wife", "one of its soldiers", "مقتل شخص"."""
    words = tagged.words
    taken = {i for first, last in starts.items() for i in range(first, last)}
    found: set[int] = set()
    roles = tagged.by("role")
    for role in roles:
        before = range(max(0, role.first - 3), role.first)
        at = next((i for i in reversed(before) if words[i].key in _SINGLE), None)
        following = words[role.last].key if role.last < len(words) else ""
        whole = role.value not in ("rebels", "opponents") and following not in _TITLES
        if at is not None and whole and not taken & {*range(at, role.first)} and _singular(words[role.last - 1].key):
            found.add(at)
        one = role.first - 3
        if one >= 0 and words[one].key == "one" and words[one + 1].key == "of":  # "one of its soldiers"
            found.add(one)
        if role.first and words[role.first - 1].key in ("احد", "احدي") and role.first not in taken:
            found.add(role.first - 1)
    for kin in tagged.by("kin"):
        joined = kin.first > 1 and words[kin.first - 1].key in _POSSESSIVE
        after_harm = any(h.last == kin.first for h in tagged.by("harm"))
        if joined or after_harm or words[kin.first].key.startswith("و"):
            at = kin.first - 1 if joined else kin.first
            if at not in taken and not any(t.last > at and t.first < at for t in roles):
                found.add(at)
    singular = {t.first for t in tagged.by("singular")}
    for harm in tagged.by("harm"):
        if harm.value not in ("killed", "injured"):
            continue
        if harm.last in singular and harm.last not in taken:
            found.add(harm.last)
        alone = words[harm.first].key.lstrip("و") in _ONE_HARMED and harm.last - harm.first == 1
        if alone and not any(first < harm.first <= last + 1 for first, last in starts.items()):
            found.add(harm.first)
    return sorted(found)


_POSSESSIVE = frozenset({"his", "her", "their"})
_ONE_HARMED = frozenset({"قتيل", "جريح", "شهيد", "قتيلا", "جريحا", "شهيدا"})
_SAME = frozenset({"واحده", "واحد", "احد"})  # "of one family"; Sunday
_TOLL_IS = frozenset({"to", "at", "of", "stands", "reached", "hit", "is", "was", "الي", "بلغت"})


def _singular(key: str) -> bool:
    return not key.endswith(("s", "men", "people", "children"))


def _role(tagged: Tagged, after: int) -> tuple[Tag | None, int]:
    """The people a number counts: the role word after it, over words that may stand between; else a named side."""
    roles, between, units, who = _people_words(tagged)
    index = after
    while index < min(len(tagged.words), after + 6):
        role = roles.get(index)
        if role is not None and not (index in between and between[index] > role.last):
            following = roles.get(role.last)
            return (following, following.last) if following and role.value != "people" else (role, role.last)
        if index in units or tagged.words[index].sign:
            break
        party = who.get(index)
        if party is not None and party.last not in roles and not _more_people(tagged, party.last, roles, between):
            return Tag(party.first, party.last, "role", _FIGHTERS.get(party.value, "fighters"), ""), party.last
        if index in between:
            index = between[index]
        elif tagged.words[index].capital and index + 1 in roles:
            index += 1
        else:
            break
    return None, after


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


def _names_people(tagged: Tagged, harm: Tag) -> bool:
    """Whether "displaced" only says who: "11 displaced people"."""
    return any(t.first in (harm.first, harm.last) for t in tagged.by("role"))


def _harm(tagged: Tagged, harms: Sequence[Tag], first: int, last: int, has_role: bool) -> Tag | None:
    """The word of harm a number belongs to: the one right before ("killed six"), else the next one after."""
    alone = tagged.words[first].key.lstrip("و") in _ONE_HARMED
    itself = [h for h in harms if alone and (h.first, h.last) == (first, last)]
    if itself:
        return itself[0]
    harms = [h for h in harms if h.value != "displaced" or not _names_people(tagged, h)] or harms
    before = [h for h in harms if h.last <= first and first - h.last <= (6 if has_role else 2)]
    after = [h for h in harms if h.first >= last and h.first - last <= _REACH]
    inside = [h for h in harms if first < h.first < last]
    if joined_by_and := [h for h in before if h.last < first and tagged.words[h.last].key in _AND]:
        # "one was killed and seven were injured": the number belongs to the word after it
        own = [h for h in after if h.first - last <= 4 and h.first < _next_number(tagged, last - 1)]
        if own and joined_by_and[-1].last + 1 == first:
            return _widest(harms, own[0])
    close = [h for h in before if first - h.last <= 2 and not tagged.clause_between(h.last, first)]
    joined_on = tagged.words[first].key[:1] == "و" and after and after[0].first == last
    if joined_on and close and tagged.words[close[-1].first].key in _ONE_HARMED:
        return _widest(harms, after[0])  # "قتيلا وثلاثة جرحى"
    if close and after and close[-1].last == first and after[0].first == last and _counted_before(tagged, close[-1]):
        return _widest(harms, after[0])  # "57 killed 150 injured"
    if close and tagged.words[close[-1].first].key not in ("dead", "deaths", "bodies"):
        return _widest(harms, close[-1])
    touching = [h for h in after if h.first - last <= 3]
    if touching:
        return _widest(harms, touching[0])
    joined = [h for h in before if not _verb_between(tagged, harms, h, first)]
    if joined and not (after and after[0].first - last <= 5):
        return _widest(harms, joined[-1])
    if after:
        return _widest(harms, after[0])
    if joined:
        return _widest(harms, joined[-1])
    return inside[0] if inside else None


_AND = frozenset({"and", "while"})


def _counted_before(tagged: Tagged, harm: Tag) -> bool:
    """Whether a figure stands right before a word of harm: "57 civilians killed"."""
    return any(w.key[:1].isdigit() for w in tagged.words[max(0, harm.first - 4) : harm.first])


def _next_number(tagged: Tagged, first: int) -> int:
    """The index of the next figure after a number, or past the end."""
    following = range(first + 1, len(tagged.words))
    return next((i for i in following if tagged.words[i].key[:1].isdigit()), len(tagged.words))


def _widest(harms: Sequence[Tag], chosen: Tag) -> Tag:
    """ "killed or wounded" covers "killed": the wider phrase says what the number is."""
    covering = [h for h in harms if h.first <= chosen.first and h.last >= chosen.last]
    return max(covering, key=lambda h: h.last - h.first)


def _verb_between(tagged: Tagged, harms: Sequence[Tag], harm: Tag, first: int) -> bool:
    return any(harm.last <= h.first < first for h in harms if h is not harm) or any(
        w.sign and w.key in ";:" for w in tagged.words[harm.last : first]
    )


def _touches(harm: Tag, first: int, last: int) -> bool:
    """Whether number and word of harm stand together: "killed 12", "12 dead", "12 were killed"."""
    return 0 <= harm.first - last <= 2 or 0 <= first - harm.last <= 2


def _toll_before(tagged: Tagged, first: int) -> bool:
    return any(0 <= first - t.last <= 12 for t in tagged.by("toll"))


def _counts_something_else(tagged: Tagged, last: int) -> bool:
    between = {t.first for t in tagged.by("between")}
    return any(t.first == last or (t.first == last + 1 and last in between) for t in tagged.by("units"))


def _is_part(tagged: Tagged, first: int, found: Sequence[Count]) -> bool:
    """Whether a number is said to be part of another: "including 6 children", "two of them women"."""
    for tag in tagged.by("subset"):
        if 0 <= first - tag.last <= 3:
            return bool(found) or True
        if found and 0 <= tag.first - first <= 3 and tagged.words[tag.first].key in ("of", "were", "was"):
            return True
    previous = found[-1] if found else None
    return bool(previous and previous.part and first - previous.word <= 5)


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
    return list(dict.fromkeys(found))
