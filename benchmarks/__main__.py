"""`make bench` or `make bench ONLY=places`: measure, print name, value, target and ratio, write latest.json.

A part is a module of this package with a function `measure()` that yields `Figure`s; its name is the module's.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from benchmarks.figures import Figure, line, store, targets


def parts() -> list[str]:
    """The names of the parts that can be measured."""
    here = Path(__file__).parent
    return sorted(p.stem for p in here.glob("*.py") if "\ndef measure(" in p.read_text(encoding="utf-8"))


def main(wanted: list[str]) -> int:
    """Measure the wanted parts, or all."""
    unknown = [name for name in wanted if name not in parts()]
    if unknown:
        print(f"No such part: {', '.join(unknown)}. There are: {', '.join(parts())}.", file=sys.stderr)
        return 2
    promised, figures = targets(), list[Figure]()
    for name in wanted or parts():
        print(f"\n{name}")
        for figure in import_module(f"benchmarks.{name}").measure():
            print("  " + line(figure, promised.get(figure.name)), flush=True)
            figures.append(figure)
    store(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
