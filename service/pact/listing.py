"""Published footprints as partners read them: one by its id, many by filters and pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Fault, Refused
from service.desk import Desk
from service.http.paging import after_of, cursor_of
from service.pact.filters import Filters
from service.pact.models import PactFootprintRow
from service.pact.publish import settle, shown_of, unsettled

USUAL: Final = 100
MOST: Final = 500
"""Footprints on one page, asked for or not: a page must be made in two seconds."""


def listed(
    desk: Desk, filters: Filters, *, partner: str, limit: int = USUAL, cursor: str = ""
) -> tuple[list[dict[str, Any]], str]:
    """Footprints in the order they were published, at most ``limit`` and :data:`MOST`, and the cursor of what follows.

    Raises:
        Refused: ``cursor_wrong``.
    """
    secret = desk.records.secret()
    after = after_of(cursor, secret, 2)
    rows = _rows(desk, filters, partner, min(limit, MOST), after)
    page = rows[: min(limit, MOST)]
    following = cursor_of([page[-1].created_at, page[-1].id], secret) if page and len(rows) > len(page) else ""
    return [shown_of(row) for row in page], following


def one(desk: Desk, footprint_id: str, *, partner: str) -> dict[str, Any]:
    """A footprint the partner may see.

    Raises:
        Refused: ``pact_footprint_unknown``.
    """
    _settle(desk)
    with _reading(desk) as session:
        query = select(PactFootprintRow).where(*Filters().conditions(desk.tenant, partner))
        row = session.scalars(query.where(PactFootprintRow.id == footprint_id.lower())).one_or_none()
        if row is None:
            expected = "the id of a published footprint"
            raise Refused([Fault("pact_footprint_unknown", found=footprint_id[:60], expected=expected)])
        return shown_of(row)


def published(desk: Desk, limit: int = USUAL) -> list[Mapping[str, str]]:
    """The company's own view: the newest first, with record and status."""
    _settle(desk)
    with _reading(desk) as session:
        query = select(PactFootprintRow).where(PactFootprintRow.tenant_id == desk.tenant)
        query = query.order_by(PactFootprintRow.created_at.desc(), PactFootprintRow.id).limit(limit)
        names = ("id", "record_name", "status", "valid_from", "valid_to", "created_at", "deprecated_at")
        return [{name: getattr(row, name) for name in names} for row in session.scalars(query)]


def _rows(desk: Desk, filters: Filters, partner: str, limit: int, after: list[str] | None) -> list[PactFootprintRow]:
    if not limit:
        return []
    _settle(desk)
    row = PactFootprintRow
    query = select(row).where(*filters.conditions(desk.tenant, partner))
    if after is not None:
        at, name = after
        query = query.where((row.created_at > at) | ((row.created_at == at) & (row.id > name)))
    with _reading(desk) as session:
        found = list(session.scalars(query.order_by(row.created_at, row.id).limit(limit + 1)))
        session.expunge_all()
        return found


def _settle(desk: Desk) -> None:
    if unsettled(desk):
        with Session(desk.engine) as session, session.begin():
            settle(session, desk.tenant, datetime.now(UTC))


def _reading(desk: Desk) -> Session:
    return Session(desk.engine.execution_options(**{READ_ONLY: True}))
