"""An extraction as plain text for people, at 80 columns: what fired, what was dropped and why, what came out."""

from __future__ import annotations

from textwrap import fill, shorten

from conflict.events import EventData
from conflict.facts import Actor, Casualty
from conflict.places import EventPlace
from conflict.tolls import BreachTally, TollReport
from ingest.extraction.extraction import Extraction, SentenceTrace
from ingest.extraction.frames import SUBTYPES

WIDTH = 80


def explain(extraction: Extraction) -> str:
    """The whole extraction, sentence by sentence, then what came of it."""
    lines = ["Sentence by sentence", ""]
    for trace in extraction.trace:
        lines += _sentence(trace)
    lines += ["", f"Events: {len(extraction.events)}"]
    if extraction.reason:
        lines.append(_wrapped(f"None, because: {extraction.reason}.", ""))
    for event in extraction.events:
        lines += ["", *_event(event)]
    for toll in extraction.tolls:
        lines += ["", *_toll(toll)]
    for tally in extraction.tallies:
        lines += ["", *_tally(tally)]
    return "\n".join(lines) + "\n"


def _sentence(trace: SentenceTrace) -> list[str]:
    text = shorten(_plain(trace.text), 300, placeholder=" ...") or "(empty)"
    mark = " ".join(f"#{number}" for number in trace.events) or ("-" if trace.dropped else ".")
    lines = [_wrapped(text, f"[{trace.start}] ", 4)]
    lines += [_wrapped(f"fired    {_rule(rule)}", "    ", 13) for rule in trace.fired]
    lines += [_wrapped(f"dropped  {_rule(why)}", "    ", 13) for why in trace.dropped]
    if not (trace.fired or trace.dropped or trace.events):
        lines.append("    nothing  no words that tell of an event")
    if trace.events:
        lines.append(f"    event    {mark}")
    return lines


def _rule(rule: str) -> str:
    """A rule's note with the kind of event by its name for people, not by its key in the word lists."""
    key, colon, rest = rule.partition(":")
    name, _, words = key.partition(" ")
    if name in SUBTYPES:
        return f"{SUBTYPES[name].value}{' ' + words if words else ''}{colon}{rest}"
    return rule


def _event(event: EventData) -> list[str]:
    facts = event.facts
    until = f" to {facts.event_date_end}" if facts.event_date_end else ""
    part = f", {facts.part_of_day.value}" if facts.part_of_day else ""
    toll = ", ".join(_casualty(c) for c in facts.casualties) or "none given"
    rows = [
        f"#{event.sequence} {facts.sub_event_type.value} ({facts.status.value}, {facts.assertion.value})",
        f"when   {facts.event_date or 'not known'}{until}{part} (precision {facts.time_precision or '-'})",
        f"where  {'; '.join(_place(p) for p in facts.places) or 'not known'}",
        f"who    {_actor(facts.actor1)} / {_actor(facts.actor2)}",
        f"harm   {toll}",
    ]
    rows += [
        f"said   {c.originator or 'no source named'}{f' via {c.carrier}' if c.carrier else ''}" for c in event.claims
    ]
    rows += [f"why    {_rule(why)}" for why in event.why]
    if facts.breach:
        rows += [
            f"breach said by {r.accuser or 'nobody named'} of {r.accused or 'nobody named'}"
            for r in facts.breach.reported
        ]
    rows.append(f"sure   {event.confidence:.0%}" if event.confidence is not None else "sure   not known")
    return [_wrapped(_plain(rows[0]), ""), *(_wrapped(_plain(row), "    ", 11) for row in rows[1:])]


def _toll(toll: TollReport) -> list[str]:
    of = f" of event #{toll.sequence}" if toll.sequence is not None else ""
    rows = ", ".join(_casualty(c) for c in toll.casualties)
    period = f"{toll.period_start or '?'} to {toll.period_end or '?'}"
    return [
        _wrapped(
            _plain(f"Toll{of} ({toll.status.value}), {period}: {rows}; {toll.originator or 'no source named'}"), "", 4
        )
    ]


def _tally(tally: BreachTally) -> list[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in tally.kinds)
    return [
        _wrapped(_plain(f"Tally of breaches: {tally.count} ({kinds or 'kinds not given'}), by {tally.accuser}"), "", 4)
    ]


def _place(place: EventPlace) -> str:
    if place.place is None:
        return f"{place.text} (not resolved)"
    near = "near " if place.vicinity else ""
    area = place.place.admin1 or place.place.country or "?"
    return f"{place.text} = {near}{place.place.name} ({place.place.level.value}, {area})"


def _actor(actor: Actor | None) -> str:
    return actor.name if actor else "not named"


def _casualty(casualty: Casualty) -> str:
    number = str(casualty.count) if casualty.count is not None else f"{casualty.low or '?'}-{casualty.high or '?'}"
    return f"{number} {casualty.role or 'people'} {casualty.kind.value.replace('_', ' ')}"


def _plain(text: str) -> str:
    """One line without control characters: what comes from outside must not drive a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _wrapped(text: str, indent: str, hanging: int = 0) -> str:
    return fill(text, WIDTH, initial_indent=indent, subsequent_indent=" " * hanging)
