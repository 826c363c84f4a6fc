"""Elementary flows of one unit of a factor, exact.

A total without its gases enters as ``CO2e|unsplit|<set or unknown>`` and is never characterised again. A total whose
publisher states all its lines, adding up to it exactly, enters line by line; a printed gas split alone does not: who
does not say how CO2 divides into fossil, biogenic and land use gave a total. Solved unit processes and received
records bring their own flows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from factordb.factor import Factor
from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from lca.gases import Flow

_COUNTED: Final = re.compile(r"(g|kg|t) ?(CO2e|CO2|CH4|N2O|CF4|C2F6)")
STATED: Final = ("fossil", "biogenic", "biogenic uptake", "dluc", "aircraft")
"""Lines a total divides into; uptake is negative in the total."""
NONE: Final = "none"
"""A line that is zero because the publisher says so."""
_KG: Final = {"g": Exact("0.001"), "kg": Exact(1), "t": Exact(1000)}


def on_line(flows: Mapping[str, Exact], line: str) -> Mapping[str, Exact]:
    """The same kilograms on another line of the result: of air freight everything is *aircraft* (ISO 14067)."""
    moved: dict[str, Exact] = {}
    for name, amount in flows.items():
        flow = str(replace(Flow.read(name), line=line))
        moved[flow] = moved.get(flow, ZERO) + amount
    return moved


def flows_of(factor: Factor) -> Mapping[str, Exact]:
    """Flow to kg per one denominator unit of the factor: ``{"CO2e|unsplit|unknown": 0.5777}`` per kWh.

    Raises:
        Refused: ``factor_no_flows`` for a constant that counts no gas.
    """
    if factor.flows:
        return {flow: Exact.parse(kg, factor.id) for flow, kg in factor.flows.items()}
    counted = _counted(factor.unit)
    if counted is None:
        expected = "a factor that counts a gas: kgCO2e/kg, tCO2/t, kg CF4/t"
        raise Refused([Fault("factor_no_flows", found=f"{factor.id}: {factor.shown()}", expected=expected)])
    scale, gas = counted
    kilograms = factor.amount * scale
    if gas == "CO2e":
        return by_line(factor) or {f"CO2e|unsplit|{factor.gwp_set or 'unknown'}": kilograms}
    return {f"{gas}|fossil": kilograms}


@lru_cache(maxsize=1024)
def _counted(unit: str) -> tuple[Exact, str] | None:
    """Kilograms per unit of mass, and the gas, of a factor's unit; None where it counts no gas."""
    match = _COUNTED.fullmatch(unit.partition("/")[0])
    return None if match is None else (_KG[match[1]], match[2])


def by_line(factor: Factor) -> Mapping[str, Exact]:
    """Flows of a total whose every line is stated and whose lines add up to it; empty where one is not known.

    Biogenic carbon enters as carbon dioxide, released and taken up, so that the regime decides what it counts.
    """
    if not factor.lines or set(factor.lines) != set(STATED):
        return {}
    kilograms = {line: ZERO if text == NONE else Exact.parse(text, factor.id) for line, text in factor.lines.items()}
    if sum(kilograms.values(), ZERO) != factor.amount:
        return {}
    given = factor.gwp_set or "unknown"
    flows = {f"CO2e|{line}|{given}": kilograms[line] for line in ("fossil", "dluc", "aircraft")}
    flows["CO2|biogenic"] = kilograms["biogenic"]
    flows["CO2|biogenic uptake"] = -kilograms["biogenic uptake"]
    return {flow: kg for flow, kg in flows.items() if kg}
