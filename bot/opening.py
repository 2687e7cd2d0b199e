"""Opening what a command needs: settings, logs, the database at its schema, the places."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.answering import Answering
from bot.logs import configure
from bot.settings import Settings, load_settings
from conflict.actors import Actors
from conflict.errors import UsageError
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace
from conflict.policy import load as load_policy
from messages.catalog import Catalog
from storage import Storage, open_storage


def settings_with_logs(*, quiet: bool = True) -> Settings:
    """The settings, with logging set up: for commands that print, only warnings are logged."""
    settings = load_settings()
    configure("WARNING" if quiet and settings.log_level == "INFO" else settings.log_level, settings.secrets)
    return settings


def open_database(url: str, *, create: bool = True) -> Storage:
    """The database at its newest schema if it is a file of our own or empty; else SchemaError says what to do."""
    storage = open_storage(url)
    if create:
        storage.migrate()
    else:
        storage.check_schema()
    return storage


def load_places(storage: Storage | None = None) -> Gazetteer:
    """The embedded places, with those the database has learned."""
    if storage is None:
        return Gazetteer.load()
    with storage.begin() as unit:
        return Gazetteer.load(NamedPlace(place, names) for place, names in unit.places.all())


def answering(settings: Settings, storage: Storage) -> Answering:
    """What answers questions from this database."""
    with storage.begin() as unit:
        sample = unit.reports.any_sample()
    return Answering(storage, load_places(storage), settings.country, sample, load_policy(settings.policy_file))


def load_catalog(places: Gazetteer | None = None) -> Catalog:
    """The texts, with the names of the parties, and of the provinces around places where `places` are at hand."""
    return Catalog.load(Actors.load(), places)


def instant(text: str, option: str) -> datetime:
    """An instant or a day (its beginning, UTC) in ISO 8601; without an offset UTC is meant."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} is not a date or time: {text!r}. Write 2019-12-02 or 2019-12-02T18:00Z.") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def day(text: str, option: str) -> date:
    """A day in ISO 8601."""
    return instant(text, option).date()


def zone(name: str | None, default: ZoneInfo) -> ZoneInfo:
    """A time zone by name; UsageError when there is none of that name."""
    if name is None:
        return default
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise UsageError(f"There is no time zone {name!r}. Write one such as Asia/Damascus or UTC.") from None
