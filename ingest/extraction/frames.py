"""From tagged words to what one sentence says happened: event frames.

A trigger alone ("air strikes") or a trigger beside what it needs ("hit" with "warplanes") makes a frame; guards drop or
mark it; the frame takes the days, places, actors, numbers and voice of its sentence. What the report as a whole makes
of the frames is document.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conflict.dates import DateMention
from conflict.facts import Actor
from conflict.places import EventPlace
from conflict.vocabulary import Assertion, PartOfDay, SubEventType
from ingest.extraction.attribution import NOBODY, Voice
from ingest.extraction.guards import judge
from ingest.extraction.parts import Count
from ingest.extraction.sides import STATE_SIDES, Side, taker_of
from ingest.extraction.strays import bare_bombardment, both_told
from ingest.extraction.tags import Tag, Tagged, forms
from ingest.extraction.triggers import triggers_of

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
    told_on: DateMention | None = None  # the day it was said, where no other day is told
    breach: bool = False
    open_means: bool = False  # bombed, not said from where: "قصف", "bombardment"
    voice: Voice = NOBODY
    why: list[str] = field(default_factory=list)


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
    for key, trigger in triggers_of(tagged, sides, counts, places):
        verdict = judge(tagged, trigger)
        words = tagged.written(trigger.first, trigger.last)
        announced = verdict.future and key in ("change_to_group", "agreement") and _can_carry_out(voice, sides)
        if verdict.dropped and not announced:
            notes.append(f'{key} "{words}": {verdict.dropped}')
            continue
        tried = verdict.attempted and key == "territory"
        if tried:
            notes.append(f'territory "{words}": tried, not said to have succeeded')
            if any(f.key == "armed_clash" for f in frames):
                continue
            key = "armed_clash"
        sub = _territory(tagged, sides, trigger) if key == "territory" else SUBTYPES[key]
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
        elif tried:
            frame.assertion = Assertion.ATTEMPTED
        frame.ongoing = key != "territory" and _is_ongoing(tagged, trigger)
        frame.since = bool(tagged.by("since"))
        frame.definite = tagged.words[max(0, trigger.first - 1)].key in _DEFINITE
        frame.definite = frame.definite or tagged.words[trigger.first].key == "the"
        frame.breach = bool(tagged.by("breach")) and bool(tagged.by("truce"))
        frame.open_means = key == "shelling" and bare_bombardment(tagged, trigger)
        _merge_into(frames, frame, both_told(counts))
    if not frames and (breach := _breach(index, tagged, voice, bool(places), notes)):
        frames.append(breach)
    return _crowds(tagged, sides, frames)


def _breach(index: int, tagged: Tagged, voice: Voice, placed: bool, notes: Sequence[str]) -> Frame | None:
    """A breach of a truce that somebody is accused of, or that a party denies, no act being told."""
    said = next((t for t in tagged.by("breach") if t.detail != "despite"), None)
    if said is None or not tagged.by("truce") or notes:
        return None
    denied = any(0 <= said.first - t.last <= _ACCUSED for t in tagged.by("denial"))
    accused = any(0 <= said.first - t.last <= _ACCUSED for t in tagged.by("accuses"))
    if not denied and not (accused and placed):
        return None
    frame = Frame(index, "armed_clash", SubEventType.ARMED_CLASH, said, voice=voice, breach=True)
    frame.assertion = Assertion.DENIED if denied else Assertion.STATED
    frame.why.append(f'armed_clash: "{tagged.written(said.first, said.last)}"')
    return frame


_ACCUSED = 8  # words between an accusation or a denial and what it is about


_DEFINITE = frozenset({"the", "these", "those", "this", "that"})
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
        "فرق",
        "هراوات",
        "خراطيم",
        "مسيل",
        *("rubber", "pepper", "truncheons", "scatter", "scattered", "baton"),
    }
)
_LIVE_FIRE = frozenset({"ammunition", "killed", "killing", "shot", "dead", "opened", "الرصاص", "رصاص", "قتل", "مقتل"})


def _crowds(tagged: Tagged, sides: Sequence[Side], frames: list[Frame]) -> list[Frame]:
    """One thing a crowd does in a sentence: a protest met by force is that, not a protest and an attack."""
    protest = next((f for f in frames if f.key == "peaceful_protest"), None)
    if protest is None:
        return frames
    keys = {form for w in tagged.words for form in forms(w.key)}
    force = any(s.group == "state" or s.actor.side in STATE_SIDES for s in sides)
    if force and keys & _LIVE_FIRE:
        protest.sub = SubEventType.EXCESSIVE_FORCE
        return [
            f
            for f in frames
            if f is protest or f.key not in ("attack", "armed_clash", "arrests", "violent_demonstration")
        ]
    armed = any(s.group not in ("civilians", "protesters") for s in sides)
    if armed and keys & _DISPERSED:
        protest.sub = SubEventType.PROTEST_WITH_INTERVENTION
        return [f for f in frames if f is protest or f.key not in ("attack", "armed_clash", "arrests")]
    return [f for f in frames if f is not protest] if len(frames) > 1 else frames


def _is_ongoing(tagged: Tagged, trigger: Tag) -> bool:
    """Whether the thing is said to go on: "clashes are ongoing", "fighting also currently taking place"."""
    return any(0 <= t.first - trigger.last <= 4 or 0 <= trigger.first - t.last <= 3 for t in tagged.by("ongoing"))


def _merge_into(frames: list[Frame], frame: Frame, apart: bool) -> None:
    """One frame a sub-type and sentence; "blast" beside "suicide bomber" is the same thing."""
    same = (
        {"remote_explosive": "suicide_bomb"} if apart else {"remote_explosive": "suicide_bomb", "attack": "abduction"}
    )
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


def _territory(tagged: Tagged, sides: Sequence[Side], trigger: Tag) -> SubEventType | None:
    """Whose gain it is: the side named last before the word, or first after "by"."""
    taker = taker_of(tagged, sides, trigger)
    if taker is None:
        return None
    state = taker.group == "state" or taker.actor.side in STATE_SIDES
    return SubEventType.GOVERNMENT_REGAINS if state else SubEventType.NON_STATE_OVERTAKES
