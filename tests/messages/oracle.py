"""Telegram's own parser of HTML, offline: what it accepts, Telegram accepts (`tdjson`, needs no login or network)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import tdjson


def _execute(request: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}")
    return answer


@dataclass(frozen=True, slots=True)
class Parsed:
    """What Telegram makes of a message: the visible text, and its formatted stretches in UTF-16 units."""

    text: str
    entities: tuple[tuple[int, int, str], ...]

    @property
    def length(self) -> int:
        """The length that Telegram limits, in UTF-16 units."""
        return len(self.text.encode("utf-16-le")) // 2


def parse(html: str) -> Parsed:
    """The message as Telegram would show it; an AssertionError with Telegram's own words where it refuses."""
    _execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 1})
    answer = _execute({"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}})
    assert answer["@type"] == "formattedText", f"{answer.get('message')}: {html[:500]}"
    found = tuple((e["offset"], e["length"], e["type"]["@type"]) for e in answer["entities"])
    return Parsed(answer["text"], found)
