"""From tagged words to what one sentence says happened: event frames.

A trigger alone ("air strikes") or a trigger beside what it needs ("hit" with "warplanes") makes a frame; guards drop or
mark it; the frame takes the days, places, actors, numbers and voice of its sentence. What the report as a whole makes
of the frames is document.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conflict.dates import DateKind, DateMention
from conflict.events import Actor
from conflict.places import EventPlace
from conflict.vocabulary import Assertion, PartOfDay, SubEventType
from ingest.extraction.attribution import NOBODY, Voice
from ingest.extraction.casualties import Count
from ingest.extraction.guards import judge
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.tags import Tag, Tagged

SUBTYPES = {
    "chemical_weapon": SubEventType.CHEMICAL_WEAPON,
    "suicide_bomb": SubEventType.SUICIDE_BOMB,
    "air_strike": SubEventType.AIR_STRIKE,
    "shelling": SubEventType.SHELLING,
    "remote_explosive": SubEventType.REMOTE_EXPLOSIVE,
    "grenade": SubEventType.GRENADE,
    "sexual_violence": SubEventType.SEXUAL_VIOLENCE,
    "attack": SubEventType.ATTACK,
    "abduction": SubEventType.ABDUCTION,
    "armed_clash": SubEventType.ARMED_CLASH,
    "peaceful_protest": SubEventType.PEACEFUL_PROTEST,
    "violent_demonstration": SubEventType.VIOLENT_DEMONSTRATION,
    "mob_violence": SubEventType.MOB_VIOLENCE,
    "agreement": SubEventType.AGREEMENT,
    "arrests": SubEventType.ARRESTS,
    "change_to_group": SubEventType.CHANGE_TO_GROUP,
    "disrupted_weapons": SubEventType.DISRUPTED_WEAPONS,
    "headquarters": SubEventType.HEADQUARTERS,
    "looting": SubEventType.LOOTING,
    "non_violent_transfer": SubEventType.NON_VIOLENT_TRANSFER,
    "displacement": SubEventType.OTHER,
    "release": SubEventType.OTHER,
}
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


@dataclass(slots=True)
class Frame:
    """What one sentence says happened. `own_date`/`own_place`: the sentence itself says when or where."""

    index: int  # of the sentence
    key: str  # sub-type's name in the data files
    sub: SubEventType
    trigger: Tag
    assertion: Assertion = Assertion.STATED
    background: str | None = None
    ongoing: bool = False
    since: bool = False
    definite: bool = False
    dates: list[DateMention] = field(default_factory=list)
    part: PartOfDay | None = None
    places: list[EventPlace] = field(default_factory=list)
    actor1: Actor | None = None
    actor2: Actor | None = None
    initiator: str | None = None
    counts: list[Count] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    civilians: bool = False
    breach: bool = False
    voice: Voice = NOBODY
    why: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Side:
    """Somebody who takes part, as a sentence names them, with the indices of the words."""

    actor: Actor
    first: int
    last: int
    group: str  # actor | state | opposition | unnamed | civilians | protesters


_SELF = frozenset({"it", "they", "we", "its", "their"})


def sides_of(tagged: Tagged, lexicon: Lexicon, country: str | None, voice: Voice) -> list[Side]:
    """All who a sentence names as taking part; unnamed ones stay unnamed, the voice is not among them."""
    found: list[Side] = []
    speaker = next((t for t in tagged.by("actor") if t.first == voice.first), None)
    if speaker is not None and (entry := lexicon.actors.get(speaker.value)):
        said = next((i for i in range(speaker.last, len(tagged.words)) if tagged.words[i].key in _SELF), None)
        if said is not None and said - speaker.last <= 12:  # "the army said it had retaken ..."
            found.append(Side(Actor(entry.name, entry.id, entry.side), said, said + 1, "actor"))
    for tag in tagged.tags:
        if tag.category not in ("actor", "group") or (voice.first <= tag.first < max(voice.last, voice.first)):
            continue
        if any(v.first <= tag.first < v.last for v in tagged.by("voice") if v.value):
            continue
        if tag.category == "actor":
            entry = lexicon.actors.get(tag.value)
            if entry:
                found.append(Side(Actor(entry.name, entry.id, entry.side), tag.first, tag.last, "actor"))
        elif tag.value in ("state", "opposition"):
            entry = lexicon.actors.state_of(country) if tag.value == "state" else lexicon.actors.opposition_of(country)
            written = tagged.written(tag.first, tag.last).lower()
            side = "government" if tag.value == "state" else "opposition"
            actor = Actor(entry.name, entry.id, entry.side) if entry else Actor(written, None, side)
            found.append(Side(actor, tag.first, tag.last, tag.value))
        else:
            name = tagged.written(tag.first, tag.last).lower()
            found.append(
                Side(
                    Actor(name, None, "civilians" if tag.value == "civilians" else None), tag.first, tag.last, tag.value
                )
            )
    return found


def frames_of(
    index: int,
    tagged: Tagged,
    sides: Sequence[Side],
    counts: Sequence[Count],
    voice: Voice,
    notes: list[str],
    places: Sequence[int] = (),
) -> list[Frame]:
    """The frames of a sentence; `notes` receives what was dropped, `places` are the word indices of its places."""
    frames: list[Frame] = []
    for key, trigger in _triggers(tagged, sides, counts, places):
        verdict = judge(tagged, trigger)
        words = tagged.written(trigger.first, trigger.last)
        announced = verdict.future and key in ("change_to_group", "agreement") and _can_carry_out(voice, sides)
        if verdict.future and key in ("change_to_group",) and not announced:
            announced = False
        if verdict.dropped and not announced:
            notes.append(f'{key} "{words}": {verdict.dropped}')
            continue
        if verdict.attempted and key == "territory":
            notes.append(f'territory "{words}": tried, not said to have succeeded')
            if any(f.key == "armed_clash" for f in frames):
                continue
            key = "armed_clash"
            verdict_attempted = True
        else:
            verdict_attempted = False
        sub = _territory(sides, trigger) if key == "territory" else SUBTYPES[key]
        if sub is None:
            notes.append(f'territory "{words}": nobody named who took it')
            continue
        frame = Frame(index, key, sub, trigger, background=verdict.background, voice=voice)
        frame.why.append(f'{key}: "{words}"')
        if announced:
            frame.assertion = Assertion.ANNOUNCED
            frame.why.append("announced by someone who can carry it out")
        elif verdict.denied:
            frame.assertion = Assertion.DENIED
            frame.why.append("denied")
        elif verdict_attempted:
            frame.assertion = Assertion.ATTEMPTED
        frame.ongoing = key != "territory" and _is_ongoing(tagged, trigger)
        frame.since = bool(tagged.by("since"))
        frame.definite = trigger.first > 0 and tagged.words[trigger.first - 1].key in (
            "the",
            "these",
            "those",
            "this",
            "that",
        )
        frame.definite = frame.definite or tagged.words[trigger.first].key == "the"
        frame.breach = bool(tagged.by("breach")) and bool(tagged.by("truce"))
        _merge_into(frames, frame)
    return _crowds(tagged, sides, frames)


_DISPERSED = frozenset(
    {
        "dispersed",
        "disperse",
        "tear",
        "teargas",
        "batons",
        "cannon",
        "cannons",
        "arrested",
        "crackdown",
        "فرقت",
        "تفريق",
    }
)
_LIVE_FIRE = frozenset({"ammunition", "killed", "killing", "shot", "dead", "opened", "الرصاص", "رصاص", "قتل", "مقتل"})


def _crowds(tagged: Tagged, sides: Sequence[Side], frames: list[Frame]) -> list[Frame]:
    """One thing a crowd does in a sentence: a protest met by force is that, not a protest and an attack."""
    protest = next((f for f in frames if f.key == "peaceful_protest"), None)
    if protest is None:
        return frames
    keys = {w.key for w in tagged.words}
    force = any(s.group == "state" or s.actor.side in _STATE_SIDES for s in sides)
    if force and keys & _LIVE_FIRE:
        protest.sub = SubEventType.EXCESSIVE_FORCE
        return [
            f
            for f in frames
            if f is protest or f.key not in ("attack", "armed_clash", "arrests", "violent_demonstration")
        ]
    if force and keys & _DISPERSED:
        protest.sub = SubEventType.PROTEST_WITH_INTERVENTION
        return [f for f in frames if f is protest or f.key not in ("attack", "armed_clash", "arrests")]
    return [f for f in frames if f is not protest] if len(frames) > 1 else frames


def _is_ongoing(tagged: Tagged, trigger: Tag) -> bool:
    """Whether the thing is said to go on: "clashes are ongoing", "fighting also currently taking place"."""
    return any(0 <= t.first - trigger.last <= 4 or 0 <= trigger.first - t.last <= 3 for t in tagged.by("ongoing"))


def _merge_into(frames: list[Frame], frame: Frame) -> None:
    """One frame a sub-type and sentence; "blast" beside "suicide bomber" is the same thing."""
    same = {"remote_explosive": "suicide_bomb", "attack": "abduction"}
    for other in frames:
        if (
            (other.sub is frame.sub and other.key == frame.key)
            or same.get(frame.key) == other.key
            or same.get(other.key) == frame.key
        ):
            if same.get(other.key) == frame.key:
                other.key, other.sub, other.trigger = frame.key, frame.sub, frame.trigger
            if other.background and not frame.background:
                other.background = None
            other.ongoing = other.ongoing or frame.ongoing
            other.breach = other.breach or frame.breach
            other.why += frame.why
            return
    frames.append(frame)


def _can_carry_out(voice: Voice, sides: Sequence[Side]) -> bool:
    """Whether an announcement comes from somebody who can do what is announced."""
    return voice.kind.value in ("party", "official") or (
        voice.originator is not None and bool(sides) and voice.kind.value == "un"
    )


def _triggers(
    tagged: Tagged, sides: Sequence[Side], counts: Sequence[Count], places: Sequence[int]
) -> list[tuple[str, Tag]]:
    """The triggers of a sentence with the sub-type each tells of, left to right."""
    at: dict[int, list[Tag]] = {}
    for tag in tagged.by("trigger"):
        at.setdefault(tag.first, []).append(tag)
    found: list[tuple[str, Tag]] = []
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
            chosen = _best([(t.value, t) for t in weak if _fulfilled(tagged, t, sides, counts, places)])
        if chosen:
            if chosen[1].detail == "strong":
                strong_until = chosen[1].last
            found.append(_sharpened(tagged, chosen, sides, counts))
    return _without_harm_words(tagged, found)


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


def _fulfilled(
    tagged: Tagged, trigger: Tag, sides: Sequence[Side], counts: Sequence[Count], places: Sequence[int]
) -> bool:
    """Whether a weak trigger stands beside what it needs."""
    sub = trigger.value
    armed = [s for s in sides if s.group not in ("civilians", "protesters")]
    if sub in _WEAPONS:
        return _weapon_near(tagged, trigger)
    if not armed and sub != "attack":
        return False
    civilians = any(s.group == "civilians" for s in sides) or any(c.casualty.civilian for c in counts)
    if sub == "territory":
        after = any(0 <= t.first - trigger.last <= 7 for t in tagged.by("territory"))
        if any(c.casualty.kind.value in ("captured", "killed_or_captured") for c in counts):
            return False
        named = any(0 <= first - trigger.last <= 3 for first in places)
        return (after or named) and bool(armed)
    guns = any(w.value in ("gun", "blade") for w in tagged.by("weapon"))
    if sub == "attack":
        soldiers = any(c.casualty.civilian is False for c in counts)
        return (bool(armed) or guns) and civilians and not (soldiers and not civilians)
    if sub == "armed_clash":
        key = tagged.words[trigger.first].key
        if key in (
            "killed",
            "kill",
            "kills",
            "killing",
            "fire",
            "fired",
            "shot",
            "destroyed",
            "eliminated",
            "targeted",
            "target",
            "targets",
            "targeting",
        ):
            return len(armed) >= 2 or (bool(armed) and any(c.casualty.civilian is False for c in counts))
        return bool(armed)
    if sub == "sexual_violence":
        return bool(armed)
    if sub == "arrests":
        return any(s.group in ("actor", "state") for s in armed)
    return bool(armed)


def _sharpened(
    tagged: Tagged, chosen: tuple[str, Tag], sides: Sequence[Side], counts: Sequence[Count]
) -> tuple[str, Tag]:
    """A bare "attack" by chemical or suicide means is that; "clashes" between police and protesters are a protest."""
    key, trigger = chosen
    weapons = {w.value for w in tagged.by("weapon") if abs(w.first - trigger.first) <= 8}
    if key in ("attack", "armed_clash", "remote_explosive") and "suicide" in weapons:
        return "suicide_bomb", trigger
    if key in ("attack", "air_strike", "shelling") and "chemical" in weapons:
        return "chemical_weapon", trigger
    if key == "armed_clash" and any(s.group == "protesters" for s in sides):
        return "violent_demonstration", trigger
    if (
        key == "remote_explosive"
        and trigger.last - trigger.first == 1
        and tagged.words[trigger.first].key.startswith("bomb")
    ):
        state = any(s.group == "state" or s.actor.side in _STATE_SIDES for s in sides if s.last <= trigger.first)
        if state and "explosive" not in weapons - {"explosive"}:
            return "air_strike", trigger  # armies bomb from the air
    return key, trigger


_PLAIN = frozenset(
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
    ]
)


def _without_harm_words(tagged: Tagged, found: list[tuple[str, Tag]]) -> list[tuple[str, Tag]]:
    """A plain "killed" tells of an event only where nothing more telling does."""
    telling = [(k, t) for k, t in found if tagged.words[t.first].key not in _PLAIN]
    return telling or found


_STATE_SIDES = ("government", "russia", "turkey", "israel", "coalition", "iran", "saudi_arabia", "france")


def _territory(sides: Sequence[Side], trigger: Tag) -> SubEventType | None:
    """Whose gain it is: the side named last before the word, or first after "by"."""
    taker = taker_of(sides, trigger)
    if taker is None:
        return None
    state = taker.group == "state" or taker.actor.side in _STATE_SIDES
    return SubEventType.GOVERNMENT_REGAINS if state else SubEventType.NON_STATE_OVERTAKES


def taker_of(sides: Sequence[Side], trigger: Tag) -> Side | None:
    """The side that acts: the nearest one before the trigger, else the nearest after it."""
    armed = [s for s in sides if s.group not in ("civilians", "protesters")]
    before = [s for s in armed if s.last <= trigger.first]
    if before:
        return before[-1]
    return next((s for s in armed if s.first >= trigger.last), None)


def dates_for(frame: Frame, tagged: Tagged, mentions: Sequence[DateMention]) -> None:
    """Give a frame the days its sentence tells of it: not those of the statement, nor of "since"."""
    base = tagged.sentence.start
    own: list[DateMention] = []
    for mention in mentions:
        first = tagged.word_at(mention.start - base)
        if mention.kind in (DateKind.SINCE, DateKind.UNTIL, DateKind.YEAR):
            continue
        if is_statement_date(tagged, first):
            continue
        if mention.kind is DateKind.DURATION and (mention.span.end - mention.span.start).days > 31:
            continue
        if (
            any(tagged.words[i].key in ("since", "until") for i in range(max(0, first - 14), first))
            and first > frame.trigger.first
        ):
            continue
        own.append(mention)
    frame.dates = own
    frame.part = next((m.part_of_day for m in own if m.part_of_day), None)


def is_statement_date(tagged: Tagged, first: int) -> bool:
    """Whether a date is the day it was said: "said on Monday", "in a statement late Sunday"."""
    between = {"on", "late", "early", "in", "a", "statement", "reuters", "afp", "ap", "later", "the", "reporters"}
    for tag in tagged.by("says"):
        gap = first - tag.last
        if 0 <= gap <= 4 and all(w.key in between for w in tagged.words[tag.last : first]):
            return True
    return False
