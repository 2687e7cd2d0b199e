"""The log: one plain line an entry, UTC, to stderr, without secrets and without what people asked.

The token and passwords are taken out of the finished text, so that no library and no traceback can let them through.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Iterable
from typing import TextIO
from urllib.parse import quote

HIDDEN = "***"
# Each repeat is bounded or runs over one character class up to a fixed mark, so matching stays linear.
_TOKEN = re.compile(r"(?<![0-9A-Za-z])(bot)?[0-9]{3,20}(?::|%3[Aa])[A-Za-z0-9_-]{30,128}")
_TOKEN_IN_URL = re.compile(r"(?<=/bot)[0-9]{1,20}(?::|%3[Aa])[A-Za-z0-9_-]{1,256}")
_PASSWORD = re.compile(r"(://[^\s/:@]{0,256}:)[^\s/@]{1,256}@")
_CONTROL = {code: f"\\x{code:02x}" for code in [*range(32), 127, *range(128, 160)]}

# Libraries whose finer levels write addresses, whole updates or one line a request.
_QUIET = (
    "telegram",
    "httpx",
    "httpcore",
    "aiohttp",
    "apscheduler",
    "alembic",
    "sqlalchemy",
    "PIL",
    "asyncio",
    "trafilatura",
)


class Redactor:
    """Takes secrets out of a text: those it was given, and whatever looks like a token or a password in an address."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if len(secret) >= 4:  # a shorter "secret" would blank ordinary words
                forms |= {secret, quote(secret, safe=""), quote(secret, safe="").lower()}
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        text = _TOKEN_IN_URL.sub(HIDDEN, text)
        text = _TOKEN.sub(HIDDEN, text)
        return _PASSWORD.sub(rf"\1{HIDDEN}@", text)


class RedactingFormatter(logging.Formatter):
    """Writes one entry: time in UTC, level, logger, message; tracebacks below it. All of it redacted."""

    converter = staticmethod(time.gmtime)

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self._redact = redact

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """One line, whatever the message holds: control characters are written out, so nobody forges an entry."""
        record.message = record.message.translate(_CONTROL)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The finished, redacted text."""
        return self._redact(super().format(record))


class PrivacyFilter(logging.Filter):
    """Keeps people's words out: a whole update among the arguments of an entry becomes its number."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the entry through."""
        if isinstance(record.args, tuple):
            record.args = tuple(_numbered(argument) for argument in record.args)
        return True


def configure(level: str = "INFO", secrets: Iterable[str] = (), stream: TextIO | None = None) -> logging.Handler:
    """Send every logger's entries to `stream` (stderr), redacted; call once at the start, again to change it."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(RedactingFormatter(Redactor(secrets)))
    handler.addFilter(PrivacyFilter())
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h.formatter, RedactingFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def _numbered(argument: object) -> object:
    number = getattr(argument, "update_id", None)
    return argument if number is None else f"update {number}"
