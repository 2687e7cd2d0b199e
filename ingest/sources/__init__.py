"""One file a kind of source: each turns what it published into reports."""
