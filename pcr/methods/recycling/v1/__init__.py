"""Recycling (再生利用), version 1: the Circular Footprint Formula in its three parts.

The rule names factors and never reads them, so the formula is used through its coefficients: how much of each of the
five impacts (Ev, Erec, ErecEoL, Ev*, Ed) one kg of material carries.  The registered equations take the impacts, for a
verifier who wants to run the formula alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from lca.exact import ONE, ZERO, Exact
from pcr.equations import equation

_SOURCE = "Circular Footprint Formula, EU PEF (public notebook transcription of the JRC suggestions)"


@dataclass(frozen=True, slots=True)
class CffShares:
    """Parameters of one material. ``a`` allocation, ``r1`` recycled content, ``r2`` recycled at end of life, ``r3``
    to energy recovery, ``q_in`` and ``q_out`` quality of secondary over primary."""

    a: Exact
    r1: Exact
    r2: Exact
    r3: Exact
    q_in: Exact
    q_out: Exact


def coefficients(shares: CffShares) -> dict[str, Exact]:
    """kg of each impact per kg of material: ``virgin`` and ``recycled`` at input, ``recycling``, ``avoided`` (a credit,
    negative) and ``disposal`` at end of life."""
    r1, a = shares.r1, shares.a
    return {
        "virgin": (ONE - r1) + r1 * (ONE - a) * shares.q_in,
        "recycled": r1 * a,
        "recycling": (ONE - a) * shares.r2,
        "avoided": -(ONE - a) * shares.r2 * shares.q_out,
        "disposal": ONE - shares.r2 - shares.r3,
    }


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
