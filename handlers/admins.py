"""Who may change what is set for a chat: the person of a private chat, the administrators of a group."""

from __future__ import annotations

import logging

from telegram import Chat, ChatMember, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden

from handlers.context import Context

log = logging.getLogger(__name__)


async def may_settle(chat: Chat, user: User | None, context: Context) -> bool:
    """Whether this person may; None is one who writes as the group itself, which only administrators can.

    Where Telegram does not tell who administers the group, nobody may.
    """
    if chat.type == ChatType.PRIVATE or user is None:
        return True
    try:
        member = await context.bot.get_chat_member(chat.id, user.id)
    except (BadRequest, Forbidden) as error:
        log.info("Telegram does not tell who administers a group (%s).", error)
        return False
    return member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR)
