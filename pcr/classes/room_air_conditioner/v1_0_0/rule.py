"""Room air conditioner (房间空调器): one unit from its materials to its dismantling, with the power it draws and the
refrigerant it loses on the way.

The story is the order of the code: materials, factory, journey, installation, years of use, end of life.
"""

from pcr.api import ZERO, ActivityData, CutOff, Deferred, Inventory, Notice, Process, build_inventory, load_rule
from pcr.classes.room_air_conditioner.v1_0_0.checks import check
from pcr.classes.room_air_conditioner.v1_0_0.end_of_life import chosen, content, end_of_life
from pcr.classes.room_air_conditioner.v1_0_0.notices import lost_parts, remarks
from pcr.classes.room_air_conditioner.v1_0_0.refrigerant import buy_charge, circuit, lose, refill
from pcr.classes.room_air_conditioner.v1_0_0.units import figures, gross_mass, missing_mass, reference, weight
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power
from pcr.methods.packaging.v1 import pack, take_back
from pcr.methods.transport.v1 import legs
from pcr.methods.use_phase.v1 import in_market
from pcr.methods.waste.v1 import treat

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """Turn a works-year into the product systems of its models."""
    check(data)
    processes: list[Process] = []
    deferred: list[Deferred] = []
    notices: list[Notice] = []
    for product in data.given.products:
        parts = materials(data, product.id)
        made = manufacturing(data, product.id, parts)
        shipped = distribution(data, product.id, made)
        placed = installation(data, product.id, shipped)
        life = service(data, product.id, placed)
        processes += [parts, made, shipped, placed, *life]
        deferred += missing_mass(data, product.id, parts)
        notices += remarks(data, product.id)
    limits = RULE.cut_off
    deferred += [CutOff(limits.single, limits.together, RULE.clause("cut_off"))] if limits else []
    return build_inventory(
        data,
        processes,
        [reference(data, product.id) for product in data.given.products],
        deferred=deferred,
        indicators=[figure for product in data.given.products for figure in figures(data, product.id)],
        notices=[*lost_parts(data), *notices],
    )


def stage(data: ActivityData, name: str, stage_id: str, product: str) -> Process:
    """A process of the units made of a model."""
    made, label = data.one("units_produced", product), f"{name}:{product}"
    return Process(label, stage=stage_id, product=label, amount=made, unit="piece", data=data)


def materials(data: ActivityData, product: str) -> Process:
    """Materials and parts: bill of materials, compressor, electronics, packaging, refrigerant, their transport."""
    parts = stage(data, "materials", "materials", product)
    for name in ("part", "compressor", "electronics"):
        parts.buy(data.rows(name, product))
    pack(parts, data.rows("packaging", product), chosen(data))
    buy_charge(parts, product)
    legs(parts, data.rows("part_transport", product), ZERO)
    content(parts, data.rows("end_of_life_material", product))
    return parts


def manufacturing(data: ActivityData, product: str, parts: Process) -> Process:
    """The factory: its energy and waste shared between models, and what is lost when the circuit is filled."""
    made = stage(data, "made", "manufacturing", product)
    made.take(parts.product, made.amount, "piece", input_name="part")
    share = weight(data, product) / sum((weight(data, item.id) for item in data.given.products), ZERO)
    power(made, data.rows("factory_electricity", ""), share=share)
    power(made, data.rows("factory_electricity", product))
    fuel = [row.part(share) for row in data.rows("factory_fuel", "")] + list(data.rows("factory_fuel", product))
    burn(made, fuel, oxidation=data.setting("fuel_oxidation"))
    waste = [row.part(share) for row in data.rows("factory_waste", "")] + list(data.rows("factory_waste", product))
    treat(made, waste)
    lose(made, product, "filling_loss")
    return made


def distribution(data: ActivityData, product: str, made: Process) -> Process:
    """The journey of the packed units to where they are sold, and the way back of packaging that is used again."""
    shipped = stage(data, "shipped", "distribution", product)
    shipped.take(made.product, shipped.amount, "piece", input_name="units_produced")
    legs(shipped, data.rows("distribution_leg", product), gross_mass(data, product))
    take_back(shipped, data.rows("take_back_leg", product), data.rows("packaging", product))
    return shipped


def installation(data: ActivityData, product: str, shipped: Process) -> Process:
    """Installation: pipes and brackets, and what is lost when the circuit is opened."""
    placed = stage(data, "installed", "installation", product)
    placed.take(shipped.product, placed.amount, "piece", input_name="units_produced")
    placed.buy(data.rows("installation_material", product))
    lose(placed, product, "installation_loss")
    return placed


def service(data: ActivityData, product: str, placed: Process) -> list[Process]:
    """Years of use in each market, leakage with its refill, end of life; and the unit that carries them all."""
    units, years = placed.amount, circuit(data, product).years
    kept = stage(data, "kept", "use", product)
    lose(kept, product, "annual_leak")
    refill(kept, product)
    used = [
        in_market(data, row, f"use:{product}:{row.id}", stage="use", years=years, units=units)
        for row in data.rows("use_electricity", product)
    ]
    spent = end_of_life(stage(data, "spent", "end_of_life", product), product)
    unit = Process(f"unit:{product}", stage="end_of_life", product=product, amount=units, unit="piece", data=data)
    for process in (placed, kept, *used, spent):
        unit.take(process.product, units, "piece")
    return [kept, *used, spent, unit]
