"""Sign in with company, address and password; choose a password by a one-time link; sign out.

The secret of a link stands in the fragment of ``/welcome#...``, which browsers do not send: a script puts it into the
form, and without one the whole link is pasted into a field.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from factordb.models import LOCAL
from lca.faults import Fault, Refused
from service.companies.accounts import LEAST, MOST, SESSION_DAYS, SignedIn, accept, sign_in, sign_out
from service.http.pages import shell
from service.http.pages.forms import read_form
from service.http.pages.refusals import fault_list
from service.http.pages.visit import Visit, visit_of
from service.http.problems import request_id, status_of
from service.http.who import COOKIE, apart, store_of
from service.report.markup import Content, Html, tag

router = APIRouter(include_in_schema=False, tags=["pages"])
Anybody = Annotated[Visit, Depends(visit_of)]
PER_MINUTE: Final = 30
"""Attempts of one address to sign in, whoever it says it is."""


@router.get("/sign-in")
async def get_sign_in(visit: Anybody, next: str = "/") -> Response:
    return _sign_in(visit, inside(next))


@router.post("/sign-in")
async def post_sign_in(visit: Anybody) -> Response:
    form = await read_form(visit)
    _slow_down(visit)
    where, company, email = inside(form.get("next")), form.get("company"), form.get("email")
    secret = next((value for name, value in form if name == "password"), "")
    engine = store_of(visit.request).engine
    try:
        made = await apart(lambda: sign_in(engine, company, email, secret, request_id(visit.request)))
    except Refused as refused:
        return _sign_in(visit, where, company, email, refused.faults)
    return _signed_in(visit, made, where)


@router.get("/welcome")
async def get_welcome(visit: Anybody) -> Response:
    return _welcome(visit)


@router.post("/welcome")
async def post_welcome(visit: Anybody) -> Response:
    form = await read_form(visit)
    _slow_down(visit)
    link, engine = form.get("link").rpartition("#")[2], store_of(visit.request).engine
    first, again = (next((value for name, value in form if name == key), "") for key in ("password", "again"))
    try:
        if first != again:
            raise Refused([Fault("password_twice", "password", found="two passwords", expected="the same twice")])
        made = await apart(lambda: accept(engine, link, first, request_id(visit.request)))
    except Refused as refused:
        return _welcome(visit, form.get("link"), refused.faults)
    return _signed_in(visit, made, "/")


@router.post("/sign-out")
async def post_sign_out(visit: Anybody) -> Response:
    await read_form(visit)
    who = visit.who
    if who is not None and who.account_id:
        await apart(lambda: sign_out(store_of(visit.request).engine, who.tenant, who.credential_id))
    answer = shell.go(visit, "/sign-in")
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=shell.is_secure(visit))
    return answer


def inside(where: str) -> str:
    """A path of this service, or the first page: nobody is sent to another site."""
    good = where.startswith("/") and not where.startswith(("//", "/\\")) and where.isprintable() and len(where) < 2_000
    return where if good else "/"


def _slow_down(visit: Visit) -> None:
    address = visit.request.client.host if visit.request.client else ""
    visit.request.app.state.rates.take(f"sign in {address}", PER_MINUTE)


def _signed_in(visit: Visit, made: SignedIn, where: str) -> Response:
    answer = shell.go(visit, where)
    answer.set_cookie(
        COOKIE, made.token, SESSION_DAYS * 24 * 3600, httponly=True, samesite="strict", secure=shell.is_secure(visit)
    )
    return answer


def _sign_in(
    visit: Visit, where: str, company: str = LOCAL, email: str = "", faults: tuple[Fault, ...] = ()
) -> Response:
    form = shell.post(
        visit, "/sign-in",
        shell.field(visit.say("company"), _text("company", company, autocomplete="organization")),
        shell.field(visit.say("email"), _text("email", email, type_="email", autocomplete="username")),
        shell.field(visit.say("password"), _text("password", "", type_="password", autocomplete="current-password")),
        shell.button(visit.say("sign_in"), "main"),
        class_="narrow", next=where,
    )  # fmt: skip
    return _page(visit, "sign_in", visit.say("sign_in_note"), form, faults)


def _welcome(visit: Visit, link: str = "", faults: tuple[Fault, ...] = ()) -> Response:
    hint = visit.say("password_hint", least=LEAST, most=MOST)
    form = shell.post(
        visit, "/welcome",
        tag("div", shell.field(visit.say("link"), _text("link", link, autocomplete="off"), visit.say("link_hint")),
            data_fragment="link"),
        shell.field(visit.say("password_new"), _text("password", "", type_="password", autocomplete="new-password"),
                    hint),
        shell.field(visit.say("password_again"), _text("again", "", type_="password", autocomplete="new-password")),
        shell.button(visit.say("welcome_button"), "main"),
        class_="narrow",
    )  # fmt: skip
    return _page(visit, "welcome", visit.say("welcome_note"), form, faults)


def _page(visit: Visit, word: str, note: str, form: Html, faults: tuple[Fault, ...]) -> Response:
    title = visit.say(word)
    told: Content = fault_list(visit, faults) if faults else None
    status = status_of(faults) if faults else 200
    content = (tag("h1", title), tag("p", note, class_="lead"), told, form)
    return shell.page(visit, title, *content, status=status, path=f"/{word.replace('_', '-')}", kind="plain")


def _text(name: str, value: str, *, type_: str = "text", autocomplete: str) -> Html:
    return tag("input", name=name, value=value, type=type_, autocomplete=autocomplete, required="")
