"""Energy balance (能量平衡), version 1: what came in as fuel, power and heat against useful energy and stated losses.

Everything in GJ: fuel by its net calorific value, power at 0.0036 GJ/kWh.  The imbalance is an indicator, and beyond a
tolerance a fault with the rule's own code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault
from lca.inventory import Indicator
from pcr.equations import equation

GJ_PER_KWH: Final = Exact(36, 10000)


@equation(
    "energy.input",
    text="E_in = fuel + 0.0036 power + heat",
    source="definition: 1 kWh = 0.0036 GJ; fuel by net calorific value",
    confidence="derived",
    inputs={"fuel": "GJ", "power": "kWh", "heat": "GJ"},
    results={"energy": "GJ"},
)
def energy_in(fuel: Exact, power: Exact = ZERO, heat: Exact = ZERO) -> Exact:
    """GJ that came in."""
    return fuel + power * GJ_PER_KWH + heat


@equation(
    "energy.imbalance",
    text="i = (E_in - E_useful - E_lost) / E_in",
    source="first law over the period, stock of heat left out",
    confidence="derived",
    clause="positive: energy whose use is not stated; negative: more was used than came in",
    inputs={"energy_in": "GJ", "useful": "GJ", "lost": "GJ"},
    results={"imbalance": "1"},
)
def imbalance(energy_in: Exact, useful: Exact, lost: Exact = ZERO) -> Exact:
    """Share of the energy that came in and is found nowhere."""
    return (energy_in - useful - lost) / energy_in


@dataclass
class EnergyAccount:
    """Energy of one process over the period, in GJ, item by item."""

    name: str
    into: dict[str, Exact] = field(default_factory=dict)
    useful: dict[str, Exact] = field(default_factory=dict)
    lost: dict[str, Exact] = field(default_factory=dict)

    def burn(self, what: str, amount: Exact, ncv: Exact) -> None:
        """Fuel: ``amount`` times its net calorific value, both per the same unit."""
        self._put(self.into, what, amount * ncv)

    def draw(self, what: str, kwh: Exact) -> None:
        """Power taken in, in kWh."""
        self._put(self.into, what, energy_in(ZERO, kwh))

    def take(self, what: str, gj: Exact) -> None:
        """Steam or other heat taken in."""
        self._put(self.into, what, gj)

    def use(self, what: str, gj: Exact) -> None:
        """Useful energy: heat of reaction, product, steam or power passed on."""
        self._put(self.useful, what, gj)

    def lose(self, what: str, gj: Exact) -> None:
        """A stated loss: flue gas, wall, cooling."""
        self._put(self.lost, what, gj)

    @staticmethod
    def _put(items: dict[str, Exact], what: str, gj: Exact) -> None:
        items[what] = items.get(what, ZERO) + gj

    @property
    def imbalance(self) -> Exact:
        """Share of what came in; where nothing came in, -1 as soon as anything went out."""
        whole, useful, lost = (sum(items.values(), ZERO) for items in (self.into, self.useful, self.lost))
        if not whole:
            return -ONE if useful + lost else ZERO
        return imbalance(whole, useful, lost)

    def indicator(self, name: str, en: str, zh: str, product: str = "") -> Indicator:
        """The imbalance beside the footprint."""
        return Indicator(name, self.imbalance, "1", {"en": en, "zh": zh}, product)

    def unbalanced(self, code: str, tolerance: Exact, clause: str) -> Fault | None:
        """An imbalance beyond the tolerance, as a fault with the rule's own code."""
        if abs(self.imbalance) <= tolerance:
            return None
        found = f"{(self.imbalance * 100).significant(3)} % of the energy unexplained"
        return Fault(code, self.name, found, f"at most {(tolerance * 100).significant(3)} % either way", clause)
