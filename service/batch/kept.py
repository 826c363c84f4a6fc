"""Releases of a graph in the store: each factor once, a release as the list of its members, opened under its hash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from factordb.canonical import dumps, plain, sha256
from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles
from factordb.models import LOCAL
from factordb.release import Release, verified
from factordb.store import READ_ONLY, of_tenant
from lca.faults import Fault, Refused
from service.batch.models import GraphFactorRow, GraphReleaseRow

PREFIX: Final = "graph-"
ATTEMPTS: Final = 5
"""Another process may write the same factor at the same moment; the second look finds it."""


def keep(engine: Engine, release: Release, tenant: str = LOCAL) -> None:
    """Keep a release of a graph, once; one of that id that is there must be the same.

    Raises:
        Refused: ``release_tampered``.
    """
    items = {_member(item): item for item in (_item(release, factor) for factor in release.factors.values())}
    row = {"tenant_id": tenant, "id": release.id, "sha256": release.sha256, "meta": dumps(dict(release.meta))}
    row["members"] = dumps(sorted(items))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with Session(of_tenant(engine, tenant)) as session, session.begin():
                _keep(session, tenant, row, items)
                return
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise


def _keep(session: Session, tenant: str, row: Mapping[str, str], items: Mapping[str, str]) -> None:
    there = session.get(GraphReleaseRow, (tenant, row["id"]))
    if there is not None:
        if there.sha256 != row["sha256"]:
            raise Refused([Fault("release_tampered", row["id"], found=there.sha256, expected=row["sha256"])])
        return
    query = select(GraphFactorRow.id).where(GraphFactorRow.tenant_id == tenant, GraphFactorRow.id.in_(list(items)))
    known = set(session.scalars(query))
    fresh = [{"tenant_id": tenant, "id": name, "item": item} for name, item in items.items() if name not in known]
    if fresh:
        session.execute(insert(GraphFactorRow), fresh)
    session.execute(insert(GraphReleaseRow), [dict(row)])


def open_kept(engine: Engine, release_id: str, tenant: str = LOCAL) -> Release | None:
    """A release of a graph under its hash; None where it was not kept here.

    Raises:
        Refused: ``release_tampered`` for a member that is gone or another content.
    """
    with Session(of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})) as session:
        row = session.get(GraphReleaseRow, (tenant, release_id))
        if row is None:
            return None
        members: list[str] = json.loads(row.members)
        query = select(GraphFactorRow.item).where(GraphFactorRow.tenant_id == tenant, GraphFactorRow.id.in_(members))
        content = _content(json.loads(row.meta), [json.loads(item) for item in session.scalars(query)])
        return verified(Release(content), row.sha256)


def kept_releases(session: Session) -> Iterable[tuple[str, str]]:
    """(company, id) of every release of a graph that the session sees."""
    query = select(GraphReleaseRow.tenant_id, GraphReleaseRow.id).execution_options(yield_per=500)
    return ((row[0], row[1]) for row in session.execute(query))


def _item(release: Release, factor: Factor) -> str:
    """A factor with its source and licence: all of a release that belongs to it."""
    source, licence = release.source_of(factor), release.licence_of(factor)
    return dumps({"factor": plain(factor), "source": plain(source), "licence": plain(licence)})


def _member(item: str) -> str:
    """Its id with a piece of its digest: a later version may make another factor of the same record."""
    name = json.loads(item)["factor"]["id"]
    return f"{name}#{sha256(item)[:16]}"


def _content(meta: Mapping[str, str], items: Iterable[Mapping[str, Any]]) -> ReleaseFiles:
    held = list(items)
    sources = {item["source"]["id"]: Source(**{**_NO_SOURCE, **item["source"]}) for item in held}
    licences = {item["licence"]["code"]: Licence(**{**_NO_LICENCE, **item["licence"]}) for item in held}
    factors = tuple(Factor(**{**_NO_FACTOR, **item["factor"]}) for item in held)
    return ReleaseFiles(dict(meta), factors, tuple(sources.values()), tuple(licences.values()), {}, {})


_NO_FACTOR: Final = dict.fromkeys(
    ("name_en", "name_zh", "category", "kind", "place", "year", "value", "unit", "source", "confidence"), ""
)
_NO_SOURCE: Final = dict.fromkeys(("title", "publisher", "date", "address", "licence"), "")
_NO_LICENCE: Final = {"title": "", "attribution": ""}
