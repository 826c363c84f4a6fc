"""Coke (焦炭): the ovens, and the pool that sinter plant and blast furnace draw from."""

from collections.abc import Iterator

from pcr.api import ActivityData, Exact, Fault, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.works import Works

RULE = load_rule(__package__)


def coke_ovens(works: Works) -> None:
    """Coking coal in; coke, gas, tar and benzol out, each with its carbon."""
    data = works.data
    made = data.total("coke_produced")
    if not made:
        return
    ovens = works.begin("coke_ovens", "coking", "coke", made)
    works.supply(ovens, (), ("coking_coal",))
    works.serve(ovens, "coking")
    works.make_gas(ovens)
    works.emit_rest(ovens, "coke_ovens", "coking_coal", "coke_produced", "coke_oven_gas_made")
    weight = Exact(1 if data.setting("coke_byproducts") == "mass" else 0)
    works.divide(ovens, [(name, data.total(name), weight) for name in ("tar_made", "benzol_made")])


def coke_flows(data: ActivityData) -> tuple[Exact, Exact, Exact]:
    """t of coke kept and bought, used, and put to stock."""
    fresh = data.total("coke_produced") - data.total("coke_sold") + data.total("coke_bought")
    return fresh, data.total("sinter_coke") + data.total("iron_coke"), data.total("coke_stock_change")


def coke_faults(data: ActivityData) -> Iterator[Fault]:
    """Coke made and bought is coke used, sold and put to stock."""
    fresh, use, stock = coke_flows(data)
    kept = data.total("coke_produced") - data.total("coke_sold")
    if kept < 0 or use <= 0 or fresh <= 0 or abs(fresh - stock - use) > fresh * data.number("mass_tolerance"):
        where = "/rows (coke_produced, coke_bought, coke_sold, iron_coke, sinter_coke)"
        found, expected = f"{use} t used, {stock} t to stock", f"{fresh} t made and bought less sold"
        yield Fault("coke_unbalanced", where, found, expected, RULE.clause("carbon_balance"))


def coke_pool(works: Works) -> None:
    """Own coke that was not sold and bought coke, mixed.

    Sold coke leaves the ovens with its burden by mass. Coke put to stock carries its burden there.
    """
    data = works.data
    _, use, stock = coke_flows(data)
    pool = works.begin("coke_pool", "coking", "coke_mixed", use + stock)
    kept = data.total("coke_produced") - data.total("coke_sold")
    if kept:
        pool.take("coke", kept, "t", input_name="coke_produced")
    pool.buy(data.rows("coke_bought"))
    works.emit_rest(pool, "coke_pool", "coke_produced", "coke_bought", "iron_coke")
