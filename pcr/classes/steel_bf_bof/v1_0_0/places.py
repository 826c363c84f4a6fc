"""Places (用能场所): nothing may be used where nothing is made, and nothing entered may be lost."""

from collections.abc import Iterator

from pcr.api import ActivityData, Fault, Notice, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.gas import AWAY, GASES
from pcr.classes.steel_bf_bof.v1_0_0.utilities import captive_rows

RULE = load_rule(__package__)
MAKES = {
    "coking": "coke_produced", "sintering": "sinter_produced", "pelletising": "pellets_produced",
    "iron": "hot_metal_produced", "steelmaking": "liquid_steel", "casting": "crude_steel", "rolling": "steel_rolled",
    "power": "own_power_made", "steam": "steam_made", "oxygen": "oxygen_made", "lime": "lime_made",
}  # fmt: skip
"""Place to the output that shows it runs."""
NEEDS = {
    "coke_produced": ("coking_coal", "coke_oven_gas_made", "coke_oven_gas_use", "tar_made"),
    "sinter_produced": ("sinter_ore",),
}
"""Outputs that are written even where they are 0, to what a plant that runs must say; all others: ``required_with``."""
NAMES = ("electricity", *(f"{gas}_use" for gas in GASES), "steam_use", "oxygen_use", "lime_use")


def place_faults(data: ActivityData) -> Iterator[Fault]:
    """Rows at a place that does not run, and inputs of a plant that makes nothing."""
    captive = {row.id for row in captive_rows(data)}
    for name in NAMES:
        for row in data.rows(name):
            runs = row.material in AWAY or data.total(MAKES.get(row.material, "")) > 0
            own_use = row.id in captive and row.material == "power"
            if not runs or own_use or (row.product and row.material != "rolling"):
                found = f"{row.amount} {row.unit} at {row.material or 'no place'} {row.product}".strip()
                expected = "material: a place that makes something; product with rolling only"
                yield Fault("place_idle", f"rows/{row.id}", found, expected, RULE.ref, {"input": name})
    for name, item in RULE.inputs.items():
        if item.only_with and data.total(name) and not any(data.total(made) for made in item.only_with):
            expected = f"{' or '.join(item.only_with)} above zero"
            where, found = f"/rows ({name})", f"{data.total(name)}"
            yield Fault("place_idle", where, found, expected, RULE.ref, {"input": name})


def needed_faults(data: ActivityData) -> Iterator[Fault]:
    """A plant that runs has its feed, and the power plant its fuel."""
    for made, names in NEEDS.items():
        for name in names if data.total(made) else ():
            if not data.rows(name):
                where, expected = f"/rows ({name})", f"{name}, with {made}"
                yield Fault("inputs_missing", where, "no row", expected, RULE.ref, {"input": name})
    burned = any(row.amount for gas in GASES for row in data.rows(f"{gas}_use") if row.material == "power")
    if data.total("own_power_made") and not burned and not data.total("power_fuel"):
        expected = "gas at power or power_fuel; power of waste heat is a supply slice of electricity"
        values = {"input": "power_fuel"}
        yield Fault("inputs_missing", "/rows (own_power_made)", "no fuel", expected, RULE.ref, values)
    if captive_rows(data) and not data.total("own_power_made"):
        found, expected = f"{len(captive_rows(data))} rows of own power", "own_power_made above zero, and its fuel"
        values = {"input": "own_power_made"}
        yield Fault("inputs_missing", "/rows (own_power_made)", found, expected, RULE.ref, values)


def idle_power(data: ActivityData) -> Iterator[Notice]:
    """A running place without any electricity: seldom true, so it is said."""
    labels = RULE.inputs["electricity"].materials
    for place in ("coking", "sintering", "pelletising", "iron", "steelmaking", "casting", "rolling"):
        if data.total(MAKES[place]) and not any(r.amount for r in data.rows("electricity") if r.material == place):
            label = labels[place].label
            yield Notice("no_power_at", place, {"place": label["en"], "place_zh": label["zh"]})
