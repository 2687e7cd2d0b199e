"""How it is said: languages, HTML, splitting, pictures. Pure: no database, no network."""
