"""lca.bare: the JSON form of a system, for textbook systems and second opinions."""

from __future__ import annotations

import json
from copy import deepcopy
from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.bare import read_bare, solve_bare
from lca.doors import read_json
from lca.exact import Exact
from lca.faults import Refused
from tests.lca._systems import COGENERATION, ELECTRICITY, TEXTBOOK, Drawn, Textbook, drawn_systems, gauss
from tests.lca.test_diagnose import ring


def faults(data: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as caught:
        solve_bare(data)
    return [(fault.code, fault.where, fault.found) for fault in caught.value.faults]


def changed(path: tuple[str | int, ...], value: Any, case: Textbook = ELECTRICITY) -> dict[str, Any]:
    data = deepcopy(case.bare())
    inner: Any = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return data


def sparse(rows: list[list[Any]], keep_zeros: bool = False) -> dict[str, list[Any]]:
    cells = [(i, j, v) for i, row in enumerate(rows) for j, v in enumerate(row) if keep_zeros or Q(v)]
    return {part: [cell[k] for cell in cells] for k, part in enumerate("ijv")}


# ---- answers


def test_heijungs_and_suh_in_digits() -> None:
    """Sheet W1: 100 runs and 2 runs, 120 kg CO2, 14 kg SO2, 100 kg of crude oil; 17 significant digits."""
    answer = solve_bare(ELECTRICITY.bare())
    assert answer["scaling"] == {"generation": "100.00000000000000", "refinery": "2.0000000000000000"}
    assert answer["inventory"] == {
        "CO2": "120.00000000000000",
        "SO2": "14.000000000000000",
        "crude oil": "-100.00000000000000",
    }
    assert answer["scores"] == {"acid and warm": "190.00000000000000"}
    assert answer["contributions"] == {
        "acid and warm": {"generation": "150.00000000000000", "refinery": "40.000000000000000"}
    }
    assert answer["warnings"] == []


def test_exact_answers_are_fractions() -> None:
    """3 s = 1: s = 1/3, and 17 digits of it."""
    data = {"products": ["p"], "processes": ["P"], "A": [["3"]], "demand": {"p": "1"}}
    assert solve_bare(data, exact=True)["scaling"] == {"P": "1/3"}
    assert solve_bare(data)["scaling"] == {"P": "0.33333333333333333"}


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_textbook_systems_as_json(case: Textbook) -> None:
    answer = solve_bare(read_json(json.dumps(case.bare())), exact=True)
    assert {name: Q(text) for name, text in answer["scaling"].items()} == dict(case.levels)
    assert {name: Q(text) for name, text in answer["inventory"].items()} == dict(case.inventory)
    assert answer["warnings"] == []


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_the_sparse_form_is_the_dense_form(case: Textbook) -> None:
    data = case.bare()
    wanted = solve_bare(data)
    for keep_zeros in (False, True):
        other = data | {"A": sparse(data["A"], keep_zeros), "B": sparse(data["B"], keep_zeros)}
        assert solve_bare(other) == wanted
        assert read_bare(other)[0] == read_bare(data)[0]


def test_sparse_entries_of_one_place_add_up() -> None:
    """0.25 and 0.75 make 1; the door has made the indices text."""
    cells = {"i": ["0", "0"], "j": ["0", "0"], "v": ["0.25", "0.75"]}
    data = {"products": ["p"], "processes": ["P"], "A": cells, "demand": {"p": "5"}}
    assert solve_bare(data)["scaling"] == {"P": "5.0000000000000000"}


def test_numbers_may_be_text_integers_or_binary64() -> None:
    """A float is read by its shortest digits (0.1 is one tenth), so that a matrix out of numpy is not refused."""
    data = {"products": ["p"], "processes": ["P"], "A": [[0.1]], "demand": {"p": 1}}
    assert solve_bare(data, exact=True)["scaling"] == {"P": "10"}
    assert solve_bare(data | {"A": [["1E-1"]], "demand": {"p": "１"}}, exact=True)["scaling"] == {"P": "10"}


def test_products_and_processes_need_not_stand_in_the_same_order() -> None:
    """Sheet W2 has its boiler first and its heat second."""
    data = COGENERATION.bare()
    assert data["products"].index("heat") != data["processes"].index("boiler")
    assert solve_bare(data, exact=True)["scaling"] == {"boiler": "-20", "cogeneration": "100", "refinery": "1"}


def test_without_flows_and_methods_there_are_levels_only() -> None:
    data = {"products": ["p"], "processes": ["P"], "A": [[2]], "demand": {"p": 1}}
    assert solve_bare(data) == {
        "scaling": {"P": "0.50000000000000000"},
        "inventory": {},
        "scores": {},
        "contributions": {},
        "warnings": [],
    }


@settings(deadline=None)
@given(drawn_systems(), st.data())
def test_permuted_rows_and_columns_give_identical_bytes(case: Drawn, data: st.DataObject) -> None:
    """Architecture §4: the order in which somebody typed rows moves no digit."""
    bare = case.textbook().bare()
    rows = data.draw(st.permutations(range(case.size)))
    columns = data.draw(st.permutations(range(case.size)))
    flows = data.draw(st.permutations(range(len(case.b))))
    other = {
        "demand": dict(reversed(bare["demand"].items())),
        "products": [bare["products"][i] for i in rows],
        "processes": [bare["processes"][j] for j in columns],
        "flows": [bare["flows"][i] for i in flows],
        "A": [[bare["A"][i][j] for j in columns] for i in rows],
        "B": [[bare["B"][i][j] for j in columns] for i in flows],
        "methods": {name: [row[i] for i in flows] for name, row in bare["methods"].items()},
    }
    assert json.dumps(solve_bare(other)) == json.dumps(solve_bare(bare))


@settings(deadline=None)
@given(drawn_systems())
def test_digits_are_those_of_gauss_over_fractions(case: Drawn) -> None:
    """17 significant digits: within half a unit of the 17th of the exact level."""
    levels = gauss(case.a, case.f)
    answer = solve_bare(case.textbook().bare())
    for name, level in zip(case.processes(), levels, strict=True):
        shown = Q(answer["scaling"][name])
        assert abs(shown - level) <= abs(level) / (2 * 10**16)
        digits = answer["scaling"][name].lstrip("-").split("E")[0].replace(".", "").lstrip("0")
        assert level == 0 or len(digits) >= 17


def test_above_the_limit_binary64_answers_with_its_residual() -> None:
    """200 independent processes of 0.5: levels of 2; the rational solution is had by asking."""
    names = [f"n{k:03d}" for k in range(200)]
    cells: dict[str, list[Any]] = {"i": list(range(200)), "j": list(range(200)), "v": ["0.5"] * 200}
    data = {"products": names, "processes": names, "A": cells, "demand": dict.fromkeys(names, 1)}
    answer = solve_bare(data)
    assert set(answer["scaling"].values()) == {"2.0000000000000000"}
    assert answer["warnings"] == [{"code": "binary64", "where": "200 processes", "residual": "0"}]
    assert solve_bare(data, exact=True)["warnings"] == []


def test_a_loop_above_one_is_solved_with_a_warning() -> None:
    of = ring("2", "2")
    data = {
        "products": list(of.products),
        "processes": list(of.processes),
        "A": [["1", "-2"], ["-2", "1"]],
        "demand": {"p0": 1},
    }
    answer = solve_bare(data, exact=True)
    assert answer["scaling"] == {"m0": "-1/3", "m1": "-2/3"}
    assert answer["warnings"] == [{"code": "loop_gain", "where": "m0, m1", "gain": "2"}]


# ---- refusals


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), "NaN", "Infinity", "-inf", None], ids=str)
def test_what_is_no_number_is_named_with_process_and_product(value: Any) -> None:
    """Engine.md §8.2: a skipped NaN makes a broken import a *smaller* footprint."""
    shown = "null" if value is None else str(value)
    assert faults(changed(("A", 1, 0), value)) == [("nan_coefficient", "/A/1/0 (generation / fuel)", shown)]
    assert faults(changed(("B", 2, 1), value)) == [("nan_coefficient", "/B/2/1 (refinery / crude oil)", shown)]
    assert faults(changed(("demand", "fuel"), value)) == [("nan_coefficient", "/demand/fuel (fuel)", shown)]
    path = ("methods", "acid and warm", 1)
    assert faults(changed(path, value)) == [("nan_coefficient", "/methods/acid and warm/1 (SO2)", shown)]


