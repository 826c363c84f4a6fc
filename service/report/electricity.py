"""The electricity table: every supply slice, the row of the regime's table that took it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.report.markup import Content, Html, code, escaped, name, tag
from service.report.table import listed, section, table
from service.report.view import View


def electricity(view: View) -> Html | None:
    items = view.result["electricity"]
    if not items:
        return None
    columns = [
        (view.word("supply"), "text"), (view.word("kwh"), "number"), (view.word("table_row"), "text"),
        (view.word("factor_value"), "text"), (view.result["total_unit"], "number"), (view.word("treatment"), "text"),
    ]  # fmt: skip
    title = view.word("electricity")
    rows = [_slice(view, item) for item in items]
    return section(title, table(title, columns, rows), note=view.word("electricity_note"))


def _slice(view: View, item: Mapping[str, Any]) -> list[Content]:
    supply = [view.known("supply", item["supply"]), tag("span", name(item["row"]), class_="under")]
    factor = [item["factor_value"], code_under(item["factor"])] if item["factor"] else view.word("no_factor")
    return [
        supply,
        item["kwh"],
        _table_row(view, item["table_row"]),
        factor,
        view.figure(item["co2e"]),
        _why(view, item),
    ]


def code_under(text: str) -> Html:
    return tag("code", text, class_="under")


def _table_row(view: View, row: str) -> Content:
    if not row:
        return view.word("none")
    known = {item.row: item.text for item in view.regime.electricity.rows} if view.regime else {}
    return [view.word("row_number", row=row), tag("span", view.label(known.get(row)), class_="under")]


def _why(view: View, item: Mapping[str, Any]) -> Content:
    """Codes with their sentences, what a refused claim would have been worth, and the evidence shown."""
    regime = view.identity["regime"]
    values = {"row": item["row"], "regime": f"{regime['id']} {regime['version']}", "worth": item["worth"]}
    said: list[Content] = []
    for found in item["codes"]:
        sentence = view.sentence({"code": found, "where": item["row"], "values": values})
        said.append(code(found) if sentence == found else [sentence, code_under(found)])
    if item["worth"]:
        said.append([view.word("worth"), " ", code(item["worth"])])
    shown = [listed(said, "plain")] if said else []
    if item["evidence"]:
        shown += [
            tag("p", view.word("evidence"), class_="over"),
            listed([_evidence(view, text) for text in item["evidence"]], "plain small"),
        ]
    return escaped(shown) if shown else view.word("none")


def _evidence(view: View, text: str) -> Content:
    """What kind of evidence in words, and which: ``generator meter: G-1``."""
    kind, colon, which = text.partition(": ")
    return [view.known("evidence", kind), view.word("colon"), name(which)] if colon else name(text)
