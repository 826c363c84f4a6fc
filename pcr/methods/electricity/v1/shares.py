"""One meter, several products: each gets the same mix, unless sub-meters prove otherwise."""

from __future__ import annotations

from lca.exact import ZERO, Exact
from lca.faults import Fault
from pcr.activity import ActivityData


def cherry_pick_faults(data: ActivityData, inputs: set[str]) -> list[Fault]:
    """Products of one input whose shares of direct or claimed power differ without a sub-meter for each.

    Giving all the green kWh of a meter to the export product charges the others for nothing they did (unique claim).
    """
    faults = []
    for name in sorted(inputs):
        greens = _shares(data, name)
        if len(greens) < 2 or len(set(greens.values())) == 1:
            continue
        metered = {meter.product for meter in data.given.meters if meter.input == name}
        if set(greens) <= metered:
            continue
        found = ", ".join(f"{product}: {(share * 100).significant(3)} %" for product, share in sorted(greens.items()))
        expected = "one share for all products of the meter, or a sub-meter (meters: input, product) for each"
        faults.append(Fault("ELEC_CHERRY_PICK", f"rows ({name})", found, expected, data.regime.ref))
    return faults


def _shares(data: ActivityData, name: str) -> dict[str, Exact]:
    """Product to its share of power that is not plain grid power; rows without a product are shared and left out."""
    whole: dict[str, Exact] = {}
    green: dict[str, Exact] = {}
    for row in data.rows(name):
        if not row.product or not row.amount:
            continue
        special = row.supply is not None and (row.supply.type != "grid" or row.supply.claim != "none")
        whole[row.product] = whole.get(row.product, ZERO) + row.amount
        green[row.product] = green.get(row.product, ZERO) + (row.amount if special else ZERO)
    return {product: green[product] / amount for product, amount in whole.items()}
