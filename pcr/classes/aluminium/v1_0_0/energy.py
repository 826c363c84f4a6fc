"""Power by source and fuel of the works: grid, certificates and direct lines by the regime's table, captive once."""

from collections.abc import Iterable

from pcr.api import ONE, ZERO, ActivityData, Exact, Process, Row, load_rule
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power
from pcr.methods.electricity.v1.storage import stored_from
from pcr.methods.electricity.v1.supply_slice import FUELLED

RULE = load_rule(__package__)
METERS = tuple(name for name, item in RULE.inputs.items() if item.kind == "electricity")
CAPTIVE = "captive_power"


def draw(process: Process, rows: Iterable[Row], *, common: Iterable[Row] = (), share: Exact = ONE) -> None:
    """Electricity of a process: its own rows, and its share of common ones; captive slices from the works' plant."""
    plant = CAPTIVE if process.data.rows("captive_fuel") else ""
    power(process, rows, captive=plant)
    power(process, common, share=share, captive=plant)


def captive_rows(data: ActivityData) -> list[Row]:
    """Every slice of a fuelled plant of the works itself (自备电厂), over all meters."""
    rows = (row for name in METERS for row in data.rows(name))
    return [row for row in rows if row.supply and row.supply.type == "onsite" and row.supply.technology in FUELLED]


def captive_given(data: ActivityData) -> Exact:
    """kWh of the captive plant: used, put into a storage, exported."""
    used = sum((row.amount + stored_from(data, row) for row in captive_rows(data)), ZERO)
    return used + data.total("captive_exported")


def fire(process: Process, rows: Iterable[Row], oxidation: str = "solid_oxidation") -> None:
    """Burn fuel, gas with the oxidation of gas."""
    kept = list(rows)
    data = process.data
    burn(process, [row for row in kept if row.material == "natural_gas"], oxidation=data.setting("gas_oxidation"))
    burn(process, [row for row in kept if row.material != "natural_gas"], oxidation=data.setting(oxidation))


def captive_plant(data: ActivityData) -> list[Process]:
    """The captive plant where the works gives its fuel, per kWh used in the works or passed on."""
    if not data.rows("captive_fuel"):
        return []
    plant = Process(
        "captive_plant", stage="captive_power", product=CAPTIVE, amount=captive_given(data), unit="kWh", data=data
    )
    fire(plant, data.rows("captive_fuel"), oxidation="captive_oxidation")
    return [plant]
