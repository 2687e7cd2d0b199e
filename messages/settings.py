"""The settings of a chat: its clock, its quiet hours, its digest, its snoozes; as screens that replace each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location

from conflict.answers import Button, Reply
from conflict.places import Place
from conflict.vocabulary import Severity
from messages.bidi import with_direction
from messages.buttons import Rows, button, rows
from messages.callbacks import ListAlerts, ShowPage
from messages.catalog import Texts, msg
from messages.chat_actions import Settle, SetZone
from messages.html import Html, bold, code
from messages.wording import instant, place_name, weekday, zone

NOTHING: Final = 5  # graver than there is
_NIGHTS: Final = ((21, 6), (22, 7), (23, 8), (0, 8))
_HOURS: Final = (6, 8, 12, 18, 20, 22)
_BREAKS: Final = (
    (NOTHING, 0, msg("At once: nothing", "button")),
    (int(Severity.EXTREME), 0, msg("At once: the very gravest", "button")),
    (int(Severity.SEVERE), 0, msg("At once: severe", "button")),
    (int(Severity.SEVERE), 1, msg("At once: severe, breaches", "button")),
)
_EXAMPLES: Final = (
    msg("/settings Damascus time"),
    msg("/settings quiet hours 22:30-6:15"),
    msg("/settings daily digest 7:30"),
)
# Offered by name; every other is found by the name of a city.
ZONES: Final = (
    "Asia/Damascus", "Asia/Beirut", "Asia/Gaza", "Asia/Baghdad", "Asia/Aden", "Africa/Khartoum", "Africa/Tripoli",
    "Europe/Kyiv", "Europe/Istanbul", "UTC",
)  # fmt: skip


_OLD_NAMES: Final = {"Europe/Kyiv": "Europe/Kiev"}  # as CLDR lists them, where some languages know no other


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat has set, at `now`. Hours are minutes after midnight in `zone`; `own_zone` False: nobody chose it."""

    now: datetime
    zone: str
    own_zone: bool = False
    quiet: tuple[int, int] | None = None
    breaks_at: int | None = None
    breaches_break: bool = False
    digest_at: int | None = None
    digest_weekday: int | None = None
    snoozed_until: datetime | None = None
    snoozed_places: tuple[tuple[Place | None, datetime], ...] = field(default=())

    @property
    def tz(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)


def render_settings(chat: ChatSettings, texts: Texts) -> Reply:
    """All of it, with buttons to change it."""
    lines = [
        bold(texts.say("Settings of this chat")),
        texts.say("Language: {language}", language=texts.name),
        _clock(chat, texts),
        texts.say("Quiet hours: {hours}", hours=_quiet(chat, texts)),
        texts.say("Digest: {when}", when=_digest(chat, texts)),
    ]
    if chat.quiet or chat.digest_at is not None:
        lines.append(texts.say("Comes at once all the same: {what}", what=_breaks(chat, texts)))
    lines += _snoozes(chat, texts)
    lines.append(texts.say("You can also write, for example:"))
    lines += [Html("• " + code(texts.word(example))) for example in _EXAMPLES]
    return _reply(lines, texts, _main(chat, texts))


def render_quiet(chat: ChatSettings, texts: Texts) -> Reply:
    """The choice of quiet hours and of what breaks through them."""
    lines = [
        bold(texts.say("Quiet hours: {hours}", hours=_quiet(chat, texts))),
        texts.say("Nothing is sent in these hours. What came meanwhile is sent as one message when they end."),
        texts.say("Comes at once all the same: {what}", what=_breaks(chat, texts)),
        _clock(chat, texts),
        texts.say("For other hours write: {example}", example=code(texts.say("/settings quiet hours 22:30-6:15"))),
    ]
    nights = [((start * 60, end * 60), _hours((start * 60, end * 60))) for start, end in _NIGHTS]
    return _reply(
        lines,
        texts,
        rows(
            [_chosen(label, Settle("quiet", hours), chat.quiet == hours) for hours, label in nights],
            [_chosen(texts.plain("No quiet hours", "button"), Settle("no_quiet"), chat.quiet is None)],
            *_break_buttons(chat, texts, 0),
            _back(chat, texts),
        ),
    )


