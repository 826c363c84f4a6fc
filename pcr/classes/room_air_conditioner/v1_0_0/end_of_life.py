"""End of life (报废回收): recycling by the setting, disposal, collection, dismantling and what is not recovered."""

from collections.abc import Iterable

from pcr.api import ONE, ZERO, ActivityData, Exact, FactorName, Process, Row
from pcr.classes.room_air_conditioner.v1_0_0.refrigerant import lose
from pcr.classes.room_air_conditioner.v1_0_0.units import gross_mass
from pcr.methods.electricity.v1 import power
from pcr.methods.recycling.v1 import CffShares, coefficients
from pcr.methods.transport.v1 import legs


def end_of_life(spent: Process, product: str) -> Process:
    """Collection, dismantling, the materials' fate and the refrigerant that escapes."""
    data = spent.data
    legs(spent, data.rows("collection_leg", product), gross_mass(data, product))
    power(spent, data.rows("dismantling_electricity", product))
    for row in data.rows("end_of_life_material", product):
        part = coefficients(shares(data, row))
        _line(spent, row, "recycling", "recycling", part["recycling"])
        _line(spent, row, "avoided", "virgin", part["avoided"])
        _line(spent, row, "energy recovery", "energy", row.properties["r3"])
        _line(spent, row, "disposal", "disposal", part["disposal"])
    lose(spent, product, "end_of_life_recovery")
    return spent


def recycled_content(parts: Process, rows: Iterable[Row]) -> None:
    """Where the input holds recycled material, primary is replaced by the formula's share of secondary."""
    for row in rows:
        part = coefficients(shares(parts.data, row))
        _line(parts, row, "primary replaced", "virgin", part["virgin"] - ONE)
        _line(parts, row, "recycled content", "recycled", part["recycled"])


def shares(data: ActivityData, row: Row) -> CffShares:
    """The formula's parameters: A = 1 is the cut-off; a closed loop credits all that leaves; else the works' own."""
    given, method = row.properties, data.setting("recycling")
    r1, r2, r3 = given.get("r1", ZERO), given["r2"], given["r3"]
    if method == "cut_off":
        return CffShares(ONE, r1, r2, r3, ONE, ONE)
    if method == "closed_loop":
        return CffShares(ZERO, ZERO, r2, r3, ONE, ONE)
    return CffShares(given.get("a", ONE), r1, r2, r3, given.get("q_in", ONE), given.get("q_out", ONE))


def _line(process: Process, row: Row, role: str, name: str, share: Exact) -> None:
    """A line of the formula; a factor that is needed and blank is a gap, not a zero."""
    if share == ZERO:
        return
    data = process.data
    choice = data.rule.inputs[row.input].materials.get(row.material)
    factor = FactorName(
        id=choice.names.get(name, "") if choice else "",
        year=data.year,
        kinds=(*data.regime.material_kinds, "treatment_service", "waste_disposal"),
        place=data.country,
        proxy=True,
        proxy_for=f"{row.material}: {name}",
    )
    because = f"cff ({data.setting('recycling')}): {role}, {share.significant(3)} kg per kg"
    process.bought(row, factor, amount=row.amount * share, unit=row.unit, suffix=f"+{role}", because=because)
