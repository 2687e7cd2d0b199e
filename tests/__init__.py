"""Tests: pure parts by property, screens by golden file, storage by contract, the bot end to end over real HTTP."""
