"""The formula in its three parts, and the named approaches written out without it: identities that a test can hold."""

from __future__ import annotations

from lca.exact import ONE, ZERO, Exact
from pcr.equations import equation
from pcr.methods.recycling.v1.shares import CffShares, coefficients

_SOURCE = "Circular Footprint Formula, EU PEF (public notebook transcription of the JRC suggestions)"


@equation(
    "cff.material",
    text="(1-R1)Ev + R1(A Erec + (1-A) Ev Qsin/Qp) + (1-A) R2 (ErecEoL - Ev* Qsout/Qp)",
    source=_SOURCE,
    confidence="seen",
    inputs={
        "ev": "kgCO2e/kg", "ev_star": "kgCO2e/kg", "erec": "kgCO2e/kg", "erec_eol": "kgCO2e/kg",
        "a": "1", "r1": "1", "r2": "1", "q_in": "1", "q_out": "1",
    },
    results={"material": "kgCO2e/kg"},
)  # fmt: skip
def material(
    ev: Exact, ev_star: Exact, erec: Exact, erec_eol: Exact, a: Exact, r1: Exact, r2: Exact, q_in: Exact = ONE,
    q_out: Exact = ONE,
) -> Exact:  # fmt: skip
    """Material part. A = 1 is the cut-off approach; a closed loop gives (1-R)Ev + R Erec for any A."""
    part = coefficients(CffShares(a, r1, r2, ZERO, q_in, q_out))
    return part["virgin"] * ev + part["recycled"] * erec + part["recycling"] * erec_eol + part["avoided"] * ev_star


@equation(
    "cff.energy",
    text="(1-B) R3 (EER - LHV XER,heat ESE,heat - LHV XER,elec ESE,elec)",
    source=_SOURCE,
    confidence="seen",
    inputs={
        "b": "1", "r3": "1", "eer": "kgCO2e/kg", "lhv": "MJ/kg", "x_heat": "1", "x_elec": "1",
        "e_heat": "kgCO2e/MJ", "e_elec": "kgCO2e/MJ",
    },
    results={"energy": "kgCO2e/kg"},
)  # fmt: skip
def energy(
    b: Exact, r3: Exact, eer: Exact, lhv: Exact, x_heat: Exact, x_elec: Exact, e_heat: Exact, e_elec: Exact
) -> Exact:
    """Energy part: recovery less the heat and power it displaces."""
    return (ONE - b) * r3 * (eer - lhv * x_heat * e_heat - lhv * x_elec * e_elec)


@equation(
    "cff.disposal",
    text="(1-R2-R3) Ed",
    source=_SOURCE,
    confidence="seen",
    inputs={"r2": "1", "r3": "1", "ed": "kgCO2e/kg"},
    results={"disposal": "kgCO2e/kg"},
)
def disposal(r2: Exact, r3: Exact, ed: Exact) -> Exact:
    """Disposal part: what is neither recycled nor burned."""
    return (ONE - r2 - r3) * ed


@equation(
    "recycling.cut_off",
    text="(1-R1) Ev + R1 Erec",
    source="EN 15804 modules A to C; default of PACT",
    confidence="seen",
    clause="material only; what leaves at end of life is neither burden nor credit",
    inputs={"ev": "kgCO2e/kg", "erec": "kgCO2e/kg", "r1": "1"},
    results={"material": "kgCO2e/kg"},
)
def cut_off(ev: Exact, erec: Exact, r1: Exact) -> Exact:
    """Material by the cut-off: what enters recycled carries its recycling."""
    return (ONE - r1) * ev + r1 * erec


@equation(
    "recycling.closed_loop",
    text="(1-R) Ev + R Erec",
    source="worldsteel methodology, appendix 10 (net scrap times primary less recycling), written as a whole",
    confidence="seen",
    clause="material only; R is what is recycled at end of life, recycled content changes nothing",
    inputs={"ev": "kgCO2e/kg", "erec": "kgCO2e/kg", "r": "1"},
    results={"material": "kgCO2e/kg"},
)
def closed_loop(ev: Exact, erec: Exact, r: Exact) -> Exact:
    """Material by the closed loop: only what is lost is made anew."""
    return (ONE - r) * ev + r * erec


@equation(
    "recycling.fifty_fifty",
    text="Ev + (R1 + R2)/2 (Erec - Ev)",
    source="50/50 of older national schemes: burdens and credits shared half and half",
    confidence="recalled",
    clause="material only; recycling and what it replaces, half to who uses it and half to who supplies it",
    inputs={"ev": "kgCO2e/kg", "erec": "kgCO2e/kg", "r1": "1", "r2": "1"},
    results={"material": "kgCO2e/kg"},
)
def fifty_fifty(ev: Exact, erec: Exact, r1: Exact, r2: Exact) -> Exact:
    """Material by 50/50: half the difference of recycling and primary, for each kg in and each kg out."""
    return ev + (r1 + r2) / 2 * (erec - ev)
