"""Rows of whole numbers, and levels refined and bounded in them: no rounding error enters a proof (docs/engine.md §3).

The work on Python's integers is driven by numpy's object arrays: one call for all entries, about 0.1 microseconds each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from lca.exact import Exact

Floats = np.ndarray[Any, np.dtype[np.float64]]
Wholes = np.ndarray[Any, np.dtype[np.object_]]
V_BITS: Final = 60


class WholeRows:
    """A square matrix whose row i, times a positive factor of its own, is whole; the diagonal apart."""

    def __init__(self, diagonal: Wholes, indptr: Any, columns: Any, amounts: Wholes, factor: Wholes | None = None):
        self.diagonal, self.columns, self.amounts = diagonal, columns, amounts
        self.factor = wholes([1] * len(diagonal)) if factor is None else factor
        """What each row was multiplied by."""
        self.absolute = np.abs(amounts)
        self.indptr = np.asarray(indptr)
        self._filled = np.flatnonzero(np.diff(indptr))
        self._starts = self.indptr[self._filled]

    @staticmethod
    def of_binary64(matrix: csr_array) -> WholeRows:
        """The amounts as the binary64 numbers they are, each row times a power of two."""
        size = matrix.shape[0]
        rows = np.repeat(np.arange(size), np.diff(matrix.indptr))
        mantissa, power = np.frexp(matrix.data)
        whole, power = (mantissa * 2.0**53).astype(np.int64), power.astype(np.int64) - 53
        least = np.zeros(size, dtype=np.int64)
        np.minimum.at(least, rows, power)
        amounts = whole.astype(object) << (power - least[rows]).astype(object)
        own = rows == matrix.indices
        diagonal = wholes([0] * size)
        diagonal[rows[own]] = amounts[own]
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows[~own], minlength=size))])
        factor = wholes([1] * size) << (-least).astype(object)
        return WholeRows(diagonal, indptr, matrix.indices[~own], amounts[~own], factor)

    def span(self, i: int) -> slice:
        """Where the other entries of row i stand."""
        return slice(int(self.indptr[i]), int(self.indptr[i + 1]))

    def times(self, x: Wholes) -> Wholes:
        made: Wholes = self.diagonal * x + self._summed(self.amounts * x[self.columns])
        return made

    def slack(self, v: Wholes) -> Wholes:
        """``<A> v``, the comparison matrix times v."""
        made: Wholes = np.abs(self.diagonal) * v - self._summed(self.absolute * v[self.columns])
        return made

    def _summed(self, terms: Wholes) -> Wholes:
        made = wholes([0] * len(self.diagonal))
        if len(self._filled):
            made[self._filled] = np.add.reduceat(terms, self._starts)
        return made


class Fixed:
    """Levels as integers ``m_j 2^-e_j``, each with its own exponent so that all have the same relative precision.

    ``right / extra`` is the right side in units of the rows.
    """

    def __init__(self, rows: WholeRows, right: Wholes, extra: Wholes, bits: int, size: Floats, first: Floats) -> None:
        self.matrix, self.right, self.extra, self.bits = rows, right, extra, bits
        self.exponents = wholes([bits - math.frexp(value)[1] for value in size.tolist()])
        self.top: int = max(self.exponents.tolist())
        self.levels = wholes(
            [shifted(value, e) for value, e in zip(first.tolist(), self.exponents.tolist(), strict=True)]
        )

    def residual(self) -> list[int]:
        """``(f - A m) 2^top`` of the integer rows times extra, exactly."""
        up = self.levels << (self.top - self.exponents)
        made: list[int] = ((self.right << self.top) - self.extra * self.matrix.times(up)).tolist()
        return made

    def improve(self, solve: Callable[[Floats], Floats]) -> bool:
        """One step of refinement; whether the step was as small as the precision kept.

        ``solve``: the residual over the diagonal to a correction.
        """
        rest, diagonal = self.residual(), (self.matrix.diagonal * self.extra).tolist()
        longest = max(
            (value.bit_length() - d.bit_length() for value, d in zip(rest, diagonal, strict=True) if value),
            default=None,
        )
        if longest is None:
            return True
        step = solve(np.array([ratio(value, d, longest) for value, d in zip(rest, diagonal, strict=True)]))
        if not np.isfinite(step).all():
            return True
        shift = (self.exponents + (longest - self.top)).tolist()
        change = wholes([shifted(value, s) for value, s in zip(step.tolist(), shift, strict=True)])
        self.levels = self.levels + change
        return bool(max(map(abs, change.tolist())) < 1 << 8)

    def radii(self, bound: Floats) -> tuple[int, list[int]] | None:
        """(k, v): level j lies within ``k v_j 2^-(top + 64)`` of its middle. None where ``<A> v > 0`` does not hold."""
        grid = wholes([V_BITS - math.frexp(value)[1] for value in bound.tolist()])
        parts = wholes([shifted(value, g) for value, g in zip(bound.tolist(), grid.tolist(), strict=True)])
        vector = parts << (max(grid.tolist()) - grid)
        slack = (self.matrix.slack(vector) * self.extra).tolist()
        if min(slack) <= 0 or min(parts.tolist()) <= 0:
            return None
        # |r_i| / slack_i in units of 2^(top of v - top of m), rounded up with 64 more bits
        worst = max(-((-abs(rest) << 64) // part) for rest, part in zip(self.residual(), slack, strict=True))
        return worst, vector.tolist()


def wholes(values: Sequence[int]) -> Wholes:
    """An array of Python's integers, whatever their size."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def whole_rows(cells: Mapping[tuple[int, int], Exact], size: int) -> WholeRows:
    """Rational cells, each row times the least common multiple of its denominators."""
    rows: list[list[tuple[int, Exact]]] = [[] for _ in range(size)]
    for (i, j), value in sorted(cells.items()):
        if value:
            rows[i].append((j, value))
    diagonal, columns, amounts, factor, indptr = [0] * size, [], [], [1] * size, [0]
    for i, row in enumerate(rows):
        factor[i] = math.lcm(*(int(value.denominator) for _, value in row))
        for j, value in row:
            whole = int(value.numerator) * (factor[i] // int(value.denominator))
            if j == i:
                diagonal[i] = whole
            else:
                columns.append(j)
                amounts.append(whole)
        indptr.append(len(columns))
    return WholeRows(wholes(diagonal), indptr, np.array(columns, dtype=np.int64), wholes(amounts), wholes(factor))


def ratio(top: int, bottom: int, shift: int = 0) -> float:
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


def shifted(value: float, exponent: int) -> int:
    """``value 2^exponent`` as an integer, cut towards minus infinity."""
    mantissa, power = math.frexp(value)
    whole, shift = int(mantissa * 2.0**53), power - 53 + exponent
    return whole << shift if shift >= 0 else whole >> -shift
