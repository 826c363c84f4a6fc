"""Footprints by the company's own numbers: in force from one calculation to the next, asked for page by page.

``valid_on`` a day is what was in force at the end of that day; ``changed_since`` an instant is what came into force or
became stale after it. A footprint whose inputs have moved on and cannot be calculated stays in force and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.exact import Exact
from lca.faults import Fault, Refused
from service.desk import Desk
from service.erp.imports import upsert
from service.erp.models import FootprintRow
from service.erp.period import period_of
from service.models import RecordRow
from service.totals import of_column, to_column

GONE: Final = "erp_not_made"
"""Why a footprint is stale whose product the plant no longer makes in the period."""
COLUMNS: Final = (
    "number", "plant", "period", "valid_from", "valid_to", "record", "total", "per", "status", "not_sealed",
    "materials", "stale", "changed_at",
)  # fmt: skip
MOST: Final = 1000
Key = tuple[str, str]


def in_force(desk: Desk, period: str) -> dict[Key, dict[str, str]]:
    """(number, plant) to the footprint in force of a period."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        return _in_force(session, desk.tenant, period)


def _in_force(session: Session, tenant: str, period: str) -> dict[Key, dict[str, str]]:
    query = select(*(getattr(FootprintRow, name) for name in COLUMNS))
    query = query.where(FootprintRow.tenant_id == tenant, FootprintRow.period == period, FootprintRow.valid_to == "")
    return {(row.number, row.plant): dict(row._mapping) for row in session.execute(query)}


def settle(
    desk: Desk, period: str, lines: Iterable[Mapping[str, Any]], failed: Mapping[str, Sequence[Fault]],
    products: Mapping[str, Key], materials: str,
) -> int:  # fmt: skip
    """Bring the footprints of a period up to date, in one transaction; how many changed. What is equal is not touched.

    ``lines``: of a run, by item; ``products``: item to (plant, product); ``materials``: newest version it knew.
    """
    with Session(desk.engine) as session, session.begin():
        before = _in_force(session, desk.tenant, period)
        now = _later_than(datetime.now(UTC), [row["valid_from"] for row in before.values()])
        ended, fresh, seen = [], [], set()
        for line in lines:
            plant, number = products[line["item"]]
            row = before.get((number, plant))
            seen.add((number, plant))
            values = _values(line)
            if row is None or any(row[name] != text for name, text in values.items()):
                if row is not None:
                    ended.append({**row, "valid_to": now})
                key = {"number": number, "plant": plant, "period": period, "valid_from": now, "valid_to": ""}
                fresh.append({**key, **values, "materials": materials, "stale": "", "changed_at": now})
            elif row["stale"]:
                ended.append({**row, "stale": "", "changed_at": now})
        why = {(product, plant): failed[item][0].code for item, (plant, product) in products.items() if item in failed}
        for name, there in before.items():
            reason = why.get(name, "" if name in seen else GONE)
            if reason and there["stale"] != reason:
                ended.append({**there, "stale": reason, "changed_at": now})
        for rows in (ended, fresh):
            if rows:
                upsert(session, FootprintRow, [{"tenant_id": desk.tenant, **row} for row in rows])
        return len(fresh) + len([row for row in ended if not row["valid_to"]])


def _values(line: Mapping[str, Any]) -> dict[str, str]:
    return {
        "record": line["record"],
        "total": to_column(line["total"]),
        "per": f"{line['per']['amount']} {line['per']['unit']}",
        "status": line["status"],
        "not_sealed": line["not_sealed"],
    }


def _later_than(now: datetime, before: Iterable[str]) -> str:
    """The present to a millisecond, later than all that is there, whatever the clock did."""
    shown, newest = _shown(now), max(before, default="")
    return shown if shown > newest else _shown(datetime.fromisoformat(newest) + timedelta(milliseconds=1))


def _shown(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def find(
    desk: Desk, *, number: str = "", plant: str = "", period: str = "", valid_on: str = "", changed_since: str = "",
    after: Sequence[str] = (), limit: int = 50,
) -> tuple[list[dict[str, Any]], list[str]]:  # fmt: skip
    """A page of footprints by own number, and the key to go on after it, empty at the end.

    Each with when its record was sealed. Without ``valid_on`` those in force now. Sorted by number, plant, period; with
    ``changed_since`` by that first.

    Raises:
        Refused: ``erp_query`` for a day, an instant or a key that is none; ``erp_period``.
    """
    row = FootprintRow
    query = select(*(getattr(row, name) for name in COLUMNS)).where(row.tenant_id == desk.tenant)
    for column, value in ((row.number, number), (row.plant, plant)):
        if value:
            query = query.where(column == value)
    if period:
        query = query.where(row.period == period_of(period).key)
    if valid_on:
        end = _end_of(valid_on)
        query = query.where(row.valid_from < end, or_(row.valid_to == "", row.valid_to >= end))
    else:
        query = query.where(row.valid_to == "")
    order = [row.number, row.plant, row.period]
    if changed_since:
        query = query.where(row.changed_at > _instant(changed_since))
        order = [row.changed_at, *order]
    if after:
        if len(after) != len(order):
            expected = f"{len(order)} texts: " + ", ".join(column.key for column in order)
            raise Refused([Fault("erp_query", "/after", found=f"{len(after)} texts", expected=expected)])
        query = query.where(tuple_(*order) > tuple(after))
    size = max(1, min(limit, MOST))
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        found = [dict(line._mapping) for line in session.execute(query.order_by(*order).limit(size + 1))]
        page = found[:size]
        sealed = select(RecordRow.name, RecordRow.sealed_at).where(RecordRow.tenant_id == desk.tenant)
        names = [line["record"] for line in page if line["record"]]
        at: dict[str, str] = {line[0]: line[1] for line in session.execute(sealed.where(RecordRow.name.in_(names)))}
    page = [{**line, "total": of_column(line["total"]), "sealed_at": at.get(line["record"], "")} for line in page]
    going_on = [str(page[-1][column.key]) for column in order] if len(found) > size else []
    return page, going_on


def moved(before: str, after: Any) -> Exact | None:
    """By how many per cent a total moves; None where that is no number: from zero, or to a band."""
    if not isinstance(after, str) or before.startswith("{"):
        return None
    old, new = Exact.from_published(before), Exact.from_published(after)
    if old == new:
        return Exact(0)
    return (new - old) / abs(old) * 100 if old else None


def _end_of(day: str) -> str:
    try:
        return f"{(date.fromisoformat(day) + timedelta(days=1)).isoformat()}T00:00:00.000Z"
    except (ValueError, OverflowError):
        raise Refused([Fault("erp_query", "/valid_on", found=day[:60], expected="2026-11-21")]) from None


def _instant(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        expected = "2026-11-21 or 2026-11-21T02:00:00Z"
        raise Refused([Fault("erp_query", "/changed_since", found=text[:60], expected=expected)]) from None
    return _shown(at if at.tzinfo else at.replace(tzinfo=UTC))
