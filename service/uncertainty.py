"""The use-case *uncertainty*: how far a works' total may lie from the figure of its record.

An annex of a run: nothing is sealed, no digit of a statement depends on it.  One row is one variable, one factor is one
variable wherever it is used; two products, or two years, are compared draw by draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from factordb.release import Release, open_release
from lca.faults import Collector, Fault
from lca.large.artefact import Artefact
from lca.uncertain.distributions import Floats
from lca.uncertain.draws import MAX_SEED
from lca.uncertain.gradient import elasticities, screening_gsd, variances
from lca.uncertain.mapping import Mapper, on_processes
from lca.uncertain.propagate import propagate
from lca.uncertain.summary import Comparison, Summary, compare, summarise
from pcr.intake import nearest
from service.calculate import Asked
from service.intake import Sent
from service.records.statement import Derived
from service.uncertainty_background import Background, Worlds
from service.uncertainty_file import Side, read_side
from service.uncertainty_model import Model, Quantity, derived_point, modelled, row_names, used_factors

DRAWS: Final = (100, 1_000_000)
WORKERS: Final = (1, 64)
NO_SLOPE: Final = ("tied", "jump")
LEAST: Final = 1e-12
"""Below this an elasticity is round-off (engine.md section 6), and the product does not use the quantity."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked beside the data. ``against``: a product of the same file, or of ``other``; empty: none."""

    product: str = ""
    draws: int = 1024
    """0: as many as the backgrounds have, 1,024 without one."""
    seed: int = 1
    workers: int = 1
    against: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity with its elasticity: per cent of the total for one per cent of it, at the values entered."""

    quantity: Quantity
    elasticity: float
    variance_share: float = 0.0
    """Of the first-order variance of the logarithm: a screening figure too."""


@dataclass(frozen=True, slots=True)
class Rival:
    """What a product was compared with."""

    product: str
    label: Mapping[str, str]
    total: float
    period: str
    summary: Summary
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Annex:
    """The uncertainty of one product's total, kg CO2e per unit of its reference."""

    product: str
    label: Mapping[str, str]
    unit: str
    total: float
    """The total of the record: every quantity as entered."""
    seed: int
    summary: Summary
    screening_gsd: float
    """First order only: a screening figure."""
    varied: tuple[Part, ...]
    fixed: tuple[Part, ...]
    rule_share: float
    """Share of the total behind emission coefficients of the rule (chemistry, carbon content by default): fixed."""
    own_table: bool
    rival: Rival | None = None
    backgrounds: tuple[Background, ...] = ()
    """Whose draws were taken."""


def uncertainty(
    sent: Sent,
    side: object,
    asked: Asked,
    wanted: Wanted,
    *,
    other: Sent | None = None,
    releases: Callable[[str], Release] = open_release,
    mapped: Mapper | None = None,
    backgrounds: Sequence[Artefact] = (),
) -> Annex:
    """Draw and tell. ``side``: the side file as plain values; ``other``: a second activity file to compare with.
    ``mapped``: who draws; else ``wanted.workers`` processes of this machine. ``backgrounds``: published ones, of
    releases that answer here; draw k of the product is then draw k of theirs.

    Raises:
        Refused: ``uncertainty_draws``, ``uncertainty_unknown``, ``unknown_product``, ``uncertainty_units_differ``; what
            :func:`read_side`, :func:`derived_point`, :class:`Worlds`, :func:`modelled` and :func:`propagate` refuse.
    """
    faults, read = Collector(), Side()
    _check_numbers(wanted, faults)
    with faults.catching():
        read = read_side(side)
    every: list[Derived] = []
    for given in (sent, *([other] if other is not None else [])):
        with faults.catching():
            every.append(derived_point(given, asked, releases))
    if len(every) < (1 if other is None else 2):
        faults.raise_if_any()
    first, second = every[0], every[1] if other is not None else None
    _check_names(side, every, faults)
    product = _product(first, wanted.product, "--product", faults)
    rival = _rival(second or first, wanted, product, faults) if wanted.against or second else ""
    if product and rival:
        _check_units(first, product, second or first, rival, faults)
    worlds: list[Worlds] = []
    for item in every:
        with faults.catching():
            worlds.append(Worlds(backgrounds, item))
    wanted = _within(wanted, worlds, faults)
    faults.raise_if_any()
    model = modelled(first, read, worlds[0])
    mapped = mapped or on_processes(wanted.workers)
    values = _drawn(model, wanted, mapped)
    mine = values[:, model.foreground.products.index(product), 0]
    found: Rival | None = None
    if rival:
        beside = modelled(second, read, worlds[1]) if second is not None else model
        theirs = (_drawn(beside, wanted, mapped) if second is not None else values)[
            :, beside.foreground.products.index(rival), 0
        ]
        found = _told(second or first, rival, mine, theirs)
    return replace(_annex(model, product, mine, wanted, read, found), backgrounds=worlds[0].backgrounds())


def _within(wanted: Wanted, worlds: Sequence[Worlds], faults: Collector) -> Wanted:
    """The number of draws: what is asked, at most what the backgrounds have."""
    most = min((item.most for item in worlds if item.most is not None), default=None)
    if most is not None and wanted.draws > most:
        expected = f"at most {most:,}, the draws of the background"
        faults.add(Fault("uncertainty_draws", "--draws", found=f"{wanted.draws}", expected=expected))
    return wanted if wanted.draws else replace(wanted, draws=most or Wanted().draws)


