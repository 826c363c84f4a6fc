"""Large backgrounds: factors on each order and Krylov against rationals and scipy, laws, warm restarts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array, csr_array, diags_array
from scipy.sparse.linalg import spsolve

import lca.large.factor as factor_module
from lca.faults import Refused
from lca.large.bicgstab import bicgstab
from lca.large.factor import factor
from lca.large.krylov import Krylov
from lca.large.order import Order, kept, order
from lca.large.residual import Rows
from lca.large.system import LargeSystem, large_system
from tests.lca._large import Floats, drawn, fractions, rational, small

COLAMD = Order("colamd", None)
System = tuple[LargeSystem, Floats]


def by_scipy(a: csr_array, e: Floats) -> Floats:
    """scipy alone, its unknowns in their own magnitudes: without that it is 4e-10 from the truth at 2,000."""
    y = spsolve(csc_array(a.T), e)
    scaled = csc_array(diags_array(1 / y) @ a.T @ diags_array(y))
    made: Floats = y * spsolve(scaled, e / y)
    return made


@settings(max_examples=60, deadline=None)
@given(drawn(), st.randoms(use_true_random=False))
def test_factors_on_any_order_reach_the_rational_solution(case: System, pick: object) -> None:
    system, e = case
    places = list(range(system.size))
    pick.shuffle(places)  # type: ignore[attr-defined]
    truth = fractions(rational(system, e))
    for way in (COLAMD, kept(places, system.size), order(system, "mmd")):
        made = factor(system, way)
        assert made.how == way.kind
        v = [Fraction(value) for value in made.scale.tolist()]
        size = max(abs(y) / part for y, part in zip(truth, v, strict=True))
        for found in (made.solve(e), made.refined(e)):
            for ours, exact, part in zip(found.tolist(), truth, v, strict=True):
                assert abs(Fraction(ours) - exact) <= Fraction(1e-12) * size * part


@settings(max_examples=60, deadline=None)
@given(drawn())
def test_krylov_reaches_the_rational_solution(case: System) -> None:
    system, e = case
    own = system.comparison(e)
    assert own is not None
    found = Krylov(system, own).intensities(e)
    truth = fractions(rational(system, e))
    for ours, exact, v in zip(found.solution.tolist(), truth, own.tolist(), strict=True):
        assert abs(Fraction(ours) - exact) <= Fraction(1e-12) * max(abs(exact), Fraction(v) / 100)


@settings(max_examples=60, deadline=None)
@given(drawn(), st.integers(0, 10**6))
def test_the_residual_has_twice_the_working_precision(case: System, seed: int) -> None:
    system, _ = case
    y = np.random.default_rng(seed).uniform(-1, 1, system.size) * 10.0 ** (seed % 9)
    low = y * 1e-17 * (seed % 3)
    e = system.transposed @ y  # so near to a solution that binary64 alone would find a residual of nothing
    found = Rows(system.transposed).residual(e, y, low)
    a = system.transposed.toarray()
    for i in range(system.size):
        terms = [Fraction(a[i, j]) * (Fraction(y[j]) + Fraction(low[j])) for j in range(system.size)]
        exact, size = Fraction(e[i]) - sum(terms), abs(Fraction(e[i])) + sum(map(abs, terms))
        assert abs(Fraction(found[i]) - exact) <= Fraction(2.0**-52) * abs(exact) + Fraction(2.0**-92) * size


def test_a_small_residual_is_not_taken_for_a_small_error() -> None:
    """A loop of gain 1 - 1e-6 and a start off by 1e-7: the residual is 1e-13, the error is not."""
    system = large_system(["mill", "plant"], csr_array(np.array([[1.0, -1.0 + 1e-6], [-1.0, 1.0]])))
    e = np.array([1.0, 2.0])
    truth = np.array([float(y) for y in fractions(rational(system, e))])
    found = Krylov(system, system.comparison(e)).intensities(e, truth * (1 + 1e-7), 1e-9)
    assert found.iterations > 0 and np.abs(found.solution / truth - 1).max() <= 1e-9


def test_the_synthetic_background_against_scipy() -> None:
    made, system, e = small()
    peer = by_scipy(made.a, e)
    found = Krylov(system, system.comparison(e)).intensities(e)
    assert found.residual <= 1e-12 and found.iterations < 60
    for y in (found.solution, factor(system, order(system, "mmd")).solve(e), factor(system, COLAMD).refined(e)):
        assert np.abs(y / peer - 1).max() < 1e-11


def test_levels_and_intensities_give_one_score() -> None:
    """``e . s = f . y``: the forward and the adjoint solve share factors, not arithmetic."""
    made, system, e = small()
    factors = factor(system, order(system, "mmd"))
    f = np.zeros(system.size)
    f[[3, 1700]] = 2.0, 0.5
    s = factors.supply(f)
    assert np.abs(s - spsolve(csc_array(made.a), f)).max() <= 1e-12 * np.abs(s).max()
    assert e @ s == pytest.approx(f @ factors.solve(e), rel=1e-12)


def test_several_indicators_at_once_and_linearity() -> None:
    made, system, _ = small()
    e = np.asarray(made.c[:3] @ made.b).T
    krylov, factors = Krylov(system), factor(system, order(system, "mmd"))
    for y in (krylov.intensities(e).solution, factors.solve(e)):
        one = factors.refined(2.0 * e[:, 0] + e[:, 2])
        assert np.abs((2.0 * y[:, 0] + y[:, 2]) / one - 1).max() < 1e-9
        assert not np.allclose(y[:, 0], y[:, 1])


def test_an_order_that_is_none_is_refused() -> None:
    for places in ([0, 1, 1], [0, 1], [1, 2, 3]):
        with pytest.raises(Refused, match="order_broken"):
            kept(places, 3)
    with pytest.raises(Refused, match="order_unknown"):
        order(small()[1], "amd")


def test_metis_is_asked_for_by_name_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("lca.large.order.import_module", missing)
    with pytest.raises(Refused, match="order_needs_pymetis") as refused:
        order(small()[1], "metis")
    assert refused.value.faults[0].expected == "pip install pcf-engine[publisher]"


def test_metis_fills_less_than_colamd() -> None:
    pytest.importorskip("pymetis")
    _, system, e = small()
    metis, colamd = factor(system, order(system, "metis")), factor(system, COLAMD)
    assert metis.how == "metis" and metis.entries < colamd.entries
    assert np.abs(metis.solve(e) / colamd.solve(e) - 1).max() < 1e-11


def test_units_do_not_break_a_kept_order() -> None:
    """Without the comparison vector threshold pivoting follows units instead of the order and fills in."""
    _, system, _ = small()
    way = order(system, "mmd")
    plain = factor(system, way, np.ones(system.size))
    assert factor(system, way).entries < 0.7 * plain.entries


def test_a_bad_residual_falls_back_to_full_pivoting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elimination without exchanges of [[1e-20, 1], [1, 1]] loses everything (Higham 2002, 9.1)."""
    a = csr_array(np.array([[1e-20, 1.0], [1.0, 1.0]]))
    system = LargeSystem(("p", "q"), a)
    monkeypatch.setattr(factor_module, "THRESHOLD", 0.0)
    made = factor(system, kept([0, 1], 2), np.ones(2))
    assert made.how == "colamd" and made.residual < 1e-15
    y = made.solve(np.array([1.0, 2.0]))
    assert y.tolist() == pytest.approx([1.0, 1.0], rel=1e-12)


