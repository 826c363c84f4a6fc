"""Figures beside the footprint (指标): balances of carbon, mass, energy and gas with what they miss; credits."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Indicator
from pcr.classes.steel_bf_bof.v1_0_0.accounts import CLOSED, Accounts, rest_of, site_account, sold_gas
from pcr.classes.steel_bf_bof.v1_0_0.energy import NAMES, energy_accounts
from pcr.classes.steel_bf_bof.v1_0_0.gas import AWAY, GASES, volume
from pcr.classes.steel_bf_bof.v1_0_0.mass import steps
from pcr.classes.steel_bf_bof.v1_0_0.steel import credit_per_t, scrap_per_t

SPENT = (("used", "used in the works", "厂内使用"), ("sold", "sold", "外售"), ("flared", "flared", "放散"))
Figure = tuple[str, Exact, str, str, str]
GAS = {"coke_oven_gas": "焦炉煤气", "blast_furnace_gas": "高炉煤气", "converter_gas": "转炉煤气"}


def indicators(data: ActivityData, accounts: Accounts) -> list[Indicator]:
    """Every figure of the works."""
    figures = [*_carbon(data, accounts), *_gas(data), *_mass(data), *_energy(data)]
    return [Indicator(name, value, unit, {"en": en, "zh": zh}) for name, value, unit, en, zh in figures]


def _carbon(data: ActivityData, accounts: Accounts) -> Iterator[Figure]:
    stock, molar = accounts["coke_pool"].stock, data.regime.ratio("CO2/C")
    site = site_account(data, stock)
    yield "carbon_in", site.carbon_in, "tC", "Carbon into the site", "入厂碳量"
    yield "carbon_out", site.carbon_out, "tC", "Carbon leaving in products", "产品带出碳量"
    yield "carbon_stock", stock, "tC", "Carbon put to stock", "库存碳变化"
    yield "site_co2", site.co2(molar), "tCO2", "CO2 by the site's carbon balance", "全厂碳平衡CO2"
    yield "sold_gas_co2", sold_gas(data) * molar, "tCO2", "CO2 of sold gas, at the buyer", "外售煤气在购方的CO2"
    for name in CLOSED:
        if accounts[name].carbon_in:
            en, zh = rest_of(name)
            yield f"imbalance:{name}", accounts[name].imbalance, "1", f"Carbon imbalance: {en}", f"碳不平衡率：{zh}"
    yield "scrap_share", scrap_per_t(data), "t/t", "Bought scrap per t of product", "外购废钢比"
    en, zh = "worldsteel scrap credit, not in the total", "worldsteel废钢抵减（不计入总量）"
    yield "scrap_credit", credit_per_t(data), "kgCO2e/t", en, zh


def _gas(data: ActivityData) -> Iterator[Figure]:
    """Used, sold and flared gas as shares of what was made; with the imbalance they sum to one."""
    for gas in GASES:
        made = volume(data, gas)
        if made:
            en, zh = gas.replace("_", " ").capitalize(), GAS[gas]
            sold, flared = (volume(data, gas, place) for place in AWAY)
            inside = data.total(f"{gas}_use") - sold - flared
            yield f"used:{gas}", inside / made, "1", f"{en} used in the works", f"{zh}自用率"
            yield f"sold:{gas}", sold / made, "1", f"{en} sold", f"{zh}外售率"
            yield f"flared:{gas}", flared / made, "1", f"{en} flared", f"{zh}放散率"


def _mass(data: ActivityData) -> Iterator[Figure]:
    for name, en, zh, out, into in steps(data):
        if out and into:
            yield f"mass:{name}", (into - out) / into, "1", f"Mass not found again: {en}", f"物料未找回比例：{zh}"


def _energy(data: ActivityData) -> Iterator[Figure]:
    for account in energy_accounts(data):
        en, zh, rest, rest_zh = NAMES[account.name]
        label, chinese = f"Share of energy: {en}, {rest}", f"能量占比：{zh}{rest_zh}"
        yield f"energy:{account.name}", account.imbalance, "1", label, chinese
        if account.name == "site":
            crude = data.one("crude_steel")
            whole = sum(account.into.values(), ZERO)
            yield "energy_in", whole / crude, "GJ/t", "Energy into the site per t of crude steel", "吨钢入厂能量"
            spent = account.useful | account.lost
            for item, said, zh in SPENT:
                label = f"Energy {said}, per t of crude steel"
                yield f"energy_{item}", spent[item] / crude, "GJ/t", label, f"吨钢{zh}能量"
