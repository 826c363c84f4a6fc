"""What a list of goods costs: certificates and euros on actual and on default values, per good and never offset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lca.exact import ZERO, Exact
from lca.faults import Collector, Notice
from pcr.regimes.cbam.v1 import dated
from pcr.regimes.cbam.v1.defaults import Benchmark, benchmark, choose, colour_of
from pcr.regimes.cbam.v1.obligation import (
    carbon_price_draft,
    certificates,
    cost,
    free_allocation,
    free_allocation_complex,
    marked_up,
)
from service.cbam.defaults import InForce
from service.cbam.goods_list import Entry, Imports
from service.cbam.prices import Price, range_of


@dataclass(frozen=True, slots=True)
class Side:
    """A good on one basis: t CO2e per functional unit, certificates, euros from the lowest to the highest price."""

    see: Exact
    sefa: Exact
    certificates: Exact
    euros: tuple[Exact, Exact] | None
    default_id: str = ""
    benchmark_id: str = ""
    deduction: Exact = ZERO
    """Certificates taken off for a carbon price paid abroad, by the draft act."""


@dataclass(frozen=True, slots=True)
class Line:
    """A good with both sides; ``actual`` is None where no actual values are given, both where it is outside."""

    entry: Entry
    default: Side | None
    actual: Side | None
    trace: tuple[Notice, ...]
    variants: tuple[tuple[str, Side], ...] = ()
    """The good made another way, each against the declared side."""
    exempt: bool = False
    """Below the threshold of the year: the figures say what it would be, the sums leave it out."""

    @property
    def declared(self) -> Side | None:
        """The side the importer means to declare."""
        return self.actual if self.entry.basis == "actual" else self.default


@dataclass(frozen=True, slots=True)
class Threshold:
    """Net mass of an importer in the year, without hydrogen, and what follows from it."""

    importer: str
    mass: Exact
    state: str


@dataclass(frozen=True, slots=True)
class Obliged:
    """Everything the table shows."""

    imports: Imports
    lines: tuple[Line, ...]
    thresholds: tuple[Threshold, ...]
    prices: tuple[Price, ...]
    notices: tuple[Notice, ...]


def obliged(imports: Imports, prices: tuple[Price, ...] = (), *, carbon_price: bool = False) -> Obliged:
    """Certificates of every good; ``carbon_price``: take off what was paid abroad by the draft act, which is not law.

    Raises:
        Refused: all goods' faults at once: ``cbam_colour``, ``cbam_default_missing``, ``cbam_benchmark``,
            ``cbam_route``; ``cbam_cscf`` and ``cbam_not_dated`` for a year the tables do not hold.
    """
    scheme = _Scheme(imports, prices, carbon_price=carbon_price)
    faults = Collector()
    lines = []
    for entry in imports.entries:
        with faults.catching(entry.where):
            lines.append(scheme.line(entry))
    faults.raise_if_any()
    limits = scheme.limits
    notices = [*scheme.notices, *(notice for item in limits for notice in _of_threshold(item, imports))]
    if imports.missing:
        values = {"months": _numbers(imports.months), "missing": _numbers(imports.missing)}
        notices.insert(0, Notice("cbam_provisional", "", values))
    return Obliged(imports, tuple(lines), tuple(limits), prices, tuple(notices))


class _Scheme:
    """Free allocation of one year: CBAM factor, CSCF and tables in force."""

    def __init__(self, imports: Imports, prices: tuple[Price, ...], *, carbon_price: bool) -> None:
        self.imports, self.day, self.known = imports, f"{imports.year}-12-31", imports.known
        faults = Collector()
        with faults.catching():
            self.factor = dated.cbam_factor(self.day, self.known)
        with faults.catching():
            self.cscf = dated.cscf(self.day, self.known, imports.cscf)
        faults.raise_if_any()
        self.limits, self.not_for = _thresholds(imports), dated.de_minimis(self.day).not_for
        self.held, self.range = InForce(imports.on, imports.known), range_of(prices)
        unsure = self.cscf.confidence == "unconfirmed"
        values = {"value": self.cscf.value.text(), "basis": self.cscf.basis}
        self.notices = [Notice("cbam_cscf_unconfirmed", "", values)] if unsure else []
        self.mean = sum((price.eur for price in prices), ZERO) / len(prices) if carbon_price and prices else None
        paid = [entry.id for entry in imports.entries if entry.paid]
        if paid:
            told = {"goods": ", ".join(paid), "mean": "–" if self.mean is None else self.mean.places(2)}
            code = "cbam_carbon_price_draft" if self.mean is not None else "cbam_carbon_price_flag"
            self.notices.append(Notice(code, "", told))

    def line(self, entry: Entry) -> Line:
        """A good on its default value and, where it has them, on its actual values."""
        if entry.origin in ("eu", "excluded"):
            return Line(entry, None, None, (Notice("cbam_outside", entry.id, {"country": entry.country}),))
        faults, trace = Collector(), [*entry.notices, *_of_form(entry)]
        default = actual = None
        with faults.catching():
            default = self.on_default(entry, trace)
        if entry.direct is not None and entry.indirect is not None and entry.basis == "actual":
            with faults.catching():
                sefa, name = self.sefa_actual(entry, trace)
                actual = self.side(entry, entry.direct + entry.indirect, sefa, "", name, self.deduction(entry))
        variants = []
        for label, other in entry.variants:
            with faults.catching():
                trace.extend(replace(item, where=f"{label} {item.where}") for item in other.notices)
                sefa, name = self.sefa_actual(other, trace)
                see = (other.direct or ZERO) + (other.indirect or ZERO)
                variants.append((label, self.side(other, see, sefa, "", name, self.deduction(entry))))
        faults.raise_if_any()
        once = [item for k, item in enumerate(trace) if item not in trace[:k]]
        return Line(entry, default, actual, tuple(once), tuple(variants), self.exempt(entry))

    def deduction(self, entry: Entry) -> Exact:
        """What a carbon price paid abroad takes off, with actual values only and only where it is asked for."""
        if self.mean is None or not entry.paid:
            return ZERO
        return carbon_price_draft(entry.paid, self.mean, entry.mass)

    def exempt(self, entry: Entry) -> bool:
        """Whether the importer's whole year stays below the threshold; never hydrogen, never a part year."""
        mine = [item for item in self.limits if item.importer == entry.importer and item.state != "above"]
        return bool(mine) and not self.imports.missing and entry.good.sector not in self.not_for

    def on_default(self, entry: Entry, trace: list[Notice]) -> Side:
        """The default value with its mark-up against column B of its route (eq. 6)."""
        found = self.default_of(entry)
        trace.extend(found[2])
        see = marked_up(Exact(found[0][1]), dated.markup(entry.good.sector, self.day, self.known).value)
        return self.side(entry, see, self.sefa(found[1]), found[0][0], found[1].id)

    def default_of(self, entry: Entry) -> tuple[tuple[str, str], Benchmark, tuple[Notice, ...]]:
        """(id, value) of the default row, its benchmark, and how the row was found."""
        found = choose(self.held.rows, entry.code, entry.country, entry.colour, entry.where)
        letters = _letter(entry) or found.row.route
        marks = self.held.benchmarks(entry.good.cn, "B")
        named = {mark.route for mark in marks} & set(letters.split("/"))
        # The route of an installation with actual values chooses column A; the table's own letter chooses column B.
        route = "" if entry.basis == "actual" and named else entry.route
        mark = benchmark(marks, self.imports.year, letters, route, entry.where)
        return (found.row.id, found.row.value), mark, found.trace

    def sefa_actual(self, entry: Entry, trace: list[Notice]) -> tuple[Exact, str]:
        """Own process by column A, and each precursor's by its own basis (eq. 2 to 4)."""
        if entry.sefa is not None:
            return entry.sefa, ""
        marks = self.held.benchmarks(entry.good.cn, "A")
        mark = benchmark(marks, self.imports.year, _letter(entry), entry.route, entry.where)
        inside = ZERO
        for one in entry.precursors:
            if one.origin in ("eu", "excluded"):
                trace.append(Notice("cbam_precursor_outside", one.id, {"cn": one.code, "country": one.country}))
                continue
            if one.basis == "default":
                _, other, said = self.default_of(one)
                trace.extend(said)
                theirs = self.sefa(other)
            else:
                theirs, _ = self.sefa_actual(one, trace)
            inside = inside + one.units / entry.units * theirs
        return free_allocation_complex(self.sefa(mark), inside), mark.id

    def sefa(self, mark: Benchmark) -> Exact:
        """Equations 2, 3 and 6 with the benchmark chosen."""
        return free_allocation(self.factor.value, self.cscf.value, mark.number)

    def side(
        self, entry: Entry, see: Exact, sefa: Exact, default_id: str, benchmark_id: str, deduction: Exact = ZERO
    ) -> Side:
        """Certificates of one good alone."""
        number = certificates(entry.units, see, sefa, deduction)
        euros = (cost(number, self.range[0]), cost(number, self.range[1])) if self.range else None
        return Side(see, sefa, number, euros, default_id, benchmark_id, deduction)


