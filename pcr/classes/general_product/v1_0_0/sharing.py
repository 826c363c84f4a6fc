"""What of the plant's meters a product takes (分配): its own meters whole, of the rest the share of a stated driver.

ISO 14044 4.3.4.2 (recalled): subdivide first, then a physical relation, then value. A row that names its product is
subdivision; a row without one is what the plant's meter shows beside those rows, and is shared.
"""

from pcr.api import ONE, ZERO, ActivityData, Collector, Exact, Fault, Row, equation, load_rule

RULE = load_rule(__package__)
UNITS = {"mass": "kg", "pieces": "piece", "machine_hours": "h", "value": "1"}
SHARED = ("electricity", "fuel", "heat", "consumable", "direct_emission", "waste")
"""Inputs whose rows may be of the whole plant."""


@equation(
    "plant.share",
    text="s = d_product / d_plant",
    source="ISO 14044:2006 4.3.4.2",
    confidence="recalled",
    clause="one driver for all that the plant's meters show beside the product's own",
    inputs={"product": "1", "plant": "1"},
    results={"share": "1"},
)
def plant_share(product: Exact, plant: Exact) -> Exact:
    """Share of the plant that a product takes; both in the unit of the driver."""
    return product / plant


def amount_of(data: ActivityData, name: str, product: str, driver: str) -> Exact:
    """Amount of a driver of a product, or with ``plant_driver`` and no product of the plant, in the driver's unit."""
    return sum((row.amount for row in data.rows(name, product) if row.material == driver), ZERO)


def plant_rows(data: ActivityData) -> list[Row]:
    """Rows of the whole plant that say more than nothing."""
    return [row for name in SHARED for row in data.rows(name, "") if row.amount]


def share(data: ActivityData, product: str) -> Exact:
    """The product's share of the plant's rows; zero where the plant has none, so that nothing rests on it."""
    if not plant_rows(data):
        return ZERO
    by = data.setting("shared_by")
    return plant_share(amount_of(data, "driver", product, by), amount_of(data, "plant_driver", "", by))


def rows_of(data: ActivityData, name: str, product: str) -> list[Row]:
    """Rows of an input that a product takes: its own, and its share of the plant's."""
    part = share(data, product)
    return [*data.rows(name, product), *(row.part(part) for row in data.rows(name, ""))]


def driver_faults(data: ActivityData, faults: Collector) -> None:
    """Units of the drivers, drivers that contradict the output, products that take more than the plant has."""
    clause = RULE.clause("share")
    for row in (*data.rows("driver"), *data.rows("plant_driver")):
        wanted = UNITS.get(row.material)
        if row.unit != wanted:
            found = f"{row.material or 'nothing'} in {row.unit}"
            expected = wanted or ", ".join(UNITS)
            faults.add(Fault("driver_unit", f"/rows ({row.id})", found, expected, clause))
            return  # what follows would add up unlike things
    for product in data.given.products:
        _against_output(data, product.id, faults)
    for driver, unit in UNITS.items():
        taken = sum((amount_of(data, "driver", item.id, driver) for item in data.given.products), ZERO)
        whole = amount_of(data, "plant_driver", "", driver)
        given = any(row.material == driver for row in data.rows("plant_driver"))
        if given and taken > whole:
            where, found = f"/rows (driver, {driver})", f"{taken.text()} {unit}"
            faults.add(Fault("driver_above_plant", where, found, f"at most {whole.text()} {unit}", clause))
    by = data.setting("shared_by")
    for product in data.given.products if plant_rows(data) else ():
        if not (amount_of(data, "driver", product.id, by) and amount_of(data, "plant_driver", "", by)):
            where, expected = f"/rows (driver, {product.id})", f"driver and plant_driver, material {by}"
            shared = ", ".join(sorted({row.input for row in plant_rows(data)}))
            faults.add(Fault("driver_missing", where, f"{shared} of the plant", expected, clause, {"driver": by}))


def _against_output(data: ActivityData, product: str, faults: Collector) -> None:
    """Mass and pieces that the output says too must be the same."""
    rows = data.rows("output", product)
    made, unit = sum((row.amount for row in rows), ZERO), rows[0].unit if rows else ""
    known = {"kg": ("mass", made), "piece": ("pieces", made)}
    checks = [(*known[unit], ZERO)] if unit in known else []
    if unit not in ("", "kg") and len(data.rows("unit_mass", product)) == 1:
        checks.append(("mass", made * data.one("unit_mass", product), data.number("mass_tolerance")))
    for driver, expected, tolerance in checks:
        given = amount_of(data, "driver", product, driver)
        if given and abs(given - expected) > expected * tolerance:
            where = f"/rows (driver, {product}, {driver})"
            found, wanted = f"{given.significant(6)} {UNITS[driver]}", f"{expected.significant(6)} {UNITS[driver]}"
            faults.add(Fault("driver_not_output", where, found, wanted, RULE.clause("share")))


def level(driver: str) -> tuple[str, str]:
    """Rung of the ISO hierarchy a driver stands on, in both languages."""
    if driver == "value":
        return "other relation, after physical ones", "其他关系，次于物理关系"
    return "physical relation", "物理关系"


def outside(data: ActivityData) -> Exact:
    """Share of the plant's rows that products outside these data take."""
    return ONE - sum((share(data, item.id) for item in data.given.products), ZERO)
