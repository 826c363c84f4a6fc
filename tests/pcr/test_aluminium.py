"""Primary aluminium: equations, mandatory inputs under mutation, PFC, captive power once, two products, the example."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from fractions import Fraction as F
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Refused
from lca.messages import sentence
from pcr.equations import run as run_equation
from pcr.intake import read_activity
from pcr.methods.pfc.v1 import coefficient, minutes
from pcr.regime import load_regime
from pcr.registry import find_rule
from service.intake import composed, read_file
from service.series import in_folder, with_series
from tests.pcr._help import GB, Data, changed, codes, faults, run, shown

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "pcr" / "classes" / "aluminium" / "v1_0_0" / "cases"
EXAMPLE = ROOT / "examples" / "aluminium_works_2024.yaml"
import_module("pcr.classes.aluminium.v1_0_0.rule")  # registers the equations of the class

CE = "docs/worked/aluminium.md, section 1"
BY_HAND: list[tuple[str, Mapping[str, Any], Mapping[str, F], str]] = [
    (
        "aluminium.anode_co2",
        {"net_anode": "400", "metal": "1000", "sulphur": "0.02", "ash": "0.004"},
        {"co2": F("390.4") * F(11, 3)},
        CE,
    ),
    (
        "aluminium.pitch_co2",
        {"green": "520", "hydrogen": "2.6", "baked": "500", "tar": "2.6"},
        {"co2": F("14.8") * F(11, 3)},
        "docs/worked/aluminium.md, section 2",
    ),
    (
        "aluminium.packing_co2",
        {"coke_per_anode": "0.015", "baked": "500", "sulphur": "0.02", "ash": "0.025"},
        {"co2": F("7.5") * F("0.955") * F(11, 3)},
        "IPCC 2006 default 0.015 t of packing coke per t of baked anodes",
    ),
    (
        "pfc.slope",
        {"slope": "0.143", "minutes": "0.2", "metal": "1000", "c2f6_ratio": "0.121"},
        {"cf4": F("28.6"), "c2f6": F("3.4606")},
        "docs/worked/aluminium.md, section 2",
    ),
    (
        "pfc.overvoltage",
        {
            "coefficient": "1.16",
            "overvoltage": "6",
            "current_efficiency": {"amount": "0.94", "unit": "1"},
            "metal": "1000",
            "c2f6_ratio": "0.121",
        },
        {"cf4": F(6960, 94), "c2f6": F(6960, 94) * F("0.121")},
        CE,
    ),
]
"""In the form of the list in test_equations.py, which is to take these in."""


def case(name: str) -> Data:
    """A case as the rules check reads it; the wind's series stands beside it."""
    data = composed({"rule": "aluminium", **read_yaml((CASES / f"{name}.yaml").read_text("utf-8"))["data"]})
    made, _, faults = with_series(data, in_folder(CASES))
    assert faults == []
    return dict(made)


def refusal(data: Data, *, draft: bool = True) -> set[str]:
    return codes(faults(lambda: run(data, regime=GB, draft=draft)))


def notices(data: Data, product: str = "L") -> set[tuple[str, str]]:
    """Code and place."""
    return {(item["code"], item["where"]) for item in shown(run(data, regime=GB, draft=True), product)["notices"]}


def noticed(data: Data, product: str = "L") -> set[str]:
    return {code for code, _ in notices(data, product)}


@pytest.mark.parametrize(("name", "given", "expected", "source"), BY_HAND, ids=[item[0] for item in BY_HAND])
def test_equations_by_hand(name: str, given: Mapping[str, Any], expected: Mapping[str, F], source: str) -> None:
    results = run_equation(name, given)["results"]
    assert {key: F(item["exact"]) for key, item in results.items()} == expected, source


