"""Who says so, and how sure that is: originators named as what they are, verification and disputes in words."""

from __future__ import annotations

from collections.abc import Iterable

from conflict.claims import Claim
from conflict.events import ConflictEvent
from conflict.publishers import FORWARDED, PASTED
from conflict.vocabulary import OriginatorKind, Verification
from messages.catalog import Texts, msg
from messages.html import Html

_KINDS = {
    OriginatorKind.PARTY: msg("{name}, party to the conflict"),
    OriginatorKind.OFFICIAL: msg("{name}, officials"),
    OriginatorKind.RESIDENT: msg("{name}, resident"),
    OriginatorKind.DATASET: msg("{name}, data set"),
    OriginatorKind.OPERATOR: msg("{name}, operator of this bot"),
    OriginatorKind.UNNAMED: msg("“{name}”, unnamed"),
}
# Voices without a name, in the words that reports use for them.
_NOBODY = {
    word: msg("a resident, unnamed")
    for word in ("resident", "a resident", "residents", "local resident", "local residents", "locals")
} | {word: msg("a witness, unnamed") for word in ("witness", "a witness", "witnesses", "eyewitness", "eyewitnesses")}
_NOBODY |= {
    "field report": msg("a field report, unnamed"),
    "field reports": msg("field reports, unnamed"),
    "activists": msg("activists, unnamed"),
    "local activists": msg("activists, unnamed"),
    "local sources": msg("local sources, unnamed"),
}
# Voices that are heard often enough to have a name in each language; others are shown as reports write them.
_NAMES = {
    "SOHR": msg("SOHR", "originator"),
    "SNHR": msg("SNHR", "originator"),
    "White Helmets": msg("White Helmets", "originator"),
    "AFP": msg("AFP", "originator"),
    "AFP correspondent": msg("AFP correspondent", "originator"),
    "SDF": msg("SDF", "originator"),
    "Reuters": msg("Reuters", "originator"),
    "AP": msg("AP", "originator"),
    "SANA": msg("SANA", "originator"),
    "AMN": msg("AMN", "originator"),
    "Anadolu": msg("Anadolu", "originator"),
    "UN": msg("UN", "originator"),
    "OCHA": msg("OCHA", "originator"),
    "Middle East Eye": msg("Middle East Eye", "originator"),
    "Al Jazeera": msg("Al Jazeera", "originator"),
    "Syrian Observatory for Human Rights": msg("SOHR", "originator"),
    "Syrian Network for Human Rights": msg("SNHR", "originator"),
    "Syria Civil Defence": msg("White Helmets", "originator"),
    "Agence France-Presse": msg("AFP", "originator"),
    "Airwars": msg("Airwars", "originator"),
    "UCDP": msg("UCDP", "originator"),
    "ACLED": msg("ACLED", "originator"),
    FORWARDED: msg("forwarded message, sender not named", "publisher"),
    PASTED: msg("text added by an operator, source not named", "publisher"),
}
_STATE_RUN = frozenset({"SANA", "Anadolu"})  # news agencies that a party to a conflict owns
_DISPUTED = {
    "occurrence": msg("whether it happened", "disputed"),
    "toll": msg("the toll", "disputed"),
    "initiator": msg("who attacked", "disputed"),
    "responsibility": msg("who is responsible", "disputed"),
}


def voice(originator: str | None, kind: OriginatorKind, publisher: str, texts: Texts) -> Html:
    """Whoever says it, named as what they are: a monitor by name, a party as a party, nobody as nobody."""
    if not originator and publisher in (FORWARDED, PASTED):
        return name_of(publisher, texts)
    if not originator:
        return texts.say("{publisher}, no source named", publisher=name_of(publisher, texts))
    if kind in (OriginatorKind.RESIDENT, OriginatorKind.UNNAMED) and originator.casefold() in _NOBODY:
        return texts.word(_NOBODY[originator.casefold()])
    name = name_of(originator, texts)
    if kind is OriginatorKind.AGENCY and is_state(originator, texts):
        return texts.say("{name}, government-run", name=name)
    return texts.word(_KINDS[kind], name=name) if kind in _KINDS else name


def name_of(name: str, texts: Texts) -> Html:
    """The name of a source or party for people."""
    return texts.value(texts.word(_NAMES[name]) if name in _NAMES else texts.actor(name))


def is_state(name: str, texts: Texts) -> bool:
    """Whether the lexicon lists the name as a state's own."""
    return name in _STATE_RUN or bool(getattr(texts.actors.get(name), "state", False))


def claim_voice(claim: Claim, texts: Texts) -> Html:
    """The voice of a claim."""
    return voice(claim.originator, claim.originator_kind, claim.publisher, texts)


def standing(event: ConflictEvent) -> tuple[Claim, ...]:
    """The claims that still stand: not taken back by their own voice."""
    return tuple(claim for claim in event.claims if not claim.superseded)


def voices(claims: Iterable[Claim], texts: Texts, *, most: int = 4) -> Html:
    """The voices of claims, each once, in order; beyond `most` only their number."""
    names = list(dict.fromkeys(claim_voice(claim, texts) for claim in claims))
    if len(names) > most:
        rest = len(names) - most + 1
        names = [*names[: most - 1], texts.count("{n} more source", "{n} more sources", rest)]
    return texts.joined(names, "; ")


def verification(event: ConflictEvent, texts: Texts) -> Html:
    """How sure an event is, in words. Sources are counted by who says it, not by who prints it."""
    if event.verification is Verification.RETRACTED:
        return texts.say("withdrawn: no longer reported")
    if event.verification is Verification.CONFIRMED:
        return texts.say("confirmed")
    if event.verification is Verification.DISPUTED or event.disputed:
        what = texts.joined(texts.word(_DISPUTED[d]) for d in event.disputed if d in _DISPUTED)
        return texts.say("disputed: {what}", what=what) if what else texts.say("disputed")
    if event.verification is Verification.CORROBORATED:
        n = max(len(event.originators), 2)
        return texts.count("{n} independent source", "{n} independent sources", n)
    return texts.say("one source, unverified") if event.originators else texts.say("source not named, unverified")


def single(event: ConflictEvent) -> bool:
    """Whether an event rests on one voice and nothing else: said once for a whole answer, not in each line."""
    return event.verification is Verification.UNVERIFIED and not event.disputed
