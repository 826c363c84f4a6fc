"""The inventory (清单) a rule builds, and the same inventory with its factors found.

A rule names factors, it never sees their values.  A :class:`Line` is one exchange of one process: something
taken from another process of the works, something bought, or something emitted.  :class:`ResolvedInventory` adds
for every bought line the factor that the release answered with, or a gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from lca.deferred import Deferred
from lca.exact import Exact
from lca.faults import Notice
from lca.gases import Flow
from lca.naming import FactorName, Range

Basis = Literal["measured", "calculated", "estimated"]
Kind = Literal["own", "bought", "emission"]

OWN_EMISSIONS: Final = ("fuel_combustion", "fuel_ch4_n2o")
"""Kinds of factor that describe what the works itself burns: elementary emissions of that process, not a purchase."""


@dataclass(frozen=True, slots=True)
class Line:
    """One exchange of one process, per run of the process.

    ``amount`` is positive for what goes in and for what is emitted; a credit is a negative bought line.
    """

    id: str
    process: str
    kind: Kind
    amount: Exact
    unit: str
    target: str
    """Product id of the works (own), factor key (bought) or flow (emission)."""
    input: str = ""
    row: str = ""
    basis: Basis = "measured"
    factor: FactorName | None = None
    because: str = ""
    data_class: str = ""
    """Class of an emission's coefficients: measured, supplier, official, proxy. Empty for bought lines."""
    label: Mapping[str, str] = field(default_factory=dict)
    excluded: str = ""
    """Reason of a cut-off. An excluded line is estimated and listed, and stays outside the total."""
    case: str = ""
    """Of a sensitivity case: the line counts in that case and nowhere else."""

    @property
    def counts(self) -> bool:
        """Whether the line is part of the total."""
        return not self.excluded and not self.case

    @property
    def flow(self) -> Flow:
        return Flow.read(self.target)


@dataclass(frozen=True, slots=True)
class UnitProcess:
    """A unit process (单元过程) of the works with its one reference output per run."""

    id: str
    stage: str
    product: str
    amount: Exact
    unit: str
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """A product that gets a footprint: ``amount`` of ``unit`` is the declared or functional unit."""

    product: str
    amount: Exact
    unit: str
    label: Mapping[str, str]
    made: Exact
    """What the works sold of it in the period, in ``unit``."""
    unit_kind: Literal["declared", "functional"] = "declared"
    unit_text: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, Exact] = field(default_factory=dict)
    """Other units the result is shown in: unit to how many units of the reference one of it is."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure printed beside the footprint: clinker ratio, energy per unit."""

    id: str
    value: Exact
    unit: str
    label: Mapping[str, str]
    product: str = ""
    """Of one product only; empty: of the works."""


@dataclass(frozen=True, slots=True)
class Electricity:
    """How one supply slice (供电切片) was treated: the row of the regime's table that took it, or why none did."""

    row: str
    line: str
    process: str
    supply: str
    kwh: Exact
    table_row: str
    factor: str
    codes: tuple[str, ...] = ()
    worth: str = ""
    """Factor key the claim would have had under a regime that accepts it."""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """The product system of a works and a period, built by one rule under one regime."""

    processes: tuple[UnitProcess, ...]
    lines: tuple[Line, ...]
    references: tuple[Reference, ...]
    stages: tuple[tuple[str, Mapping[str, str]], ...]
    deferred: tuple[Deferred, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    electricity: tuple[Electricity, ...] = ()
    statements: Mapping[str, str] = field(default_factory=dict)
    """Lines that are zero by statement, with the statement: ``{"dluc": "no land use change ..."}``."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Every default the rule used, visible and overridable: name to value."""
    notices: tuple[Notice, ...] = ()
    checks: Mapping[str, tuple[Exact, Exact]] = field(default_factory=dict)
    """Sourced plausibility range of the total per unit: reference product to (low, high)."""


@dataclass(frozen=True, slots=True)
class ResolvedFactor:
    """A factor as the release answered: flows per unit, and where the number comes from."""

    key: str
    id: str
    unit: str
    flows: Mapping[str, Exact]
    """Flow to kg per unit of the factor."""
    value: str
    """The publisher's digits."""
    year: str
    place: str
    kind: str
    confidence: str
    source: str
    licence: str
    layer: str
    label: Mapping[str, str]
    data_class: Literal["supplier", "official", "proxy"]
    distance: Mapping[str, str] = field(default_factory=dict)
    """Of a proxy: place, year, technology asked and given; ``value`` where its sources disagree."""
    chosen_by: str = ""
    notices: tuple[Notice, ...] = ()
    may_redistribute: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing admissible was found: the input's own sourced range stands in, in a draft only."""

    key: str
    unit: str
    range: Range | None
    nearest: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedInventory:
    """The inventory with a factor or a gap for every bought line, by line id."""

    inventory: Inventory
    factors: Mapping[str, ResolvedFactor | Gap]
    alternatives: Mapping[str, Mapping[str, ResolvedFactor | Gap]] = field(default_factory=dict)
    """Sensitivity case to the lines whose factor it replaces."""
