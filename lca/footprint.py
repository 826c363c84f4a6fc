"""The footprint (碳足迹) of one product: total, lines, stages, gases, inputs, and how sure each part is.

Everything here is exact; digits are cut in :mod:`lca.publish`.  A result is ``complete``,
``complete_with_proxies`` or ``draft``; the fourth status, ``refused``, has no footprint but a list of faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from lca.assemble import assemble
from lca.deferred import Rate
from lca.diagnose import check_structure, loops_with_gain
from lca.enclosed import BITS, NotDecided, precision
from lca.enclosure import enclosed_levels
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Notice, Refused
from lca.gases import Flow
from lca.gradient import SMALL
from lca.inventory import Gap, Line, Reference, ResolvedFactor, ResolvedInventory
from lca.ledger import CutOffShare, cut_off_ledger, sensitivity_cases
from lca.limited import limited
from lca.rating import Rating, rate
from lca.settle import settle
from lca.solve import RATIONAL_LIMIT, binary64_levels, rational_levels
from lca.system import LinearSystem, leaves
from lca.units import convert
from lca.weigh import NOTHING, Band, Weigher, magnitude, scaled, summed

Status = Literal["complete", "complete_with_proxies", "draft"]
CLASSES: Final = ("measured", "supplier", "official", "proxy", "gap")
"""From strong to weak; the class of a line is the weaker of its activity and its factor."""
_OF_BASIS: Final = {"measured": "measured", "calculated": "measured", "estimated": "proxy"}
TIES: Final = 600
"""Up to so many processes a tie is settled in rational numbers, which take seconds there."""
APART: Final = 80
"""Processes above which rational numbers take more than 50 ms: then in a process of their own, with a limit."""
MOST_BITS: Final = 4096
STATED_LINES: Final = ("fossil", "biogenic", "dluc", "aircraft")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one line adds to one unit of the product, kg CO2e."""

    line: str
    process: str
    stage: str
    input: str
    row: str
    source: str
    """Factor key, flow or ``gap``."""
    data_class: str
    amount: Exact
    unit: str
    co2e: Band
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatedLine:
    """A line of the result: a value, a zero by statement, or not known (then ``value`` is the known part)."""

    state: Literal["value", "zero_by_statement", "not_known"]
    value: Exact
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Footprint:
    """One product's footprint, unrounded. ``co2e`` values are kg per unit of the reference."""

    reference: Reference
    status: Status
    total: Band
    lines: Mapping[str, StatedLine]
    stages: Mapping[str, Band]
    processes: Mapping[str, Band]
    gases: Mapping[str, tuple[Exact, Exact]]
    """Flow to (kg, kg CO2e)."""
    inputs: Mapping[str, Band]
    contributions: tuple[Contribution, ...]
    classes: Mapping[str, Exact | None]
    """Share of the absolute total by class of data, summing to one; with a gap open above the gap's share is not known
    (None) and the others are shares of what is known."""
    gaps: tuple[str, ...]
    """Line ids, the one that widens the band most first."""
    proxies: tuple[str, ...]
    cut_off: tuple[CutOffShare, ...]
    sensitivities: Mapping[str, Band]
    notices: tuple[Notice, ...]
    rating: Rating | None
    """Data-quality rating, where the inventory asks for one."""
    levels: Mapping[str, Exact]
    """Process to its level for one unit of the reference; also of a process without lines of its own."""
    exact: bool
    """False above the rational limit: such a result is shown and not sealed."""


@dataclass(frozen=True, slots=True)
class Again:
    """What a works was calculated from, to do it with more bits where a rounding edge lies inside an enclosure."""

    resolved: ResolvedInventory
    gwp_set: str
    biogenic_co2: str
    bits: int


@dataclass(frozen=True, slots=True)
class Works:
    """The system of a works, solved for each of its products, and the reconciliation over the works."""

    system: LinearSystem
    resolved: ResolvedInventory
    footprints: Mapping[str, Footprint]
    total: Band
    """All lines at the activity of the period, kg CO2e."""
    products_total: Band
    """Sum over products of footprint x amount made; the difference is printed, never hidden."""
    again: Again


