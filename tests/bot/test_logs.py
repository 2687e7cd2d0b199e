"""The log: secrets and people's words stay out, whoever writes the entry."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.logs import HIDDEN, Redactor, configure

TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
SHORT = "42:tok-en_1"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    levels = {name: logging.getLogger(name).level for name in ("", "telegram", "httpx", "aiohttp", "asyncio")}
    stream = io.StringIO()
    handler = configure("DEBUG", [TOKEN, "p@ss word"], stream)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("logger", ["bot.lifecycle", "httpx", "telegram.Bot", "aiohttp.client", "some.library"])
def test_the_token_is_redacted_in_every_logger_and_form(log: io.StringIO, logger: str) -> None:
    logging.getLogger(logger).warning("POST %s", f"https://api.telegram.org/bot{TOKEN}/sendMessage")
    logging.getLogger(logger).warning("quoted %s", quote(TOKEN, safe=""))
    logging.getLogger(logger).warning("another one's: %s", "987654321:" + "Z" * 35)
    logging.getLogger(logger).warning("postgresql://user:p%40ss%20word@host/x and p@ss word")
    text = log.getvalue()
    assert text.count("\n") == 4
    assert "AAabcdef" not in text
    assert "ZZZ" not in text
    assert "word" not in text
    assert "host/x" in text


def test_the_token_is_redacted_in_tracebacks(log: io.StringIO) -> None:
    try:
        int(f"https://host/bot{TOKEN}/getMe refused")
    except ValueError:
        logging.getLogger("x").exception("failed")
    text = log.getvalue()
    assert "Traceback" in text
    assert f"https://host/bot{HIDDEN}/getMe refused" in text
    assert TOKEN not in text


def test_a_short_token_in_an_address_is_redacted_without_being_known() -> None:
    assert Redactor()(f"http://127.0.0.1:8081/bot{SHORT}/getMe") == f"http://127.0.0.1:8081/bot{HIDDEN}/getMe"


def test_what_people_write_is_not_logged(log: io.StringIO) -> None:
    update = Update.de_json(
        {
            "update_id": 7,
            "message": {
                "message_id": 1,
                "date": 0,
                "chat": {"id": 5550001, "type": "private"},
                "text": "is my street safe",
            },
        },
        None,
    )
    logging.getLogger("telegram.ext.Application").critical("Error for update %s.", update)
    logging.getLogger("telegram.ext.Application").debug("Processing update %s", update)
    assert "street" not in log.getvalue()
    assert "5550001" not in log.getvalue()
    assert "Error for update update 7" in log.getvalue()


def test_nobody_forges_an_entry(log: io.StringIO) -> None:
    logging.getLogger("x").warning("feed %s", "a\n2020-01-01 ERROR forged\x1b[2J")
    assert log.getvalue().count("\n") == 1
    assert "\x1b" not in log.getvalue()


@given(st.text(), st.text())
def test_a_known_secret_never_survives(before: str, after: str) -> None:
    assert TOKEN not in Redactor([TOKEN])(before + TOKEN + after)
