"""A shared location in a private chat: the latest around a coarse place. The exact one gets no further than reading."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from conflict.zones import zone_of
from handlers.addressing import from_person
from handlers.chats import chat_of
from handlers.context import Context, desk_of
from handlers.sending import Place, send
from handlers.settling import settling_of
from messages.answers import render_answer
from messages.buttons import rows
from messages.pages import render_no_place_near
from messages.settings import zone_button


async def near(update: Update, context: Context) -> None:
    """A location or a venue, also the first message of a live one; where it moves to is not followed."""
    message = update.effective_message
    if message is None or not from_person(message) or message.location is None:
        return
    desk = desk_of(context)
    chat = await chat_of(update, context)
    place, answer = message.location, None
    if isinstance(place.latitude, (int, float)) and isinstance(place.longitude, (int, float)):
        answer = await desk.conversation.near(place.latitude, place.longitude, chat)
    texts = desk.texts(chat.language)
    found = render_answer(answer, texts, tz=chat.tz, features=desk.features) if answer else render_no_place_near(texts)
    settling, middle = settling_of(context), answer.question.places if answer else ()
    zone = zone_of(middle[0]) if middle else None
    if settling is not None and zone is not None and zone != (await settling.settings(chat)).zone:
        found = replace(found, buttons=(*found.buttons, *rows((zone_button(zone, texts),))))
    await send(context.bot, Place.of(message), found)
