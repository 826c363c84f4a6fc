"""A product without a rule of its own (无专用规则的产品): its bill of materials, and its share of the plant.

The story is the order of the code: components, their transport, production, packaging.
"""

from pcr.api import (
    ONE,
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
from pcr.classes.general_product.v1_0_0.bom import made_of, period_rows, unit_mass, unit_of
from pcr.classes.general_product.v1_0_0.checks import check, notices
from pcr.classes.general_product.v1_0_0.sharing import outside, plant_rows, rows_of, share
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power
from pcr.methods.packaging.v1 import worn
from pcr.methods.transport.v1 import legs
from pcr.methods.waste.v1 import treat

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """Turn a period of a plant into the product systems of these products.

    Raises:
        Refused: every fault of the rows, the drivers and the power, together.
    """
    check(data)
    processes: list[Process] = []
    for product in data.given.products:
        parts = [components(data, product.id), *transport(data, product.id), *packaging(data, product.id)]
        made = production(data, product.id)
        for process in parts:
            made.take(process.product, process.amount, process.unit)
        processes += [*parts, made]
    limits = RULE.cut_off
    return build_inventory(
        data,
        processes,
        [reference(data, product.id) for product in data.given.products],
        deferred=[CutOff(limits.single, limits.together, RULE.clause("cut_off"))] if limits else [],
        indicators=indicators(data),
        notices=notices(data),
    )


def stage(data: ActivityData, name: str, product: str) -> Process:
    """A process of all that was made of a product."""
    label = f"{name}:{product}"
    return Process(
        label, stage=name, product=label, amount=made_of(data, product), unit=unit_of(data, product), data=data
    )


def components(data: ActivityData, product: str) -> Process:
    """Components and materials: what was put in, with scrap and rejects."""
    parts = stage(data, "materials", product)
    parts.buy(period_rows(data, "component", product))
    return parts


def transport(data: ActivityData, product: str) -> list[Process]:
    """Legs of the components to the works; none where none is entered."""
    rows = period_rows(data, "transport_in", product)
    if not rows:
        return []
    journey = stage(data, "transport", product)
    legs(journey, rows, ZERO)
    return [journey]


def packaging(data: ActivityData, product: str) -> list[Process]:
    """Packaging that is used up; none where none is entered."""
    rows = worn(period_rows(data, "packaging", product))
    if not rows:
        return []
    packed = stage(data, "packaging", product)
    packed.buy(rows)
    return [packed]


def production(data: ActivityData, product: str) -> Process:
    """The plant: the product's own meters, and its share of the others."""
    made = Process(
        f"production:{product}", stage="production", product=product, amount=made_of(data, product),
        unit=unit_of(data, product), data=data,
    )  # fmt: skip
    power(made, data.rows("electricity", product))
    power(made, data.rows("electricity", ""), share=share(data, product))
    fuel = rows_of(data, "fuel", product)
    own = [row for row in fuel if "carbon_content" in row.properties]
    burn(made, own, oxidation=data.setting("own_carbon_oxidation"))
    burn(made, [row for row in fuel if row not in own], oxidation="")
    made.buy(rows_of(data, "heat", product), kinds=(*data.regime.material_kinds, "delivered_energy"))
    made.buy(rows_of(data, "consumable", product))
    for row in rows_of(data, "direct_emission", product):
        made.emit(f"{row.material}|fossil", row.amount, "set free by the process", row=row)
    treat(made, rows_of(data, "waste", product))
    return made


def reference(data: ActivityData, product: str) -> Reference:
    """One unit of the product in the unit of its output; beside it per kg where its mass is known."""
    label = next(item.label for item in data.given.products if item.id == product)
    mass, unit = unit_mass(data, product), unit_of(data, product)
    also = {} if mass is None or unit == "kg" else {"kg": ONE / mass}
    text = {"en": f"1 {unit} of the product at the works gate", "zh": f"出厂大门处的1 {unit}产品"}
    return Reference(product, ONE, unit, label, made_of(data, product), RULE.unit.kind, text, also)


def indicators(data: ActivityData) -> list[Indicator]:
    """The share of the plant that each product takes, and what products outside these data take."""
    if not plant_rows(data):
        return []
    label = {"en": "Share of the plant's meters", "zh": "承担全厂计量的比例"}
    found = [Indicator("plant_share", share(data, item.id), "1", label, item.id) for item in data.given.products]
    rest = {"en": "Share of the plant's meters of products outside these data", "zh": "未列入本数据的产品承担的比例"}
    return [*found, Indicator("plant_share_outside", outside(data), "1", rest)]
