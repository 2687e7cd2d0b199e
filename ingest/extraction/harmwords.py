"""Which word of harm a number of people belongs to: "3 killed and 5 wounded", "ثلاثة قتلى وثمانية مصابين".

A word of harm that names the people counted ("4 dead", "5 شهداء") is theirs; else the one right before the number, the
one right after what it counts, then the nearest of the clause.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from ingest.extraction.tags import Tag, Tagged

_REACH = 14
_OLDEST = 115
_SIGNS = frozenset(",;:)،؛")
_AND = frozenset({"and", "while"})
ONE_HARMED = frozenset({"قتيل", "جريح", "شهيد", "قتيلا", "جريحا", "شهيدا"})
_HARMED = frozenset({"قتلي", "قتيلا", "شهداء", "شهيدا", "جرحي", "جريحا", "مصابين", "مصابا"})
_NOUNS = ("dead", "deaths", "bodies")
TOLL_IS = frozenset({"to", "at", "of", "stands", "reached", "hit", "is", "was", "الي", "بلغت"})


def harm_of_number(
    tagged: Tagged,
    first: int,
    last: int,
    role: Tag | None,
    role_end: int,
    done_by: Set[int],
    listed_under: Tag | None = None,
) -> Tag | None:
    """The word of harm a number at words `first` to `last` belongs to; `role` is the word for the people it counts.

    `done_by` are the words of harm (by first word) that those before them do: no number before one is its toll.
    `listed_under` is that of the number before, to which this one is joined: "wounded an officer, a medic and two men".
    """
    harms = tagged.by("harm")
    own = _itself(tagged, harms, first, last, role) or _said_of(tagged, harms, first, last)
    if own is not None and own.first >= last and own.first in done_by:
        own = None
    if own is not None:
        return widest(harms, own)
    if first > 1 and tagged.words[first - 1].key == ":":  # "Fatalities: 3"
        listed = [h for h in harms if h.last == first - 1]
        if listed:
            return widest(harms, listed[-1])
    if role is None and toll_before(tagged, first) and tagged.words[first - 1].key in TOLL_IS:
        return Tag(first, last, "harm", "killed", "")  # "the death toll from Saturday's bombings rose to 121"
    end = max(role_end, last)
    if listed_under is not None and role is not None and not _own_after(tagged, harms, end, done_by):
        return listed_under
    return _nearest(tagged, harms, first, last, end, role is not None, done_by)


def joins(tagged: Tagged, end: int, first: int) -> bool:
    """Whether only "and", a comma or "و" stands between two people counted: they are of one list."""
    words = tagged.words
    if first == end and end >= 0:
        return words[first].key[:1] == "و"
    return 0 < first - end <= 2 and all(w.key in ("and", ",", "،") for w in words[end:first])


def far_behind(tagged: Tagged, harm: Tag, first: int) -> bool:
    """Whether one person stands too far behind a word of harm: "killed a medic who was treating a child"."""
    words = tagged.words
    if first - harm.last <= 2 or words[first].key[:1] >= "\u0600":
        return False
    return words[first - 1].key not in _LISTED


def told_of(tagged: Tagged, harm: Tag, first: int) -> bool:
    """Whether a word of harm is said of others: "two were killed and their daughter ..." counts no third killed."""
    words = tagged.words
    passive = any(w.key in _BE for w in words[max(0, harm.first - 3) : harm.first])
    return passive and harm.last < first and words[harm.last].key == "and"


_LISTED = frozenset({"and", ",", "with", "of", "including", "or", "(", ":", "-", "–", "—", "least", "also", "plus"})


def _own_after(tagged: Tagged, harms: Sequence[Tag], end: int, done_by: Set[int]) -> bool:
    """Whether another word of harm follows that is said of the same people: "... and five men were wounded"."""
    near = (h for h in harms if 0 <= h.first - end <= 4 and h.first not in done_by)
    return any(all(not w.sign and w.key not in ("and", "who") for w in tagged.words[end : h.first]) for h in near)


def names_harm(tagged: Tagged, first: int, last: int, role: Tag | None) -> bool:
    """Whether a number comes with a word of harm of its own: "15 جريحا", "3 bodies", "5 hurt"."""
    harms = tagged.by("harm")
    return bool(_itself(tagged, harms, first, last, role) or _said_of(tagged, harms, first, last))


def _itself(tagged: Tagged, harms: Sequence[Tag], first: int, last: int, role: Tag | None) -> Tag | None:
    """The word of harm that is the number ("قتيلان") or the word for its people ("3 bodies", "5 شهداء")."""
    for harm in harms:
        if first <= harm.first < harm.last <= last:
            return harm
    for harm in harms:
        if role is not None and (harm.first, harm.last) == (role.first, role.last) and harm.value != "unspecified":
            died = [h for h in harms if h.last == first and h.value == "killed"]
            later = died and harm.value == "injured" and tagged.words[first].key[0] != "و"  # "وفاة ثلاثة مصابين"
            return died[0] if later else harm
    return None


def _said_of(tagged: Tagged, harms: Sequence[Tag], first: int, last: int) -> Tag | None:
    """The word of harm right behind a number without other people: "5 hurt", "ثمانية مصابين"; not "3 wounded men"."""
    people = {t.first for t in tagged.by("role")}
    for harm in harms:
        if harm.first != last or tagged.words[last].key[0] == "و":  # "مقتل 12 وإصابة 27"
            continue
        noun = tagged.words[harm.first].key in _HARMED
        if (noun or harm.last not in people) and harm.value in ("killed", "injured", "missing"):
            return harm
    return None


def _nearest(
    tagged: Tagged, harms: Sequence[Tag], first: int, number_end: int, last: int, has_role: bool, done_by: Set[int]
) -> Tag | None:
    """The word right before ("killed six"), else the next one after."""
    harms = [h for h in harms if h.value != "displaced" or not _names_people(tagged, h)] or harms
    before = [h for h in harms if h.last <= first and first - h.last <= (6 if has_role else 2)]
    inside = [h for h in harms if first < h.first < last]
    last = _past_inset(tagged, last)
    after = [h for h in harms if h.first >= last and h.first - last <= _REACH and h.first not in done_by]
    after = [h for h in after if not _told_apart(tagged, last, h.first)]
    if joined_by_and := [h for h in before if h.last < first and tagged.words[h.last].key in _AND]:
        # "one was killed and seven were injured": the number belongs to the word after it
        own = [h for h in after if h.first - last <= 4 and h.first < _next_number(tagged, last - 1)]
        if own and 1 <= first - joined_by_and[-1].last <= 2:
            return widest(harms, own[0])
    close = [h for h in before if first - h.last <= 2 and not tagged.clause_between(h.last, first)]
    joined_on = tagged.words[first].key[:1] == "و" and after and after[0].first == last
    if joined_on and close and tagged.words[close[-1].first].key in ONE_HARMED:
        return widest(harms, after[0])  # "قتيلا وثلاثة جرحى"
    if close and after and close[-1].last == first and after[0].first == last and _counted_before(tagged, close[-1]):
        return widest(harms, after[0])  # "57 killed 150 injured"
    if close and tagged.words[close[-1].first].key not in _NOUNS:
        return widest(harms, close[-1])
    touching = [h for h in after if h.first - last <= 3]
    if touching:
        return widest(harms, touching[0])
    described = [h for h in inside if number_end <= h.first and h.value != "killed"]
    if described:  # "treated 43 wounded people"
        return widest(harms, described[0])
    joined = [h for h in before if not _verb_between(tagged, harms, h, first)]
    if joined and not (after and after[0].first - last <= 5):
        return widest(harms, joined[-1])
    if after:
        return widest(harms, after[0])
    if joined:
        return widest(harms, joined[-1])
    return inside[0] if inside else None


def _past_inset(tagged: Tagged, last: int) -> int:
    """The word after what is set between commas right behind the people: "10 people, including a child, wounded"."""
    words = tagged.words
    if last + 1 >= len(words) or words[last].key not in ",،" or all(t.first != last + 1 for t in tagged.by("subset")):
        return last
    end = next((i for i in range(last + 2, min(last + _INSET, len(words))) if words[i].key in ",،"), None)
    harmed = end is not None and any(last < h.first < end for h in tagged.by("harm"))
    return last if end is None or harmed else end + 1


_INSET = 12
_BE = frozenset({"was", "were", "been"})


def _told_apart(tagged: Tagged, last: int, harm: int) -> bool:
    """Whether something else is said of the people before the word of harm: "12 troops were ambushed and two died"."""
    words = tagged.words
    for tag in tagged.by("trigger"):
        if not last < tag.first < harm - 1 or words[tag.first - 1].key not in _BE:
            continue
        if any(w.key == "and" or w.sign for w in words[tag.last : harm]):
            return True
    return False


def _names_people(tagged: Tagged, harm: Tag) -> bool:
    """Whether "displaced" only says who: "11 displaced people"."""
    return any(t.first in (harm.first, harm.last) for t in tagged.by("role"))


def _counted_before(tagged: Tagged, harm: Tag) -> bool:
    """Whether a figure stands right before a word of harm: "57 civilians killed"."""
    return any(w.key[:1].isdigit() for w in tagged.words[max(0, harm.first - 4) : harm.first])


def _next_number(tagged: Tagged, first: int) -> int:
    """The index of the next figure after a number, or past the end."""
    following = range(first + 1, len(tagged.words))
    return next(
        (i for i in following if tagged.words[i].key[:1].isdigit() and not age_at(tagged, i)), len(tagged.words)
    )


def age_at(tagged: Tagged, index: int) -> bool:
    """Whether a figure between commas says how old somebody is: "her brother, 12, was wounded"."""
    words = tagged.words
    if not 0 < index < len(words) - 1 or not words[index].key.isdecimal() or words[index - 1].key not in ",،(":
        return False
    people = {t.last for c in ("role", "kin") for t in tagged.by(c)}
    return sign_after(tagged, index) and index - 1 in people and int(words[index].key[:4]) < _OLDEST


def sign_after(tagged: Tagged, index: int) -> bool:
    """Whether a sign follows a word directly; that of a figure ("89, ...") is no word of its own."""
    return tagged.sentence.text[tagged.words[index].end :][:1] in _SIGNS


def widest(harms: Sequence[Tag], chosen: Tag) -> Tag:
    """ "killed or wounded" covers "killed": the wider phrase says what the number is."""
    covering = [h for h in harms if h.first <= chosen.first and h.last >= chosen.last]
    return max(covering, key=lambda h: h.last - h.first, default=chosen)


def _verb_between(tagged: Tagged, harms: Sequence[Tag], harm: Tag, first: int) -> bool:
    return any(harm.last <= h.first < first for h in harms if h is not harm) or any(
        w.sign and w.key in ";:" for w in tagged.words[harm.last : first]
    )


def touches(harm: Tag, first: int, last: int) -> bool:
    """Whether number and word of harm stand together: "killed 12", "12 dead", "12 were killed"."""
    return 0 <= harm.first - last <= 2 or 0 <= first - harm.last <= 2 or first <= harm.first < last


def toll_before(tagged: Tagged, first: int) -> bool:
    """Whether the sentence calls a number a toll shortly before it."""
    return any(0 <= first - t.last <= 12 for t in tagged.by("toll"))


_NOT_FAR = 14  # words from "لم يسفر" to "قتلى"


def says_none_killed(tagged: Tagged) -> bool:
    """Whether a sentence says that nobody was killed: "no fatalities reported", "لم يسفر عن سقوط قتلى"."""
    if tagged.has("nobody", "killed"):
        return True
    for tag in (t for t in tagged.by("nobody") if t.value == "not_yielded"):
        for harm in tagged.by("harm"):
            near = tag.last <= harm.first <= tag.last + _NOT_FAR and not tagged.clause_between(tag.last, harm.first)
            counted = any(w.key[:1].isdigit() for w in tagged.words[tag.last : harm.first])
            if near and harm.value == "killed" and not counted:
                return True
    return False
