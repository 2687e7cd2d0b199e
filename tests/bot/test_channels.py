"""Posts as reports, and drafts of reports: versions, decisions, bounds, forged values, what is noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adding import MOST_DRAFTS, AddingServices
from bot.channels import ChannelServices, Intake
from conflict.gazetteer import Gazetteer
from conflict.posts import Post
from conflict.vocabulary import SubEventType, Verification
from handlers.adding import PassedOn
from handlers.context import ChatView
from messages.catalog import Catalog
from messages.channels import is_our_own
from messages.drafts import DraftView, render_draft
from messages.operator_actions import ChangeDraft
from storage import EventQuery, open_storage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = "Warplanes struck Maaret al-Numan this morning, killing six civilians, the Syrian Observatory said."
OMAR, OTHER = 7, 8
CHAT = ChatView(OMAR, "private", "en", UTC, NOON)


@dataclass
class Clock:
    """An instant that a test sets."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def intake(tmp_path: Path, places: Gazetteer, clock: Clock) -> Iterator[Intake]:
    storage = open_storage(f"sqlite:///{tmp_path}/posts.db")
    storage.migrate()
    made = Intake(storage, places, clock)
    yield made
    made.close()
    storage.close()


def post(text: str = TEXT, *, minutes: int = 0) -> Post:
    """The one post of a channel, as edited so many minutes after it."""
    edited = NOON + timedelta(minutes=minutes) if minutes else None
    return Post(-1001, "Idlib Monitor", 5, text, NOON, edited, "idlib_monitor")


def held(intake: Intake) -> list[tuple[int | None, Verification]]:
    """The toll and standing of each event."""
    with intake.storage.begin() as unit:
        return [(e.facts.fatalities_best, e.verification) for e in unit.events.query(EventQuery()).events]


async def test_the_last_words_of_a_post_hold_also_where_they_go_back(
    intake: Intake, catalog: Catalog, clock: Clock
) -> None:
    channels = ChannelServices(intake, catalog)
    await channels.decide(-1001, "Idlib Monitor", None, True, OMAR)
    clock.at = NOON + timedelta(hours=1)
    versions = [post(), post(TEXT.replace("six", "nine"), minutes=1), post(minutes=2)]
    for version in versions:
        await channels.take(version)
        await channels.take(version)  # Telegram may send an update twice
    assert held(intake) == [(6, Verification.UNVERIFIED)]
    await channels.take(versions[1])  # late and out of order
    assert held(intake) == [(6, Verification.UNVERIFIED)]
    await channels.take(post("", minutes=3))
    assert held(intake) in ([], [(6, Verification.RETRACTED)])
    with intake.storage.begin() as unit:
        standing = next(one for one in unit.sources.standings() if one.source_id == "telegram:-1001")
        assert unit.sources.due(clock()) == ()
        assert [one.source_id for one in unit.sources.health(countries={"SY"})] == ["telegram:-1001"]
        assert unit.sources.health(countries={"UA"}) == ()
    assert (standing.name, standing.items, standing.events, standing.watched) == ("Idlib Monitor", 1, 1, True)


async def test_what_an_operator_decided_holds_until_the_bot_leaves(intake: Intake, catalog: Catalog) -> None:
    channels = ChannelServices(intake, catalog)
    assert await channels.followed(-1001) is None
    await channels.decide(-1001, "Idlib Monitor", None, False, OMAR)
    assert await channels.followed(-1001) is False
    await channels.decide(-1001, "Idlib Monitor", None, True, OMAR)
    with intake.storage.begin(write=True) as unit:
        unit.sources.watch(())  # what polls sources begins
    assert await channels.followed(-1001) is True
    await channels.left(-1001)
    assert await channels.followed(-1001) is None
    with intake.storage.begin() as unit:
        done = [one.action for one in unit.operators.of_subject("telegram:-1001")]
    assert done == ["do not read channel", "read channel"]


def test_our_own_words_are_known_in_every_language(catalog: Catalog) -> None:
    assert is_our_own("As of 13:40 UTC · #7F3A · not an official warning", catalog)
    assert is_our_own("حتى 13:40 UTC · ‎#7F3A · ليس إنذارًا رسميًا", catalog)
    assert not is_our_own(TEXT, catalog)


