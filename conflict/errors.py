"""What can go wrong, as one tree; every message is a sentence for a person: what, where, what to do.

SitrepError                 exit status 1
├── UsageError              exit status 2: a command or setting that cannot be carried out as given
│   └── SettingsError       one or more settings are wrong; all of them are named at once
├── InputError              exit status 2: a file, text or row that cannot be read
│   └── ReviewError         what an operator asks of an event cannot be done
├── StorageError            exit status 1
│   ├── SchemaError         the database has a schema this version does not know
│   └── DatabaseAwayError        the database cannot be reached now; try again
└── SourceError             a feed, page or API that could not be read this time
"""

from __future__ import annotations


class SitrepError(Exception):
    """The root: anything Sitrep tells a person went wrong."""

    exit_status = 1


class UsageError(SitrepError):
    """A command or an option that cannot be carried out as given."""

    exit_status = 2


class SettingsError(UsageError):
    """Settings that cannot be used; the message names every one of them."""


class InputError(SitrepError):
    """A file, text or row that cannot be read; the message says where and why."""

    exit_status = 2


class ReviewError(InputError):
    """What an operator asks of an event cannot be done; `text` with its `{names}` can be said in another language."""

    def __init__(self, text: str, **values: str) -> None:
        super().__init__(text.format_map(values))
        self.text = text
        self.values = values


class StorageError(SitrepError):
    """The database refused."""


class SchemaError(StorageError):
    """The database has a schema that this version does not know."""


class DatabaseAwayError(StorageError):
    """The database cannot be reached now."""


class SourceError(SitrepError):
    """A feed, page or API that could not be read this time."""
