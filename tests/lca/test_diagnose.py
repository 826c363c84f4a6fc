"""lca.diagnose: what is wrong with a system, with names (engine.md §8: peers' silent failures)."""

from __future__ import annotations

from fractions import Fraction as Q

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.diagnose import check_structure, loops_with_gain, reference_processes
from lca.exact import ONE, Exact
from lca.faults import Refused
from lca.solve import solve
from lca.system import LinearSystem, make_system
from tests.lca._systems import TEXTBOOK, Drawn, Textbook, drawn_systems, exact


def system(
    *entries: tuple[str, str, str], products: tuple[str, ...] = (), processes: tuple[str, ...] = ()
) -> LinearSystem:
    rows = {(product, process): Exact(amount) for product, process, amount in entries}
    return make_system(rows, {}, {}, products=products, processes=processes)


def faults(of: LinearSystem, demand: dict[str, int] | None = None) -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as caught:
        check_structure(of, {name: Exact(amount) for name, amount in (demand or {}).items()})
    return [(fault.code, fault.where, fault.found) for fault in caught.value.faults]


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_textbook_systems_have_nothing_wrong(case: Textbook) -> None:
    check_structure(case.system(), case.wanted())
    assert loops_with_gain(case.system()) == []


def test_a_product_that_nobody_makes_is_named_with_its_users() -> None:
    found = faults(system(("p", "P", "1"), ("steel", "P", "-2"), ("q", "Q", "1"), ("steel", "Q", "-1")), {"p": 1})
    assert ("no_maker", "steel", "taken by P, Q") in found
    assert ("not_square", "/A", "3 products, 2 processes") in found


def test_a_product_with_two_makers_is_named_with_both() -> None:
    found = faults(system(("p", "P", "1"), ("p", "Q", "1")), {"p": 1})
    assert ("two_makers", "p", "P, Q") in found
    assert ("not_square", "/A", "1 products, 2 processes") in found
    assert len(found) == 2


def test_both_at_once_in_a_square_system() -> None:
    """As many products as processes, yet one product has two makers and one has none: found by the pairing."""
    found = faults(system(("p", "P", "1"), ("p", "Q", "1"), ("r", "P", "-1"), ("r", "Q", "-2")), {"p": 1})
    assert found == [("no_maker", "r", "taken by P, Q")]


def test_a_process_without_output_is_named() -> None:
    found = faults(system(("p", "P", "1"), ("q", "Q", "0"), ("p", "Q", "-1")), {"p": 1})
    assert ("no_maker", "q", "taken by nobody") in found
    assert ("zero_output", "Q", "it only takes in") in found


def test_an_empty_process_is_named() -> None:
    found = faults(system(("p", "P", "1"), processes=("idle",)), {"p": 1})
    assert ("zero_output", "idle", "no output and no input") in found
    assert ("not_square", "/A", "1 products, 2 processes") in found


def test_an_empty_product_is_named() -> None:
    found = faults(system(("p", "P", "1"), products=("ghost",)), {"p": 1})
    assert ("no_maker", "ghost", "taken by nobody") in found


def test_every_unknown_demand_is_named() -> None:
    found = faults(system(("p", "P", "1")), {"x": 1, "a": 2, "p": 3})
    assert found == [("unknown_demand", "/demand", "a"), ("unknown_demand", "/demand", "x")]


def test_all_faults_come_at_once() -> None:
    of = system(("p", "P", "1"), ("s", "P", "-1"), ("s", "Q", "-1"), ("p", "Q", "1"), processes=("idle",))
    found = [(code, where) for code, where, _ in faults(of, {"nothing": 1})]
    assert found == [
        ("unknown_demand", "/demand"),
        ("zero_output", "idle"),
        ("no_maker", "s"),
        ("two_makers", "p"),
        ("not_square", "/A"),
    ]


