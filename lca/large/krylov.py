"""Intensities of all products without a factorisation: BiCGSTAB on ``A^T y = e``.

Jacobi on both sides: rows over their reference amount and ``v``, columns times ``v`` (units and magnitudes leave the
matrix). Steps of refinement, each with the residual of :mod:`lca.large.residual`, take it to 1e-12. A small residual
is no proof near a gain of one: so the error is bounded by the comparison vector v, in binary64 arithmetic. Digits that
are proven come from :mod:`lca.large.digits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from lca.faults import Fault, Refused
from lca.large.bicgstab import Found, bicgstab
from lca.large.residual import Rows, added
from lca.large.system import Floats, LargeSystem

ROUNDS: Final = 8
"""Steps of refinement before it is called stuck."""
FLOOR: Final = 0.01
"""Intensities below this part of v, what is left after credits, are known to that part's precision."""


class Krylov:
    """A background made ready: scaled once, then solved for any right side, start or changed entries."""

    def __init__(self, system: LargeSystem, scale: Floats | None = None) -> None:
        self.system = system
        v = system.comparison() if scale is None else scale
        self.scale = np.ones(system.size) if v is None else v
        a = system.transposed
        self._rows_of = np.repeat(np.arange(system.size), np.diff(a.indptr))
        self.weight = system.diagonal * self.scale
        self.exact = Rows(a)
        self.matrix = csr_array((a.data * self.factors, a.indices, a.indptr), shape=a.shape)
        self._slack = 2.0 - np.asarray(abs(self.matrix).sum(axis=1)).ravel()

    @property
    def factors(self) -> Floats:
        """What each stored entry is multiplied by."""
        made: Floats = self.scale[self.system.transposed.indices] / self.weight[self._rows_of]
        return made

    def intensities(self, e: Floats, start: Floats | None = None, limit: float = 1e-12) -> Found:
        """``A^T y = e`` to ``limit`` on the scale of ``v``; several indicators as columns, one after the other.

        Raises:
            Refused: ``krylov_stuck``.
        """
        if e.ndim == 2:
            parts = [
                self.intensities(np.ascontiguousarray(e[:, k]), None if start is None else start[:, k], limit)
                for k in range(e.shape[1])
            ]
            y = np.stack([part.solution for part in parts], axis=1)
            return Found(y, max(part.residual for part in parts), sum(part.iterations for part in parts))
        y = np.zeros(self.system.size) if start is None else start.astype(float)
        low, taken, error = np.zeros_like(y), 0, np.inf
        for _ in range(ROUNDS):
            left = self.exact.residual(e, y, low) / self.weight
            error = self._error(left, y, e)
            if error <= limit:
                return Found(y, error, taken)
            # the bound is up to 1 / least slack above the error: aim below it, a round gains ten digits at most
            step = bicgstab(self.matrix, left, np.zeros_like(left), max(limit / error * 0.1, 1e-10))
            y, low = added(y, low, step.solution * self.scale)
            taken += step.iterations
        raise Refused([Fault("krylov_stuck", self._worst(e, y), f"{error:.3g}", f"an error of at most {limit:g}")])

    def _error(self, left: Floats, y: Floats, e: Floats) -> float:
        """Largest relative error of an intensity, or of a hundredth of v where it is smaller.

        ``|y - m| <= max_i(|r_i| / (<A^T> v)_i) v`` where v is a comparison vector; else the residual on its scale.
        """
        if self._slack.min(initial=1.0) <= 0:
            size = max(float(np.abs(y / self.scale).max()), float(np.abs(e / self.weight).max()))
            return float(np.abs(left).max()) / size if size else 0.0
        k = float((np.abs(left) / self._slack).max())
        return k / FLOOR if not y.any() else float((k / np.maximum(np.abs(y / self.scale), FLOOR)).max())

    def changed(self, cells: Mapping[tuple[str, str], float]) -> LargeSystem:
        """The system with other amounts: (product's maker, process) to the entry of A. No factor is touched."""
        place = {name: k for k, name in enumerate(self.system.labels)}
        unknown = sorted({name for key in cells for name in key} - place.keys())
        if unknown:
            raise Refused([Fault("large_unknown", ", ".join(unknown[:8]), expected="processes of this background")])
        a = self.system.transposed.tolil()
        for (product, process), amount in cells.items():
            a[place[process], place[product]] = amount
        return self._with(csr_array(a))

    def column_replaced(self, process: str, inputs: Mapping[str, float]) -> LargeSystem:
        """The system with one process of own making, an own electricity mix say: product to amount taken per unit."""
        place = {name: k for k, name in enumerate(self.system.labels)}
        unknown = sorted({process, *inputs} - place.keys())
        if unknown:
            raise Refused([Fault("large_unknown", ", ".join(unknown[:8]), expected="processes of this background")])
        j, a = place[process], self.system.transposed
        own = float(self.system.diagonal[j])
        row = {place[name]: -amount * abs(own) for name, amount in inputs.items()}
        row[j] = row.get(j, 0.0) + own
        columns = sorted(row)
        low, high = a.indptr[j], a.indptr[j + 1]
        indices = np.concatenate([a.indices[:low], np.array(columns, dtype=a.indices.dtype), a.indices[high:]])
        data = np.concatenate([a.data[:low], [row[i] for i in columns], a.data[high:]])
        indptr = a.indptr.copy()
        indptr[j + 1 :] += len(columns) - (high - low)
        return self._with(csr_array((data, indices, indptr), shape=a.shape))

    def _with(self, transposed: csr_array) -> LargeSystem:
        transposed.sort_indices()
        made = replace(self.system, transposed=transposed)
        if not np.isfinite(transposed.data).all() or not made.diagonal.all():
            raise Refused([Fault("large_not_finite", "changed entries", "no number", "a number, outputs not zero")])
        return made

    def _worst(self, e: Floats, y: Floats) -> str:
        left = np.nan_to_num(np.abs(self.exact.residual(e, y) / self.weight), nan=np.inf)
        return ", ".join(self.system.labels[k] for k in np.argsort(-left, kind="stable")[:3])
