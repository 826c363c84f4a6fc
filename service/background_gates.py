"""Intensities that cannot be, and those far from the rest of their category: refused, or listed with both values.

The bounds are data with their reasons, ``service/data/background_gates.yaml``. A listed factor is published as it is:
categories hold unlike things, and who publishes must look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from factordb.factor import Factor
from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused


@dataclass(frozen=True, slots=True)
class Bounds:
    """As the data file says."""

    refuse_kg: float
    times: Exact
    members: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """A factor far from the median of its category and unit."""

    id: str
    value: str
    unit: str
    category: str
    median: str
    """Of the absolute values that are not zero, itself among them."""
    members: int


@cache
def bounds() -> Bounds:
    """The bounds in force."""
    data = read_yaml(files("service").joinpath("data/background_gates.yaml").read_text("utf-8"))
    spread = data["spread"]
    return Bounds(float(data["refuse_kg"]), Exact.parse(spread["times"]), int(spread["members"]))


def refuse_implausible(names: Sequence[str], kilograms: np.ndarray) -> None:
    """``kilograms``: by product and flow, per unit.

    Raises:
        Refused: ``background_implausible`` for each product beyond the bound.
    """
    limit = bounds().refuse_kg
    high = np.abs(kilograms).max(axis=1, initial=0.0)
    found = [
        Fault("background_implausible", names[int(k)], found=f"{high[k]:.3g} kg", expected=f"below {limit:g}")
        for k in np.flatnonzero(~(high <= limit))
    ]
    if found:
        raise Refused(found)


def outliers(factors: Sequence[Factor]) -> tuple[Outlier, ...]:
    """Factors outside the spread of their category, by category and id. Zeros, the lower ends of gaps, do not count."""
    limit = bounds()
    members: defaultdict[tuple[str, str], list[tuple[str, Exact]]] = defaultdict(list)
    for item in factors:
        value = abs(Exact.parse(item.value, item.id))
        if value:
            members[item.category, item.unit].append((item.id, value))
    found = []
    for (category, unit), values in sorted(members.items()):
        if len(values) < limit.members:
            continue
        ordered = sorted(value for _, value in values)
        half = len(ordered) // 2
        median = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
        for name, value in sorted(values):
            if value > median * limit.times or value * limit.times < median:
                told = (value.significant(3), unit, category, median.significant(3), len(values))
                found.append(Outlier(name, *told))
    return tuple(found)
