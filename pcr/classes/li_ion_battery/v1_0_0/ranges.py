"""What is unusual but possible, against sourced ranges: mass and energy per kWh, years, journeys, empty stages."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Indicator, Notice, Row
from pcr.classes.li_ion_battery.v1_0_0.capacity import capacity_made
from pcr.classes.li_ion_battery.v1_0_0.life import life
from pcr.classes.li_ion_battery.v1_0_0.plant import STEPS, share_of
from pcr.classes.li_ion_battery.v1_0_0.presets import between, listed
from pcr.classes.li_ion_battery.v1_0_0.warranty import service_years

KWH_OF_GJ = Exact(2500, 9)
ROUND_THE_EARTH = 40075
"""km: nothing is shipped further."""


def journey(data: ActivityData, name: str, product: str) -> Exact:
    """Mean km that a kilogram of pack, or what becomes one, has travelled by an input's legs."""
    tonnes = data.one("packs_produced", product) * data.one("pack_mass", product) / 1000
    return data.total(name, product) / tonnes


def mass_per_kwh(data: ActivityData, product: str) -> Exact:
    """kg of pack per kWh of rated capacity."""
    return data.one("pack_mass", product) / data.one("pack_capacity", product)


def factory_energy(data: ActivityData, product: str) -> Exact:
    """kWh of power, heat and fuel of the works per kWh of capacity made."""
    whole = ZERO
    for electricity, heat in (("assembly_electricity", "assembly_heat"), *(step[1:] for step in STEPS)):
        cells_only = electricity != "assembly_electricity"
        for name in (electricity, heat):
            common = data.total(name, "")
            whole += data.total(name, product)
            whole += common * share_of(data, product, cells_only=cells_only) if common else ZERO
    for row in data.rows("assembly_fuel"):
        if row.product in ("", product):
            whole += _fuel_kwh(row) * (share_of(data, product, cells_only=False) if not row.product else 1)
    return whole / capacity_made(data, product)


def _fuel_kwh(row: Row) -> Exact:
    gigajoules = row.amount if row.unit == "GJ" else row.amount * row.properties["ncv"]
    return gigajoules * KWH_OF_GJ


def buys_cells(data: ActivityData, product: str) -> bool:
    """Whether cells come ready made, so that the works' energy is that of packs alone."""
    rows = data.rows("part", product)
    return any("cell_assembly" in listed(data, "process_of_part", row.material) for row in rows)


def range_figures(data: ActivityData, product: str) -> list[Indicator]:
    """The figures that the ranges are about."""
    mass, energy = mass_per_kwh(data, product), factory_energy(data, product)
    km = journey(data, "distribution_leg", product)
    shown = (
        ("mass_per_kwh", mass, "kg/kWh capacity", "Mass per kWh of capacity", "单位容量质量"),
        ("factory_energy", energy, "kWh/kWh capacity", "Factory energy per kWh of capacity", "单位容量工厂能耗"),
        ("journey", km, "km", "Mean journey to the point of sale", "到销售点平均运距"),
    )
    figures = [Indicator(name, value, unit, {"en": en, "zh": zh}, product) for name, value, unit, en, zh in shown]
    if "ev" in life(data, product).energies:
        label = {"en": "Years of operation", "zh": "运行年限"}
        figures.append(Indicator("service_years", service_years(data, product)[0], "a", label, product))
    return figures


def range_notices(data: ActivityData, product: str) -> Iterator[Notice]:
    """What lies outside its range, and what is empty or not booked."""
    yield from _outside(data, product)
    yield from _long_lives(data, product)
    km = journey(data, "part_transport", product)
    if km > ROUND_THE_EARTH:
        yield Notice("journey_unusual", f"part_transport, {product}", {"km": km.significant(4)})
    spent = data.rows("end_of_life_material", product)
    if not spent:
        yield Notice("spent_empty", product)
    for row in spent:
        if row.properties["r3"]:
            yield Notice("energy_recovery_unbooked", row.id, {"row": row.id})


def _outside(data: ActivityData, product: str) -> Iterator[Notice]:
    found = mass_per_kwh(data, product)
    low, high = between(data, "mass_per_kwh")
    if not low <= found <= high:
        values = {"found": found.significant(4), "low": low.text(), "high": high.text()}
        yield Notice("mass_unusual", product, values)
    found = factory_energy(data, product)
    low, high = between(data, "factory_energy")
    if found > high or (found < low and not buys_cells(data, product)):
        values = {"found": found.significant(4), "low": low.text(), "high": high.text()}
        yield Notice("factory_energy_unusual", product, values)


def _long_lives(data: ActivityData, product: str) -> Iterator[Notice]:
    here = life(data, product)
    years = [row.amount for row in data.rows("declared_years", product)]
    years += [service_years(data, product)[0]] if "ev" in here.energies else []
    most = data.number("service_years_most")
    for found in years:
        if found > most:
            values = {"found": f"{found.significant(4)} a", "most": f"{most} a"}
            values |= {"found_zh": f"{found.significant(4)} 年", "most_zh": f"{most} 年"}
            yield Notice("service_life_unusual", product, values)
    most, rated = data.number("cycles_most"), data.one("pack_capacity", product)
    for name, energy in sorted(here.energies.items()):
        if energy / rated > most:
            values = {"found": f"{(energy / rated).significant(4)} cycles", "most": f"{most} cycles"}
            values |= {"found_zh": f"{(energy / rated).significant(4)} 次循环", "most_zh": f"{most} 次循环"}
            yield Notice("service_life_unusual", f"{product}, {name}", values)