@pytest.mark.parametrize("value", ["abc", "", True, [], {}, "1,5", "٣"], ids=str)
def test_what_cannot_be_read_is_named_too(value: Any) -> None:
    found = faults(changed(("A", 0, 1), value))
    assert found == [("number_unreadable", "/A/0/1 (refinery / electricity)", str(value))]


def test_what_is_too_large_is_named_too() -> None:
    assert faults(changed(("A", 0, 0), "1E+999999")) == [
        ("number_too_large", "/A/0/0 (generation / electricity)", "1E+999999")
    ]


def test_a_very_long_cell_is_not_printed_whole() -> None:
    """A fault goes into a log and an answer: the number door cuts at 60 characters, and so does this one."""
    ((_, _, found),) = faults(changed(("A", 0, 0), "x" * 100_000))
    assert len(found) <= 60


def test_all_unreadable_numbers_come_at_once() -> None:
    data = changed(("A", 0, 0), "x")
    data["B"][0][0], data["demand"]["electricity"], data["methods"]["acid and warm"][0] = None, "y", "z"
    assert [code for code, _, _ in faults(data)] == [
        "number_unreadable",
        "nan_coefficient",
        "number_unreadable",
        "number_unreadable",
    ]


def test_not_square_names_products_with_two_makers_or_none() -> None:
    data = ELECTRICITY.bare() | {
        "processes": ["generation", "refinery", "second refinery"],
        "A": [["10", "0", "0"], ["-2", "100", "50"]],
        "B": [["1"] * 3] * 3,
    }
    assert faults(data) == [
        ("two_makers", "fuel", "refinery, second refinery"),
        ("not_square", "/A", "2 products, 3 processes"),
    ]
    none = ELECTRICITY.bare() | {
        "products": ["electricity", "fuel", "lubricant"],
        "A": [["10", "0"], ["-2", "100"], ["-1", "-1"]],
    }
    assert faults(none) == [
        ("no_maker", "lubricant", "taken by generation, refinery"),
        ("not_square", "/A", "3 products, 2 processes"),
    ]


