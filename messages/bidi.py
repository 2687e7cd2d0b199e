"""Left to right inside right to left: names, numbers and times that stay readable in an Arabic line, and the reverse.

Foreign pieces are put between first-strong isolates (Unicode UAX 9), and a line of a right-to-left language that begins
with something else gets a right-to-left mark, since clients take a line's direction from its first letter.
"""

from __future__ import annotations

import re
import unicodedata

FSI = "\u2068"
PDI = "\u2069"
RLM = "\u200f"

# Embeddings, overrides and isolates in texts from outside could turn our own words around.
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*%?\Z")
_HIDDEN = re.compile("<[^<>]*>|&[a-z]+;")


def without_controls(text: str) -> str:
    """The text without direction controls, to be given our own."""
    return _CONTROLS.sub("", text)


def has_rtl(text: str) -> bool:
    """Whether a text has letters of a script that runs from right to left."""
    return bool(_RTL.search(text))


def isolated(text: str, rtl: bool) -> str:
    """The text, in an isolate when its letters run the other way than the line's or its parts could change places.

    A bare number needs none; a range, a time, a date in figures or anything with foreign letters does.
    """
    rtl_letters = has_rtl(text)
    if rtl:
        alone = _NUMBER.match(text) or (
            rtl_letters and not any(unicodedata.bidirectional(c) in ("L", "EN") for c in text)
        )
    else:
        alone = not rtl_letters
    return text if alone or not text else f"{FSI}{text}{PDI}"


def _runs_left_first(line: str) -> bool:
    """Whether a client that takes a line's direction from its first letter, isolated or not, would have it run left."""
    for char in _HIDDEN.sub("", line):
        direction = unicodedata.bidirectional(char)
        if direction in ("R", "AL"):
            return False
        if direction == "L":
            return True
    return True


def with_direction(html: str, rtl: bool) -> str:
    """The message with each line of a right-to-left language running right to left."""
    if not rtl:
        return html
    return "\n".join(RLM + line if line and _runs_left_first(line) else line for line in html.split("\n"))
