"""What must hold in the data as given: sources for what is used, forms of the products, balances, the captive plant."""

from collections.abc import Iterator

from pcr.api import ActivityData, Fault, Notice, load_rule
from pcr.classes.aluminium.v1_0_0.balances import balance_faults, left_over
from pcr.classes.aluminium.v1_0_0.casting import INGOT, form
from pcr.classes.aluminium.v1_0_0.power_checks import power_faults, power_notices

RULE = load_rule(__package__)


def _sources(data: ActivityData) -> Iterator[Fault]:
    """What is used comes from somewhere, and is used."""
    if data.rows("alumina_produced") and not (data.rows("bauxite_bought") or data.rows("bauxite_to_refinery")):
        yield Fault("source_missing", "/rows (bauxite_bought)", "no bauxite", "own or bought", RULE.clause("balance"))
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
            if not data.rows("liquid_metal_to_casting", product.id):
                values = {"input": "liquid_metal_to_casting", "label": "liquid metal"}
                yield Fault("missing_input", where, "no row", "liquid_metal_to_casting", RULE.ref, values)
            put_in = data.total("liquid_metal_to_casting", product.id) + data.total("casting_material", product.id)
            made = data.one("metal_delivered", product.id)
            if made > put_in:
                yield Fault("casting_gain", where, f"{made} t", f"at most {put_in} t", RULE.clause("balance"))


CHECKS = (_sources, _forms, balance_faults, power_faults)
"""Everything that is wrong with the rows, before a process is built."""


def unusual_in(data: ActivityData) -> Iterator[Notice]:
    """What is possible and worth a word."""
    for name, item in RULE.inputs.items():
        rows = data.rows(name)
        if item.required_with and rows and not any(row.amount for row in rows):
            yield Notice("zero_written", name, {"input": name})  # as for a mandatory input
    yield from left_over(data)
    yield from power_notices(data)
