"""Heat and power (热耗与电耗): what a tonne of clinker burned, what kiln and mills drew, waste-heat power once."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, Notice, Row, load_rule
from pcr.classes.cement.v1_0_0.carbonates import deducted_co2, output_co2
from pcr.classes.cement.v1_0_0.composition import ground
from pcr.classes.cement.v1_0_0.kilns import Kiln
from pcr.methods.energy_balance.v1 import EnergyAccount, energy_in

RULE = load_rule(__package__)


def heat_of(row: Row) -> Exact | None:
    """GJ of a fuel row; None where only the default calorific value of a fuel set could say."""
    if row.unit == "GJ":
        return row.amount
    return row.amount * row.properties["ncv"] if "ncv" in row.properties else None


def kiln_heat(data: ActivityData) -> Exact | None:
    """GJ burned in the kilns, of every fuel; None where one is not known."""
    parts = [heat_of(row) for row in data.rows("kiln_fuel") if row.amount]
    return None if None in parts else sum((part for part in parts if part is not None), ZERO)


def waste_fuel_heat(data: ActivityData) -> Exact:
    """GJ of the fuels that enter as waste."""
    known = RULE.inputs["kiln_fuel"].materials
    rows = [row for row in data.rows("kiln_fuel") if row.material in known and known[row.material].burden_free]
    return sum((heat_of(row) or ZERO for row in rows), ZERO)


def waste_heat_power(data: ActivityData) -> Exact:
    """kWh of the works' own waste heat that kiln and mills used."""
    rows = [*data.rows("kiln_electricity"), *data.rows("mill_electricity")]
    return sum((row.amount for row in rows if row.supply and row.supply.technology == "waste_heat"), ZERO)


def least_heat(data: ActivityData, made: list[Kiln]) -> Exact:
    """GJ that clinker formation takes at least: calcining is nearly all of it, so oxides deducted need none."""
    clinker = sum((kiln.clinker for kiln in made), ZERO)
    carbonate = output_co2(made, [])
    whole = carbonate + deducted_co2(made)
    return data.number("heat_theory") * clinker * (carbonate / whole if whole else ZERO)


def kiln_account(data: ActivityData, made: list[Kiln]) -> EnergyAccount | None:
    """Fuel against clinker formation and waste-heat power; gas, shell and cooler are what is left."""
    heat = kiln_heat(data)
    if not made or heat is None:
        return None
    account = EnergyAccount("kiln")
    account.take("fuel", heat)
    account.use("clinker formation", least_heat(data, made))
    account.use("waste-heat power", energy_in(ZERO, waste_heat_power(data)))
    return account


def energy_faults(data: ActivityData, made: list[Kiln]) -> Iterator[Fault]:
    """Less heat than the reaction and the waste-heat power take means that a fuel is missing."""
    account = kiln_account(data, made)
    if account is not None and account.imbalance < 0:
        found, least = (sum(items.values(), ZERO) for items in (account.into, account.useful))
        expected = f"at least {least.significant(6)} GJ"
        yield Fault("heat_below_theory", "/rows (kiln_fuel)", f"{found} GJ", expected, RULE.clause("energy"))


def energy_notices(data: ActivityData, made: list[Kiln]) -> Iterator[Notice]:
    """Heat and power outside published limits."""
    clinker, cement = sum((kiln.clinker for kiln in made), ZERO), ground(data)
    for row in data.rows("kiln_fuel"):
        if row.amount and heat_of(row) is None:
            yield Notice("heat_unknown", f"rows/{row.id}", {"row": row.id})
    heat = kiln_heat(data)
    if clinker and heat is not None and (values := _outside(data, "heat", "kiln_fuel", heat / clinker)):
        yield Notice("heat_unusual", "kiln_fuel", values)
    for name, limits, made_of_it in (
        ("kiln_electricity", "kiln_power", clinker),
        ("mill_electricity", "mill_power", cement),
    ):
        if made_of_it and (values := _outside(data, limits, name, data.total(name) / made_of_it)):
            yield Notice("power_unusual", name, values)
    most = data.number("waste_heat_high")
    if clinker and (each := waste_heat_power(data) / clinker) > most:
        yield Notice("waste_heat_unusual", "kiln_electricity", {"found": each.significant(4), "high": most.text()})


def _outside(data: ActivityData, limits: str, name: str, found: Exact) -> dict[str, str]:
    """What a notice says of a figure outside its limits; nothing where it lies inside."""
    low, high = data.number(f"{limits}_low"), data.number(f"{limits}_high")
    if low <= found <= high:
        return {}
    return {"what": name, "found": found.significant(4), "low": low.text(), "high": high.text()}
