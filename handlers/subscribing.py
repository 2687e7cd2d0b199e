"""What the handlers of alerts need of the rest of the house; `bot/subscribing.py` implements it."""

from __future__ import annotations

from typing import Protocol

from conflict.events import ConflictEvent
from conflict.questions import Clarification
from conflict.subscription_words import Wish
from handlers.context import AnyApplication, ChatView, Context
from messages.callbacks import AskAgain
from messages.chat_actions import EditAlert
from messages.subscriptions import Described, Refused, Subscribed


class Subscribing(Protocol):
    """What a chat wants to be told of. Raises the errors of `conflict.errors`, DatabaseAwayError among them."""

    async def subscribe(
        self, wish: Wish, chat: ChatView, thread_id: int | None
    ) -> Subscribed | Refused | Clarification:
        """Make a subscription of a wish in words."""

    async def subscribe_to(self, ask: AskAgain, chat: ChatView, thread_id: int | None) -> Subscribed | Refused:
        """Make one of what a button carries."""

    async def listed(self, chat: ChatView) -> tuple[Described, ...]:
        """The chat's subscriptions, oldest first."""

    async def change(self, chat: ChatView, what: str, subscription_id: int) -> bool:
        """pause, resume or remove; False if it is not this chat's or gone."""

    async def edit(self, chat: ChatView, edit: EditAlert) -> Described | None:
        """One subscription, changed as a button says; None if it is not this chat's or gone."""

    async def offer(self, ask: AskAgain) -> Described | None:
        """What a link would subscribe to; None if its place is not known."""

    async def why(self, chat: ChatView, event_id: str) -> tuple[ConflictEvent, tuple[Described, ...]] | None:
        """The event as held now, and this chat's subscriptions that mean it; None if it is not there."""


_KEY = "subscribing"


def seat_subscribing(application: AnyApplication, subscribing: Subscribing) -> None:
    """Give the handlers of alerts what they work with."""
    application.bot_data[_KEY] = subscribing


def subscribing_of(context: Context) -> Subscribing | None:
    """What `seat_subscribing` gave; None in a run without alerts."""
    found: Subscribing | None = context.bot_data.get(_KEY)
    return found
