"""Rows (b) to (d), and certified digits of a whole background: :mod:`lca.large` beside bw2calc on the same matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from benchmarks.engine_peer import Peer
from benchmarks.synthetic import Synthetic
from benchmarks.table import Row, clock, median, there


def kind_of_order() -> str:
    """METIS where it is installed, else the order that SuperLU makes."""
    return "metis" if there("pymetis") else "mmd"


def certified(made: Synthetic) -> tuple[tuple[str, ...], list[Row]]:
    """The ten digits of every intensity, and what they cost on factors of two orders; both must publish the same."""
    from lca.large.digits import Certifier, Right
    from lca.large.factor import factor
    from lca.large.order import order
    from lca.large.system import large_system

    system, right, rows = large_system(made.labels, made.a), Right.characterised(made.c[0], made.b), []
    found, published = {}, None
    for kind in dict.fromkeys((kind_of_order(), "colamd")):
        factors = factor(system, order(system, kind))
        start = clock()
        published = Certifier.of(system, factors.solve).published(right)
        found[kind] = published.sha256
        job = f"(f) certified 10 digits of all {len(made.labels):,} intensities, {kind} factors"
        rows.append(Row(job, None, clock() - start, None, f"undecided {len(published.wide)}; limit 60 s"))
    assert published is not None
    same = "the same digits" if len(set(found.values())) == 1 else "NOT the same digits"
    rows.append(Row(f"    {' and '.join(found)}: {same}", None, None))
    return published.texts, rows


def rows(made: Synthetic, peer: Peer, times: int) -> list[Row]:
    """Intensities of all products, the factorisation, whole-system draws, a replaced column."""
    from lca.large.factor import factor
    from lca.large.krylov import Krylov
    from lca.large.order import order
    from lca.large.system import large_system

    system, kind = large_system(made.labels, made.a), kind_of_order()
    e = np.asarray(made.c[0] @ made.b).ravel()
    way = order(system, kind)
    y = factor(system, way).refined(e)
    here, there_ = float(y[made.a.shape[0] // 2]), peer.cold()
    print(f"one product of the background: ours {here:.12g}, bw2calc {there_:.12g}, apart {abs(there_ / here - 1):.1e}")
    cold = median(peer.cold, times)
    krylov = median(lambda: Krylov(system, system.comparison(e)).intensities(e), times)
    whole = median(lambda: factor(system, order(system, kind)).refined(e), times if kind == "metis" else 1)
    found = [
        Row("(b) intensities of all products to 1e-12: Krylov with its set-up; peer one cold demand", cold, krylov, 10),
        Row(f"    the same: {kind} order + factor + refined solve (the faster of the two counts)", cold, whole),
    ]
    mine = median(lambda: factor(system, way), times)
    if not there("pypardiso"):
        job = f"(c) factorisation, SuperLU on the kept {kind} order; peer SuperLU"
        found.append(Row(job, peer.factorisation(times), mine, 5))
    found += [*solvers(system, e, mine, times), _sample(made, peer, system, way, times)]
    found.append(Row("    gates: square, finite, outputs, gain of all loops", None,
                     median(lambda: large_system(made.labels, made.a), times)))  # fmt: skip
    if len(made.labels) > 200:
        start = Krylov(system, system.comparison(e))
        mean = start.intensities(e).solution
        mixed = start.column_replaced(made.labels[0], {made.labels[100]: 0.2, made.labels[101]: 0.1})
        warm = median(lambda: Krylov(mixed, start.scale).intensities(e, mean), times)
        found.append(Row("    own electricity mix in the background: warm restart, all products to 1e-12", None, warm))
    return found


def _sample(made: Synthetic, peer: Peer, system: Any, way: Any, times: int) -> Row:
    from lca.large.draws import Sampler, Uncertain

    spread = np.full(system.transposed.nnz, 1.1), np.full(made.b.nnz, 1.1)
    sampler = Sampler(Uncertain(system, made.b, made.c[0], *spread, way), 1)
    places = iter(range(1, 10_000))
    plain = median(lambda: sampler.draw(next(places), 10**9), 20)
    checked = median(lambda: sampler.draw(50), times)
    ours = plain + (checked - plain) / 50
    job = "(d) whole-system Monte Carlo sample, all products, every 50th checked by LU; peer one demand"
    return Row(job, peer.sample(20), ours, 3)


def solvers(system: Any, e: Any, ours: float, times: int) -> list[Row]:
    """Factorisation of ``A^T`` and one solve by the solvers that are installed, beside ours on the kept order."""
    found = []
    for name, module, made in _SOLVERS:
        if not there(module):
            found.append(Row(f"    {name}: not installed", None, None))
            continue
        factorise = made(system)
        solve = factorise()
        said = f"solve {median(lambda solve=solve: solve(e), times) * 1000:.1f} ms"
        found.append(
            Row(f"    factorisation of A^T by {name}, beside ours", median(factorise, times), ours, None, said)
        )
    return found


def _superlu(system: Any) -> Callable[[], Callable[[Any], Any]]:
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import splu

    columns = csc_array(system.transposed)
    return lambda: splu(columns).solve


def _umfpack(system: Any) -> Callable[[], Callable[[Any], Any]]:
    from scikits import umfpack
    from scipy.sparse import csc_matrix

    columns = csc_matrix(system.transposed)
    return lambda: umfpack.splu(columns).solve


def _pardiso(system: Any) -> Callable[[], Callable[[Any], Any]]:
    import pypardiso
    from scipy.sparse import csr_matrix

    rows_ = csr_matrix(system.transposed)

    def factorise() -> Callable[[Any], Any]:
        solver = pypardiso.PyPardisoSolver()
        solver.factorize(rows_)
        return lambda e: solver.solve(rows_, e)

    return factorise


_SOLVERS: Final = (
    ("SuperLU COLAMD", "scipy", _superlu),
    ("UMFPACK", "scikits.umfpack", _umfpack),
    ("PARDISO", "pypardiso", _pardiso),
)
