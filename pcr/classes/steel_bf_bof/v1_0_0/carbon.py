"""Carbon (碳) of what goes in and out: measured on the row, else from the visible list of the rule."""

from collections.abc import Iterable

from pcr.api import ZERO, ActivityData, Exact, Process, Row, RuleError, load_rule
from pcr.methods.carbon_balance.v1 import CarbonAccount, flux_carbon

RULE = load_rule(__package__)
NAMES = {
    "coke_ovens": ("coke ovens, carbon in no product", "焦炉未进入产品的碳"),
    "coke_pool": ("coke not accounted for", "去向不明焦炭"),
    "sinter_plant": ("sinter plant, coke breeze, coal and flux", "烧结焦粉、煤和熔剂"),
    "pellet_plant": ("pellet plant, coal and flux", "球团用煤和熔剂"),
    "blast_furnace": ("blast furnace, carbon in no product", "高炉未进入产品的碳"),
    "converter": ("converter hood", "转炉炉口"),
    "lime": ("lime kiln stone", "石灰窑石料"),
}
BOUGHT = (
    "coking_coal", "coke_bought", "injected_coal", "sinter_coal", "pellet_coal", "sinter_flux", "pellet_flux",
    "lime_stone", "iron_flux", "steel_flux", "pig_iron_bought", "scrap", "ferroalloy", "sinter_ore", "pellet_ore",
    "iron_burden",
)  # fmt: skip


def content(data: ActivityData, row: Row) -> Exact:
    """t C per t of a row: measured, by purity of a carbonate, or the default of its material or input."""
    if "carbon_content" in row.properties:
        return row.properties["carbon_content"]
    flux = f"flux_{row.material}"
    if "purity" in row.properties and flux in RULE.settings:
        return flux_carbon(row.properties["purity"], data.number(flux), data.regime.ratio("CO2/C"))
    for name in (f"carbon_{row.material}", f"carbon_{row.input}"):
        if name in RULE.settings:
            return data.number(name)
    raise RuleError(
        "",
        code="carbon_missing",
        where=f"rows/{row.id}/properties/carbon_content",
        found=f"{row.input}, {row.material or 'no material'}: no carbon content",
        expected="carbon_content in tC/t, or a material of the list",
        clause=RULE.clause("carbon_balance"),
    )


def carbon_of(data: ActivityData, name: str, account: CarbonAccount) -> Exact:
    """t C of an input's rows; the account remembers when a default was used."""
    whole = ZERO
    for row in data.rows(name):
        part = row.amount * content(data, row)
        whole += part
        account.measured = account.measured and ("carbon_content" in row.properties or not part)
    return whole


def mean_content(data: ActivityData, name: str, account: CarbonAccount) -> Exact:
    """t C per t over an input's rows; ``carbon_coke`` where nothing was made."""
    made = data.total(name)
    return carbon_of(data, name, account) / made if made else ZERO


def charge(data: ActivityData, account: CarbonAccount, *names: str) -> None:
    """Bought rows into an account."""
    for name in names:
        account.add(name, carbon_of(data, name, account))


def emit_rest(process: Process, account: CarbonAccount, *names: str) -> None:
    """What the balance leaves over is CO2 of the process."""
    co2 = account.co2(process.data.regime.ratio("CO2/C")) * 1000
    en, zh = NAMES[account.name]
    label = {"en": f"CO2 by carbon balance: {en}", "zh": f"碳平衡CO2：{zh}"}
    if co2:
        process.emit(
            "CO2|fossil", co2, "steel.carbon_balance", input_name=account.name, basis=process.data.basis(*names),
            data_class="measured" if account.measured else "proxy", label=label,
        )  # fmt: skip


def supply(process: Process, names: Iterable[str], fuels: Iterable[str] = ()) -> list[Process]:
    """What is bought for a process, as a process of the stage raw materials: fuels by their well-to-tank factor."""
    data = process.data
    fuel_names = tuple(fuels)
    whole = sum((data.total(name) for name in (*names, *fuel_names)), ZERO)
    if not whole:
        return []
    name = f"supply:{process.id}"
    bought = Process(name, stage="raw_material", product=name, amount=whole, unit="t", data=data)
    for item in names:
        bought.buy(data.rows(item))
    for item in fuel_names:
        bought.buy(data.rows(item), kinds=data.regime.fuel_upstream_kinds)
    process.take(name, whole, "t", input_name="supply")
    return [bought]
