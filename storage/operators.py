"""The audit trail: what operators held, withdrew, corrected, merged, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from storage.models import operator_actions
from storage.session import Session


@dataclass(frozen=True, slots=True)
class OperatorAction:
    """One thing an operator did. `subject` is what it was done to (an event id, a ceasefire id)."""

    operator: str
    action: str
    subject: str
    acted_at: datetime
    detail: dict[str, Any] | None = None


class OperatorActions:
    """What operators did; only ever added to."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, action: OperatorAction) -> None:
        """Note what an operator did."""
        self._session.writing().execute(
            insert(operator_actions),
            {
                "operator": action.operator,
                "action": action.action,
                "subject": action.subject,
                "acted_at": action.acted_at,
                "detail": action.detail,
            },
        )

    def of_subject(self, subject: str, limit: int = 50) -> tuple[OperatorAction, ...]:
        """What was done to a subject, oldest first."""
        rows = self._session.connection.execute(
            select(operator_actions)
            .where(operator_actions.c.subject == subject)
            .order_by(operator_actions.c.action_id)
            .limit(limit)
        )
        return tuple(OperatorAction(row.operator, row.action, row.subject, row.acted_at, row.detail) for row in rows)
