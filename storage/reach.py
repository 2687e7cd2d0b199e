"""Whether the database can be reached: nobody waits in line for one that is away, and nobody writes into a lost file.

Neither class knows a table; `storage.engine` wears both.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import exc

from conflict.errors import DatabaseAwayError

PAUSE_SECONDS = 1.0  # between two tries while the database is away: it is found again within this

log = logging.getLogger(__name__)


class Reach:
    """Lets everybody through to a database that answers; while it is away, one a second, to see if it is back.

    The others are told at once. So a question never waits behind others that wait for the same dead server.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic, pause: float = PAUSE_SECONDS) -> None:
        self._name = name
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._next_try = 0.0
        self._trying = False

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Around opening a connection, and nothing else. DatabaseAwayError at once while it is known to be away."""
        with self._lock:
            probing = self._away_since is not None
            if probing and (self._trying or self._clock() < self._next_try):
                raise DatabaseAwayError(f"The database {self._name} cannot be reached now; it is tried again shortly")
            self._trying = probing
        try:
            yield
        except exc.DBAPIError:
            self._lost()
            raise
        else:
            if self._away_since is not None:
                self._found()
        finally:
            if probing:
                with self._lock:
                    self._trying = False

    def _lost(self) -> None:
        with self._lock:
            now = self._clock()
            self._next_try = now + self._pause
            if self._away_since is not None:
                return
            self._away_since = now
        log.warning("The database %s cannot be reached; trying again every %.0f s.", self._name, self._pause)

    def _found(self) -> None:
        with self._lock:
            if self._away_since is None:
                return
            seconds = self._clock() - self._away_since
            self._away_since = None
        log.warning("The database is back after %.1f s.", seconds)


class DatabaseFile:
    """The file of a SQLite database. Made if need be at the first opening; once it was there, never again.

    A file that was moved away would else be taken for an empty database, and a connection would go on writing into the
    moved one. A file that another one took the place of (a restored backup) is opened anew.
    """

    def __init__(self, path: str, seconds: float) -> None:
        self._path = Path(path).absolute()
        self._seconds = seconds
        self._seen = False

    def open(self) -> sqlite3.Connection:
        """A new connection; sqlite3.OperationalError if the file has gone."""
        mode = "rw" if self._seen else "rwc"
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}", uri=True, timeout=self._seconds, check_same_thread=False
        )
        self._seen = True
        return connection

    def opened(self, _connection: sqlite3.Connection, record: Any) -> None:
        """Remember which file this connection has."""
        record.info["file"] = self._identity()

    def taken(self, _connection: sqlite3.Connection, record: Any, _proxy: Any) -> None:
        """Raise DisconnectionError, so that the pool connects anew, if that file is no longer the one at the path."""
        if record.info.get("file") != self._identity():
            raise exc.DisconnectionError("the database's file was moved or replaced")

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino
