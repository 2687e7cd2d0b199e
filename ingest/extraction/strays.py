"""Which of the triggers of a sentence are events of its own: not what only frames, describes or repeats another.

"Killed" beside a more telling word, the shelling that people fled, arrests in a raid with dead: each is told once.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.extraction.parts import Count
from ingest.extraction.tags import Tag, Tagged, forms


def bare_bombardment(tagged: Tagged, trigger: Tag) -> bool:
    """A word for bombing that leaves open from where ("bombardment", "قصف"): aircraft beside it decide."""
    first, *rest = (word.key for word in tagged.words[trigger.first : trigger.last])
    return (first.startswith("bombard") or "\u0600" <= first[:1] <= "\u06ff") and _HOW_HEAVY.issuperset(rest)


_HOW_HEAVY = frozenset({"عنيف", "عنيفا", "مكثف", "مكثفا", "عشوائي", "متقطع", "متبادل"})
PLAIN = frozenset(
    [
        "killed",
        "kill",
        "kills",
        "killing",
        "wounded",
        "injured",
        "destroyed",
        "fire",
        "fired",
        "shot",
        "launched",
        "carried",
        "قتل",
        "قتلت",
        "قتلوا",
        "مقتل",
        "يقتل",
        "استشهاد",
        "استشهد",
        "اصيب",
        "اصابه",
        "اطلق",
        "اطلقت",
        "شن",
        "شنت",
        "دمر",
        "دمرت",
        *("died", "dies", "dead", "wounding", "wounds", "injuring", "injures", "injure", "slain", "martyred", "lost"),
        *("جرح", "اصيبوا", "لقي", "لقوا", "قتلي", "توفي", "اوقع", "اسفر", "اسفرت", "تقتل", "يوقع"),
    ]
)


def is_plain(tagged: Tagged, trigger: Tag) -> bool:
    """Whether a trigger only says that people were harmed, not how."""
    return trigger.detail == "weak" and not PLAIN.isdisjoint(forms(tagged.words[trigger.first].key))


_VIOLENT = frozenset(
    (
        "chemical_weapon", "suicide_bomb", "grenade", "air_strike", "remote_explosive", "shelling", "attack",
        "abduction", "mob_violence", "sexual_violence", "territory", "looting", "violent_demonstration",
        "arrests", "disrupted_weapons",
    )
)  # fmt: skip


_FROM_AFAR = frozenset({"air_strike", "shelling", "remote_explosive", "suicide_bomb"})
_DEAD_FOUND = frozenset({"found", "body", "bodies", "corpse", "corpses", "discovered", "recovered"})  # of those
_DELIVERS = frozenset({"air_strike", "shelling", "grenade", "remote_explosive"})  # how a chemical weapon came
# Of what one sentence tells of one place, violence comes before what went with it (as in ACLED's codebook).
_FIRST = frozenset(
    {"attack", "armed_clash", "air_strike", "shelling", "suicide_bomb", "abduction", "sexual_violence", "mob_violence"}
)
_LEAST = frozenset({"arrests", "looting"})
_STOPPED = frozenset({"remote_explosive", "air_strike", "shelling", "suicide_bomb", "arrests"})  # what was foiled


_HITS = frozenset({"air_strike", "shelling", "suicide_bomb"})
_DRIVES = 10  # words between fighting and those who flee it


def _drives_out(tagged: Tagged, trigger: Tag) -> bool:
    """Whether fighting is only why people fled: "clashes displaced 300 families", "أدت الاشتباكات إلى نزوح"."""
    return any(
        t.value == "displacement"
        and 0 <= t.first - trigger.last <= _DRIVES
        and not tagged.clause_between(trigger.last, t.first)
        for t in tagged.by("trigger")
    )


def without_strays(tagged: Tagged, found: list[tuple[str, Tag]]) -> list[tuple[str, Tag]]:
    """A weak word for fighting beside a more telling one is the same thing told again, not a clash as well."""
    keys = {key for key, _ in found}
    stopped = [t for k, t in found if k == "disrupted_weapons"]
    if stopped:
        found = [(k, t) for k, t in found if not (k in _STOPPED and any(abs(t.first - s.last) <= 8 for s in stopped))]
    if any(k in _HITS for k, _ in found):  # what hit is told; what was stopped of the same attack is no more
        found = [(k, t) for k, t in found if k != "disrupted_weapons"]
    if "displacement" in keys and not any(h.value in ("killed", "injured") for h in tagged.by("harm")):
        found = [(k, t) for k, t in found if not (k == "armed_clash" and _drives_out(tagged, t))]
    if "remote_explosive" in keys:
        found = [
            (k, t) for k, t in found if not (k == "looting" and tagged.words[t.first].key in ("blew", "destroyed"))
        ]
    if keys & _FROM_AFAR:
        found = [(k, t) for k, t in found if not (k == "attack" and tagged.words[t.first].key in _DEAD_FOUND)]
    if "chemical_weapon" in keys:
        found = [(k, t) for k, t in found if k not in _DELIVERS]
    if "air_strike" in keys:
        found = [(k, t) for k, t in found if not (k == "shelling" and bare_bombardment(tagged, t))]
    harmed = any(h.value in ("killed", "injured") for h in tagged.by("harm"))
    if any(k in _FIRST and (t.detail == "strong" or harmed) for k, t in found):
        found = [(k, t) for k, t in found if k not in _LEAST]
    elif keys & _LEAST:  # a raid that ends in arrests
        found = [(k, t) for k, t in found if not (k in _FIRST and t.detail == "weak")]
    clashes = [t for k, t in found if k == "armed_clash" and t.detail == "strong"]
    found = [(k, t) for k, t in found if not (t.detail == "weak" and any(0 <= t.first - c.last <= 2 for c in clashes))]
    keys = {key for key, _ in found}
    if any(k == "armed_clash" and t.detail == "strong" for k, t in found):
        found = [(k, t) for k, t in found if not (k == "attack" and t.detail == "weak")]
        keys = {key for key, _ in found}
    if "non_violent_transfer" in keys:
        found = [(k, t) for k, t in found if k not in ("change_to_group", "territory")]
    if not keys & _VIOLENT:
        return found
    return [(k, t) for k, t in found if not (k == "armed_clash" and t.detail == "weak")]


def without_context(tagged: Tagged, found: list[tuple[str, Tag]], counts: Sequence[Count]) -> list[tuple[str, Tag]]:
    """What only frames another event ("fled the shelling", "after days of fighting") is none of this sentence's own."""
    framed = [(k, t) for k, t in found if _framed(tagged, t) and not _own_toll(t, counts)]
    left = [item for item in found if item not in framed]
    return left or found


