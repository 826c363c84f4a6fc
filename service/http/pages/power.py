"""Electricity at a glance: what the regime accepted, what it refused, what it ignores, and plain grid power."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lca.exact import ZERO, Exact
from service.compare_power import Treatment, treatment_of
from service.http.pages.visit import Visit
from service.report.electricity import electricity
from service.report.figures import exact
from service.report.markup import Html, escaped, name, tag
from service.report.view import View

ORDER: Final[tuple[Treatment, ...]] = ("accepted", "refused", "outside", "average")
SIGNS: Final[Mapping[Treatment, str]] = {"accepted": "✓", "refused": "✗", "outside": "○", "average": "·"}


@dataclass(frozen=True, slots=True)
class _Slice:
    supply: str
    table_row: str
    codes: Sequence[str]


def power(visit: Visit, view: View) -> Html | None:
    """Four boxes of kWh, then the report's own table with every slice and why."""
    items = view.result["electricity"]
    whole = electricity(view)
    if whole is None or view.regime is None:
        return whole
    return escaped(
        [
            tag(
                "div",
                _boxes(visit, view, items),
                class_="boxes",
                role="group",
                aria_label=visit.say("part_electricity"),
            ),
            whole,
        ]
    )


def grouped_by_treatment(view: View) -> dict[Treatment, dict[str, Exact]]:
    """kWh per unit by treatment and row; a row's slices are judged together."""
    found: dict[Treatment, dict[str, Exact]] = {kind: {} for kind in ORDER}
    if view.regime is None:
        return found
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for item in view.result["electricity"]:
        rows.setdefault(item["row"], []).append(item)
    for row, slices in rows.items():
        judged = [_Slice(item["supply"], item["table_row"], item["codes"]) for item in slices]
        kwh = sum((exact(item["kwh"]) for item in slices), ZERO)
        found[treatment_of(judged, view.regime)][row] = kwh
    return found


def _boxes(visit: Visit, view: View, items: Sequence[Mapping[str, Any]]) -> list[Html]:
    digits = int(view.identity["regime"]["digits"])
    made = []
    for kind, rows in grouped_by_treatment(view).items():
        kwh = sum(rows.values(), ZERO)
        named = [tag("li", name(row)) for row in sorted(rows)]
        shown = kwh.significant(digits) if rows else "–"
        head = [tag("span", SIGNS[kind], class_="sign", aria_hidden="true"), visit.say(f"power_{kind}")]
        figure = tag("p", tag("b", shown), " ", visit.say("kwh_per_unit") if rows else None)
        made.append(tag("div", tag("h3", head), figure, tag("ul", named, class_="plain small"), class_=f"box p-{kind}"))
    return made
