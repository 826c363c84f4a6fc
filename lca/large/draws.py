"""Monte Carlo of a whole background: the intensities of all products in each draw.

Draw k multiplies entry x by ``gsd_x^z``, z standard normal from the k-th stream of Philox4x64-10 (Salmon et al. 2011)
under the key (seed, k), and each exchange of a :class:`Spread` by its own multiplier: so a draw depends on nothing but
seed and k, whoever computes it. Each is solved by BiCGSTAB from the mean solution, every k-th checked by a
factorisation (engine notes §3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final

import numpy as np
from numpy.random import Philox
from scipy.sparse import csr_array
from scipy.special import ndtri

from lca.faults import Fault, Refused
from lca.large.bicgstab import bicgstab
from lca.large.factor import factor
from lca.large.krylov import Krylov
from lca.large.order import Order
from lca.large.spread import Spread
from lca.large.system import Floats, LargeSystem

Singles = np.ndarray[Any, np.dtype[np.float32]]
LIMIT: Final = 1e-9
"""Residual at which a draw is taken, over its right side on the scale of the mean."""
EVERY: Final = 50
AGREED: Final = 1e-5
"""Largest difference from the factorisation, relative to each intensity or a millionth of v: a float32 keeps 6e-8."""


@dataclass(frozen=True, slots=True, eq=False)
class Uncertain:
    """A background and its spread. Reference amounts do not vary; zero or negative entries keep their sign."""

    system: LargeSystem
    b: csr_array
    """Flow by process."""
    c: Floats
    """kg CO2e per unit of each flow."""
    gsd_a: Floats
    """Geometric standard deviation of each stored entry of A^T, 1 for none; those of the diagonal are not used."""
    gsd_b: Floats
    order: Order
    spread: Spread | None = None
    """Exchanges with distributions of their own, beside or in place of those of entries."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """``intensities[k]``: of all processes in draw k of the seed."""

    intensities: Singles
    iterations: float
    """Mean per draw."""
    checked: int
    largest_difference: float


class Sampler:
    """A background made ready for draws; the same in each worker."""

    def __init__(self, uncertain: Uncertain, seed: int) -> None:
        if not 0 <= seed < 2**64:
            raise Refused([Fault("draws_seed", found=str(seed), expected="0 to 2^64 - 1")])
        self.uncertain, self.seed = uncertain, seed
        system, b = uncertain.system, csr_array(uncertain.b)
        e = np.asarray(uncertain.c @ b).ravel()
        self._krylov = Krylov(system, system.comparison(e))
        self._mean = self._krylov.intensities(e).solution / self._krylov.scale
        a = system.transposed
        rows = np.repeat(np.arange(system.size), np.diff(a.indptr))
        self._log_a = np.where(rows == a.indices, 0.0, np.log(uncertain.gsd_a))
        weight = np.repeat(uncertain.c, np.diff(b.indptr))
        # a flow without weight changes no intensity: its place in the stream stays, its number is not made
        self._counts = np.flatnonzero(weight)
        self._characterised = (b.data * weight)[self._counts]
        self._process = b.indices[self._counts]
        self._log_b = np.log(uncertain.gsd_b)[self._counts]
        self._monotone = bool((system.turned.data >= 0).all())

    def entries(self, draw: int) -> tuple[Floats, Floats]:
        """Multipliers of the entries of A^T, and ``B^T c``, in this draw."""
        size = len(self._log_a)
        key = np.array([self.seed, draw], dtype=np.uint64)
        of_a, emitted = np.ones(size), self._characterised
        if self._log_a.any() or self._log_b.any():
            words = Philox(key=key).random_raw(size + len(self.uncertain.b.data))
            of_a = np.exp(self._log_a * ndtri(_uniform(words[:size])))
            emitted = emitted * np.exp(self._log_b * ndtri(_uniform(words[size:][self._counts])))
        spread = self.uncertain.spread
        if spread is not None:
            # a stream of its own: the counter's last word, which no draw of entries reaches
            counter = np.array([0, 0, 0, 1], dtype=np.uint64)
            multipliers = spread.multipliers(_uniform(Philox(counter=counter, key=key).random_raw(spread.count)))
            of_a = of_a * spread.in_a.factor(multipliers, size)
            emitted = emitted * spread.in_b.factor(multipliers, len(self.uncertain.b.data))[self._counts]
        e = np.bincount(self._process, weights=emitted, minlength=self.uncertain.system.size)
        return of_a, e.astype(np.float64)

    def draw(self, index: int, every: int = EVERY) -> tuple[Floats, int, float | None]:
        """Intensities, iterations, and the difference from LU where this draw is checked.

        Raises:
            Refused: ``large_draw_breaks`` where a loop gains one or more, or check and solution differ.
        """
        of_a, e = self.entries(index)
        krylov, labels = self._krylov, self.uncertain.system.labels
        matrix = csr_array(krylov.matrix)
        matrix = csr_array((matrix.data * of_a, matrix.indices, matrix.indptr), shape=matrix.shape)
        found = bicgstab(matrix, e / krylov.weight, self._mean, LIMIT)
        y = found.solution * krylov.scale
        right = float(np.sqrt(((e / krylov.weight) ** 2).sum()))
        stuck = found.residual > 100 * LIMIT * right
        gap = None
        if stuck or index % every == 0:
            by_lu = self._by_factors(of_a, e)
            gap = float((np.abs(y - by_lu) / np.maximum(np.abs(by_lu), 1e-6 * krylov.scale)).max())
            if stuck:
                y, gap = by_lu, 0.0
            if not gap <= AGREED:
                raise Refused([Fault("large_draw_breaks", f"draw {index}", f"{gap:.3g}", f"at most {AGREED:g}")])
        if self._monotone and (e >= 0).all():
            # inputs and emissions without credits: a negative intensity means a gain above one
            sign = np.sign(self.uncertain.system.diagonal)
            low = y * sign / krylov.scale
            if low.min() < -1e-6:
                where = f"draw {index}: {labels[int(np.argmin(low))]}"
                raise Refused([Fault("large_draw_breaks", where, "negative", "loops that gain less than one")])
        return y, found.iterations, gap

    def _by_factors(self, of_a: Floats, e: Floats) -> Floats:
        a = self.uncertain.system.transposed
        drawn = csr_array((a.data * of_a, a.indices, a.indptr), shape=a.shape)
        system = LargeSystem(self.uncertain.system.labels, drawn)
        return factor(system, self.uncertain.order, self._krylov.scale).refined(e, 1)


def draws(uncertain: Uncertain, seed: int, count: int, workers: int = 1, every: int = EVERY) -> Draws:
    """``count`` draws, the same bytes whatever the number of workers.

    Raises:
        Refused: ``draws_seed``, ``large_draw_breaks``.
    """
    made = np.empty((count, uncertain.system.size), dtype=np.float32)
    parts = [range(k, count, max(workers, 1)) for k in range(max(workers, 1))]
    taken, gaps = 0, []
    for part, (rows, iterations, found) in zip(parts, _parts(uncertain, seed, parts, every), strict=True):
        made[list(part)] = rows
        taken += iterations
        gaps += found
    return Draws(made, taken / max(count, 1), len(gaps), max(gaps, default=0.0))


Part = tuple[Singles, int, list[float]]


def _parts(uncertain: Uncertain, seed: int, parts: Sequence[range], every: int) -> Iterator[Part]:
    if len(parts) == 1:
        yield _part(uncertain, seed, parts[0], every)
        return
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_part, [uncertain] * len(parts), [seed] * len(parts), parts, [every] * len(parts))


def _part(uncertain: Uncertain, seed: int, indices: range, every: int) -> Part:
    sampler = Sampler(uncertain, seed)
    rows = np.empty((len(indices), uncertain.system.size), dtype=np.float32)
    taken, gaps = 0, []
    for place, index in enumerate(indices):
        y, iterations, gap = sampler.draw(index, every)
        rows[place] = y
        taken += iterations
        if gap is not None:
            gaps.append(gap)
    return rows, taken, gaps


def _uniform(words: np.ndarray[Any, np.dtype[np.uint64]]) -> Floats:
    made: Floats = ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return made
