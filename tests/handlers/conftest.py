"""The Bot API test server for this room."""

from __future__ import annotations

from tests.botapi.fixtures import botapi

__all__ = ["botapi"]
