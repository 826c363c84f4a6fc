"""Jobs: what runs, how far it is, what came of it; a job can be asked to end."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from service.http.pages import shell
from service.http.pages.forms import read_form
from service.http.pages.listing import moment, select
from service.http.pages.refusals import fault_list
from service.http.pages.visit import Visit, visiting
from service.http.paging import after_of
from service.http.paging import page as paged
from service.http.who import apart
from service.jobs import requests
from service.jobs.job import OPEN, STATES
from service.jobs.queue import Queue
from service.report.markup import Content, Html, code, name, tag
from service.report.table import pairs, table

router = APIRouter(include_in_schema=False, tags=["pages"])
Reader = Annotated[Visit, visiting("job:read")]
ROWS: Final = 25


@router.get("/jobs")
async def jobs(visit: Reader, state: str = "", cursor: str = "") -> Response:
    """Jobs of the company, newest first."""

    def work() -> tuple[list[Any], str]:
        secret = visit.desk.records.secret()
        held = after_of(cursor, secret, 2)
        after = (float(held[0]), held[1]) if held else None
        rows = requests.listing(visit.desk, visit.language, state=state, limit=ROWS + 1, after=after)
        return paged(rows, ROWS, lambda row: (repr(row[1][0]), row[1][1]), secret)

    rows, following = await apart(work)
    told = [row for row, _ in rows]
    held: Content = _table(visit, told) if told else tag("p", visit.say("no_jobs"), class_="empty")
    running = any(row["state"] in OPEN for row in told)
    refresh = visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
    listed = tag("div", held, data_refresh=refresh if running else None, aria_live="off")
    if shell.wants_part(visit):
        return shell.part(visit, held)
    states = {"": visit.say("any")} | {key: visit.known("job", key) for key in STATES}
    form = tag(
        "form", shell.field(visit.say("state"), select("state", states, state)), shell.button(visit.say("filter")),
        method="get", action="/jobs", class_="filter",
    )  # fmt: skip
    more = None
    if following:
        older = f"/jobs?{urlencode({'state': state, 'cursor': following})}"
        more = tag("p", tag("a", visit.say("older"), href=older, rel="next", class_="button"), class_="actions")
    title = visit.say("nav_jobs")
    lead = tag("p", visit.say("jobs_says"), class_="lead")
    return shell.page(visit, title, tag("h1", title), lead, form, listed, more, here="jobs")


@router.get("/jobs/{job}")
async def one(visit: Reader, job: str) -> Response:
    """One job: its state, faults, and what came of its first items."""

    def work() -> tuple[dict[str, Any], Any, list[dict[str, Any]]]:
        held = Queue(visit.desk.engine, visit.desk.tenant).get(job)
        return held.status(visit.language), held.faults, requests.results(visit.desk, job, visit.language)

    told, faults, results = await apart(work)
    title = visit.say("job_title", id=job[:12])
    said: list[tuple[str, Content]] = [
        (visit.say("state"), visit.known("job", told["state"])),
        (visit.say("progress"), _progress(visit, told)),
        *((visit.say(key), told[key]) for key in ("created_at", "started_at", "finished_at") if told.get(key)),
        (visit.say("attempts"), str(told["attempts"])),
        (visit.say("result"), code(json.dumps(told["result"])) if "result" in told else None),
    ]
    cancel = _cancel(visit, told) if told["state"] in OPEN else None
    head = [tag("p", tag("a", visit.say("nav_jobs"), href="/jobs"), class_="back"), tag("h1", title)]
    wrong = fault_list(visit, faults, first=False) if faults else None
    items = _items(visit, results) if results else None
    return shell.page(visit, title, head, pairs(said, "facts sheet"), cancel, wrong, items, here="jobs")


@router.post("/jobs/{job}/cancel")
async def cancel_it(visit: Annotated[Visit, visiting("calc:run")], job: str) -> Response:
    await read_form(visit)
    await apart(lambda: requests.cancel(visit.desk, job))
    return shell.go(visit, "/jobs")


def _table(visit: Visit, rows: list[dict[str, Any]]) -> Html:
    columns = [
        (visit.say("job"), "text"), (visit.say("state"), "text"), (visit.say("progress"), "text"),
        (visit.say("created_at"), "text"), (visit.say("deed"), "text"),
    ]  # fmt: skip
    held = [
        [
            [
                tag("a", code(row["id"][:12]), href=f"/jobs/{row['id']}"),
                tag("span", visit.known("job_kind", row["kind"]), class_="under"),
            ],
            tag("span", visit.known("job", row["state"]), class_=f"badge job-{row['state']}"),
            _progress(visit, row),
            moment(row["created_at"]) if row.get("created_at") else "–",
            _cancel(visit, row) if row["state"] in OPEN else "–",
        ]
        for row in rows
    ]
    return table(visit.say("nav_jobs"), columns, held)


def _progress(visit: Visit, row: dict[str, Any]) -> Content:
    done, total = row["progress"]["done"], row["progress"]["total"]
    said = visit.say("of_items", done=done, total=total)
    if not total:
        return said if done else "–"
    return [tag("progress", said, value=str(done), max=str(total), aria_label=said), tag("span", said, class_="under")]


def _cancel(visit: Visit, row: dict[str, Any]) -> Content:
    if row["cancel_asked"]:
        return visit.say("cancel_asked")
    if not visit.may("calc:run"):
        return "–"
    return shell.post(
        visit,
        f"/jobs/{row['id']}/cancel",
        shell.button(
            visit.say("cancel"), "small", aria_label=f"{visit.say('cancel')}{visit.say('colon')}{row['id'][:12]}"
        ),
    )


def _items(visit: Visit, results: list[dict[str, Any]]) -> Html:
    columns = [(visit.say("item"), "text"), (visit.say("state"), "text"), (visit.say("result"), "text")]
    rows: list[list[Content]] = []
    for item in results:
        if item["ok"]:
            said: Content = [_line(line) for line in item["results"]]
        else:
            said = [tag("p", error["message"], " ", code(error["where"])) for error in item["errors"]]
        rows.append([name(item["item"]), visit.say("item_good" if item["ok"] else "item_bad"), said])
    return tag("section", tag("div", tag("h2", visit.say("items")), class_="side"),
               tag("div", table(visit.say("items"), columns, rows), class_="main"))  # fmt: skip


def _line(line: dict[str, Any]) -> Html:
    """A product of an item: what it is called, its total, its record."""
    total = line.get("total")
    figure = total if isinstance(total, str) else json.dumps(total)
    record = line.get("record")
    called = name(str(line.get("product", "")))
    linked = tag("a", called, href=f"/records/{record}") if record else called
    return tag("p", linked, " ", tag("b", figure), " ", str(line.get("unit", "")))
