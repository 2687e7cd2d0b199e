"""Tolls in words: by side, as ranges, each with who counted. Unknown is said as unknown and is never a zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conflict.claims import Claim
from conflict.events import ConflictEvent
from conflict.facts import Actor, Casualty, EventFacts
from conflict.tolls import TollReport
from conflict.vocabulary import CasualtyKind
from messages.catalog import Texts, msg
from messages.html import Html, bold
from messages.people import how_many, known, nearest
from messages.voices import claim_voice, standing, voice
from messages.wording import actor, area_name, days, number

_KINDS = {
    CasualtyKind.KILLED: msg("killed: {whom}"),
    CasualtyKind.INJURED: msg("injured: {whom}"),
    CasualtyKind.KILLED_OR_INJURED: msg("killed or injured: {whom}; deaths unknown"),
    CasualtyKind.KILLED_OR_CAPTURED: msg("killed or captured: {whom}; deaths unknown"),
    CasualtyKind.CAPTURED: msg("captured: {whom}"),
    CasualtyKind.MISSING: msg("missing: {whom}"),
    CasualtyKind.DISPLACED: msg("displaced: {whom}"),
    CasualtyKind.UNSPECIFIED: msg("casualties: {whom}; deaths unknown"),
}
_FORMS_OF_PERIOD = _KINDS | {CasualtyKind.KILLED: msg("killed in these days: {whom}")}
_MOST_SIDES = 8
_MOST_VOICES = 6  # tolls told one by one; more are under an event's details
_NO_TOLL: tuple[object, ...] = ((), None, None, None, ())
Named = tuple[Actor | None, ...]  # the parties that the same line names


def _whom(casualty: Casualty, texts: Texts, named: Named) -> Html:
    """How many of whom: the report's own word for them, with their side where that word leaves it open."""
    figure = number(casualty.low, casualty.count, casualty.high, texts)
    exact = None
    if figure is None:
        figure = texts.say("number not given")
    else:
        exact = casualty.count if {casualty.low, casualty.high} <= {None, casualty.count} else None
        figure = bold(figure)
    role = _role(casualty, texts)
    if role is None:
        if not casualty.side:
            return figure
        return texts.say("{number} {people}", "a side's people", number=figure, people=_side(casualty.side, texts))
    said = how_many(role, exact, figure, texts)
    if casualty.side and _side_is_open(role, casualty.side, texts, named):
        return texts.say("{people} ({side})", "people of a side", people=said, side=_side(casualty.side, texts))
    return said


def _role(casualty: Casualty, texts: Texts) -> str | None:
    """The word for the people counted: the report's, else that they are civilians; None where there is no more."""
    role = casualty.role if casualty.role and known(casualty.role, texts) else None
    found = nearest(role)
    if casualty.civilian and (role is None or (found and found.kind == "people")):
        return "civilians"
    if casualty.side and found and found.kind == "people" and found.exact:
        return None
    if role is None and casualty.role and not casualty.side:
        return "people"
    return role


def _side(side: str, texts: Texts) -> Html:
    return actor(Actor(side, side), texts)


def _side_is_open(role: str, side: str, texts: Texts, named: Named) -> bool:
    """Whether a reader cannot tell from the word and the parties of the line whose people they are."""
    found = nearest(role)
    if found is None or found.side is None:
        return found is None or not found.unarmed
    if found.side == "said":
        return False
    alike = {who.actor_id or who.name for who in named if who and _is_state(who, texts) == (found.side == "state")}
    return alike != {side}


def _is_state(who: Actor, texts: Texts) -> bool:
    return bool(getattr(texts.actors.get(who.actor_id or who.name), "state", False))


def casualties(items: Sequence[Casualty], texts: Texts, named: Named = (), *, period: bool = False) -> Html:
    """Everything counted, kind by kind; nothing where nothing is counted.

    `named` are the parties the line names; `period`: the toll is one of several days and must say so.
    """
    if not items:
        return Html("")
    said = []
    for kind, form in (_FORMS_OF_PERIOD if period else _KINDS).items():
        of_kind = [item for item in items if item.kind is kind]
        if of_kind:
            whom = texts.joined(_whom(item, texts, named) for item in of_kind[:_MOST_SIDES])
            said.append(texts.word(form, whom=whom))
    return texts.joined(said, "; ")


