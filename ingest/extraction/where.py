"""Where a sentence's event was: the places it names, the finest first, with "near", bearings and unnamed towns.

A name in a title ("the Homs governor"), of a voice or of an actor is no place. What cannot be resolved stays so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from conflict.nearby import distance_km
from conflict.places import EventPlace, Mention, Place, Places
from conflict.vocabulary import PlaceLevel
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.tags import Tagged

_FINENESS = {
    PlaceLevel.FACILITY: 0,
    PlaceLevel.SETTLEMENT: 1,
    PlaceLevel.ADMIN2: 2,
    PlaceLevel.ADMIN1: 3,
    PlaceLevel.REGION: 4,
    PlaceLevel.COUNTRY: 5,
}
_FACILITY_AFTER = frozenset({"airport", "airbase", "base", "crossing", "dam", "camp", "hospital", "prison"})
_PROVINCE_AFTER = frozenset({"province", "governorate", "provinces", "region", "state", "oblast", "countryside"})
_AREA = frozenset({"region", "area", "countryside", "surroundings", "outskirts", "vicinity", "suburbs"})
_CITY_AFTER = frozenset({"city", "town", "village"})


def focus_country(mentions: Sequence[Mention]) -> str | None:
    """The country most places of a report lie in, as an ISO code."""
    tally: Counter[str] = Counter()
    for mention in mentions:
        place = mention.candidates[0].place if mention.candidates else None
        if place and place.country_code:
            tally[place.country_code] += 2 if place.level in (PlaceLevel.COUNTRY, PlaceLevel.ADMIN1) else 1
    return tally.most_common(1)[0][0] if tally else None


ABROAD = frozenset({"IL", "RU", "TR", "US", "IR", "SA", "FR", "GB", "RW", "AE", "DE"})  # whose forces fight abroad


_LARGE = 100_000  # inhabitants of a town that needs no context
_CITY = 500_000  # of a city in another country than the one that the report is about


def home_of(tagged: Sequence[Tagged], lexicon: Lexicon) -> str | None:
    """The country that the parties and voices of a report belong to, for names that lie in several countries."""
    tally: Counter[str] = Counter()
    for one in tagged:
        for tag in one.by("actor"):
            entry = lexicon.actors.get(tag.value)
            if entry and entry.country and entry.country not in ABROAD:
                tally[entry.country] += 1
        for tag in one.by("voice"):
            if tag.value in lexicon.voice_country:
                tally[lexicon.voice_country[tag.value]] += 1
    return tally.most_common(1)[0][0] if tally else None


def settled(mentions: Sequence[Mention], country: str) -> bool:
    """Whether a report names a country or one of its provinces beyond doubt."""
    return any(
        c.place.country_code == country and c.place.level in (PlaceLevel.COUNTRY, PlaceLevel.ADMIN1)
        for m in mentions
        for c in m.candidates[:1]
        if c.how == "exact"
    )


def choose(mention: Mention, country: str | None, after: str, known: frozenset[str] = frozenset()) -> Place | None:
    """What a name means here: the country in focus first; "X province" the province, "X city" the town."""
    if not mention.candidates:
        return None
    top = mention.candidates[0].score
    best: Place | None = None
    best_how = ""
    best_rank: tuple[float, ...] = ()
    for position, candidate in enumerate(mention.candidates):
        place = candidate.place
        here = place.country_code == country
        level = 0.0
        if after in _PROVINCE_AFTER:
            level = place.level is PlaceLevel.ADMIN1
        elif after in _CITY_AFTER:
            level = place.level is PlaceLevel.SETTLEMENT
        rank = (level, here, candidate.score >= top - 0.15, candidate.score, -position)
        if best is None or rank > best_rank:
            best, best_rank, best_how = place, rank, candidate.how
    if best is not None and best_how != "exact" and best.country_code != country:
        return None  # a name merely like this one, in a country nobody speaks of
    town = best is not None and best.population < (_LARGE if country is None else _CITY)
    if best and town and known and best.level is PlaceLevel.SETTLEMENT and best.country_code not in {country, *known}:
        return None  # a village of that name where no war is
    return best


def places_of(
    tagged: Tagged, mentions: Sequence[Mention], country: str | None, known: frozenset[str] = frozenset()
) -> list[tuple[int, EventPlace]]:
    """The places of a sentence with the index of their first word; those of voices, actors and titles left out."""
    base = tagged.sentence.start
    taken = [(t.first, t.last) for t in tagged.tags if t.category in ("actor", "voice", "carrier", "nationality")]
    found: list[tuple[int, EventPlace]] = []
    quarters: set[int] = set()
    for mention in mentions:
        first = tagged.word_at(mention.start - base)
        last = tagged.word_at(mention.end - base)
        if first >= len(tagged.words):
            continue
        last = max(last, first + 1)
        following = tagged.words[last].key if last < len(tagged.words) else ""
        if any(low < last and first < high for low, high in taken):
            own = following in _PROVINCE_AFTER or _stands_in(tagged, first)
            if not own:
                continue
        end = mention.end - base
        if tagged.sentence.text[end : end + 1] == "-" and tagged.sentence.text[end + 1 : end + 2].isupper():
            continue  # "Tochka-U"
        if (
            capital_speaks(tagged, first)
            or any(t.first == last for t in tagged.by("not_place_after"))
            or _far_from(tagged, first)
        ):
            continue
        place = choose(mention, country, following, known)
        if place is None:
            continue
        inside = tagged.words[last - 1].key
        facility = following in _FACILITY_AFTER and place.level is PlaceLevel.SETTLEMENT
        vicinity = (
            facility
            or _vicinity(tagged, first, last, place)
            or (place.level is PlaceLevel.SETTLEMENT and inside in _AREA)
        )
        if following in _QUARTER or (first and tagged.words[first - 1].key.lstrip("وب") in _QUARTER):
            quarters.add(first)
        found.append(
            (first, EventPlace(_plain(mention.text), place, vicinity=vicinity, bearing=_bearing(tagged, first, last)))
        )
    return _without_namesakes(found, quarters)


_QUARTER = frozenset({"حي", "احياء", "شارع", "neighbourhood", "neighborhood", "quarter", "street"})
_QUARTER_KM = 25.0


def _without_namesakes(found: list[tuple[int, EventPlace]], quarters: set[int]) -> list[tuple[int, EventPlace]]:
    """Without the towns that merely share their name with a quarter of another: "حي الروضة" is not the town Rawda."""
    firm = [p.place for first, p in found if first not in quarters and p.place]
    return [
        (first, place)
        for first, place in found
        if first not in quarters
        or place.place is None
        or place.place.kind == "quarter"
        or place.place.population >= _LARGE
        or any(_near(place.place, other) for other in firm)
    ]


def _near(one: Place, other: Place) -> bool:
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return False
    return distance_km(one.latitude, one.longitude, other.latitude, other.longitude) <= _QUARTER_KM


def _stands_in(tagged: Tagged, first: int) -> bool:
    """Whether "in", "into northern" and the like stand right before a name."""
    compass = {t.last: t.first for t in tagged.by("compass")}
    at = compass.get(first, first)
    if at > 1 and tagged.words[at - 1].key == "of":
        return any(t.last == at - 1 for t in (*tagged.by("territory"), *tagged.by("compass")))
    return at > 0 and tagged.words[at - 1].key in ("in", "at", "near", "into", "on", "inside", "across")


_TO_WHOM = frozenset(
    {"accused", "accuses", "accusing", "blamed", "blames", "blaming", "urged", "told", "warned", "against", "with"}
)


def capital_speaks(tagged: Tagged, first: int) -> str | None:
    """The country that a capital stands for: "Kyiv accused Moscow", "اتهمت كييف موسكو"; None where it is a place."""
    capital = next((t for t in tagged.by("capital") if t.first == first), None)
    if capital is None or any(t.last == first for t in tagged.by("locative")):
        return None
    before = tagged.words[first - 1].key if first else ""
    says = [*tagged.by("says"), *tagged.by("accuses"), *tagged.by("denial")]
    if any(0 <= s.first - capital.last <= 1 for s in says) or before in _TO_WHOM:
        return capital.value
    if not "\u0600" <= tagged.words[first].key[:1] <= "\u06ff":
        return None
    spoke = {s.last for s in says}  # in Arabic the verb comes first, then who spoke, then to whom
    return (
        capital.value if first in spoke or (first - 1 in spoke and tagged.by("capital")[0].first == first - 1) else None
    )


_FAR = frozenset({"km", "kilometres", "kilometers", "miles", "كم", "كيلومتر", "كيلومترا"})
_FAR_FROM = 30  # km; what is farther is no "near X"


def _far_from(tagged: Tagged, first: int) -> bool:
    """Whether a name is only what a distance is measured from: "420 km east of Damascus"."""
    words = tagged.words
    for index in range(max(1, first - 6), first):
        if words[index].key in _FAR and words[index - 1].key.isdecimal():
            return int(words[index - 1].key[:6]) > _FAR_FROM
    return False


def _plain(text: str) -> str:
    """The name as written without the "in" that belongs to the sentence."""
    return text[3:] if text.startswith("in ") else text


def _vicinity(tagged: Tagged, first: int, last: int, place: Place) -> bool:
    if place.level not in (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY):
        return False
    for tag in tagged.by("vicinity_before"):
        if 0 <= first - tag.last <= 1:
            return True
    return any(tag.first == last for tag in tagged.by("vicinity_after"))


def _bearing(tagged: Tagged, first: int, last: int) -> str | None:
    best: str | None = None
    for tag in tagged.by("compass"):
        gap = first - tag.last
        if 0 <= gap <= 2 and all(
            w.key in ("of", "countryside", "the", "outskirts", "part", "parts") for w in tagged.words[tag.last : first]
        ):
            best = tag.value if best is None or len(tag.value) >= len(best) else best
        elif tag.first == last and tagged.words[tag.last - 1].key.endswith("ern"):
            best = best or tag.value
    return best


def finest_first(places: Sequence[EventPlace]) -> tuple[EventPlace, ...]:
    """Finest level first, otherwise in the order of the text; units that contain a finer one are kept after it."""
    unique: dict[str, EventPlace] = {}
    for place in places:
        key = place.place.place_id if place.place else place.text
        unique.setdefault(key, place)
    return tuple(sorted(unique.values(), key=lambda p: _FINENESS.get(p.level, 9) if p.level else 9))


def contains(outer: Place, inner: Place) -> bool:
    """Whether `outer` is `inner` or a unit around it."""
    if outer.place_id == inner.place_id:
        return True
    if outer.level is PlaceLevel.COUNTRY:
        return outer.country_code == inner.country_code
    if outer.level is PlaceLevel.ADMIN1:
        return outer.admin1_id is not None and outer.admin1_id == inner.admin1_id
    if outer.level is PlaceLevel.ADMIN2:
        return outer.admin2_id is not None and outer.admin2_id == inner.admin2_id
    return False


def province_of(place: EventPlace | None, places: Places) -> EventPlace | None:
    """The province around a place, for a sentence that names none: coarse on purpose, never the settlement itself."""
    if place is None or place.place is None:
        return None
    if place.place.level in (PlaceLevel.COUNTRY, PlaceLevel.ADMIN1, PlaceLevel.REGION):
        return EventPlace(place.place.name, place.place)
    province = places.get(place.place.admin1_id) if place.place.admin1_id else None
    return EventPlace(province.name, province) if province else None
