"""Enclosures: the true level never leaves the radius, whatever is tried; published digits are those of rationals.

The oracle is the rational solution, the laws are those of the page ``docs/engine.md``.
"""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca import enclosure
from lca.enclosed import BITS, Enclosed, NotDecided, of_ball, precision
from lca.enclosure import DENSE, _dense, _Fixed, _reached, enclosed_levels
from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.footprint import APART, calculate, sharper
from lca.gradient import SMALL
from lca.inventory import ResolvedInventory
from lca.publish import publish
from lca.solve import rational_levels
from lca.system import LinearSystem, make_system
from tests.lca._works import bought, co2, emitted, own, process, reference, works

System = dict[tuple[str, str], Exact]


def chain(size: int, seed: int, uses: int = 4, whole: int = 8) -> System:
    """Processes with loops and 15-digit entries; ``whole``: larger is less loop gain."""
    pick, a = random.Random(seed), System()
    for j in range(size):
        a[f"p{j:03}", f"q{j:03}"] = ONE
        for i in pick.sample(range(size), min(uses, size - 1)):
            if i != j:
                a[f"p{i:03}", f"q{j:03}"] = Exact(-pick.randrange(1, 10**15), 10**15 * whole)
    return a


def holds(system: LinearSystem, demand: dict[str, Exact], bits: int = BITS) -> dict[str, Exact]:
    """Enclosures that hold the rational solution; returned."""
    found = enclosed_levels(system, demand, bits)
    assert found is not None
    truth = rational_levels(system, demand)
    for name, value in found.items():
        if isinstance(value, Enclosed):
            low, high = value._ends()
            assert low <= truth[name] <= high, name
        else:
            assert value == truth[name], name
    return found


@pytest.mark.parametrize(("size", "seed"), [(3, 1), (20, 2), (60, 3), (120, 4)])
def test_forty_digits_are_those_of_the_rational_solution(size: int, seed: int) -> None:
    system, demand = make_system(chain(size, seed), {}, {}), {"p000": ONE}
    found, truth = holds(system, demand), rational_levels(system, demand)
    assert {name: value.significant(40) for name, value in found.items()} == {
        name: value.significant(40) for name, value in truth.items()
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 14), st.integers(0, 10**6), st.integers(-12, 9), st.booleans())
def test_no_coefficient_leaves_the_radius(size: int, seed: int, power: int, credit: bool) -> None:
    """Entries of 1e-12 to 1e9, credits (an entry of the other sign), products in other units than their makers'."""
    pick, a = random.Random(seed), System()
    for j in range(size):
        a[f"p{j}", f"q{j}"] = Exact(pick.randrange(1, 1000)) * _power(pick.randrange(-12, 10))
    for j in range(size):
        for i in pick.sample(range(size), min(3, size - 1)):
            if i != j:
                share = Exact(pick.randrange(1, 200), 1000)
                sign = ONE if credit and pick.random() < 0.3 else -ONE
                a[f"p{i}", f"q{j}"] = sign * share * a[f"p{i}", f"q{i}"]
    system = make_system(a, {}, {})
    try:
        truth = rational_levels(system, {"p0": _power(power)})
    except Exception:
        return
    assert truth
    holds(system, {"p0": _power(power)})


def _power(exponent: int) -> Exact:
    return Exact(10**exponent) if exponent >= 0 else Exact(1, 10**-exponent)


@pytest.mark.parametrize("digits", [3, 9, 12, 15, 20])
def test_a_loop_as_near_to_one_as_you_like(digits: int) -> None:
    """Two processes that take 1 - 1e-k of each other's product: the level is about 5e(k-1), binary64 alone is lost."""
    part = ZERO - (ONE - _power(-digits))
    system = make_system({("a", "x"): ONE, ("b", "y"): ONE, ("a", "y"): part, ("b", "x"): part}, {}, {})
    found = enclosed_levels(system, {"a": ONE}, BITS)
    if found is None:  # binary64 saw a singular matrix; the rational path is left, and it knows
        assert digits > 15
        found = rational_levels(system, {"a": ONE})
    truth = rational_levels(system, {"a": ONE})
    assert {k: v.significant(30) for k, v in found.items()} == {k: v.significant(30) for k, v in truth.items()}


