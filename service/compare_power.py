"""How a regime treats each row of electricity, and what a direct line, a certificate or an own plant is worth there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from factordb.layers import Layers
from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.footprint import Footprint
from lca.inventory import Electricity, Gap, Inventory, Line
from lca.naming import FactorName
from lca.units import convert
from lca.weigh import NOTHING, Band, Weigher
from pcr.activity import Row, Supply
from pcr.methods.electricity.v1.supply_slice import FUELLED
from pcr.regime import Regime
from service.records.statement import Derived

Treatment = Literal["accepted", "refused", "outside", "average"]
OUTSIDE: Final = "ELEC_INSTRUMENT_NOT_ACCEPTED"
CAPTIVE: Final = "ELEC_CAPTIVE_ONCE"


@dataclass(frozen=True, slots=True)
class Power:
    """One row of electricity under one regime, per unit of the product."""

    row: str
    treatment: Treatment
    table_rows: tuple[str, ...]
    factors: tuple[str, ...]
    values: tuple[str, ...]
    kwh: Exact
    """At the meter of the works: what a line of its own lost on the way is not inside."""
    co2e: Band
    codes: tuple[str, ...]
    worth: Exact | None = None
    """kg CO2e that the row would have with its claim accepted, by life-cycle factors."""
    average: Exact | None = None
    """kg CO2e of the same kWh at the grid average of the regime; None where that is not loaded."""
    own_plant: Exact | None = None
    """kg CO2e of the works' own plant for these kWh: counted where its fuel is burned, and not in ``co2e``."""

    @property
    def saving(self) -> Exact | None:
        """The row against the average of the grid, below zero where it saves; of a claim outside the regime what it
        would save; None of plain grid power and where a figure is lacking."""
        if self.treatment == "outside":
            return None if self.worth is None or self.co2e.point is None else self.worth - self.co2e.point
        own_fuel = CAPTIVE in self.codes
        found = self.own_plant if own_fuel else self.co2e.point
        if self.treatment != "accepted" or found is None or self.average is None:
            return None
        return found - self.average


def power_of(derived: Derived, product: str, layers: Layers) -> Iterable[Power]:
    """The rows of electricity a product rests on."""
    footprint = derived.works.footprints[product]
    rows: dict[str, list[Electricity]] = {}
    for item in derived.works.resolved.inventory.electricity:
        if footprint.levels.get(item.process):
            rows.setdefault(item.row, []).append(item)
    given = {row.id: row for row in derived.data.given.rows}
    regime = derived.data.regime
    for name, items in sorted(rows.items()):
        co2e = NOTHING
        for part in footprint.contributions:
            if part.row == name:
                co2e += part.co2e
        kwh = sum((item.kwh * _arrives(given, item, regime) * footprint.levels[item.process] for item in items), ZERO)
        treatment = treatment_of(items, regime)
        yield Power(
            name,
            treatment,
            tuple(dict.fromkeys(item.table_row for item in items)),
            tuple(dict.fromkeys(item.factor for item in items if item.factor)),
            tuple(dict.fromkeys(_value_of(derived, given, item) for item in items)),
            kwh,
            co2e,
            tuple(dict.fromkeys([code for item in items for code in item.codes] + _lacking(derived, items))),
            worth=_worth(derived, given[name], items, kwh, co2e, layers) if treatment == "outside" else None,
            average=_average(derived, kwh, layers),
            own_plant=_own_plant(derived, footprint, given, items),
        )


class Treated(Protocol):
    """What says how a slice of electricity was treated: of an inventory, or of a record's result."""

    @property
    def supply(self) -> str: ...
    @property
    def table_row(self) -> str: ...
    @property
    def codes(self) -> Sequence[str]: ...


def treatment_of(items: Sequence[Treated], regime: Regime) -> Treatment:
    """Slices of one row of electricity: accepted, refused, not looked at by the regime, or plain grid power."""
    codes = {code for item in items for code in item.codes}
    if OUTSIDE in codes:
        return "outside"
    average = {row.row for row in regime.electricity.rows if row.takes in ("grid", "residual")}
    if any(item.table_row not in average for item in items):
        return "accepted"
    asked_more = any(item.supply != "grid" for item in items)
    faults = codes - {"ELEC_RESIDUAL_MISSING", "ELEC_ATTRIBUTE_SOLD"} if not asked_more else codes
    return "refused" if faults else "average"


def _lacking(derived: Derived, items: list[Electricity]) -> list[str]:
    """Codes of kWh without a value."""
    elsewhere = derived.data.regime.method == "accounting_elsewhere"
    gaps = [derived.works.resolved.factors.get(item.line) for item in items]
    return ["ELEC_FACTOR_NOT_LOADED" if elsewhere else gap.why for gap in gaps if isinstance(gap, Gap)]


