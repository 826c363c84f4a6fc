"""Unit-process data sets: what a background is solved from, as the publisher gave it. Frozen values, all text.

A data set has one reference product; a process with co-products enters as one data set per product after allocation
by its own keys, which stay readable in ``allocation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TECHNOSPHERE: Final = "input"
KINDS: Final = (TECHNOSPHERE, "emission", "resource")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One input or emission per ``amount`` of the reference product of its process."""

    kind: str
    """``input`` from another process, ``emission`` to nature, ``resource`` from nature."""
    name: str
    amount: str
    unit: str
    provider: str = ""
    """Of an input: the id of a unit process or of a factor; empty: not linked."""
    flow: str = ""
    """Of an emission: the gas and line it counts as (``CH4|fossil``); empty: not a greenhouse gas of the table."""
    compartment: str = ""
    uncertainty: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitProcess:
    """A process with one reference product."""

    id: str
    name_en: str
    name_zh: str
    category: str
    place: str
    year: str
    unit: str
    amount: str
    """Amount of the reference product the exchanges are given for."""
    source: str
    exchanges: tuple[Exchange, ...] = ()
    product: str = ""
    """Name of the reference product where it is not that of the process."""
    allocation: str = ""
    """Share of a process with co-products and the key: ``0.62 of cumene by mass``."""
    cut_off: str = ""
    """What the publisher left out, or what the import could not link."""
    technology: str = ""
    locator: str = ""
    note: str = ""
    quality: Mapping[str, str] = field(default_factory=dict)
