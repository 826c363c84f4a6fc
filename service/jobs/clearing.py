"""Clear what ended long ago: jobs with their results, and deliveries. Records, runs and what a batch in a folder or a
night remembers stay."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Engine, and_, delete, func, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from factordb.models import Base
from factordb.store import of_tenant
from lca.faults import Fault, Refused
from service.companies.audit import append
from service.jobs.clock import now
from service.jobs.job import OPEN
from service.jobs.models import BatchItemRow, DeliveryRow, JobRow

DAY: Final = 86_400.0
FORBIDDEN: Final = "42501"
"""PostgreSQL's state for a right that a role has not."""
_JOBS, _ITEMS, _DELIVERIES = (
    Base.metadata.tables[row.__tablename__] for row in (JobRow, BatchItemRow, DeliveryRow)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many rows went, or would go."""

    jobs: int
    results: int
    deliveries: int


def clear(engine: Engine, tenant: str, days: int, *, actor: str, only_count: bool = False) -> Cleared:
    """Drop jobs of a company that ended more than ``days`` days ago, with the results kept under their own id, and
    deliveries as old that are delivered or given up; one transaction, with an entry in the audit log.

    A series that several jobs share (the folder of a batch, the period of a night) is what the next one goes on from:
    its items stay. On PostgreSQL the application has no right to drop a job: this is for the owner of the tables.

    Raises:
        Refused: ``clear_role`` for a role without that right; nothing is dropped.
    """
    try:
        return _clear(engine, tenant, days, actor, only_count)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != FORBIDDEN:
            raise
        found = engine.url.username or "this role"
        raise Refused([Fault("clear_role", found=found, expected="the owner of the tables")]) from None


def _clear(engine: Engine, tenant: str, days: int, actor: str, only_count: bool) -> Cleared:
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        before = now(session.connection()) - days * DAY
        ended = and_(_JOBS.c.tenant_id == tenant, _JOBS.c.state.not_in(OPEN), _JOBS.c.finished_at < before)
        own = select(_JOBS.c.id).where(ended, _JOBS.c.series == _JOBS.c.id)
        found = {
            _ITEMS: and_(_ITEMS.c.tenant_id == tenant, _ITEMS.c.series.in_(own)),
            _JOBS: ended,
            _DELIVERIES: and_(
                _DELIVERIES.c.tenant_id == tenant,
                _DELIVERIES.c.state != "pending",
                _DELIVERIES.c.created_at < before,
            ),
        }
        number = {
            table: session.scalars(select(func.count()).select_from(table).where(which)).one()
            for table, which in found.items()
        }
        cleared = Cleared(number[_JOBS], number[_ITEMS], number[_DELIVERIES])
        if not only_count and any(number.values()):
            for table, which in found.items():
                session.execute(delete(table).where(which))
            detail = {key: str(value) for key, value in asdict(cleared).items()}
            append(session, tenant, actor, "jobs.cleared", f"ended more than {days} days ago", detail)
    return cleared
