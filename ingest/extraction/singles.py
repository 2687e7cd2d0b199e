"""People counted without a number: "a medic", "his wife", "one of its soldiers", "a couple", "مقتل شخص", "ابنه".

One person only where a word of harm can be said of them: never "a police station", "on a rebel commander", "by a
sniper". Who speaks or who kills is told apart later, like any number's people.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from ingest.extraction.harmwords import ONE_HARMED
from ingest.extraction.tags import Tag, Tagged

_JOINED = 6  # words from a word of harm to the last of those it names, joined by "و"
_DESCRIBED = 7  # words from "a" to whom it counts: "a senior 61-year-old Hezbollah field commander"
_SINGLE = frozenset({"a", "an", "another"})
_POSSESSIVE = frozenset({"his", "her", "their"})
_JOINS = frozenset({"and", "with", ",", "also", "plus"})
_WERE = frozenset(
    {
        "critically",
        "seriously",
        "lightly",
        "badly",
        "slightly",
        "severely",
        "was",
        "were",
        "is",
        "are",
        "has",
        "have",
        "had",
        "been",
        "died",
        "also",
        "reportedly",
    }
)
# Before "a ..." these make a place, a target or an agent of it; "of", "with" and "for" may still name the harmed.
_AWAY = frozenset(
    [
        "in",
        "on",
        "at",
        "near",
        "by",
        "from",
        "to",
        "into",
        "against",
        "inside",
        "outside",
        "under",
        "behind",
        "over",
        "between",
        "after",
        "before",
        "during",
        "via",
        "through",
        "toward",
        "towards",
        "around",
        "across",
        "beside",
        "targeting",
        "hitting",
        "carrying",
        "attacking",
        "disguised",
        "posing",
        "as",
        "like",
        "onto",
        "off",
        "within",
    ]
)
_MASS = ("s", "men", "people", "children", "police", "personnel", "staff", "family", "troops", "elderly", "youth")


def singles(tagged: Tagged, starts: Mapping[int, int]) -> dict[int, int]:
    """How many people (1 or 2) are counted without a number, by the word where they are; `starts` are the numbers."""
    taken = {i for first, last in starts.items() for i in range(first, last)}
    found = _with_articles(tagged, taken) | _kin(tagged, taken) | _arabic(tagged, taken) | _named(tagged, taken)
    for harm in tagged.by("harm"):
        if harm.value not in ("killed", "injured"):
            continue
        other = _another(tagged, harm, taken)
        if other is not None:
            found.add(other)
        near = range(max(0, harm.first - _AGED - 3), min(harm.last + 1, len(tagged.words)))
        found.update(at for at in near if at not in taken and _aged_alone(tagged, at))
        if more_alone(tagged, harm.last) and tagged.words[harm.last].key == "another":  # "and injured another"
            found.add(harm.last)
        alone = tagged.words[harm.first].key.lstrip("و") in ONE_HARMED and harm.last - harm.first == 1
        if alone and not any(first < harm.first <= last + 1 for first, last in starts.items()):
            found.add(harm.first)
    counted = dict.fromkeys(found, 1)
    for one in tagged.by("pronoun"):
        if _comes_of(tagged, one) and not starts and all(at > one.first for at in found):
            counted[one.first] = 1
    for pair in tagged.by("pair"):
        article = pair.first and tagged.words[pair.first - 1].key in (*_SINGLE, "the")
        at = pair.first - 1 if article else pair.first
        of = pair.last < len(tagged.words) and tagged.words[pair.last].key == "of"
        if not taken & {*range(at, pair.last)} and not of and not _away(tagged, at):
            counted[at] = 2
    return dict(sorted(counted.items()))


def _another(tagged: Tagged, harm: Tag, taken: Set[int]) -> int | None:
    """Where "another" is the one harmed: "and another was injured"."""
    for at in range(max(1, harm.first - 3), harm.first):
        key, before = tagged.words[at].key, tagged.words[at - 1].key
        if (key == "another" and before in _JOINS | {"while"}) or (key in ("third", "fourth") and before == "a"):
            alone = not taken & {*range(at, harm.first)} and _only_were(tagged, at + 1, harm.first)
            return at if alone else None
    return None


def _comes_of(tagged: Tagged, one: Tag) -> bool:
    """Whether a death is what came of something: "ما أدى إلى مقتله", "فقتله"; not "بعد مقتله"."""
    key = tagged.words[one.first].key
    before = tagged.words[one.first - 1].key if one.first else ""
    return key.isascii() or key[0] in "فلو" or before in ("الي", "عن", "في")


def person_end(tagged: Tagged, first: int) -> int | None:
    """The word after one of a family, a couple or "a 12-year-old" at a word; None where none stands there."""
    kin = (*tagged.by("kin"), *tagged.by("pair"), *tagged.by("pronoun"))
    ends = [t.last for t in kin if first <= t.first <= first + 1]
    return max(ends, default=first + _AGED if _aged_alone(tagged, first) else None)


def _aged_alone(tagged: Tagged, at: int) -> bool:
    """Whether somebody is named by age alone: "a 12-year-old was injured"."""
    words = tagged.words[at : at + _AGED + 1]
    if len(words) <= _AGED or words[0].key not in _SINGLE or [w.key for w in words[2:_AGED]] != ["year", "old"]:
        return False
    return words[_AGED].sign or words[_AGED].key in LINKS


_AGED = 4  # words of "a 12-year-old"


def things_after(tagged: Tagged, last: int) -> bool:
    """Whether a word for people only says whose or of what kind a thing is: "police station", "rebel positions"."""
    return any(t.first == last for t in tagged.by("things"))


def more_alone(tagged: Tagged, after: int) -> bool:
    """Whether only "more" names the people: "and three more in the afternoon"."""
    words = tagged.words
    if after + 1 >= len(words) or words[after].key not in ("more", "others", "another"):
        return False
    return words[after + 1].sign or words[after + 1].key in LINKS


def _with_articles(tagged: Tagged, taken: Set[int]) -> set[int]:
    """ "A medic", "a 61-year-old woman", "one of its soldiers", "أحد الجنود"; "the driver" right after a killing."""
    words = tagged.words
    found: set[int] = set()
    things = {t.first for c in ("territory", "target", "weapon", "units") for t in tagged.by(c)}
    killings = {h.last for h in tagged.by("harm") if words[h.first].key.endswith("ing")}
    whose = {
        i for c in ("between", "nationality", "actor", "group") for t in tagged.by(c) for i in range(t.first, t.last)
    }
    for role in tagged.by("role"):
        at = _article(tagged, role, whose)
        if at is None:
            at = next(
                (i for i in range(role.first - 1, role.first - 3, -1) if i in killings and words[i].key == "the"), None
            )
        if at is None and role.first and words[role.first - 1].key == "the" and _with_kin(tagged, role):
            at = role.first - 1
        following = words[role.last].key if role.last < len(words) else ""
        whole = role.value not in ("rebels", "opponents") and following not in _TITLES and role.last not in things
        whole = whole and not things_after(tagged, role.last) and _singular(words[role.last - 1].key)
        if at is not None and whole and not taken & {*range(at, role.first)} and not _away(tagged, at):
            found.add(at)
        one = role.first - 3
        if one >= 0 and words[one].key == "one" and words[one + 1].key == "of":  # "one of its soldiers"
            found.add(one)
        if role.first and words[role.first - 1].key in ("احد", "احدي") and role.first not in taken:
            found.add(role.first - 1)
    return found


def _with_kin(tagged: Tagged, role: Tag) -> bool:
    """Whether one of the family is harmed with somebody: "the village head and his driver were killed"."""
    keys = [w.key for w in tagged.words[role.last : role.last + 2]]
    kin = {t.first for t in tagged.by("kin")}
    harmed = any(0 <= h.first - role.last - 3 <= 2 for h in tagged.by("harm"))
    return len(keys) == 2 and keys[0] == "and" and keys[1] in _POSSESSIVE and role.last + 2 in kin and harmed


def _article(tagged: Tagged, role: Tag, whose: Set[int]) -> int | None:
    """Where "a" or "an" stands before a word for people, over what describes it: "a 16-year-old Palestinian boy"."""
    words = tagged.words
    reach = role.first - _DESCRIBED
    aged = {i for i in range(max(2, reach), role.first) if words[i].key == "year"}
    for at in range(role.first - 1, max(-1, reach - 1), -1):
        if words[at].key in _SINGLE:
            return at
        described = at in whose or any(-1 <= i - at <= 1 for i in aged)
        if words[at].sign or words[at].key in LINKS or (role.first - at > 2 and not described):
            return None
    return None


def _kin(tagged: Tagged, taken: Set[int]) -> set[int]:
    """One more of a family: joined to another ("and his wife", "وزوجته"), or harmed herself ("his wife was killed")."""
    words = tagged.words
    roles = tagged.by("role")
    harms = tagged.by("harm")
    found: set[int] = set()
    for kin in tagged.by("kin"):
        possessed = kin.first > 1 and words[kin.first - 1].key in _POSSESSIVE
        at = kin.first - 1 if possessed else kin.first
        joined = possessed and words[at - 1].key in _JOINS
        harmed = any(h.last == at for h in harms)
        with_him = kin.first > 0 and words[kin.first - 1].key in ("مع", "برفقه", "رفقه")
        own = any(0 <= h.first - kin.last <= 3 and _only_were(tagged, kin.last, h.first) for h in harms)
        if not (joined or harmed or (own and possessed) or words[kin.first].key.startswith("و") or with_him):
            continue
        if at not in taken and not any(t.last > at and t.first < at for t in roles):
            found.add(at)
    return found


def _only_were(tagged: Tagged, first: int, last: int) -> bool:
    return all(w.key in _WERE or w.key.isdigit() or w.sign for w in tagged.words[first:last])


def _arabic(tagged: Tagged, taken: Set[int]) -> set[int]:
    """ "خمسة حوثيين وجندي", "مقتل امرأة وطفل", "اغتال مسلحون ضابطا"."""
    words = tagged.words
    found: set[int] = set()
    singular = {t.first for t in tagged.by("singular")}
    counted = {t.last for t in tagged.by("role")} | {at + 1 for at in singular}
    harms = [h for h in tagged.by("harm") if h.value in ("killed", "injured")]
    for at in singular & counted - taken:
        if words[at].key[0] == "و" and any(0 <= at - h.first <= _JOINED for h in tagged.by("harm")):
            found.add(at)
    for harm in harms:
        if harm.last in singular and harm.last not in taken:
            found.add(harm.last)
        behind = next((i for i in _after_attackers(tagged, harm) if i in singular), None)
        if behind is not None and not taken & {*range(harm.last, behind + 1)}:
            found.add(behind)
    return found


def _after_attackers(tagged: Tagged, harm: Tag) -> range:
    """The word after those who killed, where Arabic names them between verb and victim; empty elsewhere."""
    who = {t.first: t.last for t in (*tagged.by("group"), *tagged.by("actor"))}
    harmed = {t.first for t in tagged.by("singular")}  # "قتل ضابط برتبة عقيد": the word after the verb is its victim
    if harm.last not in who or harm.last in harmed or tagged.words[harm.first].key[:1] < "\u0600":
        return range(0)
    return range(who[harm.last], min(who[harm.last] + 2, len(tagged.words)))


def _named(tagged: Tagged, taken: Set[int]) -> set[int]:
    """One person named with rank or calling, right after the word of harm: "killed Hezbollah commander Abu Hassan"."""
    words = tagged.words
    found: set[int] = set()
    whose = {t.first: t.last for c in ("between", "nationality", "actor", "group") for t in tagged.by(c)}
    roles: dict[int, Tag] = {}
    for role in tagged.by("role"):
        if role.first not in roles or role.last > roles[role.first].last:
            roles[role.first] = role
    for harm in tagged.by("harm"):
        if harm.value not in ("killed", "injured") or words[harm.first].key[:1] >= "\u0600":
            continue
        at = harm.last
        while at in whose and at not in roles:
            at = whose[at]
        named = roles.get(at)
        if named is None or at in taken or named.last >= len(words) or not _singular(words[named.last - 1].key):
            continue
        if words[named.last].capital and not words[named.last].sign:
            found.add(at)
    return found


def _away(tagged: Tagged, at: int) -> bool:
    return at > 0 and tagged.words[at - 1].key in _AWAY


def _singular(key: str) -> bool:
    return not key.endswith(_MASS)


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
LINKS = frozenset(
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