def test_a_product_without_a_maker_is_named_also_with_a_single_user() -> None:
    """Engine.md §8.6: "not square" must say which. P is no treatment of steel: it makes p."""
    found = faults(system(("p", "P", "1"), ("steel", "P", "-2")), {"p": 1})
    assert ("no_maker", "steel", "taken by P") in found
    assert ("not_square", "/A", "2 products, 1 processes") in found


def test_a_treatment_is_not_blamed_for_another_fault() -> None:
    """Sheet W3 asked for a product it does not have: the treatment is in order."""
    found = faults(TEXTBOOK[2].system(), {"x": 1})
    assert found == [("unknown_demand", "/demand", "x")]


def test_a_structurally_singular_system_names_both_sides() -> None:
    """p and q are both made by P alone: Q and R have only r between them."""
    of = system(("p", "P", "1"), ("q", "P", "2"), ("r", "Q", "1"), ("r", "R", "1"))
    (fault,) = faults(of, {"p": 1})
    assert fault[0] == "singular"
    assert fault[1] in ("Q", "R")
    assert fault[2].startswith("products ")


@pytest.mark.parametrize("demand", [{"waste": -3}, {"waste": 3}, {}])
def test_a_lone_treatment_column_is_a_maker_of_its_service(demand: dict[str, int]) -> None:
    """Sheet W4: a treatment's reference flow is its negative entry; -1 s = -3 gives s = 3."""
    of = system(("waste", "treatment", "-1"))
    levels = solve(of, {name: Exact(amount) for name, amount in demand.items()}).scaling
    assert levels == {"treatment": Exact(-demand.get("waste", 0))}


def test_two_takers_of_a_waste_with_a_treatment_of_their_own_kind() -> None:
    """Sheet W5 with an unrelated product beside it: the waste's row holds two negative entries and is solvable."""
    of = system(("clinker", "kiln", "1"), ("waste", "kiln", "-0.5"), ("waste", "dump", "-1"), ("x", "X", "1"))
    assert solve(of, {"clinker": Exact(10)}).scaling == {"kiln": Exact(10), "dump": Exact(-5), "X": Exact(0)}


def test_an_empty_system_has_nothing_wrong() -> None:
    check_structure(system(), {})
    assert loops_with_gain(system()) == []


# ---- references


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_references_pair_each_product_with_one_process(case: Textbook) -> None:
    pairs = reference_processes(case.system())
    assert sorted(pairs) == sorted(case.products)
    assert sorted(pairs.values()) == sorted(case.processes)
    for product, process in pairs.items():
        assert (product, process) in case.system().a


def test_references_prefer_what_is_made() -> None:
    """Sheets W2 and W4: heat from the boiler, since cogeneration makes the power; waste to its treatment."""
    assert reference_processes(TEXTBOOK[1].system()) == {
        "electricity": "cogeneration",
        "fuel": "refinery",
        "heat": "boiler",
    }
    assert reference_processes(TEXTBOOK[3].system()) == {"ash": "incineration", "waste": "landfill"} or (
        reference_processes(TEXTBOOK[3].system()) == {"ash": "landfill", "waste": "incineration"}
    )


# ---- loops


def ring(*gains: str) -> LinearSystem:
    """A ring of processes: number k takes ``gains[k]`` of the next one's product."""
    names = [f"m{k}" for k in range(len(gains))]
    rows = {(f"p{k}", name): ONE for k, name in enumerate(names)}
    rows |= {(f"p{(k + 1) % len(names)}", names[k]): -Exact(gain) for k, gain in enumerate(gains)}
    return make_system(rows, {}, {})


@pytest.mark.parametrize("gains", [("1", "0.999"), ("0.5", "1.9"), ("10", "0.01", "9.9"), ("0", "5", "5")])
def test_a_loop_below_one_gives_no_warning(gains: tuple[str, ...]) -> None:
    assert loops_with_gain(ring(*gains)) == []


