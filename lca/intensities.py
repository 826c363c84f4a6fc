"""Intensities of a whole background with every published digit certain.

``(I - U) y = b``: ``U[i, j]`` is how much of product j one unit of product i takes, ``b[i]`` what it sets free. What
takes from no loop is a sum of products of typed amounts: exact, and possibly on a rounding edge. The rest is enclosed
(``lca.enclosure``, above 5,000 processes ``lca.large.digits``: the same proof, all processes and flows on one
factorisation); a value on an edge that no enclosure can leave is solved as a rational over what it takes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from lca.enclosed import BITS, NotDecided, precision
from lca.enclosure import enclosed_levels
from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.large.digits import Certifier, Right
from lca.large.factor import factor
from lca.large.order import Order
from lca.large.system import LargeSystem
from lca.large.whole import whole_rows
from lca.solve import rational_levels
from lca.system import LinearSystem, make_system

PROVEN: Final = 100_000
"""Processes above which nothing is enclosed: a flow takes 0.5 s at 21,000, and grows a little faster than they do."""
LARGE: Final = 5_000
"""Processes above which all flows share the rows in whole numbers and one factorisation."""
TIE: Final = 600
"""Processes that a value on a rounding edge may take from: the dense rational solve grows with their cube."""
LONGEST: Final = 10**400
"""Denominators of exact sums beyond which an enclosure is quicker."""

Cells = Mapping[tuple[int, int], Exact]


@dataclass(frozen=True, slots=True)
class _Chain:
    """``names[i]`` makes product i; ``uses``: (i, j) to amount of j per unit of i; ``takes``: the j of each i."""

    names: Sequence[str]
    uses: Cells
    takes: Sequence[Sequence[int]]


def proven_intensities(
    names: Sequence[str], uses: Cells, emitted: Mapping[tuple[int, str], Exact], digits: int
) -> dict[str, list[Exact]] | None:
    """Intensities by flow, in the order of ``names``, each the ``digits`` significant digits of the true value.

    ``names``: sorted. ``emitted``: (i, flow) to amount per unit of product i.
    None where a bound is lacking, a value on a rounding edge takes from too many processes, or the background is too
    large for the time it takes; then nothing is proven.
    """
    if len(names) > PROVEN:
        return None
    takes: list[list[int]] = [[] for _ in names]
    for i, j in uses:
        takes[i].append(j)
    chain = _Chain(names, uses, takes)
    if len(names) > LARGE:
        return _large(chain, emitted, digits)
    whole, order = _system(chain, range(len(names))), _without_loops(chain)
    found: dict[str, list[Exact]] = {}
    for flow in sorted({flow for _, flow in emitted}):
        own = {i: value for (i, name), value in emitted.items() if name == flow}
        column = _column(chain, whole, own, order, digits)
        if column is None:
            return None
        found[flow] = column
    return found


def _large(chain: _Chain, emitted: Mapping[tuple[int, str], Exact], digits: int) -> dict[str, list[Exact]] | None:
    size = len(chain.names)
    cells = {(i, i): ONE for i in range(size)}
    for key, value in chain.uses.items():
        cells[key] = cells.get(key, ZERO) - value
    rows = whole_rows(cells, size)
    place = np.array(sorted(cells), dtype=np.int64)
    data = np.array([float(cells[i, j]) for i, j in place.tolist()])
    system = LargeSystem(tuple(chain.names), csr_array((data, (place[:, 0], place[:, 1])), shape=(size, size)))
    found: dict[str, list[Exact]] = {}
    try:
        factors = factor(system, Order("colamd", None))
        certifier = Certifier(rows, system.takes, lambda part: factors.solve(part * system.diagonal))
        for flow in sorted({flow for _, flow in emitted}):
            right = Right.of([emitted.get((i, flow), ZERO) for i in range(size)])
            published = certifier.published(right, digits)
            if published.wide:
                return None
            found[flow] = [Exact.from_published(text) for text in published.texts]
    except Refused:
        return None
    return found


def _column(
    chain: _Chain, whole: LinearSystem, own: Mapping[int, Exact], order: Sequence[int], digits: int
) -> list[Exact] | None:
    everything = range(len(chain.names))
    found = {i: value.significant(digits) for i, value in _summed(chain, order, own).items()}
    for bits in (BITS, 4 * BITS, 16 * BITS):
        if len(found) == len(chain.names):
            break
        levels = enclosed_levels(whole, {chain.names[i]: value for i, value in own.items()}, bits)
        if levels is None:
            return None
        for i in everything:
            if i not in found:
                with precision(bits), suppress(NotDecided):
                    found[i] = levels[chain.names[i]].significant(digits)
    for i in everything:
        if i not in found:
            value = _rational(chain, i, own)
            if value is None:
                return None
            found[i] = value.significant(digits)
    return [Exact.from_published(found[i]) for i in everything]


def _rational(chain: _Chain, wanted: int, own: Mapping[int, Exact]) -> Exact | None:
    """One intensity solved in rational numbers over what it takes from; None where that is too much."""
    waiting, reached = [wanted], {wanted}
    while waiting:
        new = [j for j in chain.takes[waiting.pop()] if j not in reached]
        reached.update(new)
        waiting += new
    if len(reached) > TIE:
        return None
    demand = {chain.names[i]: own[i] for i in sorted(reached) if i in own}
    return rational_levels(_system(chain, sorted(reached)), demand)[chain.names[wanted]]


def _system(chain: _Chain, members: Sequence[int]) -> LinearSystem:
    """``I - U`` of processes that take from no other."""
    names = {i: chain.names[i] for i in members}
    a = {(name, name): Exact(1) for name in names.values()}
    for (i, j), value in chain.uses.items():
        if i in names and j in names:
            a[names[i], names[j]] = a.get((names[i], names[j]), ZERO) - value
    return make_system(a, {}, {}, products=names.values(), processes=names.values())


def _without_loops(chain: _Chain) -> list[int]:
    """Processes that take from no loop, each after what it takes from."""
    order: list[int] = []
    done: set[int] = set()
    while True:
        ready = [i for i, parts in enumerate(chain.takes) if i not in done and done.issuperset(parts)]
        if not ready:
            return order
        order += ready
        done |= set(ready)


def _summed(chain: _Chain, order: Sequence[int], own: Mapping[int, Exact]) -> dict[int, Exact]:
    """Exact intensities in that order; those with too many digits, and what takes from them, are left to enclosures."""
    found: dict[int, Exact] = {}
    for i in order:
        if all(j in found for j in chain.takes[i]):
            value = own.get(i, ZERO) + sum((chain.uses[i, j] * found[j] for j in chain.takes[i]), ZERO)
            if value.denominator < LONGEST:
                found[i] = value
    return found
