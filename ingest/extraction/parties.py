"""Who did what to whom: the two sides of a frame and who is said to have started it."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.extraction.frames import Frame
from ingest.extraction.sides import Side, is_backer
from ingest.extraction.tags import Tagged

_STARTED = frozenset(
    [
        "attack",
        "attacks",
        "attacked",
        "offensive",
        "assault",
        "assaulted",
        "stormed",
        "ambush",
        "ambushed",
        "launched",
        "counter",
        "counterpush",
        "counteroffensive",
        "counterattack",
        "raid",
        "raided",
        "invaded",
        "invasion",
        "infiltration",
        "هجوم",
        "هجوما",
        "هاجم",
        "هاجمت",
        "اقتحم",
        "اقتحمت",
        "تسلل",
        "كمين",
    ]
)


def assign(frame: Frame, tagged: Tagged, sides: Sequence[Side]) -> None:
    """Set `actor1`, `actor2`, `initiator` and whether civilians were the target."""
    armed = [s for s in sides if s.group not in ("civilians", "protesters") and not is_backer(tagged, s)]
    civilians = [s for s in sides if s.group == "civilians"]
    agent, target = _between(tagged, frame, armed)
    if agent is None:
        agent = _agent(tagged, frame, armed)
        target = next(
            (s for s in armed if s.first >= frame.trigger.last and s is not agent and not _same(s, agent)), None
        )
        if target is None and agent is not None and agent.first > frame.trigger.first:
            target = next((s for s in reversed(armed) if s.last <= frame.trigger.first and not _same(s, agent)), None)
    if frame.key == "agreement":
        before = [s for s in armed if s.last <= frame.trigger.first]
        pair = before[-2:] if len(before) >= 2 else armed[:2]
        agent, target = (pair[0] if pair else None), (pair[1] if len(pair) > 1 else None)
    frame.actor1 = agent.actor if agent else None
    frame.actor2 = target.actor if target else None
    if frame.sub.name in ("ARMED_CLASH",) and agent is not None:
        words = {w.key for w in tagged.words[frame.trigger.first : frame.trigger.last]}
        if words & _STARTED:
            frame.initiator = agent.actor.actor_id or agent.actor.name
    harmed = any(c.casualty.civilian for c in frame.counts)
    hit = any(0 <= s.first - frame.trigger.last <= 6 for s in civilians)
    frame.civilians = frame.key in ("attack", "abduction", "sexual_violence") or (
        frame.key not in _PEACEFUL and (harmed or hit)
    )
    if frame.civilians and frame.actor2 is None and civilians:
        frame.actor2 = civilians[0].actor
    dead = {c.casualty.side for c in frame.counts}
    if frame.actor1 is not None and frame.actor2 is None and frame.key in _FROM_AFAR and frame.actor1.actor_id in dead:
        frame.actor1, frame.actor2 = None, frame.actor1  # those whose people were hit did not fire
    if frame.actor1 is not None and frame.actor1.side == "civilians":
        frame.actor1, frame.actor2 = None, frame.actor1
    if frame.key in ("peaceful_protest", "violent_demonstration"):
        crowd = next((s for s in sides if s.group == "protesters"), None)
        frame.actor1, frame.actor2 = (crowd.actor if crowd else None), frame.actor1


_FROM_AFAR = frozenset({"air_strike", "shelling", "remote_explosive", "suicide_bomb"})
_PEACEFUL = frozenset(
    {"displacement", "agreement", "change_to_group", "peaceful_protest", "headquarters", "non_violent_transfer"}
)


def _same(one: Side, other: Side | None) -> bool:
    return other is not None and one.actor.name == other.actor.name


def _between(tagged: Tagged, frame: Frame, armed: Sequence[Side]) -> tuple[Side | None, Side | None]:
    """ "Clashes between A and B"."""
    for index in range(frame.trigger.last, min(len(tagged.words), frame.trigger.last + 6)):
        if tagged.words[index].key in ("between", "بين", "pitting"):
            pair = [s for s in armed if s.first >= index]
            if pair:
                other = next((s for s in pair[1:] if not _same(s, pair[0])), None)
                return pair[0], other
    return None, None


def _agent(tagged: Tagged, frame: Frame, armed: Sequence[Side]) -> Side | None:
    for side in armed:
        before = [w.key for w in tagged.words[max(0, side.first - 3) : side.first]]
        if side.first >= frame.trigger.last and side.first - frame.trigger.last <= 10 and "by" in before:
            return side
    before_trigger = [s for s in armed if s.last <= frame.trigger.last and not _is_object(tagged, s)]
    return before_trigger[-1] if before_trigger else _verb_first(tagged, frame, armed)


def _verb_first(tagged: Tagged, frame: Frame, armed: Sequence[Side]) -> Side | None:
    """Arabic puts the verb before who does it."""
    key = tagged.words[frame.trigger.first].key
    if not "\u0600" <= key[:1] <= "\u06ff":
        return None
    return next((s for s in armed if 0 <= s.first - frame.trigger.last <= 2), None)


def _is_object(tagged: Tagged, side: Side) -> bool:
    """Whether a side stands as a target: "against rebels", "on army positions"."""
    before = [w.key for w in tagged.words[max(0, side.first - 2) : side.first]]
    return bool(before) and before[-1] in (
        "against",
        "on",
        "of",
        "at",
        "from",
        "with",
        "to",
        "near",
        "killed",
        "targeting",
    )
