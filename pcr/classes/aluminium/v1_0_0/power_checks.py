"""Checks of power: the captive plant in balance, AC against DC and against the range of published figures."""

from collections.abc import Iterator

from pcr.api import ActivityData, Fault, Notice, load_rule
from pcr.classes.aluminium.v1_0_0.energy import captive_given, captive_rows

RULE = load_rule(__package__)


def power_faults(data: ActivityData) -> Iterator[Fault]:
    """Everything that would count a kWh or a tonne of fuel not at all, or out of nothing."""
    yield from _captive(data)
    if data.rows("dc_energy"):
        metal, ac = data.one("liquid_metal_produced"), data.one("potline_electricity")
        direct = data.share("dc_energy") * metal
        if direct > ac:
            found, expected = f"{direct} kWh DC", f"at most {ac} kWh AC"
            yield Fault("rectifier_above_one", "/rows (dc_energy)", found, expected, RULE.clause("rectifier"))


def _captive(data: ActivityData) -> Iterator[Fault]:
    clause = RULE.clause("captive")
    if data.rows("captive_fuel"):
        used, made, tolerance = captive_given(data), data.total("captive_generation"), data.number("balance_tolerance")
        if abs(used - made) > made * tolerance or not data.total("captive_fuel"):
            found, expected = f"{used} kWh used and exported", f"{made} kWh generated, of fuel above zero"
            yield Fault("captive_unbalanced", "/rows (captive_generation)", found, expected, clause)
    elif bare := [row.id for row in captive_rows(data) if not row.factor]:
        found, expected = f"no row; used: {', '.join(bare)}", "captive_fuel, captive_generation, captive_exported"
        yield Fault("captive_fuel_missing", "/rows (captive_fuel)", found, expected, clause)


def power_notices(data: ActivityData) -> Iterator[Notice]:
    """AC per t outside the span of published figures."""
    each = data.one("potline_electricity") / data.one("liquid_metal_produced")
    low, high = data.number("ac_low"), data.number("ac_high")
    if not low <= each <= high:
        values = {"found": each.significant(6), "low": low.text(), "high": high.text()}
        yield Notice("ac_unusual", "potline_electricity", values)
