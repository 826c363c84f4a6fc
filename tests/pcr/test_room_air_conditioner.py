"""Room air conditioners: every mandatory input mutated, refrigerant balanced, gas by gas, unit by unit.

Long because every mandatory input of one example is mutated here, gas by gas.
"""

from __future__ import annotations

import contextlib
import copy
import io
import re
from fractions import Fraction as F
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from lca import gases
from lca.doors import read_yaml
from lca.exact import ONE, Exact
from lca.faults import Refused
from pcr.equations import run as equation_run
from pcr.methods.refrigerants.v1 import COMPONENTS, Circuit
from pcr.regime import load_regime
from pcr.registry import find_rule
from service.calculate import Asked, derive
from service.intake import Sent
from tests.pcr._help import GB, Data, codes, faults, release, run, shown

ROOT = Path(__file__).resolve().parents[2]
FOLDER = files("pcr.classes.room_air_conditioner.v1_0_0")
RULE = find_rule("room_air_conditioner").rule
MUST = sorted(name for name, item in RULE.inputs.items() if item.required)
PLAIN = {
    "use_fixed_year", "draft_rules", "unconfirmed", "factor_without_year", "factor_conflict", "ELEC_TD_INSIDE",
}  # fmt: skip
"""Notices of a unit with nothing wrong."""


def case(name: str) -> Data:
    text = FOLDER.joinpath("cases", f"{name}.yaml").read_text("utf-8")
    return copy.deepcopy(read_yaml(text)["data"]) | {"rule": RULE.id}


def one(**change: Data | None) -> Data:
    """The unit of docs/worked/room_air_conditioner.md, section 4; ``change``: row id to new keys, None: left out."""
    data = case("cut_off")
    rows = {row["id"]: row for row in data["rows"]}
    for name, new in change.items():
        if new is None:
            del rows[name]
        else:
            rows[name] = {"id": name} | rows.get(name, {}) | new
    return data | {"rows": list(rows.values())}


def rows_of(name: str) -> list[str]:
    return [row["id"] for row in one()["rows"] if row["input"] == name]


def outcome(data: Data) -> set[str]:
    """Codes it is refused with, or its notices beyond the plain ones."""
    try:
        result = shown(run(data))
    except Refused as refused:
        return codes(refused.faults)
    return {item["code"] for item in result["notices"]} - PLAIN


def total(data: Data, **more: Any) -> Exact:
    return Exact.from_published(shown(run(data, **more))["total"])


def test_nothing_is_flagged_in_the_unit_itself() -> None:
    assert outcome(one()) == set()


@pytest.mark.parametrize("name", MUST)
def test_missing_is_refused(name: str) -> None:
    assert "missing_input" in codes(faults(lambda: run(one(**dict.fromkeys(rows_of(name))))))


@pytest.mark.parametrize("name", MUST)
def test_zero_is_refused_or_flagged(name: str) -> None:
    assert outcome(one(**{rows_of(name)[0]: {"amount": "0"}}))


@pytest.mark.parametrize("name", MUST)
def test_negative_is_refused(name: str) -> None:
    assert "negative_amount" in codes(faults(lambda: run(one(**{rows_of(name)[0]: {"amount": "-1"}}))))


@pytest.mark.parametrize("name", MUST)
def test_wrong_unit_is_refused(name: str) -> None:
    assert codes(faults(lambda: run(one(**{rows_of(name)[0]: {"unit": "m2"}}))))


@pytest.mark.parametrize("name", [name for name in MUST if RULE.inputs[name].monthly])
def test_a_missing_month_is_refused(name: str) -> None:
    row = next(row for row in one()["rows"] if row["input"] == name)
    months = [str(Exact(row["amount"]) / 11)] * 11 if row["unit"] != "km" else ["300"] * 11
    new = {key: item for key, item in row.items() if key != "amount"} | {"months": months}
    data = one()
    data["rows"] = [new if item["id"] == row["id"] else item for item in data["rows"]]
    assert "month_missing" in codes(faults(lambda: run(data)))


@pytest.mark.parametrize("name", MUST)
def test_a_thousand_times_is_refused_or_flagged(name: str) -> None:
    row = next(row for row in one()["rows"] if row["input"] == name)
    assert outcome(one(**{row["id"]: {"amount": (Exact(row["amount"]) * 1000).text()}}))


