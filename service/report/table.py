"""Tables and pairs. On a narrow screen each row stands as a block of its own, its headings beside the values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.report.markup import Content, Html, tag

Column = tuple[str, str]
"""Heading and kind: ``text``, ``number`` or ``code``."""


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Content]], foot: Sequence[Content] = ()
) -> Html:
    """A table whose first cell names its row; ``caption`` is for those who hear the page."""
    head = tag("tr", [_heading(heading, kind) for heading, kind in columns])
    parts = [tag("caption", caption, class_="heard"), tag("thead", head)]
    parts.append(tag("tbody", [_row(columns, row) for row in rows]))
    if foot:
        parts.append(tag("tfoot", _row(columns, foot)))
    return tag("table", parts)


def _heading(heading: str, kind: str) -> Html:
    shown = tag("span", heading, class_="heard") if kind == "bar" else heading
    return tag("th", shown, scope="col", class_=_class(kind))


def _row(columns: Sequence[Column], cells: Sequence[Content]) -> Html:
    first = tag("th", cells[0], scope="row", class_=_class(columns[0][1]))
    rest = [
        tag("td", tag("div", cell), class_=_class(kind), data_label=heading)
        for cell, (heading, kind) in zip(cells[1:], columns[1:], strict=True)
    ]
    return tag("tr", first, rest)


def _class(kind: str) -> str | None:
    return {"number": "n", "bar": "bar"}.get(kind)


def pairs(items: Iterable[tuple[str, Content]], class_: str | None = None) -> Html:
    """Terms and what they are; a term without content is left out."""
    held = [(term, content) for term, content in items if content]
    return tag("dl", [tag("div", tag("dt", term), tag("dd", content)) for term, content in held], class_=class_)


def listed(items: Iterable[Content], class_: str | None = None) -> Html:
    return tag("ul", [tag("li", item) for item in items], class_=class_)


def section(title: str, *content: Content, note: Content = None, class_: str | None = None) -> Html:
    """A part of the page: heading and a short note at the side, content beside it."""
    side = tag("div", tag("h2", title), tag("p", note, class_="note") if note else None, class_="side")
    return tag("section", side, tag("div", content, class_="main"), class_=class_)
