"""Carbon (碳) of what goes in and out: measured on the row, else from the visible list of the rule."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, Row, load_rule
from pcr.methods.carbon_balance.v1 import CarbonAccount, flux_carbon

RULE = load_rule(__package__)
BOUGHT = (
    "coking_coal", "coke_bought", "injected_coal", "sinter_coal", "pellet_coal", "sinter_flux", "pellet_flux",
    "lime_stone", "iron_flux", "steel_flux", "pig_iron_bought", "scrap", "ferroalloy", "sinter_ore", "pellet_ore",
    "iron_burden",
)  # fmt: skip
MADE = ("coke_produced", "tar_made", "benzol_made", "hot_metal_produced", "liquid_steel")


def _default(row: Row) -> str:
    """The setting with the carbon of a row that has none of its own; blank where the list does not know it."""
    flux = f"flux_{row.material}"
    if "purity" in row.properties and flux in RULE.settings:
        return flux
    return next((name for name in (f"carbon_{row.material}", f"carbon_{row.input}") if name in RULE.settings), "")


def content(data: ActivityData, row: Row) -> Exact:
    """t C per t of a row: measured, by purity of a carbonate, or the default of its material or input.

    Zero where nothing is known: :func:`carbon_faults` refuses that row.
    """
    if "carbon_content" in row.properties:
        return row.properties["carbon_content"]
    name = _default(row)
    if name.startswith("flux_"):
        return flux_carbon(row.properties["purity"], data.number(name), data.regime.ratio("CO2/C"))
    return data.number(name) if name else ZERO


def carbon_faults(data: ActivityData) -> Iterator[Fault]:
    """Every row that carries carbon and does not say how much."""
    for row in (row for name in (*BOUGHT, *MADE) for row in data.rows(name)):
        if row.amount and "carbon_content" not in row.properties and not _default(row):
            where = f"rows/{row.id}/properties/carbon_content"
            found = f"{row.input}, {row.material or 'no material'}: no carbon content"
            expected = "carbon_content in tC/t, or a material of the list"
            yield Fault("carbon_missing", where, found, expected, RULE.clause("carbon_balance"))


def carbon_of(data: ActivityData, name: str, account: CarbonAccount) -> Exact:
    """t C of an input's rows; the account remembers when a default was used."""
    whole = ZERO
    for row in data.rows(name):
        part = row.amount * content(data, row)
        whole += part
        account.measured = account.measured and ("carbon_content" in row.properties or not part)
    return whole


def mean_content(data: ActivityData, name: str, account: CarbonAccount) -> Exact:
    """t C per t over an input's rows; zero where nothing was made."""
    made = data.total(name)
    return carbon_of(data, name, account) / made if made else ZERO


def charge(data: ActivityData, account: CarbonAccount, *names: str) -> None:
    """Bought rows into an account."""
    for name in names:
        account.add(name, carbon_of(data, name, account))