def calculate(resolved: ResolvedInventory, gwp_set: str, biogenic_co2: str, bits: int = BITS) -> Works:
    """Settle, assemble and solve for every reference product, with as many bits as the questions asked on the way need.

    ``bits``: of the first try; 0: in rational numbers.

    Raises:
        Refused: faults of settling, assembling or solving; ``loop_gain``; ``cut_off_exceeded``.
    """
    while True:
        try:
            with precision(bits or BITS):
                return _calculate(resolved, gwp_set, biogenic_co2, bits)
        except NotDecided:
            bits = sharper(bits)


def sharper(bits: int) -> int:
    """The next precision: 256, 1,024, 4,096, then rational numbers. A tie is decided by nothing else."""
    return 4 * bits if 0 < bits < MOST_BITS else 0


def _calculate(resolved: ResolvedInventory, gwp_set: str, biogenic_co2: str, bits: int) -> Works:
    settled = settle(resolved, gwp_set, biogenic_co2)
    system = assemble(settled, gwp_set, biogenic_co2)
    gains = loops_with_gain(system)
    if gains:
        expected = "a loop that makes more than it takes in"
        raise Refused([Fault("loop_gain", n.where, n.values["gain"], expected, values=n.values) for n in gains])
    weigh = Weigher(settled, gwp_set, biogenic_co2)
    footprints = {item.product: _footprint(settled, system, item, weigh, bits) for item in settled.inventory.references}
    whole = summed(weigh.band(line, ONE) for line in settled.inventory.lines if line.counts)
    made = NOTHING
    for footprint in footprints.values():
        runs = footprint.reference.made / footprint.reference.amount
        made += scaled(footprint.total, runs)
    if _closed(settled, system):
        made = whole
    return Works(system, settled, footprints, whole, made, Again(resolved, gwp_set, biogenic_co2, bits))


def _closed(resolved: ResolvedInventory, system: LinearSystem) -> bool:
    """Whether all processes at the activity of the period make the reference products and nothing else: then the sum
    over products is the works, exactly, and no enclosure has to find that out."""
    left = dict.fromkeys(system.products, ZERO)
    for (product, _), amount in system.a.items():
        left[product] = left[product] + amount
    units = {process.product: process.unit for process in resolved.inventory.processes}
    for item in resolved.inventory.references:
        made = convert(item.made, item.unit, units[item.product])
        left[item.product] = left[item.product] - made
    return not any(left.values())


def _levels(system: LinearSystem, reference: Reference, unit: str, bits: int) -> tuple[Mapping[str, Exact], bool]:
    """Levels for one unit of the reference; False where nothing proves them."""
    demand = {reference.product: convert(reference.amount, reference.unit, unit)}
    size = len(system.processes) - len(leaves(system))  # factors are leaves: they cost rational numbers nothing
    if bits and size > SMALL:
        check_structure(system, demand)
        levels_ = enclosed_levels(system, demand, bits)
        if levels_ is not None:
            return levels_, True
    if size <= (RATIONAL_LIMIT if bits else TIES):
        check_structure(system, demand)
        if size <= APART:
            return rational_levels(system, demand), True
        found = f"{len(system.processes)} processes"
        return limited(rational_levels, system, dict(demand), where=reference.product, found=found), True
    levels, _ = binary64_levels(system, demand)
    return {name: Exact.from_binary64(value) for name, value in levels.items()}, False


