"""What sources published, never changed once stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, true, update

from conflict.events import Report, ReportKind
from storage.models import reports
from storage.session import Session


class Reports:
    """Reports by id."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, report: Report) -> bool:
        """Keep the report; False if one of its id is stored already (it is left as it was)."""
        connection = self._session.ingesting()
        if connection.execute(select(reports.c.report_id).where(reports.c.report_id == report.report_id)).first():
            return False
        connection.execute(insert(reports), _values(report))
        return True

    def get(self, report_id: str) -> Report | None:
        """The report of this id."""
        row = self._session.connection.execute(select(reports).where(reports.c.report_id == report_id)).first()
        return None if row is None else _report(row)

    def versions(self, source_id: str, external_id: str) -> tuple[str, ...]:
        """Ids of all versions stored of what a source published under its own id; rows of data sets have one only."""
        mine = (reports.c.source_id == source_id, reports.c.external_id == external_id, reports.c.kind != "row")
        found = select(reports.c.report_id).where(*mine).order_by(reports.c.report_id)
        return tuple(self._session.connection.execute(found).scalars())

    def get_many(self, report_ids: tuple[str, ...]) -> dict[str, Report]:
        """Reports by id; those not stored are missing."""
        rows = self._session.connection.execute(select(reports).where(reports.c.report_id.in_(report_ids)))
        return {row.report_id: _report(row) for row in rows}

    def count(self, source_id: str | None = None, *, sample: bool | None = None) -> int:
        """How many reports there are, of one source or of all; `sample` only the bundled ones, or only the others."""
        statement = select(func.count()).select_from(reports)
        if sample is not None:
            statement = statement.where(reports.c.sample == sample)
        if source_id is not None:
            statement = statement.where(reports.c.source_id == source_id)
        return int(self._session.connection.execute(statement).scalar_one())

    def any_sample(self) -> bool:
        """Whether any report of the bundled sample is stored."""
        found = select(reports.c.report_id).where(reports.c.sample == true()).limit(1)
        return self._session.connection.execute(found).first() is not None

    def publishers(self, *, as_of: datetime | None = None, limit: int = 100) -> tuple[str, ...]:
        """Everyone whose reports are stored, in alphabetical order; with `as_of` only those published by then."""
        statement = select(reports.c.publisher).distinct().order_by(reports.c.publisher).limit(limit)
        if as_of is not None:
            statement = statement.where((reports.c.published_at.is_(None)) | (reports.c.published_at <= as_of))
        return tuple(self._session.connection.execute(statement).scalars())

    def set_outcome(self, report_id: str, outcome: str | None) -> None:
        """Note why the report gave no events."""
        self._session.writing().execute(update(reports).where(reports.c.report_id == report_id).values(outcome=outcome))


def _values(report: Report) -> dict[str, Any]:
    return {
        "report_id": report.report_id,
        "source_id": report.source_id,
        "publisher": report.publisher,
        "kind": str(report.kind),
        "text": report.text,
        "title": report.title,
        "url": report.url,
        "language": report.language,
        "published_at": report.published_at,
        "retrieved_at": report.retrieved_at,
        "external_id": report.external_id,
        "sample": report.sample,
    }


def _report(row: Row[Any]) -> Report:
    return Report(
        report_id=row.report_id,
        source_id=row.source_id,
        publisher=row.publisher,
        kind=ReportKind(row.kind),
        text=row.text,
        title=row.title,
        url=row.url,
        language=row.language,
        published_at=row.published_at,
        retrieved_at=row.retrieved_at,
        external_id=row.external_id,
        sample=row.sample,
    )