def test_a_matrix_that_is_no_h_matrix_goes_through_ball_arithmetic() -> None:
    """Hilbert's matrix of ten rows, condition 1.6e13 (Higham 2002, ch. 28): no comparison bound exists."""
    size = 10
    a = {(f"p{i}", f"q{j}"): Exact(1, i + j + 1) for i in range(size) for j in range(size)}
    found = holds(make_system(a, {}, {}), {"p0": ONE})
    # the inverse of Hilbert's matrix is integer: its (0, 0) entry is n^2
    assert found["q0"].significant(12) == "100.000000000"


def test_a_singular_system_is_not_enclosed() -> None:
    half = Exact(1, 2)
    singular = {("a", "x"): ONE, ("b", "x"): -half, ("a", "y"): -(ONE + ONE), ("b", "y"): ONE}
    assert enclosed_levels(make_system(singular, {}, {}), {"a": ONE}, BITS) is None


def test_the_bound_does_not_trust_the_middle() -> None:
    """Spoil the middle by up to a tenth: the radius grows and still holds the truth."""
    system, demand = make_system(chain(30, 7), {}, {}), {"p000": ONE}
    rows, truth = _reached(system, demand), rational_levels(system, demand)
    assert rows is not None
    size = np.array([abs(float(truth[name])) for name in rows.processes])
    pick = random.Random(1)
    for share in (0.0, 1e-12, 1e-3, 0.1):
        first = np.array([float(truth[name]) * (1 + share * pick.uniform(-1, 1)) for name in rows.processes])
        made = _Fixed(rows, BITS, size, first).enclosures(np.full(len(size), size.max() * 4))
        assert made is not None
        for name, value in zip(rows.processes, made, strict=True):
            low, high = value._ends() if isinstance(value, Enclosed) else (value, value)
            assert low <= truth[name] <= high, (share, name)


def test_a_vector_that_proves_nothing_is_refused() -> None:
    """With <A> v <= 0 somewhere there is no bound: a gain above one has none at all."""
    two = Exact(2)
    system = make_system({("a", "x"): ONE, ("b", "y"): ONE, ("a", "y"): -two, ("b", "x"): -two}, {}, {})
    rows = _reached(system, {"a": ONE})
    assert rows is not None
    assert _Fixed(rows, BITS, np.ones(2), np.ones(2)).enclosures(np.ones(2)) is None
    dense = _dense(rows, BITS)
    truth = rational_levels(system, {"a": ONE})
    assert dense is not None and [value.significant(20) for value in dense] == [
        truth[name].significant(20) for name in rows.processes
    ]
    assert len(rows.processes) < DENSE


def test_what_the_demand_does_not_reach_is_exactly_zero() -> None:
    a = chain(5, 3) | {("other", "maker"): ONE, ("p000", "maker"): -ONE}
    found = enclosed_levels(make_system(a, {}, {}), {"p000": ONE}, BITS)
    assert found is not None and found["maker"] == ZERO and not isinstance(found["maker"], Enclosed)


def test_an_enclosure_decides_nothing_that_it_does_not_know() -> None:
    """A third in a ball of 1e-20: digits up to there, signs, order; edges and equal balls are not decided."""
    from flint import arb

    with precision(BITS):
        third = of_ball(arb(arb(1) / 3, arb("1e-20")))
        half = of_ball(arb(arb("0.5"), arb("1e-20")))
    assert third.significant(15) == "0.333333333333333" and third.places(3) == "0.333"
    assert third < half and half > third and third <= half and third != half and third == third and bool(third)
    assert abs(-third).significant(5) == "0.33333" and float(third) == 1 / 3
    assert (third * ZERO) == ZERO and not isinstance(third * ZERO, Enclosed)
    for asked in (
        lambda: third.significant(25),
        lambda: half.places(0),
        lambda: bool(third - Exact(1, 3)),
        lambda: third == Exact(1, 3),
        lambda: half < Exact("0.5"),
        lambda: ONE / (half - Exact("0.5")),
        third.text,
        lambda: third.q,
        lambda: third.numerator,
    ):
        with pytest.raises(NotDecided):
            asked()
    with pytest.raises(TypeError):
        hash(third)
    with pytest.raises(ZeroDivisionError):
        third / 0


