"""What is done to a record from its page: signed, shared, a share ended, withdrawn. A record itself never changes.

The deeds are those of the HTTP interface, by the same functions, for the same scopes, with the same entries in the
audit log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from lca.faults import Fault, Refused
from service.companies.shares import list_shares
from service.desk import store_place
from service.http.pages import sharing, shell
from service.http.pages.forms import read_form
from service.http.pages.listing import held_record
from service.http.pages.refusals import fault_list
from service.http.pages.result import Told, page, withdrawn_banner
from service.http.pages.visit import Visit, visiting
from service.http.problems import request_id, status_of
from service.http.who import apart, settings_of
from service.records.keys import key_folder, passphrase
from service.records.sign import sign
from service.records.withdrawn import withdrawal
from service.report.markup import Content, Html, name, tag
from service.report.table import listed
from service.text.words import label

router = APIRouter(include_in_schema=False, tags=["pages"])
Signer = Annotated[Visit, visiting("record:sign")]
Sharer = Annotated[Visit, visiting("record:share")]
Withdrawer = Annotated[Visit, visiting("calc:run")]
LONGEST: Final = 10_000
"""Characters of a reason, as the HTTP interface takes them."""


@router.post("/records/{record}/signatures")
async def sign_it(visit: Signer, record: str) -> Response:
    """Run the record again and sign it with a key of the company, whose file lies with the service."""
    key = (await read_form(visit)).get("key")

    def work(held: dict[str, Any]) -> Told:
        folder = key_folder(store_place(settings_of(visit.request).store))
        sign(
            visit.desk, folder, held["name"], visit.caller.actor,
            key=key, passphrase=passphrase, request_id=request_id(visit.request),
        )  # fmt: skip
        return Told(said(visit, "signed_now"))

    return await _done(visit, record, work)


@router.post("/records/{record}/shares")
async def share_it(visit: Sharer, record: str) -> Response:
    """Make a share; its link stands in this answer and nowhere else."""
    form = await read_form(visit)
    typed = {field: form.get(field) for field in ("level", "title", "days")}
    return await _done(visit, record, lambda held: Told(sharing.shared_anew(visit, held["name"], form)), typed)


@router.post("/records/{record}/shares/{share}/revoke")
async def revoke_it(visit: Sharer, record: str, share: str) -> Response:
    """End a share from this moment."""
    await read_form(visit)

    def work(held: dict[str, Any]) -> Told:
        sharing.ended(visit, held["name"], share)
        return Told(said(visit, "revoked_now"))

    return await _done(visit, record, work)


@router.get("/records/{record}/signatures")
@router.get("/records/{record}/shares")
async def back(visit: Annotated[Visit, visiting("record:read")], record: str) -> Response:
    """The address of a form that was sent, opened again: the record."""
    return shell.go(visit, f"/records/{(await apart(lambda: held_record(visit, record)))['name']}")


@router.get("/records/{record}/withdraw")
async def ask(visit: Withdrawer, record: str) -> Response:
    """Why it is to be withdrawn, and what that means."""
    return await apart(lambda: _ask(visit, held_record(visit, record)))


@router.post("/records/{record}/withdraw")
async def withdraw_it(visit: Withdrawer, record: str) -> Response:
    """First the reason, shown once more with what follows from it; then the deed."""
    form = await read_form(visit)
    reason, deed = form.get("reason"), form.get("do")

    def work() -> Response:
        held = held_record(visit, record)
        if withdrawal(visit.desk, held["name"]) is not None:
            return _ask(visit, held)
        if not reason or len(reason) > LONGEST:
            found = "blank" if not reason else f"{len(reason)} characters"
            expected = f"why the record is withdrawn, at most {LONGEST} characters"
            return _ask(visit, held, reason, (Fault("field_wrong", "reason", found=found, expected=expected),))
        if deed == "change":
            return _ask(visit, held, reason)
        if deed != "withdraw":
            return _sure(visit, held, reason)
        visit.desk.records.withdraw(held["name"], reason, visit.caller.actor, request_id(visit.request))
        return page(visit, held, Told(said(visit, "withdrawn_now")))

    return await apart(work)


def said(visit: Visit, word: str) -> Html:
    """What has just been done, where a keyboard goes on and a reader begins."""
    return tag("p", tag("strong", visit.say(word)), class_="banner verdict good", role="status", **shell.FOCUS)


async def _done(
    visit: Visit, record: str, work: Callable[[dict[str, Any]], Told], typed: dict[str, str] | None = None
) -> Response:
    """Do it, and show the record's page with what came of it; or with why it was refused, and what was typed."""

    def whole() -> Response:
        held = held_record(visit, record)
        try:
            told = work(held)
        except Refused as refused:
            return page(visit, held, Told(faults=refused.faults, typed=typed or {}))
        return page(visit, visit.desk.records.get(held["name"]), told)

    return await apart(whole)


