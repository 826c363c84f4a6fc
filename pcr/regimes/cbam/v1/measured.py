"""Measured emissions: concentration times flue gas by the hour, nitrous oxide (eq. 8, 9, 13 to 19, 29)."""

from __future__ import annotations

from typing import Final

from lca.exact import ONE, Exact
from pcr.equations import equation
from pcr.regimes.cbam.v1.streams import CARBON, SOURCE

GWP_N2O: Final = Exact(265)
_AIR: Final = Exact("0.2095")
"""Oxygen in air, by volume."""


@equation(
    "cbam.factor_of_carbon",
    text="EF = CC x f / NCV, f = 3.664",
    source=SOURCE,
    confidence="seen",
    clause="eq. 8; without NCV (eq. 9) EF = CC x f",
    inputs={"carbon": "t/t", "ncv": "TJ/t"},
    results={"factor": "tCO2/TJ"},
)
def factor_of_carbon(carbon: Exact, ncv: Exact) -> Exact:
    """t CO2/TJ of a fuel from its analysis."""
    return carbon * CARBON / ncv


@equation(
    "cbam.carbon_of_factor",
    text="CC = EF x NCV / f",
    source=SOURCE,
    confidence="seen",
    clause="eq. 13, 14",
    inputs={"factor": "tCO2/TJ", "ncv": "TJ/t"},
    results={"carbon": "t/t"},
)
def carbon_of_factor(factor: Exact, ncv: Exact) -> Exact:
    """t C per t of a material, from its emission factor."""
    return factor * ncv / CARBON


@equation(
    "cbam.measured",
    text="Em = sum of concentration x volume x 10^-6",
    source=SOURCE,
    confidence="seen",
    clause="eq. 16, of one hour; an hour needs 80 % of its points",
    inputs={"concentration": "g/m3", "volume": "m3"},
    results={"emissions": "t"},
)
def measured(concentration: Exact, volume: Exact) -> Exact:
    """t of a gas in an hour's flue gas, standard conditions."""
    return concentration * volume / 1_000_000


@equation(
    "cbam.substitute",
    text="C = mean + 2 sigma",
    source=SOURCE,
    confidence="seen",
    clause="eq. 17; stands in for an hour without enough points",
    inputs={"mean": "g/m3", "deviation": "g/m3"},
    results={"concentration": "g/m3"},
)
def substitute(mean: Exact, deviation: Exact) -> Exact:
    """The concentration that stands in for a missing hour: the year's mean and twice its standard deviation."""
    return mean + 2 * deviation


@equation(
    "cbam.flue_gas",
    text="V = V_air x (1 - 0.2095) / (1 - O2)",
    source=SOURCE,
    confidence="seen",
    clause="eq. 18, 29; O2 of the dry flue gas by volume",
    inputs={"air": "m3", "oxygen": "1"},
    results={"volume": "m3"},
)
def flue_gas(air: Exact, oxygen: Exact) -> Exact:
    """Volume of dry flue gas from the air that entered."""
    return air * (ONE - _AIR) / (ONE - oxygen)


@equation(
    "cbam.n2o",
    text="CO2e = N2O x 265",
    source=SOURCE,
    confidence="seen",
    clause="nitric acid and fertilisers; measured, t N2O with three decimals in reports",
    inputs={"mass": "t"},
    results={"co2e": "t"},
)
def n2o(mass: Exact) -> Exact:
    """t CO2e of nitrous oxide."""
    return mass * GWP_N2O
