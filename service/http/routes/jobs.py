"""Jobs: work accepted now and done by a worker; its state, its results item by item, its end asked for."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from service.companies.access import Caller
from service.companies.audit import append
from service.http.asking import JSON, media_type, object_of, raw_body
from service.http.once import Once, as_json
from service.http.paging import USUAL, after_of, cursor_of, link_next, page
from service.http.problems import language, request_id, responses
from service.http.routes.footprints import EXAMPLE as ACTIVITY
from service.http.who import apart, desk_of, needs
from service.jobs import requests
from service.jobs.job import Job
from service.series import MOST

router = APIRouter(tags=["jobs"])
ROUTE: Final = "POST /v1/jobs"
EXAMPLE: Final = {"items": [{"id": "works-a-2024", "data": ACTIVITY}], "seal": "changed"}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "type": "object",
                    "required": ["items"],
                    "additionalProperties": False,
                    "properties": {
                        "items": {
                            "type": "array",
                            "minItems": 1,
                            "items": {
                                "type": "object",
                                "required": ["id", "data"],
                                "additionalProperties": False,
                                "properties": {
                                    "id": {"type": "string"},
                                    "data": {"type": "object"},
                                    "series": {
                                        "type": "object",
                                        "maxProperties": MOST,
                                        "additionalProperties": {"type": "string"},
                                        "description": "Interval series: the text of each CSV by the name of its rows.",
                                    },
                                },
                            },
                        },
                        "regime": {"type": "string"},
                        "release": {"type": "string"},
                        "draft": {"type": "boolean"},
                        "seal": {"enum": ["changed", "all", "none"]},
                    },
                },
                "example": EXAMPLE,
            }
        },
    }
}
JobId = Annotated[str, "a job's id"]


@router.post(
    "/jobs",
    status_code=202,
    operation_id="submitJob",
    openapi_extra=_BODY,
    responses=responses(400, 404, 409, 413, 415),
)
async def post_job(
    request: Request,
    who: Annotated[Caller, needs("calc:run")],
    webhook: Annotated[str, Query(description="Id of a webhook that is told of the end.")] = "",
    idempotency_key: Annotated[str, Header(description="The same key and body get the same job.")] = "",
) -> JSONResponse:
    """Accept calculations of many works, which may use each other's products (docs/batch.md); 202 once it is kept."""
    media_type(request, JSON)
    content = await raw_body(request)
    desk = desk_of(request, who)
    once = Once(desk, who, f"{ROUTE}?webhook={webhook}", idempotency_key, content)
    said = language(request)

    def work() -> tuple[int, Any]:
        def beside(session: Session, job: Job) -> None:
            append(session, desk.tenant, who.actor, "job.accepted", job.id, {"kind": job.kind}, request_id(request))
            once.keep(session, 202, job.status(said))

        asked = object_of(content)
        job = requests.submit(desk, asked, caller=who.actor, webhook=webhook, beside=beside)
        return 202, job.status(said)

    found = await apart(lambda: once.answer(work))
    headers = {"Location": f"/v1/jobs/{found.body['id']}", "Retry-After": str(requests.RETRY_SECONDS)}
    return as_json(found, headers)


@router.get("/jobs", operation_id="listJobs", responses=responses(400))
async def list_jobs(
    request: Request,
    response: Response,
    who: Annotated[Caller, needs("job:read")],
    state: Annotated[str, Query(description="queued, running, succeeded, failed, cancelled.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = USUAL,
    cursor: Annotated[str, Query(description="From the Link header of the page before.")] = "",
) -> dict[str, Any]:
    """Jobs of the company, newest first."""
    desk, said = desk_of(request, who), language(request)

    def work() -> tuple[list[Any], str]:
        secret = desk.records.secret()
        after = after_of(cursor, secret, 2)
        before = (float(after[0]), after[1]) if after else None
        rows = requests.listing(desk, said, state=state, limit=limit + 1, after=before)
        return page(rows, limit, lambda row: (repr(row[1][0]), row[1][1]), secret)

    shown, following = await apart(work)
    response.headers.update(link_next(request, following))
    return {"jobs": [job for job, _ in shown]}


@router.get("/jobs/{job_id}", operation_id="getJob", responses=responses(404))
async def get_job(
    request: Request, response: Response, job_id: JobId, who: Annotated[Caller, needs("job:read")]
) -> dict[str, Any]:
    """State, progress, times, counts or faults of a job."""
    desk, said = desk_of(request, who), language(request)
    found = await apart(lambda: requests.status(desk, job_id, said))
    if found["state"] in ("queued", "running"):
        response.headers["Retry-After"] = str(requests.RETRY_SECONDS)
    return found


@router.delete("/jobs/{job_id}", status_code=202, operation_id="cancelJob", responses=responses(404, 409))
async def cancel_job(request: Request, job_id: JobId, who: Annotated[Caller, needs("calc:run")]) -> dict[str, Any]:
    """Ask for the end of a job: a queued one ends now, a running one after the item it is at. What is done stays."""
    desk, said = desk_of(request, who), language(request)
    return (await apart(lambda: requests.cancel(desk, job_id))).status(said)


@router.get("/jobs/{job_id}/results", operation_id="getJobResults", responses=responses(400, 404))
async def get_results(
    request: Request,
    response: Response,
    job_id: JobId,
    who: Annotated[Caller, needs("job:read")],
    limit: Annotated[int, Query(ge=1, le=200)] = USUAL,
    cursor: Annotated[str, Query(description="From the Link header of the page before.")] = "",
) -> dict[str, Any]:
    """What came of the items, by item, from the moment each is done; failed ones once the job has ended."""
    desk, said = desk_of(request, who), language(request)

    def work() -> tuple[list[dict[str, Any]], str]:
        secret = desk.records.secret()
        after = after_of(cursor, secret, 1)
        rows = requests.results(desk, job_id, said, after=after[0] if after else "", limit=limit + 1)
        return rows[:limit], cursor_of([rows[limit - 1]["item"]], secret) if len(rows) > limit else ""

    shown, following = await apart(work)
    response.headers.update(link_next(request, following))
    return {"items": shown}
