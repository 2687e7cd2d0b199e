"""What each source has shown us already: the same item with other words is an update of it, not a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, SmallInteger, Table, delete, insert, select

from storage.models import metadata, to
from storage.session import Session
from storage.types import Instant, Words, clean

_CHUNK = 400  # ids in one statement

source_items = Table(
    "source_items",
    metadata,
    to("sources.source_id", "source_id", primary_key=True),
    Column("item_id", Words, primary_key=True),
    Column("content_hash", Words, nullable=False),
    Column("report_id", Words, nullable=False),
    Column("published_at", Instant),
    Column("versions", SmallInteger, nullable=False),
    Column("seen_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SeenItem:
    """An item as it was last seen. `published_at` is of its first version; `report_id` the report made of the last."""

    item_id: str
    content_hash: str
    report_id: str
    published_at: datetime | None = None
    versions: int = 1


class Items:
    """The items of sources."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def known(self, source_id: str, item_ids: Sequence[str]) -> dict[str, SeenItem]:
        """Those of these items that were seen, by id."""
        found: dict[str, SeenItem] = {}
        for ids in _chunks(item_ids):
            rows = self._session.connection.execute(
                select(source_items).where(source_items.c.source_id == source_id, source_items.c.item_id.in_(ids))
            )
            for row in rows:
                found[row.item_id] = SeenItem(
                    row.item_id, row.content_hash, row.report_id, row.published_at, row.versions
                )
        return {item_id: found[clean(item_id)] for item_id in item_ids if clean(item_id) in found}

    def remember(self, source_id: str, seen: Iterable[SeenItem], *, at: datetime) -> None:
        """Note these items as they are now; the source must be known."""
        connection = self._session.writing()
        latest = {clean(item.item_id): item for item in seen}
        for ids in _chunks(list(latest)):
            connection.execute(
                delete(source_items).where(source_items.c.source_id == source_id, source_items.c.item_id.in_(ids))
            )
            connection.execute(
                insert(source_items),
                [
                    {
                        "source_id": source_id,
                        "item_id": item_id,
                        "content_hash": latest[item_id].content_hash,
                        "report_id": latest[item_id].report_id,
                        "published_at": latest[item_id].published_at,
                        "versions": latest[item_id].versions,
                        "seen_at": at,
                    }
                    for item_id in ids
                ],
            )


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
