"""Greenhouse gases, GWP sets and elementary flows.

A flow is a gas with the line it belongs to: ``CO2|fossil``, ``CO2|biogenic``, ``CO2|biogenic uptake``,
``CH4|fossil``.  A factor published without its gases enters as ``CO2e|unsplit|<set>`` and is never
characterised again: nobody can turn AR5 carbon dioxide equivalents into AR6 ones.

Values: ``lca/data/gwp/`` (IPCC reports, EF 3.1, IR (EU) 2025/2547), each row with source and confidence.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused

GWP_TABLE: Final = "1.0.0"
SETS: Final = ("SAR", "AR4", "AR5", "AR5-ccf", "AR6", "EF3.1", "CBAM", "CN-CETS-2024")
LINES: Final = ("fossil", "biogenic", "biogenic uptake", "dluc", "aircraft", "unsplit")
_BLENDS: Final = {
    "R-410A": {"HFC-32": "0.5", "HFC-125": "0.5"},
    "R-407C": {"HFC-32": "0.23", "HFC-125": "0.25", "HFC-134a": "0.52"},
    "R-404A": {"HFC-125": "0.44", "HFC-143a": "0.52", "HFC-134a": "0.04"},
    "R-507A": {"HFC-125": "0.5", "HFC-143a": "0.5"},
}
_FORMULAS: Final = {"CF4": "PFC-14", "C2F6": "PFC-116"}


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """An elementary flow: gas, line, and for unsplit carbon dioxide equivalents the GWP set they were made with."""

    gas: str
    line: str = "fossil"
    gwp_set: str = ""

    def __str__(self) -> str:
        return "|".join(part for part in (self.gas, self.line, self.gwp_set) if part)

    @staticmethod
    @lru_cache(maxsize=4096)
    def read(text: str) -> Flow:
        """``CO2|fossil`` back to a flow."""
        gas, line, *rest = text.split("|")
        return Flow(gas, line, rest[0] if rest else "")


@cache
def _table() -> dict[str, dict[str, str]]:
    text = files("lca").joinpath(f"data/gwp/{GWP_TABLE}.csv").read_text(encoding="utf-8")
    return {row["gas"]: row for row in csv.DictReader(text.splitlines())}


def known_gases() -> tuple[str, ...]:
    """All gases of the table, blends included."""
    return tuple(_table())


def is_gas(gas: str) -> bool:
    """Whether the table has the gas, by its name or its formula (``CF4``)."""
    return _FORMULAS.get(gas, gas) in _table()


@cache
def gwp(gas: str, gwp_set: str) -> Exact:
    """Global warming potential over 100 years, kg CO2e per kg; blends are computed from their components.

    Raises:
        Refused: ``unknown_gas``, or ``gwp_unknown`` where the set has no value: a blank is not a zero.
    """
    name = _FORMULAS.get(gas, gas)
    if name not in _table() or gwp_set not in SETS:
        raise Refused([Fault("unknown_gas", found=f"{gas} in {gwp_set}", expected="a gas and set of the GWP table")])
    if name in _BLENDS:
        return sum((Exact(share) * gwp(part, gwp_set) for part, share in _BLENDS[name].items()), ZERO)
    value = _table()[name][gwp_set]
    if not value:
        rule = f"GWP table {GWP_TABLE}"
        raise Refused([Fault("gwp_unknown", found=f"{gas}: blank in {gwp_set}", expected="a value", rule=rule)])
    return Exact.parse(value)


def confidence(gas: str) -> str:
    """``seen``, ``derived`` or ``recalled``: how well the row of this gas is confirmed."""
    return _table()[_FORMULAS.get(gas, gas)]["confidence"]


def _equivalents_on(flow: Flow) -> bool:
    """Equivalents stand on a line of their own when their publisher divided them, and then say their GWP set."""
    return flow.line == "aircraft" or (flow.line in ("fossil", "dluc") and bool(flow.gwp_set))


@lru_cache(maxsize=4096)
def characterise(flow: Flow, gwp_set: str, biogenic_co2: str = "one") -> Exact:
    """kg CO2e per kg of a flow.

    ``biogenic_co2`` is the regime's rule: ``one`` counts release +1 and uptake -1 (ISO 14067), ``zero`` counts
    neither (EF 3.1). The flow is stored either way.
    """
    if flow.line not in LINES or biogenic_co2 not in ("one", "zero"):
        raise ValueError(f"flow {flow}, biogenic_co2 {biogenic_co2}")
    if flow.line == "unsplit" or (flow.gas == "CO2e" and _equivalents_on(flow)):
        return ONE  # carbon dioxide equivalents are never characterised again, on whatever line they stand
    if flow.gas == "CO2" and flow.line.startswith("biogenic"):
        sign = -ONE if flow.line == "biogenic uptake" else ONE
        return sign if biogenic_co2 == "one" else ZERO
    if flow.gas == "CH4":
        return gwp("CH4_nonfossil" if flow.line.startswith("biogenic") else "CH4_fossil", gwp_set)
    return gwp(flow.gas, gwp_set)
