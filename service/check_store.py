"""Check a store: revision, guards, every release against its hash, every record and attachment against its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from factordb.models import ReleaseRow, Tenant
from factordb.publish import open_stored
from factordb.store import (
    EVERY_TENANT,
    READ_ONLY,
    current_revision,
    guards,
    of_tenant,
    sees_every_tenant,
    unwalled,
)
from lca.faults import Refused
from service.batch.kept import kept_releases, open_kept
from service.companies import audit
from service.models import AttachmentRow, RecordRow
from service.records.sections import integrity_faults

PARTS: Final = ("licence", "source", "factor_value", "unit_process")
APPEND_ONLY: Final = (
    "record", "run", "attachment", "store_secret", "instrument_draw", "withdrawal", "record_factor", "received",
    "audit_entry", "signature", "graph_factor", "graph_release", "erp_version", "pact_footprint",
)  # fmt: skip


@dataclass(slots=True)
class Checked:
    """What was looked at, how often, and what is wrong."""

    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    """(what, found)."""


def check(
    engine: Engine, head: str, progress: Callable[[int], None] = lambda done: None, *, whole: bool = True
) -> Checked:
    """Look at everything a store promises. ``head``: the revision this version works with.

    ``whole``: a role that sees one company only is told so; without it that company is looked at and no more.
    """
    done = Checked()
    revision = current_revision(engine)
    done.counts["revision"] = 1
    if revision != head:
        done.wrong.append(("revision", f"{revision}, expected {head}"))
        return done
    there = set(guards(engine))
    lost = sorted(expected_guards(engine.dialect.name) - there)
    done.counts["guards"] = len(there)
    done.wrong += [("guard", f"{name} is missing") for name in lost]
    done.wrong += [("wall", f"{table} has no row-level security") for table in unwalled(engine)]
    if sees_every_tenant(engine):
        engine = of_tenant(engine, EVERY_TENANT)
    elif whole:
        done.wrong.append(("role", "sees one company only: check as the owner of the tables"))
    with Session(engine.execution_options(**{READ_ONLY: True})) as session:
        _releases(session, engine, done)
        for row in session.scalars(select(RecordRow).execution_options(yield_per=50)):
            done.counts["records"] = done.counts.get("records", 0) + 1
            try:
                found = integrity_faults(json.loads(row.body))
            except (ValueError, KeyError, TypeError) as error:
                found = [f"{type(error).__name__}: {error}"]
            if found or json.loads(row.body).get("name") != row.name:
                done.wrong.append((f"record {row.name[:16]}", ", ".join(found) or "name"))
            progress(done.counts["records"])
        for attachment in session.scalars(select(AttachmentRow).execution_options(yield_per=50)):
            done.counts["attachments"] = done.counts.get("attachments", 0) + 1
            if hashlib.sha256(attachment.content).hexdigest() != attachment.sha256:
                done.wrong.append((f"attachment {attachment.sha256[:16]}", "its content has another digest"))
        tenants = sorted(session.scalars(select(Tenant.id)))
    for tenant in tenants:
        found_log = audit.verify(engine, tenant)
        done.counts["audit_entries"] = done.counts.get("audit_entries", 0) + found_log.entries
        if found_log.broken is not None:
            told = f"entry {found_log.broken.serial}: {found_log.broken.kind}"
            done.wrong.append((f"audit log of {tenant}", told))
    return done


def _releases(session: Session, engine: Engine, done: Checked) -> None:
    for row in session.scalars(select(ReleaseRow)):
        done.counts["releases"] = done.counts.get("releases", 0) + 1
        if row.sealed_at is None:
            done.wrong.append((f"release {row.id}", "never sealed"))
            continue
        try:
            open_stored(engine, row.id, row.tenant_id)
        except Refused as refused:
            done.wrong.append((f"release {row.id}", "; ".join(f"{f.code}: {f.found}" for f in refused.faults)))
    for tenant, name in kept_releases(session):
        done.counts["releases"] = done.counts.get("releases", 0) + 1
        try:
            open_kept(engine, name, tenant)
        except Refused as refused:
            done.wrong.append((f"release {name}", "; ".join(f"{f.code}: {f.found}" for f in refused.faults)))


def expected_guards(dialect: str) -> set[str]:
    """Names of the triggers that must be there; what tests list after each migration."""
    found = {f"{table}_{verb}_guard" for table in ("release", *PARTS, *APPEND_ONLY) for verb in ("update", "delete")}
    found |= {f"{table}_insert_guard" for table in PARTS}
    if dialect == "sqlite":  # INSERT OR REPLACE deletes without calling a delete trigger
        return found | {f"{table}_insert_guard" for table in ("release", *APPEND_ONLY)}
    return found | {f"{table}_truncate_guard" for table in ("release", *PARTS, *APPEND_ONLY)}