MANDATORY = (
    "metal_delivered", "liquid_metal_produced", "casting_electricity", "potline_electricity", "alumina_used",
    "potroom_material", "net_anode_consumption", "anodes_used", "anode_butts", "anode_sulphur", "anode_ash",
)  # fmt: skip
PARTLY = {
    "power_by_source": ("liquid_metal_to_casting", "captive_fuel", "captive_generation", "captive_exported",
                        "anode_effect_overvoltage", "current_efficiency", "alumina_bought", "anodes_bought"),
    "integrated": ("bauxite_to_refinery", "mining_fuel", "mining_electricity", "alumina_produced", "refinery_material",
                   "refinery_fuel", "refinery_electricity", "green_anodes", "baked_anodes_produced",
                   "anode_raw_material", "packing_coke", "anode_fuel", "anode_electricity", "anode_effect_frequency",
                   "anode_effect_duration"),
    "gaps_draft": ("cf4_measured", "c2f6_measured"),
}  # fmt: skip
EVERY = [("power_by_source", name) for name in MANDATORY]
EVERY += [(name, item) for name, items in PARTLY.items() for item in items]


def test_the_mutations_cover_every_mandatory_input() -> None:
    rule = find_rule("aluminium").rule
    assert {name for name, item in rule.inputs.items() if item.required} == set(MANDATORY)


@pytest.mark.parametrize(("name", "item"), EVERY)
def test_missing(name: str, item: str) -> None:
    found = refusal(changed(case(name), {"input": item}, gone=True))
    wanted = {"missing_input", "pfc_data_missing", "captive_fuel_missing", "source_missing", "input_unread"}
    assert found & wanted, found


@pytest.mark.parametrize(("name", "item"), EVERY)
def test_negative_and_unit(name: str, item: str) -> None:
    assert "negative_amount" in refusal(changed(case(name), {"input": item}, amount="-1", months=None))
    unit = "kg/t" if item in ("anode_sulphur", "anode_ash", "current_efficiency") else "m3"
    assert refusal(changed(case(name), {"input": item}, unit=unit)) & {"unit_mismatch", "no_density"}


@pytest.mark.parametrize(("name", "item"), EVERY)
def test_a_month_is_missing(name: str, item: str) -> None:
    for months in (["1"] * 11, ["1"] * 11 + [""]):
        assert "month_missing" in refusal(changed(case(name), {"input": item}, months=months, amount=None))


ZERO_IS_WRITTEN = {
    "anode_butts", "anode_sulphur", "anode_ash", "potroom_material", "cf4_measured", "c2f6_measured", "mining_fuel",
    "mining_electricity", "refinery_material", "refinery_fuel", "refinery_electricity", "anode_raw_material",
    "packing_coke", "anode_fuel", "anode_electricity", "captive_exported", "casting_electricity",
}  # fmt: skip
ZERO_IS_REFUSED = {
    "zero_output", "casting_gain", "captive_unbalanced", "pfc_above_most", "source_missing", "pool_short",
    "anode_mass_negative",
}  # fmt: skip


@pytest.mark.parametrize(("name", "item"), EVERY)
def test_zero_is_refused_or_flagged(name: str, item: str) -> None:
    data = changed(case(name), {"input": item}, amount="0", months=None)
    data.pop("meters", None)
    if item == "captive_exported":  # what was generated is then used: else it would be out of balance, and refused
        data = changed(data, {"input": "captive_generation"}, amount="6030000")
    if item in ZERO_IS_WRITTEN:
        assert ("zero_written", item) in notices(data, data["products"][0]["id"])
    elif item == "bauxite_to_refinery":
        assert ("pool_left", "bauxite") in notices(data, "I")
        left = [n for n in run(data, regime=GB).works.footprints["I"].notices if n.code == "pool_left"]
        assert "5000.00 t of bauxite" in sentence(left[0], "en") and "5000.00 吨铝土矿" in sentence(left[0], "zh")
    else:
        assert refusal(data) & ZERO_IS_REFUSED, "slices of captive power that vanish leave its kWh without a user"


def test_zero_power_on_the_grid_is_flagged() -> None:
    data = changed(case("gaps_draft"), {"input": "potline_electricity"}, amount="0")
    assert {("ac_unusual", "potline_electricity"), ("zero_written", "potline_electricity")} <= notices(data)


