"""The Bot API test server and both databases for this room."""

from __future__ import annotations

from tests.botapi.fixtures import botapi
from tests.storage.conftest import migrated_database, migrated_file, postgresql_server, storage, storage_url

__all__ = ["botapi", "migrated_database", "migrated_file", "postgresql_server", "storage", "storage_url"]