def _letter(entry: Entry) -> str:
    shade = colour_of(entry.code, entry.colour, entry.where)
    letter: str = dated.tables()["colours"]["letters"].get(shade, "")
    return letter


def _of_form(entry: Entry) -> Iterable[Notice]:
    if entry.good.sector == "fertilisers":
        yield Notice("cbam_nitrogen_unit", entry.id, {"cn": entry.code, "unit": entry.good.functional_unit})
    if entry.basis == "actual" and entry.good.precursors and not entry.precursors and entry.sefa is None:
        yield Notice("cbam_no_precursors", entry.id, {"cn": entry.code})


def _thresholds(imports: Imports) -> list[Threshold]:
    """Per importer and calendar year, over all codes; goods from inside and excluded origins are no imports here."""
    limit = dated.de_minimis(f"{imports.year}-12-31")
    masses: defaultdict[str, Exact] = defaultdict(lambda: ZERO)
    for entry in imports.entries:
        if entry.origin in ("third", "unknown") and entry.good.sector not in limit.not_for:
            masses[entry.importer] = masses[entry.importer] + entry.mass
    return [Threshold(name, mass, limit.state(mass)) for name, mass in sorted(masses.items())]


def _of_threshold(item: Threshold, imports: Imports) -> Iterable[Notice]:
    values = {"importer": item.importer or "–", "mass": item.mass.text(), "year": str(imports.year)}
    if item.state == "near":
        yield Notice("cbam_de_minimis_near", "", values)
    if item.state != "above" and not imports.missing:
        yield Notice("cbam_de_minimis_exempt", "", values)


def _numbers(months: Iterable[int]) -> str:
    return ", ".join(str(month) for month in months)


def totals(lines: Iterable[Line], key: str) -> tuple[Exact, tuple[Exact, Exact] | None]:
    """Certificates and euros summed over goods on one basis; outside and exempt goods add nothing."""
    sides = [side for line in lines if not line.exempt and (side := getattr(line, key)) is not None]
    priced = [side.euros for side in sides if side.euros is not None]
    low, high = (sum((pair[end] for pair in priced), ZERO) for end in (0, 1))
    return sum((side.certificates for side in sides), ZERO), (low, high) if priced else None
