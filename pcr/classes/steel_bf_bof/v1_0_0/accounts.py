"""Carbon accounts (碳平衡) of every process, of the gases and of the site, from the rows alone."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.carbon import BOUGHT, carbon_faults, carbon_of, charge, mean_content
from pcr.classes.steel_bf_bof.v1_0_0.gas import GASES, gas_of, mean, measured, volume
from pcr.methods.carbon_balance.v1 import CarbonAccount

RULE = load_rule(__package__)
NAMES = {
    "coke_ovens": ("coke ovens", "焦炉", ", carbon in no product", "未进入产品的碳"),
    "coke_pool": ("coke", "焦炭", " not accounted for", "（去向不明）"),
    "sinter_plant": ("sinter plant", "烧结", ", coke breeze, coal and flux", "焦粉、煤和熔剂"),
    "pellet_plant": ("pellet plant", "球团", ", coal and flux", "用煤和熔剂"),
    "blast_furnace": ("blast furnace", "高炉", ", carbon in no product", "未进入产品的碳"),
    "converter": ("converter", "转炉", " hood", "炉口"),
    "lime": ("lime kiln", "石灰窑", " stone", "石料"),
    "coke_oven_gas": ("coke oven gas", "焦炉煤气", " not accounted for", "（去向不明）"),
    "blast_furnace_gas": ("blast furnace gas", "高炉煤气", " not accounted for", "（去向不明）"),
    "converter_gas": ("converter gas", "转炉煤气", " not accounted for", "（去向不明）"),
}
"""What an account is of, and what its rest is, en and zh."""
CLOSED = ("coke_ovens", "coke_pool", "blast_furnace", *GASES)
"""Accounts whose carbon must all be found again; the others burn what they do not pass on."""
Accounts = dict[str, CarbonAccount]


def rest_of(name: str) -> tuple[str, str]:
    """What the rest of an account is, en and zh."""
    en, zh, rest, rest_zh = NAMES[name]
    return en + rest, zh + rest_zh


def accounts_of(data: ActivityData) -> Accounts:
    """Every account by name; one of a process that the works does not run is empty."""
    made = {name: CarbonAccount(name) for name in NAMES}
    for gas in GASES:
        account, carbon = made[gas], mean(data, gas, "carbon_content") / 1000
        account.measured = measured(data, gas)
        account.add(gas, volume(data, gas) * carbon)
        account.leave("used", data.total(f"{gas}_use") * carbon)
    ovens = made["coke_ovens"]
    charge(data, ovens, "coking_coal")
    for name in ("coke_produced", "tar_made", "benzol_made"):
        ovens.leave(name, carbon_of(data, name, ovens))
    mixed = _pool(data, made["coke_pool"])
    for kind, coke in (("sinter", data.total("sinter_coke")), ("pellet", ZERO)):
        charge(data, made[f"{kind}_plant"], f"{kind}_ore", f"{kind}_flux", f"{kind}_coal")
        made[f"{kind}_plant"].add("coke_used", coke * mixed)
    furnace, vessel = made["blast_furnace"], made["converter"]
    charge(data, furnace, "iron_burden", "iron_flux", "injected_coal")
    furnace.add("coke_used", data.one("iron_coke") * mixed)
    furnace.leave("hot_metal", carbon_of(data, "hot_metal_produced", furnace))
    charge(data, vessel, "scrap", "ferroalloy", "steel_flux", "pig_iron_bought")
    iron = data.one("hot_metal_produced") - data.total("pig_iron_sold")
    vessel.add("hot_metal", iron * mean_content(data, "hot_metal_produced", vessel))
    vessel.add("home_scrap", data.total("home_scrap") * mean_content(data, "liquid_steel", vessel))
    vessel.leave("steel", carbon_of(data, "liquid_steel", vessel))
    charge(data, made["lime"], "lime_stone")
    for maker in (ovens, furnace, vessel):
        gas = gas_of(maker.name)
        maker.leave(gas, made[gas].carbon_in)
        maker.measured = maker.measured and made[gas].measured
    return made


def _pool(data: ActivityData, account: CarbonAccount) -> Exact:
    """Own coke that was not sold and bought coke, mixed; t C per t of it. Coke put to stock keeps its carbon."""
    kept = data.total("coke_produced") - data.total("coke_sold")
    fresh = kept + data.total("coke_bought")
    account.add("coke", kept * mean_content(data, "coke_produced", account))
    charge(data, account, "coke_bought")
    mixed = account.carbon_in / fresh if fresh else ZERO
    account.leave("coke_used", (data.total("sinter_coke") + data.total("iron_coke")) * mixed)
    account.stock = data.total("coke_stock_change") * mixed
    return mixed


def balance_faults(data: ActivityData) -> Iterator[Fault]:
    """An account whose imbalance is above the visible tolerance; none while a carbon content is missing."""
    most, clause = data.number("carbon_tolerance"), RULE.clause("carbon_balance")
    for name, account in accounts_of(data).items() if not list(carbon_faults(data)) else ():
        if abs(account.imbalance) > most if name in CLOSED else account.imbalance < -most:
            into, out = account.carbon_in.significant(6), account.carbon_out.significant(6)
            found = f"{name}: in {into} tC, out {out} tC"
            expected = f"an imbalance of at most {most}; it is {account.imbalance.significant(4)}"
            values = {"account": NAMES[name][0], "account_zh": NAMES[name][1]}
            yield Fault("carbon_unbalanced", f"/rows ({name})", found, expected, clause, values)


def site_account(data: ActivityData, stock: Exact) -> CarbonAccount:
    """The works as one box: what the processes emit by balance must add up to it."""
    site = CarbonAccount("site", stock=stock)
    charge(data, site, *BOUGHT)
    site.leave("coke_sold", data.total("coke_sold") * mean_content(data, "coke_produced", site))
    for name in ("tar_made", "benzol_made"):
        site.leave(name, carbon_of(data, name, site))
    site.leave("pig_iron_sold", data.total("pig_iron_sold") * mean_content(data, "hot_metal_produced", site))
    steel = data.one("liquid_steel") - data.total("home_scrap")
    site.leave("steel", steel * mean_content(data, "liquid_steel", site))
    if data.setting("sold_gas_carbon") == "leaves":
        site.leave("gas_sold", sold_gas(data))
    return site


def sold_gas(data: ActivityData) -> Exact:
    """t C in sold gas."""
    return sum((volume(data, gas, "sold") * mean(data, gas, "carbon_content") / 1000 for gas in GASES), ZERO)
