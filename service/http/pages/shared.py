"""What a share shows, for who was given its link and has no login: the copy of its level as a page, and as a file.

The token stands in the fragment of ``/shared#...``, which browsers do not send and servers do not log: a script puts it
into the form, and without one the whole link is pasted. It goes with a POST and never into an address.
"""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from lca.faults import Fault, Refused
from service.companies.shares import Opened, open_share
from service.http.attached import attached
from service.http.pages import shell
from service.http.pages.forms import read_form
from service.http.pages.listing import moment
from service.http.pages.refusals import fault_list
from service.http.pages.visit import Visit, visit_of
from service.http.problems import request_id, status_of
from service.http.who import apart, settings_of, store_of
from service.intake import MEDIA
from service.records.levels import levels
from service.records.sections import integrity_faults
from service.report.bars import PATTERN
from service.report.markup import Content, Html, name, tag
from service.report.page import PARTS
from service.report.proof import proof
from service.report.top import banners, masthead, product_name
from service.report.view import view_of

router = APIRouter(include_in_schema=False, tags=["pages"])
Anybody = Annotated[Visit, Depends(visit_of)]
PER_MINUTE: Final = 20


@router.get("/shared")
async def get_shared(visit: Anybody) -> Response:
    return _ask(visit)


@router.post("/shared")
async def post_shared(visit: Anybody) -> Response:
    """Open a share: its page, or its copy as a file."""
    form = await read_form(visit)
    address = visit.request.client.host if visit.request.client else ""
    most = min(PER_MINUTE, settings_of(visit.request).per_minute)
    visit.request.app.state.rates.take(f"shared {address}", most)
    token = form.get("share").rpartition("#")[2]

    def work() -> Response:
        opened = open_share(store_of(visit.request), token, request_id(visit.request))
        return _file(opened) if form.get("do") == "file" else _page(visit, opened, token)

    try:
        return await apart(work)
    except Refused as refused:
        return _ask(visit, refused.faults)


def _ask(visit: Visit, faults: tuple[Fault, ...] = ()) -> Response:
    title = visit.say("shared_title")
    control = tag("input", name="share", type="text", autocomplete="off", required="", spellcheck="false")
    form = shell.post(
        visit, "/shared",
        tag("div", shell.field(visit.say("share_link"), control, visit.say("link_hint")), data_fragment="share"),
        shell.button(visit.say("open_share"), "main"), class_="narrow",
    )  # fmt: skip
    wrong = fault_list(visit, faults) if faults else None
    status = status_of(faults) if faults else 200
    content = (tag("h1", title), tag("p", visit.say("shared_lead"), class_="lead"), wrong, form)
    return shell.page(visit, title, *content, status=status, path="/shared", kind="plain")


def _page(visit: Visit, opened: Opened, token: str) -> Response:
    view, faults = view_of(opened.copy, visit.language), integrity_faults(opened.copy)
    gone = None
    if opened.withdrawn:
        told = [tag("strong", visit.say("withdrawn_shared")), " ", name(opened.withdrawn)]
        gone = tag("p", told, class_="banner withdrawn", role="note")
    parts: list[Content] = [part(view) for part in PARTS]
    head = [PATTERN, _about(visit, opened, token), gone, banners(view, faults), masthead(view)]
    content = (head, parts, proof(view, faults, None))
    return shell.page(visit, product_name(view), *content, path="/shared", kind="result")


def _about(visit: Visit, opened: Opened, token: str) -> Html:
    share = opened.share
    level = levels()[share.level].label[visit.language] if share.level in levels() else share.level
    until = [visit.say("open_until"), " ", moment(share.expires_at)]
    said = [visit.say("shared_with"), " ", tag("b", name(share.title)), " · ", level, " · ", until]
    keep = shell.post(
        visit, "/shared", shell.button(visit.say("keep_copy"), name="do", value="file"), " ",
        tag("a", visit.say("verify_there"), href="/verify"), class_="actions", share=token,
    )  # fmt: skip
    return tag("div", tag("p", said), keep, class_="banner shared")


def _file(opened: Opened) -> Response:
    content = json.dumps(opened.copy, ensure_ascii=False, indent=1).encode()
    called = f"{opened.copy['name'][:16]}-{opened.share.level}.json"
    headers = {"Content-Disposition": attached(called), "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA[".json"], headers=headers)
