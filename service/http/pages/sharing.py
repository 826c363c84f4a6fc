"""Shares of a record: what is shown to whom and until when, a new one, and the end of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from lca.faults import Fault, Refused
from service.companies.shares import DAYS, MOST_DAYS, Share, list_shares, new_share, revoke_share
from service.http.pages import shell
from service.http.pages.forms import Form
from service.http.pages.listing import moment
from service.http.pages.visit import Visit
from service.http.problems import request_id
from service.http.who import settings_of
from service.records.levels import levels
from service.report.markup import Content, Html, code, name, tag
from service.report.table import section, table
from service.report.view import View

FIRST: Final = "customer"
"""The level that is chosen where nobody has chosen yet."""


def shares(visit: Visit, view: View, withdrawn: bool, typed: Mapping[str, str]) -> Html | None:
    """The part of a record's page; for who may not share one sentence."""
    note = visit.say("shares_says")
    if view.level:
        return None
    if not visit.may("record:share"):
        role = visit.known("role", visit.caller.role)
        return section(visit.say("shares"), tag("p", visit.say("may_not_share", role=role), class_="no"), note=note)
    rows = list_shares(visit.desk, view.record["name"])
    held: Content = _table(visit, view, rows) if rows else tag("p", visit.say("no_shares"), class_="small")
    way: Content = tag("p", visit.say("not_shared_withdrawn"), class_="no")
    if not withdrawn:
        way = _form(visit, view, typed)
    return section(visit.say("shares"), held, way, note=note)


def shared_anew(visit: Visit, record: str, form: Form) -> Html:
    """Make a share; returns its link, which is shown once.

    Raises:
        Refused: what :func:`service.companies.shares.new_share` refuses.
    """
    days = form.get("days")
    if not (days.isascii() and days.isdigit() and len(days) < 6):
        raise Refused([Fault("share_days", "days", found=days[:20] or "nothing", expected=f"1 to {MOST_DAYS}")])
    share, token = new_share(
        visit.desk, record, form.get("level"), form.get("title"), visit.caller.actor,
        days=int(days), request_id=request_id(visit.request),
    )  # fmt: skip
    base = settings_of(visit.request).public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")
    head = visit.say("share_link_for", whose=share.title, level=levels()[share.level].label[visit.language])
    return tag(
        "div",
        tag("p", tag("strong", head), " ", visit.say("shown_once")),
        tag("p", code(f"{base}/shared#{token}"), class_="command"),
        tag("p", visit.say("link_opens"), class_="small"),
        class_="banner once", role="status", **shell.FOCUS,
    )  # fmt: skip


def ended(visit: Visit, record: str, share_id: str) -> None:
    """End a share of this record.

    Raises:
        Refused: ``share_unknown``, also for a share of another record.
    """
    if share_id not in {share.id for share in list_shares(visit.desk, record)}:
        raise Refused([Fault("share_unknown", found=share_id[:40], expected="a share of this record")])
    revoke_share(visit.desk, share_id, visit.caller.actor, request_id(visit.request))


def _table(visit: Visit, view: View, rows: Sequence[Share]) -> Html:
    columns = [
        (visit.say("share_for"), "text"), (visit.say("share_level"), "text"), (visit.say("share_made"), "text"),
        (visit.say("open_until"), "text"), (visit.say("state"), "text"), (visit.say("deed"), "text"),
    ]  # fmt: skip
    return table(visit.say("shares"), columns, [_row(visit, view, row) for row in rows])


def _row(visit: Visit, view: View, row: Share) -> list[Content]:
    level = levels().get(row.level)
    revoke: Content = "–"
    if row.state == "open":
        action = f"/records/{view.record['name']}/shares/{row.id}/revoke"
        spoken = f"{visit.say('revoke')}{visit.say('colon')}{row.title}"
        revoke = shell.post(visit, action, shell.button(visit.say("revoke"), "small", aria_label=spoken))
    return [
        [name(row.title), tag("code", row.id, class_="under")],
        level.label[visit.language] if level else row.level,
        [moment(row.created_at), tag("span", name(row.made_by), class_="under")],
        moment(row.expires_at),
        tag("span", visit.known("share", row.state), class_=f"badge share-{row.state}"),
        revoke,
    ]


def _form(visit: Visit, view: View, typed: Mapping[str, str]) -> Html:
    """Level, whom it is for, how long; a draft is shown to auditors only."""
    there = [level for level in levels().values() if level.draft or not view.draft]
    chosen = typed.get("level", FIRST)
    if chosen not in {level.id for level in there}:
        chosen = there[0].id
    boxes = [
        tag(
            "label",
            tag("input", type="radio", name="level", value=level.id, checked="" if level.id == chosen else None),
            tag("span", tag("b", level.label[visit.language]), tag("span", level.says[visit.language], class_="under")),
            class_="check",
        )
        for level in there
    ]
    title = tag("input", name="title", value=typed.get("title", ""), required="", maxlength="200", autocomplete="off")
    days = tag(
        "input", name="days", value=typed.get("days", str(DAYS)), required="", inputmode="numeric", autocomplete="off"
    )  # fmt: skip
    record = view.record["name"]
    copies = [
        tag("li", tag("a", level.label[visit.language], href=f"/records/{record}/files/copy-{level.id}.json",
                      download=""))
        for level in there
    ]  # fmt: skip
    form = shell.post(
        visit, f"/records/{record}/shares",
        tag("fieldset", tag("legend", visit.say("share_shows")), boxes, class_="levels"),
        tag("div", shell.field(visit.say("share_for"), title, visit.say("share_for_hint")),
            shell.field(visit.say("share_days_open"), days, visit.say("share_days_hint", most=MOST_DAYS)),
            class_="grid"),
        shell.button(visit.say("make_share"), "main"), class_="deed",
    )  # fmt: skip
    copy = tag("div", tag("p", visit.say("or_copy")), tag("ul", copies, class_="inline-list"), class_="small or-copy")
    return tag("div", tag("h3", visit.say("new_share")), form, copy)
