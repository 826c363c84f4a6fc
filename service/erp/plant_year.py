"""A plant over a period: its meters as rows of activity data, its outputs, and what each product takes of the sharing.

What is wrong with the plant is wrong for every product of it; all of it is told at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from factordb.factor import Factor
from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.units import convert
from service.erp.materials import Materials, counted
from service.erp.months import EVIDENCE, Month
from service.erp.period import Period
from service.erp.plants import Plant

UNITS: Final = {"mass": "kg", "pieces": "piece", "machine_hours": "h", "value": "1"}
WEAKER: Final = ("measured", "calculated", "estimated")
SUMMED: Final = ("generation", "export")
"""Figures of a supply that add up over the months; the others must be the same in all."""
BOUGHT: Final = ("heat", "consumable")
"""Kinds whose material is a number of the company, mapped like a component."""
SHOWN: Final = 5
"""Products named in a fault that concerns many."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What a plant made of a product: by month as text, in one unit, with its evidence."""

    months: tuple[str, ...]
    whole: Exact
    unit: str
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What numbers of a plant's lines may mean."""

    materials: Materials
    factor: Callable[[str], Factor | None]
    """A factor of the releases that are calculated with."""


@dataclass(slots=True)
class PlantYear:
    """A plant over a period."""

    plant: Plant
    made: dict[str, Made] = field(default_factory=dict)
    """Products with an output above zero."""
    shared: list[Row] = field(default_factory=list)
    """Rows of the whole plant."""
    own: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """Rows of one product's own meters."""
    drivers: dict[str, Exact] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def driver_total(self) -> Exact:
        return sum(self.drivers.values(), ZERO)


def plant_year(
    plant: Plant, period: Period, meters: Sequence[Month], outputs: Sequence[Month], known: Known
) -> PlantYear:
    """The plant's rows and outputs; faults stay with it."""
    made = PlantYear(plant)
    faults = Collector()
    _outputs(made, period, outputs, faults)
    _meters(made, period, meters, known, faults)
    if made.shared:
        _drivers(made, period, outputs, known.materials, faults)
    made.faults = faults.faults
    return made


def _by_key(lines: Iterable[Month]) -> dict[str, list[Month]]:
    found: defaultdict[str, list[Month]] = defaultdict(list)
    for line in lines:
        found[line.key].append(line)
    return dict(sorted(found.items()))


def _outputs(made: PlantYear, period: Period, outputs: Iterable[Month], faults: Collector) -> None:
    """A month's list of outputs is complete: what is not on it was not made. A month without a list is a fault."""
    by_product = _by_key(outputs)
    listed = {line.month for lines in by_product.values() for line in lines}
    for month in period.months:
        if month not in listed:
            faults.add(_no_month(made.plant.plant, "output", month))
    for product, lines in by_product.items():
        with faults.catching(f"{made.plant.plant}, {product}"):
            unit = str(lines[0].cells["unit"])
            amounts = {line.month: _amount(line, unit) for line in lines}
            months = tuple(amounts.get(month, ZERO) for month in period.months)
            if any(months):
                texts = tuple(month.text() for month in months)
                made.made[product] = Made(texts, sum(months, ZERO), unit, _evidence(lines))


def _meters(made: PlantYear, period: Period, meters: Iterable[Month], known: Known, faults: Collector) -> None:
    """One row for each id; a meter that others lie under shows what they leave."""
    by_id = _by_key(meters)
    months: dict[str, list[Exact]] = {}
    for name, lines in by_id.items():
        where = f"{made.plant.plant}, {name}"
        for key in ("kind", "product", "part_of", "material", "properties"):
            if len({str(line.cells.get(key, "")) for line in lines}) > 1:
                found = ", ".join(f"{line.month}: {line.cells.get(key, 'nothing')}" for line in lines)[:120]
                faults.add(Fault("erp_meter_differs", where, found, f"one {key} in all months", values={"key": key}))
        there = {line.month for line in lines}
        for month in period.months:
            if month not in there:
                faults.add(_no_month(made.plant.plant, name, month))
        with faults.catching(where):
            unit = str(lines[0].cells["unit"])
            months[name] = [_amount(line, unit) for line in sorted(lines, key=lambda line: line.month)]
    below = _below(made, by_id, months, faults)
    if faults.faults:
        return
    for name, lines in by_id.items():
        if (product := lines[0].cells.get("product", "")) and product not in made.made:
            found, expected = f"{product} was not made in the period", "a product of the plant's output"
            faults.add(Fault("erp_meter_product", f"{made.plant.plant}, {name}", found, expected))
        row = _row(lines, months[name], below.get(name, []))
        if lines[0].kind in BOUGHT:
            with faults.catching(f"{made.plant.plant}, {name}"):
                row = _bought(row, months[name], known, period)
        (made.own[product] if product else made.shared).append(row)


