"""Power by source and fuel of the works: grid, certificates and direct lines by the regime's table, captive once."""

from collections.abc import Iterable
from dataclasses import replace

from pcr.api import ONE, ZERO, ActivityData, Exact, Process, Row
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

METERS = (
    "potline_electricity", "auxiliary_electricity", "casting_electricity", "anode_electricity", "refinery_electricity",
    "mining_electricity",
)  # fmt: skip
FUELLED = ("coal", "gas", "chp")


def is_captive(row: Row) -> bool:
    """A slice of a fuelled plant of the works itself (自备电厂)."""
    return row.supply is not None and row.supply.type == "onsite" and row.supply.technology in FUELLED


def captive_rows(data: ActivityData) -> list[Row]:
    """Every slice of the captive plant that rests on the plant's own fuel."""
    return [row for name in METERS for row in data.rows(name) if is_captive(row) and not row.factor]


def draw(process: Process, rows: Iterable[Row], *, common: Iterable[Row] = (), share: Exact = ONE) -> None:
    """Electricity of a process: its own rows, and its share of common ones.

    Slices of captive power are taken from the captive plant, where the fuel is.
    """
    power(process, [_to_table(row) for row in rows])
    power(process, [_to_table(row) for row in common], share=share)
    captive = {row.id for row in captive_rows(process.data)}
    once = [item for item in process.electricity if item.row in captive and "ELEC_CAPTIVE_ONCE" in item.codes]
    taken = sum((item.kwh for item in once), ZERO)
    if taken:
        process.take("captive_power", taken, "kWh", input_name="captive_generation")


def _to_table(row: Row) -> Row:
    """A captive slice as the table must see it: evidence is checked, but the fuel was counted elsewhere.

    To the table that is what waste heat is; the row itself and its records keep their technology.
    """
    if row.supply is None or row.factor or not is_captive(row):
        return row
    return replace(row, supply=replace(row.supply, technology="waste_heat"))


def fire(process: Process, rows: Iterable[Row], oxidation: str = "solid_oxidation") -> None:
    """Burn fuel, gas with the oxidation of gas."""
    kept = list(rows)
    data = process.data
    burn(process, [row for row in kept if row.material == "natural_gas"], oxidation=data.setting("gas_oxidation"))
    burn(process, [row for row in kept if row.material != "natural_gas"], oxidation=data.setting(oxidation))


def captive_plant(data: ActivityData) -> Process | None:
    """The captive plant: its fuel, per kWh used in the works or passed on."""
    if not data.rows("captive_fuel"):
        return None
    given = sum((row.amount for row in captive_rows(data)), ZERO) + data.total("captive_exported")
    plant = Process(
        "captive_plant", stage="captive_power", product="captive_power", amount=given, unit="kWh", data=data
    )
    fire(plant, data.rows("captive_fuel"), oxidation="captive_oxidation")
    return plant