def _supply(given: Mapping[str, Row], item: Electricity) -> Supply:
    """The supply of a slice; of a storage's, that of the row which charged it."""
    supply = given[item.row].supply or Supply()
    for name in supply.charge:
        if item.line.endswith(f"+{name}"):
            return given[name].supply or Supply()
    return supply


def _arrives(given: Mapping[str, Row], item: Electricity, regime: Regime) -> Exact:
    """Share of the kWh of a slice that its line delivers: 1 where the regime's row takes no line loss."""
    supply = _supply(given, item)
    rows = [part for part in regime.electricity.rows if part.takes == supply.type and part.row == item.table_row]
    loses = any(part.transmission == "line_loss" for part in rows)
    return ONE - supply.line_loss if loses and supply.line_loss else ONE


def _value_of(derived: Derived, given: Mapping[str, Row], item: Electricity) -> str:
    """kg CO2e per kWh as the row is calculated: plus public transmission, over what a line of its own delivers."""
    factors = derived.works.resolved.factors
    found = factors.get(item.line)
    if found is None:
        return "0"
    if isinstance(found, Gap):
        return "—"
    added = [
        factor.value
        for line in derived.works.resolved.inventory.lines
        if line.counts and line.process == item.process and line.id != item.line
        if line.id.replace("+transmission", "", 1) == item.line
        if not isinstance(factor := factors[line.id], Gap)
    ]
    arrives = _arrives(given, item, derived.data.regime)
    return "+".join([found.value, *added]) + ("" if arrives == ONE else f"/{arrives.text()}")


def _average(derived: Derived, kwh: Exact, layers: Layers) -> Exact | None:
    """The same kWh at what the regime gives plain grid power: the residual mix where it takes one, else the average."""
    policy, country = derived.data.regime.electricity, derived.data.country
    residual = policy.residual if any(row.takes == "residual" for row in policy.rows) else {}
    series = residual.get(country) or policy.average.get(country)
    if not series:
        return None
    factor = _factor(layers, (f"{series}@{derived.data.year}",), country, policy.kinds)
    return None if factor is None else kwh * factor


def _worth(
    derived: Derived, row: Row, items: list[Electricity], kwh: Exact, co2e: Band, layers: Layers
) -> Exact | None:
    """Covered kWh at the claim's factors, the rest as it is."""
    keys = [key for item in items if item.worth for key in item.worth.split(" + ")]
    whole = convert(row.amount, row.unit, "kWh")
    held = row.supply.instruments if row.supply else ()
    claimed = sum((convert(one.mwh, "MWh", "kWh") for one in held), ZERO)
    share = min(claimed / whole, ONE) if whole else ZERO
    factor = _factor(layers, tuple(dict.fromkeys(keys)), derived.data.country, ("lifecycle_co2e",))
    rest = ZERO if share == ONE else None if co2e.point is None else co2e.point * (ONE - share)
    return None if factor is None or rest is None else kwh * share * factor + rest


def _factor(layers: Layers, keys: Sequence[str], country: str, kinds: tuple[str, ...]) -> Exact | None:
    """Sum of some series, kg CO2e per kWh; None where one of them is not published."""
    lines = []
    for key in keys:
        series, _, year = key.partition("@")
        name = FactorName(
            series=series, year=int(year) if year else None, kinds=kinds, named_by="policy", place=country
        )  # fmt: skip
        lines.append(Line(key, "worth", "bought", ONE, "kWh", key, factor=name))
    try:
        resolved = layers.resolve(Inventory((), tuple(lines), (), ()))
    except Refused:
        return None
    weigh = Weigher(resolved, "AR6", "one")
    points = [weigh.band(line, ONE).point for line in lines]
    return sum((point for point in points if point is not None), ZERO) if lines else None


def _own_plant(
    derived: Derived, footprint: Footprint, given: Mapping[str, Row], items: list[Electricity]
) -> Exact | None:
    """What the works' own plant emits for the kWh taken from it, where that plant only burns and buys."""
    inventory = derived.works.resolved.inventory
    makers = {process.product: process for process in inventory.processes}
    whole = None
    for item in items:
        taken = [
            makers[line.target]
            for line in inventory.lines
            if line.kind == "own" and line.process == item.process and line.unit == "kWh" and line.target in makers
        ]
        burns = CAPTIVE in item.codes and _supply(given, item).technology in FUELLED  # waste heat has no plant
        if not burns or len(taken) != 1:
            return None
        plant = taken[0]
        takes_more = any(line.kind == "own" for line in inventory.lines if line.process == plant.id)
        parts = [part.co2e.point for part in footprint.contributions if part.process == plant.id]
        if takes_more or not parts or None in parts:
            return None
        each = sum((part for part in parts if part is not None), ZERO) / footprint.levels[plant.id] / plant.amount
        whole = (whole or ZERO) + item.kwh * footprint.levels[item.process] * each
    return whole
