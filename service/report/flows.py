"""From a record's public contributions to the data of a Sankey drawing: input → process → stage → product."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lca.exact import ZERO, Exact
from service.report.markup import Html, tag
from service.report.sankey import Drawing, Link, Node, sankey
from service.report.table import section
from service.report.view import View

TOP: Final = 12
"""Inputs with a box of their own; the others share one."""
OTHERS: Final = "others"
Name = Callable[[str], str]


def drawing_of(
    result: Mapping[str, Any], input_name: Name, process_name: Name, stage_name: Name, others: str
) -> tuple[Drawing, Exact]:
    """The drawing and the sum of credits, which have no width; of a band the low end.

    The names turn ids into words.
    """
    parts = [(part["input"], part["process"], part["stage"], _low(part["co2e"])) for part in result["contributions"]]
    credits = sum((value for *_, value in parts if value < 0), ZERO)
    parts = [part for part in parts if part[3] > 0]
    sizes: dict[str, Exact] = {}
    for name, _, _, value in parts:
        sizes[name] = sizes.get(name, ZERO) + value
    kept = sorted(sizes, key=lambda name: (-sizes[name], name))[:TOP]
    links: dict[tuple[str, str], Exact] = {}
    for name, process, stage, value in parts:
        shown = name if name in kept else OTHERS
        for pair in ((f"i:{shown}", f"p:{process}"), (f"p:{process}", f"s:{stage}"), (f"s:{stage}", "total")):
            links[pair] = links.get(pair, ZERO) + value
    ids = list(dict.fromkeys(end for pair in links for end in pair))
    weight = {node: sum((value for pair, value in links.items() if pair[0] == node), ZERO) for node in ids}
    ordered = sorted(ids, key=lambda node: (-weight[node], node))
    words = {"i": input_name, "p": process_name, "s": stage_name}
    columns = {"i": 0, "p": 1, "s": 2}

    def made(node: str) -> Node:
        kind, _, name = node.partition(":")
        if node == "total":
            return Node(node, 3, "", _figure(result["total"]))
        label = others if name == OTHERS and kind == "i" else words[kind](name)
        return Node(node, columns[kind], label, weight[node].significant(3))

    order = {node: k for k, node in enumerate(ordered)}
    bands = sorted(links.items(), key=lambda item: (order[item[0][0]], order[item[0][1]]))
    return Drawing([made(node) for node in ordered], [Link(*pair, value) for pair, value in bands]), credits


def _low(figure: Any) -> Exact:
    text = figure if isinstance(figure, str) else figure["low"]
    return ZERO if text is None else Exact.from_published(text)


def _figure(total: Any) -> str:
    if isinstance(total, str):
        return total
    return f"≥ {total['low'] or '?'}"


def flows(view: View) -> Html | None:
    """The drawing as a part of the report; nothing where no contribution has a width."""
    drawing, credits = of_view(view)
    title = view.word("flows")
    made = sankey(drawing, title, said(drawing))
    if made is None:
        return None
    notes = [tag("p", view.word("flows_credits", value=credits.significant(6)), class_="remark")] if credits else []
    if not isinstance(view.result["total"], str):
        notes.append(tag("p", view.word("flows_band"), class_="remark"))
    wide = tag("div", made, class_="wide", tabindex="0", role="region", aria_label=title)
    return section(title, wide, notes, note=view.word("flows_note"))


def of_view(view: View) -> tuple[Drawing, Exact]:
    """The drawing of a record with the words of a language."""
    return drawing_of(view.result, view.input, view.process, view.stage, view.word("flows_others"))


def as_data(drawing: Drawing, unit: str, credits: Exact) -> dict[str, Any]:
    """Nodes and links as plain values, for whoever draws it elsewhere."""
    return {
        "unit": unit,
        "nodes": [{"id": node.id, "column": node.column, "label": node.label} for node in drawing.nodes],
        "links": [{"from": link.source, "to": link.to, "value": link.value.significant(6)} for link in drawing.links],
        "credits": credits.significant(6),
    }


def said(drawing: Drawing, parts: Sequence[str] = ()) -> str:
    """The drawing in words: every box with its figure."""
    return "; ".join([*(f"{node.label} {node.figure}".strip() for node in drawing.nodes), *parts])
