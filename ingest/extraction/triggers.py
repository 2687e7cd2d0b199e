"""Which words of a sentence tell of an event, and of which sub-type.

A strong word does so alone; a weak one only beside what it needs (a weapon, an armed side, ground that is taken). Where
several sub-types claim the same words, the more telling one wins. An invented event is worse than a missed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extraction.objects import (
    fired_by,
    from_afar,
    hits_armed,
    in_a_name,
    is_adjective,
    is_attack,
    strikes_abroad,
)
from ingest.extraction.parts import Count
from ingest.extraction.sides import STATE_SIDES, Side
from ingest.extraction.strays import (
    bare_bombardment,
    describes,
    is_plain,
    without_context,
    without_harm_words,
    without_strays,
)
from ingest.extraction.tags import Tag, Tagged

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
        if chosen is None or chosen[0] in _OPEN or bare_bombardment(tagged, chosen[1]):
            better = _best([(t.value, t) for t in weak if t.value in _WEAPONS and _weapon_near(tagged, t)])
            if better and (
                chosen is None
                or chosen[0] != "remote_explosive"
                or better[0] in ("chemical_weapon", "air_strike", "suicide_bomb")
            ):
                chosen = better
        if chosen is None:
            chosen = _best([(t.value, t) for t in weak if _fulfilled(tagged, t, scene)])
        if chosen is None and weak and from_afar(tagged, weak[0]):
            chosen = "attack", weak[0]
        if chosen and (
            in_a_name(tagged, chosen[1]) or is_adjective(tagged, chosen[1]) or _of_nobody(tagged, chosen, scene, sides)
        ):
            continue
        if chosen and chosen[0] == "remote_explosive" and any(0 < first - i <= 9 for i in destroyed):
            continue  # "destroyed seven vehicles and two car bombs"
        if chosen and not describes(tagged, chosen[1]):
            if chosen[1].detail == "strong":
                strong_until = chosen[1].last
            found.append(_sharpened(tagged, chosen, sides, counts))
    return without_context(tagged, without_strays(tagged, without_harm_words(tagged, found, counts)), counts)


def _of_nobody(tagged: Tagged, chosen: tuple[str, Tag], scene: _Scene, sides: Sequence[Side]) -> bool:
    """Whether "clash" stands with no side, nobody harmed, no weapon and no place: a figure of speech."""
    if chosen[0] != "armed_clash" or chosen[1].detail != "strong":
        return False
    return not (sides or scene.counted or scene.places or tagged.by("weapon") or tagged.by("harm"))


_HEADING_WORDS = 8  # a coder's heading stands at the head of its note


def _heading(tagged: Tagged) -> tuple[str, Tag] | None:
    """What a coder's note says of itself before a colon: "Property destruction: On 3 May ...", "Interception: ..."."""
    for tag in tagged.by("heading"):
        sign = tagged.words[tag.last] if tag.last < min(len(tagged.words), _HEADING_WORDS) else None
        if tag.first <= 1 and sign is not None and sign.key == ":":
            return tag.value, tag
    return None


_OPEN = ("armed_clash", "attack", "remote_explosive")  # a weapon beside these words says more than they do


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
    if sub == "displacement":  # "displaced 2,000 families"
        return trigger.last < len(tagged.words) and tagged.words[trigger.last].key[0].isdecimal()
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
        if key in ("back", "brought", "bring", "bringing"):
            return True
        before = tagged.words[trigger.first - 1].key if trigger.first else ""
        if key == "occupied" and before in ("of", "in", "from", "the", "to", "russian", "israeli", "temporarily"):
            return False  # "residents of occupied Kherson"
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
        "on", "in", "at", "near", "inside", "across", "kill", "leave", "left", "targeted", "targeting", "hit", "hits",
        "killed", "kills", "killing", "that", "against", "علي", "استهدفت", "في",
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


_OTHER_MEANS = frozenset({"suicide", "chemical", "explosive"})


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
    by_a_state = key in ("attack", "armed_clash") and trigger.detail == "weak" and from_afar(tagged, trigger)
    if (
        by_a_state
        and not weapons & _OTHER_MEANS
        and (strikes_abroad(tagged, trigger) or not hits_armed(tagged, trigger))
    ):
        return fired_by(tagged, trigger), trigger
    if key == "attack" and is_attack(tagged, trigger) and hits_armed(tagged, trigger):
        return "armed_clash", trigger
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