def facts_toll(facts: EventFacts, texts: Texts, named: Named | None = None, *, period: bool = False) -> Html:
    """The toll of one set of facts; nothing where none is given."""
    parties = (facts.actor1, facts.actor2) if named is None else named
    said = casualties(facts.casualties, texts, parties, period=period)
    if any(item.kind is CasualtyKind.KILLED for item in facts.casualties):
        return said
    killed = number(facts.fatalities_low, facts.fatalities_best, facts.fatalities_high, texts)
    if killed is None:
        return said
    form = (_FORMS_OF_PERIOD if period else _KINDS)[CasualtyKind.KILLED]
    return texts.joined((texts.word(form, whom=bold(killed)), said), "; ")


def event_toll(event: ConflictEvent, texts: Texts, named: Named | None = None, *, period: bool = False) -> Html:
    """The toll of an event: one figure where all voices give it, else each voice's own."""
    by_voice = differing_tolls(event, texts)
    if not by_voice:
        return facts_toll(event.facts, texts, named, period=period)
    said = (texts.say("{toll} ({voices})", "toll by voice", toll=t, voices=v) for v, t in by_voice.items())
    return texts.joined(said, "; ")


def tolls_by_voice(event: ConflictEvent, texts: Texts) -> dict[Html, Html]:
    """What each voice counts, for those that count at all."""
    return {claim_voice(claim, texts): said for claim in _counting(event) if (said := facts_toll(claim.facts, texts))}


def differing_tolls(event: ConflictEvent, texts: Texts) -> dict[Html, Html]:
    """The same where the counts read differently; nothing where all that count give the same one."""
    claims = _counting(event)
    if len(claims) < 2 or len({_told(claim.facts) for claim in claims} - {_NO_TOLL}) < 2:
        return {}
    found = tolls_by_voice(event, texts)
    return found if len(set(found.values())) > 1 else {}


def _counting(event: ConflictEvent) -> list[Claim]:
    return [claim for claim in standing(event)[:_MOST_VOICES] if not claim.denies]


def _told(facts: EventFacts) -> tuple[object, ...]:
    """All that a toll in words is made of: the parties matter where people are counted by side."""
    parties = (facts.actor1, facts.actor2) if any(item.side for item in facts.casualties) else ()
    return facts.casualties, facts.fatalities_low, facts.fatalities_best, facts.fatalities_high, parties


def civilians_unknown(items: Iterable[Casualty]) -> bool:
    """Whether deaths are counted by side, and nothing is said of civilians."""
    killed = [item for item in items if item.kind is CasualtyKind.KILLED]
    return bool(killed) and all(item.side or item.civilian is False for item in killed)


def toll_voice(toll: TollReport, texts: Texts) -> Html:
    """Who counted."""
    return voice(toll.originator, toll.originator_kind, toll.publisher, texts)


def toll_days(toll: TollReport, texts: Texts) -> Html:
    """The days a count covers, as far as they were given."""
    if toll.period_start and toll.period_end:
        return days(toll.period_start, toll.period_end, texts)
    if toll.period_start:
        return texts.say("since {day}", day=days(toll.period_start, toll.period_start, texts))
    if toll.period_end:
        return texts.say("until {day}", day=days(toll.period_end, toll.period_end, texts))
    return texts.say("period not given")


def toll_line(toll: TollReport, texts: Texts) -> Html:
    """A count for an area and a period, said as one: it contains events, it is not one more."""
    place = area_name(toll.places[0], texts) if toll.places else texts.say("area not given")
    return texts.say(
        "{days}, {place}: {toll} ({voice})",
        "toll for a period",
        days=toll_days(toll, texts),
        place=place,
        toll=casualties(toll.casualties, texts) or texts.say("number not given"),
        voice=toll_voice(toll, texts),
    )
