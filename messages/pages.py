"""The bot's own pages: what it is, help, languages, privacy, and what it says when something does not work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conflict.answers import Button, Reply
from messages.bidi import with_direction
from messages.buttons import button, rows
from messages.callbacks import SetLanguage, ShowPage
from messages.catalog import Catalog, Texts, msg
from messages.html import Html, bold, code, italic

_EXAMPLES = (
    msg("latest in Idlib", "example question"),
    msg("air strikes near Saraqib last 7 days", "example question"),
    msg("how many killed in Idlib since Saturday", "example question"),
    msg("is there a ceasefire in Idlib", "example question"),
)


def _reply(lines: Iterable[Html], texts: Texts, buttons: tuple[tuple[Button, ...], ...] = ()) -> Reply:
    return Reply(with_direction("\n".join(lines), texts.rtl), buttons)


def _examples(texts: Texts) -> list[Html]:
    return [Html("• " + code(texts.word(example))) for example in _EXAMPLES]


def _menu(texts: Texts, *pages: str) -> tuple[tuple[Button, ...], ...]:
    labels: Mapping[str, str] = {
        "help": texts.plain("Help", "button"),
        "language": texts.plain("Language", "button"),
        "privacy": texts.plain("Privacy", "button"),
    }
    return rows(button(labels[page], ShowPage(page)) for page in pages)


def render_start(texts: Texts, *, coverage: Html | str | None = None, sample: bool = False) -> Reply:
    """The first thing a person sees. `coverage` says, in words of the operator's data, what is stored."""
    lines = [
        bold(texts.say("Reports of armed conflict, with who says so")),
        texts.say("Ask about a place and I answer from stored reports: what, where, when, how many, on whose word."),
        *_examples(texts),
    ]
    if coverage:
        lines.append(texts.say("Stored now: {coverage}", coverage=coverage))
    if sample:
        lines.append(demonstration(texts))
    lines.append(texts.say("Reports may be late, incomplete or wrong. No report does not mean calm."))
    lines.append(italic(texts.say("Not an official warning service.")))
    return _reply(lines, texts, _menu(texts, "help", "language", "privacy"))


def render_help(texts: Texts, *, commands: Iterable[tuple[str, Html | str]] = ()) -> Reply:
    """How to ask. `commands` are the bot's commands with what each does, in the order to show."""
    lines = [
        bold(texts.say("How to ask")),
        texts.say("Write as you would to a colleague, in English or Arabic. Tap an example to copy it:"),
        *_examples(texts),
        texts.say("You can name a town, district, province or country, a day or a period, and a kind of event."),
        texts.say("Every figure is somebody's count; sources are counted by who says it, not by who prints it."),
        texts.say("A place that is not known more finely is shown as “somewhere in” its province."),
    ]
    lines += [Html(f"/{name} ") + texts.say("– {what}", "command", what=what) for name, what in commands]  # type: ignore[misc]
    lines.append(italic(texts.say("Not an official warning service. No report does not mean calm.")))
    return _reply(lines, texts, _menu(texts, "language", "privacy"))


def render_language(texts: Texts, catalog: Catalog) -> Reply:
    """The languages to choose from, each by its own name."""
    chosen = [button(other.name, SetLanguage(tag)) for tag, other in catalog.languages.items()]
    return _reply([texts.say("Choose a language:")], texts, rows(chosen))


def render_language_changed(texts: Texts) -> Reply:
    """Said in the new language."""
    return _reply([texts.say("From now on I answer in English.")], texts)


def render_privacy(texts: Texts) -> Reply:
    """What is kept of a person, and how to be rid of it."""
    lines = [
        bold(texts.say("What is kept about you")),
        texts.say("• Your chat's number, its language and time zone, and the day it was last used."),
        texts.say("• What you asked to be told of: places, or a square of about 10 km; never your exact position."),
        texts.say("• When alerts may come: your hours, digest and snoozes."),
        texts.say("• Which alerts were sent to this chat, for 90 days, so that they can be corrected."),
        texts.say("• Your questions are not kept: a message is stored only until it is answered."),
        texts.say("• If you block me, all of it is erased after 30 days; if you have no alerts, after 180 idle days."),
        texts.say("• Telegram and whoever runs this bot can see what you write to it."),
        texts.say("/mydata sends you all of it as a file; /deleteme erases it at once."),
        texts.say("Delete this chat on your phone if others may look at it."),
    ]
    return _reply(lines, texts, _menu(texts, "help"))


def render_empty(texts: Texts) -> Reply:
    """Nothing is stored at all: says so, and what an operator can do."""
    lines = [
        bold(texts.say("Nothing is stored yet.")),
        texts.say("I have no reports to answer from. That says nothing about what is happening."),
        texts.say("If you run this bot: {ingest} or {sample} brings reports in.", **_COMMANDS),
    ]
    return _reply(lines, texts)


_COMMANDS = {"ingest": code("sitrep ingest FILE"), "sample": code("sitrep sample load")}


def render_not_understood(texts: Texts) -> Reply:
    """A message that is no question we can read."""
    lines = [texts.say("I did not understand that. Name a place, for example:"), *_examples(texts)]
    return _reply(lines, texts, _menu(texts, "help"))


def render_too_long(texts: Texts, limit: int) -> Reply:
    """A question longer than anybody needs."""
    said = texts.count("Please ask in at most {n} character.", "Please ask in at most {n} characters.", limit)
    return _reply([said], texts)


def render_error(texts: Texts) -> Reply:
    """Something went wrong; never what."""
    return _reply([texts.say("Something went wrong on my side. Please try again in a minute.")], texts)


def render_database_away(texts: Texts) -> Reply:
    """The database cannot be reached for now."""
    lines = [
        texts.say("I cannot reach the stored reports for a moment. Please try again shortly."),
        texts.say("This says nothing about what is happening."),
    ]
    return _reply(lines, texts)


def render_unsupported(texts: Texts) -> Reply:
    """A photo, a voice message, a sticker."""
    return _reply([texts.say("Thank you, but I can only read text. Please write your question.")], texts)


def render_admins_only(texts: Texts) -> Reply:
    """Somebody else than an administrator wants to change what is set for a group."""
    return _reply([texts.say("Only administrators of this group can change that.")], texts)


def render_no_place_near(texts: Texts) -> Reply:
    """A shared location far from every place that is known."""
    return _reply([texts.say("I know no place near there. Please write the name of one.")], texts)


def render_outdated_button(texts: Texts) -> Reply:
    """A button of an old message that no longer means anything."""
    return _reply([texts.say("This button is too old. Please ask again.")], texts)


def render_withdrawn_event(texts: Texts) -> Reply:
    """An event asked for that is not stored, or no longer."""
    return _reply([texts.say("This event is no longer stored.")], texts)


def demonstration(texts: Texts) -> Html:
    """The notice that what is stored is the bundled sample."""
    return bold(texts.say("Demonstration: a sample on Idlib, November–December 2019, paraphrased. Not current news."))


def render_demonstration(texts: Texts) -> Reply:
    """The same notice as a message."""
    return _reply([demonstration(texts)], texts)
