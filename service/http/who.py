"""Who calls: a key or token in ``Authorization: Bearer``, or a browser's session cookie; the store of their company.

A service on loopback asks for no key as long as the company ``local`` has neither account nor key. Such an open service
answers only under a loopback name and refuses requests that another site's page makes: a browser on this machine visits
other sites too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request

from factordb.models import LOCAL
from lca.faults import Fault, Refused
from service.companies.access import MISSING, Caller, caller_of
from service.companies.accounts import is_open
from service.companies.roles import SCOPES
from service.desk import Desk
from service.settings import LOOPBACK, Settings

Made = TypeVar("Made")
COOKIE: Final = "pcf_session"
SAFE: Final = ("GET", "HEAD", "OPTIONS")
SECONDS: Final[ContextVar[float]] = ContextVar("pcf_request_seconds", default=60)
"""How long work for the request at hand may take."""
OPEN: Final = Caller(LOCAL, "open on loopback", "editor", frozenset(SCOPES["editor"]))


def shown(request: Request) -> tuple[str, bool]:
    """The credential of a request, and whether it is a cookie."""
    header = request.headers.get("authorization", "")
    kind, _, text = header.partition(" ")
    if header:
        return (text.strip() if kind.lower() == "bearer" else "?"), False
    return request.cookies.get(COOKIE, ""), True


async def caller(request: Request) -> Caller:
    """The caller of a request; kept in ``request.state.caller``.

    Raises:
        Refused: what :func:`service.companies.access.caller_of` refuses; ``cross_site``; ``too_often``.
    """
    SECONDS.set(settings_of(request).request_seconds)
    text, cookie = shown(request)
    if cookie:
        same_site(request)
    try:
        found = await asyncio.to_thread(caller_of, store_of(request).engine, text)
    except Refused as refused:
        if not (cookie and refused.faults[0].found == MISSING and await answers_all(request)):
            raise
        found = OPEN
    request.state.caller = found
    request.app.state.rates.take(found.credential_id or found.actor, settings_of(request).per_minute)
    return found


async def answers_all(request: Request) -> bool:
    """Whether the service is open: on loopback, under a loopback name, and nobody has an account or a key yet."""
    if not settings_of(request).loopback or (request.url.hostname or "") not in LOOPBACK:
        return False
    return await asyncio.to_thread(is_open, store_of(request).engine, LOCAL)


def same_site(request: Request) -> None:
    """Refuse what another site's page makes a browser send: cookies and open services answer to our own pages only.

    Raises:
        Refused: ``cross_site``.
    """
    if request.method in SAFE:
        return
    origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "")
    if site in ("cross-site", "same-site") or (origin and urlsplit(origin).netloc != request.headers.get("host", "")):
        raise Refused([Fault("cross_site", "Origin", found=(origin or site)[:120], expected="a page of this service")])


def needs(scope: str) -> Any:
    """A dependency: the caller, who must hold a scope."""

    async def allowed(found: Annotated[Caller, Depends(caller)]) -> Caller:
        found.needs(scope)
        return found

    allowed.scope = scope  # type: ignore[attr-defined]  # read by the test that walks all routes
    return Depends(allowed)


def store_of(request: Request) -> Desk:
    """The store, before anybody is known: for looking up credentials only."""
    desk: Desk = request.app.state.desk
    return desk


def desk_of(request: Request, who: Caller) -> Desk:
    """The caller's company in the store."""
    return store_of(request).of(who.tenant)


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def apart(work: Callable[[], Made]) -> Made:
    """Run blocking work on a thread, so that the service goes on answering; for as long as one request may take.

    The work itself goes on to its end: what it seals is there when the same request comes again.

    Raises:
        Refused: ``too_slow``.
    """
    limit = SECONDS.get()
    try:
        return await asyncio.wait_for(asyncio.to_thread(work), limit)
    except TimeoutError:
        raise Refused([Fault("too_slow", found=f"over {limit} s", expected=f"at most {limit} s")]) from None
