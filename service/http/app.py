"""The HTTP interface put together: one store, its routes, one error shape (docs/api.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from lca.faults import Refused
from service.desk import DEFAULT_RELEASE, open_desk, store_place
from service.http import problems
from service.http.answers import describe
from service.http.around import Around, Counts
from service.http.asking import COMPONENTS, known_parameters
from service.http.pact_errors import in_pact
from service.http.pages.refusals import as_page
from service.http.pages.routes import ROUTERS as PAGES
from service.http.rates import Rates
from service.http.routes import (
    company,
    erp,
    factors,
    footprints,
    health,
    jobs,
    pact,
    pact_office,
    proof,
    records,
    webhooks,
)
from service.http.shelf import Shelf
from service.jobs.embedded import embedded_workers
from service.settings import Settings, read_settings

V1: Final = (
    footprints.router, erp.router, records.router, proof.router, jobs.router, webhooks.router, factors.router,
    company.router, pact_office.router,
)  # fmt: skip
SECURITY: Final = {"key": {"type": "http", "scheme": "bearer", "description": "An API key or an access token."}}


def make_app(settings: Settings | None = None) -> FastAPI:
    """The application on one store, opened when it starts."""
    chosen = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            desk = app.state.desk = stack.enter_context(open_desk(chosen.store))
            if desk.engine.dialect.name == "sqlite":  # on PostgreSQL pcf worker does the jobs
                place, number = store_place(chosen.store), chosen.embedded_workers
                stack.enter_context(embedded_workers(place, number, chosen.webhook_networks))
            app.state.shelf.release(desk, DEFAULT_RELEASE)
            yield

    app = FastAPI(title="pcf-engine", version=version("pcf-engine"), lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings, app.state.shelf, app.state.rates = chosen, Shelf(), Rates()
    app.state.counts = Counts()
    app.include_router(health.router)
    v1 = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
    for router in V1:
        v1.include_router(router)
    app.include_router(v1)
    app.include_router(pact.router)
    app.include_router(pact.open_router)
    for router in PAGES:
        app.include_router(router)
    app.add_exception_handler(Refused, in_pact(as_page(problems.on_refused)))
    app.add_exception_handler(RequestValidationError, in_pact(as_page(problems.on_validation)))
    app.add_exception_handler(HTTPException, in_pact(as_page(problems.on_http)))
    for broken in (OperationalError, InterfaceError):
        app.add_exception_handler(broken, in_pact(as_page(problems.on_database)))
    app.add_exception_handler(Exception, in_pact(as_page(problems.on_broken)))
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Around, counts=app.state.counts)
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Complete the OpenAPI document: answers, schemas inside bodies, how callers prove who they are."""
    original = app.openapi

    def described() -> dict[str, Any]:
        document = original()
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for name, schema in COMPONENTS.items():
            schemas.setdefault(name, schema)
        for name in ("HTTPValidationError", "ValidationError"):  # the framework's own shape is never answered
            schemas.pop(name, None)
        components["securitySchemes"] = SECURITY
        for path, item in document["paths"].items():
            for operation in item.values():
                if path.startswith("/v1/") and not operation.pop("x-open", False):
                    operation["security"] = [{"key": []}]
        describe(document)
        return document

    app.openapi = described  # type: ignore[method-assign]