BACK: Data = {
    "input": "take_back_leg", "material": "rail", "amount": "100", "unit": "km", "properties": {"share": "1"},
}  # fmt: skip
WASTE: Data = {"input": "factory_waste", "material": "metal", "amount": "10", "unit": "kg"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rec": {"amount": "120"}}, "above_most"),
        ({"leak": {"amount": "101"}}, "above_most"),
        ({"left": {"amount": "0.2"}}, "refrigerant_balance"),
        ({"charge": {"amount": "31", "unit": "kg"}}, "charge_above_mass"),
        ({"charge": {"material": "R-999"}}, "unknown_material"),
        ({"charge": {"material": "R-999", "factor": "obd2020-d05ec06c"}}, "refrigerant_unknown"),
        ({"charge": {"material": "", "factor": "obd2020-d05ec06c"}}, "refrigerant_unknown"),
        ({"charge": {"material": "R-410A"}}, "factor_conflict_unnamed"),
        ({"again": {"input": "refrigerant_charge", "material": "R-32", "amount": "1", "unit": "kg"}}, "one_row_each"),
        ({"again": {"input": "service_life", "amount": "1", "unit": "a"}}, "one_row_each"),
        ({"cold": {"amount": "14.1"}}, "above_most"),
        ({"cn": {"properties": {"share": "0.99"}}}, "market_shares"),
        ({"cn": {"properties": {}}}, "missing_key"),
        ({"cn": {"material": "China"}}, "market_code"),
        ({"cn": {"material": ""}}, "market_code"),
        ({"cn": {"amount": "22777"}}, "use_above_rated"),
        ({"cn": {"material": "FR"}}, "factor_gap"),
        ({"cn": {"supply": {"type": "onsite", "technology": "pv"}}}, "use_supply"),
        ({"hips": {"amount": "540"}}, "parts_mass"),
        ({"plastic": {"amount": "1000"}}, "end_of_life_mass"),
        ({"metal": {"properties": {"r2": "0.9", "r3": "0.2"}}}, "recycling_shares"),
        ({"plastic": {"properties": {"r2": "0", "r3": "0.5"}}}, "factor_gap"),
        ({"road": {"properties": {}}}, "leg_distance"),
        ({"road": {"amount": "40076"}}, "leg_distance"),
        ({"road": {"amount": None, "months": ["25"] * 12}}, "leg_distance"),
        ({"cold": {"unit": "kWh"}}, "unit_mismatch"),
        ({"card": {"properties": {"trips": "0.5", "r2": "1", "r3": "0"}}}, "packaging_trips"),
        ({"card": {"properties": {"r2": "0.7", "r3": "0.4"}}}, "recycling_shares"),
        ({"card": {"properties": {"trips": "3", "r2": "1", "r3": "0"}}}, "take_back_missing"),
        ({"back": BACK}, "take_back_unused"),
        ({"back": BACK | {"amount": "40076"}}, "leg_distance"),
        ({"card": {"material": "pallet"}}, "factor_gap"),
        ({"bin": WASTE | {"properties": {"landfill": "0.9"}}}, "waste_routes"),
        ({"bin": WASTE | {"properties": {"landfill": "0.9", "recycling": "0.2"}}}, "waste_routes"),
        ({"bin": WASTE | {"factor": "f", "properties": {"landfill": "0.5", "incineration": "0.5"}}}, "waste_routes"),
        ({"bin": WASTE | {"properties": {"landfill": "0.5", "own_furnace": "0.5"}}}, "waste_is_fuel"),
        ({"bin": WASTE | {"properties": {"incineration": "1"}}}, "factor_gap"),
        ({"bin": WASTE | {"properties": {"energy_recovery": "1"}}}, "factor_gap"),
        ({"bin": WASTE | {"amount": "-1"}}, "negative_amount"),
    ],
)
def test_refused(change: dict[str, Data], code: str) -> None:
    data = one(**change)
    for row in data["rows"]:
        if row.get("amount", "") is None:
            del row["amount"]
    assert code in codes(faults(lambda: run(data)))


def test_cff_wants_its_parameters_and_the_loop_closes() -> None:
    data = one() | {"settings": {"recycling": "cff"}}
    assert codes(faults(lambda: run(data))) == {"recycling_missing"}
    full = {"a": "0", "r1": "0", "q_in": "1", "q_out": "1"}
    rows = {
        name: {"properties": {"r2": r2, "r3": "0"} | full}
        for name, r2 in (("metal", "0.9"), ("plastic", "0"), ("rest", "0"), ("card", "1"))
    }
    own = one(**rows) | {"settings": {"recycling": "cff"}}
    loop = one() | {"settings": {"recycling": "closed_loop"}}
    assert total(own) == total(loop) < total(one())


