"""The company's side of the exchange by PACT: profile, publication, partners, events, fetching (docs/pact.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from service.companies.access import Caller
from service.desk import store_place
from service.http.asking import Body, body_of, read_body
from service.http.once import Once, answered, as_json
from service.http.problems import request_id, responses
from service.http.routes.company import shown_once
from service.http.routes.records import Key
from service.http.who import apart, desk_of, needs, settings_of
from service.jobs.addresses import allowed_networks
from service.pact import events as exchanged
from service.pact import listing, partners, publish
from service.pact.fetch import fetch
from service.pact.profile import profile, set_profile
from service.pact.stated import Stated
from service.pact.wire import Network
from service.records.keys import key_folder

router = APIRouter(tags=["pact office"], prefix="/pact")
Publisher = Annotated[Caller, needs("footprint:publish")]
Admin = Annotated[Caller, needs("admin")]
Buyer = Annotated[Caller, needs("factor:write")]
Texts = Annotated[list[str], Field(default_factory=list, max_length=100)]


class Profile(Body):
    """Who the company is to its partners."""

    name: str
    ids: Texts
    domain: str = ""
    base_url: str


class Publication(Body):
    """A record to publish, with what the record does not know; amounts are text."""

    record: str
    product_ids: Texts
    classifications: Texts
    company_ids: Texts
    name: str = ""
    description: str = ""
    comment: str = ""
    mass: str = ""
    fossil_carbon: str = ""
    biogenic_carbon: str = ""
    recycled_carbon: str = ""
    exempted: str = ""
    exempted_because: str = ""
    unsplit: Literal["", "fossil"] = ""
    valid_from: str = ""
    valid_to: str = ""
    supersedes: str = ""
    partners: Texts
    announce: bool = False
    uncertainty: dict[str, Any] | None = None

    def stated(self) -> Stated:
        """As the use-case takes it."""
        given = self.model_dump(exclude={"record", "announce", "uncertainty"})
        texts: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
        return Stated(**texts)


class NewPartner(Body):
    """A partner, and our access to its service; without it the partner asks us and is sent nothing."""

    title: str
    base_url: str = ""
    auth_url: str = ""
    client_id: str = ""
    client_secret: str = ""


class OurAccess(Body):
    """Our access to a partner's service."""

    base_url: str
    auth_url: str = ""
    client_id: str
    client_secret: str


class Wanted(Body):
    """What to ask a partner for."""

    filters: dict[str, list[str]] = Field(default_factory=dict)
    comment: str = ""


@router.get("/profile", operation_id="getPactProfile", responses=responses(409))
async def get_profile(request: Request, who: Annotated[Caller, needs("record:read")]) -> dict[str, Any]:
    """The company as its partners see it."""
    return asdict(await apart(lambda: profile(desk_of(request, who))))


@router.put(
    "/profile", operation_id="setPactProfile", responses=responses(400, 413, 415),
    openapi_extra=body_of(
        Profile, {"name": "Acme Cement", "domain": "acme.example", "base_url": "https://pcf.acme.example"}
    ),
)  # fmt: skip
async def put_profile(request: Request, who: Admin) -> dict[str, Any]:
    """Say who the company is. Footprints that are published keep what they said."""
    wanted = await read_body(request, Profile)

    def work() -> dict[str, Any]:
        made = set_profile(
            desk_of(request, who), **wanted.model_dump(), actor=who.actor, request_id=request_id(request)
        )
        return asdict(made)

    return await apart(work)


