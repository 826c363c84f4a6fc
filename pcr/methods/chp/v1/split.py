"""The equations of the split: each gives the shares of heat and of power, which sum to one."""

from __future__ import annotations

from lca.exact import ONE, Exact
from pcr.equations import equation

_CBAM = "Implementing Regulation (EU) 2025/2547, equations 46 to 52"


@equation(
    "chp.efficiencies",
    text="eta_h = Q / E_in; eta_e = E / E_in",
    source=_CBAM,
    confidence="seen",
    clause="all in GJ, fuel by net calorific value; fallback 0.55 and 0.25 where they are not known",
    inputs={"heat": "GJ", "power": "GJ", "fuel": "GJ"},
    results={"eta_heat": "1", "eta_power": "1"},
)
def efficiencies(heat: Exact, power: Exact, fuel: Exact) -> tuple[Exact, Exact]:
    """Efficiencies of heat and power of a plant."""
    return heat / fuel, power / fuel


@equation(
    "chp.efficiency_share",
    text="F_h = (eta_h/ref_h) / (eta_h/ref_h + eta_e/ref_e); F_e = 1 - F_h",
    source=_CBAM,
    confidence="seen",
    clause="fuel saved against separate production is shared alike; GJ in place of eta give the same, E_in cancels",
    inputs={"eta_heat": "1", "eta_power": "1", "ref_heat": "1", "ref_power": "1"},
    results={"heat": "1", "power": "1"},
)
def efficiency_share(eta_heat: Exact, eta_power: Exact, ref_heat: Exact, ref_power: Exact) -> tuple[Exact, Exact]:
    """Shares by the efficiency method."""
    heat, power = eta_heat / ref_heat, eta_power / ref_power
    return heat / (heat + power), power / (heat + power)


@equation(
    "chp.energy_share",
    text="F_h = Q / (Q + E); F_e = E / (Q + E)",
    source="ISO 14044 4.3.4.2: physical relation, by energy",
    confidence="recalled",
    inputs={"heat": "GJ", "power": "GJ"},
    results={"heat": "1", "power": "1"},
)
def energy_share(heat: Exact, power: Exact) -> tuple[Exact, Exact]:
    """Shares by energy: a GJ of heat weighs as a GJ of power."""
    return heat / (heat + power), power / (heat + power)


@equation(
    "chp.carnot",
    text="c = 1 - T0 / T",
    source="second law; heat taken at one temperature T, surroundings at T0",
    confidence="derived",
    clause="both in kelvin (the unit table has no temperature); of steam the temperature it condenses at",
    inputs={"temperature": "1", "surroundings": "1"},
    results={"carnot": "1"},
)
def carnot(temperature: Exact, surroundings: Exact) -> Exact:
    """Work that a unit of heat could do."""
    return ONE - surroundings / temperature


@equation(
    "chp.exergy_share",
    text="F_h = c Q / (c Q + E); F_e = E / (c Q + E)",
    source="ISO 14044 4.3.4.2: physical relation, by exergy",
    confidence="recalled",
    clause="power is work, heat counts by its Carnot factor",
    inputs={"heat": "GJ", "power": "GJ", "carnot": "1"},
    results={"heat": "1", "power": "1"},
)
def exergy_share(heat: Exact, power: Exact, carnot: Exact) -> tuple[Exact, Exact]:
    """Shares by exergy."""
    worth = heat * carnot
    return worth / (worth + power), power / (worth + power)
