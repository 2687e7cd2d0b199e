"""An alert as it reads now, what changed since it was sent, and the reply that says so. `MESSAGES.md` shows the manner.

What happened stands under the voice that says so; the title names only the sort of event and its place. The text is
made when it is sent, from the newest revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from conflict.answers import Button, Reply
from conflict.ceasefires import Ceasefire
from conflict.claims import Claim
from conflict.events import ConflictEvent
from conflict.facts import EventFacts
from conflict.places import EventPlace
from conflict.revisions import Aspect, Version, changed
from conflict.vocabulary import PlaceLevel, Status, Verification
from messages.batches import MOST_LINES, batch_blocks, batch_title, why_late
from messages.bidi import with_direction
from messages.buttons import Rows, button, rows
from messages.callbacks import ListAlerts, ShowEvent, WhyAlert
from messages.catalog import Texts, msg
from messages.chat_actions import Settle, SnoozePlace
from messages.events import Setting, event_line, event_name, late_report, tag_name, unknowns, what
from messages.html import Html, bold, escape, folded_quote, italic, link, split
from messages.rulings import ruling_notes
from messages.tolls import facts_toll
from messages.truces import accusation
from messages.voices import claim_voice, name_of, standing, verification
from messages.wording import capital, event_days, event_place, instant

_MOST_VOICES = 4
_MOST_EVENTS = 5
_MOST_STEPS = 8
_POINTS = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
_PROOF = {
    Verification.UNVERIFIED: msg("unverified", "verification"),
    Verification.CORROBORATED: msg("independent sources agree", "verification"),
    Verification.CONFIRMED: msg("confirmed", "verification"),
    Verification.DISPUTED: msg("disputed", "verification"),
    Verification.RETRACTED: msg("withdrawn", "verification"),
}
_DISPUTED = {
    "occurrence": msg("whether it happened", "disputed"),
    "toll": msg("the toll", "disputed"),
    "initiator": msg("who attacked", "disputed"),
    "responsibility": msg("who is responsible", "disputed"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One change of an event after it was told."""

    short_id: str
    before: Version
    after: Version


@dataclass(frozen=True, slots=True)
class Alert:
    """What one message says: the events of one report, as held `now`. `told_at` and `steps`: it is an edit.

    `held` is why it waited for the chat's own time, with all else that waited. `possible`: the chat is told only
    because no more is known than the unit around what it watches.
    """

    events: tuple[ConflictEvent, ...]
    now: datetime
    truces: tuple[Ceasefire, ...] = ()
    repeated: bool = False
    told_at: datetime | None = None
    steps: tuple[Step, ...] = ()
    held: str | None = None
    possible: bool = False


def render_alert(alert: Alert, texts: Texts, *, tz: tzinfo) -> Reply:
    """The alert; at least one event. Always a single message."""
    if len(alert.events) > 1 and alert.held is not None:
        return _batch(alert, texts, tz)
    body = _one(alert, texts, tz) if len(alert.events) == 1 else _several(alert, texts, tz)
    notes = [*([_repeat(texts)] if alert.repeated else []), *why_late(alert.held, texts)]
    if alert.possible:
        notes.append(texts.say("Possible: only the area is known, and what this chat watches lies in it."))
    html = _assembled([notes, *body], alert, texts, tz)
    return Reply(split(html)[0], _buttons(alert.events, texts))


def _batch(alert: Alert, texts: Texts, tz: tzinfo) -> Reply:
    """All that waited, in one message: as many lines as fit."""
    today = alert.now.astimezone(tz).date()
    setting = Setting(today, year=_years_ago(alert.events, alert.now))
    title = batch_title(alert.held or "", len(alert.events), texts)
    if alert.told_at:
        title = texts.say("{title} · updated", title=title)
    notes = [_repeat(texts)] if alert.repeated else []
    html, steps = Html(""), _steps(alert, texts, tz)
    for most in range(MOST_LINES, 0, -1):
        blocks = batch_blocks(alert.events, setting, texts, most)
        html = _assembled([notes, [bold(title)], *blocks, steps], alert, texts, tz, ids=False)
        if len(split(html)) == 1:
            break
    return Reply(split(html)[0], _batch_buttons(alert.events, texts))


