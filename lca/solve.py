"""Solving: exact rationals up to 150 processes, binary64 beyond.

The rational solution is the one whose digits are published; binary64 serves as its check and as the answer for
larger systems, always with its residual.  Issue 5 replaces the limit by certified enclosures; later digits stay
the same, because a rational has no later digits to change.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Final

import numpy as np
from flint import fmpq_mat
from scipy.sparse import csc_array
from scipy.sparse.linalg import MatrixRankWarning, splu

from lca.diagnose import check_structure
from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from lca.system import LinearSystem, Solution, characterised, leaves

RATIONAL_LIMIT: Final = 150


def solve(system: LinearSystem, demand: Mapping[str, Exact]) -> Solution:
    """Solve ``A s = f`` exactly and characterise.

    ``demand``: product to amount, any sign; products not named are demanded at zero.

    Raises:
        Refused: a structural fault (see :func:`lca.diagnose.check_structure`) or ``singular``.
    """
    check_structure(system, demand)
    return characterised(system, rational_levels(system, demand))


def rational_levels(system: LinearSystem, demand: Mapping[str, Exact]) -> dict[str, Exact]:
    """Activity levels as exact rationals: one dense FLINT solve of the processes that take something, a sum for each
    leaf (A is block triangular, and its determinant the leaves' amounts times that of the rest).

    Raises:
        Refused: ``singular``, naming the processes that depend on each other.
    """
    ends = leaves(system)
    made = {product for product, _ in ends.values()}
    row = {name: i for i, name in enumerate(name for name in system.products if name not in made)}
    column = {name: j for j, name in enumerate(name for name in system.processes if name not in ends)}
    matrix = fmpq_mat(len(row), len(column))
    below: dict[str, list[tuple[str, Exact]]] = {product: [] for product in made}
    for (product, process), amount in system.a.items():
        if product in row:
            matrix[row[product], column[process]] = amount.q
        elif process in column:
            below[product].append((process, amount))
    right = fmpq_mat(len(row), 1)
    for product, amount in demand.items():
        if product in row:
            right[row[product], 0] = amount.q
    try:
        levels = matrix.solve(right) if row else right
    except ZeroDivisionError:
        raise Refused([singular_fault(system)]) from None
    found = {name: _exact(levels[j, 0]) for name, j in column.items()}
    for process, (product, amount) in ends.items():
        used = sum((part * found[other] for other, part in below[product]), ZERO)
        found[process] = (demand.get(product, ZERO) - used) / amount
    return {name: found[name] for name in system.processes}


def _exact(value: object) -> Exact:
    made = Exact()
    made._q = value  # type: ignore[assignment]
    return made


def singular_fault(system: LinearSystem) -> Fault:
    """Name the processes that depend on each other: the null space of A in binary64."""
    dense = np.zeros((len(system.products), len(system.processes)))
    row = {name: i for i, name in enumerate(system.products)}
    column = {name: j for j, name in enumerate(system.processes)}
    for (product, process), amount in system.a.items():
        dense[row[product], column[process]] = float(amount)
    vector = np.abs(np.linalg.svd(dense)[2][-1])
    names = [system.processes[j] for j in np.argsort(-vector) if vector[j] > 0.05 * vector.max()][:6]
    where = ", ".join(sorted(names))
    expected = "columns that do not depend on each other"
    return Fault("singular", where, found="no single solution", expected=expected, values={"name": where})


def binary64_levels(system: LinearSystem, demand: Mapping[str, Exact]) -> tuple[dict[str, float], float]:
    """Activity levels in binary64 and the relative residual ``max|A s - f| / max(|f|, |A||s|)``.

    SuperLU with COLAMD, constants of the code and never "whatever is installed"; one step of iterative refinement
    with the residual taken in exact arithmetic (Higham 2002, ch. 12).

    Raises:
        Refused: ``singular``.
    """
    row = {name: i for i, name in enumerate(system.products)}
    column = {name: j for j, name in enumerate(system.processes)}
    i = [row[product] for product, _ in system.a]
    j = [column[process] for _, process in system.a]
    values = [float(value) for value in system.a.values()]
    matrix = csc_array((values, (i, j)), shape=(len(row), len(column)))
    right = np.zeros(len(row))
    for product, amount in demand.items():
        right[row[product]] = float(amount)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", MatrixRankWarning)
            factors = splu(matrix, permc_spec="COLAMD", diag_pivot_thresh=1.0)
    except (RuntimeError, MatrixRankWarning):
        raise Refused([singular_fault(system)]) from None
    levels = factors.solve(right)
    levels = levels + factors.solve(_residual(system, demand, levels, row, column))
    rest = _residual(system, demand, levels, row, column)
    scale = max(float(np.abs(right).max(initial=0.0)), float((abs(matrix) @ np.abs(levels)).max(initial=0.0)), 1e-300)
    if not np.isfinite(levels).all():
        raise Refused([singular_fault(system)])
    return {name: float(levels[k]) for name, k in column.items()}, float(np.abs(rest).max(initial=0.0)) / scale


def _residual(
    system: LinearSystem,
    demand: Mapping[str, Exact],
    levels: np.ndarray,
    row: Mapping[str, int],
    column: Mapping[str, int],
) -> np.ndarray:
    rest = [demand.get(product, ZERO) for product in system.products]
    known = [Exact.from_binary64(float(value)) if np.isfinite(value) else ZERO for value in levels]
    for (product, process), amount in system.a.items():
        rest[row[product]] = rest[row[product]] - amount * known[column[process]]
    return np.array([float(value) for value in rest])
