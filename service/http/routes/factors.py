"""Factors and releases: found by name, pinyin, id or code; one factor over the releases; rules that are installed."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from factordb.layers import open_layers
from factordb.publish import published
from factordb.release import shipped
from factordb.search import find
from lca.faults import Fault, Refused
from pcr.registry import installed_rules
from service.companies.access import Caller
from service.desk import DEFAULT_RELEASE
from service.http.problems import responses
from service.http.who import apart, desk_of, needs
from service.text.finding import factor_row, found_rows

router = APIRouter(tags=["factors"])


@router.get("/factors", operation_id="searchFactors", responses=responses(404))
async def search_factors(
    request: Request,
    who: Annotated[Caller, needs("factor:read")],
    q: Annotated[str, Query(description="Name, pinyin, id, code or category.", max_length=200)],
    release: Annotated[str, Query(description="Factor releases, with commas.")] = DEFAULT_RELEASE,
    kind: Annotated[str, Query(description="Only this kind.")] = "",
    place: Annotated[str, Query(description="Only this place and its parts.")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
) -> dict[str, Any]:
    """Factors in which every word stands; where there are none, the nearest by name, and each row says which."""

    def keep(factor: Any) -> bool:
        return kind in ("", factor.kind) and (not place or f"{factor.place}-".startswith(f"{place}-"))

    def work() -> list[dict[str, Any]]:
        opened = partial(request.app.state.shelf.release, desk_of(request, who))
        return found_rows(find(open_layers(release, opened).releases, q, limit, keep))

    return {"factors": await apart(work)}


@router.get("/factors/{factor_id:path}", operation_id="getFactor", responses=responses(404))
async def get_factor(request: Request, factor_id: str, who: Annotated[Caller, needs("factor:read")]) -> dict[str, Any]:
    """A factor in every release that has it, newest release last: value, unit, source, licence."""

    def work() -> list[dict[str, Any]]:
        desk = desk_of(request, who)
        names = sorted({*shipped(), *published(desk.engine, desk.tenant)})
        opened = [request.app.state.shelf.release(desk, name) for name in names if not name.startswith("graph-")]
        rows = [
            factor_row(release, factor) | {"published": release.meta["published"], "flows": dict(factor.flows)}
            for release in opened
            if (factor := release.find(factor_id)) is not None
        ]
        if not rows:
            raise Refused([Fault("factor_unknown", found=factor_id[:120], expected="GET /v1/factors?q=...")])
        return sorted(rows, key=lambda row: (row["published"], row["release"]))

    return {"id": factor_id, "history": await apart(work)}


@router.get("/releases", operation_id="listReleases", responses=responses())
async def list_releases(request: Request, who: Annotated[Caller, needs("factor:read")]) -> dict[str, Any]:
    """Releases that calculations may name, with their hashes."""

    def work() -> list[dict[str, str]]:
        desk = desk_of(request, who)
        names = sorted({*shipped(), *published(desk.engine, desk.tenant)})
        opened = [request.app.state.shelf.release(desk, name) for name in names]
        return [{"id": item.id, "layer": item.layer, "sha256": item.sha256} for item in opened]

    return {"releases": await apart(work)}


@router.get("/rules", operation_id="listRules", responses=responses())
async def list_rules(who: Annotated[Caller, needs("factor:read")]) -> dict[str, Any]:
    """Product rules that are installed: id, version, title, unit, regimes, status."""

    def work() -> list[dict[str, Any]]:
        return [
            {
                "id": item.rule.id, "version": item.rule.version, "name": dict(item.rule.label),
                "status": item.rule.status, "regimes": list(item.rule.regimes), "sha256": item.hash(),
            }
            for item in installed_rules()
        ]  # fmt: skip

    return {"rules": await apart(work)}
