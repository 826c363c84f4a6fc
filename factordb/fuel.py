"""Combustion of a fuel from one guideline's properties: CO2 from carbon and oxidation, CH4 and N2O per energy.

CO2 = carbon content (tC/GJ) x oxidation x 44/12 (IPCC 2006 vol. 2 ch. 2; the Chinese guidelines' equation).  A
guideline that prints tCO2/GJ itself (IPCC, IR (EU) 2025/2547) is used with that figure: its carbon content in the
tables is only a back-calculation, and 44/12 of it would move the publisher's digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from factordb.factor import Factor
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Notice, Refused
from lca.units import unit

PARAMETERS: Final = ("oxidation", "molar", "biogenic_share")
MOLAR: Final = "44/12"


@dataclass(frozen=True, slots=True)
class Burned:
    """Flows of burning one ``unit`` of a fuel, the digits they were made from, and what to warn of."""

    unit: str
    flows: Mapping[str, Exact]
    value: str
    notices: tuple[Notice, ...]


def burn(factor: Factor, offer: str, line_unit: str, parameters: Mapping[str, str]) -> Burned:
    """What ``offer`` (``fuel_combustion`` or ``fuel_ch4_n2o``) of a fuel sets free, in kg per unit.

    Per GJ for a line in energy; for a line in mass or gas volume per ``t`` or ``10^4Nm3`` with the guideline's
    default net calorific value, which a notice names.

    Raises:
        Refused: ``fuel_parameter``, ``ncv_missing``, ``unknown_unit``.
    """
    share, oxidation, molar = _settings(factor, parameters)
    if offer == "fuel_combustion":
        flows, value = _carbon_dioxide(factor, share, oxidation, molar)
    else:
        flows, value = _other_gases(factor, share)
    dimension = unit(line_unit).dimension
    if dimension == "energy":
        return Burned("GJ", flows, value, ())
    ncv, per = factor.properties.get("ncv", ""), factor.properties.get("ncv_unit", "").partition("/")[2]
    if not ncv or unit(per).dimension != dimension:
        default = f"{ncv} {factor.properties['ncv_unit']}" if ncv else "no default calorific value"
        found = f"{factor.id}: {default}; amount in {line_unit}"
        raise Refused([Fault("ncv_missing", found=found, expected="an amount in GJ, by the plant's own NCV")])
    values = {"factor": factor.id, "ncv": ncv, "unit": factor.properties["ncv_unit"]}
    scaled = {flow: amount * Exact.parse(ncv, factor.id) for flow, amount in flows.items()}
    return Burned(
        per, scaled, f"{value} x {ncv} {factor.properties['ncv_unit']}", (Notice("ncv_default", factor.id, values),)
    )


def offers(factor: Factor) -> tuple[str, ...]:
    """What a fuel row can be asked for: CO2 always; CH4 and N2O where the guideline prints both."""
    both = factor.properties.get("ch4") and factor.properties.get("n2o")
    return ("fuel_combustion", "fuel_ch4_n2o") if both else ("fuel_combustion",)


def _settings(factor: Factor, parameters: Mapping[str, str]) -> tuple[Exact, str, str]:
    faults = []
    for key in sorted(set(parameters) - set(PARAMETERS)):
        faults.append(Fault("fuel_parameter", found=key, expected=", ".join(PARAMETERS)))
    texts = {
        "biogenic_share": parameters.get("biogenic_share") or factor.properties.get("biogenic", "0"),
        "oxidation": parameters.get("oxidation") or factor.properties["oxidation"],
        "molar": parameters.get("molar") or MOLAR,
    }
    limits = {"biogenic_share": (ZERO, ONE), "oxidation": (ZERO, ONE), "molar": (Exact("3.6"), Exact("3.7"))}
    for key, (low, high) in limits.items():
        try:
            fits = low <= ratio(texts[key]) <= high
        except Refused:
            fits = False
        if not fits:
            faults.append(Fault("fuel_parameter", found=f"{key} {texts[key]}", expected=f"{low} to {high}"))
    if faults:
        raise Refused(faults)
    return ratio(texts["biogenic_share"]), texts["oxidation"], texts["molar"]


def _carbon_dioxide(factor: Factor, share: Exact, oxidation: str, molar: str) -> tuple[dict[str, Exact], str]:
    if factor.properties["basis"] == "carbon_content":
        carbon = factor.properties["carbon_content"]
        mass = Exact.parse(carbon) * ratio(oxidation) * ratio(molar) * 1000
        value = f"{carbon} tC/GJ x {oxidation} x {molar}"
    else:
        mass = factor.amount * ratio(oxidation) / Exact.parse(factor.properties["oxidation"]) * 1000
        value = f"{factor.shown()} x {oxidation}"
    flows = {"CO2|fossil": mass * (ONE - share)}
    if share:
        # What the biomass gives back it took up before: both stand in the record, the regime weighs them.
        flows |= {"CO2|biogenic": mass * share, "CO2|biogenic uptake": mass * share}
    return {flow: amount for flow, amount in flows.items() if amount}, value


def _other_gases(factor: Factor, share: Exact) -> tuple[dict[str, Exact], str]:
    flows: dict[str, Exact] = {}
    for gas, key in (("CH4", "ch4"), ("N2O", "n2o")):
        mass = Exact.parse(factor.properties[key]) / 1000
        flows |= {f"{gas}|fossil": mass * (ONE - share), f"{gas}|biogenic": mass * share}
    value = f"CH4 {factor.properties['ch4']} kg/TJ, N2O {factor.properties['n2o']} kg/TJ"
    return {flow: amount for flow, amount in flows.items() if amount}, value


def ratio(text: str) -> Exact:
    """A decimal or a quotient of two, ``44/12``.

    Raises:
        Refused: ``number_unreadable``, ``number_too_large``; a zero below the line is unreadable too.
    """
    top, slash, bottom = text.partition("/")
    below = Exact.parse(bottom) if slash else ONE
    if not below:
        raise Refused([Fault("number_unreadable", found=text[:60], expected="44/12")])
    return Exact.parse(top) / below