async def drafted(adding: AddingServices, text: str = TEXT) -> DraftView:
    return await adding.draft(PassedOn(text, NOON, forwarded=True), OMAR, CHAT)


async def test_drafts_are_one_operators_for_an_hour_and_few(intake: Intake, clock: Clock) -> None:
    adding = AddingServices(intake)
    view = await drafted(adding)
    show = ChangeDraft(view.draft_id, "show")
    assert await adding.change(show, OTHER, CHAT) is None
    assert await adding.confirm(view.draft_id, OTHER) is None
    assert not await adding.discard(view.draft_id, OTHER)
    assert await adding.change(show, OMAR, CHAT) is not None
    clock.at += timedelta(minutes=61)
    assert await adding.change(show, OMAR, CHAT) is None
    assert await adding.confirm(view.draft_id, OMAR) is None
    first = await drafted(adding)
    for _ in range(MOST_DRAFTS):
        await drafted(adding, "Nothing.")
    assert await adding.change(ChangeDraft(first.draft_id, "show"), OMAR, CHAT) is None
    assert held(intake) == []


@pytest.mark.parametrize(
    ("what", "event", "value"),
    [("event", 1, 0), ("set_kind", 0, 25), ("set_place", 0, 50), ("set_day", 0, 5), ("set_day", 0, 3), ("kinds", 0, 6)],
)
async def test_forged_values_change_nothing(intake: Intake, what: str, event: int, value: int) -> None:
    adding = AddingServices(intake)
    view = await drafted(adding)
    assert await adding.change(ChangeDraft(view.draft_id, what, event, value), OMAR, CHAT) is None
    after = await adding.change(ChangeDraft(view.draft_id, "show"), OMAR, CHAT)
    assert after == view


async def test_words_are_taken_only_where_a_draft_asked(intake: Intake, catalog: Catalog) -> None:
    adding = AddingServices(intake)
    view = await drafted(adding)
    assert await adding.say("3", OMAR, CHAT) is None
    await adding.change(ChangeDraft(view.draft_id, "toll"), OMAR, CHAT)
    assert await adding.say("3", OTHER, CHAT) is None
    unclear = await adding.say("many", OMAR, CHAT)
    assert unclear is not None
    assert unclear.misunderstood == "killed"
    assert await adding.say("is it quiet in Idlib", OMAR, CHAT) is None  # a question is one also now
    said = await adding.say("3", OMAR, CHAT)
    assert said is not None
    assert said.events[0].facts.fatalities_best == 3
    assert await adding.say("4", OMAR, CHAT) is None
    for texts in catalog.languages.values():
        for screen in ("show", "types", "kinds", "places", "days", "toll"):
            reply = render_draft(replace(said, screen=screen), texts)
            assert all(len(b.data.encode()) <= 64 for row in reply.buttons for b in row if b.data)
            assert reply.html


async def test_a_correction_keeps_the_sentence_and_is_noted(intake: Intake) -> None:
    adding = AddingServices(intake)
    view = await drafted(adding)
    kind = list(SubEventType).index(SubEventType.SHELLING)
    await adding.change(ChangeDraft(view.draft_id, "set_kind", 0, kind), OMAR, CHAT)
    added = await adding.confirm(view.draft_id, OMAR)
    assert added is not None
    assert await adding.confirm(view.draft_id, OMAR) is None
    (event,) = added.events
    assert event.facts.sub_event_type is SubEventType.SHELLING
    assert event.claims[0].evidence is not None
    assert event.claims[0].evidence.text in TEXT
    with intake.storage.begin() as unit:
        (noted,) = unit.operators.of_subject(event.claims[0].report_id)
    assert noted.operator == str(OMAR)
    assert noted.detail is not None
    assert noted.detail["corrections"] == [
        {"event": 0, "field": "sub_event_type", "value": SubEventType.SHELLING.value}
    ]
    assert (await drafted(adding)).stored
