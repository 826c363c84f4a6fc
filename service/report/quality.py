"""How sure the result is: classes of data, gaps, proxies, cut-off, sensitivities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.footprint import CLASSES
from service.report.bars import stacked, swatch
from service.report.figures import exact, percent, quiet
from service.report.markup import Content, Html, code, escaped, name, tag
from service.report.table import listed, section, table
from service.report.view import View, ordered


def classes(view: View) -> Html:
    """Share of the result by class of data; a share that is not known is said, not drawn."""
    shares = ordered(view.result["classes"], CLASSES)
    said = {key: view.word("class_unknown") if value is None else percent(value) for key, value in shares.items()}
    legend = [
        tag("li", swatch(f"c-{key}"), " ", tag("span", view.known("class", key)), " ", tag("b", said[key]))
        for key in shares
    ]
    drawn = {key: None if value is None else exact(value) for key, value in shares.items()}
    words = view.word("semicolon").join(f"{view.known('class', key)} {text}" for key, text in said.items())
    drawing = stacked(drawn, view.word("classes"), words)
    note = view.word("classes_open") if None in shares.values() else None
    return section(
        view.word("classes"),
        drawing,
        tag("ul", legend, class_="classes"),
        tag("p", note, class_="remark") if note else None,
        _rating(view),
        note=view.word("classes_note"),
    )


def _rating(view: View) -> Html | None:
    """Primary-data share and data-quality rating; what is not known is said."""
    share, quality = view.result.get("primary_share"), view.result.get("quality")
    said: list[Content] = []
    if "primary_share" in view.result:
        shown = view.word("class_unknown") if share is None else percent(share)
        said.append([tag("b", view.word("primary_share")), view.word("colon"), shown])
    if quality:
        shown = view.word("quality_unknown")
        if quality["score"] is not None:
            level = view.known("level", quality["level"]) if quality["level"] else ""
            shown = exact(quality["score"]).places(2) + (f" ({level})" if level else "")
        scheme = [" ", tag("span", f"{quality['scheme']}; ", view.label(quality["because"], ""), class_="under")]
        said.append([tag("b", view.word("quality_rating")), view.word("colon"), shown, scheme])
    return listed(said) if said else None


def gaps(view: View) -> Html | None:
    items = view.result["gaps"]
    if not items:
        return None
    levels = {part["line"]: part["co2e"] for part in view.result["contributions"]}
    columns = [
        (view.word("what"), "text"), (view.word("gap_range"), "text"), (view.word("gap_nearest"), "text"),
        (view.result["total_unit"], "number"),
    ]  # fmt: skip
    rows = [
        [_gap_name(view, item), _range(view, item), _nearest(item), view.figure(levels.get(item["line"]))]
        for item in items
    ]
    title = view.word("gaps")
    return section(title, table(title, columns, rows), note=view.word("gaps_note"))


def _gap_name(view: View, item: Mapping[str, Any]) -> Content:
    row = tag("span", view.word("row"), " ", name(item["row"]), class_="under") if item["row"] else None
    why = item.get("why", "")
    return [view.part(item), row, tag("span", view.known("why", why), class_="under") if why else None]


def _range(view: View, item: Mapping[str, Any]) -> Content:
    span = item.get("range")
    if span is None:
        return view.word("no_range")
    ends = view.word("open_above", low=span["low"])
    if span["high"] is not None:
        ends = view.word("band", low=span["low"], high=span["high"])
    return [f"{ends} {span['unit']}", tag("span", view.said(span["source"]), class_="under")]


def _nearest(item: Mapping[str, Any]) -> Content:
    return listed(map(name, filter(None, item.get("nearest", "").split("; "))), "plain small")


def proxies(view: View) -> Html | None:
    """Each proxy with its distance in place, year and technology, and its effect."""
    items = view.result["proxies"]
    if not items:
        return None
    parts = {part["line"]: part for part in view.result["contributions"]}
    columns = [
        (view.word("what"), "text"), (view.word("factor"), "text"), (view.word("distance"), "text"),
        (view.result["total_unit"], "number"),
    ]  # fmt: skip
    rows: list[list[Content]] = []
    for item in items:
        part = parts.get(item["line"], {})
        called = view.part({"line": item["line"], **part})
        factor = [name(view.label(item["label"], item["factor"])), tag("code", item["factor"], class_="under")]
        rows.append([called, factor, _distance(view, item["distance"]), view.figure(part.get("co2e"))])
    title = view.word("proxies")
    return section(title, table(title, columns, rows), note=view.word("proxies_note"))


def _distance(view: View, distance: Mapping[str, str]) -> Content:
    if not distance:
        return view.word("no_distance")
    return listed(
        ([tag("b", view.known("distance", key)), view.word("colon"), view.said(text.replace(" -> ", " → "))]
         for key, text in ordered(distance, ("place", "year", "technology", "value")).items()),
        "plain small",
    )  # fmt: skip


def cut_off(view: View) -> Html:
    """The ledger of what was left out, with its estimated share."""
    columns = [
        (view.word("line_id"), "text"), (view.word("reason"), "text"), (view.result["total_unit"], "number"),
        (view.word("share_all"), "number"),
    ]  # fmt: skip
    rows = [
        [code(item["line"]), view.said(item["reason"]), quiet(item["co2e"], view.most), percent(item["share"])]
        for item in view.result["cut_off"]
    ]
    title = view.word("cut_off")
    ledger = table(title, columns, rows) if rows else tag("p", view.word("cut_off_none"))
    return section(title, ledger, _excluded(view))


def _excluded(view: View) -> Html | None:
    """What the rule itself leaves outside the boundary, with its reason."""
    items = view.rule.boundary.excluded if view.rule else ()
    if not items:
        return None
    said = [[view.said(item.get("what", "")), view.word("colon"), view.said(item.get("because", ""))] for item in items]
    return escaped([tag("h3", view.word("excluded")), listed(said)])


def sensitivities(view: View) -> Html | None:
    cases = view.result["sensitivities"]
    if not cases:
        return None
    columns = [(view.word("case"), "text"), (view.result["total_unit"], "number")]
    labels = view.result["sensitivity_labels"]
    rows = [
        [view.label(labels[case]) if case in labels else view.known("case", case), view.figure(figure)]
        for case, figure in sorted(cases.items())
    ]
    foot = [view.word("total"), view.figure(view.result["total"])]
    title = view.word("sensitivities")
    return section(title, table(title, columns, rows, foot), note=view.word("sensitivities_note"))
