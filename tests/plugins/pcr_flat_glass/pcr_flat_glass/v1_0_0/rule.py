"""Flat glass (平板玻璃): sand and carbonates melted in one furnace."""

from pcr.api import ZERO, ActivityData, Inventory, Process, Reference, build_inventory, load_rule
from pcr.methods.carbonates.v1 import flux
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """One furnace, one glass."""
    glass = data.given.products[0]
    melted = data.one("glass", glass.id)
    furnace = Process("furnace", stage="melting", product=glass.id, amount=melted, unit="t", data=data)
    furnace.buy(data.rows("sand"))
    furnace.buy(data.rows("carbonate"))
    for row in data.rows("carbonate"):
        kg = flux(row.amount, row.properties.get("purity", ZERO), data.number(row.material)) * 1000
        furnace.emit("CO2|fossil", kg, "carbonate.flux", row=row)
    power(furnace, data.rows("furnace_power"))
    unit = RULE.unit
    made = Reference(glass.id, unit.amount, unit.unit, glass.label, melted, unit.kind, unit.text)
    return build_inventory(data, [furnace], [made])
