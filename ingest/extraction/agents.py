"""People in a sentence of harm who are not its victims: those who tell of it and those who do it.

"..., a local activist said", "according to a doctor", "قال ناشط"; "30 gunmen stormed ..., killing a guard", "shot dead
by two men". Their number is never a toll.
"""

from __future__ import annotations

from collections.abc import Set

from ingest.extraction.harmwords import sign_after
from ingest.extraction.tags import Tag, Tagged

_REACH = 8  # words from those who speak to their word of saying: "a doctor at the town's only hospital said"
_BE = frozenset({"was", "were", "is", "are", "been", "being", "be", "got"})
# Words of saying that come before the speaker in English; the others come after, or before what is said.
_BEFORE = frozenset({"according", "citing", "cited", "cites", "quoted", "quotes", "told"})
# Arabic words of record come before the dead themselves ("وثق 5 قتلى"), or are the speaker.
_RECORD = ("وثق", "وثقت", "رصد", "رصدت", "بيان", "مصدر", "مصادر", "نقل", "نقلت", "احصي", "احصت")
_PASSIVE_TOO = frozenset(
    [
        "killed",
        "injured",
        "wounded",
        "shot",
        "gunned",
        "executed",
        "beheaded",
        "murdered",
        "assassinated",
        "massacred",
        "slaughtered",
        "hanged",
        "lynched",
        "captured",
        "abducted",
        "kidnapped",
        "arrested",
        "detained",
    ]
)
_ACTIVE = frozenset(["kills", "kill", "injures", "injure", "wounds", "wound", "claims", "claimed", "slew", "executes"])
_CARRYING = frozenset({"carrying", "transporting", "ferrying", "تقل", "يقل", "تحمل"})
_ARTICLES = frozenset({"a", "an", "the"})
_OF = frozenset({"in", "at", "of", "with", "from", "for", "on", "near", "to", "by", "and", "who", "inside", "as"})
_OBJECT = frozenset(["a", "an", "the", "another", "his", "her", "their", "its"])


def speaks(tagged: Tagged, first: int, last: int) -> bool:
    """Whether the people at words `first` to `last` say something, rather than were harmed."""
    words = tagged.words
    harms = tagged.by("harm")
    if any(0 <= first - h.last <= 1 and not tagged.clause_between(h.last, first) for h in harms):
        return False
    for said in tagged.by("says"):
        key = words[said.first].key
        if said.last <= first:
            arabic = key[:1] >= "\u0600"
            if arabic and first == said.last and not key.lstrip("وف").startswith(_RECORD):
                return not any(0 <= h.first - first <= 1 for h in harms)
            if key in _BEFORE and first - said.last <= 1:
                return True
        elif 0 <= said.first - last <= _REACH and key[:1] < "\u0600":
            between = words[last : said.first]
            told_of = words[said.first - 1].key in _BE or any(0 <= h.first - said.last <= 1 for h in harms)
            apart = any(w.sign for w in between) or sign_after(tagged, last - 1)
            if (
                not told_of
                and not apart
                and not _another_speaks(tagged, last, said.first)
                and not _any_in(harms, last, said.first)
            ):
                return key not in _BEFORE or key == "told"
    return False


def _another_speaks(tagged: Tagged, last: int, says: int) -> bool:
    """Whether somebody else is named right before "said": "three children the Observatory said"."""
    words = tagged.words
    if any(t.first == last for t in tagged.by("voice")):
        return True
    return any(words[i].key in _ARTICLES and (i == last or words[i - 1].key not in _OF) for i in range(last, says))


def acts(tagged: Tagged, first: int, has_role: bool) -> bool:
    """Whether those counted are named as those who did it or were only there: "by two men", "a bus carrying 25"."""
    before = tagged.words[first - 1].key if first else ""
    if before in _CARRYING:
        return True
    return has_role and (before == "by" or [w.key for w in tagged.words[max(0, first - 2) : first]] == ["علي", "يد"])


def doing(tagged: Tagged, starts: Set[int]) -> frozenset[int]:
    """Where words of harm stand that name those before them as doing it: "killing", "killed two" (`starts`)."""
    return frozenset(h.first for h in tagged.by("harm") if _does(tagged, h, starts))


def _does(tagged: Tagged, harm: Tag, starts: Set[int]) -> bool:
    words = tagged.words
    key = words[harm.first].key
    if key.endswith("ing") and key not in ("dying", "missing"):
        return True
    if key in _ACTIVE:
        return True
    if key not in _PASSIVE_TOO or any(w.key in _BE for w in words[max(0, harm.first - 3) : harm.first]):
        return False
    at = harm.last
    bounded = next((i for i in range(at, min(at + 5, len(words))) if i in starts), None)
    if bounded is not None and not any(w.sign or w.key in _LINKING for w in words[at:bounded]):
        following = [h for h in tagged.by("harm") if 0 < h.first - bounded <= 3]
        parts = any(w.key in ("them", "whom") for w in words[bounded : bounded + 3])
        carried = any(words[i - 1].key in _CARRYING for i in starts if 0 < i < harm.first)
        return (carried or not parts) and not any(not _any_sign(tagged, bounded, h.first) for h in following)
    return at < len(words) and words[at].key in _OBJECT


_LINKING = frozenset({"in", "and", "by", "when", "as", "after", "during", "near", "on", "while", "of", "from"})


def _any_sign(tagged: Tagged, first: int, last: int) -> bool:
    return any(w.sign for w in tagged.words[first:last])


def _any_in(tags: list[Tag], first: int, last: int) -> bool:
    return any(first <= t.first < last for t in tags)
