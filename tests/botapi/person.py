"""A person with Telegram in the hand: says, presses, sees."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Self

from tests.botapi import html
from tests.botapi.account import Account, CallbackAnswer, Params, Query
from tests.botapi.asking import member_json
from tests.botapi.sending import forward_origin
from tests.botapi.world import Chat, Happening, Message, User

PATIENCE = 30.0  # seconds that a person waits for the bot


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed: the callback query that went out, or the link that opened."""

    label: str
    query_id: str | None = None
    url: str | None = None
    message: Message | None = None


class Person:
    """One user in one chat: the private one with the bot, or, through `at`, a group.

    Everything a person does is queued for the bot at once; what a person waits for is bounded by `seconds` and raises
    TimeoutError. Messages, edits and answers that were seen once are not seen again.
    """

    def __init__(self, account: Account, user: User, chat: Chat, thread_id: int | None = None) -> None:
        self.account = account
        self.user = user
        self.chat = chat
        self.thread_id = thread_id
        self._seen: dict[tuple[int, str], int] = {}
        self.last_update_id = 0

    @property
    def id(self) -> int:
        """The user's id, and that of the private chat."""
        return self.user.id

    def at(self, chat: Chat | Any, thread_id: int | None = None) -> Self:
        """The same person in a group, or in one of its topics."""
        there = chat if isinstance(chat, Chat) else chat.chat
        other = type(self)(self.account, self.user, there, thread_id)
        other._seen = self._seen
        return other

    # -- doing ---------------------------------------------------------------------------------------------------

    async def say(self, text: str, *, reply_to: Message | None = None, **more: Any) -> Message:
        """Send a text. Commands, mentions and links get the entities that Telegram gives them."""
        content: dict[str, Any] = {"text": text, **more}
        entities = html.detect(text)
        if entities and "entities" not in content:
            content["entities"] = entities
        return self.send(content, reply_to=reply_to)

    def send(
        self,
        content: dict[str, Any],
        *,
        reply_to: Message | None = None,
        files: dict[str, bytes] | None = None,
    ) -> Message:
        """Send anything: `content` is the part of the Bot API's Message that is its own."""
        self.chat.opened = True
        message = self.account.world.add_message(
            self.chat, self.user, content, reply_to=reply_to, thread_id=self.thread_id, files=files or {}
        )
        if self.account.hears(message):
            self.last_update_id = self.account.updates.push("message", message.as_json())
        return message

    async def send_photo(self, data: bytes, caption: str = "", *, size: tuple[int, int] = (640, 480)) -> Message:
        """Send a picture; the bot can fetch its bytes with getFile."""
        described = self.account.world.keep_file(data, "photo")
        content: dict[str, Any] = {"photo": [{**described, "width": size[0], "height": size[1]}]}
        if caption:
            content["caption"] = caption
            if entities := html.detect(caption):
                content["caption_entities"] = entities
        return self.send(content, files={"photo": data})

    async def send_document(self, data: bytes, name: str, mime_type: str = "application/octet-stream") -> Message:
        """Send a file."""
        described = self.account.world.keep_file(data, "document")
        document = {**described, "file_name": name, "mime_type": mime_type}
        return self.send({"document": document}, files={"document": data})

    async def send_location(self, latitude: float, longitude: float, **more: Any) -> Message:
        """Send a point on the map; `more`: live_period, horizontal_accuracy."""
        return self.send({"location": {"latitude": latitude, "longitude": longitude, **more}})

    async def forward(self, message: Message | str, *, channel: Chat | Any = None, hidden: str = "") -> Message:
        """Forward a message, or a text as if it came from `channel`, or from someone who hides (`hidden`: the name)."""
        date = int(self.account.world.now())
        if isinstance(message, Message):
            return self.send({**message.content, "forward_origin": forward_origin(message)}, files=message.files)
        content: dict[str, Any] = {"text": message}
        if entities := html.detect(message):
            content["entities"] = entities
        if channel is not None:
            there = channel if isinstance(channel, Chat) else channel.chat
            content["forward_origin"] = {"type": "channel", "date": date, "chat": there.as_json(), "message_id": 1}
        else:
            name = hidden or "Someone"
            content["forward_origin"] = {"type": "hidden_user", "date": date, "sender_user_name": name}
        return self.send(content)

    async def edit(self, message: Message, text: str) -> Message:
        """Change a message of one's own."""
        if message.sender is not self.user:
            raise ValueError("only one's own messages can be edited")
        content: dict[str, Any] = {**message.content, "text": text}
        content.pop("entities", None)
        if entities := html.detect(text):
            content["entities"] = entities
        self.account.world.edit_message(message, content, None)
        if self.account.hears(message):
            self.last_update_id = self.account.updates.push("edited_message", message.as_json())
        return message

    async def press(self, label: str, message: Message | None = None) -> Pressed:
        """Press a button by its label: under `message`, else under the latest message of the bot that has it.

        The whole label is looked for first, then a part of it. Inline buttons send a callback query or open a link;
        a button of a reply keyboard is said. Raises LookupError naming the buttons that are there.
        """
        shown, button = self._button(label, message)
        if "callback_data" in button:
            return self.send_callback(button["callback_data"], shown, label=button["text"])
        url = next((holder["url"] for holder in (button, *_linked(button)) if "url" in holder), None)
        if url:
            return Pressed(button["text"], url=url, message=shown)
        if "inline_keyboard" in (shown.reply_markup or {}):
            for key in ("switch_inline_query", "switch_inline_query_current_chat"):
                if key in button:
                    return await self.inline(button[key])
            return Pressed(button["text"], message=shown)
        if button.get("request_location") or button.get("request_contact"):
            raise LookupError(f"{button['text']!r} asks for a location or contact: use send_location or send")
        await self.say(button["text"])
        return Pressed(button["text"], message=shown)

    def send_callback(self, data: str, message: Message, *, label: str = "") -> Pressed:
        """A callback query with any data, also data that no button has (hostile clients can)."""
        query = self._query()
        payload = {
            "id": query.id,
            "from": self.user.as_json(),
            "chat_instance": str(abs(message.chat.id)),
            "message": message.as_json() if not message.deleted else inaccessible(message),
            "data": data,
        }
        self.last_update_id = self.account.updates.push("callback_query", payload)
        return Pressed(label or data, query_id=query.id, message=message)

    async def inline(self, query: str, *, offset: str = "") -> Pressed:
        """Type `@bot query` in some chat; `inline_results` waits for what comes."""
        asked = self._query()
        payload = {"id": asked.id, "from": self.user.as_json(), "query": query, "offset": offset}
        self.last_update_id = self.account.updates.push("inline_query", {**payload, "chat_type": "sender"})
        return Pressed(query, query_id=asked.id)

    async def block(self) -> None:
        """Block the bot: it gets my_chat_member, and 403 from now on."""
        self._bot_membership("member", "kicked")
        self.user.has_blocked_bot = True

    async def unblock(self) -> None:
        """Take the bot back."""
        self.user.has_blocked_bot = False
        self._bot_membership("kicked", "member")

    def deactivate(self) -> None:
        """Delete the Telegram account: no update, 403 from now on."""
        self.user.deactivated = True

    async def react(self, message: Message, emoji: str) -> None:
        """Put a sign under a message (the bot hears of it if it asked for message_reaction)."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        payload = {
            "chat": message.chat.as_json(),
            "message_id": message.message_id,
            "user": self.user.as_json(),
            "date": int(self.account.world.now()),
            "old_reaction": message.reaction,
            "new_reaction": new,
        }
        message.reaction = new
        self.last_update_id = self.account.updates.push("message_reaction", payload)

    # -- seeing --------------------------------------------------------------------------------------------------

    async def see(self, seconds: float = PATIENCE) -> Message:
        """The bot's next message that was not seen yet."""
        return await self._next("message", seconds)

    async def see_edit(self, message: Message | None = None, seconds: float = PATIENCE) -> Message:
        """The bot's next edit not seen yet (of `message`, if given): the message as it looks now."""
        return await self._next("edit", seconds, message)

    async def see_answer(self, pressed: Pressed | None = None, seconds: float = PATIENCE) -> CallbackAnswer:
        """The bot's answer to a pressed button: to `pressed`, else the next not seen yet."""

        def fits(answer: CallbackAnswer) -> bool:
            return answer.user_id == self.id and (pressed is None or answer.query_id == pressed.query_id)

        key = (0, "answer")
        start = 0 if pressed is not None else self._seen.get(key, 0)
        position, answer = await self.account.answers.wait(start, fits, seconds)
        self._seen[key] = max(self._seen.get(key, 0), position + 1)
        return answer

    async def see_deleted(self, message: Message, seconds: float = PATIENCE) -> None:
        """Wait until a message is gone."""

        def fits(happening: Happening) -> bool:
            return happening.kind == "delete" and happening.message is message

        await self.chat.happenings.wait(0, fits, seconds)

    async def inline_results(self, asked: Pressed, seconds: float = PATIENCE) -> list[dict[str, Any]]:
        """What the bot answered to an inline query."""

        def fits(entry: tuple[int, Params]) -> bool:
            return bool(entry[1]["inline_query_id"] == asked.query_id)

        _, (_, params) = await self.account.inline_answers.wait(0, fits, seconds)
        results: list[dict[str, Any]] = params["results"]
        return results

    async def sees_nothing(self, seconds: float = 0.2) -> None:
        """Raise AssertionError if the bot writes within `seconds`. Surer: say something more, see only its answer."""
        start = self._seen.get((self.chat.id, "message"), 0)
        try:
            _, happening = await self.chat.happenings.wait(start, self._fits("message"), seconds)
        except TimeoutError:
            return
        raise AssertionError(f"the bot wrote: {happening.message.text if happening.message else ''!r}")

    def catch_up(self) -> None:
        """Take everything so far as seen."""
        for kind in ("message", "edit"):
            self._seen[self.chat.id, kind] = len(self.chat.happenings.items)
        self._seen[0, "answer"] = len(self.account.answers.items)

    @property
    def messages(self) -> list[Message]:
        """All messages in this chat that are still there, as they look now."""
        return self.chat.standing()

    @property
    def received(self) -> list[Message]:
        """Those of the bot among them."""
        return [message for message in self.messages if message.from_bot]

    @property
    def answers(self) -> list[str]:
        """The texts of all answers to this person's buttons."""
        return [answer.text for answer in self.account.answers.items if answer.user_id == self.id]

    @property
    def actions(self) -> list[str]:
        """What the bot showed itself doing in this chat: typing, ..."""
        return [seen.detail for seen in self.chat.happenings.items if seen.kind == "action"]

    # -- inside --------------------------------------------------------------------------------------------------

    def _fits(self, kind: str, message: Message | None = None) -> Any:
        def fits(happening: Happening) -> bool:
            seen = happening.message
            if happening.kind != kind or seen is None or not seen.from_bot:
                return False
            if message is not None and seen is not message:
                return False
            return self.thread_id is None or seen.thread_id == self.thread_id

        return fits

    async def _next(self, kind: str, seconds: float, message: Message | None = None) -> Message:
        key = (self.chat.id, kind)
        try:
            position, happening = await self.chat.happenings.wait(
                self._seen.get(key, 0), self._fits(kind, message), seconds
            )
        except TimeoutError:
            texts = [shown.text[:60] for shown in self.received[-3:]]
            raise TimeoutError(f"{self.user.first_name} saw no {kind} within {seconds} s; last: {texts}") from None
        self._seen[key] = position + 1
        assert happening.message is not None
        return happening.message

    def _button(self, label: str, message: Message | None) -> tuple[Message, dict[str, Any]]:
        shown = [message] if message is not None else [m for m in reversed(self.received) if m.keyboard]
        keys = [(candidate, key) for candidate in shown for row in candidate.keyboard for key in row]
        whole = [found for found in keys if found[1]["text"] == label]
        part = [found for found in keys if label.casefold() in found[1]["text"].casefold()]
        for found in whole + part:
            return found
        raise LookupError(f"no button {label!r}; there are {[candidate.buttons for candidate in shown]}")

    def _query(self) -> Query:
        query = Query(str(4_000_000_000 + len(self.account.queries) + 1), self.id)
        self.account.queries[query.id] = query
        return query

    def _bot_membership(self, old: str, new: str) -> None:
        bot = self.account.world.bot
        self.last_update_id = self.account.updates.push(
            "my_chat_member",
            {
                "chat": self.chat.as_json(),
                "from": self.user.as_json(),
                "date": int(self.account.world.now()),
                "old_chat_member": member_json(self.chat, bot, status=old),
                "new_chat_member": member_json(self.chat, bot, status=new),
            },
        )


def _linked(button: dict[str, Any]) -> list[dict[str, Any]]:
    return [button[kind] for kind in ("login_url", "web_app") if kind in button]


def inaccessible(message: Message) -> dict[str, Any]:
    """A message that is gone, as a callback query shows it."""
    return {"chat": message.chat.as_json(), "message_id": message.message_id, "date": 0}


async def everyone(*waiting: Any) -> list[Any]:
    """Several people waiting at once."""
    return list(await asyncio.gather(*waiting))
