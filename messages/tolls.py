"""Tolls in words: by side, as ranges, each with who counted. Unknown is said as unknown and is never a zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conflict.claims import Casualty
from conflict.events import ConflictEvent, EventFacts
from conflict.tolls import TollReport
from conflict.vocabulary import CasualtyKind
from messages.catalog import Texts, msg
from messages.html import Html, bold
from messages.voices import claim_voice, standing, voice
from messages.wording import area_name, days, number

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
# Words of reports for people, that are common enough to have a translation; others are shown as written.
_ROLES = {
    "fighters": msg("fighters", "role"),
    "soldiers": msg("soldiers", "role"),
    "troops": msg("soldiers", "role"),
    "civilians": msg("civilians", "role"),
    "people": msg("people", "role"),
    "children": msg("children", "role"),
    "women": msg("women", "role"),
    "police": msg("police officers", "role"),
    "rescuers": msg("rescuers", "role"),
    "medics": msg("medical staff", "role"),
    "journalists": msg("journalists", "role"),
    "militants": msg("“militants”", "role"),
    "rebels": msg("rebels", "role"),
}

_MOST_SIDES = 8
_MOST_VOICES = 6  # tolls told one by one; more are under an event's details
_COMBATANTS = frozenset(  # where the side is named, these words add nothing
    [
        "fighters",
        "soldiers",
        "troops",
        "forces",
        "militants",
        "rebels",
        "opponents",
        "gunmen",
        "members",
        "combatants",
        "مقاتلين",
        "مقاتلون",
        "مقاتلا",
        "مقاتلًا",
        "عناصر",
        "عنصرا",
        "عنصرًا",
        "جنود",
        "جنديا",
        "جنديًا",
        "مسلحين",
        "مسلحون",
    ]
)


def _role(role: str, texts: Texts) -> Html:
    known = _ROLES.get(role.lower())
    return texts.word(known) if known else texts.value(role)


def _whom(casualty: Casualty, texts: Texts) -> Html:
    """A number with the people it counts: `51 Syrian government forces`, `3 civilians (children)`."""
    count = number(casualty.low, casualty.count, casualty.high, texts)
    figure = bold(count) if count is not None else texts.say("number not given")
    role = _role(casualty.role, texts) if casualty.role else None
    if casualty.side:
        side = texts.value(texts.actor(casualty.side))
        if role and not _COMBATANTS & set((casualty.role or "").casefold().split()):
            return texts.say("{number} {people} ({role})", number=figure, people=side, role=role)
        return texts.say("{number} {people}", "a side's people", number=figure, people=side)
    if casualty.civilian and role and casualty.role not in ("civilians", "people"):
        return texts.say("{number} {people} ({role})", number=figure, people=_role("civilians", texts), role=role)
    people = _role("civilians", texts) if casualty.civilian else role
    return texts.say("{number} {people}", "people", number=figure, people=people) if people else figure


def casualties(items: Sequence[Casualty], texts: Texts) -> Html:
    """Everything counted, kind by kind; nothing where nothing is counted."""
    said = []
    for kind, form in _KINDS.items():
        of_kind = [item for item in items if item.kind is kind]
        if of_kind:
            said.append(texts.word(form, whom=texts.joined(_whom(item, texts) for item in of_kind[:_MOST_SIDES])))
    return texts.joined(said, "; ")


def facts_toll(facts: EventFacts, texts: Texts) -> Html:
    """The toll of one set of facts; nothing where none is given."""
    said = casualties(facts.casualties, texts)
    if any(item.kind is CasualtyKind.KILLED for item in facts.casualties):
        return said
    killed = number(facts.fatalities_low, facts.fatalities_best, facts.fatalities_high, texts)
    if killed is None:
        return said
    return texts.joined((texts.say("killed: {whom}", whom=bold(killed)), said), "; ")


def event_toll(event: ConflictEvent, texts: Texts) -> Html:
    """The toll of an event: one figure where all voices give it, else each voice's own."""
    by_voice = tolls_by_voice(event, texts)
    if len(set(by_voice.values())) <= 1:
        return facts_toll(event.facts, texts)
    said = (texts.say("{toll} ({voices})", "toll by voice", toll=t, voices=v) for v, t in by_voice.items())
    return texts.joined(said, "; ")


def tolls_by_voice(event: ConflictEvent, texts: Texts) -> dict[Html, Html]:
    """What each voice counts, for those that count at all."""
    return {
        claim_voice(claim, texts): said
        for claim in standing(event)[:_MOST_VOICES]
        if not claim.denies and (said := facts_toll(claim.facts, texts))
    }


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
