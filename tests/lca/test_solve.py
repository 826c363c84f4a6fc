"""lca.solve: textbook systems, laws of linear systems, and binary64 as the second opinion.

Hand solutions in fractions: ``docs/worked/textbook_systems.md``. Random systems are solved again by Gauss and Jordan
over Python's ``Fraction`` (``tests/lca/_systems.py``).
"""

from __future__ import annotations

import random
from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.exact import ONE, Exact, total
from lca.faults import Refused
from lca.solve import RATIONAL_LIMIT, binary64_levels, rational_levels, singular_fault, solve
from lca.system import LinearSystem, Solution, leaves, make_system
from tests.lca._systems import TEXTBOOK, Drawn, Textbook, drawn_systems, exact, fraction, fractions, gauss


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_textbook_systems(case: Textbook) -> None:
    solution = solve(case.system(), case.wanted())
    assert fractions(solution.scaling) == dict(case.levels)
    assert fractions(solution.inventory) == dict(case.inventory)
    assert fractions(solution.scores) == dict(case.scores)


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_hand_solutions_fulfil_their_own_equations(case: Textbook) -> None:
    """A guard on the sheets themselves: A s = f and g = B s with the levels worked out on paper."""
    levels = [Q(case.levels[process]) for process in case.processes]
    for product, row in zip(case.products, case.a, strict=True):
        assert sum(value * level for value, level in zip(row, levels, strict=True)) == case.demand.get(product, 0)
    for flow, row in zip(case.flows, case.b, strict=True):
        assert sum(value * level for value, level in zip(row, levels, strict=True)) == case.inventory[flow]


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_binary64_agrees_on_textbook_systems(case: Textbook) -> None:
    """To 1e-12 relative to the largest level."""
    levels, residual = binary64_levels(case.system(), case.wanted())
    most = max(abs(Q(value)) for value in case.levels.values())
    for process, value in case.levels.items():
        assert abs(Q(levels[process]) - value) <= Q(1, 10**12) * most, process
    assert 0 <= residual < 1e-15


def test_a_demand_of_nothing_is_nothing() -> None:
    case = TEXTBOOK[0]
    assert set(solve(case.system(), {}).scaling.values()) == {Exact(0)}
    assert set(solve(case.system(), {"fuel": Exact(0)}).inventory.values()) == {Exact(0)}


def test_demands_of_several_products_and_of_a_negative_amount() -> None:
    """Sheet W1: 1000 kWh with 10 l of fuel more, s = (100, 2.1); with 100 l returned, s = (100, 1)."""
    system = TEXTBOOK[0].system()
    both = solve(system, {"electricity": Exact(1000), "fuel": Exact(10)})
    assert fractions(both.scaling) == {"generation": 100, "refinery": Q(21, 10)}
    back = solve(system, {"electricity": Exact(1000), "fuel": Exact(-100)})
    assert fractions(back.scaling) == {"generation": 100, "refinery": 1}


def solved(case: Drawn) -> tuple[LinearSystem, Solution]:
    book = case.textbook()
    system = book.system()
    return system, solve(system, book.wanted())


@settings(deadline=None)
@given(drawn_systems())
def test_agrees_with_gauss_over_fractions(case: Drawn) -> None:
    levels = gauss(case.a, case.f)
    _, solution = solved(case)
    assert fractions(solution.scaling) == dict(zip(case.processes(), levels, strict=True))
    inventory = [sum(value * level for value, level in zip(row, levels, strict=True)) for row in case.b]
    assert fractions(solution.inventory) == dict(zip(case.flows(), inventory, strict=True))
    score = sum(factor * amount for factor, amount in zip(case.c, inventory, strict=True))
    assert fraction(solution.scores["score"]) == score


@settings(deadline=None)
@given(drawn_systems())
def test_contributions_sum_to_the_score_exactly(case: Drawn) -> None:
    _, solution = solved(case)
    for method, shares in solution.contributions.items():
        assert total(shares.values()) == solution.scores[method]


@settings(deadline=None)
@given(drawn_systems(), st.fractions(min_value=-9, max_value=9, max_denominator=50))
def test_linear_in_demand(case: Drawn, factor: Q) -> None:
    system, solution = solved(case)
    wanted = {name: exact(amount * factor) for name, amount in zip(case.products(), case.f, strict=True)}
    scaled = solve(system, wanted)
    for name, amount in solution.inventory.items():
        assert scaled.inventory[name] == amount * exact(factor)
    assert scaled.scores["score"] == solution.scores["score"] * exact(factor)


