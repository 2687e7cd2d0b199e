"""The README tells of everything that others may use."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from tests.botapi.control import Control
from tests.botapi.groups import Group
from tests.botapi.person import Person
from tests.botapi.server import BotApiServer
from tests.botapi.stats import Stats
from tests.botapi.world import Message

README = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
PLAIN = {
    "start",
    "stop",
    "id",
    "create",
    "begin",
    "enter",
    "leave",
    "accept",
    "as_json",
    "from_bot",
    "allow_control",
    "run",
}


@pytest.mark.parametrize("owner", [BotApiServer, Person, Group, Control, Stats, Message])
def test_all_that_is_public_is_documented(owner: type) -> None:
    offered = {
        name.removeprefix("do_")
        for name, value in vars(owner).items()
        if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, property))
    }
    words = set(re.findall(r"\w+", README))
    assert len(offered) > 3
    assert offered - PLAIN - words == set()


def test_all_options_are_documented() -> None:
    options = inspect.signature(BotApiServer).parameters
    assert [name for name in options if f"`{name}`" not in README] == []


def test_the_list_of_methods_is_small_and_bare() -> None:
    facts = Path(__file__).with_name("bot_api.json")
    assert facts.stat().st_size < 150_000
    assert "Use this method" not in facts.read_text(encoding="utf-8")
