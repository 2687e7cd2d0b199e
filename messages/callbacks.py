"""What a button carries: an action and a question's essentials in at most 64 bytes, without any state kept for it.

The form is `2` (version), a letter for the action, then fields each begun by a letter and parted by `;`. No words of
the person who asked are in it. Decoding is strict: what we did not write ourselves in this version is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from conflict.questions import Question, QuestionKind
from conflict.vocabulary import EventType, SubEventType
from messages.chat_actions import CODES, ChatAction, EditAlert, Settle, SetZone, SnoozePlace, decode_chat, encode_chat
from messages.operator_actions import (
    OPERATOR_CODES,
    ChangeDraft,
    OperatorAction,
    ReadChannel,
    decode_operator,
    encode_operator,
)

LIMIT = 64  # bytes, of the Bot API
_VERSION = "2"
_MOST_PLACES = 4
_MOST_PAGES = 9999
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MINUTE = 36**6 - 1  # of the year 6109; a datetime holds it

_KINDS = dict(zip("lckitmfnshu", QuestionKind, strict=True))
_KIND_CODES = {kind: code for code, kind in _KINDS.items()}
_TYPES = dict(zip("ABCDEF", EventType, strict=True))
_SUB_TYPES = dict(zip("abcdefghijklmnopqrstuvwxy", SubEventType, strict=True))
_TYPE_CODES: dict[EventType | SubEventType, str] = {
    **{kind: code for code, kind in _TYPES.items()},
    **{sub: code for code, sub in _SUB_TYPES.items()},
}
_PREFIXES = {"gn:": "g", "pcode:": "p", "sr:": "s"}
_PLACE = re.compile(r"(gn:[0-9]{1,12}|pcode:[A-Za-z0-9]{1,16}|sr:[a-z0-9_.-]{1,40})\Z")
_TAG = re.compile(r"[a-z0-9_]{1,24}\Z")
_WORD = re.compile(r"[^;,\x00-\x1f\x7f\ud800-\udfff]{1,40}\Z")
_ID = re.compile(r"[A-Za-z0-9_-]{1,48}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A question's essentials and a page of its answer. Either `last_hours` before the press, or `start` and `end`.

    `start` and `end` are aware instants, whole minutes, `end` exclusive; `radius_km` whole kilometres.
    """

    kind: QuestionKind
    place_ids: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    last_hours: int | None = None
    event_types: tuple[EventType, ...] = ()
    sub_event_types: tuple[SubEventType, ...] = ()
    tags: tuple[str, ...] = ()
    actor: str | None = None
    source: str | None = None
    civilians: bool = False
    radius_km: int | None = None
    page: int = 0

    @classmethod
    def of(cls, question: Question, page: int = 0) -> AskAgain:
        """The essentials of a question, its words left behind."""
        return cls(
            kind=question.kind,
            place_ids=tuple(place.place_id for place in question.places),
            start=_minute(question.period.start),
            end=_minute(question.period.end, later=True),
            event_types=question.event_types,
            sub_event_types=question.sub_event_types,
            tags=question.tags,
            actor=question.actor,
            source=question.source,
            civilians=question.civilians,
            radius_km=max(1, round(question.radius_km)) if question.radius_km else None,
            page=page,
        )

    def within(self, hours: int) -> AskAgain:
        """The same of the last hours, first page."""
        return replace(self, start=None, end=None, last_hours=hours, page=0)


@dataclass(frozen=True, slots=True)
class ShowSources:
    """The sources behind an answer."""

    of: AskAgain


@dataclass(frozen=True, slots=True)
class ShowMap:
    """A map of an answer."""

    of: AskAgain


@dataclass(frozen=True, slots=True)
class AlertMe:
    """A subscription to what was asked."""

    of: AskAgain


@dataclass(frozen=True, slots=True)
class ShowEvent:
    """Everything stored on one event."""

    event_id: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """A language for this chat, as an IETF tag."""

    language: str


@dataclass(frozen=True, slots=True)
class ShowPage:
    """One of the bot's own pages: start, help, language, privacy."""

    page: str


