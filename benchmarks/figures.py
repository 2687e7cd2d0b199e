"""A measured figure beside its target, as `make bench` prints and stores it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `name` has a row in `targets.toml` when it is promised; `note` says what was measured."""

    name: str
    value: float
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised: `better` is "lower" or "higher"."""

    name: str
    unit: str
    target: float
    better: str


def targets() -> dict[str, Target]:
    """The promises of `targets.toml`, by name."""
    rows = tomllib.loads((HERE / "targets.toml").read_text(encoding="utf-8"))["target"]
    return {row["name"]: Target(row["name"], row["unit"], float(row["target"]), row["better"]) for row in rows}


def percentile(values: Sequence[float], percent: int) -> float:
    """The `percent`-th percentile (1-99) of at least two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def ratio(figure: Figure, target: Target) -> float:
    """How well the target is met: 1 exactly met, above 1 better, whatever the direction."""
    if target.better == "lower":
        return target.target / figure.value if figure.value else float("inf")
    return figure.value / target.target


def line(figure: Figure, target: Target | None) -> str:
    """One printed row: name, value, target, ratio, note."""
    value = f"{figure.value:,.3g}" if figure.value < 1000 else f"{figure.value:,.0f}"
    row = f"{figure.name:<44} {value:>12} {figure.unit:<8}"
    if target:
        row += f" target {target.target:>10,g}  ratio {ratio(figure, target):6.2f}"
    return f"{row}  {figure.note}".rstrip()


def store(figures: Iterable[Figure], path: Path = HERE / "latest.json") -> None:
    """Write `{name: {value, unit, target}}`, keeping rows of parts that were not measured this time."""
    known = targets()
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for figure in figures:
        target = known.get(figure.name)
        rows[figure.name] = {
            "value": figure.value,
            "unit": figure.unit,
            "target": target.target if target else None,
        }
    path.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", encoding="utf-8")
