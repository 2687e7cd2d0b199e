"""Each chat's own time, looked at when a delivery is claimed: it goes now, waits, or goes within another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from alerts.rendering import Rendering
from alerts.rhythm import HOUR, MOST_AN_HOUR, Go, Held, Hold, Rhythm, Waiting, decide
from conflict.answers import Reply
from conflict.events import ConflictEvent
from conflict.subscriptions import matches, named_areas
from conflict.vocabulary import PlaceLevel
from storage import Unit
from storage.chats import Chat
from storage.deliveries import Delivery

_ROUGH = (PlaceLevel.ADMIN1, PlaceLevel.ADMIN2)


@dataclass(slots=True)
class Timing:
    """Made for one claim: what of it belongs together, and when each chat was written to in the last hour."""

    unit: Unit
    rendering: Rendering
    claimed: Sequence[Delivery]
    now: datetime
    most_an_hour: int = MOST_AN_HOUR
    _sent: dict[int, list[datetime]] = field(init=False)
    _done: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        chats = {one.chat_id for one in self.claimed if one.part != "edit"}
        ids = [one.delivery_id for one in self.claimed]
        self._sent = self.unit.folding.sent_since(chats, self.now - HOUR, but=ids) if chats else {}

    def ready(self, delivery: Delivery, chat: Chat, tz: tzinfo) -> Delivery | None:
        """The delivery as it goes out now; None: it waits, or went within another. Edits make no sound and go."""
        if delivery.delivery_id in self._done:
            return None
        if delivery.part == "edit":
            return delivery
        rhythm = rhythm_of(chat, tz, self.most_an_hour)
        decision = self._decision(delivery, rhythm)
        if isinstance(decision, Hold):
            self.unit.folding.hold(delivery.delivery_id, decision.until, decision.why)
            return None
        self._sent[delivery.chat_id].append(self.now)
        if decision.fold is not None and delivery.part == "message":
            return self._folded(delivery, decision.fold, rhythm)
        return delivery

    def text(self, delivery: Delivery, original: Delivery | None, language: str, tz: tzinfo) -> Reply | None:
        """What the delivery says now (`Rendering.reply`)."""
        possible = delivery.part == "message" and self._possible(delivery)
        return self.rendering.reply(delivery, original, language, tz, possible=possible)

    def _decision(self, delivery: Delivery, rhythm: Rhythm) -> Go | Hold:
        return decide(self._waiting(delivery, rhythm), rhythm, self._sent.get(delivery.chat_id, ()), self.now)

    def _waiting(self, delivery: Delivery, rhythm: Rhythm) -> Waiting:
        """What there is to know of it; its events are read only where the chat's rhythm asks for what they say."""
        asked = rhythm.breaches_break or rhythm.snoozed_places
        events = self.rendering.events_of(delivery) if asked and delivery.part == "message" else []
        return Waiting(
            delivery.lane,
            delivery.created_at,
            any(event.facts.breach is not None and bool(event.facts.breach.reported) for event in events),
            tuple(named_areas(event) for event in events),
            Held(delivery.held) if delivery.held else None,
            delivery.part == "reply",
        )

    def _possible(self, delivery: Delivery) -> bool:
        """Whether the chat gets this only because it may have been near what it watches: only the unit is known."""
        events = self.rendering.events_of(delivery)
        if not all(_rough(event) for event in events):
            return False
        wishes = self.unit.subscriptions.of_chat(delivery.chat_id)
        exact = [replace(wish, coarser_too=False) for wish in wishes]
        met = any(matches(event, wish) for event in events for wish in wishes)
        return met and not any(matches(event, wish) for event in events for wish in exact)

    def _folded(self, delivery: Delivery, why: Held, rhythm: Rhythm) -> Delivery:
        """The delivery with all else of the chat and topic that may go now, claimed already or not."""
        here = [
            one
            for one in self.claimed
            if one.part == "message"
            and (one.chat_id, one.thread_id) == (delivery.chat_id, delivery.thread_id)
            and one.delivery_id != delivery.delivery_id
            and one.delivery_id not in self._done
        ]
        due = self.unit.folding.due(delivery.chat_id, delivery.thread_id, at=self.now)
        others = [*here, *(one for number in due if (one := self.unit.deliveries.get(number)) is not None)]
        alone = replace(rhythm, most_an_hour=MOST_AN_HOUR * 1000)  # within this message they are none of their own
        going = [
            one.delivery_id for one in others if isinstance(decide(self._waiting(one, alone), alone, (), self.now), Go)
        ]
        self.unit.folding.fold(delivery.delivery_id, going, why, at=self.now)
        self._done.update(going)
        return self.unit.deliveries.get(delivery.delivery_id) or delivery


def rhythm_of(chat: Chat, tz: tzinfo, most_an_hour: int = MOST_AN_HOUR) -> Rhythm:
    """What a chat has set, as its rhythm."""
    hours = (chat.quiet_from, chat.quiet_to)
    return Rhythm(
        tz,
        None if hours[0] is None or hours[1] is None else (hours[0], hours[1]),
        chat.quiet_breaks_at,
        bool(chat.quiet_breaks_breach),
        chat.digest_at,
        chat.digest_weekday,
        chat.snoozed_until,
        chat.snoozed_places,
        most_an_hour,
    )


def _rough(event: ConflictEvent) -> bool:
    primary = event.facts.primary_place
    return primary is not None and primary.level in _ROUGH
