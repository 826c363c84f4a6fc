"""Packaging (包装), version 1: mass used up per journey, take-back of what travels again, recycled content and fate.

A row's ``amount`` is the mass that leaves with the products of the period, ``trips`` how many journeys one piece makes
(blank: one).  In a steady state one journey in ``trips`` uses a piece up: that share is bought and ends, the rest comes
back.  A pool that grows or shrinks in the period is not covered.
"""

from __future__ import annotations

from collections.abc import Iterable

from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault
from pcr.activity import Row
from pcr.builder import Process
from pcr.equations import equation
from pcr.methods.recycling.v1 import Approach, end_of_life, recycled_content
from pcr.methods.transport.v1 import legs

_SOURCE = "definition: a piece that makes n journeys is used up once in n"


@equation(
    "packaging.used_up",
    text="m_used = m / n",
    source=_SOURCE,
    confidence="derived",
    clause="mass bought anew and mass that ends, of a pool in a steady state",
    inputs={"mass": "kg", "trips": "1"},
    results={"used_up": "kg"},
)
def used_up(mass: Exact, trips: Exact = ONE) -> Exact:
    """kg of packaging used up when ``mass`` travels and a piece makes ``trips`` journeys."""
    return mass / trips


@equation(
    "packaging.returned",
    text="m_back = m (1 - 1/n)",
    source=_SOURCE,
    confidence="derived",
    clause="every journey but a piece's last is followed by its return",
    inputs={"mass": "kg", "trips": "1"},
    results={"returned": "kg"},
)
def returned(mass: Exact, trips: Exact = ONE) -> Exact:
    """kg of empty packaging that travels back."""
    return mass * (ONE - ONE / trips)


@equation(
    "packaging.per_unit",
    text="m_unit = m_used / units",
    source="definition; packaging scales through the reference flow",
    confidence="derived",
    inputs={"used_up": "kg", "units": "piece"},
    results={"per_unit": "kg/piece"},
)
def per_unit(used_up: Exact, units: Exact) -> Exact:
    """kg of packaging used up for one product."""
    return used_up / units


def trips(row: Row) -> Exact:
    """Journeys one piece makes; a blank is one."""
    return row.properties.get("trips", ONE)


def trips_fault(code: str, row: Row, clause: str) -> Fault | None:
    """Less than one journey, as a fault with the rule's own code."""
    if trips(row) >= ONE:
        return None
    return Fault(code, f"/rows ({row.id})/properties/trips", trips(row).text(), "1 or more", clause)


def worn(rows: Iterable[Row]) -> list[Row]:
    """The same rows with the mass that is used up."""
    return [row.part(used_up(ONE, trips(row))) for row in rows]


def coming_back(rows: Iterable[Row]) -> Exact:
    """kg that travels back empty."""
    return sum((returned(row.amount, trips(row)) for row in rows), ZERO)


def has_fate(row: Row) -> bool:
    """Whether the row says itself what becomes of it; else that stands elsewhere or nowhere."""
    return "r2" in row.properties or "r3" in row.properties


def pack(process: Process, rows: Iterable[Row], by: Approach) -> None:
    """Buy what is used up, with the recycled content it states."""
    used = worn(rows)
    process.buy(used)
    recycled_content(process, [row for row in used if has_fate(row) or "r1" in row.properties], by)


def take_back(process: Process, journeys: Iterable[Row], rows: Iterable[Row]) -> None:
    """The way back of the empty packaging: legs in t*km, or in km for what comes back."""
    legs(process, journeys, coming_back(rows))


def discard(process: Process, rows: Iterable[Row], by: Approach) -> None:
    """End of life of what is used up, by the approach to recycling, for rows that state their fate."""
    end_of_life(process, [row for row in worn(rows) if has_fate(row)], by)
