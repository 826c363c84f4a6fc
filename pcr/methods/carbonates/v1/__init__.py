"""Carbonates (碳酸盐), version 1: CO2 that leaves limestone, from the oxides left behind."""

from __future__ import annotations

from lca.exact import ONE, ZERO, Exact
from pcr.equations import equation

CO2_PER_CAO, CO2_PER_MGO, CO2_PER_C = Exact(44, 56), Exact(44, 40), Exact(44, 12)


@equation(
    "cement.calcination",
    text="EF = (CaO - CaO_nc) x CO2/CaO + (MgO - MgO_nc) x CO2/MgO",
    source="IPCC 2006 Guidelines vol. 3 ch. 2, output method; form of the Chinese cement guideline",
    confidence="recalled",
    clause="process CO2 per tonne of clinker; ratios 44/56 and 44/40, or 0.785 and 1.092 where a regime prints them",
    inputs={
        "cao": "1",
        "mgo": "1",
        "cao_non_carbonate": "1",
        "mgo_non_carbonate": "1",
        "co2_per_cao": "1",
        "co2_per_mgo": "1",
    },
    results={"factor": "tCO2/t"},
)
def calcination(
    cao: Exact,
    mgo: Exact,
    cao_non_carbonate: Exact = ZERO,
    mgo_non_carbonate: Exact = ZERO,
    co2_per_cao: Exact = CO2_PER_CAO,
    co2_per_mgo: Exact = CO2_PER_MGO,
) -> Exact:
    """t CO2 per t clinker from mass fractions of oxides in clinker.

    Oxides that entered without carbonate (slag, fly ash, 电石渣) are subtracted: counting them would charge the works
    for CO2 it never released.
    """
    return (cao - cao_non_carbonate) * co2_per_cao + (mgo - mgo_non_carbonate) * co2_per_mgo


@equation(
    "cement.kiln_dust",
    text="EF_ckd = (EF/(1+EF) x d) / (1 - EF/(1+EF) x d)",
    source="Cement CO2 and Energy Protocol v3, eq. 5",
    confidence="seen",
    clause="CO2 per tonne of dust that leaves the kiln system, partly calcined to the degree d",
    inputs={"factor": "tCO2/t", "degree": "1"},
    results={"dust_factor": "tCO2/t"},
)
def kiln_dust(factor: Exact, degree: Exact) -> Exact:
    """t CO2 per t of kiln dust leaving; ``factor`` is the clinker's calcination factor, ``degree`` 0 to 1."""
    part = factor / (ONE + factor) * degree
    return part / (ONE - part)


@equation(
    "cement.organic_carbon",
    text="CO2 = M_raw x TOC x CO2/C",
    source="Cement CO2 and Energy Protocol v3 (organic carbon of raw materials)",
    confidence="recalled",
    inputs={"raw_meal": "t", "toc": "1", "molar": "1"},
    results={"co2": "tCO2"},
)
def organic_carbon(raw_meal: Exact, toc: Exact, molar: Exact = CO2_PER_C) -> Exact:
    """t CO2 from the organic carbon of the raw meal."""
    return raw_meal * toc * molar


@equation(
    "carbonate.flux",
    text="CO2 = M x purity x EF",
    source="IPCC 2006 Guidelines vol. 3 ch. 2 table 2.1 (CaCO3 0.43971, MgCO3 0.52197, dolomite 0.47732)",
    confidence="seen",
    inputs={"mass": "t", "purity": "1", "factor": "tCO2/t"},
    results={"co2": "tCO2"},
)
def flux(mass: Exact, purity: Exact, factor: Exact) -> Exact:
    """t CO2 from a carbonate flux."""
    return mass * purity * factor
