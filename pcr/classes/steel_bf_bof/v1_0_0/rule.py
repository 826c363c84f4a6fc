"""Long-route steel (高炉-转炉长流程钢铁): one tonne of a named product at the works gate, from ore and coal.

The story is the order of the code: coke, sinter and pellets, iron, steel, slabs, one mill per product; utilities.
"""

from pcr.api import ActivityData, CutOff, Inventory, build_inventory, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.balance import check_carbon, indicators, stated_zero
from pcr.classes.steel_bf_bof.v1_0_0.coke import coal_transport, coke_ovens, coke_pool, haul
from pcr.classes.steel_bf_bof.v1_0_0.iron import agglomerate, blast_furnace
from pcr.classes.steel_bf_bof.v1_0_0.mass import check, steel_left
from pcr.classes.steel_bf_bof.v1_0_0.places import idle_power
from pcr.classes.steel_bf_bof.v1_0_0.steel import caster, converter, mill, reference
from pcr.classes.steel_bf_bof.v1_0_0.utilities import utilities

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """Turn a works-year of records into the product system of its steel products."""
    check(data)
    ovens, coke_accounts, coke_shares = coke_ovens(data)
    pool, pool_account, mixed = coke_pool(data)
    sinter, sinter_accounts = agglomerate(data, "sinter", mixed)
    pellets, pellet_accounts = agglomerate(data, "pellet", mixed)
    iron, iron_accounts, iron_shares = blast_furnace(data, mixed)
    steel, steel_accounts, steel_shares = converter(data)
    served, served_accounts = utilities(data)
    mills = [mill(data, product.id) for product in data.given.products]
    hauled = [*coal_transport(data, (ovens or iron)[0]), *haul(data, iron[0], "transport_in")]
    accounts = [
        *coke_accounts, pool_account, *sinter_accounts, *pellet_accounts, *iron_accounts, *steel_accounts,
        *served_accounts,
    ]  # fmt: skip
    check_carbon(data, accounts)
    limits = RULE.cut_off
    cut_off = [CutOff(limits.single, limits.together, RULE.clause("cut_off"))] if limits else []
    return build_inventory(
        data,
        [*ovens, pool, *sinter, *pellets, *iron, *steel, caster(data), *mills, *served, *hauled],
        [reference(data, product.id) for product in data.given.products],
        deferred=[*coke_shares, *iron_shares, *steel_shares, *cut_off],
        indicators=indicators(data, accounts, pool_account.stock),
        notices=[*stated_zero(data), *steel_left(data), *idle_power(data)],
    )
