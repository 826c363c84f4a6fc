"""Published digits of large backgrounds: those of rationals, of every order, and none that nothing proves."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

import lca.large.digits as digits_module
from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from lca.intensities import proven_intensities
from lca.large.digits import Certifier, Right
from lca.large.factor import factor
from lca.large.krylov import Krylov
from lca.large.order import Order, order
from lca.large.system import LargeSystem, large_system
from lca.large.whole import Fixed, WholeRows, wholes
from tests.lca._large import Floats, drawn, fractions, rational, small

COLAMD = Order("colamd", None)


def right_of(e: Floats) -> Right:
    return Right.of([Fraction(float(value)) for value in e])


@settings(max_examples=80, deadline=None)
@given(drawn())
def test_every_digit_is_that_of_the_rational_solution(case: tuple[LargeSystem, Floats]) -> None:
    system, e = case
    found = Certifier.of(system, factor(system, COLAMD).solve).published(right_of(e))
    assert found.wide == ()
    for text, truth in zip(found.texts, rational(system, e), strict=True):
        assert text == (truth.significant(10) if truth else "0")


@settings(max_examples=60, deadline=None)
@given(drawn(), st.integers(0, 10**9))
def test_the_enclosure_holds_whatever_the_middle_is(case: tuple[LargeSystem, Floats], seed: int) -> None:
    """Spoiled middles, spoiled v: either there is no bound or the truth lies within it."""
    system, e = case
    rows, pick = WholeRows.of_binary64(system.transposed), random.Random(seed)
    truth = fractions(rational(system, e))
    size = np.array([abs(float(y)) or 1e-9 for y in truth])
    first = np.array([float(y) * (1 + pick.choice((0, 1e-9, 0.3)) * pick.uniform(-1, 1)) for y in truth])
    right = right_of(e)
    whole = wholes([int(n) * int(f) for n, f in zip(right.numerators, rows.factor, strict=True)])
    state = Fixed(rows, whole, right.denominators, 90, size, first)
    v = system.comparison(e)
    assert v is not None
    found = state.radii(v * np.array([pick.choice((1.0, 1.0, 1.0, 1.3)) for _ in v]))
    if found is None:
        return
    worst, vector = found
    for level, exponent, part, y in zip(state.levels, state.exponents, vector, truth, strict=True):
        gap = abs(Fraction(int(level)) / Fraction(2) ** int(exponent) - y)
        assert gap <= Fraction(worst * part) / Fraction(2) ** (state.top + 64)


def test_orders_and_solvers_give_the_same_digits() -> None:
    """The digits of 2,000 processes: METIS where it is installed, minimum degree, COLAMD, Krylov."""
    made, system, e = small()
    right = Right.characterised(made.c[0], made.b)
    solvers = [factor(system, order(system, kind)).solve for kind in ("colamd", "mmd")]
    solvers.append(lambda part: Krylov(system, system.comparison(e)).intensities(part, None, 1e-9).solution)
    try:
        solvers.append(factor(system, order(system, "metis")).solve)
    except Refused as refused:
        assert refused.faults[0].code == "order_needs_pymetis"
    found = [Certifier.of(system, solve).published(right) for solve in solvers]
    assert len({item.sha256 for item in found}) == 1 and found[0].wide == ()
    near = factor(system, COLAMD).refined(e)
    assert max(abs(float(text) / y - 1) for text, y in zip(found[0].texts, near, strict=True)) < 6e-10
    floats = [f"{y:.9e}" for y in near]
    assert sum(float(a) == float(b) for a, b in zip(floats, found[0].texts, strict=True)) > 1_990


def test_order_of_processes_moves_no_digit() -> None:
    made, system, _ = small()
    turned = np.random.default_rng(9).permutation(system.size)
    other = large_system([made.labels[k] for k in turned], csr_array(made.a[turned][:, turned]))
    texts = [
        Certifier.of(item, factor(item, COLAMD).solve).published(Right.characterised(made.c[1], b)).texts
        for item, b in ((system, made.b), (other, csr_array(made.b[:, turned])))
    ]
    assert [texts[0][k] for k in turned] == list(texts[1])


def test_a_characterised_right_side_is_exact() -> None:
    made, _, e = small()
    right = Right.characterised(made.c[2], made.b)
    dense = made.b.toarray()
    for j in (0, 7, 1999):
        exact = sum((Fraction(c) * Fraction(b) for c, b in zip(made.c[2], dense[:, j], strict=True)), Fraction(0))
        assert Fraction(int(right.numerators[j]), int(right.denominators[j])) == exact
    assert np.abs(Right.characterised(made.c[0], made.b).floats() / e - 1).max() < 1e-13


def test_rows_in_whole_numbers_are_the_binary64_ones() -> None:
    system = small()[1]
    rows = WholeRows.of_binary64(system.transposed)
    dense = system.transposed[[5]].toarray()[0]
    assert Fraction(int(rows.diagonal[5]), int(rows.factor[5])) == Fraction(dense[5])
    span = rows.span(5)
    got = {int(j): Fraction(int(a), int(rows.factor[5])) for j, a in zip(rows.columns[span], rows.amounts[span])}  # noqa: B905
    assert got == {int(j): Fraction(dense[j]) for j in np.flatnonzero(dense) if j != 5}


def edge() -> tuple[LargeSystem, Right]:
    """p1 takes half of p2, p2 all of p1: both have 2 kg; p0 takes one p1 and sets free what lifts it onto an edge."""
    a = np.array([[1.0, 0.0, 0.0], [-1.0, 1.0, -1.0], [0.0, -0.5, 1.0]])
    system = large_system(["p0", "p1", "p2"], csr_array(a))
    return system, Right.of([Exact.parse("0.0000000005", ""), Exact(1), ZERO])


def test_a_tie_is_decided_by_a_rational(monkeypatch: pytest.MonkeyPatch) -> None:
    """2.0000000005 has its eleventh digit on the edge; half to even gives 2.000000000."""
    system, right = edge()
    certifier = Certifier.of(system, factor(system, COLAMD).solve)
    found = certifier.published(right)
    assert found.texts == ("2.000000000", "2.000000000", "2.000000000") and found.bits == digits_module.BITS[-1]
    monkeypatch.setattr(digits_module, "TIE", 2)
    left = certifier.published(right)
    assert left.texts[0] == "" and left.wide == (0,)


def test_what_nothing_reaches_is_exactly_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits_module, "TIE", 0)  # by structure, not by a rational
    a = np.array([[1.0, -0.5, 0.0], [0.0, 1.0, 0.0], [0.0, -0.5, 1.0]])
    system = large_system(["clean", "user", "dirty"], csr_array(a))
    found = Certifier.of(system, factor(system, COLAMD).solve).published(right_of(np.array([0.0, 0.0, 2.0])))
    assert found.texts == ("0", "1.000000000", "2.000000000")


def test_without_a_comparison_bound_nothing_is_published() -> None:
    system = LargeSystem(("p", "q"), csr_array(np.array([[1.0, -1.0], [1.5, 1.0]])))
    with pytest.raises(Refused, match="digits_not_proven"):
        Certifier.of(system, factor(system, COLAMD).solve).published(right_of(np.array([1.0, 1.0])))


@pytest.mark.parametrize("gain", ["0.999", "0.999999999", "0.9999999999999"])
def test_a_loop_near_one_keeps_its_digits(gain: str) -> None:
    """Binary64 alone keeps three digits at the last gain."""
    part = float(gain)
    system = large_system(["mill", "plant"], csr_array(np.array([[1.0, -part], [-1.0, 1.0]])))
    e = np.array([1.0, 2.0])
    found = Certifier.of(system, factor(system, COLAMD).solve).published(right_of(e))
    exact = Fraction(3) / (1 - Fraction(part))  # y1 = 1 + y2, y2 = 2 + g y1: y1 = 3 / (1 - g)
    assert found.texts[0] == Exact(exact.numerator, exact.denominator).significant(10)


def test_typed_amounts_without_a_bound_for_the_whole_are_enclosed_over_what_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two ways to the same digits: whole numbers on one factorisation, and balls (``lca.enclosure``)."""
    pick = random.Random(3)
    names = [f"p{k:03d}" for k in range(120)]
    uses = {
        (pick.randrange(120), pick.randrange(120)): Exact(pick.randrange(1, 10**6), 10**7) for _ in range(500)
    }  # fmt: skip
    emitted = {(i, flow): Exact(pick.randrange(1, 10**5), 10**3) for i in range(0, 120, 3) for flow in ("CO2", "CH4")}
    one = proven_intensities(names, uses, emitted, 10)
    calls: list[int] = []

    def unproven(*given: object, **more: object) -> None:
        calls.append(1)
        raise Refused([Fault("digits_not_proven")])

    monkeypatch.setattr(Certifier, "published", unproven)
    two = proven_intensities(names, uses, emitted, 10)
    assert one is not None and two is not None and calls == [1, 1]
    assert {k: [v.text() for v in column] for k, column in one.items()} == {
        k: [v.text() for v in column] for k, column in two.items()
    }
