"""Versions: every import that changes something gets the next number of the company, ``2026-11-21#17``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.companies.audit import append
from service.erp.models import VersionRow


@dataclass(frozen=True, slots=True)
class Version:
    """A number that rows carry, and how records show it."""

    serial: int
    label: str


def next_version(session: Session, tenant: str, kind: str, *, changed: int, actor: str, source: str = "") -> Version:
    """The next version of the company, written with its audit entry into the caller's transaction.

    ``kind``: ``materials``, ``boms``, ``months`` or ``plants``; ``changed``: how many rows it changes.
    """
    _alone(session, tenant)
    newest = session.scalar(select(func.max(VersionRow.serial)).where(VersionRow.tenant_id == tenant))
    serial, now = (newest or 0) + 1, datetime.now(UTC)
    made = Version(serial, f"{now.date().isoformat()}#{serial}")
    at = now.isoformat(timespec="milliseconds")
    row = {"kind": kind, "label": made.label, "at": at, "actor": actor, "source": source, "changed": changed}
    session.add(VersionRow(tenant_id=tenant, serial=serial, **row))
    session.flush()
    append(session, tenant, actor, f"erp.{kind}", made.label, {"changed": str(changed), "source": source})
    return made


def labels(session: Session, tenant: str) -> dict[int, str]:
    """Serial to label of every version of the company."""
    query = select(VersionRow.serial, VersionRow.label).where(VersionRow.tenant_id == tenant)
    return {row[0]: row[1] for row in session.execute(query)}


def newest(session: Session, tenant: str, kind: str) -> str:
    """Label of the newest version of a kind; empty where there is none."""
    query = select(VersionRow.label).where(VersionRow.tenant_id == tenant, VersionRow.kind == kind)
    return session.scalars(query.order_by(VersionRow.serial.desc()).limit(1)).first() or ""


def listing(session: Session, tenant: str, limit: int = 50) -> list[dict[str, Any]]:
    """The newest versions first: kind, label, when, by whom, of what file, how many rows."""
    query = select(VersionRow).where(VersionRow.tenant_id == tenant).order_by(VersionRow.serial.desc()).limit(limit)
    keys = ("kind", "label", "at", "actor", "source", "changed")
    return [{key: getattr(row, key) for key in keys} for row in session.scalars(query)]


def _alone(session: Session, tenant: str) -> None:
    """Hold the company's imports until the transaction ends; on SQLite the one writer is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        query = text("SELECT pg_advisory_xact_lock(hashtextextended('erp ' || :tenant, 0))")
        session.execute(query, {"tenant": tenant})
