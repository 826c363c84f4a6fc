"""What must hold before anything is counted: markets, refrigerant, mass, and the fates of materials; all at once."""

from pcr.api import ONE, ZERO, ActivityData, Collector, Exact, Fault, load_rule
from pcr.classes.room_air_conditioner.v1_0_0.fate_checks import fates
from pcr.classes.room_air_conditioner.v1_0_0.refrigerant import LOSSES, circuit
from pcr.classes.room_air_conditioner.v1_0_0.units import mass_beside, mass_of_parts, net_mass
from pcr.methods.refrigerants.v1 import COMPONENTS

RULE = load_rule(__package__)
HOURS_OF_A_YEAR = 8760
OF_CIRCUIT = {"refrigerant_charge", "refrigerant_remaining", "service_life", *LOSSES}
OF_A_UNIT = (*sorted(OF_CIRCUIT), "cooling_capacity", "unit_mass")


def check(data: ActivityData) -> None:
    """Refuse with every fault of every model; what needs a figure that is itself in doubt waits for it."""
    faults = Collector()
    for product in data.given.products:
        doubtful = single_rows(data, product.id, faults)
        markets(data, product.id, faults, rated="cooling_capacity" not in doubtful)
        if not doubtful & OF_CIRCUIT:
            refrigerant(data, product.id, faults, heavy="unit_mass" not in doubtful)
        if "unit_mass" not in doubtful:
            mass(data, product.id, faults)
    fates(data, faults)
    faults.raise_if_any()


def single_rows(data: ActivityData, product: str, faults: Collector) -> set[str]:
    """Figures of one unit stand in one row each: a sum of two charges or two lives means nothing."""
    doubtful = set()
    for name in OF_A_UNIT:
        if (count := len(data.rows(name, product))) != 1:
            doubtful.add(name)
            where = f"/rows ({name}, {product})"
            faults.add(Fault("one_row_each", where, f"{count} rows", "one row", RULE.ref, {"input": name}))
    return doubtful


def markets(data: ActivityData, product: str, faults: Collector, *, rated: bool) -> None:
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
        if rated and row.amount > most:
            faults.add(Fault("use_above_rated", where, f"{row.amount} kWh", f"at most {most} kWh a year", clause))


def refrigerant(data: ActivityData, product: str, faults: Collector, *, heavy: bool) -> None:
    row, clause = data.rows("refrigerant_charge", product)[0], RULE.clause("refrigerant")
    if row.material not in COMPONENTS:
        found, expected = row.material or "nothing", ", ".join(COMPONENTS)
        faults.add(Fault("refrigerant_unknown", f"/rows ({row.id})/material", found, expected, clause))
    refill = circuit(data, product).refill()
    if refill < 0:
        where, missing = f"/rows (refrigerant_remaining, {product})", (-refill).significant(3)
        faults.add(Fault("refrigerant_balance", where, f"{missing} kg unaccounted for", "0 kg", clause))
    if heavy and row.amount > data.one("unit_mass", product):
        faults.add(Fault("charge_above_mass", f"/rows ({row.id})", f"{row.amount} kg", "less than the unit", clause))


def mass(data: ActivityData, product: str, faults: Collector) -> None:
    """The bill of materials makes the unit; what is taken apart is the unit, with its packaging or without."""
    whole, clause = net_mass(data, product), RULE.clause("mass")
    band = whole * data.number("mass_tolerance")
    found = mass_of_parts(data, product)
    if abs(whole - found) > band:
        faults.add(Fault("parts_mass", f"/rows (part, {product})", _kg(found), _kg(whole), clause))
    spent = data.total("end_of_life_material", product)
    if not whole - band <= spent <= whole + mass_beside(data, product) + band:
        where = f"/rows (end_of_life_material, {product})"
        faults.add(Fault("end_of_life_mass", where, _kg(spent), _kg(whole), clause))


def _kg(amount: Exact) -> str:
    return f"{amount.significant(6)} kg"
