"""Publish a release into a database and open it again: files and rows of one content have one hash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from factordb.canonical import dumps, plain
from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles, unit_process
from factordb.models import LOCAL, FactorValueRow, LicenceRow, ReleaseRow, SourceRow, UnitProcessRow
from factordb.release import Release, frozen_hashes, verified
from factordb.store import READ_ONLY, of_tenant
from lca.doors import read_json
from lca.faults import Fault, Refused

_COLUMNS = ("kind", "series", "place", "year", "value", "unit", "source", "confidence")
_BLANK = {part.name: "" for part in fields(Factor) if part.default is part.default_factory is MISSING}
_META = ("id", "layer", "title_en", "title_zh", "published", "importer")


def publish(engine: Engine, content: ReleaseFiles, tenant: str = LOCAL) -> str:
    """Write a release, read it back, seal it; returns its SHA-256. All or nothing, in one transaction.

    Raises:
        Refused: ``release_exists`` (a sealed release is never replaced: give a new id), ``release_tampered`` when
            the database gives back other content than was written, or a fault of :func:`factordb.check.check`.
    """
    release, engine = Release(content), of_tenant(engine, tenant)
    with _told_of_a_rival(engine, release.id, tenant), Session(engine) as session, session.begin():
        if session.get(ReleaseRow, (tenant, release.id)) is not None:
            raise Refused([Fault("release_exists", found=release.id, expected="an id that is not in use")])
        others = {key: value for key, value in content.meta.items() if key not in _META}
        kept = {"meta": others, "left_out": dict(content.left_out), "same_year": dict(content.same_year)}
        given = {key: content.meta[key] for key in _META}
        session.add(ReleaseRow(tenant_id=tenant, meta=dumps(kept), status="open", sha256="", **given))
        session.flush()
        where = {"tenant_id": tenant, "release_id": release.id}
        session.add_all(LicenceRow(code=item.code, item=dumps(plain(item)), **where) for item in content.licences)
        session.add_all(
            SourceRow(id=item.id, licence=item.licence, item=dumps(plain(item)), **where) for item in content.sources
        )
        session.add_all(_value_row(item, where) for item in content.factors)
        session.add_all(
            UnitProcessRow(id=item.id, place=item.place, source=item.source, item=dumps(plain(item)), **where)
            for item in content.unit_processes
        )
        session.flush()
        session.expire_all()
        verified(Release(_content(session, tenant, release.id)), release.sha256)
        row = session.get_one(ReleaseRow, (tenant, release.id))
        row.sha256, row.status = release.sha256, "sealed"
        row.sealed_at = datetime.now(UTC).isoformat(timespec="seconds")
    return release.sha256


@contextmanager
def _told_of_a_rival(engine: Engine, release_id: str, tenant: str) -> Iterator[None]:
    """Two publishers of one id at once: the database keeps one, the other hears what happened."""
    try:
        yield
    except IntegrityError as error:
        if release_id not in published(engine, tenant):
            raise
        found = f"{release_id}: published at the same moment by somebody else"
        raise Refused([Fault("release_exists", found=found, expected="an id that is not in use")]) from error


def open_stored(engine: Engine, release_id: str, tenant: str = LOCAL) -> Release:
    """A sealed release from the database, its hash checked again; a shipped id must have the shipped hash too.

    Raises:
        Refused: ``release_unknown``, ``release_tampered``.
    """
    with Session(of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})) as session:
        row = session.get(ReleaseRow, (tenant, release_id))
        if row is None or row.sealed_at is None:
            query = select(ReleaseRow.id).where(ReleaseRow.tenant_id == tenant, ReleaseRow.sealed_at.is_not(None))
            known = ", ".join(sorted(session.scalars(query))) or "none is published here"
            raise Refused([Fault("release_unknown", found=release_id, expected=known)])
        release = verified(Release(_content(session, tenant, release_id)), row.sha256)
    return verified(release, frozen_hashes().get(release_id, release.sha256))


def published(engine: Engine, tenant: str = LOCAL) -> dict[str, str]:
    """Sealed releases of a tenant: id to SHA-256, sorted."""
    query = select(ReleaseRow.id, ReleaseRow.sha256).where(
        ReleaseRow.tenant_id == tenant, ReleaseRow.sealed_at.is_not(None)
    )
    with Session(of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})) as session:
        return dict(sorted((row[0], row[1]) for row in session.execute(query)))


def _value_row(item: Factor, where: dict[str, str]) -> FactorValueRow:
    shown = {name: getattr(item, name) for name in _COLUMNS}
    sort = float(item.amount) if item.value else None
    return FactorValueRow(id=item.id, item=dumps(plain(item)), value_sort=sort, **shown, **where)


def _content(session: Session, tenant: str, release_id: str) -> ReleaseFiles:
    """What the rows say. Values are read from the columns *and* the item: a query must not see other digits."""
    row = session.get_one(ReleaseRow, (tenant, release_id))
    kept = read_json(row.meta)
    columns = [FactorValueRow.item, *(getattr(FactorValueRow, name) for name in _COLUMNS)]
    factors = []
    for text, *shown in session.execute(select(*columns).filter_by(tenant_id=tenant, release_id=release_id)):
        item: dict[str, Any] = {**_BLANK, **read_json(text), **dict(zip(_COLUMNS, shown, strict=True))}
        factors.append(Factor(**item))
    sources = [
        Source(**_text(read_json(source.item)))
        for source in session.scalars(select(SourceRow).filter_by(tenant_id=tenant, release_id=release_id))
    ]
    licences = [
        Licence(**{"attribution": "", **read_json(licence.item)})
        for licence in session.scalars(select(LicenceRow).filter_by(tenant_id=tenant, release_id=release_id))
    ]
    processes = session.scalars(select(UnitProcessRow).filter_by(tenant_id=tenant, release_id=release_id))
    return ReleaseFiles(
        meta={**{key: getattr(row, key) for key in _META}, **kept["meta"]},
        factors=tuple(factors),
        sources=tuple(sources),
        licences=tuple(licences),
        left_out=kept["left_out"],
        same_year=kept["same_year"],
        unit_processes=tuple(unit_process(read_json(process.item)) for process in processes),
    )


def _text(item: dict[str, str]) -> dict[str, str]:
    return {"title": "", "publisher": "", "date": "", "address": "", **item}
