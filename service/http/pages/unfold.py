"""Every figure unfolds: total to stages, a stage to its lines, a line to its row and to its factor's source.

Made from the record alone; what a copy leaves out is said, not shown as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from service.http.pages.visit import Visit
from service.records.sections import is_left_out
from service.report.figures import exact, share
from service.report.markup import Content, Html, code, name, tag
from service.report.table import listed, pairs, section
from service.report.view import View

EVIDENCE: Final = ("basis", "source", "document", "meter", "calibration_valid_to", "responsible", "note")


def unfold(visit: Visit, view: View) -> Html | None:
    """A tree that opens with a click or the keyboard, by stage."""
    parts = view.result["contributions"]
    if not parts:
        return None
    held = _Held(view)
    trees = []
    for stage, figure in view.stages().items():
        mine = [part for part in parts if part["stage"] == stage]
        mine.sort(key=lambda part: (-_size(part["co2e"]), part["line"]))
        lines = [_line(visit, view, held, part) for part in mine]
        trees.append(
            _opens(visit, view, view.stage(stage), figure, lines or [tag("p", visit.say("no_lines"))], "stage")
        )
    unit = tag("p", view.result["total_unit"], class_="unit-note")
    return section(visit.say("unfold"), unit, tag("div", trees, class_="tree"), note=visit.say("unfold_says"))


class _Held:
    """Rows, lines and factors of a record by their ids."""

    def __init__(self, view: View) -> None:
        sections = view.record["sections"]
        rows = sections.get("given/rows")
        self.rows = {} if is_left_out(rows) else {r["value"]["id"]: r["value"] for r in rows if not is_left_out(r)}
        self.lines = {line["id"]: line for line in view.inventory.get("lines", ())}
        items = sections.get("derivation/factors")
        known = [] if is_left_out(items) else [item["value"] for item in items if not is_left_out(item)]
        self.factors = {item["factor"]["key"]: item["factor"] for item in known if "factor" in item}


def _line(visit: Visit, view: View, held: _Held, part: Mapping[str, Any]) -> Html:
    line = held.lines.get(part["line"], {})
    row = held.rows.get(line.get("row") or part.get("row") or "")
    factor = held.factors.get(part["source"])
    content = [
        _amount(visit, part, line),
        _row(visit, view, row) if row else tag("p", visit.say("no_row"), class_="remark"),
        _factor(visit, view, factor) if factor else _without(visit, view, part),
    ]
    called = [
        name(view.label(part.get("label"), view.input(part["input"]) if part["input"] else part["line"])),
        tag("span", view.known("class", part["class"]), class_=f"tag c-{part['class']}"),
    ]
    return _opens(visit, view, called, part["co2e"], content, "line")


def _opens(visit: Visit, view: View, called: Content, figure: Any, content: list[Html], kind: str) -> Html:
    of_all = share(figure, view.result["total"])
    head = [tag("span", called, class_="called"), tag("span", view.figure(figure), class_="n"),
            tag("span", of_all, class_="n share")]  # fmt: skip
    return tag("details", tag("summary", head), tag("div", content, class_="inside"), class_=kind)


def _amount(visit: Visit, part: Mapping[str, Any], line: Mapping[str, Any]) -> Html:
    per = f"{part['amount']} {part['unit']}" if part.get("amount") else ""
    said: list[tuple[str, Content]] = [
        (visit.say("per_unit_amount"), per),
        (visit.say("whole_amount"), f"{line['amount']} {line['unit']}" if line else ""),
        (visit.say("equation"), code(line["because"]) if line.get("because") else None),
        (visit.say("line"), code(part["line"])),
    ]
    return tag("div", tag("h3", visit.say("quantity")), pairs(said, "facts"), class_="leaf")


def _row(visit: Visit, view: View, row: Mapping[str, Any]) -> Html:
    evidence = row.get("evidence", {})
    shown = [
        [tag("b", visit.known("evidence", key)), view.word("colon"), visit.known("basis", evidence[key])
         if key == "basis" else view.said(evidence[key])]
        for key in EVIDENCE if evidence.get(key)
    ]  # fmt: skip
    properties = [f"{key} {value}" for key, value in sorted(row.get("properties", {}).items())]
    said: list[tuple[str, Content]] = [
        (visit.say("row"), code(row["id"])),
        (visit.say("input"), view.input(row["input"])),
        (visit.say("amount"), f"{row['amount']} {row['unit']}"),
        (visit.say("months"), " · ".join(row["months"]) if row.get("months") else None),
        (visit.say("properties"), ", ".join(properties) or None),
        (visit.say("evidence"), listed(shown, "plain") if shown else visit.say("no_evidence")),
    ]
    return tag("div", tag("h3", visit.say("from_row")), pairs(said, "facts"), class_="leaf")


def _factor(visit: Visit, view: View, factor: Mapping[str, Any]) -> Html:
    factor_id = tag("a", code(factor["id"]), href=f"/factors/{quote(factor['id'])}")
    flows = [f"{flow}: {value} kg/{factor['unit']}" for flow, value in factor.get("flows", {}).items()]
    distance = [
        [tag("b", view.known("distance", key)), view.word("colon"), view.said(text)]
        for key, text in sorted(factor.get("distance", {}).items())
    ]
    chosen = factor.get("chosen_by", "")
    said: list[tuple[str, Content]] = [
        (visit.say("factor"), [name(view.label(factor.get("label"), factor["id"])), " ", factor_id]),
        (visit.say("value"), factor.get("value")),
        (visit.say("flows"), listed(flows, "plain") if flows else None),
        (visit.say("place_year"), " · ".join(filter(None, (factor.get("place"), str(factor.get("year") or ""))))),
        (visit.say("source"), view.said(factor.get("source") or "–")),
        (visit.say("licence"), code(factor["licence"]) if factor.get("licence") else None),
        (visit.say("layer"), code(factor.get("layer", ""))),
        (visit.say("chosen_by"), visit.known("chosen", chosen) if chosen else None),
        (visit.say("distance"), listed(distance, "plain") if distance else None),
    ]
    return tag("div", tag("h3", visit.say("from_factor")), pairs(said, "facts"), class_="leaf")


def _without(visit: Visit, view: View, part: Mapping[str, Any]) -> Html:
    """No factor: an emission of the works itself, a gap, or a factor this copy leaves out."""
    word = "gap_here" if part["class"] == "gap" else "own_emission" if "|" in part["source"] else "factor_left_out"
    source = tag("p", code(part["source"])) if part["source"] else None
    return tag("div", tag("h3", visit.say("from_factor")), source, tag("p", visit.say(word)), class_="leaf")


def _size(figure: Any) -> Any:
    """Size of a figure; of a band its known end."""
    text = figure if isinstance(figure, str) else (figure or {}).get("high") or (figure or {}).get("low")
    return abs(exact(text)) if text else exact("0")
