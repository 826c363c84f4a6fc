"""Utilities (公辅): own power, steam, oxygen and lime, made once and taken by place; and how a place is served."""

from pcr.api import ONE, ZERO, ActivityData, Exact, Process, Row, RuleError, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.carbon import charge, emit_rest
from pcr.classes.steel_bf_bof.v1_0_0.gas import burn_gas
from pcr.methods.carbon_balance.v1 import CarbonAccount
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)
UTILITIES = {"own_power": "kWh", "steam": "GJ", "oxygen": "Nm3", "lime": "t"}
PLACE = {"own_power": "power", "steam": "steam", "oxygen": "oxygen", "lime": "lime"}
FUEL = {"own_power": "power_fuel", "steam": "steam_fuel", "lime": "lime_fuel"}
Parts = tuple[tuple[str, Exact], ...]


def placed(data: ActivityData, name: str, place: str, product: str | None = "") -> tuple[Row, ...]:
    """Rows of an input that name a place of the works."""
    return tuple(row for row in data.rows(name, product) if row.material == place)


def serve(process: Process, place: str, parts: Parts = (("", ONE),)) -> None:
    """Electricity, gas and own utilities of a place; ``parts``: rows of a product and the share of them taken."""
    data = process.data
    for name, unit in UTILITIES.items():
        rows = [(row, share) for product, share in parts for row in placed(data, f"{name}_use", place, product)]
        amount = sum((row.amount * share for row, share in rows), ZERO)
        if amount:
            process.take(name, amount, unit, input_name=f"{name}_use")
    for product, share in parts:
        power(process, placed(data, "electricity", place, product), share=share)
        burn_gas(process, place, product, share)


def utilities(data: ActivityData) -> tuple[list[Process], list[CarbonAccount]]:
    """Every utility that is made, bought or used."""
    made: list[Process] = []
    accounts: list[CarbonAccount] = []
    for name, unit in UTILITIES.items():
        amount = output(data, name)
        if not amount:
            continue
        process = Process(name, stage="utilities", product=name, amount=amount, unit=unit, data=data)
        if name != "own_power":
            process.buy(data.rows(f"{name}_bought"))
        if data.total(f"{name}_made"):
            serve(process, PLACE[name])
            if name in FUEL:
                burn(process, data.rows(FUEL[name]), oxidation=data.setting("other_oxidation"))
        if name == "lime":
            account = CarbonAccount("lime")
            charge(data, account, "lime_stone")
            process.buy(data.rows("lime_stone"))
            emit_rest(process, account, "lime_stone")
            accounts.append(account)
        made.append(process)
    return made, accounts


def output(data: ActivityData, name: str) -> Exact:
    """What is used and sold of a utility: all burden goes to it. Made and bought must agree within the tolerance."""
    supply = data.total(f"{name}_made") + (ZERO if name == "own_power" else data.total(f"{name}_bought"))
    use = data.total(f"{name}_use") + data.total(f"{name}_sold")
    if abs(supply - use) > supply * data.number("mass_tolerance"):
        raise RuleError(
            "", code="utility_unbalanced", where=f"/rows ({name}_made, {name}_use, {name}_sold)",
            found=f"{name}: {use} {UTILITIES[name]} used and sold", expected=f"{supply} made and bought",
            clause=RULE.clause("utilities"), values={"utility": name},
        )  # fmt: skip
    return use
