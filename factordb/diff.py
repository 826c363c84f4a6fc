"""What differs between two releases: every changed, added and removed value with reason and source.

Two rows are the same value by id; a correction or a new year has an id of its own and is an addition that names what
it corrects or follows. Percentages are exact and rounded for show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from factordb.canonical import plain
from factordb.factor import Factor
from lca.exact import Exact

if TYPE_CHECKING:
    from factordb.release import Release

Change = Literal["added", "removed", "value", "meaning", "text"]
MEANING: Final = ("kind", "unit", "place", "year", "flows", "lines", "gwp_set", "properties", "status", "admissible",
                  "valid_from", "valid_to", "confidence", "guideline", "series")  # fmt: skip
"""Fields whose change can move a result although the value is the same; every other field is text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One difference. ``percent`` of the old value, one decimal; empty where a side is missing, unknown or zero."""

    change: Change
    id: str
    old: str
    new: str
    percent: str
    reason: str
    source: str
    fields: Mapping[str, tuple[str, str]]
    """Every field that differs, old and new."""
    name: Mapping[str, str]


def diff(old: Release, new: Release) -> list[Line]:
    """The differences from ``old`` to ``new``, sorted by what weighs most, then by id.

    A changed value comes first, the largest change on top; then what changed in meaning, what was added and removed,
    and last what is text.
    """
    lines = []
    for name in sorted(set(old.factors) | set(new.factors)):
        one, two = old.factors.get(name), new.factors.get(name)
        if one is None and two is not None:
            lines.append(_added(old, new, two))
        elif one is not None and two is None:
            reason = new.left_out.get(name, "")
            title = old.source_of(one).title
            lines.append(Line("removed", name, one.shown(), "", "", reason, title, {}, one.label))
        elif one is not None and two is not None and plain(one) != plain(two):
            lines.append(_changed(new, one, two))
    order = ("value", "meaning", "added", "removed", "text")
    return sorted(lines, key=lambda line: (order.index(line.change), -_size(line), line.id))


def percent(old: str, new: str) -> str:
    """Change in per cent of the old value with one decimal and its sign: ``+3.2``; empty where there is none."""
    if not old or not new:
        return ""
    before, after = Exact.parse(old), Exact.parse(new)
    if not before:
        return ""
    change = (after - before) * Exact(100) / abs(before)
    return ("+" if change > 0 else "") + change.places(1)


def _added(old: Release, new: Release, factor: Factor) -> Line:
    before = old.factors.get(factor.corrects)
    if before is None and factor.series:
        earlier = [row for row in old.series.get(factor.series, ()) if row.value and row.year < factor.year]
        before = earlier[-1] if earlier else None
    shown = f"{before.id}: {before.shown()}" if before else ""
    change = percent(before.value, factor.value) if before and before.unit == factor.unit else ""
    why = factor.reason or ("next of the series" if before else "")
    return Line("added", factor.id, shown, factor.shown(), change, why, new.source_of(factor).title, {}, factor.label)


def _changed(new: Release, one: Factor, two: Factor) -> Line:
    before, after = plain(one), plain(two)
    fields = {
        key: (_text(before.get(key)), _text(after.get(key)))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    }
    if "value" in fields:
        change: Change = "value"
    else:
        change = "meaning" if set(fields) & set(MEANING) else "text"
    moved = percent(one.value, two.value) if one.unit == two.unit else ""
    title = new.source_of(two).title
    return Line(change, two.id, one.shown(), two.shown(), moved, two.reason, title, fields, two.label)


def _size(line: Line) -> Exact:
    return abs(Exact.parse(line.percent.lstrip("+"))) if line.percent else Exact(0)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}={value[key]}" for key in sorted(value))
    return str(value or "")