def render_digest(chat: ChatSettings, texts: Texts) -> Reply:
    """The choice of a digest's hour and days."""
    at = 8 * 60 if chat.digest_at is None else chat.digest_at
    day = chat.digest_weekday
    daily = chat.digest_at is not None and day is None
    lines = [
        bold(texts.say("Digest: {when}", when=_digest(chat, texts))),
        texts.say("With a digest everything comes together at one hour, in one message, and nothing in between."),
        texts.say("Comes at once all the same: {what}", what=_breaks(chat, texts)),
        _clock(chat, texts),
        texts.say("For another hour write: {example}", example=code(texts.say("/settings daily digest 7:30"))),
    ]
    own = () if day is None else (day,)
    hours = [(hour * 60, f"{hour:02d}:00") for hour in _HOURS]
    days = [
        _chosen(
            str(weekday(date(2024, 1, n + 1), texts)),
            Settle("digest", (at, n)),
            chat.digest_at is not None and day == n,
        )
        for n in range(7)
    ]
    return _reply(
        lines,
        texts,
        rows(
            [_chosen(label, Settle("digest", (hour, *own)), chat.digest_at == hour) for hour, label in hours],
            [
                _chosen(texts.plain("No digest", "button"), Settle("no_digest"), chat.digest_at is None),
                _chosen(texts.plain("Every day", "button"), Settle("digest", (at,)), daily),
            ],
            days[:4],
            days[4:],
            *_break_buttons(chat, texts, 1),
            _back(chat, texts),
        ),
    )


def render_zones(chat: ChatSettings, texts: Texts, nearby: Iterable[str] = ()) -> Reply:
    """The choice of a time zone; `nearby` are those of places that the chat watches."""
    lines = [
        bold(_clock(chat, texts)),
        texts.say("Hours and “today” are counted on this clock."),
        texts.say("For another write the name of a city: {example}", example=code(texts.say("/settings Aleppo time"))),
    ]
    names = list(dict.fromkeys((*nearby, *ZONES)))[:12]
    buttons = [_chosen(_zone_name(name, texts.language), SetZone(name), chat.zone == name) for name in names]
    return _reply(lines, texts, rows(*(buttons[at : at + 2] for at in range(0, len(buttons), 2)), _back(chat, texts)))


def render_zone_set(chat: ChatSettings, texts: Texts) -> Reply:
    """Said when a clock was chosen in words."""
    lines = [_clock(chat, texts), texts.say("Hours and “today” are counted on this clock.")]
    return _reply(lines, texts, rows((_settings(texts),)))


def render_no_zone(name: str, texts: Texts) -> Reply:
    """A place whose time is not known."""
    said = texts.say("I do not know the time of “{name}”. Please write the name of a city there.", name=name)
    return _reply([said], texts, rows((button(texts.plain("Time zone", "button"), Settle("zone")),)))


def render_snoozed(chat: ChatSettings, texts: Texts) -> Reply:
    """What a snooze holds back, until when, and how to end it."""
    lines = _snoozes(chat, texts) or [texts.say("Nothing is snoozed.")]
    if chat.snoozed_until or chat.snoozed_places:
        lines.append(texts.say("What comes meanwhile is kept and sent as one message then."))
    return _reply(lines, texts, rows((_wake(chat, texts), _settings(texts))))


def render_setting_unclear(texts: Texts) -> Reply:
    """Words after /settings that are none."""
    lines = [texts.say("I did not understand that. You can write, for example:")]
    lines += [Html("• " + code(texts.word(example))) for example in _EXAMPLES]
    return _reply(lines, texts, rows((_settings(texts),)))


def zone_button(zone_name: str, texts: Texts) -> Button | None:
    """Offers the clock of a place that somebody shared."""
    return button(
        texts.plain("Use {zone} time", "button", zone=_zone_name(zone_name, texts.language)), SetZone(zone_name)
    )


def _main(chat: ChatSettings, texts: Texts) -> Rows:
    return rows(
        (
            button(texts.plain("Quiet hours", "button"), Settle("quiet")),
            button(texts.plain("Digest", "button"), Settle("digest")),
        ),
        (
            button(texts.plain("Time zone", "button"), Settle("zone")),
            button(texts.plain("Language", "button"), ShowPage("language")),
        ),
        (
            button(texts.plain("Snooze 1 h", "button"), Settle("snooze", (1,))),
            button(texts.plain("8 h", "button"), Settle("snooze", (8,))),
            _wake(chat, texts),
        ),
        (
            button(texts.plain("My alerts", "button"), ListAlerts()),
            button(texts.plain("Privacy", "button"), ShowPage("privacy")),
        ),
    )


