"""Who and what exists on the pretended Telegram: users, chats, and every message as it was and as it is."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.botapi import html
from tests.botapi.errors import ApiError, forbidden, refused
from tests.botapi.log import Log

# Ids of supergroups and channels are -100 followed by the channel's own number.
SUPERGROUP_BASE = -1_000_000_000_000


@dataclass(slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    deactivated: bool = False
    has_blocked_bot: bool = False

    def as_json(self) -> dict[str, Any]:
        """The Bot API's User."""
        described: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            described["last_name"] = self.last_name
        if self.username:
            described["username"] = self.username
        if self.language_code:
            described["language_code"] = self.language_code
        return described


@dataclass(slots=True)
class Version:
    """What a message was until it was edited: content (the Message JSON's part that is its own), keyboard, files."""

    content: dict[str, Any]
    reply_markup: dict[str, Any] | None
    files: dict[str, bytes]
    until: float


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """One message, as it looks now; `edits` holds what it looked like before, oldest first."""

    chat: Chat
    message_id: int
    sender: User | None
    date: int
    content: dict[str, Any]
    reply_markup: dict[str, Any] | None = None
    thread_id: int | None = None
    reply_to: Message | None = None
    sent: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    at: float = 0.0
    edit_date: int | None = None
    deleted: bool = False
    pinned: bool = False
    reaction: list[dict[str, Any]] = field(default_factory=list)
    edits: list[Version] = field(default_factory=list)

    def __repr__(self) -> str:
        who = self.sender.first_name if self.sender else self.chat.title
        return f"<Message {self.message_id} of {who}: {self.text[:80]!r} {self.buttons or ''}>"

    @property
    def text(self) -> str:
        """Text or caption, without formatting."""
        text: str = self.content.get("text") or self.content.get("caption") or ""
        return text

    @property
    def entities(self) -> list[dict[str, Any]]:
        """Entities of the text or caption, in UTF-16 offsets."""
        found: list[dict[str, Any]] = self.content.get("entities") or self.content.get("caption_entities") or []
        return found

    @property
    def html(self) -> str:
        """Text or caption with its formatting, as the person sees it."""
        return html.to_html(self.text, self.entities)

    @property
    def from_bot(self) -> bool:
        """Whether the tested bot sent it."""
        return bool(self.sent)

    @property
    def keyboard(self) -> list[list[dict[str, Any]]]:
        """The buttons in rows, inline or below the input field; empty without any."""
        markup = self.reply_markup or {}
        rows: list[list[Any]] = markup.get("inline_keyboard") or markup.get("keyboard") or []
        return [[{"text": key} if isinstance(key, str) else key for key in row] for row in rows]

    @property
    def buttons(self) -> list[str]:
        """The labels of all buttons, in reading order."""
        return [button["text"] for row in self.keyboard for button in row]

    @property
    def photo(self) -> bytes | None:
        """The bytes of the picture, if the message shows one that was uploaded."""
        return self.files.get("photo")

    @property
    def silent(self) -> bool:
        """Whether it was sent without a sound."""
        return bool(self.sent.get("disable_notification"))

    @property
    def history(self) -> list[str]:
        """All texts it ever had, oldest first, the present one last."""
        return [v.content.get("text") or v.content.get("caption") or "" for v in self.edits] + [self.text]

    def as_json(self, *, deep: bool = True) -> dict[str, Any]:
        """The Bot API's Message."""
        told: dict[str, Any] = {"message_id": self.message_id}
        if self.sender is not None:
            told["from"] = self.sender.as_json()
        else:
            told["sender_chat"] = self.chat.as_json()
        told["chat"] = self.chat.as_json()
        told["date"] = self.date
        if self.edit_date is not None:
            told["edit_date"] = self.edit_date
        if self.thread_id is not None:
            told["message_thread_id"] = self.thread_id
            if self.chat.is_forum:
                told["is_topic_message"] = True
        if deep and self.reply_to is not None:
            told["reply_to_message"] = self.reply_to.as_json(deep=False)
        told.update(self.content)
        if self.reply_markup is not None and "inline_keyboard" in self.reply_markup:
            told["reply_markup"] = self.reply_markup
        return told


