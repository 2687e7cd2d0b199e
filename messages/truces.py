"""Ceasefires in words: since when, who is bound, who accuses whom; what we infer ourselves accuses nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conflict.answers import Answer
from conflict.breaches import Accusations, BreachWeek
from conflict.ceasefires import Ceasefire, CeasefireStatus
from conflict.events import ConflictEvent
from conflict.facts import ReportedBreach
from conflict.questions import QuestionKind
from conflict.tolls import BreachTally
from messages.catalog import Texts, msg
from messages.html import Html, bold, italic, link
from messages.voices import name_of
from messages.wording import area_name, day, days, shortened

# What ceasefire monitors and parties count, in the words they use.
_BREACHES = {
    "explosions": msg("explosions", "breach"),
    "shelling": msg("shelling", "breach"),
    "air strikes": msg("air strikes", "breach"),
    "drone strikes": msg("drone strikes", "breach"),
    "gunfire": msg("gunfire", "breach"),
    "small arms": msg("gunfire", "breach"),
    "bursts": msg("bursts of fire", "breach"),
    "projectiles": msg("projectiles in flight", "breach"),
}
_STATUS = {
    CeasefireStatus.PROPOSED: msg("proposed, not in force", "ceasefire"),
    CeasefireStatus.SUSPENDED: msg("suspended, says its source", "ceasefire"),
    CeasefireStatus.ENDED: msg("ended", "ceasefire"),
}


def ceasefire_lines(answer: Answer, texts: Texts) -> list[Html]:
    """What is stored on truces and on breaches for an answer; nothing where neither is.

    In full where a ceasefire was asked for; else a line each, and for "latest" only those in force at `now`.
    """
    full = answer.question.kind is QuestionKind.CEASEFIRE
    events = (*answer.events, *answer.coarser)
    truces = [truce for truce in answer.ceasefires if full or not _is_past(truce, answer)]
    say = ceasefire_in_full if full else ceasefire_line
    lines = [say(truce, texts) for truce in truces]
    if full:
        return [*lines, *_weeks(answer, texts), *(Html("• " + tally_line(tally, texts)) for tally in answer.tallies)]
    said = accusations(events, texts)
    inferred = sum(1 for event in events if (b := event.facts.breach) and b.inferred and not b.reported)
    if inferred and truces:
        said.append(
            texts.count(
                "{n} event inside the truce area; no accusation stored.",
                "{n} events inside the truce area; no accusation stored.",
                inferred,
            )
        )
    said.extend(tally_line(tally, texts) for tally in answer.tallies)
    if truces and not said:
        said.append(texts.say("No accusation of a breach is stored for these days; that is not proof of calm."))
    if said and not lines:
        lines = [bold(texts.say("Breaches of a ceasefire"))]
    return [*lines, *(Html("• " + line) for line in said)]


def _weeks(answer: Answer, texts: Texts) -> list[Html]:
    """Breaches week by week; a week without any is not shown, and that is said not to be calm."""
    if not answer.breach_weeks:
        if not answer.ceasefires:
            return []
        return [texts.say("No accusation of a breach is stored for these days; that is not proof of calm.")]
    lines = [bold(texts.say("Breaches as stored, by week"))]
    lines += [_week(week, texts) for week in answer.breach_weeks]
    return [*lines, italic(texts.say("A week that is not listed has no stored report; that is not proof of calm."))]


def _week(week: BreachWeek, texts: Texts) -> Html:
    parts = [_accused_in(one, texts) for one in week.accusations]
    if week.unaccused:
        parts.append(
            texts.count(
                "{n} event inside the truce area, no accusation stored",
                "{n} events inside the truce area, no accusation stored",
                week.unaccused,
            )
        )
    monday = day(week.first_day, texts, weekday=False, year=True)
    return Html("• " + texts.say("week of {day}: {said}", day=monday, said=texts.joined(parts, "; ")))


def _accused_in(one: Accusations, texts: Texts) -> Html:
    """One voice's accusations of one side in a week: in how many events, and how many of them somebody denies."""
    accuser = name_of(one.accuser, texts) if one.accuser else None
    accused = name_of(one.accused, texts) if one.accused else None
    number = texts.count("{n} event", "{n} events", one.events)
    if accuser and accused:
        said = texts.say("{accuser} accuses {accused}: {number}", accuser=accuser, accused=accused, number=number)
    elif accuser:
        said = texts.say("{accuser} reports breaches, no side named: {number}", accuser=accuser, number=number)
    elif accused:
        said = texts.say("{accused} accused, accuser not named: {number}", accused=accused, number=number)
    else:
        said = texts.say("breaches reported, neither accuser nor side named: {number}", number=number)
    if one.denied:
        said = texts.joined((said, texts.say("denied: {n}", "breaches", n=one.denied)), " · ")
    return said


def _is_past(truce: Ceasefire, answer: Answer) -> bool:
    """Whether a truce is over or not begun, for an answer on what is new: one on a period keeps those of its days."""
    if answer.question.period.start or answer.question.period.end:
        return False
    return truce.status is CeasefireStatus.ENDED or not truce.in_force_on(answer.now.date())


