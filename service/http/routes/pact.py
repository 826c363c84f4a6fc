"""PACT 3.0.3 as a partner's system sees it: tokens, footprints, events; over TLS and nothing else (docs/pact.md)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from lca.faults import Collector, Fault, Refused
from service.companies.access import Caller
from service.companies.keys import client_token
from service.http.answers.refusal import OAUTH_ERROR, PACT_ERROR
from service.http.asking import raw_body
from service.http.pact_errors import refused
from service.http.problems import request_id
from service.http.who import apart, desk_of, needs, settings_of, store_of
from service.pact import events as exchanged
from service.pact import listing
from service.pact.extension import PATH, schema
from service.pact.filters import NAMES, of_query
from service.pact.partners import asking
from service.pact.properties import PRODUCT
from service.pact.properties import schema as product_schema

FORM: Final = "application/x-www-form-urlencoded"
CLOUD: Final = "application/cloudevents+json"
SCOPES: Final = ("footprint:list", "footprint:read", "footprint:events")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")


def over_tls(request: Request) -> None:
    """Refuse plain HTTP: a dependency of every route here, before anything is looked at.

    Behind a proxy the scheme is what a proxy named in ``PCF_PROXIES`` says.

    Raises:
        Refused: ``tls_only``.
    """
    if request.url.scheme != "https":
        raise Refused([Fault("tls_only", found=request.url.scheme, expected="https")])


def _answers(*codes: int) -> dict[int | str, dict[str, Any]]:
    means = {400: "wrong in the request", 401: "no valid token", 403: "not with this token", 404: "unknown",
             429: "too often"}  # fmt: skip
    return {
        code: {"description": means[code], "content": {"application/json": {"schema": PACT_ERROR}}}
        for code in (*codes, 401, 403, 429)
    }


router = APIRouter(tags=["pact"], dependencies=[Depends(over_tls)])
open_router = APIRouter(tags=["pact"])
_KEY: Final[list[dict[str, list[str]]]] = [{"key": []}]
_LIST: Final[dict[str, Any]] = {
    "security": _KEY,
    "parameters": [
        {
            "name": name, "in": "query", "description": "Given again: any of the values. Letters match without case.",
            "schema": {"type": "array", "items": {"type": "string"}},
        }
        for name in NAMES
    ]
    + [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": listing.USUAL}},
        {"name": "cursor", "in": "query", "description": "From a Link.", "schema": {"type": "string"}},
    ],
}  # fmt: skip
_ONE: Final[dict[str, Any]] = {
    "security": _KEY,
    "parameters": [{"name": "footprint_id", "in": "path", "required": True, "schema": {"type": "string"}}],
}
_TOKEN: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object", "required": ["grant_type"],
                    "properties": {"grant_type": {"const": "client_credentials"}, "scope": {"type": "string"}},
                },
                "example": {"grant_type": "client_credentials"},
            }
        },
    }
}  # fmt: skip
_OAUTH: Final[dict[int | str, dict[str, Any]]] = {
    code: {"description": means, "content": {"application/json": {"schema": OAUTH_ERROR}}}
    for code, means in ((400, "wrong in it"), (401, "invalid_client"), (403, "not over TLS"), (429, "too often"))
}  # fmt: skip
_EVENT: Final[dict[str, Any]] = {
    "security": _KEY,
    "requestBody": {
        "required": True,
        "content": {
            CLOUD: {
                "schema": {
                    "type": "object", "required": ["type", "specversion", "id", "source", "time", "data"],
                    "properties": {
                        "type": {"enum": list(exchanged.TYPES)}, "specversion": {"const": "1.0"},
                        "id": {"type": "string"}, "source": {"type": "string"},
                        "time": {"type": "string", "format": "date-time"}, "data": {"type": "object"},
                    },
                },
                "example": {
                    "type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3", "specversion": "1.0",
                    "id": "a1/13", "source": "https://partner.example/3/events", "time": "2026-11-21T00:00:00Z",
                    "data": {"productId": ["urn:gtin:4712345060507"]},
                },
            }
        },
    },
}  # fmt: skip


@router.post(
    "/auth/token", operation_id="pactToken", openapi_extra=_TOKEN,
    responses=_OAUTH,
)  # fmt: skip
async def token(request: Request) -> JSONResponse:
    """An access token for client credentials (RFC 6749 §4.4): HTTP Basic, a form with ``grant_type``."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = await raw_body(request)
    if said != FORM:
        raise Refused([Fault("media_type", "Content-Type", found=said[:80] or "none", expected=FORM)])
    try:
        given = parse_qsl(content.decode("utf-8"), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise Refused([Fault("body_unreadable", "/", found=str(error)[:80], expected="a form")]) from None
    form = dict(given)
    if len(form) != len(given):
        raise Refused([Fault("key_twice", "/", found="a field twice", expected="each field once")])
    if form.get("grant_type") != "client_credentials":
        found = form.get("grant_type", "")[:40] or "nothing"
        raise Refused([Fault("pact_grant", "grant_type", found=found, expected="client_credentials")])
    client, secret = _basic(request)
    request.app.state.rates.take(f"token {client[:60]}", settings_of(request).per_minute)
    engine, wanted = store_of(request).engine, form.get("scope", "").split()
    text, seconds, scopes = await apart(lambda: client_token(engine, client, secret, wanted))
    body = {"access_token": text, "token_type": "Bearer", "expires_in": seconds, "scope": scopes}
    return JSONResponse(body, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


@router.get("/.well-known/openid-configuration", operation_id="pactOpenId", responses={403: _OAUTH[403]})
async def openid(request: Request) -> dict[str, Any]:
    """Where tokens are given: what a partner's system looks for first."""
    base = str(request.base_url).rstrip("/")
    return {
        "issuer": base,
        "token_endpoint": f"{base}/auth/token",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "response_types_supported": ["token"],
        "scopes_supported": list(SCOPES),
    }


@router.get("/3/footprints", operation_id="pactListFootprints", openapi_extra=_LIST, responses=_answers(400))
async def list_footprints(request: Request, who: Annotated[Caller, needs(SCOPES[0])]) -> JSONResponse:
    """Published footprints that match all filters, in the order of their publication, page by page."""
    wrong = Collector()
    pairs, limit, cursor = [], listing.USUAL, ""
    for name, value in request.query_params.multi_items():
        if name in NAMES:
            pairs.append((name, value))
        elif name == "limit" and _WHOLE.fullmatch(value):
            limit = int(value)
        elif name == "cursor":
            cursor = value
        else:
            expected = f"{', '.join(NAMES)}, limit (a whole number)"
            wrong.add(Fault("pact_filter", name[:60], found=value[:80] or "blank", expected=expected))
    filters = of_query(pairs, wrong)
    wrong.raise_if_any()
    desk = desk_of(request, who)

    def work() -> tuple[list[dict[str, Any]], str]:
        partner = asking(desk, who)
        return listing.listed(desk, filters, partner=partner.id if partner else "", limit=limit, cursor=cursor)

    shown, following = await apart(work)
    headers = {"Cache-Control": "private, no-cache"}
    if following:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    return JSONResponse({"data": shown}, headers=headers)


@router.get(
    "/3/footprints/{footprint_id}", operation_id="pactGetFootprint", openapi_extra=_ONE, responses=_answers(400, 404)
)
async def get_footprint(request: Request, who: Annotated[Caller, needs(SCOPES[1])]) -> JSONResponse:
    """One footprint by its id."""
    desk, footprint_id = desk_of(request, who), str(request.path_params["footprint_id"])

    def work() -> dict[str, Any]:
        partner = asking(desk, who)
        return listing.one(desk, footprint_id, partner=partner.id if partner else "")

    return JSONResponse({"data": await apart(work)}, headers={"Cache-Control": "private, no-cache"})


@router.post(
    "/3/events", operation_id="pactEvent", openapi_extra=_EVENT, responses=_answers(400), response_class=Response
)
async def post_event(request: Request, who: Annotated[Caller, needs(SCOPES[2])]) -> Response:
    """Receive an event: it is written down with what follows from it, and answered with an empty 200."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = await raw_body(request)
    if said != CLOUD:
        return refused(request, (Fault("media_type", "Content-Type", found=said[:80] or "none", expected=CLOUD),))
    event = exchanged.read_event(content)
    desk = desk_of(request, who)

    def work() -> None:
        partner = asking(desk, who)
        if partner is None:
            expected = "a client of a registered partner: pcf pact partner"
            raise Refused([Fault("pact_not_a_partner", found=who.actor, expected=expected)])
        if event.kind == exchanged.REQUEST and not partner.base_url:
            expected = "the partner's base address: answers go there"
            raise Refused([Fault("pact_no_address", partner.title, found="none", expected=expected)])
        exchanged.take(desk, partner, event, actor=who.actor, request_id=request_id(request))

    await apart(work)
    return Response(status_code=200, media_type="application/json")


@open_router.get(PATH, operation_id="pactExtensionSchema")
async def extension_schema() -> JSONResponse:
    """JSON Schema of the extension in our footprints; the same for everybody."""
    return JSONResponse(schema(), headers={"Cache-Control": "public, max-age=86400"})


@open_router.get("/schemas/pact-footprint-3.0.3.json", operation_id="pactFootprintSchema")
async def footprint_schema() -> JSONResponse:
    """JSON Schema of the footprints we publish."""
    return JSONResponse(product_schema(PRODUCT), headers={"Cache-Control": "public, max-age=86400"})


def _basic(request: Request) -> tuple[str, str]:
    """Client id and secret of HTTP Basic.

    Raises:
        Refused: ``not_signed_in``.
    """
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        if kind.lower() == "basic":
            client, colon, secret = base64.b64decode(text.strip(), validate=True).decode("utf-8").partition(":")
            if colon:
                return client, secret
    except (binascii.Error, UnicodeDecodeError):
        pass
    raise Refused([Fault("not_signed_in", "Authorization", found=kind[:20] or "nothing", expected="Basic")])
