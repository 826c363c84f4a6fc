"""The use-case *compare*: the same works under several regimes, and why the totals differ.

Nothing is sealed and nothing is strict: an invalid claim takes the average and stands in its column with its code.
The difference of two totals is walked cause by cause: one regime's part after another is exchanged for the other's and
the works is calculated again, so the steps are exact and sum to the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from factordb.release import Release, open_release
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from lca.footprint import Footprint
from lca.inventory import Electricity, Gap, Inventory, Line
from lca.naming import FactorName
from lca.units import convert
from lca.weigh import NOTHING, Band, Weigher
from pcr.intake import rule_and_regime
from pcr.regime import Regime
from pcr.registry import find_rule
from service.calculate import DEFAULT_RELEASE, Asked, derive, regime_for
from service.intake import Sent
from service.records.statement import Derived

Treatment = Literal["accepted", "refused", "outside", "average"]
Cause = Literal["boundary", "electricity", "coefficients", "molar", "gwp", "biogenic"]
TOTALLED: Final = ("footprint", "site_account")
OUTSIDE: Final = "ELEC_INSTRUMENT_NOT_ACCEPTED"
CAUSES: Final[Mapping[Cause, tuple[str, ...]]] = {
    "boundary": ("method", "counted_gases", "fuel_set", "fuel_upstream_kinds", "material_kinds", "transport_kinds"),
    "electricity": ("electricity", "settings"),
    "coefficients": ("parameters",),
    "molar": ("molar",),
    "gwp": ("gwp_set",),
    "biogenic": ("biogenic_co2",),
}
"""What differs between regimes, in the order it is exchanged; from a site account the other way round."""


@dataclass(frozen=True, slots=True)
class Power:
    """One row of electricity under one regime, per unit of the product."""

    row: str
    treatment: Treatment
    table_rows: tuple[str, ...]
    factors: tuple[str, ...]
    values: tuple[str, ...]
    kwh: Exact
    co2e: Band
    codes: tuple[str, ...]
    worth: Exact | None = None
    """kg CO2e that the row would have with its claim accepted, by life-cycle factors."""


@dataclass(frozen=True, slots=True)
class Step:
    """One cause of a difference, kg CO2e per unit, and the rows it comes from."""

    causes: tuple[Cause, ...]
    change: Exact
    rows: Mapping[str, Exact]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the first regime's total to this one's; ``steps`` and ``rest`` sum to the difference."""

    start: Exact
    end: Exact
    steps: tuple[Step, ...]
    rest: Exact
    low_end: bool
    """The totals are bands (a draft): their low ends are compared."""


