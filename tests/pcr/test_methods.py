"""Shared methods: recycling, packaging, waste, heat and power, energy balance, data quality.

Expected numbers are those of docs/worked/methods.md, or follow from an identity that needs no number. Long because six
methods are held to the same laws of closure and refusal here; the next method gets a file of its own.
"""

from __future__ import annotations

import re
from fractions import Fraction as F
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.settle import shares as settled_shares
from pcr.activity import ActivityData, Given, Product, Row, WorksInfo
from pcr.builder import Process
from pcr.equations import run as equation_run
from pcr.methods import chp
from pcr.methods.carbon_balance.v1 import scrap_credit
from pcr.methods.chp.v1 import against, efficiency, energy, exergy, fallback, outputs, reference
from pcr.methods.chp.v1 import shares as chp_shares
from pcr.methods.energy_balance.v1 import EnergyAccount
from pcr.methods.packaging.v1 import coming_back, discard, pack, returned, take_back, trips_fault, used_up, worn
from pcr.methods.quality.v1 import by_criterion, load_scheme, schemes, score, study_rating
from pcr.methods.recycling.v1 import (
    CffShares,
    approach,
    approaches,
    closed_loop,
    coefficients,
    cut_off,
    disposal,
    end_of_life,
    fifty_fifty,
    material,
    missing_fault,
    recycled_content,
    shares,
    shares_fault,
)
from pcr.methods.recycling.v1 import energy as cff_energy
from pcr.methods.waste.v1 import furnace_fault, routes, routes_fault, treat
from pcr.regime import load_regime
from pcr.registry import find_rule
from tests.pcr._help import GB, activity, codes, faults, plug, run, shown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "worked" / "methods.md"
METHODS = PAGE.parents[1] / "methods.md"
RULE = find_rule("room_air_conditioner").rule
AT = "docs/worked/methods.md, section "

BY_HAND: list[tuple[str, dict[str, str], dict[str, F], str]] = [
    ("recycling.cut_off", {"ev": "8", "erec": "1", "r1": "0.4"}, {"material": F("5.2")}, AT + "1"),
    ("recycling.closed_loop", {"ev": "8", "erec": "1", "r": "0.6"}, {"material": F("3.8")}, AT + "1"),
    ("recycling.fifty_fifty", {"ev": "8", "erec": "1", "r1": "0.4", "r2": "0.6"}, {"material": F("4.5")}, AT + "1"),
    ("packaging.used_up", {"mass": "2000", "trips": "20"}, {"used_up": F(100)}, AT + "2"),
    ("packaging.returned", {"mass": "2000", "trips": "20"}, {"returned": F(1900)}, AT + "2"),
    ("packaging.per_unit", {"used_up": "500", "units": "250"}, {"per_unit": F(2)}, AT + "2"),
    ("waste.treated", {"mass": "280", "share": "0.25"}, {"treated": F(70)}, AT + "3"),
    ("waste.unaccounted", {"lost": "300", "waste": "350"}, {"unaccounted": F(-50)}, AT + "3"),
    (
        "chp.efficiencies",
        {"heat": "5400", "power": "3600", "fuel": "12000"},
        {"eta_heat": F("0.45"), "eta_power": F("0.3")},
        AT + "4",
    ),
    (
        "chp.efficiency_share",
        {"eta_heat": "0.45", "eta_power": "0.3", "ref_heat": "0.83", "ref_power": "0.442"},
        {"heat": F(663, 1493), "power": F(830, 1493)},
        AT + "4",
    ),
    ("chp.energy_share", {"heat": "5400", "power": "3600"}, {"heat": F(3, 5), "power": F(2, 5)}, AT + "4"),
    ("chp.carnot", {"temperature": "400", "surroundings": "300"}, {"carnot": F(1, 4)}, AT + "4"),
    (
        "chp.exergy_share",
        {"heat": "5400", "power": "3600", "carnot": "0.25"},
        {"heat": F(3, 11), "power": F(8, 11)},
        AT + "4",
    ),
    ("energy.input", {"fuel": "2000", "power": "100000", "heat": "40"}, {"energy": F(2400)}, AT + "5"),
    (
        "energy.imbalance",
        {"energy_in": "2400", "useful": "1800", "lost": "480"},
        {"imbalance": F("0.05")},
        AT + "5",
    ),
    ("dqr.term", {"contribution": "-20", "rating": "3"}, {"term": F(60)}, AT + "6"),
    ("dqr.study", {"weighted": "230", "whole": "100"}, {"dqr": F("2.3")}, AT + "6"),
]