def _assembled(blocks: Sequence[Sequence[Html]], alert: Alert, texts: Texts, tz: tzinfo, *, ids: bool = True) -> Html:
    html = "\n\n".join("\n".join(block) for block in blocks if block)
    html += ("\n" if alert.told_at else "\n\n") + _foot(alert, texts, tz, ids=ids)
    return Html(with_direction(html, texts.rtl))


def render_change(event: ConflictEvent, before: Version, after: Version, texts: Texts) -> Reply:
    """The reply beside a corrected alert: what was told and is so no longer."""
    name = _title(event, texts)
    if after.verification is Verification.RETRACTED:
        said = texts.say("{id} is withdrawn: no longer reported.", id=event.short_id)
    else:
        words = _differences(before, after, texts) or [texts.say("see the message above")]
        said = texts.say("{id} changed: {changes}.", id=event.short_id, changes=texts.joined(words, "; "))
    lines = [name, texts.joined((said, texts.say("Forwarded copies are outdated.")), " ")]
    return Reply(split(with_direction("\n".join(lines), texts.rtl))[0], _buttons((event,), texts))


def _one(alert: Alert, texts: Texts, tz: tzinfo) -> list[list[Html]]:
    event = alert.events[0]
    head = [
        _marked(bold(_title(event, texts)), event, alert, texts),
        _when(event, alert.now.astimezone(tz).date(), texts),
    ]
    if event.verification is Verification.RETRACTED:
        struck = [_struck(line) for line in (*head[1:], *_voices(event, texts))]
        return [[head[0], texts.say("Withdrawn: no longer reported.")], struck, _steps(alert, texts, tz)]
    return [head, [*_voices(event, texts), *_more(event, alert, texts)], _steps(alert, texts, tz)]


def _several(alert: Alert, texts: Texts, tz: tzinfo) -> list[list[Html]]:
    events = alert.events
    title = texts.count("{n} event in one report", "{n} events in one report", len(events))
    if alert.told_at:
        title = texts.say("{title} · updated", title=title)
    setting = Setting(alert.now.astimezone(tz).date(), year=_years_ago(events, alert.now))
    lines = []
    for event in events[:_MOST_EVENTS]:
        line = event_line(event, setting, texts)
        lines.append(Html("• ") + (_struck(line) if event.verification is Verification.RETRACTED else line))
    if len(events) > _MOST_EVENTS:
        lines.append(texts.count("… and {n} more", "… and {n} more", len(events) - _MOST_EVENTS))
    return [[bold(title)], [Html(line) for line in lines], _steps(alert, texts, tz)]


def _title(event: ConflictEvent, texts: Texts) -> Html:
    """The sort of event and its place, and nothing that somebody only says."""
    where = _place(event.facts.primary_place, texts)
    return capital(texts.joined((event_name(event.facts.sub_event_type, texts), where)))


def _place(place: EventPlace | None, texts: Texts) -> Html:
    said = event_place(place, texts)
    if place is None or place.place is None or place.level not in _POINTS:
        return said
    province = place.place.admin1
    if not province or province == place.place.name or texts.rtl:
        return said
    return texts.say("{place}, {province}", "place in a province", place=said, province=province)


def _marked(title: Html, event: ConflictEvent, alert: Alert, texts: Texts) -> Html:
    if event.verification is Verification.RETRACTED:
        return _struck(title)
    return texts.say("{title} · updated", title=title) if alert.told_at else title


def _when(event: ConflictEvent, today: date, texts: Texts) -> Html:
    last = event.facts.event_date
    when = capital(event_days(event.facts, texts, year=last is not None and last.year != today.year))
    said = texts.say("{when} · {verification}", when=when, verification=verification(event, texts))
    notes = [late_report(event, today, texts)]
    if event.facts.status is Status.ONGOING:
        notes.append(texts.say("going on when reported"))
    return texts.joined((said, *notes), "; ")


