"""Days, times, places and numbers in words, for one language. Nothing here decides what is said, only how."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from math import asin, cos, radians, sin, sqrt

from conflict.facts import Actor, EventFacts
from conflict.places import EventPlace, Place
from conflict.questions import Question
from conflict.vocabulary import PartOfDay, PlaceLevel
from messages.catalog import Texts, msg
from messages.html import Html
from messages.people import party

_WEEKDAYS = (
    msg("Mon", "weekday"),
    msg("Tue", "weekday"),
    msg("Wed", "weekday"),
    msg("Thu", "weekday"),
    msg("Fri", "weekday"),
    msg("Sat", "weekday"),
    msg("Sun", "weekday"),
)
_MONTHS = (
    msg("Jan", "month"),
    msg("Feb", "month"),
    msg("Mar", "month"),
    msg("Apr", "month"),
    msg("May", "month"),
    msg("Jun", "month"),
    msg("Jul", "month"),
    msg("Aug", "month"),
    msg("Sep", "month"),
    msg("Oct", "month"),
    msg("Nov", "month"),
    msg("Dec", "month"),
)
_PARTS = {
    PartOfDay.MORNING: msg("morning", "part of day"),
    PartOfDay.AFTERNOON: msg("afternoon", "part of day"),
    PartOfDay.EVENING: msg("evening", "part of day"),
    PartOfDay.NIGHT: msg("night", "part of day"),
}
_BEARINGS = {
    "N": msg("north", "compass"),
    "NE": msg("north-east", "compass"),
    "E": msg("east", "compass"),
    "SE": msg("south-east", "compass"),
    "S": msg("south", "compass"),
    "SW": msg("south-west", "compass"),
    "W": msg("west", "compass"),
    "NW": msg("north-west", "compass"),
}
_PARTS_OF_AREA = {
    "N": msg("the north", "compass"),
    "NE": msg("the north-east", "compass"),
    "E": msg("the east", "compass"),
    "SE": msg("the south-east", "compass"),
    "S": msg("the south", "compass"),
    "SW": msg("the south-west", "compass"),
    "W": msg("the west", "compass"),
    "NW": msg("the north-west", "compass"),
}
_POINTS = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)


def capital(html: Html) -> Html:
    """The text with a capital first letter, where its script has capitals and no tag comes first."""
    return Html(html[:1].upper() + html[1:])


def day(when: date, texts: Texts, *, weekday: bool = True, year: bool = False) -> Html:
    """A day: `Sat 30 Nov`, with its year where asked."""
    values = {"day": when.day, "month": texts.word(_MONTHS[when.month - 1])}
    said = (
        texts.say("{weekday} {day} {month}", weekday=texts.word(_WEEKDAYS[when.weekday()]), **values)
        if weekday
        else texts.say("{day} {month}", **values)
    )
    return texts.say("{day} {year}", "day and year", day=said, year=when.year) if year else said


def weekday(when: date, texts: Texts) -> Html:
    """The day of the week alone, where the days around it are said."""
    return texts.word(_WEEKDAYS[when.weekday()])


def days(start: date, end: date, texts: Texts, *, year: bool = True) -> Html:
    """Days from `start` to `end`, both included: `30 Nov–2 Dec 2019`."""
    if start == end:
        return day(start, texts, weekday=False, year=year)
    if (start.year, start.month) == (end.year, end.month):
        said = texts.say(
            "{first}–{last} {month}", first=start.day, last=end.day, month=texts.word(_MONTHS[end.month - 1])
        )
        return texts.say("{day} {year}", "day and year", day=said, year=end.year) if year else said
    return texts.say(
        "{start}–{end}",
        "days",
        start=day(start, texts, weekday=False, year=year and start.year != end.year),
        end=day(end, texts, weekday=False, year=year),
    )


def about(facts: EventFacts) -> bool:
    """Whether the days of an event are no more than about right."""
    several = facts.event_date_end is not None and facts.event_date_end != facts.event_date
    return facts.time_precision == 3 or (facts.time_precision == 2 and not several)


def event_days(facts: EventFacts, texts: Texts, *, year: bool) -> Html:
    """The day or days of an event, with how well they are known and the part of the day."""
    if facts.event_date is None:
        return texts.say("day not given")
    end = facts.event_date_end or facts.event_date
    said = (
        day(facts.event_date, texts, year=year)
        if end == facts.event_date
        else days(facts.event_date, end, texts, year=year)
    )
    if facts.time_precision == 2 and end == facts.event_date:
        said = texts.say("about {day}", day=said)
    elif facts.time_precision == 3:
        said = texts.say("about {day}, day not known", day=said)
    return texts.joined((said, part_of_day(facts, texts)))


def part_of_day(facts: EventFacts, texts: Texts) -> Html:
    """The part of the day, or nothing."""
    return texts.word(_PARTS[facts.part_of_day]) if facts.part_of_day else Html("")


def zone(when: datetime, texts: Texts) -> str:
    """The name of a time's zone: `UTC`, or its distance from it (`UTC+3`), which reads alike everywhere."""
    offset = when.utcoffset() or timedelta()
    if not offset:
        return "UTC"
    minutes = abs(int(offset.total_seconds())) // 60
    rest = f":{minutes % 60:02d}" if minutes % 60 else ""
    return f"UTC{'+' if offset > timedelta() else '-'}{minutes // 60}{rest}"


