"""What must hold before anything is built: inputs that belong together, balances, one use of each kWh."""

from collections.abc import Iterator

from pcr.api import ActivityData, Collector, Fault, Notice, load_rule
from pcr.classes.aluminium.v1_0_0.balances import balance_faults, left_over
from pcr.classes.aluminium.v1_0_0.casting import INGOT, form, ingots
from pcr.classes.aluminium.v1_0_0.energy import METERS
from pcr.classes.aluminium.v1_0_0.power_checks import power_faults, power_notices

RULE = load_rule(__package__)
TOGETHER = {
    "alumina_produced": ("refinery_material", "refinery_fuel", "refinery_electricity"),
    "bauxite_mined": ("bauxite_to_refinery", "mining_fuel", "mining_electricity", "alumina_produced"),
    "baked_anodes_produced": (
        "green_anodes", "anode_raw_material", "packing_coke", "anode_fuel", "anode_electricity"
    ),
}  # fmt: skip
BACKWARDS = {
    "green_anodes": "baked_anodes_produced", "anode_raw_material": "baked_anodes_produced",
    "packing_coke": "baked_anodes_produced", "anode_fuel": "baked_anodes_produced",
    "anode_electricity": "baked_anodes_produced", "refinery_material": "alumina_produced",
    "refinery_fuel": "alumina_produced", "refinery_steam": "alumina_produced",
    "refinery_electricity": "alumina_produced", "bauxite_bought": "alumina_produced",
    "bauxite_to_refinery": "bauxite_mined", "mining_fuel": "bauxite_mined", "mining_electricity": "bauxite_mined",
}  # fmt: skip
"""An input of a plant without the plant's output would be read by nobody."""

MAY_BE_ZERO = (
    "cf4_measured", "c2f6_measured", "mining_fuel", "refinery_material", "refinery_fuel", "anode_raw_material",
    "packing_coke", "anode_fuel",
)  # fmt: skip
"""Zero is possible, and worth a word."""


def check(data: ActivityData) -> list[Notice]:
    """All faults at once; what is unusual but possible as notices.

    Raises:
        Refused: every fault that was found.
    """
    faults = Collector()
    for fault in (*_belong(data), *_forms(data), *balance_faults(data), *power_faults(data)):
        faults.add(fault)
    faults.raise_if_any()
    return [*_unusual(data), *left_over(data), *power_notices(data)]


def _belong(data: ActivityData) -> Iterator[Fault]:
    wanted = [(made, name) for made, names in TOGETHER.items() for name in names if data.rows(made)]
    wanted += [(name, made) for name, made in BACKWARDS.items() if data.rows(name)]
    if data.rows("alumina_produced") and not data.rows("bauxite_bought"):
        wanted.append(("alumina_produced", "bauxite_to_refinery"))
    for because, name in wanted:
        if not data.rows(name):
            yield Fault("missing_input", f"/rows ({name})", "no row", f"{name}: {because} is given", RULE.ref,
                        {"input": name, "label": RULE.inputs[name].label["en"]})  # fmt: skip
    for name in ("alumina_used", "anodes_used"):
        if not data.total(name):
            yield Fault("zero_output", f"/rows ({name})", "0", "above zero", RULE.ref, {"name": name})


def _forms(data: ActivityData) -> Iterator[Fault]:
    for product in data.given.products:
        where = f"/rows (metal_delivered, {product.id})"
        kind = form(data, product.id)
        if not kind:
            found = data.rows("metal_delivered", product.id)[0].material or "no material"
            yield Fault("metal_form_missing", where, found, "liquid_metal or remelt_ingot", RULE.ref)
        elif kind == INGOT:
            put_in = data.total("liquid_metal_to_casting", product.id) + data.total("casting_material", product.id)
            made = data.one("metal_delivered", product.id)
            if made > put_in:
                yield Fault("casting_gain", where, f"{made} t", f"at most {put_in} t", RULE.clause("balance"))
            if not data.rows("liquid_metal_to_casting", product.id):
                yield Fault("missing_input", where, "no row", "liquid_metal_to_casting", RULE.ref,
                            {"input": "liquid_metal_to_casting", "label": "liquid metal"})  # fmt: skip


def _unusual(data: ActivityData) -> Iterator[Notice]:
    names = ["anode_sulphur", "anode_ash", "anode_butts", "potroom_material", "potline_electricity", *MAY_BE_ZERO]
    names += [name for name in METERS[2:] if name != "casting_electricity" or ingots(data)]
    for name in names:
        if data.rows(name) and not data.total(name):
            yield Notice("zero_unusual", name, {"input": name})