def _footprint(
    resolved: ResolvedInventory, system: LinearSystem, reference: Reference, weigh: Weigher, bits: int
) -> Footprint:
    inventory = resolved.inventory
    unit = next(process.unit for process in inventory.processes if process.product == reference.product)
    levels, exact = _levels(system, reference, unit, bits)
    stage_of = {process.id: process.stage for process in inventory.processes}
    counted = [line for line in inventory.lines if line.kind != "own" and line.counts]
    parts = tuple(
        Contribution(
            line.id,
            line.process,
            stage_of[line.process],
            line.input,
            line.row,
            _source(resolved, line),
            line_class(resolved, line),
            line.amount * levels[line.process],
            line.unit,
            weigh.band(line, levels[line.process]),
            line.label,
        )
        for line in sorted(counted, key=lambda item: item.id)
        if levels[line.process]
    )
    by_process, by_input = _sums(parts, "process"), _sums(parts, "input")
    by_stage = _sums_of(by_process, stage_of)
    total = summed(by_stage.values())
    gaps = sorted((part for part in parts if part.data_class == "gap"), key=_width, reverse=True)
    proxies = tuple(part.line for part in parts if part.data_class == "proxy")
    status: Status = "draft" if gaps else "complete_with_proxies" if proxies else "complete"
    cut_off = cut_off_ledger(resolved, levels, total, weigh)
    notices = [*inventory.notices, *_implausible(resolved, reference, total)]
    gases = _gases(counted, levels, weigh)
    if not exact:
        values = {"processes": str(len(system.processes)), "limit": str(TIES)}
        notices.append(Notice("binary64", reference.product, values))
    return Footprint(
        reference=reference,
        status=status,
        total=total,
        lines=_lines(resolved, counted, levels, gases),
        stages={stage: by_stage.get(stage, NOTHING) for stage, _ in inventory.stages},
        processes={name: by_process.get(name, NOTHING) for name in sorted(stage_of)},
        gases=gases,
        inputs=dict(sorted(by_input.items())),
        contributions=parts,
        classes=_classes(parts),
        gaps=tuple(part.line for part in gaps),
        proxies=proxies,
        cut_off=cut_off,
        sensitivities=sensitivity_cases(resolved, levels, counted, weigh),
        notices=tuple(notices_of(resolved, parts, notices)),
        rating=_rating(resolved, counted, parts),
        levels=dict(levels),
        exact=exact,
    )


def _sums(parts: tuple[Contribution, ...], name: str) -> dict[str, Band]:
    """The contributions summed by ``process`` or ``input``, each in their order."""
    groups: dict[str, list[Band]] = {}
    for part in parts:
        groups.setdefault(getattr(part, name), []).append(part.co2e)
    return {key: summed(bands) for key, bands in groups.items()}


def _sums_of(sums: Mapping[str, Band], group_of: Mapping[str, str]) -> dict[str, Band]:
    """Sums of sums: a process is of one stage, so its own sum serves its stage."""
    groups: dict[str, list[Band]] = {}
    for name, band in sums.items():
        groups.setdefault(group_of[name], []).append(band)
    return {key: summed(bands) for key, bands in groups.items()}


def _rating(resolved: ResolvedInventory, counted: list[Line], parts: tuple[Contribution, ...]) -> Rating | None:
    terms = [term for term in resolved.inventory.deferred if isinstance(term, Rate)]
    weight = {part.line: part.co2e for part in parts}
    rated = [(line, resolved.factors.get(line.id), weight[line.id]) for line in counted if line.id in weight]
    return rate(terms[0], rated) if terms else None


def primary_share(footprint: Footprint) -> Exact | None:
    """Share of the absolute total whose activity *and* factor are primary: measured at the works or a supplier's own.

    None where a gap is open above: then nobody knows the share.
    """
    measured, supplier = footprint.classes["measured"], footprint.classes["supplier"]
    if footprint.classes["gap"] is None or measured is None or supplier is None:
        return None
    return measured + supplier


def notices_of(resolved: ResolvedInventory, parts: tuple[Contribution, ...], own: list[Notice]) -> list[Notice]:
    """Notices of the inventory and of the factors that this product really uses, in a fixed order."""
    used = {part.line for part in parts}
    asked = [
        notice
        for line in sorted(used & set(resolved.factors))
        if isinstance(factor := resolved.factors[line], ResolvedFactor)
        for notice in factor.notices
    ]
    unique: dict[str, Notice] = {}
    for notice in [*own, *asked]:
        unique.setdefault(f"{notice.code} {notice.where} {sorted(notice.values.items())}", notice)
    return list(unique.values())


