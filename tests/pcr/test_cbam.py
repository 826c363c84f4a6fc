"""CBAM accounting: every equation by hand, the linear system against hand solutions, what the form refuses.

Long because every equation has its hand value beside it.
"""

from __future__ import annotations

import copy
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.exact import Exact
from lca.faults import Refused
from pcr.equations import all_equations, run
from pcr.regimes.cbam.v1.heat import too_wide
from service.cbam.see import Seen, see
from service.equations import load_equations

load_equations()
Data = dict[str, Any]
BY_HAND: list[tuple[str, dict[str, str], dict[str, F], str]] = [
    (
        "cbam.combustion",
        {"activity": "1837.5", "ncv": "48", "factor": "56.1"},
        {"fossil": F("4948.02"), "biogenic": F(0)},
        "Commission example, screws: 1837.5 t gas x 48 GJ/t x 56.1 t/TJ = 4948.02 t",
    ),
    (
        "cbam.combustion",
        {"activity": "100", "ncv": "10", "factor": "100", "oxidation": "0.98", "biomass": "0.25"},
        {"fossil": F("73.5"), "biogenic": F("24.5")},
        "1 TJ x 100 = 100; x 0.98 = 98; a quarter of it biogenic",
    ),
    ("cbam.process", {"activity": "200", "factor": "0.44", "conversion": "0.5"}, {"fossil": F(44)}, "200 x 0.44 x 0.5"),
    (
        "cbam.mass_balance",
        {"activity": "-10", "carbon": "0.0109", "biomass": "0"},
        {"fossil": F("-0.399376"), "biogenic": F(0)},
        "10 t of steel take 0.109 t C out: x 3.664 = 0.399376 t CO2",
    ),
    (
        "cbam.pfc_slope",
        {"production": "100000", "frequency": "0.1", "duration": "2", "factor": "0.143", "c2f6_ratio": "0.121"},
        {"cf4": F("2.86"), "c2f6": F("0.34606"), "co2e": F("2.86") * 6630 + F("0.34606") * 11100},
        "0.2 AE-min x 0.143/1000 x 100000 = 2.86 t CF4; x 0.121 = 0.34606 t C2F6",
    ),
    (
        "cbam.pfc_overvoltage",
        {
            "production": "100000", "overvoltage": "5", "efficiency": "95", "factor": "1.16", "c2f6_ratio": "0.121",
            "collection": "0.98",
        },
        {
            "cf4": F(116, 100) * 5 / 95 * 100 / F("0.98"),
            "c2f6": F(116, 100) * 5 / 95 * 100 / F("0.98") * F("0.121"),
            "co2e": F(116, 100) * 5 / 95 * 100 / F("0.98") * (6630 + F("0.121") * 11100),
        },
        "1.16 x 5/95 x 100000 x 0.001 / 0.98, CE in per cent",
    ),
    (
        "cbam.clinker_of_cement",
        {
            "cement": "1000", "cement_stock": "100", "ratio": "0.8", "clinker_sold": "50", "clinker_dust": "10",
            "clinker_stock": "20",
        },
        {"clinker": F(660)},
        "(1000 - 100) x 0.8 - 50 + 10 - 20 = 660",
    ),
    (
        "cbam.kiln_dust",
        {"factor": "0.525", "degree": "1"},
        {"dust_factor": F("0.525")},
        "fully calcined: a = 0.525/1.525, a/(1-a) = 0.525",
    ),
    (
        "cbam.kiln_dust",
        {"factor": "1", "degree": "0.5"},
        {"dust_factor": F(1, 3)},
        "a = 1/2, a d = 1/4, (1/4)/(3/4) = 1/3",
    ),
    ("cbam.waste_gas_import", {"energy": "10"}, {"emissions": F(561)}, "10 x 56.1"),
    ("cbam.waste_gas_export", {"energy": "10"}, {"emissions": F("374.187")}, "561 x 0.667"),
    (
        "cbam.attributed_direct",
        {"direct": "511632", "heat_exported": "44800"},
        {"attributed": F(466832)},
        "Commission example, hydrogen: 800 TJ of steam x 56 taken off",
    ),
    (
        "cbam.attributed_direct",
        {
            "direct": "100", "heat_imported": "1", "heat_exported": "20", "gas_imported": "3", "gas_exported": "40",
            "electricity_exported": "5",
        },
        {"attributed": F(39)},
        "100 + 1 - 20 + 3 - 40 - 5",
    ),
    ("cbam.attributed_indirect", {"electricity": "3400", "factor": "0.833"}, {"attributed": F("2832.2")}, "screws, P1"),
    (
        "cbam.reconciliation",
        {"process": "30", "installation": "110", "processes": "100"},
        {"reconciled": F(33)},
        "meters show 100 of 110: each + 10 %",
    ),
    ("cbam.marked_up", {"default": "3.996", "markup": "0.1"}, {"see": F("4.3956")}, "rebar 2026: 3.996 x 1.1"),
    (
        "cbam.free_allocation",
        {"cbam_factor": "0.975", "cscf": "1", "benchmark": "1.364"},
        {"sefa": F("1.3299")},
        "rebar 2026: 0.975 x 1.364",
    ),
    ("cbam.free_allocation_complex", {"own": "0.2", "precursors": "1.1"}, {"sefa": F("1.3")}, "0.2 + 1.1"),
    (
        "cbam.certificates",
        {"mass": "250", "see": "4.3956", "sefa": "1.3299"},
        {"certificates": F("766.425")},
        "rebar 2026: 250 x 3.0657",
    ),
    (
        "cbam.certificates",
        {"mass": "10", "see": "1", "sefa": "2", "deduction": "0"},
        {"certificates": F(0)},
        "free allocation above emissions is no credit",
    ),
    (
        "cbam.heat_mix",
        {"emissions": "95", "cleaning": "5", "energy": "2"},
        {"factor": F(50)},
        "(95 + 5)/2 t per TJ",
    ),
    (
        "cbam.heat_emissions",
        {"factor": "56.1", "heat": "9", "efficiency": "0.9"},
        {"emissions": F(561)},
        "56.1 x 9/0.9",
    ),
    (
        "cbam.chp_heat_factor",
        {"emissions": "1000", "share": "0.4", "heat": "8"},
        {"factor": F(50)},
        "1000 x 0.4 / 8",
    ),
    (
        "cbam.chp_power_factor",
        {"emissions": "1000", "share": "0.4", "electricity": "1500"},
        {"factor": F(2, 5)},
        "1000 x 0.6 / 1500",
    ),
    ("cbam.content", {"see": "0.9", "content": "0.8"}, {"see_of_good": F("0.72")}, "0.9 per t clinker, 80 % of it"),
    (
        "cbam.factor_of_carbon",
        {"carbon": "0.75", "ncv": "0.048"},
        {"factor": F("0.75") * F("3.664") / F("0.048")},
        "0.75 x 3.664 / 0.048 = 57.25 t/TJ",
    ),
    (
        "cbam.carbon_of_factor",
        {"factor": "57.25", "ncv": "0.048"},
        {"carbon": F("0.75")},
        "the same fuel back again",
    ),
    ("cbam.measured", {"concentration": "2", "volume": "5000000"}, {"emissions": F(10)}, "2 g x 5e6 m3 = 10 t"),
    ("cbam.substitute", {"mean": "10", "deviation": "1.5"}, {"concentration": F(13)}, "10 + 3"),
    (
        "cbam.flue_gas",
        {"air": "1000", "oxygen": "0.05"},
        {"volume": F("790.5") / F("0.95")},
        "1000 x 0.7905 / 0.95",
    ),
    ("cbam.n2o", {"mass": "3"}, {"co2e": F(795)}, "3 x 265"),
    ("cbam.installation", {"calculated": "900", "measured": "795"}, {"emissions": F(1695)}, "900 + 795"),
    ("cbam.see", {"attributed": "50", "level": "100", "precursors": "90"}, {"see": F("1.4")}, "(50 + 90) / 100"),
    ("cbam.see", {"attributed": "50", "level": "100"}, {"see": F("0.5")}, "a simple good: 50 / 100"),
    (
        "cbam.own_power", {"emissions": "300", "cleaning": "6", "electricity": "510"}, {"factor": F("0.6")},
        "(300 + 6) t / 510 MWh",
    ),
    ("cbam.molar_share", {"moles": "500", "all_moles": "2000"}, {"share": F("0.25")}, "500 of 2000 kmol"),
    (
        "cbam.carbon_price_draft", {"paid": "2.25", "certificate": "75", "mass": "1000"}, {"deduction": F(30)},
        "2.25 / 75 x 1000",
    ),
]  # fmt: skip


