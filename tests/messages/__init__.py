"""How it is said: goldens in every language, Telegram's own parser, properties of splitting and of callback data."""
