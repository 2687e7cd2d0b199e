"""An answer as data, and the reply that a person sees. How it is worded is `messages`' business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conflict.breaches import BreachWeek
from conflict.ceasefires import Ceasefire
from conflict.comparing import TableRow
from conflict.events import ConflictEvent
from conflict.questions import Question
from conflict.tolls import BreachTally, TollReport


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source is doing: last success, and whether it is failing or silent. Feeds the freshness line."""

    source_id: str
    name: str
    last_success_at: datetime | None = None
    last_item_at: datetime | None = None
    failing_since: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """A number as low, best and high; `best` None where the voices do not agree or no number is given."""

    low: int | None = None
    best: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What we can say to a question, from stored claims only.

    `events` are in the order to be shown (newest first), at most a page of them; `total` is how many there are.
    `coarser` are events known only at a coarser level than asked ("somewhere in X"). `fatalities` is the total over all
    `total` events with containment of tolls; `containing` names the toll report that gave it, where one did.
    `fresh_to` is the last successful check of a source, not the last event. `database_empty`: nothing is stored at all.
    `newest`: where nothing matches the period, the newest event stored for the places, whenever it was.
    `toll_originators` gave the counts that the total asked for (killed, or injured) is made of; `tolls_inside` further
    counts lie inside those and were not added; `tolls_beyond` of them cover more days than were asked for.
    `breach_weeks`: where a ceasefire was asked for, newest week first.
    `rows`: of a trend or a comparison, made from all `total` events and not only of the page's.
    """

    question: Question
    now: datetime
    events: tuple[ConflictEvent, ...] = ()
    coarser: tuple[ConflictEvent, ...] = ()
    tolls: tuple[TollReport, ...] = ()
    tallies: tuple[BreachTally, ...] = ()
    ceasefires: tuple[Ceasefire, ...] = ()
    breach_weeks: tuple[BreachWeek, ...] = ()
    total: int = 0
    fatalities: Range = Range()
    injured: Range = Range()
    containing: TollReport | None = None
    originators: tuple[str, ...] = ()
    reports: int = 0
    publishers: tuple[str, ...] = ()
    fresh_to: datetime | None = None
    silent_sources: tuple[SourceHealth, ...] = ()
    page: int = 0
    pages: int = 1
    database_empty: bool = False
    newest: ConflictEvent | None = None
    rows: tuple[TableRow, ...] = ()
    toll_originators: tuple[str, ...] = ()
    tolls_inside: int = 0
    tolls_beyond: int = 0
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a reply: a label and either callback data (at most 64 bytes) or a link."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person sees: Telegram HTML, rows of buttons, perhaps a picture (PNG bytes).

    `html` may be longer than one message: `messages.html.split` cuts it; the buttons go under the last part.
    """

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    photo: bytes | None = None
    photo_name: str | None = None
