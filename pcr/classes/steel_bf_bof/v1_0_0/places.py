"""Places (用能场所): nothing may be used where nothing is made, and nothing entered may be lost."""

from pcr.api import ActivityData, Fault, Notice, load_rule

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
    "pellets_produced": ("pellet_ore",),
    "lime_made": ("lime_stone",),
}
SERVES = {
    "coke_produced": ("coking_coal", "coke_oven_gas_made", "tar_made", "benzol_made", "coke_sold"),
    "sinter_produced": ("sinter_ore", "sinter_flux", "sinter_coal", "sinter_coke"),
    "pellets_produced": ("pellet_ore", "pellet_flux", "pellet_coal"),
    "lime_made": ("lime_stone", "lime_fuel"), "steam_made": ("steam_fuel",), "own_power_made": ("power_fuel",),
    "steel_rolled": ("rolling_fuel",),
}  # fmt: skip
"""Output to the inputs that would be lost without it."""
NAMES = (
    "electricity", "coke_oven_gas_use", "blast_furnace_gas_use", "converter_gas_use", "own_power_use", "steam_use",
    "oxygen_use", "lime_use",
)  # fmt: skip


def idle_places(data: ActivityData) -> list[Fault]:
    faults = []
    for name in NAMES:
        for row in data.rows(name):
            runs = row.material in ("flare", "sold") or data.total(MAKES.get(row.material, "")) > 0
            if not runs or (row.product and row.material != "rolling"):
                found = f"{row.amount} {row.unit} at {row.material or 'no place'} {row.product}".strip()
                expected = "material: a place that makes something; product with rolling only"
                faults.append(Fault("place_idle", f"rows/{row.id}", found, expected, RULE.ref, {"input": name}))
    return faults + [
        Fault("place_idle", f"/rows ({name})", f"{data.total(name)}", f"{made} above zero", RULE.ref, {"input": name})
        for made, names in SERVES.items()
        for name in names
        if data.total(name) and not data.total(made)
    ]


def missing(data: ActivityData) -> list[Fault]:
    faults = [
        Fault("inputs_missing", f"/rows ({name})", "no row", f"{name}, with {made}", RULE.ref, {"input": name})
        for made, names in NEEDS.items()
        if data.total(made)
        for name in names
        if not data.rows(name)
    ]
    burned = [row for name in NAMES[1:4] for row in data.rows(name) if row.material == "power"]
    if data.total("own_power_made") and not burned and not data.rows("power_fuel"):
        expected = "gas at power or power_fuel; power of waste heat is a supply slice of electricity"
        faults.append(
            Fault("inputs_missing", "/rows (own_power_made)", "no fuel", expected, RULE.ref, {"input": "power_fuel"})
        )
    return faults


def idle_power(data: ActivityData) -> list[Notice]:
    """A running place without any electricity: seldom true, so it is said."""
    return [
        Notice("no_power_at", place, {"place": place})
        for place in ("coking", "sintering", "pelletising", "iron", "steelmaking", "casting", "rolling")
        if data.total(MAKES[place])
        and not any(
            row.amount for row in (*data.rows("electricity"), *data.rows("own_power_use")) if row.material == place
        )
    ]
