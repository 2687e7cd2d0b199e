"""What we promise in figures, measured by hand with `make bench`; `targets.toml` lists every promise."""
