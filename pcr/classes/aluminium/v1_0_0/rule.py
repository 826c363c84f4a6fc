"""Primary aluminium (电解铝): one tonne of liquid metal or ingot, from bauxite to the casting of the works.

The story is the order of the code: alumina, anodes, the captive plant, the pot room, one process per product.
"""

from pcr.api import (
    ActivityData,
    Collector,
    CutOff,
    Exact,
    Indicator,
    Inventory,
    Process,
    Reference,
    Refused,
    build_inventory,
    load_rule,
)
from pcr.classes.aluminium.v1_0_0.alumina import alumina
from pcr.classes.aluminium.v1_0_0.anode_effect import Pfc, pfc
from pcr.classes.aluminium.v1_0_0.anodes import anodes
from pcr.classes.aluminium.v1_0_0.casting import delivered
from pcr.classes.aluminium.v1_0_0.checks import CHECKS, unusual_in
from pcr.classes.aluminium.v1_0_0.energy import captive_plant
from pcr.classes.aluminium.v1_0_0.heat import shared_plant
from pcr.classes.aluminium.v1_0_0.potroom import indicators, potroom, transport

RULE = load_rule(__package__)


def build(data: ActivityData) -> Inventory:
    """Turn a works-year of records into the product system of its liquid metal and ingots.

    Raises:
        Refused: every fault of the rows, of the anode effects and of the power, all at once.
    """
    faults = Collector()
    for check in CHECKS:
        with faults.catching():
            for fault in check(data):
                faults.add(fault)
    gases = Pfc()
    with faults.catching():
        gases = pfc(data)
    with faults.catching():
        inventory = works(data, gases)
        if not faults.faults:
            return inventory
    raise Refused(faults.faults)


def works(data: ActivityData, gases: Pfc) -> Inventory:
    """The processes of the works, and what is made in them."""
    room, plants = potroom(data, gases), captive_plant(data)
    processes = [
        *alumina(data),
        *anodes(data),
        *plants,
        room,
        *transport(data, room),
        *(delivered(data, product.id) for product in data.given.products),
    ]
    limits = RULE.cut_off
    return build_inventory(
        data,
        processes,
        [reference(data, product.id) for product in data.given.products],
        deferred=[
            *shared_plant(data, plants),
            *([CutOff(limits.single, limits.together, RULE.clause("cut_off"))] if limits else []),
        ],
        indicators=[*indicators(data, gases), *ranges(data, processes)],
        notices=list(unusual_in(data)),
    )


def ranges(data: ActivityData, processes: list[Process]) -> list[Indicator]:
    """Both ends of the published range of every process the works runs itself, to hold the result against."""
    run = {process.stage for process in processes if process.lines and not process.id.endswith("_pool")}
    shown = []
    for stage in RULE.stages:
        setting = f"iai.{stage.id}"
        if stage.id not in run or setting not in RULE.settings:
            continue
        for end, text in zip(("low", "high"), data.setting(setting).split(".."), strict=True):
            label = {"en": f"{stage.label['en']}, IAI range, {end}", "zh": f"{stage.label['zh']}，IAI范围，{end}"}
            value = Exact.parse(text, f"settings/{setting}")
            shown.append(Indicator(f"iai_{stage.id}_{end}", value, "kgCO2e/t", label))
    return shown


def reference(data: ActivityData, product: str) -> Reference:
    """The declared unit of one product: 1 t."""
    label = next(item.label for item in data.given.products if item.id == product)
    made = data.one("metal_delivered", product)
    return Reference(product, RULE.unit.amount, RULE.unit.unit, label, made, RULE.unit.kind, RULE.unit.text)