@pytest.mark.parametrize(("name", "item"), EVERY)
def test_a_thousand_times_is_refused_or_flagged(name: str, item: str) -> None:
    data = case(name)
    before = noticed(data, data["products"][0]["id"])
    for row in data["rows"]:
        if row["input"] == item and "amount" in row:
            row["amount"] = f"{row['amount']}e3"
    data.pop("meters", None)
    try:
        after = noticed(data, data["products"][0]["id"])
    except Refused:
        return
    assert after - before


def test_a_draft_has_a_band_and_says_why() -> None:
    result = shown(run(case("gaps_draft"), regime=GB, draft=True), "L")
    assert result["status"] == "draft"
    assert {gap["input"] for gap in result["gaps"]} == {"alumina_bought", "anodes_bought"}
    assert all(gap["range"]["source"].startswith("IAI") for gap in result["gaps"])
    low, high = (F(result["total"][end]) for end in ("low", "high"))
    assert high - low == 4837


def test_fluoride_without_a_factor_leaves_the_band_open() -> None:
    where = {"material": "aluminium_fluoride"}
    data = changed(case("gaps_draft"), where, factor=None, proxy_for=None)
    assert shown(run(data, regime=GB, draft=True), "L")["total"]["high"] is None


def test_two_products_and_the_export_are_the_works() -> None:
    derived = run(case("power_by_source"), regime=GB)
    prints = derived.works.footprints
    parts = prints["L"].total.low * 400 + prints["I"].total.low * 597
    assert derived.works.products_total.low == parts
    plant = sum((line.co2e.low for line in prints["L"].contributions if line.process == "captive_plant"), Exact(0))
    assert derived.works.total.low - parts == plant / 6000 * 1000 * 970


def test_both_products_draw_the_same_mix() -> None:
    derived = run(case("power_by_source"), regime=GB)
    mixes = []
    for product in ("L", "I"):
        slices = {s["row"]: F(s["kwh"]) for s in shown(derived, product)["electricity"] if s["process"] == "potroom"}
        whole = sum(slices.values())
        mixes.append({row: round(kwh / whole, 12) for row, kwh in slices.items()})
    assert mixes[0] == mixes[1]


def test_captive_fuel_is_counted_once() -> None:
    result = shown(run(case("power_by_source"), regime=GB), "L")
    captive = next(item for item in result["electricity"] if item["row"] == "captive-potline")
    assert (captive["factor"], captive["codes"]) == ("", ["ELEC_CAPTIVE_ONCE"])
    assert not any("gen.coal" in item["factor"] for item in result["electricity"])
    doubled = changed(case("power_by_source"), {"input": "captive_fuel"}, amount="6000")
    after = shown(run(doubled, regime=GB), "L")
    more = F(after["total"]) - F(result["total"])
    assert abs(more / F(result["stages"]["captive_power"]) - 1) < F(1, 10**20), "coal of the works, and nothing else"


def test_captive_power_needs_its_evidence() -> None:
    data = case("power_by_source")
    for row in data["rows"]:
        if row.get("id") == "captive-potline":
            del row["supply"]["export"]
    assert "ELEC_TEMPORAL_EVIDENCE" in refusal(data)


def test_captive_power_by_a_named_factor_needs_no_fuel() -> None:
    data = case("power_by_source")
    data["rows"] = [row for row in data["rows"] if not row["input"].startswith("captive_")]
    for row in data["rows"]:
        if str(row.get("id", "")).startswith("captive-"):
            row["factor"] = "cn.cfp.gen.coal.2024"
    result = shown(run(data, regime=GB), "L")
    assert F(result["stages"]["captive_power"]) == 0
    assert any(item["factor"].startswith("cn.cfp.gen.coal") for item in result["electricity"])


def test_one_generator_is_not_drawn_twice() -> None:
    data = case("power_by_source")
    wind = copy.deepcopy(next(row for row in data["rows"] if row.get("id") == "wind"))
    data["rows"].append(wind | {"id": "wind-casting", "input": "casting_electricity"})
    assert refusal(data) == {"ELEC_SURPLUS_CLAIMED"}


