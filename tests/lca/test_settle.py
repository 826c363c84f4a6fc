"""lca.settle: allocation and top-ups (ISO 14044, 4.3.4), by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Q

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.deferred import Allocate, Alternative, Share, TopUp
from lca.exact import ONE, Exact, total
from lca.faults import Refused
from lca.inventory import Inventory, Line, ResolvedFactor, ResolvedInventory
from lca.naming import FactorName
from lca.settle import factor_intensity, settle, shares
from tests.lca._works import STAGES, band, bought, co2, emitted, factor, gap, own, process, reference, run, works


def share(product: str, amount: str, weight: str, unit: str = "kg") -> Share:
    return Share(product, Exact(amount), unit, Exact(weight))


# ---- allocation


@pytest.mark.parametrize(
    ("outputs", "wanted"),
    [
        ([("a", "30", "1"), ("b", "10", "1")], {"a": Q(3, 4), "b": Q(1, 4)}),  # by mass
        ([("a", "30", "2"), ("b", "10", "14")], {"a": Q(3, 10), "b": Q(7, 10)}),  # by price: 60 and 140
        ([("a", "1", "1"), ("b", "1", "1"), ("c", "1", "1")], dict.fromkeys("abc", Q(1, 3))),
        ([("a", "5", "0"), ("b", "7", "3")], {"a": Q(0), "b": Q(1)}),  # a waste of no value
    ],
)
def test_shares_by_hand(outputs: list[tuple[str, str, str]], wanted: dict[str, Q]) -> None:
    """Amount x weight over the sum."""
    term = Allocate("p", "price", tuple(share(*output) for output in outputs), "why")
    assert {name: Q(part.text()) for name, part in shares(term).items()} == wanted


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=6))
def test_shares_sum_to_one(outputs: list[tuple[int, int]]) -> None:
    term = Allocate("p", "mass", tuple(share(f"o{k}", str(a), str(w)) for k, (a, w) in enumerate(outputs)), "ISO")
    if any(a * w for a, w in outputs):
        assert total(shares(term).values()) == ONE
    else:
        with pytest.raises(Refused, match="allocation_empty"):
            shares(term)


@pytest.mark.parametrize("weights", [("0", "0"), ("-1", "3"), ("-1", "-1")])
def test_weights_that_divide_nothing_are_refused(weights: tuple[str, str]) -> None:
    """A price below zero belongs to a waste, which is no co-product."""
    term = Allocate("kiln", "price", (share("a", "1", weights[0]), share("b", "2", weights[1])), "EN 15804 6.4.3.2")
    with pytest.raises(Refused) as caught:
        shares(term)
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.rule) == ("allocation_empty", "kiln", "EN 15804 6.4.3.2")
    assert fault.found == f"a: {weights[0]}, b: {Exact(weights[1]) * 2}"


def furnace(by: str = "mass", weight: str = "1") -> ResolvedInventory:
    """1000 kg of iron and 300 kg of slag out of 500 kg of coke (3 kg CO2e each) and 700 kg of CO2: 2200 kg CO2e."""
    term = Allocate("furnace", by, (share("iron", "1000", "1"), share("slag", "0.3", weight, "t")), "ISO 14044 4.3.4.2")
    return works(
        [process("furnace", "iron", "1000"), process("mill", "sand", "200")],
        [bought("coke", "furnace", "500"), emitted("stack", "furnace", "700"), own("slag-in", "mill", "slag", "60")],
        {"coke": co2("coke", "3")},
        [reference("iron", "1000"), reference("slag", "0.24", unit="t"), reference("sand", "200")],
        term,
    )


def test_allocation_makes_one_process_of_each_output() -> None:
    """Weights 1 and 1000 per t: 1000 and 300, shares 10/13 and 3/13."""
    settled = settle(furnace(weight="1000"), "AR6", "one").inventory
    made = {p.id: (p.product, p.amount, p.unit, p.stage) for p in settled.processes if p.id != "mill"}
    assert made == {
        "furnace:iron": ("iron", Exact(1000), "kg", "make"),
        "furnace:slag": ("slag", Exact("0.3"), "t", "make"),
    }
    amounts = {line.id: (line.process, line.amount) for line in settled.lines if line.process != "mill"}
    assert amounts == {
        "coke:iron": ("furnace:iron", Exact(5000, 13)),
        "coke:slag": ("furnace:slag", Exact(1500, 13)),
        "stack:iron": ("furnace:iron", Exact(7000, 13)),
        "stack:slag": ("furnace:slag", Exact(2100, 13)),
    }


def test_allocated_is_unallocated() -> None:
    """ISO 14044, 4.3.4.1. Iron 2200 x 10/13 over 1000 kg; slag 2200 x 3/13 over 0.3 t; sand takes 1/5 of that."""
    made = run(furnace(weight="1000"))
    assert made.footprints["iron"].total == band("22/13")
    assert made.footprints["slag"].total == band("22000/13")
    assert made.footprints["sand"].total == band("33/65")  # 0.06 t of 22000/13 a tonne, over 200 kg
    assert made.total == made.products_total == band("2200")


def test_factors_follow_their_lines() -> None:
    settled = settle(furnace(), "AR6", "one")
    assert sorted(settled.factors) == ["coke:iron", "coke:slag"]
    assert settled.factors["coke:iron"] == co2("coke", "3")


def test_an_alternative_follows_an_allocated_line() -> None:
    """Coke at 5 instead of 3: 2500 + 700 = 3200, iron's share 3200 x 10/13 / 1000 = 32/13."""
    before = furnace(weight="1000")
    case = Alternative("other coke", {"coke": FactorName(id="coke-b")}, "why")
    changed = replace(
        before,
        inventory=replace(before.inventory, deferred=(*before.inventory.deferred, case)),
        alternatives={"other coke": {"coke": co2("coke-b", "5")}},
    )
    assert run(changed).footprints["iron"].sensitivities == {"other coke": band("32/13")}


