"""Carbonates (碳酸盐) that went in, against the oxides that were left: the second way to the same CO2."""

from pcr.api import ONE, ZERO, ActivityData, Exact, Row, equation
from pcr.classes.cement.v1_0_0.kilns import Dust, Kiln


@equation(
    "cement.carbonate_input",
    text="CO2 = M x (x_CaCO3 x EF_CaCO3 + x_MgCO3 x EF_MgCO3)",
    source="IPCC 2006 Guidelines vol. 3 ch. 2, input method, table 2.1",
    confidence="seen",
    clause="of one raw material; all of it calcined",
    inputs={"mass": "t", "caco3": "1", "mgco3": "1", "ef_caco3": "tCO2/t", "ef_mgco3": "tCO2/t"},
    results={"co2": "tCO2"},
)
def carbonate_input(mass: Exact, caco3: Exact, mgco3: Exact, ef_caco3: Exact, ef_mgco3: Exact) -> Exact:
    """t CO2 that the carbonates of a raw material hold."""
    return mass * (caco3 * ef_caco3 + mgco3 * ef_mgco3)


@equation(
    "cement.dust_carbonate",
    text="CO2 = a x (1-d) / (1 - a x d), a = EF/(1+EF)",
    source="what eq. 5 of the Cement CO2 and Energy Protocol v3 leaves: raw meal holds a, of it the part d is gone",
    confidence="derived",
    clause="CO2 still bound in a tonne of dust calcined to the degree d",
    inputs={"factor": "tCO2/t", "degree": "1"},
    results={"bound": "tCO2/t"},
)
def dust_carbonate(factor: Exact, degree: Exact) -> Exact:
    """t CO2 per t of dust that has not been driven off."""
    meal = factor / (ONE + factor)
    return meal * (ONE - degree) / (ONE - meal * degree)


@equation(
    "cement.denox_urea",
    text="CO2 = M x c x EF",
    source="IR (EU) 2025/2547, Annex II, de-NOx: 0.7328 t CO2 per t of urea",
    confidence="seen",
    clause="carbon of urea, all to CO2; ammonia holds none",
    inputs={"mass": "t", "concentration": "1", "factor": "tCO2/t"},
    results={"co2": "tCO2"},
)
def denox_urea(mass: Exact, concentration: Exact, factor: Exact) -> Exact:
    """t CO2 of urea sprayed into the kiln gas."""
    return mass * concentration * factor


def output_co2(made: list[Kiln], dust: list[Dust]) -> Exact:
    """t CO2 by the oxides of clinker, and of dust."""
    return sum((kiln.clinker * kiln.factor for kiln in made), ZERO) + sum((part.co2 for part in dust), ZERO)


def input_co2(data: ActivityData, dust: list[Dust]) -> Exact | None:
    """t CO2 by the carbonates of the raw materials, less what the dust still holds; None where an analysis lacks.

    A residue that the guideline lists as free of carbonate needs none.
    """
    rows = [row for row in data.rows("raw_material") if row.amount]
    if not rows or any("caco3" not in row.properties and not _listed(row, data) for row in rows):
        return None
    factors = data.number("co2_caco3"), data.number("co2_mgco3")
    into = ZERO
    for row in rows:
        parts = row.properties.get("caco3", ZERO), row.properties.get("mgco3", ZERO)
        into += carbonate_input(row.amount, *parts, *factors)
    return into - sum((part.amount * dust_carbonate(part.factor, part.degree) for part in dust), ZERO)


def _listed(row: Row, data: ActivityData) -> bool:
    return f"deduct.{row.material}" in data.rule.settings


def deducted_co2(made: list[Kiln]) -> Exact:
    """t CO2 not counted, because oxides entered without carbonate."""
    return sum((kiln.clinker * kiln.deducted for kiln in made), ZERO)


def deduction_sources(data: ActivityData) -> Exact:
    """t CO2 that the raw materials entered can account for: by their analysis, else by the guideline's factors."""
    ratios = data.regime.ratio("CO2/CaO"), data.regime.ratio("CO2/MgO")
    whole = ZERO
    for row in data.rows("raw_material"):
        own = row.properties
        if "cao_non_carbonate" in own or "mgo_non_carbonate" in own:
            oxides = own.get("cao_non_carbonate", ZERO), own.get("mgo_non_carbonate", ZERO)
            whole += row.amount * (oxides[0] * ratios[0] + oxides[1] * ratios[1])
        elif _listed(row, data):
            whole += row.amount * data.number(f"deduct.{row.material}")
    return whole
