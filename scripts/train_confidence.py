"""Train the weights of an event's confidence on the "tune" half of our labelled texts; "check" tells how good it is.

`python scripts/train_confidence.py` writes `ingest/extraction/data/confidence.json` and prints the reliability of both
halves. Uses nothing but sentences we wrote ourselves.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from math import exp
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import labelled  # noqa: E402  the checkout is put on the path first
from conflict.facts import EventFacts  # noqa: E402
from conflict.gazetteer import Gazetteer  # noqa: E402
from ingest.extraction import Extractor, confidence, extractor  # noqa: E402
from ingest.extraction.cluster import Cluster  # noqa: E402

TARGET = ROOT / "ingest" / "extraction" / "data" / "confidence.json"
SETS = ("sentences", "articles", "kinds", "fields")
ROUNDS, RATE, PULL = 400, 0.5, 0.02  # passes, step, pull towards zero
FLATTERED = 0.6  # log-odds by which the half that the rules were tuned on is easier than texts never seen

Example = tuple[list[str], bool]


def examples(half: str, places: Gazetteer) -> list[Example]:
    """How each event of a half was found, and whether it was right in kind, day, place and toll."""
    seen: list[list[str]] = []

    def note(cluster: Cluster, facts: EventFacts, weights: object) -> float:
        seen.append(confidence.features_of(cluster, facts))
        return float(len(seen) - 1)

    kept = extractor.confidence_of
    extractor.confidence_of = note  # type: ignore[assignment]  each event carries the number of its features
    try:
        reader = Extractor.load(places)
        rows = [row for name in SETS for row in labelled.rows(name) if labelled.half_of(row) == half]
        sure = labelled.score(reader, places, rows).sure
    finally:
        extractor.confidence_of = kept
    return [(seen[int(number)], right) for number, right in sure]


def train(found: Sequence[Example]) -> dict[str, float]:
    """Logistic regression by plain gradient descent."""
    weights: dict[str, float] = defaultdict(float)
    for _ in range(ROUNDS):
        step: dict[str, float] = defaultdict(float)
        for names, right in found:
            missed = right - _share(weights, names)
            for name in names:
                step[name] += missed
        for name, value in step.items():
            weights[name] += RATE * (value / len(found) * 4 - PULL * weights[name])
    weights["always"] -= FLATTERED
    return {name: round(weight, 3) for name, weight in sorted(weights.items())}


def _share(weights: dict[str, float], names: Sequence[str]) -> float:
    return 1 / (1 + exp(-sum(weights.get(name, 0.0) for name in names)))


def main() -> None:
    """Train, write, print."""
    places = Gazetteer.load()
    halves = {half: examples(half, places) for half in labelled.HALVES}
    weights = train(halves["tune"])
    TARGET.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    for half, found in halves.items():
        sure = [(_share(weights, names), right) for names, right in found]
        print(f"{half}: {len(sure)} events, {sum(r for _, r in sure) / len(sure):.2f} right")
        for low, high, count, share in labelled.reliability(sure):
            print(f"  {low:.2f}-{high:.2f}: {count:4d} events, {share:.2f} right")
        above = [right for value, right in sure if value >= 0.8]
        print(f"  above .8: {len(above)} events, {sum(above) / max(1, len(above)):.2f} right")


if __name__ == "__main__":
    main()
