"""Methods that put messages into chats."""

from __future__ import annotations

import io
from typing import Any

from tests.botapi import html
from tests.botapi.account import CAPTION_LIMIT, Account, Params, Uploads, method
from tests.botapi.errors import malformed, refused
from tests.botapi.spec import Upload
from tests.botapi.world import Chat, Happening, Message

MAX_PHOTO_BYTES = 10 * 2**20
MAX_FILE_BYTES = 50 * 2**20
# What each kind of file says of itself beside its id and size.
MEDIA: dict[str, dict[str, Any]] = {
    "photo": {},
    "document": {},
    "audio": {"duration": 0},
    "voice": {"duration": 0},
    "video": {"width": 1, "height": 1, "duration": 0},
    "animation": {"width": 1, "height": 1, "duration": 0},
    "video_note": {"length": 1, "duration": 0},
    "sticker": {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False},
}
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


@method("sendMessage")
def send_message(account: Account, params: Params, uploads: Uploads) -> Any:
    """A text."""
    chat, more = account.target(params)
    text = account.parse_text(params)
    if not text.plain:
        raise malformed("message text is empty")
    return account.world.add_message(chat, _sender(account, chat), text_content(text, params), **more).as_json()


def text_content(text: html.Text, params: Params) -> dict[str, Any]:
    """The part of a Message that is its text."""
    content: dict[str, Any] = {"text": text.plain}
    if text.entities:
        content["entities"] = text.entities
    if params.get("link_preview_options"):
        content["link_preview_options"] = params["link_preview_options"]
    return content


def caption_content(account: Account, params: Params) -> dict[str, Any]:
    """The part of a Message that is its caption."""
    text = account.parse_text(params, "caption", CAPTION_LIMIT, entities="caption_entities")
    content: dict[str, Any] = {}
    if text.plain:
        content["caption"] = text.plain
    if text.entities:
        content["caption_entities"] = text.entities
    return content


def _sender(account: Account, chat: Chat) -> Any:
    return None if chat.type == "channel" else account.world.bot


