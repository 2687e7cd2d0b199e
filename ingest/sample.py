"""The bundled sample: Idlib, November and December 2019, so that a first question has an answer with sources.

Its texts are paraphrases in our own words of what named sources reported; they go through the same pipeline as anything
else, are marked as a sample for good, and are never merged with what is real.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from conflict.errors import InputError
from conflict.events import Report
from ingest.pipeline import IngestResult, Pipeline, keep_shipped_ceasefires
from ingest.sources.files import parse_published, report_of
from storage import Storage

NAMES: Mapping[str, str] = {"SOHR": "Syrian Observatory for Human Rights"}  # what the file abbreviates


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """One report of the sample, what it paraphrases (row or article), and what is to be read in it."""

    report: Report
    paraphrase_of: str
    expect: Mapping[str, Any]


def sample_entries() -> tuple[SampleEntry, ...]:
    """All of the sample as it ships, in the order of the file. InputError names an entry that cannot be used."""
    return parse_sample(_shipped())


def sample_now() -> datetime:
    """The instant at which the demonstration stands; what was published later is hidden in it."""
    now = tomllib.loads(_shipped())["now"]
    if not isinstance(now, datetime):
        raise InputError("The sample's now must be an instant such as 2019-12-02T18:00:00Z.")
    return now.astimezone(UTC)


def _shipped() -> str:
    return files("ingest").joinpath("data", "sample", "idlib-2019.toml").read_text("utf-8")


def sample_reports() -> list[Report]:
    """The reports of the sample, marked as such."""
    return [entry.report for entry in sample_entries()]


def load_sample(pipeline: Pipeline) -> tuple[IngestResult, ...]:
    """Take the sample in, with the truce of its time and place; a second time changes nothing."""
    with pipeline.storage.begin(write=True) as unit:
        keep_shipped_ceasefires(unit, sample=True)
    return pipeline.ingest_all(sample_reports())


def remove_sample(storage: Storage) -> int:
    """Remove the sample and all that was made of it; how many events those were."""
    with storage.begin(write=True) as unit:
        return unit.remove_sample()


def parse_sample(text: str) -> tuple[SampleEntry, ...]:
    """Entries from the text of a TOML file of [[report]] tables. Raises InputError naming the entry and the fault."""
    try:
        entries = tomllib.loads(text).get("report", [])
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The sample is not valid TOML: {error}.") from error
    return tuple(_entry(number, entry) for number, entry in enumerate(entries, 1))


def _entry(number: int, entry: Mapping[str, Any]) -> SampleEntry:
    try:
        source, body, origin = str(entry["source"]), str(entry["text"]), str(entry["paraphrase_of"])
        published = entry["published_at"]
        if not isinstance(published, date):
            raise InputError(f"Sample report {number}: published_at must be a day such as 2019-12-02.")
        report = report_of(
            body,
            publisher=NAMES.get(source, source),
            published_at=parse_published(published),
            retrieved_at=datetime(published.year, published.month, published.day, tzinfo=UTC),
            external_id=f"sample:{origin}",
            language=str(entry["language"]),
            sample=True,
        )
        return SampleEntry(report, origin, dict(entry.get("expect", {})))
    except KeyError as error:
        raise InputError(f"Sample report {number}: {error.args[0]} is missing.") from error
