"""Who says it: the originator of a sentence and the agency that passes it on.

A voice counts only beside a word of saying. A voice without a name stays without one ("field report", "residents").
"""

from __future__ import annotations

from dataclasses import dataclass

from conflict.vocabulary import OriginatorKind
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.tags import Tag, Tagged

_REACH = 14  # words between a voice and its word of saying ("the head of X, a group based in Y, said")
_GENERIC_MONITOR = frozenset({"monitor", "monitors", "group", "observatory"})


@dataclass(frozen=True, slots=True)
class Voice:
    """The source a sentence names; `originator` None means none is named."""

    originator: str | None = None
    kind: OriginatorKind = OriginatorKind.UNNAMED
    carrier: str | None = None
    first: int = -1  # word indices of the voice in its sentence
    last: int = -1


NOBODY = Voice()


def voice_of(tagged: Tagged, lexicon: Lexicon, monitor: str | None) -> Voice:
    """The source of a sentence; `monitor` is the one monitoring group that the report names, for "the monitor said"."""
    says = tagged.by("says")
    if not says:
        return _heading(tagged)
    voices = tagged.by("voice")
    carrier = _carrier(tagged, says)
    best = _nearest(voices, says)
    party = _party(tagged, lexicon, says)
    if best is not None and best.value:
        if party is not None and _distance(party, says) < _distance(best, says) and party.first > best.last:
            return _party_voice(party, lexicon, carrier)
        return Voice(best.value, OriginatorKind(best.detail), carrier, best.first, best.last)
    if party is not None and (best is None or _distance(party, says) <= _distance(best, says)):
        return _party_voice(party, lexicon, carrier)
    if best is not None:
        written = tagged.written(best.first, best.last)
        if monitor and tagged.words[best.last - 1].key in _GENERIC_MONITOR:
            return Voice(monitor, OriginatorKind.MONITOR, carrier, best.first, best.last)
        return Voice(
            written.lower() if written[:1].isupper() else written,
            OriginatorKind(best.detail),
            carrier,
            best.first,
            best.last,
        )
    if carrier:
        return Voice(carrier, OriginatorKind.AGENCY, None)
    return NOBODY


def _heading(tagged: Tagged) -> Voice:
    """A source that heads its own note: "#SOHR: ...", "Hama, SANA - ..."."""
    for tag in tagged.by("voice"):
        end = tagged.words[tag.last - 1].end
        if (
            tag.value
            and tag.first <= 4
            and tagged.sentence.text[end : end + 3].lstrip()[:1] in (":", "-", "\u2014", "\u2013")
        ):
            return Voice(tag.value, OriginatorKind(tag.detail), None, tag.first, tag.last)
    return NOBODY


def only_monitor(sentences: list[Tagged]) -> str | None:
    """The monitoring group a report names, if it names just one."""
    names = {tag.value for tagged in sentences for tag in tagged.by("voice") if tag.detail == "monitor" and tag.value}
    return names.pop() if len(names) == 1 else None


def _nearest(voices: list[Tag], says: list[Tag]) -> Tag | None:
    """The voice nearest to a word of saying; a named one before an unnamed."""
    within = [voice for voice in voices if _distance(voice, says) <= _REACH]
    return min(within, key=lambda v: (not v.value, _distance(v, says))) if within else None


def _distance(tag: Tag, says: list[Tag]) -> int:
    return min(tag.first - s.last if tag.first >= s.last else s.first - tag.last for s in says) if says else 99


def _party(tagged: Tagged, lexicon: Lexicon, says: list[Tag]) -> Tag | None:
    """An armed actor right beside a word of saying: "the coalition said"."""
    for tag in tagged.by("actor"):
        if tag.detail == "national" and lexicon.actors.get(tag.value) is None:
            continue
        for verb in says:
            arabic = "\u0600" <= tagged.words[verb.first].key[0] <= "\u06ff"
            verb_first = arabic and 0 <= tag.first - verb.last <= 1
            if (verb_first or 0 <= verb.first - tag.last <= 1) and tagged.words[verb.first].key not in (
                "statement",
                "toll",
            ):
                return tag
    return None


def _party_voice(tag: Tag, lexicon: Lexicon, carrier: str | None) -> Voice:
    entry = lexicon.actors.get(tag.value)
    return Voice(entry.name if entry else None, OriginatorKind.PARTY, carrier, tag.first, tag.last)


def _carrier(tagged: Tagged, says: list[Tag]) -> str | None:
    for tag in tagged.by("carrier"):
        if _distance(tag, says) <= 4:
            return tag.value
    return None
