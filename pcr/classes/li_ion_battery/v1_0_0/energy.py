"""Total energy a battery delivers over its service life, and how long that life is taken to be."""

from pcr.api import ActivityData, Exact, Notice, equation

CYCLES = {"M1": 60, "N1": 60, "L": 20, "M2": 250, "M3": 250, "N2": 250, "N3": 250}
KM_PER_YEAR = {"M1": 20000, "N1": 20000, "L": 5000, "M2": 60000, "M3": 60000, "N2": 60000, "N3": 60000}


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


def service_years(data: ActivityData, product: str) -> tuple[Exact, list[Notice]]:
    """The shorter of warranty years and warranty km converted to years."""
    years = data.one("warranty_years", product)
    if not data.rows("warranty_distance", product):
        return years, []
    category, setting = data.setting("vehicle_category"), data.setting("km_per_year")
    per_year = Exact(KM_PER_YEAR[category]) if setting == "by category" else data.number("km_per_year")
    shorter = min(years, data.one("warranty_distance", product) / per_year)
    values = {"years": shorter.significant(3), "km": per_year.text()}
    return shorter, [Notice("warranty_km_years", product, values)]


def delivered(data: ActivityData, product: str) -> tuple[Exact, list[Notice]]:
    """kWh delivered by one pack over its service life."""
    years, notices = service_years(data, product)
    cycles = Exact(CYCLES[data.setting("vehicle_category")])
    return total_energy(data.one("usable_capacity", product), cycles, years), notices
