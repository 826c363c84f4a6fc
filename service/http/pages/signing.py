"""Signatures of a record, and the button that adds one; or the one sentence why that is not possible and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lca.faults import Refused
from lca.messages import sentence
from service.desk import store_place
from service.http.pages import shell
from service.http.pages.listing import moment, select
from service.http.pages.visit import Visit
from service.http.vouched import vouched
from service.http.who import settings_of
from service.records.envelope import Judged, KnownKey, judge
from service.records.key_ring import own_keys, usable
from service.records.keys import KeyFolder, by_id, instant, is_locked, key_folder, passphrase, read_private
from service.report.markup import Content, Html, code, name, tag
from service.report.table import section, table
from service.report.view import View

SHORT: Final = 16


def signatures(visit: Visit, view: View, intact: bool, withdrawn: bool) -> Html:
    """Who signed, and the way to sign."""
    judged = judge(view.record, _known(visit)) if intact and view.record.get("signatures") else ()
    held: Content = _table(visit, judged) if judged else tag("p", visit.say("no_signatures"), class_="small")
    return section(
        visit.say("signatures"), held, _way(visit, view, judged, withdrawn), note=visit.say("signatures_says")
    )


def _known(visit: Visit) -> Mapping[str, KnownKey]:
    try:
        return vouched(visit.request, visit.desk)
    except Refused:  # a damaged file of somebody else's key: the page of a record is no place to fail for it
        return by_id(own_keys(visit.desk))


def _table(visit: Visit, judged: tuple[Judged, ...]) -> Html:
    columns = [(visit.say("signing_key"), "text"), (visit.say("signed_at"), "text"), (visit.say("worth"), "text")]
    rows = [
        [
            [name(item.title or visit.say("not_known")), tag("code", item.key_id[:SHORT], class_="under")],
            moment(item.time) if item.time else "–",
            tag("span", visit.known("signature", item.verdict), class_=f"badge sign-{item.verdict.replace(' ', '-')}"),
        ]
        for item in judged
    ]
    return table(visit.say("signatures"), columns, rows)


def _way(visit: Visit, view: View, judged: tuple[Judged, ...], withdrawn: bool) -> Content:
    """The form, or why there is none; the first reason that holds."""
    if withdrawn:
        return _no(visit.say("sign_withdrawn"))
    if view.draft:
        return _no(visit.say("sign_draft"))
    if not visit.may("record:sign"):
        who = visit.caller
        if not who.account_id and not who.credential_id:
            return _no(visit.say("sign_open"), f"pcf sign {view.record['name'][:SHORT]}")
        return _no(visit.say("sign_role", role=visit.known("role", who.role)))
    try:
        folder = key_folder(store_place(settings_of(visit.request).store))
    except Refused as refused:
        return _no(_sentences(visit, refused))
    keys = [key for key in own_keys(visit.desk) if usable(key, instant())]
    if not keys:
        company = "" if visit.desk.tenant == "local" else f"PCF_COMPANY={visit.desk.tenant} "
        return _no(visit.say("sign_no_key"), f'{company}pcf key new "{visit.say("sign_whose")}"')
    signed = {item.key_id for item in judged}
    fresh = [key for key in reversed(keys) if key.id not in signed]
    if not fresh:
        return _no(visit.say("sign_all"))
    hindered = {key.id: _hindered(visit, folder, key) for key in fresh}
    ready = [key for key in fresh if not hindered[key.id]]
    whys = [
        tag("p", [tag("b", name(key.title)), " ", code(key.id[:SHORT])], visit.say("colon"), why, class_="no")
        for key in fresh
        if (why := hindered[key.id])
    ]
    return [_form(visit, view, ready) if ready else None, whys]


def _hindered(visit: Visit, folder: KeyFolder, key: KnownKey) -> str:
    """Why a key cannot sign here, as far as it can be seen without opening it."""
    try:
        private = read_private(folder, visit.desk.tenant, key.id)
    except Refused as refused:
        return _sentences(visit, refused)
    return visit.say("sign_passphrase") if is_locked(private) and not passphrase() else ""


def _form(visit: Visit, view: View, keys: list[KnownKey]) -> Html:
    choices = {key.id: f"{key.title} · {key.id[:SHORT]}" for key in keys}
    control = shell.field(visit.say("signing_key"), select("key", choices, keys[0].id))
    action = f"/records/{view.record['name']}/signatures"
    told = tag("p", visit.say("sign_says"), class_="remark")
    return shell.post(visit, action, control, shell.button(visit.say("sign"), "main"), told, class_="deed")


def _sentences(visit: Visit, refused: Refused) -> str:
    fault: Any = refused.faults[0]
    return f"{sentence(fault, visit.language)} {sentence(fault, visit.language, 'fix')}"


def _no(why: str, command: str = "") -> Html:
    shown = tag("p", code(command), class_="command") if command else None
    return tag("div", tag("p", why, class_="no"), shown)
