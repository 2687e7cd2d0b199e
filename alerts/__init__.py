"""Who must hear of a change, and that each of them does."""