def test_every_equation_of_the_accounting_is_worked_out_by_hand() -> None:
    from tests.pcr.test_cbam_obligation import BY_HAND as OBLIGATION

    registered = {item.id for item in all_equations() if item.id.startswith("cbam.")}
    assert registered == {name for name, *_ in (*BY_HAND, *OBLIGATION)}
    assert len(registered) >= 33


@pytest.mark.parametrize(("name", "given_", "expected", "source"), BY_HAND, ids=[item[3] for item in BY_HAND])
def test_equations_by_hand(name: str, given_: dict[str, str], expected: dict[str, F], source: str) -> None:
    for key, value in expected.items():
        found = Exact.from_record(run(name, given_)["results"][key]["exact"])
        assert F(found.numerator, found.denominator) == value


def process(name: str, level: str, direct: str, cn: str = "72142000", **more: Any) -> Data:
    return {"id": name, "cn": cn, "activity_level_t": level, "dir_em_star_tCO2e": direct} | more


def takes(**masses: str) -> list[Data]:
    return [{"from": name, "mass_t": mass} for name, mass in masses.items()]


def works(*processes: Data, precursors: tuple[Data, ...] = (), **more: Any) -> Data:
    return {"processes": list(processes), "purchased_precursors": list(precursors), **more}


def fraction(number: Exact | None) -> F:
    assert number is not None
    return F(number.numerator, number.denominator)


