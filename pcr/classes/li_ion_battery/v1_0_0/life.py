"""The service life of a model: every total energy that can be computed, and the one the result is counted in.

An EU and a Chinese denominator may both be there; they are stored side by side and never mixed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pcr.api import ActivityData, Exact, Fault, Notice, load_rule
from pcr.classes.li_ion_battery.v1_0_0.energy import by_declared, by_ev, by_on_demand, by_tested
from pcr.classes.li_ion_battery.v1_0_0.presets import CAPACITY, DELIVERED, UNKNOWN, fact, preset
from pcr.classes.li_ion_battery.v1_0_0.retention import mean_retention
from pcr.classes.li_ion_battery.v1_0_0.warranty import rows_that_stand, service_years

RULE = load_rule(__package__)


@dataclass(frozen=True, slots=True)
class Method:
    """A way to the total energy, the inputs it cannot do without, and what it is called."""

    needs: tuple[str, ...]
    compute: Callable[[ActivityData, str], Exact]
    en: str
    zh: str


METHODS: Mapping[str, Method] = {
    "ev": Method(
        ("usable_capacity",), by_ev,
        "usable capacity x cycles a year x warranty years (EU)", "可用容量×年循环数×质保年限（欧盟）",
    ),
    "tested": Method(
        ("tested_cycles",), by_tested,
        "rated capacity x tested cycles (GB/T 31484)", "额定容量×试验循环数（GB/T 31484）",
    ),
    "declared": Method(
        ("declared_cycles", "energy_per_cycle"), by_declared,
        "declared cycles x energy per cycle", "标称循环数×每循环能量",
    ),
    "on_demand": Method(
        ("declared_years", "discharges_per_year", "energy_per_cycle"), by_on_demand,
        "declared years x discharges a year x energy per cycle", "标称年限×年放电次数×每次能量",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Life:
    """kWh delivered by one pack, by method; ``used`` is the method of the result, empty where it is not known."""

    energies: Mapping[str, Exact]
    used: str
    unit: str

    @property
    def energy(self) -> Exact | None:
        return self.energies.get(self.used)


def can(data: ActivityData, product: str, method: str) -> bool:
    """Whether the works gave what a method cannot do without."""
    return method in METHODS and all(data.rows(name, product) for name in METHODS[method].needs)


def life(data: ActivityData, product: str) -> Life:
    """Total energies and unit of a model; without a total energy the declared unit, 1 kWh of capacity, is left."""
    chosen = preset(data)
    used = next((name for name in chosen.methods if can(data, product, name)), "")
    # A denominator beside the one in use rests on the works' own words, never on the fall-back of a warranty.
    shown = [name for name in METHODS if can(data, product, name)]
    shown = [name for name in shown if name == used or name != "ev" or rows_that_stand(data, product)]
    energies = {name: METHODS[name].compute(data, product) for name in shown}
    return Life(energies, used, chosen.unit if used else CAPACITY)


def life_faults(data: ActivityData, product: str) -> list[Fault]:
    """A class that must know its total energy and does not; two declared lives."""
    found = []
    if all(data.rows(name, product) for name in ("declared_cycles", "declared_years")):
        where, expected = f"/rows (declared_years, {product})", "declared_cycles or declared_years"
        found.append(Fault("two_lives", where, "both", expected, RULE.clause("declared_life")))
    methods = preset(data).methods
    if UNKNOWN in methods or any(can(data, product, name) for name in methods):
        return found
    nearest = max(methods, key=lambda name: sum(bool(data.rows(item, product)) for item in METHODS[name].needs))
    for name in METHODS[nearest].needs:
        if not data.rows(name, product):
            item = RULE.inputs[name]
            where, expected = f"/rows ({name}, {product})", f"{name} in {item.units[0]}"
            values = {"input": name, "label": item.label["en"]}
            found.append(Fault("missing_input", where, "no row", expected, RULE.clause(item.clause), values))
    return found


def life_notices(data: ActivityData, product: str) -> list[Notice]:
    """What the denominator rests on, and what must not be compared."""
    here, notices = life(data, product), []
    if "ev" in here.energies:
        notices += service_years(data, product)[1]
    if here.used in ("declared", "on_demand") and data.rows("retention", product):
        values = {"mean": mean_retention(data, product).significant(6)}
        notices.append(Notice("retention_straight", product, values))
    if here.energy is None:
        notices.append(Notice("delivered_unknown", product))
        wanted = fact(data, "battery.unit") == DELIVERED
        notices += [Notice("regime_unit_unmet", product)] if wanted else []
    else:
        how = METHODS[here.used]
        values = {"kwh": here.energy.significant(6), "how": how.en, "how_zh": how.zh}
        notices.append(Notice("energy_source", product, values))
    notices.append(Notice("capacity_unit" if here.unit == CAPACITY else "units_apart", product))
    if len(here.energies) > 1:
        kwh = {name: f"{energy.significant(6)} kWh" for name, energy in here.energies.items()}
        values = {"list": "; ".join(f"{text}, {METHODS[name].en}" for name, text in kwh.items())}
        values["list_zh"] = "；".join(f"{text}，{METHODS[name].zh}" for name, text in kwh.items())
        notices.append(Notice("denominators_differ", product, values))
    return notices
