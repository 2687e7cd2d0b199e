"""`sitrep healthcheck`: whether the running bot is well. It runs every minute, so it loads no more than it needs."""

from __future__ import annotations

from argparse import Namespace
from http.client import HTTPConnection, HTTPException

from bot.addresses import host_and_port
from bot.logs import configure
from bot.settings import Settings, load_settings


def healthcheck(arguments: Namespace) -> int:
    """Whether the running bot says that it is well; where it says nothing, whether the database is.

    Raises StorageError and the like when it is not.
    """
    settings = load_settings()
    configure("WARNING" if settings.log_level == "INFO" else settings.log_level, settings.secrets)
    if settings.health_address and settings.token:
        well, words = _ask(settings.health_address)
        print("well" if well else words)
        return 0 if well else 1
    _ask_database(settings)
    print("well")
    return 0


def _ask_database(settings: Settings) -> None:
    """Raise unless it answers and has this version's schema."""
    from storage import open_storage

    storage = open_storage(settings.storage_url)
    try:
        storage.check_schema()
        with storage.begin() as unit:
            unit.ping()
    finally:
        storage.close()


def _ask(address: str, seconds: float = 7.0) -> tuple[bool, str]:
    """Whether the bot that answers health checks at `address` is ready, and its own words or why there are none."""
    host, port = host_and_port(address)
    connection = HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=seconds)  # noqa: S104 (compared)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status == 200, answer.read(2000).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return False, f"The bot does not answer at {address} ({type(error).__name__})."
    finally:
        connection.close()
