"""How sure the extraction is of an event: a linear scorer over a dozen facts about how it was found.

The weights come from our own labelled texts (`scripts/train_confidence.py`); the figure is the share of events found in
this way that were right in kind, day, place and toll. It does not say whether the report is true.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from math import exp

from conflict.errors import InputError
from conflict.facts import EventFacts
from conflict.vocabulary import Assertion, PlaceLevel, Status
from ingest.extraction.cluster import Cluster

_FINE = (PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT)
_SOUND = (0.05, 0.97)  # never certain, in either direction


def load_weights() -> dict[str, float]:
    """The shipped weights. `InputError` if the file cannot be read."""
    path = resources.files("ingest.extraction").joinpath("data", "confidence.json")
    try:
        return {name: float(weight) for name, weight in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, AttributeError) as error:
        raise InputError(f"ingest/extraction/data/confidence.json cannot be read: {error}") from error


def confidence_of(cluster: Cluster, facts: EventFacts, weights: Mapping[str, float]) -> float:
    """Between 0.05 and 0.97, in steps of a hundredth."""
    total = sum(weights.get(name, 0.0) for name in features_of(cluster, facts))
    value = 1 / (1 + exp(-max(-20.0, min(20.0, total))))
    return round(min(max(value, _SOUND[0]), _SOUND[1]), 2)


def features_of(cluster: Cluster, facts: EventFacts) -> list[str]:
    """What is known of how an event was found, by name."""
    place = facts.places[0] if facts.places else None
    inherited = any(n.startswith("place") for n in cluster.inherited)
    killed = facts.fatalities_low is not None or facts.fatalities_high is not None
    truths = {
        "always": True,
        "a telling word": cluster.first.trigger.detail == "strong",
        "the day is known": facts.time_precision == 1,
        "the day is inherited": any(n.startswith("day") for n in cluster.inherited),
        "several days": facts.event_date_end is not None,
        "a place of its own": place is not None and not inherited,
        "the place is resolved": place is not None and place.place is not None,
        "a settlement": place is not None and place.place is not None and place.place.level in _FINE,
        "several places": len(facts.places) > 1,
        "people harmed": bool(facts.casualties),
        "dead counted": killed,
        "dead in a range": killed and facts.fatalities_best is None,
        "several rows of harm": len(facts.casualties) > 2,
        "a named source": any(f.voice.originator for f in cluster.frames),
        "told more than once": len(cluster.frames) > 1,
        "both sides named": facts.actor1 is not None and facts.actor2 is not None,
        "one side named": (facts.actor1 is None) != (facts.actor2 is None),
        "opens the report": cluster.first.index <= 1,
        "late in the report": cluster.first.index >= 4,
        "denied": facts.assertion is Assertion.DENIED,
        "attempted": facts.assertion is Assertion.ATTEMPTED,
        "going on": facts.status is Status.ONGOING,
        f"type: {facts.event_type.value}": True,
    }
    return [name for name, true in truths.items() if true]
