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
from lca.system import LinearSystem

DENSE: Final = 600
"""Systems without the certificate above this size are not enclosed: the dense solve would take minutes."""
_SPARE: Final = 40
"""Bits beyond those asked for, for what refinement leaves."""
_V_BITS: Final = 60


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
    first = factors.solve(np.array([_ratio(f, d) for f, d in zip(rows.right, rows.diagonal, strict=True)]))
    size = np.abs(first)
    if not np.isfinite(first).all() or not size.max(initial=0.0):
        return None
    size = np.where(size > 0, size, size.max() * 2.0**-200)
    bound = other.solve(size)
    if not (np.isfinite(bound).all() and (bound > 0).all()):
        return None
    state = _Fixed(rows, bits + _SPARE, size, first)
    for _ in range(4 + (bits + _SPARE) // 8):
        if state.improve(factors):
            break
    return state.enclosures(bound)


class _Fixed:
    """Levels as integers ``m_j 2^-e_j``, each with its own exponent so that all have the same relative precision."""

    def __init__(self, rows: _Rows, bits: int, size: np.ndarray, first: np.ndarray) -> None:
        self.rows, self.bits = rows, bits
        self.exponents = [bits - math.frexp(value)[1] for value in size]
        self.top = max(self.exponents)
        self.levels = [_shifted(float(value), e) for value, e in zip(first, self.exponents, strict=True)]

    def residual(self) -> list[int]:
        """``(f - A m) 2^top`` of the integer rows, exactly."""
        up = [level << (self.top - e) for level, e in zip(self.levels, self.exponents, strict=True)]
        rest = []
        for i, row in enumerate(self.rows.entries):
            value = (self.rows.right[i] << self.top) - self.rows.diagonal[i] * up[i]
            for j, amount in row:
                value -= amount * up[j]
            rest.append(value)
        return rest

    def improve(self, factors: SuperLU) -> bool:
        """One step of refinement; whether the step was as small as the precision kept."""
        rest = self.residual()
        longest = max(
            (value.bit_length() - d.bit_length() for value, d in zip(rest, self.rows.diagonal, strict=True) if value),
            default=None,
        )
        if longest is None:
            return True
        scaled = [_ratio(value, d, longest) for value, d in zip(rest, self.rows.diagonal, strict=True)]
        step = factors.solve(np.array(scaled))
        if not np.isfinite(step).all():
            return True
        small = True
        for j, value in enumerate(step):
            change = _shifted(float(value), longest - self.top + self.exponents[j])
            small = small and abs(change) < 1 << 8
            self.levels[j] += change
        return small

    def enclosures(self, bound: np.ndarray) -> list[Exact] | None:
        """Middle and radius of every level; None where ``<A> v > 0`` does not hold in integers."""
        grid = [_V_BITS - math.frexp(value)[1] for value in bound]
        top = max(grid)
        vector = [_shifted(float(value), g) << (top - g) for value, g in zip(bound, grid, strict=True)]
        rest, worst = self.residual(), 0
        for i, row in enumerate(self.rows.entries):
            slack = abs(self.rows.diagonal[i]) * vector[i] - sum(abs(amount) * vector[j] for j, amount in row)
            if slack <= 0:
                return None
            # |r_i| / slack_i in units of 2^(top of v - top of m), rounded up with 64 more bits
            worst = max(worst, -((-abs(rest[i]) << 64) // slack))
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
            part = _ratio(amount, rows.diagonal[k])
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
    """Ball arithmetic on the dense system; more bits until its pivots are decided or four times as many were tried."""
    size = len(rows.processes)
    if size > DENSE:
        return None
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
                return [of_ball(ball) for ball in balls]
    return None


def _ratio(top: int, bottom: int, shift: int = 0) -> float:
    """``top / bottom * 2^-shift`` as the nearest binary64; 0 where it is below all of them."""
    if not top:
        return 0.0
    if shift > 0:
        bottom <<= shift
    else:
        top <<= -shift
    try:
        return top / bottom
    except OverflowError:
        return math.copysign(math.inf, top * bottom)


def _shifted(value: float, exponent: int) -> int:
    """``value 2^exponent`` as an integer, cut towards minus infinity."""
    mantissa, power = math.frexp(value)
    whole, shift = int(mantissa * 2.0**53), power - 53 + exponent
    return whole << shift if shift >= 0 else whole >> -shift
