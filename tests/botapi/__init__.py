"""A small Telegram Bot API server for tests, benchmarks and crash tests: it checks every call and plays people."""

from __future__ import annotations
