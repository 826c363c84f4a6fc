"""The use-case *tornado*: which inputs of a works move its total most.

Every number a works entered (amounts, properties of a row, settings that are numbers) is changed alone by a small step
both ways, the rule builds the works anew and the total is compared.  The step is a thousandth, so that the balances of
a rule, which allow about half a per cent, still hold; what it gives is the elasticity, per cent of the total for one
per cent of the input.  An input that cannot move alone, because a rule ties it to another, is listed as *tied*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from factordb.layers import Layers
from factordb.release import Release, open_release
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from lca.footprint import Works, calculate
from pcr.activity import ActivityData, Row
from service.calculate import Asked, derive
from service.intake import Sent
from service.records.statement import Derived

STEP: Final = Exact(1, 1000)


@dataclass(frozen=True, slots=True)
class Bar:
    """One input. ``elasticity``: per cent of the total for one per cent of it; None where it is tied to another."""

    where: str
    """``rows/<id>``, ``rows/<id>/<property>`` or ``settings/<name>``."""
    input: str
    label: Mapping[str, str]
    value: Exact
    unit: str
    elasticity: Exact | None
    tied: str = ""
    """Code of the fault that keeps it from moving alone."""


@dataclass(frozen=True, slots=True)
class Tornado:
    """All inputs of a product, the strongest first."""

    product: str
    label: Mapping[str, str]
    total: Exact
    low_end: bool
    """The total is a band (a draft): its low end is varied."""
    bars: tuple[Bar, ...]

    @property
    def strongest(self) -> tuple[Bar, ...]:
        """Inputs that move at all, without those that are tied."""
        return tuple(bar for bar in self.bars if bar.elasticity)


def tornado(
    sent: Sent, asked: Asked, *, product: str = "", releases: Callable[[str], Release] = open_release
) -> Tornado:
    """Vary every input of a works alone.

    Raises:
        Refused: what :func:`service.calculate.derive` refuses; ``unknown_product``; ``total_open`` where the low end of
            the total is not known or zero.
    """
    return tornado_of(derive(sent, asked, releases, bits=0), product=product, draft=asked.draft)


def tornado_of(base: Derived, *, product: str = "", draft: bool = False) -> Tornado:
    """The same for a works that is derived already, in rational numbers.

    Raises:
        Refused: ``unknown_product``, ``total_open``.
    """
    chosen = product or next(iter(sorted(base.works.footprints)))
    if chosen not in base.works.footprints:
        expected = ", ".join(sorted(base.works.footprints))
        raise Refused([Fault("unknown_product", "--product", found=chosen, expected=expected)])
    footprint = base.works.footprints[chosen]
    total = footprint.total.low
    if not total:
        found = "open below" if total is None else "0"
        raise Refused([Fault("total_open", chosen, found=found, expected="a total to compare with")])
    bars = [_bar(base, item, total, base.layers, draft, chosen) for item in inputs_of(base.data)]
    bars.sort(key=lambda bar: (-abs(bar.elasticity) if bar.elasticity is not None else ONE, bar.where))
    return Tornado(chosen, footprint.reference.label, total, footprint.total.point is None, tuple(bars))


@dataclass(frozen=True, slots=True)
class Input:
    """A number that can be changed: where it stands, and the data with it multiplied."""

    bar: Bar
    times: Callable[[Exact], ActivityData]


def inputs_of(data: ActivityData) -> Iterator[Input]:
    for row in data.given.rows:
        item = data.rule.inputs[row.input]
        label = row.label or item.label
        if row.amount:
            bar = Bar(f"rows/{row.id}", row.input, label, row.amount, row.unit, None)
            yield Input(bar, lambda factor, row=row: _with_row(data, row.part(factor)))  # type: ignore[misc]
        for name, value in sorted(row.properties.items()):
            if value:
                known = item.properties[name]
                both = {key: f"{text}: {known.label[key]}" for key, text in label.items()}
                bar = Bar(f"rows/{row.id}/{name}", row.input, both, value, known.unit, None)
                yield Input(bar, lambda factor, row=row, name=name: _with_property(data, row, name, factor))  # type: ignore[misc]
    for name, setting in sorted(data.rule.settings.items()):
        value_ = _number(data.used_settings().get(name, ""))
        if value_:
            bar = Bar(f"settings/{name}", name, setting.label, value_, "", None)
            yield Input(bar, lambda factor, name=name, value=value_: _with_setting(data, name, value * factor))  # type: ignore[misc]


def _number(text: str) -> Exact | None:
    try:
        return Exact.parse(text) if text else None
    except Refused:
        return None


def _with_row(data: ActivityData, row: Row) -> ActivityData:
    rows = tuple(row if other.id == row.id else other for other in data.given.rows)
    return replace(data, given=replace(data.given, rows=rows))


def _with_property(data: ActivityData, row: Row, name: str, factor: Exact) -> ActivityData:
    return _with_row(data, replace(row, properties={**row.properties, name: row.properties[name] * factor}))


def _with_setting(data: ActivityData, name: str, value: Exact) -> ActivityData:
    settings = {**data.given.settings, name: value.text()}
    return replace(data, given=replace(data.given, settings=settings))


def _bar(base: Derived, item: Input, total: Exact, layers: Layers, draft: bool, product: str) -> Bar:
    """Both ways; where one way is refused, the other alone; where both are, the input is tied."""
    sides: list[Exact] = []
    tied = ""
    for step in (STEP, -STEP):
        try:
            sides.append(
                (_low(works_with(base, item.times(ONE + step), layers, draft), product) - total) / total / step
            )
        except Refused as refused:
            tied = refused.faults[0].code
    if not sides:
        return replace(item.bar, tied=tied)
    return replace(item.bar, elasticity=sum(sides, ZERO) / len(sides))


def works_with(base: Derived, data: ActivityData, layers: Layers, draft: bool) -> Works:
    """The works built anew from changed data, in rational numbers; nothing is stored.

    Raises:
        Refused: what the rule, the release or the solving refuse.
    """
    resolved = layers.resolve(base.installed.build(data), draft=draft, regime=data.regime.id)
    return calculate(resolved, data.regime.gwp_set, data.regime.biogenic_co2, 0)


def _low(works: Works, product: str) -> Exact:
    low = works.footprints[product].total.low
    if low is None:
        raise Refused([Fault("total_open", product)])
    return low
