"""Who visits a page, in which language, and the token that proves a form came from one of our pages.

The token is HMAC-SHA256 over a random number, the browser's own cookie and its session, so it is worth nothing in
another browser or after signing out; the random number changes it on every page, so that compressed answers tell
nothing of it. It stands beside the check of ``Origin`` in :func:`service.http.who.same_site`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from lca.faults import Fault, Refused
from service.companies.access import Caller
from service.desk import Desk
from service.http.pages.said import known, say
from service.http.problems import STATUS, preferred
from service.http.who import COOKIE, apart, caller, desk_of, same_site, store_of
from service.text.words import Language, language_of

VISIT: Final = "pcf_visit"
LANGUAGE: Final = "pcf_lang"
TOKEN: Final = "token"
"""Name of the form field."""
ANONYMOUS_PER_MINUTE: Final = 120


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a browser."""

    request: Request
    language: Language
    who: Caller | None
    id: str
    """Random, kept in a cookie of this browser."""
    fresh: bool
    secret: bytes
    ended: bool = False
    """The browser showed a session that is none any more."""
    session: str = ""
    """The session that begins with this answer, where one does: the browser has not shown it yet."""

    def say(self, key: str, /, **values: object) -> str:
        """One of the pages' own words."""
        return say(self.language, key, **values)

    def known(self, group: str, key: str) -> str:
        """The word of a code from a closed list."""
        return known(self.language, group, key)

    @property
    def caller(self) -> Caller:
        """Who calls.

        Raises:
            Refused: ``not_signed_in``.
        """
        if self.who is None:
            raise Refused([Fault("not_signed_in", found="nobody", expected="sign in first")])
        return self.who

    @property
    def desk(self) -> Desk:
        """The caller's company in the store."""
        return desk_of(self.request, self.caller)

    def may(self, scope: str) -> bool:
        return self.who is not None and scope in self.who.scopes

    def token(self) -> str:
        """A token for a form of this page."""
        salt = secrets.token_hex(8)
        return salt + self._sum(salt)

    def holds(self, token: str) -> bool:
        """Whether a token was made for this browser and session."""
        return not self.fresh and hmac.compare_digest(token[16:].encode(), self._sum(token[:16]).encode())

    def _sum(self, salt: str) -> str:
        text = "\n".join(("form", salt, self.id, self.session or self.request.cookies.get(COOKIE, "")))
        return hmac.digest(self.secret, text.encode("utf-8", "replace"), hashlib.sha256).hex()


async def visit_of(request: Request) -> Visit:
    """The visit of a request, of somebody or nobody; kept in ``request.state.visit``.

    Raises:
        Refused: ``cross_site``, ``too_often``.
    """
    same_site(request)
    who: Caller | None = None
    ended = False
    try:
        who = await caller(request)
    except Refused as refused:
        if any(STATUS.get(fault.code) != 401 for fault in refused.faults):
            raise
        address = request.client.host if request.client else ""
        request.app.state.rates.take(f"page {address}", ANONYMOUS_PER_MINUTE)
        ended = bool(request.cookies.get(COOKIE, ""))
    made = _made(request, who, await _secret(request), ended)
    request.state.visit = made
    return made


def visiting(scope: str = "") -> Any:
    """A dependency: a visit of somebody who holds a scope."""

    async def allowed(found: Annotated[Visit, Depends(visit_of)]) -> Visit:
        if scope:
            found.caller.needs(scope)
        return found

    allowed.scope = scope  # type: ignore[attr-defined]
    return Depends(allowed)


def _made(request: Request, who: Caller | None, secret: bytes, ended: bool = False) -> Visit:
    held = request.cookies.get(VISIT, "")
    fresh = len(held) != 32 or not held.isalnum()
    name = secrets.token_hex(16) if fresh else held
    return Visit(request, language(request, who), who, name, fresh, secret, ended)


def language(request: Request, who: Caller | None) -> Language:
    """``?lang=``, the cookie, the account, ``Accept-Language``; English where nothing says Chinese."""
    for text in (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE, "")):
        if text in ("zh", "en"):
            return language_of(text)
    if who is not None and who.language:
        return language_of(who.language)
    return preferred(request.headers.get("accept-language", "")) or "en"


async def _secret(request: Request) -> bytes:
    """The secret behind tokens of forms: derived from the store's, read once a process."""
    state = request.app.state
    if not hasattr(state, "page_secret"):
        stored = await apart(store_of(request).records.secret)
        state.page_secret = hmac.digest(stored, b"forms of pages", hashlib.sha256)
    made: bytes = state.page_secret
    return made


def stranger(request: Request) -> Visit:
    """A visit of nobody, for a page without a form."""
    return _made(request, None, b"")
