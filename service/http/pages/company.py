"""The company: people, keys of programs, and the log of who did what. For owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from lca.faults import Fault, Refused
from service.companies import audit
from service.companies.accounts import change_account, invite, list_accounts
from service.companies.keys import KEY_DAYS, Wanted, list_keys, new_key, replace_key, revoke_key
from service.companies.roles import ROLES
from service.http.pages import shell
from service.http.pages.forms import Form, read_form
from service.http.pages.listing import moment, select
from service.http.pages.refusals import fault_list
from service.http.pages.start import side
from service.http.pages.visit import Visit, visiting
from service.http.problems import request_id, status_of
from service.http.who import apart, settings_of
from service.report.markup import Content, Html, code, name, tag
from service.report.table import table

router = APIRouter(include_in_schema=False, tags=["pages"])
Owner = Annotated[Visit, visiting("admin")]
ENTRIES = 50


@router.get("/company")
async def company(visit: Owner) -> Response:
    return await apart(lambda: _page(visit))


@router.post("/company/{deed}")
async def change(visit: Owner, deed: str) -> Response:
    """One change; what is shown once is shown on the page that follows, and nowhere else."""
    form = await read_form(visit)

    def work() -> Response:
        try:
            once = _done(visit, deed, form)
        except Refused as refused:
            return _page(visit, refused.faults)
        return _page(visit, (), once) if once else shell.go(visit, "/company")

    return await apart(work)


def _done(visit: Visit, deed: str, form: Form) -> Html | None:
    """Do it; returns what is shown once.

    Raises:
        Refused: what the deed refuses; ``page_unknown``.
    """
    engine, who, number = visit.desk.engine, visit.caller, request_id(visit.request)
    if deed == "invite":
        made = invite(engine, who.tenant, form.get("email"), form.get("role"), who.actor, number)
        base = settings_of(visit.request).public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")
        return _once(visit, "link_for", form.get("email"), f"{base}/welcome#{made.text}")
    if deed == "account":
        more = {"role": form.get("role"), "state": form.get("state"), "actor": who.actor, "request_id": number}
        change_account(engine, who.tenant, form.get("id"), **more)
    elif deed == "key":
        days = form.get("days")
        if not (days.isascii() and days.isdigit()):
            raise Refused([Fault("key_days", "days", found=days[:20] or "blank", expected=f"1 to {5 * KEY_DAYS}")])
        wanted = Wanted(form.get("title"), form.get("role"), (), int(days[:6]))
        return _once(visit, "key_for", form.get("title"), new_key(engine, who.tenant, wanted, who.actor, number).text)
    elif deed == "replace":
        made = replace_key(engine, who.tenant, form.get("id"), who.actor, number)
        return _once(visit, "key_for", form.get("id"), made.text)
    elif deed == "revoke":
        revoke_key(engine, who.tenant, form.get("id"), who.actor, number)
    else:
        raise Refused([Fault("page_unknown", found=deed[:40], expected="/company")])
    return None


def _once(visit: Visit, word: str, whose: str, secret: str) -> Html:
    head = [tag("strong", visit.say(word, whose=whose)), " ", visit.say("shown_once")]
    return tag(
        "div",
        tag("p", head),
        tag("p", code(secret), class_="command"),
        class_="banner once",
        role="status",
        **shell.FOCUS,
    )


def _page(visit: Visit, faults: tuple[Fault, ...] = (), once: Html | None = None) -> Response:
    engine, tenant = visit.desk.engine, visit.desk.tenant
    people, keys = list_accounts(engine, tenant), list_keys(engine, tenant)
    log, checked = audit.newest(engine, tenant, ENTRIES), audit.verify(engine, tenant)
    title = visit.say("company_title", company=tenant)
    wrong = fault_list(visit, faults) if faults else None
    parts = [_people(visit, people), _keys(visit, keys), _log(visit, log, checked)]
    status = status_of(faults) if faults else 200
    return shell.page(
        visit, title, tag("h1", title), once, wrong, parts, here="company", status=status, path="/company"
    )


def _section(visit: Visit, word: str, *content: Content) -> Html:
    return tag("section", side(visit, word), tag("div", *content, class_="main"))


def _roles(visit: Visit, chosen: str, **attributes: str) -> Html:
    return select("role", {role: visit.known("role", role) for role in ROLES}, chosen, **attributes)


def _people(visit: Visit, rows: Sequence[dict[str, str]]) -> Html:
    columns = [(visit.say("email"), "text"), (visit.say("role"), "text"), (visit.say("state"), "text"),
               (visit.say("deed"), "text")]  # fmt: skip
    held = [
        [
            name(row["email"]),
            shell.post(
                visit,
                "/company/account",
                _roles(visit, row["role"], aria_label=visit.say("role_of", who=row["email"])),
                " ",
                shell.button(visit.say("save"), "small", aria_label=_of(visit, "save", row["email"])),
                id=row["id"],
                class_="inline",
            ),
            visit.say("invited") if row["invited"] else visit.known("account", row["state"]),
            _switch(visit, row),
        ]
        for row in rows
    ]
    form = shell.post(
        visit, "/company/invite",
        shell.field(visit.say("email"), tag("input", type="email", name="email", required="", autocomplete="off")),
        shell.field(visit.say("role"), _roles(visit, "calculator")),
        shell.button(visit.say("invite"), "main"), class_="filter",
    )  # fmt: skip
    listed = table(visit.say("people"), columns, held) if held else tag("p", visit.say("no_people"), class_="empty")
    return _section(visit, "people", listed, tag("h3", visit.say("invite_title")), form)


def _switch(visit: Visit, row: dict[str, str]) -> Html:
    state = "disabled" if row["state"] == "active" else "active"
    say = visit.say(f"make_{state}")
    return shell.post(
        visit,
        "/company/account",
        shell.button(say, "small", aria_label=_of(visit, f"make_{state}", row["email"])),
        id=row["id"],
        state=state,
        class_="inline",
    )


def _of(visit: Visit, word: str, whose: str) -> str:
    """What a button says to who hears it away from its row."""
    return f"{visit.say(word)}{visit.say('colon')}{whose}"


def _keys(visit: Visit, rows: Sequence[dict[str, str]]) -> Html:
    columns = [(visit.say("key_title"), "text"), (visit.say("role"), "text"), (visit.say("good_until"), "text"),
               (visit.say("last_used"), "text"), (visit.say("deed"), "text")]  # fmt: skip
    held: list[list[Content]] = []
    for row in rows:
        called: Content = [name(row["title"]), tag("code", row["id"], class_="under")]
        good: Content = visit.say("revoked") if row["revoked_at"] else moment(row["expires_at"])
        used: Content = moment(row["last_used_at"]) if row["last_used_at"] else visit.say("never")
        deeds: Content = "–"
        if not row["revoked_at"]:
            deeds = [
                shell.post(
                    visit,
                    f"/company/{deed}",
                    shell.button(visit.say(deed), "small", aria_label=_of(visit, deed, row["title"])),
                    id=row["id"],
                    class_="inline",
                )
                for deed in ("replace", "revoke")
            ]
        held.append([called, visit.known("role", row["role"]), good, used, deeds])
    form = shell.post(
        visit,
        "/company/key",
        shell.field(
            visit.say("key_title"),
            tag("input", name="title", required="", autocomplete="off"),
            visit.say("key_title_hint"),
        ),
        shell.field(visit.say("role"), _roles(visit, "calculator")),
        shell.field(
            visit.say("days"), tag("input", name="days", value=str(KEY_DAYS), inputmode="numeric", required="")
        ),
        shell.button(visit.say("make_key"), "main"),
        class_="filter",
    )
    listed = table(visit.say("keys"), columns, held) if held else tag("p", visit.say("no_keys"), class_="empty")
    return _section(visit, "keys", listed, tag("h3", visit.say("make_key")), form)


def _log(visit: Visit, rows: Sequence[audit.Entry], checked: audit.Checked) -> Html:
    """The newest entries, and whether the whole chain holds."""
    broken = checked.broken
    state = visit.say("log_holds", count=checked.entries)
    if broken is not None:
        state = visit.say("log_broken", serial=broken.serial, kind=visit.known("broken", broken.kind))
    sign = tag(
        "p", tag("span", "✗ " if broken else "✓ ", aria_hidden="true"), state, class_="bad" if broken else "good"
    )
    columns = [("#", "text"), (visit.say("when"), "text"), (visit.say("who"), "text"), (visit.say("what"), "text"),
               (visit.say("on_what"), "text")]  # fmt: skip
    held: list[list[Any]] = [
        [str(row.serial), moment(row.at), name(row.actor), code(row.action), code(row.target[:24])] for row in rows
    ]
    return _section(visit, "log", sign, table(visit.say("log"), columns, held) if held else None)
