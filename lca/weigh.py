"""Weighing: kg CO2e of a line at a level of its process, as a point or as a band where a factor is lacking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lca.assemble import gap_range, line_amount
from lca.exact import ZERO, Exact
from lca.gases import Flow, characterise
from lca.inventory import Gap, Line, ResolvedFactor, ResolvedInventory
from lca.units import convert


@dataclass(frozen=True, slots=True)
class Band:
    """A quantity that may be uncertain by a gap: low and high, None where an end is open."""

    low: Exact | None
    high: Exact | None

    def __add__(self, other: Band) -> Band:
        if self.low is self.high and other.low is other.high and self.low is not None and other.low is not None:
            value = self.low + other.low
            return Band(value, value)
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Band(low, high)

    @property
    def point(self) -> Exact | None:
        """The value, where low and high are one."""
        return self.low if self.low is not None and (self.low is self.high or self.low == self.high) else None

    @property
    def ends(self) -> tuple[Exact, ...]:
        """Low and high that are known, a point once."""
        known = tuple(end for end in (self.low, self.high) if end is not None)
        return known[:1] if self.low is self.high else known


NOTHING: Final = Band(ZERO, ZERO)


def scaled(band: Band, factor: Exact) -> Band:
    """A band times a number; a negative one swaps the ends."""
    if band.point is not None:
        value = band.point * factor
        return Band(value, value)
    ends = [None if end is None else end * factor for end in (band.low, band.high)]
    return Band(ends[0], ends[1]) if factor >= 0 else Band(ends[1], ends[0])


def summed(bands: Iterable[Band]) -> Band:
    """Sum of bands; open where one of them is."""
    whole = NOTHING
    for band in bands:
        whole += band
    return whole


class Weigher:
    """kg CO2e of a line at a level of its process."""

    def __init__(self, resolved: ResolvedInventory, gwp_set: str, biogenic_co2: str) -> None:
        self.resolved, self.gwp_set, self.biogenic_co2 = resolved, gwp_set, biogenic_co2
        self._per_unit: dict[int, tuple[ResolvedFactor, Exact]] = {}
        """kg CO2e per unit of a factor, by the identity of the factor, which is held: many lines use one."""

    def factor(self, flow: str) -> Exact:
        """kg CO2e per kg of a flow."""
        return characterise(Flow.read(flow), self.gwp_set, self.biogenic_co2)

    def band(self, line: Line, level: Exact, factor: ResolvedFactor | Gap | None = None) -> Band:
        """kg CO2e of a line at a level; with ``factor``, as if it had answered. An own intake weighs nothing itself."""
        if line.kind == "own":
            return NOTHING
        if line.kind == "emission":
            value = convert(line.amount, line.unit, "kg") * level * self.factor(line.target)
            return Band(value, value)
        found = factor or self.resolved.factors[line.id]
        amount = line_amount(line, found) * level
        if isinstance(found, Gap):
            low, high = gap_range(found)
            return scaled(Band(low, high), amount) if amount else NOTHING
        value = amount * self._intensity(found)
        return Band(value, value)

    def _intensity(self, found: ResolvedFactor) -> Exact:
        known = self._per_unit.get(id(found))
        if known is None:
            known = found, sum((part * self.factor(flow) for flow, part in found.flows.items()), ZERO)
            self._per_unit[id(found)] = known
        return known[1]

    def flows(self, line: Line, level: Exact) -> dict[str, Exact]:
        """Flow to kg of a line at a level; a gap has no known flows."""
        if line.kind == "emission":
            return {line.target: convert(line.amount, line.unit, "kg") * level}
        found = self.resolved.factors.get(line.id)
        if line.kind == "bought" and isinstance(found, ResolvedFactor):
            return {flow: part * line_amount(line, found) * level for flow, part in found.flows.items()}
        return {}
