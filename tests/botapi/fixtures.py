"""pytest fixtures: a server that checks, at the end, that the bot broke no rule of the Bot API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.botapi.server import BotApiServer


@pytest_asyncio.fixture
async def botapi() -> AsyncIterator[BotApiServer]:
    """A running server without limits. A malformed call fails the test; clear `violations` where it is meant."""
    async with BotApiServer() as server:
        yield server
    assert server.violations == [], [f"{call.method}: {call.description}" for call in server.violations]
