"""Carry out deferred terms: top-ups first, then allocation; each leaves lines of its own.

Cut-off ledgers and sensitivity cases need the solved system and are settled in :mod:`lca.footprint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from lca.deferred import Allocate, Alternative, Deferred, TopUp
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Notice, Refused
from lca.gases import Flow, characterise
from lca.inventory import Electricity, Gap, Inventory, Line, ResolvedFactor, ResolvedInventory
from lca.units import convert, same_dimension

Value = TypeVar("Value")


def settle(resolved: ResolvedInventory, gwp_set: str, biogenic_co2: str) -> ResolvedInventory:
    """The inventory with top-ups and allocations carried out, in that order.

    Raises:
        Refused: ``allocation_empty``, ``top_up_nowhere``.
    """
    # Mass is closed before it is shared, so that every output carries its part of what was missing.
    top_ups = [term for term in resolved.inventory.deferred if isinstance(term, TopUp)]
    for number, top_up in enumerate(top_ups):
        resolved = _top_up(resolved, top_up, f"top-up:{top_up.process}:{number}", gwp_set, biogenic_co2)
    for term in resolved.inventory.deferred:
        if isinstance(term, Allocate):
            resolved = _allocate(resolved, term)
    return resolved


def shares(term: Allocate) -> dict[str, Exact]:
    """Allocation factors by product; they sum to one (ISO 14044, 4.3.4.1: allocated equals unallocated)."""
    weighted = {share.product: share.amount * share.weight for share in term.outputs}
    whole = sum(weighted.values(), ZERO)
    if whole <= 0 or any(part < 0 for part in weighted.values()):
        found = ", ".join(f"{name}: {part}" for name, part in weighted.items())
        expected = "weights of zero or more, not all zero"
        raise Refused([Fault("allocation_empty", term.process, found=found, expected=expected, rule=term.because)])
    return {name: part / whole for name, part in weighted.items()}


def _allocate(resolved: ResolvedInventory, term: Allocate) -> ResolvedInventory:
    """One process per output, each with its share of every line; sensitivity cases follow the lines they name."""
    inventory = resolved.inventory
    original = next(process for process in inventory.processes if process.id == term.process)
    own = [line for line in inventory.lines if line.process == term.process]
    parts = shares(term)
    processes = [process for process in inventory.processes if process.id != term.process]
    lines = [line for line in inventory.lines if line.process != term.process]
    split: dict[str, list[str]] = {line.id: [] for line in own}
    for share in term.outputs:
        name = f"{term.process}:{share.product}"
        processes.append(replace(original, id=name, product=share.product, amount=share.amount, unit=share.unit))
        for line in own:
            line_id = f"{line.id}:{share.product}"
            lines.append(replace(line, id=line_id, process=name, amount=line.amount * parts[share.product]))
            split[line.id].append(line_id)
    deferred = tuple(_follow(other, split) for other in inventory.deferred)
    electricity = tuple(part for item in inventory.electricity for part in _slices(item, term, parts, split))
    changed = replace(
        inventory, processes=tuple(processes), lines=tuple(lines), deferred=deferred, electricity=electricity
    )
    alternatives = {case: _spread(answers, split) for case, answers in resolved.alternatives.items()}
    return _with(replace(resolved, alternatives=alternatives), changed, _spread(resolved.factors, split))


def _follow(term: Deferred, split: Mapping[str, list[str]]) -> Deferred:
    """A later term names the lines that took the place of a split one."""

    def spread(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part for name in names for part in split.get(name, [name]))

    if isinstance(term, Alternative):
        return replace(term, replaced=_spread(term.replaced, split), dropped=spread(term.dropped))
    return replace(term, among=spread(term.among)) if isinstance(term, TopUp) else term


def _slices(
    item: Electricity, term: Allocate, parts: Mapping[str, Exact], split: Mapping[str, list[str]]
) -> list[Electricity]:
    """The electricity decision of a split process, once for each output."""
    if item.process != term.process:
        return [item]
    return [
        replace(
            item,
            process=f"{term.process}:{product}",
            kwh=item.kwh * share,
            line=f"{item.line}:{product}" if item.line in split else item.line,
        )
        for product, share in parts.items()
    ]


def _spread(answers: Mapping[str, Value], split: Mapping[str, list[str]]) -> dict[str, Value]:
    return {part: answer for line, answer in answers.items() for part in split.get(line, [line])}


def _top_up(
    resolved: ResolvedInventory, term: TopUp, line_id: str, gwp_set: str, biogenic_co2: str
) -> ResolvedInventory:
    inventory = resolved.inventory
    best: tuple[Exact, Line] | None = None
    for line in sorted(inventory.lines, key=lambda item: item.id):
        usable = line.id in term.among and line.kind == "bought" and line.counts
        if not usable or not same_dimension(line.unit, "kg"):
            continue
        factor = resolved.factors[line.id]
        intensity = factor_intensity(factor, gwp_set, biogenic_co2)
        if intensity is not None:
            intensity *= _scale(factor, term.unit)
        if intensity is not None and (best is None or intensity > best[0]):
            best = (intensity, line)
    if best is None:
        found = f"{len(term.among)} inputs, none with a factor per mass"
        expected = "one input whose intensity is known"
        raise Refused([Fault("top_up_nowhere", term.process, found=found, expected=expected, rule=term.because)])
    chosen = best[1]
    added = replace(
        chosen,
        id=line_id,
        amount=convert(term.mass, term.unit, chosen.unit),
        row="",
        basis="estimated",
        because=term.because,
    )
    candidates = [resolved.factors[line.id] for line in inventory.lines if line.id in term.among]
    open_gap = any(isinstance(factor, Gap) and not (factor.range and factor.range.high) for factor in candidates)
    code = "mass_topped_up_unsure" if open_gap else "mass_topped_up"
    values = {"process": term.process, "mass": term.mass.significant(6), "unit": term.unit, "input": chosen.id}
    notice = Notice(code, term.process, values)
    twins = {chosen.id: [chosen.id, added.id]}  # a sensitivity case that changes the input changes what was added to it
    deferred = tuple(_follow(other, twins) if isinstance(other, Alternative) else other for other in inventory.deferred)
    changed = replace(
        inventory, lines=(*inventory.lines, added), notices=(*inventory.notices, notice), deferred=deferred
    )
    alternatives = {case: _spread(answers, twins) for case, answers in resolved.alternatives.items()}
    return _with(replace(resolved, alternatives=alternatives), changed, _spread(resolved.factors, twins))


def _scale(factor: ResolvedFactor | Gap, unit: str) -> Exact:
    """How many of the factor's own unit one ``unit`` is: figures per kg and per t are compared per ``unit``."""
    if isinstance(factor, Gap) and factor.range:
        gas, _, per = factor.range.unit.partition("/")
        return convert(ONE, gas, "kgCO2e") * convert(ONE, unit, per)
    return convert(ONE, unit, factor.unit)


def factor_intensity(factor: ResolvedFactor | Gap, gwp_set: str, biogenic_co2: str) -> Exact | None:
    """kg CO2e per unit of a factor; of a gap the upper end of its range, None where that is open."""
    if isinstance(factor, Gap):
        return factor.range.high if factor.range else None
    return sum(
        (amount * characterise(Flow.read(flow), gwp_set, biogenic_co2) for flow, amount in factor.flows.items()), ZERO
    )


def _with(
    resolved: ResolvedInventory, inventory: Inventory, factors: dict[str, ResolvedFactor | Gap]
) -> ResolvedInventory:
    alive = {line.id for line in inventory.lines}
    return replace(
        resolved, inventory=inventory, factors={key: value for key, value in factors.items() if key in alive}
    )
