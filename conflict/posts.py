"""What a Telegram channel published: one version of one post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    """What a channel published, in one version. `username` None: the channel is not public, and there is no link.

    `published_at` is the instant of the first version, `edited_at` of this one, None if it is the first.
    """

    channel_id: int
    title: str
    message_id: int
    text: str
    published_at: datetime
    edited_at: datetime | None = None
    username: str | None = None

    @property
    def url(self) -> str | None:
        """Where anybody can read it; None for a channel that is not public."""
        return f"https://t.me/{self.username}/{self.message_id}" if self.username else None
