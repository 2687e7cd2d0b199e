"""Which words of a sentence tell of an event, and of which sub-type.

A strong word does so alone; a weak one only beside what it needs (a weapon, an armed side, ground that is taken). Where
several sub-types claim the same words, the more telling one wins. An invented event is worse than a missed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extraction.parts import Count
from ingest.extraction.sides import STATE_SIDES, Side
from ingest.extraction.tags import Tag, Tagged, forms

# Where several sub-types claim the same words, the more telling one wins.
_ORDER = (
    "chemical_weapon",
    "suicide_bomb",
    "grenade",
    "sexual_violence",
    "abduction",
    "mob_violence",
    "air_strike",
    "remote_explosive",
    "shelling",
    "disrupted_weapons",
    "non_violent_transfer",
    "agreement",
    "change_to_group",
    "headquarters",
    "territory",
    "attack",
    "armed_clash",
    "arrests",
    "looting",
    "violent_demonstration",
    "peaceful_protest",
    "displacement",
    "release",
)
_RANK = {name: rank for rank, name in enumerate(_ORDER)}
_MOST = 40  # triggers looked at in one sentence
_NEED_REACH = 14


def triggers_of(
    tagged: Tagged, sides: Sequence[Side], counts: Sequence[Count], places: Sequence[int]
) -> list[tuple[str, Tag]]:
    """The triggers of a sentence with the sub-type each tells of, left to right."""
    at: dict[int, list[Tag]] = {}
    for tag in tagged.by("trigger"):
        at.setdefault(tag.first, []).append(tag)
    heading = _heading(tagged)
    if heading:
        return [heading]
    found: list[tuple[str, Tag]] = []
    destroyed = [i for i, word in enumerate(tagged.words) if word.key == "destroyed"]
    scene = _scene(tagged, sides, counts, places)
    strong_until = 0
    for first in sorted(at)[:_MOST]:
        tags = at[first]
        if first < strong_until:
            continue
        strong = [t for t in tags if t.detail == "strong"]
        weak = [t for t in tags if t.detail == "weak"]
        chosen = _best([(t.value, t) for t in strong])
        if chosen is None or chosen[0] in _OPEN or _bare_bombardment(tagged, chosen[1]):
            better = _best([(t.value, t) for t in weak if t.value in _WEAPONS and _weapon_near(tagged, t)])
            if better and (
                chosen is None
                or chosen[0] != "remote_explosive"
                or better[0] in ("chemical_weapon", "air_strike", "suicide_bomb")
            ):
                chosen = better
        if chosen is None:
            chosen = _best([(t.value, t) for t in weak if _fulfilled(tagged, t, scene)])
        if chosen and chosen[0] == "remote_explosive" and any(0 < first - i <= 9 for i in destroyed):
            continue  # "destroyed seven vehicles and two car bombs"
        if chosen and not _describes(tagged, chosen[1]):
            if chosen[1].detail == "strong":
                strong_until = chosen[1].last
            found.append(_sharpened(tagged, chosen, sides, counts))
    return _without_context(tagged, _without_strays(tagged, _without_harm_words(tagged, found)), counts)


_HEADING_WORDS = 8  # a coder's heading stands at the head of its note


def _heading(tagged: Tagged) -> tuple[str, Tag] | None:
    """What a coder's note says of itself before a colon: "Property destruction: On 3 May ...", "Interception: ..."."""
    for tag in tagged.by("heading"):
        sign = tagged.words[tag.last] if tag.last < min(len(tagged.words), _HEADING_WORDS) else None
        if tag.first <= 1 and sign is not None and sign.key == ":":
            return tag.value, tag
    return None


_OPEN = ("armed_clash", "attack", "remote_explosive")  # a weapon beside these words says more than they do


def _bare_bombardment(tagged: Tagged, trigger: Tag) -> bool:
    """A word for bombing that leaves open from where ("bombardment", "قصف"): aircraft beside it decide."""
    key = tagged.words[trigger.first].key
    return trigger.last - trigger.first == 1 and (key.startswith("bombard") or "\u0600" <= key[:1] <= "\u06ff")


_WEAPONS = {"air_strike": "aircraft", "shelling": "artillery", "remote_explosive": "explosive"}


