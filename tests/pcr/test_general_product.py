"""Products without a rule of their own: the bill of materials scaled, the plant shared, months kept, what is said."""

from __future__ import annotations

import copy
from fractions import Fraction as F
from importlib.resources import files
from typing import Any

import pytest

from lca.doors import read_yaml
from pcr.equations import run as equation_run
from pcr.registry import find_rule
from tests.pcr._help import Data, codes, faults, run, shown

FOLDER = files("pcr.classes.general_product.v1_0_0")
RULE = find_rule("general_product").rule
BY_HAND: list[tuple[str, dict[str, str], dict[str, F], str]] = [
    (
        "bom.consumed",
        {"amount": "18", "scrap": "0.1", "rejects": "0.2", "made": "1000", "quantity": "10"},
        {"consumed": F(18) * F(11, 10) / F(8, 10) * 100},
        "docs/worked/general_product.md, section 1: steel of A",
    ),
    ("plant.share", {"product": "2000", "plant": "10000"}, {"share": F(1, 5)}, "the same section: share of A"),
]


def two() -> Data:
    """The plant of docs/worked/general_product.md, section 1."""
    text = FOLDER.joinpath("cases", "two_of_a_plant.yaml").read_text("utf-8")
    data: Data = copy.deepcopy(read_yaml(text)["data"]) | {"rule": RULE.id}
    return data


def row(data: Data, name: str, product: str = "", material: str = "") -> Data:
    found = [item for item in data["rows"] if item["input"] == name and item.get("product", "") == product]
    return next(item for item in found if not material or item.get("material") == material)


def said(data: Data, product: str) -> dict[str, Data]:
    return {notice["code"]: notice["values"] for notice in shown(run(data), product)["notices"]}


@pytest.mark.parametrize(("name", "given", "wanted", "source"), BY_HAND, ids=[item[0] for item in BY_HAND])
def test_equation_by_hand(name: str, given: dict[str, str], wanted: dict[str, F], source: str) -> None:
    results = equation_run(name, given)["results"]
    assert {key: F(item["exact"]) for key, item in results.items()} == wanted, source


def test_shares_of_all_products_and_the_rest_are_the_plant() -> None:
    """By mass A takes 2000/10000, B 3000/10000; the plant beside A's own meter is 42669002897/2000000 (section 1)."""
    derived = run(two())
    results = {name: shown(derived, name) for name in ("A", "B")}
    shares = [F(result["indicators"]["plant_share"]["value"]) for result in results.values()]
    assert [*shares, F(results["A"]["indicators"]["plant_share_outside"]["value"])] == [F(1, 5), F(3, 10), F(1, 2)]
    plant = F(42669002897, 2000000)
    own = 500 * F("0.5777")
    assert F(results["A"]["stages"]["production"]) * 1000 == own + plant / 5
    assert F(results["B"]["stages"]["production"]) * 3000 == plant * 3 / 10


def test_months_of_a_meter_are_kept_and_give_the_digits_of_the_year() -> None:
    whole = run(two())
    split = two()
    power = row(split, "electricity")
    power["months"] = ["1000", "3000", *["1600"] * 10]
    power["unit"], _ = "kWh", power.pop("amount")
    derived = run(split)
    assert shown(derived, "A")["total"] == shown(whole, "A")["total"]
    (kept,) = [item for item in derived.data.given.rows if item.input == "electricity" and not item.product]
    assert [month.text() for month in kept.months] == ["1000", "3000", *["1600"] * 10]


def test_a_row_with_its_product_is_not_shared() -> None:
    """1,000 kWh more on A's own meter is 0.5777 kg more for a piece of A, and nothing for B."""
    before, more = run(two()), two()
    row(more, "electricity", "A")["amount"] = "1500"
    after = run(more)
    assert F(shown(after, "A")["total"]) - F(shown(before, "A")["total"]) == F("0.5777")
    assert shown(after, "B")["total"] == shown(before, "B")["total"]


def test_every_result_says_that_no_product_rule_stands_behind_it() -> None:
    for product in ("A", "B"):
        told = said(two(), product)
        assert {"no_product_rule", "draft_rules", "bom_amounts", "plant_shared"} <= set(told)
    shares = {
        notice["where"]: notice["values"]["share"]
        for notice in shown(run(two()), "A")["notices"]
        if notice["code"] == "plant_shared"
    }
    assert shares == {"A": "0.200000", "B": "0.300000"}


def test_scrap_without_waste_and_a_mass_that_does_not_close_are_said() -> None:
    data = two()
    data["rows"] = [item for item in data["rows"] if item["input"] != "waste"]
    assert "scrap_without_waste" in said(data, "A")
    assert "mass_not_closed" not in said(data, "A")
    row(data, "component", "A", "100")["amount"] = "15"
    assert said(data, "A")["mass_not_closed"] == {"product": "A", "found": "1.70000", "expected": "2.00000"}


def test_a_component_in_pieces_says_its_mass_or_the_check_is_left_out_aloud() -> None:
    data = two()
    part = row(data, "component", "A", "100")
    part |= {"unit": "piece", "amount": "3", "factor": ""}
    derived = run(data, draft=True)
    told = {notice["code"] for notice in shown(derived, "A")["notices"]}
    assert "mass_not_checked" in told
    part["properties"] = {"scrap": "0.1", "mass": "6"}
    told = {notice["code"] for notice in shown(run(data, draft=True), "A")["notices"]}
    assert not told & {"mass_not_checked", "mass_not_closed"}


def test_a_component_without_a_factor_is_a_gap_and_never_a_zero() -> None:
    data = two()
    row(data, "component", "A", "100")["factor"] = ""
    assert codes(faults(lambda: run(data))) == {"factor_gap"}
    total: Any = shown(run(data, draft=True), "A", 6)["total"]
    assert total["high"] is None


def test_a_plant_row_without_a_driver_names_what_is_to_be_shared() -> None:
    data = two()
    data["rows"] = [item for item in data["rows"] if item["input"] not in ("driver", "plant_driver")]
    found = faults(lambda: run(data))
    assert {(fault.code, fault.where) for fault in found} == {
        ("driver_missing", "/rows (driver, A)"),
        ("driver_missing", "/rows (driver, B)"),
    }
    assert found[0].found == "direct_emission, electricity, fuel, heat, waste of the plant"


def test_the_unit_of_the_output_is_the_unit_of_the_result() -> None:
    """3 t are 3,000 kg, and the footprint is per kg whatever the bill of materials is for."""
    result = shown(run(two()), "B")
    assert (result["unit"]["amount"], result["unit"]["unit"]) == ("1", "kg")
    per_kg = two()
    row(per_kg, "bom_quantity", "B").update({"amount": "2000", "unit": "kg"})
    row(per_kg, "component", "B").update({"amount": "2"})
    assert shown(run(per_kg), "B")["total"] == result["total"]
    also = shown(run(two()), "A")
    assert F(also["also"]["kg"]) == F(also["total"]) / 2
