"""What an ERP system sends and asks: plants, materials, bills, plant-months; nights; footprints by own number.

Tables come as JSON, ``{"rows": [...]}``, or as CSV with the columns of docs/erp.md; nothing is taken by halves unless
``partial`` asks for it. A night and a dry run are jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial as bound
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from service.companies.access import Caller
from service.companies.audit import append
from service.desk import Desk
from service.erp import boms, dry_run, footprints, job, materials, months, plants
from service.erp.imports import Imported
from service.erp.night import Wanted, opened
from service.erp.period import period_of
from service.erp.reading import list_materials, list_plants, list_versions
from service.erp.show import show
from service.erp.tables import Column, Table, of_rows, read_csv
from service.erp.unmapped import unmapped
from service.http.asking import JSON, Body, body_of, media_type, object_of, raw_body, validated
from service.http.once import Once, as_json
from service.http.paging import USUAL, after_of, cursor_of, link_next
from service.http.problems import language, request_id, responses
from service.http.who import apart, desk_of, needs
from service.jobs import requests
from service.jobs.job import Job
from service.text.faults import problem

router = APIRouter(tags=["erp"])
CSV: Final = "text/csv"
Editor = Annotated[Caller, needs("data:write")]
Reader = Annotated[Caller, needs("data:read")]
Partial = Annotated[bool, Query(description="Take what is right and list the rest.")]
PeriodOf = Annotated[str, Query(description="2026, 2026-Q1, 2026-01..2026-06.")]
Releases = Annotated[str, Query(description="Factor releases, with commas.")]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str, Query(description="From the Link header of the page before.")]
Key = Annotated[str, Header(description="The same key and body get the same answer.")]


class Rows(Body):
    """Rows of a table, each an object of texts by column."""

    rows: list[Any] = Field(max_length=200_000)


class Night(Body):
    """Which period is calculated; ``mode``: changed or all."""

    period: str
    mode: str = "changed"
    release: str = ""
    regime: str = ""
    webhook: str = ""


class DryRun(Body):
    """Which period is calculated with which releases; ``threshold``: per cent from which a product is listed."""

    period: str
    release: str
    regime: str = ""
    threshold: str = dry_run.THRESHOLD
    webhook: str = ""


def _rows_of(example: dict[str, str]) -> dict[str, Any]:
    described = body_of(Rows, {"rows": [example]})
    described["requestBody"]["content"][CSV] = {"schema": {"type": "string"}}
    return described


Run = Callable[[Desk, Table, str, bool], Imported]


def _materials(desk: Desk, table: Table, actor: str, partial: bool, release: str = "") -> Imported:
    found = opened(desk, release)
    known = (*found.picked, *found.pinned)
    return materials.import_materials(desk, table, actor=actor, releases=known, partial=partial)


TABLES: Final[dict[str, tuple[Sequence[Column], Run]]] = {
    "plants": (plants.COLUMNS, lambda desk, table, actor, some: plants.import_plants(
        desk, table, actor=actor, partial=some)),
    "materials": (materials.COLUMNS, _materials),
    "boms": (boms.COLUMNS, lambda desk, table, actor, some: boms.import_boms(desk, table, actor=actor, partial=some)),
    "plant-months": (months.COLUMNS, lambda desk, table, actor, some: months.import_months(
        desk, table, actor=actor, partial=some)),
}  # fmt: skip


async def _taken(request: Request, who: Caller, name: str, partial: bool) -> JSONResponse:
    """Import a table: 200 with counts, the version, and with ``partial`` what was left out."""
    kind = media_type(request, JSON, CSV)
    content = await raw_body(request)
    desk, said = desk_of(request, who), language(request)
    columns, run = TABLES[name]
    once = Once(desk, who, f"POST /v1/{name}?{partial}", request.headers.get("idempotency-key", ""), content)

    def work() -> tuple[int, Any]:
        if kind == CSV:
            table = read_csv(content, columns, name)
        else:
            table = of_rows(validated(Rows, object_of(content)).rows, columns)
        done = run(desk, table, who.actor, partial)
        body = done.plain() | {"errors": problem(done.faults, said)["errors"] if done.faults else []}
        once.keep_after(200, body)  # the same rows a second time change nothing
        return 200, body

    found = await apart(lambda: once.answer(work))
    return as_json(found)


_ANSWERS: Final = responses(400, 404, 413, 415)


@router.post(
    "/plants", operation_id="importPlants", responses=_ANSWERS,
    openapi_extra=_rows_of({"plant": "AH1", "country": "CN", "province": "CN-AH", "shared_by": "mass"}),
)  # fmt: skip
async def post_plants(request: Request, who: Editor, partial: Partial = False, idempotency_key: Key = "") -> Response:
    """Upsert plants: name, place, what their meters are shared by."""
    return await _taken(request, who, "plants", partial)


@router.post(
    "/materials", operation_id="importMaterials", responses=_ANSWERS,
    openapi_extra=_rows_of({"number": "100-17", "name_zh": "钢板", "unit": "kg", "maps_to": "product:100-16"}),
)  # fmt: skip
async def post_materials(
    request: Request, who: Editor, partial: Partial = False, idempotency_key: Key = ""
) -> Response:  # fmt: skip
    """Upsert the company's numbers, units and what they map to, as one version."""
    return await _taken(request, who, "materials", partial)


