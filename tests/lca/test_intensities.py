"""Proven intensities against rational solves: loops, rounding edges, scales far apart, and what is not proven."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lca.intensities as module
from lca.exact import ZERO, Exact
from lca.intensities import proven_intensities
from lca.solve import rational_levels
from lca.system import make_system

NAMES = [f"p{i:02d}" for i in range(12)]
Number = st.builds(lambda m, e: Exact(m) * Exact.parse(f"1e{e}", "test"), st.integers(1, 10**6), st.integers(-18, 0))
Pairs = st.tuples(st.integers(0, 11), st.integers(0, 11))
"""Amounts to 1e-18 of a unit: seven orders more than any inventory at hand."""


def rational(uses: dict[tuple[int, int], Exact], own: dict[int, Exact]) -> list[Exact]:
    a = {(name, name): Exact(1) for name in NAMES}
    for (i, j), value in uses.items():
        key = NAMES[i], NAMES[j]
        a[key] = a.get(key, ZERO) - value
    levels = rational_levels(make_system(a, {}, {}), {NAMES[i]: value for i, value in own.items()})
    return [levels[name] for name in NAMES]


@given(st.dictionaries(Pairs, Number, max_size=40), st.dictionaries(st.integers(0, 11), Number, min_size=1))
def test_every_digit_is_that_of_the_rational_solve(uses: dict[tuple[int, int], Exact], own: dict[int, Exact]) -> None:
    total = {i: sum((value for (k, _), value in uses.items() if k == i), ZERO) for i in range(12)}
    uses = {(i, j): value / (total[i] + 1) for (i, j), value in uses.items()}  # every loop has a gain below one
    found = proven_intensities(NAMES, uses, {(i, "CO2"): value for i, value in own.items()}, 10)
    assert found is not None
    assert [value.significant(10) for value in found["CO2"]] == [v.significant(10) for v in rational(uses, own)]


def test_a_value_on_the_rounding_edge_behind_a_loop() -> None:
    """p01 and p02 loop with a gain of 1/2, so p01 has 1 / (1 - 1/2) = 2 kg and p00, which takes 1.00000000025 of it,
    2.0000000005 kg: on the edge of the tenth digit, where half to even gives 2.000000000."""
    uses = {(0, 1): Exact.parse("1.00000000025", ""), (1, 2): Exact(1, 2), (2, 1): Exact(1)}
    found = proven_intensities(NAMES, uses, {(1, "CO2"): Exact(1)}, 10)
    assert found is not None
    exact = Fraction("1.00000000025") / (1 - Fraction(1, 2))
    assert exact == Fraction("2.0000000005")
    assert found["CO2"][0] == 2


def test_an_edge_over_too_many_processes_is_not_called_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    uses = {(0, 1): Exact.parse("1.00000000025", ""), (1, 2): Exact(1, 2), (2, 1): Exact(1)}
    monkeypatch.setattr("lca.large.digits.TIE", 2)
    assert proven_intensities(NAMES, uses, {(1, "CO2"): Exact(1)}, 10) is None


def test_a_background_too_large_is_not_called_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROVEN", 11)
    assert proven_intensities(NAMES, {}, {(1, "CO2"): Exact(1)}, 10) is None
