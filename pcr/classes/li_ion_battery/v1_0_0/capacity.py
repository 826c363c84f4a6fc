"""Capacity balance: kWh that were bought inside parts against kWh that were made."""

from collections.abc import Iterator

from pcr.api import ONE, ZERO, ActivityData, Exact, Fault, Notice, load_rule

RULE = load_rule(__package__)


def capacity_made(data: ActivityData, product: str) -> Exact:
    """kWh of rated capacity made of one model."""
    return data.one("packs_produced", product) * data.one("pack_capacity", product)


def capacity_bought(data: ActivityData, product: str) -> Exact | None:
    """kWh of capacity among the parts; None where none is bought by capacity."""
    rows = [row for name in ("part", "cell_part") for row in data.rows(name, product) if row.unit == "kWh capacity"]
    return sum((row.amount for row in rows), ZERO) if rows else None


def capacity_faults(data: ActivityData, product: str) -> Iterator[Fault]:
    """Packs that hold more than was bought for them."""
    bought, made = capacity_bought(data, product), capacity_made(data, product)
    if bought is not None and bought < made * (ONE - data.number("missing_mass_limit")):
        found, expected = f"{bought} kWh bought", f"{made} kWh made"
        yield Fault("capacity_short", f"/rows (part, {product})", found, expected, RULE.clause("missing_mass"))


def capacity_notices(data: ActivityData, product: str) -> Iterator[Notice]:
    """Capacity that was bought and not made: its burden stays in the result."""
    bought, made = capacity_bought(data, product), capacity_made(data, product)
    if bought is not None and bought > made * (ONE + data.number("missing_mass_limit")):
        values = {"found": bought.significant(6), "made": made.significant(6)}
        yield Notice("capacity_left", product, values)
