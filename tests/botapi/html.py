"""Formatted text as Telegram reads it: parsed by Telegram's own parser (TDLib, through PyPI `tdjson`).

Offsets and lengths of entities are in UTF-16 code units, as everywhere in the Bot API.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from tests.botapi.errors import malformed

Entity = dict[str, Any]

# TDLib's names of entity types, and the Bot API's.
ENTITY_TYPES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "CustomEmoji": "custom_emoji",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "Mention": "mention",
    "Hashtag": "hashtag",
    "Cashtag": "cashtag",
    "BotCommand": "bot_command",
    "Url": "url",
    "EmailAddress": "email",
    "PhoneNumber": "phone_number",
    "DateTime": "date_time",
}
TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}
PARSE_MODES = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}
UNFIT = re.compile("[\x00\ud800-\udfff]")  # in no valid UTF-8 text that Telegram takes
TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its entities."""

    plain: str
    entities: list[Entity] = field(default_factory=list)

    @property
    def html(self) -> str:
        """The text as HTML again: what the person sees, in one canonical spelling."""
        return to_html(self.plain, self.entities)


def utf16_length(text: str) -> int:
    """How long Telegram says that a text is."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity means."""
    data = text.encode("utf-16-le", "surrogatepass")
    return data[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def _execute(request: dict[str, Any]) -> dict[str, Any]:
    # Imported at the first text and not before: the extension costs 30 MB, and a benchmark may do without.
    import tdjson

    if not _quiet:
        tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
        _quiet.append(True)
    answer: dict[str, Any] = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}")
    return answer


_quiet: list[bool] = []


def _entity(found: dict[str, Any]) -> Entity | None:
    kind = found["type"]
    name = ENTITY_TYPES.get(kind["@type"].removeprefix("textEntityType"))
    if name is None:
        return None
    entity: Entity = {"type": name, "offset": found["offset"], "length": found["length"]}
    if name == "text_link":
        entity["url"] = kind["url"]
    elif name == "text_mention":
        entity["user"] = {"id": int(kind["user_id"]), "is_bot": False, "first_name": "User"}
    elif name == "custom_emoji":
        entity["custom_emoji_id"] = str(kind["custom_emoji_id"])
    elif kind.get("language"):
        entity["language"] = kind["language"]
    elif name == "date_time":
        entity["unix_time"] = kind.get("unix_time", 0)
    return entity


def _entities(found: list[dict[str, Any]]) -> list[Entity]:
    return [entity for entity in map(_entity, found) if entity is not None]


def detect(text: str) -> list[Entity]:
    """What Telegram finds by itself in a plain text: commands, mentions, links, hashtags."""
    if not any(sign in text for sign in "/@#$.:"):
        return []
    return _entities(_execute({"@type": "getTextEntities", "text": text}).get("entities", []))


def parse(text: str, parse_mode: str | None, *, strict: bool = True) -> Text:
    """Text as sent by a bot -> text as shown. Raises a 400 `ApiError` in Telegram's words if it cannot be parsed.

    With `strict` off the parser is not asked: tags are taken away and nothing is checked (for speed measurements).
    """
    if UNFIT.search(text):
        raise malformed("strings must be encoded in UTF-8")
    if not parse_mode or parse_mode.lower() == "none":
        return trimmed(Text(text, detect(text) if strict else []))
    mode = PARSE_MODES.get(parse_mode.lower())
    if mode is None:
        raise malformed("unsupported parse_mode")
    if not strict:
        return trimmed(Text(unescape(TAG.sub("", text))))
    answer = _execute({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    if answer["@type"] == "error":
        message = answer["message"]
        raise malformed(message[:1].lower() + message[1:])
    entities = _entities(answer["entities"])
    return trimmed(Text(answer["text"], entities + _apart(detect(answer["text"]), entities)))


def _apart(found: list[Entity], given: list[Entity]) -> list[Entity]:
    """Detected entities that do not lie inside a link or code of the bot's own."""
    closed = [entity for entity in given if entity["type"] in ("text_link", "text_mention", "code", "pre")]
    return [
        entity
        for entity in found
        if not any(
            entity["offset"] < other["offset"] + other["length"]
            and other["offset"] < entity["offset"] + entity["length"]
            for other in closed
        )
    ]


def with_entities(text: str, entities: list[Entity], *, strict: bool = True) -> Text:
    """Text with entities given by the bot. Raises 400 for one outside the text."""
    length = utf16_length(text)
    for entity in entities:
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > length:
            raise malformed(f"entity beginning at {entity['offset']} ends outside the text")
    given = [dict(entity) for entity in entities]
    return trimmed(Text(text, given + (_apart(detect(text), given) if strict else [])))


def trimmed(text: Text) -> Text:
    """Without white space at both ends, as Telegram keeps it; entities follow."""
    plain = text.plain.strip()
    if plain == text.plain:
        return text
    cut = utf16_length(text.plain[: len(text.plain) - len(text.plain.lstrip())])
    length = utf16_length(plain)
    kept = []
    for entity in text.entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, length)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return Text(plain, kept)


def to_html(plain: str, entities: list[Entity]) -> str:
    """Text and entities as HTML. Entities that Telegram only detects (commands, bare links) get no tag."""
    opening: dict[int, list[tuple[int, str]]] = {}
    closing: dict[int, list[tuple[int, str]]] = {}
    for order, entity in enumerate(entities):
        pair = _tags(entity)
        if pair is None:
            continue
        start, end = entity["offset"], entity["offset"] + entity["length"]
        # Of entities starting at one place the longest is outermost; of those ending at one, the inner closes first.
        opening.setdefault(start, []).append((-end * 1000 + order, pair[0]))
        closing.setdefault(end, []).append((-start * 1000 - order, pair[1]))
    if not opening:
        return escape(plain, quote=False)
    parts: list[str] = []
    offset = 0
    for character in [*plain, ""]:
        parts += [tag for _, tag in sorted(closing.pop(offset, []))]
        parts += [tag for _, tag in sorted(opening.pop(offset, []))]
        parts.append(escape(character, quote=False))
        offset += 2 if character > "\uffff" else 1
    return "".join(parts)


def _tags(entity: Entity) -> tuple[str, str] | None:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">', "</a>"
    if kind == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">', "</a>"
    if kind == "custom_emoji":
        return f'<tg-emoji emoji-id="{entity["custom_emoji_id"]}">', "</tg-emoji>"
    if kind == "pre" and entity.get("language"):
        return f'<pre><code class="language-{escape(entity["language"])}">', "</code></pre>"
    return TAGS.get(kind)
