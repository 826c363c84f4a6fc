"""Emissions of a source stream: combustion, process, mass balance, PFC of anode effects (eq. 5 to 29)."""

from __future__ import annotations

from typing import Final

from lca.exact import ONE, ZERO, Exact
from pcr.equations import equation

SOURCE: Final = "IR (EU) 2025/2547, Annex II (transcription)"
CARBON: Final = Exact("3.664")
"""t CO2 per t C, as the act prints it; not 44/12."""
GWP_CF4: Final = Exact(6630)
GWP_C2F6: Final = Exact(11100)
_GJ_PER_TJ: Final = Exact(1000)


@equation(
    "cbam.combustion",
    text="Em = FQ x NCV x EF x (1-BF) x OF; biogenic the same with BF",
    source=SOURCE,
    confidence="seen",
    clause="eq. 5-7, 10; BF is 0 unless the biomass meets the criteria of RED II",
    inputs={"activity": "t", "ncv": "GJ/t", "factor": "tCO2/TJ", "oxidation": "1", "biomass": "1"},
    results={"fossil": "t", "biogenic": "t"},
)
def combustion(
    activity: Exact, ncv: Exact, factor: Exact, oxidation: Exact = ONE, biomass: Exact = ZERO
) -> tuple[Exact, Exact]:
    """t CO2 of a fuel, fossil and zero-rated; ``activity`` in the unit that ``ncv`` is per."""
    whole = activity * ncv / _GJ_PER_TJ * factor * oxidation
    return whole * (ONE - biomass), whole * biomass


@equation(
    "cbam.process",
    text="Em = AD x EF x CF",
    source=SOURCE,
    confidence="seen",
    clause="eq. 11; input carbonates (method A) or output oxides (method B)",
    inputs={"activity": "t", "factor": "tCO2/t", "conversion": "1"},
    results={"fossil": "t"},
)
def process(activity: Exact, factor: Exact, conversion: Exact = ONE) -> Exact:
    """t CO2 of a process material."""
    return activity * factor * conversion


@equation(
    "cbam.mass_balance",
    text="Em = f x AD x CC x (1-BF), f = 3.664; outputs with negative AD",
    source=SOURCE,
    confidence="seen",
    clause="eq. 12-15",
    inputs={"activity": "t", "carbon": "t/t", "biomass": "1"},
    results={"fossil": "t", "biogenic": "t"},
)
def mass_balance(activity: Exact, carbon: Exact, biomass: Exact = ZERO) -> tuple[Exact, Exact]:
    """t CO2 of the carbon that a stream brings in, or with a negative activity takes out."""
    whole = CARBON * activity * carbon
    return whole * (ONE - biomass), whole * biomass


@equation(
    "cbam.pfc_slope",
    text="CF4 = AEM x SEF/1000 x Pr / c; C2F6 = CF4 x F; AEM = frequency x duration; CO2e = 6630 CF4 + 11100 C2F6",
    source=SOURCE,
    confidence="seen",
    clause="eq. 20-23, 26; c: collection efficiency, 1 where everything was measured",
    inputs={
        "production": "t", "frequency": "1", "duration": "min", "factor": "kg/t", "c2f6_ratio": "1", "collection": "1",
    },
    results={"cf4": "t", "c2f6": "t", "co2e": "t"},
)  # fmt: skip
def pfc_slope(
    production: Exact, frequency: Exact, duration: Exact, factor: Exact, c2f6_ratio: Exact, collection: Exact = ONE
) -> tuple[Exact, Exact, Exact]:
    """t CF4, t C2F6 and t CO2e by anode-effect minutes per cell-day."""
    return _pfc(frequency * duration * factor / 1000 * production / collection, c2f6_ratio)


@equation(
    "cbam.pfc_overvoltage",
    text="CF4 = OVC x AEO/CE x Pr x 0.001 / c; C2F6 = CF4 x F; CO2e = 6630 CF4 + 11100 C2F6",
    source=SOURCE,
    confidence="seen",
    clause="eq. 24-26; AEO in mV, CE in per cent (95, not 0.95)",
    inputs={
        "production": "t", "overvoltage": "mV", "efficiency": "%", "factor": "kg/t", "c2f6_ratio": "1",
        "collection": "1",
    },
    results={"cf4": "t", "c2f6": "t", "co2e": "t"},
)  # fmt: skip
def pfc_overvoltage(
    production: Exact, overvoltage: Exact, efficiency: Exact, factor: Exact, c2f6_ratio: Exact, collection: Exact = ONE
) -> tuple[Exact, Exact, Exact]:
    """t CF4, t C2F6 and t CO2e by anode-effect overvoltage."""
    return _pfc(factor * overvoltage / efficiency * production / 1000 / collection, c2f6_ratio)


def _pfc(cf4: Exact, ratio: Exact) -> tuple[Exact, Exact, Exact]:
    c2f6 = cf4 * ratio
    return cf4, c2f6, cf4 * GWP_CF4 + c2f6 * GWP_C2F6


@equation(
    "cbam.clinker_of_cement",
    text="Cli = (Cem_delivered - Cem_stock) x CCR - Cli_sold + Cli_dust - Cli_stock",
    source=SOURCE,
    confidence="seen",
    clause="eq. 27; CCR: clinker-to-cement ratio; stock changes positive where stock fell",
    inputs={
        "cement": "t", "cement_stock": "t", "ratio": "t/t", "clinker_sold": "t", "clinker_dust": "t",
        "clinker_stock": "t",
    },
    results={"clinker": "t"},
)  # fmt: skip
def clinker_of_cement(
    cement: Exact, cement_stock: Exact, ratio: Exact, clinker_sold: Exact, clinker_dust: Exact, clinker_stock: Exact
) -> Exact:
    """t of clinker produced, from the cement that left."""
    return (cement - cement_stock) * ratio - clinker_sold + clinker_dust - clinker_stock


@equation(
    "cbam.kiln_dust",
    text="EF = a d / (1 - a d), a = EF_cli / (1 + EF_cli)",
    source=SOURCE,
    confidence="seen",
    clause="eq. 28; where d is not known the factor of dust is at least 0.525 t/t",
    inputs={"factor": "tCO2/t", "degree": "1"},
    results={"dust_factor": "tCO2/t"},
)
def kiln_dust(factor: Exact, degree: Exact) -> Exact:
    """t CO2 per t of kiln dust calcined to a degree; not the form of the Cement Protocol."""
    part = factor / (ONE + factor) * degree
    return part / (ONE - part)
