"""Reading activity data: every fault of a file at once, and digits that do not depend on how it was typed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lca.exact import Exact
from lca.faults import Refused
from lca.messages import LANGUAGES, lines
from pcr.intake import read_activity
from pcr.regime import load_regime
from pcr.registry import find_rule
from service.rules_check import cases
from tests.pcr._help import EU, QUARTER_TOTAL, Data, activity, codes, faults, quarter, release, run, shown

CEMENT = find_rule("cement").rule
REGIME = load_regime("gbt24067")


def total(data: Data) -> str:
    """The exact total of the only product, not rounded."""
    (footprint,) = run(data).works.footprints.values()
    point = footprint.total.point
    assert point is not None
    return point.text()


def row(data: Data, name: str) -> Data:
    found: Data = next(item for item in data["rows"] if item.get("id") == name)
    return found


def test_the_quarter_by_hand() -> None:
    assert total(quarter()) == QUARTER_TOTAL


def test_all_faults_of_one_file_at_once() -> None:
    data = quarter(
        clinker={"months": ["100", "", "600"]},
        cao={"months": ["66", "65"]},
        mgo={"amount": "12"},
        meal={"unit": "tonnage"},
        limestone={"material": "limstone"},
        coal={"amount": "-120"},
        gypsum={"months": ["10", "20", "30"]},
        kiln_power={"inputs": "kiln_electricity"},
        mill_power={"input": "mill_electrcity"},
        diesel={"amount": "1E+999999"},
        ground=None,
    )
    water = {"input": "water", "material": "tap_water", "amount": "1"}
    data["rows"] += [{"id": "wet", **water, "unit": "kWh"}, {"id": "cement", **water, "unit": "t"}]
    data |= {"perod": {}, "period": {"start": "2024-01-01", "end": "2024-03-30"}, "about": {"carbon_offset": "10 t"}}
    found = faults(lambda: run(data))
    by_place = {(fault.code, fault.where): fault for fault in found}
    assert set(by_place) == {
        ("unknown_key", "/perod"),
        ("offset_in_input", "/about/carbon_offset"),
        ("period_not_months", "/period"),
        ("month_missing", "/rows/0/months/1"),
        ("month_missing", "/rows/1/months"),
        ("above_most", "/rows/2"),
        ("unknown_unit", "/rows/5/unit"),
        ("unknown_material", "/rows/8/material"),
        ("number_too_large", "/rows/9/amount"),
        ("negative_amount", "/rows/10"),
        ("unknown_key", "/rows/11/inputs"),
        ("unknown_input", "/rows/12/input"),
        ("sum_of_months", "/rows/13"),
        ("unit_mismatch", "/rows/15/unit"),
        ("id_twice", "/rows (cement)"),
        ("missing_input", "/rows (mill_electricity)"),
        ("missing_input", "/rows (clinker_to_mill, P)"),
    }
    assert "period" in by_place["unknown_key", "/perod"].expected
    assert "input" in by_place["unknown_key", "/rows/11/inputs"].expected
    assert "mill_electricity" in by_place["unknown_input", "/rows/12/input"].expected
    assert by_place["unknown_material", "/rows/8/material"].expected.startswith("limestone")
    assert all(fault.found and fault.expected for fault in found)
    for fault in found:
        for language in LANGUAGES:
            said = lines(fault, language)
            assert len(said) <= 5
            assert fault.code not in said[0].removeprefix(f"[{fault.code}] "), "a sentence, not the bare code"


def test_an_input_that_was_typed_wrongly_is_not_also_missing() -> None:
    """One mistake, one fault: a row whose amount cannot be read is there."""
    data = quarter(meal={"unit": "tonnage"}, coal={"amount": "1E+999999"})
    assert codes(faults(lambda: run(data))) == {"unknown_unit", "number_too_large"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.update(perod=1), "unknown_key"),
        (lambda d: d.update(format="pcf-activity/2"), "format_unknown"),
        (lambda d: d.pop("rows"), "shape"),
        (lambda d: d.pop("works"), "shape"),
        (lambda d: d["works"].pop("name"), "missing_key"),
        (lambda d: d["works"].update(country="China"), "country_unreadable"),
        (lambda d: d.update(products=[]), "missing_key"),
        (lambda d: d["products"].append({"id": "P", "name": "again"}), "id_twice"),
        (lambda d: d["period"].update(end="2024-03-30"), "period_not_months"),
        (lambda d: d["period"].update(start="2024-01-02"), "period_not_months"),
        (lambda d: d["period"].update(start="2024-04-01"), "period_not_months"),
        (lambda d: d["period"].update(start="01.01.2024"), "date_unreadable"),
        (lambda d: row(d, "coal").update(amount="120 t"), "number_unreadable"),
        (lambda d: row(d, "coal").update(amount="1,200"), "number_unreadable"),
        (lambda d: row(d, "coal").update(amount="1E+999999"), "number_too_large"),
        (lambda d: row(d, "coal").update(amount="9" * 41), "number_too_large"),
        (lambda d: row(d, "coal").update(amount=120), "number_unreadable"),
        (lambda d: row(d, "coal").update(amount="-0.1"), "negative_amount"),
        (lambda d: row(d, "coal").update(unit="m2"), "unit_mismatch"),
        (lambda d: row(d, "coal").update(unit="tonn"), "unknown_unit"),
        (lambda d: row(d, "coal").pop("unit"), "missing_key"),
        (lambda d: row(d, "coal").pop("amount"), "missing_key"),
        (lambda d: row(d, "coal").update(material="bitumious"), "unknown_material"),
        (lambda d: row(d, "coal").update(input="kiln_feul"), "unknown_input"),
        (lambda d: row(d, "coal")["properties"].update(ncv="-1"), "above_most"),
        (lambda d: row(d, "coal")["properties"].update(biogenic_share="1.01"), "above_most"),
        (lambda d: row(d, "coal")["properties"].update(ncvv="1"), "unknown_key"),
        (lambda d: row(d, "coal")["properties"].pop("ncv"), "missing_key"),
        (lambda d: row(d, "coal").update(product="Q"), "unknown_product"),
        (lambda d: row(d, "cao").update(months=["66", "65", "76"]), "above_most"),
        (lambda d: row(d, "cao").update(months=["66", "65"]), "month_missing"),
        (lambda d: row(d, "cao").update(months=["66", "65", "64", "63"]), "month_missing"),
        (lambda d: row(d, "clinker").update(months=["100", "", "600"]), "month_missing"),
        (lambda d: row(d, "clinker").update(amount="1001"), "sum_of_months"),
        (lambda d: row(d, "cao").update(amount="64.5"), "sum_of_months"),
        (lambda d: row(d, "clinker").update(months=["100", "-300", "1200"]), "negative_amount"),
        (lambda d: row(d, "cement").update(amount="0"), "zero_output"),
        (lambda d: row(d, "meal").update(id="coal"), "id_twice"),
        (lambda d: d["rows"].remove(row(d, "coal")), "missing_input"),
        (lambda d: d["rows"].append(dict(row(d, "cao"), id="cao2")), "share_twice"),
        (lambda d: d.update(settings={"kiln_oxydation": "1"}), "unknown_key"),
        (lambda d: d.update(settings={"kiln_oxidation": "high"}), "number_unreadable"),
        (lambda d: d.update(settings={"kiln_oxidation": "1.5"}), None),
        (lambda d: d["about"].update(CCER="10"), "offset_in_input"),
        (lambda d: row(d, "coal").update({"碳抵消": "10"}), "offset_in_input"),
        (lambda d: row(d, "coal").update(evidence={"basis": "guessed"}), "choice_unknown"),
        (lambda d: row(d, "coal").update(evidence={"meter_no": "1"}), "unknown_key"),
        (lambda d: row(d, "kiln_power").update(supply={"type": "gird"}), "choice_unknown"),
        (lambda d: row(d, "kiln_power").update(supply={"type": "grid", "instruments": [{"id": "x"}]}), "missing_key"),
        (lambda d: d.update(meters=[{"id": "m", "input": "kiln", "amount": "1", "unit": "kWh"}]), "unknown_input"),
    ],
)  # fmt: skip
def test_one_fault(change: Callable[[Data], object], code: str | None) -> None:
    data = quarter() | {"about": {}}
    change(data)
    found = faults(lambda: run(data))
    assert found and (code is None or code in codes(found))


@pytest.mark.parametrize("data", [None, "cement", [], {}, {"rule": ["cement"]}, {"rule": "cement", "rows": "all"}])
def test_what_is_no_file_is_refused(data: Any) -> None:
    assert faults(lambda: run(data))


def test_nothing_is_dropped_where_one_product_needs_no_name() -> None:
    """With one product a row may leave the product out; its burden must not vanish."""
    with_name, without = quarter(), quarter(gypsum={"product": None})
    assert "product" not in row(without, "gypsum")
    assert total(without) == total(with_name)


def battery(case: str = "lfp_by_capacity") -> Data:
    """The data of a worked case of the battery rule."""
    found: Data = dict(cases(find_rule("li_ion_battery")))[f"{case}.yaml"]["data"]
    return copy.deepcopy(found) | {"rule": "li_ion_battery", "regime": EU}


def test_rows_of_a_battery_need_no_product_where_there_is_one() -> None:
    named = battery("mass_topped_up")
    bare = copy.deepcopy(named)
    for item in bare["rows"]:
        item.pop("product", None)
    assert total(bare) == total(named)


def test_full_width_digits_are_read() -> None:
    assert total(quarter(coal={"amount": "１２０"})) == QUARTER_TOTAL


@pytest.mark.parametrize(
    "name", ["usable_capacity", "pack_capacity", "pack_mass", "warranty_years", "warranty_distance"]
)
def test_a_zero_parameter_is_refused_and_no_crash(name: str) -> None:
    data = battery()
    next(item for item in data["rows"] if item["input"] == name)["amount"] = "0"
    assert faults(lambda: run(data))


def test_an_exclusion_where_the_rule_has_no_cut_off_is_refused() -> None:
    """The battery rule states no cut-off: nothing may be left out by a word in a row."""
    data = battery()
    next(item for item in data["rows"] if item["input"] == "part")["exclude"] = "small"
    assert faults(lambda: run(data))


def test_an_exclusion_above_the_cut_off_is_refused() -> None:
    assert codes(faults(lambda: run(quarter(gypsum={"amount": "5000", "exclude": "small"})))) == {"cut_off_exceeded"}


def test_a_small_exclusion_is_listed_and_left_out() -> None:
    result = shown(run(quarter(gypsum={"exclude": "below 1 %"})))
    (item,) = result["cut_off"]
    assert item["reason"] == "below 1 %"
    left = Exact.from_record(QUARTER_TOTAL) - Exact("32.8") * 50 / 1050
    assert result["total"] == left.significant(30)


def test_an_excluded_fuel_is_left_out_with_its_carbon() -> None:
    """Whether its carbon was measured or not: both ways the fuel is one line of the cut-off ledger or none."""
    own = {"properties": {"ncv": "43", "carbon_content": "0.0202"}, "exclude": "small"}
    assert total(quarter(diesel=own)) == total(quarter(diesel={"exclude": "small"}))


def test_the_most_intensive_part_is_found_whatever_unit_its_factor_has() -> None:
    """HDPE is printed as 1920 per t; a factor of more than 3 per kg is more intensive though its figure is smaller."""
    factors = release("cn-2026.1").factors.values()
    per_kg = next(
        item
        for item in factors
        if (item.kind, item.denominator) == ("cradle_to_gate", "kg") and item.value and Exact.parse(item.value) > 3
    )
    rows = [
        {"input": "packs_produced", "amount": "1", "unit": "piece", "product": "P"},
        {"input": "pack_capacity", "amount": "2", "unit": "kWh capacity", "product": "P"},
        {"input": "usable_capacity", "amount": "2", "unit": "kWh capacity", "product": "P"},
        {"input": "pack_mass", "amount": "1000", "unit": "kg", "product": "P"},
        {"input": "warranty_years", "amount": "8", "unit": "a", "product": "P"},
        {"id": "a", "input": "part", "material": "hdpe", "amount": "500", "unit": "kg", "product": "P"},
        {"id": "b", "input": "part", "factor": per_kg.id, "amount": "495", "unit": "kg", "product": "P"},
        {"input": "assembly_electricity", "amount": "0", "unit": "kWh"},
        {"input": "distribution_leg", "material": "truck_18t", "amount": "0", "unit": "t*km", "product": "P"},
    ]
    result = shown(run(activity("li_ion_battery", rows, regime=EU)))
    (notice,) = [item for item in result["notices"] if item["code"] == "mass_topped_up"]
    assert notice["values"]["input"].endswith("/b")


# Digits ---------------------------------------------------------------------------------------------------------------

QUIET = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(st.permutations(range(len(quarter()["rows"]))), st.booleans())
def test_the_order_of_rows_moves_no_digit(order: list[int], named: bool) -> None:
    data = quarter()
    data["rows"] = [data["rows"][place] for place in order]
    plain = quarter()
    if not named:
        for item in (*data["rows"], *plain["rows"]):
            item.pop("id")
    assert shown(run(data), digits=6) == shown(run(plain), digits=6)


@QUIET
@given(st.sampled_from(["limestone", "coal", "gypsum", "meal", "cement", "ground"]))
def test_kilograms_and_tonnes_are_one(name: str) -> None:
    data = quarter()
    item = row(data, name)
    item["amount"], item["unit"] = (Exact.parse(item["amount"]) * 1000).text(), "kg"
    assert shown(run(data), digits=30) == shown(run(quarter()), digits=30)
    assert run(data).data.given == run(quarter()).data.given


@QUIET
@given(st.sampled_from(["limestone", "coal", "gypsum", "kiln_power", "cement"]), st.data())
def test_a_row_split_into_months_gives_the_same(name: str, draw: st.DataObject) -> None:
    """However uneven: a month ten times its neighbours stands once a note says why (`month_jump`, test_contract)."""
    data = quarter()
    item = row(data, name)
    whole = Exact.parse(item.pop("amount"))
    first = Exact(draw.draw(st.integers(0, 100)), 100) * whole
    second = (whole - first) / 8
    item["months"] = [first.text(), second.text(), (whole - first - second).text()]
    item["evidence"] = {"note": "as delivered"}
    assert shown(run(data), digits=30) == shown(run(quarter()), digits=30)


@QUIET
@given(st.sampled_from(["limestone", "coal", "gypsum", "kiln_power", "mill_power"]), st.data())
def test_rows_in_parts_give_the_same_total(name: str, draw: st.DataObject) -> None:
    """One delivery note or three: the digits of the total, stages and gases are those of the merged row."""
    data = quarter()
    item = row(data, name)
    data["rows"].remove(item)
    whole = Exact.parse(item["amount"])
    first = Exact(draw.draw(st.integers(0, 100)), 100) * whole
    second = (whole - first) / 4
    parts = [first, second, whole - first - second]
    data["rows"] += [item | {"id": f"{name}-{k}", "amount": part.text()} for k, part in enumerate(parts)]
    split, merged = shown(run(data), digits=6), shown(run(quarter()), digits=6)
    for key in ("total", "stages", "gases", "lines", "classes", "inputs", "works", "indicators"):
        assert split[key] == merged[key]
    assert total(data) == QUARTER_TOTAL


SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    ["", "0", "-1", "1E+40", "1E+999999", "NaN", "x", "2024-02-30", None, True, 3, [], {}, ["a"], "t"]
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_typed_is_read_or_refused(draw: st.DataObject) -> None:
    """No input leaves the reader by another way than an answer or a list of faults."""
    data: Any = quarter()
    data["settings"] = {"kiln_oxidation": "0.99"}
    data["meters"] = [{"id": "m", "input": "kiln_electricity", "amount": "60000", "unit": "kWh"}]
    row(data, "kiln_power")["supply"] = {
        "type": "grid", "claim": "ppa", "instruments": [{"id": "i", "mwh": "1", "criteria": {"unique": "x"}}],
    }  # fmt: skip
    for _ in range(draw.draw(st.integers(1, 3))):
        node = data
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw.draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and node[key] and draw.draw(st.booleans()):
                node = node[key]
                continue
            node[key] = copy.deepcopy(draw.draw(SCALARS))
            break
    try:
        read_activity(data, CEMENT, REGIME)
    except Refused as found:
        assert found.faults


def test_a_property_where_the_input_has_none_is_a_fault() -> None:
    found = faults(lambda: run(quarter(clinker={"properties": {"ncv": "1"}})))
    assert [fault.code for fault in found] == ["unknown_key"]
    assert found[0].where.endswith("/properties/ncv")
