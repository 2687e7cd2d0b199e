"""What an operator can set: environment variables or a `.env` file, checked together when the program starts.

Secrets (the token, a password inside `DATABASE_URL`) are never part of a `repr` or of an error.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode, SettingsConfigDict

from bot.addresses import host_and_port
from bot.source_settings import SourceSettings, setting
from conflict.errors import SettingsError

PREFIX = "SITREP_"
TOKEN_RULE = "be the token that @BotFather gave you: digits, a colon, letters and digits"  # noqa: S105 (words, no token)
DATABASE_SCHEMES = ("sqlite", "postgresql", "postgres", "postgresql+psycopg", "sqlite+pysqlite")


class Settings(SourceSettings):
    """One run's settings; frozen. Seconds are seconds, ids are Telegram's. `load_settings` makes it."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        case_sensitive=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
        env_file_encoding="utf-8",
    )

    telegram_token: SecretStr | None = setting(
        "TELEGRAM_TOKEN",
        None,
        "The bot's token from @BotFather. Without it Sitrep opens the terminal chat.",
        TOKEN_RULE,
    )
    telegram_api_url: str = setting(
        "TELEGRAM_API_URL",
        "https://api.telegram.org",
        "Where the Bot API is: Telegram, or a Bot API server of your own.",
        "be an address that starts with https:// or http://, without user name or password",
    )
    database_url: SecretStr | None = setting(
        "DATABASE_URL",
        None,
        "The database: sqlite:///path or postgresql://user:password@host/name. "
        "Default: the file sitrep.db in SITREP_HOME.",
        "start with sqlite:/// or postgresql://",
    )
    home: Path = setting(
        "SITREP_HOME",
        Path("data"),
        "The folder for the database, pictures and input kept aside.",
        "be a folder, not a file",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "SITREP_LOG_LEVEL", "INFO", "How much is logged.", "be DEBUG, INFO, WARNING or ERROR"
    )
    language: Literal["en", "ar"] = setting(
        "SITREP_LANGUAGE",
        "en",
        "The language of chats that have not chosen one and whose own is not known.",
        "be en or ar",
    )
    timezone: ZoneInfo = setting(
        "SITREP_TIMEZONE",
        ZoneInfo("UTC"),
        'The time zone in which "today" is meant in chats that have not set their own.',
        "be the name of a time zone such as Asia/Damascus",
    )
    country: str | None = setting(
        "SITREP_COUNTRY",
        None,
        "The country that place names are tried in first, by name or ISO code.",
        "be a country's name or its ISO code such as SY",
        max_length=60,
    )
    operators: Annotated[tuple[int, ...], NoDecode] = setting(
        "SITREP_OPERATORS",
        (),
        "Telegram user ids, separated by commas, that may use the operator commands, add reports by forwarding them "
        "and allow channels to be read.",
        "be numbers separated by commas",
    )
    policy_file: Path | None = setting(
        "SITREP_POLICY_FILE",
        None,
        "A file of rules that delay or coarsen what should not be shown at once, in place of the one that ships "
        "(docs/howto/operate-events.md).",
        "be a file",
    )
    poll_timeout: int = setting(
        "SITREP_POLL_TIMEOUT",
        50,
        "How long one long poll waits at Telegram, in seconds.",
        "be a whole number of seconds from 0 to 50",
        ge=0,
        le=50,
    )
    request_timeout: float = setting(
        "SITREP_REQUEST_TIMEOUT",
        20.0,
        "How long a call to Telegram may take before it counts as failed, in seconds.",
        "be a number of seconds from 1 to 300",
        ge=1,
        le=300,
    )
    connections: int = setting(
        "SITREP_CONNECTIONS",
        64,
        "How many connections to Telegram may be open at once.",
        "be a whole number from 1 to 1000",
        ge=1,
        le=1000,
    )
    concurrent_updates: int = setting(
        "SITREP_CONCURRENT_UPDATES",
        256,
        "How many messages are worked on at once; those of one chat always one after the other.",
        "be a whole number from 1 to 4096",
        ge=1,
        le=4096,
    )
    alerts_per_hour: int = setting(
        "SITREP_ALERTS_PER_HOUR",
        12,
        "The most messages of alerts that one chat gets in an hour; what is more comes folded into one message.",
        "be a whole number from 1 to 60",
        ge=1,
        le=60,
    )
    messages_per_second: float = setting(
        "SITREP_MESSAGES_PER_SECOND",
        30.0,
        "How many messages a second Telegram takes from this bot; more only where it allows that.",
        "be a number from 1 to 10000",
        ge=1,
        le=10000,
    )
    webhook_url: str | None = setting(
        "SITREP_WEBHOOK_URL",
        None,
        "The public https address that Telegram posts messages to. Without it the bot fetches them itself.",
        "be an address that starts with https://, without user name or password",
    )
    webhook_listen: str = setting(
        "SITREP_WEBHOOK_LISTEN",
        "127.0.0.1:8080",
        "Where the webhook listens behind your proxy: host:port.",
        "be host:port, such as 127.0.0.1:8080",
    )
    webhook_secret: SecretStr | None = setting(
        "SITREP_WEBHOOK_SECRET",
        None,
        "What proves to the webhook that it is Telegram who posts. Default: derived from the token.",
        "be 16 to 256 letters, digits, - and _",
    )
    health_listen: str | None = setting(
        "SITREP_HEALTH_LISTEN",
        None,
        "Where /livez and /readyz are answered: host:port. By webhook they are at its own address, if this is not set.",
        "be host:port, such as 127.0.0.1:8081",
    )
    start_deadline: float = setting(
        "SITREP_START_DEADLINE",
        300.0,
        "How long to keep trying when Telegram cannot be reached at the start, in seconds.",
        "be a number of seconds from 0 to 86400",
        ge=0,
        le=86400,
    )
    stop_deadline: float = setting(
        "SITREP_STOP_DEADLINE",
        20.0,
        "How long a stop waits for messages still being answered, in seconds.",
        "be a number of seconds from 0 to 300",
        ge=0,
        le=300,
    )

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        number, colon, rest = value.get_secret_value().strip().partition(":")
        allowed = rest.isascii() and rest.replace("_", "a").replace("-", "a").isalnum()
        if not (number.isascii() and number.isdigit() and colon and allowed):
            raise ValueError("not a token")
        return SecretStr(f"{number}:{rest}")

    @field_validator("telegram_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise ValueError("not an address")
        return value.strip().rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _webhook_url(cls, value: str | None) -> str | None:
        parts = urlsplit((value or "https://x").strip())
        loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")  # where a Bot API server of one's own may post
        schemes = ("https", "http") if loopback else ("https",)
        if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or parts.fragment:
            raise ValueError("not an address")
        return value.strip() if value else None

    @field_validator("webhook_listen", "health_listen")
    @classmethod
    def _listen(cls, value: str | None) -> str | None:
        if value is not None:
            host_and_port(value)
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value() if value else "x" * 16
        plain = given.replace("_", "a").replace("-", "a")
        if not (16 <= len(given) <= 256 and plain.isascii() and plain.isalnum()):
            raise ValueError("not a secret")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr | None) -> SecretStr | None:
        scheme, mark, rest = value.get_secret_value().partition("://") if value else ("sqlite", "://", "/x")
        if scheme not in DATABASE_SCHEMES or not mark or not rest:
            raise ValueError("not a database")
        return value

    @field_validator("home")
    @classmethod
    def _home(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError("a file")
        return value

    @field_validator("timezone", mode="before")
    @classmethod
    def _timezone(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return ZoneInfo(value.strip())
        except (OSError, ValueError, KeyError) as error:  # what ZoneInfo raises for odd names differs
            raise ValueError("no such zone") from error

    @field_validator("operators", mode="before")
    @classmethod
    def _operators(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def token(self) -> str | None:
        """The bare token, for the transport alone."""
        return self.telegram_token.get_secret_value() if self.telegram_token else None

    @property
    def storage_url(self) -> str:
        """The database's address."""
        return self.database_url.get_secret_value() if self.database_url else _file_url(self.home / "sitrep.db")

    @property
    def sample_url(self) -> str:
        """The file that the bundled sample is shown from: one of its own, so that it never meets real reports."""
        return _file_url(self.home / "sample.db")

    @property
    def health_address(self) -> str | None:
        """Where health checks are answered: an address of their own, the webhook's, or nowhere."""
        return self.health_listen or (self.webhook_listen if self.webhook_url else None)

    @property
    def database_exists(self) -> bool:
        """Whether there is a database to read: a file that is there, or a server somebody named."""
        return self.database_url is not None or (self.home / "sitrep.db").exists()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be seen in a log or an error."""
        found = [self.token] if self.token else []
        found += [self.webhook_secret.get_secret_value()] if self.webhook_secret else []
        found += self.source_secrets
        if self.database_url:
            try:
                password = urlsplit(self.database_url.get_secret_value()).password
            except ValueError:
                password = None
            found += [password, unquote(password)] if password else []
        return tuple(dict.fromkeys(found))


def _file_url(path: Path) -> str:
    return f"sqlite:///{path.resolve()}"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as the documentation shows it."""

    name: str
    default: str
    meaning: str


def describe() -> tuple[SettingRow, ...]:
    """Every setting there is, in the order of the documentation."""
    return tuple(SettingRow(_name_of(field), _shown(field.default), field.description or "") for field in _fields())


def _fields() -> list[FieldInfo]:
    """Those of the bot first, then those of its sources."""
    own = {name: field for name, field in Settings.model_fields.items() if name in Settings.__annotations__}
    return list({**own, **Settings.model_fields}.values())


def load_settings(env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """The settings of this run from the environment, then `.env`; `given` (by environment name) goes before both.

    Raises SettingsError that names every problem at once, without showing a value.
    """
    in_file = _read_env_file(env_file)
    problems = _unknown_names({*os.environ, *in_file, *given})
    try:
        settings = Settings(_env_file=env_file, **given)  # type: ignore[call-arg]  # pydantic-settings, see its docs
    except ValidationError as error:
        problems = [_sentence(str(item["loc"][0])) for item in error.errors(include_input=False)] + problems
    if problems:
        raise SettingsError("\n".join(dict.fromkeys(problems))) from None
    return settings


def _read_env_file(env_file: Path | None) -> dict[str, str | None]:
    if env_file is None or not env_file.is_file():
        return {}
    try:
        return dict(dotenv_values(env_file, encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{env_file} cannot be read as UTF-8 text; save it as plain text.") from None


def _unknown_names(names: set[str]) -> list[str]:
    known = [row.name for row in describe()]
    problems = []
    for name in sorted(n for n in names if n.startswith(PREFIX) and n not in known):
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f" Did you mean {near[0]}?" if near else " docs/settings.md lists those there are."
        problems.append(f"{name} is not a setting.{hint}")
    return problems


def _sentence(name: str) -> str:
    for field in _fields():
        extra = field.json_schema_extra
        if _name_of(field) == name and isinstance(extra, dict):
            return f"{name} must {extra['must']}."
    return f"{name} cannot be used as it is."


def _name_of(field: FieldInfo) -> str:
    return str(field.validation_alias)


def _shown(default: object) -> str:
    if default is None or default == ():
        return ""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return f"{default:g}" if isinstance(default, float) else str(default)
