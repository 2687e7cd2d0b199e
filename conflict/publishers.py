"""Publishers without a name of their own: where a text stood that somebody only passed on."""

from __future__ import annotations

from typing import Final

# A private person's name is never kept: what they wrote is "a forwarded message, sender not named".
FORWARDED: Final = "forwarded message"
PASTED: Final = "text added by an operator"
