"""Whether a message speaks to the bot, and which words are the question: in groups only what is meant for it."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Bot, Message, MessageEntity, MessageOriginUser
from telegram.constants import ChatType


@dataclass(frozen=True, slots=True)
class Question:
    """The words for the bot. `insisted`: named or written to directly, so that it deserves an answer in any case."""

    text: str
    insisted: bool


def question_in(message: Message, bot: Bot) -> Question | None:
    """What this message asks the bot; None when it speaks to somebody else, or is by a bot."""
    text = message.text or message.caption or ""
    if not from_person(message) or not text.strip():
        return None
    if message.chat.type == ChatType.PRIVATE:
        return Question(text.strip(), True)
    named = _without_mention(message, bot)
    if named is not None:
        return Question(named, True)
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == bot.id:
        return Question(text.strip(), False)
    return None


def from_person(message: Message) -> bool:
    """Whether a person wrote it (also one who writes as the group), not a bot and not a channel's automatic copy."""
    if message.is_automatic_forward or message.via_bot is not None:
        return False
    if message.sender_chat is not None:
        return message.sender_chat.id == message.chat.id
    return message.from_user is not None and not message.from_user.is_bot


def by_us(message: Message, bot: Bot) -> bool:
    """Whether the bot itself said it, or somebody passed on what it said."""
    origin = message.forward_origin
    forwarded = origin.sender_user if isinstance(origin, MessageOriginUser) else None
    said_by = (message.via_bot, message.from_user, forwarded)
    return any(user is not None and user.id == bot.id for user in said_by)


def _without_mention(message: Message, bot: Bot) -> str | None:
    """The text without the bot's name, or None if it is not named."""
    name = f"@{bot.username}".lower()
    text = message.text or message.caption or ""
    for entity, words in {**message.parse_entities(), **message.parse_caption_entities()}.items():
        mentioned = entity.type == MessageEntity.MENTION and words.lower() == name
        linked = entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == bot.id
        if mentioned or linked:
            return " ".join(text.replace(words, " ", 1).split())
    return None