def test_a_process_with_an_output_of_zero_is_named() -> None:
    assert ("zero_output", "refinery", "no output and no input") in faults(changed(("A", 1, 1), "0"))
    takes = changed(("A", 1, 1), "0")
    takes["A"][0][1] = "-3"
    takes["A"][1][0] = "0"
    assert faults(takes) == [
        ("no_maker", "fuel", "taken by nobody"),
        ("zero_output", "refinery", "it only takes in"),
    ]


def test_a_singular_system_is_named() -> None:
    """Each makes 1 and takes 1 of the other: (1, -1; -1, 1)."""
    data = {"products": ["a", "b"], "processes": ["A", "B"], "A": [[1, -1], [-1, 1]], "demand": {"a": 1}}
    assert faults(data) == [("singular", "A, B", "no single solution")]


def test_an_unknown_demand_is_named() -> None:
    assert faults(ELECTRICITY.bare() | {"demand": {"heat": 1}}) == [("unknown_demand", "/demand", "heat")]


@pytest.mark.parametrize("key", ["products", "processes", "flows"])
def test_a_label_twice_is_named(key: str) -> None:
    data = ELECTRICITY.bare()
    data[key][1] = data[key][0]
    assert faults(data) == [("label_twice", f"/{key}", data[key][0])]