@pytest.mark.parametrize(("name", "given_", "wanted", "source"), BY_HAND, ids=[item[0] for item in BY_HAND])
def test_equation_by_hand(name: str, given_: dict[str, str], wanted: dict[str, F], source: str) -> None:
    results = equation_run(name, given_)["results"]
    assert {key: F(item["exact"]) for key, item in results.items()} == wanted, source


def exact(value: F) -> Exact:
    return Exact(value.numerator, value.denominator)


parts = st.fractions(0, 1, max_denominator=40).map(exact)
impacts = st.fractions(-5, 20, max_denominator=40).map(exact)
amounts = st.fractions(F(1, 50), 10**6, max_denominator=50).map(exact)


def row(name: str = "end_of_life_material", kind: str = "plastics", amount: str = "1000", **more: Any) -> Row:
    """A row of the air conditioner's rule; properties as text."""
    own = {key: Exact(str(text)) for key, text in more.pop("properties", {}).items()}
    return Row(id="x", input=name, amount=Exact(amount), unit="kg", material=kind, properties=own, **more)


def process(names: dict[str, str] | None = None) -> Process:
    """An empty process; ``names``: further factor names of the spent plastics."""
    rule = RULE
    if names is not None:
        item = rule.inputs["end_of_life_material"]
        choice = item.materials["plastics"].model_copy(update={"names": names})
        item = item.model_copy(update={"materials": {**item.materials, "plastics": choice}})
        rule = rule.model_copy(update={"inputs": {**rule.inputs, "end_of_life_material": item}})
    works = WorksInfo({"en": "W", "zh": "W"}, "CN")
    given_ = Given(rule.ref, works, "2024-01-01", "2024-12-31", (Product("P", {}),), ())
    data = ActivityData(given_, rule, load_regime(GB))
    return Process("p", stage="use", product="p", amount=ONE, unit="piece", data=data)


def booked(made: Process) -> dict[str, Exact]:
    """Line suffix to amount."""
    return {line.id.partition("+")[2]: line.amount for line in made.lines}


# ---------------------------------------------------------------------------------------------------- recycling


def test_approaches_are_the_four_with_both_languages_and_a_source() -> None:
    assert set(approaches()) == {"cut_off", "closed_loop", "fifty_fifty", "cff"}
    assert {name: item.a for name, item in approaches().items()} == {
        "cut_off": ONE, "closed_loop": ZERO, "fifty_fifty": Exact(1, 2), "cff": None,
    }  # fmt: skip
    for item in approaches().values():
        assert item.label["en"] and re.search("[一-龥]", item.label["zh"]) and item.source
    assert approach("fifty_fifty").confidence == "recalled"
    assert set(approaches()) == set(RULE.settings["recycling"].choices)


def test_an_unknown_approach_names_those_there_are() -> None:
    (fault,) = faults(lambda: approach("closed"))
    assert (fault.code, fault.found) == ("choice_unknown", "closed")
    assert "closed_loop" in fault.expected


@given(parts, parts, impacts, impacts)
def test_closed_loop_is_the_formula_for_any_allocation(a: Exact, r: Exact, ev: Exact, erec: Exact) -> None:
    assert material(ev, ev, erec, erec, a, r, r) == closed_loop(ev, erec, r)


@given(parts, parts, impacts, impacts)
def test_named_approaches_are_the_formula_at_their_a(r1: Exact, r2: Exact, ev: Exact, erec: Exact) -> None:
    def formula(name: str) -> Exact:
        a = approach(name).a
        assert a is not None
        return material(ev, ev, erec, erec, a, r1, r2)

    assert formula("cut_off") == cut_off(ev, erec, r1)
    assert formula("closed_loop") == closed_loop(ev, erec, r2)
    assert formula("fifty_fifty") == fifty_fifty(ev, erec, r1, r2)


@given(parts, parts, impacts, impacts)
def test_closed_loop_is_the_gate_value_less_the_credit_of_net_scrap(s: Exact, rr: Exact, ev: Exact, er: Exact) -> None:
    """worldsteel: LCI = X - (RR - S)(Xpr - Xre), where X is the gate value with scrap S in it."""
    assert cut_off(ev, er, s) - scrap_credit(rr, s, ONE, ev, er) == closed_loop(ev, er, rr)


