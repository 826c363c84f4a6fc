"""Own use of a plant's power: what was generated and not exported (自发自用)."""

from __future__ import annotations

from lca.exact import ZERO, Exact
from lca.faults import Fault
from lca.units import convert
from pcr.activity import Row, Supply
from pcr.equations import equation


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


def own_use_faults(row: Row, supply: Supply, rule: str) -> list[Fault]:
    """Why the claimed own use of an on-site or direct-line row does not hold; empty when it does.

    On monthly or yearly data only an exchange meter (or an off-grid plant, which cannot export) shows what was
    used: counting min(generation, load) per month would count exported noon power as own use.
    """
    place = f"rows/{row.id}"
    if supply.series is not None:
        used = convert(supply.series.own_use(), "kWh", row.unit)
        if row.amount > used:
            found = f"{row.amount} {row.unit} claimed"
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
        if row.amount > used:
            found = f"{row.amount} {row.unit} claimed"
            expected = f"at most {used} {row.unit} (generation - export)"
            faults.append(Fault("ELEC_SURPLUS_CLAIMED", place, found, expected, rule))
    elif supply.topology != "offgrid":
        faults.append(Fault("ELEC_DIRECT_EVIDENCE", place, "no generation", "metered generation", rule))
    return faults
