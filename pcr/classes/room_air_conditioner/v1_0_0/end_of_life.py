"""End of life (报废回收): recycling by the setting, disposal, collection, dismantling and what is not recovered."""

from collections.abc import Iterable

from pcr.api import ActivityData, Process, Row
from pcr.classes.room_air_conditioner.v1_0_0.refrigerant import lose
from pcr.classes.room_air_conditioner.v1_0_0.units import spent_mass
from pcr.methods.electricity.v1 import power
from pcr.methods.packaging.v1 import discard
from pcr.methods.recycling.v1 import Approach, approach, recycled_content
from pcr.methods.recycling.v1 import end_of_life as fate
from pcr.methods.transport.v1 import legs


def chosen(data: ActivityData) -> Approach:
    """How recycling is counted, by the setting."""
    return approach(data.setting("recycling"))


def end_of_life(spent: Process, product: str) -> Process:
    """Collection, dismantling, the fate of materials and packaging, and the refrigerant that escapes."""
    data = spent.data
    legs(spent, data.rows("collection_leg", product), spent_mass(data, product))
    power(spent, data.rows("dismantling_electricity", product))
    fate(spent, data.rows("end_of_life_material", product), chosen(data))
    discard(spent, data.rows("packaging", product), chosen(data))
    lose(spent, product, "end_of_life_recovery")
    return spent


def content(parts: Process, rows: Iterable[Row]) -> None:
    """Where the input holds recycled material, primary is replaced by the approach's share of secondary."""
    recycled_content(parts, rows, chosen(parts.data))