@given(parts, parts)
def test_fifty_fifty_halves_burden_and_credit(r1: Exact, r2: Exact) -> None:
    given_ = {"r1": r1.text(), "r2": r2.text(), "r3": "0"}
    found = {name: coefficients(shares(_with(given_), approach(name))) for name in ("cut_off", "closed_loop")}
    half = coefficients(shares(_with(given_), approach("fifty_fifty")))
    assert half["recycling"] * 2 == found["closed_loop"]["recycling"] == r2
    assert half["avoided"] * 2 == found["closed_loop"]["avoided"] == -r2
    assert half["recycled"] * 2 == found["cut_off"]["recycled"] == r1
    assert found["cut_off"]["recycling"] == found["cut_off"]["avoided"] == ZERO


def _with(properties: dict[str, str]) -> Row:
    return Row(
        id="x", input="end_of_life_material", amount=Exact(1), unit="kg", material="steel",
        properties={name: Exact.from_record(text) for name, text in properties.items()},
    )  # fmt: skip


@given(parts, parts, parts, parts)
def test_mass_of_the_parts_sums(a: Exact, r1: Exact, r2: Exact, r3: Exact) -> None:
    """Quality 1: a kg in is virgin or recycled; a kg out is recycled, burned or disposed of, by A counted here."""
    assume(r2 + r3 <= 1)
    part = coefficients(CffShares(a, r1, r2, r3, ONE, ONE))
    assert part["virgin"] + part["recycled"] == ONE
    assert part["recycling"] + a * r2 + part["energy"] + part["disposal"] == ONE
    assert part["recycling"] + part["avoided"] == ZERO


LINES = {
    "primary replaced": "-112", "recycled content": "80", "recycling": "480", "avoided": "-384",
    "energy recovery": "75", "displaced heat": "-675", "displaced power": "-450", "disposal": "300",
}  # fmt: skip
FULL = {
    "a": "0.2", "b": "0.25", "r1": "0.4", "r2": "0.6", "r3": "0.1", "q_in": "0.9", "q_out": "0.8", "lhv": "30",
    "x_heat": "0.3", "x_elec": "0.2",
}  # fmt: skip


def test_lines_by_hand() -> None:
    """docs/worked/methods.md, section 1."""
    made = process()
    recycled_content(made, [row(properties=FULL)], approach("cff"))
    end_of_life(made, [row(properties=FULL)], approach("cff"))
    assert booked(made) == {name: Exact(amount) for name, amount in LINES.items()}
    assert {line.unit for line in made.lines if line.id.endswith(("heat", "power"))} == {"MJ"}
    assert all(line.because.startswith("recycling (cff): ") for line in made.lines)


@given(parts, parts, parts, parts, parts, st.lists(impacts, min_size=7, max_size=7))
def test_lines_add_up_to_the_equations(
    a: Exact, r1: Exact, r2: Exact, r3: Exact, q: Exact, prices: list[Exact]
) -> None:
    """Lines at any impacts, with the primary that was bought, are the three parts of the formula."""
    assume(r2 + r3 <= 1)
    ev, erec, eol, eer, heat, power, ed = prices
    values = dict(a=a, r1=r1, r2=r2, r3=r3, q_in=q, q_out=q, lhv=Exact(20), x_heat=r1, x_elec=r2)
    made = process()
    own = Row(id="x", input="end_of_life_material", amount=ONE, unit="kg", material="steel", properties=values)
    recycled_content(made, [own], approach("cff"))
    end_of_life(made, [own], approach("cff"))
    price = {
        "primary replaced": ev, "recycled content": erec, "recycling": eol, "avoided": ev, "energy recovery": eer,
        "displaced heat": heat, "displaced power": power, "disposal": ed,
    }  # fmt: skip
    lines = ev + sum((amount * price[name] for name, amount in booked(made).items()), ZERO)
    whole = material(ev, ev, erec, eol, a, r1, r2, q, q) + disposal(r2, r3, ed)
    assert lines == whole + cff_energy(ZERO, r3, eer, Exact(20), r1, r2, heat, power)


def test_each_role_has_its_factor_and_kinds() -> None:
    roles = ("virgin", "recycled", "recycling", "avoided", "energy", "heat", "power", "disposal")
    made = process({name: f"factor-{name}" for name in roles})
    recycled_content(made, [row(properties=FULL)], approach("cff"))
    end_of_life(made, [row(properties=FULL)], approach("cff"))
    found = {line.id.partition("+")[2]: line.factor for line in made.lines}
    assert {name: factor.id for name, factor in found.items() if factor} == {
        "primary replaced": "factor-virgin", "recycled content": "factor-recycled", "recycling": "factor-recycling",
        "avoided": "factor-avoided", "energy recovery": "factor-energy", "displaced heat": "factor-heat",
        "displaced power": "factor-power", "disposal": "factor-disposal",
    }  # fmt: skip
    heat, power, tip = found["displaced heat"], found["displaced power"], found["disposal"]
    assert heat and heat.kinds == ("delivered_energy",)
    assert power and power.kinds == load_regime(GB).electricity.kinds
    assert tip and "waste_disposal" in tip.kinds


