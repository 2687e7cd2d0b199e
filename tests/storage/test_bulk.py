"""Many rows at once: what is kept beside the events is what would be noted of them one by one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, select

from storage.derived import event_counts, event_marks
from storage.deriving import derive_all
from tests.ingest.importing import ACLED, UCDP, open_at, run, write


def test_what_is_counted_of_many_is_what_is_counted_of_each(tmp_path: Path) -> None:
    storage = open_at(tmp_path / "sitrep.db")
    kinds = (("Battles", "Armed clash"), ("Violence against civilians", "Attack"), ("Protests", "Peaceful protest"))
    rows = [
        {
            **ACLED,
            **dict(zip(("event_type", "sub_event_type"), kinds[n % 3], strict=True)),
            "event_id_cnty": f"SYR{n}",
            "event_date": f"2019-{n % 12 + 1:02d}-11",
            "notes": "Unknown fatalities." if n % 5 == 0 else "",
            "fatalities": str(n % 4),
            "geo_precision": str(n % 3 + 1),
            "tags": "women targeted" if n % 7 == 0 else "",
        }
        for n in range(60)
    ]
    rows[0] |= {"location": "Nowhere at all", "latitude": "35.1", "longitude": "37.1"}
    assert run(storage, write(tmp_path / "a.csv", rows))[0].inserted == 60
    lasting = [{**UCDP, "id": str(n), "date_start": "2018-01-01", "where_prec": str(n)} for n in range(1, 8)]
    run(storage, write(tmp_path / "u.csv", lasting))
    storage.close()
    engine = create_engine(f"sqlite:///{tmp_path}/sitrep.db")
    with engine.begin() as connection:
        tables = (event_marks, event_counts)
        before = [sorted(map(repr, connection.execute(select(table)))) for table in tables]
        derive_all(connection)
        after = [sorted(map(repr, connection.execute(select(table)))) for table in tables]
    engine.dispose()
    assert before[0]
    assert before == after
