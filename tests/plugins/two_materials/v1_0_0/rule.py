"""Products of bought materials (外购材料): each product is what it buys, times its factors."""

from pcr.api import ActivityData, Inventory, Process, Reference, build_inventory, load_rule

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """One process per product."""
    processes, references = [], []
    for product in data.given.products:
        made = data.one("made", product.id)
        process = Process(product.id, stage="make", product=product.id, amount=made, unit="piece", data=data)
        process.buy(data.rows("bought", product.id))
        processes.append(process)
        unit = RULE.unit
        references.append(Reference(product.id, unit.amount, unit.unit, product.label, made, unit.kind, unit.text))
    return build_inventory(data, processes, references)
