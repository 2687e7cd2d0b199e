"""Alembic's entry: runs in the connection and transaction that `storage.schema` gives it; needs no alembic.ini."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage import people, types
from storage.models import metadata

assert people.chats.metadata is metadata  # noqa: S101  importing `people` is what adds its tables to the metadata


def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their short names."""
    if kind == "type" and type(item).__module__ == types.__name__:
        autogen.imports.add("from storage.types import Instant, Json, Words")
        return f"{type(item).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
