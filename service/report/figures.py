"""Figures as the record holds them: text stays text, a band gets words, a share is moved to percent by its point.

Nothing is calculated here but the length of a bar and the share of a line in the total, both from exact numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from lca.exact import Exact

Figure = str | Mapping[str, str | None] | None
"""A figure of a result: a number, a band, or nothing known."""
THIN: Final = "\u202f"
NOISE: Final = Exact(10**12)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:E[+-]\d{1,4})?")


def exact(text: str) -> Exact:
    """A figure of the record as a number: ours are plain decimals, or with an exponent of any size."""
    if not _NUMBER.fullmatch(text):
        return Exact.from_record(text)
    plain, _, exponent = text.partition("E")
    power = int(exponent or "0")
    return Exact.from_record(plain) * (Exact(10**power) if power >= 0 else Exact(1, 10**-power))


def ends(figure: Figure) -> tuple[Exact | None, Exact | None]:
    """Low and high; None where an end is open."""
    low, high = (figure.get("low"), figure.get("high")) if isinstance(figure, Mapping) else (figure, figure)
    return None if low is None else exact(low), None if high is None else exact(high)


def size(figure: Figure) -> Exact | None:
    """The larger of the two ends without its sign; None where an end is open."""
    low, high = ends(figure)
    return None if low is None or high is None else max(abs(low), abs(high))


def largest(figures: Iterable[Figure]) -> Exact:
    """The largest known end without its sign."""
    return max((abs(end) for figure in figures for end in ends(figure) if end is not None), default=Exact(0))


def quiet(text: str, most: Exact) -> str:
    """The figure, or 0 where it is below 1e-12 of the largest one beside it."""
    return "0" if abs(exact(text)) * NOISE < most else text


def quieted(figure: Figure, most: Exact) -> Figure:
    if isinstance(figure, Mapping):
        return {key: None if end is None else quiet(end, most) for key, end in figure.items()}
    return None if figure is None else quiet(figure, most)


def grouped(text: str) -> str:
    """Thin spaces between thousands of the whole part, from five digits on; the digits stay."""
    sign, whole, rest = re.match(r"(-?)(\d+)(.*)", text, re.S).groups()  # type: ignore[union-attr]
    if len(whole) < 5:
        return text
    return sign + re.sub(r"(?<=\d)(?=(?:\d{3})+$)", THIN, whole) + rest


def percent(text: str) -> str:
    """A share with its own digits: ``0.123456`` is ``12.3456 %``."""
    places = len(text.partition(".")[2]) if "E" not in text else 6
    return f"{(exact(text) * 100).places(max(0, places - 2))} %"


def share(part: Figure, whole: Figure) -> str:
    """Share of a line in the total to one decimal; empty where one of them is a band or the total is zero."""
    if not isinstance(part, str) or not isinstance(whole, str) or not exact(whole):
        return ""
    value = exact(part) / exact(whole) * 100
    if value and abs(value) < Exact("0.05"):
        return "< 0.1 %" if value > 0 else "> -0.1 %"
    return f"{value.places(1)} %"
