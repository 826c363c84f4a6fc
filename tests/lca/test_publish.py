"""lca.publish: a footprint cut to its digits. Sheet W8 and small works, by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, settings

from lca.deferred import Allocate, CutOff, Share
from lca.exact import Exact
from lca.faults import Notice
from lca.inventory import Electricity, Indicator, ResolvedInventory
from lca.publish import publish
from tests.lca._works import bought, co2, emitted, gap, mill, own, process, reference, run, works
from tests.lca.test_footprint import random_works


def shown(resolved: ResolvedInventory, product: str = "a", digits: int = 6) -> dict[str, Any]:
    return publish(run(resolved), product, digits)


def one(
    *lines: Any, factors: Any = (), sold: str = "10", deferred: tuple[Any, ...] = (), **more: Any
) -> dict[str, Any]:
    return shown(
        works([process("p", "a", "10")], list(lines), dict(factors), [reference("a", sold)], *deferred, **more)
    )


def test_the_mill_in_published_digits() -> None:
    """Cement 0.547 = 0.522 + 0.025; per kg 1/750 kg of CH4; works 827, nothing left over."""
    result = shown(mill(), "cement")
    assert (result["product"], result["status"], result["total"]) == ("cement", "complete", "0.547000")
    assert result["stages"] == {"raw": "0.522000", "make": "0.0250000"}
    assert result["rounding"] == "0"
    assert result["gases"]["CH4|biogenic"] == {"kg": "0.00133333", "co2e": "0.0360000"}
    assert result["works"] == {"total": "827.000", "products": "827.000", "difference": "0"}
    assert result["lines"]["fossil"] == {"state": "value", "value": "0.511000"}
    assert result["lines"]["aircraft"] == {"state": "not_known", "value": "0"}


@pytest.mark.parametrize(("digits", "total"), [(2, "0.19"), (3, "0.190"), (6, "0.189556"), (10, "0.1895555556")])
def test_digits_are_those_asked_for(digits: int, total: str) -> None:
    """853/4500 = 0.18955555..."""
    assert shown(mill(), "mortar", digits)["total"] == total


def test_what_rounding_leaves_stands_in_a_line_of_its_own() -> None:
    """Stages of 1/3 and 1/3: 0.333333 twice is 0.666666, the total 0.666667."""
    lines = [emitted("e", "p", "10"), own("o", "q", "b", "30"), emitted("f", "q", "10")]
    processes = [process("p", "b", "30", stage="raw"), process("q", "a", "30")]
    result = shown(works(processes, lines, {}, [reference("a", "30")]))
    assert (result["total"], result["stages"]) == ("0.666667", {"raw": "0.333333", "make": "0.333333"})
    assert result["rounding"] == "0.000001"


@settings(deadline=None)
@given(random_works())
def test_rounding_closes_the_sum_and_json_holds_the_result(resolved: ResolvedInventory) -> None:
    made = run(resolved)
    for name in made.footprints:
        result = json.loads(json.dumps(publish(made, name, 6)))
        stages = list(result["stages"].values())
        if all(isinstance(value, str) for value in (result["total"], *stages)):
            assert sum(map(Q, stages)) + Q(result["rounding"]) == Q(result["total"])
        else:
            assert result["rounding"] is None


def test_a_band_is_two_ends_and_an_open_end_is_none() -> None:
    """100 kg and 20 kg at 1 to 4, over 10: 12 to 18; the works the same per 10 kg."""
    result = one(emitted("e", "p", "100"), bought("x", "p", "20"), factors={"x": gap("x", "1", "4")})
    assert result["total"] == {"low": "12.0000", "high": "18.0000"}
    assert result["works"]["difference"] == "0"
    (row,) = result["gaps"]
    assert (row["line"], row["range"]["low"], row["range"]["high"]) == ("x", "1", "4")
    opened = one(bought("x", "p", "20"), factors={"x": gap("x")})
    assert opened["total"] == {"low": "0", "high": None}
    assert opened["gaps"][0]["range"] is None
    assert opened["classes"]["gap"] is None


def test_a_footprint_far_below_any_amount_is_still_published() -> None:
    """1e-40 kg over 1e10 kg made is 1e-50 a kilogram; the limits of typed numbers are not limits of results."""
    resolved = works([process("p", "a", "1E+10")], [emitted("e", "p", "1E-40")], {}, [reference("a", "1")])
    result = shown(resolved)
    assert result["total"] == result["stages"]["make"] == "1.00000E-50"
    assert result["rounding"] == "0"


def test_proxies_settings_statements_and_notices() -> None:
    resolved = works(
        [process("p", "a", "10")],
        [bought("x", "p", "10")],
        {"x": replace(co2("x", "2", data_class="proxy"), distance={"place": "DE"}, label={"en": "other steel"})},
        [reference("a", "10")],
        settings={"b": "2", "a": "1"},
        statements={"dluc": "none"},
        notices=(Notice("z"), Notice("a", "w", {"k": "v"})),
    )
    result = shown(resolved)
    assert result["status"] == "complete_with_proxies"
    assert result["proxies"] == [
        {"line": "x", "factor": "x", "label": {"en": "other steel"}, "distance": {"place": "DE"}}
    ]
    assert list(result["settings"].items()) == [("a", "1"), ("b", "2")]
    assert result["lines"]["dluc"] == {"state": "zero_by_statement", "value": "0", "statement": "none"}
    assert [notice["code"] for notice in result["notices"]] == ["a", "z"]


def test_indicators_of_another_product_are_left_out() -> None:
    rows = (Indicator("r", Exact(1, 3), "1", {}), Indicator("s", Exact(1), "1", {}, "mortar"))
    before = mill()
    result = shown(replace(before, inventory=replace(before.inventory, indicators=rows)), "cement")
    assert result["indicators"] == {"r": {"value": "0.333333", "unit": "1", "label": {}}}


def test_the_ledger_of_cut_offs_is_shown() -> None:
    """1 of 100."""
    lines = (emitted("e", "p", "99"), emitted("f", "p", "1", excluded="small"))
    result = one(*lines, deferred=(CutOff(Exact("0.01"), Exact("0.05"), "why"),))
    assert result["cut_off"] == [{"line": "f", "reason": "small", "co2e": "0.100000", "share": "0.0100000"}]


def power(resolved: ResolvedInventory, line: str, at: str, kwh: str) -> ResolvedInventory:
    row = Electricity("row", line, at, "grid", Exact(kwh), "1", "grid")
    return replace(resolved, inventory=replace(resolved.inventory, electricity=(row,)))


def test_the_electricity_table_is_per_unit() -> None:
    """Cement takes 0.8 x 400 of the 400 kWh at the kiln, over 1200 kg: 4/15 kWh, at 0.5 is 2/15 kg."""
    (row,) = shown(power(mill(), "power-burn", "burn", "400"), "cement")["electricity"]
    assert (row["kwh"], row["co2e"], row["factor"], row["factor_value"]) == ("0.266667", "0.133333", "grid", "0.5")


def test_electricity_of_a_process_that_the_product_does_not_use_is_left_out() -> None:
    assert shown(power(mill(), "power-grind", "grind", "60"), "mortar")["electricity"] == []


def test_the_electricity_table_follows_an_allocation() -> None:
    """26 kWh, 10/13 of it to 1000 kg of a: 20/1000 kWh a kilogram; the rest to 300 kg of b: 6/300."""
    term = Allocate(
        "p", "mass", (Share("a", Exact(1000), "kg", Exact(1)), Share("b", Exact(300), "kg", Exact(1))), "why"
    )
    resolved = works(
        [process("p", "a", "1000")],
        [bought("w", "p", "26", "kWh")],
        {"w": co2("w", "0.5", "kWh")},
        [reference("a", "1000"), reference("b", "300")],
        term,
    )
    for product in ("a", "b"):
        (row,) = shown(power(resolved, "w", "p", "26"), product)["electricity"]
        assert (row["kwh"], row["co2e"]) == ("0.0200000", "0.0100000")
