"""Runs it: settings, wiring, command line, schedule, the Telegram sender."""
