"""By-product gas (煤气): carbon of a product where it is made, CO2 where it is burned, flared or lost."""

from collections.abc import Iterator

from pcr.api import ONE, ZERO, ActivityData, Exact, FactorName, Fault, Process, Row, load_rule

RULE = load_rule(__package__)
MAKERS = {"coke_oven_gas": "coke_ovens", "blast_furnace_gas": "blast_furnace", "converter_gas": "converter"}
GASES = tuple(MAKERS)
IPCC = {
    "coke_oven_gas": "ipcc2006.coke_oven_gas",
    "blast_furnace_gas": "ipcc2006.blast_furnace_gas",
    "converter_gas": "ipcc2006.oxygen_steel_furnace_gas",
}
AWAY = ("sold", "flare")


def gas_of(maker: str) -> str:
    """The gas that a process makes."""
    return next(gas for gas, name in MAKERS.items() if name == maker)


def mean(data: ActivityData, gas: str, name: str) -> Exact:
    """``carbon_content`` (kgC/Nm3) or ``ncv`` (GJ/Nm3) of a gas, weighted by what was made; default by setting."""
    default = data.number(f"{'carbon' if name == 'carbon_content' else 'ncv'}_{gas}")
    rows, made = data.rows(f"{gas}_made"), volume(data, gas)
    if not made:
        return default
    return sum((row.amount * row.properties.get(name, default) for row in rows), ZERO) / made


def measured(data: ActivityData, gas: str) -> bool:
    """Whether the carbon of a gas was measured on every row made."""
    return all("carbon_content" in row.properties or not row.amount for row in data.rows(f"{gas}_made"))


def volume(data: ActivityData, gas: str, place: str = "") -> Exact:
    """Nm3 made or, with a place, what went there: a process, ``sold``, ``flare``."""
    if not place:
        return data.total(f"{gas}_made")
    return sum((row.amount for row in used(data, gas, place)), ZERO)


def gas_heat(data: ActivityData, place: str) -> Exact:
    """GJ of all gases that went to a place."""
    return sum((volume(data, gas, place) * mean(data, gas, "ncv") for gas in GASES), ZERO)


def used(data: ActivityData, gas: str, place: str, product: str | None = None) -> tuple[Row, ...]:
    """Rows of a gas that went to one place."""
    return tuple(row for row in data.rows(f"{gas}_use", product) if row.material == place)


def burn_gas(process: Process, place: str, product: str = "", share: Exact = ONE) -> None:
    """CO2 of the gas carbon at the burner, CH4 and N2O by IPCC; nothing upstream: its maker carries that."""
    for gas in GASES:
        for row in used(process.data, gas, place, product):
            burn_row(process, gas, row.part(share))


def burn_row(process: Process, gas: str, row: Row) -> None:
    """One row of gas, burned in a process."""
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


def stay(process: Process) -> None:
    """What is flared, or counted here for a buyer, is CO2 of the process that made the gas; and a buyer's credit."""
    data, gas = process.data, gas_of(process.id)
    for place in AWAY if data.setting("sold_gas_carbon") == "emitted_here" else ("flare",):
        for row in used(data, gas, place):
            burn_row(process, gas, row)
    if data.setting("sold_gas_credit") != "substitution":
        return
    # What a buyer does not burn is no fuel of this site: by its second kind an account of the site leaves it out.
    factor = FactorName(
        id=f"{data.regime.fuel_set}.natural_gas", kinds=("fuel_combustion", *data.regime.fuel_upstream_kinds),
        named_by="rule", place=data.country, proxy=True,
        proxy_for="natural gas displaced at the buyer / 购方被替代的天然气",
        parameters={"molar": data.regime.ratio("CO2/C").text()},
    )  # fmt: skip
    for row in used(data, gas, "sold"):
        energy = row.amount * mean(data, gas, "ncv")
        process.bought(row, factor, amount=-energy, unit="GJ", suffix="+credit", because="substitution credit")


def credit_faults(data: ActivityData) -> Iterator[Fault]:
    """A substitution credit only where the carbon of sold gas was counted here and no burden went with it."""
    choices = [data.setting(f"sold_gas_{name}") for name in ("carbon", "burden", "credit")]
    sold = any(volume(data, gas, "sold") for gas in GASES)
    if sold and choices[2] == "substitution" and choices[:2] != ["emitted_here", "none"]:
        found = f"carbon {choices[0]}, burden {choices[1]}, substitution"
        expected = "one of them: carbon that leaves, burden by energy, or a substitution credit"
        yield Fault("gas_credited_twice", "settings/sold_gas_credit", found, expected, RULE.clause("gas"))
