"""Sources to reports to events."""
