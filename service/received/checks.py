"""What a received footprint must stand before it becomes a factor, and what its user should know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from factordb.factor import Factor
from factordb.kinds import NEVER_BOUGHT
from factordb.release import Release
from lca.exact import Exact
from lca.faults import Fault, Notice, Refused
from lca.units import convert, same_dimension
from service.received.form import Received

OLD_YEARS: Final = 3
"""Age of the data at which a footprint is no longer taken; PACT validity, GB/T 24067 gives no number (recalled)."""
FAR: Final = Exact(10)
"""Times above the largest or below the smallest factor of the same name at which a value is told to be unusual."""


def faults(item: Received, today: date, release: Release | None) -> Iterator[Fault]:
    """Negative totals, expired or too old data, an id that the layer holds with another value."""
    factor = item.factor
    if factor.amount < 0 and "CO2|biogenic uptake" not in factor.flows:
        yield Fault("received_negative", factor.id, found=factor.shown(), expected="zero or more, or a stated uptake")
    if factor.valid_to and factor.valid_to < today.isoformat():
        yield Fault("received_expired", factor.id, found=factor.valid_to, expected=f"valid on {today.isoformat()}")
    elif item.end and _years(item.end, today) >= OLD_YEARS:
        expected = f"data of the last {OLD_YEARS} years"
        yield Fault("received_old", factor.id, found=f"{item.start} to {item.end}", expected=expected)
    there = release.factors.get(factor.id) if release else None
    if there is not None and there != factor:
        yield Fault("received_twice", factor.id, found=factor.shown(), expected=there.shown())


def notices(item: Received, releases: Iterable[Release]) -> list[Notice]:
    """What is taken all the same: no period, no GWP set, unsigned, no primary share, far from what is published."""
    factor, found = item.factor, list(item.notices)
    key = {"factor": factor.id}
    if not item.end:
        found.append(Notice("received_no_period", factor.id, key))
    if not factor.gwp_set:
        found.append(Notice("received_no_gwp_set", factor.id, key))
    if item.signature != "signed":
        found.append(Notice("received_unsigned", factor.id, key | {"signature": item.signature}))
    if not factor.primary_share:
        found.append(Notice("received_no_share", factor.id, key))
    span = span_of(factor, releases)
    if span is not None and not span[0] / FAR <= factor.amount <= span[1] * FAR:
        values = {"value": factor.shown(), "low": span[0].significant(4), "high": span[1].significant(4)}
        found.append(Notice("received_unusual", factor.id, key | values))
    return found


def span_of(factor: Factor, releases: Iterable[Release]) -> tuple[Exact, Exact] | None:
    """Smallest and largest published value of things of that name, per the factor's own unit; None where none is."""
    words = f"{factor.name_zh} {factor.name_en}"
    values = []
    for release in releases:
        for other in release.search(words, 8):
            if other.value and other.kind == factor.kind and other.kind not in NEVER_BOUGHT:
                with_unit = _per(other, factor.denominator)
                values += [with_unit] if with_unit is not None and with_unit > 0 else []
    return (min(values), max(values)) if values else None


def _per(other: Factor, unit: str) -> Exact | None:
    try:
        if not other.unit.startswith("kgCO2e/") or not same_dimension(other.denominator, unit):
            return None
        return other.amount / convert(Exact(1), other.denominator, unit)
    except Refused:
        return None


def _years(day: str, today: date) -> int:
    then = date.fromisoformat(day)
    return today.year - then.year - ((today.month, today.day) < (then.month, then.day))