def _best(options: Sequence[tuple[str, Tag]]) -> tuple[str, Tag] | None:
    return min(options, key=lambda o: _RANK[o[0]]) if options else None


def _weapon_near(tagged: Tagged, trigger: Tag) -> bool:
    need = _WEAPONS[trigger.value]
    weapons = [
        w for w in tagged.by("weapon") if min(abs(w.first - trigger.last), abs(trigger.first - w.last)) <= _NEED_REACH
    ]
    if not any(w.value == need for w in weapons):
        return False
    nearest = min(
        weapons,
        key=lambda w: (
            min(abs(w.first - trigger.last), abs(trigger.first - w.last)) + (0 if w.value in _WEAPONS.values() else 50)
        ),
    )
    return nearest.value == need


@dataclass(frozen=True, slots=True)
class _Scene:
    """What else a sentence names: armed sides, civilians, who was harmed, where."""

    armed: tuple[Side, ...]
    civilians: bool  # named, or harmed people who are not said to be armed
    fighters: bool  # harmed
    guns: bool
    places: tuple[int, ...]
    counted: bool


_CIVIL_ROLES = frozenset({"civilians", "children", "women", "medics", "journalists", "aid workers", "officials"})


def _scene(tagged: Tagged, sides: Sequence[Side], counts: Sequence[Count], places: Sequence[int]) -> _Scene:
    harmed = [c.casualty for c in counts if c.casualty.kind.value not in ("displaced", "captured", "missing")]
    fighters = any(c.civilian is False for c in harmed)
    return _Scene(
        tuple(s for s in sides if s.group not in ("civilians", "protesters")),
        any(s.group == "civilians" for s in sides)
        or any(c.civilian for c in harmed)
        or (any(c.role == "people" for c in harmed) and not fighters),
        fighters,
        any(w.value in ("gun", "blade") for w in tagged.by("weapon")),
        tuple(places),
        bool(counts),
    )


def _fulfilled(tagged: Tagged, trigger: Tag, scene: _Scene) -> bool:
    """Whether a weak trigger stands beside what it needs."""
    sub = trigger.value
    key = tagged.words[trigger.first].key
    if _beside(tagged, trigger) and (sub not in _NEED_ARMED or scene.armed):
        return True
    if sub in _WEAPONS:
        return (
            _weapon_near(tagged, trigger) or _plain_strike(tagged, trigger, scene) or _plain_blast(trigger, key, scene)
        )
    if sub in _ONLY_BESIDE:
        return False
    if sub == "disrupted_weapons":
        return _weapon_stopped(tagged, trigger)
    if sub == "release":
        return any(0 <= t.first - trigger.last <= 6 for t in tagged.by("role") if t.value == "prisoners")
    if sub == "looting":
        return any(0 <= t.first - trigger.last <= 5 for t in tagged.by("target"))
    if (
        sub == "armed_clash"
        and scene.fighters
        and key not in _ONE_SIDED
        and (scene.places or not is_plain(tagged, trigger))
    ):
        return True
    if sub == "attack" and key in _ON_PLACES and scene.civilians and scene.counted and scene.places:
        return True  # "killed 16 people in an attack on a church", by nobody named
    if not scene.armed and sub != "attack":
        return False
    if sub == "territory":
        after = any(0 <= t.first - trigger.last <= 7 for t in tagged.by("territory"))
        named = any(0 <= first - trigger.last <= 3 for first in scene.places)
        if key in ("took", "take", "takes", "entered"):
            held = any(0 <= t.first - trigger.last <= 3 for t in tagged.by("beside") if t.value == "armed_clash")
            return named or (held and key != "entered")
        taken = any(h.first <= trigger.first < h.last for h in tagged.by("harm"))  # "captured six fighters"
        return (after or named) and not (taken and scene.counted)
    near = any(t.value in _CIVIL_ROLES and -1 <= t.first - trigger.last <= 5 for t in tagged.by("role"))
    if sub == "attack":
        if scene.fighters and not scene.civilians:
            return False
        homes = any(0 <= t.first - trigger.last <= 4 for t in tagged.by("territory")) and not _at_armed(tagged, trigger)
        return (bool(scene.armed) or scene.guns) and (scene.civilians or near or (homes and key in _ON_PLACES))
    if sub == "armed_clash":
        if key in _ONE_SIDED:
            return len(scene.armed) >= 2 or (bool(scene.armed) and scene.fighters)
        return not ((scene.civilians or near) and not scene.fighters and len(scene.armed) < 2)
    if sub == "arrests":
        return any(s.group in ("actor", "state") for s in scene.armed)
    return True


