"""Methods about the bot itself, its chats, topics and members, and the answers to buttons and inline queries."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.botapi.account import Account, CallbackAnswer, Method, Params, Uploads, method
from tests.botapi.errors import malformed, refused
from tests.botapi.html import utf16_length
from tests.botapi.world import Chat, User

COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")
# Length limits of the profile texts, in characters.
PROFILE = {"Name": ("name", 64), "Description": ("description", 512), "ShortDescription": ("short_description", 120)}
QUERY_GONE = "query is too old and response timeout expired or query ID is invalid"
ADMIN_RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
]


@method("answerCallbackQuery")
def answer_callback_query(account: Account, params: Params, uploads: Uploads) -> Any:
    """What shows at the top of the screen after a button; once for each press."""
    text = params.get("text", "")
    if utf16_length(text) > 200:
        raise malformed("MESSAGE_TOO_LONG")
    query = account.queries.get(params["callback_query_id"])
    if query is None or query.answered:
        raise refused(QUERY_GONE)
    query.answered = True
    alert = params.get("show_alert", False)
    account.answers.append(CallbackAnswer(query.id, query.user_id, text, alert, params.get("url")))
    return True


@method("answerInlineQuery")
def answer_inline_query(account: Account, params: Params, uploads: Uploads) -> Any:
    """Up to 50 results below what the person types."""
    results = params["results"]
    if len(results) > 50:
        raise malformed("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) != len(results):
        raise malformed("RESULT_ID_DUPLICATE")
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64:
            raise malformed("RESULT_ID_INVALID")
        content = result.get("input_message_content", {})
        if "message_text" in content:
            text = account.parse_text(
                {"text": content["message_text"], **{k: content[k] for k in ("parse_mode", "entities") if k in content}}
            )
            if not text.plain:
                raise malformed("message text is empty")
    query = account.queries.get(params["inline_query_id"])
    if query is None or query.answered:
        raise refused(QUERY_GONE)
    query.answered = True
    account.inline_answers.append((query.user_id, params))
    return True


@method("getMe")
def get_me(account: Account, params: Params, uploads: Uploads) -> Any:
    """Who the bot is."""
    return {
        **account.world.bot.as_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": not account.privacy_mode,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def _audience(params: Params) -> str:
    """The key of a command list: scope and language."""
    return json.dumps([params.get("scope") or {"type": "default"}, params.get("language_code", "")], sort_keys=True)


@method("setMyCommands")
def set_my_commands(account: Account, params: Params, uploads: Uploads) -> Any:
    """The menu of commands: at most 100, for one scope and language."""
    commands = params["commands"]
    if len(commands) > 100:
        raise malformed("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.match(command["command"].removeprefix("/")):
            raise malformed("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(command["description"]) <= 256:
            raise malformed("BOT_COMMAND_DESCRIPTION_INVALID")
    account.commands[_audience(params)] = commands
    return True


@method("getMyCommands")
def get_my_commands(account: Account, params: Params, uploads: Uploads) -> Any:
    """The menu for one scope and language."""
    return account.commands.get(_audience(params), [])


@method("deleteMyCommands")
def delete_my_commands(account: Account, params: Params, uploads: Uploads) -> Any:
    """Take that menu away."""
    account.commands.pop(_audience(params), None)
    return True


def _profile_setter(field: str, limit: int) -> Method:
    def setter(account: Account, params: Params, uploads: Uploads) -> Any:
        text = params.get(field, "")
        if utf16_length(text) > limit:
            raise malformed(f"{field} is too long")
        account.profile[field + ":" + params.get("language_code", "")] = text
        return True

    return setter


def _profile_getter(field: str) -> Method:
    def getter(account: Account, params: Params, uploads: Uploads) -> Any:
        default = account.profile.get(field + ":", account.world.bot.first_name if field == "name" else "")
        return {field: account.profile.get(field + ":" + params.get("language_code", "")) or default}

    return getter


for _title, (_field, _limit) in PROFILE.items():
    method(f"setMy{_title}")(_profile_setter(_field, _limit))
    method(f"getMy{_title}")(_profile_getter(_field))


@method("setChatMenuButton")
def set_chat_menu_button(account: Account, params: Params, uploads: Uploads) -> Any:
    """The button beside the input field."""
    account.menu_buttons[params.get("chat_id")] = params.get("menu_button", {"type": "default"})
    return True


@method("getChatMenuButton")
def get_chat_menu_button(account: Account, params: Params, uploads: Uploads) -> Any:
    """The same, read."""
    return account.menu_buttons.get(params.get("chat_id"), {"type": "commands"})


@method("setMyDefaultAdministratorRights")
def set_default_rights(account: Account, params: Params, uploads: Uploads) -> Any:
    """What the bot asks for when made an administrator."""
    account.admin_rights[params.get("for_channels", False)] = params.get("rights", {})
    return True


@method("getChat")
def get_chat(account: Account, params: Params, uploads: Uploads) -> Any:
    """A chat in full."""
    chat = account.world.chat(params["chat_id"])
    told = {
        **chat.as_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.type in ("group", "supergroup"):
        told["permissions"] = {"can_send_messages": True}
    return told


def member_json(chat: Chat, user: User, *, status: str | None = None) -> dict[str, Any]:
    """The Bot API's ChatMember of one user in one chat."""
    status = status or (chat.bot_status if user.is_bot else chat.statuses.get(user.id, "left"))
    told: dict[str, Any] = {"status": status, "user": user.as_json()}
    if status == "creator":
        told["is_anonymous"] = False
    elif status == "administrator":
        told.update({"can_be_edited": False, "is_anonymous": False}, **dict.fromkeys(ADMIN_RIGHTS, True))
        if chat.type == "channel":
            told.update(can_post_messages=True, can_edit_messages=True)
        else:
            told.update(can_pin_messages=True, can_manage_topics=chat.is_forum)
    elif status == "kicked":
        told["until_date"] = 0
    return told