def test_unknown_and_missing_keys_are_named() -> None:
    data = ELECTRICITY.bare() | {"C": [], "a": []}
    assert faults(data) == [("unknown_key", "/C", "C"), ("unknown_key", "/a", "a")]
    assert faults({"flows": []}) == [
        ("missing_key", "/products", "nothing"),
        ("missing_key", "/processes", "nothing"),
        ("missing_key", "/A", "nothing"),
        ("missing_key", "/demand", "nothing"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "place", "found"),
    [
        (("A",), [["10", "0"]], "/A", "1 rows"),
        (("A", 1), ["-2"], "/A/1", "list of 1"),
        (("A", 1), ["-2", "100", "1"], "/A/1", "list of 3"),
        (("A", 0), "10", "/A/0", "str"),
        (("A",), "10", "/A", "str"),
        (("A",), None, "/A", "NoneType"),
        (("A",), {"i": [0], "j": [0]}, "/A", "dict of 2"),
        (("A",), {"i": [0], "j": [0, 1], "v": ["1", "2"]}, "/A", "dict of 3"),
        (("A",), {"i": [2], "j": [0], "v": ["1"]}, "/A", "(2, 0)"),
        (("A",), {"i": [0], "j": [-1], "v": ["1"]}, "/A", "(0, -1)"),
        (("A",), {"i": [0], "j": [True], "v": ["1"]}, "/A", "(0, True)"),
        (("A",), {"i": ["²"], "j": [0], "v": ["1"]}, "/A", "(², 0)"),
        (("A",), {"i": ["٠"], "j": [0], "v": ["1"]}, "/A", "(٠, 0)"),
        (("B",), [["1", "10"]], "/B", "1 rows"),
        (("methods", "acid and warm"), ["1"], "/methods/acid and warm", "list of 1"),
        (("methods",), [], "/methods", "list of 0"),
        (("demand",), [1], "/demand", "list of 1"),
        (("products",), "electricity", "/products", "str"),
        (("flows",), [1, 2, 3], "/flows", "list of 3"),
        (("flows",), None, "/flows", "NoneType"),
    ],
)
def test_shapes_are_named(path: tuple[str | int, ...], value: Any, place: str, found: str) -> None:
    assert ("shape", place, found) in faults(changed(path, value))


def test_an_index_of_five_thousand_digits_is_a_shape_fault() -> None:
    """Python refuses to read such an integer with a ValueError; that must not escape."""
    found = faults(changed(("A",), {"i": ["9" * 5000], "j": [0], "v": ["1"]}))
    assert found[0][:2] == ("shape", "/A")


def test_an_unknown_key_of_the_sparse_form_is_named() -> None:
    data = changed(("A",), {"i": [0, 1, 1], "j": [0, 0, 1], "v": ["10", "-2", "100"], "shape": [2, 2]})
    assert [code for code, _, _ in faults(data)] == ["unknown_key"]


@pytest.mark.parametrize("data", [None, [], "A", 5])
def test_what_is_no_object_is_refused(data: Any) -> None:
    assert faults(data) == [("shape", "", type(data).__name__)]


def test_ten_thousand_labels_are_read() -> None:
    names = [f"n{k}" for k in range(10_000)]
    data = {"products": names, "processes": names, "A": {"i": [], "j": [], "v": []}, "demand": {}}
    system, _ = read_bare(data)
    assert len(system.products) == 10_000


def test_scores_are_exact_before_they_are_written() -> None:
    """0.1 + 0.2 - 0.3 is nothing; in binary64 it would be 5.6e-17 (engine.md §8.7: round-off read as a result)."""
    data = {
        "products": ["a", "b", "c"],
        "processes": ["A", "B", "C"],
        "flows": ["x"],
        "A": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "B": [["0.1", "0.2", "-0.3"]],
        "methods": {"m": [1]},
        "demand": {"a": 1, "b": 1, "c": 1},
    }
    assert solve_bare(data)["scores"] == {"m": "0"}
    assert solve_bare(data)["inventory"] == {"x": "0"}
    assert Exact(0).significant(17) == "0"
