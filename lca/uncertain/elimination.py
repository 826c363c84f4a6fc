"""A batch of small linear systems, solved element by element.

No BLAS is called: the bits of a BLAS product depend on its number of threads and blocking, and nothing in numpy sets
that number.  Elementwise IEEE operations in a fixed order do not depend on either, so equal input gives equal bytes on
one build.  Gaussian elimination with partial pivoting (Golub and Van Loan 2013, algorithm 3.4.1), each system of the
batch with its own pivots.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lca.uncertain.distributions import Floats


def eliminated(matrices: Floats, rights: Floats) -> tuple[Floats, int | None]:
    """``x`` with ``matrices @ x = rights``; shapes (d, n, n) and (d, n, p), result (d, n, p).

    The second value is the place of the first singular system in the batch, None where all have a solution; the
    figures of a singular system mean nothing.
    """
    m = matrices.transpose(1, 2, 0).copy()  # the draws of one place side by side: an operation is a row
    x = rights.transpose(1, 2, 0).copy()
    size, _, batch = m.shape
    singular = np.zeros(batch, dtype=np.bool_)
    for k in range(size):
        _swap(m, x, k)
        zero = m[k, k] == 0
        singular |= zero
        m[k, k, zero] = 1
        rows = k + 1 + _filled(m[k + 1 :, k])  # what is zero in every draw needs no step
        if len(rows):
            columns = k + 1 + _filled(m[k, k + 1 :])
            share = m[rows, k] / m[k, k]
            x[rows] -= share[:, None] * x[k]
            if len(rows) == len(columns) == size - k - 1:
                m[k + 1 :, k + 1 :] -= share[:, None] * m[k, k + 1 :]
            else:
                m[rows[:, None], columns] -= share[:, None] * m[k, columns]
    for k in reversed(range(size)):
        for j in k + 1 + _filled(m[k, k + 1 :]):
            x[k] -= m[k, j] * x[j]
        x[k] /= m[k, k]
    places = np.flatnonzero(singular)
    made: Floats = np.ascontiguousarray(x.transpose(2, 0, 1))
    return made, int(places[0]) if len(places) else None


def _filled(cells: Floats) -> NDArray[np.intp]:
    """Places, of (places, draws), that are not zero in some draw."""
    return np.flatnonzero(cells.any(axis=1))


def _swap(m: Floats, x: Floats, k: int) -> None:
    """Rows k and that of the pivot, in the draws where they differ."""
    pivot = k + np.argmax(np.abs(m[k:, k]), axis=0)
    draws = np.flatnonzero(pivot != k)
    if len(draws):
        other = pivot[draws]
        for part in (m, x):
            kept = part[k][:, draws]
            part[k][:, draws] = part[other, :, draws].T
            part[other, :, draws] = kept.T