def _ask(visit: Visit, record: dict[str, Any], reason: str = "", faults: tuple[Fault, ...] = ()) -> Response:
    gone = withdrawal(visit.desk, record["name"])
    if gone is not None:
        return _page(visit, record, withdrawn_banner(visit, gone))
    invalid: dict[str, str | None] = {"aria_invalid": "true"} if faults else {}
    text = tag("textarea", f"\n{reason}", name="reason", rows="4", required="", maxlength=str(LONGEST), **invalid)
    form = shell.post(
        visit, f"/records/{record['name']}/withdraw",
        shell.field(visit.say("withdraw_reason"), text, visit.say("withdraw_reason_hint")),
        tag("p", shell.button(visit.say("go_on"), "main"), " ", _back(visit, record), class_="actions"),
        class_="wide-form",
    )  # fmt: skip
    wrong = fault_list(visit, faults) if faults else None
    return _page(visit, record, wrong, _means(visit, record), form, status=status_of(faults) if faults else 200)


def _sure(visit: Visit, record: dict[str, Any], reason: str) -> Response:
    """The reason once more, and the button."""
    shown = tag("blockquote", tag("p", name(reason)), class_="reason")
    buttons = [
        shell.button(visit.say("withdraw_now"), "danger", name="do", value="withdraw"),
        shell.button(visit.say("withdraw_change"), "quiet", name="do", value="change"), _back(visit, record),
    ]  # fmt: skip
    form = shell.post(visit, f"/records/{record['name']}/withdraw", tag("p", buttons, class_="actions"), reason=reason)
    head = tag("h2", visit.say("withdraw_sure"), **shell.FOCUS)
    return _page(visit, record, head, tag("p", visit.say("withdraw_with")), shown, _means(visit, record), form)


def _means(visit: Visit, record: dict[str, Any]) -> Html:
    """What follows from a withdrawal, in this store."""
    points = [visit.say("withdraw_means_kept"), visit.say("withdraw_means_free"), visit.say("withdraw_means_final")]
    opened = sum(share.state == "open" for share in list_shares(visit.desk, record["name"]))
    if opened:
        points.insert(1, visit.say("withdraw_means_shares", count=opened))
    return tag("div", tag("p", visit.say("withdraw_means")), listed(points), class_="means")


def _page(visit: Visit, record: dict[str, Any], *content: Content, status: int = 200) -> Response:
    result = record["sections"]["result"]
    title = visit.say("withdraw_title")
    called = name(label(result["label"], visit.language) or result["product"])
    head = [
        tag("p", tag("a", visit.say("back_to_record"), href=f"/records/{record['name']}"), class_="back"),
        tag("h1", title),
        tag("p", called, " ", tag("code", record["name"][:16]), class_="lead"),
    ]
    path = f"/records/{record['name']}/withdraw"
    return shell.page(visit, title, head, content, here="records", status=status, path=path, kind="plain")


def _back(visit: Visit, record: dict[str, Any]) -> Html:
    return tag("a", visit.say("do_nothing"), href=f"/records/{record['name']}")
