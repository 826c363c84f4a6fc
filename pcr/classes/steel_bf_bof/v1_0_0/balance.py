"""Balances (平衡): what must add up before anything is counted, and the figures printed beside the footprint."""

from collections.abc import Iterable

from pcr.api import ZERO, ActivityData, Collector, Exact, Fault, Indicator, Notice, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.carbon import BOUGHT, carbon_of, mean_content
from pcr.classes.steel_bf_bof.v1_0_0.gas import GASES, mean, used
from pcr.classes.steel_bf_bof.v1_0_0.steel import steel_carbon
from pcr.methods.carbon_balance.v1 import CarbonAccount, scrap_credit

RULE = load_rule(__package__)
CLOSED = ("coke_ovens", "coke_pool", "blast_furnace", *GASES)
"""Accounts whose carbon must all be found again; the others burn what they do not pass on."""


def check_carbon(data: ActivityData, accounts: Iterable[CarbonAccount]) -> None:
    """Refuse an account whose imbalance is above the visible tolerance; all at once."""
    faults, most = Collector(), data.number("carbon_tolerance")
    for account in accounts:
        over = abs(account.imbalance) > most if account.name in CLOSED else account.imbalance < -most
        if over:
            found = (
                f"{account.name}: in {account.carbon_in.significant(6)} tC, out {account.carbon_out.significant(6)} tC"
            )
            expected = f"an imbalance of at most {most}; it is {account.imbalance.significant(4)}"
            place, clause = f"/rows ({account.name})", RULE.clause("carbon_balance")
            faults.add(Fault("carbon_unbalanced", place, found, expected, clause, {"account": account.name}))
    faults.raise_if_any()


def site_account(data: ActivityData) -> CarbonAccount:
    """The works as one box, from its rows alone: what the processes emit by balance must add up to it."""
    site = CarbonAccount("site")
    for name in BOUGHT:
        site.add(name, carbon_of(data, name, site))
    site.leave("coke_sold", data.total("coke_sold") * mean_content(data, "coke_produced", site))
    for name in ("tar_made", "benzol_made"):
        site.leave(name, carbon_of(data, name, site))
    iron = carbon_of(data, "hot_metal_produced", site) / data.one("hot_metal_produced")
    site.leave("pig_iron_sold", data.total("pig_iron_sold") * iron)
    site.leave("steel", (data.one("liquid_steel") - data.total("home_scrap")) * steel_carbon(data))
    if data.setting("sold_gas_carbon") == "leaves":
        site.leave("gas_sold", sold_gas(data))
    return site


def sold_gas(data: ActivityData) -> Exact:
    """t C in sold gas."""
    parts = [
        row.amount * mean(data, gas, "carbon_content") / 1000 for gas in GASES for row in used(data, gas, "sold")
    ]  # fmt: skip
    return sum(parts, ZERO)


def indicators(data: ActivityData, accounts: list[CarbonAccount], stock: Exact) -> list[Indicator]:
    """The carbon account of the site, and what other conventions would credit: beside the total, never in it."""
    site, molar = site_account(data), data.regime.ratio("CO2/C")
    site.stock = stock
    steel, crude = data.total("steel_produced"), data.one("crude_steel")
    scrap = data.total("scrap") / steel
    names = ("recovery_rate", "eaf_yield", "primary_route", "recycled_route")
    recovery, yield_, primary, recycled = (data.number(name) for name in names)
    slag = data.total("slag_sold") * data.number("slag_displaced") / crude
    figures: list[tuple[str, Exact, str, str, str]] = [
        ("carbon_in", site.carbon_in, "tC", "Carbon into the site", "入厂碳量"),
        ("carbon_out", site.carbon_out, "tC", "Carbon leaving in products", "产品带出碳量"),
        ("carbon_stock", stock, "tC", "Carbon put to stock", "库存碳变化"),
        ("site_co2", site.co2(molar), "tCO2", "CO2 by the site's carbon balance", "全厂碳平衡CO2"),
        ("sold_gas_co2", sold_gas(data) * molar, "tCO2", "CO2 of sold gas, at the buyer", "外售煤气在购方的CO2"),
        ("scrap_share", scrap, "t/t", "Bought scrap per t of product", "外购废钢比"),
        ("slag_substitution", slag, "kgCO2e/t", "Sensitivity, not in the total: slag", "矿渣替代熟料（敏感性）"),
        (
            "scrap_credit", scrap_credit(recovery, scrap, yield_, primary, recycled), "kgCO2e/t",
            "Sensitivity: worldsteel scrap credit, not in the total", "敏感性：worldsteel废钢抵减（不计入总量）",
        ),
    ]  # fmt: skip
    for account in accounts:
        if account.name in CLOSED:
            figures.append(
                (f"imbalance:{account.name}", account.imbalance, "1", f"Carbon imbalance, {account.name}", "碳不平衡率")
            )  # fmt: skip
    return [Indicator(name, value, unit, {"en": en, "zh": zh}) for name, value, unit, en, zh in figures]


def stated_zero(data: ActivityData) -> list[Notice]:
    """A mandatory row that says zero is taken at its word, and the word is printed."""
    return [
        Notice("zero_stated", name, {"input": name})
        for name, item in RULE.inputs.items()
        if item.required and not data.total(name)
    ]
