"""Sign in with company, address and password; choose a password by a one-time link; sign out.

The secret of a link stands in the fragment of ``/welcome#...``, which browsers do not send: a script puts it into the
form, and without one the whole link is pasted into a field.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from starlette.responses import Response

from factordb.models import LOCAL
from lca.faults import Fault, Refused
from service.companies.access import caller_of
from service.companies.accounts import LEAST, MOST, SESSION_DAYS, SignedIn, accept, sign_in, sign_out
from service.http.pages import shell
from service.http.pages.forms import read_form
from service.http.pages.kept import Kept, again, came_from, carried, kept, local, told
from service.http.pages.refusals import fault_list
from service.http.pages.shell import FOCUS, wants_data
from service.http.pages.visit import Visit, visit_of
from service.http.problems import request_id, status_of
from service.http.who import COOKIE, SAFE, apart, store_of
from service.report.markup import Content, Html, tag

router = APIRouter(include_in_schema=False, tags=["pages"])
Anybody = Annotated[Visit, Depends(visit_of)]
PER_MINUTE: Final = 30
"""Attempts of one address to sign in, whoever it says it is."""
WHY: Final = ("ended", "first")
"""Why somebody is asked to sign in, as an address may say it."""


@router.get("/sign-in")
async def get_sign_in(visit: Anybody, next: str = "/", why: str = "") -> Response:
    return _sign_in(visit, _Asked(local(next), why if why in WHY else "first" if local(next) != "/" else ""))


@router.post("/sign-in")
async def post_sign_in(visit: Anybody) -> Response:
    form = await read_form(visit)
    _slow_down(visit)
    company, email = form.get("company"), form.get("email")
    asked = _Asked(local(form.get("next")), "", company, email, carried(form))
    secret = next((value for name, value in form if name == "password"), "")
    engine = store_of(visit.request).engine
    try:
        made = await apart(lambda: sign_in(engine, company, email, secret, request_id(visit.request)))
    except Refused as refused:
        return _sign_in(visit, asked, refused.faults)
    if asked.kept is None:
        return _signed_in(visit, made, asked.where)
    who = await apart(lambda: caller_of(engine, made.token))
    return _signed_in(replace(visit, who=who, session=made.token), made, asked.where, asked.kept)


async def ended(visit: Visit) -> Response:
    """The answer to who must be known and is not: the way to sign in, why, and back to where they were.

    A form that was sent is not done; what was typed into it waits in the page of signing in.
    """
    request, why = visit.request, "ended" if visit.ended else "first"
    if request.method in SAFE:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if wants_data(visit):
            return _ended_data(visit, back, why)
        if shell.wants_part(visit):
            return _ended_part(visit, came_from(visit), why)
        return shell.go(visit, _way(back, visit.ended))
    return _sign_in(visit, _Asked(came_from(visit), "sent", kept=await kept(visit)), status=401)


def _way(back: str, lapsed: bool) -> str:
    return f"/sign-in?next={quote(back)}" + ("&why=ended" if lapsed else "")


def _ended_data(visit: Visit, back: str, why: str) -> Response:
    """For a script that asked for figures: a sentence and a way, in place of an answer."""
    body = {"ok": False, "fault": visit.say(f"why_{why}"), "sign_in": _way(back, True), "word": visit.say("sign_in")}
    return JSONResponse(body, 401, {"Cache-Control": "no-store"})


def _ended_part(visit: Visit, back: str, why: str) -> Response:
    """For a script that asked for a piece of a page: the sentence and the way, where the piece would have stood."""
    way = tag("a", visit.say("sign_in"), href=_way(back, True), class_="button small")
    answer = shell.part(visit, tag("p", visit.say(f"why_{why}"), " ", way, class_="banner ended"))
    answer.status_code = 401
    return answer


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


def _slow_down(visit: Visit) -> None:
    address = visit.request.client.host if visit.request.client else ""
    visit.request.app.state.rates.take(f"sign in {address}", PER_MINUTE)


def _signed_in(visit: Visit, made: SignedIn, where: str, waits: Kept | None = None) -> Response:
    if waits is None:
        answer = shell.go(visit, where)
    else:
        title = visit.say("send_title")
        back = tag("a", visit.say("send_not"), href=where)
        lead = tag("p", visit.say("send_says"), class_="lead")
        deeds = tag("div", again(visit, waits), tag("p", back), class_="actions")
        answer = shell.page(visit, title, tag("h1", title), lead, deeds, path="/", kind="plain")
    # The cookie outlives its session, which ends here: an ended one that is shown tells why somebody must sign in.
    answer.set_cookie(
        COOKIE, made.token, 2 * SESSION_DAYS * 24 * 3600, httponly=True, samesite="strict",
        secure=shell.is_secure(visit),
    )  # fmt: skip
    return answer


@dataclass(frozen=True, slots=True)
class _Asked:
    """A form of signing in: where it leads, why it is shown, what was typed, and what waits until it is done."""

    where: str
    why: str = ""
    company: str = LOCAL
    email: str = ""
    kept: Kept | None = None


def _sign_in(visit: Visit, asked: _Asked, faults: tuple[Fault, ...] = (), status: int = 200) -> Response:
    carries = asked.kept.hidden() if asked.kept else {}
    form = shell.post(
        visit, "/sign-in",
        shell.field(visit.say("company"), _text("company", asked.company, autocomplete="organization")),
        shell.field(visit.say("email"), _text("email", asked.email, type_="email", autocomplete="username")),
        shell.field(visit.say("password"), _text("password", "", type_="password", autocomplete="current-password")),
        shell.button(visit.say("sign_in"), "main"),
        class_="narrow", next=asked.where, **carries,
    )  # fmt: skip
    why = None
    if asked.why or (asked.kept and asked.kept.fields):
        head = tag("p", visit.say(f"why_{asked.why}")) if asked.why else None
        begin = {} if faults else FOCUS
        why = tag("div", head, told(visit, asked.kept), class_="banner ended", role="group", **begin)
    # A link from elsewhere brings no cookie of ours along (SameSite=Strict); a click on a page of ours does.
    if asked.where != "/" and visit.request.headers.get("sec-fetch-site", "") == "cross-site":
        on = tag("p", visit.say("came_by_link"), " ", tag("a", visit.say("go_on"), href=asked.where))
        why = tag("div", why, on) if why else on
    return _page(visit, "sign_in", visit.say("sign_in_note"), form, faults, why, status)


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


def _page(
    visit: Visit, word: str, note: str, form: Html, faults: tuple[Fault, ...], why: Html | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    title = visit.say(word)
    wrong: Content = fault_list(visit, faults) if faults else None
    status = status_of(faults) if faults else status
    content = (tag("h1", title), why, wrong, form, tag("p", note, class_="remark"))
    return shell.page(visit, title, *content, status=status, path=f"/{word.replace('_', '-')}", kind="plain")


def _text(name: str, value: str, *, type_: str = "text", autocomplete: str) -> Html:
    return tag("input", name=name, value=value, type=type_, autocomplete=autocomplete, required="")
