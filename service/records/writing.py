"""Rows of a sealing, written with as few statements as there are tables: a night seals tens of thousands of records."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Insert, insert, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.orm import Session

from factordb.models import Base
from service.models import AttachmentRow, RecordFactorRow, RecordRow, RunRow
from service.records.sections import value_of
from service.series import Attachment
from service.totals import to_column

_RECORDS, _USES, _RUNS, _ATTACHMENTS = (
    Base.metadata.tables[row.__tablename__] for row in (RecordRow, RecordFactorRow, RunRow, AttachmentRow)
)
Sealed = Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
"""(record, run) by product."""


def write_records(
    session: Session, tenant: str, sealed: Sealed, uploads: Sequence[Mapping[str, str]]
) -> tuple[bool, ...]:
    """Append records that are not there, with the factors they use, and a run of each; whether each is new.

    Of two who seal the same record at once one writes it and both get a run.
    """
    names = [record["name"] for record, _ in sealed]
    query = select(RecordRow.name).where(RecordRow.tenant_id == tenant, RecordRow.name.in_(names))
    there = set(session.scalars(query))
    rows = {record["name"]: record_row(tenant, record) for record, _ in sealed if record["name"] not in there}
    made = _insert_new(session, list(rows.values()))
    uses = [use for record, _ in sealed if record["name"] in made for use in _uses(tenant, record)]
    if uses:
        session.execute(insert(_USES), uses)
    runs = [run_row(tenant, record["name"], "calculation", {**run, "uploads": uploads}) for record, run in sealed]
    session.execute(insert(_RUNS), runs)
    return tuple(name in made for name in names)


def keep_uploads(session: Session, tenant: str, uploads: Iterable[Attachment]) -> list[dict[str, str]]:
    """Keep files by their digests, each once; what a run says of them."""
    kept = {hashlib.sha256(upload.content).hexdigest(): upload for upload in uploads}
    mine = AttachmentRow.tenant_id == tenant
    there = set(session.scalars(select(AttachmentRow.sha256).where(mine, AttachmentRow.sha256.in_(kept))))
    rows = [
        {"tenant_id": tenant, "sha256": digest, "media_type": upload.media_type, "content": upload.content}
        for digest, upload in kept.items()
        if digest not in there
    ]
    if rows:
        session.execute(_once(session, _ATTACHMENTS), rows)
    return [
        {"name": upload.name, "sha256": digest, "media_type": upload.media_type}
        | ({"series": upload.series} if upload.series else {})
        for digest, upload in kept.items()
    ]


def record_row(tenant: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with what lists and look-ups need beside it."""
    identity, result = record["sections"]["derivation/identity"], record["sections"]["result"]
    total = result["total"]
    point = total if isinstance(total, str) else total["low"]
    return {
        "tenant_id": tenant,
        "name": record["name"],
        "kind": identity["kind"],
        "rule": f"{identity['rule']['id']} {identity['rule']['version']}",
        "regime": identity["regime"]["id"],
        "release": ", ".join(item["id"] for item in identity["releases"]),
        "product": identity["product"],
        "status": result["status"],
        "total": to_column(total),
        "body": orjson.dumps(record, option=orjson.OPT_SORT_KEYS).decode(),
        "sealed_at": now(),
        "total_sort": float(point) if point else None,
    }


def run_row(tenant: str, name: str, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A run of a record."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return {"tenant_id": tenant, "id": uuid.uuid4().hex, "record_name": name, "kind": kind, "at": now(), "body": text}


def now() -> str:
    """This moment, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _insert_new(session: Session, rows: list[dict[str, Any]]) -> set[str]:
    if not rows:
        return set()
    if session.get_bind().dialect.name == "sqlite":  # one writer at a time: what was not there is not there now
        session.execute(insert(_RECORDS), rows)
        return {row["name"] for row in rows}
    return set(session.scalars(_once(session, _RECORDS).returning(_RECORDS.c.name), rows))


def _once(session: Session, table: Any) -> Insert:
    """An insert that leaves alone what another transaction has written meanwhile."""
    if session.get_bind().dialect.name == "sqlite":
        return insert(table)
    return postgres_insert(table).on_conflict_do_nothing()


def _uses(tenant: str, record: Mapping[str, Any]) -> list[dict[str, str]]:
    factors = (item["factor"] for item in value_of(record, "derivation/factors") if "factor" in item)
    used = {(factor["layer"].partition(":")[2], factor["id"]) for factor in factors}
    key = {"tenant_id": tenant, "record_name": record["name"]}
    return [{**key, "release_id": release, "factor_id": name} for release, name in sorted(used)]
