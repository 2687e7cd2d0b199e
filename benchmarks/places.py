"""How well and how fast places are found: spellings resolved, questions, typos, text scanned, memory.

The measured spellings and OCHA's list of villages are no part of the project.
`python -m benchmarks.places -v` also shows the misses.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, line
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import DATA, NamedPlace
from conflict.nearby import distance_km
from conflict.places import Place
from conflict.vocabulary import PlaceLevel

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def resident_mb() -> float:
    """Memory of this process in MB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def ocha(gazetteer: Gazetteer) -> Iterator[NamedPlace]:
    """OCHA's populated places of Syria, as an import would give them."""
    with (SHARED / "places" / "syria_populated_places_ocha.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            admin1 = gazetteer.by_code(row["adm1_pcode"])
            yield NamedPlace(
                Place(
                    place_id=f"pcode:{row['pcode']}",
                    name=row["name_en"],
                    level=PlaceLevel.SETTLEMENT,
                    country="Syria",
                    country_code="SY",
                    admin1=admin1.name if admin1 else None,
                    admin1_id=admin1.place_id if admin1 else None,
                    latitude=float(row["lat"]),
                    longitude=float(row["lon"]),
                    name_ar=row["name_ar"] or None,
                )
            )


def accuracy(gazetteer: Gazetteer, top: int = 1, misses: bool = False) -> dict[str, float]:
    """Share of spellings whose first candidate lies within the tolerance, Latin and other scripts."""
    rows = json.loads((SHARED / "places" / "place_names_dev.json").read_text(encoding="utf-8"))
    shares = {}
    for script in ("latin", "other"):
        right = total = 0
        for row in rows:
            for name in row[script]:
                total += 1
                found = gazetteer.find(name, country=row["cc"], limit=top)
                ok = any(
                    c.place.latitude is not None
                    and c.place.longitude is not None
                    and distance_km(c.place.latitude, c.place.longitude, row["lat"], row["lon"]) <= row["tol"]
                    for c in found
                )
                right += 1 if ok else 0
                if misses and not ok:
                    print("  miss", name, [(c.place.name, c.place.country_code, c.how) for c in found])
        shares[script] = right / total
    return shares


def percentiles(work: Callable[[str], object], names: list[str]) -> tuple[float, float]:
    """p50 and p99 of one call, in milliseconds."""
    times = []
    for name in names:
        start = time.perf_counter()
        work(name)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]


def typo(name: str, chance: random.Random) -> str:
    """The name with one letter left out, doubled, swapped or wrong."""
    at = chance.randrange(1, len(name))
    kind = chance.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at - 1] + name[at:]
    if kind == 2 and at + 1 < len(name):
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + chance.choice("abdeiklmnorstu") + name[at + 1 :]


def measure() -> Iterator[Figure]:
    """Load, memory, look-ups, scanning; accuracy where the shared data is."""
    before = resident_mb()
    start = time.perf_counter()
    gazetteer = Gazetteer.load()
    yield Figure("places_load_seconds", time.perf_counter() - start, "s")
    yield Figure("places_memory", resident_mb() - before, "MB")
    yield Figure("places_files", sum(path.stat().st_size for path in DATA.iterdir()) / 1e6, "MB")
    chance = random.Random(1)
    names = [name for name in gazetteer.sample_names(4000, chance) if len(name) > 3]
    for label, fuzzy, asked in (("find", False, names), ("find_fuzzy", True, [typo(name, chance) for name in names])):
        p50, p99 = percentiles(partial(gazetteer.find, country="SY", fuzzy=fuzzy), asked)
        yield Figure(f"places_{label}_p50", p50, "ms")
        yield Figure(f"places_{label}_p99", p99, "ms")
    arabic = "قصفت طائرات حربية ريف إدلب الجنوبي وقرى في محيط مدينة معرة النعمان وقال المرصد إن مدنيين قتلوا. " * 3000
    yield Figure("places_scan_arabic", _scanned(gazetteer, [arabic], True), "MB/s")
    if not SHARED.is_dir():
        return  # accuracy, and speed on real news, need the shared data
    rows = (SHARED / "news_syria_fakes_dev.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(row)["text"] for row in rows]
    for label, cased in (("news", True), ("news_uncased", False)):
        yield Figure(f"places_scan_{label}", _scanned(gazetteer, texts, cased), "MB/s")
    yield from _shares("alone", accuracy(gazetteer))
    yield from _shares("with_ocha", accuracy(Gazetteer.load(extra=ocha(gazetteer)), misses="-v" in sys.argv))


def _scanned(gazetteer: Gazetteer, texts: list[str], cased: bool) -> float:
    start = time.perf_counter()
    for text in texts:
        gazetteer.mentions(text, country="SY", cased=cased)
    return sum(len(text.encode()) for text in texts) / (time.perf_counter() - start) / 1e6


def _shares(where: str, shares: dict[str, float]) -> Iterator[Figure]:
    yield Figure(f"places_latin_{where}", shares["latin"], "", "spellings whose first candidate is right")
    yield Figure(f"places_arabic_{where}", shares["other"], "", "the same, in Arabic and other scripts")


if __name__ == "__main__":
    for figure in measure():
        print(line(figure, None))
