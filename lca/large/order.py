"""Orders of elimination for ``A^T``: computed once when a background is published, kept beside it.

Nested dissection of the graph of ``A + A^T`` (George 1973; Karypis and Kumar 1998, METIS) needs pymetis, a publisher's
extra; minimum degree on the same graph (Liu 1985) is SuperLU's own and slower to find; COLAMD (Davis et al. 2004) is
found by SuperLU at each factorisation and is what peers use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Literal

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import splu

from lca.faults import Fault, Refused
from lca.large.system import LargeSystem

Kind = Literal["colamd", "mmd", "metis", "given"]
Places = np.ndarray[Any, np.dtype[np.int32]]
KINDS: Final = ("colamd", "mmd", "metis")


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """``places[k]``: the process eliminated as k-th. COLAMD has none: SuperLU finds it each time."""

    kind: Kind
    places: Places | None

    @property
    def sha256(self) -> str:
        kept = b"" if self.places is None else np.ascontiguousarray(self.places, dtype="<i4").tobytes()
        return hashlib.sha256(kept).hexdigest()


def order(system: LargeSystem, kind: str) -> Order:
    """Find an order.

    Raises:
        Refused: ``order_unknown``; ``order_needs_pymetis``.
    """
    if kind == "colamd":
        return Order("colamd", None)
    if kind == "mmd":
        return Order("mmd", _minimum_degree(system))
    if kind == "metis":
        return Order("metis", _nested_dissection(system))
    raise Refused([Fault("order_unknown", found=kind, expected=", ".join(KINDS))])


def kept(places: Sequence[int] | Places, size: int) -> Order:
    """An order read back from a file.

    Raises:
        Refused: ``order_broken`` where it does not hold each process once.
    """
    made = np.asarray(places)
    if made.shape != (size,) or not np.array_equal(np.sort(made), np.arange(size)):
        raise Refused([Fault("order_broken", found=f"{made.size:,} places", expected=f"each of {size:,} once")])
    return Order("given", made.astype(np.int32))


def _graph(system: LargeSystem) -> csr_array:
    """Neighbours in ``A + A^T``, without the diagonal."""
    a = csr_array(system.transposed)
    pattern = csr_array((np.ones(a.nnz), a.indices, a.indptr), shape=a.shape)
    graph = csr_array(pattern + pattern.T)
    rows = np.repeat(np.arange(system.size), np.diff(graph.indptr))
    graph.data[rows == graph.indices] = 0.0
    graph.eliminate_zeros()
    graph.sort_indices()
    return graph


def _minimum_degree(system: LargeSystem) -> Places:
    """SuperLU's order of a matrix with this pattern whose diagonal is so heavy that no pivot moves."""
    graph = _graph(system)
    heavy = csc_array(graph.T)
    heavy.data[:] = -1.0
    degree = np.diff(graph.indptr)
    heavy = csc_array(heavy + csc_array((degree + 1.0, (np.arange(system.size),) * 2), shape=graph.shape))
    factors = splu(heavy, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    found: Places = np.argsort(factors.perm_c).astype(np.int32)
    return found


def _nested_dissection(system: LargeSystem) -> Places:
    try:
        pymetis: Any = import_module("pymetis")
    except ImportError:
        expected = "pip install pcf-engine[publisher]"
        raise Refused([Fault("order_needs_pymetis", found="pymetis is not installed", expected=expected)]) from None
    graph = _graph(system)
    if not graph.nnz:
        return np.arange(system.size, dtype=np.int32)
    if hasattr(pymetis, "CSRAdjacency"):
        found, _ = pymetis.nested_dissection(pymetis.CSRAdjacency(graph.indptr, graph.indices))
    else:
        found, _ = pymetis.nested_dissection(xadj=graph.indptr, adjncy=graph.indices)
    return np.asarray(found, dtype=np.int32)
