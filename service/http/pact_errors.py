"""PACT's own error objects, on PACT's own routes: ``{"code", "message"}`` under ``/3``, OAuth's under ``/auth``.

Statuses are those of PACT 3.0.3: what is wrong in a request is 400, never 422. A token that is not known or was revoked
is 401 with the code BadRequest, as the conformance service has it; one that has expired is TokenExpired.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from lca.faults import Fault, Refused
from lca.messages import sentence
from service.http.problems import RETRY, STATUS, language

EXCHANGE: Final = "/3/"
AUTH: Final = ("/auth/", "/.well-known/")
CODES: Final = {401: "BadRequest", 403: "AccessDenied", 404: "NotFound", 500: "InternalError"}
Handler = Callable[[Request, Exception], Awaitable[Response]]


def in_pact(answer: Handler) -> Any:
    """An error handler that answers on PACT's routes as PACT has it, and elsewhere as ``answer`` does."""

    async def handled(request: Request, error: Exception) -> Response:
        path = request.url.path
        if not path.startswith((EXCHANGE, *AUTH)):
            return await answer(request, error)
        told = await answer(request, error)  # logs what is ours to put right
        faults = error.faults if isinstance(error, Refused) else _faults(error)
        broken = told.status_code if told.status_code >= 500 else 0
        return oauth(request, faults, broken) if path.startswith(AUTH) else refused(request, faults, broken)

    return handled


def refused(request: Request, faults: tuple[Fault, ...], status: int = 0) -> JSONResponse:
    """A refusal as PACT's error object; the sentences of all faults make the message. ``status``: where it is ours."""
    first = faults[0].code if faults else ""
    known = {STATUS.get(fault.code, 400) for fault in faults}
    code = status if status >= 500 else min((one for one in known if one in (401, 403, 404, 429)), default=400)
    word = "TokenExpired" if first == "credential_expired" else CODES.get(min(code, 500), "BadRequest")
    said = language(request)
    message = " ".join(_told(fault, said) for fault in faults) or word
    headers = {"Content-Language": said, "Cache-Control": "no-store"}
    if code == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="pact", error="invalid_token"'
    if code in RETRY:
        headers["Retry-After"] = str(RETRY[code])
    return JSONResponse({"code": word, "message": message[:2_000]}, code, headers)


def oauth(request: Request, faults: tuple[Fault, ...], broken: int = 0) -> JSONResponse:
    """A refusal of the token endpoint (RFC 6749 §5.2); ``broken``: a status of 500 or more where the fault is ours."""
    known = {fault.code for fault in faults}
    said = language(request)
    told = " ".join(_told(fault, said) for fault in faults)
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache", "Content-Language": said}
    if known & {"not_signed_in", "credential_expired", "credential_revoked", "account_disabled"}:
        headers["WWW-Authenticate"] = 'Basic realm="pact"'
        return JSONResponse({"error": "invalid_client", "error_description": told}, 401, headers)
    word = "invalid_request"
    for code, oauth_word in (("pact_grant", "unsupported_grant_type"), ("scope_not_of_role", "invalid_scope")):
        word = oauth_word if code in known else word
    status = next((code for code in (403, 404, 405, 429) if code in {STATUS.get(one, 400) for one in known}), 400)
    status = broken or status
    if status in RETRY:
        headers["Retry-After"] = str(RETRY[status])
    return JSONResponse({"error": word, "error_description": told}, status, headers)


def _told(fault: Fault, said: Any) -> str:
    found = f" ({fault.where}: {fault.found})" if fault.where else f" ({fault.found})" if fault.found else ""
    return f"{sentence(fault, said)}{found}"


def _faults(error: Exception) -> tuple[Fault, ...]:
    if isinstance(error, HTTPException):
        if error.status_code == 404:
            return (Fault("route_unknown", expected="/openapi.json"),)
        if error.status_code == 405:
            return (Fault("method_not_allowed", expected=(error.headers or {}).get("Allow", "")),)
        return (Fault("body_unreadable", "/", found=str(error.detail)[:200]),)
    return (Fault("went_wrong", found=type(error).__name__, expected="an answer"),)