def _drawn(model: Model, wanted: Wanted, mapped: Mapper) -> Floats:
    return propagate(model.foreground, model.uncertain, wanted.draws, wanted.seed, mapped)


def _annex(model: Model, product: str, mine: Floats, wanted: Wanted, side: Side, rival: Rival | None) -> Annex:
    place = model.foreground.products.index(product)
    moves = elasticities(model.foreground, [item.variable for item in model.quantities])
    one = {name: float(value[place, 0]) for name, value in moves.items()}
    shares = _variance_shares(one, model)
    parts = [
        Part(item, one[item.variable], shares.get(item.variable, 0.0))
        for item in model.quantities
        if abs(one[item.variable]) > LEAST or item.reason in NO_SLOPE
    ]
    parts.sort(key=lambda part: (-abs(part.elasticity), part.quantity.kind, part.quantity.name))
    footprint = model.derived.works.footprints[product]
    return Annex(
        product=product,
        label=footprint.reference.label,
        unit=f"{footprint.reference.amount} {footprint.reference.unit}",
        total=_total(model.derived, product),
        seed=wanted.seed,
        summary=summarise(mine),
        screening_gsd=screening_gsd(one, model.uncertain),
        varied=tuple(part for part in parts if part.quantity.distribution is not None),
        fixed=tuple(part for part in parts if part.quantity.distribution is None),
        rule_share=_rule_share(model.derived, product),
        own_table=side.own_table,
        rival=rival,
    )


def _variance_shares(elasticity: Mapping[str, float], model: Model) -> dict[str, float]:
    squares = variances(elasticity, model.uncertain)
    whole = sum(squares.values())
    return {name: value / whole if whole else 0.0 for name, value in squares.items()}


def _told(derived: Derived, product: str, mine: Floats, theirs: Floats) -> Rival:
    given = derived.data.given
    reference = derived.works.footprints[product].reference
    return Rival(
        product,
        reference.label,
        _total(derived, product),
        f"{given.start} to {given.end}",
        summarise(theirs),
        compare(mine, theirs),
    )


def _total(derived: Derived, product: str) -> float:
    low = derived.works.footprints[product].total.low
    assert low is not None  # derived_point refuses bands
    return float(low)


def _rule_share(derived: Derived, product: str) -> float:
    """Emission lines carry coefficients that are neither a row nor a factor of a release."""
    emissions = {line.id for line in derived.works.resolved.inventory.lines if line.kind == "emission"}
    parts = [c.co2e.low for c in derived.works.footprints[product].contributions if c.line in emissions]
    whole = _total(derived, product)
    return sum(float(part) for part in parts if part is not None) / whole if whole else 0.0


def _check_numbers(wanted: Wanted, faults: Collector) -> None:
    for name, value, (low, high) in (
        ("--draws", wanted.draws, DRAWS),
        ("--seed", wanted.seed, (0, MAX_SEED)),
        ("--workers", wanted.workers, WORKERS),
    ):
        if not low <= value <= high and not (name == "--draws" and value == 0):
            faults.add(Fault("uncertainty_draws", name, found=f"{value}", expected=f"{low:,} to {high:,}"))


def _check_names(side: object, derived: list[Derived], faults: Collector) -> None:
    """Every name of the file stands in one of the works: what nobody reads would be silently certain.

    Read from the plain values, so that an unknown name is told together with a line that cannot be read.
    """
    rows = set[str]().union(*(row_names(item) for item in derived))
    answers = [answer for item in derived for found in used_factors(item).values() for answer in found]
    factors = {answer.id for answer in answers} | {answer.key for answer in answers}
    for part, known in (("rows", rows), ("factors", factors)):
        given = side.get(part) if isinstance(side, dict) else None
        for name in sorted(given.keys() - known) if isinstance(given, dict) else ():
            near = nearest(name, tuple(sorted(known)))
            faults.add(Fault("uncertainty_unknown", f"/{part}/{name}", found=name, expected=near))


def _product(derived: Derived, asked: str, where: str, faults: Collector) -> str:
    known = sorted(derived.works.footprints)
    if asked and asked not in known:
        faults.add(Fault("unknown_product", where, found=asked, expected=", ".join(known)))
        return ""
    return asked or known[0]


def _rival(derived: Derived, wanted: Wanted, product: str, faults: Collector) -> str:
    """The named product; of a second file else the one of the same id, or its only one."""
    known = sorted(derived.works.footprints)
    if not wanted.against and product in known:
        return product
    if not wanted.against and len(known) > 1:
        faults.add(Fault("unknown_product", "--against", found=product, expected=", ".join(known)))
        return ""
    return _product(derived, wanted.against, "--against", faults)


def _check_units(first: Derived, product: str, second: Derived, rival: str, faults: Collector) -> None:
    one, two = first.works.footprints[product].reference, second.works.footprints[rival].reference
    if (one.amount, one.unit) != (two.amount, two.unit):
        found = f"{two.amount} {two.unit}"
        faults.add(Fault("uncertainty_units_differ", "--against", found=found, expected=f"{one.amount} {one.unit}"))
