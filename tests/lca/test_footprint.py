"""lca.footprint: totals, lines, classes, gaps, cut-off and sensitivity of small works, by hand.

The mill is sheet W8 of ``docs/worked/textbook_systems.md``. Long because every answer is asked of the same few works.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.deferred import Alternative, CutOff
from lca.exact import ONE, ZERO, Exact, total
from lca.faults import Notice, Refused
from lca.footprint import CLASSES, TIES, Contribution, Footprint, StatedLine, line_class
from lca.inventory import ResolvedInventory
from lca.naming import FactorName
from lca.solve import solve
from lca.weigh import NOTHING, Band
from tests.lca._works import band, bought, co2, emitted, factor, gap, mill, own, process, reference, run, works


def one(*lines: Any, factors: Any = (), made: str = "10", deferred: tuple[Any, ...] = (), **more: Any) -> Footprint:
    """A works of one process that makes 10 kg of a."""
    settled = works([process("p", "a", "10")], list(lines), dict(factors), [reference("a", made)], *deferred, **more)
    return run(settled).footprints["a"]


def points(bands: Any) -> dict[str, Q]:
    return {name: Q(value.point.text()) for name, value in bands.items()}


# ---- two products from one intermediate


def test_the_mill_in_totals() -> None:
    """Clinker 783/1000; cement (800 x 0.783 + 30)/1200 = 0.547; mortar (156.6 + 14)/900 = 853/4500."""
    made = run(mill())
    assert made.footprints["cement"].total == band("0.547")
    assert made.footprints["mortar"].total == band("853/4500")


def test_the_works_and_its_products_are_reconciled() -> None:
    """9 + 200 + 520 + 54 + 30 + 14 = 827 = 656.4 + 170.6: all clinker is used up."""
    made = run(mill())
    assert made.total == made.products_total == band("827")


def test_what_is_not_sold_shows_in_the_reconciliation() -> None:
    """Only 600 of 1200 kg of cement sold: products 328.2 + 170.6, the works still 827."""
    before = mill()
    sold = (reference("cement", "600"), reference("mortar", "900"))
    made = run(replace(before, inventory=replace(before.inventory, references=sold)))
    assert made.total == band("827")
    assert made.products_total == band("498.8")


def test_a_declared_unit_of_another_size() -> None:
    """Per tonne of cement: 547; made 1.2 t."""
    before = mill()
    sold = (reference("cement", "1.2", unit="t"),)
    made = run(replace(before, inventory=replace(before.inventory, references=sold)))
    assert made.footprints["cement"].total == band("547")
    assert made.products_total == band("656.4")


def test_the_mill_by_stage_process_and_input() -> None:
    """Cement, per 1200 kg: burning 626.4 (raw), grinding 30 (make); power 160 + 30, stone 7.2, 416, 43.2."""
    footprint = run(mill()).footprints["cement"]
    assert points(footprint.stages) == {"raw": Q(6264, 12000), "make": Q(30, 1200)}
    assert points(footprint.processes) == {"burn": Q(6264, 12000), "grind": Q(30, 1200), "mix": 0}
    assert points(footprint.inputs) == {
        "power": Q(190, 1200),
        "stone": Q(72, 12000),
        "calcination": Q(416, 1200),
        "digester": Q(432, 12000),
    }


def test_the_mill_by_gas() -> None:
    """Cement: CO2 (0.8 x 729 + 30)/1200 = 0.511 kg; CH4 1.6/1200 = 1/750 kg, at 27 is 0.036."""
    footprint = run(mill()).footprints["cement"]
    assert footprint.gases == {
        "CH4|biogenic": (Exact(1, 750), Exact("0.036")),
        "CO2|fossil": (Exact("0.511"), Exact("0.511")),
    }


def test_the_mill_under_another_set() -> None:
    """SAR: biogenic methane 21 instead of 27: 1.6 x 6 / 1200 = 0.008 less."""
    assert run(mill(), "SAR").footprints["cement"].total == band("0.539")


def test_the_mill_by_class() -> None:
    """Mortar, per 900 kg: 114.8 measured, 41.8 official, 14 proxy, of 170.6."""
    shares = run(mill()).footprints["mortar"].classes
    assert {name: Q(str(value)) for name, value in shares.items()} == {
        "measured": Q(1148, 1706),
        "supplier": 0,
        "official": Q(418, 1706),
        "proxy": Q(140, 1706),
        "gap": 0,
    }


def test_the_mill_by_contribution() -> None:
    parts = {part.line: part for part in run(mill()).footprints["cement"].contributions}
    assert list(parts) == ["calcination", "digester", "power-burn", "power-grind", "stone"]
    stone = parts["stone"]
    wanted = Contribution(
        "stone", "burn", "raw", "stone", "", "limestone", "official", Exact("0.0006"), "t", band("0.006")
    )
    assert stone == wanted
    assert (parts["calcination"].source, parts["calcination"].data_class) == ("CO2|fossil", "measured")


def test_status_of_each_product_is_its_own() -> None:
    """The sand is a proxy and is only in the mortar."""
    made = run(mill())
    assert (made.footprints["cement"].status, made.footprints["cement"].proxies) == ("complete", ())
    assert (made.footprints["mortar"].status, made.footprints["mortar"].proxies) == ("complete_with_proxies", ("sand",))
    assert made.footprints["mortar"].exact is True


def test_the_footprint_is_the_score_of_the_system() -> None:
    """Two ways to one number: the sum of weighed lines, and C B s of the assembled system."""
    made = run(mill())
    for name, footprint in made.footprints.items():
        assert solve(made.system, {name: ONE}).scores == {"total": footprint.total.point}


# ---- laws


@st.composite
def random_works(draw: st.DrawFn) -> ResolvedInventory:
    """Up to four processes in a row, each buying, emitting and taking from those before it; some factors are gaps."""
    size = draw(st.integers(1, 4))
    amounts = st.integers(1, 5000).map(lambda n: f"{n}E-1")
    processes = [
        process(f"m{k}", f"p{k}", draw(amounts), stage=draw(st.sampled_from(["raw", "make"]))) for k in range(size)
    ]
    lines: list[Any] = []
    answers: dict[str, Any] = {}
    for k in range(size):
        basis = draw(st.sampled_from(["measured", "estimated"]))
        lines.append(
            emitted(f"e{k}", f"m{k}", draw(amounts), draw(st.sampled_from(["CO2|fossil", "CH4|biogenic"])), basis=basis)
        )
        for n in range(draw(st.integers(0, 2))):
            name = f"b{k}{n}"
            sign = draw(st.sampled_from(["", "-"]))
            lines.append(bought(name, f"m{k}", sign + draw(amounts), input=f"input {n}"))
            answers[name] = draw(
                st.sampled_from(
                    [
                        co2(name, "2.5"),
                        co2(name, "0.3", "kg", "proxy"),
                        gap(name, "1", "3"),
                        gap(name, "1", None),
                        gap(name),
                    ]
                )
            )
        if k and draw(st.booleans()):
            lines.append(own(f"o{k}", f"m{k}", f"p{draw(st.integers(0, k - 1))}", draw(amounts)))
    sold = [reference(f"p{k}", processes[k].amount.text()) for k in range(size)]
    return works(processes, lines, answers, sold)


def added(bands: Any) -> Band:
    whole = NOTHING
    for part in bands:
        whole = whole + part
    return whole


@settings(deadline=None)
@given(random_works())
def test_every_division_sums_to_the_total(resolved: ResolvedInventory) -> None:
    """Architecture §4: "sums equal the total exactly" is a law of the unrounded values."""
    for footprint in run(resolved).footprints.values():
        assert added(footprint.stages.values()) == footprint.total
        assert added(footprint.processes.values()) == footprint.total
        assert added(footprint.inputs.values()) == footprint.total
        assert added(part.co2e for part in footprint.contributions) == footprint.total
        if footprint.status != "draft":
            assert total(co2e for _, co2e in footprint.gases.values()) == footprint.total.point
            assert total(line.value for line in footprint.lines.values()) == footprint.total.point


@settings(deadline=None)
@given(random_works())
def test_classes_sum_to_one(resolved: ResolvedInventory) -> None:
    """Unless a gap is open: then its share is not known, and the others are shares of what is closed."""
    for footprint in run(resolved).footprints.values():
        assert tuple(footprint.classes) == CLASSES
        known = [share for share in footprint.classes.values() if share is not None]
        if None in (footprint.total.low, footprint.total.high):
            assert footprint.classes["gap"] is None
            assert total(known) <= ONE
        else:
            assert len(known) == len(CLASSES)
            assert total(known) == ONE


@settings(deadline=None)
@given(random_works())
def test_status_follows_from_gaps_and_proxies(resolved: ResolvedInventory) -> None:
    for footprint in run(resolved).footprints.values():
        wanted = "draft" if footprint.gaps else "complete_with_proxies" if footprint.proxies else "complete"
        assert footprint.status == wanted
        assert (footprint.total.point is not None) or footprint.gaps


@settings(deadline=None)
@given(random_works())
def test_the_ends_of_a_band_are_the_scores_of_the_system(resolved: ResolvedInventory) -> None:
    """Band arithmetic against C B s with the gaps weighed low and high; an end that is open has no method."""
    made = run(resolved)
    for name, footprint in made.footprints.items():
        scores = solve(made.system, {name: ONE}).scores
        low, high = scores.get("total", scores.get("total_low")), scores.get("total", scores.get("total_high"))
        if footprint.total.low is not None and low is not None:
            assert footprint.total.low == low
        if footprint.total.high is not None and high is not None:
            assert footprint.total.high == high


@settings(deadline=None)
@given(random_works(), st.randoms())
def test_the_order_of_rows_leaves_no_trace(resolved: ResolvedInventory, rng: random.Random) -> None:
    inventory = resolved.inventory
    lines, processes = list(inventory.lines), list(inventory.processes)
    rng.shuffle(lines)
    rng.shuffle(processes)
    other = replace(resolved, inventory=replace(inventory, lines=tuple(lines), processes=tuple(processes)))
    assert run(other).footprints == run(resolved).footprints


@settings(deadline=None)
@given(random_works(), st.fractions(min_value=Q(1, 50), max_value=50, max_denominator=50))
def test_a_period_of_another_length_gives_the_same_footprint(resolved: ResolvedInventory, factor_: Q) -> None:
    """All amounts of the period times the same number: per unit nothing changes, the works total is scaled."""
    scale = Exact(factor_.numerator, factor_.denominator)
    inventory = resolved.inventory
    other = replace(
        inventory,
        lines=tuple(replace(line, amount=line.amount * scale) for line in inventory.lines),
        processes=tuple(replace(item, amount=item.amount * scale) for item in inventory.processes),
        references=tuple(replace(item, made=item.made * scale) for item in inventory.references),
    )
    one_, two = run(resolved), run(replace(resolved, inventory=other))
    assert {k: f.total for k, f in one_.footprints.items()} == {k: f.total for k, f in two.footprints.items()}
    if one_.total.point is not None:
        assert two.total.point == one_.total.point * scale


def test_kilograms_and_tonnes_are_one() -> None:
    before = mill()
    lines = tuple(
        replace(line, amount=line.amount / 1000, unit="t") if line.unit == "kg" else line
        for line in before.inventory.lines
    )
    after = run(replace(before, inventory=replace(before.inventory, lines=lines)))
    assert {name: f.total for name, f in after.footprints.items()} == {
        "cement": band("0.547"),
        "mortar": band("853/4500"),
    }


def test_a_row_split_in_two_and_a_row_of_zero_change_nothing() -> None:
    before = mill()
    lines = [line for line in before.inventory.lines if line.id != "sand"]
    lines += [
        bought("sand", "mix", "300"),
        bought("sand-2", "mix", "400", key="sand"),
        bought("none", "mix", "0", key="sand"),
    ]
    factors = dict(before.factors) | {"sand-2": before.factors["sand"], "none": before.factors["sand"]}
    after = run(replace(before, inventory=replace(before.inventory, lines=tuple(lines)), factors=factors))
    assert after.footprints["mortar"].total == band("853/4500")
    assert after.total == band("827")


# ---- bands


@pytest.mark.parametrize(
    ("one_", "two", "both"),
    [
        (band("1", "2"), band("10", "20"), band("11", "22")),
        (band("1", None), band("10", "20"), band("11", None)),
        (band(None, "2"), band("10", None), band(None, None)),
        (NOTHING, band("3"), band("3")),
    ],
)
def test_bands_add_end_by_end(one_: Band, two: Band, both: Band) -> None:
    assert one_ + two == two + one_ == both


def test_the_point_of_a_band() -> None:
    assert band("3").point == Exact(3)
    assert [b.point for b in (band("3", "4"), band("3", None), band(None, "3"), band(None, None))] == [None] * 4


def test_a_gap_gives_a_band() -> None:
    """100 kg CO2 and 20 kg at 1 to 4, over 10 kg: 12 to 18."""
    made = one(emitted("e", "p", "100"), bought("x", "p", "20"), factors={"x": gap("x", "1", "4")})
    assert (made.status, made.total, made.gaps) == ("draft", band("12", "18"), ("x",))
    assert made.classes["gap"] == Exact(80, 180)  # a gap counts with its upper end


def test_a_gap_without_a_top_leaves_the_band_open() -> None:
    made = one(emitted("e", "p", "100"), bought("x", "p", "20"), factors={"x": gap("x", "1", None)})
    assert (made.total, made.status) == (band("12", None), "draft")
    assert made.classes["gap"] is None  # open above: no share can be said
    assert made.classes["measured"] == ONE  # of what is closed
    bare = one(emitted("e", "p", "100"), bought("x", "p", "20"), factors={"x": gap("x")})
    assert bare.total == band("10", None)


def test_a_credit_with_a_gap_swaps_the_ends() -> None:
    """A credit of 20 kg at 1 to 4 off 100: 2 to 8 per kg; without a top the total is open below."""
    made = one(emitted("e", "p", "100"), bought("x", "p", "-20"), factors={"x": gap("x", "1", "4")})
    assert made.total == band("2", "8")
    opened = one(emitted("e", "p", "100"), bought("x", "p", "-20"), factors={"x": gap("x", "1", None)})
    assert opened.total == band(None, "8")


def test_the_widest_gap_comes_first_and_an_open_one_before_all() -> None:
    """Widths over 10 kg: x 20 x 3, y 100 x 1, z open."""
    made = one(
        bought("x", "p", "20"),
        bought("y", "p", "100"),
        bought("z", "p", "1"),
        factors={"x": gap("x", "1", "4"), "y": gap("y", "1", "2"), "z": gap("z", "1", None)},
    )
    assert made.gaps == ("z", "y", "x")


def test_a_range_per_tonne_on_kilograms() -> None:
    made = one(bought("x", "p", "20"), factors={"x": gap("x", "1000", "4000", "kg", per="t")})
    assert made.total == band("2", "8")


# ---- classes


@pytest.mark.parametrize(
    ("basis", "data_class", "wanted"),
    [
        ("measured", "supplier", "supplier"),
        ("calculated", "official", "official"),
        ("estimated", "supplier", "proxy"),
        ("estimated", "official", "proxy"),
        ("measured", "proxy", "proxy"),
    ],
)
def test_a_class_is_the_weaker_of_activity_and_factor(basis: Any, data_class: str, wanted: str) -> None:
    line = bought("x", "p", "1", basis=basis)
    resolved = works([process("p", "a", "1")], [line], {"x": co2("x", "1", data_class=data_class)}, [])
    assert line_class(resolved, line) == wanted


@pytest.mark.parametrize(
    ("basis", "data_class", "wanted"),
    [
        ("measured", "", "measured"),
        ("measured", "official", "official"),
        ("estimated", "", "proxy"),
        ("calculated", "supplier", "supplier"),
    ],
)
def test_the_class_of_an_emission(basis: Any, data_class: str, wanted: str) -> None:
    line = emitted("e", "p", "1", basis=basis, data_class=data_class)
    assert line_class(works([process("p", "a", "1")], [line], {}, []), line) == wanted


@pytest.mark.parametrize("basis", ["measured", "calculated", "estimated"])
def test_a_gap_is_the_weakest(basis: Any) -> None:
    line = bought("x", "p", "1", basis=basis)
    assert line_class(works([process("p", "a", "1")], [line], {"x": gap("x")}, []), line) == "gap"


def test_classes_are_shares_of_absolute_amounts() -> None:
    """Plus 30 measured and minus 10 official: 3/4 and 1/4."""
    made = one(emitted("e", "p", "30"), bought("c", "p", "-10"), factors={"c": co2("c", "1")})
    assert made.total == band("2")
    assert (made.classes["measured"], made.classes["official"]) == (Exact("0.75"), Exact("0.25"))


# ---- lines


def test_a_line_is_a_value_or_a_zero_by_statement_or_not_known() -> None:
    made = one(
        emitted("e", "p", "50"),
        emitted("f", "p", "1", "CH4|biogenic"),
        emitted("g", "p", "20", "CO2|biogenic uptake"),
        statements={"dluc": "no land was changed since 2004"},
    )
    assert made.lines == {
        "fossil": StatedLine("value", Exact(5)),
        "biogenic": StatedLine("value", Exact("0.7")),  # (27 - 20)/10
        "dluc": StatedLine("zero_by_statement", ZERO, "no land was changed since 2004"),
        "aircraft": StatedLine("not_known", ZERO),
        "unsplit": StatedLine("value", ZERO),
    }


def test_unsplit_equivalents_make_every_other_line_uncertain() -> None:
    """Architecture §3: unknown is not zero, not even by statement; what is known is kept as the known part."""
    made = one(
        emitted("e", "p", "50"),
        bought("x", "p", "10"),
        factors={"x": factor("x", CO2e__unsplit__AR5="3")},
        statements={"aircraft": "nothing is flown"},
    )
    assert made.total == band("8")
    assert made.lines["fossil"] == StatedLine("not_known", Exact(5))
    assert made.lines["unsplit"] == StatedLine("value", Exact(3))
    assert made.lines["aircraft"] == StatedLine("not_known", ZERO)


def test_a_gap_makes_every_line_uncertain() -> None:
    made = one(emitted("e", "p", "50"), bought("x", "p", "10"), factors={"x": gap("x", "1", "2")})
    assert made.lines["fossil"] == StatedLine("not_known", Exact(5))


def test_a_statement_does_not_hide_a_value() -> None:
    made = one(emitted("e", "p", "50", "CO2|dluc"), statements={"dluc": "none"})
    assert made.lines["dluc"] == StatedLine("value", Exact(5))


def test_the_gap_of_one_product_leaves_the_lines_of_another_alone() -> None:
    """b shares nothing with a, whose input is a gap: b is complete and its fossil line is a value."""
    made = run(
        works(
            [process("p", "a", "10"), process("q", "b", "10")],
            [bought("x", "p", "1"), emitted("e", "q", "50")],
            {"x": gap("x", "1", "2")},
            [reference("a", "10"), reference("b", "10")],
        )
    )
    assert (made.footprints["a"].status, made.footprints["b"].status) == ("draft", "complete")
    assert made.footprints["b"].lines["fossil"] == StatedLine("value", Exact(5))


def test_biogenic_uptake_and_release_that_cancel_are_known_to_be_zero() -> None:
    """Wood grown and burned: +20 and -20 kg is a known value of 0, not an unknown."""
    made = one(emitted("e", "p", "20", "CO2|biogenic"), emitted("f", "p", "20", "CO2|biogenic uptake"))
    assert made.lines["biogenic"] == StatedLine("value", ZERO)


def test_biogenic_carbon_that_a_regime_does_not_count_is_a_value_of_zero() -> None:
    """EF 3.1 counts neither; the flow is there, so the line is known."""
    resolved = works([process("p", "a", "10")], [emitted("e", "p", "20", "CO2|biogenic")], {}, [reference("a", "10")])
    made = run(resolved, "EF3.1", "zero").footprints["a"]
    assert made.gases == {"CO2|biogenic": (Exact(2), ZERO)}
    assert made.lines["biogenic"] == StatedLine("value", ZERO)


# ---- cut-off


def cut(share: str, together: str = "0.05") -> CutOff:
    return CutOff(Exact(share), Exact(together), "GB/T 24067 6.3.4")


def test_the_ledger_of_what_was_left_out() -> None:
    """98 kg counted; 1 kg at 1 and 0.5 kg at 2 left out: each 1 of 100."""
    made = one(
        emitted("e", "p", "98"),
        bought("x", "p", "1", excluded="small"),
        bought("y", "p", "0.5", excluded="no data"),
        factors={"x": co2("x", "1"), "y": co2("y", "2")},
        deferred=(cut("0.01", "0.02"),),
    )
    assert made.total == band("9.8")
    assert [(item.line, item.input, item.reason, item.co2e.text(), item.share.text()) for item in made.cut_off] == [
        ("x", "x", "small", "0.1", "0.01"),
        ("y", "y", "no data", "0.1", "0.01"),
    ]
    assert (made.status, "x" in made.inputs) == ("complete", False)


def test_a_single_line_above_its_limit_is_refused() -> None:
    """2 of 100 against 1 %."""
    with pytest.raises(Refused) as caught:
        one(
            emitted("e", "p", "98"),
            bought("x", "p", "2", excluded="small"),
            factors={"x": co2("x", "1")},
            deferred=(cut("0.01"),),
        )
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.found) == ("cut_off_exceeded", "x", "2.00 %")
    assert (fault.expected, fault.rule) == ("at most 1.00 %", "GB/T 24067 6.3.4")


def test_all_lines_together_above_their_limit_are_refused() -> None:
    """Three lines of 2 % each against 5 % together."""
    lines = [bought(f"x{k}", "p", "2", key="x", excluded="small") for k in range(3)]
    with pytest.raises(Refused) as caught:
        one(
            emitted("e", "p", "94"), *lines, factors={line.id: co2("x", "1") for line in lines}, deferred=(cut("0.02"),)
        )
    (fault,) = caught.value.faults
    assert (fault.where, fault.found, fault.expected) == ("all excluded", "6.00 %", "together at most 5.00 %")


def test_a_credit_left_out_counts_by_its_size() -> None:
    """Minus 2 of (98 + 2): 2 %."""
    with pytest.raises(Refused, match="cut_off_exceeded"):
        one(
            emitted("e", "p", "98"),
            bought("x", "p", "-2", excluded="small"),
            factors={"x": co2("x", "1")},
            deferred=(cut("0.01"),),
        )


def test_an_excluded_line_that_nobody_can_estimate_is_refused() -> None:
    """A cut-off needs a reason *and* an estimate: a gap has none."""
    with pytest.raises(Refused) as caught:
        one(
            emitted("e", "p", "98"),
            bought("x", "p", "2", excluded="small"),
            factors={"x": gap("x", "0", "1")},
            deferred=(cut("0.01"),),
        )
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("cut_off_unknown", "x")]


def test_an_excluded_emission_is_estimated_too() -> None:
    made = one(emitted("e", "p", "99"), emitted("f", "p", "1", excluded="small"), deferred=(cut("0.01"),))
    assert [item.share.text() for item in made.cut_off] == ["0.01"]
    assert "CO2|fossil" in made.gases
    assert made.gases["CO2|fossil"][0] == Exact("9.9")


# ---- loops


def loop(taken: str) -> ResolvedInventory:
    """Power takes 1 steel per MWh, steel takes ``taken`` MWh per kg; each emits 1 kg a unit."""
    return works(
        [process("plant", "power", "1", "MWh"), process("smelter", "steel", "1")],
        [
            own("s", "plant", "steel", "1"),
            own("w", "smelter", "power", taken, "MWh"),
            emitted("e", "plant", "1"),
            emitted("f", "smelter", "2"),
        ],
        {},
        [reference("steel", "1")],
    )


def test_a_loop_just_below_one_is_solved() -> None:
    """Sheet W6: 1000 steel and 999 power for 1 steel: 2000 + 999."""
    assert run(loop("0.999")).footprints["steel"].total == band("2999")


@pytest.mark.parametrize(("taken", "gain"), [("1", "1"), ("1.21", "1.1"), ("4", "2")])
def test_a_loop_of_one_or_more_is_refused(taken: str, gain: str) -> None:
    with pytest.raises(Refused) as caught:
        run(loop(taken))
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.found) == ("loop_gain", "plant, smelter", gain)


def test_a_process_that_eats_more_than_it_makes_is_refused() -> None:
    """Makes 10, takes 15: without a word the footprint would be -2 x 1 kg a unit."""
    with pytest.raises(Refused):
        one(own("o", "p", "a", "15"), emitted("e", "p", "10"))


def test_own_use_raises_the_footprint() -> None:
    """10 kg made, 2 used up inside, 16 kg CO2: 2 per kg that leaves."""
    assert one(own("o", "p", "a", "2"), emitted("e", "p", "16"), made="8").total == band("2")


# ---- sensitivity


def alternative(*dropped: str, **replaced: str) -> Alternative:
    return Alternative("case", {line: FactorName(id=key) for line, key in replaced.items()}, "why", dropped)


def without(resolved: ResolvedInventory, dropped: tuple[str, ...], replaced: dict[str, Any]) -> dict[str, Band]:
    """The full recalculation: lines gone, factors exchanged, everything solved again."""
    inventory = resolved.inventory
    lines = tuple(line for line in inventory.lines if line.id not in dropped)
    other = replace(
        resolved, inventory=replace(inventory, lines=lines, deferred=()), factors={**resolved.factors, **replaced}
    )
    return {name: footprint.total for name, footprint in run(other).footprints.items()}


def with_case(resolved: ResolvedInventory, dropped: tuple[str, ...], replaced: dict[str, Any]) -> dict[str, Band]:
    case = alternative(*dropped, **{line: answer.key for line, answer in replaced.items()})
    inventory = replace(resolved.inventory, deferred=(*resolved.inventory.deferred, case))
    made = run(replace(resolved, inventory=inventory, alternatives={"case": replaced}))
    return {name: footprint.sensitivities["case"] for name, footprint in made.footprints.items()}


def test_another_grid_by_hand() -> None:
    """Grid 0.3 instead of 0.5: cement (0.8 x 400 + 60) x 0.2 / 1200 = 76/1200 less than 0.547."""
    replaced = {name: co2("other", "0.3", "kWh") for name in ("power-burn", "power-grind")}
    assert with_case(mill(), (), replaced)["cement"] == band(str(Q(547, 1000) - Q(76, 1200)))


def test_a_dropped_line_by_hand() -> None:
    """Without the sand: 156.6/900 = 0.174."""
    assert with_case(mill(), ("sand",), {}) == {"cement": band("0.547"), "mortar": band("0.174")}


@settings(deadline=None)
@given(random_works(), st.data())
def test_a_sensitivity_case_is_a_full_recalculation(resolved: ResolvedInventory, data: st.DataObject) -> None:
    names = sorted(resolved.factors)
    kinds = st.sampled_from([co2("other", "7"), gap("other", "2", "9"), gap("other", "2", None)])
    fates = data.draw(st.lists(st.sampled_from(["keep", "drop", "replace"]), min_size=len(names), max_size=len(names)))
    dropped = tuple(name for name, fate in zip(names, fates, strict=True) if fate == "drop")
    replaced = {name: data.draw(kinds) for name, fate in zip(names, fates, strict=True) if fate == "replace"}
    assert with_case(resolved, dropped, replaced) == without(resolved, dropped, replaced)


def test_dropping_a_gap_takes_its_whole_band_away() -> None:
    """100 kg and a gap of 20 to 80: without it 10 per kg, and no band is left."""
    resolved = works(
        [process("p", "a", "10")],
        [emitted("e", "p", "100"), bought("x", "p", "20")],
        {"x": gap("x", "1", "4")},
        [reference("a", "10")],
    )
    assert with_case(resolved, ("x",), {}) == {"a": band("10")}


def test_filling_an_open_gap_closes_the_band() -> None:
    resolved = works(
        [process("p", "a", "10")],
        [emitted("e", "p", "100"), bought("x", "p", "20")],
        {"x": gap("x")},
        [reference("a", "10")],
    )
    assert with_case(resolved, (), {"x": co2("y", "3")}) == {"a": band("16")}


# ---- notices and size


def test_notices_of_the_factors_in_use_come_once() -> None:
    stale = replace(co2("x", "1"), notices=(Notice("stale", "x", {"year": "2019"}),))
    unused = replace(co2("u", "1"), notices=(Notice("stale", "u"),))
    made = run(
        works(
            [process("p", "a", "1"), process("q", "b", "1")],
            [bought("x", "p", "1"), bought("y", "p", "1", key="x"), bought("u", "q", "1")],
            {"x": stale, "y": stale, "u": unused},
            [reference("a", "1")],
            notices=(Notice("own"),),
        )
    )
    assert made.footprints["a"].notices == (Notice("own"), Notice("stale", "x", {"year": "2019"}))


def test_above_the_rational_limit_the_result_is_enclosed_and_may_be_sealed() -> None:
    """160 processes in a row, each taking all of the one before and emitting 1 kg: the last is 160 kg a unit."""
    size = 160
    processes = [process(f"m{k:03d}", f"p{k:03d}", "1") for k in range(size)]
    lines = [emitted(f"e{k:03d}", f"m{k:03d}", "1") for k in range(size)]
    lines += [own(f"o{k:03d}", f"m{k:03d}", f"p{k - 1:03d}", "1") for k in range(1, size)]
    made = run(works(processes, lines, {}, [reference("p159", "1")])).footprints["p159"]
    assert made.exact is True
    assert made.total.point is not None and made.total.point.significant(30) == "160." + 27 * "0"
    assert made.notices == ()


def test_a_system_that_nothing_proves_says_so() -> None:
    """A credit of 2 p001 in the maker of p000, which p001 takes whole, among 601 processes: no H-matrix, no bound, and
    too many for rational numbers in reasonable time; binary64 answers and is not sealed."""
    size = TIES + 1
    processes = [process(f"m{k:03d}", f"p{k:03d}", "1") for k in range(size)]
    lines = [emitted(f"e{k:03d}", f"m{k:03d}", "1") for k in range(size)]
    lines += [own(f"o{k:03d}", f"m{k:03d}", f"p{k - 1:03d}", "1") for k in range(1, size)]
    lines += [own("back", "m000", "p001", "-2")]
    made = run(works(processes, lines, {}, [reference(f"p{size - 1}", "1")])).footprints[f"p{size - 1}"]
    assert made.exact is False
    assert [notice.code for notice in made.notices] == ["binary64"]


def test_rounded_stages_may_differ_from_the_rounded_total() -> None:
    """Three thirds: 0.333 three times is 0.999, the total 1.000; the unrounded sum is exact."""
    lines = [emitted(f"e{k}", "p", "10") for k in range(3)]
    resolved = works([process("p", "a", "30")], lines, {}, [reference("a", "30")])
    made = run(resolved).footprints["a"]
    parts = [part.co2e.point for part in made.contributions]
    assert [part.significant(3) for part in parts if part is not None] == ["0.333"] * 3
    assert made.total.point is not None
    assert made.total.point.significant(3) == "1.00"
    assert total(part for part in parts if part is not None) == ONE
