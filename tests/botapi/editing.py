"""Methods that change or remove messages that are there."""

from __future__ import annotations

from typing import Any

from tests.botapi import markup
from tests.botapi.account import Account, Params, Uploads, method
from tests.botapi.errors import malformed, refused
from tests.botapi.sending import MEDIA, caption_content, media_content, text_content
from tests.botapi.world import Chat, Happening, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
DELETABLE_SECONDS = 48 * 3600


def _editable(account: Account, params: Params) -> Message:
    if "inline_message_id" in params:
        raise refused("MESSAGE_ID_INVALID")
    for name in ("chat_id", "message_id"):
        if name not in params:
            raise malformed(f"{name} is empty")
    message = account.message(params, "edit")
    message.chat.check_writable()
    if not message.from_bot and not (message.chat.type == "channel" and message.sender is None):
        raise refused("message can't be edited")
    if "reply_markup" in params:
        markup.check(params["reply_markup"], inline_only=True, private=message.chat.type == "private")
    return message


def _apply(
    account: Account,
    message: Message,
    content: dict[str, Any],
    params: Params,
    files: dict[str, bytes] | None = None,
) -> Any:
    """Make the edit unless nothing would change. An edit without a keyboard takes the keyboard away."""
    keyboard = params.get("reply_markup")
    if keyboard is not None and not any(keyboard["inline_keyboard"]):
        keyboard = None
    if content == message.content and keyboard == message.reply_markup:
        raise refused(NOT_MODIFIED)
    account.world.edit_message(message, content, keyboard, files=files)
    return message.as_json()


@method("editMessageText")
def edit_message_text(account: Account, params: Params, uploads: Uploads) -> Any:
    """Another text."""
    message = _editable(account, params)
    text = account.parse_text(params)
    if not text.plain:
        raise malformed("message text is empty")
    if "text" not in message.content:
        raise refused("there is no text in the message to edit")
    return _apply(account, message, text_content(text, params), params)


@method("editMessageCaption")
def edit_message_caption(account: Account, params: Params, uploads: Uploads) -> Any:
    """Another caption under the same picture."""
    message = _editable(account, params)
    if not any(kind in message.content for kind in MEDIA):
        raise refused("there is no caption in the message to edit")
    kept = {key: value for key, value in message.content.items() if not key.startswith("caption")}
    return _apply(account, message, {**kept, **caption_content(account, params)}, params)


@method("editMessageMedia")
def edit_message_media(account: Account, params: Params, uploads: Uploads) -> Any:
    """Another picture, with its caption; a text may become one with a picture."""
    message = _editable(account, params)
    media = params["media"]
    content, files = media_content(account, media["type"], media["media"], uploads)
    content.update(caption_content(account, media))
    return _apply(account, message, content, params, files)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(account: Account, params: Params, uploads: Uploads) -> Any:
    """Another keyboard, or none."""
    message = _editable(account, params)
    return _apply(account, message, message.content, params)


@method("editMessageLiveLocation", "stopMessageLiveLocation")
def edit_live_location(account: Account, params: Params, uploads: Uploads) -> Any:
    """A live location moves or stops."""
    message = _editable(account, params)
    if "live_period" not in message.content.get("location", {}):
        raise refused("message can't be edited")
    location = dict(message.content["location"])
    if "latitude" in params:
        location.update(latitude=params["latitude"], longitude=params["longitude"])
    else:
        del location["live_period"]
    return _apply(account, message, {"location": location}, params)


@method("deleteMessage")
def delete_message(account: Account, params: Params, uploads: Uploads) -> Any:
    """Take a message away, within 48 hours."""
    message = account.message(params, "delete")
    _check_deletable(account, message)
    account.world.delete_message(message)
    return True


@method("deleteMessages")
def delete_messages(account: Account, params: Params, uploads: Uploads) -> Any:
    """Take up to 100 away; those that are not there are passed over."""
    if not 1 <= len(params["message_ids"]) <= 100:
        raise malformed("number of messages to delete must be 1-100")
    chat = account.world.chat(params["chat_id"])
    for message_id in params["message_ids"]:
        message = chat.messages.get(message_id)
        if message is not None and not message.deleted:
            _check_deletable(account, message)
            account.world.delete_message(message)
    return True


def _check_deletable(account: Account, message: Message) -> None:
    chat = message.chat
    own = message.from_bot or chat.type in ("private", "channel")
    if not own and chat.bot_status != "administrator":
        raise refused("message can't be deleted")
    # An administrator's bot may delete anything in a group; elsewhere the 48 hours hold.
    admin = chat.is_group and chat.bot_status == "administrator"
    if not admin and account.world.now() - message.date > DELETABLE_SECONDS:
        raise refused("message can't be deleted for everyone")


def _pinnable(account: Account, params: Params) -> Chat:
    chat = account.world.chat(params["chat_id"])
    chat.check_writable()
    if chat.type != "private" and chat.bot_status != "administrator":
        raise refused("not enough rights to manage pinned messages in the chat")
    return chat


@method("pinChatMessage")
def pin_chat_message(account: Account, params: Params, uploads: Uploads) -> Any:
    """Put a message on top."""
    chat = _pinnable(account, params)
    message = account.message(params, "pin")
    message.pinned = True
    chat.happenings.append(Happening("pin", message))
    return True


@method("unpinChatMessage", "unpinAllChatMessages")
def unpin_chat_message(account: Account, params: Params, uploads: Uploads) -> Any:
    """Take one message, or all, from the top."""
    chat = _pinnable(account, params)
    for message in [account.message(params, "unpin")] if "message_id" in params else chat.standing():
        message.pinned = False
    return True


@method("setMessageReaction")
def set_message_reaction(account: Account, params: Params, uploads: Uploads) -> Any:
    """A sign of the bot's under a message."""
    message = account.message(params, "react")
    message.chat.check_writable()
    message.reaction = params.get("reaction", [])
    message.chat.happenings.append(Happening("reaction", message))
    return True
