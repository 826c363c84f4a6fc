"""BiCGSTAB (van der Vorst 1992) from a given start, the best iterate kept; sums that do not depend on BLAS threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

Floats = np.ndarray[Any, np.dtype[np.float64]]
STEPS: Final = 400
"""Iterations of one solve; a background takes 15 to 20."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A solution, its residual and the iterations it took."""

    solution: Floats
    residual: float
    iterations: int


def bicgstab(matrix: csr_array, right: Floats, start: Floats, limit: float) -> Found:
    """Until the 2-norm of the residual is ``limit`` times that of the right side, or it breaks down."""
    x = start.copy()
    r = right - matrix @ x
    goal = limit * _norm(right)
    shadow, p = r.copy(), r.copy()
    rho = _dot(shadow, r)
    best, kept = _norm(r), x
    taken = 0
    while best > goal and taken < STEPS:
        taken += 1
        v = matrix @ p
        under = _dot(shadow, v)
        if not under or not np.isfinite(under):
            break
        alpha = rho / under
        s = r - alpha * v
        t = matrix @ s
        size = _dot(t, t)
        omega = _dot(t, s) / size if size else 0.0
        x = x + alpha * p + omega * s
        r = s - omega * t
        now = _norm(r)
        if not np.isfinite(now):
            break
        if now < best:
            best, kept = now, x
        before, rho = rho, _dot(shadow, r)
        if not omega or not rho:
            break
        p = r + (rho / before) * (alpha / omega) * (p - omega * v)
    return Found(kept, best, taken)


def _dot(x: Floats, y: Floats) -> float:
    return float((x * y).sum())


def _norm(x: Floats) -> float:
    return float(np.sqrt((x * x).sum()))
