"""The tables of people and of what is sent to them. Of a person: a chat id, language, zone, coarse areas; nothing else.

All of them hang on `chats` and go with it: erasing a chat is `Chats.delete`. Telegram's own id stands in one column
alone, as text, so that it can be encrypted; everything else uses the surrogate `chat_id`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Index, Integer, SmallInteger, Table

from storage.models import Serial, metadata, serial, to
from storage.types import Instant, Json, Words

chats = Table(
    "chats",
    metadata,
    serial("chat_id"),
    Column("telegram_id", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),  # private | group | supergroup | channel
    Column("state", Words, nullable=False),  # active | blocked | retired
    Column("language", Words),
    Column("time_zone", Words),
    Column("quiet_from", SmallInteger),  # minutes after midnight, in the chat's zone
    Column("quiet_to", SmallInteger),
    Column("quiet_breaks_at", SmallInteger),  # the severity that breaks through
    Column("quiet_breaks_breach", Boolean),  # a reported breach does
    Column("digest_at", SmallInteger),  # minutes after midnight
    Column("digest_weekday", SmallInteger),  # 0 Monday; NULL daily
    Column("snoozed_until", Instant),
    Column("snoozed_places", Json),  # a place id of an event told, and until when
    Column("left_on", Date),  # since when it cannot be written to
    Column("joined_on", Date, nullable=False),
    Column("last_active_on", Date, nullable=False),  # a day, never an instant: enough to let idle chats expire
    Index("ix_chats_idle", "last_active_on"),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    serial("subscription_id"),
    to("chats.chat_id", "chat_id", nullable=False, index=True),
    Column("thread_id", BigInteger),  # a forum topic
    Column("place_ids", Json),
    Column("cell_y", Integer),
    Column("cell_x", Integer),
    Column("radius_km", Float),
    Column("event_types", Json),
    Column("sub_event_types", Json),
    Column("type_mask", BigInteger, nullable=False),  # one bit for each sub-type wanted; -1 all
    Column("tags", Json),
    Column("breaches_only", Boolean, nullable=False),
    Column("civilians_only", Boolean, nullable=False),
    Column("minimum_severity", SmallInteger, nullable=False),
    Column("minimum_verification", Words, nullable=False),
    Column("coarser_too", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("snoozed_until", Instant),
    Column("created_on", Date, nullable=False),
    sqlite_autoincrement=True,
)

# What an event's own areas are looked up in: a place id with all below it, "country:SY", "cell:105:117", or "world".
# `reach` is the radius (km) of those in a cell, else 0: who is too far away is not looked at. The rest repeats what
# the subscription asks for (`asks`: bits, see storage.subscriptions), so that an event is matched by this table alone.
subscription_areas = Table(
    "subscription_areas",
    metadata,
    Column("area", Words, primary_key=True),
    Column("reach", Float, primary_key=True),
    to("subscriptions.subscription_id", "subscription_id", primary_key=True, index=True),
    Column("chat_id", Serial, nullable=False),
    Column("thread_id", BigInteger),
    Column("type_mask", BigInteger, nullable=False),
    Column("minimum_severity", SmallInteger, nullable=False),
    Column("minimum_verification", Words, nullable=False),
    Column("asks", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# No reference to the chat, nor from `delivery_events` to here: checking it for each of the 75,000 rows that one event
# makes took half of the time. `Chats.delete` erases them with the chat.
deliveries = Table(
    "deliveries",
    metadata,
    serial("delivery_id"),
    Column("chat_id", Serial, nullable=False, index=True),
    Column("thread_id", BigInteger),
    Column("part", Words, nullable=False),  # message | reply | digest
    Column("state", Words, nullable=False),
    Column("lane", SmallInteger, nullable=False),  # higher first
    Column("created_at", Instant, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("claimed_by", Words),
    Column("claimed_at", Instant),
    Column("settled_at", Instant),
    Column("message_id", BigInteger),
    Column("silent", Boolean, nullable=False),
    Column("repeated", Boolean, nullable=False),  # sent again after an unknown outcome, and marked so
    Column("edit_of", BigInteger),  # the delivery whose message this mends
    Column("change_id", BigInteger),
    Column("subscription_ids", Json),  # why the chat gets it
    Column("error", Words),
    Column("held", Words),  # why it waited for the chat's own time: quiet | snooze | digest | burst | late
    Index("ix_deliveries_due", "state", "lane", "next_attempt_at", "delivery_id"),
    sqlite_autoincrement=True,
)

# In the order in which a matched event writes them: 75,000 at once go to one place of the table.
delivery_events = Table(
    "delivery_events",
    metadata,
    Column("event_id", Words, primary_key=True),
    Column("chat_id", Serial, primary_key=True, autoincrement=False),  # the delivery's
    Column("part", Words, primary_key=True),
    Column("revision_shown", Integer, primary_key=True, autoincrement=False),
    Column("delivery_id", Serial, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# Telegram said to wait: for one chat, or for the bot ("bot"). Kept over restarts.
send_halts = Table(
    "send_halts",
    metadata,
    Column("scope", Words, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("reason", Words),
)

seen_updates = Table(
    "seen_updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_at", Instant, nullable=False, index=True),
)

# Updates that came by webhook and are not handled yet; the row is deleted when they are. One without `claimed_by` was
# being handled each time when a process died, and is kept aside for a week.
webhook_inbox = Table(
    "webhook_inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    Column("claimed_by", Words),
    Column("claimed_at", Instant),
    Column("body", Json, nullable=False),
    Column("chat", Words),  # Telegram's id of what must stay in order; goes with the row
    Column("attempts", SmallInteger, nullable=False, server_default="0"),  # begun anew after a process died
    Index("ix_webhook_inbox_chat", "chat"),
)

# Who does a thing that only one process may do (polling sources, reading Telegram's updates), and until when.
leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("until", Instant, nullable=False),
)
