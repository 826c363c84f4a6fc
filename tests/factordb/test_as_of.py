"""Two dates: in force and known. The retroactive correction is the case that a single date cannot hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factordb.as_of import related, standing
from factordb.factor import Factor
from lca.faults import Refused
from tests.factordb._made import factor, release

FIRST = factor("default.v1", "2.0", valid_from="2026-01-01", published="2025-12-31", series="default")
SECOND = factor(
    "default.v2", "2.1", valid_from="2026-01-01", published="2026-07-31", series="default",
    corrects="default.v1", reason="annex replaced",
)  # fmt: skip
LAST_YEAR = factor("old", "3", valid_from="2023-10-01", valid_to="2025-12-31", published="2023-12-22")
ROWS = (FIRST, SECOND, LAST_YEAR)


def states(in_force: str, known: str, rows: tuple[Factor, ...] = ROWS) -> dict[str, str]:
    return {item.factor.id: item.state for item in standing(rows, in_force, known)}


@pytest.mark.parametrize(
    ("in_force", "known", "expected"),
    [
        # a declaration for March, made in April: the act of December
        ("2026-03-01", "2026-04-01", ("in force", "not yet known", "expired")),
        # the same March, looked at in August: the correction holds from January on
        ("2026-03-01", "2026-08-01", ("corrected", "in force", "expired")),
        ("2025-06-01", "2026-08-01", ("corrected", "not yet in force", "in force")),
        ("2025-06-01", "2025-06-01", ("not yet known", "not yet known", "in force")),
        ("2026-01-01", "2026-07-31", ("corrected", "in force", "expired")),
    ],
)
def test_in_force_on_one_day_as_known_on_another(in_force: str, known: str, expected: tuple[str, str, str]) -> None:
    found = states(in_force, known)
    assert tuple(found[name] for name in ("default.v1", "default.v2", "old")) == expected


def test_a_corrected_value_names_its_correction_and_stays() -> None:
    found = {item.factor.id: item for item in standing(ROWS, "2026-03-01", "2026-08-01")}
    assert found["default.v1"].by == "default.v2: annex replaced"
    assert found["default.v1"].factor.value == "2.0"


def test_a_year_of_publication_is_known_when_the_year_is_over() -> None:
    rows = (factor("yearly", published="2025"), factor("monthly", published="2026-02"), factor("dateless"))
    assert states("2026-01-15", "2025-12-30", rows)["yearly"] == "not yet known"
    assert states("2026-01-15", "2025-12-31", rows)["yearly"] == "no dates"
    assert states("2026-01-15", "2026-02-27", rows)["monthly"] == "not yet known"
    assert states("2026-01-15", "1990-01-01", rows)["dateless"] == "no dates"


@given(st.dates().map(str), st.dates().map(str))
def test_exactly_one_of_a_value_and_its_correction_holds_once_both_could(in_force: str, known: str) -> None:
    """In force for both, known at least the first: never both, never none."""
    found = {item.factor.id: item.holds for item in standing(ROWS, in_force, known)}
    if in_force >= "2026-01-01" and known >= "2025-12-31":
        assert found["default.v1"] != found["default.v2"]
    else:
        assert not found["default.v1"] or in_force >= "2026-01-01"


def test_an_id_brings_what_corrects_it() -> None:
    opened = release(*ROWS)
    assert {item.id for item in related(opened, "default.v1")} == {"default.v1", "default.v2"}
    assert {item.id for item in related(opened, "default.v2")} == {"default.v1", "default.v2"}
    assert {item.id for item in related(opened, "default")} == {"default.v1", "default.v2"}
    assert {item.id for item in related(opened, "old")} == {"old"}


@pytest.mark.parametrize(
    "wrong",
    [
        factor("x", corrects="nobody", reason="r"),
        factor("x", corrects="default.v1"),
        factor("x", corrects="x", reason="r"),
        factor("x", valid_from="2026-01"),
        factor("x", valid_from="2026-02-01", valid_to="2026-01-01"),
        factor("x", lines={"fosil": "1"}),
        factor("x", lines={"fossil": "none?"}),
        factor("x", flows={"CO2|fosil": "1"}),
        factor("x", flows={"Kr|fossil": "1"}),
        factor("x", flows={"CO2|fossil": "NaN"}),
        factor("x", unlinked="coal"),
        factor("x", primary_share="1.2"),
    ],
)
def test_a_row_that_could_mislead_enters_no_release(wrong: Factor) -> None:
    with pytest.raises(Refused) as refused:
        release(*ROWS, wrong)
    assert {(fault.code, fault.where) for fault in refused.value.faults} <= {
        ("release_row", "x"), ("number_unreadable", "x"), ("number_form", "x"),
    }  # fmt: skip


def test_the_beginning_of_a_series_brings_all_its_members() -> None:
    rows = [factor(f"c.{route}", series=f"cbam.cn.2523.{route}") for route in "ab"] + [
        factor("x", series="cbam.cn.25231")
    ]
    assert {item.id for item in related(release(*rows), "cbam.cn.2523")} == {"c.a", "c.b"}
