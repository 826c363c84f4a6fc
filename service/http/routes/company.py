"""The company: API keys, accounts, the audit log."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from service.companies import audit
from service.companies.access import Caller
from service.companies.accounts import change_account, invite, list_accounts
from service.companies.keys import Wanted, list_keys, new_key, replace_key, revoke_key
from service.http.asking import Body, body_of, read_body
from service.http.once import answered, as_json
from service.http.paging import USUAL, after_of, cursor_of, link_next
from service.http.problems import request_id, responses
from service.http.routes.records import Key
from service.http.who import apart, desk_of, needs, settings_of

router = APIRouter(tags=["company"])
Admin = Annotated[Caller, needs("admin")]
Role = Literal["owner", "editor", "calculator", "auditor", "partner"]


class NewKey(Body):
    """A key as it is asked for."""

    title: str
    role: Role = "calculator"
    scopes: list[str] = Field(default_factory=list, max_length=30)
    days: int = 365
    records: list[str] = Field(default_factory=list, max_length=1_000)
    kind: Literal["api_key", "client"] = "api_key"


class Invitation(Body):
    """A person to invite."""

    email: str
    role: Role = "calculator"


class Change(Body):
    """What changes of an account."""

    role: Role | Literal[""] = ""
    state: Literal["", "active", "disabled"] = ""


@router.get("/keys", operation_id="listKeys", responses=responses())
async def get_keys(request: Request, who: Admin) -> dict[str, Any]:
    """API keys and OAuth clients, newest first, without their secrets."""
    return {"keys": await apart(lambda: list_keys(desk_of(request, who).engine, who.tenant))}


@router.post(
    "/keys", status_code=201, operation_id="makeKey", responses=responses(400, 409, 413, 415),
    openapi_extra=body_of(NewKey, {"title": "ERP", "role": "calculator", "days": 365}),
)  # fmt: skip
async def post_key(request: Request, who: Admin, idempotency_key: Key = "") -> JSONResponse:
    """Make a key. Its text stands in this answer and nowhere else."""
    wanted = await read_body(request, NewKey)
    asked = Wanted(wanted.title, wanted.role, tuple(wanted.scopes), wanted.days, tuple(wanted.records), wanted.kind)

    def work() -> dict[str, Any]:
        made = new_key(desk_of(request, who).engine, who.tenant, asked, who.actor, request_id(request))
        return _made(made, who.tenant)

    return await apart(lambda: shown_once(request, who, wanted.model_dump_json().encode(), work))


@router.post("/keys/{key_id}/replacement", status_code=201, operation_id="replaceKey", responses=responses(404, 409))
async def post_replacement(request: Request, key_id: str, who: Admin, idempotency_key: Key = "") -> JSONResponse:
    """A new key with the same rights; the old one goes on for seven days."""

    def work() -> dict[str, Any]:
        made = replace_key(desk_of(request, who).engine, who.tenant, key_id, who.actor, request_id(request))
        return _made(made, who.tenant)

    return await apart(lambda: shown_once(request, who, key_id.encode(), work))


@router.delete("/keys/{key_id}", status_code=204, operation_id="revokeKey", responses=responses(404))
async def delete_key(request: Request, key_id: str, who: Admin) -> Response:
    """Revoke a key, at once and for ever."""
    await apart(lambda: revoke_key(desk_of(request, who).engine, who.tenant, key_id, who.actor, request_id(request)))
    return Response(status_code=204)


@router.get("/accounts", operation_id="listAccounts", responses=responses())
async def get_accounts(request: Request, who: Admin) -> dict[str, Any]:
    """People of the company."""
    return {"accounts": await apart(lambda: list_accounts(desk_of(request, who).engine, who.tenant))}


@router.post(
    "/accounts", status_code=201, operation_id="inviteAccount", responses=responses(400, 409, 413, 415),
    openapi_extra=body_of(Invitation, {"email": "anna@company.example", "role": "editor"}),
)  # fmt: skip
async def post_account(request: Request, who: Admin, idempotency_key: Key = "") -> JSONResponse:
    """Invite a person: the answer holds a one-time link to choose a password."""
    wanted = await read_body(request, Invitation)

    def work() -> dict[str, Any]:
        engine = desk_of(request, who).engine
        made = invite(engine, who.tenant, wanted.email, wanted.role, who.actor, request_id(request))
        base = settings_of(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")
        return {"email": wanted.email, "role": wanted.role, "link": f"{base}/welcome#{made.text}"}

    return await apart(lambda: shown_once(request, who, wanted.model_dump_json().encode(), work))


@router.patch(
    "/accounts/{account_id}", operation_id="changeAccount", responses=responses(400, 404, 409, 413, 415),
    openapi_extra=body_of(Change, {"state": "disabled"}),
)  # fmt: skip
async def patch_account(request: Request, account_id: str, who: Admin) -> dict[str, Any]:
    """Another role, or disabled and enabled again; sessions of the account end."""
    wanted = await read_body(request, Change)
    await apart(
        lambda: change_account(
            desk_of(request, who).engine, who.tenant, account_id, role=wanted.role, state=wanted.state,
            actor=who.actor, request_id=request_id(request),
        )
    )  # fmt: skip
    rows = await apart(lambda: list_accounts(desk_of(request, who).engine, who.tenant))
    return next(row for row in rows if row["id"] == account_id)


@router.get("/audit", operation_id="listAudit", responses=responses(400))
async def get_audit(
    request: Request, response: Response, who: Annotated[Caller, needs("audit:read")],
    limit: Annotated[int, Query(ge=1, le=200)] = USUAL, cursor: Annotated[str, Query()] = "",
) -> dict[str, Any]:  # fmt: skip
    """Entries of the audit log, oldest first, each with the digest of the one before."""
    desk = desk_of(request, who)

    def work() -> tuple[list[dict[str, Any]], str]:
        secret = desk.records.secret()
        after = after_of(cursor, secret, 1)
        found = list(audit.entries(desk.engine, desk.tenant, after=int(after[0]) if after else 0, limit=limit + 1))
        following = cursor_of([str(found[limit - 1].serial)], secret) if len(found) > limit else ""
        return [entry.plain() for entry in found[:limit]], following

    shown, following = await apart(work)
    response.headers.update(link_next(request, following))
    return {"entries": shown}


@router.get("/audit/verification", operation_id="verifyAudit", responses=responses())
async def get_audit_verification(request: Request, who: Annotated[Caller, needs("audit:read")]) -> dict[str, Any]:
    """Whether the chain of the audit log holds, and the first entry that does not."""
    desk = desk_of(request, who)
    found = await apart(lambda: audit.verify(desk.engine, desk.tenant))
    broken = found.broken
    told = {"serial": broken.serial, "kind": broken.kind} if broken else None
    return {"entries": found.entries, "head": found.head, "broken": told}


def _made(made: Any, tenant: str) -> dict[str, Any]:
    """A key that was made; of an OAuth client the two halves a token endpoint asks for."""
    body = {"id": made.id, "key": made.text}
    if made.text.startswith("pcf_client_"):
        secret = made.text.split("_", 4)[4]
        return {"id": made.id, "client_id": f"{tenant}.{made.id}", "client_secret": secret}
    return body


def shown_once(request: Request, who: Caller, content: bytes, work: Any) -> JSONResponse:
    """Answer with a secret, once.

    Raises:
        Refused: ``made_once``.
    """
    found = answered(request, who, desk_of(request, who), content, lambda: (201, work()), secret=True)
    return as_json(found, {"Cache-Control": "no-store"})