def goods(data: Data, mode: str = "definitive") -> Seen:
    return see(copy.deepcopy(data), mode)


def test_two_processes_that_feed_each_other_by_hand() -> None:
    """Pig iron takes 10 t of steel scrap-in-kind, steel takes 90 t of pig iron, 100 t of each made.

    x = 200/100 + 0.1 y, y = 50/100 + 0.9 x: x = 2 + 0.05 + 0.09 x = 2.05/0.91, y = 0.5 + 0.9 x.
    """
    data = works(
        process("iron", "100", "200", "72011019", inputs=takes(steel="10")),
        process("steel", "100", "50", "72071114", inputs=takes(iron="90")),
    )
    found = goods(data).goods
    x = F("2.05") / F("0.91")
    assert fraction(found["iron"].direct) == x
    assert fraction(found["steel"].direct) == F("0.5") + F("0.9") * x


def test_a_mass_yield_counts_all_that_entered() -> None:
    """1.25 t of bought steel per t of screws, cutting losses and all: 0.2 + 1.25 x 2 = 2.7."""
    steel = {"id": "S", "see_direct": "2", "cn": "72142000", "verification": "VR-1"}
    found = goods(works(process("screws", "80", "16", "73181542", inputs=takes(S="100")), precursors=(steel,)))
    assert fraction(found.goods["screws"].direct) == F("2.7") and found.notices == ()


