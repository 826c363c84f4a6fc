"""Brightway's side of :mod:`benchmarks.engine`: the same matrices as data packages in memory, its classes as they are.

``BRIGHTWAY2_DIR`` is pointed to a folder of its own before anything of it is imported.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import warnings
from typing import Any, Final

import numpy as np

from benchmarks.products import Chain, chain
from benchmarks.synthetic import Synthetic
from benchmarks.table import clock, median, there

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


def own_product(own: Chain, flow: int, gsd: float = 0.0, name: str = "", on: str = "") -> Any:
    """A new product as a data package of its own; it emits ``flow``."""
    import bw_processing

    extra = {"name": name} if name else {}
    package = bw_processing.create_datapackage(metadata={"database_dependencies": [on] if on else []}, **extra)
    size = len(own.emitted)
    cells = [(OWN + j, OWN + j, 1.0) for j in range(size)]
    cells += [(OWN + maker, OWN + taker, -amount) for maker, taker, amount in own.passed]
    cells += [(1 + i, OWN + step, -amount) for i, step, amount in own.bought]
    row, column = np.array([i for i, _, _ in cells]), np.array([j for _, j, _ in cells])
    _add(package, "technosphere_matrix", row, column, np.array([value for _, _, value in cells]), gsd, row == column)
    one, process = np.full(size, FLOW + flow), OWN + np.arange(size)
    _add(package, "biosphere_matrix", one, process, np.array(own.emitted), gsd, np.zeros(size, dtype=bool))
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


class Peer:
    """bw2calc on a background, with the solver it finds."""

    def __init__(self, made: Synthetic, barred: frozenset[int] = frozenset()) -> None:
        """``barred``: goods of the background that the new product does not take."""
        os.environ.setdefault("BRIGHTWAY2_DIR", tempfile.mkdtemp(prefix="pcf-brightway-"))
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")  # it says that faster solvers exist: the head of the table says which do
            import bw2calc
        warnings.filterwarnings("ignore", "No reference exchange flags")  # the diagonal is the pairing here
        self.calc, self.made = bw2calc, made
        self.flow = int(np.flatnonzero(made.c[0] == 1.0)[0])  # counts one for one, as the carbon dioxide of ours does
        self.data, self.own = packages(made), chain(made, 1, barred)

    def cold(self) -> float:
        """One cold demand, end to end: the score."""
        return float(self._solved(self.calc.LCA({1 + self.made.a.shape[0] // 2: 1.0}, data_objs=[self.data])).score)

    def new_product(self) -> float:
        """A product that was not there: its data package, matrices, factorisation, inventory and score."""
        own = own_product(self.own, self.flow)
        return float(self._solved(self.calc.LCA({OWN: 1.0}, data_objs=[self.data, own])).score)

    @staticmethod
    def _solved(lca: Any) -> Any:
        lca.lci()
        lca.lcia()
        return lca

    def factorisation(self, times: int) -> float:
        """Median seconds of its factorisation alone."""
        lca = self.calc.LCA({1: 1.0}, data_objs=[self.data])
        lca.lci()
        return median(lca.decompose_technosphere, times, warm=False)

    def sample(self, times: int) -> float:
        """A whole-system Monte Carlo iteration of the iterative class, one demand."""
        data = packages(self.made, gsd=1.1)
        lca = self.calc.IterativeLCA({1: 1.0}, data_objs=[data], use_distributions=True, seed_override=1)
        self._solved(lca)
        return median(lambda: (next(lca), lca.score), times)

    def partitioned(self, times: int) -> tuple[str, float, float]:
        """Best class for draws of a new product of 20 processes: its name, set-up and seconds per iteration."""
        if not there("bw_graph_tools"):
            own = own_product(self.own, self.flow, gsd=1.1)
            lca = self.calc.IterativeLCA({OWN: 1.0}, data_objs=[self.data, own], use_distributions=True)
            start = clock()
            self._solved(lca)
            setup = clock() - start
            return "IterativeLCA (bw_graph_tools not installed)", setup, median(lambda: next(lca), times)
        import bw_graph_tools  # noqa: F401  (slow, and no part of a set-up)

        background = packages(self.made, name="background")
        own = own_product(self.own, self.flow, gsd=1.1, name="own", on="background")
        start = clock()
        lca = self.calc.PartitionedMonteCarloLCA({OWN: 1.0}, ["background"], [background, own, method(self.made)])
        self._solved(lca)
        setup = clock() - start
        return "PartitionedMonteCarloLCA", setup, median(lambda: next(lca), times)