def test_all_faults_of_all_models_at_once() -> None:
    """A doubtful charge of A hides neither A's mass nor B's markets; journeys, recycling and waste are read too."""
    data = case("racks_and_waste")
    rows = {row["id"]: row for row in data["rows"]}
    rows["a-again"] = rows["a-charge"] | {"id": "a-again"}
    rows["a-steel"]["amount"] = "2000"
    rows["a-rack"]["properties"]["trips"] = "0.5"
    rows["a-road"]["amount"] = "50000"
    rows["a-eol-m"]["properties"] = {"r2": "0.9", "r3": "0.2"}
    rows["b-cn"]["properties"] = {"share": "0.5"}
    rows["b-left"]["amount"] = "20"
    rows["scrap"]["properties"] = {"own_furnace": "0.5", "landfill": "0.4"}
    found = faults(lambda: run(data | {"rows": list(rows.values())}))
    assert sorted((fault.code, fault.where) for fault in found) == [
        ("leg_distance", "/rows (a-road)"),
        ("market_shares", "/rows (use_electricity, B)"),
        ("one_row_each", "/rows (refrigerant_charge, A)"),
        ("packaging_trips", "/rows (a-rack)/properties/trips"),
        ("parts_mass", "/rows (part, A)"),
        ("recycling_shares", "/rows (a-eol-m)"),
        ("refrigerant_balance", "/rows (refrigerant_remaining, B)"),
        ("waste_is_fuel", "/rows (scrap)/properties/own_furnace"),
        ("waste_routes", "/rows (scrap)/properties"),
    ]


@pytest.mark.parametrize(
    ("change", "code", "kg"),
    [
        ({"card": {"properties": {}}}, "fate_missing", "300.000"),
        ({"hips": {"amount": "1000", "properties": {"in_product": "0.5"}}}, "waste_unaccounted", "500.000"),
        (
            {
                "hips": {"amount": "1000", "properties": {"in_product": "0.5"}},
                "bin": {
                    "input": "factory_waste", "material": "plastics", "amount": "100", "unit": "kg",
                    "properties": {"landfill": "1"},
                },
            },
            "waste_unaccounted",
            "400.000",
        ),
    ],
)  # fmt: skip
def test_mass_whose_fate_nobody_stated_is_said(change: dict[str, Data], code: str, kg: str) -> None:
    notices = {item["code"]: item["values"] for item in shown(run(one(**change)))["notices"]}
    assert notices[code] == {"kg": kg}


def test_packaging_may_end_among_the_materials_instead() -> None:
    """300 kg of board: 1,164.4894 kg/t at the landfill, whichever row says so."""
    end = {"input": "end_of_life_material", "material": "cardboard", "amount": "300", "unit": "kg"}
    tipped = {"properties": {"r2": "0", "r3": "0"}}
    beside, inside = one(card={"properties": {}}, paper=end | tipped), one(card=tipped)
    assert total(beside) == total(inside) == total(one()) + Exact("3.4934682")
    assert outcome(beside) == outcome(inside) == set()


def test_air_freight_stands_on_the_aircraft_line() -> None:
    """5,000 t*km at 0.556 for 3,000 units: docs/worked/room_air_conditioner.md, section 1."""
    lines = shown(run(case("two_models_two_markets")), "B")["lines"]
    assert lines["aircraft"]["value"] == Exact(5000 * 556, 3000 * 1000).significant(30)


def test_a_material_the_rule_does_not_know_leaves_biogenic_carbon_open() -> None:
    own = {"id": "bamboo", "input": "part", "material": "other", "amount": "5", "unit": "kg", "factor": "ademe-20845"}
    known, open_ = (shown(run(data)) for data in (one(), one(bamboo=own, hips={"amount": "495"})))
    zero = known["indicators"]["biogenic_carbon"]
    assert (zero["value"], zero["unit"]) == ("0", "kgC")
    assert "biogenic_carbon" not in open_["indicators"]
    assert "output_missing" in {item["code"] for item in open_["notices"]}


def test_missing_mass_is_topped_up_at_the_most_intensive_part() -> None:
    """20 kg of plastics less, 20 kg of HIPS (3.3029 kg/kg, above sheet and motor) more: nothing changes."""
    result = shown(run(one(hips={"amount": "480"})))
    assert Exact.from_published(result["total"]) == total(one())
    assert "mass_topped_up" in {item["code"] for item in result["notices"]}


