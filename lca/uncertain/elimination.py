"""A batch of small linear systems, solved element by element.

No BLAS is called: the bits of a BLAS product depend on its number of threads and blocking, and nothing in numpy sets
that number.  Elementwise IEEE operations in a fixed order do not depend on either, so equal input gives equal bytes on
one build.  Gaussian elimination with partial pivoting (Golub and Van Loan 2013, algorithm 3.4.1), each system of the
batch with its own pivots.
"""

from __future__ import annotations

import numpy as np

from lca.uncertain.distributions import Floats


def eliminated(matrices: Floats, rights: Floats) -> tuple[Floats, int | None]:
    """``x`` with ``matrices @ x = rights``; shapes (d, n, n) and (d, n, p), result (d, n, p).

    The second value is the place of the first singular system in the batch, None where all have a solution; the
    figures of a singular system mean nothing.
    """
    m, x = matrices.copy(), rights.copy()
    batch, size, _ = m.shape
    every = np.arange(batch)
    singular = np.zeros(batch, dtype=np.bool_)
    for k in range(size):
        pivot = k + np.argmax(np.abs(m[:, k:, k]), axis=1)
        m[every, k], m[every, pivot] = m[every, pivot], m[every, k]
        x[every, k], x[every, pivot] = x[every, pivot], x[every, k]
        zero = m[:, k, k] == 0
        singular |= zero
        m[zero, k, k] = 1
        share = m[:, k + 1 :, k] / m[:, k, k][:, None]
        m[:, k + 1 :, k:] -= share[:, :, None] * m[:, k, None, k:]
        x[:, k + 1 :] -= share[:, :, None] * x[:, k, None, :]
    for k in reversed(range(size)):
        for j in range(k + 1, size):
            x[:, k] -= m[:, k, j, None] * x[:, j]
        x[:, k] /= m[:, k, k, None]
    places = np.flatnonzero(singular)
    return x, int(places[0]) if len(places) else None
