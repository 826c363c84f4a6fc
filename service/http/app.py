"""A first HTTP interface: footprints, records, re-runs. Keys, tenants and pages come later; it serves loopback only.

400 the body cannot be read · 422 anything wrong in the request, a rule's refusal included · 404 unknown · 409 state.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse

from lca.doors import read_json
from lca.faults import Fault, Refused
from service.calculate import Asked, calculate
from service.desk import Desk, open_desk
from service.intake import MEDIA, composed, read_bytes
from service.records.verify import rerun
from service.text.faults import problem
from service.text.words import Language, language_of

MAX_BODY: Final = 10_000_000
_STATUS: Final = {
    "json_unreadable": 400,
    "yaml_unreadable": 400,
    "body_unreadable": 400,
    "file_encoding": 400,
    "too_deep": 400,
    "not_a_number": 400,
    "key_twice": 400,
    "record_unknown": 404,
    "record_ambiguous": 404,
    "file_too_large": 413,
    "store_not_ready": 409,
}
PROBLEM: Final = "application/problem+json"
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    code: {"description": text, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for code, text in (
        (400, "the body cannot be read"),
        (404, "unknown"),
        (413, "the body is too large"),
        (422, "the data are refused; all faults at once"),
    )
}


def make_app(store: str = "") -> FastAPI:
    """The application on one store, opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.desk = stack.enter_context(open_desk(store))
            yield

    app = FastAPI(title="pcf-engine", version=version("pcf-engine"), lifespan=lifespan)
    app.add_exception_handler(Refused, _refused)
    app.get("/healthz", tags=["service"])(healthz)
    app.post("/v1/footprints", status_code=201, tags=["footprints"], responses=_some(400, 413, 422), **_body())(
        post_footprints
    )
    app.get("/v1/records/{name}", tags=["records"], responses=_some(404))(get_record)
    app.post("/v1/records/{name}/reruns", tags=["records"], responses=_some(404))(post_rerun)
    _describe_problem(app)
    return app


async def healthz() -> dict[str, str]:
    """Alive; says nothing about the store."""
    return {"status": "ok", "version": version("pcf-engine")}


async def post_footprints(
    request: Request,
    regime: Annotated[str, Query(description="Regime id; default: the data's, then the rule's first.")] = "",
    release: Annotated[str, Query(description="Factor release.")] = "",
    draft: Annotated[bool, Query(description="Answer gaps with their sourced ranges.")] = False,
    accept_language: Annotated[str, Header()] = "",
) -> dict[str, Any]:
    """Calculate activity data and seal one record per product."""
    content = await _limited(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip() or MEDIA[".json"]

    def work() -> dict[str, Any]:
        kind = media if media in MEDIA.values() else MEDIA[".json"]
        if kind == MEDIA[".json"] and not isinstance(composed(read_json(_text(content))), dict):
            raise Refused([Fault("body_unreadable", "/", found="no object", expected="an object")])
        sent = read_bytes(content, kind, "request body")
        asked = Asked(regime=regime, release=release, draft=draft)
        done = calculate(sent, asked, _desk(request).records, caller="POST /v1/footprints")
        return {
            "records": [
                {"name": record["name"], "new": new, "result": record["sections"]["result"]}
                for record, new in zip(done.records, done.new or (False,) * len(done.records), strict=True)
            ]
        }

    return await asyncio.to_thread(work)


async def get_record(request: Request, name: str) -> dict[str, Any]:
    """A stored record, whole."""
    return await asyncio.to_thread(_desk(request).records.get, name)


async def post_rerun(request: Request, name: str) -> dict[str, Any]:
    """Re-run a stored record and say the verdict."""

    def work() -> dict[str, Any]:
        desk = _desk(request)
        record = desk.records.get(name)
        verdict = rerun(record, desk.release)
        desk.records.add_run(record["name"], "rerun", {"recomputation": verdict.recomputation})
        reason = [{"code": fault.code, "found": fault.found} for fault in verdict.reason]
        return {**asdict(verdict), "reason": reason, "exit_code": verdict.exit_code()}

    return await asyncio.to_thread(work)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused([Fault("file_encoding", "/", found=error.reason, expected="UTF-8")]) from None


async def _limited(request: Request) -> bytes:
    """The body, read no further than the limit."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise Refused([Fault("file_too_large", "/", found=f"over {MAX_BODY:,} bytes", expected=f"{MAX_BODY:,}")])
        parts.append(part)
    return b"".join(parts)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    language: Language = language_of(request.headers.get("accept-language", "en"))
    status = min((_STATUS.get(fault.code, 422) for fault in error.faults), default=422)
    return JSONResponse(problem(error.faults, language, status), status, media_type=PROBLEM)


def _some(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: _REFUSALS[code] for code in codes}


def _body() -> dict[str, Any]:
    """The request body is read through our own doors, which keep digits; the schema says so."""
    content = {
        MEDIA[".json"]: {"schema": {"type": "object", "description": "pcf-activity/1, see docs/activity-data.md"}},
        MEDIA[".yaml"]: {"schema": {"type": "string"}},
        MEDIA[".xlsx"]: {"schema": {"type": "string", "format": "binary"}},
    }
    return {"openapi_extra": {"requestBody": {"required": True, "content": content}}}


def _describe_problem(app: FastAPI) -> None:
    """Add the one error shape to the OpenAPI document."""
    original = app.openapi

    def described() -> dict[str, Any]:
        document = original()
        texts = ("code", "where", "message", "found", "expected", "rule", "fix")
        error = {"type": "object", "properties": {name: {"type": "string"} for name in texts}, "required": ["code"]}
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = {
            "type": "object",
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "errors": {"type": "array", "items": error},
            },
            "required": ["type", "title", "status", "errors"],
        }
        return document

    app.openapi = described  # type: ignore[method-assign]