def test_slices_must_meet_the_meter() -> None:
    assert "ELEC_BALANCE" in refusal(changed(case("power_by_source"), {"id": "grid"}, amount="5000000"))


def test_rectifier_gives_no_more_than_it_takes() -> None:
    assert "rectifier_above_one" in refusal(changed(case("power_by_source"), {"input": "dc_energy"}, amount="13601"))


@pytest.mark.parametrize(("minutes_each", "refused"), [("69.9", False), ("70", True)])
def test_pfc_above_two_kilograms_is_a_fault(minutes_each: str, refused: bool) -> None:
    """0.143 x 0.2 x 69.9 = 1.99914; x 70 = 2.002 kg/t."""
    data = changed(case("integrated"), {"input": "anode_effect_duration"}, amount=minutes_each)
    data = changed(data, {"input": "anode_effect_frequency"}, amount="0.2")
    if refused:
        assert refusal(data) == {"pfc_above_most"}
    else:
        assert F(shown(run(data, regime=GB), "I")["indicators"]["cf4_per_t"]["value"]) == F("1.99914")


def test_two_methods_of_pfc_are_refused() -> None:
    data = case("gaps_draft")
    data["rows"].append({"input": "anode_effect_frequency", "material": "CWPB", "amount": "0.1", "unit": "1"})
    assert refusal(data) == {"missing_input"}, "half a method is a method begun"
    data["rows"].append({"input": "anode_effect_duration", "amount": "2", "unit": "min"})
    assert refusal(data) == {"pfc_two_methods"}


def test_a_technology_without_a_coefficient_is_refused() -> None:
    for material in ("PFPB_M", None):
        data = changed(case("integrated"), {"input": "anode_effect_frequency"}, material=material)
        assert refusal(data) == {"pfc_coefficient_missing"}


def test_the_regime_has_the_first_word_on_coefficients() -> None:
    rule, regime = find_rule("aluminium").rule, load_regime(GB)
    bare = read_activity(case("integrated"), rule, regime.model_copy(update={"parameters": {}}))
    found = coefficient(bare, "slope_cf4", "SWPB")
    assert (found.value.text(), found.origin) == ("0.272", "settings")
    own = regime.model_copy(update={"parameters": {"pfc.slope_cf4.SWPB": "0.233"}})
    found = coefficient(read_activity(case("integrated"), rule, own), "slope_cf4", "SWPB")
    assert (found.value.text(), found.origin) == ("0.233", "regime")


def test_minutes_are_multiplied_month_by_month() -> None:
    """The mean of a product is not the product of means: 0.2 x 3 in half the months and 0 in the other is 0.3."""
    rule, regime = find_rule("aluminium").rule, load_regime(GB)
    data = case("integrated")
    half = {"amount": None}
    data = changed(data, {"input": "anode_effect_frequency"}, months=["0.2", "0"] * 6, **half)
    data = changed(data, {"input": "anode_effect_duration"}, months=["3", "0"] * 6, **half)
    data = changed(data, {"input": "liquid_metal_produced"}, months=["100", "100"] * 6, **half)
    given = read_activity(data, rule, regime)
    asked = ("anode_effect_frequency", "anode_effect_duration", "liquid_metal_produced")
    assert minutes(given, *asked) == Exact.parse("0.3")


def test_gases_are_in_kilograms() -> None:
    gases = shown(run(case("integrated"), regime=GB), "I")["gases"]
    assert F(gases["CF4|fossil"]["co2e"]) / F(gases["CF4|fossil"]["kg"]) == pytest.approx(7380)
    assert F(gases["C2F6|fossil"]["co2e"]) / F(gases["C2F6|fossil"]["kg"]) == pytest.approx(12400)


