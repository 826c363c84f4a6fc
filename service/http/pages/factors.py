"""The factor database: search as one types, and a factor's history over the releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from factordb.kinds import sentence as covers
from factordb.layers import open_layers
from factordb.publish import published
from factordb.release import shipped
from factordb.search import find
from lca.faults import Fault, Refused
from service.desk import DEFAULT_RELEASE
from service.http.pages import shell
from service.http.pages.listing import select
from service.http.pages.visit import Visit, visiting
from service.http.who import apart
from service.report.markup import Content, Html, code, name, tag
from service.report.table import pairs, table
from service.text.finding import factor_row, found_rows
from service.text.words import label

router = APIRouter(include_in_schema=False, tags=["pages"])
Reader = Annotated[Visit, visiting("factor:read")]
ROWS: Final = 25
EXAMPLES: Final = {"en": ("electricity", "coal", "limestone", "lorry"), "zh": ("电力", "原煤", "水泥", "tielu")}


@router.get("/factors")
async def search(
    visit: Reader, q: Annotated[str, Query(max_length=200)] = "", release: str = DEFAULT_RELEASE
) -> Response:
    """Factors in which every word stands; where there are none, the nearest by name."""

    def work() -> tuple[list[dict[str, Any]], list[str]]:
        opened = partial(visit.request.app.state.shelf.release, visit.desk)
        rows = found_rows(find(open_layers(release, opened).releases, q.strip(), ROWS)) if q.strip() else []
        return rows, _releases(visit)

    rows, releases = await apart(work)
    results = _results(visit, q.strip(), rows)
    if shell.wants_part(visit):
        return shell.part(visit, results)
    title = visit.say("nav_factors")
    box = tag(
        "input", type="search", name="q", value=q, autocomplete="off", data_search="/factors", spellcheck="false"
    )  # fmt: skip
    form = tag(
        "form",
        shell.field(visit.say("factor_search"), box, visit.say("factor_search_hint"), "wide-field"),
        shell.field(visit.say("release"), select("release", {item: item for item in releases}, release)),
        shell.button(visit.say("search"), "main"),
        method="get", action="/factors", class_="filter", role="search",
    )  # fmt: skip
    shown = tag("div", results, id="results")
    lead = tag("p", visit.say("factors_says"), class_="lead")
    return shell.page(visit, title, tag("h1", title), lead, form, shown, here="factors")


@router.get("/factors/{factor_id:path}")
async def history(visit: Reader, factor_id: str) -> Response:
    """One factor in every release that has it, oldest first."""

    def work() -> list[dict[str, Any]]:
        opened = [visit.request.app.state.shelf.release(visit.desk, item) for item in _releases(visit)]
        rows = [
            factor_row(release, factor)
            | {"published": release.meta["published"], "flows": dict(factor.flows), "sha256": release.sha256}
            for release in opened
            if (factor := release.find(factor_id)) is not None
        ]
        if not rows:
            raise Refused([Fault("factor_unknown", found=factor_id[:120], expected="/factors?q=...")])
        return sorted(rows, key=lambda row: (row["published"], row["release"]))

    rows = await apart(work)
    title = label(rows[-1]["name"], visit.language)
    back = tag("p", tag("a", visit.say("nav_factors"), href="/factors"), class_="back")
    head = tag("h1", name(title))
    return shell.page(visit, title, back, head, _facts(visit, rows[-1]), _history(visit, rows), here="factors")


def _releases(visit: Visit) -> list[str]:
    """Releases that hold factors: shipped and published here; product graphs of batches are none."""
    names = sorted({*shipped(), *published(visit.desk.engine, visit.desk.tenant)})
    return [item for item in names if not item.startswith("graph-")]


def _results(visit: Visit, asked: str, rows: Sequence[Mapping[str, Any]]) -> Html:
    if not asked:
        links = [
            tag("a", word, href=f"/factors?q={quote(word)}", class_="button small") for word in EXAMPLES[visit.language]
        ]
        return tag("p", visit.say("try"), " ", links, class_="actions")
    if not rows:
        return tag("p", visit.say("nothing_found", text=asked), class_="empty")
    told = None
    if rows[0]["match"] == "nearest":
        told = tag("p", visit.say("nearest_found", text=asked), class_="remark")
    columns = [
        (visit.say("factor"), "text"), (visit.say("value"), "number"), (visit.say("place_year"), "text"),
        (visit.say("kind"), "text"), (visit.say("source"), "text"),
    ]  # fmt: skip
    said = visit.say("found_count", count=len(rows)) if told is None else visit.say("nearest_found", text=asked)
    held = table(visit.say("found_factors"), columns, [_found(visit, row) for row in rows])
    return tag("div", told, held, data_said=said)


def _found(visit: Visit, row: Mapping[str, Any]) -> list[Content]:
    link = tag("a", name(label(row["name"], visit.language)), href=f"/factors/{quote(row['id'])}")
    value: Content = [tag("b", row["value"]), tag("span", row["unit"], class_="under")]
    if not row["value"]:
        value = visit.say("not_published")
    confidence = tag("span", visit.known("confidence", row["confidence"]), class_="under")
    return [
        [link, tag("code", row["id"], class_="under")], value,
        [row["place"], tag("span", str(row["year"] or visit.say("no_year")), class_="under")],
        [covers(row["kind"], visit.language), confidence],
        [row["source"]["title"], tag("span", row["source"]["publisher"], class_="under")],
    ]  # fmt: skip


def _facts(visit: Visit, row: Mapping[str, Any]) -> Html:
    """What the newest release says of the factor."""
    source = row["source"]
    value = f"{row['value']} {row['unit']}" if row["value"] else visit.say("not_published")
    shared = visit.say("may_pass_on" if row["licence"]["may_redistribute"] else "may_not_pass_on")
    said: list[tuple[str, Content]] = [
        (visit.say("value"), tag("b", value)),
        (visit.say("id"), code(row["id"])),
        (visit.say("covers"), covers(row["kind"], visit.language)),
        (visit.say("place_year"), f"{row['place']} · {row['year'] or visit.say('no_year')}"),
        (visit.say("gwp"), row["gwp_set"]),
        (visit.say("source"), " · ".join(filter(None, (source["title"], source["publisher"], source["date"])))),
        (visit.say("licence"), [code(row["licence"]["code"]), " ", shared]),
        (visit.say("confidence"), visit.known("confidence", row["confidence"])),
        (visit.say("note"), row["note"]),
    ]
    return pairs(said, "facts sheet")


def _history(visit: Visit, rows: Sequence[Mapping[str, Any]]) -> Html:
    columns = [
        (visit.say("release"), "text"), (visit.say("published"), "text"), (visit.say("value"), "number"),
        (visit.say("year"), "text"), (visit.say("source"), "text"),
    ]  # fmt: skip
    held = [
        [
            [row["release"], tag("code", row["sha256"][:16], class_="under")], row["published"],
            f"{row['value']} {row['unit']}" if row["value"] else visit.say("not_published"),
            str(row["year"] or visit.say("no_year")), row["source"]["title"],
        ]
        for row in rows
    ]  # fmt: skip
    title = visit.say("history")
    side = tag("div", tag("h2", title), tag("p", visit.say("history_says"), class_="note"), class_="side")
    return tag("section", side, tag("div", table(title, columns, held), class_="main"))
