"""Where the total comes from: stages with their bars, the largest contributions, lines and gases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lca.exact import ZERO
from lca.footprint import STATED_LINES
from service.report.bars import bars, swatch
from service.report.figures import ends, quiet, share, size
from service.report.markup import Content, Html, code, escaped, tag
from service.report.table import Column, section, table
from service.report.view import View, ordered

TOP: Final = 10
LINES: Final = (*STATED_LINES, "unsplit")


def stages(view: View) -> Html:
    """Bars per stage with the total below; figures in text beside each bar."""
    result, unit = view.result, view.result["total_unit"]
    figures = view.stages()
    said = {stage: f"{view.figure(figure)} {unit}" for stage, figure in figures.items()}
    drawn = bars({stage: (figure, view.stage(stage), said[stage]) for stage, figure in figures.items()})
    columns = [
        (view.word("stage"), "text"), (view.word("bar"), "bar"), (unit, "number"), (view.word("share"), "number"),
    ]  # fmt: skip
    rows: list[list[Content]] = [
        [view.stage(stage), drawn[stage], view.figure(figure), share(figure, result["total"]) or view.word("none")]
        for stage, figure in figures.items()
    ]
    foot = [view.word("total"), None, view.figure(result["total"]), share(result["total"], result["total"])]
    notes = [tag("p", _legend(view), class_="legend")]
    if result["rounding"] is not None:
        notes.append(tag("p", view.word("rounding", value=result["rounding"], unit=unit), class_="remark"))
    drawing = tag("div", _shared(view, view.word("stages"), columns, rows, foot), class_="bars")
    return section(view.word("stages"), drawing, notes, note=view.word("stages_note"))


def _shared(
    view: View, caption: str, columns: list[Column], rows: list[list[Content]], foot: Sequence[Content] = ()
) -> Html:
    """A table whose last column is the share in the total; without that column where the total is a band."""
    if isinstance(view.result["total"], str):
        return table(caption, columns, rows, foot)
    return escaped(
        [
            table(caption, columns[:-1], [row[:-1] for row in rows], foot[:-1]),
            tag("p", view.word("no_shares"), class_="remark"),
        ]
    )


def _legend(view: View) -> list[Html]:
    """Only what the drawing holds."""
    pairs = [ends(figure) for figure in view.stages().values()]
    held = [("sure", "legend_sure")]
    if any(high is not None and high < 0 for _, high in pairs):
        held.append(("credit", "legend_credit"))
    if any(low != high for low, high in pairs):
        held.append(("maybe", "legend_maybe"))
    return [tag("span", swatch(kind), " ", view.word(word)) for kind, word in held]


def contributors(view: View) -> Html | None:
    """The ten largest lines; those with an open end cannot be ranked and are named as gaps. Not in every copy."""
    parts = view.result["contributions"]
    if not parts and view.level:
        return None
    ranked = sorted((part for part in parts if size(part["co2e"]) is not None), key=lambda part: part["line"])
    ranked.sort(key=lambda part: size(part["co2e"]) or ZERO, reverse=True)
    columns = [
        (view.word("what"), "text"), (view.word("process_stage"), "text"), (view.word("source"), "text"),
        (view.word("class"), "text"), (view.result["total_unit"], "number"), (view.word("share"), "number"),
    ]  # fmt: skip
    rows = [_contribution(view, part) for part in ranked[:TOP]]
    notes = []
    if len(ranked) > TOP:
        notes.append(tag("p", view.word("more_lines", count=len(ranked) - TOP), class_="remark"))
    if len(ranked) < len(parts):
        notes.append(tag("p", view.word("not_ranked", count=len(parts) - len(ranked)), class_="remark"))
    title = view.word("contributors")
    ranking = tag("div", _shared(view, title, columns, rows), class_="ranked")
    return section(title, ranking, notes, note=view.word("contributors_note"))


def _contribution(view: View, part: Mapping[str, Any]) -> list[Content]:
    where = [view.stage(part["stage"]), code(view.process(part["process"]))]
    return [
        view.part(part), [where[0], tag("span", where[1], class_="under")], code(part["source"]),
        view.known("class", part["class"]), view.figure(part["co2e"]),
        share(part["co2e"], view.result["total"]) or view.word("none"),
    ]  # fmt: skip


def lines(view: View) -> Html:
    """Fossil, biogenic, land use, aircraft, unsplit: a value, a zero by statement, or not known."""
    columns = [
        (view.word("line"), "text"), (view.word("state"), "text"), (view.result["total_unit"], "number"),
        (view.word("remark"), "text"),
    ]  # fmt: skip
    rows: list[list[Content]] = []
    for key, line in ordered(view.result["lines"], LINES).items():
        value = quiet(line["value"], view.most)
        shown = view.word("known_part", value=value) if line["state"] == "not_known" else value
        remark = view.said(line["statement"]) if "statement" in line else view.known("line_note", key)
        remark = "" if remark == key else remark
        rows.append([view.known("line", key), view.known("state", line["state"]), shown, remark])
    title = view.word("lines")
    return section(title, table(title, columns, rows), gases(view), note=view.word("lines_note"))


def gases(view: View) -> Html | None:
    rows = [
        [_flow(view, flow), item["kg"], quiet(item["co2e"], view.most)]
        for flow, item in sorted(view.result["gases"].items())
    ]
    if not rows:
        return None
    columns = [(view.word("gas"), "text"), (view.word("gas_kg"), "number"), (view.result["total_unit"], "number")]
    return escaped([tag("h3", view.word("gases")), table(view.word("gases"), columns, rows)])


def _flow(view: View, flow: str) -> str:
    """``CO2|fossil`` in words."""
    gas, *kinds = flow.split("|")
    return view.word("comma").join([gas, *(view.known("flow", kind) for kind in kinds)])
