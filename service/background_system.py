"""Unit processes as one system: who takes how much of whom, what each sets free, what nothing answers.

Processes are sorted before assembly. What gives a wrong number in silence elsewhere is refused here with the name of
the process: an amount that is no number, a product made of nothing, a supplier that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeVar

import numpy as np
from scipy.sparse import csr_array

from factordb.factor import Factor
from factordb.flows import flows_of
from factordb.unit_process import Exchange, UnitProcess
from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.large.system import Floats, LargeSystem, large_system
from lca.units import convert

CODES: Final[Mapping[str, str]] = {"large_gain": "background_gain", "large_singular": "background_singular"}
"""What the arithmetic refuses, under the codes that a publisher knows."""


@dataclass(frozen=True, slots=True)
class Part:
    """One exchange as it stands in the system: per unit of product ``process``."""

    process: int
    exchange: Exchange
    uses: tuple[tuple[int, Exact], ...]
    """(product, amount): of an input, at most one."""
    emits: tuple[tuple[str, Exact], ...]
    """(flow, kg): of an emission one, of an input from a lower layer as many as that factor has."""


class Assembled:
    """``cells[i, j]``: how much of product j one unit of product i takes; ``emitted[i, flow]``: kg it sets free."""

    def __init__(self, processes: Sequence[UnitProcess], links: Mapping[str, Factor]) -> None:
        """``processes``: sorted by id.

        Raises:
            Refused: ``background_twice``, ``background_amount``, ``background_provider``, ``unit_mismatch``.
        """
        self.made, self._links = processes, links
        self._order = {item.id: i for i, item in enumerate(processes)}
        faults = Collector()
        if len(self._order) < len(processes):
            names = [item.id for item in processes]
            for name in sorted({name for name in names if names.count(name) > 1}):
                faults.add(Fault("background_twice", name, found=name, expected="each process once"))
        self.cells: dict[tuple[int, int], Exact] = {}
        self.emitted: dict[tuple[int, str], Exact] = {}
        self.parts: list[Part] = []
        self._open: set[tuple[int, str]] = set()
        amounts: list[Exact] = []
        for i, process in enumerate(processes):
            amount = ZERO
            with faults.catching(process.id):
                amount = _amount(process.amount, process.id)
                if not amount:
                    raise Refused([Fault("background_amount", process.id, "0", "an amount of its product")])
            amounts.append(amount)
            for exchange in process.exchanges if amount else ():
                with faults.catching(f"{process.id} / {exchange.name}"):
                    self._take(i, exchange, amount)
        faults.raise_if_any()
        self.turn = [1 if amount > 0 else -1 for amount in amounts]
        """-1 for a treatment: its factor is per unit treated."""
        self.flows = sorted({flow for _, flow in self.emitted})
        self.inputs = sorted({name for _, name in self._open})

    @cached_property
    def uses(self) -> csr_array:
        """U in binary64, what a process takes of itself included."""
        return _sparse({key: float(value) for key, value in self.cells.items()}, (len(self.made), len(self.made)))

    @cached_property
    def b(self) -> Floats:
        """kg by process and flow, per unit of product."""
        column = {flow: k for k, flow in enumerate(self.flows)}
        kilograms = {(i, column[flow]): float(value) for (i, flow), value in self.emitted.items()}
        made: Floats = _sparse(kilograms, (len(self.made), len(self.flows))).toarray()
        return made

    def missing(self) -> np.ndarray:
        """Which open inputs each process has, itself or upstream; columns as ``inputs``."""
        place = {name: k for k, name in enumerate(self.inputs)}
        own = np.zeros((len(self.made), len(self.inputs)), dtype=bool)
        for i, name in self._open:
            own[i, place[name]] = True
        return upstream(self.uses, own)

    def large(self) -> LargeSystem:
        """``A^T`` with 1, or -1 for a treatment, less its own use, on the diagonal: gated (:mod:`lca.large.system`).

        Raises:
            Refused: ``background_gain`` with the loop.
        """
        size = len(self.made)
        faults = Collector()
        for i, process in enumerate(self.made):
            own = self.cells.get((i, i), ZERO)
            if own >= ONE:
                faults.add(Fault("background_gain", process.id, f"{float(own):.6g}", "below 1"))
        faults.raise_if_any()
        cells = {(i, i): float(sign) for i, sign in enumerate(self.turn)}
        for (i, j), value in self.cells.items():
            sign = self.turn[i]
            cells[i, j] = float((sign if i == j else 0) - value * sign)
        transposed = _sparse({key: value for key, value in cells.items() if value}, (size, size))
        return renamed(lambda: large_system([item.id for item in self.made], csr_array(transposed.T)))

    def _take(self, i: int, exchange: Exchange, per: Exact) -> None:
        where = f"{self.made[i].id} / {exchange.name}"
        amount = _amount(exchange.amount, where) / per
        uses: list[tuple[int, Exact]] = []
        emits: list[tuple[str, Exact]] = []
        if exchange.kind != "input":
            if exchange.flow:
                emits.append((exchange.flow, convert(amount, exchange.unit, "kg", where)))
        elif exchange.provider in self._order:
            j = self._order[exchange.provider]
            unit = self.made[j].unit
            uses.append((j, amount if unit == exchange.unit else convert(amount, exchange.unit, unit, where)))
        elif exchange.provider:
            factor = self._links.get(exchange.provider)
            if factor is None:
                expected = "a process of this background or a factor given beside it"
                raise Refused([Fault("background_provider", where, found=exchange.provider, expected=expected)])
            value = convert(amount, exchange.unit, factor.denominator, where)
            emits += [(flow, kilograms * value) for flow, kilograms in flows_of(factor).items()]
            self._open |= {(i, f"{name} (of {factor.id})") for name in factor.unlinked.split("; ") if name}
            if factor.confidence == "recalled":  # its use is named wherever the solved factor goes
                self._open.add((i, f"{exchange.name} (recalled: {factor.id})"))
        else:
            self._open.add((i, exchange.name))
        for j, value in uses:
            self.cells[i, j] = self.cells.get((i, j), ZERO) + value
        for flow, kilograms in emits:
            self.emitted[i, flow] = self.emitted.get((i, flow), ZERO) + kilograms
        if uses or emits:
            self.parts.append(Part(i, exchange, tuple(uses), tuple(emits)))


Made = TypeVar("Made")


def renamed(work: Callable[[], Made]) -> Made:
    """``work()`` with what the arithmetic refuses under the codes of this page."""
    try:
        return work()
    except Refused as refused:
        raise Refused([replace(fault, code=CODES.get(fault.code, fault.code)) for fault in refused.faults]) from None


def upstream(uses: csr_array, own: np.ndarray) -> np.ndarray:
    """Which columns a row has itself or anywhere upstream: what is no round-off and what is not answered."""
    links = csr_array((np.ones(uses.nnz), uses.indices, uses.indptr), shape=uses.shape)
    known = own.astype(bool)
    while True:
        wider = known | (links @ known.astype(float) > 0)
        if (wider == known).all():
            return known
        known = wider


def _amount(text: str, where: str) -> Exact:
    try:
        return Exact.parse(text, where)
    except Refused:
        raise Refused([Fault("background_amount", where, found=text[:60] or "blank", expected="a number")]) from None


def _sparse(cells: Mapping[tuple[int, int], float], shape: tuple[int, int]) -> csr_array:
    """Cells in the order of their places, so that no sum depends on who came first."""
    keys = sorted(cells)
    values = np.array([cells[key] for key in keys], dtype=float)
    i, j = (np.array([key[axis] for key in keys], dtype=np.int32) for axis in (0, 1))
    return csr_array((values, (i, j)), shape=shape)
