"""`sitrep extract`: the events of one text, or of many as JSON lines, without storing anything."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import datetime
from typing import Any

from bot.commands.ask import each_json_line
from bot.opening import instant, load_places, settings_with_logs
from bot.settings import Settings
from conflict.errors import InputError, SitrepError, UsageError
from conflict.events import Report
from conflict.gazetteer import Gazetteer
from conflict.jsonform import event_data_json, toll_json
from ingest.extraction import Extractor
from ingest.extraction.explain import explain
from ingest.sources.files import read_file, report_of
from storage import open_storage

PUBLISHER = "unknown publisher"


def extract(arguments: Namespace) -> int:
    """Read, extract, print."""
    settings = settings_with_logs()
    if arguments.jsonl and arguments.file:
        raise UsageError("With --jsonl the texts come on standard input; name no file.")
    extractor = Extractor.load(_places(settings))
    if arguments.jsonl:
        return each_json_line(lambda row: _extracted(extractor, _report(row)))
    published = instant(arguments.published, "--published") if arguments.published else None
    for report in _reports(arguments, published):
        if arguments.explain:
            print(explain(extractor.extract(report)))
        else:
            print(json.dumps(_extracted(extractor, report), ensure_ascii=False, indent=1))
    return 0


def _places(settings: Settings) -> Gazetteer:
    """The embedded places, with those of the database if one exists; extraction never makes one."""
    url = settings.storage_url
    if url.startswith("sqlite:///") and not settings.database_exists:
        return load_places()
    storage = open_storage(url)
    try:
        storage.check_schema()
        return load_places(storage)
    except SitrepError as error:
        print(f"sitrep: places learned by the database are not used: {error}", file=sys.stderr)
        return load_places()
    finally:
        storage.close()


def _reports(arguments: Namespace, published: datetime | None) -> list[Report]:
    if arguments.file:
        return read_file(arguments.file, source=arguments.source, title=arguments.title, published=published)
    text = sys.stdin.buffer.read(5_000_001).decode("utf-8", "strict")
    return [report_of(text, publisher=arguments.source or PUBLISHER, title=arguments.title, published_at=published)]


def _report(row: dict[str, Any]) -> Report:
    text, title, published = row.get("text"), row.get("title"), row.get("published_at")
    if not isinstance(text, str):
        raise InputError('has no "text"')
    return report_of(
        text,
        publisher=PUBLISHER,
        title=title if isinstance(title, str) else None,
        published_at=instant(published, '"published_at"') if isinstance(published, str) else None,
    )


def _extracted(extractor: Extractor, report: Report) -> dict[str, Any]:
    found = extractor.extract(report)
    return {
        "events": [event_data_json(event) for event in found.events],
        "tolls": [toll_json(toll) for toll in found.tolls],
        "reason": found.reason,
    }