def test_what_is_avoided_falls_back_to_virgin_and_a_blank_is_a_gap() -> None:
    made = process({"virgin": "v"})
    end_of_life(made, [row(properties=FULL)], approach("cff"))
    found = {line.id.partition("+")[2]: line.factor.id for line in made.lines if line.factor}
    assert found["avoided"] == "v"
    assert found["disposal"] == found["energy recovery"] == ""


@pytest.mark.parametrize("name", ["cut_off", "closed_loop", "fifty_fifty"])
def test_burning_is_a_burden_without_credit_outside_the_formula(name: str) -> None:
    made = process()
    end_of_life(made, [row(properties=FULL)], approach(name))
    assert booked(made)["energy recovery"] == 100
    assert not any("displaced" in line.id for line in made.lines)


def test_a_part_can_be_left_out() -> None:
    made = process()
    end_of_life(made, [row(properties=FULL)], approach("cff"), parts=("material", "disposal"))
    assert set(booked(made)) == {"recycling", "avoided", "disposal"}


def test_shares_above_one_and_missing_parameters_carry_the_rules_code() -> None:
    over = row(properties={"r2": "0.9", "r3": "0.2"})
    fault = shares_fault("cff_shares", over, "clause 9")
    assert fault is not None
    assert (fault.code, fault.where, fault.found, fault.rule) == (
        "cff_shares", "/rows (x)", "R2 0.9, R3 0.2", "clause 9",
    )  # fmt: skip
    assert shares_fault("cff_shares", row(properties={"r2": "0.9", "r3": "0.1"}), "") is None
    bare = missing_fault("recycling_missing", row(properties={"r2": "0", "r3": "0.1", "a": "1"}), approach("cff"), "")
    assert bare is not None and bare.expected == "r1, q_in, q_out, lhv, x_heat, x_elec"
    assert missing_fault("recycling_missing", over, approach("cut_off"), "") is None
    with pytest.raises(Refused, match=r"R2 0\.9, R3 0\.2"):
        shares(over, approach("cut_off"))


# ---------------------------------------------------------------------------------------------------- packaging


@given(amounts, st.fractions(1, 500, max_denominator=20).map(exact))
def test_what_is_used_up_and_what_comes_back_are_what_left(mass: Exact, trips: Exact) -> None:
    assert used_up(mass, trips) + returned(mass, trips) == mass
    assert returned(mass) == ZERO and used_up(mass) == mass


def test_packaging_of_a_year() -> None:
    """docs/worked/methods.md, section 2: racks of 20 journeys beside cartons."""
    racks = row("packaging", "steel_rack", "2000", properties={"trips": "20", "r2": "1", "r3": "0"})
    cartons = row("packaging", "cardboard", "400")
    made = process()
    pack(made, [racks, cartons], approach("closed_loop"))
    assert [line.amount for line in made.lines] == [100, 400]
    assert coming_back([racks, cartons]) == 1900
    spent = process()
    discard(spent, [racks, cartons], approach("closed_loop"))
    assert booked(spent) == {"recycling": Exact(100), "avoided": Exact(-100)}
    back = process()
    leg = Row(id="l", input="take_back_leg", amount=Exact(300), unit="km", material="rail", properties={"share": ONE})
    take_back(back, [leg], [racks, cartons])
    assert [(line.amount, line.unit) for line in back.lines] == [(570, "t*km")]


def test_recycled_content_is_of_what_is_used_up() -> None:
    racks = row("packaging", "steel_rack", "2000", properties={"trips": "20", "r1": "0.5", "r2": "1", "r3": "0"})
    made = process()
    pack(made, [racks], approach("cut_off"))
    assert [line.amount for line in made.lines] == [100, -50, 50]


def test_months_of_packaging_are_worn_with_it() -> None:
    own = Row(
        id="x", input="packaging", amount=Exact(6), unit="kg", months=(Exact(2), Exact(4)),
        properties={"trips": Exact(4)},
    )  # fmt: skip
    (used,) = worn([own])
    assert used.months == (Exact("0.5"), ONE) and used.amount == Exact("1.5")


