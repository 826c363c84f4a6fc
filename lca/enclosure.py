"""Activity levels as enclosures: a middle and a radius that the true level cannot leave, at any size of system.

The middle comes from a binary64 factorisation and iterative refinement with the residual in exact integers (Higham
2002, ch. 12). The radius is proved afterwards, whatever the middle is: with ``<A>`` the comparison matrix (absolute
diagonal, minus absolute other entries) and any ``v > 0`` with ``<A> v > 0``, A is an H-matrix and ``|A^-1| <= <A>^-1``
(Ostrowski 1937; Berman and Plemmons 1994, ch. 6; Neumaier 1990, sec. 3.7). Hence for the residual ``r`` of the middle

    |s - middle| <= |A^-1| |r| <= max_i(|r_i| / (<A> v)_i) v .

``r`` and ``<A> v`` are computed in integers without rounding, so no bound rests on floating point. Where A is no
H-matrix the ball arithmetic of Arb solves the dense system (Johansson 2017), which is rigorous by itself.
"""

from __future__ import annotations

import math
import warnings
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from flint import arb, arb_mat
from scipy.sparse import csc_array
from scipy.sparse.linalg import MatrixRankWarning, SuperLU, splu

from lca.diagnose import reference_processes
from lca.enclosed import of_ball, precision
from lca.exact import ZERO, Exact
from lca.large.whole import Fixed, WholeRows, ratio, wholes
from lca.limited import limited
from lca.system import LinearSystem

DENSE: Final = 600
"""Systems without the certificate above this size are not enclosed: the dense solve would take minutes."""
APART: Final = 60
"""Processes above which the dense solve takes more than 50 ms and runs in a process of its own: 60 ms at 80, 0.3 s at
150, 7 s at 600, and it holds the interpreter until it ends."""
_SPARE: Final = 40
"""Bits beyond those asked for, for what refinement leaves."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The part of the system that a demand reaches, rows scaled to integers; row i belongs to column i."""

    processes: tuple[str, ...]
    entries: tuple[tuple[tuple[int, int], ...], ...]
    """(column, integer) of each row, the diagonal apart."""
    diagonal: tuple[int, ...]
    right: tuple[int, ...]


def enclosed_levels(system: LinearSystem, demand: Mapping[str, Exact], bits: int) -> dict[str, Exact] | None:
    """Levels of all processes, enclosed to about ``bits`` bits relative to each level; None where no bound holds.

    A process that the demand does not reach has the exact level zero.

    Raises:
        Refused: ``solve_too_long`` where only the dense solve encloses and it takes longer than its limit.
    """
    rows = _reached(system, demand)
    if rows is None:
        return None
    found = _certified(rows, bits) or _dense(rows, bits)
    if found is None:
        return None
    return dict.fromkeys(system.processes, ZERO) | dict(zip(rows.processes, found, strict=True))


def _reached(system: LinearSystem, demand: Mapping[str, Exact]) -> _Rows | None:
    """Columns and rows that a demand can touch: the solution is zero outside, because A is then block triangular."""
    makers = reference_processes(system)
    if len(makers) < len(system.products):
        return None
    columns: dict[str, list[tuple[str, Exact]]] = {process: [] for process in system.processes}
    for (product, process), amount in system.a.items():
        columns[process].append((product, amount))
    waiting = deque(makers[product] for product in sorted(demand) if demand[product])
    reached: dict[str, int] = {}
    while waiting:
        process = waiting.popleft()
        if process not in reached:
            reached[process] = len(reached)
            waiting.extend(makers[product] for product, _ in columns[process])
    own = {makers[product]: product for product in system.products}
    entries: list[list[tuple[int, Exact]]] = [[] for _ in reached]
    for process, j in reached.items():
        for product, amount in columns[process]:
            entries[reached[makers[product]]].append((j, amount))
    return _integers(tuple(reached), entries, [demand.get(own[process], ZERO) for process in reached])