def _voices(event: ConflictEvent, texts: Texts) -> list[Html]:
    """Who says what, one line a voice; the toll is theirs."""
    lines = []
    seen = set()
    for claim in standing(event):
        voice = claim_voice(claim, texts)
        if voice not in seen:
            seen.add(voice)
            lines.append(texts.say("{voice}: {said}", "who says what", voice=bold(voice), said=_said(claim, texts)))
    if len(lines) > _MOST_VOICES:
        rest = texts.count("{n} more source", "{n} more sources", len(lines) - _MOST_VOICES + 1)
        lines = [*lines[: _MOST_VOICES - 1], rest]
    if not any(facts_toll(claim.facts, texts) for claim in standing(event)):
        lines.append(texts.say("Toll: not given. That does not mean none."))
    return lines


def _said(claim: Claim, texts: Texts) -> Html:
    if claim.denies:
        return texts.say("says it did not happen")
    held = (texts.say("blames {who}", who=name_of(claim.responsibility, texts)),) if claim.responsibility else ()
    return texts.joined((what(claim.facts, texts), facts_toll(claim.facts, texts), *held), "; ")


def _more(event: ConflictEvent, alert: Alert, texts: Texts) -> list[Html]:
    """What is not known, what it concerns, and what is said of a ceasefire."""
    facts = event.facts
    lines = []
    if missing := unknowns(facts, texts):
        lines.append(capital(texts.joined(missing, "; ")))
    if facts.tags:
        lines.append(texts.say("Concerns: {tags}", tags=texts.joined(tag_name(tag, texts) for tag in facts.tags)))
    lines += ruling_notes(event, texts)
    if facts.breach is None:
        return lines
    lines += [accusation(breach, texts) for breach in facts.breach.reported]
    for truce in alert.truces:
        if truce.ceasefire_id in facts.breach.inferred and not facts.breach.reported:
            name = truce.name_ar if texts.language == "ar" and truce.name_ar else truce.name
            lines.append(texts.say("Inside the area of a truce ({name}); no accusation stored.", name=name))
    return lines


def _steps(alert: Alert, texts: Texts, tz: tzinfo) -> list[Html]:
    """What changed since it was told, newest first, each with its time."""
    if alert.told_at is None:
        return []
    lines = []
    for step in reversed(alert.steps[-_MOST_STEPS:]):
        words = _differences(step.before, step.after, texts)
        if not words or step.after.at is None:
            continue
        change = texts.joined(words, "; ")
        if len(alert.events) > 1:
            change = texts.say("{id} {change}", "a change", id=step.short_id, change=change)
        at = instant(step.after.at, texts, tz, now=alert.now)
        lines.append(texts.say("{time} {change}", "a dated change", time=at, change=change))
    first = instant(alert.told_at, texts, tz, now=alert.now)
    lines.append(texts.say("{time} {change}", "a dated change", time=first, change=texts.say("first alert")))
    return [folded_quote(Html("\n".join(lines)))]


def _differences(before: Version, after: Version, texts: Texts) -> list[Html]:
    """What is different, in words."""
    different = changed(before, after)
    if Aspect.WITHDRAWN in different:
        return [texts.say("withdrawn: no longer reported")]
    if Aspect.DISPUTED in different:  # says it better
        different = tuple(aspect for aspect in different if aspect is not Aspect.VERIFICATION)
    said = [_difference(aspect, before, after, texts) for aspect in different]
    return list(dict.fromkeys(one for one in said if one))