def test_a_dropped_line_follows_its_allocation() -> None:
    """Without the coke 700 kg remain: 700 x 10/13 / 1000 = 7/13."""
    before = furnace(weight="1000")
    case = Alternative("no coke", {}, "why", dropped=("coke",))
    deferred = (*before.inventory.deferred, case)
    changed = replace(before, inventory=replace(before.inventory, deferred=deferred), alternatives={"no coke": {}})
    assert run(changed).footprints["iron"].sensitivities == {"no coke": band("7/13")}


def test_nothing_deferred_changes_nothing() -> None:
    before = works([process("p", "a", "1")], [bought("x", "p", "1")], {"x": co2("x", "1")}, [reference("a", "1")])
    assert settle(before, "AR6", "one") == before


# ---- top-ups


def kiln(
    *lines: Line, factors: dict[str, ResolvedFactor], among: tuple[str, ...], mass: str = "50", unit: str = "kg"
) -> ResolvedInventory:
    inventory = Inventory(
        (process("kiln", "brick", "1000"),),
        lines,
        (reference("brick", "1000"),),
        STAGES,
        (TopUp("kiln", Exact(mass), unit, among, "mass closes to 100 %"),),
    )
    return ResolvedInventory(inventory, factors)  # type: ignore[arg-type]


CLAY, GLAZE = bought("clay", "kiln", "900"), bought("glaze", "kiln", "50")
TWO = {"clay": co2("clay", "0.1"), "glaze": co2("glaze", "2")}


def test_the_missing_mass_goes_to_the_most_intensive() -> None:
    """900 of clay, 50 of glaze, 50 kg lacking of 1000: 90 + 100 + 50 x 2 = 290."""
    made = run(kiln(CLAY, GLAZE, factors=TWO, among=("clay", "glaze")))
    assert made.total == band("290")
    assert made.footprints["brick"].total == band("0.29")
    added = next(line for line in made.resolved.inventory.lines if line.id.startswith("top-up:"))
    assert (added.amount, added.unit, added.basis, added.because) == (
        Exact(50),
        "kg",
        "estimated",
        "mass closes to 100 %",
    )
    assert added.target == "glaze"


def test_the_mass_closes() -> None:
    settled = settle(kiln(CLAY, GLAZE, factors=TWO, among=("clay", "glaze"), mass="0.05", unit="t"), "AR6", "one")
    assert total(line.amount for line in settled.inventory.lines) == Exact(1000)


def test_a_top_up_leaves_a_notice() -> None:
    settled = settle(kiln(CLAY, GLAZE, factors=TWO, among=("clay", "glaze")), "AR6", "one")
    (notice,) = settled.inventory.notices
    assert (notice.code, notice.where) == ("mass_topped_up", "kiln")
    assert dict(notice.values) == {"process": "kiln", "mass": "50.0000", "unit": "kg", "input": "glaze"}


def test_a_top_up_is_estimated_and_therefore_a_proxy() -> None:
    footprint = run(kiln(CLAY, GLAZE, factors=TWO, among=("clay", "glaze"))).footprints["brick"]
    assert footprint.status == "complete_with_proxies"
    assert [part.data_class for part in footprint.contributions if part.line.startswith("top-up")] == ["proxy"]


def test_intensity_is_compared_per_kilogram() -> None:
    """Clay 900 kg CO2e per *tonne* is 0.9 per kg, less than glaze's 2 per kg."""
    factors = {"clay": co2("clay", "900", "t"), "glaze": co2("glaze", "2")}
    made = run(kiln(CLAY, GLAZE, factors=factors, among=("clay", "glaze")))
    added = next(line for line in made.resolved.inventory.lines if line.id.startswith("top-up:"))
    assert added.target == "glaze"
    assert made.total == band("1010")  # 0.9 x 900 + 2 x 100


