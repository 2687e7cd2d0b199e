"""Reading sources round after round: what is new, what changed, what failed, and when each is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.http import Fetched, Refused, Request, Result, Why
from ingest.lanes import Lanes
from ingest.polling import Status
from storage import EventQuery, Storage, open_storage
from storage.sources import Watched
from tests.ingest.polled import NOW, Clock, Web, polling, real_client, rss, source, strike
from tests.ingest.servers import Answer, Asked, answer, serving

FEED = "https://example.org/feed"
NEWS = source("news", FEED)
HOURS = timedelta(hours=1)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(f"sqlite:///{tmp_path / 'sitrep.db'}")
    opened.migrate()
    yield opened
    opened.close()


def latest(storage: Storage) -> list[tuple[str, int | None]]:
    """Place and dead of the events that answers show."""
    with storage.begin() as unit:
        events = unit.events.query(EventQuery(), with_undated=False).events
    named = [(e.facts.primary_place.place, e) for e in events if e.facts.primary_place]
    return sorted((place.name, event.facts.fatalities_best) for place, event in named if place)


async def test_new_items_become_events_once(storage: Storage) -> None:
    web = Web({FEED: rss(("1", strike(), NOW - HOURS), ("2", strike("Ariha", "two"), NOW - 2 * HOURS))})
    async with polling(storage, web, Clock()) as made:
        first = await made.poll(NEWS)
        again = await made.poll(NEWS)
        web.answers[FEED] = rss(("3", strike("Kafr Nabl", "three"), NOW), ("1", strike(), NOW - HOURS))
        third = await made.poll(NEWS)
    assert (first.status, first.reading.items, first.reading.new, first.reading.events) == (Status.READ, 2, 2, 2)
    assert again.status is Status.UNCHANGED
    assert web.asked[1].validators.etag is not None
    assert (third.reading.items, third.reading.new, third.reading.updated) == (2, 1, 0)
    assert latest(storage) == [("Ariha", 2), ("Kafr Nabl", 3), ("Saraqib", 6)]
    with storage.begin() as unit:
        (standing,) = unit.sources.standings()
        assert (standing.items, standing.events, standing.failing_since) == (3, 3, None)
        report = unit.reports.get_many(tuple(i.report_id for i in unit.items.known("news", ["1"]).values()))
        assert [one.url for one in report.values()] == ["https://example.org/1"]


async def test_an_update_revises_its_event_and_speaks_of_the_same_days(storage: Storage) -> None:
    clock = Clock()
    web = Web({FEED: rss(("1", strike(killed="six", day="Thursday"), NOW - HOURS))})
    async with polling(storage, web, clock) as made:
        await made.poll(NEWS)
        clock.pass_by(timedelta(days=6))  # by now "on Thursday" would be another one
        web.answers[FEED] = rss(("1", strike(killed="nine", day="Thursday"), NOW - HOURS))
        outcome = await made.poll(NEWS)
    assert (outcome.reading.new, outcome.reading.updated, outcome.reading.events) == (0, 1, 0)
    with storage.begin() as unit:
        (event,) = unit.events.query(EventQuery()).events
    assert event.revision == 2
    assert event.facts.fatalities_best == 9
    assert event.facts.event_date == (NOW - timedelta(days=1)).date()
    assert [claim.superseded for claim in event.claims] == [True, False]


async def test_what_has_no_date_is_never_latest_and_nobody_writes_from_the_future(storage: Storage) -> None:
    ahead, far = NOW + timedelta(hours=3), NOW + timedelta(days=400)
    items = (("1", strike(), None), ("2", strike("Ariha", "two"), far), ("3", strike("Kafr Nabl", "three"), ahead))
    async with polling(storage, Web({FEED: rss(*items)}), Clock()) as made:
        await made.poll(NEWS)
    with storage.begin() as unit:
        seen = unit.items.known("news", ["1", "2", "3"])
    assert [seen[i].published_at for i in ("1", "2", "3")] == [None, None, NOW]
    assert latest(storage) == [("Kafr Nabl", 3)]


async def test_failures_back_off_and_a_server_that_asks_for_time_gets_it(storage: Storage) -> None:
    clock = Clock()
    web = Web({})
    async with polling(storage, web, clock) as made:
        waits = []
        for _ in range(8):
            outcome = await made.poll(NEWS)
            assert outcome.status is Status.FAILED
            assert outcome.next_poll_at is not None
            waits.append(outcome.next_poll_at - clock())
            clock.at = outcome.next_poll_at
        assert waits[0] <= timedelta(minutes=1)
        assert timedelta(minutes=32) < waits[-1] <= timedelta(minutes=128)
        web.answers[FEED] = Refused(Why.STATUS, "it answered 503.", 503, timedelta(hours=9))
        outcome = await made.poll(NEWS)
        assert outcome.next_poll_at == clock() + timedelta(hours=9)
        with storage.begin() as unit:
            (health,) = unit.sources.health()
            assert (health.failing_since, health.error) == (NOW, "it answered 503.")
        web.answers[FEED] = rss(("1", strike(), NOW))
        assert (await made.poll(NEWS)).status is Status.READ
    with storage.begin() as unit:
        assert unit.sources.health()[0].failing_since is None


async def test_a_feed_that_is_none_says_so_and_a_bug_ends_only_its_own_reading(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Request) -> Result:
        raise RuntimeError("a mistake of ours")

    page, odd = source("page", "https://example.org/page"), source("odd", "https://example.org/odd")
    web = Web({FEED: rss(("1", strike(), NOW)), page.url: b"<html><body>Hello</body></html>", odd.url: broken})
    async with polling(storage, web, Clock()) as made:
        found = {outcome.source.source_id: outcome async for outcome in made.round([page, odd, NEWS])}
    assert found["page"].words == "What is at its address is a web page, not a feed."
    assert found["odd"].status is Status.FAILED
    assert "a mistake of ours" in caplog.text
    assert found["news"].reading.new == 1


async def test_interrupted_between_taking_in_and_noting_nothing_is_doubled(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web({FEED: rss(("1", strike(), NOW), ("2", strike("Ariha", "two"), NOW))})
    async with polling(storage, web, Clock()) as made:
        with monkeypatch.context() as patch:
            patch.setattr("ingest.sources.feeds_polled._remember", lambda *_: None)
            patch.setattr("ingest.polling.Polling._succeeded", lambda *_: None)
            await made.poll(NEWS)
        outcome = await made.poll(NEWS)
    assert outcome.reading.events == 0, "they were there already"
    assert latest(storage) == [("Ariha", 2), ("Saraqib", 6)]
    with storage.begin() as unit:
        assert unit.reports.count() == 2


async def test_pages_are_read_where_a_source_lets_us_and_its_site_too(storage: Storage) -> None:
    page = "<html><head><title>Strike</title></head><body><article>" + "".join(
        f"<p>{strike()} Residents spoke of a long night and of fear, reporter {n} wrote from the scene.</p>"
        for n in range(6)
    )
    web = Web(
        {FEED: rss(("1", "Strike on a town", NOW)), "https://example.org/1": f"{page}</article></body></html>".encode()}
    )
    full = source("full", FEED, full_text=True)
    async with polling(storage, web, Clock()) as made:
        await made.poll(full)
        assert latest(storage) == [("Saraqib", 6)]
        assert [request.url.rpartition("/")[2] for request in web.asked] == ["feed", "robots.txt", "1"]
        web.answers["https://closed.org/robots.txt"] = b"User-agent: *\nDisallow: /"
        web.answers["https://closed.org/feed"] = web.answers[FEED].replace(
            b"https://example.org/", b"https://closed.org/"
        )  # type: ignore[union-attr]
        await made.poll(source("closed", "https://closed.org/feed", full_text=True))
    assert "https://closed.org/1" not in {request.url for request in web.asked}


async def test_a_day_of_polling(storage: Storage) -> None:
    """Noon to noon: lively feeds are asked often, quiet ones seldom, failing ones hardly; all that came is kept."""
    clock, begun = Clock(), NOW
    sources = [source(f"s{n}", f"https://h{n}.org/feed") for n in range(8)]

    def made_up(number: int) -> Result:
        """Feed n has an item every n + 1 hours; every seventh fails."""
        if number % 7 == 6:
            return Refused(Why.TIME, "too slow.")
        count = int((clock() - begun) / ((number + 1) * HOURS)) + 1
        items = [(f"{number}-{i}", f"Note {i} of feed {number}: nothing happened.", begun) for i in range(count)]
        return Fetched(f"https://h{number}.org/feed", rss(*items))

    web = Web({one.url: (lambda _, n=n: made_up(n)) for n, one in enumerate(sources)})
    asked = dict.fromkeys((one.source_id for one in sources), 0)
    by_id = {one.source_id: one for one in sources}
    with storage.begin(write=True) as unit:
        unit.sources.watch(Watched(one.source_id, one.name) for one in sources)
    async with polling(storage, web, clock) as made:
        while clock() < begun + timedelta(days=1):
            with storage.begin() as unit:
                due = unit.sources.due(clock())
            for source_id in due:
                asked[source_id] += 1
                await made.poll(by_id[source_id])
            with storage.begin() as unit:
                times = [s.next_poll_at for s in unit.sources.standings() if s.next_poll_at]
            clock.at = min(times)
    with storage.begin() as unit:
        kept = {s.source_id: s.items for s in unit.sources.standings()}
    assert kept["s0"] in (23, 24), "all but what came after the last look"
    assert asked["s0"] > 1.3 * asked["s5"]
    assert all(3 <= asked[f"s{n}"] <= 60 for n in range(8) if n % 7 != 6)
    assert all(kept[f"s{n}"] == 0 and asked[f"s{n}"] <= 20 for n in (6,))


async def test_slow_work_steps_aside() -> None:
    lanes, gate = Lanes(2, patience=0.01), asyncio.Event()
    slow = [asyncio.create_task(lanes.run(gate.wait())) for _ in range(8)]

    async def quick(number: int) -> int:
        return number

    async with asyncio.timeout(20):
        assert [await lanes.run(quick(n)) for n in range(20)] == list(range(20))
    gate.set()
    assert await asyncio.gather(*slow) == [True] * 8
    stopped = asyncio.create_task(lanes.run(asyncio.Event().wait()))
    await asyncio.sleep(0)
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    assert await lanes.run(quick(7)) == 7


async def test_slow_failing_and_lying_feeds_do_not_touch_the_healthy(storage: Storage) -> None:
    """Forty feeds over real HTTP; the slow ones answer only after all healthy ones were read."""
    opened = asyncio.Event()

    async def slow(_: Asked, writer: asyncio.StreamWriter) -> None:
        await opened.wait()
        writer.write(answer(rss(("late", "A note that came late.", NOW))))
        await writer.drain()

    kinds = {"slow": 6, "failing": 3, "lying": 2, "healthy": 29}
    body = rss(("1", "The council met.", NOW))
    answers: dict[str, bytes | Answer] = {
        "/slow": slow,
        "/failing": answer(b"", "503 Service Unavailable"),
        "/lying": answer(body, length=len(body) + 1000),
        "/healthy": answer(body),
    }
    order = [kind for kind, count in kinds.items() for _ in range(count)]
    async with serving(answers) as server, real_client() as web:
        sources = [source(f"{kind}-{n}", server.url(f"/{kind}?{n}")) for n, kind in enumerate(order)]
        async with polling(storage, web, Clock(), at_once=4, patience=0.05) as made:
            found: dict[str, list[Status]] = {kind: [] for kind in kinds}
            async for outcome in made.round(sources):
                kind = outcome.source.source_id.partition("-")[0]
                found[kind].append(outcome.status)
                if len(found["healthy"]) == kinds["healthy"]:
                    opened.set()
    assert found == {
        "slow": [Status.READ] * 6,
        "failing": [Status.FAILED] * 3,
        "lying": [Status.FAILED] * 2,
        "healthy": [Status.READ] * 29,
    }
