"""What a reader is told beside the figure: the fixed year, rows that hold a written zero, air freight."""

from pcr.api import ZERO, ActivityData, Notice

LEGS = ("part_transport", "distribution_leg", "collection_leg")


def remarks(data: ActivityData, product: str) -> list[Notice]:
    """Notices of one model."""
    years = data.one("service_life", product).significant(3)
    found = [Notice("use_fixed_year", product, {"year": str(data.year), "years": years})]
    for row in data.given.rows:
        if row.product != product and (row.product or product != data.given.products[0].id):
            continue
        if not row.amount and data.rule.inputs[row.input].required:
            found.append(Notice("zero_written", f"rows/{row.id}", {"row": row.id, "input": row.input}))
        if row.input in LEGS and row.material == "air":
            found.append(Notice("air_leg", f"rows/{row.id}", {"row": row.id}))
    units, packed = data.one("units_produced", product), data.total("packaging", product)
    if packed > units * data.one("unit_mass", product):
        found.append(Notice("packaging_heavy", product, {"kg": (packed / units).significant(3)}))
    made = sum((data.one("units_produced", item.id) for item in data.given.products), ZERO)
    factory = data.total("factory_electricity", "") / made + data.total("factory_electricity", product) / units
    if factory > data.total("use_electricity", product) * data.one("service_life", product):
        found.append(Notice("factory_above_use", product, {"kwh": factory.significant(3)}))
    if data.setting("recycling") != "cut_off":
        found.append(Notice("recycling_parameters", "settings/recycling", {"method": data.setting("recycling")}))
    return found
