"""Weighing: kg CO2e of a line at a level of its process, as a point or as a band where a factor is lacking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lca.assemble import gap_range, line_amount
from lca.exact import ONE, ZERO, Exact, total
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
    kept = list(bands)
    points = [band.low for band in kept if band.low is band.high and type(band.low) is Exact]
    if len(points) == len(kept):
        value = total(points)  # in rational numbers no order matters
        return Band(value, value)
    whole = NOTHING
    for band in kept:
        whole += band
    return whole


def magnitude(band: Band) -> Exact:
    """The larger absolute end that is known; of a band open on both sides zero."""
    if band.low is band.high and band.low is not None:
        return abs(band.low)
    return max((abs(end) for end in band.ends), default=ZERO)


class Weigher:
    """kg CO2e of a line at a level of its process.

    What a line weighs at level one is made once: it is asked for in the works, in every product and in every case.
    """

    def __init__(self, resolved: ResolvedInventory, gwp_set: str, biogenic_co2: str) -> None:
        self.resolved, self.gwp_set, self.biogenic_co2 = resolved, gwp_set, biogenic_co2
        self._ones: dict[int, tuple[Line, Exact]] = {}
        self._flows: dict[int, tuple[Line, Mapping[str, Exact]]] = {}
        self._intensities: dict[int, tuple[ResolvedFactor, Exact]] = {}
        """By identity, and what is known is held: two lines of one id may differ."""

    def factor(self, flow: str) -> Exact:
        """kg CO2e per kg of a flow."""
        return characterise(Flow.read(flow), self.gwp_set, self.biogenic_co2)

    def band(self, line: Line, level: Exact, factor: ResolvedFactor | Gap | None = None) -> Band:
        """kg CO2e of a line at a level; with ``factor``, as if it had answered. An own intake weighs nothing itself."""
        if line.kind == "own":
            return NOTHING
        found = None if line.kind == "emission" else factor or self.resolved.factors[line.id]
        if isinstance(found, Gap):
            amount = line_amount(line, found) * level
            return scaled(Band(*gap_range(found)), amount) if amount else NOTHING
        known = self._ones.get(id(line)) if factor is None else None
        if known is None:
            known = line, self._one(line, found)
            if factor is None:
                self._ones[id(line)] = known
        value = known[1] if level is ONE else known[1] * level
        return Band(value, value)

    def _one(self, line: Line, found: ResolvedFactor | None) -> Exact:
        if found is None:
            return convert(line.amount, line.unit, "kg") * self.factor(line.target)
        return line_amount(line, found) * self._intensity(found)

    def _intensity(self, found: ResolvedFactor) -> Exact:
        known = self._intensities.get(id(found))
        if known is None:
            known = found, sum((part * self.factor(flow) for flow, part in found.flows.items()), ZERO)
            self._intensities[id(found)] = known
        return known[1]

    def flows(self, line: Line, level: Exact) -> dict[str, Exact]:
        """Flow to kg of a line at a level; a gap has no known flows."""
        known = self._flows.get(id(line))
        if known is None:
            known = self._flows[id(line)] = line, self._flows_of(line)
        return {flow: kg * level for flow, kg in known[1].items()}

    def _flows_of(self, line: Line) -> Mapping[str, Exact]:
        if line.kind == "emission":
            return {line.target: convert(line.amount, line.unit, "kg")}
        found = self.resolved.factors.get(line.id)
        if line.kind == "bought" and isinstance(found, ResolvedFactor):
            amount = line_amount(line, found)
            return {flow: part * amount for flow, part in found.flows.items()}
        return {}
