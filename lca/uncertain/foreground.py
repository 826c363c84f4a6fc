"""A works as terms of coefficients, each with the variables it answers to.

``A s = f``, ``h = C B s`` as in :mod:`lca.system`, but a coefficient is kept as the sum of its terms (one per line of
the inventory), because two lines that meet in one coefficient may move apart.  In a draw a term is
``value * product of (constant + slope * x) * x^power`` over the variables it answers to, with x = 1 as entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lca.assemble import place as placed
from lca.exact import ONE, ZERO, Exact
from lca.gases import Flow, characterise
from lca.inventory import OWN_EMISSIONS, Gap, ResolvedFactor, ResolvedInventory
from lca.units import convert

Matrix = Literal["A", "B", "f"]
ALIKE: Final = Exact(1, 10)
"""Quotients of a smooth term differ by about the step (a thousandth); those of a jump or a bend by their own size."""
Place = tuple[Matrix, str, str, str]
"""Matrix, row, column, and the line or process the term comes from. Of ``f``: product, product, empty."""


@dataclass(frozen=True, slots=True)
class Response:
    """How a term answers to a variable: it is multiplied by ``(constant + slope * x) * x^power``."""

    variable: str
    constant: Exact
    slope: Exact
    power: Exact = ZERO


@dataclass(frozen=True, slots=True)
class Answer:
    """Change of a term for a unit change of a multiplier, and whether equal steps give equal changes."""

    slope: Exact
    affine: bool
    smooth: bool = True
    """False where the change up and the change down are not alike: the term jumps or bends at the value entered."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of one coefficient. ``value`` in the units of the system; all ``x`` are multipliers without a unit."""

    matrix: Matrix
    row: str
    column: str
    value: Exact
    responses: tuple[Response, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreground:
    """Terms of A, B and f, the products asked for, and flow weights by method (kg CO2e per kg)."""

    terms: tuple[Term, ...]
    products: tuple[str, ...]
    methods: Mapping[str, Mapping[str, Exact]]


def places(settled: ResolvedInventory) -> dict[Place, Exact]:
    """Every term of a settled inventory without gaps, at its value; zero terms stay out."""
    inventory = settled.inventory
    found: dict[Place, Exact] = {}
    units = {process.product: process.unit for process in inventory.processes}
    for process in inventory.processes:
        found["A", process.product, process.id, process.id] = process.amount
    for line in inventory.lines:
        if not line.counts:
            continue
        a: defaultdict[tuple[str, str], Exact] = defaultdict(Exact)
        b: defaultdict[tuple[str, str], Exact] = defaultdict(Exact)
        placed(line, settled, units, a, b)
        found |= {("A", row, column, line.id if column == line.process else ""): v for (row, column), v in a.items()}
        found |= {("B", row, column, line.id): value for (row, column), value in b.items()}
    for factor in settled.factors.values():
        if isinstance(factor, ResolvedFactor) and ("A", f"bought:{factor.key}", f"factor:{factor.key}", "") in found:
            for flow, amount in factor.flows.items():
                found["B", flow, f"factor:{factor.key}", ""] = amount
    for reference in inventory.references:
        amount = convert(reference.amount, reference.unit, units[reference.product])
        found["f", reference.product, reference.product, ""] = amount
    return {place: value for place, value in found.items() if value}


def factor_ids(settled: ResolvedInventory) -> dict[Place, str]:
    """The factor whose value a term of B holds: one factor is one variable, wherever it is used."""
    lines = {line.id: line for line in settled.inventory.lines if line.counts and line.kind == "bought"}
    found: dict[Place, str] = {}
    for name, line in lines.items():
        factor = settled.factors[name]
        if isinstance(factor, Gap):
            continue
        burned = factor.kind in OWN_EMISSIONS
        column, origin = (line.process, name) if burned else (f"factor:{factor.key}", "")
        found |= {("B", flow, column, origin): factor.id for flow in factor.flows}
    return found


def answers(base: Mapping[Place, Exact], moved: Sequence[tuple[Exact, Mapping[Place, Exact]]]) -> dict[Place, Answer]:
    """How every term answers to one multiplier: the mean of the difference quotients of ``moved``.

    ``moved``: (step, terms with the multiplier at 1 + step), equal steps up and down, or one of them where the other is
    refused.  A term whose quotients are equal is affine (quadratic and higher terms would show); of one step alone
    nobody can say, so it counts as not affine.
    """
    made: dict[Place, Answer] = {}
    for place in set(base).union(*(terms for _, terms in moved)):
        before = base.get(place, ZERO)
        quotients = [(terms.get(place, ZERO) - before) / step for step, terms in moved]
        slope = sum(quotients, ZERO) / len(quotients)
        apart = max(quotients) - min(quotients)
        if slope or apart:
            alike = apart <= max(abs(quotient) for quotient in quotients) * ALIKE
            made[place] = Answer(slope, len(quotients) > 1 and not apart, alike)
    return made


def foreground(
    settled: ResolvedInventory,
    moving: Mapping[str, Mapping[Place, Answer]],
    factors: Mapping[str, str],
    gwp_set: str,
    biogenic_co2: str,
) -> Foreground:
    """The terms of a works with their responses.

    ``moving``: variable to its :func:`answers`.  ``factors``: factor id to its variable.  The method is ``total``, kg
    CO2e.  An affine term answers exactly; any other by the power of its elasticity, which is exact for products and
    quotients and first order else, and cannot turn a process round.  A term of several variables is the product of its
    responses: exact where it is a product (tonnes times content), first order in their joint change where it is not.
    """
    base, ids = places(settled), factor_ids(settled)
    responses: defaultdict[Place, list[Response]] = defaultdict(list)
    appearing: list[Term] = []
    for variable, found in sorted(moving.items()):
        for place, answer in sorted(found.items(), key=lambda item: item[0]):
            if place not in base:  # a term that is zero as entered: slope * (x - 1)
                appearing.append(Term(place[0], place[1], place[2], answer.slope, (Response(variable, -ONE, ONE),)))
                continue
            share = answer.slope / base[place]
            linear = Response(variable, ONE - share, share)
            responses[place].append(linear if answer.affine else Response(variable, ONE, ZERO, share))
    for place in base:
        if ids.get(place) in factors:
            responses[place].append(Response(factors[ids[place]], ZERO, ONE))
    terms = [Term(p[0], p[1], p[2], value, tuple(responses[p])) for p, value in sorted(base.items())]
    flows = {term.row for term in (*terms, *appearing) if term.matrix == "B"}
    weights = {flow: characterise(Flow.read(flow), gwp_set, biogenic_co2) for flow in sorted(flows)}
    products = tuple(sorted(reference.product for reference in settled.inventory.references))
    return Foreground((*terms, *appearing), products, {"total": weights})
