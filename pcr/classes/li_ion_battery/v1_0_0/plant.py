"""The works (电池厂): parts bought, own cells step by step where they are metered, packs assembled.

One meter of several models is shared by a key; meters of the cell plant between the models whose cells are made here.
"""

from typing import Final

from pcr.api import ZERO, ActivityData, Exact, Process
from pcr.classes.li_ion_battery.v1_0_0.balance import makes_cells
from pcr.classes.li_ion_battery.v1_0_0.capacity import capacity_made
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

STEPS: Final = (
    ("electrode", "electrode_electricity", "electrode_heat"),
    ("cell", "cell_electricity", "cell_heat"),
    ("formation", "formation_electricity", ""),
)
"""Steps of the cell plant in their order, with their own meters; a step without a meter is inside the pack's."""

WASTE_KINDS: Final = ("treatment_service", "waste_disposal")


def process(data: ActivityData, name: str, stage: str, product: str) -> Process:
    """A process whose output is one piece for each pack of a model."""
    packs, made = data.one("packs_produced", product), f"{name}:{product}"
    return Process(made, stage=stage, product=made, amount=packs, unit="piece", data=data)


def raw_materials(data: ActivityData, product: str) -> Process:
    """RAW: everything bought for the packs of a model, and its transport."""
    parts = process(data, "parts", "raw_material", product)
    parts.buy(data.rows("part", product))
    parts.buy(data.rows("part_transport", product), kinds=data.regime.transport_kinds)
    return parts


def cells(data: ActivityData, product: str) -> list[Process]:
    """Own cells: their materials, then one process for each step that has a meter of its own; empty where bought."""
    if not makes_cells(data, product):
        return []
    bought = process(data, "cell_parts", "raw_material", product)
    bought.buy(data.rows("cell_part", product))
    chain = [bought]
    for name, electricity, heat in STEPS:
        if data.rows(electricity) or (heat and data.rows(heat)):
            step = process(data, name, "main_production", product)
            step.take(chain[-1].product, step.amount, "piece", input_name="cell_part")
            energy(step, product, electricity, heat)
            chain.append(step)
    return chain


def pack(data: ActivityData, product: str, parts: Process, chain: list[Process]) -> Process:
    """MAN: the pack, with all energy that is not metered by step, auxiliaries and scrap."""
    made = process(data, "pack", "main_production", product)
    made.take(parts.product, made.amount, "piece", input_name="part")
    if chain:
        made.take(chain[-1].product, made.amount, "piece", input_name="cell_part")
    energy(made, product, "assembly_electricity", "assembly_heat")
    share = share_of(data, product, cells_only=False)
    fuel = [row.part(share) for row in data.rows("assembly_fuel", "")] + list(data.rows("assembly_fuel", product))
    burn(made, fuel, oxidation=data.setting("gas_oxidation"))
    made.buy([row.part(share) for row in data.rows("process_material", "")])
    made.buy(data.rows("process_material", product))
    made.buy(data.rows("production_waste", product), kinds=(*data.regime.material_kinds, *WASTE_KINDS))
    return made


def energy(made: Process, product: str, electricity: str, heat: str) -> None:
    """A process's part of the common meters and all of its own."""
    data = made.data
    share = share_of(data, product, cells_only=electricity != "assembly_electricity")
    power(made, data.rows(electricity, ""), share=share)
    power(made, data.rows(electricity, product))
    kinds = (*data.regime.material_kinds, "delivered_energy")
    if heat:
        made.buy([row.part(share) for row in data.rows(heat, "")], kinds=kinds)
        made.buy(data.rows(heat, product), kinds=kinds)


def share_of(data: ActivityData, product: str, *, cells_only: bool) -> Exact:
    """A model's share of a common meter: by capacity made, by mass, or by electrode area."""
    names = [item.id for item in data.given.products if makes_cells(data, item.id) or not cells_only]
    weigh = {name: weight(data, name, cells_only=cells_only) for name in names}
    return weigh[product] / sum(weigh.values(), ZERO) if product in weigh else ZERO


def weight(data: ActivityData, product: str, *, cells_only: bool) -> Exact:
    """What common energy is shared by; of the cell plant's meters the mass is that of the cells."""
    key = data.setting("energy_by")
    if key == "area":
        return data.one("electrode_area", product)
    mass = data.total("cells_mass" if cells_only else "pack_mass", product) * data.one("packs_produced", product)
    return mass if key == "mass" else capacity_made(data, product)
