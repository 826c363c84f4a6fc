"""A record as a page: the report's own parts, and what a page can do beside: unfold, try changes, compare, download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from lca.faults import Fault
from service.http.pages import shell
from service.http.pages.again import typed
from service.http.pages.downloads import downloads
from service.http.pages.filled import fits_form
from service.http.pages.forms import read_form
from service.http.pages.listing import held_record, moment
from service.http.pages.power import power
from service.http.pages.refusals import counted, fault_list
from service.http.pages.sharing import shares
from service.http.pages.signing import signatures
from service.http.pages.unfold import unfold
from service.http.pages.visit import Visit, visiting
from service.http.pages.waterfall import waterfall
from service.http.problems import status_of
from service.http.vouched import vouched
from service.http.who import apart
from service.records.sections import integrity_faults
from service.records.verify import Verdict, rerun
from service.records.withdrawn import Withdrawn, withdrawal
from service.report.bars import PATTERN
from service.report.breakdown import lines
from service.report.flows import flows
from service.report.markup import Content, Html, code, name, tag
from service.report.notices import unconfirmed, warnings
from service.report.proof import proof
from service.report.quality import classes, cut_off, gaps, proxies, sensitivities
from service.report.table import section
from service.report.top import banners, masthead, product_name, units
from service.report.view import View, view_of
from service.report.works import balance, indicators, settings

router = APIRouter(include_in_schema=False, tags=["pages"])
Reader = Annotated[Visit, visiting("record:read")]
WIDEST: Final = 3
CONTENTS: Final = (
    "stages", "unfold", "what_if", "electricity", "quality", "regimes", "downloads", "signatures", "shares", "proof",
)  # fmt: skip


@router.get("/records/{record}")
async def result(visit: Reader, record: str) -> Response:
    """The page of a record."""
    return await apart(lambda: page(visit, held_record(visit, record)))


@router.post("/records/{record}/reruns")
async def rerun_it(visit: Annotated[Visit, visiting("record:rerun")], record: str) -> Response:
    """Run the record again, and show its page with the verdict."""
    await read_form(visit)

    def work() -> Response:
        held = held_record(visit, record)
        keys = vouched(visit.request, visit.desk)
        verdict = rerun(held, partial(visit.request.app.state.shelf.release, visit.desk), keys)
        told = {"recomputation": verdict.recomputation, "caller": visit.caller.actor}
        visit.desk.records.add_run(held["name"], "rerun", told)
        return page(visit, held, Told(_verdict(visit, verdict), verdict=verdict))

    return await apart(work)


@dataclass(frozen=True, slots=True)
class Told:
    """What the page of a record says of what was just done or refused. ``typed``: into the form of a share."""

    said: Html | None = None
    faults: tuple[Fault, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    verdict: Verdict | None = None


def page(visit: Visit, record: dict[str, Any], told: Told | None = None) -> Response:
    """The page of a record, after something was done to it or not."""
    told = told or Told()
    view, faults, verdict = view_of(record, visit.language), integrity_faults(record), told.verdict
    data, gone = typed(visit, record["name"]), withdrawal(visit.desk, record["name"])
    wrong = None
    if told.faults:
        head_line = tag("p", tag("strong", counted(visit, told.faults)))
        wrong = tag("div", head_line, fault_list(visit, told.faults), class_="wrong-deed")
    banner = withdrawn_banner(visit, gone) if gone else None
    head = [
        PATTERN, told.said, wrong, banner, banners(view, faults), masthead(view), _narrows(visit, view, data),
    ]  # fmt: skip
    parts: list[tuple[str, Content]] = [
        ("", units(view)),
        ("stages", waterfall(view)),
        ("unfold", unfold(visit, view)),
        ("what_if", _loads(visit, view, "what_if", "what-if", at_once=True)),
        ("", flows(view)),
        ("electricity", power(visit, view)),
        ("quality", [classes(view), gaps(view), proxies(view)]),
        ("", [lines(view), cut_off(view), sensitivities(view)]),
        ("regimes", _loads(visit, view, "regimes", "regimes") if data is not None else None),
        ("", [balance(view), indicators(view), _settings(visit, view), unconfirmed(view), warnings(view)]),
        ("downloads", downloads(visit, view, data is not None)),
        ("signatures", signatures(visit, view, not faults, gone is not None)),
        ("shares", shares(visit, view, gone is not None, told.typed)),
        ("proof", [proof(view, faults, verdict), _again(visit, view)]),
        ("", _withdraw(visit, view) if gone is None else None),
    ]
    held = [tag("div", content, id=f"part-{word}" if word else None) for word, content in parts if content]
    there = [word for word, content in parts if word and content]
    kind = "result is-draft" if view.draft else "result"
    path = f"/records/{record['name']}"
    title = product_name(view)
    if told.faults:
        title = f"{counted(visit, told.faults)}{visit.say('colon')}{title}"
    content, status = (head, _contents(visit, there), held), status_of(told.faults) if told.faults else 200
    return shell.page(visit, title, *content, here="records", status=status, kind=kind, path=path)


def withdrawn_banner(visit: Visit, gone: Withdrawn) -> Html:
    """That a record is withdrawn: when, by whom, why."""
    who = [" · ", name(gone.actor)] if gone.actor else None
    head = [tag("strong", visit.say("withdrawn_record")), " ", moment(gone.at), " UTC", who]
    why = [visit.say("withdrawn_because"), visit.say("colon"), name(gone.reason)]
    return tag("div", tag("p", head), tag("p", why), tag("p", visit.say("withdrawn_means"), class_="small"),
               class_="banner withdrawn", role="note")  # fmt: skip


def _contents(visit: Visit, there: list[str]) -> Html:
    """Ways to the parts of a long page."""
    links = [tag("li", tag("a", visit.say(f"part_{word}"), href=f"#part-{word}")) for word in CONTENTS if word in there]
    return tag("nav", tag("ul", links), aria_label=visit.say("on_this_page"), class_="contents")


def _settings(visit: Visit, view: View) -> Html | None:
    """Settings are many: their table is folded away."""
    held = settings(view)
    if held is None:
        return None
    summary = tag("summary", visit.say("settings_fold", count=len(view.result["settings"])))
    return tag("details", summary, held, class_="fold")


def _loads(visit: Visit, view: View, word: str, path: str, *, at_once: bool = False) -> Html | None:
    """A part that is made when it is wanted; without a script its link opens a page of its own."""
    if view.level:
        return None
    href = f"/records/{view.record['name']}/{path}"
    link = tag("p", tag("a", visit.say(f"{word}_open"), href=href, class_="button"), class_="actions")
    waits = tag("p", visit.say("waiting"), class_="remark waits", hidden="")
    inside = tag("div", link, waits, data_load=href, data_when="seen" if at_once else "click")
    return section(visit.say(word), inside, note=visit.say(f"{word}_says"))


def _narrows(visit: Visit, view: View, data: Any) -> Html | None:
    """Of a draft: the gaps that widen its band most, and what closes each."""
    if not view.draft or not view.result["gaps"]:
        return None
    levels = {part["line"]: part["co2e"] for part in view.result["contributions"]}
    items = []
    for gap in view.result["gaps"][:WIDEST]:
        called = view.label(gap.get("label"), view.input(gap["input"]) if gap.get("input") else gap["line"])
        band = f"{view.figure(levels.get(gap['line']))} {view.result['total_unit']}"
        find = tag("a", visit.say("find_factor"), href=f"/factors?q={quote(called)}")
        items.append(tag("li", tag("b", name(called)), tag("span", band, class_="under"), find))
    record = view.record["name"]
    if visit.may("calc:run") and data is not None and fits_form(data):
        way: Content = tag(
            "a", visit.say("narrow_form"), href=f"/fill/{quote(data['rule'])}?record={record}", class_="button main"
        )
    elif data is not None:
        workbook = f"/records/{record}/files/activity.xlsx"
        way = [tag("a", visit.say("narrow_workbook"), href=workbook, download="", class_="button"), " ",
               tag("span", visit.say("narrow_upload"), class_="small")]  # fmt: skip
    else:
        way = None
    head = tag("h2", visit.say("narrow"))
    told = tag("p", visit.say("narrow_says", count=len(view.result["gaps"])))
    return tag("aside", head, told, tag("ol", items), tag("p", way, class_="actions"), class_="narrows")


def _again(visit: Visit, view: View) -> Html | None:
    if not visit.may("record:rerun"):
        return None
    action = f"/records/{view.record['name']}/reruns"
    return tag("div", shell.post(visit, action, shell.button(visit.say("rerun_now"))), class_="again")


def _withdraw(visit: Visit, view: View) -> Html | None:
    if not visit.may("calc:run") or view.level:
        return None
    way = tag("a", visit.say("withdraw_open"), href=f"/records/{view.record['name']}/withdraw", class_="button")
    return section(visit.say("withdraw_title"), tag("p", way, class_="actions"), note=visit.say("withdraw_says"))


def _verdict(visit: Visit, verdict: Verdict | None) -> Html | None:
    if verdict is None:
        return None
    good = verdict.exit_code() == 0
    step = [visit.say("colon"), code(f"{verdict.step} {verdict.where}".strip())] if verdict.step else None
    said = [tag("strong", visit.say("rerun_said")), " ", visit.known("verdict", verdict.recomputation), step]
    kind = f"banner verdict {'good' if good else 'bad'}"
    return tag("p", said, class_=kind, role="status", **shell.FOCUS)
