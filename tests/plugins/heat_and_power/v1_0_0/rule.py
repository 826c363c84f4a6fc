"""One plant with two outputs (热电联产): its gas is shared between heat and power by the setting."""

from pcr.api import ActivityData, Exact, Inventory, Process, Reference, build_inventory, load_rule
from pcr.methods.chp.v1 import By, efficiency, energy, exergy, outputs
from pcr.methods.combustion.v1 import burn

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """The products of the file are ``power`` and ``heat``."""
    kwh, heat = data.total("power_made"), data.total("heat_made")
    plant = Process("plant", stage="plant", product="plant", amount=kwh, unit="kWh", data=data)
    fuel = data.rows("gas")
    burn(plant, fuel, oxidation="0.99")
    gj = sum((row.amount for row in fuel), Exact(0))
    shared = outputs(plant, kwh, heat, by=chosen(data), fuel_gj=gj, power="power", heat="heat", because=RULE.ref)
    made = {"power": (kwh, "kWh"), "heat": (heat, "GJ")}
    references = [
        Reference(item.id, Exact(1), made[item.id][1], item.label, made[item.id][0], RULE.unit.kind, RULE.unit.text)
        for item in data.given.products
    ]
    return build_inventory(data, [plant], references, deferred=[shared])


def chosen(data: ActivityData) -> By:
    """The way to share, by the setting."""
    ways = {
        "efficiency": efficiency("natural_gas", 2016),
        "energy": energy(),
        "exergy": exergy(data.number("heat_kelvin"), data.number("outside_kelvin")),
    }
    return ways[data.setting("share_by")]
