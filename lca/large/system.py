"""A large technosphere in binary64, reference amounts on its diagonal, and the gates that name processes.

``A^T y = e`` (Heijungs and Suh 2002, ch. 2); the gain of loops is that of :mod:`lca.large.gain`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from lca.faults import Collector, Fault, Refused
from lca.large.gain import comparison_vector, perron, strongest_loop

Floats = np.ndarray[Any, np.dtype[np.float64]]
SHOWN: Final = 8
"""Processes of a loop or a list that are printed."""


@dataclass(frozen=True, slots=True, eq=False)
class LargeSystem:
    """``transposed[j, i]``: product i in process j, production positive; product j is what process j is there for."""

    labels: tuple[str, ...]
    transposed: csr_array
    """A^T, indices sorted, no zeros stored."""

    @property
    def size(self) -> int:
        return len(self.labels)

    @property
    def diagonal(self) -> Floats:
        made: Floats = self.transposed.diagonal()
        return made

    @property
    def takes(self) -> csr_array:
        """``U = I - D^-1 A^T``: what one unit of product j takes of product i."""
        a = self.transposed
        rows = np.repeat(np.arange(self.size), np.diff(a.indptr))
        other = rows != a.indices
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows[other], minlength=self.size))])
        data = -a.data[other] / self.diagonal[rows[other]]
        return csr_array((data, a.indices[other], indptr.astype(a.indptr.dtype)), shape=a.shape)

    @property
    def turned(self) -> csr_array:
        """``takes`` with treatments counted as what they take in: below zero only where something is credited."""
        u = self.takes
        sign = np.sign(self.diagonal)
        rows = np.repeat(np.arange(self.size), np.diff(u.indptr))
        return csr_array((u.data * sign[rows] * sign[u.indices], u.indices, u.indptr), shape=u.shape)

    def comparison(self, e: Floats | None = None) -> Floats | None:
        """``v > 0`` that proves all gains below one, of the magnitude of the intensities of ``e``; None: no proof."""
        return comparison_vector(self.takes, None if e is None else e / self.diagonal)


def large_system(
    labels: Sequence[str], a: csr_array, reference: Mapping[str, int] | Sequence[int] | None = None
) -> LargeSystem:
    """Gate and pair. ``a``: products by processes; ``reference``: the row each process is there for (else the own one).

    Raises:
        Refused: ``large_not_square``, ``large_not_finite``, ``large_paired``, ``large_zero_output``, ``large_gain``.
    """
    names = tuple(labels)
    faults = Collector()
    rows, columns = a.shape
    if rows != columns or columns != len(names):
        spare = names[rows:] if rows < columns else tuple(f"product {i}" for i in range(columns, rows))
        expected = f"one product for each of {columns:,} processes"
        raise Refused([Fault("large_not_square", _named(spare), f"{rows:,} x {columns:,}", expected)])
    matrix = csc_array(a)
    matrix.sum_duplicates()
    column_of = np.repeat(np.arange(columns), np.diff(matrix.indptr))
    for j in np.unique(column_of[~np.isfinite(matrix.data)]):
        faults.add(Fault("large_not_finite", names[j], "no number", "a number"))
    faults.raise_if_any()
    matrix = csc_array(matrix[_pairing(names, reference), :])
    matrix.eliminate_zeros()
    for j in np.flatnonzero(matrix.diagonal() == 0):
        faults.add(Fault("large_zero_output", names[j], "0", "an amount of its product"))
    faults.raise_if_any()
    transposed = csr_array(matrix.T)
    transposed.sort_indices()
    made = LargeSystem(names, transposed)
    refuse_gain(made)
    return made


def _pairing(names: Sequence[str], reference: Mapping[str, int] | Sequence[int] | None) -> np.ndarray[Any, Any]:
    if reference is None:
        return np.arange(len(names))
    rows = [reference[name] for name in names] if isinstance(reference, Mapping) else list(reference)
    makers: dict[int, list[str]] = {}
    for name, row in zip(names, rows, strict=True):
        makers.setdefault(row, []).append(name)
    faults = Collector()
    for row, made in sorted(makers.items()):
        if len(made) > 1 or not 0 <= row < len(names):
            faults.add(Fault("large_paired", _named(made), f"product {row}", "a product of its own for each process"))
    faults.raise_if_any()
    return np.array(rows, dtype=np.int64)


def loops(u: csr_array) -> list[np.ndarray[Any, Any]]:
    """Members of each loop: the strongly connected parts of more than one process, and what takes from itself."""
    count, part_of = connected_components(u, directed=True, connection="strong")
    sizes = np.bincount(part_of, minlength=count)
    own = np.bincount(part_of, weights=u.diagonal() != 0, minlength=count) > 0
    order = np.argsort(part_of, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return [order[starts[part] : starts[part + 1]] for part in np.flatnonzero((sizes > 1) | own)]


def credited_loops(system: LargeSystem) -> list[tuple[str, ...]]:
    """Loops with credits whose gain no vector proves: their radius neither proves nor refuses anything."""
    u = system.turned
    if comparison_vector(u) is not None:
        return []
    found = []
    for members in loops(u):
        block = csr_array(u[members][:, members])
        if (block.data < 0).any() and comparison_vector(block) is None:
            found.append(tuple(system.labels[k] for k in members))
    return found


def refuse_gain(system: LargeSystem) -> None:
    """One test proves all loops at once; only where it fails each loop's gain is bounded by itself.

    Raises:
        Refused: ``large_gain``, the loop printed.
    """
    u = system.turned
    if comparison_vector(u) is not None:
        return
    faults = Collector()
    for members in loops(u):
        block = csr_array(u[members][:, members])
        if (block.data < 0).any():
            continue  # a credit in the loop: the radius proves nothing, nor does it refuse
        low, high, vector = perron(block)
        if high >= 1.0:
            loop = [system.labels[members[k]] for k in strongest_loop(block, vector)]
            found = f"{low:.6g}" if low >= 1.0 - 1e-9 else f"between {low:.6g} and {high:.6g}"
            more = f" and {len(loop) - SHOWN:,} more" if len(loop) > SHOWN else ""
            faults.add(Fault("large_gain", " > ".join(loop[:SHOWN]) + more, found, "below 1"))
    faults.raise_if_any()


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
