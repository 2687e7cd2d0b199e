"""Telegram channels as sources: what operators are asked and told, and whether a text is our own."""

from __future__ import annotations

from conflict.answers import Reply
from messages.bidi import with_direction, without_controls
from messages.buttons import button, rows
from messages.catalog import Catalog, Texts
from messages.html import Html, bold, link
from messages.operator_actions import ReadChannel


def render_ask_to_read(channel_id: int, title: str, username: str | None, texts: Texts) -> Reply:
    """The bot is in a channel that no operator has decided about."""
    name = _named(title, username, texts)
    lines = [
        bold(texts.say("Shall I read a channel?")),
        texts.say("I am in the channel {name}. Its posts become reports only if an operator allows it.", name=name),
        texts.say("Allow it only if you know who writes there: what it says is shown in its name."),
    ]
    choice = (
        button(texts.plain("Read its posts", "button"), ReadChannel(channel_id, True)),
        button(texts.plain("Do not read", "button"), ReadChannel(channel_id, False)),
    )
    return Reply(with_direction("\n".join(lines), texts.rtl), rows(choice))


def render_reading(channel_id: int, title: str, username: str | None, read: bool, texts: Texts) -> Reply:
    """What holds of a channel after an operator decided; it can be changed with the same message."""
    name = _named(title, username, texts)
    said = (
        texts.say("The posts of {name} are read from now on; changed posts change what is stored.", name=name)
        if read
        else texts.say("The posts of {name} are not read. What was stored of them stays.", name=name)
    )
    other = (
        button(texts.plain("Stop reading", "button"), ReadChannel(channel_id, False))
        if read
        else button(texts.plain("Read its posts", "button"), ReadChannel(channel_id, True))
    )
    return Reply(with_direction(said, texts.rtl), rows((other,)))


def render_operators_only(texts: Texts) -> Reply:
    """Somebody else than an operator wants to do what only operators can."""
    return Reply(with_direction(texts.say("Only the operators of this bot can do that."), texts.rtl))


def is_our_own(text: str, catalog: Catalog) -> bool:
    """Whether a text says what our alerts and answers say, in any language: then it is no new report of anything."""
    plain = " ".join(without_controls(text).split())
    return any(words in plain for texts in catalog.languages.values() for words in _ours(texts))


def _ours(texts: Texts) -> tuple[str, ...]:
    """What stands last in every alert, after the short id of its event, in every correction and in every answer."""
    foot = texts.say("As of {when} · {id} · not an official warning", when=Html("|"), id=Html("|"))
    said = (
        foot.rpartition("|")[2].strip(" ·"),
        texts.say("Forwarded copies are outdated."),
        texts.say("No report does not mean calm."),
    )
    return tuple(" ".join(without_controls(words).split()) for words in said)


def _named(title: str, username: str | None, texts: Texts) -> Html:
    return link(title, f"https://t.me/{username}") if username else bold(texts.value(title))
