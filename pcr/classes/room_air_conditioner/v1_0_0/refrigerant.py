"""The refrigerant of a model (制冷剂): bought, filled, lost stage by stage, topped up, recovered."""

from pcr.api import ONE, ActivityData, FactorName, Process, Row, load_rule, name_factor
from pcr.methods.refrigerants.v1 import Circuit, release

RULE = load_rule(__package__)
LOSSES = ("filling_loss", "installation_loss", "annual_leak", "end_of_life_recovery")
"""In the order in which the method gives the kilograms."""


def circuit(data: ActivityData, product: str) -> Circuit:
    """The circuit of one unit as the works describes it."""
    filling, installation, leak, recovery = (data.share(name, product) for name in LOSSES)
    years, remaining = data.one("service_life", product), data.share("refrigerant_remaining", product)
    charge = data.one("refrigerant_charge", product)
    return Circuit(charge, filling, installation, leak, years, remaining, recovery)


def charge_row(data: ActivityData, product: str) -> Row:
    return data.rows("refrigerant_charge", product)[0]


def lose(process: Process, product: str, name: str) -> None:
    """Emit what the units of a model lose by the row ``name``."""
    data = process.data
    kg = circuit(data, product).losses()[LOSSES.index(name)] * process.amount
    release(process, charge_row(data, product).material, kg, data.rows(name, product)[0], "refrigerant.losses")


def buy_charge(process: Process, product: str) -> None:
    """The charge of every unit and what the filling station loses."""
    row, lost = charge_row(process.data, product), process.data.share("filling_loss", product)
    process.bought(row, _production(process, row), amount=process.amount * row.amount * (ONE + lost), unit=row.unit)


def refill(process: Process, product: str) -> None:
    """What service adds over the life of the units."""
    row, kg = charge_row(process.data, product), circuit(process.data, product).refill() * process.amount
    because = "refrigerant.refill"
    process.bought(row, _production(process, row), amount=kg, unit=row.unit, suffix="+refill", because=because)


def _production(process: Process, row: Row) -> FactorName:
    item = process.data.rule.inputs[row.input]
    return name_factor(row, item, item.materials.get(row.material), process.data, process.data.regime.material_kinds)
