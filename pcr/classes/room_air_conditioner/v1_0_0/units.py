"""What a unit is counted in: its mass, its rated cooling, the figures printed beside the footprint."""

from pcr.api import ONE, ZERO, ActivityData, Deferred, Exact, Indicator, Process, Reference, TopUp, load_rule
from pcr.classes.room_air_conditioner.v1_0_0.refrigerant import circuit
from pcr.methods.packaging.v1 import has_fate, per_unit, worn
from pcr.methods.refrigerants.v1 import Circuit

RULE = load_rule(__package__)
BUILT_IN = ("part", "compressor", "electronics")


def weight(data: ActivityData, product: str) -> Exact:
    """What shared factory energy and waste are shared by: units made, or their mass."""
    units = data.one("units_produced", product)
    return units if data.setting("factory_energy_by") == "units" else units * data.one("unit_mass", product)


def net_mass(data: ActivityData, product: str) -> Exact:
    """kg of all units of a model, without packaging and charge."""
    return data.one("units_produced", product) * data.one("unit_mass", product)


def gross_mass(data: ActivityData, product: str) -> Exact:
    """kg of all units as they travel: filled and packed."""
    charge = data.one("units_produced", product) * data.one("refrigerant_charge", product)
    return net_mass(data, product) + charge + data.total("packaging", product)


def spent_mass(data: ActivityData, product: str) -> Exact:
    """kg of all units as they are collected: filled, with the packaging that does not come back."""
    charge = data.one("units_produced", product) * data.one("refrigerant_charge", product)
    return net_mass(data, product) + charge + used_packaging(data, product)


def used_packaging(data: ActivityData, product: str) -> Exact:
    """kg of packaging used up."""
    return sum((row.amount for row in worn(data.rows("packaging", product))), ZERO)


def mass_beside(data: ActivityData, product: str) -> Exact:
    """kg that may end with the units: packaging that does not say itself what becomes of it, installation material."""
    silent = [row for row in data.rows("packaging", product) if not has_fate(row)]
    return sum((row.amount for row in worn(silent)), ZERO) + data.total("installation_material", product)


def mass_of_parts(data: ActivityData, product: str) -> Exact:
    """kg of the bill of materials that stays in the units."""
    rows = [row for name in BUILT_IN for row in data.rows(name, product)]
    return sum((row.amount * row.properties.get("in_product", ONE) for row in rows), ZERO)


def missing_mass(data: ActivityData, product: str, parts: Process) -> list[Deferred]:
    """Mass within the tolerance that the parts lack is topped up at the most intensive of them."""
    missing = net_mass(data, product) - mass_of_parts(data, product)
    if missing <= 0:
        return []
    names = {f"{parts.id}/{row.id}" for name in BUILT_IN for row in data.rows(name, product)}
    among = tuple(line.id for line in parts.lines if line.id in names)
    return [TopUp(parts.id, missing, "kg", among, RULE.clause("mass"))]


def reference(data: ActivityData, product: str) -> Reference:
    """One unit over its service life; also shown per kW of rated cooling and per kg of unit."""
    label = next(item.label for item in data.given.products if item.id == product)
    also = {"kW": ONE / data.one("cooling_capacity", product), "kg": ONE / data.one("unit_mass", product)}
    made, unit = data.one("units_produced", product), RULE.unit
    return Reference(product, unit.amount, unit.unit, label, made, unit.kind, unit.text, also)


def figures(data: ActivityData, product: str) -> list[Indicator]:
    """Refrigerant and power of one unit over its life, and what the UK screening rates of 2010 would have said."""
    own = circuit(data, product)
    rate = data.number
    screening = Circuit(
        own.charge, ZERO, rate("uk2010_installation_loss"), rate("uk2010_annual_leak"), own.years,
        rate("uk2010_remaining"), rate("uk2010_recovered"),
    )  # fmt: skip
    rows, packed = data.rows("use_electricity", product), used_packaging(data, product)
    used = sum((row.amount * row.properties["share"] for row in rows), ZERO) * own.years
    shown = (
        ("rated_cooling", data.one("cooling_capacity", product), "kW", "Rated cooling power", "额定制冷量"),
        ("life_electricity", used, "kWh", "Electricity over the service life", "全寿命期耗电量"),
        ("refrigerant_emitted", own.emitted(), "kg", "Refrigerant emitted over the life", "全寿命期制冷剂排放量"),
        ("refrigerant_refill", own.refill(), "kg", "Refrigerant topped up", "制冷剂补充量"),
        ("refrigerant_recovered", own.recovered(), "kg", "Refrigerant recovered", "制冷剂回收量"),
        (
            "packaging_used", per_unit(packed, data.one("units_produced", product)), "kg",
            "Packaging used up", "包装消耗量",
        ),
        (
            "refrigerant_uk2010", screening.emitted(), "kg",
            "Refrigerant emitted at the UK screening rates of 2010: a comparison, not a Chinese default",
            "按英国2010年筛查参数的制冷剂排放量：仅供对比，非中国缺省值",
        ),
    )  # fmt: skip
    found = [Indicator(name, value, unit, {"en": en, "zh": zh}, product) for name, value, unit, en, zh in shown]
    return [*found, *biogenic_carbon(data, product)]


def biogenic_carbon(data: ActivityData, product: str) -> list[Indicator]:
    """None in the materials that the rule lists; of a material it does not know nothing is said."""
    rows = [row for name in (*BUILT_IN, "installation_material") for row in data.rows(name, product)]
    if any(row.material == "other" or row.material not in RULE.inputs[row.input].materials for row in rows):
        return []
    label = {
        "en": "Biogenic carbon in the unit, without packaging: none in the materials listed",
        "zh": "产品生物质碳含量（不含包装；所列材料均不含生物质碳）",
    }
    return [Indicator("biogenic_carbon", ZERO, "kgC", label, product)]
