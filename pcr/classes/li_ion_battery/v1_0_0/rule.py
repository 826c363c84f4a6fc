"""Lithium-ion battery (锂离子电池): parts, own or bought cells, the pack, its journey, its recycling.

Four stages. One kWh of the energy delivered over the service life, or one kWh of rated capacity, as regime and class of
battery say; the other figure stands beside it.
"""

from pcr.api import ActivityData, Inventory, Notice, Process, build_inventory, load_rule
from pcr.classes.li_ion_battery.v1_0_0.balance import LEVELS, balance_figures, balance_notices, top_ups
from pcr.classes.li_ion_battery.v1_0_0.checks import check
from pcr.classes.li_ion_battery.v1_0_0.end_of_life import end_of_life, recycled_content
from pcr.classes.li_ion_battery.v1_0_0.life import life, life_notices
from pcr.classes.li_ion_battery.v1_0_0.plant import cells, pack, process, raw_materials
from pcr.classes.li_ion_battery.v1_0_0.presets import scope_notices
from pcr.classes.li_ion_battery.v1_0_0.primary import primary_figures, primary_notices
from pcr.classes.li_ion_battery.v1_0_0.ranges import range_figures, range_notices
from pcr.classes.li_ion_battery.v1_0_0.units import denominators, per_pack, reference

RULE = load_rule(__package__)
FIGURES = (denominators, balance_figures, range_figures, primary_figures)
REMARKS = (life_notices, balance_notices, range_notices, primary_notices)


def build(data: ActivityData) -> Inventory:
    """Turn a works-year into the product systems of its packs."""
    check(data)
    names = [product.id for product in data.given.products]
    systems = {name: system(data, name) for name in names}
    notices = [*scope_notices(data), *(notice for name in names for say in REMARKS for notice in say(data, name))]
    if data.setting("cff_parameters") == "example":
        notices.append(Notice("example_parameters", "settings/cff_parameters"))
    return build_inventory(
        data,
        [made for processes in systems.values() for made in processes.values()],
        [reference(data, name) for name in names],
        deferred=[
            term
            for name, processes in systems.items()
            for level, parts in zip(LEVELS, ("parts", "cell_parts"), strict=True)
            if parts in processes
            for term in top_ups(data, name, level, processes[parts])
        ],
        indicators=[figure for name in names for show in FIGURES for figure in show(data, name)],
        notices=notices,
    )


def system(data: ActivityData, product: str) -> dict[str, Process]:
    """The processes of one model by their name, from its parts to the process whose output is its unit."""
    parts = raw_materials(data, product)
    recycled_content(parts, data.rows("end_of_life_material", product))
    chain = cells(data, product)
    made = pack(data, product, parts, chain)
    sold = process(data, "sold", "distribution", product)
    sold.take(made.product, sold.amount, "piece", input_name="packs_produced")
    sold.buy(data.rows("distribution_leg", product), kinds=data.regime.transport_kinds)
    spent = end_of_life(data, product, sold.amount)
    unit = life(data, product).unit
    amount = sold.amount * per_pack(data, product)[unit]
    whole = Process(f"service:{product}", stage="end_of_life", product=product, amount=amount, unit=unit, data=data)
    whole.take(sold.product, sold.amount, "piece", input_name="packs_produced")
    whole.take(spent.product, sold.amount, "piece", input_name="end_of_life_material")
    return {item.id.partition(":")[0]: item for item in (parts, *chain, made, sold, spent, whole)}
