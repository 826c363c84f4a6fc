"""Refusals as pages: every fault in a table at its cell or field, all at once; who must sign in is asked to."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from lca.faults import Fault, Refused
from lca.messages import sentence
from service.http.pages import kept, shell
from service.http.pages.visit import Visit, stranger, visit_of
from service.http.problems import RETRY, request_id, status_of
from service.http.who import same_site
from service.report.markup import Content, Html, code, escaped, tag
from service.report.table import table

_LINE: Final = re.compile(r"(.+) line (\d+)")
Handler = Callable[[Request, Exception], Awaitable[Response]]
NOT_PAGES: Final = ("/v1/", "/2/", "/3/", "/auth/", "/healthz", "/readyz", "/metrics", "/openapi.json")


def is_page(request: Request) -> bool:
    """Whether a person's browser is to be answered: a route of ours, or an unknown one that a browser opened."""
    route = request.scope.get("route")
    if route is not None:
        return "pages" in getattr(route, "tags", ())
    asked = request.headers.get("accept", "")
    return "text/html" in asked and not request.url.path.startswith(NOT_PAGES)


def as_page(answer: Handler) -> Any:
    """An error handler that answers a browser with a page, and everybody else as ``answer`` does."""

    async def handled(request: Request, error: Exception) -> Response:
        told = await answer(request, error)
        if not is_page(request) or _for_script(request, told):
            return told
        faults = error.faults if isinstance(error, Refused) else _faults(request, error, told)
        return await refused(request, faults, told.status_code)

    return handled


def _for_script(request: Request, told: Response) -> bool:
    """Whether a script of a page asked for figures; the way to sign in is told to it by a page's own words."""
    return "application/json" in request.headers.get("accept", "") and told.status_code != 401


def _faults(request: Request, error: Exception, told: Response) -> tuple[Fault, ...]:
    """What a framework's error comes to; our own mistakes are told by their request id alone."""
    if told.status_code == 404:
        return (Fault("page_unknown", expected="/"),)
    if told.status_code >= 500:
        return (Fault("went_wrong", found=f"request {request_id(request)}", expected="an answer"),)
    return (Fault("body_unreadable", "/", found=type(error).__name__, expected="a form of this page"),)


async def refused(request: Request, faults: Iterable[Fault], status: int = 0) -> Response:
    """A refusal as a page, or on to the sign-in page where somebody must be known."""
    every = tuple(faults)
    visit = await _visit(request)
    code_ = status or status_of(every)
    if code_ == 401 and visit.who is None:
        from service.http.pages.sign_in import ended  # which shows its own refusals by this module

        return await ended(visit)
    if shell.wants_part(visit):
        answer = shell.part(visit, fault_list(visit, every, first=False))
        answer.status_code = code_
        return answer
    title = counted(visit, every)
    again = await _again(visit, every)
    content = (tag("h1", title), fault_list(visit, every), again)
    answer = shell.page(visit, title, *content, status=code_, path="/")
    if code_ in RETRY:
        answer.headers["Retry-After"] = str(RETRY[code_])
    return answer


async def _again(visit: Visit, faults: tuple[Fault, ...]) -> Html | None:
    """Of a form from before somebody signed in or out elsewhere: what was typed, and a button that sends it again."""
    if visit.who is None or [fault.code for fault in faults] != ["form_token"]:
        return None
    held = await kept.kept(visit)
    if held is None:
        return None
    send = kept.again(visit, held) if held.fields and not held.lost else None
    back = tag("p", tag("a", visit.say("send_not"), href=kept.came_from(visit)))
    return tag("div", kept.told(visit, held), tag("div", send, back, class_="actions"), class_="banner ended")


async def _visit(request: Request) -> Visit:
    """The visit, or that of a stranger where finding out who visits was what failed."""
    found = getattr(request.state, "visit", None)
    if isinstance(found, Visit):
        return found
    try:
        same_site(request)
        return await visit_of(request)
    except Refused:
        return stranger(request)


def counted(visit: Visit, faults: Sequence[Fault]) -> str:
    """How many things are to be corrected."""
    return visit.say("refused_one" if len(faults) == 1 else "refused_many", count=len(faults))


def fault_list(visit: Visit, faults: tuple[Fault, ...], *, first: bool = True) -> Html:
    """All faults in one table: where, what is wrong, found, expected, what to do, and which rule says so.

    ``first``: it is what the page is about, and where a keyboard and a reader begin.
    """
    placed = any("!" in fault.where for fault in faults)
    heads = (["sheet", "cell"] if placed else ["place"]) + ["wrong", "found", "expected", "do"]
    columns = [(visit.say(f"fault_{name}"), "text") for name in heads]
    rows = [[*_place(visit, fault, placed), _wrong(visit, fault), *_rest(visit, fault)] for fault in faults]
    held = table(visit.say("faults_caption"), columns, rows)
    if not first:
        return tag("div", held, class_="faults")
    return tag("div", held, class_="faults", role="group", aria_label=visit.say("faults_caption"), **shell.FOCUS)


def _place(visit: Visit, fault: Fault, placed: bool) -> list[Content]:
    line = _LINE.fullmatch(fault.where)  # of a series that came beside the data
    if not placed:
        if line:
            return [[code(line[1]), tag("span", visit.say("line_of", number=line[2]), class_="under")]]
        return [code(fault.where) if fault.where else "–"]
    if line:
        return [line[1], visit.say("line_of", number=line[2])]
    sheet, mark, cell = fault.where.rpartition("!")
    return [sheet.strip("'"), code(cell)] if mark else [code(fault.where) if fault.where else "–", "–"]


def _wrong(visit: Visit, fault: Fault) -> Content:
    rule = tag("span", visit.say("fault_rule", rule=fault.rule), class_="under") if fault.rule else None
    return [tag("b", sentence(fault, visit.language)), tag("code", fault.code, class_="under"), rule]


def _rest(visit: Visit, fault: Fault) -> list[Content]:
    fix = sentence(fault, visit.language, "fix")
    return [escaped(text) if text else "–" for text in (fault.found, fault.expected, fix)]
