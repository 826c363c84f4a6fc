"""From embedded emissions to certificates: mark-up, free allocation, obligation (IR 2025/2620 and 2025/2621)."""

from __future__ import annotations

from typing import Final

from lca.exact import ONE, ZERO, Exact
from pcr.equations import equation

FREE: Final = "IR (EU) 2025/2620 (two independent readings of its formulas)"
DEFAULTS: Final = "IR (EU) 2025/2621 as replaced by (EU) 2026/1740 (transcription)"


@equation(
    "cbam.marked_up",
    text="SEE = default x (1 + m)",
    source=DEFAULTS,
    confidence="seen",
    clause="mark-up on the total, added to the base and not compounded; none on electricity and indirect defaults",
    inputs={"default": "tCO2e/t", "markup": "1"},
    results={"see": "tCO2e/t"},
)
def marked_up(default: Exact, markup: Exact) -> Exact:
    """A default value with the mark-up of its year."""
    return default * (ONE + markup)


@equation(
    "cbam.free_allocation",
    text="SEFA = CBAM_y x CSCF_y x BM",
    source=FREE,
    confidence="seen",
    clause="eq. 2, 3 with column A for actual values, eq. 6 with column B for defaults",
    inputs={"cbam_factor": "1", "cscf": "1", "benchmark": "tCO2e/t"},
    results={"sefa": "tCO2e/t"},
)
def free_allocation(cbam_factor: Exact, cscf: Exact, benchmark: Exact) -> Exact:
    """Free allocation in t CO2e per unit of a simple good, or of any good on a default value."""
    return cbam_factor * cscf * benchmark


@equation(
    "cbam.free_allocation_complex",
    text="SEFA = own + sum of m x SEFA of precursors",
    source=FREE,
    confidence="seen",
    clause="eq. 4; 0 for precursors of the EU and exempt countries",
    inputs={"own": "tCO2e/t", "precursors": "tCO2e/t"},
    results={"sefa": "tCO2e/t"},
)
def free_allocation_complex(own: Exact, precursors: Exact) -> Exact:
    """Free allocation of a complex good; ``precursors``: the sum of m_i x SEFA_i."""
    return own + precursors


@equation(
    "cbam.certificates",
    text="N = max(0, M x SEE - M x SEFA - deduction)",
    source="Regulation (EU) 2023/956, Art. 9, 22, 31; IR (EU) 2025/2620, eq. 1",
    confidence="seen",
    clause="per good; a surplus of one good is no credit for another",
    inputs={"mass": "t", "see": "tCO2e/t", "sefa": "tCO2e/t", "deduction": "t"},
    results={"certificates": "t"},
)
def certificates(mass: Exact, see: Exact, sefa: Exact, deduction: Exact = ZERO) -> Exact:
    """Certificates to surrender for a good, one per t CO2e; not below zero."""
    return max(ZERO, mass * see - mass * sefa - deduction)


@equation(
    "cbam.carbon_price_draft",
    text="deduction = P_good / P_certificate x M",
    source="draft act under Regulation (EU) 2023/956, Art. 9(5), of 2026-05-13 (second hand); not law",
    confidence="unconfirmed",
    clause="P_good: net of rebates, EUR/t of good; P_certificate: the year's mean; excess over the obligation is lost",
    inputs={"paid": "1", "certificate": "1", "mass": "t"},
    results={"deduction": "t"},
)
def carbon_price_draft(paid: Exact, certificate: Exact, mass: Exact) -> Exact:
    """t CO2e of certificates that a carbon price paid abroad would take off; ``paid`` in EUR per t of good."""
    return paid / certificate * mass


@equation(
    "cbam.functional_units",
    text="M = mass x content",
    source="IR (EU) 2025/2547, Art. 4 (transcription)",
    confidence="seen",
    clause="cement by the clinker it contains; 1 where the tonne of good is the functional unit",
    inputs={"mass": "t", "content": "t/t"},
    results={"units": "t"},
)
def functional_units(mass: Exact, content: Exact = ONE) -> Exact:
    """Mass of a good in its functional unit."""
    return mass * content


@equation(
    "cbam.cost",
    text="cost = N x price",
    source="Regulation (EU) 2023/956, Art. 21-22; the price is the user's",
    confidence="seen",
    clause="one certificate per t CO2e; in the currency of the price, which has no unit here",
    inputs={"number": "1", "price": "1"},
    results={"cost": "1"},
)
def cost(number: Exact, price: Exact) -> Exact:
    """Euros for certificates at one published price."""
    return number * price
