"""For all tests: what the program sets for itself before python-telegram-bot is used."""

from __future__ import annotations

import os

# The library warns, at every RetryAfter, until this is chosen; bot/request.py chooses it for the program.
os.environ.setdefault("PTB_TIMEDELTA", "1")
