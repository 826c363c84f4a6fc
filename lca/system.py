"""The labelled linear system ``A s = f``, ``g = B s``, ``h = C g`` (Heijungs and Suh 2002).

Production is positive and consumption negative in A; emissions are positive in B.  Labels are sorted before
assembly, so that the order in which somebody typed rows moves no digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lca.exact import ZERO, Exact

Entries = Mapping[tuple[str, str], Exact]


@dataclass(frozen=True, slots=True)
class LinearSystem:
    """Sparse and labelled.

    ``a``: (product, process) to amount, square.  ``b``: (flow, process) to amount.
    ``methods``: method to (flow to characterisation factor).  All labels are sorted and unique.
    """

    products: tuple[str, ...]
    processes: tuple[str, ...]
    flows: tuple[str, ...]
    a: Entries
    b: Entries
    methods: Mapping[str, Mapping[str, Exact]]


@dataclass(frozen=True, slots=True)
class Solution:
    """Activity levels ``scaling`` (per process), ``inventory`` (per flow), ``scores`` per method and
    ``contributions`` per method and process; exact, so parts sum to the whole without a remainder."""

    scaling: Mapping[str, Exact]
    inventory: Mapping[str, Exact]
    scores: Mapping[str, Exact]
    contributions: Mapping[str, Mapping[str, Exact]]


def make_system(
    a: Entries,
    b: Entries,
    methods: Mapping[str, Mapping[str, Exact]],
    *,
    products: Iterable[str] = (),
    processes: Iterable[str] = (),
    flows: Iterable[str] = (),
) -> LinearSystem:
    """Sort labels and drop written zeros. Extra labels keep empty rows and columns visible to the checks."""
    kept_a = {key: value for key, value in sorted(a.items()) if value}
    kept_b = {key: value for key, value in sorted(b.items()) if value}
    return LinearSystem(
        products=tuple(sorted({*products, *(product for product, _ in a)})),
        processes=tuple(sorted({*processes, *(process for _, process in (*a, *b))})),
        flows=tuple(sorted({*flows, *(flow for flow, _ in b)})),
        a=kept_a,
        b=kept_b,
        methods={name: dict(sorted(values.items())) for name, values in sorted(methods.items())},
    )


def leaves(system: LinearSystem) -> dict[str, tuple[str, Exact]]:
    """Processes that take nothing and are the first of their kind to touch their product: ``{process: (product,
    amount)}``. Bought factors are such. Their levels follow from the others' by one sum each."""
    columns: dict[str, tuple[str, Exact] | None] = {}
    for (product, process), amount in system.a.items():
        columns[process] = None if process in columns else (product, amount)
    found: dict[str, tuple[str, Exact]] = {}
    taken: set[str] = set()
    for process, only in columns.items():
        if only is not None and only[0] not in taken:
            taken.add(only[0])
            found[process] = only
    return found


def characterised(system: LinearSystem, scaling: Mapping[str, Exact]) -> Solution:
    """Inventory, scores and contributions at given activity levels: ``g = B s``, ``h = C g``, ``C B_p s_p``."""
    inventory = dict.fromkeys(system.flows, ZERO)
    for (flow, process), amount in system.b.items():
        inventory[flow] += amount * scaling[process]
    contributions: dict[str, dict[str, Exact]] = {}
    scores: dict[str, Exact] = {}
    for method, factors in system.methods.items():
        shares = dict.fromkeys(system.processes, ZERO)
        for (flow, process), amount in system.b.items():
            if flow in factors:
                shares[process] += amount * scaling[process] * factors[flow]
        contributions[method] = shares
        scores[method] = sum(shares.values(), ZERO)
    return Solution(dict(scaling), inventory, scores, contributions)
