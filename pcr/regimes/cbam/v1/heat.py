"""Emission factors of heat and the emissions of heat that crosses a process boundary (eq. 44, 45)."""

from __future__ import annotations

from lca.exact import ONE, ZERO, Exact
from pcr.equations import equation
from pcr.regimes.cbam.v1.streams import SOURCE


@equation(
    "cbam.heat_mix",
    text="EF_mix = (sum of AD x NCV x EF + Em_FGC) / sum of AD x NCV",
    source=SOURCE,
    confidence="seen",
    clause="eq. 44; Em_FGC: flue-gas cleaning",
    inputs={"emissions": "t", "cleaning": "t", "energy": "TJ"},
    results={"factor": "tCO2/TJ"},
)
def heat_mix(emissions: Exact, cleaning: Exact, energy: Exact) -> Exact:
    """t CO2/TJ of the fuels of a boiler; ``emissions``: of its fuels in t, ``energy``: their heat in TJ."""
    return (emissions + cleaning) / energy


@equation(
    "cbam.heat_emissions",
    text="Em = EF_mix x Q / eta",
    source=SOURCE,
    confidence="seen",
    clause="eq. 45; eta 0.9 for external heat without verified data, 0.7 by the proxy method; exothermic heat has none",
    inputs={"factor": "tCO2/TJ", "heat": "TJ", "efficiency": "1"},
    results={"emissions": "t"},
)
def heat_emissions(factor: Exact, heat: Exact, efficiency: Exact) -> Exact:
    """t CO2 of net heat: enthalpy out less that of the condensate that comes back."""
    return factor * heat / efficiency


@equation(
    "cbam.chp_heat_factor",
    text="EF_heat = Em x F_heat / Q",
    source=SOURCE,
    confidence="seen",
    clause="eq. 51; F_heat by efficiencies, eq. 46-50 (chp.efficiency_share)",
    inputs={"emissions": "t", "share": "1", "heat": "TJ"},
    results={"factor": "tCO2/TJ"},
)
def chp_heat_factor(emissions: Exact, share: Exact, heat: Exact) -> Exact:
    """t CO2/TJ of heat of combined heat and power."""
    return emissions * share / heat


@equation(
    "cbam.chp_power_factor",
    text="EF_el = Em x (1 - F_heat) / E",
    source=SOURCE,
    confidence="seen",
    clause="eq. 52",
    inputs={"emissions": "t", "share": "1", "electricity": "MWh"},
    results={"factor": "tCO2/MWh"},
)
def chp_power_factor(emissions: Exact, share: Exact, electricity: Exact) -> Exact:
    """t CO2/MWh of electricity of combined heat and power; ``share``: that of heat."""
    return emissions * (ONE - share) / electricity


@equation(
    "cbam.content",
    text="SEE of the good = SEE per functional unit x content",
    source=SOURCE,
    confidence="seen",
    clause="eq. 64-66; clinker contained in cement, nitrogen contained in fertilisers",
    inputs={"see": "tCO2e/t", "content": "t/t"},
    results={"see_of_good": "tCO2e/t"},
)
def content(see: Exact, content: Exact) -> Exact:
    """t CO2e per t of good from that per t of clinker or nitrogen."""
    return see * content


WIDEST = Exact("0.1")
"""Widest range of compositions that one value may stand for."""


def too_wide(low: Exact, high: Exact) -> bool:
    """Whether a range of contents is wider than one value may stand for: above 10 % of its upper end."""
    return high > ZERO and (high - low) / high > WIDEST