@dataclass(frozen=True, slots=True)
class Column:
    """One regime's column for one product."""

    regime: str
    facts: Regime | None
    faults: tuple[Fault, ...] = ()
    totals: Mapping[str, Band] = field(default_factory=dict)
    """By product; empty where the regime calculates nothing."""
    power: tuple[Power, ...] = ()
    scope: Mapping[str, str] = field(default_factory=dict)
    waterfall: Waterfall | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One table: the same works under each regime."""

    rule: str
    product: str
    label: Mapping[str, str]
    unit: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    """Electricity row and line names."""
    columns: tuple[Column, ...]


def compare(
    sent: Sent,
    regimes: Iterable[str],
    *,
    product: str = "",
    release: str = "",
    draft: bool = True,
    releases: Callable[[str], Release] = open_release,
) -> Comparison:
    """The works under each regime, for one product (default: the first); faults of a regime stay in its column.

    Gaps widen a band, as in a draft, unless ``draft`` is off: how the power is treated is worth seeing all the same.

    Raises:
        Refused: what no regime can help: no rule, unknown release; ``unknown_product``; all faults where no regime
            answers at all.
    """
    names = list(dict.fromkeys(name.strip() for name in regimes if name.strip()))
    works = _Works(sent, Asked(release=release, draft=draft, strict=False), releases)
    found = {name: works.under(name) for name in names}
    derived = [item for item in found.values() if isinstance(item, Derived)]
    if not derived:
        faults = [fault for item in found.values() if not isinstance(item, Derived) for fault in item]
        raise Refused(faults or [Fault("regime_unknown", "/regimes", "none", "a list of regime ids")])
    first = derived[0]
    products = sorted(first.works.footprints)
    chosen = product or products[0]
    if chosen not in products:
        raise Refused([Fault("unknown_product", "--product", chosen, ", ".join(products), first.data.rule.ref)])
    base = next((item for item in derived if item.data.regime.method in TOTALLED), None)
    columns = [works.column(name, found[name], base, chosen) for name in names]
    reference = first.works.footprints[chosen].reference
    return Comparison(
        first.data.rule.ref, chosen, reference.label, reference.unit_text, _labels(derived), tuple(columns)
    )


class _Works:
    """One sent works, calculated under one regime after the other."""

    def __init__(self, sent: Sent, asked: Asked, releases: Callable[[str], Release]) -> None:
        self.sent, self.asked, self.releases = sent, asked, releases
        rule, version, _ = rule_and_regime(sent.data)
        self.installed = find_rule(rule, version)
        self.release = releases(asked.release or DEFAULT_RELEASE)

    def under(self, name: str) -> Derived | tuple[Fault, ...]:
        """The works under a regime, or why not; without an accounting only its electricity, gaps allowed."""
        try:
            regime = regime_for(self.installed, name, electricity_only=True)
            return self._derive(regime)
        except Refused as refused:
            return tuple(refused.faults)

    def _derive(self, regime: Regime) -> Derived:
        draft = self.asked.draft or regime.method == "accounting_elsewhere"
        return derive(self.sent, replace(self.asked, draft=draft), self.releases, under=regime)

    def column(self, name: str, found: Derived | tuple[Fault, ...], base: Derived | None, product: str) -> Column:
        """A regime's column; the waterfall starts at the first regime's total."""
        if not isinstance(found, Derived):
            return Column(name, self._facts(name), found)
        regime = found.data.regime
        power = tuple(self._power(found, product))
        scope = _scope(found)
        if regime.method not in TOTALLED or base is None:
            return Column(name, regime, (), {}, power, scope)
        totals = {item: footprint.total for item, footprint in found.works.footprints.items()}
        return Column(name, regime, (), totals, power, scope, self._waterfall(base, found, product))

    def _facts(self, name: str) -> Regime | None:
        from pcr.regime import load_regime

        try:
            return load_regime(name)
        except Refused:
            return None

    # -- electricity -----------------------------------------------------------------------------------------------

    def _power(self, derived: Derived, product: str) -> Iterable[Power]:
        footprint = derived.works.footprints[product]
        rows: dict[str, list[Electricity]] = {}
        for item in derived.resolved.inventory.electricity:
            if footprint.levels.get(item.process):
                rows.setdefault(item.row, []).append(item)
        for row, items in sorted(rows.items()):
            co2e = NOTHING
            for part in footprint.contributions:
                if part.row == row:
                    co2e += part.co2e
            kwh = sum((item.kwh * footprint.levels[item.process] for item in items), ZERO)
            codes = list(dict.fromkeys(code for item in items for code in item.codes))
            for answer in (derived.resolved.factors.get(item.line) for item in items):
                if isinstance(answer, Gap):
                    elsewhere = derived.data.regime.method == "accounting_elsewhere"
                    codes.append("ELEC_FACTOR_NOT_LOADED" if elsewhere else answer.why)
            treatment = _treatment(items, derived.data.regime)
            worth = self._worth(derived, row, items, kwh, co2e) if treatment == "outside" else None
            yield Power(
                row,
                treatment,
                tuple(dict.fromkeys(item.table_row for item in items)),
                tuple(dict.fromkeys(item.factor for item in items if item.factor)),
                tuple(dict.fromkeys(_value_of(derived, item) for item in items)),
                kwh,
                co2e,
                tuple(dict.fromkeys(codes)),
                worth,
            )

    def _worth(self, derived: Derived, row: str, items: list[Electricity], kwh: Exact, co2e: Band) -> Exact | None:
        """Covered kWh at the claim's factors, the rest as it is."""
        keys = [key for item in items if item.worth for key in item.worth.split(" + ")]
        given = next(item for item in derived.data.given.rows if item.id == row)
        whole = convert(given.amount, given.unit, "kWh")
        held = given.supply.instruments if given.supply else ()
        claimed = sum((convert(one.mwh, "MWh", "kWh") for one in held), ZERO)
        share = min(claimed / whole, ONE) if whole else ZERO
        factor = self._factor(tuple(dict.fromkeys(keys)), derived.data.country)
        rest = ZERO if share == ONE else None if co2e.point is None else co2e.point * (ONE - share)
        return None if factor is None or rest is None else kwh * share * factor + rest

    def _factor(self, keys: tuple[str, ...], country: str) -> Exact | None:
        """Sum of some series, kg CO2e per kWh; None where one of them is not published."""
        lines = []
        for key in keys:
            series, _, year = key.partition("@")
            name = FactorName(
                series=series, year=int(year) if year else None, kinds=("lifecycle_co2e",), named_by="policy",
                place=country,
            )  # fmt: skip
            lines.append(Line(key, "worth", "bought", ONE, "kWh", key, factor=name))
        try:
            resolved = self.release.resolve(Inventory((), tuple(lines), (), ()))
        except Refused:
            return None
        weigh = Weigher(resolved, "AR6", "one")
        points = [weigh.band(line, ONE).point for line in lines]
        return sum((point for point in points if point is not None), ZERO) if lines else None

    # -- why totals differ -----------------------------------------------------------------------------------------

    def _waterfall(self, base: Derived, found: Derived, product: str) -> Waterfall | None:
        """Each cause exchanged in turn; a mixture that cannot be calculated joins the next cause."""
        here, there = base.data.regime, found.data.regime
        order: list[Cause] = list(CAUSES)
        if here.method == "site_account":
            order.reverse()
        start, end = _parts(base, product), _parts(found, product)
        if start is None or end is None:
            return None
        steps, pending, now, mixed = [], [], start, here
        for cause in order:
            names = CAUSES[cause]
            if all(getattr(mixed, name) == getattr(there, name) for name in names):
                continue
            mixed = mixed.model_copy(update={name: getattr(there, name) for name in names})
            pending.append(cause)
            try:
                after = _parts(self._derive(mixed), product)
            except Refused:
                continue
            if after is None:
                continue
            steps.append(Step(tuple(pending), _sum(after) - _sum(now), _changes(now, after)))
            pending, now = [], after
        if pending:  # the last mixtures could not be calculated: what they cause together is the difference left
            steps.append(Step(tuple(pending), _sum(end) - _sum(now), _changes(now, end)))
            now = end
        rest = _sum(end) - _sum(start) - sum((step.change for step in steps), ZERO)
        low = any(item.works.footprints[product].total.point is None for item in (base, found))
        return Waterfall(_sum(start), _sum(end), tuple(step for step in steps if step.rows), rest, low)