def test_a_singular_background_is_refused_by_name() -> None:
    a = csr_array(np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    with pytest.raises(Refused, match="large_singular"):
        factor(LargeSystem(("ore", "steel", "rest"), a), COLAMD)


def test_changed_entries_and_an_own_mix_without_a_factor() -> None:
    made, system, e = small()
    krylov = Krylov(system, system.comparison(e))
    start = krylov.intensities(e)
    j, i = 5, int(system.transposed.indices[system.transposed.indptr[5]])
    assert i != j
    entry = float(made.a.toarray()[i, j])
    changed = krylov.changed({(made.labels[i], made.labels[j]): entry * 1.5})
    mixed = krylov.column_replaced(made.labels[0], {made.labels[40]: 0.25, made.labels[41]: 0.5})
    expected = made.a.toarray()
    expected[i, j] = entry * 1.5
    column = made.a.toarray()
    column[:, 0] = 0.0
    # the grid is an own product above zero: 1 unit of it from a quarter of one and half of another
    column[0, 0] = made.a.toarray()[0, 0]
    column[40, 0], column[41, 0] = -0.25, -0.5
    for other, dense in ((changed, expected), (mixed, column)):
        again = Krylov(other, krylov.scale).intensities(e, start.solution)
        truth = by_scipy(csr_array(dense), e)
        assert np.abs(again.solution / truth - 1).max() < 1e-10
        assert np.abs(truth / start.solution - 1).max() > 1e-6
    near = krylov.changed({(made.labels[i], made.labels[j]): entry * 1.0001})
    warm = Krylov(near, krylov.scale).intensities(e, start.solution, 1e-8)
    cold = Krylov(near, krylov.scale).intensities(e, None, 1e-8)
    assert warm.iterations < cold.iterations


def test_a_change_of_what_is_not_there_is_refused() -> None:
    _, system, _ = small()
    krylov = Krylov(system)
    with pytest.raises(Refused, match="large_unknown at power plant"):
        krylov.changed({("power plant", system.labels[0]): 1.0})
    with pytest.raises(Refused, match="large_unknown at power plant"):
        krylov.column_replaced(system.labels[0], {"power plant": 1.0})
    with pytest.raises(Refused, match="large_not_finite"):
        krylov.changed({(system.labels[0], system.labels[0]): 0.0})


def test_an_iteration_that_cannot_get_there_says_so() -> None:
    a = csr_array(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    with pytest.raises(Refused, match="krylov_stuck"):
        Krylov(LargeSystem(("p", "q"), a), np.ones(2)).intensities(np.array([1.0, 0.0]))


def test_bicgstab_keeps_its_best_iterate() -> None:
    matrix = csr_array(np.array([[1.0, -0.5], [-0.25, 1.0]]))
    found = bicgstab(matrix, np.array([1.0, 1.0]), np.zeros(2), 1e-14)
    assert found.solution.tolist() == pytest.approx([12 / 7, 10 / 7], rel=1e-13)
    exact = bicgstab(matrix, np.array([1.0, 1.0]), found.solution, 1e-12)
    assert exact.iterations == 0


def test_order_of_processes_moves_no_intensity() -> None:
    made, system, e = small()
    turned = np.random.default_rng(4).permutation(system.size)
    other = large_system([made.labels[k] for k in turned], csr_array(made.a[turned][:, turned]))
    y = factor(system, COLAMD).refined(e)
    assert np.abs(factor(other, COLAMD).refined(e[turned]) / y[turned] - 1).max() < 1e-12
    assert replace(other).labels[0] == made.labels[turned[0]]
