"""Channels over the Bot API: who is asked, whose button counts, which posts are passed on; nothing is said there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from conflict.posts import Post
from handlers.channels import seat_channels
from messages.operator_actions import ReadChannel, decode_operator, encode_operator
from tests.botapi.server import BotApiServer
from tests.handlers.running import Running, bot_at


@dataclass
class FakeChannels:
    """Remembers what it was told."""

    read: dict[int, bool] = field(default_factory=dict)
    taken: asyncio.Queue[Post] = field(default_factory=asyncio.Queue)
    decided: list[tuple[int, bool, int]] = field(default_factory=list)

    async def followed(self, channel_id: int) -> bool | None:
        return self.read.get(channel_id)

    async def decide(self, channel_id: int, title: str, username: str | None, read: bool, operator: int) -> None:
        self.read[channel_id] = read
        self.decided.append((channel_id, read, operator))

    async def left(self, channel_id: int) -> None:
        self.read.pop(channel_id, None)

    async def take(self, post: Post) -> None:
        self.taken.put_nowait(post)


def seated(running: Running, *operators: int) -> FakeChannels:
    channels = FakeChannels()
    seat_channels(running.application, channels, operators)
    return channels


async def test_operators_are_asked_once_and_anew_when_the_bot_comes_back(botapi: BotApiServer) -> None:
    omar, stranger = botapi.person("Omar"), botapi.person("Stranger")
    channel = botapi.channel("Reports", username="reports", bot="left")
    async with bot_at(botapi) as running:
        channels = seated(running, omar.id, 999)  # one of them never wrote to the bot
        await channel.add_bot(stranger, status="administrator")
        asked = await omar.see()
        assert asked.buttons == ["Read its posts", "Do not read"]
        await channel.post("Not yet allowed")
        await omar.press("Do not read", asked)
        assert "are not read" in (await omar.see_edit(asked)).text
        await channel.post("Refused")
        await omar.press("Read its posts", asked)
        await omar.see_edit(asked)
        post = await channel.post("First words")
        taken = await channels.taken.get()
        assert (taken.text, taken.edited_at, taken.url) == (
            "First words",
            None,
            f"https://t.me/reports/{post.message_id}",
        )
        await channel.edit_post(post, "")
        taken = await channels.taken.get()
        assert taken.text == ""
        assert taken.edited_at is not None
        await channel.remove_bot(stranger)
        await channel.add_bot(stranger, status="administrator")
        assert (await omar.see()).buttons == ["Read its posts", "Do not read"]
        assert channels.decided == [(channel.id, False, omar.id), (channel.id, True, omar.id)]
    assert not [message for message in channel.messages if message.from_bot]


async def test_what_the_bot_said_is_no_post(botapi: BotApiServer) -> None:
    omar = botapi.person("Omar")
    channel = botapi.channel("Reports")
    async with bot_at(botapi) as running:
        channels = seated(running, omar.id)
        channels.read[channel.id] = True
        await omar.say("latest in Idlib")
        await omar.see()  # the bot is up
        ours = {
            "type": "user",
            "date": 1,
            "sender_user": {"id": running.application.bot.id, "is_bot": True, "first_name": "Sitrep"},
        }
        await channel.post("Anything that the bot said", forward_origin=ours)
        await channel.post("Clash\n\nAs of 13:40 UTC · #7F3A · not an official warning · source")
        await channel.post("#7F3A changed: killed 9. Forwarded copies are outdated.")
        await channel.post("Words of the channel")
        assert (await channels.taken.get()).text == "Words of the channel"


async def test_nobody_is_asked_where_there_are_no_operators(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    channel = botapi.channel("Reports", bot="left")
    async with bot_at(botapi) as running:
        channels = seated(running)
        await channel.add_bot(amal, status="administrator")
        await channel.post("Words")
        await amal.say("latest in Idlib")
        await amal.see()
        forged = amal.send_callback(f"2{encode_operator(ReadChannel(channel.id, True))}", amal.received[-1])
        assert "operators" in (await amal.see_answer(forged)).text
        assert channels.taken.empty()
        assert channels.read == {}


@pytest.mark.parametrize("body", ["r", "r0", "r01", "x5", "r-", "r5 ", "r99999999999999999", "n--5"])
def test_a_forged_channel_is_none(body: str) -> None:
    assert decode_operator("c", body) is None


@pytest.mark.parametrize(
    "body",
    ["", "0123456789av0.0", "0123456789abcw0.0", "0123456789abcv00.0", "0123456789abcv0.01", "0123456789ABcv0.0"],
)
def test_a_forged_draft_is_none(body: str) -> None:
    assert decode_operator("d", body) is None
