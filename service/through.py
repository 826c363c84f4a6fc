"""The use-case *through*: a record's contributions opened into the suppliers' records behind them, tier by tier.

A line answered by ``record:<name>`` is the supplier's total times the amount bought, so the supplier's own
contributions, times the same amount, add up to it. What was not disclosed, or came as a PACT footprint, stays closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.faults import Refused
from lca.units import convert
from service.records.sections import value_of
from service.records.store import RecordStore

DEEPEST: Final = 8
"""Tiers; a chain of suppliers that comes back to itself ends here."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One contribution of a record, kg CO2e per unit of the record asked about; ``below`` adds up to it or is empty."""

    tier: int
    label: Mapping[str, str]
    stage: str
    source: str
    co2e: Exact
    share: Exact | None
    """Of the record's total; None where that is zero."""
    below: tuple[Branch, ...] = ()
    supplier: str = ""
    closed: str = ""
    """Why a supplier's record is not opened: ``not here``, ``not disclosed``, ``too deep``."""


def through(record: Mapping[str, Any], store: RecordStore) -> list[Branch]:
    """Contributions of a record, the largest first, with the suppliers' own below theirs.

    Raises:
        Refused: ``section_left_out`` where the record's own result is not disclosed.
    """
    total = _point(value_of(record, "result")["total"])
    return list(_branches(record, store, Exact(1), total, 0))


def _branches(
    record: Mapping[str, Any], store: RecordStore, times: Exact, whole: Exact | None, tier: int
) -> Iterator[Branch]:
    result = value_of(record, "result")
    factors = _factors(record)
    parts = []
    for part in result["contributions"]:
        co2e = _point(part["co2e"])
        if co2e is None:
            continue
        found = factors.get(part["source"], {})
        below: tuple[Branch, ...] = ()
        supplier, closed = "", ""
        if found.get("id", "").startswith("record:"):
            below, supplier, closed = _opened(part, found, store, times, whole, tier)
        share = co2e * times / whole if whole else None
        parts.append(
            Branch(
                tier,
                part.get("label") or found.get("label", {}),
                part["stage"],
                part["source"],
                co2e * times,
                share,
                below,
                supplier,
                closed,
            )
        )
    yield from sorted(parts, key=lambda branch: (-abs(branch.co2e), branch.source))


def _opened(
    part: Mapping[str, Any], factor: Mapping[str, Any], store: RecordStore, times: Exact, whole: Exact | None, tier: int
) -> tuple[tuple[Branch, ...], str, str]:
    document = store.received(factor["id"])
    supplier = str(factor.get("source", "")).partition(":")[0]
    if document is None:
        return (), supplier, "not here"
    if tier + 1 >= DEEPEST:
        return (), supplier, "too deep"
    try:
        result = value_of(document, "result")
        made = Exact.parse(result["unit"]["amount"])
        bought = convert(Exact.from_published(part["amount"]), part["unit"], result["unit"]["unit"])
        return tuple(_branches(document, store, times * bought / made, whole, tier + 1)), supplier, ""
    except Refused:
        return (), supplier, "not disclosed"


def _factors(record: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Factors by key, where the record discloses them."""
    try:
        items = value_of(record, "derivation/factors")
    except Refused:
        return {}
    return {item["factor"]["key"]: item["factor"] for item in items if "factor" in item}


def _point(value: Any) -> Exact | None:
    if isinstance(value, str):
        return Exact.from_published(value)
    return None if value["low"] is None else Exact.from_published(value["low"])


def unexplained(branch: Branch) -> Exact:
    """What the branches below miss of a branch: rounding of published digits, or cut-off; zero where it is closed."""
    return branch.co2e - sum((item.co2e for item in branch.below), ZERO) if branch.below else ZERO