@router.get("/footprints", operation_id="listPactPublished", responses=responses())
async def get_published(
    request: Request, who: Annotated[Caller, needs("record:read")], limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> dict[str, Any]:
    """What the company has published, newest first, with record and status."""
    return {"footprints": await apart(lambda: listing.published(desk_of(request, who), limit))}


@router.post(
    "/footprints", status_code=201, operation_id="publishPactFootprint", responses=responses(400, 404, 409, 413, 415),
    openapi_extra=body_of(
        Publication,
        {"record": "0123456789abcdef", "product_ids": ["urn:gtin:4712345060507"], "fossil_carbon": "0",
         "unsplit": "fossil"},
    ),
)  # fmt: skip
async def post_publication(request: Request, who: Publisher, idempotency_key: Key = "") -> JSONResponse:
    """Publish a record as a footprint with a new id; with ``announce`` the partners who may see it are told."""
    wanted = await read_body(request, Publication)
    desk = desk_of(request, who)
    once = Once(desk, who, "POST /v1/pact/footprints", idempotency_key, wanted.model_dump_json().encode())

    def work() -> tuple[int, Any]:
        shown = publish.publish(
            desk, wanted.record, wanted.stated(), actor=who.actor, annex=wanted.uncertainty,
            request_id=request_id(request), beside=lambda session, made: once.keep(session, 201, {"data": made}),
        )  # fmt: skip
        if wanted.announce:
            exchanged.announce_to_all(desk, shown["id"], wanted.partners, actor=who.actor)
        return 201, {"data": shown}

    found = await apart(lambda: once.answer(work))
    return as_json(found)


@router.post(
    "/footprints/{footprint_id}/deprecation", operation_id="deprecatePactFootprint", responses=responses(404, 409)
)
async def post_deprecation(
    request: Request, footprint_id: str, who: Publisher, idempotency_key: Key = ""
) -> JSONResponse:
    """Deprecate a footprint that has no successor; it stays listed and readable."""
    desk = desk_of(request, who)

    def work() -> tuple[int, Any]:
        publish.deprecate(desk, footprint_id, actor=who.actor, request_id=request_id(request))
        return 200, {"id": footprint_id, "status": publish.DEPRECATED}

    return as_json(await apart(lambda: answered(request, who, desk, footprint_id.encode(), work)))


@router.get("/partners", operation_id="listPactPartners", responses=responses())
async def get_partners(request: Request, who: Publisher) -> dict[str, Any]:
    """Partners of the company, without secrets."""
    return {"partners": [asdict(item) for item in await apart(lambda: partners.partners(desk_of(request, who)))]}


@router.post(
    "/partners", status_code=201, operation_id="addPactPartner", responses=responses(400, 409, 413, 415),
    openapi_extra=body_of(NewPartner, {"title": "Customer A"}),
)  # fmt: skip
async def post_partner(request: Request, who: Admin, idempotency_key: Key = "") -> JSONResponse:
    """Register a partner. The client secret its system signs in with stands in this answer and nowhere else."""
    wanted = await read_body(request, NewPartner)
    settings = settings_of(request)

    def work() -> dict[str, Any]:
        partner, client_id, secret = partners.add(
            desk_of(request, who), lambda: key_folder(store_place(settings.store)), wanted.title,
            partners.Access(wanted.base_url, wanted.auth_url, wanted.client_id, wanted.client_secret),
            actor=who.actor, allowed=allowed_networks(settings.webhook_networks), request_id=request_id(request),
        )  # fmt: skip
        return {"id": partner.id, "title": partner.title, "client_id": client_id, "client_secret": secret}

    content = wanted.model_dump_json(exclude={"client_secret"}).encode()
    return await apart(lambda: shown_once(request, who, content, work))


@router.put(
    "/partners/{partner_id}/access", operation_id="connectPactPartner", responses=responses(400, 404, 413, 415),
    openapi_extra=body_of(
        OurAccess, {"base_url": "https://pcf.customer.example", "client_id": "acme", "client_secret": "their secret"}
    ),
)  # fmt: skip
async def put_access(request: Request, partner_id: str, who: Admin) -> dict[str, Any]:
    """Our access to a partner's service: where it is, and the client they made for us. The secret is encrypted."""
    wanted = await read_body(request, OurAccess)
    settings, desk = settings_of(request), desk_of(request, who)

    def work() -> dict[str, Any]:
        partner = partners.connect(
            desk, lambda: key_folder(store_place(settings.store)), partner_id,
            partners.Access(wanted.base_url, wanted.auth_url, wanted.client_id, wanted.client_secret),
            actor=who.actor, allowed=allowed_networks(settings.webhook_networks), request_id=request_id(request),
        )  # fmt: skip
        return asdict(partner)

    return await apart(work)


@router.delete("/partners/{partner_id}", status_code=204, operation_id="removePactPartner", responses=responses(404))
async def delete_partner(request: Request, partner_id: str, who: Admin) -> Response:
    """End a partner's access and send it nothing more; what was exchanged stays."""
    desk = desk_of(request, who)
    await apart(lambda: partners.remove(desk, partner_id, actor=who.actor, request_id=request_id(request)))
    return Response(status_code=204)


@router.post(
    "/partners/{partner_id}/requests", status_code=202, operation_id="askPactPartner",
    responses=responses(400, 404, 409, 413, 415),
    openapi_extra=body_of(Wanted, {"filters": {"productId": ["urn:gtin:4712345060507"]}}),
)  # fmt: skip
async def post_request(request: Request, partner_id: str, who: Buyer, idempotency_key: Key = "") -> JSONResponse:
    """Ask a partner for footprints by an event; its answer enters the supplier layer when it comes."""
    wanted = await read_body(request, Wanted)
    desk = desk_of(request, who)

    def work() -> tuple[int, Any]:
        partner = partners.named(desk, partner_id)
        more = {"actor": who.actor, "request_id": request_id(request)}
        return 202, {"event": exchanged.ask(desk, partner, wanted.filters, wanted.comment, **more)}

    content = wanted.model_dump_json().encode()
    return as_json(await apart(lambda: answered(request, who, desk, content, work)))


@router.post(
    "/partners/{partner_id}/fetch", operation_id="fetchFromPactPartner", responses=responses(400, 404, 409, 413, 415),
    openapi_extra=body_of(Wanted, {"filters": {"status": ["Active"]}}),
)  # fmt: skip
async def post_fetch(request: Request, partner_id: str, who: Buyer, idempotency_key: Key = "") -> JSONResponse:
    """List and take in a supplier's footprints now; each that cannot be taken is told with its faults."""
    wanted = await read_body(request, Wanted)
    settings, desk = settings_of(request), desk_of(request, who)

    def work() -> tuple[int, Any]:
        network = Network(allowed_networks(settings.webhook_networks))
        folder = key_folder(store_place(settings.store))
        taken = fetch(desk, folder, network, partner_id, wanted.filters, actor=who.actor)
        return 200, taken.plain()

    content = wanted.model_dump_json().encode()
    return as_json(await apart(lambda: answered(request, who, desk, content, work)))


@router.get("/events", operation_id="listPactEvents", responses=responses())
async def get_events(
    request: Request, who: Publisher, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> dict[str, Any]:
    """Events received and sent, newest first, with what came of each and every attempt."""
    return {"events": await apart(lambda: exchanged.events(desk_of(request, who), limit))}