@router.post(
    "/boms", operation_id="importBoms", responses=_ANSWERS,
    openapi_extra=_rows_of({
        "product": "SET-9", "plant": "AH1", "per": "1", "per_unit": "piece", "component": "100-17", "amount": "2.5",
        "unit": "kg",
    }),
)  # fmt: skip
async def post_boms(request: Request, who: Editor, partial: Partial = False, idempotency_key: Key = "") -> Response:
    """Replace the bills of materials that the rows name, as one version."""
    return await _taken(request, who, "boms", partial)


@router.post(
    "/plant-months", operation_id="importPlantMonths", responses=_ANSWERS,
    openapi_extra=_rows_of({
        "plant": "AH1", "month": "2026-01", "kind": "electricity", "id": "main", "amount": "120000", "unit": "kWh",
    }),
)  # fmt: skip
async def post_months(request: Request, who: Editor, partial: Partial = False, idempotency_key: Key = "") -> Response:
    """Upsert meters, fuels and outputs of plants by month, as one version."""
    return await _taken(request, who, "plant-months", partial)


@router.get("/plants", operation_id="listPlants", responses=responses())
async def get_plants(request: Request, who: Reader) -> dict[str, Any]:
    """The plants by code."""
    return {"plants": await apart(lambda: list_plants(desk_of(request, who)))}


@router.get("/materials", operation_id="listMaterials", responses=responses())
async def get_materials(
    request: Request, response: Response, who: Reader,
    number: Annotated[str, Query(description="One number, with all its days.")] = "",
    limit: Limit = USUAL, cursor: Cursor = "",
) -> dict[str, Any]:  # fmt: skip
    """Materials by number, each with the version its row is of."""
    found = bound(list_materials, desk_of(request, who), number=number)
    return await _page(request, response, who, cursor, lambda after: found(after=after, limit=limit), "materials")


@router.get("/materials/unmapped", operation_id="listUnmapped", responses=responses(404))
async def get_unmapped(
    request: Request, response: Response, who: Reader, period: PeriodOf, release: Releases = "",
    limit: Limit = USUAL, cursor: Cursor = "",
) -> dict[str, Any]:  # fmt: skip
    """Numbers that a period uses and nothing answers for, most used first, with factors to choose from and why."""
    desk = desk_of(request, who)

    def rows(after: str) -> tuple[list[dict[str, Any]], str]:
        known = opened(desk, release)
        releases = (*known.picked, *known.pinned)
        return unmapped(desk, period_of(period), releases, after=after, limit=limit)

    return await _page(request, response, who, cursor, rows, "unmapped")


@router.get("/versions", operation_id="listVersions", responses=responses())
async def get_versions(request: Request, who: Reader, limit: Limit = USUAL) -> dict[str, Any]:
    """Versions of the company's tables, newest first: what, when, by whom."""
    return {"versions": await apart(lambda: list_versions(desk_of(request, who), limit))}


@router.get("/products/{number}/document", operation_id="getProductDocument", responses=responses(404))
async def get_document(
    request: Request, who: Reader, number: Annotated[str, Path(max_length=200)],
    plant: Annotated[str, Query(description="Plant.")], period: PeriodOf, release: Releases = "",
) -> dict[str, Any]:  # fmt: skip
    """The activity data a product is calculated from, as ``POST /v1/footprints`` takes them."""
    return await apart(lambda: show(desk_of(request, who), number, plant, Wanted(period, release=release)))


