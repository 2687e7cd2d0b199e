"""Posts of channels become reports, in a thread of their own: who is answered never waits for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Final, ParamSpec, TypeVar

from conflict.events import ConflictEvent, Report
from conflict.fingerprints import NEAR, shingles
from conflict.gazetteer import Gazetteer
from conflict.policy import NO_POLICY, Policy
from conflict.posts import Post
from ingest.extraction import Extractor
from ingest.pipeline import Extraction, Pipeline
from ingest.sources.posts import source_of, understood, version_of
from messages.alerts import Alert, render_alert
from messages.catalog import Catalog
from messages.html import to_plain
from storage import Storage
from storage.operators import OperatorAction
from storage.sources import CHANNEL, Watched

log = logging.getLogger(__name__)

_COMPARED: Final = 20  # held events whose alerts a post is compared with

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Intake:
    """The pipeline of a running bot for what comes over Telegram: one thread, loaded when first needed."""

    storage: Storage
    places: Gazetteer
    now: Callable[[], datetime]
    policy: Policy = NO_POLICY
    _pool: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1, "posts"))

    async def do(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in the thread, in the order of the calls."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args, **kwargs))

    def close(self) -> None:
        """Let what was begun be finished."""
        self._pool.shutdown()

    @cached_property
    def extractor(self) -> Extractor:
        """What reads events out of texts."""
        return Extractor.load(self.places)

    @cached_property
    def pipeline(self) -> Pipeline:
        """What stores them."""
        return Pipeline(self.storage, self.extractor, self.now, self.policy)


@dataclass(frozen=True, slots=True)
class ChannelServices:
    """`handlers.channels.Channels` over one database."""

    intake: Intake
    catalog: Catalog

    async def followed(self, channel_id: int) -> bool | None:
        """Whether an operator allowed to read it; None where none has decided."""
        return await self.intake.do(self._followed, channel_id)

    async def decide(self, channel_id: int, title: str, username: str | None, read: bool, operator: int) -> None:
        """An operator allows it, or not; kept in the audit trail."""
        await self.intake.do(self._decide, channel_id, title, username, read, operator)

    async def left(self, channel_id: int) -> None:
        """The bot is in it no more: whoever adds it again is asked about anew."""
        await self.intake.do(self._left, channel_id)

    async def take(self, post: Post) -> None:
        """Store what a version of a post says; our own alerts are left out."""
        await self.intake.do(self._take, post)

    def _followed(self, channel_id: int) -> bool | None:
        with self.intake.storage.begin() as unit:
            return unit.sources.followed(source_of(channel_id))

    def _decide(self, channel_id: int, title: str, username: str | None, read: bool, operator: int) -> None:
        source_id = source_of(channel_id)
        with self.intake.storage.begin(write=True) as unit:
            unit.sources.follow(_watched(channel_id, title, username), read=read)
            action = "read channel" if read else "do not read channel"
            unit.operators.record(OperatorAction(str(operator), action, source_id, self.intake.now()))

    def _left(self, channel_id: int) -> None:
        with self.intake.storage.begin(write=True) as unit:
            unit.sources.forget(source_of(channel_id))

    def _take(self, post: Post) -> None:
        now = self.intake.now()
        report = version_of(self.intake.storage, post, now=now)
        said = understood(self.intake.extractor, report, post.published_at)
        if self._is_our_alert(report, said, now):
            log.info("A post that repeats an alert of ours is left out.")
            return
        result = self.intake.pipeline.take(report, said.events, said.tolls, said.tallies, said.reason)
        with self.intake.storage.begin(write=True) as unit:
            items = int(result.stored and post.edited_at is None)
            unit.sources.record(report.source_id, post.title, True, now, items, events=result.inserted)
            unit.sources.cover(report.source_id, _countries(result.events))

    def _is_our_alert(self, report: Report, said: Extraction, now: datetime) -> bool:
        """Whether most of the words stand, in their order, in the alert of an event that we hold."""
        words = shingles(report.text)
        with self.intake.storage.begin() as unit:
            held = [event for data in said.events for event in unit.events.candidates(data.facts, days=1)]
        alerts = (
            self._alert(event, language, now) for event in held[:_COMPARED] for language in self.catalog.languages
        )
        return bool(words) and any(len(words & shingles(alert)) >= NEAR * len(words) for alert in alerts)

    def _alert(self, event: ConflictEvent, language: str, now: datetime) -> str:
        return to_plain(render_alert(Alert((event,), now), self.catalog.texts(language), tz=UTC).html)


def _watched(channel_id: int, title: str, username: str | None) -> Watched:
    return Watched(source_of(channel_id), title, CHANNEL, f"https://t.me/{username}" if username else None)


def _countries(events: Iterable[ConflictEvent]) -> set[str]:
    """The codes of the countries that events were in, as far as known."""
    places = (place.place for event in events for place in event.facts.places)
    return {place.country_code for place in places if place and place.country_code}
