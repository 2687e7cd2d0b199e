"""Why a word of violence is no news of an event: negated, wished for, habitual, history, a figure of speech, sport.

Each guard looks at a bounded window of tagged words before (or around) the trigger and gives its reason in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.extraction.tags import Tag, Tagged

_WINDOW = {"negation": 4, "future": 6, "hypothetical": 6, "recalled": 6, "denial": 8}
_MODAL = frozenset({"may", "might", "could", "can", "must", "should"})  # they rule only the verb beside them
_MODAL_WINDOW = 3
_REASON = {
    "negation": "negated",
    "future": "planned, feared or called for, not happened",
    "hypothetical": "hypothetical",
    "denial": "denied",
    "recalled": "recalled, no news",
}
# Past tenses that need no guard: "would" before "have said" and the like are rare enough to let go.
_FUTURE_INSIDE = frozenset({"would", "will"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guards say of a trigger: why it is dropped (None: it is not), and how it is said."""

    dropped: str | None = None
    denied: bool = False
    future: bool = False
    attempted: bool = False
    background: str | None = None


def judge(tagged: Tagged, trigger: Tag) -> Verdict:
    """Whether a trigger counts, and how it is said."""
    for guard in ("negation", "future", "hypothetical", "recalled", "denial"):
        word = _before(tagged, guard, trigger, _WINDOW[guard])
        if word is None:
            continue
        if tagged.words[word.first].key in _MODAL and trigger.first - word.last >= _MODAL_WINDOW:
            continue
        if guard == "negation" and _only_harm(tagged, word, trigger):
            continue
        if guard == "denial":
            return Verdict(denied=True)
        if guard == "future":
            return Verdict(dropped=_REASON[guard], future=True)
        return Verdict(dropped=f'{_REASON[guard]} ("{tagged.written(word.first, word.last)}")')
    if any(word.key in _FUTURE_INSIDE for word in tagged.words[trigger.first : trigger.last]):
        return Verdict(dropped=_REASON["future"], future=True)
    attempted = _before(tagged, "attempt", trigger, 5) is not None or any(
        t.first <= trigger.first < t.last <= trigger.last for t in tagged.by("attempt")
    )
    background = _background(tagged, trigger)
    return Verdict(attempted=attempted, background=background)


def _only_harm(tagged: Tagged, word: Tag, trigger: Tag) -> bool:
    """Whether only the harm is negated: "no casualties were reported in the shelling", "the strike wounded nobody"."""
    return any(
        word.last <= t.first <= trigger.first and t.last <= max(trigger.first, word.last + 1)
        for category in ("harm", "nobody", "yields")
        for t in tagged.by(category)
    ) and not any(h.first <= trigger.first < h.last for h in tagged.by("harm"))


def _before(tagged: Tagged, category: str, trigger: Tag, window: int) -> Tag | None:
    """A guard's word shortly before the trigger, in the same clause."""
    for tag in tagged.by(category):
        if 0 <= trigger.first - tag.last <= window and not tagged.clause_between(tag.last, trigger.first):
            says_between = any(tag.last <= s.first < trigger.first for s in tagged.by("says"))
            if not says_between:
                return tag
    return None


def _background(tagged: Tagged, trigger: Tag) -> str | None:
    for tag in tagged.by("background"):
        near = -10 <= tag.first - trigger.last <= 8 or tag.first <= trigger.first < tag.last
        if not near or tagged.clause_between(tag.last, trigger.first):
            continue
        return f'what came before ("{tagged.written(tag.first, tag.last)}")'
    for tag in tagged.by("condemn"):
        if tag.first < trigger.first and not any(h.value == "killed" for h in tagged.by("harm")):
            return f'talked about, not told ("{tagged.written(tag.first, tag.last)}")'
    if _since_year(tagged):
        return "what has gone on for years"
    for tag in tagged.by("trend"):
        if 0 <= tag.first - trigger.last <= 4 or 0 <= trigger.first - tag.last <= 3:
            return f'a trend ("{tagged.written(tag.first, tag.last)}")'
    words = tagged.words
    for index in range(max(0, trigger.first - 3), trigger.first):
        if words[index].key in ("had", "once") and any(
            t.first < index and t.category == "trigger" for t in tagged.tags if not _inside(t, trigger)
        ):
            return 'what came before ("had")'
    for index in range(max(0, trigger.first - 8), trigger.first):
        if words[index].key in ("since", "until") and index and words[index - 1].key not in ("have", "has"):
            return f'what came before ("{words[index].key}")'
    return None


