"""One error shape for every route under ``/v1``: RFC 9457 with all faults, their codes and sentences (docs/api.md).

400 the body or the query cannot be read · 401 no valid credential · 403 not with this one · 404 unknown · 409 state ·
413 too large · 415 media type · 422 anything wrong in the request, a rule's refusal included · 429 too often · 503 not
ready.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lca.faults import Fault, Refused
from service.text.faults import problem
from service.text.words import Language, language_of

PROBLEM: Final = "application/problem+json"
_CODES: Final[Mapping[int, str]] = {
    400: "json_unreadable yaml_unreadable body_unreadable file_encoding too_deep not_a_number key_twice cursor_wrong"
    " not_text",
    401: "not_signed_in credential_expired credential_revoked account_disabled sign_in_failed",
    403: "scope_missing cross_site tls_only form_token",
    404: "record_unknown record_ambiguous release_unknown route_unknown job_unknown key_unknown account_unknown"
    " share_unknown share_ended webhook_unknown delivery_unknown factor_unknown product_unknown material_unknown"
    " page_unknown activity_not_here upload_unknown pact_footprint_unknown pact_partner_unknown",
    405: "method_not_allowed",
    409: "erp_running store_not_ready release_exists job_ended job_exists company_exists last_owner made_once"
    " pact_no_profile pact_active_already pact_supersedes",
    413: "file_too_large body_too_large",
    415: "media_type",
    429: "sign_in_often too_often",
    500: "went_wrong",
    503: "not_ready too_slow verify_busy",
}
STATUS: Final[Mapping[str, int]] = {code: status for status, codes in _CODES.items() for code in codes.split()}
"""Codes with a status of their own; every other fault is 422."""
RETRY: Final[Mapping[int, int]] = {429: 60, 503: 5}
log = logging.getLogger("pcf.http")


def status_of(faults: Iterable[Fault]) -> int:
    """The status of a refusal: the first in the order of this page that a fault asks for."""
    return min((STATUS.get(fault.code, 422) for fault in faults), default=422)


def language(request: Request) -> Language:
    """The caller's language: what the request asks for, else what their account says, else English."""
    caller = getattr(request.state, "caller", None)
    return preferred(request.headers.get("accept-language", "")) or language_of(getattr(caller, "language", "") or "en")


def preferred(header: str) -> Language | None:
    """The first of our languages in an ``Accept-Language`` header by its weights; None where it names neither."""
    weighed = []
    for place, part in enumerate(header.split(",")):
        name, _, weight = part.strip().lower().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, name))
        except ValueError:
            continue
    names = [name for weight, _, name in sorted(weighed) if weight < 0]
    return next((language_of(name) for name in names if name.startswith(("zh", "en"))), None)


def refused(request: Request, faults: Iterable[Fault], status: int = 0) -> JSONResponse:
    """A refusal as an answer."""
    kept = tuple(faults)
    code = status or status_of(kept)
    said = language(request)
    body = problem(kept, said, code) | {"instance": request.url.path, "request_id": request_id(request)}
    headers = {"Content-Language": said, "Cache-Control": "no-store", "Vary": "Accept-Language"}
    if code in RETRY:
        headers["Retry-After"] = str(RETRY[code])
    if code == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="pcf-engine"'
    return JSONResponse(body, code, headers, media_type=PROBLEM)


def request_id(request: Request) -> str:
    """The id of this request, as the answer's ``X-Request-Id`` and every log line have it."""
    return str(request.scope.get("pcf.request_id", ""))


async def on_refused(request: Request, error: Exception) -> JSONResponse:
    """Handler of :class:`Refused`."""
    assert isinstance(error, Refused)
    return refused(request, error.faults)


async def on_validation(request: Request, error: Exception) -> JSONResponse:
    """Handler of what FastAPI finds wrong in paths and queries; bodies go through our own doors."""
    assert isinstance(error, RequestValidationError)
    return refused(
        request,
        [
            Fault(
                "parameter_wrong", "/".join(map(str, item["loc"])), found=repr(item.get("input", ""))[:80],
                expected=str(item["msg"]),
            )
            for item in error.errors()
        ],
    )  # fmt: skip


async def on_http(request: Request, error: Exception) -> JSONResponse:
    """Handler of what the framework raises by itself: unknown routes and methods."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        fault = Fault("route_unknown", found=f"{request.method} {request.url.path}"[:120], expected="/openapi.json")
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        fault = Fault("method_not_allowed", found=request.method, expected=allowed)
        answer = refused(request, [fault])
        answer.headers["Allow"] = allowed
        return answer
    else:
        fault = Fault("body_unreadable", "/", found=str(error.detail)[:200], expected="a request as in /openapi.json")
    return refused(request, [fault], error.status_code)


async def on_database(request: Request, error: Exception) -> JSONResponse:
    """Handler of a database that does not answer: nothing of the request was done, or all of it was committed."""
    log.warning("the database does not answer: %s", type(error).__name__, extra={"request_id": request_id(request)})
    return refused(request, [Fault("not_ready", found=type(error).__name__, expected="a database that answers")])


async def on_broken(request: Request, error: Exception) -> JSONResponse:
    """Handler of everything else: our fault. The reason goes to the log, the request id to the caller."""
    log.error("went wrong", exc_info=error, extra={"request_id": request_id(request)})
    fault = Fault("went_wrong", found=f"request {request_id(request)}", expected="an answer")
    return refused(request, [fault], 500)


_MEANS: Final = {
    400: "the body or the query cannot be read",
    401: "no valid credential",
    403: "not with this credential",
    404: "unknown",
    405: "not with this method",
    409: "the state of the thing does not allow it",
    413: "the body is too large",
    415: "the media type is not one of those",
    422: "the data are refused; all faults at once",
    429: "too often: see Retry-After",
    503: "not ready: see Retry-After",
}


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What a route documents: these refusals, and those that every route may answer."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        code: {"description": _MEANS[code], "content": {PROBLEM: schema}}
        for code in sorted({400, 401, 403, 422, 429, 503, *codes})
    }
