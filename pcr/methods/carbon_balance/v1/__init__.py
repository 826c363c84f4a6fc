"""Carbon balance (碳平衡), version 1: what goes in as carbon and leaves in no product is CO2.

A gas made on the site leaves its maker as carbon of a product and is CO2 where it is burned: once and only once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lca.exact import ONE, ZERO, Exact
from pcr.equations import equation

CO2_PER_C = Exact(44, 12)


@equation(
    "steel.carbon_balance",
    text="CO2 = 44/12 x (sum(M_in x C_in) - sum(M_out x C_out) - dC_stock)",
    source="IPCC 2006 Guidelines vol. 3 ch. 4, tier 2 carbon balance; ST-CB of the catalogue",
    confidence="seen",
    clause="of a process or of a whole site; carbon in tonnes",
    inputs={"carbon_in": "tC", "carbon_out": "tC", "stock_change": "tC", "molar": "1"},
    results={"co2": "tCO2"},
)
def carbon_balance(carbon_in: Exact, carbon_out: Exact, stock_change: Exact = ZERO, molar: Exact = CO2_PER_C) -> Exact:
    """t CO2 of a process or site."""
    return (carbon_in - carbon_out - stock_change) * molar


@equation(
    "steel.flux_carbon",
    text="C = purity x EF x 12/44",
    source="ST-FLUX: IPCC 2006 Guidelines vol. 3 ch. 2 table 2.1 (CaCO3 0.43971, MgCO3 0.52197, dolomite 0.47732)",
    confidence="seen",
    clause="CO2 = M x purity x EF, written as carbon so that the flux enters the same balance",
    inputs={"purity": "1", "factor": "tCO2/t", "molar": "1"},
    results={"carbon": "tC/t"},
)
def flux_carbon(purity: Exact, factor: Exact, molar: Exact = CO2_PER_C) -> Exact:
    """t C per t of a carbonate flux."""
    return purity * factor / molar


@equation(
    "steel.energy_share",
    text="share = E_sold / E_charged",
    source="design of this project: ISO 14044 4.3.4.2, physical relation by energy; what is sold was charged",
    confidence="derived",
    clause="part of a gas maker's burden that sold gas carries, by the energy charged with carbon",
    inputs={"sold": "GJ", "carbon": "tC", "heat_of_carbon": "GJ/tC"},
    results={"share": "1"},
)
def energy_share(sold: Exact, carbon: Exact, heat_of_carbon: Exact) -> Exact:
    """Share of a gas maker's burden that its sold gas carries."""
    return sold / (carbon * heat_of_carbon)


@equation(
    "steel.scrap_credit",
    text="credit = (RR - S) x Y x (Xpr - Xre);  LCI = X - credit",
    source="worldsteel LCA methodology report 2011/2017, appendix 10: closed material loop; symbols recalled",
    confidence="recalled",
    clause="printed beside the gate value and never inside it",
    inputs={
        "recovery": "1", "scrap": "1", "yield_": "1", "primary": "kgCO2e/t", "recycled": "kgCO2e/t",
    },
    results={"credit": "kgCO2e/t"},
)  # fmt: skip
def scrap_credit(recovery: Exact, scrap: Exact, yield_: Exact, primary: Exact, recycled: Exact) -> Exact:
    """kg CO2e per t of product; negative where more scrap is taken in than is recovered later."""
    return (recovery - scrap) * yield_ * (primary - recycled)


@dataclass
class CarbonAccount:
    """Carbon of one process over the period, in tonnes."""

    name: str
    into: dict[str, Exact] = field(default_factory=dict)
    out: dict[str, Exact] = field(default_factory=dict)
    stock: Exact = ZERO
    measured: bool = True
    """False as soon as one content came from a default list."""

    def add(self, what: str, carbon: Exact) -> None:
        self.into[what] = self.into.get(what, ZERO) + carbon

    def leave(self, what: str, carbon: Exact) -> None:
        self.out[what] = self.out.get(what, ZERO) + carbon

    @property
    def carbon_in(self) -> Exact:
        return sum(self.into.values(), ZERO)

    @property
    def carbon_out(self) -> Exact:
        return sum(self.out.values(), ZERO)

    @property
    def rest(self) -> Exact:
        """Carbon found in no product and no stock."""
        return self.carbon_in - self.carbon_out - self.stock

    @property
    def imbalance(self) -> Exact:
        """Rest over what went in; where nothing went in, the whole of what came out."""
        return self.rest / self.carbon_in if self.carbon_in else -ONE if self.carbon_out else ZERO

    def co2(self, molar: Exact = CO2_PER_C) -> Exact:
        """t CO2 by the balance."""
        return carbon_balance(self.carbon_in, self.carbon_out, self.stock, molar)
