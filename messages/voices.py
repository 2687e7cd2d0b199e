"""Who says so, and how sure that is: originators named as what they are, verification and disputes in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conflict.claims import Claim
from conflict.events import ConflictEvent
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
_DISPUTED = {
    "occurrence": msg("whether it happened", "disputed"),
    "toll": msg("the toll", "disputed"),
    "initiator": msg("who attacked", "disputed"),
    "responsibility": msg("who is responsible", "disputed"),
}


def voice(
    originator: str | None, kind: OriginatorKind, publisher: str, texts: Texts, *, state: bool | None = None
) -> Html:
    """Whoever says it, named as what they are: a monitor by name, a party as a party, nobody as nobody."""
    if not originator:
        return texts.say("{publisher}, no source named", publisher=publisher)
    if kind is OriginatorKind.AGENCY and is_state(originator, texts):
        return texts.say("{name}, government-run", name=texts.actor(originator))
    name = texts.actor(originator)
    return texts.word(_KINDS[kind], name=name) if kind in _KINDS else texts.value(name)


def is_state(name: str, texts: Texts) -> bool:
    """Whether the lexicon lists the name as a state's own."""
    return bool(getattr(texts.actors.get(name), "state", False))


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


def shared_verification(events: Sequence[ConflictEvent], texts: Texts) -> Html | None:
    """What is said of the sureness of several events at once, or None where they differ."""
    said = {verification(event, texts) for event in events}
    return said.pop() if len(said) == 1 else None