def _break_buttons(chat: ChatSettings, texts: Texts, screen: int) -> list[list[Button | None]]:
    now = (NOTHING if chat.breaks_at is None else chat.breaks_at, int(chat.breaches_break))
    made = [
        _chosen(str(texts.plain(text, context)), Settle("breaks", (level, breaches, screen)), now == (level, breaches))
        for level, breaches, (context, text) in _BREAKS
    ]
    return [made[:2], made[2:]]


def _back(chat: ChatSettings, texts: Texts) -> list[Button | None]:
    zones = None if chat.own_zone else button(texts.plain("Time zone", "button"), Settle("zone"))
    return [zones, button(texts.plain("Back", "button"), Settle("show"))]


def _settings(texts: Texts) -> Button | None:
    return button(texts.plain("Settings", "button"), Settle("show"))


def _wake(chat: ChatSettings, texts: Texts) -> Button | None:
    snoozed = chat.snoozed_until or chat.snoozed_places
    return button(texts.plain("End snooze", "button"), Settle("wake")) if snoozed else None


def _chosen(label: str, action: Settle | SetZone, chosen: bool) -> Button | None:
    return button(f"✓ {label}" if chosen else label, action)


def _clock(chat: ChatSettings, texts: Texts) -> Html:
    local = chat.now.astimezone(chat.tz)
    name = _zone_name(chat.zone, texts.language)
    said = texts.say("Clock: {zone}, now {time}", zone=name, time=f"{local:%H:%M} {zone(local, texts)}")
    return said if chat.own_zone else texts.say("{clock} (nobody set it for this chat)", clock=said)


def _quiet(chat: ChatSettings, texts: Texts) -> Html:
    if chat.quiet is None:
        return texts.say("none", "quiet hours")
    return texts.say("{start}–{end}", "hours", start=_time(chat.quiet[0]), end=_time(chat.quiet[1]))


def _hours(hours: tuple[int, int]) -> str:
    return "–".join(map(_time, hours))


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _digest(chat: ChatSettings, texts: Texts) -> Html:
    if chat.digest_at is None:
        return texts.say("none; each alert comes at once")
    at = _time(chat.digest_at)
    if chat.digest_weekday is None:
        return texts.say("every day at {time}", time=at)
    day = weekday(date(2024, 1, chat.digest_weekday + 1), texts)
    return texts.say("every week, {day} at {time}", day=day, time=at)


def _breaks(chat: ChatSettings, texts: Texts) -> Html:
    """What comes in quiet hours too, in words."""
    kinds = []
    if chat.breaks_at is not None and chat.breaks_at <= int(Severity.EXTREME):
        extreme = chat.breaks_at == int(Severity.EXTREME)
        kinds.append(texts.say("only the very gravest events") if extreme else texts.say("severe events"))
    if chat.breaches_break:
        kinds.append(texts.say("reported breaches of a ceasefire"))
    return texts.joined(kinds) or texts.say("nothing", "breaks through")


def _snoozes(chat: ChatSettings, texts: Texts) -> list[Html]:
    lines = []
    if chat.snoozed_until is not None:
        until = instant(chat.snoozed_until, texts, chat.tz, now=chat.now)
        lines.append(texts.say("Nothing at all is sent until {when}.", when=until))
    for place, end in chat.snoozed_places:
        where = place_name(place, texts) if place else texts.say("a place")
        until = instant(end, texts, chat.tz, now=chat.now)
        lines.append(texts.say("Nothing on {place} is sent until {when}.", place=where, when=until))
    return lines


@lru_cache(maxsize=256)
def _zone_name(name: str, language: str) -> str:
    """A zone by its city in the reader's language; `UTC+3` for those without one."""
    if name == "UTC":
        return name
    if name.startswith("Etc/GMT"):
        sign = {"-": "+", "+": "-"}.get(name[7:8], "")
        return f"UTC{sign}{name[8:]}"
    locale = Locale.parse(language, sep="-")
    known = locale.time_zones.get(_OLD_NAMES.get(name, ""), {}).get("city")
    return str(known or get_timezone_location(name, locale=locale, return_city=True)).rpartition("/")[2]


def _reply(lines: Sequence[Html], texts: Texts, buttons: Rows = ()) -> Reply:
    return Reply(with_direction("\n".join(lines), texts.rtl), buttons)
