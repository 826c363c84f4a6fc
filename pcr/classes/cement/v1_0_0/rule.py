"""Cement (水泥): one tonne leaving the works gate, from quarry, kiln and mill.

The story is the order of the code: raw meal, clinker, the clinker that is ground, one mill per cement.
"""

from pcr.api import (
    ZERO,
    ActivityData,
    CutOff,
    Indicator,
    Inventory,
    Process,
    Reference,
    build_inventory,
    load_rule,
)
from pcr.classes.cement.v1_0_0.clinker import calcination_factor, clinker_kiln, clinker_left, clinker_pool, raw_meal
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """Turn a works-year of records into the product system of its cements."""
    meal = raw_meal(data)
    factor = calcination_factor(data)
    kiln = clinker_kiln(data, factor)
    pool = clinker_pool(data)
    mills = [cement_mill(data, product.id) for product in data.given.products]
    transport = [hauled for mill in (meal, *mills) if (hauled := transport_to(data, mill))]
    limits = RULE.cut_off
    deferred = [CutOff(limits.single, limits.together, RULE.clause("cut_off"))] if limits else []
    return build_inventory(
        data,
        [meal, kiln, pool, *mills, *transport],
        [reference(data, product.id) for product in data.given.products],
        deferred=deferred,
        indicators=[
            Indicator(
                "calcination_factor", factor, "tCO2/t", {"en": "Calcination per t clinker", "zh": "熟料过程排放"}
            ),
            *(clinker_ratio(data, product.id) for product in data.given.products),
        ],
        notices=clinker_left(data),
    )


def cement_mill(data: ActivityData, product: str) -> Process:
    """Grinding (粉磨) of one cement: clinker, gypsum, additions, power."""
    made = data.one("cement_produced", product)
    mill = Process(f"mill:{product}", stage="grinding", product=product, amount=made, unit="t", data=data)
    mill.take("clinker_mixed", data.one("clinker_to_mill", product), "t", input_name="clinker_to_mill")
    mill.buy(data.rows("addition", product))
    part = made / data.total("cement_produced")
    power(mill, data.rows("mill_electricity", product))
    power(mill, data.rows("mill_electricity", ""), share=part)
    burn(mill, data.rows("mill_fuel", product), oxidation=data.setting("other_oxidation"))
    return mill


def transport_to(data: ActivityData, process: Process) -> Process | None:
    """Transport legs of a process; those without a product serve the raw meal."""
    product = "" if process.id == "raw_meal" else process.product
    rows = data.rows("transport_in", product)
    if not rows:
        return None
    whole = sum((row.amount for row in rows), ZERO)
    name = f"transport:{process.id}"
    legs = Process(name, stage="transport", product=name, amount=whole, unit="t*km", data=data)
    legs.buy(rows, kinds=data.regime.transport_kinds)
    process.take(name, whole, "t*km", input_name="transport_in")
    return legs


def clinker_ratio(data: ActivityData, product: str) -> Indicator:
    """Clinker ratio (熟料系数) of one cement."""
    ratio = data.one("clinker_to_mill", product) / data.one("cement_produced", product)
    return Indicator("clinker_ratio", ratio, "1", {"en": "Clinker ratio", "zh": "熟料系数"}, product)


def reference(data: ActivityData, product: str) -> Reference:
    """The declared unit of one cement: 1 t."""
    label = next(item.label for item in data.given.products if item.id == product)
    made = data.one("cement_produced", product)
    return Reference(product, RULE.unit.amount, RULE.unit.unit, label, made, RULE.unit.kind, RULE.unit.text)
