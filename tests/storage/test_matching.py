"""Who hears of an event: the one statement finds exactly the chats that `matches` means, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from conflict.events import ChangeKind, ConflictEvent
from conflict.facts import Breach, EventFacts, ReportedBreach
from conflict.places import EventPlace, Place
from conflict.subscriptions import Subscription, cell_of, matches
from conflict.vocabulary import EventType, PlaceLevel, Severity, SubEventType, Verification
from storage import Storage, Unit
from storage.chats import ChatState
from storage.matching import Hearing, Mending
from tests.storage.values import ALEPPO, ARIHA, ARIHA_DISTRICT, IDLIB, NOW, SYRIA, TODAY, facts, keep, settlement

NORTH = Place("gn:90", "Barentsburg", PlaceLevel.FACILITY, latitude=78.06, longitude=14.21)
DATE_LINE = Place("gn:91", "Islet", PlaceLevel.SETTLEMENT, "Fiji", "FJ", latitude=-16.8, longitude=-179.99)
PLACES = (
    SYRIA, IDLIB, ALEPPO, ARIHA_DISTRICT, ARIHA, settlement("gn:4", "Saraqib", 35.8644, 36.8056),
    settlement("gn:5", "Azaz", 36.5866, 37.0443, ALEPPO), NORTH, DATE_LINE,
    Place("gn:6", "Nowhere", PlaceLevel.SETTLEMENT, "Syria", "SY"),
)  # fmt: skip
TAGS = ("hospital", "road_closed", "camp", "roadxclosed")


def some_event(chance: Random, number: int) -> ConflictEvent:
    where = tuple(
        EventPlace(place.name, place if chance.random() < 0.9 else None)
        for place in chance.sample(PLACES, chance.randint(0, 3))
    )
    breach = chance.choice((None, Breach(), Breach(inferred=("truce",)), Breach((ReportedBreach("A", "B"),))))
    said = EventFacts(
        chance.choice(list(SubEventType)),
        event_date=TODAY,
        civilian_targeting=chance.random() < 0.3,
        places=where,
        tags=tuple(chance.sample(TAGS, chance.randint(0, 2))),
        breach=breach,
    )
    return ConflictEvent(f"ev{number}", 1, said, (), chance.choice(list(Verification)), chance.choice(list(Severity)))


def some_subscription(chance: Random, chat_id: int) -> Subscription:
    areas = [place.place_id for place in PLACES] + ["country:SY", "country:FJ"]
    middle = chance.choice([place for place in PLACES if place.latitude is not None])
    assert middle.latitude is not None
    assert middle.longitude is not None
    near = middle.latitude + chance.uniform(-0.9, 0.9), middle.longitude + chance.uniform(-1.2, 1.2)
    circle = chance.random() < 0.4
    return Subscription(
        0,
        chat_id,
        place_ids=tuple(chance.sample(areas, chance.randint(0 if circle or chance.random() < 0.1 else 1, 2))),
        cell=cell_of(max(-90.0, min(89.99, near[0])), near[1]) if circle else None,
        radius_km=chance.uniform(1, 100) if circle else None,
        event_types=tuple(chance.sample(list(EventType), chance.choice((0, 0, 1, 2)))),
        sub_event_types=tuple(chance.sample(list(SubEventType), chance.choice((0, 0, 3)))),
        tags=tuple(chance.sample(TAGS, chance.choice((0, 0, 0, 1, 2)))),
        breaches_only=chance.random() < 0.1,
        civilians_only=chance.random() < 0.1,
        minimum_severity=chance.choice(list(Severity)[:4]),
        minimum_verification=chance.choice(list(Verification)[:4]),
        coarser_too=chance.random() < 0.6,
        paused=chance.random() < 0.1,
        within=tuple(chance.sample(("gn:1", "gn:3", "gn:9"), chance.randint(0, 2))),
    )


@pytest.mark.parametrize("seed", range(2))
def test_matching_equals_the_definition(storage: Storage, seed: int) -> None:
    chance = Random(seed)
    with storage.begin(write=True) as unit:
        chats = [unit.chats.get_or_add(1000 + n, today=TODAY).chat_id for n in range(40)]
        unit.chats.set_state(chats[0], ChatState.BLOCKED)
        kept = [
            unit.subscriptions.add(some_subscription(chance, chance.choice(chats)), today=TODAY) for _ in range(150)
        ]
    with storage.begin() as unit:  # nothing is lost on the way through the rows
        assert [unit.subscriptions.get(one.subscription_id) for one in kept] == kept
    met = 0
    for number in range(30):
        event = some_event(chance, number)
        expected = sorted({one.chat_id for one in kept if matches(event, one)} - {chats[0]})
        with storage.begin(write=True) as unit:
            made = unit.matching.hear([Hearing(event, 1, True)], change_id=number, at=NOW)
            claimed = unit.deliveries.claim("w", at=NOW, limit=100)
        heard = sorted(one.chat_id for one in claimed)
        assert all(one.carries == ((event.event_id, 1),) for one in claimed)
        assert heard == expected
        assert made == len(expected)
        met += bool(expected)
    assert met > 12


def chats_of(unit: Unit, count: int, **wanted: object) -> list[int]:
    """Chats with one subscription each."""
    made = []
    for number in range(count):
        chat_id = unit.chats.get_or_add(2000 + number, today=TODAY).chat_id
        unit.subscriptions.add(Subscription(0, chat_id, ("gn:1",), **wanted), today=TODAY)  # type: ignore[arg-type]
        made.append(chat_id)
    return made


def told(event_id: str, *places: Place, severity: int = 2) -> ConflictEvent:
    return ConflictEvent(event_id, 1, facts(*places), (), Verification.UNVERIFIED, Severity(severity))


def test_what_one_report_brings_is_one_message_and_is_told_once(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        one, other = chats_of(unit, 2)
        unit.subscriptions.add(Subscription(0, one, ("gn:9",)), today=TODAY)
        near, far = told("A", ARIHA, severity=1), told("B", ALEPPO, severity=4)
        assert unit.matching.hear([Hearing(near, 1, True), Hearing(far, 4, False)], change_id=7, at=NOW) == 2
        assert unit.matching.hear([Hearing(replace(near, revision=2), 1, True)], change_id=8, at=NOW) == 0
        (both,) = unit.deliveries.of_chat(one)
        (single,) = unit.deliveries.of_chat(other)
    assert (both.carries, both.lane, both.silent) == ((("A", 1), ("B", 1)), 4, False)
    assert (single.carries, single.lane, single.silent) == ((("A", 1),), 1, True)


def test_only_messages_that_carried_an_older_revision_are_mended_and_once(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        chats_of(unit, 3)
        event = keep(unit, facts(ARIHA, killed=3))
        unit.matching.hear([Hearing(event, 2, False)], change_id=1, at=NOW)
        first, second, third = unit.deliveries.claim("w", at=NOW, limit=3)
        unit.deliveries.settle(first.delivery_id, "sent", at=NOW, message_id=5)  # type: ignore[arg-type]
        unit.deliveries.settle(second.delivery_id, "rejected", at=NOW)  # type: ignore[arg-type]
        unit.matching.shown([third.delivery_id], {event.event_id: 2})
        change = unit.events.save(
            replace(event, revision=2), ChangeKind.REVISED, report_id=None, why="a test", fields=(), at=NOW
        )
        mending = Mending(change, None, 2, reply=True, silent=True)
        assert unit.matching.mend(mending, at=NOW) == 1
        assert unit.matching.mend(mending, at=NOW) == 0
        made = [one for one in unit.deliveries.of_chat(first.chat_id) if one.edit_of]
    assert sorted((one.part, one.edit_of) for one in made) == [
        ("edit", first.delivery_id),
        ("reply", first.delivery_id),
    ]


def test_the_feed_gives_what_is_fresh_or_was_told_and_passes_the_rest(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        old = keep(unit, facts(ARIHA))
        assert unit.matching.begin_feed("alerts", at=NOW)
        assert not unit.matching.begin_feed("alerts", at=NOW)
        start = unit.changes.cursor("alerts")
        fresh = keep(unit, facts(ARIHA), report_id="r2")
        later = NOW + timedelta(days=9)
        found = unit.matching.waiting(start, first_reported_since=NOW - timedelta(days=1))
        assert [entry.change.event_id for entry in found.entries] == [fresh.event_id]
        passed = unit.matching.waiting(start, first_reported_since=later)
        assert (passed.entries, passed.upto) == ((), found.upto)
        chats_of(unit, 1)
        unit.matching.hear([Hearing(fresh, 1, True)], change_id=2, at=NOW)
        known = unit.matching.waiting(start, first_reported_since=later)
        assert [entry.change.event_id for entry in known.entries] == [fresh.event_id]
    assert old.event_id != fresh.event_id
