"""Anodes (预焙阳极): an own anode plant, bought anodes, and the pool the pot room draws from."""

from pcr.api import ActivityData, Process
from pcr.classes.aluminium.v1_0_0.carbon import packing_co2, pitch_co2
from pcr.classes.aluminium.v1_0_0.energy import draw, fire

PITCH = {"en": "Pitch volatiles of anode baking", "zh": "阳极焙烧沥青挥发分"}
PACKING = {"en": "Packing coke burned", "zh": "填充焦烧损"}


def anodes(data: ActivityData) -> list[Process]:
    """The anode plant where the works has one, and the pool of own and bought anodes."""
    return [*([plant(data)] if data.rows("baked_anodes_produced") else []), pool(data)]


def plant(data: ActivityData) -> Process:
    """Paste, baking, rodding: coke and pitch in, baked anodes, CO2 of volatiles and packing coke out."""
    baked, green, molar = data.one("baked_anodes_produced"), data.one("green_anodes"), data.regime.ratio("CO2/C")
    made = Process("anode_plant", stage="anode_production", product="anode", amount=baked, unit="t", data=data)
    kinds = (*data.regime.material_kinds, *data.regime.fuel_upstream_kinds)
    made.buy(data.rows("anode_raw_material"), kinds=kinds)
    made.buy(data.rows("packing_coke"), kinds=kinds)
    fire(made, data.rows("anode_fuel"))
    draw(made, data.rows("anode_electricity"))
    volatiles = pitch_co2(green, green * data.number("hydrogen_share"), baked, green * data.number("tar_share"), molar)
    basis = data.basis("green_anodes", "baked_anodes_produced")
    made.emit(
        "CO2|fossil", volatiles * 1000, "aluminium.pitch_co2", input_name="pitch_volatiles", data_class="proxy",
        basis=basis, label=PITCH,
    )  # fmt: skip
    coke = data.one("packing_coke")
    burned = packing_co2(coke / baked, baked, data.number("packing_sulphur"), data.number("packing_ash"), molar)
    made.emit(
        "CO2|fossil", burned * 1000, "aluminium.packing_co2", input_name="packing_coke_burned", data_class="proxy",
        basis=data.basis("packing_coke"), label=PACKING,
    )  # fmt: skip
    return made


def pool(data: ActivityData) -> Process:
    """Own and bought anodes, mixed."""
    made, bought = data.total("baked_anodes_produced"), data.total("anodes_bought")
    mixed = Process(
        "anode_pool", stage="anode_production", product="anode_mixed", amount=made + bought, unit="t", data=data
    )
    if made:
        mixed.take("anode", made, "t", input_name="baked_anodes_produced")
    mixed.buy(data.rows("anodes_bought"))
    return mixed
