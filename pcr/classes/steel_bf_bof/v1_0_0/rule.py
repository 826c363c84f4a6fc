"""Long-route steel (高炉-转炉长流程钢铁): one tonne of a named product at the works gate, from ore and coal.

The story is the order of the steps: coke, sinter and pellets, iron, steel, slabs, one mill per product; utilities.
"""

from pcr.api import ActivityData, Collector, CutOff, Inventory, build_inventory, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.accounts import accounts_of
from pcr.classes.steel_bf_bof.v1_0_0.checks import check, unusual
from pcr.classes.steel_bf_bof.v1_0_0.coke import coke_ovens, coke_pool
from pcr.classes.steel_bf_bof.v1_0_0.indicators import indicators
from pcr.classes.steel_bf_bof.v1_0_0.iron import agglomerate, blast_furnace
from pcr.classes.steel_bf_bof.v1_0_0.steel import caster, converter, mills, reference
from pcr.classes.steel_bf_bof.v1_0_0.utilities import power_plant, transport, utilities
from pcr.classes.steel_bf_bof.v1_0_0.works import Works

RULE = load_rule(__package__)
STEPS = (
    coke_ovens, coke_pool, agglomerate, blast_furnace, converter, caster, mills, power_plant, utilities, transport,
)  # fmt: skip


def build(data: ActivityData) -> Inventory:
    """Turn a works-year of records into the product system of its steel products.

    Raises:
        Refused: every fault of the rows, the balances, the fuels and the power, together.
    """
    faults = Collector()
    check(data, faults)
    with faults.catching():
        works = Works(data, accounts_of(data))
        for step in STEPS:
            with faults.catching():
                step(works)
        for fault in (fault for process in works.processes for fault in process.faults.faults):
            faults.add(fault)
    faults.raise_if_any()
    limits = RULE.cut_off
    return build_inventory(
        data,
        works.processes,
        [reference(data, product.id) for product in data.given.products],
        deferred=[*works.shares, *([CutOff(limits.single, limits.together, RULE.clause("cut_off"))] if limits else [])],
        indicators=indicators(data, works.accounts),
        notices=unusual(data),
    )
