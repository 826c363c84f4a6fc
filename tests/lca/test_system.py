"""lca.system: labels sorted before assembly, and ``g = B s``, ``h = C g`` by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.exact import ONE, ZERO, Exact
from lca.system import characterised, make_system


def test_labels_are_sorted_and_unique() -> None:
    a = {("q", "Z"): Exact(1), ("p", "A"): Exact(2), ("q", "A"): Exact(-1)}
    system = make_system(a, {("f2", "Z"): ONE, ("f1", "B"): ONE}, {"m2": {"f2": ONE, "f1": ONE}, "m1": {}})
    assert system.products == ("p", "q")
    assert system.processes == ("A", "B", "Z")
    assert system.flows == ("f1", "f2")
    assert list(system.a) == [("p", "A"), ("q", "A"), ("q", "Z")]
    assert list(system.b) == [("f1", "B"), ("f2", "Z")]
    assert list(system.methods) == ["m1", "m2"]
    assert list(system.methods["m2"]) == ["f1", "f2"]


def test_written_zeros_are_dropped_and_their_labels_kept() -> None:
    system = make_system({("p", "A"): ONE, ("q", "A"): ZERO}, {("f", "B"): ZERO}, {}, products=["r"], flows=["g"])
    assert system.a == {("p", "A"): ONE}
    assert system.b == {}
    assert (system.products, system.processes, system.flows) == (("p", "q", "r"), ("A", "B"), ("f", "g"))


@given(st.permutations([("p", "A", 1), ("q", "A", -2), ("q", "B", 3), ("r", "C", 4), ("p", "C", -5)]))
def test_the_order_of_typing_leaves_no_trace(rows: list[tuple[str, str, int]]) -> None:
    """Architecture §4: sort by identifier before assembly."""
    made = make_system({(p, q): Exact(v) for p, q, v in rows}, {(p, q): Exact(v) for p, q, v in rows}, {"m": {}})
    assert list(made.a.items()) == sorted(((p, q), Exact(v)) for p, q, v in rows)
    assert made.processes == ("A", "B", "C")


def test_characterisation_by_hand() -> None:
    """s = (2, 1/3): CO2 = 3*2 + 6/3 = 8, CH4 = -1/2*2 = -1; score at (1, 28) = 8 - 28 = -20;
    process A gives 6 - 28 = -22, B gives 2."""
    b = {("CO2", "A"): Exact(3), ("CO2", "B"): Exact(6), ("CH4", "A"): Exact("-0.5")}
    system = make_system({("a", "A"): ONE, ("b", "B"): ONE}, b, {"warm": {"CO2": ONE, "CH4": Exact(28)}, "none": {}})
    solution = characterised(system, {"A": Exact(2), "B": Exact(1, 3)})
    assert solution.inventory == {"CO2": Exact(8), "CH4": Exact(-1)}
    assert solution.scores == {"warm": Exact(-20), "none": ZERO}
    assert solution.contributions == {"warm": {"A": Exact(-22), "B": Exact(2)}, "none": {"A": ZERO, "B": ZERO}}
    assert solution.scaling == {"A": Exact(2), "B": Exact(1, 3)}


def test_a_flow_without_a_factor_adds_nothing_and_stays_in_the_inventory() -> None:
    system = make_system({("a", "A"): ONE}, {("dust", "A"): Exact(9)}, {"warm": {"CO2": ONE}}, flows=["CO2"])
    solution = characterised(system, {"A": ONE})
    assert solution.inventory == {"CO2": ZERO, "dust": Exact(9)}
    assert solution.scores == {"warm": ZERO}


def test_a_level_for_every_process_is_needed() -> None:
    system: Any = make_system({("a", "A"): ONE}, {("CO2", "A"): ONE}, {})
    with pytest.raises(KeyError, match="A"):
        characterised(system, {})
