"""Records: listed, read, re-run, reported, withdrawn. A record never changes; what is said of it beside may grow."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from lca.faults import Fault, Refused
from service.companies.access import Caller
from service.http.asking import Body, body_of, read_body
from service.http.attached import attached
from service.http.once import answered, as_json
from service.http.paging import USUAL, after_of, link_next, page
from service.http.problems import language, request_id, responses
from service.http.vouched import vouched
from service.http.who import apart, desk_of, needs
from service.records.disclose import disclose
from service.records.uploads import Upload, upload, uploads
from service.records.verify import rerun
from service.records.withdrawn import Withdrawn, withdrawal, withdrawn_among
from service.totals import of_column
from service.verify_apart import plain_fault

router = APIRouter(tags=["records"])
Key = Annotated[str, Header(description="The same key and body get the same answer.")]
Name = Annotated[str, "a record's name, or eight or more characters of its beginning"]


class Withdrawal(Body):
    """Why a record is withdrawn."""

    reason: str


@router.get("/records", operation_id="listRecords", responses=responses(400))
async def list_records(
    request: Request,
    response: Response,
    who: Annotated[Caller, needs("record:read")],
    product: Annotated[str, Query(description="Product id.")] = "",
    rule: Annotated[str, Query(description="Rule id.")] = "",
    status: Annotated[str, Query(description="complete, complete_with_proxies, draft.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = USUAL,
    cursor: Annotated[str, Query(description="From the Link header of the page before.")] = "",
) -> dict[str, Any]:
    """Records of the company, newest first."""
    desk = desk_of(request, who)

    def work() -> tuple[list[dict[str, Any]], str]:
        secret = desk.records.secret()
        after = after_of(cursor, secret, 2)
        wanted = {"product": product, "rule": rule, "status": status}
        rows = desk.records.listing(
            limit + 1, after=(after[0], after[1]) if after else None, wanted=wanted, only=who.records
        )
        shown, following = page(rows, limit, lambda row: (row["sealed_at"], row["name"]), secret)
        gone = withdrawn_among(desk, [row["name"] for row in shown])
        told = ({"total": of_column(row["total"]), "withdrawn_at": gone.get(row["name"], "")} for row in shown)
        return [{**row, **more} for row, more in zip(shown, told, strict=True)], following

    shown, following = await apart(work)
    response.headers.update(link_next(request, following))
    return {"records": shown}


@router.get(
    "/records/{name}", operation_id="getRecord",
    responses=responses(404) | {304: {"description": "The record that If-None-Match names."}},
)  # fmt: skip
async def get_record(request: Request, name: Name, who: Annotated[Caller, needs("record:read")]) -> Response:
    """A stored record, whole, with its signatures."""
    record, gone = await apart(lambda: held_and_gone(request, who, name))
    content = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Content-Hash": record["name"]} | said_of(gone)
    if tag in (part.strip() for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


@router.post("/records/{name}/reruns", operation_id="rerunRecord", responses=responses(404))
async def post_rerun(
    request: Request, name: Name, who: Annotated[Caller, needs("record:rerun")], idempotency_key: Key = ""
) -> JSONResponse:
    """Re-run a stored record and say the verdict."""

    def work() -> tuple[int, Any]:
        desk = desk_of(request, who)
        record = held(request, who, name)
        verdict = rerun(record, partial(request.app.state.shelf.release, desk), vouched(request, desk))
        desk.records.add_run(record["name"], "rerun", {"recomputation": verdict.recomputation, "caller": who.actor})
        reason = [plain_fault(fault) for fault in verdict.reason]
        return 200, {**asdict(verdict), "reason": reason, "exit_code": verdict.exit_code()}

    return as_json(await apart(lambda: answered(request, who, desk_of(request, who), name.encode(), work)))


@router.get("/records/{name}/runs", operation_id="listRuns", responses=responses(404))
async def list_runs(request: Request, name: Name, who: Annotated[Caller, needs("record:read")]) -> dict[str, Any]:
    """Calculations and re-runs of a record, oldest first: where, when and with what, without what was typed."""

    def work() -> list[dict[str, Any]]:
        full = held(request, who, name)["name"]
        runs = desk_of(request, who).records.runs(full)
        return [{key: value for key, value in run.items() if key != "typed"} for run in runs]

    return {"runs": await apart(work)}


@router.get("/records/{name}/uploads", operation_id="listUploads", responses=responses(404))
async def list_uploads(request: Request, name: Name, who: Annotated[Caller, needs("record:read")]) -> dict[str, Any]:
    """The files the record was calculated from here, as they were sent: data, and the interval series beside them."""

    def work() -> list[dict[str, Any]]:
        found = uploads(desk_of(request, who).records, held(request, who, name)["name"])
        return [{key: value for key, value in asdict(item).items() if key != "series" or value} for item in found]

    return {"uploads": await apart(work)}


@router.get("/records/{name}/uploads/{sha256}", operation_id="getUpload", responses=responses(404))
async def get_upload(
    request: Request, name: Name, who: Annotated[Caller, needs("record:read")],
    sha256: Annotated[str, Path(description="Digest of the file's bytes, from the list.", max_length=64)],
) -> Response:  # fmt: skip
    """One of these files, byte for byte."""

    def work() -> tuple[Upload, bytes]:
        return upload(desk_of(request, who).records, held(request, who, name)["name"], sha256)

    file, content = await apart(work)
    headers = {"Content-Disposition": attached(file.file_name), "Cache-Control": "private, no-cache"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/records/{name}/report", operation_id="getReport", responses=responses(404), response_class=HTMLResponse)
async def get_report(
    request: Request, name: Name, who: Annotated[Caller, needs("record:read")],
    level: Annotated[str, Query(description="public, customer, auditor; default: the whole result.")] = "",
) -> Response:  # fmt: skip
    """The record as one self-contained page, in the language asked for; it holds what it shows: without a level the
    whole result. With one who asks needs the scope ``record:share``, as for a copy.
    """
    from service.report.page import render_report

    said = language(request)

    def work() -> str:
        record, gone = held_and_gone(request, who, name)
        if level:
            who.needs("record:share")
            record = disclose(record, level, desk_of(request, who).records.secret())
        return render_report(record, said, gone=gone)

    text = await apart(work)
    # The page brings its own policy with the hash of its one style sheet.
    policy = "frame-ancestors 'none'"
    return HTMLResponse(text, headers={"Content-Language": said, "Content-Security-Policy": policy})


@router.post(
    "/records/{name}/withdrawal", operation_id="withdrawRecord", responses=responses(400, 404, 413, 415),
    openapi_extra=body_of(Withdrawal, {"reason": "meter 3 was read twice"}),
)  # fmt: skip
async def post_withdrawal(
    request: Request, name: Name, who: Annotated[Caller, needs("calc:run")], idempotency_key: Key = ""
) -> JSONResponse:
    """Withdraw a record: it stays as it is, and what it drew from instruments is free again."""
    reason = (await read_body(request, Withdrawal)).reason
    if not reason:
        raise Refused([Fault("field_wrong", "/reason", found="blank", expected="why the record is withdrawn")])

    def work() -> tuple[int, Any]:
        full = held(request, who, name)["name"]
        withdrawn = desk_of(request, who).records.withdraw(full, reason, who.actor, request_id(request))
        return 200, {"name": withdrawn, "withdrawn": True}

    return as_json(await apart(lambda: answered(request, who, desk_of(request, who), reason.encode(), work)))


def held(request: Request, who: Caller, name: str) -> dict[str, Any]:
    """A record the caller may see; one they may not see is unknown to them.

    Raises:
        Refused: ``record_unknown``, ``record_ambiguous``.
    """
    record = desk_of(request, who).records.get(name)
    if not who.may_read(record["name"]):
        expected = "the name of a stored record, or its first eight characters"
        raise Refused([Fault("record_unknown", found=name, expected=expected)])
    return record


def held_and_gone(request: Request, who: Caller, name: str) -> tuple[dict[str, Any], Withdrawn | None]:
    """A record as :func:`held` finds it, and its withdrawal."""
    record = held(request, who, name)
    return record, withdrawal(desk_of(request, who), record["name"])


def said_of(gone: Withdrawn | None) -> dict[str, str]:
    """A withdrawal as a header: beside the record, which never changes, and also where a kept copy of it is fresh."""
    return {} if gone is None else {"X-Record-Withdrawn": gone.at}
