"""Elementary flows of one unit of a factor, exact.

A total without its gases enters as ``CO2e|unsplit|<set or unknown>`` and is never characterised again. In this
release every life-cycle total stays unsplit, also where the publisher prints a gas split: none of them says how its
CO2 divides into fossil, biogenic and land use, so a split would state more than is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from factordb.factor import Factor
from lca.exact import Exact
from lca.faults import Fault, Refused

_COUNTED: Final = re.compile(r"(g|kg|t) ?(CO2e|CO2|CH4|N2O|CF4|C2F6)")
_KG: Final = {"g": Exact("0.001"), "kg": Exact(1), "t": Exact(1000)}


def flows_of(factor: Factor) -> Mapping[str, Exact]:
    """Flow to kg per one denominator unit of the factor: ``{"CO2e|unsplit|unknown": 0.5777}`` per kWh.

    Raises:
        Refused: ``factor_no_flows`` for a constant that counts no gas.
    """
    match = _COUNTED.fullmatch(factor.unit.partition("/")[0])
    if match is None:
        expected = "a factor that counts a gas: kgCO2e/kg, tCO2/t, kg CF4/t"
        raise Refused([Fault("factor_no_flows", found=f"{factor.id}: {factor.shown()}", expected=expected)])
    amount, gas = match.groups()
    kilograms = factor.amount * _KG[amount]
    if gas == "CO2e":
        return {f"CO2e|unsplit|{factor.gwp_set or 'unknown'}": kilograms}
    return {f"{gas}|fossil": kilograms}