def test_a_change_of_the_gwp_set_changes_only_co2e() -> None:
    """R-410A: kilograms stay, each component takes the value of the set."""
    data = case("two_models_two_markets")
    sent, regime = Sent(data, b"", "application/yaml", "test"), load_regime(GB)
    found = {
        name: shown(derive(sent, Asked(), release, under=regime.model_copy(update={"gwp_set": name})), "A")
        for name in ("AR4", "AR5", "AR6")
    }
    kilograms = {name: {flow: part["kg"] for flow, part in item["gases"].items()} for name, item in found.items()}
    assert kilograms["AR4"] == kilograms["AR5"] == kilograms["AR6"]
    refrigerant = {
        name: sum((Exact.from_published(item["gases"][f"{gas}|fossil"]["co2e"]) for gas in ("HFC-32", "HFC-125")), ONE)
        for name, item in found.items()
    }
    assert {name: (value - 1) / Exact("1.17") for name, value in refrigerant.items()} == {
        "AR4": Exact("2087.5"), "AR5": Exact("1923.5"), "AR6": Exact("2255.5"),
    }  # fmt: skip
    for key in ("indicators", "electricity"):
        assert found["AR4"][key] == found["AR6"][key]


def test_compositions_are_those_of_the_gwp_table() -> None:
    for blend, parts in gases._BLENDS.items():
        if blend in COMPONENTS:
            assert dict(COMPONENTS[blend]) == parts
    for refrigerant, parts in COMPONENTS.items():
        assert sum((Exact(share) for share in parts.values()), Exact(0)) == 1
        assert set(parts) <= set(gases.known_gases()), refrigerant
        whole = sum((Exact(share) * gases.gwp(gas, "AR6") for gas, share in parts.items()), Exact(0))
        assert {"R-410A": Exact("2255.5"), "R-32": Exact(771)}.get(refrigerant, whole) == whole


def test_twice_the_units_are_the_same_unit() -> None:
    """Amounts of the period double with the units; what is of one unit stays."""
    data = one()
    whole = {"units_produced", "part", "compressor", "electronics", "packaging", "factory_electricity"}
    for row in data["rows"]:
        if row["input"] in whole | {"end_of_life_material"}:
            row["amount"] = (Exact(row["amount"]) * 2).text()
    assert total(data) == total(one())


def test_use_and_refrigerant_scale_with_the_years() -> None:
    """12 to 24 years: use power doubles, the end of life stays."""
    twelve, twice = (shown(run(one(life={"amount": years}, left={"amount": "1"}))) for years in ("12", "24"))
    assert twelve["stages"]["end_of_life"] == twice["stages"]["end_of_life"]
    assert twelve["stages"]["manufacturing"] == twice["stages"]["manufacturing"]
    kwh = [
        next(Exact.from_published(row["kwh"]) for row in result["electricity"] if row["row"] == "cn")
        for result in (twelve, twice)
    ]
    assert kwh == [Exact(8400), Exact(16800)]


@pytest.mark.parametrize("years", ["1", "7.5", "15", "40"])
@pytest.mark.parametrize("remaining", ["0.99", "1"])
def test_refrigerant_mass_closes(years: str, remaining: str) -> None:
    """charge + filling loss + refill = emitted + recovered."""
    parts = ("1.23", "0.005", "0.01", "0.04", years, remaining, "0.37")
    circuit = Circuit(*(Exact(part) for part in parts))
    bought = circuit.charge * (1 + circuit.filling) + circuit.refill()
    assert bought == circuit.emitted() + circuit.recovered()
    names = ("charge", "filling", "installation", "leak", "years", "remaining", "recovery")
    answer = equation_run("refrigerant.emitted", dict(zip(names, parts, strict=True)))
    assert Exact.parse(answer["results"]["emitted"]["exact"]) == circuit.emitted()


def test_refrigerant_of_the_result_closes() -> None:
    result = shown(run(one()))
    figure = {name: Exact.from_published(item["value"]) for name, item in result["indicators"].items()}
    gas = Exact.from_published(result["gases"]["HFC-32|fossil"]["kg"])
    assert gas == figure["refrigerant_emitted"]
    assert Exact("0.606") + figure["refrigerant_refill"] == gas + figure["refrigerant_recovered"]


def test_shared_energy_by_mass() -> None:
    """A 40 t of 148 t instead of 1000 units of 4000."""
    data = case("two_models_two_markets")
    by_units, by_mass = (shown(run(data | {"settings": {"factory_energy_by": way}}), "A") for way in ("units", "mass"))
    kwh = [
        next(Exact.from_published(row["kwh"]) for row in result["electricity"] if row["row"] == "power")
        for result in (by_units, by_mass)
    ]
    assert kwh[0] == 25
    assert abs(kwh[1] - Exact(100000) * Exact(40, 148) / 1000) < Exact(1, 10**20)


