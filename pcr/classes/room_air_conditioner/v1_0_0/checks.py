"""What must hold before anything is counted: markets, refrigerant, mass, legs, recycling parameters; all at once."""

from pcr.api import ONE, ZERO, ActivityData, Collector, Exact, Fault, Row, load_rule
from pcr.classes.room_air_conditioner.v1_0_0.notices import LEGS
from pcr.classes.room_air_conditioner.v1_0_0.refrigerant import LOSSES, circuit
from pcr.classes.room_air_conditioner.v1_0_0.units import mass_of_parts, net_mass
from pcr.methods.refrigerants.v1 import COMPONENTS

RULE = load_rule(__package__)
HOURS_OF_A_YEAR = 8760
ROUND_THE_EARTH = 40075


def check(data: ActivityData) -> None:
    """Refuse with every fault of every model."""
    faults = Collector()
    for product in data.given.products:
        before = len(faults.faults)
        single_rows(data, product.id, faults)
        markets(data, product.id, faults)
        if len(faults.faults) == before:
            refrigerant(data, product.id, faults)
            mass(data, product.id, faults)
        for row in data.given.rows:
            if row.product == product.id:
                leg(row, faults)
                recycling(data, row, faults)
    faults.raise_if_any()


def single_rows(data: ActivityData, product: str, faults: Collector) -> None:
    """Figures of one unit stand in one row each: a sum of two charges or two lives means nothing."""
    names = ("refrigerant_charge", "refrigerant_remaining", "service_life", "cooling_capacity", "unit_mass", *LOSSES)
    for name in names:
        if (count := len(data.rows(name, product))) != 1:
            where = f"/rows ({name}, {product})"
            faults.add(Fault("one_row_each", where, f"{count} rows", "one row", RULE.ref, {"input": name}))


def markets(data: ActivityData, product: str, faults: Collector) -> None:
    rows, clause = data.rows("use_electricity", product), RULE.clause("use")
    whole = sum((row.properties["share"] for row in rows), ZERO)
    if whole != ONE:
        faults.add(Fault("market_shares", f"/rows (use_electricity, {product})", f"{whole}", "1", clause))
    most = data.total("cooling_capacity", product) * HOURS_OF_A_YEAR
    for row in rows:
        where = f"/rows ({row.id})"
        code = row.material
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
            faults.add(Fault("market_code", f"{where}/material", code or "nothing", "CN", clause))
        if (supply := row.supply) is not None and (supply.type != "grid" or supply.claim != "none"):
            found = f"{supply.type}, {supply.claim}"
            faults.add(Fault("use_supply", f"{where}/supply", found, "grid, without a claim", clause))
        if row.amount > most:
            faults.add(Fault("use_above_rated", where, f"{row.amount} kWh", f"at most {most} kWh a year", clause))


def refrigerant(data: ActivityData, product: str, faults: Collector) -> None:
    row, clause = data.rows("refrigerant_charge", product)[0], RULE.clause("refrigerant")
    if row.material not in COMPONENTS:
        found, expected = row.material or "nothing", ", ".join(COMPONENTS)
        faults.add(Fault("refrigerant_unknown", f"/rows ({row.id})/material", found, expected, clause))
    refill = circuit(data, product).refill()
    if refill < 0:
        where, missing = f"/rows (refrigerant_remaining, {product})", (-refill).significant(3)
        faults.add(Fault("refrigerant_balance", where, f"{missing} kg unaccounted for", "0 kg", clause))
    if row.amount > data.one("unit_mass", product):
        faults.add(Fault("charge_above_mass", f"/rows ({row.id})", f"{row.amount} kg", "less than the unit", clause))


def mass(data: ActivityData, product: str, faults: Collector) -> None:
    """The bill of materials makes the unit; what is taken apart is the unit, with its packaging or without."""
    whole, clause = net_mass(data, product), RULE.clause("mass")
    band = whole * data.number("mass_tolerance")
    found = mass_of_parts(data, product)
    if abs(whole - found) > band:
        faults.add(Fault("parts_mass", f"/rows (part, {product})", _kg(found), _kg(whole), clause))
    spent = data.total("end_of_life_material", product)
    beside = data.total("packaging", product) + data.total("installation_material", product)
    if not whole - band <= spent <= whole + beside + band:
        where = f"/rows (end_of_life_material, {product})"
        faults.add(Fault("end_of_life_mass", where, _kg(spent), _kg(whole), clause))


def _kg(amount: Exact) -> str:
    return f"{amount.significant(6)} kg"


def leg(row: Row, faults: Collector) -> None:
    """A distance is of one unit's journey: it has no months, and it says which share of the units travels it."""
    if row.input in LEGS and row.unit == "km" and row.amount > ROUND_THE_EARTH:
        expected = f"at most {ROUND_THE_EARTH} km"
        faults.add(Fault("leg_distance", f"/rows ({row.id})", f"{row.amount} km", expected, RULE.clause("legs")))
    if row.input in LEGS and row.unit == "km" and (row.months or "share" not in row.properties):
        found = "km by month" if row.months else "km without share"
        expected = "one distance with its share"
        faults.add(Fault("leg_distance", f"/rows ({row.id})", found, expected, RULE.clause("legs")))


def recycling(data: ActivityData, row: Row, faults: Collector) -> None:
    if row.input != "end_of_life_material":
        return
    given, where, clause = row.properties, f"/rows ({row.id})/properties", RULE.clause("recycling")
    if given["r2"] + given["r3"] > 1:
        found = f"R2 {given['r2']}, R3 {given['r3']}"
        faults.add(Fault("recycling_shares", where, found, "R2 + R3 at most 1", clause))
    missing = [name for name in ("a", "r1", "q_in", "q_out") if name not in given]
    if data.setting("recycling") == "cff" and missing:
        faults.add(Fault("recycling_missing", where, "nothing", ", ".join(missing), clause))
