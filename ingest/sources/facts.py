"""From the parts of a row to its report and event: shared by the data sets, so that all speak the same way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from conflict.claims import Claim
from conflict.events import EventData, Report, ReportKind
from conflict.facts import EventFacts, Evidence
from conflict.names import normal
from conflict.vocabulary import OriginatorKind, SubEventType
from ingest.decide import row_report_id
from ingest.sources.rows import ImportedRow, tables_of
from ingest.sources.siting import Sited
from ingest.sources.voices import Cited

MAX_TEXT = 20_000


def imported(
    line: int,
    *,
    data_set: str,
    publisher: str,
    external_id: str,
    text: str,
    evidence: Evidence | None,
    facts: EventFacts,
    cited: Cited,
    sited: Sited,
    published_at: datetime | None,
    retrieved_at: datetime,
    url: str | None = None,
) -> ImportedRow:
    """One claim for each originator cited; where none is, the data set's own, marked as such: it is no witness."""
    report_id = row_report_id(data_set, external_id)
    voices: tuple[tuple[str, OriginatorKind], ...] = cited.originators or ((publisher, OriginatorKind.DATASET),)
    claims = tuple(
        Claim(
            claim_id=f"{report_id}#{number}",
            report_id=report_id,
            publisher=publisher,
            facts=facts,
            originator=name,
            originator_kind=kind,
            carrier=cited.carrier,
            evidence=evidence,
            url=url,
            published_at=published_at,
            retrieved_at=retrieved_at,
        )
        for number, (name, kind) in enumerate(voices)
    )
    report = Report(
        report_id=report_id,
        source_id=data_set,
        publisher=publisher,
        kind=ReportKind.ROW,
        text=text,
        url=url,
        language="en",
        published_at=published_at,
        retrieved_at=retrieved_at,
        external_id=external_id,
    )
    event = EventData(report_id, 0, facts, claims, external_id=external_id)
    flags = (sited.doubt,) if sited.doubt else ()
    return ImportedRow(line, report, event, flags=flags, learned=(sited.learned,) if sited.learned else ())


@lru_cache(maxsize=1)
def _weapons() -> tuple[tuple[SubEventType, tuple[str, ...]], ...]:
    return tuple(
        (SubEventType(name), tuple(f" {normal(word)} " for word in words))
        for name, words in tables_of("weapons").items()
    )


def told_by_words(text: str) -> SubEventType | None:
    """The sub-type that the words of a headline or note point to; None if to none or to several."""
    words = f" {normal(text[:2_000])} "
    found = [sub for sub, phrases in _weapons() if any(phrase in words for phrase in phrases)]
    if SubEventType.SUICIDE_BOMB in found:  # a suicide car bomb is no remote explosive
        found = [sub for sub in found if sub is not SubEventType.REMOTE_EXPLOSIVE]
    return found[0] if len(found) == 1 else None


def columns_of(header: Iterable[str], renamed: dict[str, str]) -> dict[str, int]:
    """Where each column is, by its name in small letters; names of older layouts are renamed."""
    found: dict[str, int] = {}
    for number, name in enumerate(header):
        key = name.strip().strip('"').lower().replace(" ", "_")
        found.setdefault(renamed.get(key, key), number)
    return found