@pytest.mark.parametrize(("trips", "wrong"), [("0", True), ("0.99", True), ("1", False), ("20", False)])
def test_less_than_one_journey(trips: str, wrong: bool) -> None:
    fault = trips_fault("packaging_trips", row("packaging", properties={"trips": trips}), "c")
    assert (fault is not None) is wrong
    assert fault is None or (fault.code, fault.found) == ("packaging_trips", trips)


# -------------------------------------------------------------------------------------------------------- waste


def test_routes() -> None:
    assert {name: item.counted for name, item in routes().items()} == {
        "landfill": "bought", "incineration": "bought", "energy_recovery": "bought", "recycling": "cut_off",
        "own_furnace": "fuel",
    }  # fmt: skip
    assert set(routes()) == set(RULE.inputs["factory_waste"].properties)
    assert all(item.label["en"] and re.search("[一-龥]", item.label["zh"]) for item in routes().values())


def test_scrap_by_hand() -> None:
    """docs/worked/methods.md, section 3: a quarter to landfill is bought, the rest is said and not bought."""
    made = process()
    treat(made, [row("factory_waste", "metal", "280", properties={"landfill": "0.25", "recycling": "0.75"})])
    assert booked(made) == {"landfill": Exact(70)}
    (notice,) = made.notices
    assert (notice.code, notice.where) == ("burden_free", "x")
    assert "cut-off" in notice.values["reason"] and "截断法" in notice.values["reason_zh"]


@given(st.tuples(parts, parts, parts, parts), st.integers(0, 10**6))
def test_waste_is_never_a_negative_input(given_: tuple[Exact, ...], mass: int) -> None:
    whole = sum(given_, ZERO)
    assume(whole)
    names = ("landfill", "incineration", "energy_recovery", "recycling")
    own = {name: share / whole for name, share in zip(names, given_, strict=True)}
    made = process()
    waste = Row(id="x", input="factory_waste", amount=Exact(mass), unit="kg", material="rest", properties=own)
    assert routes_fault("waste_routes", waste, "") is None
    treat(made, [waste])
    assert all(line.amount > 0 for line in made.lines)
    bought = sum((line.amount for line in made.lines), ZERO)
    assert bought + own["recycling"] * mass == mass


def test_routes_that_are_no_whole_and_one_factor_for_two_treatments() -> None:
    short = routes_fault("waste_routes", row("factory_waste", properties={"landfill": "0.9"}), "c")
    assert short is not None and (short.code, short.found) == ("waste_routes", "shares sum to 0.9")
    assert routes_fault("waste_routes", row("factory_waste"), "c") is not None
    both = {"landfill": "0.5", "incineration": "0.5"}
    two = routes_fault("waste_routes", row("factory_waste", properties=both, factor="f"), "c")
    assert two is not None and two.found == "f for landfill, incineration"
    free = routes_fault("waste_routes", row("factory_waste", properties={"recycling": "1"}, factor="f"), "c")
    assert free is not None and free.found == "f for no treatment"
    one = row("factory_waste", properties={"incineration": "0.5", "recycling": "0.5"}, factor="f")
    assert routes_fault("waste_routes", one, "c") is None
    made = process()
    treat(made, [one])
    (line,) = made.lines
    assert line.factor is not None and (line.factor.id, line.factor.named_by) == ("f", "user")


def test_waste_in_a_furnace_of_the_works_is_a_fuel() -> None:
    burned = row("factory_waste", properties={"own_furnace": "0.2", "landfill": "0.8"})
    fault = furnace_fault("waste_is_fuel", burned, "c")
    assert fault is not None
    assert (fault.code, fault.expected) == ("waste_is_fuel", "a row of fuel")
    assert furnace_fault("waste_is_fuel", row("factory_waste", properties={"landfill": "1"}), "c") is None


# ------------------------------------------------------------------------------------------- heat and power

WAYS = [
    energy(), efficiency("hard_coal", 2010), efficiency("natural_gas", 2016), exergy(Exact(400), Exact(300)),
]  # fmt: skip


@pytest.mark.parametrize("by", WAYS, ids=lambda by: by.name)
@given(power=amounts, heat=amounts, scale=amounts)
def test_shares_sum_to_one_and_know_no_scale(by: Any, power: Exact, heat: Exact, scale: Exact) -> None:
    of_heat, of_power = chp_shares(power, heat, by=by)
    assert of_heat + of_power == ONE and of_heat > 0 and of_power > 0
    assert chp_shares(power * scale, heat * scale, by=by) == (of_heat, of_power)


