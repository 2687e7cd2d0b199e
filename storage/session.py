"""What every part of a unit shares: the connection, whether it may write, the seam for randomness, the ingest lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from conflict.errors import StorageError

# Held from the first look for candidates to the commit, so that on PostgreSQL too one writer at a time decides what is
# one event, and the change feed's numbers become visible in order (a reader's cursor would else jump a late commit).
INGEST_LOCK = 7_241_002


@dataclass(slots=True)
class Session:
    """One transaction, as the parts of a unit see it."""

    connection: Connection
    write: bool
    choose: Callable[[str], str]
    _ingesting: bool = field(default=False)

    def writing(self) -> Connection:
        """The connection, for a statement that changes something."""
        if not self.write:
            raise StorageError("This unit of work was begun for reading; begin(write=True) to change something")
        return self.connection

    def ingesting(self) -> Connection:
        """The same, with the ingest lock held until the transaction ends."""
        connection = self.writing()
        if not self._ingesting:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INGEST_LOCK})
            self._ingesting = True
        return connection
