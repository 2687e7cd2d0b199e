"""Playing people and reading what was sent from another process: JSON over HTTP at `/control`.

`POST /control {"do": "say", "person": 100001, "text": "latest in Idlib"}` answers `{"ok": true, "result": ...}` or
`{"ok": false, "error": "..."}`. What can be done is the list in `Control`; README.md shows each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.botapi.faults import Fault
from tests.botapi.person import Person, Pressed
from tests.botapi.world import Chat, Message

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer


def message_json(message: Message) -> dict[str, Any]:
    """A message as a test in another process wants it."""
    return {
        "message_id": message.message_id,
        "chat": message.chat.id,
        "from_bot": message.from_bot,
        "text": message.text,
        "html": message.html,
        "buttons": message.buttons,
        "keyboard": message.keyboard,
        "history": message.history,
        "deleted": message.deleted,
        "silent": message.silent,
        "at": message.at,
        "edit_date": message.edit_date,
        "photo_bytes": len(message.photo or b""),
        "reply_to": message.reply_to.message_id if message.reply_to else None,
    }


class Control:
    """The commands; each takes the fields of the request's JSON and gives JSON."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self._people: dict[int, Person] = {}

    async def run(self, request: dict[str, Any]) -> dict[str, Any]:
        """One command. A mistake in it, or a wait in vain, is told and not raised."""
        command = getattr(self, "do_" + str(request.pop("do", "")), None)
        if command is None:
            known = [name.removeprefix("do_") for name in dir(self) if name.startswith("do_")]
            return {"ok": False, "error": f"do must be one of {', '.join(known)}"}
        try:
            return {"ok": True, "result": await command(**request)}
        except (LookupError, TypeError, ValueError, TimeoutError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    def _person(self, person: int, chat: int | None = None) -> Person:
        found = self._people.get(person)
        if found is None:
            user = self.server.world.users[person]
            found = Person(self.server.account, user, self.server.world.private_chat(user))
            self._people[person] = found
        return found if chat is None else found.at(self._chat(chat))

    def _chat(self, chat: int) -> Chat:
        return self.server.world.chats[chat]

    async def do_person(self, name: str = "Amal", **more: Any) -> int:
        """A new person; gives the id."""
        person = self.server.person(name, **more)
        self._people[person.id] = person
        return person.id

    async def do_group(self, title: str = "Aid desk", owner: int | None = None, **more: Any) -> int:
        """A new group; gives its id."""
        for role in ("members", "admins"):
            more[role] = [self._person(person) for person in more.get(role, ())]
        return self.server.group(title, owner=self._person(owner) if owner else None, **more).id

    async def do_say(self, person: int, text: str, chat: int | None = None) -> int:
        """A person says something; gives the message id."""
        return (await self._person(person, chat).say(text)).message_id

    async def do_press(self, person: int, label: str, chat: int | None = None) -> dict[str, Any]:
        """A person presses a button."""
        pressed = await self._person(person, chat).press(label)
        return {"label": pressed.label, "query_id": pressed.query_id, "url": pressed.url}

    async def do_see(self, person: int, chat: int | None = None, seconds: float = 30.0) -> dict[str, Any]:
        """The next message of the bot."""
        return message_json(await self._person(person, chat).see(seconds))

    async def do_see_edit(self, person: int, chat: int | None = None, seconds: float = 30.0) -> dict[str, Any]:
        """The next edit by the bot."""
        return message_json(await self._person(person, chat).see_edit(seconds=seconds))

    async def do_see_answer(self, person: int, query_id: str | None = None, seconds: float = 30.0) -> dict[str, Any]:
        """The bot's answer to a button."""
        pressed = Pressed("", query_id=query_id) if query_id else None
        answer = await self._person(person).see_answer(pressed, seconds)
        return {"text": answer.text, "show_alert": answer.show_alert, "url": answer.url}

    async def do_block(self, person: int) -> None:
        """A person blocks the bot."""
        await self._person(person).block()

    async def do_unblock(self, person: int) -> None:
        """A person takes the bot back."""
        await self._person(person).unblock()

    async def do_push(self, update: dict[str, Any], check: bool = True) -> int:
        """Queue any update."""
        return self.server.updates.push_raw(update, check=check)

    async def do_fault(self, kind: str, **more: Any) -> None:
        """Script trouble: the fields of `Fault`."""
        self.server.faults.add(Fault(kind, **more))

    async def do_clear_faults(self) -> None:
        """All is well again."""
        self.server.faults.clear()

    async def do_messages(self, chat: int | None = None, bot_only: bool = True) -> list[dict[str, Any]]:
        """The messages of one chat, or of all."""
        chats = [self._chat(chat)] if chat is not None else list(self.server.world.chats.values())
        return [
            message_json(message)
            for there in chats
            for message in there.messages.values()
            if message.from_bot or not bot_only
        ]

    async def do_calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """The calls so far, without their parameters' files."""
        return [
            {"method": call.method, "status": call.status, "accepted": call.accepted, "description": call.description}
            for call in self.server.calls
            if method in (None, call.method)
        ]

    async def do_violations(self) -> list[dict[str, str]]:
        """The malformed calls."""
        return [{"method": call.method, "description": call.description} for call in self.server.violations]

    async def do_stats(self) -> dict[str, Any]:
        """Counts and rates."""
        stats = self.server.stats
        return {
            "calls": dict(stats.calls),
            "refused": {str(status): count for status, count in stats.refused.items()},
            "accepted": {method: len(times) for method, times in stats.accepted_at.items()},
            "rate": {method: stats.rate(method) for method in stats.accepted_at},
            "max_in_flight": stats.max_in_flight,
            "pending_updates": len(self.server.updates.pending),
        }

    async def do_clear_stats(self) -> None:
        """Count anew."""
        self.server.stats.clear()
