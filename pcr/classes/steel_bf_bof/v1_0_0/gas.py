"""By-product gas (煤气): carbon of a product where it is made, CO2 where it is burned, flared or lost."""

from pcr.api import ONE, ZERO, ActivityData, Allocate, Exact, FactorName, Process, Row, RuleError, Share, load_rule
from pcr.methods.carbon_balance.v1 import CarbonAccount, energy_share

RULE = load_rule(__package__)
GASES = ("coke_oven_gas", "blast_furnace_gas", "converter_gas")
IPCC = {
    "coke_oven_gas": "ipcc2006.coke_oven_gas",
    "blast_furnace_gas": "ipcc2006.blast_furnace_gas",
    "converter_gas": "ipcc2006.oxygen_steel_furnace_gas",
}
LOST = {"en": "Gas not accounted for, as CO2", "zh": "去向不明煤气（按CO2计）"}


def mean(data: ActivityData, gas: str, name: str) -> Exact:
    """``carbon_content`` (kgC/Nm3) or ``ncv`` (GJ/Nm3) of a gas, weighted by what was made; default by setting."""
    default = data.number(f"{'carbon' if name == 'carbon_content' else 'ncv'}_{gas}")
    rows = data.rows(f"{gas}_made")
    made = sum((row.amount for row in rows), ZERO)
    if not made:
        return default
    return sum((row.amount * row.properties.get(name, default) for row in rows), ZERO) / made


def measured(data: ActivityData, gas: str) -> bool:
    """Whether the carbon of a gas was measured on every row made."""
    return all("carbon_content" in row.properties or not row.amount for row in data.rows(f"{gas}_made"))


def used(data: ActivityData, gas: str, place: str, product: str | None = None) -> tuple[Row, ...]:
    """Rows of a gas that went to one place."""
    return tuple(row for row in data.rows(f"{gas}_use", product) if row.material == place)


def burn_gas(process: Process, place: str, product: str = "", share: Exact = ONE) -> None:
    """CO2 of the gas carbon at the burner, CH4 and N2O by IPCC; nothing upstream: its maker carries that."""
    for gas in GASES:
        for row in used(process.data, gas, place, product):
            burn_row(process, gas, row.part(share))


def burn_row(process: Process, gas: str, row: Row) -> None:
    data = process.data
    molar = data.regime.ratio("CO2/C")
    kind = "measured" if measured(data, gas) else "proxy"
    kg = row.amount * mean(data, gas, "carbon_content") * molar
    process.emit("CO2|fossil", kg, "steel.carbon_balance: gas carbon, burned here", row=row, data_class=kind)
    factor = FactorName(
        id=IPCC[gas], kinds=("fuel_ch4_n2o",), place=data.country, proxy=True, parameters={"molar": molar.text()}
    )
    energy = row.amount * mean(data, gas, "ncv")
    process.bought(
        row, factor, amount=energy, unit="GJ", suffix="+ch4-n2o", because="IPCC 2006 vol. 2 table 2.3, by GJ"
    )


def make_gas(process: Process, account: CarbonAccount, gas: str) -> CarbonAccount:
    """The gas leaves its maker as carbon; what is flared, lost or counted here for a buyer is CO2 of the maker."""
    data = process.data
    carbon, made = mean(data, gas, "carbon_content") / 1000, data.total(f"{gas}_made")
    account.leave(gas, made * carbon)
    account.measured = account.measured and measured(data, gas)
    network = CarbonAccount(gas, measured=measured(data, gas))
    network.add(gas, made * carbon)
    network.leave("used", data.total(f"{gas}_use") * carbon)
    own = ["flare", "sold"] if data.setting("sold_gas_carbon") == "emitted_here" else ["flare"]
    for row in (row for place in own for row in used(data, gas, place)):
        burn_row(process, gas, row)
    lost = network.co2(data.regime.ratio("CO2/C")) * 1000
    if lost:
        kind = "measured" if network.measured else "proxy"
        process.emit(
            "CO2|fossil", lost, "steel.carbon_balance", input_name=f"{gas}_made", data_class=kind, label=LOST,
            basis=data.basis(f"{gas}_made", f"{gas}_use"),
        )  # fmt: skip
    _credit(process, gas)
    return network


def _credit(process: Process, gas: str) -> None:
    """The substitution credit of sold gas: only where its carbon was counted here and no burden went with it."""
    data = process.data
    rows = used(data, gas, "sold")
    if data.setting("sold_gas_credit") != "substitution" or not rows:
        return
    if data.setting("sold_gas_carbon") == "leaves" or data.setting("sold_gas_burden") != "none":
        raise RuleError(
            "", code="gas_credited_twice", where="settings/sold_gas_credit",
            found=f"carbon {data.setting('sold_gas_carbon')}, burden {data.setting('sold_gas_burden')}, substitution",
            expected="one of them: carbon that leaves, burden by energy, or a substitution credit",
            clause=RULE.clause("gas"),
        )  # fmt: skip
    factor = FactorName(
        id=f"{data.regime.fuel_set}.natural_gas", kinds=("fuel_combustion",), named_by="rule", place=data.country,
        proxy=True, proxy_for="natural gas displaced at the buyer / 购方被替代的天然气",
        parameters={"molar": data.regime.ratio("CO2/C").text()},
    )  # fmt: skip
    for row in rows:
        energy = row.amount * mean(data, gas, "ncv")
        process.bought(row, factor, amount=-energy, unit="GJ", suffix="+credit", because="substitution credit")


def divide(
    process: Process, account: CarbonAccount, gas: str, solids: list[tuple[str, Exact, Exact]]
) -> list[Allocate]:
    """Shares of a maker's burden: sold gas by energy where set, then (product, amount, weight per t) beside its own."""
    data = process.data
    sold, part = sum((row.amount for row in used(data, gas, "sold")), ZERO), ZERO
    if sold and data.setting("sold_gas_burden") == "energy":
        part = energy_share(sold * mean(data, gas, "ncv"), account.carbon_in, data.number("heat_of_carbon"))
    solids = [item for item in solids if item[1] and item[2]]
    if not part and not solids:
        return []
    per = (ONE - part) / (process.amount + sum((amount * weight for _, amount, weight in solids), ZERO))
    outputs = [Share(process.product, process.amount, process.unit, per)]
    outputs += [Share(name, amount, "t", per * weight) for name, amount, weight in solids]
    if part:
        outputs.append(Share(f"{gas}_sold", sold, "Nm3", part / sold))
    return [Allocate(process.id, "energy of sold gas, then mass or price", tuple(outputs), RULE.clause("allocation"))]