@pytest.mark.parametrize(
    ("where", "new", "code"),
    [
        ({"input": "alumina_used"}, {"amount": "2020"}, "pool_short"),
        ({"input": "net_anode_consumption"}, {"amount": "403"}, "anode_carbon_short"),
        ({"input": "green_anodes"}, {"amount": "501"}, "anode_mass_negative"),
        ({"input": "metal_delivered"}, {"amount": "1001"}, "casting_gain"),
        ({"input": "metal_delivered"}, {"material": None}, "metal_form_missing"),
    ],
)
def test_what_cannot_be_is_refused(where: Data, new: Data, code: str) -> None:
    assert code in refusal(changed(case("integrated"), where, **new))


def test_anodes_that_went_nowhere_are_named() -> None:
    assert "anode_carbon_left" in noticed(changed(case("gaps_draft"), {"input": "anode_butts"}, amount="40"))


def test_the_example_is_a_draft_inside_the_sourced_range() -> None:
    derived = run(dict(read_file(EXAMPLE).data), draft=True)
    for product in ("liquid", "ingot"):
        result = shown(derived, product)
        low, high = (F(result["total"][end]) for end in ("low", "high"))
        assert result["status"] == "draft" and 4500 < low < high < 22000
        assert "implausible" not in {item["code"] for item in result["notices"]}
        assert {gap["input"] for gap in result["gaps"]} == {"alumina_bought", "anodes_bought"}
    cells = F(shown(derived, "liquid")["stages"]["electrolysis"]) + F(
        shown(derived, "liquid")["stages"]["captive_power"]
    )
    assert 1900 < cells < 23600
    assert 30 < F(shown(derived, "ingot")["stages"]["casting"]) < 700


def test_every_figure_of_the_example_has_a_source() -> None:
    data = dict(read_file(EXAMPLE).data)
    assert all(row["evidence"]["source"] and row["evidence"]["basis"] == "estimated" for row in data["rows"])
    assert "factor_gap" in codes(faults(lambda: run(data)))


def test_all_faults_come_at_once() -> None:
    """A balance, the anode effects and an invalid slice of power, each of another part of the rule."""
    data = changed(case("power_by_source"), {"input": "alumina_used"}, amount="2020")
    data = changed(data, {"input": "current_efficiency"}, amount="0.94")
    data = changed(data, {"id": "grid"}, amount="5000000")
    assert refusal(data) == {"pool_short", "pfc_above_most", "ELEC_BALANCE"}


def test_wind_of_the_hour_not_of_the_month() -> None:
    """docs/worked/aluminium.md, section 5: 348,000 of 432,000 kWh blew while the potline could use them."""
    good = case("wind_by_the_hour")
    assert F(next(row for row in good["rows"] if row.get("id") == "wind")["supply"]["series"]["matched"]) == 348000
    one_more = changed(changed(good, {"id": "wind"}, amount="348001"), {"id": "grid"}, amount="419999")
    assert refusal(one_more) == {"ELEC_SURPLUS_CLAIMED"}
    assert refusal(case("wind_netted_by_month")) == {"ELEC_SURPLUS_CLAIMED"}


def test_heat_takes_its_share_of_the_captive_fuel() -> None:
    """docs/worked/aluminium.md, section 6; by energy it is a case, by efficiency here."""
    data = case("heat_and_power") | {"settings": {"chp_share": "efficiency"}}
    result = shown(run(data, regime=GB), "I")
    page = (ROOT / "docs" / "worked" / "aluminium.md").read_text("utf-8")
    for name, value in (("total", result["total"]), ("captive_power", result["stages"]["captive_power"])):
        line = next(line for line in page.splitlines() if line.startswith(f"efficiency, {name} = "))
        assert Exact.from_record(line.split(" = ")[1]).significant(30) == value


def test_heat_needs_a_plant_and_no_more_than_its_fuel() -> None:
    data = case("heat_and_power")
    assert "rule_refused" in refusal(changed(data, {"input": "captive_heat_exported"}, amount="6401")), (
        "12,001 of 12,000"
    )
    bare = {**data, "rows": [row for row in data["rows"] if row["input"] not in ("captive_fuel",)]}
    assert "input_unread" in refusal(bare) and "missing_input" in refusal(bare)
