"""Posts of Telegram channels, and messages that an operator passes on, as reports.

Telegram tells bots of new and edited posts, never of deleted ones: what a channel deletes stays until an operator
withdraws it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from conflict.events import EventData, Report, ReportKind
from conflict.posts import Post
from conflict.publishers import FORWARDED, PASTED
from conflict.tolls import BreachTally, TollReport
from ingest.pipeline import Extraction, Extracts
from ingest.sources.languages import language_of
from storage import Storage


def source_of(channel_id: int) -> str:
    """The id under which a channel is kept as a source."""
    return f"telegram:{channel_id}"


def report_of(post: Post, *, now: datetime) -> Report:
    """A version of a post as a report; the same words give the same id, also where an operator forwards them."""
    source_id, external_id = source_of(post.channel_id), str(post.message_id)
    return Report(
        report_id=_id_of(source_id, external_id, post.text),
        source_id=source_id,
        publisher=post.title,
        kind=ReportKind.POST,
        text=post.text,
        url=post.url,
        language=language_of(post.text),
        published_at=min(post.edited_at or post.published_at, now),
        retrieved_at=now,
        external_id=external_id,
    )


def version_of(storage: Storage, post: Post, *, now: datetime) -> Report:
    """The post as the report of this version; one that goes back to former words is a version of its own."""
    report = report_of(post, now=now)
    with storage.begin() as unit:
        ids = unit.reports.versions(report.source_id, report.external_id or "")
        held = unit.reports.get_many(ids) if report.report_id in ids else {}
    latest = max((one.published_at for one in held.values() if one.published_at), default=None)
    if post.edited_at is None or latest is None or post.edited_at <= latest:
        return report  # new words, or an update that came twice or late
    if held[report.report_id].published_at == latest:
        return report  # the words that hold now
    parts = (report.source_id, report.external_id or "", post.text, post.edited_at.isoformat())
    return replace(report, report_id=_id_of(*parts))


def passed_on(text: str, published_at: datetime, *, forwarded: bool, now: datetime) -> Report:
    """A message whose sender is not named: forwarded from a person, or pasted by an operator."""
    source_id = "telegram:forwarded" if forwarded else "telegram:pasted"
    return Report(
        report_id=_id_of(source_id, "", text),
        source_id=source_id,
        publisher=FORWARDED if forwarded else PASTED,
        kind=ReportKind.POST,
        text=text,
        language=language_of(text),
        published_at=min(published_at, now),
        retrieved_at=now,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What was read out of a later version, its words being of the time of the edit."""

    events: tuple[EventData, ...]
    tolls: tuple[TollReport, ...]
    tallies: tuple[BreachTally, ...]
    reason: str | None


def understood(extractor: Extracts, report: Report, first_published_at: datetime) -> Extraction:
    """What a version says: of the days that the first version spoke of, in words of its own time."""
    said = extractor.extract(replace(report, published_at=first_published_at))
    at = report.published_at
    if at == first_published_at:
        return said
    return _Said(
        tuple(
            replace(data, claims=tuple(replace(claim, published_at=at) for claim in data.claims))
            for data in said.events
        ),
        tuple(replace(toll, published_at=at) for toll in said.tolls),
        tuple(replace(tally, published_at=at) for tally in said.tallies),
        said.reason,
    )


def is_stored(storage: Storage, report: Report) -> bool:
    """Whether these very words of this source are stored."""
    with storage.begin() as unit:
        return unit.reports.get(report.report_id) is not None


def _id_of(*parts: str) -> str:
    return "r" + sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:20]