def media_content(
    account: Account, kind: str, source: Upload | str, uploads: Uploads
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A file given as upload, attach://name, file_id or link -> the Message's part and the bytes, if we have them."""
    if isinstance(source, str) and source.startswith("attach://"):
        name = source.removeprefix("attach://")
        if name not in uploads:
            raise malformed(f'can\'t find the file "{name}" named by attach://')
        source = uploads[name]
    extra = dict(MEDIA[kind])
    if isinstance(source, str):
        if source.startswith(("http://", "https://")):
            data, described = b"", account.world.keep_file(b"", kind)
        elif source in account.world.files:
            data = account.world.files[source]
            described = {"file_id": source, "file_unique_id": "u" + source, "file_size": len(data)}
        else:
            raise refused("wrong file identifier/HTTP URL specified")
    else:
        data = source.data
        if not data:
            raise malformed("file must be non-empty")
        if len(data) > (MAX_PHOTO_BYTES if kind == "photo" else MAX_FILE_BYTES):
            raise malformed(f"file of size {len(data)} bytes is too big for a {kind}")
        described = account.world.keep_file(data, kind)
        if kind in ("document", "audio", "video", "animation"):
            described["file_name"] = source.filename
            described["mime_type"] = source.content_type
    files = {kind: data} if data else {}
    if kind == "photo":
        width, height = _dimensions(data) if data else (1, 1)
        return {"photo": [{**described, "width": width, "height": height}]}, files
    return {kind: {**described, **extra}}, files


def _dimensions(data: bytes) -> tuple[int, int]:
    """Width and height of a picture. Raises 400 as Telegram does for what is no picture, or an impossible one."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError):
        raise malformed("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise malformed("PHOTO_INVALID_DIMENSIONS")
    return width, height


@method(
    "sendPhoto",
    "sendDocument",
    "sendAudio",
    "sendVoice",
    "sendVideo",
    "sendAnimation",
    "sendVideoNote",
    "sendSticker",
)
def send_media(account: Account, params: Params, uploads: Uploads) -> Any:
    """A picture or another file, with a caption."""
    chat, more = account.target(params)
    kind = next(kind for kind in MEDIA if kind in params)
    content, files = media_content(account, kind, params[kind], uploads)
    content.update(caption_content(account, params))
    return account.world.add_message(chat, _sender(account, chat), content, files=files, **more).as_json()


@method("sendMediaGroup")
def send_media_group(account: Account, params: Params, uploads: Uploads) -> Any:
    """An album of 2 to 10."""
    if not 2 <= len(params["media"]) <= 10:
        raise malformed("media group must include 2-10 items")
    chat, more = account.target(params)
    ready = []
    for item in params["media"]:
        content, files = media_content(account, item["type"], item["media"], uploads)
        content.update(caption_content(account, item))
        ready.append((content, files))
    group_id = str(account.world.now())
    return [
        account.world.add_message(
            chat, _sender(account, chat), {**content, "media_group_id": group_id}, files=files, **more
        ).as_json()
        for content, files in ready
    ]


@method("sendLocation", "sendVenue")
def send_location(account: Account, params: Params, uploads: Uploads) -> Any:
    """A point on the map, or a place with a name there."""
    chat, more = account.target(params)
    point = {name: params[name] for name in ("latitude", "longitude")}
    if not (-90 <= point["latitude"] <= 90 and -180 <= point["longitude"] <= 180):
        raise malformed("wrong latitude or longitude specified")
    for name in ("live_period", "horizontal_accuracy", "heading", "proximity_alert_radius"):
        if name in params:
            point[name] = params[name]
    content: dict[str, Any] = {"location": point}
    if "title" in params:
        content["venue"] = {"location": point, "title": params["title"], "address": params["address"]}
    return account.world.add_message(chat, _sender(account, chat), content, **more).as_json()


@method("sendContact")
def send_contact(account: Account, params: Params, uploads: Uploads) -> Any:
    """A telephone number with a name."""
    chat, more = account.target(params)
    contact = {name: params[name] for name in ("phone_number", "first_name", "last_name") if name in params}
    return account.world.add_message(chat, _sender(account, chat), {"contact": contact}, **more).as_json()


@method("sendDice")
def send_dice(account: Account, params: Params, uploads: Uploads) -> Any:
    """A die, which shows 4."""
    chat, more = account.target(params)
    dice = {"emoji": params.get("emoji", "🎲"), "value": 4}
    return account.world.add_message(chat, _sender(account, chat), {"dice": dice}, **more).as_json()


@method("sendPoll")
def send_poll(account: Account, params: Params, uploads: Uploads) -> Any:
    """A question with 2 to 12 answers to vote on."""
    chat, more = account.target(params)
    if not 2 <= len(params["options"]) <= 12:
        raise malformed("poll must have from 2 to 12 answers")
    options = [
        {"persistent_id": str(number), "text": option["text"], "voter_count": 0}
        for number, option in enumerate(params["options"])
    ]
    poll = {
        "id": str(len(chat.messages) + 1),
        "question": params["question"],
        "options": options,
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": params.get("is_anonymous", True),
        "type": params.get("type", "regular"),
        "allows_multiple_answers": params.get("allows_multiple_answers", False),
        "allows_revoting": params.get("allows_revoting", True),
        "members_only": False,
    }
    return account.world.add_message(chat, _sender(account, chat), {"poll": poll}, **more).as_json()


@method("sendChatAction")
def send_chat_action(account: Account, params: Params, uploads: Uploads) -> Any:
    """ "typing ..." for some seconds."""
    chat = account.world.chat(params["chat_id"])
    chat.check_writable()
    if params["action"] not in ACTIONS:
        raise malformed("wrong parameter action in request")
    chat.happenings.append(Happening("action", detail=params["action"]))
    return True


def _original(account: Account, params: Params, message_id: int, verb: str) -> Message:
    message = account.world.chat(params["from_chat_id"]).messages.get(message_id)
    if message is None or message.deleted:
        raise refused(f"message to {verb} not found")
    return message


def forward_origin(message: Message) -> dict[str, Any]:
    """Where a forwarded message comes from."""
    if "forward_origin" in message.content:
        origin: dict[str, Any] = message.content["forward_origin"]
        return origin
    if message.sender is None:
        return {
            "type": "channel",
            "date": message.date,
            "chat": message.chat.as_json(),
            "message_id": message.message_id,
        }
    return {"type": "user", "date": message.date, "sender_user": message.sender.as_json()}


def _pass_on(account: Account, params: Params, message_id: int, *, copy: bool) -> Message:
    original = _original(account, params, message_id, "copy" if copy else "forward")
    chat, more = account.target(params)
    content = {key: value for key, value in original.content.items() if not copy or key != "forward_origin"}
    if not copy:
        content["forward_origin"] = forward_origin(original)
    elif "caption" in params:
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content.update(caption_content(account, params))
    return account.world.add_message(chat, _sender(account, chat), content, files=original.files, **more)


@method("forwardMessage")
def forward_message(account: Account, params: Params, uploads: Uploads) -> Any:
    """A message passed on with its origin."""
    return _pass_on(account, params, params["message_id"], copy=False).as_json()


@method("copyMessage")
def copy_message(account: Account, params: Params, uploads: Uploads) -> Any:
    """A message passed on without its origin."""
    return {"message_id": _pass_on(account, params, params["message_id"], copy=True).message_id}


def _pass_on_many(account: Account, params: Params, *, copy: bool) -> list[dict[str, Any]]:
    there = account.world.chat(params["from_chat_id"]).messages
    known = [number for number in params["message_ids"] if number in there and not there[number].deleted]
    if not known:
        raise refused(f"there are no messages to {'copy' if copy else 'forward'}")
    return [{"message_id": _pass_on(account, params, number, copy=copy).message_id} for number in known]


@method("forwardMessages")
def forward_messages(account: Account, params: Params, uploads: Uploads) -> Any:
    """Several at once; those that are gone are left out."""
    return _pass_on_many(account, params, copy=False)


@method("copyMessages")
def copy_messages(account: Account, params: Params, uploads: Uploads) -> Any:
    """The same without their origin."""
    return _pass_on_many(account, params, copy=True)
