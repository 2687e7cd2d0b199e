"""`sitrep sample load|remove`: the bundled demonstration, never in a database used with a token."""

from __future__ import annotations

from argparse import Namespace

from bot.clock import clock
from bot.opening import load_places, open_database, settings_with_logs
from conflict.errors import UsageError
from ingest.extraction import Extractor
from ingest.pipeline import Pipeline
from ingest.sample import load_sample, remove_sample, sample_reports
from storage import Storage


def sample(arguments: Namespace) -> int:
    """Load or remove it, in the database of this folder."""
    settings = settings_with_logs()
    if arguments.action == "load" and settings.token:
        raise UsageError(
            "The sample is never loaded into a database used with a token. Unset TELEGRAM_TOKEN, or set SITREP_HOME to "
            "another folder."
        )
    storage = open_database(settings.storage_url)
    try:
        if arguments.action == "remove":
            print(f"Removed the sample: {remove_sample(storage)} events.")
            return 0
        with storage.begin() as unit:
            if unit.reports.count(sample=False):
                raise UsageError(
                    "This database holds reports of your own; the sample is not mixed with them. Set SITREP_HOME to "
                    "another folder to try it."
                )
        loaded = load_bundled(storage)
    finally:
        storage.close()
    print(f'Loaded {loaded} sample reports (Idlib, end of 2019; paraphrases). Try: sitrep ask "latest in Idlib"')
    return 0


def load_bundled(storage: Storage) -> int:
    """Take in what of the sample is not stored yet; the number of reports that were new."""
    wanted = [report.report_id for report in sample_reports()]
    with storage.begin() as unit:
        if len(unit.reports.get_many(tuple(wanted))) == len(wanted):
            return 0  # nothing to read, so the lexicons need not be loaded
    results = load_sample(Pipeline(storage, Extractor.load(load_places(storage)), clock))
    return sum(result.stored for result in results)
