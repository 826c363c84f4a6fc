"""The use-case *compare*: the same works under several regimes, and why the totals differ.

Nothing is sealed and nothing is strict: an invalid claim takes the average and stands in its column with its code.
The difference of two totals is walked cause by cause: one regime's part after another is exchanged for the other's and
the works is calculated again, so the steps are exact and sum to the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from factordb.layers import open_layers
from factordb.release import Release, open_release
from lca.exact import ZERO, Exact
from lca.faults import Fault, Notice, Refused
from lca.footprint import Footprint
from lca.weigh import Band
from pcr.intake import rule_and_regime
from pcr.regime import Regime
from pcr.registry import find_rule
from service.calculate import Asked, derive, regime_for
from service.compare_power import Power, power_of
from service.desk import DEFAULT_RELEASE
from service.intake import Sent
from service.records.statement import Derived

Cause = Literal["boundary", "electricity", "coefficients", "molar", "gwp", "biogenic"]
TOTALLED: Final = ("footprint", "site_account")
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
    notices: tuple[Notice, ...] = ()


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


def _unlike(base: Derived, found: Derived, product: str) -> Notice | None:
    """Why two totals are not comparable: another unit, or more or fewer of it made by the same works."""
    here, there = (item.works.footprints[product].reference for item in (base, found))
    if (here.unit, here.made) == (there.unit, there.made):
        return None
    values = {"regime": found.data.regime.id, "unit": f"{there.made.significant(6)} {there.unit}"}
    values |= {"first": base.data.regime.id, "first_unit": f"{here.made.significant(6)} {here.unit}"}
    return Notice("unit_differs", found.data.regime.id, values)


class _Works:
    """One sent works, calculated under one regime after the other."""

    def __init__(self, sent: Sent, asked: Asked, releases: Callable[[str], Release]) -> None:
        self.sent, self.asked, self.releases = sent, asked, releases
        rule, version, _ = rule_and_regime(sent.data)
        self.installed = find_rule(rule, version)
        self.layers = open_layers(asked.release or DEFAULT_RELEASE, releases)

    def under(self, name: str) -> Derived | tuple[Fault, ...]:
        """The works under a regime, or why not; without an accounting only its electricity, gaps allowed."""
        try:
            regime = regime_for(self.installed, name, electricity_only=True)
            return self._derive(regime)
        except Refused as refused:
            return tuple(refused.faults)

    def _derive(self, regime: Regime) -> Derived:
        draft = self.asked.draft or regime.method == "accounting_elsewhere"
        return derive(self.sent, replace(self.asked, draft=draft), self.releases, under=regime, bits=0)

    def column(self, name: str, found: Derived | tuple[Fault, ...], base: Derived | None, product: str) -> Column:
        """A regime's column; the waterfall starts at the first regime's total."""
        if not isinstance(found, Derived):
            return Column(name, self._facts(name), found)
        regime = found.data.regime
        power = tuple(power_of(found, product, self.layers))
        scope = _scope(found)
        if regime.method not in TOTALLED or base is None:
            return Column(name, regime, (), {}, power, scope)
        totals = {item: footprint.total for item, footprint in found.works.footprints.items()}
        unlike = _unlike(base, found, product)
        if unlike is not None:
            return Column(name, regime, (), totals, power, scope, None, (unlike,))
        return Column(name, regime, (), totals, power, scope, self._waterfall(base, found, product))

    def _facts(self, name: str) -> Regime | None:
        from pcr.regime import load_regime

        try:
            return load_regime(name)
        except Refused:
            return None

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
