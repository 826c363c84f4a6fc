"""Publish a record as a footprint, take the place of an earlier one, deprecate one.

A footprint is written once. What may still change is its status, from ``Active`` to ``Deprecated``: by its successor,
by hand, or because its record was withdrawn (looked at whenever footprints are shown: nobody should rely on it).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Collector, Fault, Refused
from service.companies.audit import append
from service.desk import Desk
from service.models import WithdrawalRow
from service.pact.form import Made, footprint_of, with_status
from service.pact.models import PactFootprintRow, PactPartnerRow, PactTermRow
from service.pact.profile import profile
from service.pact.properties import GEOGRAPHY
from service.pact.stated import Stated

ACTIVE: Final = "Active"
DEPRECATED: Final = "Deprecated"
STAMP: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How times stand in columns: they compare as text."""
PARTNER: Final = "partner"
PRECEDING: Final = "preceding"
"""Term of a successor: the footprint it took the place of, so that each has one successor at most."""
Beside = Callable[[Session, Mapping[str, Any]], None]
"""Writes into the transaction that publishes, told of the footprint."""


def publish(
    desk: Desk, record_name: str, stated: Stated, *, actor: str, annex: Mapping[str, Any] | None = None,
    request_id: str = "", beside: Beside | None = None, now: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Publish a stored record; returns the footprint as partners see it.

    Raises:
        Refused: ``record_unknown``, ``pact_no_profile``, ``pact_withdrawn``, ``pact_supersedes``,
            ``pact_active_already``, ``pact_partner_unknown``, and what :func:`service.pact.form.footprint_of` refuses.
    """
    at = now or datetime.now(UTC)
    record, company = desk.records.get(record_name), profile(desk)
    wrong = Collector()
    with Session(desk.engine) as session, session.begin():
        one_at_a_time(session, f"pact {desk.tenant}")
        settle(session, desk.tenant, at)
        before = _before(session, desk.tenant, stated.supersedes, wrong)
        if (gone := session.get(WithdrawalRow, (desk.tenant, record["name"]))) is not None:
            wrong.add(Fault("pact_withdrawn", record["name"][:16], found=gone.reason[:120], expected="not withdrawn"))
        for partner in stated.partners:
            row = session.get(PactPartnerRow, (desk.tenant, partner))
            if row is None or row.state != "active":
                wrong.add(Fault("pact_partner_unknown", "partners", found=partner[:60], expected="pcf pact partners"))
        preceding = _preceding(before)
        made: Made | None = None
        with wrong.catching():
            made = footprint_of(record, company, stated, now=at, preceding=preceding, annex=annex)
        if made is not None:
            _only_one(session, desk.tenant, made, before, wrong)
        wrong.raise_if_any()
        assert made is not None
        shown = _write(session, desk.tenant, record["name"], made, stated, at)
        if before is not None and before.status == ACTIVE:
            before.status, before.deprecated_at = DEPRECATED, at.strftime(STAMP)
        detail = {"record": record["name"], "products": " ".join(shown["productIds"]), "supersedes": stated.supersedes}
        append(session, desk.tenant, actor, "pact.published", shown["id"], detail, request_id)
        if beside is not None:
            beside(session, shown)
    return shown


def deprecate(desk: Desk, footprint_id: str, *, actor: str, request_id: str = "") -> None:
    """Deprecate a footprint that has no successor; it stays listed and readable.

    Raises:
        Refused: ``pact_footprint_unknown``; ``pact_supersedes`` for one that is not active.
    """
    wrong = Collector()
    with Session(desk.engine) as session, session.begin():
        if session.get(PactFootprintRow, (desk.tenant, footprint_id)) is None:
            expected = "the id of a footprint of this company"
            raise Refused([Fault("pact_footprint_unknown", found=footprint_id[:60], expected=expected)])
        row = session.get_one(PactFootprintRow, (desk.tenant, footprint_id), with_for_update=True)
        if row.status != ACTIVE:
            wrong.add(Fault("pact_supersedes", footprint_id, found=row.status, expected=ACTIVE))
        wrong.raise_if_any()
        row.status, row.deprecated_at = DEPRECATED, datetime.now(UTC).strftime(STAMP)
        append(session, desk.tenant, actor, "pact.deprecated", footprint_id, {}, request_id)


def settle(session: Session, tenant: str, at: datetime) -> int:
    """Deprecate the footprints of records that were withdrawn; returns how many."""
    gone = select(WithdrawalRow.record_name).where(WithdrawalRow.tenant_id == tenant)
    mine = (PactFootprintRow.tenant_id == tenant) & (PactFootprintRow.status == ACTIVE)
    found = session.scalars(select(PactFootprintRow.id).where(mine, PactFootprintRow.record_name.in_(gone))).all()
    if found:
        values = {"status": DEPRECATED, "deprecated_at": at.strftime(STAMP)}
        session.execute(update(PactFootprintRow).where(mine, PactFootprintRow.id.in_(found)).values(values))
    return len(found)


def unsettled(desk: Desk) -> bool:
    """Whether a withdrawn record still has an active footprint: asked without a write lock before each list."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        gone = select(WithdrawalRow.record_name).where(WithdrawalRow.tenant_id == desk.tenant)
        mine = (PactFootprintRow.tenant_id == desk.tenant) & (PactFootprintRow.status == ACTIVE)
        query = select(PactFootprintRow.id).where(mine, PactFootprintRow.record_name.in_(gone)).limit(1)
        return session.scalar(query) is not None


def shown_of(row: PactFootprintRow) -> dict[str, Any]:
    """A row as its footprint."""
    return with_status(json.loads(row.body), row.status)


def one_at_a_time(session: Session, name: str) -> None:
    """Hold others back until the transaction ends. SQLite's begin as writers and stand in line anyway."""
    if session.get_bind().dialect.name != "sqlite":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        session.execute(lock, {"name": name})


def _before(session: Session, tenant: str, footprint_id: str, wrong: Collector) -> PactFootprintRow | None:
    if not footprint_id:
        return None
    row = session.get(PactFootprintRow, (tenant, footprint_id), with_for_update=True)
    successor = select(PactTermRow.footprint_id).where(
        PactTermRow.tenant_id == tenant, PactTermRow.name == PRECEDING, PactTermRow.value == footprint_id
    )
    if row is None or session.scalars(successor.limit(1)).first() is not None:
        found = "unknown" if row is None else "replaced already"
        expected = "a footprint of this company without a successor"
        wrong.add(Fault("pact_supersedes", "supersedes", f"{footprint_id[:60]}: {found}", expected))
        return None
    return row


def _preceding(before: PactFootprintRow | None) -> tuple[str, ...]:
    return () if before is None else (before.id, *json.loads(before.body).get("precedingPfIds", ()))


def _only_one(session: Session, tenant: str, made: Made, before: PactFootprintRow | None, wrong: Collector) -> None:
    """One active footprint of a product and reference period: two would contradict each other."""
    ids = [urn.lower() for urn in made.body["productIds"]]
    same = (PactTermRow.tenant_id == tenant) & (PactTermRow.name == "productId") & PactTermRow.value.in_(ids)
    query = select(PactFootprintRow).where(
        PactFootprintRow.tenant_id == tenant, PactFootprintRow.status == ACTIVE,
        PactFootprintRow.id.in_(select(PactTermRow.footprint_id).where(same)),
    )  # fmt: skip
    period = ("referencePeriodStart", "referencePeriodEnd")
    for row in session.scalars(query):
        other = json.loads(row.body)["pcf"]
        if row is not before and all(other[name] == made.body["pcf"][name] for name in period):
            expected = "supersedes with that id, or another product id"
            wrong.add(Fault("pact_active_already", "product_ids", found=row.id, expected=expected))


def _write(session: Session, tenant: str, record_name: str, made: Made, stated: Stated, at: datetime) -> dict[str, Any]:
    body = made.body
    session.add(
        PactFootprintRow(
            tenant_id=tenant, id=body["id"], record_name=record_name, status=ACTIVE, deprecated_at="",
            valid_from=made.valid_from.strftime(STAMP), valid_to=made.valid_to.strftime(STAMP),
            created_at=at.astimezone(UTC).strftime(STAMP), body=json.dumps(body, ensure_ascii=False),
        )
    )  # fmt: skip
    session.flush()
    terms = {("productId", urn.lower()) for urn in body["productIds"]}
    terms |= {("companyId", urn.lower()) for urn in body["companyIds"]}
    terms |= {("classification", urn.lower()) for urn in body.get("productClassifications", ())}
    terms |= {("geography", body["pcf"][name].lower()) for name in GEOGRAPHY if name in body["pcf"]}
    terms |= {(PARTNER, partner) for partner in stated.partners}
    terms |= {(PRECEDING, stated.supersedes)} if stated.supersedes else set()
    session.add_all(
        PactTermRow(tenant_id=tenant, footprint_id=body["id"], name=name, value=value) for name, value in sorted(terms)
    )
    return with_status(body, ACTIVE)