def test_a_market_takes_its_own_average_wherever_the_works_stands() -> None:
    """A works in Vietnam that sells to China: the factory's power is a gap, the use phase is not."""
    data = one() | {"works": {"name": "Works", "country": "VN"}}
    assert {fault.where for fault in faults(lambda: run(data))} == {"power"}
    result = shown(run(data, draft=True))
    used = {row["row"]: row["factor"] for row in result["electricity"]}
    assert used["cn"] == "cn.cfp.national_avg@2024"
    assert [gap["row"] for gap in result["gaps"]] == ["power"]


def test_the_order_of_rows_means_nothing() -> None:
    data = one()
    assert shown(run(data | {"rows": data["rows"][::-1]})) == shown(run(data))


BY_HAND: list[tuple[str, dict[str, str], dict[str, F], str]] = [
    (
        "refrigerant.losses",
        {
            "charge": "1.2", "filling": "0.005", "installation": "0.01", "leak": "0.04", "years": "10",
            "remaining": "0.8", "recovery": "0.3",
        },
        {"filling": F("0.006"), "installation": F("0.012"), "use": F("0.48"), "end_of_life": F("0.672")},
        "docs/worked/room_air_conditioner.md, section 1: 1.2 x 0.005, 0.01, 0.4, 0.8 x 0.7",
    ),
    (
        "refrigerant.emitted",
        {
            "charge": "1.2", "filling": "0.005", "installation": "0.01", "leak": "0.04", "years": "10",
            "remaining": "0.8", "recovery": "0.3",
        },
        {"emitted": F("1.17")},
        "docs/worked/room_air_conditioner.md, section 1: 1.2 x 0.975",
    ),
    (
        "refrigerant.refill",
        {"charge": "1.2", "installation": "0.01", "leak": "0.04", "years": "10", "remaining": "0.8"},
        {"refill": F("0.252")},
        "docs/worked/room_air_conditioner.md, section 1: 1.2 x 0.21",
    ),
    (
        "refrigerant.tewi",
        {
            "gwp": "771", "leak": "0.032", "years": "10", "charge": "0.8", "recovery": "0.3", "energy": "600",
            "beta": "0.5777",
        },
        {"tewi": F("4144.68")},
        "docs/worked/room_air_conditioner.md, section 1: 246.72 + 431.76 + 3466.2",
    ),
    (
        "use.electricity",
        {"annual": "800", "years": "10", "share": "0.75", "units": "1000"},
        {"electricity": F(6000000)},
        "docs/worked/room_air_conditioner.md, section 1, model A in China",
    ),
    (
        "transport.tonne_km",
        {"mass": "45", "distance": "400"},
        {"tonne_km": F(18000)},
        "docs/worked/room_air_conditioner.md, section 1, the road of model A",
    ),
]  # fmt: skip
"""Hand calculations of the equations of this class, for the list in test_equations.py."""


@pytest.mark.parametrize(("name", "given", "wanted", "source"), BY_HAND, ids=[item[0] for item in BY_HAND])
def test_equation_by_hand(name: str, given: dict[str, str], wanted: dict[str, F], source: str) -> None:
    results = equation_run(name, given)["results"]
    assert {key: F(item["exact"]) for key, item in results.items()} == wanted, source


def test_the_example_is_a_draft_that_says_why() -> None:
    data = read_yaml((ROOT / "examples" / "room_air_conditioner_2024.yaml").read_text("utf-8"))
    assert codes(faults(lambda: run(data))) == {"factor_gap"}
    result = shown(run(data, draft=True), "AC-2.5", 6)
    assert result["total"] == {"low": "7893.86", "high": "7913.08"}
    assert [gap["input"] for gap in result["gaps"]] == ["electronics"]
    for row in data["rows"]:
        assert row["evidence"]["source"], row["id"]


BLOCK = re.compile(r"^```python\n(.*?)^```\n\n^```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_page_prints_what_it_says() -> None:
    """Each block of the worked page runs with the standard library alone and prints the text under it."""
    names: dict[str, Any] = {}
    blocks = BLOCK.findall((ROOT / "docs" / "worked" / "room_air_conditioner.md").read_text("utf-8"))
    assert len(blocks) == 5
    for code, text in blocks:
        assert set(re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE)) <= {"fractions"}
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "room_air_conditioner.md", "exec"), names)
        assert out.getvalue() == text
