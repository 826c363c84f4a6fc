"""Coke (焦炭): the ovens, and the pool that sinter plant and blast furnace draw from."""

from pcr.api import ZERO, ActivityData, Allocate, Exact, Process, RuleError, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.carbon import carbon_of, charge, emit_rest, mean_content, supply
from pcr.classes.steel_bf_bof.v1_0_0.gas import divide, make_gas
from pcr.classes.steel_bf_bof.v1_0_0.utilities import serve
from pcr.methods.carbon_balance.v1 import CarbonAccount

RULE = load_rule(__package__)


def coke_ovens(data: ActivityData) -> tuple[list[Process], list[CarbonAccount], list[Allocate]]:
    """Coking coal in; coke, gas, tar and benzol out, each with its carbon."""
    made = data.total("coke_produced")
    if not made:
        return [], [], []
    ovens = Process("coke_ovens", stage="coking", product="coke", amount=made, unit="t", data=data)
    account = CarbonAccount("coke_ovens")
    charge(data, account, "coking_coal")
    for name in ("coke_produced", "tar_made", "benzol_made"):
        account.leave(name, carbon_of(data, name, account))
    bought = supply(ovens, (), ("coking_coal",))
    serve(ovens, "coking")
    network = make_gas(ovens, account, "coke_oven_gas")
    emit_rest(ovens, account, "coking_coal", "coke_produced", "coke_oven_gas_made")
    weight = Exact(1 if data.setting("coke_byproducts") == "mass" else 0)
    others = [(name, data.total(name), weight) for name in ("tar_made", "benzol_made")]
    return [ovens, *bought], [account, network], divide(ovens, account, "coke_oven_gas", others)


def coke_pool(data: ActivityData) -> tuple[Process, CarbonAccount, Exact]:
    """Own coke that was not sold and bought coke, mixed; with its carbon per t.

    Sold coke leaves the ovens with its burden by mass. Coke put to stock carries its burden there.
    """
    account = CarbonAccount("coke_pool")
    kept = data.total("coke_produced") - data.total("coke_sold")
    fresh = kept + data.total("coke_bought")
    use = data.total("sinter_coke") + data.total("iron_coke")
    stock = data.total("coke_stock_change")
    if kept < 0 or use <= 0 or fresh <= 0 or abs(fresh - stock - use) > fresh * data.number("mass_tolerance"):
        raise RuleError(
            "", code="coke_unbalanced", where="/rows (coke_produced, coke_bought, coke_sold, iron_coke, sinter_coke)",
            found=f"{use} t used, {stock} t to stock", expected=f"{fresh} t made and bought less sold",
            clause=RULE.clause("carbon_balance"),
        )  # fmt: skip
    own = mean_content(data, "coke_produced", account)
    account.add("coke", kept * own)
    charge(data, account, "coke_bought")
    mixed = account.carbon_in / fresh
    account.leave("coke_used", use * mixed)
    account.stock = stock * mixed
    pool = Process("coke_pool", stage="coking", product="coke_mixed", amount=use + stock, unit="t", data=data)
    if kept:
        pool.take("coke", kept, "t", input_name="coke_produced")
    pool.buy(data.rows("coke_bought"))
    emit_rest(pool, account, "coke_produced", "coke_bought", "iron_coke")
    return pool, account, mixed


def coal_transport(data: ActivityData, user: Process) -> list[Process]:
    """Haulage of coal, to the ovens or, without them, the blast furnace."""
    return haul(data, user, "coal_transport")


def haul(data: ActivityData, user: Process, name: str) -> list[Process]:
    """Transport legs as a process of their own."""
    rows = data.rows(name)
    whole = sum((row.amount for row in rows), ZERO)
    if not whole:
        return []
    legs = Process(name, stage="transport", product=name, amount=whole, unit="t*km", data=data)
    legs.buy(rows, kinds=data.regime.transport_kinds)
    user.take(name, whole, "t*km", input_name=name)
    return [legs]
