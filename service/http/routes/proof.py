"""Proof for others: signatures, disclosed copies, shares, and verifying a record that anybody sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from lca.faults import Fault, Refused
from service.companies.access import Caller
from service.companies.secrets import taken_apart
from service.companies.shares import DAYS, Share, list_shares, new_share, open_share, revoke_share
from service.http.asking import JSON, Body, body_of, media_type, raw_body, read_body
from service.http.once import answered, as_json
from service.http.problems import request_id, responses
from service.http.routes.records import Key, Name, held, held_and_gone, said_of
from service.http.vouched import keys_folder, vouched
from service.http.who import apart, caller, desk_of, needs, settings_of, shown, store_of
from service.records.disclose import disclose
from service.records.keys import passphrase
from service.records.sign import sign
from service.verify_apart import verify_apart

router = APIRouter(tags=["proof"])
PER_MINUTE: Final = 20
"""Records that one address may have verified in a minute: each takes a process of its own."""
Sharer = Annotated[Caller, needs("record:share")]


class Signing(Body):
    """Which key signs; empty for the newest good one."""

    key: str = ""


class NewShare(Body):
    """What is shown to whom, and how long."""

    level: str
    title: str
    days: int = DAYS


@router.post(
    "/records/{name}/signatures", status_code=201, operation_id="signRecord", responses=responses(404, 409, 413, 415),
    openapi_extra=body_of(Signing, {"key": ""}),
)  # fmt: skip
async def post_signature(
    request: Request, name: Name, who: Annotated[Caller, needs("record:sign")], idempotency_key: Key = ""
) -> JSONResponse:
    """Re-run a record and sign it with a key of the company, whose file lies with the service."""
    key = (await read_body(request, Signing)).key

    def work() -> tuple[int, Any]:
        folder = keys_folder(request)
        if folder is None:
            raise Refused([Fault("setting_wrong", "PCF_KEYS", found="not set", expected="the folder of key files")])
        full = held(request, who, name)["name"]
        record = sign(
            desk_of(request, who),
            folder,
            full,
            who.actor,
            key=key,
            passphrase=passphrase,
            request_id=request_id(request),
        )
        return 201, {"name": record["name"], "signatures": record["signatures"]}

    return as_json(await apart(lambda: answered(request, who, desk_of(request, who), key.encode(), work)))


@router.get("/records/{name}/disclosed", operation_id="discloseRecord", responses=responses(404))
async def get_disclosed(
    request: Request,
    name: Name,
    who: Sharer,
    level: Annotated[str, Query(description="public, customer or auditor.")],
) -> JSONResponse:
    """A copy that leaves out what the level does not show and still proves name, signature and result."""

    def work() -> JSONResponse:
        record, gone = held_and_gone(request, who, name)
        return JSONResponse(disclose(record, level, desk_of(request, who).records.secret()), headers=said_of(gone))

    return await apart(work)


@router.get("/shares", operation_id="listShares", responses=responses())
async def get_shares(request: Request, who: Sharer) -> dict[str, Any]:
    """Shares of the company, newest first, without their tokens."""
    return {"shares": [_told(share) for share in await apart(lambda: list_shares(desk_of(request, who)))]}


@router.post(
    "/records/{name}/shares", status_code=201, operation_id="shareRecord", responses=responses(404, 413, 415),
    openapi_extra=body_of(NewShare, {"level": "customer", "title": "Customer AG", "days": 90}),
)  # fmt: skip
async def post_share(request: Request, name: Name, who: Sharer, idempotency_key: Key = "") -> JSONResponse:
    """Share a record with somebody outside the company. The token stands in this answer and nowhere else."""
    wanted = await read_body(request, NewShare)

    def work() -> tuple[int, Any]:
        full = held(request, who, name)["name"]
        share, token = new_share(
            desk_of(request, who), full, wanted.level, wanted.title, who.actor,
            days=wanted.days, request_id=request_id(request),
        )  # fmt: skip
        return 201, _told(share) | {"token": token}

    content = wanted.model_dump_json().encode()
    found = await apart(lambda: answered(request, who, desk_of(request, who), content, work, secret=True))
    return as_json(found, {"Cache-Control": "no-store"})


@router.delete("/shares/{share_id}", status_code=204, operation_id="revokeShare", responses=responses(404))
async def delete_share(request: Request, share_id: str, who: Sharer) -> Response:
    """End a share from this moment."""
    await apart(lambda: revoke_share(desk_of(request, who), share_id, who.actor, request_id(request)))
    return Response(status_code=204)


@router.get("/shared", operation_id="openShare", responses=responses(404), openapi_extra={"x-open": True})
async def get_shared(request: Request) -> JSONResponse:
    """What a share shows: its token comes as ``Authorization: Bearer pcf_share_...``, never in an address."""
    _take(request, "shared")
    token, cookie = shown(request)
    opened = await apart(lambda: open_share(store_of(request), "" if cookie else token, request_id(request)))
    body = {"share": _told(opened.share), "record": opened.copy, "withdrawn": opened.withdrawn}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.post(
    "/verifications", operation_id="verifyRecord", responses=responses(413, 415),
    openapi_extra={
        "x-open": True,
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": {"type": "object", "description": "A record or a disclosed copy"},
                               "example": {"schema": "pcf-record/1"}}},
        },
    },
)  # fmt: skip
async def post_verification(request: Request) -> JSONResponse:
    """The verdict on a record that anybody sent, by a process with limits; nothing is stored, no key is asked for.

    A caller who shows a key has the signing keys of their company vouched for too.
    """
    _take(request, "verify")
    media_type(request, JSON)
    content = await raw_body(request)
    text, cookie = shown(request)
    opened = taken_apart(text)
    a_share = opened is not None and opened.kind == "share"  # who opened a share may verify it with the same header
    who = await caller(request) if text and not cookie and not a_share else None
    keys = await apart(lambda: vouched(request, desk_of(request, who) if who else None))
    return JSONResponse(
        await apart(lambda: verify_apart(content, keys.values())), headers={"Cache-Control": "no-store"}
    )


def _take(request: Request, what: str) -> None:
    address = request.client.host if request.client else ""
    most = min(PER_MINUTE, settings_of(request).per_minute)
    request.app.state.rates.take(f"{what} {address}", most)


def _told(share: Share) -> dict[str, str]:
    return asdict(share) | {"state": share.state}
