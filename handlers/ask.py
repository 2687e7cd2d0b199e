"""A question in a person's own words, and /latest: asked, answered, and answered anew when its words are changed."""

from __future__ import annotations

from functools import partial

from telegram import Message, Update

from conflict.answers import Answer, Reply
from conflict.questions import Clarification, QuestionKind
from handlers.addressing import Question, from_person, question_in
from handlers.chats import speaker_of
from handlers.context import ChatView, Context, Desk, desk_of
from handlers.pages import page
from handlers.sending import Place, replace, send
from messages.answers import render_answer
from messages.choices import render_clarification


async def ask(update: Update, context: Context) -> None:
    """Any text that speaks to the bot."""
    message = update.effective_message
    question = question_in(message, context.bot) if message else None
    if message is not None and question is not None:
        await _answer(message, question, update, context)


async def latest(update: Update, context: Context) -> None:
    """/latest, perhaps with a place and a period after it."""
    message = update.effective_message
    if message is None or not from_person(message):
        return
    words = " ".join(context.args or ())
    await _answer(message, Question(f"latest in {words}" if words else "latest", True), update, context)


async def ceasefire(update: Update, context: Context) -> None:
    """/ceasefire, perhaps with a place and a period after it."""
    message = update.effective_message
    if message is None or not from_person(message):
        return
    words = " ".join(context.args or ())
    await _answer(message, Question(f"ceasefire in {words}" if words else "ceasefire", True), update, context)


async def _answer(message: Message, question: Question, update: Update, context: Context) -> None:
    desk = desk_of(context)
    edited = update.edited_message is not None
    before = desk.memory.reply_to(message.chat.id, message.message_id) if edited else ()
    if edited and not before:
        return  # answered long ago, or never: a change of old words is no question
    reply = await desk.conversation.reply(question.text, speaker_of(update), partial(_say, question, desk))
    if reply is None:
        return
    place = Place.of(message)
    sent = await (replace(context.bot, place, before, reply) if edited else send(context.bot, place, reply))
    desk.memory.answered(message.chat.id, message.message_id, sent)


def _say(question: Question, desk: Desk, found: Answer | Clarification, chat: ChatView) -> Reply | None:
    """The reply in the language of the question; None for small talk under one of our messages in a group."""
    if found.question.kind is QuestionKind.UNKNOWN and not question.insisted:
        return None
    texts = desk.texts(found.question.language or chat.language)
    if isinstance(found, Clarification):
        return render_clarification(found, texts)
    if found.question.kind is QuestionKind.HELP:
        return page("help", texts, desk)
    return render_answer(found, texts, tz=chat.tz, features=desk.features)