def _seen_chat(account: Account, params: Params) -> Chat:
    chat = account.world.chat(params["chat_id"])
    if chat.type != "private" and (chat.migrated_to is not None or chat.bot_status in ("left", "kicked")):
        chat.check_writable()
    return chat


@method("getChatMember")
def get_chat_member(account: Account, params: Params, uploads: Uploads) -> Any:
    """Whether and as what someone is there."""
    chat = _seen_chat(account, params)
    user = account.world.users.get(params["user_id"])
    if user is None:
        raise refused("PARTICIPANT_ID_INVALID")
    return member_json(chat, user)


@method("getChatAdministrators")
def get_chat_administrators(account: Account, params: Params, uploads: Uploads) -> Any:
    """All administrators; other bots left out."""
    chat = _seen_chat(account, params)
    if chat.type == "private":
        raise refused("there are no administrators in the private chat")
    found = [
        member_json(chat, account.world.users[user_id])
        for user_id, status in chat.statuses.items()
        if status in ("creator", "administrator")
    ]
    if chat.bot_status == "administrator":
        found.append(member_json(chat, account.world.bot))
    return found


@method("getChatMemberCount")
def get_chat_member_count(account: Account, params: Params, uploads: Uploads) -> Any:
    """How many read there."""
    chat = _seen_chat(account, params)
    here = sum(status not in ("left", "kicked") for status in chat.statuses.values())
    return 2 if chat.type == "private" else here + 1


@method("leaveChat")
def leave_chat(account: Account, params: Params, uploads: Uploads) -> Any:
    """The bot goes."""
    chat = _seen_chat(account, params)
    if chat.type == "private":
        raise refused("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    return True


@method("getFile")
def get_file(account: Account, params: Params, uploads: Uploads) -> Any:
    """Where a file can be fetched: `/file/bot<token>/<file_path>`."""
    file_id = params["file_id"]
    if file_id not in account.world.files:
        raise refused("wrong file_id or the file is temporarily unavailable")
    size = len(account.world.files[file_id])
    if size > 20 * 2**20:
        raise refused("file is too big")
    return {"file_id": file_id, "file_unique_id": "u" + file_id, "file_size": size, "file_path": f"files/{file_id}"}


@method("getUserProfilePhotos")
def get_user_profile_photos(account: Account, params: Params, uploads: Uploads) -> Any:
    """Nobody here has one."""
    return {"total_count": 0, "photos": []}


@method("createForumTopic")
def create_forum_topic(account: Account, params: Params, uploads: Uploads) -> Any:
    """A new topic by the bot."""
    chat = account.world.chat(params["chat_id"])
    chat.check_writable()
    if not chat.is_forum:
        raise refused("the chat is not a forum")
    if chat.bot_status != "administrator":
        raise refused("not enough rights to create a topic")
    color = params.get("icon_color", 7322096)
    made = {"name": params["name"], "icon_color": color}
    message = account.world.add_message(chat, account.world.bot, {"forum_topic_created": made})
    message.thread_id = message.message_id
    chat.topics[message.message_id] = {"name": params["name"], "closed": False}
    return {"message_thread_id": message.message_id, **made}


def _topic(account: Account, params: Params) -> dict[str, Any]:
    chat = account.world.chat(params["chat_id"])
    topic = chat.topics.get(params["message_thread_id"])
    if topic is None:
        raise refused("message thread not found")
    return topic


@method("editForumTopic")
def edit_forum_topic(account: Account, params: Params, uploads: Uploads) -> Any:
    """Another name for a topic."""
    _topic(account, params)["name"] = params.get("name", "")
    return True


@method("closeForumTopic")
def close_forum_topic(account: Account, params: Params, uploads: Uploads) -> Any:
    """Nobody but administrators writes there any more."""
    _topic(account, params)["closed"] = True
    return True


@method("reopenForumTopic")
def reopen_forum_topic(account: Account, params: Params, uploads: Uploads) -> Any:
    """Open again."""
    _topic(account, params)["closed"] = False
    return True


@method("logOut", "close")
def log_out(account: Account, params: Params, uploads: Uploads) -> Any:
    """Accepted, without effect here."""
    return True
