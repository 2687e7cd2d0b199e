"""What operators ruled survives: corrections over later folds, merges that stay, merges taken back that stay back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from conflict.corrections import Correction, Killed, corrected
from conflict.errors import StorageError
from conflict.events import ChangeKind, ConflictEvent
from conflict.fold import fold
from conflict.periods import DaySpan
from conflict.vocabulary import SubEventType
from ingest.plan import plan
from storage import Storage
from storage.rulings import Ruled
from tests.storage.values import ARIHA, NOW, SARAQIB, claim, facts, keep, report

SET_RIGHT = (
    Correction("killed", Killed(3, 3, None)),
    Correction("place", SARAQIB),
    Correction("sub_event_type", SubEventType.SHELLING),
    Correction("event_date", DaySpan(date(2019, 12, 1), date(2019, 12, 1), 1)),
)


def test_a_correction_is_kept_and_stands_over_what_is_said_later(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        event = keep(unit, facts(ARIHA, killed=9))
        unit.reports.save(report("r2"))
        said = (*event.claims, claim("c2", facts(ARIHA, killed=8), report_id="r2", originator="SNHR"))
        after = fold(event.event_id, 2, said, corrections=SET_RIGHT, updated_at=NOW)
        unit.events.save(after, ChangeKind.REVISED, report_id=None, why="corrected", at=NOW)
    with storage.begin() as unit:
        held = unit.events.get(event.event_id)
    assert held == after
    assert held is not None
    assert held.corrections == SET_RIGHT
    assert held.facts == corrected(held.facts, SET_RIGHT)
    assert (held.facts.fatalities_low, held.facts.fatalities_best) == (3, 3)
    assert "toll" not in held.disputed


def test_merged_by_an_operator_two_stay_one_until_it_is_taken_back_and_then_two(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        one = keep(unit, facts(ARIHA, killed=1))
        unit.reports.save(report("r2"))
        other = keep(unit, facts(SARAQIB, killed=2), report_id="r2", originator="SNHR")
        joined = fold(one.event_id, 2, (*one.claims, *other.claims), updated_at=NOW)
        unit.events.absorb(joined, other.event_id, why="one strike", at=NOW)
        unit.rulings.join(one.event_id, other.event_id, why="one strike", at=NOW)
    assert _replanned(storage, one.event_id) == ()
    with storage.begin(write=True) as unit:
        assert unit.rulings.part(other.event_id, why="two strikes", at=NOW) == one.event_id
        for event_id in (one.event_id, other.event_id):
            _save_again(unit.events.get(event_id), unit)
        with pytest.raises(StorageError):
            unit.rulings.part(other.event_id, why="again", at=NOW)
    with storage.begin() as unit:
        apart = unit.events.get_many((one.event_id, other.event_id))
        assert [event.claims for event in apart] == [one.claims, other.claims]
        ruled = unit.rulings.among([one.event_id])
    assert ruled == Ruled(frozenset(), frozenset({frozenset({one.event_id, other.event_id})}))
    same = [replace(event, facts=apart[0].facts) for event in apart]
    alike = [fold(e.event_id, 3, [replace(c, facts=apart[0].facts) for c in e.claims]) for e in same]
    assert plan((), alike, apart=ruled.apart) == ()
    assert plan((), alike) != ()


def _replanned(storage: Storage, event_id: str) -> tuple[object, ...]:
    with storage.begin() as unit:
        held = unit.events.get(event_id)
        ruled = unit.rulings.among([event_id])
    assert held is not None
    assert plan((), [held]) != ()  # two towns: without the ruling they would part again
    return plan((), [held], joined=ruled.joined, apart=ruled.apart)


def _save_again(event: ConflictEvent | None, unit: object) -> None:
    assert event is not None
    again = fold(event.event_id, event.revision + 1, event.claims, updated_at=NOW)
    unit.events.save(again, ChangeKind.REVISED, report_id=None, why="parted", at=NOW)  # type: ignore[attr-defined]
