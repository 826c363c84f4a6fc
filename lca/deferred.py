"""Deferred terms: instructions of a rule that need values a rule may not read.

A rule says *top up the missing mass to the most intensive input*; which input that is shows only when the factors
are known. ``lca.settle`` carries the instructions out in the order top-up, allocate, exclude, alternative; each
leaves a line of its own in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lca.exact import Exact
from lca.naming import FactorName


@dataclass(frozen=True, slots=True)
class Share:
    """One output of a process that makes several: its amount and the weight per unit it is allocated by."""

    product: str
    amount: Exact
    unit: str
    weight: Exact


@dataclass(frozen=True, slots=True)
class Allocate:
    """Split a process with several outputs: share = amount x weight / sum (ISO 14044, 4.3.4)."""

    process: str
    by: str
    outputs: tuple[Share, ...]
    because: str


@dataclass(frozen=True, slots=True)
class TopUp:
    """Add a missing mass to the input with the highest footprint per kg, so that the mass closes."""

    process: str
    mass: Exact
    unit: str
    among: tuple[str, ...]
    """Line ids to choose from."""
    because: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """Check the excluded lines of the inventory against the rule's limits, as shares of the estimated total."""

    single: Exact
    together: Exact
    because: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """A sensitivity case: the same system with other factors for some lines, and some lines dropped."""

    id: str
    replaced: Mapping[str, FactorName]
    because: str
    dropped: tuple[str, ...] = ()
    label: Mapping[str, str] = field(default_factory=dict)
    """Of a case that a rule states itself; the engine's own have words of their own."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Rate the data of every contribution by a scheme, and the study by their weighted mean (:mod:`lca.rating`)."""

    scheme: str
    criteria: tuple[str, ...]
    """Of ``technology``, ``geography``, ``time``, ``precision``; in the order the scheme prints them."""
    scores: Mapping[str, Exact]
    """``criterion/condition`` to its score: ``time/over_10``, ``geography/other``."""
    levels: tuple[tuple[str, Exact], ...]
    """Level and the highest rating it covers, best first; empty where the scheme names none."""
    because: str
    because_zh: str


Deferred = Allocate | TopUp | CutOff | Alternative | Rate
