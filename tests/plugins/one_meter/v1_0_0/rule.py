"""One machine with one meter (一台电表): nothing but electricity enters."""

from pcr.api import ActivityData, Inventory, Process, Reference, build_inventory, load_rule
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """One process per product; electricity without a product is shared by pieces."""
    whole = data.total("made")
    processes, references = [], []
    for product in data.given.products:
        made = data.one("made", product.id)
        machine = Process(
            f"machine:{product.id}", stage="make", product=product.id, amount=made, unit="piece", data=data
        )
        power(machine, data.rows("power", ""), share=made / whole)
        power(machine, data.rows("power", product.id))
        processes.append(machine)
        unit = RULE.unit
        references.append(Reference(product.id, unit.amount, unit.unit, product.label, made, unit.kind, unit.text))
    return build_inventory(data, processes, references)
