"""What must hold before anything is counted, and what the reader of the result must know."""

from collections.abc import Iterator

from pcr.api import ActivityData, Collector, Fault, Notice, load_rule
from pcr.classes.general_product.v1_0_0.bom import PER_QUANTITY, component_mass, loses, unit_mass
from pcr.classes.general_product.v1_0_0.sharing import driver_faults, level, plant_rows, share
from pcr.methods.packaging.v1 import trips_fault
from pcr.methods.waste.v1 import furnace_fault, routes_fault

RULE = load_rule(__package__)
SINGLE = ("bom_quantity", "rejects", "unit_mass")


def check(data: ActivityData) -> None:
    """Refuse with every fault of every product."""
    faults = Collector()
    for product in data.given.products:
        _single(data, product.id, faults)
        _units(data, product.id, faults)
    driver_faults(data, faults)
    for name in PER_QUANTITY:
        for row in data.rows(name):
            if row.months:
                found = f"{len(row.months)} months"
                faults.add(Fault("per_unit_months", f"/rows ({row.id})", found, "one amount", RULE.clause("bom")))
    for row in data.rows("packaging"):
        if fault := trips_fault("packaging_trips", row, RULE.clause("packaging")):
            faults.add(fault)
    for row in data.rows("waste"):
        for fault in (routes_fault("waste_routes", row, RULE.clause("waste")),
                      furnace_fault("waste_is_fuel", row, RULE.clause("waste"))):  # fmt: skip
            if fault:
                faults.add(fault)
    faults.raise_if_any()


def _single(data: ActivityData, product: str, faults: Collector) -> None:
    for name in SINGLE:
        if (count := len(data.rows(name, product))) > 1:
            where = f"/rows ({name}, {product})"
            faults.add(Fault("one_row_each", where, f"{count} rows", "one row", RULE.ref, {"input": name}))


def _units(data: ActivityData, product: str, faults: Collector) -> None:
    made = sorted({row.unit for row in data.rows("output", product)})
    if len(made) > 1:
        where = f"/rows (output, {product})"
        faults.add(Fault("output_units", where, ", ".join(made), "one kind of unit", RULE.clause("bom")))
    for row in data.rows("bom_quantity", product) if len(made) == 1 else ():
        if row.unit != made[0]:
            where = f"/rows (bom_quantity, {product})"
            faults.add(Fault("bom_unit", where, row.unit, made[0], RULE.clause("bom")))


def notices(data: ActivityData) -> Iterator[Notice]:
    """What every product of this rule says of itself."""
    yield Notice("no_product_rule", RULE.ref)
    for product in data.given.products:
        yield from _of(data, product.id)


def _of(data: ActivityData, product: str) -> Iterator[Notice]:
    named = {"product": product}
    if any(row.amount for row in data.rows("component", product)):
        yield Notice("bom_amounts", product, named)
    if plant_rows(data):
        by = data.setting("shared_by")
        rung, rung_zh = level(by)
        told = {"share": share(data, product).significant(6), "by": by, "level": rung, "level_zh": rung_zh}
        yield Notice("plant_shared", product, named | told)
        others = sorted({row.material for row in data.rows("driver", product)} - {"value"})
        if by == "value" and others:
            yield Notice("economic_before_physical", product, {"others": ", ".join(others)})
    if loses(data, product) and not (data.rows("waste", product) or data.rows("waste", "")):
        yield Notice("scrap_without_waste", product, named)
    yield from _mass(data, product)
    for row in data.rows("transport_in", product):
        if row.amount and row.material == "air":
            yield Notice("air_leg", f"rows/{row.id}", {"row": row.id})


def _mass(data: ActivityData, product: str) -> Iterator[Notice]:
    found, expected = component_mass(data, product), unit_mass(data, product)
    if found is None or expected is None:
        lacking, zh = (
            ("a component says no mass", "有零部件未注明质量") if found is None else ("no unit_mass", "未填 unit_mass")
        )
        yield Notice("mass_not_checked", product, {"product": product, "lacking": lacking, "lacking_zh": zh})
    elif abs(found - expected) > expected * data.number("mass_tolerance"):
        values = {"product": product, "found": found.significant(6), "expected": expected.significant(6)}
        yield Notice("mass_not_closed", product, values)
