"""Whether a site lets programs read a page (robots.txt, RFC 9309). Feeds and APIs are made for programs; pages are not.

No file means that everything may be read, a server in trouble that nothing may be for now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from ingest.http import Fetched, Fetches, Refused, Request

LASTS: Final = timedelta(hours=24)
AFTER_TROUBLE: Final = timedelta(hours=1)
MAX_BYTES: Final = 512 * 1024
_MANY: Final = 500  # hosts remembered


@dataclass(slots=True)
class Robots:
    """Asks each site once a day. `agent` is the name that rules are looked up under: the word before the slash."""

    client: Fetches
    agent: str
    now: Callable[[], datetime]
    _known: dict[str, tuple[RobotFileParser | bool, datetime]] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def allow(self, url: str) -> bool:
        """Whether we may read this page."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._asking.setdefault(origin, asyncio.Lock()):
            held = self._known.get(origin)
            if held is None or held[1] <= self.now():
                held = self._known[origin] = await self._ask(origin)
        if len(self._known) > _MANY:
            self._known.clear()
            self._asking.clear()
        rules = held[0]
        return rules if isinstance(rules, bool) else rules.can_fetch(self.agent, url)

    async def _ask(self, origin: str) -> tuple[RobotFileParser | bool, datetime]:
        found = await self.client.fetch(Request(f"{origin}/robots.txt", max_bytes=MAX_BYTES, total=15.0))
        if isinstance(found, Fetched):
            rules = RobotFileParser()
            rules.parse(found.body.decode("utf-8", "replace").splitlines())
            return rules, self.now() + LASTS
        if isinstance(found, Refused) and found.status is not None and 400 <= found.status < 500:
            return True, self.now() + LASTS
        return False, self.now() + AFTER_TROUBLE
