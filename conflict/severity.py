"""How grave an event is, 0 to 4, by rules in a versioned data file (conflict/data/severity.toml).

It drives loudness, lanes, thresholds and repeats. It says nothing of how sure the event is: that is `verification`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from conflict.errors import InputError
from conflict.facts import EventFacts
from conflict.vocabulary import Assertion, CasualtyKind, EventType, Severity, Status, SubEventType

_VIOLENT = frozenset({EventType.BATTLES, EventType.REMOTE_VIOLENCE, EventType.AGAINST_CIVILIANS, EventType.RIOTS})
_HARMED = frozenset({CasualtyKind.INJURED, CasualtyKind.KILLED_OR_INJURED, CasualtyKind.KILLED_OR_CAPTURED})


@dataclass(frozen=True, slots=True)
class SeverityRules:
    """The rules as read: ladders are (at least so many, level), lowest first; the rest maps a word to a level."""

    version: int
    sub_event_type: Mapping[SubEventType, int]
    killed: tuple[tuple[int, int], ...]
    civilians_killed: tuple[tuple[int, int], ...]
    harmed: tuple[tuple[int, int], ...]
    displaced: tuple[tuple[int, int], ...]
    target: Mapping[str, int]
    breach_reported: int
    breach_inferred: int
    escalating_sub_types: frozenset[SubEventType]
    escalating_targets: frozenset[str]
    ceiling: Mapping[str, int]


def parse_rules(text: str) -> SeverityRules:
    """Rules from the text of a TOML file. Raises InputError naming what is missing or misspelt."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
        return SeverityRules(
            version=int(data["version"]),
            sub_event_type={SubEventType(name): int(level) for name, level in data["sub_event_type"].items()},
            killed=_ladder(data["killed"]),
            civilians_killed=_ladder(data["civilians_killed"]),
            harmed=_ladder(data["harmed"]),
            displaced=_ladder(data["displaced"]),
            target={str(tag): int(level) for tag, level in data["target"].items()},
            breach_reported=int(data["breach"]["reported"]),
            breach_inferred=int(data["breach"]["inferred"]),
            escalating_sub_types=frozenset(map(SubEventType, data["escalation"]["sub_event_type"])),
            escalating_targets=frozenset(map(str, data["escalation"]["target"])),
            ceiling={str(word): int(level) for word, level in data["ceiling"].items()},
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"The severity rules cannot be read: {error}. Compare with the file that was shipped."
        ) from error


@cache
def load() -> SeverityRules:
    """The rules that ship with the program."""
    return parse_rules(files("conflict").joinpath("data", "severity.toml").read_text("utf-8"))


def severity_of(facts: EventFacts, rules: SeverityRules | None = None) -> Severity:
    """How grave this is. Unknown tolls count as none; of a disputed toll the higher counts, to err on the loud side."""
    rules = rules or load()
    killed = deaths(facts)
    levels = [
        rules.sub_event_type.get(facts.sub_event_type, 0),
        _step(rules.killed, killed),
        _step(rules.civilians_killed, civilian_deaths(facts)),
        _step(rules.harmed, _count(facts, _HARMED)),
        _step(rules.displaced, _count(facts, frozenset({CasualtyKind.DISPLACED}))),
    ]
    violent = facts.event_type in _VIOLENT
    if violent:
        levels += [rules.target.get(tag, 0) for tag in facts.tags]
    if facts.breach is not None:
        levels.append(rules.breach_reported if facts.breach.reported else 0)
        levels.append(rules.breach_inferred if facts.breach.inferred else 0)
    level = max(levels)
    grave = facts.sub_event_type in rules.escalating_sub_types or (
        violent and not rules.escalating_targets.isdisjoint(facts.tags)
    )
    if killed and grave:
        level += 1
    return Severity(max(0, min(level, 4, *_ceilings(facts, rules))))


def deaths(facts: EventFacts) -> int:
    """The deaths that severity reckons with: best, or the higher figure of a disputed toll; 0 where none is given."""
    for figure in (facts.fatalities_best, facts.fatalities_high, facts.fatalities_low):
        if figure is not None:
            return max(0, figure)
    return sum(_figure(c.count, c.low) for c in facts.casualties if c.kind is CasualtyKind.KILLED)


def civilian_deaths(facts: EventFacts) -> int:
    """Deaths said to be civilian; all of them where civilians were the target and nobody else is said to have died."""
    killed = [c for c in facts.casualties if c.kind is CasualtyKind.KILLED]
    civilians = sum(_figure(c.count, c.low) for c in killed if c.civilian)
    if facts.civilian_targeting and not any(c.civilian is False for c in killed):
        return max(civilians, deaths(facts))
    return civilians


def _ladder(table: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(at_least), int(level)) for at_least, level in table.items()))


def _step(ladder: tuple[tuple[int, int], ...], figure: int) -> int:
    return max((level for at_least, level in ladder if figure >= at_least), default=0)


def _count(facts: EventFacts, kinds: frozenset[CasualtyKind]) -> int:
    return sum(_figure(c.count, c.low) for c in facts.casualties if c.kind in kinds)


def _figure(count: int | None, low: int | None) -> int:
    return max(0, count if count is not None else low or 0)


def _ceilings(facts: EventFacts, rules: SeverityRules) -> list[int]:
    words = [facts.assertion.value] if facts.assertion is not Assertion.STATED else []
    if facts.status is Status.BACKGROUND:
        words.append(facts.status.value)
    return [rules.ceiling[word] for word in words if word in rules.ceiling]
