"""A foreground as numbers: what a worker needs to compute a chunk, in binary64, small enough to send.

A process whose column is one fixed coefficient (every factor is one) needs no elimination: its level follows from the
others.  What is left, the core, is as small as the works itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from lca.uncertain.distributions import Drawable
from lca.uncertain.foreground import Foreground, Response, Term

Moves = tuple[tuple[int, float, float, float], ...]
"""(place of the variable, constant, slope, power) for each response."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A term: row and column by number, its value, and how it moves."""

    row: int
    column: int
    value: float
    moves: Moves


@dataclass(frozen=True, slots=True)
class Weight:
    """kg CO2e per run of a process by method, for terms that move together."""

    column: int
    values: tuple[float, ...]
    moves: Moves


@dataclass(frozen=True, slots=True)
class Compiled:
    """Columns 0 to ``core`` - 1 are the core; column ``core + i`` is fixed and makes row ``core + i`` alone."""

    variables: tuple[tuple[str, Drawable], ...]
    products: tuple[str, ...]
    methods: tuple[str, ...]
    size: int
    core: int
    a: tuple[Cell, ...]
    weights: tuple[Weight, ...]
    demand: tuple[Cell, ...]
    """Row: the product's row of A; column: its place in ``products``."""


def compiled(foreground: Foreground, uncertain: Mapping[str, Drawable]) -> Compiled:
    """Numbers of a foreground in which the variables of ``uncertain`` move and all others stay at 1.

    Raises:
        Refused: ``singular`` where rows and columns do not match.
    """
    names = sorted(uncertain)
    place = {name: number for number, name in enumerate(names)}
    terms = [held for term in foreground.terms if (held := _held(term, place))]
    columns: defaultdict[str, list[Term]] = defaultdict(list)
    for term in terms:
        if term.matrix == "A":
            columns[term.column].append(term)
    leaves, made = [], set()
    for name, parts in sorted(columns.items()):
        if len(parts) == 1 and not parts[0].responses and parts[0].row not in made:
            leaves.append((parts[0].row, name))
            made.add(parts[0].row)
    rows = sorted({term.row for term in terms if term.matrix == "A"} - made)
    core = sorted(columns.keys() - {name for _, name in leaves})
    if len(rows) != len(core):
        found = f"{len(rows)} products, {len(core)} processes"
        raise Refused([Fault("singular", found=found, expected="as many products as processes")])
    row = {name: number for number, name in enumerate([*rows, *(product for product, _ in leaves)])}
    column = {name: number for number, name in enumerate([*core, *(name for _, name in leaves)])}
    asked = {name: number for number, name in enumerate(foreground.products)}
    cells = [_cell(term, row[term.row], column[term.column], place) for term in terms if term.matrix == "A"]
    demand = [_cell(t, row[t.row], asked[t.column], place) for t in terms if t.matrix == "f" and t.column in asked]
    methods = tuple(sorted(foreground.methods))
    return Compiled(
        tuple((name, uncertain[name]) for name in names),
        foreground.products,
        methods,
        len(column),
        len(core),
        tuple(cells),
        tuple(_weights(terms, foreground, methods, column, place)),
        tuple(demand),
    )


def _weights(
    terms: list[Term], foreground: Foreground, methods: tuple[str, ...], column: dict[str, int], place: dict[str, int]
) -> list[Weight]:
    """Terms of B that move together, weighed and summed exactly."""
    merged: dict[tuple[int, Moves], list[Exact]] = {}
    for term in terms:
        if term.matrix == "B" and term.column in column:
            key = (column[term.column], _moves(term.responses, place))
            sums = merged.setdefault(key, [ZERO] * len(methods))
            for number, method in enumerate(methods):
                sums[number] += term.value * foreground.methods[method].get(term.row, ZERO)
    return [Weight(key[0], tuple(float(value) for value in sums), key[1]) for key, sums in sorted(merged.items())]


def _held(term: Term, place: Mapping[str, int]) -> Term | None:
    """The term with every variable that does not move put to 1; None where that makes it zero."""
    value, kept = term.value, []
    for response in term.responses:
        if response.variable in place:
            kept.append(response)
        else:
            value = value * (response.constant + response.slope * ONE)
    return Term(term.matrix, term.row, term.column, value, tuple(kept)) if value else None


def _cell(term: Term, row: int, column: int, place: Mapping[str, int]) -> Cell:
    return Cell(row, column, float(term.value), _moves(term.responses, place))


def _moves(responses: tuple[Response, ...], place: Mapping[str, int]) -> Moves:
    return tuple((place[r.variable], float(r.constant), float(r.slope), float(r.power)) for r in responses)