@pytest.mark.parametrize("by", WAYS, ids=lambda by: by.name)
def test_one_output_alone_carries_everything(by: Any) -> None:
    plant = process()
    for power, heat, name in ((Exact(10), ZERO, "p.power"), (ZERO, Exact(10), "p.heat")):
        term = outputs(plant, power, heat, by=by)
        assert settled_shares(term) == {name: ONE}


@given(power=amounts, heat=amounts, fuel=amounts, ref=parts)
def test_fuel_cancels_in_the_efficiency_method(power: Exact, heat: Exact, fuel: Exact, ref: Exact) -> None:
    """F_heat from efficiencies is F_heat from GJ; equal references are the energy method."""
    gj = power * chp.v1.GJ_PER_KWH
    found = reference("hard_coal", 2000)
    eta = chp.v1.efficiencies(heat, gj, fuel)
    by_eta = chp.v1.efficiency_share(*eta, found.heat, found.power)
    assert by_eta == chp_shares(power, heat, by=against(found))
    assume(ref)
    same = chp.v1.Reference(ref, ref, "", "")
    assert chp_shares(power, heat, by=against(same)) == chp_shares(power, heat, by=energy())


@given(power=amounts, heat=amounts)
def test_exergy_of_cold_heat_is_nothing_and_of_hot_heat_nears_energy(power: Exact, heat: Exact) -> None:
    assert chp_shares(power, heat, by=exergy(Exact(300), Exact(300)))[0] == ZERO
    hot = chp_shares(power, heat, by=exergy(Exact(10**30), Exact(1)))[0]
    assert abs(hot - chp_shares(power, heat, by=energy())[0]) < Exact(1, 10**20)
    cooler, warmer = (chp_shares(power, heat, by=exergy(Exact(t), Exact(300)))[0] for t in (350, 450))
    assert ZERO < cooler < warmer < chp_shares(power, heat, by=energy())[0]


def test_outputs_by_hand() -> None:
    """docs/worked/methods.md, section 4: the coal plant."""
    term = outputs(
        process(), Exact(1000000), Exact(5400), by=efficiency("hard_coal", 2010), fuel_gj=Exact(12000), because="c"
    )
    assert settled_shares(term) == {"p.heat": Exact(663, 1493), "p.power": Exact(830, 1493)}
    assert [(item.product, item.amount, item.unit) for item in term.outputs] == [
        ("p.power", 1000000, "kWh"), ("p.heat", 5400, "GJ"),
    ]  # fmt: skip
    assert (term.process, term.by, term.because) == ("p", "efficiency against hard_coal, from 2010", "c")


def test_references_are_the_table_and_nothing_else() -> None:
    def of(fuel: str, year: int, **more: bool) -> tuple[str, str]:
        found = reference(fuel, year, **more)
        assert found.confidence == "recalled" and found.source
        return found.heat.text(), found.power.text()

    assert of("natural_gas", 2015) == ("0.85", "0.525")
    assert of("natural_gas", 2016) == ("0.87", "0.53")
    assert of("hard_coal", 1990) == of("hard_coal", 2024) == ("0.83", "0.442")
    assert of("hard_coal", 2024, condensate_returned=False) == ("0.88", "0.442")
    assert fallback() == (Exact("0.55"), Exact("0.25"))
    assert codes(faults(lambda: reference("lignite", 2020))) == {"choice_unknown"}


@pytest.mark.parametrize(
    "call",
    [
        lambda: outputs(process(), ZERO, ZERO, by=energy()),
        lambda: outputs(process(), Exact(-1), Exact(5), by=energy()),
        lambda: outputs(process(), Exact(1), Exact(-5), by=energy()),
        lambda: outputs(process(), Exact(1000), Exact("6.5"), by=energy(), fuel_gj=Exact(10)),
        lambda: outputs(process(), Exact(1000), Exact(5), by=energy(), fuel_gj=ZERO),
        lambda: exergy(Exact(299), Exact(300)),
        lambda: exergy(Exact(100), ZERO),
        lambda: against(chp.v1.Reference(ZERO, ONE, "", "")),
    ],
    ids=["nothing", "power<0", "heat<0", "out>in", "no fuel", "colder", "zero kelvin", "zero reference"],
)
def test_what_cannot_be_shared_says_so_in_both_languages(call: Any) -> None:
    (fault,) = faults(call)
    assert fault.code == "rule_refused" and fault.found and fault.expected
    assert "shared out" in fault.what["en"] and "分摊" in fault.what["zh"] and fault.fix["zh"]