def _integers(processes: tuple[str, ...], entries: list[list[tuple[int, Exact]]], right: list[Exact]) -> _Rows:
    others, diagonal, wanted = [], [], []
    for i, row in enumerate(entries):
        scale = math.lcm(right[i].denominator, *(amount.denominator for _, amount in row))
        whole = [(j, amount.numerator * (scale // amount.denominator)) for j, amount in row]
        others.append(tuple((j, value) for j, value in whole if j != i))
        diagonal.append(next((value for j, value in whole if j == i), 0))
        wanted.append(right[i].numerator * (scale // right[i].denominator))
    return _Rows(processes, tuple(others), tuple(diagonal), tuple(wanted))


def _certified(rows: _Rows, bits: int) -> list[Exact] | None:
    """Refine until the residual is small enough, then prove the radius by the comparison matrix."""
    if not all(rows.diagonal):
        return None
    factors, other = _factors(rows, compare=False), _factors(rows, compare=True)
    if factors is None or other is None:
        return None
    first = factors.solve(np.array([ratio(f, d) for f, d in zip(rows.right, rows.diagonal, strict=True)]))
    size = np.abs(first)
    if not np.isfinite(first).all() or not size.max(initial=0.0):
        return None
    size = np.where(size > 0, size, size.max() * 2.0**-200)
    bound = other.solve(size)
    if not (np.isfinite(bound).all() and (bound > 0).all()):
        return None
    state = _Fixed(rows, bits + _SPARE, size, first)
    for _ in range(4 + (bits + _SPARE) // 8):
        if state.improve(factors.solve):
            break
    return state.enclosures(bound)


class _Fixed(Fixed):
    """The levels of these rows, and the balls they make."""

    def __init__(self, rows: _Rows, bits: int, size: np.ndarray, first: np.ndarray) -> None:
        indptr = np.cumsum([0, *(len(row) for row in rows.entries)])
        columns = np.array([j for row in rows.entries for j, _ in row], dtype=np.int64)
        amounts = wholes([amount for row in rows.entries for _, amount in row])
        matrix = WholeRows(wholes(rows.diagonal), indptr, columns, amounts)
        super().__init__(matrix, wholes(rows.right), wholes([1] * len(rows.right)), bits, size, first)

    def enclosures(self, bound: np.ndarray) -> list[Exact] | None:
        """Middle and radius of every level; None where ``<A> v > 0`` does not hold in integers."""
        found = self.radii(bound)
        if found is None:
            return None
        worst, vector = found
        made = []
        with precision(self.bits + 64):
            for level, e, part in zip(self.levels, self.exponents, vector, strict=True):
                middle = arb((level, -e))
                radius = arb((worst * part, -64 - self.top))
                made.append(of_ball(arb(middle, radius)))
        return made


def _factors(rows: _Rows, *, compare: bool) -> SuperLU | None:
    """SuperLU of the rows over their diagonal; ``compare``: of the comparison matrix. Constants of the code."""
    i, j, values = [], [], []
    for k, row in enumerate(rows.entries):
        i.append(k)
        j.append(k)
        values.append(1.0)
        for column, amount in row:
            part = ratio(amount, rows.diagonal[k])
            i.append(k)
            j.append(column)
            values.append(-abs(part) if compare else part)
    matrix = csc_array((values, (i, j)), shape=(len(rows.processes), len(rows.processes)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", MatrixRankWarning)
            return splu(matrix, permc_spec="COLAMD", diag_pivot_thresh=1.0)
    except (RuntimeError, MatrixRankWarning):
        return None


def _dense(rows: _Rows, bits: int) -> list[Exact] | None:
    """Ball arithmetic on the dense system; where it takes long, in a process of its own.

    Raises:
        Refused: ``solve_too_long``.
    """
    size = len(rows.processes)
    if size > DENSE:
        return None
    if size <= APART:
        found = dense_balls(rows, bits)
    else:
        found = limited(dense_balls, rows, bits, where=rows.processes[0], found=f"{size} processes")
    if found is None:
        return None
    working, balls = found
    with precision(working):
        return [of_ball(arb(arb(middle), arb(radius))) for middle, radius in balls]


Power = tuple[int, int]
"""``mantissa 2^exponent``."""


def dense_balls(rows: _Rows, bits: int) -> tuple[int, list[tuple[Power, Power]]] | None:
    """(working bits, middle and radius of each level) as integers, which a ball of Arb is not when it is pickled.

    More bits until the pivots are decided or four times as many were tried.
    """
    size = len(rows.processes)
    for working in (bits + 64, 2 * bits + 128, 4 * bits + 256):
        with precision(working):
            matrix, right = arb_mat(size, size), arb_mat(size, 1)
            for i, row in enumerate(rows.entries):
                for j, amount in (*row, (i, rows.diagonal[i])):
                    matrix[i, j] = arb(amount)
                right[i, 0] = arb(rows.right[i])
            try:
                found = matrix.solve(right)
            except (ZeroDivisionError, ValueError):
                continue
            balls = [found[i, 0] for i in range(size)]
            if all(ball.is_finite() for ball in balls):
                return working, [(_power(ball.mid()), _power(ball.rad())) for ball in balls]
    return None


def _power(exact: arb) -> Power:
    mantissa, exponent = exact.man_exp()
    return int(mantissa), int(exponent)
