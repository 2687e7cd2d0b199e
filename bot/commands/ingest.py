"""`sitrep ingest`: texts, feeds and articles from files, through the whole pipeline into the database."""

from __future__ import annotations

from argparse import Namespace

from bot.clock import clock
from bot.opening import instant, load_places, open_database, settings_with_logs
from conflict.policy import load as load_policy
from ingest.extraction import Extractor
from ingest.pipeline import Pipeline
from ingest.sources.files import read_file


def ingest(arguments: Namespace) -> int:
    """Read all files first, so that a bad one among them stores nothing; then store, and say what came of it."""
    settings = settings_with_logs()
    published = instant(arguments.published, "--published") if arguments.published else None
    reports = [
        report
        for name in arguments.files
        for report in read_file(name, source=arguments.source, title=arguments.title, published=published)
    ]
    storage = open_database(settings.storage_url)
    try:
        policy = load_policy(settings.policy_file)
        pipeline = Pipeline(storage, Extractor.load(load_places(storage)), clock, policy)
        results = pipeline.ingest_all(reports)
    finally:
        storage.close()
    known = sum(not result.stored for result in results)
    inserted, revised = sum(r.inserted for r in results), sum(r.revised for r in results)
    corroborated, merged = sum(r.corroborated for r in results), sum(r.merged for r in results)
    print(
        f"{len(results)} read, {len(results) - known} new, {known} known already. Events: {inserted} new, "
        f"{revised} revised, {corroborated} with a further report, {merged} merged."
    )
    for report in reports:
        if report.published_at is None:
            print(f"Undated: {report.title or report.report_id}. It is never shown as latest; give --published.")
    for result in results:
        if result.reason:
            print(f"No event: {result.reason}")
    return 0
