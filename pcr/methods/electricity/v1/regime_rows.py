"""What a regime's table says about a slice beyond the common checks: which claims it looks at, zero rows, intervals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lca.faults import Fault
from pcr.activity import ActivityData, Supply
from pcr.regime import ElectricityPolicy, TableRow

NO_FUEL: Final = ("hydro", "nuclear", "wind", "pv", "csp", "biomass")
"""Technologies of non-fossil power (非化石电力); waste heat is its fuel's, storage is no source."""


def burns_nothing(supply: Supply) -> bool:
    """Whether the plant is named and of a non-fossil kind."""
    return supply.technology in NO_FUEL


def takes_zero(policy: ElectricityPolicy, supply: Supply) -> bool:
    """Whether the regime itself gives this own or direct power the factor 0: a typed 0 then says the same."""
    rows = (row for row in policy.rows if row.takes == supply.type)
    return burns_nothing(supply) and any(row.factor != "plant" for row in rows)


def claim_row(data: ActivityData, supply: Supply) -> TableRow | None:
    """The table's row for a claim, or None where the claim is outside the regime: valid or not, it is not looked at."""
    policy = data.regime.electricity
    name = policy.instruments_setting
    switched = bool(name) and data.used_settings().get(name) == "true"
    if policy.instruments == "outside" and not switched:
        return None
    rows = (row for row in policy.rows if row.takes == "claim")
    return next((row for row in rows if not row.claims or supply.claim in row.claims), None)


def interval_faults(table: TableRow | None, supply: Supply, place: str, rule: str) -> list[Fault]:
    """A regime that matches production and use per hour takes no coarser meters."""
    if table is None or not table.intervals:
        return []
    interval = supply.series.interval if supply.series is not None else supply.interval
    if interval in table.intervals:
        return []
    expected = f"production and use matched per {' or '.join(table.intervals)}"
    return [Fault("ELEC_TEMPORAL_EVIDENCE", place, f"{interval} data", expected, rule)]


def delivery_faults(table: TableRow, supply: Supply, place: str, rule: str) -> list[Fault]:
    """A purchase agreement that counts as supply is with the producer and delivers physically."""
    missing = [name for name in table.evidence if not supply.evidence.get(name)]
    if not missing:
        return []
    return [Fault("ELEC_PPA_NOT_DIRECT", place, "not given", ", ".join(missing), rule)]


def doubt_codes(policy: ElectricityPolicy) -> Iterable[str]:
    """What a claim outside the regime carries beside its mark."""
    return policy.outside_codes
