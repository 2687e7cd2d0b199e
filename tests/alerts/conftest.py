"""The databases of the storage tests."""

from __future__ import annotations

from tests.storage.conftest import (
    migrated_database,
    migrated_file,
    postgresql_server,
    storage,
    storage_url,
)

__all__ = ["migrated_database", "migrated_file", "postgresql_server", "storage", "storage_url"]
