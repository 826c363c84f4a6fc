"""Activity data (活动数据) of a works and a period, as a rule reads them: normalised, exact, frozen.

Amounts stand in the input's first unit. Months are kept: a sum that hides an empty February is not a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from lca.inventory import Basis
from pcr.intervals import Series

if TYPE_CHECKING:
    from pcr.regime import Regime
    from pcr.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a row's number comes from; every field may be empty, and an empty field is shown as unknown."""

    document: str = ""
    meter: str = ""
    calibration_valid_to: str = ""
    basis: Basis = "measured"
    responsible: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """An electricity instrument (凭证): MWh of a plant and a generation period."""

    id: str
    mwh: Exact
    plant: str = ""
    market: str = ""
    generated_from: str = ""
    generated_to: str = ""
    retired_on: str = ""
    retired_for: str = ""
    sold_to_third_party: bool = False
    holds: Exact | None = None
    """MWh the instrument holds in all, where more than this row draws from it."""
    criteria: Mapping[str, str] = field(default_factory=dict)
    """Criterion to evidence id; a criterion that is not here is not met."""


@dataclass(frozen=True, slots=True)
class Supply:
    """How the kWh of a row reached the works (供电切片)."""

    type: str = "grid"
    topology: str = ""
    technology: str = ""
    claim: str = "none"
    interval: str = "month"
    generation: Exact | None = None
    export: Exact | None = None
    line_loss: Exact | None = None
    declared_factor: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """Evidence held: generator_meter, load_meter, export_meter, ... to a document id."""
    attributes_sold: bool = False
    credits_sold: bool = False
    """The plant sells carbon credits (CCER) for the same generation."""
    charge: Mapping[str, Exact] = field(default_factory=dict)
    """Of a storage: row id to kWh it took from that row's supply, in the unit of the storage row."""
    add_transmission: bool = False
    instruments: tuple[Instrument, ...] = ()
    series: Series | None = None
    """Sums of a metered interval series; the series itself is an attachment."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row a works filled in. ``amount`` is the year's, in ``unit``; ``months`` sum to it where given."""

    id: str
    input: str
    amount: Exact
    unit: str
    months: tuple[Exact, ...] = ()
    product: str = ""
    material: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Exact] = field(default_factory=dict)
    """In the units the rule states."""
    factor: str = ""
    proxy_for: str = ""
    supply: Supply | None = None
    evidence: Evidence = field(default_factory=Evidence)
    excluded: str = ""

    def part(self, share: Exact) -> Row:
        """The same row with a share of its amount: one meter that serves several products."""
        return replace(self, amount=self.amount * share, months=tuple(month * share for month in self.months))


@dataclass(frozen=True, slots=True)
class Meter:
    """A load meter: what a group of electricity rows must add up to."""

    id: str
    input: str
    amount: Exact
    unit: str
    product: str = ""
    """Of a sub-meter: the one product whose rows it covers."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the works that gets a footprint."""

    id: str
    label: Mapping[str, str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class WorksInfo:
    """Name, operator and place of the works."""

    name: Mapping[str, str]
    country: str
    province: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """The normalised input: the confidential first part of every record."""

    rule: str
    works: WorksInfo
    start: str
    end: str
    products: tuple[Product, ...]
    rows: tuple[Row, ...]
    meters: tuple[Meter, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActivityData:
    """What a rule's ``build`` receives: the given rows, the rule's facts and the regime."""

    given: Given
    rule: Rule
    regime: Regime
    strict: bool = True

    @property
    def year(self) -> int:
        """The year whose factors are wanted: that of the period's last day."""
        return int(self.given.end[:4])

    @property
    def country(self) -> str:
        return self.given.works.country

    def rows(self, name: str, product: str | None = None) -> tuple[Row, ...]:
        """Rows of an input; with ``product``, those of that product only."""
        return tuple(
            row for row in self.given.rows if row.input == name and (product is None or row.product == product)
        )

    def total(self, name: str, product: str | None = None) -> Exact:
        """Sum of an input's rows, in the input's unit; zero only where no row was given."""
        return sum((row.amount for row in self.rows(name, product)), ZERO)

    def one(self, name: str, product: str | None = None) -> Exact:
        """The single row of an input, or the sum of several.

        Raises:
            Refused: ``missing_input`` where there is none.
        """
        if not self.rows(name, product):
            raise Refused([Fault("missing_input", name, "no row", name, self.rule.ref, {"input": name})])
        return self.total(name, product)

    def share(self, name: str, product: str | None = None) -> Exact:
        """A share as a fraction; months are weighted by the input that the rule names.

        Raises:
            Refused: ``missing_input``, ``share_twice``.
        """
        rows = self.rows(name, product)
        if len(rows) != 1:
            code = "share_twice" if rows else "missing_input"
            raise Refused([Fault(code, name, f"{len(rows)} rows", "one row", self.rule.ref, {"input": name})])
        row = rows[0]
        weigher = self.rule.inputs[name].weighted_by
        if not row.months or not weigher:
            return row.amount
        weights = [ZERO] * len(row.months)
        for other in self.rows(weigher):
            for month, amount in enumerate(other.months):
                weights[month] += amount
        whole = sum(weights, ZERO)
        if not whole:
            return sum(row.months, ZERO) / len(row.months)
        return sum((share * weight for share, weight in zip(row.months, weights, strict=True)), ZERO) / whole

    def basis(self, *names: str) -> Basis:
        """The weakest basis among the rows of some inputs: what a computed emission rests on."""
        order: tuple[Basis, ...] = ("measured", "calculated", "estimated")
        found = [row.evidence.basis for name in names for row in self.rows(name)]
        return max(found, key=order.index, default="estimated")

    def setting(self, name: str) -> str:
        """A visible default of the rule, or what the works put in its place."""
        return self.given.settings.get(name, self.rule.settings[name].value)

    def number(self, name: str) -> Exact:
        """A setting that is a number."""
        return Exact.parse(self.setting(name), f"settings/{name}")

    def used_settings(self) -> dict[str, str]:
        """The settings in force: default or the works' own, without those that the regime overrules."""
        overruled = self.regime.parameters
        own = {name: self.setting(name) for name in self.rule.settings if name not in overruled}
        return own | {name: self.given.settings.get(name, text) for name, text in self.regime.settings.items()}