def _framed(tagged: Tagged, trigger: Tag) -> bool:
    return any(
        0 <= trigger.first - t.last <= 4 and not tagged.clause_between(t.last, trigger.first)
        for t in tagged.by("context")
    )


_GOING_ON = frozenset({"battling", "fighting"})
_NEWS_BEFORE = frozenset(
    (
        "heavy", "fierce", "intense", "violent", "renewed", "fresh", "the", "of", "in", "and", "more", "deadly",
        "street", "after", "sporadic", "are", "were", "is", "was",
    )
)  # fmt: skip


def describes(tagged: Tagged, trigger: Tag) -> bool:
    """Whether the words only say who somebody is: "a coalition battling IS", "forces have been fighting rebels"."""
    word = tagged.words[trigger.first]
    if (
        word.key.startswith("grenade")
        and trigger.first
        and tagged.words[trigger.first - 1].key in ("propelled", "rifle")
    ):
        return True  # a rocket-propelled grenade is thrown by no hand
    if word.key == "battle" and tagged.words[min(trigger.last, len(tagged.words) - 1)].key == "of":
        return not tagged.by("harm")  # "the battle of Stalingrad": a name, unless dead are counted
    if word.key not in _GOING_ON or not trigger.first or trigger.last - trigger.first > 1:
        return False
    before = tagged.words[trigger.first - 1]
    return not before.sign and before.key not in _NEWS_BEFORE


def _own_toll(trigger: Tag, counts: Sequence[Count]) -> bool:
    return any(0 <= c.word - trigger.last <= 8 for c in counts)


def both_told(counts: Sequence[Count]) -> bool:
    """Whether people were killed and others taken: an attack and an abduction, each with its own number."""
    kinds = {c.casualty.kind.value for c in counts}
    return "killed" in kinds and "captured" in kinds


def without_harm_words(tagged: Tagged, found: list[tuple[str, Tag]], counts: Sequence[Count]) -> list[tuple[str, Tag]]:
    """A plain "killed" tells of an event only where nothing more telling does."""
    telling = [(k, t) for k, t in found if not is_plain(tagged, t)]
    if telling and all(k == "abduction" for k, _ in telling) and both_told(counts):
        return found  # "killed nine farmers and kidnapped four women"
    if telling and all(_framed(tagged, t) for _, t in telling):
        own = [(k, t) for k, t in found if k == "attack" and is_plain(tagged, t)]
        if own:  # "troops killed 45 residents after clashes"
            return own
    return telling or found