def line_class(resolved: ResolvedInventory, line: Line) -> str:
    """Class of a line's data: the weaker of its activity and its factor."""
    activity = _OF_BASIS[line.basis]
    if line.kind == "emission":
        coefficient = line.data_class or "measured"
    else:
        factor = resolved.factors[line.id]
        coefficient = "gap" if isinstance(factor, Gap) else factor.data_class
    return max(activity, coefficient, key=CLASSES.index)


def _implausible(resolved: ResolvedInventory, reference: Reference, total: Band) -> list[Notice]:
    """A total outside the rule's sourced range is no fault, but nobody should overlook it."""
    if reference.product not in resolved.inventory.checks or total.low is None:
        return []
    low, high = (end * reference.amount for end in resolved.inventory.checks[reference.product])
    if (total.high is None or total.high >= low) and total.low <= high:
        return []
    values = {"total": total.low.significant(4), "low": low.significant(4), "high": high.significant(4)}
    return [Notice("implausible", reference.product, values)]


def _source(resolved: ResolvedInventory, line: Line) -> str:
    if line.kind == "emission":
        return line.target
    factor = resolved.factors[line.id]
    return "gap" if isinstance(factor, Gap) else factor.key


def _width(part: Contribution) -> tuple[bool, Exact, str]:
    """Open above counts as wider than any number; then the wider band first."""
    low, high = part.co2e.low, part.co2e.high
    if low is None or high is None:
        return True, abs(part.amount), part.line
    return False, high - low, part.line


def _gases(lines: list[Line], levels: Mapping[str, Exact], weigh: Weigher) -> dict[str, tuple[Exact, Exact]]:
    mass: dict[str, Exact] = {}
    for line in lines:
        for flow, amount in weigh.flows(line, levels[line.process]).items():
            mass[flow] = mass.get(flow, ZERO) + amount
    return {flow: (kg, kg * weigh.factor(flow)) for flow, kg in sorted(mass.items()) if kg}


def _lines(
    resolved: ResolvedInventory,
    lines: list[Line],
    levels: Mapping[str, Exact],
    gases: Mapping[str, tuple[Exact, Exact]],
) -> dict[str, StatedLine]:
    """Each line's state: known as soon as a flow of it is there and nothing came unsplit or is lacking."""
    known = dict.fromkeys((*STATED_LINES, "unsplit"), ZERO)
    there: set[str] = set()
    for flow, (_, co2e) in gases.items():
        name = Flow.read(flow).line
        name = "biogenic" if name == "biogenic uptake" else name
        there.add(name)
        known[name] += co2e
    used = [line.id for line in lines if levels[line.process]]
    unsure = "unsplit" in there or any(isinstance(resolved.factors.get(line), Gap) for line in used)
    stated: dict[str, StatedLine] = {}
    for name in STATED_LINES:
        statement = resolved.inventory.statements.get(name, "")
        if unsure or (name not in there and not statement):
            stated[name] = StatedLine("not_known", known[name])
        elif name in there:
            stated[name] = StatedLine("value", known[name])
        else:
            stated[name] = StatedLine("zero_by_statement", ZERO, statement)
    stated["unsplit"] = StatedLine("value", known["unsplit"])
    return stated


def _classes(parts: tuple[Contribution, ...]) -> dict[str, Exact | None]:
    """Shares of the absolute contributions; a gap counts with the upper end of its range."""
    weight = dict.fromkeys(CLASSES, ZERO)
    open_gap = False
    for part in parts:
        if part.co2e.low is None or part.co2e.high is None:
            open_gap = True
        else:
            weight[part.data_class] += magnitude(part.co2e)
    whole = sum(weight.values(), ZERO)
    shares: dict[str, Exact | None] = {name: value / whole if whole else ZERO for name, value in weight.items()}
    if open_gap:
        shares["gap"] = None
    return shares