@router.get("/footprints", operation_id="listFootprints", responses=responses())
async def get_footprints(
    request: Request, response: Response, who: Annotated[Caller, needs("record:read")],
    number: Annotated[str, Query(description="Own number of the product.")] = "",
    plant: Annotated[str, Query(description="Plant.")] = "",
    period: PeriodOf = "",
    valid_on: Annotated[str, Query(description="In force at the end of this day, 2026-12-31; default: now.")] = "",
    changed_since: Annotated[str, Query(description="Came into force or became stale since, 2026-11-21T00:00Z.")] = "",
    limit: Limit = USUAL, cursor: Cursor = "",
) -> dict[str, Any]:  # fmt: skip
    """Footprints of own products by own number, with the record behind each."""
    desk = desk_of(request, who)

    def work() -> tuple[list[dict[str, str]], str]:
        secret = desk.records.secret()
        after = after_of(cursor, secret, 4 if changed_since else 3) or ()
        rows, going_on = footprints.find(
            desk, number=number, plant=plant, period=period, valid_on=valid_on, changed_since=changed_since,
            after=after, limit=limit,
        )  # fmt: skip
        return [row for row in rows if who.may_read(row["record"])], cursor_of(going_on, secret) if going_on else ""

    shown, following = await apart(work)
    response.headers.update(link_next(request, following))
    return {"footprints": shown}


@router.post(
    "/nights", status_code=202, operation_id="startNight", responses=responses(400, 404, 409, 413, 415),
    openapi_extra=body_of(Night, {"period": "2026", "mode": "changed"}),
)  # fmt: skip
async def post_night(
    request: Request, who: Annotated[Caller, needs("calc:run")], idempotency_key: Key = ""
) -> JSONResponse:  # fmt: skip
    """Calculate every product of a period, what changed and nothing else; one night at a time for a period."""
    return await _accepted(request, who, Night, job.submit, idempotency_key)


@router.post(
    "/dry-runs", status_code=202, operation_id="startDryRun", responses=responses(400, 404, 413, 415),
    openapi_extra=body_of(DryRun, {"period": "2026", "release": "cn-2026.1", "threshold": "1"}),
)  # fmt: skip
async def post_dry_run(
    request: Request, who: Annotated[Caller, needs("calc:run")], idempotency_key: Key = ""
) -> JSONResponse:  # fmt: skip
    """Calculate a period with other releases and store nothing: the job's result lists what moves, is new, fails."""
    return await _accepted(request, who, DryRun, dry_run.submit, idempotency_key)


async def _accepted(
    request: Request, who: Caller, model: type[Body], submit: Callable[..., Job], key: str
) -> JSONResponse:
    media_type(request, JSON)
    content = await raw_body(request)
    desk, said = desk_of(request, who), language(request)
    once = Once(desk, who, f"POST {request.url.path}", key, content)

    def work() -> tuple[int, Any]:
        def beside(session: Session, accepted: Job) -> None:
            detail = {"kind": accepted.kind}
            append(session, desk.tenant, who.actor, "job.accepted", accepted.id, detail, request_id(request))
            once.keep(session, 202, accepted.status(said))

        asked = validated(model, object_of(content)).model_dump(exclude_defaults=True)
        hook = asked.pop("webhook", "")
        return 202, submit(desk, asked, caller=who.actor, webhook=hook, beside=beside).status(said)

    found = await apart(lambda: once.answer(work))
    headers = {"Location": f"/v1/jobs/{found.body['id']}", "Retry-After": str(requests.RETRY_SECONDS)}
    return as_json(found, headers)


async def _page(
    request: Request, response: Response, who: Caller, cursor: str,
    rows: Callable[[str], tuple[list[Any], str]], name: str,
) -> dict[str, Any]:  # fmt: skip
    """A page of rows that are sorted by one text."""
    desk = desk_of(request, who)

    def work() -> tuple[list[Any], str]:
        secret = desk.records.secret()
        after = after_of(cursor, secret, 1)
        found, last = rows(after[0] if after else "")
        return found, cursor_of([last], secret) if last else ""

    shown, following = await apart(work)
    response.headers.update(link_next(request, following))
    return {name: shown}