def test_the_unit_of_a_range_is_compared_per_kilogram_too() -> None:
    """A gap's range of 100 to 900 per tonne stays below 2 per kg."""
    factors = {"clay": gap("clay", "100", "900", "kg", per="t"), "glaze": co2("glaze", "2")}
    settled = settle(kiln(CLAY, GLAZE, factors=factors, among=("clay", "glaze")), "AR6", "one")  # type: ignore[arg-type]
    assert next(line for line in settled.inventory.lines if line.id.startswith("top-up:")).target == "glaze"


def test_only_the_inputs_named_are_chosen_from() -> None:
    made = run(kiln(CLAY, GLAZE, factors=TWO, among=("clay",)))
    assert made.total == band("195")  # 90 + 100 + 5


def test_a_cut_off_input_takes_no_top_up() -> None:
    """The excluded glaze stays outside the total; a top-up on it would leave the missing mass out as well."""
    glaze = replace(GLAZE, excluded="below 1 %")
    made = run(kiln(CLAY, glaze, factors=TWO, among=("clay", "glaze")))
    assert made.total == band("95")  # 0.1 x (900 + 50)


def test_inputs_that_are_no_mass_are_passed_over() -> None:
    power = bought("power", "kiln", "10", "kWh")
    factors = TWO | {"power": co2("power", "99", "kWh")}
    made = run(kiln(CLAY, power, factors=factors, among=("clay", "power")))
    assert made.total == band("1085")  # 90 + 990 + 5


def test_a_top_up_with_nowhere_to_go_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        run(kiln(CLAY, factors=TWO, among=("glaze",)))
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.rule) == ("top_up_nowhere", "kiln", "mass closes to 100 %")
    assert fault.found == "1 inputs, none with a factor per mass"


def test_a_top_up_of_an_allocated_process_is_allocated_too() -> None:
    """The furnace lacks 130 kg of coke, 390 kg CO2e: 2590 in all, of which iron takes 10/13 over 1000 kg."""
    before = furnace(weight="1000")
    term = TopUp("furnace", Exact(130), "kg", ("coke",), "mass closes")
    made = run(replace(before, inventory=replace(before.inventory, deferred=(*before.inventory.deferred, term))))
    assert made.total == made.products_total == band("2590")
    assert made.footprints["iron"].total == band("259/130")
    assert made.footprints["slag"].total == band("25900/13")


def test_a_sensitivity_case_reaches_the_top_up() -> None:
    """Glaze at 1 instead of 2, above the clay still: 90 + 50 + 50 over 1000 kg, as the full recalculation says."""
    before = kiln(CLAY, GLAZE, factors=TWO, among=("clay", "glaze"))
    case = Alternative("other glaze", {"glaze": FactorName(id="glaze-b")}, "why")
    inventory = replace(before.inventory, deferred=(*before.inventory.deferred, case))
    changed = replace(before, inventory=inventory, alternatives={"other glaze": {"glaze": co2("glaze-b", "1")}})
    again = run(replace(before, factors={**TWO, "glaze": co2("glaze-b", "1")}))
    assert again.footprints["brick"].total == band("0.19")
    assert run(changed).footprints["brick"].sensitivities == {"other glaze": band("0.19")}


def test_two_top_ups_of_one_process_are_two_lines() -> None:
    """10 kg to the clay (0.1) and 20 kg to the glaze (2): 90 + 100 + 1 + 40."""
    before = kiln(CLAY, GLAZE, factors=TWO, among=("clay",), mass="10")
    second = TopUp("kiln", Exact(20), "kg", ("glaze",), "glaze lost")
    changed = replace(before, inventory=replace(before.inventory, deferred=(*before.inventory.deferred, second)))
    made = run(changed)
    ids = [line.id for line in made.resolved.inventory.lines]
    assert len(set(ids)) == len(ids) == 4
    assert made.total == made.products_total == band("231")


# ---- intensity


@pytest.mark.parametrize(
    ("answer", "gwp_set", "biogenic", "wanted"),
    [
        (co2("x", "2"), "AR6", "one", "2"),
        (factor("x", CO2__fossil="2", CH4__fossil="0.1"), "AR6", "one", "4.98"),  # 2 + 2.98
        (factor("x", CO2__fossil="2", CH4__fossil="0.1"), "SAR", "one", "4.1"),
        (factor("x", CO2__biogenic="3", CO2__biogenic_uptake="5"), "AR6", "one", "-2"),
        (factor("x", CO2__biogenic="3", CO2__biogenic_uptake="5"), "EF3.1", "zero", "0"),
        (gap("x", "1", "7"), "AR6", "one", "7"),
        (gap("x", "1", None), "AR6", "one", None),
        (gap("x"), "AR6", "one", None),
    ],
)
def test_intensity_by_hand(answer: ResolvedFactor, gwp_set: str, biogenic: str, wanted: str | None) -> None:
    assert factor_intensity(answer, gwp_set, biogenic) == (None if wanted is None else Exact(wanted))
