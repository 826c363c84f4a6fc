"""A record as a page: the report's own parts, and what a page can do beside: unfold, try changes, compare, download."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from service.http.pages import shell
from service.http.pages.again import typed
from service.http.pages.downloads import downloads
from service.http.pages.filled import fits_form
from service.http.pages.forms import read_form
from service.http.pages.listing import held_record
from service.http.pages.power import power
from service.http.pages.unfold import unfold
from service.http.pages.visit import Visit, visiting
from service.http.pages.waterfall import waterfall
from service.http.vouched import vouched
from service.http.who import apart
from service.records.sections import integrity_faults
from service.records.verify import Verdict, rerun
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
CONTENTS: Final = ("stages", "unfold", "what_if", "electricity", "quality", "regimes", "downloads", "proof")


@router.get("/records/{record}")
async def result(visit: Reader, record: str) -> Response:
    """The page of a record."""
    return await apart(lambda: _page(visit, held_record(visit, record), None))


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
        return _page(visit, held, verdict)

    return await apart(work)


def _page(visit: Visit, record: dict[str, Any], verdict: Verdict | None) -> Response:
    view, faults = view_of(record, visit.language), integrity_faults(record)
    data = typed(visit, record["name"])
    head = [PATTERN, banners(view, faults), _verdict(visit, verdict), masthead(view), _narrows(visit, view, data)]
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
        ("proof", [proof(view, faults, verdict), _again(visit, view)]),
    ]
    held = [tag("div", content, id=f"part-{word}" if word else None) for word, content in parts if content]
    there = [word for word, content in parts if word and content]
    kind = "result is-draft" if view.draft else "result"
    path = f"/records/{record['name']}"
    title = product_name(view)
    return shell.page(visit, title, head, _contents(visit, there), held, here="records", kind=kind, path=path)


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
    inside = tag("div", link, waits, data_load=href, data_when="seen" if at_once else "click", aria_live="polite")
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


def _verdict(visit: Visit, verdict: Verdict | None) -> Html | None:
    if verdict is None:
        return None
    good = verdict.exit_code() == 0
    step = [visit.say("colon"), code(f"{verdict.step} {verdict.where}".strip())] if verdict.step else None
    said = [tag("strong", visit.say("rerun_said")), " ", visit.known("verdict", verdict.recomputation), step]
    return tag("p", said, class_=f"banner verdict {'good' if good else 'bad'}", role="status")