def _treatment(items: list[Electricity], regime: Regime) -> Treatment:
    codes = {code for item in items for code in item.codes}
    if OUTSIDE in codes:
        return "outside"
    average = {row.row for row in regime.electricity.rows if row.takes in ("grid", "residual")}
    if any(item.table_row not in average for item in items):
        return "accepted"
    asked_more = any(item.supply != "grid" for item in items)
    faults = codes - {"ELEC_RESIDUAL_MISSING", "ELEC_ATTRIBUTE_SOLD"} if not asked_more else codes
    return "refused" if faults else "average"


def _value_of(derived: Derived, item: Electricity) -> str:
    factor = derived.resolved.factors.get(item.line)
    if factor is None:
        return "0"
    return "—" if isinstance(factor, Gap) else factor.value


def _parts(derived: Derived, product: str) -> dict[str, Exact] | None:
    """kg CO2e per row of the works (or named input), at the low end of a band; None where that end is open."""
    footprint: Footprint = derived.works.footprints[product]
    parts: dict[str, Exact] = {}
    for part in footprint.contributions:
        if part.co2e.low is None:
            return None
        name = part.row or part.input
        parts[name] = parts.get(name, ZERO) + part.co2e.low
    return parts


def _sum(parts: Mapping[str, Exact]) -> Exact:
    return sum(parts.values(), ZERO)


def _changes(before: Mapping[str, Exact], after: Mapping[str, Exact]) -> dict[str, Exact]:
    """What changed, the largest first."""
    names = sorted({*before, *after})
    found = {name: after.get(name, ZERO) - before.get(name, ZERO) for name in names}
    return dict(sorted(((name, value) for name, value in found.items() if value), key=lambda item: -abs(item[1])))


def _scope(derived: Derived) -> dict[str, str]:
    regime = derived.data.regime
    if not regime.scope:
        return {}
    code = derived.data.given.about.get("cn_code", "")
    row = regime.scope_of(code) if code else None
    if row is None:
        return {"cn_code": code, "indirect": "unknown", "en": "", "zh": ""}
    return {"cn_code": code, "indirect": row.indirect, "en": row.text["en"], "zh": row.text["zh"]}


def _labels(derived: list[Derived]) -> dict[str, Mapping[str, str]]:
    labels: dict[str, Mapping[str, str]] = {}
    for item in derived:
        for row in item.data.given.rows:
            labels.setdefault(row.id, row.label or item.data.rule.inputs[row.input].label)
        for line in item.resolved.inventory.lines:
            if not line.row and line.label:
                labels.setdefault(line.input, line.label)
    return labels