def ceasefire_line(ceasefire: Ceasefire, texts: Texts) -> Html:
    """A truce in one line: since when, until when if that is known, whom it binds."""
    since = day(ceasefire.effective_from, texts, weekday=False, year=True)
    until = ceasefire.effective_to
    said = texts.say("since {day}", day=since)
    if until:
        said = texts.joined((said, texts.say("until {day}", day=day(until, texts, weekday=False, year=True))))
    status = texts.word(_STATUS[ceasefire.status]) if ceasefire.status in _STATUS else Html("")
    notes = texts.joined((status, _bound(ceasefire, texts)), "; ")
    return texts.say("{truce} {dates} ({notes})", truce=bold(texts.say("Truce")), dates=said, notes=notes)


def ceasefire_in_full(ceasefire: Ceasefire, texts: Texts) -> Html:
    """A ceasefire with its name, its dates, those it binds, whom it leaves out, its terms, and its source."""
    name = ceasefire.name_ar if texts.language == "ar" and ceasefire.name_ar else ceasefire.name
    parts = [texts.say("since {day}", day=day(ceasefire.effective_from, texts, weekday=False, year=True))]
    if ceasefire.effective_to:
        parts.append(texts.say("until {day}", day=day(ceasefire.effective_to, texts, weekday=False, year=True)))
    if ceasefire.status in _STATUS:
        parts.append(texts.word(_STATUS[ceasefire.status]))
    parts.append(_bound(ceasefire, texts))
    if ceasefire.excluded:
        excluded = texts.joined(texts.value(texts.actor(party)) for party in ceasefire.excluded)
        parts.append(texts.say("not covered: {parties}", parties=excluded))
    lines = [bold(shortened(name, 200)), texts.joined(parts, "; ")]
    terms = ceasefire.terms_ar if texts.language == "ar" and ceasefire.terms_ar else ceasefire.terms
    if terms:
        lines.append(texts.say("Terms: {terms}", terms=texts.value(terms)))
    if ceasefire.source:
        lines.append(texts.say("Source: {source}", source=link(texts.value(ceasefire.source), ceasefire.url)))
    if ceasefire.verified_on is None:
        lines.append(italic(texts.say("No person has yet compared this entry with its source.")))
    return Html("\n".join(lines) + "\n")


def _bound(ceasefire: Ceasefire, texts: Texts) -> Html:
    if not ceasefire.bound_parties:
        return texts.say("whom it binds is not stored")
    parties = texts.joined(texts.value(texts.actor(party)) for party in ceasefire.bound_parties)
    if ceasefire.unilateral:
        return texts.say("unilateral: binds {parties}", parties=parties)
    return texts.say("binds {parties}", parties=parties)


def accusations(events: Iterable[ConflictEvent], texts: Texts) -> list[Html]:
    """Who accuses whom of a breach, each accusation once."""
    reported = [breach for event in events if event.facts.breach for breach in event.facts.breach.reported]
    return [accusation(breach, texts) for breach in dict.fromkeys(reported)]


def accusation(breach: ReportedBreach, texts: Texts) -> Html:
    """One accusation as reported, with its denial."""
    accuser = name_of(breach.accuser, texts) if breach.accuser else None
    accused = name_of(breach.accused, texts) if breach.accused else None
    if accuser and accused:
        said = texts.say("Breach reported: {accuser} accuses {accused}.", accuser=accuser, accused=accused)
    elif accuser:
        said = texts.say("Breach reported by {accuser}; no side named.", accuser=accuser)
    elif accused:
        said = texts.say("Breach reported, blamed on {accused}; accuser not named.", accused=accused)
    else:
        said = texts.say("Breach reported; neither accuser nor side named.")
    if breach.denied_by:
        return texts.joined((said, texts.say("Denied by {who}.", who=name_of(breach.denied_by, texts))), " ")
    return said


def tally_line(tally: BreachTally, texts: Texts) -> Html:
    """A party's count of breaches, said as a count and never as that many events."""
    who = name_of(tally.accuser or tally.publisher, texts)
    said = texts.count("{who} counts {n} breach", "{who} counts {n} breaches", tally.count, who=who)
    parts = [said]
    if tally.exercise:
        parts = [texts.say("{who} reports {n} from an exercise, not a breach", who=who, n=tally.count)]
    if tally.kinds:
        kinds = texts.joined(
            texts.say("{n} {kind}", "part of a tally", n=n, kind=_breach_kind(kind, texts)) for kind, n in tally.kinds
        )
        parts.append(texts.say("including {kinds}", kinds=kinds))
    accused = texts.say("by {party}", "tally", party=texts.actor(tally.accused)) if tally.accused else None
    parts.append(accused or texts.say("accused not named"))
    if tally.places:
        parts.append(area_name(tally.places[0], texts))
    parts.append(_tally_days(tally, texts))
    return texts.say("{tally}. A count by one side, not that many events.", tally=texts.joined(p for p in parts if p))


def _breach_kind(kind: str, texts: Texts) -> Html:
    known = _BREACHES.get(kind.casefold())
    return texts.word(known) if known else texts.value(kind)


def _tally_days(tally: BreachTally, texts: Texts) -> Html:
    start, end = tally.period_start, tally.period_end
    if start is None and end is None:
        return texts.say("period not given")
    first = start or end
    last = end or start
    return days(first, last, texts) if first and last else Html("")


def stored_truces(ceasefires: Sequence[Ceasefire], texts: Texts) -> Html:
    """The first line of an answer on ceasefires: what is stored, never whether one holds."""
    if not ceasefires:
        return texts.say("No ceasefire is stored for this place and these days. One may exist that is not stored.")
    return texts.count("{n} ceasefire stored.", "{n} ceasefires stored.", len(ceasefires))
