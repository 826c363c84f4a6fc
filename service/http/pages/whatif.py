"""What if: inputs moved by per cent, the total derived anew each time. Marked as such, sealed never, stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from starlette.responses import Response

from lca.exact import ONE, Exact
from lca.faults import Fault, Refused
from lca.messages import sentence
from lca.weigh import Band
from service.http.pages import shell
from service.http.pages.again import Ready, tries
from service.http.pages.listing import held_record
from service.http.pages.visit import Visit, visit_of, visiting
from service.http.who import apart
from service.report.markup import Content, Html, code, name, tag
from service.report.table import listed, table
from service.text.words import label
from service.tornado import Bar

router = APIRouter(include_in_schema=False, tags=["pages"], dependencies=[Depends(visit_of)])
LEAST: Final = -50
MOST: Final = 50
DIGITS: Final = 6
LONGEST: Final = 12
"""Characters of an entered figure that is shown as it is."""


@router.get("/records/{record}/what-if")
async def what_if(visit: Annotated[Visit, visiting("record:read")], record: str) -> Response:
    """The sliders with their answer: a page, a piece of one, or JSON for the script."""
    as_json = "application/json" in visit.request.headers.get("accept", "")

    def work() -> tuple[Ready, dict[str, Any]]:
        ready = tries(visit).ready(visit, held_record(visit, record))
        return ready, answer(visit, ready, changes_of(visit))

    ready, told = await apart(work)
    if as_json:
        return JSONResponse(told, headers={"Cache-Control": "private, no-store"})
    content = sliders(visit, record, ready, told)
    if shell.wants_part(visit):
        return shell.part(visit, content)
    title = visit.say("what_if")
    head = [tag("p", tag("a", visit.say("back_to_record"), href=f"/records/{record}"), class_="back"), tag("h1", title)]
    lead = tag("p", visit.say("what_if_says"), class_="lead")
    return shell.page(visit, title, *head, lead, content, here="records")


def changes_of(visit: Visit) -> dict[str, Exact]:
    """Inputs and by how many per cent they are changed; those left at zero are not.

    Raises:
        Refused: ``what_if_percent`` for each that is no number from −50 to 50.
    """
    found: dict[str, Exact] = {}
    faults = []
    for where, text in visit.request.query_params.multi_items():
        if not where.startswith(("rows/", "settings/")):
            continue
        try:
            percent = Exact.parse(text.strip() or "0")
        except Refused:
            percent = Exact(MOST + 1)
        if not LEAST <= percent <= MOST:
            faults.append(Fault("what_if_percent", where[:80], text[:40], f"{LEAST} to {MOST}"))
        elif percent:
            found[where] = percent
    if faults:
        raise Refused(faults)
    return found


def answer(visit: Visit, ready: Ready, percents: Mapping[str, Exact]) -> dict[str, Any]:
    """Total, difference and stages after the changes, as text; or why the rule does not allow them."""
    try:
        changed = ready.with_changes(percents) if percents else ready.base.works
    except Refused as refused:
        return {"ok": False, "fault": " ".join(sentence(item, visit.language) for item in refused.faults[:3])}
    before, after = ready.footprint, changed.footprints[ready.product]
    stages = {stage: shown(visit, band) for stage, band in after.stages.items()}
    return {
        "ok": True,
        "total": shown(visit, after.total),
        "difference": _difference(before.total, after.total),
        "stages": stages,
    }


def shown(visit: Visit, band: Band, digits: int = DIGITS) -> str:
    """A total or a band in words."""
    if band.point is not None:
        return band.point.significant(digits)
    if band.low is None:
        return visit.say("not_known")
    low = band.low.significant(digits)
    return (
        visit.say("at_least", low=low)
        if band.high is None
        else visit.say("band", low=low, high=band.high.significant(digits))
    )


def _difference(before: Band, after: Band) -> str:
    """Kilograms and per cent; of bands between their low ends."""
    if before.low is None or after.low is None:
        return "–"
    less = after.low - before.low
    sign = "+" if less > 0 else "−" if less < 0 else "±"
    percent = f" ({sign}{(abs(less) / abs(before.low) * 100).places(2)} %)" if before.low else ""
    return f"{sign}{abs(less).significant(DIGITS) if less else '0'}{percent}"


def sliders(visit: Visit, record: str, ready: Ready, told: Mapping[str, Any]) -> Html:
    """One slider per input with a field beside it, and the answer. Without a script a button asks the server."""
    given = visit.request.query_params
    rows = [_slider(visit, bar, given.get(bar.where, "0")) for bar in ready.sliders]
    action = f"/records/{record}/what-if"
    form = tag(
        "form",
        tag("div", rows or tag("p", visit.say("nothing_moves")), class_="sliders"),
        tag(
            "p",
            shell.button(visit.say("show"), "main"),
            " ",
            tag("a", visit.say("back_to_zero"), href=action),
            class_="actions",
        ),
        method="get",
        action=action,
        data_what_if="",
    )
    return tag("div", form, _answer(visit, ready, told), _tied(visit, ready), class_="what-if")


def _slider(visit: Visit, bar: Bar, value: str) -> Html:
    called = label(bar.label, visit.language)
    elasticity = bar.elasticity or ONE
    per = visit.say("per_percent", figure=f"{'+' if elasticity > 0 else '−'}{abs(elasticity).significant(2)}")
    field = f"slide-{bar.where}"
    exact = bar.value.text()
    now = f"{exact if len(exact) <= LONGEST else bar.value.significant(DIGITS)} {bar.unit.removeprefix('1')}".strip()
    head = tag("label", name(called), tag("span", f"{now} · {per}", class_="under"), for_=field)
    control = tag(
        "input", type="range", name=bar.where, id=field, min=str(LEAST), max=str(MOST), step="1", value=value,
        aria_valuetext=f"{value} %",
    )  # fmt: skip
    return tag("div", head, control, tag("output", f"{value} %", for_=field, aria_live="off"), class_="slider")


def _answer(visit: Visit, ready: Ready, told: Mapping[str, Any]) -> Html:
    """The changed total beside the sealed one; heard when it changes."""
    unit = tag("span", "kg CO2e", class_="unit")
    mark = tag(
        "p", tag("span", visit.say("what_if_mark"), class_="badge"), " ", visit.say("not_stored"), class_="small"
    )
    total = told.get("total", "–")
    figures = [
        tag("p", tag("span", total, class_="figure", data_answer="total"), " ", unit, class_="changed"),
        tag(
            "p",
            visit.say("sealed_total"),
            " ",
            tag("b", shown(visit, ready.footprint.total)),
            " · ",
            visit.say("change"),
            " ",
            tag("b", told.get("difference", "–"), data_answer="difference"),
        ),
        tag("p", told.get("fault", ""), class_="fault", data_answer="fault"),
    ]
    named = {stage: text for stage, text in ready.base.resolved.inventory.stages}
    rows: list[list[Content]] = [
        [label(named[stage], visit.language) if stage in named else code(stage),
         tag("span", told.get("stages", {}).get(stage, "–"), data_answer=f"stage:{stage}"), shown(visit, band)]
        for stage, band in ready.footprint.stages.items()
    ]  # fmt: skip
    columns = [(visit.say("stage"), "text"), (visit.say("what_if"), "number"), (visit.say("sealed_total"), "number")]
    stages = table(visit.say("what_if"), columns, rows)
    return tag("div", mark, tag("div", figures, aria_live="polite"), stages, class_="answer")


def _tied(visit: Visit, ready: Ready) -> Html | None:
    if not ready.tied:
        return None
    items = [
        [tag("b", name(label(bar.label, visit.language))), visit.say("colon"), sentence(fault, visit.language)]
        for bar, fault in ready.tied
    ]
    return tag("details", tag("summary", visit.say("tied", count=len(items))), listed(items), class_="small tied")
