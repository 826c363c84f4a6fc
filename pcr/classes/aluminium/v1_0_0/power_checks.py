"""Checks of power: captive plant in balance and counted once, no generator drawn twice, AC against DC and range."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, Notice, load_rule
from pcr.classes.aluminium.v1_0_0.energy import METERS, captive_rows, is_captive

RULE = load_rule(__package__)
PLANT = ("captive_fuel", "captive_generation", "captive_exported")


def power_faults(data: ActivityData) -> Iterator[Fault]:
    """Everything that would count a kWh or a tonne of fuel twice, or not at all."""
    yield from _captive(data)
    yield from _generators(data)
    if data.rows("dc_energy"):
        metal, ac = data.one("liquid_metal_produced"), data.one("potline_electricity")
        direct = data.share("dc_energy") * metal
        if direct > ac:
            found, expected = f"{direct} kWh DC", f"at most {ac} kWh AC"
            yield Fault("rectifier_above_one", "/rows (dc_energy)", found, expected, RULE.clause("rectifier"))


def _captive(data: ActivityData) -> Iterator[Fault]:
    clause, slices = RULE.clause("captive"), captive_rows(data)
    given = [name for name in PLANT if data.rows(name)]
    lacking = [name for name in PLANT if name not in given]
    named = [row.id for meter in METERS for row in data.rows(meter) if is_captive(row) and row.factor]
    if named and given:
        found = f"{', '.join(given)} and a factor on {', '.join(named)}"
        yield Fault("captive_twice", "/rows (captive_fuel)", found, "one of them", clause)
    if (slices or given) and lacking:
        yield Fault("captive_fuel_missing", "/rows (captive_fuel)", "no row", ", ".join(lacking), clause)
    elif given:
        used = sum((row.amount for row in slices), ZERO) + data.total("captive_exported")
        made, tolerance = data.total("captive_generation"), data.number("balance_tolerance")
        if abs(used - made) > made * tolerance or not data.total("captive_fuel"):
            found, expected = f"{used} kWh used and exported", f"{made} kWh generated, of fuel above zero"
            yield Fault("captive_unbalanced", "/rows (captive_generation)", found, expected, clause)


def _generators(data: ActivityData) -> Iterator[Fault]:
    """Slices of several meters that name one generator share what it left for the works."""
    drawn: dict[str, list[tuple[str, Exact, Exact]]] = {}
    for name in METERS:
        for row in data.rows(name):
            supply = row.supply
            if supply is None or supply.type == "grid" or supply.generation is None:
                continue
            meter = supply.evidence.get("generator_meter", "")
            if meter:
                left = supply.generation - (supply.export or ZERO)
                drawn.setdefault(meter, []).append((row.id, row.amount, left))
    for meter, slices in sorted(drawn.items()):
        whole, most = sum((amount for _, amount, _ in slices), ZERO), min(left for _, _, left in slices)
        if len(slices) > 1 and whole > most:
            where = ", ".join(sorted(row for row, _, _ in slices))
            found, expected = f"{whole} kWh of {meter}", f"at most {most} kWh"
            yield Fault("plant_drawn_twice", where, found, expected, RULE.clause("captive"))


def power_notices(data: ActivityData) -> Iterator[Notice]:
    """AC per t outside the span of published figures."""
    each = data.one("potline_electricity") / data.one("liquid_metal_produced")
    low, high = data.number("ac_low"), data.number("ac_high")
    if not low <= each <= high:
        values = {"found": each.significant(6), "low": low.text(), "high": high.text()}
        yield Notice("ac_unusual", "potline_electricity", values)
