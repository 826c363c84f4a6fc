"""A row's ``material`` names the step it belongs to; of ``passed`` maker and taker."""

from collections import defaultdict

from pcr.api import ONE, ActivityData, Inventory, Process, Reference, Row, build_inventory, load_rule

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """The works' product is the first step's."""
    steps = {
        row.material: Process(
            row.material, stage="making", product=row.material, amount=row.amount, unit="kg", data=data
        )
        for row in data.rows("made")
    }
    bought: defaultdict[str, list[Row]] = defaultdict(list)
    for row in data.rows("bought"):
        bought[row.material].append(row)
    for name, rows in bought.items():
        steps[name].buy(rows)
    for row in data.rows("passed"):
        maker, taker = row.material.split(" ")
        steps[taker].take(maker, row.amount, "kg", input_name="passed")
    for row in data.rows("emitted"):
        steps[row.material].emit("CO2|fossil", row.amount, "measured", row=row)
    (item,) = data.given.products
    reference = Reference(item.id, ONE, "kg", item.label, ONE, RULE.unit.kind, RULE.unit.text)
    return build_inventory(data, steps.values(), [reference])