PLANT = {
    "efficiency": (F(4243933501, 68962500), F(6966456879, 19156250000)),
    "energy": (F(80074217, 1012500), F(80074217, 281250000)),
    "exergy": (F(80074217, 2362500), F(80074217, 164062500)),
}
"""kg CO2e per GJ of heat and per kWh: docs/worked/methods.md, section 4."""


@pytest.mark.parametrize("way", PLANT)
def test_a_plant_with_two_outputs_to_the_end(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    plug(monkeypatch, "tests.plugins.heat_and_power")
    fuel = {"ncv": "50", "carbon_content": "0.0153"}
    rows: list[dict[str, Any]] = [
        {"input": "gas", "material": "natural_gas", "amount": "1000", "unit": "GJ", "properties": fuel},
        {"input": "power_made", "amount": "100000", "unit": "kWh"},
        {"input": "heat_made", "amount": "450", "unit": "GJ"},
    ]
    two = [{"id": "power", "name": "Power"}, {"id": "heat", "name": "Heat"}]
    derived = run(activity("heat_and_power", rows, products=two, settings={"share_by": way}))
    totals = [Exact.from_published(shown(derived, name, 40)["total"]) for name in ("heat", "power")]
    for found, wanted in zip(totals, PLANT[way], strict=True):
        assert found.significant(30) == exact(wanted).significant(30)


# --------------------------------------------------------------------------------------------- energy balance


def account() -> EnergyAccount:
    """docs/worked/methods.md, section 5."""
    made = EnergyAccount("kiln")
    made.burn("coal", Exact(60), Exact(20))
    made.burn("coal", Exact(40), Exact(20))
    made.draw("power", Exact(100000))
    made.take("steam", Exact(40))
    made.use("clinker", Exact(1800))
    made.lose("flue gas", Exact(480))
    return made


def test_energy_account_by_hand() -> None:
    made = account()
    assert made.into == {"coal": Exact(2000), "power": Exact(360), "steam": Exact(40)}
    assert made.imbalance == Exact("0.05")
    shown_ = made.indicator("heat_imbalance", "Heat not found", "热量不平衡", "P")
    assert (shown_.value, shown_.unit, shown_.product) == (Exact("0.05"), "1", "P")
    assert made.unbalanced("energy_open", Exact("0.05"), "c") is None
    fault = made.unbalanced("energy_open", Exact("0.049"), "c")
    assert fault is not None
    assert (fault.code, fault.where, fault.rule) == ("energy_open", "kiln", "c")
    assert fault.found.startswith("5.00 %")


def test_more_energy_out_than_in_is_a_fault_too() -> None:
    made = account()
    made.use("clinker", Exact(600))
    assert made.imbalance == Exact("-0.2")
    assert made.unbalanced("energy_open", Exact("0.1"), "c") is not None


def test_an_empty_account_balances_and_energy_from_nothing_does_not() -> None:
    assert EnergyAccount("x").imbalance == ZERO
    made = EnergyAccount("x")
    made.use("heat", ONE)
    assert made.imbalance == -ONE


# ------------------------------------------------------------------------------------------------ data quality


def test_schemes_are_data_with_both_languages() -> None:
    assert schemes() == ("ef_dqr", "pact")
    for name in schemes():
        made = load_scheme(name)
        assert made.id == name and made.source and made.study == "dqr.study"
        words = [made.label, *(item.label for item in (*made.criteria, *made.levels)), *made.unconfirmed]
        assert all(item["en"] and re.search("[一-龥]", item["zh"]) for item in words)
        assert made.confidence in ("recalled", "conflict"), "no text was read"
    assert codes(faults(lambda: load_scheme("iso_pedigree"))) == {"choice_unknown"}


def ratings(scheme: str, *values: str) -> dict[str, Exact]:
    names = [item.id for item in load_scheme(scheme).criteria]
    return {name: Exact(value) for name, value in zip(names, values, strict=True)}


def test_scores_by_hand() -> None:
    assert score(load_scheme("ef_dqr"), ratings("ef_dqr", "2", "3", "1", "2")) == 2
    assert score(load_scheme("pact"), ratings("pact", "1", "2", "3")) is None, "PACT has no single score"


def test_a_score_off_the_scale_or_without_a_criterion_is_refused_at_once() -> None:
    given_ = {"technology": Exact("5.1"), "geography": Exact("0.9"), "time": ONE, "beauty": ONE}
    found = faults(lambda: score(load_scheme("ef_dqr"), given_))
    assert [(fault.code, fault.where) for fault in found] == [
        ("missing_key", "precision"), ("above_most", "technology"), ("above_most", "geography"),
        ("unknown_key", "beauty"),
    ]  # fmt: skip
    assert codes(faults(lambda: score(load_scheme("pact"), ratings("pact", "4", "1", "1")))) == {"above_most"}


STUDY = [(Exact(60), Exact("1.5")), (Exact(-20), Exact(3)), (Exact(20), Exact(4))]


def test_study_by_hand() -> None:
    assert study_rating(STUDY).score == Exact("2.3")
    assert study_rating(STUDY).rated == ONE
    open_ = study_rating([*STUDY, (Exact(25), None)])
    assert (open_.score, open_.rated) == (Exact("2.3"), Exact("0.8"))
    assert study_rating([]).score is study_rating([]).rated is None
    unrated = study_rating([(ONE, None)])
    assert (unrated.score, unrated.rated) == (None, ZERO)


@given(st.lists(st.tuples(impacts, st.integers(1, 5).map(Exact)), min_size=1, max_size=6), amounts)
def test_a_study_rates_between_its_best_and_worst_and_signs_do_not_matter(
    given_: list[tuple[Exact, Exact]], scale: Exact
) -> None:
    assume(any(part for part, _ in given_))
    found = study_rating(given_).score
    counted = [rating for part, rating in given_ if part]
    assert found is not None and min(counted) <= found <= max(counted)
    assert study_rating([(-part * scale, rating) for part, rating in given_]).score == found


def test_criteria_one_by_one() -> None:
    made = load_scheme("pact")
    found = by_criterion(
        made, [(Exact(3), ratings("pact", "1", "2", "3")), (ONE, ratings("pact", "3", "2", "1")), (ONE, None)]
    )
    assert {name: item.score for name, item in found.items()} == {
        "technology": Exact("1.5"), "geography": Exact(2), "time": Exact("2.5"),
    }  # fmt: skip
    assert {item.rated for item in found.values()} == {Exact("0.8")}


@pytest.mark.parametrize(
    ("rating", "level"),
    [("1", "excellent"), ("1.5", "excellent"), ("1.51", "very_good"), ("2", "very_good"), ("3", "good"),
     ("3.01", "fair"), ("4", "fair"), ("4.01", "poor"), ("5", "poor")],
)  # fmt: skip
def test_levels(rating: str, level: str) -> None:
    found = load_scheme("ef_dqr").level(Exact(rating))
    assert found is not None and found.id == level
    assert load_scheme("pact").level(ONE) is None


def test_a_level_off_the_scale_is_refused() -> None:
    assert codes(faults(lambda: load_scheme("ef_dqr").level(Exact("5.5")))) == {"above_most"}


def test_needs_and_the_other_edition() -> None:
    made = load_scheme("ef_dqr")
    assert {name: item.most.text() for name, item in made.needs.items()} == {
        "company_mandatory": "1.5", "relevant": "3", "rest": "4",
    }  # fmt: skip
    other = made.needs["company_mandatory"].other
    assert other == Exact("1.6")
    assert not made.meets("company_mandatory", Exact("1.6"))
    assert made.meets("company_mandatory", Exact("1.6"), most=other)
    assert made.meets("relevant", Exact(3)) and not made.meets("relevant", Exact("3.01"))


# -------------------------------------------------------------------------------------------------------- pages


def test_the_page_of_methods_names_every_equation_of_these_methods() -> None:
    text = METHODS.read_text("utf-8")
    assert [name for name, *_ in BY_HAND if f"`{name}`" not in text] == []
    folder = files("pcr.methods")
    names = [item.name for item in folder.iterdir() if item.is_dir() and not item.name.startswith("_")]
    assert [name for name in sorted(names) if f"| `{name}` |" not in text] == []


def test_hand_calculations_stand_on_the_page() -> None:
    """Every expected number above is printed or written out on the page."""
    text = PAGE.read_text("utf-8").replace(",", "")

    def stands(value: F) -> bool:
        return re.search(rf"(?<![\d/.]){re.escape(str(value))}(?![\d/.])", text) is not None

    wanted = {value for _, _, results, _ in BY_HAND for value in results.values()}
    assert [
        str(value) for value in wanted | {part for pair in PLANT.values() for part in pair} if not stands(value)
    ] == []
    assert [name for name, amount in LINES.items() if f"\n{name} = {amount} = " not in text] == []