@settings(deadline=None)
@given(drawn_systems())
def test_additive_over_products(case: Drawn) -> None:
    system, solution = solved(case)
    parts = [solve(system, {name: exact(amount)}) for name, amount in zip(case.products(), case.f, strict=True)]
    for name, level in solution.scaling.items():
        assert total(part.scaling[name] for part in parts) == level
    assert total(part.scores["score"] for part in parts) == solution.scores["score"]


@settings(deadline=None)
@given(drawn_systems(), st.fractions(min_value=Q(1, 99), max_value=99, max_denominator=99), st.data())
def test_the_size_of_a_run_is_a_matter_of_writing(case: Drawn, factor: Q, data: Any) -> None:
    """A process written per 7 t instead of per kg: its level changes by 1/7000, the inventory does not."""
    chosen = data.draw(st.sampled_from(case.processes()))
    system, solution = solved(case)
    scale = {name: exact(factor) if name == chosen else ONE for name in system.processes}
    other = make_system(
        {(row, process): amount * scale[process] for (row, process), amount in system.a.items()},
        {(row, process): amount * scale[process] for (row, process), amount in system.b.items()},
        system.methods,
        flows=system.flows,
    )
    again = solve(other, case.textbook().wanted())
    assert again.inventory == solution.inventory
    assert again.contributions == solution.contributions
    assert again.scaling[chosen] * exact(factor) == solution.scaling[chosen]


@settings(deadline=None)
@given(drawn_systems())
def test_binary64_agrees_with_the_rational_solution(case: Drawn) -> None:
    """To 1e-12 relative to the largest contribution."""
    system, solution = solved(case)
    levels, residual = binary64_levels(system, case.textbook().wanted())
    most = max((abs(level) for level in solution.scaling.values()), default=Exact(0))
    for name, level in solution.scaling.items():
        assert abs(Exact.from_binary64(levels[name]) - level) <= most * Exact("1E-12")
    shares = solution.contributions["score"]
    largest = max(abs(share) for share in shares.values())
    for name, share in shares.items():
        per_run = total(
            amount * system.methods["score"][flow] for (flow, process), amount in system.b.items() if process == name
        )
        assert abs(Exact.from_binary64(levels[name]) * per_run - share) <= largest * Exact("1E-12")
    assert residual <= 1e-15


def chain(size: int, loops: bool = True) -> Textbook:
    """A supply chain with feedback: process k makes one p_k, takes 1/2 of p_k+1 and a little of p_0."""
    rng = random.Random(20261121)
    a: list[list[Q | int]] = [[0] * size for _ in range(size)]
    for k in range(size):
        a[k][k] = 1
        if k + 1 < size:
            a[k + 1][k] = Q(-1, 2)
        if loops and k:
            a[0][k] = Q(-rng.randint(1, 99), 1000)
    b = [[Q(rng.randint(1, 999), 100) for _ in range(size)]]
    names = [f"{k:04d}" for k in range(size)]
    products, processes = tuple(f"p{n}" for n in names), tuple(f"m{n}" for n in names)
    rows, emissions = tuple(map(tuple, a)), tuple(map(tuple, b))
    return Textbook("chain", products, processes, ("CO2",), rows, emissions, {"p0000": 1}, {}, {})


def test_a_chain_without_loops_has_powers_of_one_half() -> None:
    """s_k = 2^-k, by substitution from the top."""
    solution = solve(chain(60, loops=False).system(), {"p0000": ONE})
    assert [fraction(level) for level in solution.scaling.values()] == [Q(1, 2**k) for k in range(60)]


def test_the_full_size_of_the_rational_solver_fulfils_its_equations() -> None:
    """A s - f is nothing in every row, over Python's fractions: the definition, not a second solver."""
    case = chain(RATIONAL_LIMIT)
    assert RATIONAL_LIMIT == 150
    levels = fractions(rational_levels(case.system(), case.wanted()))
    for product, row in zip(case.products, case.a, strict=True):
        rest = sum(value * levels[process] for value, process in zip(row, case.processes, strict=True) if value)
        assert rest == case.demand.get(product, 0)