def _difference(aspect: Aspect, before: Version, after: Version, texts: Texts) -> Html:
    old, new = before.facts, after.facts
    match aspect:
        case Aspect.TOLL:
            return _from_to(_toll(old, texts), _toll(new, texts), texts)
        case Aspect.PLACE:
            return _from_to(_place(old.primary_place, texts), _place(new.primary_place, texts), texts)
        case Aspect.DAY:
            return _from_to(event_days(old, texts, year=False), event_days(new, texts, year=False), texts)
        case Aspect.KIND:
            return _from_to(event_name(old.sub_event_type, texts), event_name(new.sub_event_type, texts), texts)
        case Aspect.PARTIES | Aspect.ASSERTION:
            return _from_to(what(old, texts), what(new, texts), texts)
        case Aspect.DISPUTED:
            words = texts.joined(texts.word(_DISPUTED[one]) for one in after.disputed if one in _DISPUTED)
            return texts.say("disputed: {what}", what=words) if words else texts.say("no longer disputed")
        case Aspect.VERIFICATION:
            return _from_to(texts.word(_PROOF[before.verification]), texts.word(_PROOF[after.verification]), texts)
        case Aspect.SOURCES:
            fresh = [name_of(one, texts) for one in after.originators if one not in before.originators]
            return texts.say("now also: {sources}", sources=texts.joined(fresh)) if fresh else Html("")
        case _:
            return texts.say("what is said of the ceasefire changed")


def _from_to(before: Html, after: Html, texts: Texts) -> Html:
    return texts.say("{before} → {after}", "a change", before=before, after=after) if before != after else Html("")


def _toll(facts: EventFacts, texts: Texts) -> Html:
    return facts_toll(facts, texts) or texts.say("toll not given")


def _repeat(texts: Texts) -> Html:
    return italic(texts.say("Sent again: it is not certain that this reached you before."))


def _struck(html: Html) -> Html:
    return Html(f"<s>{escape(html)}</s>")


def _foot(alert: Alert, texts: Texts, tz: tzinfo, *, ids: bool) -> Html:
    if not ids:
        at = instant(_as_of(alert), texts, tz, now=alert.now)
        return italic(texts.say("As of {when} · not an official warning", when=at))
    named = texts.joined(texts.value(event.short_id) for event in alert.events[:_MOST_EVENTS])
    at = instant(_as_of(alert), texts, tz, now=alert.now)
    foot = italic(texts.say("As of {when} · {id} · not an official warning", when=at, id=named))
    url = next((claim.url for event in alert.events for claim in event.claims if claim.url), None)
    linked = link(texts.say("source", "link"), url)
    return texts.say("{foot} · {source}", foot=foot, source=linked) if url and "<a " in linked else foot


def _as_of(alert: Alert) -> datetime:
    return max((event.updated_at for event in alert.events if event.updated_at), default=alert.now)


def _years_ago(events: Sequence[ConflictEvent], now: datetime) -> bool:
    return any(day.year != now.year for event in events if (day := event.facts.event_date))


def _buttons(events: Sequence[ConflictEvent], texts: Texts) -> Rows:
    why = button(texts.plain("Why this?", "button"), WhyAlert(events[0].event_id))
    return rows(
        _details(events[:_MOST_EVENTS], texts),
        (why, button(texts.plain("My alerts", "button"), ListAlerts())),
        (
            button(texts.plain("Snooze 1 h", "button"), Settle("snooze", (1,))),
            button(texts.plain("8 h", "button"), Settle("snooze", (8,))),
            button(texts.plain("This place", "button"), SnoozePlace(events[0].event_id))
            if events[0].facts.primary_place and events[0].facts.primary_place.place
            else None,
        ),
    )


def _batch_buttons(events: Sequence[ConflictEvent], texts: Texts) -> Rows:
    settings = button(texts.plain("Settings", "button"), Settle("show"))
    return rows((button(texts.plain("My alerts", "button"), ListAlerts()), settings))


def _details(events: Sequence[ConflictEvent], texts: Texts) -> list[Button | None]:
    alone = len(events) == 1
    return [
        button(texts.plain("Details", "button") if alone else str(n), ShowEvent(event.event_id))
        for n, event in enumerate(events, 1)
    ]
