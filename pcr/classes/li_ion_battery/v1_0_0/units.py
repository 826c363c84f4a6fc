"""What a pack is counted in: the unit of the result with its twin beside it, and every denominator as a figure."""

from pcr.api import ONE, ActivityData, Exact, Indicator, Reference, load_rule
from pcr.classes.li_ion_battery.v1_0_0.energy import reference_flow
from pcr.classes.li_ion_battery.v1_0_0.life import METHODS, life
from pcr.classes.li_ion_battery.v1_0_0.presets import CAPACITY, DELIVERED

RULE = load_rule(__package__)
CAPACITY_TEXT = {
    "en": "1 kWh of rated capacity; not comparable with a figure per kWh delivered over the service life",
    "zh": "1千瓦时额定容量；不得与按全寿命期交付千瓦时计的结果比较",
}


def per_pack(data: ActivityData, product: str) -> dict[str, Exact]:
    """Unit to how many of it one pack is; kWh delivered only where it is known."""
    here = life(data, product)
    known = {} if here.energy is None else {DELIVERED: here.energy}
    return known | {CAPACITY: data.one("pack_capacity", product), "piece": ONE, "kg": data.one("pack_mass", product)}


def reference(data: ActivityData, product: str) -> Reference:
    """One kWh delivered or one kWh of capacity, with the other beside it, and per pack and per kg."""
    label = next(item.label for item in data.given.products if item.id == product)
    units, unit = per_pack(data, product), life(data, product).unit
    each = units.pop(unit)
    made = data.one("packs_produced", product) * each
    functional = unit == DELIVERED
    text = RULE.unit.text if functional else CAPACITY_TEXT
    kind = RULE.unit.kind if functional else "declared"
    also = {name: each / amount for name, amount in units.items()}
    return Reference(product, RULE.unit.amount, unit, label, made, kind, text, also)


def denominators(data: ActivityData, product: str) -> list[Indicator]:
    """Total energies, capacity and reference flow stand in the record, so that no two of them are mixed up."""
    here, capacity = life(data, product), data.one("pack_capacity", product)
    shown = [Indicator("capacity", capacity, CAPACITY, {"en": "Rated capacity", "zh": "额定容量"}, product)]
    for name, energy in here.energies.items():
        label = {"en": f"Total energy: {METHODS[name].en}", "zh": f"总能量：{METHODS[name].zh}"}
        shown.append(Indicator(f"total_energy_{name}", energy, DELIVERED, label, product))
    if data.rows("biogenic_carbon", product):
        label = {"en": "Biogenic carbon in a pack", "zh": "单包生物质碳含量"}
        shown.append(Indicator("biogenic_carbon", data.one("biogenic_carbon", product), "kgC", label, product))
    if here.energy is None:
        return shown
    flow = reference_flow(data.one("pack_mass", product), here.energy)
    return [
        *shown,
        Indicator(
            "total_energy", here.energy, DELIVERED, {"en": "Energy delivered per pack", "zh": "每包交付总能量"}, product
        ),
        Indicator("reference_flow", flow, "kg/kWh delivered", {"en": "Reference flow", "zh": "基准流"}, product),
        Indicator(
            "full_cycles", here.energy / capacity, "1",
            {"en": "Rated capacities delivered over the life", "zh": "全寿命期等效满循环数（按额定容量）"}, product,
        ),
    ]  # fmt: skip
