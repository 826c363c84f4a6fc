"""Iron (铁): sinter, pellets and the blast furnace."""

from pcr.api import ONE, ZERO, ActivityData, Allocate, Exact, Process, RuleError, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.carbon import carbon_of, charge, emit_rest, supply
from pcr.classes.steel_bf_bof.v1_0_0.gas import divide, make_gas
from pcr.classes.steel_bf_bof.v1_0_0.utilities import serve
from pcr.methods.carbon_balance.v1 import CarbonAccount

RULE = load_rule(__package__)


def agglomerate(data: ActivityData, kind: str, mixed: Exact) -> tuple[list[Process], list[CarbonAccount]]:
    """Sinter (烧结矿) or pellets (球团矿): ore, flux, coal and coke breeze; all their carbon is CO2."""
    product, stage = {"sinter": ("sinter", "sintering"), "pellet": ("pellets", "pelletising")}[kind]
    made = data.total(f"{product}_produced")
    if not made:
        return [], []
    plant = Process(f"{kind}_plant", stage=stage, product=product, amount=made, unit="t", data=data)
    account = CarbonAccount(f"{kind}_plant")
    names = (f"{kind}_ore", f"{kind}_flux", f"{kind}_coal")
    charge(data, account, *names)
    bought = supply(plant, names[:2], names[2:])
    breeze = data.total("sinter_coke") if kind == "sinter" else ZERO
    if breeze:
        plant.take("coke_mixed", breeze, "t", input_name="sinter_coke")
        account.add("coke_used", breeze * mixed)
    serve(plant, stage)
    emit_rest(plant, account, *names, "sinter_coke")
    return [plant, *bought], [account]


def blast_furnace(data: ActivityData, mixed: Exact) -> tuple[list[Process], list[CarbonAccount], list[Allocate]]:
    """Hot metal (铁水): the carbon of coke and coal leaves in iron and in blast furnace gas."""
    iron = data.one("hot_metal_produced")
    furnace = Process("blast_furnace", stage="iron", product="hot_metal", amount=iron, unit="t", data=data)
    account = CarbonAccount("blast_furnace")
    names = ("iron_burden", "iron_flux", "injected_coal")
    charge(data, account, *names)
    account.add("coke_used", data.one("iron_coke") * mixed)
    account.leave("hot_metal", carbon_of(data, "hot_metal_produced", account))
    bought = supply(furnace, names[:2], names[2:])
    furnace.take("coke_mixed", data.one("iron_coke"), "t", input_name="iron_coke")
    for product in ("sinter", "pellets"):
        if data.total(f"{product}_produced"):
            furnace.take(product, data.total(f"{product}_produced"), "t", input_name=f"{product}_produced")
    serve(furnace, "iron")
    network = make_gas(furnace, account, "blast_furnace_gas")
    emit_rest(furnace, account, "iron_coke", "injected_coal", "hot_metal_produced", "blast_furnace_gas_made")
    shares = divide(furnace, account, "blast_furnace_gas", slag(data, "blast_furnace_slag"))
    return [furnace, *bought], [account, network], shares


def slag(data: ActivityData, material: str) -> list[tuple[str, Exact, Exact]]:
    """Sold slag (炉渣) as a co-product: nothing, its mass, or its price over that of the main product."""
    rows = [row for row in data.rows("slag_sold") if row.material == material]
    amount = sum((row.amount for row in rows), ZERO)
    scheme = data.setting("slag_burden")
    if scheme == "burden_free" or not amount:
        return []
    weight = ONE if scheme == "mass" else data.number("slag_price_ratio")
    if not ZERO < weight <= ONE:
        raise RuleError(
            "", code="slag_price_missing", where="settings/slag_price_ratio", found=f"{weight}",
            expected="above 0, at most 1", clause=RULE.clause("allocation"),
        )  # fmt: skip
    return [(material, amount, weight)]
