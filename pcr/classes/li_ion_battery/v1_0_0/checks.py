"""What must hold before anything is counted: figures once, a life that is known, mass, journey, power; all at once."""

from collections.abc import Iterator

from pcr.api import ONE, ZERO, ActivityData, Collector, Exact, Fault, Process, load_rule
from pcr.classes.li_ion_battery.v1_0_0.balance import balance_faults
from pcr.classes.li_ion_battery.v1_0_0.belongs import belongs
from pcr.classes.li_ion_battery.v1_0_0.end_of_life import end_of_life
from pcr.classes.li_ion_battery.v1_0_0.life import METHODS, life, life_faults
from pcr.classes.li_ion_battery.v1_0_0.plant import STEPS
from pcr.classes.li_ion_battery.v1_0_0.presets import between, scope_notices
from pcr.classes.li_ion_battery.v1_0_0.primary import mandatory, primary_faults
from pcr.classes.li_ion_battery.v1_0_0.ranges import ROUND_THE_EARTH, journey
from pcr.classes.li_ion_battery.v1_0_0.retention import retention_faults
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)
ONCE = (
    "pack_capacity", "usable_capacity", "pack_mass", "tested_cycles", "declared_cycles", "energy_per_cycle",
    "declared_years", "discharges_per_year", "cells_mass", "electrode_area", "biogenic_carbon",
)  # fmt: skip
NUMBERS = ("missing_mass_limit", "service_years_most", "cycles_most", "warranty_least_capacity", "gas_oxidation")
RANGES = ("mass_per_kwh", "factory_energy")


def check(data: ActivityData) -> None:
    """Refuse with every fault of every model and every meter."""
    faults = Collector()
    for name in ("assembly_electricity", *(electricity for _, electricity, _ in STEPS)):
        scratch = Process("check", stage="main_production", product="check", amount=ONE, unit="piece", data=data)
        with faults.catching():
            power(scratch, data.rows(name))
        _take(faults, scratch)
    for name in NUMBERS:
        with faults.catching():
            data.number(name)
    for name in RANGES:
        with faults.catching():
            between(data, name)
    for look in (scope_notices, mandatory):
        with faults.catching():
            look(data)
    for product in data.given.products:
        with faults.catching():
            for fault in _of_model(data, product.id):
                faults.add(fault)
        _take(faults, end_of_life(data, product.id, ONE))
    faults.raise_if_any()


def _take(faults: Collector, process: Process) -> None:
    for fault in process.faults.faults:
        faults.add(fault)


def _of_model(data: ActivityData, product: str) -> Iterator[Fault]:
    for name in ONCE:
        rows = data.rows(name, product)
        if len(rows) > 1:
            where = f"/rows ({name}, {product})"
            yield Fault("one_row_per_pack", where, f"{len(rows)} rows", "one row", RULE.ref, {"input": name})
    yield from belongs(data, product)
    yield from _capacities(data, product)
    yield from retention_faults(data, product)
    yield from balance_faults(data, product)
    yield from _spent(data, product)
    km = journey(data, "distribution_leg", product)
    if km > ROUND_THE_EARTH:
        where, found = f"/rows (distribution_leg, {product})", f"{km.significant(4)} km"
        expected = f"at most {ROUND_THE_EARTH} km"
        yield Fault("journey_too_long", where, found, expected, RULE.clause("plausible"))
    missing = life_faults(data, product)
    yield from missing
    if not missing:
        for name, energy in life(data, product).energies.items():  # what a setting lacks shows here
            if energy <= ZERO:
                where = f"/rows ({METHODS[name].needs[0]}, {product})"
                yield Fault("life_is_zero", where, f"{energy} kWh", "above 0 kWh", RULE.clause("total_energy"))
        yield from primary_faults(data, product)


def _capacities(data: ActivityData, product: str) -> Iterator[Fault]:
    """Nothing delivers more than its rated capacity; cells and carbon weigh no more than the pack."""
    rated = data.one("pack_capacity", product)
    for name in ("usable_capacity", "energy_per_cycle"):
        found = data.total(name, product)
        if found > rated:
            where, expected = f"/rows ({name}, {product})", f"at most {rated} kWh"
            yield Fault("usable_above_rated", where, f"{found} kWh", expected, RULE.clause("total_energy"))
    most = data.one("pack_mass", product)
    for name, code in (("cells_mass", "cells_above_pack"), ("biogenic_carbon", "carbon_above_pack")):
        found, clause = data.total(name, product), RULE.clause("missing_mass")
        if found > most:
            yield Fault(code, f"/rows ({name}, {product})", f"{found} kg", f"at most {most} kg", clause)


def _spent(data: ActivityData, product: str) -> Iterator[Fault]:
    """What is taken apart at the end are the packs, no more and no less."""
    rows = data.rows("end_of_life_material", product)
    spent: Exact = sum((row.amount for row in rows), ZERO)
    whole = data.one("packs_produced", product) * data.one("pack_mass", product)
    if rows and abs(spent - whole) > whole * data.number("missing_mass_limit"):
        where, found = f"/rows (end_of_life_material, {product})", f"{spent.significant(6)} kg"
        yield Fault("spent_mass", where, found, f"{whole.significant(6)} kg", RULE.clause("cff"))
