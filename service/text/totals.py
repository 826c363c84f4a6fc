"""Totals side by side, as tables and data of scenarios and alternatives show them."""

from __future__ import annotations

from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.weigh import Band

DIGITS: Final = 6
LOW_END: Final = "*"
NOTE: Final = ("* low ends of bands are compared", "* 按区间下限比较")


def shown(band: Band) -> str:
    """A total, or the ends of a band with ``?`` where one is open."""
    if band.point is not None:
        return band.point.significant(DIGITS)
    low, high = ("?" if end is None else end.significant(DIGITS) for end in (band.low, band.high))
    return f"{low} – {high}"


def difference(total: Band, base: Band | None) -> tuple[str, str]:
    """Kilograms and per cent against a base; of low ends, marked ``*``, where one of the two is a band; dashes where a
    low end is open or the base is zero."""
    if base is None or total.low is None or base.low is None:
        return "–", "–"
    mark = "" if total.point is not None and base.point is not None else LOW_END
    less = total.low - base.low
    sign = "+" if less > ZERO else ""
    percent = f"{sign}{(less / base.low * Exact(100)).places(2)}{mark}" if base.low else "–"
    return f"{sign}{less.significant(DIGITS)}{mark}", percent


def ends(band: Band) -> Any:
    """A total as text, a band as its ends with null for an open one."""
    if band.point is not None:
        return band.point.significant(DIGITS)
    return {key: None if end is None else end.significant(DIGITS) for key, end in
            (("low", band.low), ("high", band.high))}  # fmt: skip
