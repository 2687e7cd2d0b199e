"""Where an answer comes from: how old and how complete the data is, the sentences it rests on, the links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from conflict.answers import Answer, Reply, SourceHealth
from conflict.claims import Claim
from conflict.events import ConflictEvent
from messages.bidi import with_direction
from messages.catalog import Texts
from messages.html import Html, bold, folded_quote, italic, link, visible
from messages.voices import claim_voice, name_of, standing
from messages.wording import capital, day, instant, shortened

QUOTE_LIMIT = 200
_MOST_QUOTES = 5
_MOST_LINKS = 4
_MOST_SILENT = 4


def freshness(answer: Answer, texts: Texts, tz: tzinfo) -> Html:
    """The second line of every answer: what it rests on, when sources were last checked, which are silent."""
    parts = [_stored(answer, texts, tz), _checked(answer, texts, tz), *silences(answer, texts, tz)]
    parts.append(texts.say("No report does not mean calm."))
    return italic(texts.joined(parts, " "))


def _stored(answer: Answer, texts: Texts, tz: tzinfo) -> Html:
    dates = [at for event in answer.events for claim in event.claims if (at := claim.published_at)]
    if not answer.reports:
        return Html("")
    if not dates:
        return texts.count("From {n} stored report.", "From {n} stored reports.", answer.reports)
    newest = max(dates).astimezone(tz).date()
    said = day(newest, texts, weekday=False, year=newest.year != answer.now.astimezone(tz).year)
    return texts.count(
        "From {n} stored report ({day}).", "From {n} stored reports (newest {day}).", answer.reports, day=said
    )


def _checked(answer: Answer, texts: Texts, tz: tzinfo) -> Html:
    if answer.fresh_to is None:
        return texts.say("Sources not checked yet.")
    return texts.say("Sources last checked {when}.", when=instant(answer.fresh_to, texts, tz, now=answer.now))


def silences(answer: Answer, texts: Texts, tz: tzinfo) -> list[Html]:
    """The sources for the area that say nothing or cannot be read."""
    failing = [s for s in answer.silent_sources if s.failing_since]
    silent = [s for s in answer.silent_sources if not s.failing_since]
    said = []
    if failing:
        said.append(texts.say("Cannot be read now: {sources}.", sources=_sources(failing, answer.now, texts, tz)))
    if silent:
        said.append(texts.say("Silent: {sources}.", sources=_sources(silent, answer.now, texts, tz)))
    return said


def _sources(sources: list[SourceHealth], now: datetime, texts: Texts, tz: tzinfo) -> Html:
    names = []
    for source in sources[:_MOST_SILENT]:
        since = source.failing_since or source.last_item_at or source.last_success_at
        if since is None:
            names.append(texts.value(source.name))
        else:
            when = instant(since, texts, tz, now=now)
            names.append(texts.say("{name} (since {when})", "silent source", name=source.name, when=when))
    if len(sources) > _MOST_SILENT:
        rest = len(sources) - _MOST_SILENT
        names.append(texts.count("{n} more source", "{n} more sources", rest))
    return texts.joined(names)


def quotes(events: Iterable[ConflictEvent], texts: Texts, tz: tzinfo, *, most: int = _MOST_QUOTES) -> Html:
    """The sentences the events rest on, folded, each with its voice, and then the links; nothing without a sentence."""
    claims = list({(c.report_id, c.claim_id): c for event in events for c in standing(event)}.values())
    words = dict.fromkeys(
        (claim_voice(claim, texts), shortened(claim.evidence.text, QUOTE_LIMIT)) for claim in claims if claim.evidence
    )
    by_voice: dict[Html, list[Html]] = {}
    for voice, text in list(words)[:most]:
        by_voice.setdefault(voice, []).append(texts.say("“{words}”", words=text))
    lines = [
        texts.say("{voice}: {quotes}", "quotation", voice=voice, quotes=texts.joined(said, " "))
        for voice, said in by_voice.items()
    ]
    if len(words) > most:
        rest = len(words) - most
        lines = [*lines, texts.count("… and {n} more under Sources", "… and {n} more under Sources", rest)]
    lines.extend(links(claims, texts, tz))
    return folded_quote(Html("\n".join(lines))) if lines else Html("")


def links(claims: Iterable[Claim], texts: Texts, tz: tzinfo, *, most: int = _MOST_LINKS) -> list[Html]:
    """Each report once, the newest first: its publisher as a link, if there is one, and the day it was published.

    Reports without a link that read alike (one publisher, one day) are one line; beyond `most` only their number.
    """
    reports = {(claim.publisher, claim.url or claim.report_id): claim for claim in claims}
    newest = sorted(reports.values(), key=lambda c: -c.published_at.timestamp() if c.published_at else float("inf"))
    lines = list(dict.fromkeys(published(claim, texts, tz) for claim in newest))
    linked = {visible(line) for line in lines if "<" in line}
    lines = [line for line in lines if "<" in line or visible(line) not in linked]
    rest = len(lines) - most
    return [*lines[:most], texts.count("… and {n} more", "… and {n} more", rest)] if rest > 0 else lines


def published(claim: Claim, texts: Texts, tz: tzinfo) -> Html:
    """Where and when a statement was printed."""
    name = Html(link(name_of(claim.publisher, texts), claim.url))
    if claim.published_at is None:
        return texts.say("{publisher}, undated", publisher=name)
    when = day(claim.published_at.astimezone(tz).date(), texts, weekday=False, year=True)
    return texts.say("{publisher}, {day}", "published", publisher=name, day=when)


def render_sources(answer: Answer, texts: Texts, *, tz: tzinfo) -> Reply:
    """All that an answer rests on: every sentence of its events with voice, publisher, day and link, and the checks."""
    lines: list[Html] = [bold(texts.say("Sources")), freshness(answer, texts, tz), Html("")]
    claims = {(c.report_id, c.claim_id): c for event in answer.events for c in event.claims}
    for claim in claims.values():
        lines.append(Html("• " + claim_line(claim, texts, tz)))
    if not claims:
        lines.append(texts.say("Nothing is stored for this question."))
    note = texts.say("Sources are counted by who says it: three outlets that quote one monitor are one source.")
    lines += [Html(""), italic(note)]
    return Reply(with_direction("\n".join(lines), texts.rtl))


def claim_line(claim: Claim, texts: Texts, tz: tzinfo) -> Html:
    """One statement in full: whose, through whom, printed where and when, in which words."""
    who = bold(capital(claim_voice(claim, texts)))
    if claim.carrier and claim.carrier not in (claim.originator, claim.publisher):
        who = texts.say("{voice}, through {carrier}", voice=who, carrier=claim.carrier)
    where = published(claim, texts, tz)
    words = ""
    if claim.evidence:
        words = texts.say("“{words}”", words=shortened(claim.evidence.text, QUOTE_LIMIT))
    notes = []
    if claim.denies:
        notes.append(texts.say("says that it did not happen"))
    if claim.responsibility:
        notes.append(texts.say("holds responsible: {name}", name=texts.actor(claim.responsibility)))
    if claim.superseded:
        notes.append(texts.say("has since said otherwise"))
    said = texts.joined((who, where, *notes), "; ")
    return texts.say("{claim}: {words}", "claim", claim=said, words=words) if words else said
