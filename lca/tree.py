"""The upstream tree of a product: what each maker emits itself and what it takes from others, to any depth.

A branch is worth the amount taken times the intensity of the product, so direct emissions and branches add up to it
exactly; loops are unrolled until they fall below the cut-off. Flows between processes are the same, summed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lca.diagnose import reference_processes
from lca.exact import ZERO, Exact
from lca.gradient import Gradient, gradient
from lca.system import LinearSystem

LEAST: Final = Exact("0.005")


@dataclass(frozen=True, slots=True)
class Node:
    """An amount of a product and what it is worth, kg CO2e; ``total = direct + below + rest``."""

    product: str
    process: str
    amount: Exact
    """Negative: a by-product or waste that the maker above gives away, a credit or a treatment."""
    total: Exact
    direct: Exact
    below: tuple[Node, ...]
    """The largest first."""
    rest: Exact
    """Branches below the cut-off or the depth, together."""
    cut: int
    """How many those are."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one process hands to another (or, without ``to``, to the demand), kg CO2e in the whole life cycle."""

    source: str
    to: str
    value: Exact


@dataclass(frozen=True, slots=True)
class _Grower:
    system: LinearSystem
    found: Gradient
    makers: Mapping[str, str]
    columns: Mapping[str, tuple[tuple[str, Exact], ...]]
    direct: Mapping[str, Exact]
    least: Exact
    deepest: int

    def node(self, product: str, amount: Exact, depth: int) -> Node:
        process = self.makers[product]
        runs = amount / self.system.a[product, process]
        taken = [
            (other, ZERO - part * runs, ZERO - part * runs * self.found.intensities[other])
            for other, part in self.columns[process] if other != product
        ]  # fmt: skip
        taken = [item for item in taken if item[1]]
        kept = [item for item in taken if depth < self.deepest and abs(item[2]) >= self.least]
        kept.sort(key=lambda item: (float(-abs(item[2])), item[0]))
        rest = sum((item[2] for item in taken), ZERO) - sum((item[2] for item in kept), ZERO)
        if len(kept) == len(taken):
            rest = ZERO
        below = tuple(self.node(other, part, depth + 1) for other, part, _ in kept)
        total = amount * self.found.intensities[product]
        return Node(product, process, amount, total, self.direct[process] * runs, below, rest, len(taken) - len(kept))


def tree(
    system: LinearSystem, demand: Mapping[str, Exact], method: str, *, least: Exact = LEAST, deepest: int = 12
) -> tuple[Node, ...]:
    """One tree per demanded product. ``least``: share of the score below which branches are summed up.

    Raises:
        Refused: a structural fault or ``singular``.
    """
    found = gradient(system, demand, method)
    factors = system.methods[method]
    direct = dict.fromkeys(system.processes, ZERO)
    for (flow, process), amount in system.b.items():
        if flow in factors:
            direct[process] = direct[process] + amount * factors[flow]
    columns: dict[str, list[tuple[str, Exact]]] = {process: [] for process in system.processes}
    for (product, process), amount in system.a.items():
        columns[process].append((product, amount))
    held = {process: tuple(parts) for process, parts in columns.items()}
    grower = _Grower(system, found, reference_processes(system), held, direct, abs(found.score) * least, deepest)
    return tuple(grower.node(product, amount, 0) for product, amount in sorted(demand.items()) if amount)


def flows(system: LinearSystem, demand: Mapping[str, Exact], method: str) -> tuple[Flow, ...]:
    """Every hand-over between processes, and to the demand: data of a Sankey diagram. Direct emissions of a process
    are what it hands on less what it is handed.

    Raises:
        Refused: a structural fault or ``singular``.
    """
    found, makers = gradient(system, demand, method), reference_processes(system)
    made = []
    for (product, process), amount in system.a.items():
        value = ZERO - amount * found.levels[process] * found.intensities[product]
        if makers[product] != process and value:
            made.append(Flow(makers[product], process, value))
    made += [Flow(makers[product], "", amount * found.intensities[product]) for product, amount in demand.items()]
    return tuple(sorted(made, key=lambda flow: (flow.source, flow.to)))
