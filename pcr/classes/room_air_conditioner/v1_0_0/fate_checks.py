"""What must hold of journeys, recycling, packaging and waste."""

from pcr.api import ActivityData, Collector, Fault, Row, load_rule
from pcr.classes.room_air_conditioner.v1_0_0.end_of_life import chosen
from pcr.classes.room_air_conditioner.v1_0_0.notices import LEGS
from pcr.methods.packaging.v1 import coming_back, has_fate, trips_fault
from pcr.methods.recycling.v1 import missing_fault, shares_fault
from pcr.methods.waste.v1 import furnace_fault, routes_fault

RULE = load_rule(__package__)
ROUND_THE_EARTH = 40075


def fates(data: ActivityData, faults: Collector) -> None:
    """Every row that travels, is recycled, packs or is thrown away."""
    for row in data.given.rows:
        if row.input in LEGS and row.unit == "km":
            leg(row, faults)
        elif row.input == "end_of_life_material" or (row.input == "packaging" and has_fate(row)):
            recycling(data, row, faults)
        elif row.input == "factory_waste":
            waste(row, faults)
        if row.input == "packaging":
            _add(faults, trips_fault("packaging_trips", row, RULE.clause("packaging")))
    for product in data.given.products:
        reuse(data, product.id, faults)


def leg(row: Row, faults: Collector) -> None:
    """A distance is of one unit's journey: it has no months, and it says which share of the units travels it."""
    where, clause = f"/rows ({row.id})", RULE.clause("legs")
    if row.amount > ROUND_THE_EARTH:
        faults.add(Fault("leg_distance", where, f"{row.amount} km", f"at most {ROUND_THE_EARTH} km", clause))
    if row.months or "share" not in row.properties:
        found = "km by month" if row.months else "km without share"
        faults.add(Fault("leg_distance", where, found, "one distance with its share", clause))


def recycling(data: ActivityData, row: Row, faults: Collector) -> None:
    clause = RULE.clause("recycling")
    _add(faults, shares_fault("recycling_shares", row, clause))
    _add(faults, missing_fault("recycling_missing", row, chosen(data), clause))


def waste(row: Row, faults: Collector) -> None:
    clause = RULE.clause("waste")
    _add(faults, furnace_fault("waste_is_fuel", row, clause))
    _add(faults, routes_fault("waste_routes", row, clause))


def reuse(data: ActivityData, product: str, faults: Collector) -> None:
    """Packaging that is used again comes back, and nothing comes back that is not."""
    rows, journeys = data.rows("packaging", product), data.rows("take_back_leg", product)
    sound = [row for row in rows if trips_fault("packaging_trips", row, "") is None]
    back, where, clause = coming_back(sound), f"/rows (take_back_leg, {product})", RULE.clause("packaging")
    if back and not journeys:
        found = f"no row for {back.significant(6)} kg"
        faults.add(Fault("take_back_missing", where, found, "take_back_leg in t*km or km", clause))
    if journeys and not back and len(sound) == len(rows):
        faults.add(Fault("take_back_unused", where, "a way back", "packaging with trips above 1", clause))


def _add(faults: Collector, fault: Fault | None) -> None:
    if fault is not None:
        faults.add(fault)
