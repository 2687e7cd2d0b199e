"""What is stored on the ceasefires of a place: which they are, and their breaches week by week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from conflict import ceasefires as shipped
from conflict.answers import Answer
from conflict.breaches import WEEKS, by_week
from conflict.ceasefires import Ceasefire, CeasefireStatus
from conflict.gazetteer import Gazetteer
from conflict.places import Place
from conflict.vocabulary import PlaceLevel
from storage import EventQuery, Unit

MOST = 6  # truces told in full in one answer


def with_ceasefires(answer: Answer, unit: Unit, query: EventQuery, places: Gazetteer) -> Answer:
    """The answer with the truces of the places asked for (also those of parts of them) and the weeks of breaches.

    Without a period: the truces in force today, else the last one that ended; the weeks are the last `WEEKS`.
    """
    today = (query.as_of or answer.now).date()
    first, last = query.first_day, query.last_day or today
    known = {one.ceasefire_id: one for one in (*shipped.load(), *unit.ceasefires.all())}
    here = [one for one in known.values() if _concerns(one, query.places, places)]
    here.sort(key=lambda one: (one.effective_from, one.ceasefire_id), reverse=True)
    told = [one for one in here if _shares_a_day(one, first or today, last)]
    if not told:
        told = [one for one in here if one.effective_from <= today][:1]
    weeks = query if first else replace(query, first_day=last - timedelta(weeks=WEEKS - 1, days=last.weekday()))
    return replace(
        answer,
        ceasefires=tuple(told[:MOST]),
        breach_weeks=by_week(unit.breaches(weeks)),
        database_empty=answer.database_empty and not told,
    )


def _shares_a_day(one: Ceasefire, first: date, last: date) -> bool:
    return one.effective_from <= last and (one.effective_to is None or one.effective_to >= first)


def _concerns(one: Ceasefire, asked: Iterable[Place], places: Gazetteer) -> bool:
    """Whether a truce's area holds one of the places asked for, or lies in one; any, where none was asked for."""
    asked = tuple(asked)
    if one.status is CeasefireStatus.PROPOSED:
        return False
    return not asked or any(_touches(area, place, places) for area in one.area for place in asked)


def _touches(area: str, place: Place, places: Gazetteer) -> bool:
    if area in (place.place_id, place.admin2_id, place.admin1_id, place.country_code):
        return True
    unit = places.get(area)
    return place.level is PlaceLevel.COUNTRY and unit is not None and places.within(unit, place)
