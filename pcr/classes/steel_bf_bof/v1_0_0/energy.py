"""Energy (能量): coal, coke and gas by net calorific value, where each GJ went; none leaves that did not enter."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.coke import coke_flows
from pcr.classes.steel_bf_bof.v1_0_0.gas import GASES, gas_heat, mean, volume
from pcr.classes.steel_bf_bof.v1_0_0.utilities import captive_rows, heat_of
from pcr.methods.energy_balance.v1 import EnergyAccount, energy_in

RULE = load_rule(__package__)
COALS = ("coking_coal", "injected_coal", "sinter_coal", "pellet_coal")
FUELS = ("rolling_fuel", "site_fuel", "power_fuel", "steam_fuel", "lime_fuel")
LISTED = {
    "coking_coal": "ncv_coking_coal", "coke_produced": "ncv_coke", "coke_bought": "ncv_coke", "tar_made": "ncv_tar",
    "benzol_made": "ncv_benzol",
}  # fmt: skip
NAMES = {
    "coke_ovens": ("coke ovens", "焦炉", "in no product", "未进入产品部分"),
    "blast_furnace": ("blast furnace", "高炉", "reduction, heat and losses", "还原、热量和损失"),
    "own_power": ("own power plant", "自备电厂", "losses", "损失"),
    "steam": ("steam boilers", "蒸汽锅炉", "losses", "损失"),
    "site": ("site", "全厂", "coke and gas not accounted for", "去向不明的焦炭和煤气"),
}
"""What an account is of, and what its rest is, en and zh."""


def heat(data: ActivityData, name: str) -> Exact:
    """GJ of a coal, coke or coal product: measured on the row, else the list of IPCC 2006."""
    whole = ZERO
    for row in data.rows(name):
        listed = LISTED.get(name, "ncv_anthracite" if row.material == "anthracite" else "ncv_bituminous")
        whole += row.amount * row.properties.get("ncv", data.number(listed))
    return whole


def _coke(data: ActivityData) -> tuple[Exact, Exact]:
    """GJ per t of own coke, and of the mixture of the pool."""
    made = data.total("coke_produced")
    own = heat(data, "coke_produced") / made if made else ZERO
    fresh, _, _ = coke_flows(data)
    kept = made - data.total("coke_sold")
    return own, (kept * own + heat(data, "coke_bought")) / fresh if fresh else ZERO


def energy_accounts(data: ActivityData) -> list[EnergyAccount]:
    """Ovens, furnace, power plant and boilers that run, and the site; without the heat of a fuel, not what needs it."""
    (_, use, stock), (own, mixed) = coke_flows(data), _coke(data)
    ovens, furnace, plant, boilers, site = (EnergyAccount(name) for name in NAMES)
    ovens.take("coal", heat(data, "coking_coal"))
    ovens.take("gas", gas_heat(data, "coking"))
    products = [heat(data, name) for name in ("coke_produced", "tar_made", "benzol_made")]
    ovens.use("products", sum(products, ZERO) + gas_made(data, "coke_oven_gas"))
    furnace.take("coke and coal", data.one("iron_coke") * mixed + heat(data, "injected_coal"))
    furnace.take("gas", gas_heat(data, "iron"))
    furnace.use("gas", gas_made(data, "blast_furnace_gas"))
    known = {name: heat_of(data.rows(name)) for name in FUELS}
    fuels = {name: value for name, value in known.items() if value is not None}
    for account, place in ((plant, "power"), (boilers, "steam")):
        account.take("gas", gas_heat(data, place))
        account.take("fuel", fuels.get(f"{place}_fuel", ZERO))
    plant.use("power", energy_in(ZERO, data.total("own_power_made"), data.total("own_heat_made")))
    boilers.use("steam", data.total("steam_made"))
    inside = {row.id for row in captive_rows(data)} | {
        row.id for row in data.rows("electricity") if row.supply and row.supply.technology == "waste_heat"
    }
    drawn = sum((row.amount for row in data.rows("electricity") if row.id not in inside), ZERO)
    coals = sum((heat(data, name) for name in COALS), ZERO)
    site.take("coal and coke", coals + heat(data, "coke_bought"))
    site.take("fuel", sum(fuels.values(), ZERO))
    site.take("power and steam", energy_in(ZERO, drawn, data.total("steam_bought")))
    coke = data.total("coke_sold") * own
    away = energy_in(ZERO, data.total("own_power_sold"), data.total("steam_sold"))
    site.use("sold", coke + sum(products[1:], ZERO) + gas_heat(data, "sold") + away)
    site.use("stock", stock * mixed)
    site.lose("flared", gas_heat(data, "flare"))
    # What the places took less what they made and passed on; own power and steam stay inside.
    burned = sum((data.total(f"{gas}_use") * mean(data, gas, "ncv") for gas in GASES), ZERO)
    burned -= gas_heat(data, "sold") + gas_heat(data, "flare")
    made = sum(products, ZERO) + sum((gas_made(data, gas) for gas in GASES), ZERO)
    used = coals + use * mixed + burned - made - away
    site.use("used", used + sum(site.into.values(), ZERO) - site.into["coal and coke"])
    running = [ovens, furnace, plant, boilers]
    whole = [site] if len(fuels) == len(known) else []
    return [account for account in running if sum(account.useful.values(), ZERO)] + whole


def gas_made(data: ActivityData, gas: str) -> Exact:
    """GJ of a gas where it is made."""
    return volume(data, gas) * mean(data, gas, "ncv")


def energy_faults(data: ActivityData) -> Iterator[Fault]:
    """More energy out of a process than went in: a fuel is missing, or a calorific value wrong."""
    fuels = {"own_power": "power_fuel", "steam": "steam_fuel"}
    for account in energy_accounts(data):
        known = heat_of(data.rows(fuels.get(account.name, ""))) is not None
        if known and account.imbalance < -data.number("mass_tolerance"):
            into, out = (sum(items.values(), ZERO) for items in (account.into, account.useful))
            found, expected = f"{out.significant(6)} GJ out", f"at most {into.significant(6)} GJ in"
            values = {"account": NAMES[account.name][0], "account_zh": NAMES[account.name][1]}
            where = f"/rows ({account.name})"
            yield Fault("energy_gain", where, found, expected, RULE.clause("energy"), values)
