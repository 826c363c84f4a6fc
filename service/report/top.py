"""The top of the page: what product, whose, when, by which rule, and the total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.records.levels import levels
from service.report.figures import Figure, grouped
from service.report.markup import Content, Html, code, escaped, name, tag
from service.report.table import pairs, section, table
from service.report.view import View

if TYPE_CHECKING:
    from service.records.withdrawn import Withdrawn


def banners(view: View, faults: list[str], gone: Withdrawn | None = None) -> Html:
    """What must not be overlooked: a record that was changed, one that is withdrawn, a draft."""
    shown = []
    if faults:
        shown.append(_banner("tampered", view.word("tampered"), view.word("tampered_why", where=", ".join(faults))))
    if gone is not None:
        why = view.word("withdrawn_why", at=gone.at[:10], reason=gone.reason)
        shown.append(_banner("withdrawn", view.word("withdrawn"), why))
    if view.level:
        level = view.label(levels()[view.level].label) if view.level in levels() else view.level
        shown.append(_banner("copy", view.word("copy_of", level=level), view.word("copy_of_why")))
    if view.draft:
        shown.append(_banner("draft", view.word("draft"), view.word("draft_why", gaps=len(view.result["gaps"]))))
        shown.append(tag("div", view.word("draft_mark"), class_="watermark", aria_hidden="true"))
    return escaped(shown)


def _banner(kind: str, head: str, why: str) -> Html:
    return tag("p", tag("strong", head), " ", why, class_=f"banner {kind}", role="note")


def product_name(view: View) -> str:
    return view.label(view.result["label"], view.result["product"])


def masthead(view: View) -> Html:
    """Product, works, period, rule and regime with their status as it is."""
    works = view.works.get("works", {})
    place = ", ".join(part for part in (works.get("province", ""), works.get("country", "")) if part)
    period = view.word("period", start=view.works["start"], end=view.works["end"]) if view.works else ""
    left_out = "" if view.works else view.word("left_out")
    called = works.get("name", {})
    works_name = name(view.label(called) if isinstance(called, dict) else called) if called else left_out
    facts = pairs(
        [
            (view.word("works"), works_name),
            (view.word("place"), place),
            (view.word("period_of"), period),
            (view.word("rule"), _rules(view, view.identity["rule"], view.rule)),
            (view.word("regime"), _rules(view, view.identity["regime"], view.regime)),
            (view.word("boundary"), _boundary(view)),
            (view.word("product_id"), code(view.result["product"])),
        ],
        "facts",
    )
    head = [tag("p", view.word("kind"), class_="eyebrow"), tag("h1", name(product_name(view)))]
    return tag("header", head, tag("div", _total(view), facts, class_="opening"))


def _rules(view: View, item: dict[str, Any], known: Any) -> list[Content]:
    """Name, id and version of a rule or regime, its status, and how much of it was not confirmed."""
    ref = f"{item['id']} {item['version']}"
    open_points = sum(
        1 for notice in view.result["notices"] if notice["code"] == "unconfirmed" and notice["where"] == ref
    )
    badges = [_badge(item["status"].replace(" ", "-"), view.known("status", item["status"]))]
    if open_points:
        badges.append(_badge("unconfirmed", view.word("points_unconfirmed", count=open_points)))
    named = [view.label(known.label), tag("code", ref, class_="under")] if known else code(ref)
    return [named, tag("span", badges, class_="badges")]


def _badge(kind: str, text: str) -> Html:
    return tag("span", text, class_=f"badge {kind}")


def _boundary(view: View) -> Content:
    if view.rule is None:
        return None
    boundary = view.rule.boundary
    return [view.known("boundary", boundary.type), view.word("colon"), view.label(boundary.text)]


def unit_text(view: View) -> str:
    unit = view.result["unit"]
    return view.label(unit["text"], f"{unit['amount']} {unit['unit']}")


def _total(view: View) -> Html:
    """The total as large as it matters, its unit in words, the state of the result, other units apart."""
    total, unit = view.result["total"], view.result["unit"]
    status = view.result["status"]
    state = tag("p", _badge(f"result-{status}", view.known("result", status)), class_="state")
    per = view.word(f"per_{unit['kind']}", unit=unit_text(view))
    return tag(
        "div",
        tag("p", view.word("total"), class_="over"),
        tag("p", _large(view, total), " ", tag("span", view.result["total_unit"], class_="unit"), class_="total"),
        tag("p", per, class_="per"),
        state,
        class_="hero",
    )


def _large(view: View, total: Figure) -> Content:
    """The figure; of a band both ends, of an open one the known end with its words before it."""
    if isinstance(total, str):
        return tag("span", grouped(total), class_="figure")
    low, high = (total or {}).get("low"), (total or {}).get("high")
    if low is not None and high is not None:
        between = tag("span", view.word("to"), class_="small")
        return [
            tag("span", grouped(low), class_="figure"),
            " ",
            between,
            " ",
            tag("span", grouped(high), class_="figure"),
        ]
    if low is None and high is None:
        return tag("span", view.word("not_known"), class_="small")
    before, end = ("at_least", low) if low is not None else ("at_most", high)
    opened = tag("span", view.word("open_end_above" if high is None else "open_end_below"), class_="open")
    return [
        tag("span", view.word(before), class_="small"),
        " ",
        tag("span", grouped(end or ""), class_="figure"),
        " ",
        opened,
    ]


def units(view: View) -> Html | None:
    """The same result per other units, each on a line of its own, the unit of the rule first and marked."""
    if not view.result["also"]:
        return None
    first = [unit_text(view), view.word(f"kind_{view.result['unit']['kind']}"), view.figure(view.result["total"])]
    rows = [first] + [
        [view.word("one_of", unit=view.known("unit", unit)), view.word("kind_also"), view.figure(figure)]
        for unit, figure in sorted(view.result["also"].items())
    ]
    columns = [(view.word("per_unit"), "text"), (view.word("role"), "text"), (view.result["total_unit"], "number")]
    return section(view.word("units"), table(view.word("units"), columns, rows), note=view.word("units_note"))
