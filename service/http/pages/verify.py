"""Verify: drop a record, no login. A limited process gives the verdict (``service.verify_apart``); nothing stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from lca.faults import Fault, Refused
from lca.messages import sentence
from service.http.pages import shell
from service.http.pages.forms import read_form
from service.http.pages.refusals import fault_list
from service.http.pages.visit import Visit, visit_of
from service.http.problems import status_of
from service.http.vouched import vouched
from service.http.who import apart
from service.report.markup import Content, Html, code, name, tag
from service.report.table import listed, pairs
from service.text.words import label
from service.verify_apart import fault_of, verify_apart

router = APIRouter(include_in_schema=False, tags=["pages"])
Anybody = Annotated[Visit, Depends(visit_of)]
PER_MINUTE: Final = 20
GOOD: Final = ("identical", "identical by other code")


@router.get("/verify")
async def ask(visit: Anybody) -> Response:
    return _page(visit, None)


@router.post("/verify")
async def verify(visit: Anybody) -> Response:
    """The verdict on a record that anybody sent."""
    form = await read_form(visit)
    address = visit.request.client.host if visit.request.client else ""
    visit.request.app.state.rates.take(f"verify {address}", PER_MINUTE)
    sent = form.file("file")
    try:
        if sent is None or not sent.content:
            raise Refused([Fault("file_missing", "file", found="no file", expected="a record, .json")])
        content = sent.content
        desk = None if visit.who is None else visit.desk
        keys = await apart(lambda: vouched(visit.request, desk))
        verdict = await apart(lambda: verify_apart(content, keys.values()))
    except Refused as refused:
        told = [tag("h2", visit.say("not_verified")), fault_list(visit, refused.faults)]
        return _page(visit, tag("div", told), status_of(refused.faults))
    return _page(visit, _verdict(visit, verdict))


def _page(visit: Visit, verdict: Content, status: int = 200) -> Response:
    title = visit.say("verify_title")
    chooser = tag("input", type="file", name="file", required="", accept=".json,application/json")
    form = tag(
        "form",
        shell.hidden(visit),
        tag(
            "div",
            shell.field(visit.say("record_file"), chooser, visit.say("record_file_hint")),
            class_="drop",
            data_drop="",
        ),
        shell.button(visit.say("verify_button"), "main"),
        method="post",
        action="/verify",
        enctype="multipart/form-data",
        class_="way",
    )
    points = listed([visit.say(f"verify_point_{number}") for number in (1, 2, 3)])
    lead = tag("p", visit.say("verify_lead"), class_="lead")
    told = tag("aside", tag("h2", visit.say("verify_how")), points, class_="told")
    ways = tag("div", form, told, class_="ways")
    return shell.page(visit, title, tag("h1", title), lead, verdict, ways, here="verify", status=status, path="/verify")


def _verdict(visit: Visit, verdict: Mapping[str, Any]) -> Html:
    """Three verdicts, the first step that differs with both values, and who signed."""
    good = verdict["integrity"] == "intact" and verdict["recomputation"] in GOOD and verdict["exit_code"] == 0
    kind = "good" if good else "bad" if verdict["exit_code"] in (3, 4) else "weak"
    sign = {"good": "✓", "bad": "✗", "weak": "○"}[kind]
    what = f"verdict_{verdict['integrity']}" if verdict["integrity"] == "tampered" else ""
    head = visit.say(what) if what else visit.known("verdict", verdict["recomputation"])
    said: list[tuple[str, Content]] = [
        (visit.say("about_record"), _shown(visit, verdict["shown"])),
        (visit.say("record"), code(verdict["name"])),
        (visit.say("integrity"), visit.known("integrity", verdict["integrity"])),
        (visit.say("recomputation"), visit.known("verdict", verdict["recomputation"])),
        (visit.say("first_step"), code(f"{verdict['step']} {verdict['where']}".strip()) if verdict["step"] else None),
        (visit.say("recorded"), code(verdict["recorded"]) if verdict["recorded"] else None),
        (visit.say("found"), code(verdict["found"]) if verdict["found"] else None),
        (visit.say("because"), listed(_reasons(visit, verdict), "plain") if verdict["reason"] else None),
        (visit.say("signature"), [visit.known("signature", verdict["signature"]), _signers(visit, verdict)]),
        (visit.say("unproven"), ", ".join(verdict["unproven"]) if verdict["unproven"] else None),
        (visit.say("notes"), listed(map(code, verdict["notes"]), "plain") if verdict["notes"] else None),
    ]
    title = tag("h2", tag("span", sign, class_="sign", aria_hidden="true"), " ", head)
    return tag("div", title, pairs(said, "facts sheet"), class_=f"outcome {kind}", role="status", **shell.FOCUS)


def _shown(visit: Visit, shown: Mapping[str, Any]) -> Content:
    if not shown:
        return None
    labels, unit = shown.get("label"), shown.get("unit")
    called = label(labels, visit.language) if isinstance(labels, dict) else str(shown.get("product", ""))
    total = shown.get("total")
    figure = f"{total} {shown.get('total_unit', '')}" if isinstance(total, str) else visit.say("a_band")
    per = label(unit["text"], visit.language) if isinstance(unit, dict) and isinstance(unit.get("text"), dict) else ""
    status = visit.known("result", str(shown.get("status", "")))
    return [tag("b", name(called)), " ", figure, tag("span", f"{per} · {status}", class_="under")]


def _reasons(visit: Visit, verdict: Mapping[str, Any]) -> list[Content]:
    faults = [fault_of(item) for item in verdict["reason"]]
    return [
        [
            sentence(fault, visit.language),
            " ",
            sentence(fault, visit.language, "fix"),
            tag("code", fault.code, class_="under"),
        ]
        for fault in faults
    ]


def _signers(visit: Visit, verdict: Mapping[str, Any]) -> Content:
    """Each envelope: its verdict, key, whose it is said to be, and when it says it was made."""
    if not verdict["signatures"]:
        return None
    return listed(
        ([visit.known("signature", str(item.get("verdict", ""))), " ", code(str(item.get("key_id", ""))[:24]), " ",
          name(str(item.get("title", ""))), " ", str(item.get("time", ""))] for item in verdict["signatures"]),
        "plain small",
    )  # fmt: skip