@dataclass(frozen=True, slots=True)
class Happening:
    """Something seen in a chat: kind is `message`, `edit`, `delete`, `pin`, `reaction` or `action` (typing ...)."""

    kind: str
    message: Message | None = None
    detail: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Chat:
    """A private chat, group, supergroup or channel, with what the bot may do in it."""

    id: int
    type: str
    title: str | None = None
    user: User | None = None
    username: str | None = None
    is_forum: bool = False
    bot_status: str = "member"
    opened: bool = True
    migrated_to: Chat | None = None
    statuses: dict[int, str] = field(default_factory=dict)
    members: dict[int, User] = field(default_factory=dict)
    topics: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    happenings: Log[Happening] = field(default_factory=Log)
    next_message_id: int = 1
    _json: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return f"<Chat {self.id} {self.type} {self.title or (self.user and self.user.first_name)!r}>"

    @property
    def is_group(self) -> bool:
        """Whether many read it: the limit per minute holds there."""
        return self.type != "private"

    def as_json(self) -> dict[str, Any]:
        """The Bot API's Chat."""
        if self._json is None:
            described: dict[str, Any] = {"id": self.id, "type": self.type}
            if self.user is not None:
                described["first_name"] = self.user.first_name
                if self.user.last_name:
                    described["last_name"] = self.user.last_name
            if self.title is not None:
                described["title"] = self.title
            username = self.username or (self.user.username if self.user else None)
            if username:
                described["username"] = username
            if self.is_forum:
                described["is_forum"] = True
            self._json = described
        return self._json

    def changed(self) -> None:
        """Forget the cached description after a change of title or kind."""
        self._json = None

    def standing(self) -> list[Message]:
        """The messages that are still there, as they look now."""
        return [message for message in self.messages.values() if not message.deleted]

    def check_writable(self) -> None:
        """Raise what Telegram says when the bot may not write here."""
        if self.user is not None:
            if self.user.deactivated:
                raise forbidden("user is deactivated")
            if self.user.has_blocked_bot:
                raise forbidden("bot was blocked by the user")
            if not self.opened:
                raise forbidden("bot can't initiate conversation with a user")
            return
        if self.migrated_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                parameters={"migrate_to_chat_id": self.migrated_to.id},
            )
        kind = f"{self.type} chat"
        if self.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {kind}")
        if self.bot_status == "left":
            raise forbidden(f"bot is not a member of the {kind}")
        if self.type == "channel" and self.bot_status != "administrator":
            raise refused("need administrator rights in the channel chat")


class World:
    """All users and chats that the bot can know."""

    def __init__(self, bot: User, now: Callable[[], float] = time.time) -> None:
        self.bot = bot
        self.now = now
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, bytes] = {}
        # Set by a benchmark that writes to thousands of chats without a person in each.
        self.open_all = False
        self._user_ids: Iterator[int] = itertools.count(100_001)
        self._group_ids: Iterator[int] = itertools.count(5_001)
        self._file_ids: Iterator[int] = itertools.count(1)
        # Private chats and basic groups share one numbering per account; supergroups have their own.
        self._message_id = 0

    def add_user(self, user_id: int | None = None, **described: Any) -> User:
        """A new user with an id of its own."""
        user = User(id=user_id or next(self._user_ids), **described)
        if user.id in self.users:
            raise ValueError(f"there is a user {user.id} already")
        self.users[user.id] = user
        return user

    def private_chat(self, user: User, *, opened: bool = True) -> Chat:
        """The chat of a user with the bot."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(user.id, "private", user=user, opened=opened)
        return self.chats[user.id]

    def add_group(self, kind: str, **described: Any) -> Chat:
        """A new group, supergroup or channel."""
        number = next(self._group_ids)
        chat = Chat(-number if kind == "group" else SUPERGROUP_BASE - number, kind, **described)
        self.chats[chat.id] = chat
        return chat

    def chat(self, chat_id: int | str) -> Chat:
        """The chat that the bot means, by id or @username. Raises 400 "chat not found"."""
        if isinstance(chat_id, str):
            for chat in self.chats.values():
                if chat.username and chat_id.lower() == "@" + chat.username.lower() and chat.type != "private":
                    return chat
            raise refused("chat not found")
        found = self.chats.get(chat_id)
        if found is not None:
            return found
        if self.open_all and chat_id > 0:
            return self.private_chat(self.add_user(chat_id, first_name=f"Person {chat_id}"))
        raise refused("chat not found")

    def add_message(self, chat: Chat, sender: User | None, content: dict[str, Any], **more: Any) -> Message:
        """Put a message into a chat and tell those who watch it."""
        if chat.type in ("supergroup", "channel"):
            message_id = chat.next_message_id
            chat.next_message_id += 1
        else:
            self._message_id += 1
            message_id = self._message_id
        now = self.now()
        message = Message(chat, message_id, sender, int(now), content, at=now, **more)
        chat.messages[message_id] = message
        chat.happenings.append(Happening("message", message))
        return message

    def edit_message(
        self,
        message: Message,
        content: dict[str, Any],
        reply_markup: dict[str, Any] | None,
        *,
        files: dict[str, bytes] | None = None,
    ) -> None:
        """Change a message and keep what it was. A change of the keyboard only leaves no edit mark."""
        now = self.now()
        message.edits.append(Version(message.content, message.reply_markup, message.files, now))
        if content != message.content:
            message.edit_date = int(now)
        message.content = content
        message.reply_markup = reply_markup
        if files is not None:
            message.files = files
        message.chat.happenings.append(Happening("edit", message))

    def delete_message(self, message: Message) -> None:
        """Take a message away; it stays readable to the test as `deleted`."""
        message.deleted = True
        message.chat.happenings.append(Happening("delete", message))

    def keep_file(self, data: bytes, kind: str) -> dict[str, Any]:
        """Store a file, give the fields that every kind of file has."""
        number = next(self._file_ids)
        file_id = f"{kind}-{number:08d}-{len(data)}"
        self.files[file_id] = data
        return {"file_id": file_id, "file_unique_id": f"u{number}", "file_size": len(data)}
