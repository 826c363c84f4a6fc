"""Brightway's side of :mod:`benchmarks.engine`: the same matrices as data packages in memory, its classes as they are.

Import after ``BRIGHTWAY2_DIR`` points to a folder of its own.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from benchmarks.synthetic import Synthetic

FLOW: Final = 10_000_000
"""Identifiers: process and product j is 1 + j, flow k is this plus k, own processes of a new product 5,000,000 on."""
OWN: Final = 5_000_000
LOGNORMAL: Final = 2


def packages(made: Synthetic, gsd: float = 0.0, name: str = "", order: tuple[str, ...] = ()) -> Any:
    """The background and its first indicator. ``gsd``: log-normal around each entry but reference amounts."""
    import bw_processing

    package = bw_processing.create_datapackage(name=name or None, metadata={"database_dependencies": list(order)})
    a, b = made.a.tocoo(), made.b.tocoo()
    _add(package, "technosphere_matrix", 1 + a.row, 1 + a.col, a.data, gsd if gsd else 0.0, a.row == a.col)
    _add(package, "biosphere_matrix", FLOW + b.row, 1 + b.col, b.data, gsd, np.zeros(b.nnz, dtype=bool))
    if not name:
        method(made, package)
    return package


def method(made: Synthetic, package: Any = None) -> Any:
    import bw_processing

    package = package or bw_processing.create_datapackage(name="gwp")
    flows = FLOW + np.arange(len(made.c[0]))
    _add(package, "characterization_matrix", flows, flows, made.c[0], 0.0, np.zeros(len(flows), dtype=bool))
    return package


def own_product(made: Synthetic, seed: int, size: int = 20, gsd: float = 0.0, name: str = "", on: str = "") -> Any:
    """A new product: a chain of ``size`` processes with feedback, each taking six inputs of the background."""
    import bw_processing

    pick = np.random.default_rng(seed)
    extra = {"name": name} if name else {}
    package = bw_processing.create_datapackage(metadata={"database_dependencies": [on] if on else []}, **extra)
    rows, columns, data = [], [], []
    value = np.asarray(abs(made.a).max(axis=1).todense()).ravel()
    for j in range(size):
        rows.append(OWN + j)
        columns.append(OWN + j)
        data.append(1.0)
        if j:
            rows.append(OWN + j)
            columns.append(OWN + j - 1)
            data.append(-0.7)
        if j % 5 == 4:
            rows.append(OWN + j - 4)
            columns.append(OWN + j)
            data.append(-0.1)
        for i in pick.choice(made.a.shape[0], 6, replace=False):
            rows.append(1 + int(i))
            columns.append(OWN + j)
            data.append(-0.05 / max(value[i], 1.0))
    row, column = np.array(rows), np.array(columns)
    _add(package, "technosphere_matrix", row, column, np.array(data), gsd, row == column)
    flow, process = np.full(size, FLOW), OWN + np.arange(size)
    _add(package, "biosphere_matrix", flow, process, np.linspace(0.1, 2.0, size), gsd, np.zeros(size, dtype=bool))
    return package


def _add(package: Any, matrix: str, row: Any, column: Any, data: Any, gsd: float, fixed: Any) -> None:
    import bw_processing

    indices = np.empty(len(data), dtype=bw_processing.INDICES_DTYPE)
    indices["row"], indices["col"] = row, column
    given: dict[str, Any] = {}
    if gsd:
        spread = np.zeros(len(data), dtype=bw_processing.UNCERTAINTY_DTYPE)
        spread["uncertainty_type"] = np.where(fixed, 0, LOGNORMAL)
        spread["loc"] = np.where(fixed, data, np.log(np.abs(data)))
        spread["scale"] = np.where(fixed, np.nan, np.log(gsd))
        for field in ("shape", "minimum", "maximum"):
            spread[field] = np.nan
        spread["negative"] = data < 0
        given["distributions_array"] = spread
    package.add_persistent_vector(
        matrix=matrix, name=matrix, indices_array=indices, data_array=np.asarray(data, dtype=float), **given
    )
