"""A Sankey drawing: what flows from where to where, widths to scale. One renderer for page, print and file.

Plain data in, SVG out: presentation attributes only, so that a page with a strict policy shows it, and every figure is
said in text beside its box. Credits cannot have a width and are told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lca.exact import ONE, ZERO, Exact
from service.report.markup import Html, tag

NAMESPACE: Final = "http://www.w3.org/2000/svg"
WIDTH: Final = 1000
BOX: Final = 12
GAP: Final = 14
"""Room between boxes of a column; a label needs it."""
LABEL: Final = 30
"""Width of a label in Latin letters; a Chinese character takes two."""
HEIGHT: Final = 360
"""Height of the largest column's boxes together."""


@dataclass(frozen=True, slots=True)
class Node:
    """A box. ``column`` counts from the left; ``figure`` is the text said beside it."""

    id: str
    column: int
    label: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A band between two boxes; its value is above zero."""

    source: str
    to: str
    value: Exact


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes of every column in the order they are drawn in, and bands between them."""

    nodes: Sequence[Node]
    links: Sequence[Link]


@dataclass(slots=True)
class _Box:
    node: Node
    size: Exact
    top: Exact = ZERO
    into: Exact = ZERO
    out: Exact = ZERO


def sankey(drawing: Drawing, title: str, words: str, *, alone: bool = False) -> Html | None:
    """The drawing; None where nothing has a width. ``words``: what it says, for those who hear the page.

    ``alone``: as a file of its own, which names its namespace; inside a page nothing may look like an address.
    """
    boxes = _sized(drawing)
    if not boxes:
        return None
    columns = sorted({box.node.column for box in boxes.values()})
    tall = {column: sum((b.size for b in boxes.values() if b.node.column == column), ZERO) for column in columns}
    scale = Exact(HEIGHT) / max(tall.values())
    most = max(sum(1 for b in boxes.values() if b.node.column == column) for column in columns)
    step = Exact(WIDTH - BOX) / max(1, len(columns) - 1)
    left = {column: step * k for k, column in enumerate(columns)}
    for column in columns:
        top = ZERO
        for box in (b for b in boxes.values() if b.node.column == column):
            box.top = top
            top = top + box.size * scale + GAP
    height = HEIGHT + GAP * most
    bands = [_band(link, boxes, left, scale) for link in drawing.links]
    shapes = [_shape(box, left[box.node.column], scale, last=box.node.column == columns[-1]) for box in boxes.values()]
    return tag(
        "svg", tag("title", title), tag("desc", words), bands, shapes, viewBox=f"0 0 {WIDTH} {height}", role="img",
        class_="sankey", width="100%",
        xmlns=NAMESPACE if alone else None,
    )  # fmt: skip


def _sized(drawing: Drawing) -> dict[str, _Box]:
    """Boxes with the larger of what comes in and what goes out; those without any are left away."""
    into: dict[str, Exact] = {}
    out: dict[str, Exact] = {}
    for link in drawing.links:
        out[link.source] = out.get(link.source, ZERO) + link.value
        into[link.to] = into.get(link.to, ZERO) + link.value
    sizes = {node.id: max(into.get(node.id, ZERO), out.get(node.id, ZERO)) for node in drawing.nodes}
    return {node.id: _Box(node, sizes[node.id]) for node in drawing.nodes if sizes[node.id] > 0}


def _band(link: Link, boxes: Mapping[str, _Box], left: Mapping[int, Exact], scale: Exact) -> Html:
    start, end = boxes[link.source], boxes[link.to]
    wide = link.value * scale
    x0, x1 = left[start.node.column] + BOX, left[end.node.column]
    y0, y1 = start.top + start.out + wide / 2, end.top + end.into + wide / 2
    start.out, end.into = start.out + wide, end.into + wide
    middle = (x0 + x1) / 2
    points = [_at(value) for value in (x0, y0, middle, y0, middle, y1, x1, y1)]
    path = "M{},{} C{},{} {},{} {},{}".format(*points)
    return tag("path", d=path, class_="band", fill="none", stroke="#9db8ac", stroke_opacity="0.55",
               stroke_width=_at(max(wide, ONE)))  # fmt: skip


def _shape(box: _Box, x: Exact, scale: Exact, *, last: bool) -> Html:
    height = box.size * scale
    text = f"{_short(box.node.label)}  {box.node.figure}".strip()
    at = x - 6 if last else x + BOX + 6
    anchor = "end" if last else "start"
    return Html(
        tag("rect", x=_at(x), y=_at(box.top), width=str(BOX), height=_at(max(height, ONE)), fill="#14614d")
        + tag("text", text, x=_at(at), y=_at(box.top + height / 2 + 4), text_anchor=anchor, font_size="13",
              fill="#17211d", class_="said")
    )  # fmt: skip


def _short(label: str) -> str:
    """A label that leaves the next column alone; the whole one stands in the description."""
    wide, kept = 0, ""
    for character in label:
        wide += 2 if ord(character) > 0x2E7F else 1
        if wide > LABEL:
            return kept.rstrip() + "…"
        kept += character
    return kept


def _at(value: Exact) -> str:
    return value.places(2)