def instant(when: datetime, texts: Texts, tz: tzinfo, *, now: datetime | None = None) -> Html:
    """An instant on the reader's clock: the time with its zone, and the day unless it is `now`'s."""
    local = when.astimezone(tz)
    time = f"{local:%H:%M} {zone(local, texts)}"
    if now is not None and local.date() == now.astimezone(tz).date():
        return texts.value(time)
    year = now is None or local.year != now.astimezone(tz).year
    return texts.say("{day}, {time}", "instant", day=day(local.date(), texts, weekday=False, year=year), time=time)


def age(start: date, today: date, texts: Texts) -> Html:
    """How long ago a day was."""
    ago = (today - start).days
    if ago <= 0:
        return texts.say("today") if ago == 0 else Html("")
    if ago == 1:
        return texts.say("yesterday")
    if ago < 60:
        return texts.count("{n} day ago", "{n} days ago", ago)
    if ago < 730:
        return texts.count("{n} month ago", "{n} months ago", ago // 30)
    return texts.count("{n} year ago", "{n} years ago", ago // 365)


def number(low: int | None, best: int | None, high: int | None, texts: Texts) -> Html | None:
    """A number of people: one figure, a range, an open end; None where nothing is known."""
    if best is not None and low in (None, best) and high in (None, best):
        return texts.value(f"{best:d}")
    if low is not None and high is not None and low != high:
        return texts.say("{low}–{high}", "numbers", low=low, high=high)
    if low is not None and high is None and best is None:
        return texts.say("at least {low}", low=low)
    if high is not None and low is None and best is None:
        return texts.say("up to {high}", high=high)
    figure = best if best is not None else low
    return None if figure is None else texts.value(f"{figure:d}")


def place_name(place: Place, texts: Texts) -> Html:
    """A place as a heading: a province says that it is one, a town says which province it is in."""
    if place.level is PlaceLevel.COUNTRY:
        listed = place.name_in(texts.language)
        return texts.value(listed if listed != place.name else texts.country(place.country_code, listed))
    name = texts.value(place.name_in(texts.language))
    if place.level is PlaceLevel.ADMIN1:
        return texts.say("{name} province", name=name)
    if place.level is PlaceLevel.ADMIN2:
        return texts.say("{name} district", name=name)
    return name


def place_label(place: Place, texts: Texts) -> str:
    """A place as a button's label, with its level where its name alone could mean two."""
    name = place.name_in(texts.language)
    if place.level is PlaceLevel.ADMIN1:
        return texts.plain("{name} province", name=name)
    if place.level is PlaceLevel.ADMIN2:
        return texts.plain("{name} district", name=name)
    if place.level is PlaceLevel.SETTLEMENT and place.name == place.admin1:
        return texts.plain("{name} city", name=name)
    return name


def province(place: Place, texts: Texts) -> str | None:
    """The province a place lies in, as this reader writes it; None where that is not known."""
    return texts.unit(place.admin1_id, place.admin1)


def place_choice(place: Place, texts: Texts) -> str:
    """A place as one of several buttons: with its province and country, so that two of one name can be told apart."""
    name = place_label(place, texts)
    admin1 = province(place, texts) if place.level not in (PlaceLevel.ADMIN1, PlaceLevel.COUNTRY) else None
    country = texts.country(place.country_code, place.country)
    within = [
        part
        for part in (admin1, country)
        if part and part != place.name_in(texts.language) and place.level is not PlaceLevel.COUNTRY
    ]
    return texts.plain(", ", "between parts").join([name, *within])


def question_places(question: Question, texts: Texts) -> Html:
    """Where a question asks about."""
    if not question.places:
        return texts.say("All places")
    said = texts.joined(_asked(place, texts) for place in question.places)
    if question.radius_km:
        return texts.say("Within {km} km of {place}", km=f"{question.radius_km:g}", place=said)
    return said


def _asked(place: Place, texts: Texts) -> Html:
    """A place as asked about: a town with its province, where that is known in the reader's script."""
    name = place_name(place, texts)
    if place.level is PlaceLevel.SETTLEMENT and place.name == place.admin1:
        return texts.say("{name} city", name=name)
    around = province(place, texts)
    if place.level not in _POINTS or not around:
        return name
    return texts.say("{place}, {province}", "place in a province", place=name, province=around)


def event_place(place: EventPlace | None, texts: Texts) -> Html:
    """Where an event was, as precisely as is known and no more."""
    if place is None:
        return texts.say("place not given")
    if place.place is None:
        if place.count:
            return texts.count("{n} unnamed place", "{n} unnamed places", place.count)
        return (
            texts.say("“{name}”, not found on the map", name=place.text) if place.text else texts.say("place not given")
        )
    name = place_name(place.place, texts)
    bearing = texts.word(_BEARINGS[place.bearing]) if place.bearing in _BEARINGS else None
    if place.place.level in _POINTS:
        return _point(place, name, bearing, texts)
    if place.count:
        inside = texts.say("{bearing} of {name}", "part of an area", bearing=bearing, name=name) if bearing else name
        return texts.count("{n} unnamed place, {area}", "{n} unnamed places, {area}", place.count, area=inside)
    if place.vicinity:
        return texts.say("near {name}", name=name)
    if bearing:
        return texts.say("somewhere in the {bearing} of {name}", bearing=bearing, name=name)
    return texts.say("somewhere in {name}", name=name)


def part_of_area(place: EventPlace, texts: Texts) -> Html:
    """The part of an area that the reader knows the talk is of: `in the south-east`; nothing where none is given."""
    if place.bearing not in _PARTS_OF_AREA:
        return Html("")
    return texts.say("in {part}", "part of the area asked for", part=texts.word(_PARTS_OF_AREA[place.bearing]))


def area(place: EventPlace, texts: Texts) -> Html:
    """An area as a heading names it, with the part that is meant: `south-east of Idlib province`."""
    if place.place is None:
        return event_place(place, texts)
    name = place_name(place.place, texts)
    if place.bearing not in _BEARINGS:
        return name
    bearing = texts.word(_BEARINGS[place.bearing])
    return texts.say("{bearing} of {name}", "part of an area", bearing=bearing, name=name)


def area_name(place: EventPlace, texts: Texts) -> Html:
    """The area that a count is about: all of it, not somewhere in it."""
    return place_name(place.place, texts) if place.place and not place.count else event_place(place, texts)


def _point(place: EventPlace, name: Html, bearing: Html | None, texts: Texts) -> Html:
    if bearing and place.vicinity:
        return texts.say("{bearing} of {name}", "beside a place", bearing=bearing, name=name)
    if place.vicinity:
        return texts.say("near {name}", name=name)
    return texts.say("{name} ({bearing})", name=name, bearing=bearing) if bearing else name


def actor(who: Actor, texts: Texts) -> Html:
    """A party by its listed name; civilians and the like in the reader's language; else as the report wrote it."""
    if not who.actor_id:
        return party(who.name, texts)
    listed = texts.actor(who.actor_id)
    return party(who.name, texts) if listed == who.actor_id else texts.value(listed)


def distance(start: Place, end: Place) -> int | None:
    """Whole kilometres between two points on a round earth; None where either is an area or has no point."""
    points = [(p.latitude, p.longitude) for p in (start, end) if p.level in _POINTS]
    if len(points) < 2 or start == end:
        return None
    (lat1, lon1), (lat2, lon2) = points
    if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
        return None
    a, b = radians(lat1), radians(lat2)
    h = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(lon2 - lon1) / 2) ** 2
    return max(1, round(2 * 6371 * asin(sqrt(h))))


def shortened(text: str, limit: int) -> str:
    """A text of at most `limit` characters, cut at a word, with an ellipsis where it was cut."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:") + "…"