def _below(
    made: PlantYear, by_id: Mapping[str, Sequence[Month]], months: dict[str, list[Exact]], faults: Collector
) -> dict[str, list[str]]:
    """Meter to those that lie under it; their months are taken off its own."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    whole = {name: list(values) for name, values in months.items()}
    for name, lines in by_id.items():
        above = str(lines[0].cells.get("part_of", ""))
        if not above or name not in months:
            continue
        where = f"{made.plant.plant}, {name}"
        if above not in months or by_id[above][0].kind != lines[0].kind or above == name:
            faults.add(Fault("erp_part_of", where, above, "the id of a meter of the same kind in the plant"))
            continue
        below[above].append(name)
        unit, target = str(lines[0].cells["unit"]), str(by_id[above][0].cells["unit"])
        with faults.catching(where):
            taken = [convert(amount, unit, target) for amount in whole[name]]
            months[above] = [one - other for one, other in zip(months[above], taken, strict=False)]
    for name in below:
        for number, amount in enumerate(months[name]):
            if amount < 0:
                found = f"{whole[name][number]} on {name}, {-amount} more on {', '.join(below[name])}"
                where = f"{made.plant.plant}, {name}, {by_id[name][number].month}"
                faults.add(Fault("erp_meter_negative", where, found, "at least what the meters under it show"))
    return below


def _row(lines: Sequence[Month], months: Sequence[Exact], below: Sequence[str]) -> Row:
    first, name = lines[0].cells, lines[0].key
    evidence = _evidence(lines)
    if below:
        evidence |= {"source": f"{name} less {', '.join(below)}", "basis": _weakest([evidence["basis"], "calculated"])}
    row: Row = {"id": f"meter {name}", "input": first["kind"]}
    row |= {key: first[key] for key in ("product", "material", "properties") if first.get(key)}
    row |= {"months": [month.text() for month in months], "unit": first["unit"]}
    if any(line.cells.get("supply") for line in lines):
        row["supply"] = _supply(lines)
    return row | {"evidence": evidence}


def _bought(row: Row, months: Sequence[Exact], known: Known, period: Period) -> Row:
    """A row of heat or an auxiliary in the unit of the factor that its material maps to."""
    number = row["material"]
    material = known.materials.at(number, period.end)
    values = {"number": number}
    if material is None or not material.maps_to or material.product[0]:
        fault = Fault("erp_unmapped", found=number, expected="a material that maps to a factor", values=values)
        raise Refused([fault])
    factor = known.factor(material.maps_to)
    if factor is None:
        expected = "a factor of the releases"
        raise Refused([Fault("erp_factor_unknown", found=material.maps_to, expected=expected, values=values)])
    counts = [counted(material, month, row["unit"], factor.denominator) for month in months]
    texts = [amount.text() for amount, _ in counts]
    if any("/" in text for text in texts):
        raise Refused([Fault("erp_ratio", found=texts[0], expected="a ratio whose amounts end as decimals")])
    told = {"months": texts, "unit": counts[0][1], "factor": factor.id}
    if material.proxy_for:
        told["proxy_for"] = material.proxy_for
    evidence = row["evidence"]
    source = "; ".join(part for part in (evidence.get("source", ""), known.materials.version_of(material)) if part)
    return row | told | {"evidence": evidence | {"source": source}}


def _supply(lines: Sequence[Month]) -> dict[str, Any]:
    supplies = [line.cells.get("supply", {}) for line in lines]
    fixed = [{key: value for key, value in supply.items() if key not in SUMMED} for supply in supplies]
    if any(other != fixed[0] for other in fixed):
        expected = "one way of supply in all months of an id"
        raise Refused([Fault("erp_meter_differs", lines[0].key, "several", expected, values={"key": "supply"})])
    made = dict(fixed[0])
    for name in SUMMED:
        given = [Exact.from_record(supply[name]) for supply in supplies if name in supply]
        if given and len(given) < len(supplies):
            found, expected = f"{name} in {len(given)} months", f"{name} in all {len(supplies)}"
            raise Refused([Fault("erp_meter_differs", lines[0].key, found, expected, values={"key": name})])
        if given:
            made[name] = sum(given, ZERO).text()
    return made


def _drivers(
    made: PlantYear, period: Period, outputs: Iterable[Month], materials: Materials, faults: Collector
) -> None:
    """What each product takes of the plant's driver; all products of the meters count, or none can be shared."""
    by, lacking = made.plant.shared_by, []
    stated = _by_key(outputs) if by in ("machine_hours", "value") else {}
    for product, output in made.made.items():
        if by in ("machine_hours", "value"):
            given = [line.cells.get("drivers", {}).get(by) for line in stated[product] if line.cells["amount"] != "0"]
            amount = None if None in given else sum((Exact.from_record(str(one)) for one in given), ZERO)
        else:
            amount = _physical(materials, product, output, UNITS[by], period)
        if amount is None or amount <= 0:
            lacking.append(product)
        else:
            made.drivers[product] = amount
    if lacking:
        found = ", ".join(lacking[:SHOWN]) + (f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else "")
        expected = f"{by} of every product that the plant made"
        faults.add(Fault("erp_driver_missing", made.plant.plant, found, expected, values={"driver": by}))


def _physical(materials: Materials, product: str, output: Made, unit: str, period: Period) -> Exact | None:
    try:
        return convert(output.whole, output.unit, unit)
    except Refused:
        pass  # its material may say what one weighs
    material = materials.at(product, period.end)
    if material is None:
        return None
    try:
        amount, given = counted(material, output.whole, output.unit, unit)
        return convert(amount, given, unit)
    except Refused:
        return None


def _amount(line: Month, unit: str) -> Exact:
    return convert(Exact.from_record(line.cells["amount"]), str(line.cells["unit"]), unit)


def _evidence(lines: Sequence[Month]) -> dict[str, str]:
    """What the months say, each different word once, and the weakest basis; without one a line is taken as measured."""
    given = [line.cells.get("evidence", {}) for line in lines]
    found = {
        name: "; ".join(dict.fromkeys(text for one in given if (text := one.get(name, ""))))
        for name in EVIDENCE
        if name != "basis"
    }
    return {name: text for name, text in found.items() if text} | {
        "basis": _weakest([one.get("basis", "measured") for one in given])
    }


def _weakest(bases: Iterable[str]) -> str:
    return max(bases, key=WEAKER.index)


def _no_month(plant: str, what: str, month: str) -> Fault:
    values = {"plant": plant, "what": what, "month": month}
    return Fault("erp_month_missing", f"{plant}, {what}", "no line", f"a line for {month}", values=values)
