"""Webhooks: addresses that are told when a job ends, their secrets, and the log of what was sent (docs/jobs.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from service.companies.access import Caller
from service.http.asking import Body, body_of, read_body
from service.http.once import answered, as_json
from service.http.problems import responses
from service.http.routes.records import Key
from service.http.who import apart, desk_of, needs, settings_of
from service.jobs.addresses import Networks, allowed_networks
from service.jobs.events import Webhooks

router = APIRouter(tags=["webhooks"])
Editor = Annotated[Caller, needs("data:write")]


class NewWebhook(Body):
    """An address to tell."""

    url: str


@router.get("/webhooks", operation_id="listWebhooks", responses=responses())
async def get_webhooks(request: Request, who: Editor) -> dict[str, Any]:
    """Webhooks of the company, without their secrets."""
    return {"webhooks": await apart(lambda: _hooks(request, who).listing())}


@router.post(
    "/webhooks", status_code=201, operation_id="makeWebhook", responses=responses(400, 413, 415),
    openapi_extra=body_of(NewWebhook, {"url": "https://erp.company.example/pcf"}),
)  # fmt: skip
async def post_webhook(request: Request, who: Editor, idempotency_key: Key = "") -> JSONResponse:
    """Register an address. Its secret stands in this answer and nowhere else."""
    url = (await read_body(request, NewWebhook)).url
    return await _secret(request, who, url, lambda: (201, _hooks(request, who).add(url, _networks(request))))


@router.post("/webhooks/{hook_id}/secret", operation_id="rotateWebhookSecret", responses=responses(404))
async def post_secret(request: Request, hook_id: str, who: Editor, idempotency_key: Key = "") -> JSONResponse:
    """A new secret; for a day the old one signs beside it."""
    return await _secret(request, who, hook_id, lambda: (200, _hooks(request, who).rotate(hook_id)))


@router.post("/webhooks/{hook_id}/test", status_code=202, operation_id="testWebhook", responses=responses(404))
async def post_test(request: Request, hook_id: str, who: Editor, idempotency_key: Key = "") -> JSONResponse:
    """Send an event that says nothing."""
    return await _done(request, who, hook_id, lambda: (202, {"delivery": _hooks(request, who).test(hook_id)}))


@router.delete("/webhooks/{hook_id}", status_code=204, operation_id="removeWebhook", responses=responses(404))
async def delete_webhook(request: Request, hook_id: str, who: Editor) -> Response:
    """Send nothing more; what was sent stays in the log."""
    await apart(lambda: _hooks(request, who).remove(hook_id))
    return Response(status_code=204)


@router.get("/webhooks/{hook_id}/deliveries", operation_id="listDeliveries", responses=responses())
async def get_deliveries(
    request: Request, hook_id: str, who: Editor, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """What was sent, newest first, each with all its attempts."""
    return {"deliveries": await apart(lambda: _hooks(request, who).deliveries(hook_id, limit))}


@router.post("/deliveries/{delivery_id}/again", status_code=202, operation_id="redeliver", responses=responses(404))
async def post_again(request: Request, delivery_id: str, who: Editor, idempotency_key: Key = "") -> JSONResponse:
    """Send an event again, with a new round of attempts."""

    def work() -> tuple[int, Any]:
        _hooks(request, who).redeliver(delivery_id)
        return 202, {"delivery": delivery_id}

    return await _done(request, who, delivery_id, work)


async def _done(request: Request, who: Caller, asked: str, work: Callable[[], tuple[int, Any]]) -> JSONResponse:
    return as_json(await apart(lambda: answered(request, who, desk_of(request, who), asked.encode(), work)))


async def _secret(request: Request, who: Caller, asked: str, work: Callable[[], tuple[int, Any]]) -> JSONResponse:
    found = await apart(lambda: answered(request, who, desk_of(request, who), asked.encode(), work, secret=True))
    return as_json(found, {"Cache-Control": "no-store"})


def _hooks(request: Request, who: Caller) -> Webhooks:
    desk = desk_of(request, who)
    return Webhooks(desk.engine, desk.tenant)


def _networks(request: Request) -> Networks:
    return allowed_networks(settings_of(request).webhook_networks)
