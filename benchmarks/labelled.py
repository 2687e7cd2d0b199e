"""Our own labelled sentences and articles: how they are read, split in halves and held against what is extracted.

`tests/data/extraction/sentences.jsonl` and `articles.jsonl` were written by us in the manner of news and coder prose.
Rules are tuned on the half "tune" only; "check" says how they do on what they were not made for.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from conflict.events import EventData, Report, ReportKind
from conflict.facts import Casualty
from conflict.names import folded
from conflict.places import Place, Places
from conflict.vocabulary import TYPE_OF, CasualtyKind, Status, SubEventType
from ingest.extraction import Extraction, Extractor

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "extraction"
HALVES = ("tune", "check")
NEAR_KM = 25.0
FIELDS = ("sub_type", "type", "day", "place", "killed", "injured", "side", "originator", "assertion")

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """The rows of `sentences` or `articles`."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def half_of(row: Row) -> str:
    """Which half a row is in, by a hash of its id: it never moves when others are added."""
    return HALVES[hashlib.sha256(row["id"].encode()).digest()[0] % 2]


def report_of(row: Row) -> Report:
    """The row as a report, published at noon."""
    at = datetime.combine(date.fromisoformat(row["published"]), datetime.min.time(), UTC).replace(hour=12)
    return Report(
        row["id"],
        "labelled",
        "Labelled",
        ReportKind.TEXT,
        row["text"],
        title=row.get("title"),
        language=row["language"],
        published_at=at,
    )


@dataclass(slots=True)
class Score:
    """Counts over rows: fields right of those labelled, events right of those told, and the misses in words."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    told: int = 0
    told_right: int = 0
    relevant_right: int = 0
    relevant_wrong: int = 0
    relevant_missed: int = 0
    sure: list[tuple[float, bool]] = field(default_factory=list)  # (confidence, right?)
    kinds: list[tuple[float, bool]] = field(default_factory=list)  # as `sure`, the kind alone
    misses: list[str] = field(default_factory=list)

    def share(self, name: str) -> float:
        """The share of labelled values of a field that came out right; an event missed has all of them wrong."""
        return self.right[name] / max(1, self.of[name])

    @property
    def precision(self) -> float:
        """The share of events told as news that are labelled."""
        return self.told_right / max(1, self.told)

    @property
    def relevance(self) -> float:
        """F1 of whether a text tells of conflict at all."""
        return 2 * self.relevant_right / max(1, 2 * self.relevant_right + self.relevant_wrong + self.relevant_missed)


def score(extractor: Extractor, places: Places, chosen: Iterable[Row]) -> Score:
    """Extract each row and hold it against its labels."""
    total = Score()
    for row in chosen:
        _score_row(total, extractor.extract(report_of(row)), places, row)
    return total


def reliability(sure: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int, float]]:
    """Of the events within each band of confidence: the band's ends, how many they are, the share that is right."""
    bands = ((0.0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.0))
    table = []
    for low, high in bands:
        inside = [right for value, right in sure if low <= value < high]
        if inside:
            table.append((low, high, len(inside), sum(inside) / len(inside)))
    return table


def _score_row(total: Score, found: Extraction, places: Places, row: Row) -> None:
    news = [e for e in found.events if e.facts.status is not Status.BACKGROUND]
    counted = bool(found.tolls or found.tallies)
    wanted: Sequence[Row] = row["events"]
    relevant = bool(wanted) or row.get("kind") in ("toll", "tally")
    if relevant:
        total.relevant_right += bool(news) or counted
        total.relevant_missed += not news and not counted
    else:
        total.relevant_wrong += bool(news)
    if "tally" in row:
        total.of["tally"] += 1
        total.right["tally"] += [t.count for t in found.tallies] == [row["tally"]]
    left = list(news)
    for label in wanted:
        pairs = [(_likeness(label, event, places), -i, event) for i, event in enumerate(left)]
        best = max(pairs, key=lambda p: (p[0], p[1]), default=None)
        event = best[2] if best and best[0] >= 3 else None
        if event:
            left.remove(event)
        if event is None and row.get("or_toll") and found.tolls:
            continue
        _score_event(total, row, label, event, places)
    for event in left:
        total.told += 1
        total.sure.append((event.confidence or 0.0, False))
        total.kinds.append((event.confidence or 0.0, False))
        total.misses.append(f"{row['id']} invented {event.facts.sub_event_type.value!r} {event.why[:1]}: {row['text']}")


def _score_event(total: Score, row: Row, label: Row, event: EventData | None, places: Places) -> None:
    verdicts = _verdicts(label, event, places)
    wrong = [name for name, right in verdicts.items() if not right and name != "type"]
    for name, right in verdicts.items():
        total.of[name] += 1
        total.right[name] += right
    if event is None:
        total.misses.append(f"{row['id']} missed {label['sub_types']}: {row['text']}")
    elif wrong:
        seen = "; ".join(f"{name} {_shown(event, name)} not {_label(label, name)}" for name in wrong)
        total.misses.append(f"{row['id']} {seen}: {row['text']}")
    if event:
        total.told += 1
        total.told_right += verdicts["sub_type"]
        total.kinds.append((event.confidence or 0.0, verdicts["sub_type"]))
        fields = ("sub_type", "day", "place", "killed")
        total.sure.append((event.confidence or 0.0, all(verdicts.get(name, True) for name in fields)))


