"""Differences of two releases, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factordb.diff import diff, percent
from factordb.release import Release
from tests.factordb._made import content, factor, release

OLD = release(
    factor("coal", "2.5"),
    factor("glass", "1.0"),
    factor("steel", "2.0"),
    factor("grid.2023", "0.6", unit="kgCO2e/kWh", series="grid", year="2023"),
    factor("gone", "7"),
    factor("wording", "3"),
    factor("same", "4"),
    name="open-1",
)
NEW = Release(
    content(
        factor("coal", "2.6", reason="misprint"),
        factor("glass", "0.5"),
        factor("steel", "2.0", kind="gate_to_gate"),
        factor("grid.2023", "0.6", unit="kgCO2e/kWh", series="grid", year="2023"),
        factor("grid.2024", "0.57", unit="kgCO2e/kWh", series="grid", year="2024"),
        factor(
            "grid.2023.v2", "0.63", unit="kgCO2e/kWh", series="grid", year="2023", corrects="grid.2023", reason="act"
        ),
        factor("wording", "3", name_en="Wording, better"),
        factor("same", "4"),
        name="open-2",
        left_out={"gone": "licence withdrawn"},
    )
)


def test_every_line_has_its_fields_and_the_largest_change_is_first() -> None:
    lines = diff(OLD, NEW)
    shown = [(line.change, line.id, line.old, line.new, line.percent, line.reason) for line in lines]
    assert shown == [
        ("value", "glass", "1.0 kgCO2e/kg", "0.5 kgCO2e/kg", "-50.0", ""),
        ("value", "coal", "2.5 kgCO2e/kg", "2.6 kgCO2e/kg", "+4.0", "misprint"),
        ("meaning", "steel", "2.0 kgCO2e/kg", "2.0 kgCO2e/kg", "0.0", ""),
        ("added", "grid.2023.v2", "grid.2023: 0.6 kgCO2e/kWh", "0.63 kgCO2e/kWh", "+5.0", "act"),
        ("added", "grid.2024", "grid.2023: 0.6 kgCO2e/kWh", "0.57 kgCO2e/kWh", "-5.0", "next of the series"),
        ("removed", "gone", "7 kgCO2e/kg", "", "", "licence withdrawn"),
        ("text", "wording", "3 kgCO2e/kg", "3 kgCO2e/kg", "0.0", ""),
    ]
    assert all(line.source == "Own meters" for line in lines)
    assert lines[2].fields == {"kind": ("cradle_to_gate", "gate_to_gate")}


def test_a_release_does_not_differ_from_itself() -> None:
    assert diff(OLD, OLD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1", "1.0345", "+3.4"),
        ("1", "1.0355", "+3.6"),
        ("-2", "-1", "+50.0"),
        ("0", "1", ""),
        ("", "1", ""),
        ("3", "", ""),
    ],
)
def test_per_cent_of_the_old_value(old: str, new: str, expected: str) -> None:
    """3.45 and 3.55 round to even."""
    assert percent(old, new) == expected


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9)),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9)),
)
def test_both_ways_name_the_same_rows(one: dict[str, int], two: dict[str, int]) -> None:
    """What is added one way is removed the other way; changed values are the same rows."""
    first = release(*(factor(name, str(value)) for name, value in one.items()), name="a")
    second = release(*(factor(name, str(value)) for name, value in two.items()), name="b")
    there, back = diff(first, second), diff(second, first)
    assert {line.id for line in there if line.change == "added"} == {
        line.id for line in back if line.change == "removed"
    }
    assert {line.id for line in there if line.change == "value"} == {line.id for line in back if line.change == "value"}
    assert {line.id for line in there} == {name for name in {*one, *two} if one.get(name) != two.get(name)}