@dataclass(frozen=True, slots=True)
class ListAlerts:
    """What this chat is subscribed to, a page of it."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class WhyAlert:
    """Why this chat was told of an event."""

    event_id: str


@dataclass(frozen=True, slots=True)
class ChangeAlerts:
    """Something done to one subscription in the list: pause, resume, remove."""

    what: str
    subscription_id: int


@dataclass(frozen=True, slots=True)
class EraseMe:
    """Everything kept of this chat, gone."""


Action = (
    AskAgain
    | ShowSources
    | ShowMap
    | AlertMe
    | ShowEvent
    | SetLanguage
    | ShowPage
    | ListAlerts
    | WhyAlert
    | ChangeAlerts
    | EraseMe
    | ChatAction
    | OperatorAction
)

_OF_QUESTION: dict[str, type[ShowSources] | type[ShowMap] | type[AlertMe]] = {
    "s": ShowSources,
    "m": ShowMap,
    "w": AlertMe,
}
_PAGES = frozenset({"start", "help", "language", "privacy"})
_OF_SUBSCRIPTION = {"p": "pause", "r": "resume", "x": "remove"}
_SUBSCRIPTION_CODES = {what: code for code, what in _OF_SUBSCRIPTION.items()}
_ERASE = "z1"


def encode(action: Action) -> str | None:
    """The callback data of an action; None when it does not fit or cannot be carried whole: then there is no button."""
    match action:
        case AskAgain():
            body = _question(action, "a")
        case ShowEvent(event_id):
            body = f"e{event_id}"
        case SetLanguage(language):
            body = f"t{language}"
        case ShowPage(page):
            body = f"h{page}"
        case WhyAlert(event_id):
            body = f"y{event_id}"
        case ChangeAlerts(what, subscription_id):
            body = f"{_SUBSCRIPTION_CODES.get(what, '')}{subscription_id}"
        case ListAlerts(page):
            body = f"v{page + 1}"
        case EraseMe():
            body = _ERASE
        case Settle() | SetZone() | SnoozePlace() | EditAlert():
            body = encode_chat(action)
        case ReadChannel() | ChangeDraft():
            body = encode_operator(action)
        case _:
            code = next(code for code, kind in _OF_QUESTION.items() if isinstance(action, kind))
            body = _question(action.of, code)
    data = _VERSION + body if body else None
    if data is None or len(data.encode("utf-8", "replace")) > LIMIT:
        return None
    return data if decode(data) == action else None


def decode(data: str | None) -> Action | None:
    """The action of callback data, or None for anything that `encode` of this version did not write."""
    if not data or len(data.encode("utf-8", "surrogatepass")) > LIMIT or data[0] != _VERSION or len(data) < 3:
        return None
    code, body = data[1], data[2:]
    if code == "e":
        return ShowEvent(body) if _ID.match(body) else None
    if code == "y":
        return WhyAlert(body) if _ID.match(body) else None
    if code in _OF_SUBSCRIPTION:
        plain = body.isascii() and body.isdigit() and body[0] != "0" and len(body) <= 18
        return ChangeAlerts(_OF_SUBSCRIPTION[code], int(body)) if plain else None
    if data[1:] == _ERASE:
        return EraseMe()
    if code == "v":
        number = _natural(body, _MOST_PAGES)
        return ListAlerts(number - 1) if number and body[0] != "0" else None
    if code in CODES:
        return decode_chat(code, body)
    if code in OPERATOR_CODES:
        return decode_operator(code, body)
    if code == "t":
        return SetLanguage(body) if _LANGUAGE.match(body) else None
    if code == "h":
        return ShowPage(body) if body in _PAGES else None
    if code != "a" and code not in _OF_QUESTION:
        return None
    question = _read(body)
    if question is None or _question(question, code) != code + body:
        return None  # one spelling for each question: everything else is forged
    return question if code == "a" else _OF_QUESTION[code](question)


def _minute(when: datetime | None, *, later: bool = False) -> datetime | None:
    """The whole minute at or before an instant in UTC, or at or after it, so that a period never gets shorter."""
    if when is None:
        return None
    whole = when.astimezone(UTC).replace(second=0, microsecond=0)
    return whole + timedelta(minutes=1) if later and whole < when else whole


def _question(ask: AskAgain, code: str) -> str | None:
    """The fields of a question in their one order, or None where one cannot be written."""
    fields: list[str] = []
    if ask.place_ids:
        short = [_short(place_id) for place_id in ask.place_ids]
        if len(short) > _MOST_PLACES or None in short:
            return None
        fields.append("l" + ",".join(s for s in short if s))
    for letter, when in (("s", ask.start), ("e", ask.end)):
        if when is not None:
            minutes, rest = divmod(when - _EPOCH, timedelta(minutes=1))
            if rest or not 0 <= minutes <= _LAST_MINUTE:
                return None
            fields.append(letter + _base36(minutes))
    if ask.last_hours is not None:
        fields.append(f"w{ask.last_hours}")
    kinds: tuple[EventType | SubEventType, ...] = (*ask.event_types, *ask.sub_event_types)
    types = "".join(_TYPE_CODES[kind] for kind in kinds)
    fields.extend(f"{letter}{text}" for letter, text in (("t", types), ("g", ",".join(ask.tags))) if text)
    fields.extend(f"{letter}{text}" for letter, text in (("a", ask.actor), ("j", ask.source)) if text)
    if ask.civilians:
        fields.append("c1")
    fields.extend(f"{letter}{n}" for letter, n in (("r", ask.radius_km), ("n", ask.page)) if n)
    return ";".join([code + _KIND_CODES[ask.kind], *fields])


def _short(place_id: str) -> str | None:
    if not _PLACE.match(place_id):
        return None
    return next(
        (code + place_id[len(prefix) :] for prefix, code in _PREFIXES.items() if place_id.startswith(prefix)), None
    )


def _long(short: str) -> str | None:
    prefix = next((prefix for prefix, code in _PREFIXES.items() if short[:1] == code), None)
    place_id = f"{prefix}{short[1:]}"
    return place_id if prefix and _PLACE.match(place_id) else None


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _instant(text: str) -> datetime | None:
    if not 1 <= len(text) <= 6 or any(c not in _DIGITS for c in text):
        return None
    return _EPOCH + timedelta(minutes=int(text, 36))


def _natural(text: str, most: int) -> int | None:
    """A number from 1 to `most` in plain ASCII digits."""
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        return None
    return int(text) if 1 <= int(text) <= most else None


def _read(body: str) -> AskAgain | None:
    """The question of its fields, each checked; None at the first that is not as we write it."""
    kind = _KINDS.get(body[:1])
    head, *fields = body.split(";")
    if kind is None or len(head) != 1:
        return None
    found: dict[str, object] = {}
    for field in fields:
        name, value = _FIELDS.get(field[:1]), field[1:]
        if name is None or not value or name in found:
            return None
        read = _value(field[0], value)
        if read is None:
            return None
        found[name] = read
        if field[0] == "t":
            found["event_types"] = tuple(_TYPES[c] for c in value if c in _TYPES)
            found["sub_event_types"] = tuple(_SUB_TYPES[c] for c in value if c in _SUB_TYPES)
    return AskAgain(kind, **found)  # type: ignore[arg-type]  # each value was read by its own field's rule


_FIELDS = {
    "l": "place_ids",
    "s": "start",
    "e": "end",
    "w": "last_hours",
    "t": "event_types",
    "g": "tags",
    "a": "actor",
    "j": "source",
    "c": "civilians",
    "r": "radius_km",
    "n": "page",
}


def _value(letter: str, text: str) -> object:
    """The value of one field, None where it is not one we would write."""
    match letter:
        case "l":
            places = [_long(short) for short in text.split(",")]
            return tuple(places) if None not in places and len(places) <= _MOST_PLACES else None
        case "s" | "e":
            return _instant(text)
        case "t":
            return text if all(c in _TYPES or c in _SUB_TYPES for c in text) else None
        case "g":
            tags = tuple(text.split(","))
            return tags if all(_TAG.match(tag) for tag in tags) else None
        case "a" | "j":
            return text if _WORD.match(text) else None
        case "c":
            return True if text == "1" else None
        case "w":
            return _natural(text, 24 * 3660)
        case "r":
            return _natural(text, 20_000)
        case _:
            return _natural(text, _MOST_PAGES)
