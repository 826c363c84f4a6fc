"""Production waste (生产废物), version 1: its treatment bought by mass, route by route (``routes.yaml``).

A row is a kind of waste; its properties are the shares of its routes and sum to one.  Waste carries no burden of the
process it leaves, its treatment counts, and it is never a negative input: no route gives a credit.  Waste burned in a
furnace of the works is a *fuel* with its own carbon and biogenic share, and refuses here.  A route whose factor is
blank (``materials.<name>.names.<route>``) is a gap, not a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from lca.doors import read_yaml
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Notice
from lca.naming import FactorName
from pcr.activity import Row
from pcr.builder import Process
from pcr.equations import equation

KINDS: Final = ("treatment_service", "waste_disposal")


@dataclass(frozen=True, slots=True)
class Route:
    """Where waste goes. ``counted``: bought, cut_off or fuel."""

    id: str
    label: Mapping[str, str]
    counted: str
    reason: Mapping[str, str]


@cache
def routes() -> Mapping[str, Route]:
    """Every route by name."""
    data = read_yaml(files(__package__).joinpath("routes.yaml").read_text(encoding="utf-8"))
    return {name: Route(name, item["label"], item["counted"], item.get("reason", {})) for name, item in data.items()}


@equation(
    "waste.treated",
    text="m_route = m s_route",
    source="definition; waste carries no burden of its process, its treatment counts (ISO 14044 4.3.4)",
    confidence="recalled",
    clause="shares of the routes of one waste sum to one",
    inputs={"mass": "kg", "share": "1"},
    results={"treated": "kg"},
)
def treated(mass: Exact, share: Exact) -> Exact:
    """kg of a waste that takes one route."""
    return mass * share


@equation(
    "waste.unaccounted",
    text="m = m_lost - m_waste",
    source="mass balance",
    confidence="derived",
    clause="material that was bought and stays in no product, less the waste that was entered",
    inputs={"lost": "kg", "waste": "kg"},
    results={"unaccounted": "kg"},
)
def unaccounted(lost: Exact, waste: Exact) -> Exact:
    """kg of lost material that no waste row explains; negative where there is more waste than loss."""
    return lost - waste


def shares(row: Row) -> dict[str, Exact]:
    """Route to share, of the routes a row names."""
    return {name: row.properties[name] for name in routes() if row.properties.get(name, ZERO)}


def routes_fault(code: str, row: Row, clause: str) -> Fault | None:
    """Shares that are no whole, or one named factor for several treatments, as a fault with the rule's own code."""
    given = shares(row)
    whole = sum(given.values(), ZERO)
    bought = [name for name in given if routes()[name].counted == "bought"]
    where = f"/rows ({row.id})/properties"
    if whole != ONE:
        return Fault(code, where, f"shares sum to {whole}", f"1, of {', '.join(routes())}", clause)
    if row.factor and len(bought) != 1:
        found = f"{row.factor} for {', '.join(bought) or 'no treatment'}"
        return Fault(code, where, found, "a row of its own for the treatment the factor is of", clause)
    return None


def furnace_fault(code: str, row: Row, clause: str) -> Fault | None:
    """Waste burned by the works itself, as a fault with the rule's own code: it is a fuel."""
    burned = [name for name in shares(row) if routes()[name].counted == "fuel"]
    if not burned:
        return None
    found = f"{row.properties[burned[0]]} of {row.id} burned in the works"
    return Fault(code, f"/rows ({row.id})/properties/{burned[0]}", found, "a row of fuel", clause)


def treat(process: Process, rows: Iterable[Row]) -> None:
    """Buy the treatment of waste rows that passed :func:`routes_fault` and :func:`furnace_fault`."""
    for row in rows:
        for name, share in shares(row).items():
            route, kg = routes()[name], treated(row.amount, share)
            if route.counted == "bought":
                factor = _factor(process, row, name)
                process.bought(row, factor, amount=kg, unit=row.unit, suffix=f"+{name}", because="waste.treated")
            elif route.counted == "cut_off" and kg:
                values = {"input": row.input, "material": row.material, "reason": route.reason["en"]}
                process.notices.append(Notice("burden_free", row.id, values | {"reason_zh": route.reason["zh"]}))


def _factor(process: Process, row: Row, route: str) -> FactorName:
    data = process.data
    choice = data.rule.inputs[row.input].materials.get(row.material)
    return FactorName(
        id=row.factor or (choice.names.get(route, "") if choice else ""),
        year=data.year,
        kinds=(*data.regime.material_kinds, *KINDS),
        named_by="user" if row.factor else "rule",
        place=data.country,
        proxy=True,
        proxy_for=row.proxy_for or f"{row.material}: {route}",
    )
