"""Keyboards: what Telegram accepts under a message."""

from __future__ import annotations

from typing import Any

from tests.botapi.errors import malformed
from tests.botapi.html import utf16_length

MAX_BUTTONS = 100  # of an inline keyboard
MAX_ROW = 8  # clients show no more in a row
MAX_CALLBACK_BYTES = 64
MAX_KEYBOARD_BYTES = 10_000  # all labels, links and data together
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
SCHEMES = ("http://", "https://", "tg://", "ton://", "tonsite://")


def check(markup: dict[str, Any] | None, *, inline_only: bool = False, private: bool = True) -> None:
    """Raise a 400 `ApiError` for a keyboard that Telegram refuses. Fields and types have been checked before."""
    if markup is None:
        return
    if "inline_keyboard" in markup:
        _check_inline(markup["inline_keyboard"], private=private)
    elif inline_only:
        raise malformed("inline keyboard expected")
    elif "keyboard" in markup:
        _check_rows(markup["keyboard"])


def _check_rows(rows: list[list[dict[str, Any]]]) -> int:
    weight = 0
    for row in rows:
        if len(row) > MAX_ROW:
            raise malformed(f"reply markup row is too long: {len(row)} buttons")
        for button in row:
            label = button["text"]
            if not label.strip():
                raise malformed("keyboard button text must be non-empty")
            weight += len(label.encode())
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise malformed("reply markup is too long")
    return weight


def _check_inline(rows: list[list[dict[str, Any]]], *, private: bool) -> None:
    weight = _check_rows(rows)
    for button in (button for row in rows for button in row):
        actions = [action for action in ACTIONS if action in button]
        if not actions:
            raise malformed("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(actions) > 1:
            raise malformed("can't parse inline keyboard button: exactly one action must be used")
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
            raise malformed("BUTTON_DATA_INVALID")
        url = button.get("url")
        if url is not None:
            if not _is_url(url):
                raise malformed(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
            weight += len(url.encode())
        if "web_app" in button and not private:
            raise malformed("BUTTON_TYPE_INVALID")
        copied = button.get("copy_text")
        if copied is not None and not 1 <= utf16_length(copied["text"]) <= 256:
            raise malformed("BUTTON_COPY_TEXT_INVALID")
        weight += len((data or "").encode())
    if weight > MAX_KEYBOARD_BYTES:
        raise malformed("reply markup is too long")


def _is_url(url: str) -> bool:
    if any(character.isspace() for character in url):
        return False
    lowered = url.lower()
    if lowered.startswith(SCHEMES):
        rest = lowered.partition("://")[2]
        return bool(rest) and (not lowered.startswith("http") or "." in rest or rest.startswith("localhost"))
    # A bare host is completed by Telegram.
    return "." in lowered.partition("/")[0] and ":" not in lowered.partition("/")[0]
