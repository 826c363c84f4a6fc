"""Formulas over parameters: arithmetic in fractions, order of operations, what is no formula."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.exact import Exact
from lca.expressions import LONGEST, evaluated
from lca.faults import Refused

NAMES = {"wind": Exact("0.25"), "x1": Exact(3), "_y": Exact(-2), "风电": Exact("0.5")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 * (1 - wind)", F(75)),
        ("1 + 2 * 3 - 4 / 8", F(13, 2)),
        ("-x1 - -_y", F(-5)),
        ("2 - 3 - 4", F(-5)),
        ("12 / 3 / 2", F(2)),
        ("((x1))", F(3)),
        ("1e-3 + .5", F(501, 1000)),
        ("风电 * 2", F(1)),
        (" 7 ", F(7)),
        ("+ + 4", F(4)),
    ],
)
def test_by_hand(text: str, expected: F) -> None:
    found = evaluated(text, NAMES)
    assert F(found.numerator, found.denominator) == expected


@given(st.lists(st.integers(-999, 999), min_size=1, max_size=8), st.data())
def test_sums_and_products_are_those_of_fractions(numbers: list[int], data: st.DataObject) -> None:
    text, value = f"({numbers[0]})", F(numbers[0])
    for number in numbers[1:]:
        sign = data.draw(st.sampled_from("+-*/"))
        if sign == "/" and not number:
            continue
        text = f"({text}) {sign} ({number})"
        value = {"+": value + number, "-": value - number, "*": value * number,
                 "/": value / number if number else value}[sign]  # fmt: skip
    found = evaluated(text, {})
    assert F(found.numerator, found.denominator) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "expression_unreadable"), ("1 +", "expression_unreadable"), ("(1", "expression_unreadable"),
        ("1 2", "expression_unreadable"),
        ("__import__('os')", "expression_unreadable"), ("wind ** 2", "expression_unreadable"),
        ("1 / (x1 - 3)", "expression_zero"), ("winds", "parameter_unknown"), ("a.b", "expression_unreadable"),
        ("1" * (LONGEST + 1), "expression_unreadable"), ("1e999", "number_too_large"), ("$", "expression_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_formula(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        evaluated(text, NAMES, "here")
    (fault,) = refused.value.faults
    assert fault.code == code and fault.where == "here"
    assert code != "parameter_unknown" or text != "winds" or "wind" in fault.expected
