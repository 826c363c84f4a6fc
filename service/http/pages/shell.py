"""What every page has around it: head, way past the navigation, navigation, language, who is signed in, foot."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Final
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from service.http.around import POLICY
from service.http.pages.statics import address
from service.http.pages.visit import LANGUAGE, TOKEN, VISIT, Visit
from service.http.who import settings_of
from service.report.markup import Content, Html, tag
from service.report.view import HTML_LANG
from service.text.words import Language

YEAR: Final = 365 * 24 * 3600
NAVIGATION: Final = (
    ("start", "/", ""), ("records", "/records", "record:read"), ("factors", "/factors", "factor:read"),
    ("jobs", "/jobs", "job:read"), ("company", "/company", "admin"), ("verify", "/verify", ""),
)  # fmt: skip
"""Word, address and the scope that shows the entry."""
FOCUS: Final[dict[str, str | None]] = {"tabindex": "-1", "autofocus": ""}
"""Of what a page is about after a form was sent: where a keyboard goes on and a reader begins."""
LANGUAGES: Final[tuple[tuple[Language, str], ...]] = (("en", "English"), ("zh", "中文"))


_NAME: Final = re.compile(r'^<\w+ [^>]*?\bname="([^"]*)"')


def page(
    visit: Visit, title: str, *content: Content, here: str = "", status: int = 200, path: str = "", kind: str = ""
) -> Response:
    """A whole page. ``here``: its entry in the navigation; ``path``: where the other language is, if not here."""
    language = HTML_LANG[visit.language]
    body = tag(
        "body",
        tag("a", visit.say("skip"), href="#content", class_="skip"),
        _top(visit, here, path),
        tag("main", *content, id="content", tabindex="-1"),
        _foot(visit),
        # What the script says to who hears the page: there from the start, so that a change of it is noticed.
        tag("p", id="heard", role="status", class_="heard"),
        class_=f"app {kind}".strip(),
    )
    text = f"<!doctype html>\n{tag('html', _head(title), body, lang=language)}\n"
    answer = HTMLResponse(text, status, {"Content-Language": language, "Vary": "Accept-Language, Cookie"})
    # With no-referrer a browser sends ``Origin: null`` with our own forms, and the check of Origin would refuse them.
    answer.headers["Referrer-Policy"] = "same-origin"
    # Said here too: an answer to a failure of ours passes the middleware by.
    answer.headers["Content-Security-Policy"] = POLICY.decode()
    answer.headers["Cache-Control"] = "no-store" if visit.request.method == "POST" else "private, no-cache"
    return with_cookies(visit, answer)


def part(visit: Visit, *content: Content) -> Response:
    """A piece of a page, for the script that puts it in place."""
    headers = {"Content-Language": HTML_LANG[visit.language], "Cache-Control": "private, no-store"}
    return HTMLResponse(tag("div", *content), headers=headers)


def wants_part(visit: Visit) -> bool:
    """Whether the script asks, and not a person."""
    return visit.request.headers.get("x-part", "") == "1"


def wants_data(visit: Visit) -> bool:
    """Whether the script asks for figures instead of markup."""
    return "application/json" in visit.request.headers.get("accept", "")


def go(visit: Visit, where: str) -> Response:
    """On to another page after a form."""
    return with_cookies(visit, RedirectResponse(where, 303, {"Cache-Control": "no-store"}))


def with_cookies(visit: Visit, answer: Response) -> Response:
    """The browser's own cookie, and the language where it was asked for."""
    secure = is_secure(visit)
    if visit.fresh:
        answer.set_cookie(VISIT, visit.id, YEAR, httponly=True, samesite="strict", secure=secure)
    if visit.request.query_params.get("lang", "") in ("zh", "en"):
        answer.set_cookie(LANGUAGE, visit.language, YEAR, httponly=True, samesite="lax", secure=secure)
    return answer


def is_secure(visit: Visit) -> bool:
    """Whether the browser came by TLS, to us or to the proxy in front of us."""
    return visit.request.url.scheme == "https" or settings_of(visit.request).public_url.startswith("https://")


def hidden(visit: Visit, **fields: str) -> Html:
    """The token of a form, and fields nobody types."""
    given = {TOKEN: visit.token(), **fields}
    return Html("".join(tag("input", type="hidden", name=name, value=value) for name, value in given.items()))


def post(visit: Visit, action: str, *content: Content, class_: str = "", **fields: str) -> Html:
    """A form that posts, with its token. ``fields``: those nobody types."""
    return tag("form", hidden(visit, **fields), *content, method="post", action=action, class_=class_ or None)


def button(text: Content, kind: str = "", **attributes: str | None) -> Html:
    """A button that sends its form."""
    return tag("button", text, type="submit", class_=kind or None, **attributes)


def field(label: Content, control: Html, hint: Content = None, class_: str = "") -> Html:
    """A control inside its label; a hint stands below and is read after the control's name, not as part of it."""
    kind = f"field {class_}".strip()
    named = _NAME.search(control)
    if not hint or named is None:
        return tag("label", tag("span", label, class_="label"), control, class_=kind)
    id_ = f"hint-{named[1]}"
    described = Html(control.replace(" ", f' aria-describedby="{id_}" ', 1))
    asks = tag("label", tag("span", label, class_="label"), described)
    return tag("div", asks, tag("span", hint, id=id_, class_="hint"), class_=kind)


def _head(title: str) -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="same-origin"),
        tag("title", f"{title} · pcf-engine"),
        tag("link", rel="icon", href=address("mark.svg"), type="image/svg+xml"),
        *(tag("link", rel="stylesheet", href=address(name)) for name in ("report.css", "pages.css", "parts.css")),
        tag("script", src=address("pages.js"), defer=""),
    )


def _top(visit: Visit, here: str, path: str) -> Html:
    entries = [
        tag("li", tag("a", visit.say(f"nav_{word}"), href=href, aria_current="page" if word == here else None))
        for word, href, scope in NAVIGATION
        if not scope or visit.may(scope)
    ]
    brand = tag("a", tag("span", "pcf", class_="mark", aria_hidden="true"), "pcf-engine", href="/", class_="brand")
    nav = tag("nav", tag("ul", entries), aria_label=visit.say("navigation"))
    return tag("header", tag("div", brand, nav, _tools(visit, path), class_="frame"), class_="top")


def _tools(visit: Visit, path: str) -> Html:
    other, name = next(item for item in LANGUAGES if item[0] != visit.language)
    request = visit.request
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"] if not path else []
    here = path or (request.url.path if request.method == "GET" else "/")
    switch = tag("a", name, href=f"{here}?{urlencode([*kept, ('lang', other)])}", lang=HTML_LANG[other], hreflang=other)
    who: Content = None
    if visit.who is None:
        who = tag("a", visit.say("sign_in"), href="/sign-in")
    elif visit.who.account_id:
        email = visit.who.actor.removeprefix("account ")
        out = post(visit, "/sign-out", button(visit.say("sign_out"), "quiet"), class_="out")
        who = [tag("span", email, class_="email", title=f"{visit.who.tenant}, {visit.who.role}"), out]
    return tag("div", switch, who, class_="tools")


def _foot(visit: Visit) -> Html:
    links = [tag("a", "OpenAPI", href="/openapi.json"), tag("a", visit.say("nav_verify"), href="/verify")]
    said = [tag("span", f"pcf-engine {version('pcf-engine')}"), tag("span", visit.say("foot"))]
    return tag("footer", tag("div", said, tag("span", links, class_="links"), class_="frame"), class_="foot")
