"""LU of ``A^T`` on a kept order, its residual checked, with the fall-back that loses no digits but time.

Rows are divided by their reference amount and ``v``, the comparison vector of the gate, columns multiplied by it: then
each row's other entries sum to less than its diagonal, and elimination without exchanges is stable (growth at most 2;
Higham 2002, 9.5 and 13.2). So the threshold of 0.01 (Duff, Erisman and Reid 1986, ch. 5) keeps the order instead of
breaking it over units. Where no ``v`` exists, or the residual is bad, COLAMD with full partial pivoting takes over.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import MatrixRankWarning, SuperLU, splu

from lca.faults import Fault, Refused
from lca.large.order import Order
from lca.large.residual import Rows, added
from lca.large.system import SHOWN, Floats, LargeSystem, loops

THRESHOLD: Final = 0.01
GOOD: Final = 1e-10
"""Largest residual over ``|A^T| |y| + |e|`` of the first solve; binary64 gives 1e-15 where elimination went well."""


DENSE: Final = 2_000
"""Processes of a loop whose singular values are computed to name it."""


@dataclass(frozen=True, slots=True, eq=False)
class Factored:
    """Factors of ``P W^-1 A^T V P^T`` and how they were reached; W is D V, or each row's largest entry."""

    system: LargeSystem
    lu: SuperLU
    places: np.ndarray[Any, Any]
    scale: Floats
    """v of each product."""
    weight: Floats
    how: str
    """``metis``, ``mmd``, ``given`` or ``colamd``; the last also where an order was left."""
    residual: float

    @property
    def entries(self) -> int:
        return int(self.lu.nnz)

    def solve(self, e: Floats) -> Floats:
        """``A^T y = e``, one pair of triangular solves; several right sides as columns."""
        turned = e / (self.weight if e.ndim == 1 else self.weight[:, None])
        y = np.empty_like(turned)
        y[self.places] = self.lu.solve(np.ascontiguousarray(turned[self.places]))
        made: Floats = y * (self.scale if e.ndim == 1 else self.scale[:, None])
        return made

    def supply(self, f: Floats) -> Floats:
        """``A s = f`` from the same factors: levels of the processes for a demand."""
        right = np.ascontiguousarray((f * self.scale)[self.places])
        s = np.empty_like(right)
        lu: Any = self.lu  # the stubs lack trans
        s[self.places] = lu.solve(right, trans="T")
        made: Floats = s / self.weight
        return made

    def refined(self, e: Floats, steps: int = 2) -> Floats:
        """Refinement with a residual of twice the working precision (Higham 2002, 12.1)."""
        rows = Rows(self.system.transposed)
        y = self.solve(e)
        low = np.zeros_like(y)
        for _ in range(steps):
            y, low = added(y, low, self.solve(rows.residual(e, y, low)))
        return y


def factor(system: LargeSystem, order: Order, scale: Floats | None = None) -> Factored:
    """Factorise on that order; fall back to COLAMD with full pivoting.

    Raises:
        Refused: ``large_singular`` where even that gives no solution.
    """
    v = system.comparison() if scale is None else scale
    if v is not None and order.places is not None:
        made = _tried(system, order.kind, np.asarray(order.places), v)
        if made is not None and made.residual <= GOOD:
            return made
    made = _tried(system, "colamd", np.arange(system.size), np.ones(system.size) if v is None else v)
    if made is None or not made.residual <= GOOD:
        found = "no factors" if made is None else f"residual {made.residual:.3g}"
        raise Refused(
            [Fault("large_singular", _worst(system, made), found, "columns that do not depend on each other")]
        )
    return made


def _tried(system: LargeSystem, how: str, places: np.ndarray[Any, Any], v: Floats) -> Factored | None:
    a = csr_array(system.transposed)
    rows = np.repeat(np.arange(system.size), np.diff(a.indptr))
    data = a.data * v[a.indices]
    if how == "colamd":
        weight = np.zeros(system.size)
        np.maximum.at(weight, rows, np.abs(data))
    else:
        weight = system.diagonal * v
    data = data / weight[rows]
    if not np.isfinite(data).all():
        return None
    back = np.empty_like(places)
    back[places] = np.arange(system.size)
    turned = csc_array((data, (back[rows], back[a.indices])), shape=a.shape)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", MatrixRankWarning)
            if how == "colamd":
                lu = splu(turned, permc_spec="COLAMD", diag_pivot_thresh=1.0)
            else:
                options = {"SymmetricMode": True}
                lu = splu(turned, permc_spec="NATURAL", diag_pivot_thresh=THRESHOLD, options=options)
    except (RuntimeError, MatrixRankWarning):
        return None
    return _checked(Factored(system, lu, places, v, weight, how, np.inf))


def _checked(made: Factored) -> Factored:
    """The residual of a right side that touches every row."""
    a = made.system.transposed
    e = abs(a) @ made.scale
    y = made.solve(e)
    size = abs(a) @ np.abs(y) + np.abs(e)
    rest = np.abs(e - a @ y) / size
    residual = float(rest.max()) if np.isfinite(rest).all() else float("inf")
    return Factored(made.system, made.lu, made.places, made.scale, made.weight, made.how, residual)


def _worst(system: LargeSystem, made: Factored | None) -> str:
    """The processes whose equations are missed most; without factors the loop that is nearest to having no solution."""
    if made is None:
        return ", ".join(system.labels[k] for k in _dependent(system)[:SHOWN])
    a = system.transposed
    e = abs(a) @ made.scale
    with np.errstate(all="ignore"):
        rest = np.nan_to_num(np.abs(e - a @ made.solve(e)) / e, nan=np.inf)
    return ", ".join(system.labels[k] for k in np.argsort(-rest, kind="stable")[:3])


def _dependent(system: LargeSystem) -> Sequence[int]:
    """The loop whose least singular value is nearest zero; loops of more than ``DENSE`` only where no other is."""
    u = system.takes
    best: tuple[float, Sequence[int]] = (np.inf, range(system.size))
    for members in loops(u):
        if len(members) <= DENSE:
            block = np.eye(len(members)) - u[members][:, members].toarray()
            least = float(np.linalg.svd(block, compute_uv=False)[-1])
            if least < best[0]:
                best = (least, [int(k) for k in members])
    return best[1]