def big(size: int, amounts: list[str]) -> ResolvedInventory:
    """A works of ``size`` processes in a row, each taking a part of the one before; the last one is the product."""
    processes = [process(f"m{k:03d}", f"p{k:03d}", "3") for k in range(size)]
    lines = [emitted(f"e{k:03d}", f"m{k:03d}", amounts[k % len(amounts)]) for k in range(size)]
    lines += [own(f"o{k:03d}", f"m{k:03d}", f"p{k - 1:03d}", "1") for k in range(1, size)]
    lines += [own(f"back{k:03d}", f"m{k:03d}", f"p{size - 1:03d}", "0.01") for k in range(0, size, 7)]
    return works(processes, lines, {}, [reference(f"p{size - 1:03d}", "3")])


@pytest.mark.parametrize("size", [SMALL + 1, 90, 200])
def test_a_published_result_is_that_of_rational_numbers(size: int) -> None:
    resolved = big(size, ["1.7", "0.000000000000123", "123456789.987654321"])
    enclosed = calculate(resolved, "AR6", "zero")
    exact = calculate(resolved, "AR6", "zero", 0)
    name = f"p{size - 1:03d}"
    assert isinstance(enclosed.footprints[name].total.low, Enclosed)
    assert not isinstance(exact.footprints[name].total.low, Enclosed)
    assert enclosed.footprints[name].exact and exact.footprints[name].exact
    for digits in (6, 15, 40):
        assert publish(enclosed, name, digits) == publish(exact, name, digits)


def tied(size: int) -> ResolvedInventory:
    """Processes in a row without loops, 0.3703695 kg for 3 kg: exactly 0.1234565 a kg, a tie of six digits."""
    processes = [process(f"m{k:03d}", f"p{k:03d}", "3") for k in range(size)]
    lines = [emitted("e", "m000", "0.3703695")]
    lines += [own(f"o{k:03d}", f"m{k:03d}", f"p{k - 1:03d}", "3") for k in range(1, size)]
    return works(processes, lines, {}, [reference(f"p{size - 1:03d}", "3")])


@pytest.mark.parametrize("size", [SMALL + 10, APART + 10])
def test_a_tie_is_settled_in_rational_numbers(size: int) -> None:
    """Even below. No enclosure decides it, however many bits it has; a large one is settled in another process."""
    made = calculate(tied(size), "AR6", "zero")
    assert made.again.bits == BITS
    assert publish(made, f"p{size - 1:03d}", 6)["total"] == "0.123456"


def test_a_tie_has_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    made = calculate(tied(APART + 10), "AR6", "zero")
    monkeypatch.setenv("PCF_SOLVE_SECONDS", "0.001")
    with pytest.raises(Refused) as refused:
        publish(made, f"p{APART + 9:03d}", 6)
    assert [(fault.code, fault.where, fault.found) for fault in refused.value.faults] == [
        ("solve_too_long", f"p{APART + 9:03d}", f"{APART + 10} processes")
    ]


def test_more_bits_are_tried_in_order() -> None:
    steps = [BITS]
    while steps[-1]:
        steps.append(sharper(steps[-1]))
    assert steps == [256, 1024, 4096, 0]


def test_shuffled_and_renamed_works_publish_the_same_digits() -> None:
    """Twenty orders of processes and lines, which moved the bits of four SuperLU orderings, move no digit here."""
    size = SMALL + 20
    first = None
    for seed in range(20):
        pick = random.Random(seed)
        processes = [process(f"m{k:03d}", f"p{k:03d}", "3") for k in range(size)]
        lines = [emitted(f"e{k:03d}", f"m{k:03d}", "1.7") for k in range(size)]
        lines += [own(f"o{k:03d}", f"m{k:03d}", f"p{j:03d}", "0.7") for j, k in pairwise(range(size))]
        lines += [own(f"b{k:03d}", f"m{k:03d}", f"p{size - 1:03d}", "0.05") for k in range(0, size, 3)]
        pick.shuffle(processes)
        pick.shuffle(lines)
        made = publish(calculate(works(processes, lines, {}, [reference(f"p{size - 1:03d}", "3")]), "AR6", "zero"),
                       f"p{size - 1:03d}", 15)  # fmt: skip
        first = first or made
        assert made["total"] == first["total"] and made["processes"] == first["processes"]


