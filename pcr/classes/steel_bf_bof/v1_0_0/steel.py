"""Steel (钢): converter, caster and the rolling mill of each product."""

from pcr.api import ZERO, ActivityData, Allocate, Exact, Process, Reference, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.carbon import carbon_of, charge, content, emit_rest, supply
from pcr.classes.steel_bf_bof.v1_0_0.gas import divide, make_gas
from pcr.classes.steel_bf_bof.v1_0_0.iron import slag
from pcr.classes.steel_bf_bof.v1_0_0.utilities import serve
from pcr.methods.carbon_balance.v1 import CarbonAccount
from pcr.methods.combustion.v1 import burn

RULE = load_rule(__package__)


def converter(data: ActivityData) -> tuple[list[Process], list[CarbonAccount], list[Allocate]]:
    """Liquid steel (钢水): carbon of iron, scrap and alloys less that of steel and recovered gas is CO2 at the hood."""
    made = data.one("liquid_steel")
    vessel = Process("converter", stage="steelmaking", product="liquid_steel", amount=made, unit="t", data=data)
    account = CarbonAccount("converter")
    names = ("scrap", "ferroalloy", "steel_flux", "pig_iron_bought")
    charge(data, account, *names)
    iron = data.one("hot_metal_produced") - data.total("pig_iron_sold")
    account.add("hot_metal", iron * hot_metal_carbon(data, account))
    account.add("home_scrap", data.total("home_scrap") * steel_carbon(data))
    account.leave("steel", carbon_of(data, "liquid_steel", account))
    bought = supply(vessel, names)
    vessel.take("hot_metal", iron, "t", input_name="hot_metal_produced")
    serve(vessel, "steelmaking")
    network = make_gas(vessel, account, "converter_gas")
    emit_rest(vessel, account, "liquid_steel", "hot_metal_produced", "scrap", "converter_gas_made")
    return [vessel, *bought], [account, network], divide(vessel, account, "converter_gas", slag(data, "steel_slag"))


def hot_metal_carbon(data: ActivityData, account: CarbonAccount) -> Exact:
    """t C per t of hot metal."""
    return carbon_of(data, "hot_metal_produced", account) / data.one("hot_metal_produced")


def steel_carbon(data: ActivityData) -> Exact:
    """t C per t of liquid steel; home scrap is the same steel."""
    rows = data.rows("liquid_steel")
    return sum((row.amount * content(data, row) for row in rows), ZERO) / data.one("liquid_steel")


def caster(data: ActivityData) -> Process:
    """Slabs and billets (连铸坯): refining and casting, and the vehicles of the works."""
    made = data.one("crude_steel")
    machine = Process("caster", stage="casting", product="crude_steel", amount=made, unit="t", data=data)
    machine.take("liquid_steel", data.one("liquid_steel"), "t", input_name="liquid_steel")
    serve(machine, "casting")
    burn(machine, data.rows("site_fuel"), oxidation=data.setting("other_oxidation"))
    return machine


def mill(data: ActivityData, product: str) -> Process:
    """Rolling (轧钢) of one product: rows of its own, and its share by t rolled of what is common."""
    made = data.one("steel_produced", product)
    line = Process(f"rolling:{product}", stage="rolling", product=product, amount=made, unit="t", data=data)
    line.take("crude_steel", data.one("crude_steel_used", product), "t", input_name="crude_steel_used")
    whole = data.total("steel_rolled")
    share = data.one("steel_rolled", product) / whole if whole else ZERO
    serve(line, "rolling", ((product, Exact(1)), ("", share)) if share else ((product, Exact(1)),))
    burn(line, data.rows("rolling_fuel", product), oxidation=data.setting("other_oxidation"))
    if share:
        common = [row.part(share) for row in data.rows("rolling_fuel", "")]
        burn(line, common, oxidation=data.setting("other_oxidation"))
    line.buy(data.rows("finishing_material", product))
    return line


def reference(data: ActivityData, product: str) -> Reference:
    """The declared unit: 1 t of one steel product."""
    label = next(item.label for item in data.given.products if item.id == product)
    made = data.one("steel_produced", product)
    return Reference(product, RULE.unit.amount, RULE.unit.unit, label, made, RULE.unit.kind, RULE.unit.text)
