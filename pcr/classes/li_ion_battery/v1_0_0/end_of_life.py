"""End of life (报废回收): the circular footprint formula, material by material, as bought and credited lines."""

from collections.abc import Iterable

from pcr.api import ActivityData, Exact, Process, Row, load_rule
from pcr.methods.recycling.v1 import approach, shares_fault
from pcr.methods.recycling.v1 import end_of_life as fate
from pcr.methods.recycling.v1 import recycled_content as content

RULE = load_rule(__package__)
PARTS = ("material", "disposal")
"""The energy part is not booked: the draft act's parameters for it were not seen, and no row states them."""


def end_of_life(data: ActivityData, product: str, packs: Exact) -> Process:
    """EOL: recycling, avoided primary material and disposal of each material of the packs."""
    spent = Process(
        f"spent:{product}", stage="end_of_life", product=f"spent:{product}", amount=packs, unit="piece", data=data
    )
    fate(spent, _sound(spent, data.rows("end_of_life_material", product)), approach("cff"), PARTS)
    return spent


def recycled_content(parts: Process, rows: Iterable[Row]) -> None:
    """RAW: where the input holds recycled material, primary is replaced by the formula's share of secondary."""
    content(parts, _sound(parts, rows), approach("cff"))


def _sound(process: Process, rows: Iterable[Row]) -> list[Row]:
    """Rows whose shares make a whole; the others are faults of the process, raised with all others."""
    sound = []
    for row in rows:
        fault = shares_fault("cff_shares", row, RULE.clause("cff"))
        if fault is None:
            sound.append(row)
        else:
            process.faults.add(fault)
    return sound
