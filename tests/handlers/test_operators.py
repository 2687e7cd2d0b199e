"""The commands of operators as they are typed, and who may type them."""

from __future__ import annotations

import pytest

from handlers.operators import COMMANDS, Asked, asked_in, seat_operators
from messages.operating import Reviewed
from tests.botapi.server import BotApiServer
from tests.handlers.fakes import event
from tests.handlers.running import bot_at


@pytest.mark.parametrize(
    ("name", "words", "asked"),
    [
        ("hold", "#7F3A", Asked("hold", "#7F3A")),
        ("hold", "7f3a 6", Asked("hold", "7f3a", hours=6)),
        ("hold", "7f3a -1", None),
        ("hold", "7f3a ٣", None),
        ("hold", "7f3a 99999", None),
        ("hold", "", None),
        ("release", "#7F3A", Asked("release", "#7F3A")),
        ("withdraw", "#7F3A", None),
        ("withdraw", "#7F3A of another year", Asked("withdraw", "#7F3A", words="of another year")),
        ("correct", "#7F3A killed at least 3", Asked("correct", "#7F3A", field="killed", words="at least 3")),
        ("correct", "#7F3A القتلى 3", Asked("correct", "#7F3A", field="killed", words="3")),
        ("correct", "#7F3A kind Armed clash", Asked("correct", "#7F3A", field="sub_event_type", words="Armed clash")),
        ("correct", "#7F3A mood good", None),
        ("correct", "#7F3A day", None),
        ("merge", "#7F3A", None),
        ("merge", "#7F3A #B2K9 the same", Asked("merge", "#7F3A", other_id="#B2K9", words="the same")),
        ("history", "'; DROP TABLE events", None),
        ("release", "#" + "A" * 60, None),
    ],
)
def test_words_of_a_command(name: str, words: str, asked: Asked | None) -> None:
    assert asked_in(name, words) == asked


class Done:
    """Does whatever is asked, and notes it."""

    def __init__(self) -> None:
        self.asked: list[tuple[Asked, int]] = []

    async def carry_out(self, asked: Asked, operator: int, chat: object) -> Reviewed:
        self.asked.append((asked, operator))
        return Reviewed(asked.command, (event(1),), told=2)

    async def history(self, event_id: str) -> object:
        return event(1), ()


async def test_operators_are_obeyed_and_for_others_there_is_no_such_command(botapi: BotApiServer) -> None:
    oman, amal = botapi.person("Oman", language_code="ar"), botapi.person("Amal", language_code="en")
    done = Done()
    async with bot_at(botapi) as running:
        seat_operators(running.application, done, (oman.id,))  # type: ignore[arg-type]  # a made-up one
        await oman.say("/hold@sitrep_test_bot #7F3A 6")
        assert "محادثتان" in (await oman.see()).text
        assert done.asked == [(Asked("hold", "#7F3A", hours=6), oman.id)]
        for command in COMMANDS:
            await oman.say(f"/{command}")
            assert f"/{command} #7F3A" in (await oman.see()).text
            await amal.say(f"/{command} #7F3A #B2K9")
            helped = (await amal.see()).text
            await amal.say("/nothing")
            assert (await amal.see()).text == helped
        await oman.say("/history #7F3A")
        assert (await oman.see()).text
    assert len(done.asked) == 1
