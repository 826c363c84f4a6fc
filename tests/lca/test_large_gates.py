"""What would give a wrong number in silence elsewhere is refused with the names of the processes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from lca.faults import Refused
from lca.large.factor import factor
from lca.large.gain import comparison_vector, perron, strongest_loop
from lca.large.krylov import Krylov
from lca.large.order import Order
from lca.large.system import large_system
from tests.lca._large import fractions, rational, ring


def refused(labels: list[str], a: object, reference: object = None) -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as caught:
        large_system(labels, csr_array(np.array(a, dtype=float)), reference)  # type: ignore[arg-type]
    return [(fault.code, fault.where, fault.found) for fault in caught.value.faults]


def test_not_square_names_what_is_too_much() -> None:
    found = refused(["mine", "mill", "dump"], [[1, 0, 0], [0, 1, 0]])
    assert found == [("large_not_square", "dump", "2 x 3")]
    assert refused(["mine"], [[1], [0]]) == [("large_not_square", "product 1", "2 x 1")]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_no_number(value: float) -> None:
    found = refused(["mine", "mill", "dump"], [[1, value, 0], [0, 1, 0], [0, value, 1]])
    assert found == [("large_not_finite", "mill", "no number")]


def test_no_output_and_two_makers() -> None:
    assert refused(["mine", "mill"], [[1, -1], [0, 0]]) == [("large_zero_output", "mill", "0")]
    found = refused(["mine", "mill"], [[1, 1], [0, 1]], {"mine": 0, "mill": 0})
    assert found == [("large_paired", "mine, mill", "product 0")]
    assert refused(["mine", "mill"], [[1, 0], [0, 1]], [0, 7])[0][:2] == ("large_paired", "mill")


def test_products_in_another_order_than_their_makers() -> None:
    """Heijungs and Suh's fuel and electricity (docs/worked/textbook_systems.md, W1), its rows exchanged."""
    a = csr_array(np.array([[-2.0, 100.0], [10.0, 0.0]]))
    system = large_system(["generation", "refinery"], a, {"generation": 1, "refinery": 0})
    y = factor(system, Order("colamd", None)).solve(np.array([1.0, 10.0]))
    assert y.tolist() == pytest.approx([0.12, 0.1], rel=1e-14)  # 120 kg CO2 from 1,000 kWh; 10 from 100 l


def test_a_loop_of_gain_0_999_is_accurate() -> None:
    system = large_system(["mill", "plant", "rest"], csr_array(np.array([[1, -0.999, 0], [-1, 1, 0], [0, -1, 1.0]])))
    e = np.array([1.0, 2.0, 0.5])
    truth = fractions(rational(system, e))
    for y in (factor(system, Order("colamd", None)).refined(e), Krylov(system).intensities(e, None, 1e-15).solution):
        assert all(abs(Fraction(a) - b) <= Fraction(1e-12) * b for a, b in zip(y.tolist(), truth, strict=True))


def test_a_loop_of_gain_1_25_is_refused_and_printed() -> None:
    found = refused(["well", "mill", "plant"], [[1, 0, -1], [0, 1, -1.25], [0, -1, 1]])
    assert [(code, set(where.split(" > "))) for code, where, _ in found] == [("large_gain", {"mill", "plant"})]
    assert float(found[0][2]) == pytest.approx(1.25**0.5, rel=1e-5)


def test_a_process_that_eats_all_it_makes() -> None:
    assert refused(["mill", "plant"], [[1, 0], [-1, 0]]) == [("large_zero_output", "plant", "0")]
    a = csr_array((np.array([1.0, -1.0, 1.0]), (np.array([0, 0, 1]), np.array([0, 0, 1]))), shape=(2, 2))
    with pytest.raises(Refused, match="large_zero_output at mill"):
        large_system(["mill", "plant"], a)


@pytest.mark.parametrize(("gain", "whole"), [(0.9, True), (1.0, False), (3.0, False)])
def test_a_loop_of_six_thousand(gain: float, whole: bool) -> None:
    names = [f"p{k}" for k in range(6_000)]
    if whole:
        assert large_system(names, ring(6_000, gain)).size == 6_000
        return
    with pytest.raises(Refused, match="large_gain") as caught:
        large_system(names, ring(6_000, gain))
    fault = caught.value.faults[0]
    assert fault.where.endswith(" and 5,992 more")
    assert float(fault.found.split()[-1]) == pytest.approx(gain ** (1 / 6_000), rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(2, 12))
def test_bounds_of_a_gain_hold_its_eigenvalue(seed: int, size: int) -> None:
    pick = np.random.default_rng(seed)
    block = pick.uniform(0, 1, (size, size)) * (pick.uniform(0, 1, (size, size)) < 0.4) * 10.0 ** pick.integers(-3, 1)
    for k in range(size):
        block[k, (k + 1) % size] = pick.uniform(0.1, 1.5)
    radius = float(np.abs(np.linalg.eigvals(block)).max())
    low, high, vector = perron(csr_array(block))
    assert low <= radius * (1 + 1e-9) and radius <= high * (1 + 1e-9)
    assert (low >= 1) == (radius >= 1) or abs(radius - 1) < 1e-9
    v = comparison_vector(csr_array(block))
    assert (v is not None) == (radius < 1) or abs(radius - 1) < 1e-6
    assert v is None or (v > block @ v).all()
    loop = strongest_loop(csr_array(block), vector)
    assert all(block[a, b] > 0 for a, b in zip(loop, [*loop[1:], loop[0]], strict=True))


def test_a_credit_in_a_loop_is_no_gain() -> None:
    """Gain of the absolute values 1.5, of the loop itself -1.5: one solution, which the gate lets pass."""
    system = large_system(["mill", "plant"], csr_array(np.array([[1.0, 1.5], [-1.0, 1.0]])))
    assert system.comparison() is None
    y = factor(system, Order("colamd", None)).solve(np.array([1.0, 1.0]))
    assert y.tolist() == pytest.approx([0.8, -0.2], rel=1e-14)
