"""Records in a table: product, total, status, by which rule and regime, when. The list, filtered, page by page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from pcr.registry import installed_rules
from service.http.pages import shell
from service.http.pages.visit import Visit, visiting
from service.http.paging import after_of
from service.http.paging import page as paged
from service.http.who import apart
from service.records.withdrawn import withdrawn_among
from service.report.figures import grouped
from service.report.markup import Content, Html, code, name, tag
from service.report.table import table
from service.text.words import label

router = APIRouter(include_in_schema=False, tags=["pages"])
Reader = Annotated[Visit, visiting("record:read")]
STATUSES = ("complete", "complete_with_proxies", "draft")
ROWS = 25


def record_table(visit: Visit, rows: Sequence[dict[str, str]]) -> Html:
    """Rows of the store's listing."""
    columns = [
        (visit.say("product"), "text"), (visit.say("total"), "number"), (visit.say("status"), "text"),
        (visit.say("rule_regime"), "text"), (visit.say("sealed_at"), "text"),
    ]  # fmt: skip
    gone = withdrawn_among(visit.desk, [row["name"] for row in rows])
    held: list[list[Content]] = [
        [
            [
                tag("a", name(row["product"]), href=f"/records/{row['name']}"),
                tag("code", row["name"][:16], class_="under"),
            ],
            [total_text(visit, row["total"]), tag("span", "kg CO2e", class_="under")],
            [badge(visit, row["status"]), _gone(visit) if row["name"] in gone else None],
            [row["rule"], tag("span", [row["regime"], " · ", row["release"]], class_="under")],
            moment(row["sealed_at"]),
        ]
        for row in rows
    ]
    return table(visit.say("nav_records"), columns, held)


def total_text(visit: Visit, total: str) -> str:
    """A total as the store's listing holds it: a figure, or a band as JSON text."""
    if not total.startswith("{"):
        return grouped(total)
    ends: dict[str, Any] = json.loads(total)
    low, high = (None if ends.get(key) is None else grouped(ends[key]) for key in ("low", "high"))
    if low and high:
        return visit.say("band", low=low, high=high)
    return visit.say("at_least", low=low) if low else visit.say("not_known")


def _gone(visit: Visit) -> Content:
    return [" ", tag("span", visit.say("withdrawn"), class_="badge withdrawn")]


def badge(visit: Visit, status: str) -> Html:
    return tag("span", visit.known("result", status), class_=f"badge result-{status}")


def moment(text: str) -> Html:
    """A time of the store, to the minute, in UTC."""
    return tag("time", f"{text[:10]} {text[11:16]}", datetime=text)


@router.get("/records")
async def records(
    visit: Reader, product: str = "", rule: str = "", status: str = "", cursor: Annotated[str, Query()] = ""
) -> Response:
    """The company's records, newest first."""
    desk = visit.desk

    def work() -> tuple[list[dict[str, str]], str]:
        secret = desk.records.secret()
        after = after_of(cursor, secret, 2)
        wanted = {"product": product.strip(), "rule": rule, "status": status}
        only = visit.caller.records
        rows = desk.records.listing(ROWS + 1, after=(after[0], after[1]) if after else None, wanted=wanted, only=only)
        return paged(rows, ROWS, lambda row: (row["sealed_at"], row["name"]), secret)

    rows, following = await apart(work)
    held: Content = record_table(visit, rows) if rows else tag("p", visit.say("no_records"), class_="empty")
    more = None
    if following:
        query = {"product": product, "rule": rule, "status": status, "cursor": following}
        older = tag("a", visit.say("older"), href=f"/records?{urlencode(query)}", rel="next", class_="button")
        more = tag("p", older, class_="actions")
    title = visit.say("nav_records")
    return shell.page(visit, title, tag("h1", title), _filter(visit, product, rule, status), held, more, here="records")


def _filter(visit: Visit, product: str, rule: str, status: str) -> Html:
    rules = {"": visit.say("any")}
    rules |= {item.rule.id: label(item.rule.label, visit.language) for item in installed_rules()}
    statuses = {"": visit.say("any")} | {key: visit.known("result", key) for key in STATUSES}
    return tag(
        "form",
        shell.field(visit.say("product_id"), tag("input", name="product", value=product, type="search")),
        shell.field(visit.say("rule"), select("rule", rules, rule)),
        shell.field(visit.say("status"), select("status", statuses, status)),
        shell.button(visit.say("filter")),
        method="get", action="/records", class_="filter",
    )  # fmt: skip


def select(field: str, choices: dict[str, str], chosen: str, **attributes: str | None) -> Html:
    """A choice from a closed list; what is chosen and not in the list stays visible."""
    known = choices if chosen in choices else {**choices, chosen: chosen}
    options = [tag("option", text, value=key, selected="" if key == chosen else None) for key, text in known.items()]
    return tag("select", options, name=field, **attributes)


@router.get("/calculated")
async def several(visit: Reader, record: Annotated[list[str], Query()]) -> Response:
    """What came of a works with several products: each with its record."""

    def work() -> list[dict[str, Any]]:
        return [held_record(visit, beginning) for beginning in record[:50]]

    found = await apart(work)
    items = [_card(visit, held) for held in found]
    title = visit.say("calculated_title", count=len(found))
    content = (
        tag("h1", title),
        tag("p", visit.say("calculated_says"), class_="lead"),
        tag("ul", items, class_="cards"),
    )
    return shell.page(visit, title, *content, here="records")


def held_record(visit: Visit, beginning: str) -> dict[str, Any]:
    """A record that the visitor may see; one they may not see is unknown to them.

    Raises:
        Refused: ``record_unknown``, ``record_ambiguous``.
    """
    from service.http.routes.records import held

    return held(visit.request, visit.caller, beginning)


def _card(visit: Visit, record: dict[str, Any]) -> Html:
    result = record["sections"]["result"]
    total = result["total"] if isinstance(result["total"], str) else json.dumps(result["total"])
    figure = tag("span", total_text(visit, total), class_="figure")
    unit = label(result["unit"]["text"], visit.language)
    head = tag(
        "a", name(label(result["label"], visit.language) or result["product"]), href=f"/records/{record['name']}"
    )
    return tag(
        "li", tag("h2", head), tag("p", figure, " ", result["total_unit"]), tag("p", unit, class_="small"),
        badge(visit, result["status"]), tag("p", code(record["name"][:16])),
    )  # fmt: skip
