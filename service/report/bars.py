"""Bars: one per row on one scale, credits to the left of the axis, what is uncertain hatched, open ends with an arrow.

Lengths are percent of the drawing, so that nothing is scaled and no text lives inside the drawing: the figures stand
beside it, in text, whatever the width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lca.exact import ONE, ZERO, Exact
from service.report.figures import Figure, ends
from service.report.markup import Html, tag

ROOM: Final = Exact("1.2")
"""An open end goes past everything known by a fifth of the scale."""
UNKNOWN: Final = Exact("0.15")
_RIGHT: Final = "M-12,-9 L0,0 L-12,9 Z"
_LEFT: Final = "M12,-9 L0,0 L12,9 Z"
PATTERN: Final = tag(
    "svg",
    tag(
        "defs",
        tag(
            "pattern",
            tag("rect", width="7", height="7", class_="hatch-ground"),
            tag("rect", width="3", height="7", class_="hatch-line"),
            id="hatch", width="7", height="7", patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
        ),
    ),
    width="0", height="0", class_="defs", aria_hidden="true",
)  # fmt: skip
"""The hatching that all drawings of a page share."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From kg CO2e to percent of the drawing's width."""

    low: Exact
    high: Exact

    def at(self, value: Exact) -> Exact:
        return (value - self.low) / (self.high - self.low) * 100

    def box(self, start: Exact, stop: Exact, kind: str) -> Html:
        x, end = self.at(start), self.at(stop)
        return tag("rect", x=_percent(x), width=_percent(end - x), y="20%", height="60%", class_=kind)


def _percent(value: Exact) -> str:
    return f"{value.places(3)}%"


def scale_of(figures: Sequence[Figure]) -> Scale:
    """A scale that holds zero, every known end, and room for an open one."""
    pairs = [ends(figure) for figure in figures if figure is not None]
    known = [end for pair in pairs for end in pair if end is not None] + [ZERO]
    low, high = min(known), max(known)
    span = high - low or ONE
    open_high, open_low = any(pair[1] is None for pair in pairs), any(pair[0] is None for pair in pairs)
    return Scale(high - span * ROOM if open_low else low, low + span * ROOM if open_high or high == low else high)


def bars(rows: Mapping[str, tuple[Figure, str, str]]) -> dict[str, Html]:
    """A drawing per row, all on one scale. ``rows``: key to figure, what it is, and what it says in words."""
    scale = scale_of([figure for figure, _, _ in rows.values()])
    return {key: _bar(scale, figure, title, words) for key, (figure, title, words) in rows.items()}


def _bar(scale: Scale, figure: Figure, title: str, words: str) -> Html:
    shapes = [] if figure is None else _shapes(scale, *ends(figure))
    zero = _percent(scale.at(ZERO))
    axis = tag("line", x1=zero, x2=zero, y1="0", y2="100%", class_="axis")
    return tag("svg", tag("title", title), tag("desc", words), shapes, axis, role="img", class_="bar", height="22")


def _shapes(scale: Scale, low: Exact | None, high: Exact | None) -> list[Html]:
    """The sure part solid, from the axis to the nearer end; the range hatched; arrows at open ends."""
    start, stop = scale.low if low is None else low, scale.high if high is None else high
    shapes = []
    if low is not None and low > 0:
        shapes.append(scale.box(ZERO, low, "sure"))
    if high is not None and high < 0:
        shapes.append(scale.box(high, ZERO, "credit"))
    if start != stop:
        shapes.append(scale.box(start, stop, "maybe open" if low is None or high is None else "maybe"))
    if high is None:
        shapes.append(tag("svg", tag("path", d=_RIGHT, class_="arrow"), x="100%", y="50%", overflow="visible"))
    if low is None:
        shapes.append(tag("svg", tag("path", d=_LEFT, class_="arrow"), x="0%", y="50%", overflow="visible"))
    return shapes


def stacked(shares: Mapping[str, Exact | None], title: str, words: str) -> Html:
    """Shares of one whole, side by side; one that is not known takes a piece at the end whose length means nothing."""
    known = {kind: share for kind, share in shares.items() if share is not None}
    unknown = [kind for kind, share in shares.items() if share is None]
    whole = sum(known.values(), ZERO) or ONE
    known |= dict.fromkeys(unknown, whole * UNKNOWN)
    whole += whole * UNKNOWN * len(unknown)
    parts, left = [], ZERO
    for kind, share in known.items():
        if share:
            x, width = left / whole * 100, share / whole * 100
            parts.append(tag("rect", x=_percent(x), width=_percent(width), height="100%", class_=f"c-{kind}"))
            left += share
    return tag("svg", tag("title", title), tag("desc", words), parts, role="img", class_="stack", height="26")


def swatch(kind: str) -> Html:
    """The colour or hatching a legend entry stands for; the words beside it say the same."""
    square = tag("rect", width="100%", height="100%", class_=kind)
    return tag("svg", square, width="14", height="14", class_="swatch", aria_hidden="true")
