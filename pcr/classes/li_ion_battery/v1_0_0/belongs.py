"""Inputs that belong together: what another input or a setting asks for, and what stands without its owner."""

from collections.abc import Iterator

from pcr.api import ActivityData, Fault, load_rule
from pcr.classes.li_ion_battery.v1_0_0.balance import makes_cells
from pcr.classes.li_ion_battery.v1_0_0.plant import STEPS

RULE = load_rule(__package__)
OF_CELLS = ("cells_mass", *(name for step in STEPS for name in step[1:] if name))
"""Inputs of the cell plant: for a model whose cells are bought nobody would read them."""


def belongs(data: ActivityData, product: str) -> Iterator[Fault]:
    """Inputs that others or a setting ask for; rows of a cell plant for a model whose cells are bought."""
    wanted = []
    if makes_cells(data, product):
        wanted.append(("cells_mass", "cell_part is given"))
    if data.setting("energy_by") == "area":
        wanted.append(("electrode_area", "energy_by is area"))
    if data.setting("tested_energy") != "rated_x_cycles" and data.rows("tested_cycles", product):
        wanted.append(("retention", "tested_energy asks for it"))
    for name, because in wanted:
        if not data.rows(name, product):
            values = {"input": name, "label": RULE.inputs[name].label["en"]}
            yield Fault("missing_input", f"/rows ({name}, {product})", "no row", f"{name}: {because}", RULE.ref, values)
    for name in OF_CELLS:
        if data.rows(name, product) and not makes_cells(data, product):
            where, expected = f"/rows ({name}, {product})", "cell_part for the model, or no row"
            yield Fault("no_cells_made", where, "a row", expected, RULE.ref, {"input": name, "product": product})
