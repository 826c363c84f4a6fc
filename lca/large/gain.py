"""Loop gains of a large background without eigenvalues.

The gain of a loop is the spectral radius of its block of ``|U|``, U what one unit takes. Any ``v > 0`` with
``v > |U| v`` proves that all gains are below one (Ostrowski 1937; Berman and Plemmons 1994, ch. 6). Where no such v is
found, a positive vector bounds each block: ``min (Uv)_i / v_i <= gain <= max (Uv)_i / v_i``
(Collatz 1942; Wielandt 1950).
"""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import MatrixRankWarning, splu

from lca.large.bicgstab import bicgstab

Floats = np.ndarray[Any, np.dtype[np.float64]]
STEPS: Final = 30
"""Noda's steps before the gain of a loop is left open; it takes five or so."""
SWEEPS: Final = 40
"""Terms of Neumann's series that guess the magnitudes."""
SLACK: Final = 0.01
"""Least ``(v - |U| v) / v`` aimed at in each row, before rounding."""


def comparison_vector(takes: csr_array, own: Floats | None = None) -> Floats | None:
    """``v > 0`` with ``v > |U| v`` in binary64; None where none was found: then some gain may be one or more.

    ``own``: what each process sets free per unit of product; v then has the magnitudes of the intensities.
    """
    size = takes.shape[0]
    u = csr_array((np.abs(takes.data), takes.indices, takes.indptr), shape=takes.shape)
    w = np.ones(size) if own is None else np.abs(own)
    w = np.maximum(w, 1e-20 * w.max(initial=0.0)) if w.any() else np.ones(size)
    guess = w
    for _ in range(SWEEPS):
        guess = w + u @ guess
        if not np.isfinite(guess).all() or guess.max() > 1e200:
            return None
    rows = np.repeat(np.arange(size), np.diff(u.indptr))
    u.data = u.data * guess[u.indices] / guess[rows]
    matrix = csr_array(eye_array(size, format="csr") - u)
    right = np.maximum(w / guess, SLACK)
    z = bicgstab(matrix, right, np.ones(size), 1e-7).solution
    if not _proves(u, z):
        z = _by_factors(matrix, right)
        if not _proves(u, z):
            return None
    v: Floats = z * guess
    return v if np.isfinite(v).all() and v.all() else None


def _proves(u: csr_array, z: Floats) -> bool:
    return bool(np.isfinite(z).all() and (z > 0).all() and (z - u @ z > 0).all())


def _by_factors(matrix: csr_array, right: Floats) -> Floats:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", MatrixRankWarning)
            made: Floats = splu(csc_array(matrix), permc_spec="COLAMD", diag_pivot_thresh=1.0).solve(right)
            return made
    except (RuntimeError, MatrixRankWarning):
        return np.zeros(len(right))


def perron(block: csr_array) -> tuple[float, float, Floats]:
    """Bounds of the spectral radius of an irreducible non-negative matrix, and the vector that proves them.

    Noda's iteration (1971): ``v <- (high I - U)^-1 v`` stays positive and converges quadratically; the bounds are
    Collatz's, so a vector that has not settled is no error. It ends where they meet, or lie below 1.
    """
    size = block.shape[0]
    v = np.ones(size)
    for _ in range(SWEEPS):
        v = v + block @ v
        v = np.maximum(v / v.max(), 1e-250)
    low, high, best = 0.0, float("inf"), v
    for _ in range(STEPS):
        ratio = (block @ v) / v
        if ratio.min() > low:
            low, best = float(ratio.min()), v
        high = min(high, float(ratio.max()))
        if high < 1.0 or high - low < 1e-9 * high:
            break
        shifted = csr_array(eye_array(size, format="csr") * (high * (1.0 + 1e-12)) - block)
        w = _by_factors(shifted, v)
        if not (np.isfinite(w).all() and (w > 0).all()):
            break
        v = np.maximum(w / w.max(), 1e-250)
    return low, high, best


def strongest_loop(block: csr_array, vector: Floats) -> list[int]:
    """Follow from the largest process the input that carries most of it until one comes again: that is a loop."""
    at, seen = int(np.argmax(vector)), dict[int, int]()
    while at not in seen:
        seen[at] = len(seen)
        span = slice(block.indptr[at], block.indptr[at + 1])
        at = int(block.indices[span][np.argmax(block.data[span] * vector[block.indices[span]])])
    return [k for k, place in seen.items() if place >= seen[at]]
