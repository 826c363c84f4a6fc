"""Assemble the settled inventory into a labelled system.

Own processes keep their names; every factor becomes a process ``factor:<key>`` that makes one unit of
``bought:<key>`` and emits what the factor says; every gap becomes ``gap:<line>`` with a flow of its own, which the
methods ``total_low`` and ``total_high`` weigh with the input's range.
"""

from __future__ import annotations

from collections import defaultdict

from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.gases import Flow, characterise
from lca.inventory import OWN_EMISSIONS, Gap, Line, ResolvedFactor, ResolvedInventory
from lca.system import LinearSystem, make_system
from lca.units import convert

Cells = defaultdict[tuple[str, str], Exact]


def assemble(resolved: ResolvedInventory, gwp_set: str, biogenic_co2: str) -> LinearSystem:
    """The works as ``A``, ``B`` and methods. Amounts are per run of a process; a run is the whole period.

    Raises:
        Refused: ``unit_mismatch`` (amount against factor or product unit), ``unknown_product``, ``zero_output``.
    """
    inventory = resolved.inventory
    faults = Collector()
    a: Cells = defaultdict(lambda: ZERO)
    b: Cells = defaultdict(lambda: ZERO)
    units: dict[str, str] = {}
    for process in inventory.processes:
        if process.amount <= ZERO:
            where = f"{process.id}"
            found, expected = f"{process.amount} {process.unit}", "an output above zero"
            faults.add(Fault("zero_output", where, found=found, expected=expected, values={"name": process.id}))
        a[process.product, process.id] += process.amount
        units[process.product] = process.unit
    for line in inventory.lines:
        if not line.counts:
            continue
        try:
            place(line, resolved, units, a, b)
        except Refused as refused:
            faults.take(refused, f"{line.process} / {line.input or line.id}")
    for process in inventory.processes:
        net = a[process.product, process.id]
        if net <= ZERO < process.amount:
            found, expected = f"{net} {process.unit} after its own use", "a net output above zero"
            faults.add(Fault("zero_output", process.id, found=found, expected=expected, values={"name": process.id}))
    for factor in resolved.factors.values():
        if isinstance(factor, ResolvedFactor) and (f"bought:{factor.key}", f"factor:{factor.key}") in a:
            for flow, amount in factor.flows.items():
                b[flow, f"factor:{factor.key}"] = amount
    faults.raise_if_any()
    return make_system(a, b, _methods(resolved, b, gwp_set, biogenic_co2))


def line_amount(line: Line, factor: ResolvedFactor | Gap) -> Exact:
    """The amount of a bought line in its factor's unit."""
    return convert(line.amount, line.unit, factor.unit)


def place(line: Line, resolved: ResolvedInventory, units: dict[str, str], a: Cells, b: Cells) -> None:
    if line.kind == "own":
        if line.target not in units:
            known = ", ".join(sorted(units))
            raise Refused([Fault("unknown_product", line.id, found=line.target, expected=known)])
        a[line.target, line.process] -= convert(line.amount, line.unit, units[line.target])
    elif line.kind == "emission":
        b[line.target, line.process] += convert(line.amount, line.unit, "kg")
    else:
        factor = resolved.factors[line.id]
        amount = line_amount(line, factor)
        if isinstance(factor, Gap):
            a[f"bought:{line.id}", f"gap:{line.id}"] = ONE
            a[f"bought:{line.id}", line.process] -= amount
            b[f"gap|{line.id}", f"gap:{line.id}"] = ONE
        elif factor.kind in OWN_EMISSIONS:
            for flow, part in factor.flows.items():
                b[flow, line.process] += part * amount
        else:
            a[f"bought:{factor.key}", f"factor:{factor.key}"] = ONE
            a[f"bought:{factor.key}", line.process] -= amount


def _methods(resolved: ResolvedInventory, b: Cells, gwp_set: str, biogenic_co2: str) -> dict[str, dict[str, Exact]]:
    """``total`` where nothing is lacking; with gaps ``total_low`` and, unless one is open above, ``total_high``."""
    flows = {flow for flow, _ in b}
    known = {
        flow: characterise(Flow.read(flow), gwp_set, biogenic_co2) for flow in flows if not flow.startswith("gap|")
    }
    gaps = {flow.removeprefix("gap|") for flow in flows if flow.startswith("gap|")}
    if not gaps:
        return {"total": known}
    low, high, open_below, open_above = dict(known), dict(known), False, False
    for line in resolved.inventory.lines:
        if line.id not in gaps:
            continue
        factor = resolved.factors[line.id]
        bottom, top = gap_range(factor) if isinstance(factor, Gap) else (ZERO, ZERO)
        if line.amount < 0:  # a credit with an unknown factor lowers the total by its upper end, which may be open
            bottom, top = top, bottom
        open_below, open_above = open_below or bottom is None, open_above or top is None
        low[f"gap|{line.id}"] = bottom if bottom is not None else ZERO
        high[f"gap|{line.id}"] = top if top is not None else ZERO
    return ({} if open_below else {"total_low": low}) | ({} if open_above else {"total_high": high})


def gap_range(gap: Gap) -> tuple[Exact | None, Exact | None]:
    """Low and high of a gap in kg CO2e per its unit; no range: from zero to open, no top is invented."""
    if gap.range is None:
        return ZERO, None
    mass, _, per = gap.range.unit.partition("/")
    scale = convert(ONE, mass, "kgCO2e") * convert(ONE, gap.unit, per)
    high = gap.range.high
    return gap.range.low * scale, None if high is None else high * scale
