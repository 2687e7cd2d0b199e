"""Groups, supergroups with topics, and channels: who is in them and what the bot may do there."""

from __future__ import annotations

from typing import Any, Self

from tests.botapi import html
from tests.botapi.account import Account
from tests.botapi.asking import member_json
from tests.botapi.person import Person
from tests.botapi.world import Chat, Happening, Message, User


class Group:
    """A chat of several: `group`, `supergroup` (perhaps a forum with topics) or `channel`."""

    def __init__(self, account: Account, chat: Chat) -> None:
        self.account = account
        self.chat = chat

    @classmethod
    def create(
        cls,
        account: Account,
        title: str,
        *,
        kind: str = "supergroup",
        forum: bool = False,
        owner: Person | None = None,
        members: list[Person] | None = None,
        admins: list[Person] | None = None,
        bot: str = "member",
        username: str | None = None,
    ) -> Self:
        """A chat that exists already, without updates about how it came to be. `bot`: the bot's status in it."""
        chat = account.world.add_group(kind, title=title, is_forum=forum, bot_status=bot, username=username)
        group = cls(account, chat)
        for people, status in (([owner] if owner else [], "creator"), (admins, "administrator"), (members, "member")):
            for person in people or []:
                chat.statuses[person.id] = status
        return group

    @property
    def id(self) -> int:
        """The chat id."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """All messages that are still there, as they look now."""
        return self.chat.standing()

    # -- membership ----------------------------------------------------------------------------------------------

    async def add_bot(self, by: Person, *, status: str = "member") -> None:
        """The bot is added, or made an administrator (`status`)."""
        self._bot_status(status, by)

    async def remove_bot(self, by: Person) -> None:
        """The bot is kicked."""
        self._bot_status("kicked", by)

    def _bot_status(self, new: str, by: Person) -> None:
        old, self.chat.bot_status = self.chat.bot_status, new
        self._member_update("my_chat_member", self.account.world.bot, by.user, old, new)

    async def set_status(self, person: Person, status: str, by: Person | None = None) -> None:
        """Someone joins (`member`), leaves (`left`), is promoted (`administrator`) or banned (`kicked`).

        The bot gets chat_member, if it asked for that and is an administrator; joining and leaving are also said by a
        service message outside channels.
        """
        old = self.chat.statuses.get(person.id, "left")
        self.chat.statuses[person.id] = status
        actor = (by or person).user
        if self.chat.type != "channel":
            there = {"member", "administrator", "creator", "restricted"}
            if status in there and old not in there:
                self._service(actor, {"new_chat_members": [person.user.as_json()]})
            elif status not in there and old in there:
                self._service(actor, {"left_chat_member": person.user.as_json()})
        if self.chat.bot_status == "administrator":
            self._member_update("chat_member", person.user, actor, old, status)

    def _member_update(self, kind: str, who: User, by: User, old: str, new: str) -> None:
        self.account.updates.push(
            kind,
            {
                "chat": self.chat.as_json(),
                "from": by.as_json(),
                "date": int(self.account.world.now()),
                "old_chat_member": member_json(self.chat, who, status=old),
                "new_chat_member": member_json(self.chat, who, status=new),
            },
        )

    def _service(self, by: User, content: dict[str, Any], thread_id: int | None = None) -> Message:
        message = self.account.world.add_message(self.chat, by, content, thread_id=thread_id)
        if self.account.hears(message):
            self.account.updates.push("message", message.as_json())
        return message

    # -- change of kind, topics ----------------------------------------------------------------------------------

    async def rename(self, title: str, by: Person) -> None:
        """Another title."""
        self.chat.title = title
        self.chat.changed()
        self._service(by.user, {"new_chat_title": title})

    async def migrate(self, by: Person) -> Group:
        """A basic group becomes a supergroup with another id; both say so, and the old one refuses from now on."""
        old = self.chat
        if old.type != "group":
            raise ValueError("only a basic group can become a supergroup")
        new = self.account.world.add_group("supergroup", title=old.title, bot_status=old.bot_status)
        new.statuses = dict(old.statuses)
        self._service(by.user, {"migrate_to_chat_id": new.id})
        old.migrated_to = new
        moved = Group(self.account, new)
        moved._service(by.user, {"migrate_from_chat_id": old.id})
        return moved

    async def create_topic(self, name: str, by: Person) -> int:
        """A new topic; gives its thread id."""
        content = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        message = self.account.world.add_message(self.chat, by.user, content)
        message.thread_id = message.message_id
        self.chat.topics[message.message_id] = {"name": name, "closed": False}
        self.account.updates.push("message", message.as_json())
        return message.message_id

    async def close_topic(self, thread_id: int, by: Person) -> None:
        """Nobody but administrators writes there any more."""
        self.chat.topics[thread_id]["closed"] = True
        self._service(by.user, {"forum_topic_closed": {}}, thread_id)

    # -- channels ------------------------------------------------------------------------------------------------

    async def post(self, text: str, **more: Any) -> Message:
        """A post in the channel, by the channel itself."""
        content: dict[str, Any] = {"text": text, **more}
        if entities := html.detect(text):
            content.setdefault("entities", entities)
        message = self.account.world.add_message(self.chat, None, content)
        if self.chat.bot_status == "administrator":
            self.account.updates.push("channel_post", message.as_json())
        return message

    async def edit_post(self, message: Message, text: str) -> Message:
        """The channel corrects itself."""
        content: dict[str, Any] = {"text": text}
        if entities := html.detect(text):
            content["entities"] = entities
        self.account.world.edit_message(message, content, None)
        if self.chat.bot_status == "administrator":
            self.account.updates.push("edited_channel_post", message.as_json())
        return message

    async def see(self, seconds: float = 30.0, *, after: int = 0) -> Message:
        """The bot's first message here from position `after` in the chat's happenings on."""

        def fits(happening: Happening) -> bool:
            seen = happening.message
            return happening.kind == "message" and seen is not None and bool(seen.sent)

        _, happening = await self.chat.happenings.wait(after, fits, seconds)
        assert happening.message is not None
        return happening.message
