"""``e - A^T y`` in twice the working precision, without extended types: the same bits on every processor of IEEE 754.

Products by Veltkamp and Dekker (1971), sums by Knuth's TwoSum, rows as the compensated dot product of Ogita, Rump and
Oishi (2005, Dot2): error at most ``u |r| + g^2 |A^T| |y|`` with g about the row's length times 1.1e-16.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

Floats = np.ndarray[Any, np.dtype[np.float64]]
_SPLIT: Final = 134217729.0
"""2^27 + 1."""


class Rows:
    """A matrix laid out by place in the row, longest rows first, so that one vector step serves all rows."""

    def __init__(self, matrix: csr_array) -> None:
        lengths = np.diff(matrix.indptr)
        self._by = np.argsort(-lengths, kind="stable")
        descending = lengths[self._by]
        longest = int(descending[0]) if len(descending) else 0
        # how many rows reach each place
        self._counts = np.searchsorted(-descending, -np.arange(longest), side="left")
        starts = matrix.indptr[self._by]
        which = [starts[:count] + place for place, count in enumerate(self._counts)]
        flat = np.concatenate(which) if which else np.zeros(0, dtype=np.int64)
        self._columns, self._data = matrix.indices[flat], matrix.data[flat]
        self._high, self._low = _halves(self._data)

    def residual(self, e: Floats, y: Floats, low: Floats | None = None) -> Floats:
        """``e - A^T (y + low)``, rounded once."""
        yh, yl = _halves(y)
        taken = y[self._columns]
        product = self._data * taken
        h, k = yh[self._columns], yl[self._columns]
        error = ((self._high * h - product) + self._high * k + self._low * h) + self._low * k
        if low is not None:
            error += self._data * low[self._columns]
        total, rest = e[self._by].copy(), np.zeros(len(e))
        at = 0
        for count in self._counts:
            term = product[at : at + count]
            before = total[:count]
            after = before - term
            part = after - before
            rest[:count] += ((before - (after - part)) - (term + part)) - error[at : at + count]
            total[:count] = after
            at += count
        made = np.empty(len(e))
        made[self._by] = total + rest
        return made


def added(high: Floats, low: Floats, step: Floats) -> tuple[Floats, Floats]:
    """``high + low + step`` as a pair (TwoSum, Knuth)."""
    total = high + step
    part = total - high
    low = low + ((high - (total - part)) + (step - part))
    made = total + low
    return made, low - (made - total)


def _halves(x: Floats) -> tuple[Floats, Floats]:
    c = _SPLIT * x
    high = c - (c - x)
    return high, x - high
