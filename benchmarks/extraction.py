"""How well and how fast texts become events, on the gold article, on real Syrian-war news and on world events.

Also on our own labelled texts. Reads `../shared/data` beside the checkout and says so where it is absent.
`python -m benchmarks.extraction [--misses]`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import labelled
from benchmarks.figures import Figure
from conflict.events import EventData, Report, ReportKind
from conflict.gazetteer import Gazetteer
from conflict.numbers import find_numbers
from conflict.vocabulary import Status, SubEventType
from ingest.extraction import Extraction, Extractor

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# What the marked words of a cause mean, most telling first; several answers may be right.
_CAUSES: tuple[tuple[tuple[str, ...], frozenset[SubEventType]], ...] = (
    (("chemical", "gas", "sarin", "chlorine", "toxic", "nerve"), frozenset({SubEventType.CHEMICAL_WEAPON})),
    (("suicide",), frozenset({SubEventType.SUICIDE_BOMB})),
    (
        (
            "air strike",
            "airstrike",
            "air raid",
            "air attack",
            "aerial",
            "warplane",
            "barrel bomb",
            "raid",
            "jets",
            "bombing raid",
            "drone",
            "aircraft",
            "airstirke",
            "air-",
        ),
        frozenset({SubEventType.AIR_STRIKE}),
    ),
    (
        ("shell", "rocket", "mortar", "artillery", "missile"),
        frozenset({SubEventType.SHELLING, SubEventType.AIR_STRIKE}),
    ),
    (
        ("car bomb", "bomb attack", "bomb blast", "blast", "explos", "ied", "mine", "booby", "truck bomb"),
        frozenset({SubEventType.REMOTE_EXPLOSIVE, SubEventType.SUICIDE_BOMB}),
    ),
    (
        ("bombard", "strikes", "bombing", "bomb"),
        frozenset({SubEventType.AIR_STRIKE, SubEventType.SHELLING, SubEventType.REMOTE_EXPLOSIVE}),
    ),
    (
        ("execut", "behead", "massacre", "slaughter", "shot", "shoot", "sniper", "gun", "kidnap", "tortur"),
        frozenset({SubEventType.ATTACK, SubEventType.ABDUCTION}),
    ),
    (("clash", "battle", "fight", "ambush", "offensive", "operation"), frozenset({SubEventType.ARMED_CLASH})),
)
_PROVINCES = {
    "aleppo": "Aleppo",
    "damascus": "Damascus",
    "idlib": "Idlib",
    "deir ezzor": "Deir ez-Zor",
    "raqqa": "Raqqa",
    "homs": "Homs",
    "hasakeh": "Al-Hasakah",
    "hama": "Hama",
    "daraa": "Daraa",
    "lattakia": "Latakia",
    "quneitra": "Quneitra",
}


def lines(name: str) -> Iterator[dict[str, Any]]:
    """The rows of one of the shared JSON-lines files; none where it is absent."""
    path = DATA / name
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def report(text: str, published: date | None, *, title: str | None = None, name: str = "bench") -> Report:
    """A report to measure with."""
    at = datetime(published.year, published.month, published.day, 12, tzinfo=UTC) if published else None
    return Report(name, "bench", "bench", ReportKind.TEXT, text, title=title, published_at=at)


def told(extraction: Extraction) -> list[EventData]:
    """The events that are told as news."""
    return [e for e in extraction.events if e.facts.status is not Status.BACKGROUND]


def gold_article(extractor: Extractor) -> dict[str, float]:
    """Share of the gold events found with type, day and province; background items told as news."""
    path = DATA / "gold_seed_article.json"
    if not path.is_file():
        return {}
    gold = json.loads(path.read_text(encoding="utf-8"))
    text = (DATA / gold["document"]["path"]).read_text(encoding="utf-8")
    events = told(extractor.extract(report(text, date.fromisoformat(gold["document"]["publication_date"]))))
    left = list(events)
    found = 0
    for wanted in gold["events"]:
        match = next((e for e in left if _matches(e, wanted)), None)
        if match:
            left.remove(match)
            found += 1
        elif "--misses" in sys.argv:
            print("  gold miss", wanted["id"])
    return {
        "extraction_gold_events_found": found / len(gold["events"]),
        "extraction_gold_precision": found / max(1, len(events)),
    }


def _matches(event: EventData, wanted: dict[str, Any]) -> bool:
    facts = event.facts
    if facts.sub_event_type.value != wanted["sub_event_type"] or facts.event_date is None:
        return False
    start, end = date.fromisoformat(wanted["date_start"]), date.fromisoformat(wanted["date_end"])
    if not (facts.event_date <= end and start <= (facts.event_date_end or facts.event_date)):
        return False
    provinces = {
        (p["admin1"] or "").replace("Al-Hasakeh", "Al-Hasakah").replace("Ar-Raqqa", "Raqqa") for p in wanted["places"]
    }
    mine = {p.place.admin1 for p in facts.places if p.place}
    if not provinces & mine or (wanted.get("time_of_day") and facts.part_of_day != wanted["time_of_day"]):
        return False
    return bool(facts.fatalities_best == wanted["fatalities_total"])


def syrian_news(extractor: Extractor) -> dict[str, float]:
    """The marked cause among the sub-types found, the marked tolls found, the province found."""
    rows = list(lines("news_syria_fakes_dev.jsonl"))
    if not rows:
        return {}
    hits = {"cause": [0, 0], "toll": [0, 0], "governorate": [0, 0], "any": [0, 0]}
    spent = 0.0
    characters = 0
    for row in rows:
        began = time.process_time()
        extraction = extractor.extract(report(row["text"], None, title=row["title"], name=row["id"]))
        spent += time.process_time() - began
        characters += len(row["text"])
        events = extraction.events
        _count(hits["any"], bool(events), row, "any event", extraction)
        wanted = _cause(row["spans"]["cause_of_death"])
        if wanted:
            _count(
                hits["cause"],
                any(e.facts.sub_event_type in wanted for e in events),
                row,
                row["spans"]["cause_of_death"],
                extraction,
            )
        numbers = {
            n.count or n.low or n.high
            for key in ("civilians", "non_civilians", "children", "women")
            for n in find_numbers(row["spans"][key], "en")
        }
        mine = {
            v
            for e in events
            for f in [e.facts, *(c.facts for c in e.claims)]
            for v in (f.fatalities_low, f.fatalities_best, f.fatalities_high)
        }
        mine |= {v for e in events for c in e.facts.casualties for v in (c.count, c.low, c.high)}
        mine |= {v for t in extraction.tolls for c in t.casualties for v in (c.count, c.low, c.high)}
        for number in numbers:
            _count(hits["toll"], number in mine, row, f"toll {number}", extraction)
        if row["governorate"]:
            province = _PROVINCES.get(row["governorate"], row["governorate"])
            mine_at = {p.place.admin1 or "" for e in events for p in e.facts.places if p.place}
            right = any(province in place for place in mine_at)
            _count(hits["governorate"], right, row, f"{province} in {mine_at}", extraction)
    names = {
        "cause": "fakes_subtype",
        "toll": "fakes_toll",
        "governorate": "fakes_governorate",
        "any": "fakes_any_event",
    }
    figures = {names[key]: good / max(1, of) for key, (good, of) in hits.items()}
    figures["extraction_articles_per_second_undated_one_pass"] = characters / 2_000 / spent
    figures["extraction_articles_per_second"] = _speed(extractor, rows[:100])
    return figures


def _speed(extractor: Extractor, rows: list[dict[str, Any]]) -> float:
    """Articles of 2 kB a second of CPU time, published on a known day as most are: the best of five passes."""
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for row in rows:
            extractor.extract(report(row["text"], date(2017, 5, 1)))
        best = min(best, time.process_time() - began)
    return sum(len(row["text"]) for row in rows) / 2_000 / best


def _cause(words: str) -> frozenset[SubEventType]:
    low = words.lower()
    for marks, meant in _CAUSES:
        if any(mark in low for mark in marks):
            return meant
    return frozenset()


def _count(tally: list[int], right: bool, row: dict[str, Any], what: str, extraction: Extraction) -> None:
    tally[0] += right
    tally[1] += 1
    if not right and "--misses" in sys.argv:
        subs = sorted({e.facts.sub_event_type.value for e in extraction.events})
        print(f"  {row['id']} {what!r} got {subs} {extraction.reason or ''} | {row['title'][:70]}")


def world_events(extractor: Extractor) -> dict[str, float]:
    """Relevance: events found where the sentence is of conflict, none where it is not."""
    right = wrong = missed = rows = 0
    for row in lines("relevance_current_events_dev.jsonl"):
        rows += 1
        extraction = extractor.extract(report(row["text"], date.fromisoformat(row["date"])))
        found = bool(extraction.events or extraction.tolls or extraction.tallies)
        right += found and row["conflict"]
        wrong += found and not row["conflict"]
        missed += row["conflict"] and not found
        if found != row["conflict"] and "--misses" in sys.argv:
            subs = [(e.facts.sub_event_type.value, e.why[0]) for e in extraction.events]
            print(f"  {'false alarm' if found else 'missed'} {row['text'][:230]} {subs} {extraction.reason or ''}")
    if not rows:
        return {}
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return {
        "relevance_precision": precision,
        "relevance_recall": recall,
        "relevance_f1": 2 * precision * recall / max(1e-9, precision + recall),
    }


_SURE = 0.8


def own_texts(extractor: Extractor, places: Gazetteer) -> dict[str, float]:
    """Our labelled sentences and articles, half by half; rules were tuned on "tune" only. Prints the reliability."""
    figures: dict[str, float] = {}
    sure: list[tuple[float, bool]] = []
    kinds: list[tuple[float, bool]] = []
    for name in ("sentences", "articles", "kinds", "fields"):
        for half in labelled.HALVES:
            found = labelled.score(
                extractor, places, [row for row in labelled.rows(name) if labelled.half_of(row) == half]
            )
            if half == "check":
                sure += found.sure
                kinds += found.kinds
            kind = f"own_{name}_{half}"
            figures |= {f"{kind}_{key}": found.share(key) for key in labelled.FIELDS if found.of[key]}
            figures |= {f"{kind}_precision": found.precision, f"{kind}_relevance_f1": found.relevance}
            if "--misses" in sys.argv and half == "tune":
                print("\n".join(f"  {miss}" for miss in found.misses))
    print("  confidence of events on the half that nothing was tuned on")
    for (low, high, count, right), (*_, kind_right) in zip(
        labelled.reliability(sure), labelled.reliability(kinds), strict=True
    ):
        print(f"  {low:.2f}-{high:.2f}: {count:4d} events, {kind_right:.2f} right in kind, {right:.2f} in all it tells")
    for name, found_right in (("kind", kinds), ("all", sure)):
        above = [right for value, right in found_right if value >= _SURE]
        figures[f"own_check_above_80_right_{name}"] = sum(above) / max(1, len(above))
    return figures


def hostile(extractor: Extractor) -> dict[str, float]:
    """The slowest of some hostile texts of 10 kB, in milliseconds."""
    texts: Iterable[str] = (
        "a" * 10_000,
        "1 " * 5_000,
        "killed 12 " * 1_000,
        '"' * 10_000,
        "((((" * 2_500,
        "\u202e\u200f" * 5_000,
        "\x00" * 10_000,
        "at least " * 1_100,
        "shelling near Idlib on Monday " * 330,
        "قصف " * 2_500,
        "- " * 5_000,
        "." * 10_000,
    )
    extractor.extract(report("Shelling killed two on 3 May.", date(2019, 12, 2)))  # word lists are read at first use
    slowest = 0.0
    for text in texts:
        began = time.process_time()
        extractor.extract(report(text, date(2019, 12, 2)))
        slowest = max(slowest, time.process_time() - began)
    return {"extraction_hostile_10kb_ms": slowest * 1_000}


def measure() -> Iterator[Figure]:
    """Every figure of this part."""
    places = Gazetteer.load()
    extractor = Extractor.load(places)
    if not DATA.is_dir():
        print("  ../shared/data is not there: only our own texts and hostile ones are measured")
    for part in (gold_article, syrian_news, world_events, partial(own_texts, places=places), hostile):
        for name, value in part(extractor).items():
            unit = "ms" if name.endswith("_ms") else "1/s" if "per_second" in name else "share"
            yield Figure(name, value, unit)


if __name__ == "__main__":
    for figure in measure():
        print(f"{figure.name:45} {figure.value:10.3f} {figure.unit}")
