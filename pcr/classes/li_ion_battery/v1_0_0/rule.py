"""Lithium-ion battery (锂离子电池): a pack from bought cells and parts, assembled, shipped, recycled.

Four stages, one kWh of the energy delivered over the service life; the figure per kWh of capacity stands beside it.
"""

from pcr.api import (
    ZERO,
    ActivityData,
    Deferred,
    Exact,
    Indicator,
    Inventory,
    Notice,
    Process,
    Reference,
    RuleError,
    build_inventory,
    load_rule,
)
from pcr.classes.li_ion_battery.v1_0_0.end_of_life import end_of_life, recycled_content
from pcr.classes.li_ion_battery.v1_0_0.energy import delivered
from pcr.classes.li_ion_battery.v1_0_0.units import denominators, missing_mass, reference
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """Turn a works-year into the product systems of its packs."""
    processes: list[Process] = []
    references: list[Reference] = []
    indicators: list[Indicator] = []
    deferred: list[Deferred] = []
    notices: list[Notice] = []
    for product in data.given.products:
        parts = raw_materials(data, product.id)
        pack = assembly(data, product.id, parts)
        energy, life = delivered(data, product.id)
        whole = service(data, product.id, pack, energy)
        top_ups, said = missing_mass(data, product.id, parts)
        processes += [parts, pack, *whole]
        deferred += top_ups
        notices += [*life, *said]
        references.append(reference(data, product.id, energy))
        indicators += denominators(data, product.id, energy)
    if data.setting("cff_parameters") == "example":
        notices.append(Notice("example_parameters", "settings/cff_parameters"))
    return build_inventory(data, processes, references, deferred=deferred, indicators=indicators, notices=notices)


def raw_materials(data: ActivityData, product: str) -> Process:
    """RAW: everything bought for the packs of a model, and its transport."""
    packs = data.one("packs_produced", product)
    parts = Process(
        f"parts:{product}", stage="raw_material", product=f"parts:{product}", amount=packs, unit="piece", data=data
    )
    parts.buy(data.rows("part", product))
    parts.buy(data.rows("part_transport", product), kinds=data.regime.transport_kinds)
    recycled_content(parts, data.rows("end_of_life_material", product))
    return parts


def assembly(data: ActivityData, product: str, parts: Process) -> Process:
    """MAN: cells and packs assembled; the works' energy is shared by rated capacity produced."""
    packs = data.one("packs_produced", product)
    pack = Process(
        f"pack:{product}", stage="main_production", product=f"pack:{product}", amount=packs, unit="piece", data=data
    )
    pack.take(parts.product, packs, "piece", input_name="part")
    share = capacity_made(data, product) / sum((capacity_made(data, item.id) for item in data.given.products), ZERO)
    power(pack, data.rows("assembly_electricity", ""), share=share)
    power(pack, data.rows("assembly_electricity", product))
    heat = data.rows("assembly_heat", "")
    kinds = (*data.regime.material_kinds, "delivered_energy")
    pack.buy([row.part(share) for row in heat], kinds=kinds)
    pack.buy(data.rows("assembly_heat", product), kinds=kinds)
    return pack


def capacity_made(data: ActivityData, product: str) -> Exact:
    """kWh of rated capacity made of one model."""
    return data.one("packs_produced", product) * data.one("pack_capacity", product)


def service(data: ActivityData, product: str, pack: Process, energy: Exact) -> list[Process]:
    """DIS and EOL, and the process whose output is the energy delivered."""
    packs = data.one("packs_produced", product)
    if data.one("usable_capacity", product) > data.one("pack_capacity", product):
        raise RuleError(
            "",
            code="usable_above_rated",
            where=f"/rows (usable_capacity, {product})",
            found=f"{data.one('usable_capacity', product)} kWh",
            expected=f"at most {data.one('pack_capacity', product)} kWh",
            clause=RULE.clause("total_energy"),
        )
    sold = Process(
        f"sold:{product}", stage="distribution", product=f"sold:{product}", amount=packs, unit="piece", data=data
    )
    sold.take(pack.product, packs, "piece", input_name="packs_produced")
    sold.buy(data.rows("distribution_leg", product), kinds=data.regime.transport_kinds)
    spent = end_of_life(data, product, packs)
    life = Process(
        f"service:{product}",
        stage="end_of_life",
        product=product,
        amount=packs * energy,
        unit="kWh delivered",
        data=data,
    )
    life.take(sold.product, packs, "piece", input_name="packs_produced")
    life.take(spent.product, packs, "piece", input_name="end_of_life_material")
    return [sold, spent, life]
