"""Refrigerants (制冷剂), version 1: what leaves the circuit in each stage of a unit's life, gas by gas.

A blend is emitted as its components, so that a change of the GWP set is a re-characterisation and no new inventory.
Mass closes: charge + filling loss + refill = emitted + recovered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lca.exact import ONE, ZERO, Exact
from pcr.activity import Row
from pcr.builder import Process
from pcr.equations import equation

COMPONENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "R-22": {"HCFC-22": "1"},
    "R-32": {"HFC-32": "1"},
    "R-134a": {"HFC-134a": "1"},
    "R-290": {"R-290": "1"},
    "R-407C": {"HFC-32": "0.23", "HFC-125": "0.25", "HFC-134a": "0.52"},
    "R-410A": {"HFC-32": "0.5", "HFC-125": "0.5"},
}
"""Refrigerant to gases of the GWP table by mass, nominal compositions (ASHRAE 34)."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """One unit's refrigerant: ``charge`` kg, losses as shares of it, ``remaining`` share at end of life."""

    charge: Exact
    filling: Exact
    installation: Exact
    leak: Exact
    years: Exact
    remaining: Exact
    recovery: Exact

    def losses(self) -> tuple[Exact, Exact, Exact, Exact]:
        """kg in the factory, at installation, in use, at end of life."""
        return losses(
            self.charge, self.filling, self.installation, self.leak, self.years, self.remaining, self.recovery
        )

    def emitted(self) -> Exact:
        return sum(self.losses(), ZERO)

    def refill(self) -> Exact:
        return refill(self.charge, self.installation, self.leak, self.years, self.remaining)

    def recovered(self) -> Exact:
        return self.charge * self.remaining * self.recovery


def release(process: Process, refrigerant: str, kg: Exact, row: Row, because: str) -> None:
    """Emit ``kg`` of a refrigerant as its component gases; ``row`` is the loss it rests on."""
    for gas, share in sorted(COMPONENTS[refrigerant].items()):
        if kg:
            process.emit(f"{gas}|fossil", kg * Exact(share), because, row=row)


_SOURCE = "GHG Protocol / Defra screening method (AC-REF)"


@equation(
    "refrigerant.losses",
    text="fill = m f_fill; inst = m f_inst; use = m leak n; end = m remaining (1 - rec)",
    source=_SOURCE,
    confidence="seen",
    clause="the terms of AC-REF by stage of the life cycle",
    inputs={
        "charge": "kg", "filling": "1", "installation": "1", "leak": "1", "years": "1", "remaining": "1",
        "recovery": "1",
    },
    results={"filling": "kg", "installation": "kg", "use": "kg", "end_of_life": "kg"},
)  # fmt: skip
def losses(
    charge: Exact, filling: Exact, installation: Exact, leak: Exact, years: Exact, remaining: Exact, recovery: Exact
) -> tuple[Exact, Exact, Exact, Exact]:
    """kg lost by stage; ``years`` is a number of years, ``leak`` the share of the charge lost in one."""
    return charge * filling, charge * installation, charge * leak * years, charge * remaining * (ONE - recovery)


@equation(
    "refrigerant.emitted",
    text="kg = m (f_fill + f_inst + leak n + remaining (1 - rec))",
    source=_SOURCE,
    confidence="seen",
    inputs={
        "charge": "kg", "filling": "1", "installation": "1", "leak": "1", "years": "1", "remaining": "1",
        "recovery": "1",
    },
    results={"emitted": "kg"},
)  # fmt: skip
def emitted(
    charge: Exact, filling: Exact, installation: Exact, leak: Exact, years: Exact, remaining: Exact, recovery: Exact
) -> Exact:
    """kg emitted over the life of one unit."""
    return charge * (filling + installation + leak * years + remaining * (ONE - recovery))


@equation(
    "refrigerant.refill",
    text="refill = m (f_inst + leak n + remaining - 1)",
    source="mass balance of the circuit",
    confidence="derived",
    clause="what service must have added for the charge to end at the share that remains; negative: mass is missing",
    inputs={"charge": "kg", "installation": "1", "leak": "1", "years": "1", "remaining": "1"},
    results={"refill": "kg"},
)
def refill(charge: Exact, installation: Exact, leak: Exact, years: Exact, remaining: Exact) -> Exact:
    """kg topped up over the life of one unit."""
    return charge * (installation + leak * years + remaining - ONE)


@equation(
    "refrigerant.tewi",
    text="TEWI = GWP L n + GWP m (1 - a) + n E beta",
    source="AIRAH TEWI guideline 2012",
    confidence="recalled",
    clause="cross-check of refrigerant and use together; no part of the footprint",
    inputs={
        "gwp": "kgCO2e/kg", "leak": "kg", "years": "1", "charge": "kg", "recovery": "1", "energy": "kWh",
        "beta": "kgCO2e/kWh",
    },
    results={"tewi": "kgCO2e"},
)  # fmt: skip
def tewi(
    gwp: Exact, leak: Exact, years: Exact, charge: Exact, recovery: Exact, energy: Exact, beta: Exact
) -> Exact:  # fmt: skip
    """kg CO2e over a life; ``leak`` kg and ``energy`` kWh in one year."""
    return gwp * leak * years + gwp * charge * (ONE - recovery) + years * energy * beta
