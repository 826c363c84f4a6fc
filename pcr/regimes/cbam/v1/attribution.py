"""From an installation to its production processes: heat, waste gas, electricity leaving (eq. 41 to 56)."""

from __future__ import annotations

from typing import Final

from lca.exact import ZERO, Exact
from pcr.equations import equation
from pcr.regimes.cbam.v1.streams import SOURCE

GAS: Final = Exact("56.1")
"""t CO2/TJ of natural gas, the yardstick of waste gases."""
EXPORT: Final = Exact("0.667")
"""Waste gas that leaves replaces natural gas at this efficiency."""


@equation(
    "cbam.waste_gas_import",
    text="WG = V NCV x 56.1",
    source=SOURCE,
    confidence="seen",
    clause="eq. 53",
    inputs={"energy": "TJ"},
    results={"emissions": "t"},
)
def waste_gas_import(energy: Exact) -> Exact:
    """t CO2 that the user of a waste gas answers for."""
    return energy * GAS


@equation(
    "cbam.waste_gas_export",
    text="WG = V NCV x 56.1 x 0.667",
    source=SOURCE,
    confidence="seen",
    clause="eq. 54; with evidence of the export only",
    inputs={"energy": "TJ"},
    results={"emissions": "t"},
)
def waste_gas_export(energy: Exact) -> Exact:
    """t CO2 that the maker of an exported waste gas takes off."""
    return energy * GAS * EXPORT


@equation(
    "cbam.attributed_direct",
    text="Attr = DirEm* + H_imp - H_exp + WG_imp - WG_exp - Em_el",
    source=SOURCE,
    confidence="seen",
    clause="eq. 55, before a negative result is set to 0",
    inputs={
        "direct": "t", "heat_imported": "t", "heat_exported": "t", "gas_imported": "t", "gas_exported": "t",
        "electricity_exported": "t",
    },
    results={"attributed": "t"},
)  # fmt: skip
def attributed_direct(
    direct: Exact, heat_imported: Exact = ZERO, heat_exported: Exact = ZERO, gas_imported: Exact = ZERO,
    gas_exported: Exact = ZERO, electricity_exported: Exact = ZERO,
) -> Exact:  # fmt: skip
    """t CO2e that a production process answers for; may come out negative."""
    return direct + heat_imported - heat_exported + gas_imported - gas_exported - electricity_exported


@equation(
    "cbam.attributed_indirect",
    text="Attr = E x EF",
    source=SOURCE,
    confidence="seen",
    clause="eq. 56",
    inputs={"electricity": "MWh", "factor": "tCO2/MWh"},
    results={"attributed": "t"},
)
def attributed_indirect(electricity: Exact, factor: Exact) -> Exact:
    """t CO2 of the electricity a production process used."""
    return electricity * factor


@equation(
    "cbam.reconciliation",
    text="D = D_process x D_installation / sum of D_process",
    source=SOURCE,
    confidence="seen",
    clause="eq. 41, 42; meters of processes that do not add up to the installation's",
    inputs={"process": "1", "installation": "1", "processes": "1"},
    results={"reconciled": "1"},
)
def reconciliation(process: Exact, installation: Exact, processes: Exact) -> Exact:
    """The reading of a process, scaled so that all of them add up to the installation."""
    return process * installation / processes