def test_what_the_works_makes_beyond_its_products_needs_no_rational_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """2 kg of the last product sold of 3 made: works and products differ by a third of the works' emissions, once."""
    size = SMALL + 10
    processes = [process(f"m{k:03d}", f"p{k:03d}", "3") for k in range(size)]
    lines = [own(f"o{k:03d}", f"m{k:03d}", f"p{k - 1:03d}", "3") for k in range(1, size)]
    lines += [own("back", "m000", f"p{size - 1:03d}", "1"), emitted("e", "m000", "0.7")]
    made = calculate(works(processes, lines, {}, [reference(f"p{size - 1:03d}", "1")]), "AR6", "zero")
    monkeypatch.setattr("lca.publish.calculate", lambda *_: pytest.fail("made again with more bits"))
    # a kg takes 1/2 of a round and gives 0.35 kg; 1 kg sold: 0.7 - 0.35
    assert publish(made, f"p{size - 1:03d}", 6)["works"] == {
        "total": "0.700000", "products": "0.350000", "difference": "0.350000",
    }  # fmt: skip


def test_factors_do_not_make_a_works_large() -> None:
    """Three processes that buy from a hundred factors are solved in rational numbers: factors are leaves."""
    processes = [process(f"m{k}", f"p{k}", "1") for k in range(3)]
    lines = [own("o0", "m1", "p0", "0.5"), own("o1", "m2", "p1", "0.5"), own("back", "m0", "p2", "0.1")]
    lines += [bought(f"b{k:03d}", f"m{k % 3}", "0.01") for k in range(100)]
    factors = {f"b{k:03d}": co2(f"b{k:03d}", "3") for k in range(100)}
    made = calculate(works(processes, lines, factors, [reference("p2", "1")]), "AR6", "zero").footprints["p2"]
    # levels 1/(1 - 0.025) times 1, 0.5, 0.25; lines 33, 33 and 34 by the remainder of three
    rounds = Exact(1) / (ONE - Exact("0.025"))
    assert made.total.low == rounds * (33 * ONE + 33 * Exact("0.5") + 34 * Exact("0.25")) * Exact("0.03")
    assert not isinstance(made.total.low, Enclosed)


def wide(size: int) -> tuple[LinearSystem, dict[str, Exact]]:
    """Credits larger than what is made: no comparison bound, the dense solve alone encloses."""
    pick, a = random.Random(size), System()
    for j in range(size):
        a[f"p{j:03}", f"q{j:03}"] = ONE
        for i in {*pick.sample(range(size), 4), (j + 1) % size} - {j}:
            a[f"p{i:03}", f"q{j:03}"] = Exact(pick.randrange(-(10**9), 10**9), 10**8)
    return make_system(a, {}, {}), {"p000": ONE}


def test_a_dense_solve_that_takes_long_runs_apart_and_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The balls come back through integers and still hold the rational solution; below the limit nothing is started."""
    asked: list[str] = []
    inner = enclosure.limited

    def spied(*given: object, where: str, found: str) -> object:
        asked.append(found)
        return inner(*given, where=where, found=found)  # type: ignore[arg-type]

    monkeypatch.setattr(enclosure, "limited", spied)
    holds(*wide(enclosure.APART - 5))
    assert asked == []
    found = holds(*wide(enclosure.APART + 5))
    assert asked == [f"{enclosure.APART + 5} processes"]
    assert any(isinstance(value, Enclosed) for value in found.values())


def test_a_dense_solve_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCF_SOLVE_SECONDS", "0.001")
    with pytest.raises(Refused, match="solve_too_long"):
        enclosed_levels(*wide(enclosure.APART + 5), BITS)
