"""Gradient, upstream tree and flows: derivatives against a changed system, sums against the score, loops unrolled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.exact import ONE, ZERO, Exact
from lca.gradient import SMALL, gradient
from lca.solve import solve
from lca.system import LinearSystem, make_system
from lca.tree import Node, flows, tree
from tests.lca.test_enclosure import chain

METHODS = {"co2e": {"CO2": ONE, "CH4": Exact("29.8")}}


def system(size: int, seed: int, emits: int = 1) -> LinearSystem:
    a = chain(size, seed)
    b = {("CO2", f"q{j:03}"): Exact(j + emits) for j in range(size)} | {("CH4", "q000"): Exact("0.5")}
    return make_system(a, b, METHODS)


def steel() -> LinearSystem:
    """Steel takes 0.2 power, power takes 0.1 steel and 0.5 fuel: intensities by hand in ``test_by_hand``."""
    a = {
        ("steel", "mill"): ONE, ("power", "mill"): Exact("-0.2"), ("power", "plant"): ONE,
        ("steel", "plant"): Exact("-0.1"), ("fuel", "plant"): Exact("-0.5"), ("fuel", "mine"): ONE,
    }  # fmt: skip
    b = {("CO2", "mill"): Exact(2), ("CO2", "plant"): ONE, ("CO2", "mine"): Exact("0.1")}
    return make_system(a, b, METHODS)


def test_by_hand() -> None:
    """Steel = 2 + 0.2 power, power = 1 + 0.1 steel + 0.5 x 0.1: steel = 2.21 / 0.98, power = (1.05 + 0.2) / 0.98."""
    found = gradient(steel(), {"steel": ONE}, "co2e")
    assert found.intensities == {
        "steel": Exact("2.21") / Exact("0.98"), "power": Exact("1.25") / Exact("0.98"), "fuel": Exact("0.1"),
    }  # fmt: skip
    assert found.score == Exact("2.21") / Exact("0.98")
    assert found.of_a["power", "mill"] == ZERO - Exact("1.25") / Exact("0.98") * (ONE / Exact("0.98"))
    assert found.of_b["CO2", "plant"] == Exact("0.2") / Exact("0.98")


def test_the_tree_unrolls_the_loop_and_adds_up() -> None:
    """Mill 2 and 0.2 power: plant 0.2, 0.02 steel (0.04 and so on), 0.1 fuel at 0.1."""
    (root,) = tree(steel(), {"steel": ONE}, "co2e", least=Exact("0.000001"), deepest=3)
    assert (root.process, root.direct, len(root.below)) == ("mill", Exact(2), 1)
    plant = root.below[0]
    assert plant.process == "plant" and plant.amount == Exact("0.2") and plant.direct == Exact("0.2")
    again, mine = plant.below
    assert again.process == "mill" and again.amount == Exact("0.02") and again.direct == Exact("0.04")
    assert mine.process == "mine" and mine.total == Exact("0.01") and not mine.below
    deepest = again.below[0]
    assert deepest.process == "plant" and not deepest.below and deepest.cut == 2 and deepest.rest
    check(root)


def check(node: Node) -> None:
    assert node.total == node.direct + sum((item.total for item in node.below), ZERO) + node.rest
    for item in node.below:
        check(item)


def test_flows_balance_at_every_process() -> None:
    """What a process hands on is what it was handed and what it emits; the demand gets the score."""
    made, held = steel(), gradient(steel(), {"steel": ONE}, "co2e")
    found = flows(made, {"steel": ONE}, "co2e")
    for process in made.processes:
        handed = sum((flow.value for flow in found if flow.to == process), ZERO)
        on = sum((flow.value for flow in found if flow.source == process), ZERO)
        direct = sum((amount * held.levels[process] for (_, at), amount in made.b.items() if at == process), ZERO)
        assert on == handed + direct
    assert [flow.value for flow in found if not flow.to] == [held.score]


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 12), st.integers(0, 999), st.data())
def test_a_derivative_is_what_a_changed_coefficient_does(size: int, seed: int, data: st.DataObject) -> None:
    """(h(a + e) - h(a)) / e differs from dh/da by terms of e: with e = 1e-30 by less than 1e-20 of it."""
    made, demand, step = system(size, seed), {"p000": ONE}, Exact(1, 10**30)
    found = gradient(made, demand, "co2e")
    assert found.score == solve(made, demand).scores["co2e"]
    key = data.draw(st.sampled_from(sorted(made.a)))
    other = make_system({**made.a, key: made.a[key] + step}, made.b, made.methods)
    slope = (solve(other, demand).scores["co2e"] - found.score) / step
    assert abs(slope - found.of_a[key]) <= Exact(1, 10**20) * max(ONE, abs(found.of_a[key]))
    where = data.draw(st.sampled_from(sorted(made.b)))
    emits = make_system(made.a, {**made.b, where: made.b[where] + ONE}, made.methods)
    assert solve(emits, demand).scores["co2e"] - found.score == found.of_b[where]


@pytest.mark.parametrize("size", [8, SMALL + 20])
def test_a_cut_tree_adds_up_at_every_size(size: int) -> None:
    made = system(size, 5)
    (root,) = tree(made, {"p001": ONE}, "co2e", least=Exact("0.02"), deepest=6)
    score = gradient(made, {"p001": ONE}, "co2e").score
    assert root.total.significant(30) == score.significant(30)
    assert float(total_of(root)) == pytest.approx(float(score), rel=1e-14)
    assert root.below and all(abs(item.total) >= abs(score) * Exact("0.02") for item in root.below)


def total_of(node: Node) -> Exact:
    return node.direct + node.rest + sum((total_of(item) for item in node.below), ZERO)
