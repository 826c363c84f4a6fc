"""Own use of a plant's power: what was generated and not exported (自发自用)."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from lca.exact import ZERO, Exact
from lca.faults import Fault
from lca.units import convert
from pcr.activity import ActivityData, Row, Supply
from pcr.equations import equation
from pcr.methods.electricity.v1.storage import stored_from


@equation(
    "electricity.own_use",
    text="own use = generation - metered export",
    source="domain rule: exact for any period where an exchange meter exists; design of this project",
    confidence="derived",
    inputs={"generation": "kWh", "export": "kWh"},
    results={"own_use": "kWh"},
)
def own_use(generation: Exact, export: Exact = ZERO) -> Exact:
    """kWh of an on-site or direct-line plant that the works itself used."""
    return generation - export


@equation(
    "electricity.mixed_supply",
    text="E = kWh_direct x (EF_direct + TD_direct) + kWh_grid x (EF_grid + TD_grid)",
    source="design of this project: factors are never averaged before the kWh are applied",
    confidence="derived",
    inputs={
        "direct": "kWh",
        "direct_factor": "kgCO2e/kWh",
        "grid": "kWh",
        "grid_factor": "kgCO2e/kWh",
        "direct_transmission": "kgCO2e/kWh",
        "grid_transmission": "kgCO2e/kWh",
    },
    results={"emission": "kgCO2e"},
)
def mixed_supply(
    direct: Exact,
    direct_factor: Exact,
    grid: Exact,
    grid_factor: Exact,
    direct_transmission: Exact = ZERO,
    grid_transmission: Exact = ZERO,
) -> Exact:
    """kg CO2e of a supply that is partly direct and partly grid."""
    return direct * (direct_factor + direct_transmission) + grid * (grid_factor + grid_transmission)


def own_use_faults(row: Row, supply: Supply, rule: str, stored: Exact = ZERO) -> list[Fault]:
    """Why the claimed own use of an on-site or direct-line row does not hold; empty when it does.

    On monthly or yearly data only an exchange meter (or an off-grid plant, which cannot export) shows what was
    used: counting min(generation, load) per month would count exported noon power as own use.  ``stored``: what a
    storage took from the plant beside the row, in its unit.
    """
    place, claimed = f"rows/{row.id}", row.amount + stored
    if supply.series is not None:
        used = convert(supply.series.own_use(), "kWh", row.unit)
        if claimed > used:
            found = f"{claimed} {row.unit} claimed"
            how = "generation - export" if supply.series.export is not None else f"matched per {supply.series.interval}"
            return [Fault("ELEC_SURPLUS_CLAIMED", place, found, f"at most {used} {row.unit} ({how})", rule)]
        return []
    faults: list[Fault] = []
    metered = supply.export is not None and "export_meter" in supply.evidence
    if supply.topology != "offgrid" and not metered:
        expected = "metered export (supply.export with evidence export_meter), or supply.series of at most 1 h"
        faults.append(Fault("ELEC_TEMPORAL_EVIDENCE", place, f"{supply.interval} data without it", expected, rule))
    if supply.generation is not None:
        used = own_use(supply.generation, supply.export or ZERO)
        if claimed > used:
            found = f"{claimed} {row.unit} claimed"
            expected = f"at most {used} {row.unit} (generation - export)"
            faults.append(Fault("ELEC_SURPLUS_CLAIMED", place, found, expected, rule))
    elif supply.topology != "offgrid":
        faults.append(Fault("ELEC_DIRECT_EVIDENCE", place, "no generation", "metered generation", rule))
    return faults


def generator_faults(data: ActivityData, inputs: Set[str]) -> list[Fault]:
    """Rows that name one generator meter share what it left for the works, over all inputs of the works."""
    drawn: dict[str, list[tuple[Row, Exact, Exact]]] = {}
    for row in data.given.rows:
        supply = row.supply
        meter = supply.evidence.get("generator_meter", "") if supply is not None else ""
        if supply is None or not meter or supply.type not in ("onsite", "direct_line"):
            continue
        if supply.series is not None:
            left = supply.series.own_use()
        elif supply.generation is not None:
            left = convert(supply.generation - (supply.export or ZERO), row.unit, "kWh")
        else:
            continue  # a fault of its own
        used = convert(row.amount + stored_from(data, row), row.unit, "kWh")
        drawn.setdefault(meter, []).append((row, used, left))
    faults = []
    for meter, slices in sorted(drawn.items()):
        whole, most = sum((used for _, used, _ in slices), ZERO), min(left for _, _, left in slices)
        if len(slices) > 1 and whole > most and inputs & {row.input for row, _, _ in slices}:
            where = ", ".join(sorted(f"rows/{row.id}" for row, _, _ in slices))
            found = f"{whole} kWh claimed of generator meter {meter}"
            expected = f"at most {most} kWh (what it did not export)"
            faults.append(Fault("ELEC_SURPLUS_CLAIMED", where, found, expected, data.regime.ref))
    return faults


LEAST_OWN_USE: Final = Exact(3, 5)
"""Share of a direct-line project's generation that its user should take: NDRC and NEA notice 650 of 2025, 60 %."""


def ratio_codes(supply: Supply, country: str) -> list[str]:
    """The mark of a Chinese direct line below the policy's own-use share: no condition of a footprint."""
    if supply.type != "direct_line" or supply.topology != "grid_parallel" or country != "CN" or not supply.generation:
        return []
    share = own_use(supply.generation, supply.export or ZERO) / supply.generation
    return ["ELEC_650_RATIO"] if share < LEAST_OWN_USE else []
