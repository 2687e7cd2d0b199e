"""Settings: defaults that run, every problem at once, no secret shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import describe, load_settings
from conflict.errors import SettingsError

TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for row in describe():
        monkeypatch.delenv(row.name, raising=False)
    monkeypatch.setenv("SITREP_HOME", str(tmp_path / "home"))


def test_a_run_without_any_setting_works_and_has_a_database_of_its_own() -> None:
    settings = load_settings(None)
    assert settings.token is None
    assert settings.storage_url.endswith("/home/sitrep.db")
    assert settings.sample_url.endswith("/home/sample.db")
    assert not settings.database_exists
    assert settings.language == "en"


def test_a_run_with_a_token_never_uses_the_samples_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    settings = load_settings(None)
    assert settings.token == TOKEN
    assert settings.storage_url.endswith("/home/sitrep.db")


def test_all_problems_are_reported_at_once_and_no_value_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "hunter2 secret")
    monkeypatch.setenv("DATABASE_URL", "mysql://me:hunter3@host/db")
    monkeypatch.setenv("SITREP_POLL_TIMEOUT", "soon")
    monkeypatch.setenv("SITREP_TIMEZONE", "Middle/Earth")
    monkeypatch.setenv("SITREP_OPERATORS", "1, two")
    monkeypatch.setenv("SITREP_LANGAUGE", "ar")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    message = str(caught.value)
    lines = message.splitlines()
    assert len(lines) == 6
    for name in ("TELEGRAM_TOKEN", "DATABASE_URL", "SITREP_POLL_TIMEOUT", "SITREP_TIMEZONE", "SITREP_OPERATORS"):
        assert sum(line.startswith(f"{name} must ") for line in lines) == 1
    assert "SITREP_LANGAUGE is not a setting. Did you mean SITREP_LANGUAGE?" in lines
    assert "hunter" not in message
    assert "Middle" not in message


def test_a_value_in_the_file_gives_way_to_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SITREP_LANGUAGE=ar\nSITREP_OPERATORS=5, 6\nSITREP_LOG_LEVEL=\n")
    assert load_settings(file).language == "ar"
    assert load_settings(file).operators == (5, 6)
    monkeypatch.setenv("SITREP_LANGUAGE", "en")
    assert load_settings(file).language == "en"


def test_an_unknown_name_in_the_file_is_reported(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SITREP_HOEM=x\n")
    with pytest.raises(SettingsError, match=r"SITREP_HOEM is not a setting\. Did you mean SITREP_HOME\?"):
        load_settings(file)


def test_a_file_that_is_no_text_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"SITREP_HOME=\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read as UTF-8 text"):
        load_settings(file)


def test_secrets_are_not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:p%40ssword@host/db")
    settings = load_settings(None)
    assert TOKEN not in repr(settings)
    assert "ssword" not in repr(settings)
    assert settings.secrets == (TOKEN, "p%40ssword", "p@ssword")


def test_every_setting_says_what_it_means_and_the_secret_ones_have_no_default() -> None:
    rows = describe()
    assert len({row.name for row in rows}) == len(rows)
    assert all(row.name.isupper() and row.meaning.endswith(".") for row in rows)
    assert {row.name: row.default for row in rows}["TELEGRAM_TOKEN"] == ""
