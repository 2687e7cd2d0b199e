"""The tested bot's account: what its calls work on. Methods are looked up in `METHODS`, filled by the method files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.botapi import html, markup
from tests.botapi.errors import malformed, refused
from tests.botapi.html import Text, utf16_length
from tests.botapi.log import Log
from tests.botapi.spec import Upload
from tests.botapi.updates import Updates
from tests.botapi.world import Chat, Message, World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

Params = dict[str, Any]
Uploads = Mapping[str, Upload]


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the bot answered to a pressed button."""

    query_id: str
    user_id: int
    text: str
    show_alert: bool
    url: str | None


@dataclass(slots=True)
class Query:
    """A pressed button or an inline query that waits for its answer."""

    id: str
    user_id: int
    answered: bool = False


@dataclass(slots=True)
class Account:
    """A bot, its world, its queue, and its profile."""

    world: World
    updates: Updates
    strict: bool = True
    privacy_mode: bool = True
    queries: dict[str, Query] = field(default_factory=dict)
    answers: Log[CallbackAnswer] = field(default_factory=Log)
    inline_answers: Log[tuple[int, Params]] = field(default_factory=Log)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    profile: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int | None, dict[str, Any]] = field(default_factory=dict)
    admin_rights: dict[bool, dict[str, Any]] = field(default_factory=dict)

    def parse_text(
        self, params: Params, name: str = "text", limit: int = TEXT_LIMIT, *, entities: str = "entities"
    ) -> Text:
        """The formatted text of a call. Raises 400 if it cannot be parsed or is too long."""
        raw: str = params.get(name) or ""
        if not params.get("parse_mode") and params.get(entities):
            text = html.with_entities(raw, params[entities], strict=self.strict)
        else:
            text = html.parse(raw, params.get("parse_mode"), strict=self.strict)
        if utf16_length(text.plain) > limit:
            raise malformed("message is too long" if name == "text" else "message caption is too long")
        return text

    def message(self, params: Params, verb: str) -> Message:
        """The bot's message that a call speaks of; 400 "message to edit not found"."""
        chat = self.world.chat(params["chat_id"])
        message = chat.messages.get(params["message_id"])
        if message is None or message.deleted:
            raise refused(f"message to {verb} not found")
        return message

    def hears(self, message: Message) -> bool:
        """Whether the bot gets to know of a person's message: in groups, privacy mode keeps most from it."""
        chat = message.chat
        if chat.type == "private":
            return True
        if chat.bot_status in ("left", "kicked"):
            return False
        if chat.bot_status == "administrator" or not self.privacy_mode:
            return True
        if message.reply_to is not None and message.reply_to.from_bot:
            return True
        if "text" not in message.content and "caption" not in message.content:
            # Service messages are always told; other people's pictures and places are not.
            return not any(key in message.content for key in ("photo", "document", "location", "contact"))
        mine = "@" + (self.world.bot.username or "").lower()
        for entity in message.entities:
            found = html.cut(message.text, entity["offset"], entity["length"]).lower()
            if entity["type"] == "mention" and found == mine:
                return True
            if entity["type"] == "bot_command" and entity["offset"] == 0:
                return "@" not in found or found.endswith(mine)
        return False

    def target(self, params: Params) -> tuple[Chat, dict[str, Any]]:
        """Where a send goes, and what its Message gets from that: thread, message replied to, keyboard."""
        chat = self.world.chat(params["chat_id"])
        chat.check_writable()
        keyboard = params.get("reply_markup")
        if keyboard is not None:
            markup.check(keyboard, private=chat.type == "private")
        more: dict[str, Any] = {"reply_markup": keyboard, "sent": params}
        thread = params.get("message_thread_id")
        if thread is not None:
            if chat.type != "private":
                topic = chat.topics.get(thread)
                if topic is None:
                    raise refused("message thread not found")
                if topic["closed"] and chat.bot_status != "administrator":
                    raise refused("TOPIC_CLOSED")
            more["thread_id"] = thread
        reply = params.get("reply_parameters")
        if reply is not None:
            there = chat if "chat_id" not in reply else self.world.chat(reply["chat_id"])
            original = there.messages.get(reply.get("message_id", 0))
            if original is not None and not original.deleted:
                more["reply_to"] = original
            elif not reply.get("allow_sending_without_reply"):
                raise refused("message to be replied not found")
        return chat, more


Method = Callable[[Account, Params, Uploads], Any]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Register the function that plays these Bot API methods."""

    def register(function: Method) -> Method:
        for name in names:
            METHODS[name] = function
        return function

    return register
