"""What an operator can set about the sources that are polled; part of `bot.settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from conflict.errors import SettingsError
from ingest.addresses import Allowance


def setting(name: str, default: Any, meaning: str, must: str, **limits: Any) -> Any:
    """A field with its environment name, what it means, and what a value must be, in words for an operator."""
    return Field(
        default,
        validation_alias=name,
        description=meaning,
        json_schema_extra={"must": must},
        validate_default=False,
        **limits,
    )


class SourceSettings(BaseSettings):
    """Which sources, how many at once, who we say we are, and the accounts that some of them want."""

    poll_sources: Annotated[tuple[str, ...], NoDecode] = setting(
        "SITREP_POLL_SOURCES",
        ("on",),
        "Which sources the running bot polls: on (all that are enabled in the list), off, or ids, names and countries "
        "separated by commas.",
        "be on, off, or ids, names and countries of sources, separated by commas",
    )
    sources_file: Path | None = setting(
        "SITREP_SOURCES_FILE",
        None,
        "A list of sources of your own (TOML); it adds to the shipped list and replaces what has the same id.",
        "be a file that can be read",
    )
    poll_concurrency: int = setting(
        "SITREP_POLL_CONCURRENCY",
        16,
        "How many sources are asked at once; of one host always one.",
        "be a whole number from 1 to 256",
        ge=1,
        le=256,
    )
    contact: str | None = setting(
        "SITREP_CONTACT",
        None,
        "An e-mail or web address that sources find in the User-Agent, to write to before they block you.",
        "be an e-mail or web address without spaces, at most 100 characters",
        max_length=100,
    )
    allowed_networks: Annotated[tuple[str, ...], NoDecode] = setting(
        "SITREP_ALLOWED_NETWORKS",
        (),
        "Networks, addresses and host names, separated by commas, that sources may lead to without being public.",
        "be addresses, networks such as 10.1.0.0/16 or host names, separated by commas",
    )
    acled_user: str | None = setting(
        "SITREP_ACLED_USER",
        None,
        "The e-mail address of your account at ACLED.",
        "be an e-mail address",
        max_length=200,
    )
    acled_secret: SecretStr | None = setting(
        "SITREP_ACLED_PASSWORD", None, "The password of your account at ACLED.", "be at most 200 characters"
    )
    ucdp_token: SecretStr | None = setting(
        "SITREP_UCDP_TOKEN", None, "Your access token for UCDP.", "be printable letters without spaces"
    )
    reliefweb_appname: str | None = setting(
        "SITREP_RELIEFWEB_APPNAME",
        None,
        "The name that ReliefWeb approved for your programme.",
        "be at most 200 characters",
        max_length=200,
    )

    @field_validator("poll_sources", "allowed_networks", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_networks")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            Allowance.parse(value)
        except SettingsError as error:
            raise ValueError("not networks") from error
        return value

    @field_validator("contact")
    @classmethod
    def _contact(cls, value: str | None) -> str | None:
        if value is not None and not (value.isascii() and value.isprintable() and not set(value) & set(" ()\\")):
            raise ValueError("not an address")
        return value

    @field_validator("ucdp_token")
    @classmethod
    def _header(cls, value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value() if value else "x"
        if not (given.isascii() and given.isprintable() and " " not in given):
            raise ValueError("not a token")
        return value

    @field_validator("sources_file")
    @classmethod
    def _sources_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("no file")
        return value

    @property
    def source_secrets(self) -> list[str]:
        """The passwords and tokens among them."""
        return [secret.get_secret_value() for secret in (self.acled_secret, self.ucdp_token) if secret]

    @property
    def polls(self) -> bool:
        """Whether the running bot polls anything."""
        return self.poll_sources != ("off",)
