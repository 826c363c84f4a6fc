"""The stages as a waterfall: each bar starts where the one before ended, the last one is the total."""

from __future__ import annotations

from lca.exact import ZERO, Exact
from service.report.bars import Scale
from service.report.breakdown import stages
from service.report.figures import exact, share
from service.report.markup import Content, Html, tag
from service.report.table import section, table
from service.report.view import View


def waterfall(view: View) -> Html:
    """The drawing with its figures beside it; of a band the report's bars, which show both ends."""
    figures, total = view.stages(), view.result["total"]
    values = {stage: exact(figure) for stage, figure in figures.items() if isinstance(figure, str)}
    if not isinstance(total, str) or len(values) < len(figures):
        return stages(view)
    steps, reached = [], ZERO
    for stage, value in values.items():
        steps.append((stage, reached, reached + value))
        reached = reached + value
    ends = [ZERO, exact(total), *(end for _, start, stop in steps for end in (start, stop))]
    scale = Scale(min(ends), max(ends) if max(ends) > min(ends) else min(ends) + 1)
    unit = view.result["total_unit"]
    columns = [
        (view.word("stage"), "text"), (view.word("bar"), "bar"), (unit, "number"), (view.word("share"), "number"),
    ]  # fmt: skip
    rows: list[list[Content]] = [
        [
            view.stage(stage), _bar(scale, start, stop, view.stage(stage), f"{figures[stage]} {unit}"),
            view.figure(figures[stage]), share(figures[stage], total) or view.word("none"),
        ]
        for stage, start, stop in steps
    ]  # fmt: skip
    whole = _bar(scale, ZERO, exact(total), view.word("total"), f"{total} {unit}", "whole")
    foot = [view.word("total"), whole, view.figure(total), share(total, total)]
    rounding = view.result["rounding"]
    note = tag("p", view.word("rounding", value=rounding, unit=unit), class_="remark") if rounding is not None else None
    title = view.word("stages")
    return section(
        title, tag("div", table(title, columns, rows, foot), class_="bars"), note, note=view.word("stages_note")
    )


def _bar(scale: Scale, start: Exact, stop: Exact, title: str, words: str, kind: str = "") -> Html:
    low, high = min(start, stop), max(start, stop)
    box = scale.box(low, high, kind or ("sure" if stop >= start else "credit"))
    zero = f"{scale.at(ZERO).places(3)}%"
    end = f"{scale.at(stop).places(3)}%"
    lines = [
        tag("line", x1=zero, x2=zero, y1="0", y2="100%", class_="axis"),
        tag("line", x1=end, x2=end, y1="20%", y2="100%", class_="step"),
    ]
    return tag("svg", tag("title", title), tag("desc", words), box, lines, role="img", class_="bar", height="26")
