"""Claims on grid power: is the instrument valid, does the regime look at it, how much does it cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from lca.exact import ZERO, Exact
from lca.faults import Fault
from lca.units import convert
from pcr.activity import ActivityData, Instrument, Row, Supply

CRITERION_CODES: Final = {
    "attributes": "ELEC_CRIT_ATTRIBUTES",
    "unique": "ELEC_CRIT_UNIQUE",
    "retired": "ELEC_CRIT_RETIRED",
    "period": "ELEC_PERIOD_MISMATCH",
    "market": "ELEC_MARKET_BOUNDARY",
}


def covered(row: Row, supply: Supply) -> Exact:
    """MWh of the row's instruments, in the row's unit."""
    return sum((convert(item.mwh, "MWh", row.unit) for item in supply.instruments), ZERO)


def claim_faults(row: Row, supply: Supply, data: ActivityData, criteria: Iterable[str], rule: str) -> list[Fault]:
    """Why a claim is invalid under a regime that looks at claims; empty when it is valid.

    ``criteria`` are those of the regime's row; period, market and resale are checked beside them.
    """
    place = f"rows/{row.id}/supply"
    if not supply.instruments:
        return [Fault("ELEC_CRIT_ATTRIBUTES", place, "no instrument", "instruments with id, MWh and plant", rule)]
    faults: list[Fault] = []
    for number, item in enumerate(supply.instruments):
        where = f"{place}/instruments/{number} ({item.id})"
        if item.sold_to_third_party:
            faults.append(Fault("ELEC_ATTRIBUTE_SOLD", where, "sold to a third party", "kept and retired", rule))
        before = bool(item.generated_to) and item.generated_to < data.given.start
        outside = before or item.generated_from > data.given.end
        if outside:
            found = f"{item.generated_from} to {item.generated_to}"
            expected = f"within {data.given.start} to {data.given.end}"
            faults.append(Fault("ELEC_PERIOD_MISMATCH", where, found, expected, rule))
        if item.market and item.market != data.country:
            faults.append(Fault("ELEC_MARKET_BOUNDARY", where, item.market, data.country, rule))
        for criterion in criteria:
            if not item.criteria.get(criterion):
                expected = f"evidence id for criterion {criterion}"
                faults.append(Fault(CRITERION_CODES[criterion], where, "no evidence", expected, rule))
    claimed = covered(row, supply)
    if claimed > row.amount:
        found, expected = f"{claimed} {row.unit}", f"at most the {row.amount} {row.unit} used"
        faults.append(Fault("ELEC_CLAIM_EXCEEDS_USE", place, found, expected, rule))
    return faults


def ledger_faults(data: ActivityData) -> list[tuple[Fault, frozenset[str]]]:
    """Doubled instruments, each fault with the rows it makes invalid.

    An instrument holds so many MWh, once: the sum drawn over the whole study is checked, not per process.
    """
    faults: list[tuple[Fault, frozenset[str]]] = []
    seen: dict[str, list[tuple[Row, Instrument]]] = {}
    for row in data.given.rows:
        if row.supply is None:
            continue
        twice = [name for name, count in Counter(item.id for item in row.supply.instruments).items() if count > 1]
        for name in twice:
            faults.append((_duplicate(name, f"twice in row {row.id}", f"rows/{row.id}/supply"), frozenset({row.id})))
        for item in row.supply.instruments:
            seen.setdefault(item.id, []).append((row, item))
    for name, uses in sorted(seen.items()):
        rows = sorted({row.id for row, _ in uses})
        drawn = sum((item.mwh for _, item in uses), ZERO)
        holds = max((item.holds if item.holds is not None else item.mwh for _, item in uses), default=ZERO)
        if len(rows) > 1 and drawn > holds:
            faults.append((_duplicate(name, "in rows " + ", ".join(rows), "rows"), frozenset(rows)))
    return faults


def _duplicate(name: str, found: str, where: str) -> Fault:
    values: Mapping[str, str] = {"instrument": name}
    return Fault("ELEC_DUPLICATE_INSTRUMENT", where, f"{name} {found}", "each instrument once", values=values)