def test_binary64_at_three_hundred_processes_keeps_its_residual() -> None:
    case = chain(300)
    levels, residual = binary64_levels(case.system(), case.wanted())
    exact_levels = rational_levels(case.system(), case.wanted())
    most = max(abs(level) for level in exact_levels.values())
    assert residual < 1e-15
    assert all(abs(Exact.from_binary64(levels[k]) - v) <= most * Exact("1E-12") for k, v in exact_levels.items())


# ---- no single answer


def singular() -> LinearSystem:
    """Two processes that are each other's mirror; a third stands beside them and is not at fault."""
    rows = {("p", "P"): 1, ("q", "P"): -2, ("p", "Q"): -1, ("q", "Q"): 2, ("r", "R"): 1, ("p", "R"): -3}
    return make_system({key: Exact(value) for key, value in rows.items()}, {}, {})


@pytest.mark.parametrize("demand", [{"p": 1}, {"p": 1, "q": -2}, {"r": 1}, {}], ids=str)
def test_a_singular_system_is_refused_with_names(demand: dict[str, int]) -> None:
    """P + Q = 0: any common level can be added. Also where the demand happens to have solutions, (1, -2) = P."""
    wanted = {name: Exact(amount) for name, amount in demand.items()}
    with pytest.raises(Refused) as caught:
        solve(singular(), wanted)
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.found) == ("singular", "P, Q", "no single solution")
    assert fault.values == {"name": "P, Q"}
    assert singular_fault(singular()) == fault


def test_binary64_refuses_the_singular_system_too() -> None:
    with pytest.raises(Refused) as caught:
        binary64_levels(singular(), {"p": ONE})
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("singular", "P, Q")]


def test_singular_by_one_part_in_ten_to_the_thirty_is_solved_exactly() -> None:
    """[[1, 1], [1, 1 + 1e-30]] s = (0, 1): s = (-1e30, 1e30). Binary64 cannot tell the two columns apart."""
    a = {("p", "P"): 1, ("p", "Q"): 1, ("q", "P"): 1}
    entries = {key: Exact(value) for key, value in a.items()} | {("q", "Q"): ONE + Exact("1E-30")}
    solution = solve(make_system(entries, {}, {}), {"q": ONE})
    assert solution.scaling == {"P": Exact("-1E+30"), "Q": Exact("1E+30")}


def test_an_unknown_product_is_refused_before_solving() -> None:
    with pytest.raises(Refused) as caught:
        solve(TEXTBOOK[0].system(), {"heat": ONE})
    assert [(f.code, f.found) for f in caught.value.faults] == [("unknown_demand", "heat")]


@pytest.mark.parametrize("seed", range(20))
def test_leaves_by_sums_are_the_levels_of_the_whole_system(seed: int) -> None:
    """Processes that buy from each other and from leaves (a treatment among them), some demanded: Gauss over all."""
    pick = random.Random(seed)
    own, ends = pick.randint(0, 4), pick.randint(1, 5)
    size = own + ends
    a = [[Q(0)] * size for _ in range(size)]
    for j in range(size):
        a[j][j] = Q(pick.randint(1, 9), pick.randint(1, 9)) * (-1 if j == size - 1 else 1)
    for j in range(own):
        for i in range(size):
            if i != j and pick.random() < 0.6:
                a[i][j] = Q(-pick.randint(1, 9), 20 * size)
    f = [Q(pick.randint(-3, 3)) for _ in range(size)]
    entries = {(f"p{i}", f"q{j}"): exact(a[i][j]) for i in range(size) for j in range(size)}
    system = make_system(entries, {}, {})
    assert set(leaves(system)) >= {f"q{j}" for j in range(own, size)}
    found = rational_levels(system, {f"p{i}": exact(amount) for i, amount in enumerate(f)})
    assert list(found) == list(system.processes)
    assert fractions(found) == {f"q{j}": level for j, level in enumerate(gauss(a, f))}


def test_two_that_make_one_product_are_not_both_leaves() -> None:
    """The second is left to the dense solve, which has no row for it and says so."""
    system = make_system({("p0", "q0"): ONE, ("p0", "q1"): ONE}, {}, {}, products=("p0", "p1"))
    assert list(leaves(system)) == ["q0"]
    with pytest.raises(Refused) as refused:
        rational_levels(system, {"p0": ONE})
    assert refused.value.faults[0].code == "singular"
