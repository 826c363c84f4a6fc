"""Products (产品): liquid metal as tapped, and ingots cast from it (铸造)."""

from pcr.api import ZERO, ActivityData, Process
from pcr.classes.aluminium.v1_0_0.energy import draw, fire

INGOT, LIQUID = "remelt_ingot", "liquid_metal"


def form(data: ActivityData, product: str) -> str:
    """``liquid_metal`` or ``remelt_ingot``; empty where the rows say neither, or both."""
    said = {row.material for row in data.rows("metal_delivered", product)}
    return said.pop() if len(said) == 1 and said <= {INGOT, LIQUID} else ""


def ingots(data: ActivityData) -> list[str]:
    """Products that are cast."""
    return [product.id for product in data.given.products if form(data, product.id) == INGOT]


def delivered(data: ActivityData, product: str) -> Process:
    """One product at the gate."""
    return cast(data, product) if form(data, product) == INGOT else tapped(data, product)


def tapped(data: ActivityData, product: str) -> Process:
    """Liquid metal leaves as it is tapped."""
    made = data.one("metal_delivered", product)
    tap = Process(f"tap:{product}", stage="electrolysis", product=product, amount=made, unit="t", data=data)
    tap.take("liquid_metal", made, "t", input_name="metal_delivered")
    return tap


def cast(data: ActivityData, product: str) -> Process:
    """Casting of one ingot: liquid metal, scrap and flux, fuel, power; common rows shared by mass of ingot."""
    made, taken = data.one("metal_delivered", product), data.total("liquid_metal_to_casting", product)
    house = Process(f"cast:{product}", stage="casting", product=product, amount=made, unit="t", data=data)
    house.take("liquid_metal", taken, "t", input_name="liquid_metal_to_casting")
    house.buy(data.rows("casting_material", product))
    part = made / sum((data.one("metal_delivered", item) for item in ingots(data)), ZERO)
    fire(house, data.rows("casting_fuel", product))
    fire(house, [row.part(part) for row in data.rows("casting_fuel", "")])
    draw(house, data.rows("casting_electricity", product), common=data.rows("casting_electricity", ""), share=part)
    return house
