"""lca.assemble: a works as A, B and methods."""

from __future__ import annotations

from typing import Any

import pytest

from lca.assemble import assemble, gap_range, line_amount
from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.inventory import Gap
from lca.system import LinearSystem
from tests.lca._works import bought, co2, emitted, factor, gap, mill, own, process, reference, works


def made(processes: list[Any], lines: list[Any], factors: dict[str, Any]) -> LinearSystem:
    return assemble(works(processes, lines, factors, [reference("a", "1")]), "AR6", "one")


def faults(processes: list[Any], lines: list[Any], factors: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    with pytest.raises(Refused) as caught:
        made(processes, lines, factors)
    return [(fault.code, fault.where, fault.found, fault.expected) for fault in caught.value.faults]


def test_the_mill_entry_by_entry() -> None:
    """Sheet W8: amounts in the unit of the product or factor, consumption negative, one column per factor."""
    system = assemble(mill(), "AR6", "one")
    assert {key: value.text() for key, value in system.a.items()} == {
        ("clinker", "burn"): "1000",
        ("cement", "grind"): "1200",
        ("mortar", "mix"): "900",
        ("clinker", "grind"): "-800",
        ("clinker", "mix"): "-200",
        ("bought:limestone", "burn"): "-900",
        ("bought:grid", "burn"): "-400",
        ("bought:grid", "grind"): "-60",
        ("bought:sand", "mix"): "-700",
        ("bought:limestone", "factor:limestone"): "1",
        ("bought:grid", "factor:grid"): "1",
        ("bought:sand", "factor:sand"): "1",
    }
    assert {key: value.text() for key, value in system.b.items()} == {
        ("CO2|fossil", "burn"): "520",
        ("CH4|biogenic", "burn"): "2",
        ("CO2|fossil", "factor:limestone"): "0.01",
        ("CO2|fossil", "factor:grid"): "0.5",
        ("CO2|fossil", "factor:sand"): "0.02",
    }
    assert system.methods == {"total": {"CH4|biogenic": Exact(27), "CO2|fossil": ONE}}


def test_lines_of_one_kind_add_up() -> None:
    system = made(
        [process("p", "a", "2")],
        [
            bought("x", "p", "1", key="k"),
            bought("y", "p", "0.5", "t", key="k"),
            emitted("e", "p", "1"),
            emitted("f", "p", "2"),
        ],
        {"x": co2("k", "3"), "y": co2("k", "3")},
    )
    assert system.a["bought:k", "p"] == Exact(-501)
    assert system.b["CO2|fossil", "p"] == Exact(3)


def test_own_use_is_taken_off_the_output() -> None:
    system = made([process("p", "a", "10")], [own("o", "p", "a", "0.004", "t")], {})
    assert system.a == {("a", "p"): Exact(6)}


def test_a_credit_is_a_negative_purchase() -> None:
    system = made([process("p", "a", "1")], [bought("c", "p", "-5")], {"c": co2("c", "2")})
    assert system.a["bought:c", "p"] == Exact(5)


def test_excluded_lines_stay_outside() -> None:
    system = made(
        [process("p", "a", "1")],
        [bought("x", "p", "5", excluded="small"), emitted("e", "p", "1", excluded="small")],
        {"x": co2("x", "2")},
    )
    assert system.a == {("a", "p"): ONE}
    assert (system.b, system.flows, system.methods) == ({}, (), {"total": {}})


def test_a_gap_is_a_process_with_a_flow_of_its_own() -> None:
    """6 kg with 1 to 4 kg CO2e per kg; the methods weigh the flow with either end."""
    system = made(
        [process("p", "a", "1")], [bought("x", "p", "0.006", "t"), emitted("e", "p", "1")], {"x": gap("x", "1", "4")}
    )
    assert system.a["bought:x", "p"] == Exact(-6)
    assert system.a["bought:x", "gap:x"] == system.b["gap|x", "gap:x"] == ONE
    assert system.methods == {
        "total_low": {"CO2|fossil": ONE, "gap|x": ONE},
        "total_high": {"CO2|fossil": ONE, "gap|x": Exact(4)},
    }


def test_a_gap_that_is_open_above_has_no_high_method() -> None:
    system = made([process("p", "a", "1")], [bought("x", "p", "6")], {"x": gap("x", "1", None)})
    assert system.methods == {"total_low": {"gap|x": ONE}}
    bare = made([process("p", "a", "1")], [bought("x", "p", "6")], {"x": gap("x")})
    assert bare.methods == {"total_low": {"gap|x": ZERO}}


def test_a_credit_with_a_gap_swaps_the_ends() -> None:
    """Minus 6 kg at 1 to 4: the total is lowest when the credit is largest."""
    system = made([process("p", "a", "1")], [bought("x", "p", "-6")], {"x": gap("x", "1", "4")})
    assert system.methods == {"total_low": {"gap|x": Exact(4)}, "total_high": {"gap|x": ONE}}
    opened = made([process("p", "a", "1")], [bought("x", "p", "-6")], {"x": gap("x", "1", None)})
    assert opened.methods == {"total_high": {"gap|x": ONE}}


def test_two_gaps_of_one_input_are_two_flows() -> None:
    lines = [bought("x", "p", "1", key="k"), bought("y", "p", "-1", key="k")]
    system = made([process("p", "a", "1")], lines, {"x": gap("k", "1", "2"), "y": gap("k", "1", "2")})
    assert system.methods["total_low"] == {"gap|x": ONE, "gap|y": Exact(2)}


@pytest.mark.parametrize(
    ("of", "low", "high"),
    [
        (gap("x", "1", "4", "kg"), "1", "4"),
        (gap("x", "1", "4", "kg", per="t"), "0.001", "0.004"),  # per tonne, for a kilogram
        (gap("x", "100", "900", "kWh", per="MWh"), "0.1", "0.9"),
        (gap("x", "1", None), "1", None),
        (gap("x"), "0", None),
    ],
)
def test_ranges_in_the_unit_of_the_line(of: Gap, low: str, high: str | None) -> None:
    assert gap_range(of) == (Exact(low), None if high is None else Exact(high))


def test_amounts_in_the_unit_of_the_factor() -> None:
    assert line_amount(bought("x", "p", "3", "MWh"), co2("x", "1", "kWh")) == Exact(3000)
    assert line_amount(bought("x", "p", "3", "t"), gap("x", unit="kg")) == Exact(3000)


# ---- refusals


def test_a_unit_mismatch_names_the_process_and_the_input() -> None:
    """500 Nm3 of gas against a factor per kilogram, at the kiln."""
    line = bought("row-17", "kiln", "500", "Nm3", input="natural gas")
    ((code, where, found, expected),) = faults([process("kiln", "a", "1")], [line], {"row-17": co2("gas", "2")})
    assert (code, found, expected) == ("unit_mismatch", "Nm3 (norm_gas)", "kg (mass)")
    assert where == "kiln / natural gas"


def test_an_own_line_in_another_dimension_names_the_process() -> None:
    lines = [own("o", "q", "a", "5", "kWh")]
    ((code, where, found, expected),) = faults([process("p", "a", "1"), process("q", "b", "1")], lines, {})
    assert (code, found, expected) == ("unit_mismatch", "kWh (energy)", "kg (mass)")
    assert where == "q / a"


def test_an_emission_in_cubic_metres_names_the_process() -> None:
    ((code, where, *_),) = faults([process("p", "a", "1")], [emitted("leak", "p", "5", "CH4|fossil", "Nm3")], {})
    assert (code, where) == ("unit_mismatch", "p / leak")


def test_an_unknown_unit_is_named() -> None:
    ((code, _, found, _),) = faults([process("p", "a", "1")], [bought("x", "p", "5", "斤")], {"x": co2("x", "1")})
    assert (code, found) == ("unknown_unit", "斤")


def test_an_unknown_product_is_named_with_those_known() -> None:
    assert faults([process("p", "a", "1"), process("q", "b", "1")], [own("o", "q", "c", "5")], {}) == [
        ("unknown_product", "o", "c", "a, b")
    ]


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_an_output_of_zero_is_named(amount: str) -> None:
    assert faults([process("p", "a", amount)], [], {}) == [("zero_output", "p", f"{amount} kg", "an output above zero")]


def test_all_faults_at_once() -> None:
    lines = [own("o", "q", "c", "5"), bought("x", "p", "1", "kWh"), emitted("e", "q", "1", unit="m3")]
    found = faults([process("p", "a", "0"), process("q", "b", "1")], lines, {"x": co2("x", "1")})
    assert [code for code, *_ in found] == ["zero_output", "unknown_product", "unit_mismatch", "unit_mismatch"]


@pytest.mark.parametrize("used", ["10", "15"])
def test_a_process_that_uses_up_its_own_product_is_refused(used: str) -> None:
    """Makes 10 and takes 10 or 15 of it: the net entry is no output. Left alone, the second has a level of -2."""
    found = faults([process("p", "a", "10")], [own("o", "p", "a", used), emitted("e", "p", "1")], {})
    assert [(code, where) for code, where, *_ in found] in ([("zero_output", "p")], [("loop_gain", "p")])


def test_a_factor_with_several_gases_keeps_them_apart() -> None:
    answer = factor("k", CO2__fossil="2", CH4__fossil="0.1", CO2e__unsplit__AR5="1")
    system = made([process("p", "a", "1")], [bought("x", "p", "1", key="k")], {"x": answer})
    assert {flow for flow, _ in system.b} == {"CO2|fossil", "CH4|fossil", "CO2e|unsplit|AR5"}
    assert system.methods["total"] == {"CO2|fossil": ONE, "CH4|fossil": Exact("29.8"), "CO2e|unsplit|AR5": ONE}
