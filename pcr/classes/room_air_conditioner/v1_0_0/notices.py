"""What a reader is told beside the figure: the fixed year, air freight, mass whose fate nobody stated."""

from pcr.api import ONE, ZERO, ActivityData, Notice
from pcr.classes.room_air_conditioner.v1_0_0.units import mass_beside, net_mass
from pcr.methods.waste.v1 import unaccounted

LEGS = ("part_transport", "distribution_leg", "take_back_leg", "collection_leg")


def remarks(data: ActivityData, product: str) -> list[Notice]:
    """Notices of one model."""
    years = data.one("service_life", product).significant(3)
    found = [Notice("use_fixed_year", product, {"year": str(data.year), "years": years})]
    for row in data.given.rows:
        if row.product != product and (row.product or product != data.given.products[0].id):
            continue
        if row.input in LEGS and row.material == "air":
            found.append(Notice("air_leg", f"rows/{row.id}", {"row": row.id}))
    units, packed = data.one("units_produced", product), data.total("packaging", product)
    if packed > units * data.one("unit_mass", product):
        found.append(Notice("packaging_heavy", product, {"kg": (packed / units).significant(3)}))
    made = sum((data.one("units_produced", item.id) for item in data.given.products), ZERO)
    factory = data.total("factory_electricity", "") / made + data.total("factory_electricity", product) / units
    if factory > data.total("use_electricity", product) * data.one("service_life", product):
        found.append(Notice("factory_above_use", product, {"kwh": factory.significant(3)}))
    whole, spent = net_mass(data, product), data.total("end_of_life_material", product)
    without = whole + mass_beside(data, product) - spent
    if without > whole * data.number("mass_tolerance"):
        found.append(Notice("fate_missing", product, {"kg": without.significant(6)}))
    if data.setting("recycling") != "cut_off":
        found.append(Notice("recycling_parameters", "settings/recycling", {"method": data.setting("recycling")}))
    return found


def lost_parts(data: ActivityData) -> list[Notice]:
    """Parts that were bought and stay in no unit should be found among the waste of the factory."""
    lost = sum((row.amount * (ONE - row.properties.get("in_product", ONE)) for row in data.rows("part")), ZERO)
    left = unaccounted(lost, data.total("factory_waste"))
    if left <= lost * data.number("mass_tolerance"):
        return []
    return [Notice("waste_unaccounted", "factory_waste", {"kg": left.significant(6)})]
