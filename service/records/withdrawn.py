"""Withdrawals as they are told: when, why, and by whom as the audit log has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from service.companies.models import AuditEntryRow
from service.desk import Desk
from service.models import WithdrawalRow

ACTION: Final = "record.withdrawn"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One withdrawal. ``actor``: empty where the log has no entry of it, as in a store of before the log."""

    at: str
    reason: str
    actor: str


def withdrawal(desk: Desk, name: str) -> Withdrawn | None:
    """The withdrawal of a record of the company by its full name; None for a record in force."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        row = session.get(WithdrawalRow, (desk.tenant, name))
        if row is None:
            return None
        mine = select(AuditEntryRow.actor).where(
            AuditEntryRow.tenant_id == desk.tenant, AuditEntryRow.action == ACTION, AuditEntryRow.target == name
        )
        actor = session.scalars(mine.order_by(AuditEntryRow.serial).limit(1)).first()
        return Withdrawn(row.at, row.reason, actor or "")


def withdrawn_among(desk: Desk, names: Iterable[str]) -> dict[str, str]:
    """Those of these records that are withdrawn, with when."""
    asked = list(names)
    if not asked:
        return {}
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        query = select(WithdrawalRow.record_name, WithdrawalRow.at).where(
            WithdrawalRow.tenant_id == desk.tenant, WithdrawalRow.record_name.in_(asked)
        )
        return {row.record_name: row.at for row in session.execute(query)}