def _verdicts(label: Row, event: EventData | None, places: Places) -> dict[str, bool]:
    """For each labelled field whether it came out right."""
    facts = event.facts if event else None
    subs = [SubEventType(s) for s in label["sub_types"]]
    out = {
        "sub_type": bool(facts and facts.sub_event_type in subs),
        "type": bool(facts and facts.event_type in {TYPE_OF[s] for s in subs}),
        "assertion": bool(facts and facts.assertion.value == label.get("assertion", "stated")),
    }
    if "start" in label:
        start, end = date.fromisoformat(label["start"]), date.fromisoformat(label["end"])
        out["day"] = bool(
            facts
            and facts.event_date
            and start <= facts.event_date
            and (facts.event_date_end or facts.event_date) <= end
        )
    if "places" in label:
        place = facts.primary_place.place if facts and facts.primary_place else None
        out["place"] = bool(place and (_is_near(place, label) or _is_there(place, label["places"], places)))
    if label.get("assertion") != "denied" and not label.get("disputed"):
        killed = label.get("killed")
        bounds = (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high) if facts else None
        wanted = (killed["low"], killed["count"], killed["high"]) if killed else (None, None, None)
        out["killed"] = bounds == wanted
    if "injured" in label:
        out["injured"] = bool(facts and label["injured"]["low"] in _bounds(_injured(facts.casualties)))
    for name, civilian in (("killed_civilians", True), ("killed_others", False)):
        if name in label:
            rows = (
                [c for c in facts.casualties if c.kind is CasualtyKind.KILLED and c.civilian is civilian]
                if facts
                else []
            )
            out["side"] = out.get("side", True) and label[name]["low"] in _bounds(rows)
    if "originators" in label:
        said = [c.originator.lower() for c in event.claims if c.originator] if event else []
        out["originator"] = any(w.lower() in s for w in label["originators"] for s in said)
    return out


def _injured(casualties: Sequence[Casualty]) -> list[Casualty]:
    return [c for c in casualties if c.kind is CasualtyKind.INJURED]


def _bounds(casualties: Sequence[Casualty]) -> tuple[int, ...]:
    """What a field's rows may come to: the largest, or the sum; parts of a total are rows of their own."""
    lows = [c.low if c.low is not None else c.count or 0 for c in casualties]
    return (max(lows), sum(lows)) if lows else ()


def _is_near(place: Place, label: Row) -> bool:
    """Whether a place lies within a label's own distance of its own point, where it gives one."""
    at = label.get("at")
    if at is None:
        return False
    return _distance(place.latitude, place.longitude, at[0], at[1]) <= float(label.get("km", NEAR_KM))


def _is_there(place: Place, names: Sequence[str], places: Places) -> bool:
    """Whether a place is one of the labelled ones: by name, or within 25 km of what the name means."""
    for name in names:
        if folded(name) == folded(place.name):
            return True
        for candidate in places.find(name, country=place.country_code):
            if candidate.place.place_id == place.place_id or _km(place, candidate.place) <= NEAR_KM:
                return True
    return False


def _km(one: Place, other: Place) -> float:
    return _distance(one.latitude, one.longitude, other.latitude, other.longitude)


def _distance(*degrees: float | None) -> float:
    if None in degrees:
        return float("inf")
    lat1, lon1, lat2, lon2 = (radians(v or 0.0) for v in degrees)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 12_742 * asin(sqrt(half))


def _likeness(label: Row, event: EventData, places: Places) -> int:
    """How well an event fits a label: the same sub-type first, then type, day, place and toll."""
    verdicts = _verdicts(label, event, places)
    weights = {"sub_type": 6, "type": 3, "day": 1, "place": 1, "killed": 1}
    return sum(weight for name, weight in weights.items() if verdicts.get(name))


def _shown(event: EventData, name: str) -> object:
    facts = event.facts
    place = facts.primary_place
    return {
        "sub_type": facts.sub_event_type.value,
        "type": facts.event_type.value,
        "day": (str(facts.event_date), str(facts.event_date_end)),
        "place": (place.text, place.place and (place.place.name, place.place.country_code)) if place else None,
        "killed": (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high),
        "injured": _bounds(_injured(facts.casualties)),
        "side": [(c.count or c.low, c.kind.value, c.civilian, c.role) for c in facts.casualties],
        "originator": [c.originator for c in event.claims],
        "assertion": facts.assertion.value,
    }[name]


def _label(label: Row, name: str) -> object:
    keys = {
        "sub_type": "sub_types",
        "type": "sub_types",
        "day": "start",
        "place": "places",
        "originator": "originators",
    }
    if name == "side":
        return {k: v["low"] for k, v in label.items() if k.startswith("killed_")}
    value = label.get(keys.get(name, name))
    return (value["low"], value["count"], value["high"]) if isinstance(value, dict) else value
