"""PFC of the pots (全氟化碳): measured, by slope or by overvoltage; exactly one, and never a tier 1 default."""

from dataclasses import dataclass

from pcr.api import ZERO, ActivityData, Exact, RuleError, load_rule
from pcr.methods.pfc.v1 import coefficient, minutes, overvoltage, slope

RULE = load_rule(__package__)
METHODS = {  # two inputs each: rule.yaml requires each with the other
    "measured": ("cf4_measured", "c2f6_measured"),
    "slope": ("anode_effect_frequency", "anode_effect_duration"),
    "overvoltage": ("anode_effect_overvoltage", "current_efficiency"),
}

PUBLISHED = "proxy"
"""Class of a published coefficient: none of the lists seen was measured at the works or is the country's own."""


@dataclass(frozen=True, slots=True)
class Pfc:
    """kg of both gases in the period, and how they were found; without any figure while its fault is on the way."""

    cf4: Exact = ZERO
    c2f6: Exact = ZERO
    method: str = "measured"
    data_class: str = "measured"
    because: str = "measured"
    coefficient: Exact | None = None


def method_of(data: ActivityData) -> str:
    """The one method whose inputs are there.

    Raises:
        RuleError: ``pfc_data_missing``, ``pfc_two_methods``.
    """
    given = [name for name, inputs in METHODS.items() if data.rows(inputs[0])]
    clause = RULE.clause("pfc")
    if len(given) > 1:
        raise RuleError("", code="pfc_two_methods", found=", ".join(given), expected="one method", clause=clause)
    if not given:
        expected = "; ".join(" + ".join(inputs) for inputs in METHODS.values())
        raise RuleError("", code="pfc_data_missing", where="/rows", found="none", expected=expected, clause=clause)
    return given[0]


def pfc(data: ActivityData) -> Pfc:
    """CF4 and C2F6 of the period.

    Raises:
        RuleError: as ``method_of``, and ``pfc_above_most``.
        Refused: ``pfc_coefficient_missing``.
    """
    metal, method = data.one("liquid_metal_produced"), method_of(data)
    found = _measured(data) if method == "measured" else _computed(data, method, metal)
    most = data.number("pfc_most")
    if found.cf4 > most * metal:
        shown = f"{(found.cf4 / metal).significant(4)} kg CF4/t"
        expected, clause = f"at most {most} kg CF4/t", RULE.clause("pfc_limit")
        raise RuleError("", code="pfc_above_most", where="/rows", found=shown, expected=expected, clause=clause)
    return found


def _measured(data: ActivityData) -> Pfc:
    return Pfc(data.one("cf4_measured"), data.one("c2f6_measured"))


def _computed(data: ActivityData, method: str, metal: Exact) -> Pfc:
    technology = data.rows(METHODS[method][0])[0].material
    ratio = coefficient(data, "f_c2f6", technology)
    if method == "slope":
        chosen = coefficient(data, "slope_cf4", technology)
        effect = minutes(data, *METHODS["slope"], "liquid_metal_produced")
        cf4, c2f6 = slope(chosen.value, effect, metal, ratio.value)
    else:
        chosen = coefficient(data, "overvoltage_cf4", technology)
        efficiency = data.share("current_efficiency")
        if not efficiency:
            found, expected = "current efficiency 0 %", "above zero, in per cent"
            raise RuleError("", code="pfc_above_most", found=found, expected=expected, clause=RULE.clause("pfc_limit"))
        cf4, c2f6 = overvoltage(
            chosen.value, data.share("anode_effect_overvoltage"), efficiency, metal, ratio.value
        )  # fmt: skip
    return Pfc(cf4, c2f6, method, PUBLISHED, f"pfc.{method}, coefficient of the {chosen.origin}", chosen.value)
