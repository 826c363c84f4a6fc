"""Intensities of a whole background with every published digit certain.

``(I - U) y = b``: ``U[i, j]`` is how much of product j one unit of product i takes, ``b[i]`` what it sets free. What
takes from no loop is a sum of products of typed amounts: exact, and possibly on a rounding edge. The rest is enclosed
in whole numbers, all processes and flows on one factorisation (``lca.large.digits``); where credits leave no bound for
the whole, by ``lca.enclosure`` over what a flow reaches; a value on an edge that no enclosure can leave is solved as a
rational over what it takes from.
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
from lca.large.factor import Factored, factor
from lca.large.order import Order
from lca.large.system import LargeSystem
from lca.large.whole import whole_rows
from lca.system import LinearSystem, make_system

PROVEN: Final = 100_000
"""Processes above which nothing is enclosed: a flow takes 0.5 s at 21,000, and grows a little faster than they do."""
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
    names: Sequence[str],
    uses: Cells,
    emitted: Mapping[tuple[int, str], Exact],
    digits: int,
    factors: Factored | None = None,
) -> dict[str, list[Exact]] | None:
    """Intensities by flow, in the order of ``names``, each the ``digits`` significant digits of the true value.

    ``names``: sorted. ``emitted``: (i, flow) to amount per unit of product i. ``factors``: of this system, where they
    are there already; nothing rests on them.
    None where a bound is lacking, a value on a rounding edge takes from too many processes, or the background is too
    large for the time it takes; then nothing is proven.
    """
    if len(names) > PROVEN:
        return None
    takes: list[list[int]] = [[] for _ in names]
    for i, j in uses:
        takes[i].append(j)
    chain = _Chain(names, uses, takes)
    try:
        certifier = _certifier(chain, factors)
    except Refused:  # no solution in binary64: whoever calls has a gate that says so
        return None
    order = _without_loops(chain)
    found: dict[str, list[Exact]] = {}
    for flow in sorted({flow for _, flow in emitted}):
        own = {i: value for (i, name), value in emitted.items() if name == flow}
        texts = _column(chain, certifier, own, order, digits)
        if texts is None:
            return None
        found[flow] = [Exact.from_published(text) for text in texts]
    return found


def _certifier(chain: _Chain, factors: Factored | None) -> Certifier:
    size = len(chain.names)
    cells = {(i, i): ONE for i in range(size)}
    for key, value in chain.uses.items():
        cells[key] = cells.get(key, ZERO) - value
    if factors is None:
        place = np.array(sorted(cells), dtype=np.int64)
        data = np.array([float(cells[i, j]) for i, j in place.tolist()])
        matrix = csr_array((data, (place[:, 0], place[:, 1])), shape=(size, size))
        factors = factor(LargeSystem(tuple(chain.names), matrix), Order("colamd", None))
    known, system = factors, factors.system
    return Certifier(whole_rows(cells, size), system.takes, lambda part: known.solve(part * system.diagonal))


def _column(
    chain: _Chain, certifier: Certifier, own: Mapping[int, Exact], order: Sequence[int], digits: int
) -> Sequence[str] | None:
    known = {i: value.significant(digits) for i, value in _summed(chain, order, own).items()}
    right = Right.of([own.get(i, ZERO) for i in range(len(chain.names))])
    if len(known) == len(chain.names):
        return [known[i] for i in range(len(chain.names))]
    try:
        published = certifier.published(right, digits, known=known)
    except Refused:  # no comparison vector over all processes
        return _over_what_is_reached(chain, certifier, own, right, known, digits)
    return None if published.wide else published.texts


def _over_what_is_reached(
    chain: _Chain, certifier: Certifier, own: Mapping[int, Exact], right: Right, known: Mapping[int, str], digits: int
) -> Sequence[str] | None:
    whole, demand = _system(chain), {chain.names[i]: value for i, value in own.items()}
    found = dict(known)
    for bits in (BITS, 4 * BITS, 16 * BITS):
        if len(found) == len(chain.names):
            break
        try:
            levels = enclosed_levels(whole, demand, bits)
        except Refused:  # longer than its limit of time: solved all the same, and called not proven
            return None
        if levels is None:
            return None
        for i, name in enumerate(chain.names):
            if i not in found:
                with precision(bits), suppress(NotDecided):
                    found[i] = levels[name].significant(digits)
    for i in range(len(chain.names)):
        if i not in found:
            value = certifier.rational(i, right)
            if value is None:
                return None
            found[i] = value.significant(digits)
    return [found[i] for i in range(len(chain.names))]


def _system(chain: _Chain) -> LinearSystem:
    """``I - U``."""
    a = {(name, name): ONE for name in chain.names}
    for (i, j), value in chain.uses.items():
        a[chain.names[i], chain.names[j]] = a.get((chain.names[i], chain.names[j]), ZERO) - value
    return make_system(a, {}, {}, products=chain.names, processes=chain.names)


def _without_loops(chain: _Chain) -> list[int]:
    """Processes that take from no loop, each after what it takes from."""
    waiting = [len(set(parts)) for parts in chain.takes]
    users: list[list[int]] = [[] for _ in chain.takes]
    for i, parts in enumerate(chain.takes):
        for j in sorted(set(parts)):
            users[j].append(i)
    order = [i for i, count in enumerate(waiting) if not count]
    for j in order:  # grows while it is walked
        for i in users[j]:
            waiting[i] -= 1
            if not waiting[i]:
                order.append(i)
    return order


def _summed(chain: _Chain, order: Sequence[int], own: Mapping[int, Exact]) -> dict[int, Exact]:
    """Exact intensities in that order; those with too many digits, and what takes from them, are left to enclosures."""
    found: dict[int, Exact] = {}
    for i in order:
        if all(j in found for j in chain.takes[i]):
            value = own.get(i, ZERO) + sum((chain.uses[i, j] * found[j] for j in chain.takes[i]), ZERO)
            if value.denominator < LONGEST:
                found[i] = value
    return found
