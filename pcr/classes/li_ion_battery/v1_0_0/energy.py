"""Total energy a battery delivers over its service life (全寿命期交付总能量), by each method that can be computed."""

from pcr.api import ONE, ActivityData, Exact, equation
from pcr.classes.li_ion_battery.v1_0_0.presets import fact
from pcr.classes.li_ion_battery.v1_0_0.retention import mean_retention
from pcr.classes.li_ion_battery.v1_0_0.warranty import by_category, service_years


@equation(
    "battery.total_energy",
    text="E_total = C_usable x FEqC x Y",
    source="draft delegated act of April 2024 on EV batteries, Ares(2024)3131389",
    confidence="seen",
    inputs={"usable_capacity": "kWh capacity", "cycles_per_year": "1", "years": "a"},
    results={"total_energy": "kWh delivered"},
)
def total_energy(usable_capacity: Exact, cycles_per_year: Exact, years: Exact) -> Exact:
    """kWh delivered over the service life of one battery; ``years`` is a number of years."""
    return usable_capacity * cycles_per_year * years


@equation(
    "battery.reference_flow",
    text="RF = m_battery / E_total",
    source="Annex II of Regulation (EU) 2023/1542",
    confidence="recalled",
    inputs={"mass": "kg", "total_energy": "kWh delivered"},
    results={"reference_flow": "kg/kWh delivered"},
)
def reference_flow(mass: Exact, total_energy: Exact) -> Exact:
    """kg of battery per kWh delivered."""
    return mass / total_energy


@equation(
    "battery.declared_energy",
    text="E_total = n x E_cycle x r",
    source="JRC CFB-IND, April 2025 (declared cycle life of regular cycling); sum over cycles of delivered energy",
    confidence="unconfirmed",
    clause="r is the mean retention over the declared life, 1 where none is given; the report's formula was not seen",
    inputs={"cycles": "1", "energy_per_cycle": "kWh delivered", "mean_retention": "1"},
    results={"total_energy": "kWh delivered"},
)
def declared_energy(cycles: Exact, energy_per_cycle: Exact, mean_retention: Exact = ONE) -> Exact:
    """kWh delivered over a declared number of cycles."""
    return cycles * energy_per_cycle * mean_retention


@equation(
    "battery.on_demand_energy",
    text="E_total = Y x d x E_cycle x r",
    source="JRC CFB-IND, April 2025 (declared life in years of batteries on demand)",
    confidence="unconfirmed",
    clause="d discharges a year; the report's formula was not seen",
    inputs={"years": "a", "discharges_per_year": "1", "energy_per_cycle": "kWh delivered", "mean_retention": "1"},
    results={"total_energy": "kWh delivered"},
)
def on_demand_energy(
    years: Exact, discharges_per_year: Exact, energy_per_cycle: Exact, mean_retention: Exact = ONE
) -> Exact:  # fmt: skip
    """kWh delivered over a declared number of years; ``years`` is a number of years."""
    return years * discharges_per_year * energy_per_cycle * mean_retention


@equation(
    "battery.tested_energy",
    text="E_total = C_rated x n_test (x r)",
    source="MIIT notice 551 of 2025: total energy delivered over life, cycle life by test per GB/T 31484-2015",
    confidence="unconfirmed",
    clause="the exact multiplication was not seen: setting tested_energy",
    inputs={"rated_capacity": "kWh capacity", "cycles": "1", "mean_retention": "1"},
    results={"total_energy": "kWh delivered"},
)
def tested_energy(rated_capacity: Exact, cycles: Exact, mean_retention: Exact = ONE) -> Exact:
    """kWh delivered over the cycles of a test."""
    return rated_capacity * cycles * mean_retention


def by_ev(data: ActivityData, product: str) -> Exact:
    """Vehicle: usable capacity, full cycles a year by category, warranty years."""
    years, _ = service_years(data, product)
    return total_energy(data.one("usable_capacity", product), by_category(data, "cycles_per_year"), years)


def by_tested(data: ActivityData, product: str) -> Exact:
    """Cycles of a test, times rated capacity."""
    whole = fact(data, "tested_energy") == "rated_x_cycles"
    mean = ONE if whole else mean_retention(data, product)
    return tested_energy(data.one("pack_capacity", product), data.one("tested_cycles", product), mean)


def by_declared(data: ActivityData, product: str) -> Exact:
    """Declared cycles, times the energy of one."""
    each, mean = data.one("energy_per_cycle", product), mean_retention(data, product)
    return declared_energy(data.one("declared_cycles", product), each, mean)


def by_on_demand(data: ActivityData, product: str) -> Exact:
    """Declared years of a battery that waits."""
    years, often = data.one("declared_years", product), data.one("discharges_per_year", product)
    return on_demand_energy(years, often, data.one("energy_per_cycle", product), mean_retention(data, product))
