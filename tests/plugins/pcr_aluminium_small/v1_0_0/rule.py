"""Electrolytic aluminium (电解铝), small: pot room and casting in one process, everything else bought."""

from pcr.api import ONE, ActivityData, Inventory, Process, Reference, build_inventory, load_rule
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """Metal of the period from power, alumina and, where stated, anodes."""
    product = data.given.products[0]
    metal = data.one("metal", product.id)
    pots = Process("pot_room", stage="electrolysis", product=product.id, amount=metal, unit="t", data=data)
    power(pots, data.rows("pot_room_power"))
    pots.buy(data.rows("alumina"))
    for row in data.rows("anode"):
        pots.buy([row])
        carbon = row.amount * (ONE - data.number("anode_sulphur") - data.number("anode_ash"))
        pots.emit("CO2|fossil", carbon * data.regime.ratio("CO2/C") * 1000, "IPCC 2006 eq. 4.21", row=row)
    unit = RULE.unit
    made = Reference(product.id, unit.amount, unit.unit, product.label, metal, unit.kind, unit.text)
    return build_inventory(data, [pots], [made])
