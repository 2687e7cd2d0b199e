"""Questions and answers as JSON, as `sitrep ask --json` prints them; unknown as null, instants in ISO 8601."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conflict.answers import Answer, Range, SourceHealth
from conflict.breaches import BreachWeek
from conflict.ceasefires import Ceasefire
from conflict.jsonform import Json, event_json, tally_json, toll_json
from conflict.places import Candidate, Place
from conflict.questions import Clarification, Question


def question_json(question: Question, understood: str) -> Json:
    """A question as data; `understood` is how it was read, in one line for people."""
    return {
        "kind": question.kind.value,
        "places": [named_place_json(place) for place in question.places],
        "radius_km": question.radius_km,
        "period": {"start": _instant(question.period.start), "end": _instant(question.period.end)},
        "event_types": [kind.value for kind in question.event_types],
        "sub_event_types": [kind.value for kind in question.sub_event_types],
        "tags": list(question.tags),
        "civilians": question.civilians,
        "actor": question.actor,
        "source": question.source,
        "language": question.language,
        "understood": understood,
        "unresolved": list(question.unresolved),
        "suggestions": [named_place_json(place) for place in question.suggestions],
    }


def clarification_json(clarification: Clarification, understood: str) -> Json:
    """A question that needs an answer first: kind `clarify`, with the places it may mean as `choices`."""
    return {
        **question_json(clarification.question, understood),
        "kind": "clarify",
        "choices": [named_place_json(place) for place in clarification.choices],
    }


def answer_json(answer: Answer) -> Json:
    """An answer as data: a page of events, and totals over all `total` of them."""
    return {
        "events": [event_json(event) for event in answer.events],
        "somewhere_in": [event_json(event) for event in answer.coarser],
        "tolls": [toll_json(toll) for toll in answer.tolls],
        "tallies": [tally_json(tally) for tally in answer.tallies],
        "ceasefires": [ceasefire_json(ceasefire) for ceasefire in answer.ceasefires],
        "breach_weeks": [week_json(week) for week in answer.breach_weeks],
        "total": answer.total,
        **_range("fatalities", answer.fatalities),
        **_range("injured", answer.injured),
        "containing": toll_json(answer.containing) if answer.containing else None,
        "originators": list(answer.originators),
        "publishers": list(answer.publishers),
        "reports": answer.reports,
        "fresh_to": _instant(answer.fresh_to),
        "silent_sources": [source_json(source) for source in answer.silent_sources],
        "page": answer.page,
        "pages": answer.pages,
        "sample": answer.sample,
    }


def named_place_json(place: Place) -> Json:
    """A place of the gazetteer."""
    return {
        "place_id": place.place_id,
        "name": place.name,
        "country": place.country,
        "admin1": place.admin1,
        "admin2": place.admin2,
        "level": place.level.value,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def candidate_json(candidate: Candidate) -> Json:
    """What a name may mean; `score` 0-1, `how` the step that found it."""
    return {**named_place_json(candidate.place), "score": round(candidate.score, 4), "how": candidate.how}


def ceasefire_json(ceasefire: Ceasefire) -> Json:
    """A ceasefire with those it binds (actor ids), its area (place ids) and its days."""
    return {
        "ceasefire_id": ceasefire.ceasefire_id,
        "name": ceasefire.name,
        "bound_parties": list(ceasefire.bound_parties),
        "excluded": list(ceasefire.excluded),
        "area": list(ceasefire.area),
        "effective_from": ceasefire.effective_from.isoformat(),
        "effective_to": ceasefire.effective_to.isoformat() if ceasefire.effective_to else None,
        "unilateral": ceasefire.unilateral,
        "status": ceasefire.status.value,
        "source": ceasefire.source,
        "verified_on": ceasefire.verified_on.isoformat() if ceasefire.verified_on else None,
    }


def week_json(week: BreachWeek) -> Json:
    """A week of breaches, from a Monday: who accuses whom in how many events, and fights that nobody called one."""
    return {
        "first_day": week.first_day.isoformat(),
        "accusations": [
            {"accuser": one.accuser, "accused": one.accused, "events": one.events, "denied": one.denied}
            for one in week.accusations
        ],
        "unaccused": week.unaccused,
    }


def source_json(source: SourceHealth) -> Json:
    """How a source is doing."""
    return {
        "source_id": source.source_id,
        "name": source.name,
        "last_success_at": _instant(source.last_success_at),
        "failing_since": _instant(source.failing_since),
        "error": source.error,
    }


def _range(name: str, number: Range) -> dict[str, Any]:
    return {f"{name}_low": number.low, f"{name}_best": number.best, f"{name}_high": number.high}


def _instant(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
