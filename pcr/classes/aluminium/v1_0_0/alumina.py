"""Bauxite and alumina (铝土矿、氧化铝): own mine, own refinery, what is bought, and the pool the pots draw from."""

from pcr.api import ActivityData, Process
from pcr.classes.aluminium.v1_0_0.energy import draw, fire
from pcr.classes.aluminium.v1_0_0.heat import HEAT


def alumina(data: ActivityData) -> list[Process]:
    """Mine and refinery where the works has them, and the pool of own and bought alumina."""
    processes = []
    if data.rows("bauxite_mined"):
        processes.append(mine(data))
    if data.rows("alumina_produced"):
        processes.append(refinery(data))
    return [*processes, pool(data)]


def mine(data: ActivityData) -> Process:
    """Bauxite mine (铝土矿山): fuel and power."""
    mined = data.one("bauxite_mined")
    made = Process("bauxite_mine", stage="bauxite_mining", product="bauxite", amount=mined, unit="t", data=data)
    fire(made, data.rows("mining_fuel"))
    draw(made, data.rows("mining_electricity"))
    return made


def refinery(data: ActivityData) -> Process:
    """Bayer refinery (拜耳法氧化铝): bauxite, caustic soda, lime, fuel, steam, power."""
    made = data.one("alumina_produced")
    plant = Process("refinery", stage="alumina_refining", product="alumina", amount=made, unit="t", data=data)
    own = data.total("bauxite_to_refinery")
    if own:
        plant.take("bauxite", own, "t", input_name="bauxite_to_refinery")
    plant.buy(data.rows("bauxite_bought"))
    plant.buy(data.rows("refinery_material"))
    fire(plant, data.rows("refinery_fuel"))
    plant.buy(data.rows("refinery_steam"), kinds=(*data.regime.material_kinds, "delivered_energy"))
    heat = data.total("refinery_captive_heat")
    if heat:
        plant.take(HEAT, heat, "GJ", input_name="refinery_captive_heat")
    draw(plant, data.rows("refinery_electricity"))
    return plant


def pool(data: ActivityData) -> Process:
    """Own and bought alumina, mixed."""
    made, bought = data.total("alumina_produced"), data.total("alumina_bought")
    mixed = Process(
        "alumina_pool", stage="alumina_refining", product="alumina_mixed", amount=made + bought, unit="t", data=data
    )
    if made:
        mixed.take("alumina", made, "t", input_name="alumina_produced")
    mixed.buy(data.rows("alumina_bought"))
    return mixed