def test_shares_of_default_values_travel_through_processes() -> None:
    """Half of the bought iron is on a default of 3, half actual 2; wire takes 1 t of steel per t.

    Steel: 0.5 + 0.5 x 3 + 0.5 x 2 = 3, of it 1.5 default; wire 1 + 3 = 4, of it 1.5.
    """
    bought = (
        {"id": "D", "see_direct": "3", "basis": "default", "cn": "72011019"},
        {"id": "A", "see_direct": "2", "cn": "72011019", "verification": "VR-2"},
    )
    data = works(
        process("steel", "100", "50", "72071114", inputs=takes(D="50", A="50")),
        process("wire", "100", "100", "72131000", inputs=takes(steel="100")),
        precursors=bought,
    )
    found = goods(data).goods
    assert fraction(found["steel"].share_default_direct) == F(1, 2)
    assert fraction(found["wire"].share_default_direct) == F(3, 8)
    assert fraction(found["wire"].direct) == F(4)


@pytest.mark.parametrize(
    ("mode", "sinter", "iron"),
    [("definitive", F("0.05"), F("0.05")), ("transitional", F("0.05"), F("0.05") + F("0.2"))],
)
def test_indirect_emissions_are_counted_by_the_precursors_own_code(mode: str, sinter: F, iron: F) -> None:
    """Sintered ore counts its electricity, pig iron does not: from 2026 on iron carries the sinter's 0.05 alone."""
    data = works(
        process("sinter", "100", "20", "26011200", electricity_MWh="10", electricity_ef_tCO2_per_MWh="0.5"),
        process(
            "iron", "100", "150", "72011019", electricity_MWh="40", electricity_ef_tCO2_per_MWh="0.5",
            inputs=takes(sinter="100"),
        ),
    )  # fmt: skip
    found = goods(data, mode).goods
    assert (fraction(found["sinter"].indirect), fraction(found["iron"].indirect)) == (sinter, iron)
    assert fraction(found["iron"].electricity) == F("0.5")


def test_a_direct_only_precursor_brings_no_indirect_into_a_good_that_counts_them() -> None:
    """Ammonia counts indirect, bought hydrogen does not."""
    hydrogen = {
        "id": "H2", "see_direct": "9", "specific_electricity_MWh_per_t": "2", "electricity_ef": "0.5",
        "cn": "28041000", "verification": "VR",
    }  # fmt: skip
    ammonia = process(
        "NH3", "100", "50", "28141000", electricity_MWh="20", electricity_ef_tCO2_per_MWh="0.5", inputs=takes(H2="18")
    )
    found = goods(works(ammonia, precursors=(hydrogen,))).goods["NH3"]
    assert fraction(found.direct) == F("0.5") + F("0.18") * 9
    assert fraction(found.indirect) == F("0.1")


def test_a_negative_balance_is_zero_and_told() -> None:
    data = works(process("P", "10", "100", heat_exported_TJ="2", heat_export_ef="56.1"))
    found = goods(data)
    assert fraction(found.goods["P"].direct) == 0
    assert [(item.code, item.values["value"]) for item in found.notices] == [("cbam_negative", "-12.2000000")]


def test_waste_gas_sold_is_taken_off_at_its_worth_as_natural_gas() -> None:
    """1000 t less 10 TJ x 56.1 x 0.667 = 625.813 t over 100 t."""
    found = goods(works(process("P", "100", "1000", waste_gas_exported_TJ="10")))
    assert fraction(found.goods["P"].direct) == F("6.25813")
    assert fraction(found.gas_credit) == F("374.187")


