"""What is wrong with a system, said with the names of its processes and products.

Peers answer a singular matrix with ``nan`` and a loop gain above one with negative activity levels, without a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, maximum_bipartite_matching

from lca.exact import ZERO, Exact
from lca.faults import Fault, Notice, Refused
from lca.system import LinearSystem, leaves

Floats = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]


def check_structure(system: LinearSystem, demand: Mapping[str, Exact]) -> None:
    """Refuse a system that cannot have one solution, naming each product and process at fault.

    Raises:
        Refused: ``unknown_demand``, ``zero_output``, ``no_maker``, ``two_makers``, ``not_square``, ``singular``.
    """
    faults = [
        Fault("unknown_demand", "/demand", found=product, expected=", ".join(system.products[:8]))
        for product in sorted(set(demand) - set(system.products))
    ]
    if not faults and _plainly_paired(system):
        return
    faults += _unmade(system, demand)
    if len(system.products) != len(system.processes):
        found = f"{len(system.products)} products, {len(system.processes)} processes"
        faults += _made_twice(system)
        faults.append(Fault("not_square", "/A", found=found, expected="as many products as processes"))
    if not faults:
        faults = _unmatched(system)
    if faults:
        raise Refused(faults)


def _unmade(system: LinearSystem, demand: Mapping[str, Exact]) -> list[Fault]:
    """Idle processes, and products that nobody makes. A process that only takes in is a treatment: what it takes is
    its reference, and a row of its own may hold no positive entry (a waste that is asked for, or burned elsewhere)."""
    rows: dict[str, list[str]] = defaultdict(list)
    made, makers, busy = set(), set(), set()
    for (product, process), amount in system.a.items():
        rows[product].append(process)
        busy.add(process)
        if amount > ZERO:
            made.add(product)
            makers.add(process)
    treatments = busy - makers
    nothing = "no output and no input"
    faults = [_named("zero_output", name, nothing, "an output") for name in system.processes if name not in busy]
    for product in system.products:
        treated = any(process in treatments for process in rows[product]) or demand.get(product, Exact(0)) < 0
        if product not in made and not (rows[product] and treated):
            users = ", ".join(rows[product][:5]) or "nobody"
            faults.append(_named("no_maker", product, found=f"taken by {users}", expected="one process makes it"))
            faults += [
                _named("zero_output", name, "it only takes in", "an output above zero") for name in sorted(treatments)
            ]
    return faults


def _made_twice(system: LinearSystem) -> list[Fault]:
    makers: dict[str, list[str]] = defaultdict(list)
    for (product, process), amount in system.a.items():
        if amount > 0:
            makers[product].append(process)
    return [
        _named("two_makers", product, found=", ".join(names), expected="one process makes it")
        for product, names in sorted(makers.items())
        if len(names) > 1
    ]


def _named(code: str, name: str, found: str, expected: str) -> Fault:
    return Fault(code, name, found=found, expected=expected, values={"name": name})


def _matrix(system: LinearSystem) -> csr_array:
    row = {name: i for i, name in enumerate(system.products)}
    column = {name: j for j, name in enumerate(system.processes)}
    places = [(row[product], column[process]) for product, process in system.a]
    values = [float(value) for value in system.a.values()]
    i, j = zip(*places, strict=True) if places else ((), ())
    return csr_array((values, (i, j)), shape=(len(row), len(column)))


def _plainly_paired(system: LinearSystem) -> dict[str, str]:
    """Product to its maker where every process has one positive entry and every product one maker; else empty.

    There is then no other pairing along positive entries, nobody is idle and nothing is unmade: nothing to search.
    """
    makers: dict[str, str] = {}
    several: set[str] = set()
    for (product, process), amount in system.a.items():
        if amount > ZERO:
            if product in makers or process in several:
                return {}
            makers[product] = process
            several.add(process)
    return makers if len(makers) == len(system.products) == len(system.processes) else {}


def _unmatched(system: LinearSystem) -> list[Fault]:
    """Structurally singular: some products and processes cannot be paired off along entries of A."""
    match = maximum_bipartite_matching(_matrix(system), perm_type="column")
    lost = [system.products[i] for i in np.flatnonzero(match < 0)]
    if not lost:
        return []
    idle = sorted(set(system.processes) - {system.processes[j] for j in match if j >= 0})
    found = f"products {', '.join(lost)}; processes {', '.join(idle)}"
    where = ", ".join(idle)
    expected = "each product paired with a process of its own"
    return [Fault("singular", where, found=found, expected=expected, values={"name": where})]


def reference_processes(system: LinearSystem) -> dict[str, str]:
    """Product to a process that makes it: a pairing along positive entries where there is one, else along any.

    With co-products more than one pairing may exist; it serves the warning about loops and nothing that is published.
    """
    plain = _plainly_paired(system)
    if plain:
        return plain
    weights = _matrix(system).tocoo()
    prefer = csr_array((np.where(weights.data > 0, 1, 0), (weights.coords[0], weights.coords[1])), weights.shape)
    prefer.eliminate_zeros()
    match = maximum_bipartite_matching(prefer, perm_type="column")
    if (match < 0).any():
        match = maximum_bipartite_matching(_matrix(system), perm_type="column")
    return {system.products[i]: system.processes[j] for i, j in enumerate(match) if j >= 0}


def _plainly_below_one(i: Places, j: Places, values: Floats, size: int) -> bool:
    """Whether some ``v > 0`` has ``M v <= 0.999 v``: no loop gains then as much as 0.999 (Berman and Plemmons 1994, ch.
    2). The v tried are terms of Neumann's series; most works need no more, and the loops are looked at where it fails.
    """
    v: Floats = np.ones(size)
    for _ in range(24):
        if values.max() > 1e100 or v.max() > 1e100:
            return False
        used = np.asarray(np.bincount(i, weights=values * v[j], minlength=size), dtype=np.float64)
        if (used <= 0.999 * v).all():
            return True
        v = 1.0 + used
    return False


def loops_with_gain(system: LinearSystem) -> list[Notice]:
    """Loops that take in as much of their own product as they make: gain of one or more.

    For each strongly connected part with the references on the diagonal scaled to one, ``A = I - M``; with M
    non-negative the gain is the spectral radius of M (Berman and Plemmons 1994, ch. 6). Loops that hold a
    by-product or a waste (an entry of the other sign) are left out: there the radius proves nothing.
    """
    makers = reference_processes(system)
    ends = leaves(system)  # who takes nothing is in no loop
    order = {process: i for i, process in enumerate(name for name in system.processes if name not in ends)}
    names = tuple(order)
    size = len(order)
    uses: list[tuple[int, int, float]] = []
    for (product, process), amount in system.a.items():
        maker = makers.get(product)
        if maker is None or maker == process or maker in ends or process in ends:
            continue
        own = system.a[(product, maker)]
        uses.append((order[maker], order[process], float(-amount / abs(own)) * (1.0 if own > 0 else -1.0)))
    if not uses:
        return []
    i, j, values = (np.array(part) for part in zip(*uses, strict=True))
    if _plainly_below_one(i, j, np.abs(values), size):
        return []
    graph = csr_array((values, (i, j)), shape=(size, size))
    count, part_of = connected_components(graph, directed=True, connection="strong")
    notices = []
    for part in range(count):
        members = np.flatnonzero(part_of == part)
        if len(members) < 2 or len(members) > 2000:
            continue
        inner = graph[members][:, members].toarray()
        if (inner < 0).any():
            continue
        gain = float(np.abs(np.linalg.eigvals(inner)).max())
        if gain >= 1.0 - 1e-12:
            shown = ", ".join(names[k] for k in members[:8])
            notices.append(Notice("loop_gain", shown, {"name": shown, "gain": f"{gain:.6g}"}))
    return notices
