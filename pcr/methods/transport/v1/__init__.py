"""Transport legs (运输段), version 1: t*km as given, or a distance times the mass that travels it."""

from __future__ import annotations

from collections.abc import Iterable

from lca.exact import ONE, Exact
from pcr.activity import Row
from pcr.builder import Process, name_factor
from pcr.equations import equation


@equation(
    "transport.tonne_km",
    text="t*km = m d",
    source="definition",
    confidence="seen",
    inputs={"mass": "t", "distance": "km"},
    results={"tonne_km": "t*km"},
)
def tonne_km(mass: Exact, distance: Exact) -> Exact:
    """Transport work of one leg."""
    return mass * distance


def legs(process: Process, rows: Iterable[Row], kg: Exact) -> None:
    """Buy the legs of a journey. A row in km carries its ``share`` of the ``kg`` of the period over that distance."""
    for row in rows:
        item = process.data.rule.inputs[row.input]
        factor = name_factor(
            row, item, item.materials.get(row.material), process.data, process.data.regime.transport_kinds
        )
        work = row.amount
        if row.unit == "km":
            work = tonne_km(kg * row.properties.get("share", ONE) / 1000, row.amount)
        process.bought(row, factor, amount=work, unit="t*km", because="transport.tonne_km" if row.unit == "km" else "")
