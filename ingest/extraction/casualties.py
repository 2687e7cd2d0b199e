"""How many people were harmed, of which side, by one sentence.

"Killed or captured 6", "neutralised 12" and "15 casualties including 6 children" are not "killed". A part of a total
("including 6 children") is never added to it. Numbers that count hours, strikes or towns count no people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from conflict.facts import Casualty
from conflict.numbers import NumberMention
from conflict.vocabulary import CasualtyKind
from ingest.extraction.harmwords import ONE_HARMED, harm_of_number, says_none_killed, toll_before, touches
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.parts import Count, adds, is_part, parted, turns
from ingest.extraction.tags import Tag, Tagged

_KINDS = {kind.value: kind for kind in CasualtyKind}
_MOST = 30  # numbers of people in one sentence; more are a table, not a sentence
_JOINED = 6  # words from a word of harm to the last of those it names, joined by "و"
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
        "told",
        "added",
        "confirmed",
        "reported",
        "says",
    ]
)
_SINGLE = frozenset({"a", "an", "another"})


def counts(tagged: Tagged, numbers: Sequence[NumberMention], lexicon: Lexicon) -> list[Count]:
    """Every number of people harmed that the sentence gives."""
    if not tagged.by("harm") and not tagged.by("nobody"):
        return []
    found: list[Count] = []
    cuts, also = turns(tagged), adds(tagged)
    for first, last, number in _people_numbers(tagged, numbers)[:_MOST]:
        role, role_end = _role(tagged, last)
        dual = next((t for t in tagged.by("role") if t.first == first and t.last >= first + 1), None)
        named = next((t for t in tagged.by("role") if t.last == first), None)
        if role is None and dual is None and named is not None and not tagged.words[first].key.isascii():
            role, role_end = named, last  # "مدنيين اثنين"
        if dual is not None and (role is None or role.value == "people"):  # Arabic writes "two children" in one word
            role, role_end = dual, max(last, dual.last)
        harm = harm_of_number(tagged, first, last, role, role_end)
        if harm is None or _recalled(tagged, harm):
            continue
        if role and tagged.words[role.last - 1].key == "family" and number.count == 1:
            continue
        part = is_part(tagged, first, found)
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
    if says_none_killed(tagged) and all(c.casualty.kind is not CasualtyKind.KILLED for c in found):
        found.append(Count(Casualty(CasualtyKind.KILLED, count=0, low=0, high=0), len(tagged.words)))
    return _without_repeats(parted(tagged, found))


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
        if number.count == 2 and (tagged.words[first].key == "both" or _is_monday(tagged, first)):
            continue
        found.append((first, last, number))
    for index in _ones(tagged, starts):
        word = tagged.words[index]
        found.append((index, index + 1, NumberMention(word.start, word.end, "a", 1, 1, 1, "")))
    return sorted(found, key=lambda item: item[0])


def _is_monday(tagged: Tagged, first: int) -> bool:
    """Whether "الاثنين" is the day: with its article, and no people after it."""
    written = tagged.sentence.text[tagged.words[first].start :][:4]
    return written.startswith(("الاث", "الإث"))


def _ones(tagged: Tagged, starts: Mapping[int, int]) -> list[int]:
    """Where one person is counted without a number: "a medic", "his wife", "one of its soldiers", "مقتل شخص"."""
    words = tagged.words
    taken = {i for first, last in starts.items() for i in range(first, last)}
    found: set[int] = set()
    roles = tagged.by("role")
    things = {t.first for c in ("territory", "target", "weapon", "units") for t in tagged.by(c)}
    for role in roles:
        aged = role.first > 3 and any(w.key == "year" for w in words[role.first - 2 : role.first])
        before = range(max(0, role.first - (4 if aged else 3)), role.first)
        at = next((i for i in reversed(before) if words[i].key in _SINGLE), None)
        following = words[role.last].key if role.last < len(words) else ""
        whole = role.value not in ("rebels", "opponents") and following not in _TITLES and role.last not in things
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
    counted = {t.last for t in roles} | {at + 1 for at in singular}
    harms = [t.first for t in tagged.by("harm")]
    for at in singular & counted - taken:  # "خمسة حوثيين وجندي", "مقتل امرأة وطفل"
        if words[at].key[0] == "و" and any(0 <= at - harm <= _JOINED for harm in harms):
            found.add(at)
    for harm in tagged.by("harm"):
        if harm.value not in ("killed", "injured"):
            continue
        if harm.last in singular and harm.last not in taken:
            found.add(harm.last)
        if _more_alone(tagged, harm.last) and words[harm.last].key == "another":  # "and injured another on Tuesday"
            found.add(harm.last)
        behind = next((i for i in _after_attackers(tagged, harm) if i in singular), None)
        if behind is not None and not taken & {*range(harm.last, behind + 1)}:  # "اغتال مسلحون ضابطا"
            found.add(behind)
        alone = words[harm.first].key.lstrip("و") in ONE_HARMED and harm.last - harm.first == 1
        if alone and not any(first < harm.first <= last + 1 for first, last in starts.items()):
            found.add(harm.first)
    return sorted(found)


def _after_attackers(tagged: Tagged, harm: Tag) -> range:
    """The word after those who killed, where Arabic names them between verb and victim; empty elsewhere."""
    who = {t.first: t.last for t in (*tagged.by("group"), *tagged.by("actor"))}
    if harm.last not in who or tagged.words[harm.first].key[:1] < "\u0600":
        return range(0)
    return range(who[harm.last], min(who[harm.last] + 2, len(tagged.words)))


_POSSESSIVE = frozenset({"his", "her", "their"})
_SAME = frozenset({"واحده", "واحد", "احد"})  # "of one family"; Sunday


def _singular(key: str) -> bool:
    return not key.endswith(("s", "men", "people", "children"))


def _role(tagged: Tagged, after: int) -> tuple[Tag | None, int]:
    """The people a number counts: the role word after it, over words that may stand between; else a named side."""
    roles, between, units, who = _people_words(tagged)
    if _more_alone(tagged, after):
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


def _more_alone(tagged: Tagged, after: int) -> bool:
    """Whether only "more" names the people: "and three more in the afternoon"."""
    words = tagged.words
    if after + 1 >= len(words) or words[after].key not in ("more", "others", "another"):
        return False
    return words[after + 1].sign or words[after + 1].key in _LINKS


_LINKS = frozenset(
    [
        "in",
        "at",
        "on",
        "by",
        "to",
        "from",
        "after",
        "before",
        "when",
        "while",
        "who",
        "that",
        "and",
        "or",
        "but",
        "with",
        "as",
        "near",
        "during",
        "for",
        "were",
        "was",
        "are",
        "is",
        "have",
        "had",
        "has",
        "في",
        "من",
        "علي",
        "عن",
        "مع",
        "او",
        "ثم",
        "بعد",
        "قبل",
        "الي",
        "ان",
        "كان",
        "كانوا",
    ]
)


def _may_describe(key: str) -> bool:
    """Whether an unknown word between a number and its people may describe them: "two resistance fighters"."""
    return key not in _LINKS and not key[:1].isdigit()


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
    return list(dict.fromkeys(found))