def test_one_process_for_one_code_from_2026_on() -> None:
    data = works(process("P1", "10", "10"), process("P2", "10", "20"))
    assert [item.code for item in goods(data).notices] == ["cbam_one_process"]
    assert goods(data, "transitional").notices == ()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 500), min_size=2, max_size=6),
    st.lists(st.integers(0, 90), min_size=36, max_size=36),
    st.lists(st.integers(0, 1000), min_size=6, max_size=6),
)
def test_what_is_made_for_the_market_carries_all_that_was_set_free(
    levels: list[int], shares: list[int], emissions: list[int]
) -> None:
    """Sum of SEE x (made less used by others) is the sum of attributed emissions: nothing is lost, nothing twice."""
    size = len(levels)
    used: dict[tuple[int, int], F] = {}
    for i in range(size):
        total = sum(shares[i * size + j] for j in range(size) if j != i) or 1
        for j in range(size):
            part = shares[i * size + j]
            if j != i and part:
                used[i, j] = F(levels[i]) * F(part, total) * F(9, 10)
    made = []
    for j in range(size):
        masses = {f"p{i}": Exact(m.numerator, m.denominator).significant(30) for (i, k), m in used.items() if k == j}
        made.append(process(f"p{j}", str(levels[j]), str(emissions[j]), cn="", inputs=takes(**masses)))
    data = works(*made)
    found = goods(data).goods
    left = [F(levels[i]) - sum((m for (k, _), m in used.items() if k == i), F(0)) for i in range(size)]
    carried = sum((fraction(found[f"p{i}"].direct) * left[i] for i in range(size)), F(0))
    assert abs(carried - sum(emissions[:size])) <= F(1, 10**20) * (1 + sum(emissions[:size]))


@pytest.mark.parametrize(
    ("low", "high", "wide"), [("0.72", "0.8", False), ("0.71", "0.8", True), ("0.8", "0.8", False)]
)
def test_one_value_stands_for_contents_within_a_tenth(low: str, high: str, wide: bool) -> None:
    assert too_wide(Exact.parse(low), Exact.parse(high)) is wide


# -- the form -------------------------------------------------------------------------------------------------


def refused(data: Any) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as told:
        see(data, "definitive")
    return {(fault.code, fault.where) for fault in told.value.faults}


def test_every_fault_of_the_form_at_once() -> None:
    data = works(
        process("P", "0", "1", "99999999", inputs=takes(P="1", X="1")),
        process("Q", "10", "many", electricity_MWh="5", colour="grey"),
        precursors=({"id": "Q", "see_direct": "1", "basis": "guess", "specific_electricity_MWh_per_t": "1"},),
        source_streams=[
            {"name": "gas", "method": "burning"},
            {"name": "coal", "method": "combustion", "activity": "1", "biomass_fraction": "1.5"},
        ],
        carbon_offsets="10",
    )
    assert refused(data) >= {
        ("cbam_level", "/processes/0/activity_level_t"),
        ("cbam_cn_unknown", "/processes/0/cn"),
        ("cbam_own_product", "P / P"),
        ("cbam_source_unknown", "P / X"),
        ("number_unreadable", "/processes/1/dir_em_star_tCO2e"),
        ("missing_key", "/processes/1/electricity_ef_tCO2_per_MWh"),
        ("unknown_key", "/processes/1/colour"),
        ("cbam_id_twice", "Q"),
        ("cbam_basis", "/purchased_precursors/0/basis"),
        ("missing_key", "/purchased_precursors/0/electricity_ef"),
        ("cbam_method", "/source_streams/0/method"),
        ("missing_key", "/source_streams/1/ncv_GJ_per_unit"),
        ("cbam_share", "/source_streams/1/biomass_fraction"),
        ("offset_in_input", "/carbon_offsets"),
    }


def test_more_used_and_sold_than_made() -> None:
    data = works(
        process("iron", "100", "1", "72011019", produced_for_market_t="20"),
        process("steel", "90", "1", "72071114", inputs=takes(iron="90")),
    )
    assert refused(data) == {("cbam_more_used", "iron")}


@pytest.mark.parametrize("data", [None, [], "x", {}, {"processes": "none"}, {"inputs": {"processes": [1]}}])
def test_what_is_no_installation_is_refused(data: Any) -> None:
    assert refused(data)


@pytest.mark.parametrize("data", [{"schema": "pcf-record/1", "sections": {}}, {"pcf": {}, "specVersion": "3.0.3"}])
def test_a_footprint_is_never_offered_as_embedded_emissions(data: Any) -> None:
    assert refused(data) == {("cbam_footprint", "/")}