@pytest.mark.parametrize(
    ("gains", "gain"),
    [
        (("1", "1.21"), "1.1"),  # the spectral radius of a ring of n is the n-th root of the product
        (("2", "2"), "2"),
        (("1", "1"), "1"),
        (("2", "2", "2"), "2"),
        (("0.5", "16", "1"), "2"),
        (("1", "1.002001"), "1.001"),
    ],
)
def test_a_loop_of_one_or_more_is_named_with_its_gain(gains: tuple[str, ...], gain: str) -> None:
    (notice,) = loops_with_gain(ring(*gains))
    names = ", ".join(f"m{k}" for k in range(len(gains)))
    assert (notice.code, notice.where) == ("loop_gain", names)
    assert dict(notice.values) == {"name": names, "gain": gain}


def test_a_loop_above_one_has_negative_levels() -> None:
    """Why it is worth a warning: [[1, -2], [-1, 1]] s = (1, 0) has s = (-1, -1)."""
    levels = solve(ring("1", "2"), {"p0": ONE}).scaling
    assert levels == {"m0": Exact(-1), "m1": Exact(-1)}


def test_only_the_loop_is_named_not_what_hangs_on_it() -> None:
    rows = dict(ring("2", "2").a) | {
        ("top", "T"): ONE,
        ("p0", "T"): Exact(-9),
        ("ore", "O"): ONE,
        ("ore", "m0"): Exact(-9),
    }
    (notice,) = loops_with_gain(make_system(rows, {}, {}))
    assert notice.where == "m0, m1"


def test_two_loops_are_two_warnings() -> None:
    one, two = ring("2", "2"), ring("3", "3")
    rows = dict(one.a) | {(f"x{product}", f"x{process}"): amount for (product, process), amount in two.a.items()}
    found = loops_with_gain(make_system(rows, {}, {}))
    assert sorted((n.where, n.values["gain"]) for n in found) == [("m0, m1", "2"), ("xm0, xm1", "3")]


def test_the_gain_does_not_depend_on_the_size_of_a_run() -> None:
    rows = {
        (product, process): amount * (7 if process == "m0" else 1)
        for (product, process), amount in ring("2", "2").a.items()
    }
    (notice,) = loops_with_gain(make_system(rows, {}, {}))
    assert notice.values["gain"] == "2"


def test_a_loop_through_a_waste_counts() -> None:
    """m makes 1 p and 3 waste; the treatment takes 1 waste and 1/2 p: each p asks for 3/2 p, radius sqrt(3/2)."""
    of = system(("p", "m", "1"), ("w", "m", "3"), ("w", "t", "-1"), ("p", "t", "-0.5"))
    (notice,) = loops_with_gain(of)
    assert (notice.where, notice.values["gain"]) == ("m, t", "1.22474")
    assert solve(of, {"p": ONE}).scaling == {"m": Exact(-2), "t": Exact(-6)}


def test_a_loop_with_a_by_product_proves_nothing_and_is_left_out() -> None:
    of = system(("p", "m", "1"), ("q", "n", "1"), ("q", "m", "-5"), ("p", "n", "3"))
    assert loops_with_gain(of) == []


@settings(deadline=None)
@given(drawn_systems())
def test_dominant_columns_never_warn(case: Drawn) -> None:
    """Each column makes more than it takes, so the radius is below one (Gershgorin) where nothing is a by-product."""
    entries = {
        (p, m): exact(case.a[i][j] if i == j else -abs(case.a[i][j]))
        for i, p in enumerate(case.products())
        for j, m in enumerate(case.processes())
    }
    made = make_system(entries, {}, {})
    check_structure(made, {})
    assert loops_with_gain(made) == []


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 400), min_size=2, max_size=6))
def test_rings_warn_exactly_when_their_product_reaches_one(percent: list[int]) -> None:
    product = Q(1)
    for value in percent:
        product *= Q(value, 100)
    found = loops_with_gain(ring(*(f"{value}E-2" for value in percent)))
    if abs(product - 1) > Q(1, 10**9) or product == 1:
        assert bool(found) == (product >= 1)
