"""Heat of the captive plant (自备电厂供热): to the own refinery, or sold; it takes its share of the plant's fuel."""

from pcr.api import ZERO, ActivityData, Allocate, Exact, Process, load_rule
from pcr.classes.aluminium.v1_0_0.energy import CAPTIVE, captive_given
from pcr.methods.chp.v1 import By, efficiency, energy, outputs

RULE = load_rule(__package__)
HEAT = "captive_heat"


def shared_plant(data: ActivityData, plants: list[Process]) -> list[Allocate]:
    """Power and heat as two products of the plant, where it gives heat."""
    heat = data.total("refinery_captive_heat") + data.total("captive_heat_exported")
    return [
        outputs(
            plant, captive_given(data), heat, by=_way(data), fuel_gj=_fuel(data), power=CAPTIVE, heat=HEAT,
            because=RULE.clause("chp"),
        )
        for plant in plants if heat
    ]  # fmt: skip


def _way(data: ActivityData) -> By:
    if data.setting("chp_share") == "energy":
        return energy()
    return efficiency(data.setting("chp_reference"), int(data.number("chp_first_year").text()))


def _fuel(data: ActivityData) -> Exact | None:
    """GJ by net calorific value; None where a row leaves its value to the regime's set."""
    rows = data.rows("captive_fuel")
    if any(row.unit != "GJ" and "ncv" not in row.properties for row in rows):
        return None
    return sum((row.amount if row.unit == "GJ" else row.amount * row.properties["ncv"] for row in rows), ZERO)
