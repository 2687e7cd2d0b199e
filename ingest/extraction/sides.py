"""Who takes part in what a sentence tells, as it names them; unnamed ones stay unnamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conflict.facts import Actor
from ingest.extraction.attribution import Voice
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.tags import Tag, Tagged
from ingest.extraction.where import capital_speaks

STATE_SIDES = ("government", "russia", "turkey", "israel", "coalition", "iran", "saudi_arabia", "france")


@dataclass(frozen=True, slots=True)
class Side:
    """Somebody who takes part, as a sentence names them, with the indices of the words."""

    actor: Actor
    first: int
    last: int
    group: str  # actor | state | opposition | unnamed | civilians | protesters


_SELF = frozenset({"it", "they", "we", "its", "their", "انه", "انها", "انهم", "قواته", "قواتها", "مقاتليه", "عناصره"})
_FIGHTERS = ("unnamed", "state", "opposition")
_SELF_REACH = 12  # words between a speaker and its own name for itself


def sides_of(tagged: Tagged, lexicon: Lexicon, country: str | None, voice: Voice) -> list[Side]:
    """All who a sentence names as taking part; unnamed ones stay unnamed, the voice is not among them."""
    found: list[Side] = []
    speaker = next((t for t in tagged.by("actor") if t.first == voice.first), None) or next(
        (t for t in tagged.by("nationality") if voice.first <= t.first < voice.last), None
    )
    if speaker is not None and (entry := lexicon.actors.get(speaker.value)):
        said = next((i for i in range(speaker.last, len(tagged.words)) if tagged.words[i].key in _SELF), None)
        if said is not None and said - speaker.last <= _SELF_REACH:  # "the army said it had retaken ..."
            found.append(Side(Actor(entry.name, entry.id, entry.side), said, said + 1, "actor"))
        elif any(
            speaker.last == t.first for t in tagged.by("trigger")
        ):  # Arabic: "announced the army [its] retaking ..."
            found.append(Side(Actor(entry.name, entry.id, entry.side), speaker.first, speaker.last, "actor"))
    for tag in tagged.by("capital"):
        country_code = capital_speaks(tagged, tag.first)
        stands_for = lexicon.actors.state_of(country_code) if country_code and tag.first != voice.first else None
        if stands_for:
            found.append(Side(Actor(stands_for.name, stands_for.id, stands_for.side), tag.first, tag.last, "actor"))
    for tag in tagged.tags:
        if tag.category not in ("actor", "group") or (voice.first <= tag.first < max(voice.last, voice.first)):
            continue
        if any(v.first <= tag.first < v.last for v in tagged.by("voice") if v.value):
            continue
        if tag.value in _FIGHTERS and found and found[-1].group == "actor" and found[-1].last == tag.first:
            continue  # "RSF fighters" are the RSF
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


def taker_of(tagged: Tagged, sides: Sequence[Side], trigger: Tag) -> Side | None:
    """The side that acts: the nearest one before the trigger, else the nearest after it."""
    armed = [s for s in sides if s.group not in ("civilians", "protesters") and not is_backer(tagged, s)]
    before = [s for s in armed if s.last <= trigger.first]
    if before:
        return before[-1]
    return next((s for s in armed if s.first >= trigger.last), None)


_BACKED = frozenset({"backed", "supported", "aided", "allied", "with", "بدعم", "باسناد", "مدعومه", "مدعوما"})


def is_backer(tagged: Tagged, side: Side) -> bool:
    """Whether a side only backs another: "the army, backed by Russian warplanes"."""
    before = [w.key for w in tagged.words[max(0, side.first - 3) : side.first]]
    return (bool(before) and (bool({"by", "of"} & set(before[-2:])) and any(w in _BACKED for w in before))) or bool(
        set(before) & {"بدعم", "باسناد"}
    )
