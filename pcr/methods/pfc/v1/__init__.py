"""PFC of anode effects (阳极效应全氟化碳), version 1: slope, overvoltage or measured; tier 1 is no method here.

Not covered: low-voltage PFC, which forms without an anode effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from pcr.activity import ActivityData
from pcr.equations import equation


@equation(
    "pfc.slope",
    text="CF4 = S x AEM x MP; C2F6 = CF4 x F, AEM in anode-effect minutes per cell-day",
    source="IPCC 2006 Guidelines vol. 3 ch. 4, tier 2, table 4.16",
    confidence="seen",
    clause="S in kg CF4 per t Al and minute per cell-day; low-voltage PFC is not inside",
    inputs={"slope": "kg/t", "minutes": "1", "metal": "t", "c2f6_ratio": "1"},
    results={"cf4": "kg", "c2f6": "kg"},
)
def slope(slope: Exact, minutes: Exact, metal: Exact, c2f6_ratio: Exact) -> tuple[Exact, Exact]:
    """kg of CF4 and C2F6 from anode-effect minutes per cell-day."""
    cf4 = slope * minutes * metal
    return cf4, cf4 * c2f6_ratio


@equation(
    "pfc.overvoltage",
    text="CF4 = OVC x AEO/CE x MP; C2F6 = CF4 x F, AEO in mV, CE in per cent (95, not 0.95)",
    source="IPCC 2006 Guidelines vol. 3 ch. 4, tier 2, table 4.16; IR (EU) 2025/2547, eq. 24",
    confidence="conflict",
    clause="some editions print /(CE/100); a result above 2 kg CF4/t shows it",
    inputs={"coefficient": "kg/t", "overvoltage": "1", "current_efficiency": "%", "metal": "t", "c2f6_ratio": "1"},
    results={"cf4": "kg", "c2f6": "kg"},
)
def overvoltage(
    coefficient: Exact, overvoltage: Exact, current_efficiency: Exact, metal: Exact, c2f6_ratio: Exact
) -> tuple[Exact, Exact]:
    """kg of CF4 and C2F6 from the anode-effect overvoltage in mV and the current efficiency in per cent."""
    cf4 = coefficient * overvoltage / current_efficiency * metal
    return cf4, cf4 * c2f6_ratio


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient and who says it: the regime, or the visible setting of the rule."""

    value: Exact
    origin: str


def coefficient(data: ActivityData, name: str, technology: str) -> Coefficient:
    """``pfc.<name>.<technology>`` of the regime, else of the rule's settings.

    Raises:
        Refused: ``pfc_coefficient_missing``: neither has one for this cell technology.
    """
    key = f"pfc.{name}.{technology}"
    if key in data.regime.parameters:
        return Coefficient(Exact.parse(data.regime.parameters[key], key), "regime")
    if key in data.rule.settings:
        return Coefficient(data.number(key), "settings")
    known = [item for item in (*data.regime.parameters, *data.rule.settings) if item.startswith(f"pfc.{name}.")]
    expected = ", ".join(sorted({item.rpartition(".")[2] for item in known}))
    fault = Fault("pfc_coefficient_missing", key, technology or "no technology", expected, data.regime.ref)
    raise Refused([fault])


def minutes(data: ActivityData, frequency: str, duration: str, weigher: str) -> Exact:
    """Anode-effect minutes per cell-day; where both are monthly, month by month, weighted by the metal made."""
    often, long = data.rows(frequency), data.rows(duration)
    months = len(often) == len(long) == 1 and len(often[0].months) == len(long[0].months) > 0
    metal = [row.months for row in data.rows(weigher)]
    if not months or not all(metal):
        return data.share(frequency) * data.share(duration)
    weights = [sum(parts, ZERO) for parts in zip(*metal, strict=True)]
    whole = sum(weights, ZERO)
    each = zip(often[0].months, long[0].months, weights, strict=True)
    return sum((a * b * weight for a, b, weight in each), ZERO) / whole
