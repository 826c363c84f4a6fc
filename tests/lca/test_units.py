"""lca.units: exact ratios from the table, against SI by hand (SI brochure 9th ed.; GB 3100-93)."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lca.exact import ONE, Exact, fold_width
from lca.faults import Refused
from lca.units import UNIT_TABLE, _table, convert, same_dimension, unit

UNITS = sorted(_table()[0])
BY_DIMENSION = {
    dimension: [name for name in UNITS if unit(name).dimension == dimension]
    for dimension in {unit(name).dimension for name in UNITS}
}
amounts = st.fractions(max_denominator=10**6).map(lambda q: Exact(q.numerator, q.denominator))


@pytest.mark.parametrize(
    ("given_unit", "wanted", "top", "bottom"),
    [
        ("kWh", "MJ", 18, 5),  # 1 kW for 3600 s = 3.6 MJ
        ("MJ", "kWh", 5, 18),
        ("MWh", "GJ", 18, 5),
        ("GWh", "TJ", 18, 5),
        ("万度", "kWh", 10_000, 1),  # 万 is ten thousand, 度 a kilowatt-hour
        ("万度", "GJ", 36, 1),
        ("10^4Nm3", "Nm3", 10_000, 1),
        ("10^3Nm3", "10^4Nm3", 1, 10),
        ("t", "kg", 1000, 1),
        ("mg", "t", 1, 10**9),
        ("TJ", "kJ", 10**9, 1),
        ("百万千焦", "GJ", 1, 1),  # a million kilojoule
        ("l", "m3", 1, 1000),
        ("ml", "l", 1, 1000),
        ("mm2", "m2", 1, 10**6),
        ("um", "km", 1, 10**9),
        ("kg*km", "t*km", 1, 1000),
        ("d", "h", 24, 1),
        ("h", "d", 1, 24),
        ("a", "d", 365, 1),
        ("%", "1", 1, 100),
        ("10^4piece", "piece", 10_000, 1),
        ("GWh capacity", "kWh capacity", 10**6, 1),
        ("tCO2", "kgCO2", 1000, 1),
        ("gCO2e", "tCO2e", 1, 10**6),
        ("GJ/t", "MJ/kg", 1, 1),  # 1000 MJ over 1000 kg
        ("kgCO2/kWh", "kgCO2/MJ", 5, 18),
        ("tCO2/MWh", "kgCO2/kWh", 1, 1),
        ("tC/TJ", "kgC/GJ", 1, 1),
        ("GJ/10^4Nm3", "MJ/Nm3", 1, 10),
    ],
)
def test_ratios_by_hand(given_unit: str, wanted: str, top: int, bottom: int) -> None:
    assert convert(ONE, given_unit, wanted) == Exact(top, bottom)


@pytest.mark.parametrize(
    ("alias", "symbol"),
    [
        ("千克", "kg"),
        ("公斤", "kg"),
        ("吨", "t"),
        ("度", "kWh"),
        ("千瓦时", "kWh"),
        ("kW·h", "kWh"),
        ("kwh", "kWh"),
        ("兆瓦时", "MWh"),
        ("万度", "10^4kWh"),
        ("万千瓦时", "10^4kWh"),
        ("吉焦", "GJ"),
        ("太焦", "TJ"),
        ("标方", "Nm3"),
        ("标准立方米", "Nm3"),
        ("Nm³", "Nm3"),
        ("万标方", "10^4Nm3"),
        ("10^4 Nm3", "10^4Nm3"),
        ("立方米", "m3"),
        ("升", "l"),
        ("平方米", "m2"),
        ("吨公里", "t*km"),
        ("tkm", "t*km"),
        ("件", "piece"),
        ("万件", "10^4piece"),
        ("天", "d"),
        ("小时", "h"),
        ("年", "a"),
        ("％", "%"),
        ("比例", "1"),
        ("kWh 容量", "kWh capacity"),
        ("千克二氧化碳当量", "kgCO2e"),
        ("ｋＷｈ", "kWh"),
        ("ｔ", "t"),
        ("  kg ", "kg"),
        ("（kg）", "（kg）"),
    ],
)
def test_aliases(alias: str, symbol: str) -> None:
    if alias == symbol:  # brackets are no alias
        with pytest.raises(Refused):
            unit(alias)
    else:
        assert unit(alias).id == symbol


def test_case_matters_where_it_carries_a_million() -> None:
    """mg is a milligram, Mg a megagram, which is a tonne: 10^9 apart."""
    assert convert(ONE, "Mg", "mg") == 10**9


def test_quotients_of_aliases() -> None:
    assert unit("千克/吨").id == "kg/t"
    assert convert(Exact(7), "吉焦/吨", "MJ/kg") == 7


def test_every_alias_leads_to_a_unit_and_hides_none() -> None:
    units, aliases = _table()
    assert set(aliases.values()) <= set(units)
    for alias, target in aliases.items():
        assert alias not in units or alias == target, f"{alias} is a unit and an alias of {target}"
        assert fold_width(alias) == alias


def test_ratios_are_above_zero_and_each_dimension_has_one_base() -> None:
    for dimension, names in BY_DIMENSION.items():
        assert all(unit(name).ratio > 0 for name in names)
        assert sum(unit(name).ratio == 1 for name in names) == 1, dimension


@given(amounts, st.data())
def test_there_and_back_is_the_same_number(amount: Exact, data: st.DataObject) -> None:
    names = data.draw(st.sampled_from(list(BY_DIMENSION.values())))
    one, two = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    assert convert(convert(amount, one, two), two, one) == amount


@given(amounts, st.data())
def test_a_detour_changes_nothing(amount: Exact, data: st.DataObject) -> None:
    names = data.draw(st.sampled_from(list(BY_DIMENSION.values())))
    path = data.draw(st.lists(st.sampled_from(names), min_size=2, max_size=5))
    walked = amount
    for one, two in pairwise(path):
        walked = convert(walked, one, two)
    assert walked == convert(amount, path[0], path[-1])


@given(st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_two_dimensions_never_meet(one: str, two: str) -> None:
    assume(unit(one).dimension != unit(two).dimension)
    assert not same_dimension(one, two)
    with pytest.raises(Refused) as caught:
        convert(ONE, one, two, "/rows/4")
    (fault,) = caught.value.faults
    assert (fault.code, fault.where) == ("unit_mismatch", "/rows/4")
    assert fault.found == f"{one} ({unit(one).dimension})"
    assert fault.expected == f"{two} ({unit(two).dimension})"
    assert fault.rule == f"unit table {UNIT_TABLE}"
    assert dict(fault.values) == {"given": one, "wanted": two}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("kWh", "kWh capacity"),
        ("kWh capacity", "kWh delivered"),
        ("m3", "Nm3"),
        ("kg", "kgC"),
        ("kgC", "kgCO2"),
        ("kgCO2", "kgCO2e"),
        ("kg", "m3"),
        ("t*km", "km"),
        ("kg", "kWh"),
        ("kg/kWh", "kg/MWh capacity"),
    ],
)
def test_pairs_that_have_been_mixed_up(one: str, two: str) -> None:
    """Carbon against carbon dioxide is 44/12, capacity against energy is nothing at all: never a unit conversion."""
    with pytest.raises(Refused, match="unit_mismatch"):
        convert(ONE, one, two)


@pytest.mark.parametrize(
    ("amount", "one", "two", "density", "wanted"),
    [
        (1, "m3", "kg", "840", "840"),  # diesel, 0.84 kg/l
        (840, "kg", "m3", "840", "1"),
        (1000, "l", "t", "840", "0.84"),
        (1, "t", "l", "800", "1250"),  # 1000 / 800 m3 = 1.25 m3
        (10, "Nm3", "kg", "0.7174", "7.174"),  # methane at 0 °C and 101.325 kPa
        (7174, "kg", "10^4Nm3", "0.7174", "1"),
    ],
)
def test_density_bridges_mass_and_volume(amount: int, one: str, two: str, density: str, wanted: str) -> None:
    assert convert(Exact(amount), one, two, density=Exact(density)) == Exact(wanted)


@given(amounts, st.fractions(min_value=Fraction(1, 1000), max_value=3000, max_denominator=10**4))
def test_density_there_and_back(amount: Exact, density: Fraction) -> None:
    rho = Exact(density.numerator, density.denominator)
    assert convert(convert(amount, "t", "l", density=rho), "l", "t", density=rho) == amount


@pytest.mark.parametrize(("one", "two"), [("m3", "Nm3"), ("kWh", "kg"), ("kWh capacity", "kWh"), ("kgC", "m3")])
def test_density_bridges_nothing_else(one: str, two: str) -> None:
    with pytest.raises(Refused, match="unit_mismatch"):
        convert(ONE, one, two, density=Exact(1))


@pytest.mark.parametrize(("typed", "near"), [("kgs", "kg"), ("kWhh", "kWh"), ("MWh.", "MWh"), ("吨公", "吨公里")])
def test_an_unknown_unit_gives_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(Refused) as caught:
        unit(typed, "sheet!B4")
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.found) == ("unknown_unit", "sheet!B4", typed)
    assert near in fault.expected.split(", ")


@pytest.mark.parametrize("typed", ["", "?", "斤", "kg/", "/kg", "kg/kg/kg", "kg//t"])
def test_a_unit_near_nothing_gives_the_common_ones(typed: str) -> None:
    """斤 is 500 g in a market and 605 g in an old text: it is in no table."""
    with pytest.raises(Refused, match="unknown_unit"):
        unit(typed)


def test_nothing_near_lists_the_usual_units() -> None:
    with pytest.raises(Refused) as caught:
        unit("@@@@@@")
    assert caught.value.faults[0].expected == "kg, t, kWh, MJ, GJ, Nm3, m3, m2, t*km, piece"


def test_an_unknown_part_of_a_quotient_is_named() -> None:
    with pytest.raises(Refused) as caught:
        unit("kgCO2/kWhh")
    assert caught.value.faults[0].found == "kWhh"