_SINCE = frozenset({"since", "منذ"})


def _since_year(tagged: Tagged) -> bool:
    """Whether a sentence speaks of the time since a year: "mired in war since 2011"."""
    words = tagged.words
    for index, word in enumerate(words):
        if word.key in _SINCE and any(w.key[:2] in ("19", "20") and len(w.key) == 4 for w in words[index : index + 4]):
            return True
    return False


def _inside(tag: Tag, other: Tag) -> bool:
    return tag.first >= other.first and tag.last <= other.last


_SAYS_SO = 3  # words of a phrase that needs no colon after it: "this article has been retracted"


def genre(tagged: Tagged) -> str | None:
    """Why what a sentence heads is no report, by its own heading: "Opinion: ...", "Retracted: ..."."""
    for tag in tagged.by("genre"):
        sign = tagged.words[tag.last].key if tag.last < len(tagged.words) else ""
        if tag.first == 0 and (sign in (":", "|", "\u2014", "\u2013") or tag.last >= _SAYS_SO):
            return f'no report ("{tagged.written(tag.first, tag.last)}")'
    return None


_CROWDS = ("peaceful_protest", "violent_demonstration", "mob_violence")


def off_topic(tagged: Tagged) -> str | None:
    """Why a sentence is not about armed conflict at all: sport, weather, accident, crime, work."""
    kind = genre(tagged)
    if kind:
        return kind
    if tagged.words and tagged.words[-1].key in ("?", "\u061f"):
        return "a question"
    untrue = tagged.by("untrue")
    if untrue:
        return f'said to be untrue ("{tagged.written(untrue[0].first, untrue[0].last)}")'
    armed = bool(tagged.by("actor")) or any(t.value in ("state", "opposition") for t in tagged.by("group"))
    hard = any(w.value in ("aircraft", "artillery", "chemical", "suicide") for w in tagged.by("weapon"))
    drill = tagged.by("exercise")
    if drill and not any(t.value in ("killed", "injured") for t in tagged.by("harm")):
        return f'an exercise ("{tagged.written(drill[0].first, drill[0].last)}")'
    hazards = tagged.by("hazards")
    if hazards and not (armed and hard):
        return f'not about armed conflict ("{tagged.written(hazards[0].first, hazards[0].last)}")'
    court = tagged.by("court")
    if court and not hard:
        return f'a matter of the courts or the police ("{tagged.written(court[0].first, court[0].last)}")'
    crime = [] if any(t.value == "mob_violence" for t in tagged.by("trigger")) else tagged.by("crime")
    fighters = bool(tagged.by("actor")) or any(g.value in ("opposition", "unnamed") for g in tagged.by("group"))
    if crime and not fighters and not hard:
        return f'crime, not armed conflict ("{tagged.written(crime[0].first, crime[0].last)}")'
    if any(t.value in _CROWDS for t in tagged.by("trigger")):
        return None  # people protest about prices too
    topics = {tagged.words[t.first].key for t in tagged.by("offtopic")}
    if len(topics) >= 2 and not (armed and hard):
        return f"not about armed conflict ({', '.join(sorted(topics)[:3])})"
    if topics and not armed and not tagged.by("weapon") and not tagged.by("group"):
        return f"not about armed conflict ({next(iter(topics))})"
    return None
