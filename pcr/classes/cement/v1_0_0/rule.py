"""Cement (水泥): one tonne leaving the works gate, from quarry, kiln and mill.

The story is the order of the code: raw meal, clinker, the clinker that is ground, one mill per cement.
"""

from collections.abc import Callable, Iterator
from functools import partial

from pcr.api import (
    ZERO,
    ActivityData,
    Collector,
    CutOff,
    Inventory,
    Process,
    Reference,
    build_inventory,
    load_rule,
)
from pcr.classes.cement.v1_0_0.checks import burns, check, notices
from pcr.classes.cement.v1_0_0.clinker import clinker_kiln, clinker_pool, raw_meal
from pcr.classes.cement.v1_0_0.composition import ground, is_clinker
from pcr.classes.cement.v1_0_0.indicators import indicators
from pcr.classes.cement.v1_0_0.kilns import Dust, Kiln, dusts, kilns
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)
Step = Callable[[], list[Process]]


def build(data: ActivityData) -> Inventory:
    """Turn a works-year of records into the product system of its cements.

    Raises:
        Refused: every fault of the rows, the fuels and the power, together.
    """
    faults = Collector()
    made = kilns(data, faults)
    dust = dusts(data, made, faults)
    check(data, made, dust, faults)
    processes: list[Process] = []
    for step in steps(data, made, dust):
        with faults.catching():
            processes += step()
    for fault in (fault for process in processes for fault in process.faults.faults):
        faults.add(fault)
    faults.raise_if_any()
    limits = RULE.cut_off
    return build_inventory(
        data,
        processes,
        [reference(data, product.id) for product in data.given.products],
        deferred=[CutOff(limits.single, limits.together, RULE.clause("cut_off"))] if limits else [],
        indicators=indicators(data, made, dust),
        notices=notices(data, made, dust),
    )


def steps(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Iterator[Step]:
    """The works, step by step; a grinding works has no kiln, and what travels to it arrives at the clinker pool."""
    if burns(data):
        yield lambda: hauled(raw_meal(data), "")
        yield lambda: [clinker_kiln(data, made, dust)]
        yield lambda: [clinker_pool(data)]
    else:
        yield lambda: hauled(clinker_pool(data), "")
    for product in data.given.products:
        yield partial(_mill, data, product.id)


def _mill(data: ActivityData, product: str) -> list[Process]:
    return hauled(cement_mill(data, product), product)


def cement_mill(data: ActivityData, product: str) -> Process:
    """Grinding (粉磨) of one cement: clinker, gypsum, additions, power, bags; of clinker only its delivery."""
    made = data.one("cement_produced", product)
    mill = Process(f"mill:{product}", stage="grinding", product=product, amount=made, unit="t", data=data)
    mill.take("clinker_mixed", data.one("clinker_to_mill", product), "t", input_name="clinker_to_mill")
    for name in ("addition", "consumable", "packaging"):
        mill.buy(data.rows(name, product))
    power(mill, data.rows("mill_electricity", product))
    whole = ground(data)
    if whole and not is_clinker(data, product):
        power(mill, data.rows("mill_electricity", ""), share=made / whole)
    burn(mill, data.rows("mill_fuel", product), oxidation=data.setting("other_oxidation"))
    return mill


def hauled(process: Process, product: str) -> list[Process]:
    """A process with the transport legs that serve it; those without a product serve the raw meal."""
    rows = process.data.rows("transport_in", product)
    if not rows:
        return [process]
    whole = sum((row.amount for row in rows), ZERO)
    name = f"transport:{process.id}"
    legs = Process(name, stage="transport", product=name, amount=whole, unit="t*km", data=process.data)
    legs.buy(rows, kinds=process.data.regime.transport_kinds)
    process.take(name, whole, "t*km", input_name="transport_in")
    return [process, legs]


def reference(data: ActivityData, product: str) -> Reference:
    """The declared unit of one cement: 1 t."""
    label = next(item.label for item in data.given.products if item.id == product)
    made = data.one("cement_produced", product)
    return Reference(product, RULE.unit.amount, RULE.unit.unit, label, made, RULE.unit.kind, RULE.unit.text)