_NEED_ARMED = ("armed_clash", "arrests")  # what stands beside these words is not enough by itself
_ONLY_BESIDE = ("agreement", "headquarters", "peaceful_protest", "abduction", "grenade")
_BESIDE_REACH = 8


def _beside(tagged: Tagged, trigger: Tag) -> bool:
    """Whether one of the words listed as `beside` for a sub-type stands near: "signed" near "truce"."""
    return any(
        tag.value == trigger.value
        and (0 <= tag.first - trigger.last <= _BESIDE_REACH or 0 <= trigger.first - tag.last <= _BESIDE_REACH // 2)
        for tag in tagged.by("beside")
    )


_CREWED = ("warplane", "jet", "plane", "helicopter", "aircraft", "fighter", "su", "mig")


def _weapon_stopped(tagged: Tagged, trigger: Tag) -> bool:
    """Whether what is stopped is a weapon nobody sits in: a drone, a missile, a bomb."""
    near = [w for w in tagged.by("weapon") if -6 <= w.first - trigger.last <= 7 and w.value != "gun"]
    return any(not tagged.words[w.first].key.startswith(_CREWED) for w in near)


def _crewed(tagged: Tagged, trigger: Tag) -> bool:
    """Whether what is brought down has people in it: that is fighting, no weapon stopped."""
    near = [w for w in tagged.by("weapon") if -6 <= w.first - trigger.last <= 4 and w.value == "aircraft"]
    return bool(near) and all(tagged.words[w.first].key.startswith(_CREWED) for w in near)


# Words that tell of a clash only where another armed side is hit.
_ONE_SIDED = frozenset(
    (
        "killed", "kill", "kills", "killing", "fire", "fired", "shot", "destroyed", "eliminated", "targeted",
        "target", "targets", "targeting", "neutralised", "neutralized", "قتل", "قتلت", "مقتل", "استهدف",
        "استهدفت", "استهداف",
    )
)  # fmt: skip
_ON_PLACES = frozenset(
    (
        "attack", "attacked", "attacks", "raid", "raided", "raids", "stormed", "هاجم", "هاجمت", "هاجموا",
        "هجوم", "هجمات", "هجوما",
    )
)  # fmt: skip
_STRIKES = frozenset(["strike", "strikes", "raids", "ضربه", "ضربات"])
_STRUCK = frozenset(
    (
        "on", "in", "at", "near", "targeted", "targeting", "hit", "hits", "killed", "kills", "killing", "that",
        "against", "علي", "استهدفت", "في",
    )
)  # fmt: skip


def _at_armed(tagged: Tagged, trigger: Tag) -> bool:
    """Whether what is attacked belongs to an armed side: "attacked army positions in the village"."""
    return any(0 <= t.first - trigger.last <= 5 for t in tagged.tags if t.category in ("actor", "group", "force"))


def _plain_strike(tagged: Tagged, trigger: Tag, scene: _Scene) -> bool:
    """A "strike" on something, by no named weapon, comes from the air."""
    key = tagged.words[trigger.first].key
    following = tagged.words[trigger.last].key if trigger.last < len(tagged.words) else ""
    if trigger.value != "air_strike" or key not in _STRIKES or tagged.by("offtopic"):
        return False
    hit = following in _STRUCK and (bool(scene.places) or scene.civilians or scene.fighters)
    return hit or (scene.civilians and bool(scene.places))


def _plain_blast(trigger: Tag, key: str, scene: _Scene) -> bool:
    """A blast that harms people, with no accident said, is an explosive."""
    return (
        trigger.value == "remote_explosive"
        and key.startswith(("blast", "explosion", "explod", "انفجار"))
        and (scene.civilians or scene.fighters)
    )


def _sharpened(
    tagged: Tagged, chosen: tuple[str, Tag], sides: Sequence[Side], counts: Sequence[Count]
) -> tuple[str, Tag]:
    """A bare "attack" by chemical or suicide means is that; "clashes" between police and protesters are a protest."""
    key, trigger = chosen
    if key == "grenade" and any(
        w.value == "aircraft" and abs(w.first - trigger.first) <= 8 for w in tagged.by("weapon")
    ):
        return "air_strike", trigger
    if key == "disrupted_weapons" and trigger.detail == "strong" and _crewed(tagged, trigger):
        return "armed_clash", trigger
    weapons = {w.value for w in tagged.by("weapon") if abs(w.first - trigger.first) <= 8}
    if key in ("attack", "armed_clash", "remote_explosive") and "suicide" in weapons:
        return "suicide_bomb", trigger
    if key in ("attack", "air_strike", "shelling") and "chemical" in weapons:
        return "chemical_weapon", trigger
    before = tagged.words[max(0, trigger.first - 12) : trigger.first]
    if key == "remote_explosive" and any(w.key.startswith("dropp") for w in before):
        return "air_strike", trigger
    if key == "armed_clash" and any(s.group == "protesters" for s in sides):
        return "violent_demonstration", trigger
    if (
        key == "remote_explosive"
        and trigger.last - trigger.first == 1
        and tagged.words[trigger.first].key.startswith("bomb")
    ):
        state = any(s.group == "state" or s.actor.side in STATE_SIDES for s in sides if s.last <= trigger.first)
        if state and "explosive" not in weapons - {"explosive"}:
            return "air_strike", trigger  # armies bomb from the air
    return key, trigger


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


_DELIVERS = frozenset({"air_strike", "shelling", "grenade", "remote_explosive"})  # how a chemical weapon came
# Of what one sentence tells of one place, violence comes before what went with it (as in ACLED's codebook).
_FIRST = frozenset(
    {"attack", "armed_clash", "air_strike", "shelling", "suicide_bomb", "abduction", "sexual_violence", "mob_violence"}
)
_LEAST = frozenset({"arrests", "looting"})
_STOPPED = frozenset({"remote_explosive", "air_strike", "shelling", "suicide_bomb", "arrests"})  # what was foiled


def _without_strays(tagged: Tagged, found: list[tuple[str, Tag]]) -> list[tuple[str, Tag]]:
    """A weak word for fighting beside a more telling one is the same thing told again, not a clash as well."""
    keys = {key for key, _ in found}
    stopped = [t for k, t in found if k == "disrupted_weapons"]
    if stopped:
        found = [(k, t) for k, t in found if not (k in _STOPPED and any(abs(t.first - s.last) <= 8 for s in stopped))]
    if "chemical_weapon" in keys:
        found = [(k, t) for k, t in found if k not in _DELIVERS]
    if "air_strike" in keys:
        found = [(k, t) for k, t in found if not (k == "shelling" and _bare_bombardment(tagged, t))]
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


def _without_context(tagged: Tagged, found: list[tuple[str, Tag]], counts: Sequence[Count]) -> list[tuple[str, Tag]]:
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


def _describes(tagged: Tagged, trigger: Tag) -> bool:
    """Whether the words only say who somebody is: "a coalition battling IS", "forces have been fighting rebels"."""
    word = tagged.words[trigger.first]
    if (
        word.key.startswith("grenade")
        and trigger.first
        and tagged.words[trigger.first - 1].key in ("propelled", "rifle")
    ):
        return True  # a rocket-propelled grenade is thrown by no hand
    if word.key not in _GOING_ON or not trigger.first or trigger.last - trigger.first > 1:
        return False
    before = tagged.words[trigger.first - 1]
    return not before.sign and before.key not in _NEWS_BEFORE


def _own_toll(trigger: Tag, counts: Sequence[Count]) -> bool:
    return any(0 <= c.word - trigger.last <= 8 for c in counts)


def _without_harm_words(tagged: Tagged, found: list[tuple[str, Tag]]) -> list[tuple[str, Tag]]:
    """A plain "killed" tells of an event only where nothing more telling does."""
    telling = [(k, t) for k, t in found if not is_plain(tagged, t)]
    if telling and all(_framed(tagged, t) for _, t in telling):
        own = [(k, t) for k, t in found if k == "attack" and is_plain(tagged, t)]
        if own:  # "troops killed 45 residents after clashes"
            return own
    return telling or found
