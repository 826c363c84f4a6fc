"""Steel (钢): converter, caster and the rolling mill of each product."""

from pcr.api import ONE, ZERO, ActivityData, Exact, Process, Reference, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.iron import slag
from pcr.classes.steel_bf_bof.v1_0_0.works import Works
from pcr.methods.carbon_balance.v1 import scrap_credit

RULE = load_rule(__package__)
CREDIT = "scrap_credit"


def converter(works: Works) -> None:
    """Liquid steel (钢水): carbon of iron, scrap and alloys less that of steel and recovered gas is CO2 at the hood."""
    data = works.data
    vessel = works.begin("converter", "steelmaking", "liquid_steel", data.one("liquid_steel"))
    works.supply(vessel, ("scrap", "ferroalloy", "steel_flux", "pig_iron_bought"))
    iron = data.one("hot_metal_produced") - data.total("pig_iron_sold")
    vessel.take("hot_metal", iron, "t", input_name="hot_metal_produced")
    works.serve(vessel, "steelmaking")
    works.make_gas(vessel)
    works.emit_rest(vessel, "converter", "liquid_steel", "hot_metal_produced", "scrap", "converter_gas_made")
    works.divide(vessel, slag(vessel, "steel_slag"))


def caster(works: Works) -> None:
    """Slabs and billets (连铸坯): refining and casting, and the vehicles of the works."""
    data = works.data
    machine = works.begin("caster", "casting", "crude_steel", data.one("crude_steel"))
    machine.take("liquid_steel", data.one("liquid_steel"), "t", input_name="liquid_steel")
    works.serve(machine, "casting")
    works.fire(machine, data.rows("site_fuel"))


def mills(works: Works) -> None:
    """Rolling (轧钢), product by product: rows of its own, and its share by t rolled of what is common."""
    data = works.data
    whole = data.total("steel_rolled")
    for product in (item.id for item in data.given.products):
        made = data.one("steel_produced", product)
        line = works.begin(f"rolling:{product}", "rolling", product, made)
        line.take("crude_steel", data.one("crude_steel_used", product), "t", input_name="crude_steel_used")
        share = data.one("steel_rolled", product) / whole if whole else ZERO
        works.serve(line, "rolling", ((product, ONE), ("", share)) if share else ((product, ONE),))
        works.fire(line, data.rows("rolling_fuel", product))
        if share:
            works.fire(line, [row.part(share) for row in data.rows("rolling_fuel", "")])
        line.buy(data.rows("finishing_material", product))
        _credited(line)


def scrap_per_t(data: ActivityData) -> Exact:
    """Bought scrap per t of product, t/t."""
    return data.total("scrap") / data.total("steel_produced")


def credit_per_t(data: ActivityData) -> Exact:
    """kg CO2e per t of product that the closed material loop of worldsteel takes off."""
    names = ("recovery_rate", "eaf_yield", "primary_route", "recycled_route")
    recovery, yield_, primary, recycled = (data.number(name) for name in names)
    return scrap_credit(recovery, scrap_per_t(data), yield_, primary, recycled)


def _credited(line: Process) -> None:
    """The credit as a line of the sensitivity case alone: the total is the gate value."""
    label = {"en": "worldsteel scrap credit", "zh": "worldsteel废钢抵减"}
    kg = -credit_per_t(line.data) * line.amount
    basis = line.data.basis("scrap", "steel_produced")
    line.emit(
        "CO2e|unsplit", kg, "steel.scrap_credit", input_name="scrap", basis=basis, data_class="proxy", label=label,
        case=CREDIT,
    )  # fmt: skip


def reference(data: ActivityData, product: str) -> Reference:
    """The declared unit: 1 t of one steel product."""
    label = next(item.label for item in data.given.products if item.id == product)
    made = data.one("steel_produced", product)
    return Reference(product, RULE.unit.amount, RULE.unit.unit, label, made, RULE.unit.kind, RULE.unit.text)
