"""lca.gases: the GWP table against the IPCC reports, blends and the biogenic rule.

Sources. SAR: IPCC 1995, technical summary, table 4. AR4: WG1 table 2.14. AR5: WG1 table 8.A.1; 30 for
fossil methane is its footnote. AR6: WG1 table 7.15 (29.8, 27.0, 273) and table 7.SM.7. EF 3.1 follows AR6.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.exact import Exact
from lca.faults import Refused
from lca.gases import LINES, SETS, Flow, _table, characterise, confidence, gwp, known_gases


@pytest.mark.parametrize(
    ("gas", "gwp_set", "value"),
    [
        ("CH4_fossil", "AR6", "29.8"),
        ("CH4_nonfossil", "AR6", "27"),
        ("N2O", "AR6", "273"),
        ("CH4_fossil", "EF3.1", "29.8"),
        ("CH4_nonfossil", "EF3.1", "27"),
        ("N2O", "EF3.1", "273"),
        ("CH4_fossil", "SAR", "21"),
        ("CH4_nonfossil", "SAR", "21"),
        ("N2O", "SAR", "310"),
        ("CH4_fossil", "AR4", "25"),
        ("N2O", "AR4", "298"),
        ("CH4_fossil", "AR5", "30"),
        ("CH4_nonfossil", "AR5", "28"),
        ("N2O", "AR5", "265"),
        ("SF6", "SAR", "23900"),
        ("SF6", "AR4", "22800"),
        ("SF6", "AR5", "23500"),
        ("NF3", "AR4", "17200"),
        ("NF3", "AR5", "16100"),
        ("NF3", "AR6", "17400"),
        ("HFC-134a", "SAR", "1300"),
        ("HFC-134a", "AR4", "1430"),
        ("HFC-134a", "AR5", "1300"),
        ("HFC-134a", "AR6", "1530"),
        ("HFC-23", "AR4", "14800"),
        ("HFC-32", "AR6", "771"),
        ("HFC-125", "AR6", "3740"),
        ("PFC-14", "AR4", "7390"),
        ("PFC-14", "AR5", "6630"),
        ("PFC-14", "AR6", "7380"),
        ("PFC-116", "AR5", "11100"),
        ("PFC-116", "AR6", "12400"),
        ("CF4", "AR6", "7380"),
        ("C2F6", "AR6", "12400"),
        ("CF4", "CBAM", "6630"),  # IR (EU) 2025/2547 keeps the AR5 values
        ("C2F6", "CBAM", "11100"),
        ("N2O", "CBAM", "265"),
        ("CO2", "AR6", "1"),
    ],
)
def test_printed_values(gas: str, gwp_set: str, value: str) -> None:
    assert gwp(gas, gwp_set) == Exact(value)


@pytest.mark.parametrize("gwp_set", SETS)
def test_carbon_dioxide_is_the_measure(gwp_set: str) -> None:
    assert gwp("CO2", gwp_set) == 1


@pytest.mark.parametrize(
    ("blend", "gwp_set", "value"),
    [
        ("R-410A", "AR6", Fraction(771 + 3740, 2)),
        ("R-410A", "AR5", Fraction(677 + 3170, 2)),
        ("R-410A", "AR4", Fraction(675 + 3500, 2)),
        ("R-410A", "SAR", Fraction(650 + 2800, 2)),
        ("R-407C", "AR6", Fraction(23 * 771 + 25 * 3740 + 52 * 1530, 100)),
        ("R-407C", "AR4", Fraction(23 * 675 + 25 * 3500 + 52 * 1430, 100)),
        ("R-404A", "AR6", Fraction(44 * 3740 + 52 * 5810 + 4 * 1530, 100)),
        ("R-404A", "AR4", Fraction(44 * 3500 + 52 * 4470 + 4 * 1430, 100)),
        ("R-507A", "AR6", Fraction(3740 + 5810, 2)),
    ],
)
def test_blends_are_weighed_by_mass(blend: str, gwp_set: str, value: Fraction) -> None:
    """ASHRAE 34 compositions by mass: R-410A 50/50 of 32/125, R-407C 23/25/52 of 32/125/134a,
    R-404A 44/52/4 of 125/143a/134a, R-507A 50/50 of 125/143a."""
    assert gwp(blend, gwp_set) == Exact(value.numerator, value.denominator)


def test_the_best_known_blend_in_digits() -> None:
    """0.5 x 771 + 0.5 x 3740 = 385.5 + 1870 = 2255.5; AR4's 2087.5 is the regulations' 2088."""
    assert gwp("R-410A", "AR6").text() == "2255.5"
    assert gwp("R-410A", "AR4").places(0) == "2088"


@pytest.mark.parametrize("gas", [name for name, row in _table().items() if row["group"] == "blend"])
def test_the_blend_rows_of_the_table_agree_with_the_computation(gas: str) -> None:
    """The table prints one decimal; what is computed from the components must round to it."""
    for gwp_set in SETS:
        if printed := _table()[gas][gwp_set]:
            assert Exact(gwp(gas, gwp_set).places(1)) == Exact(printed)


@pytest.mark.parametrize(
    ("gas", "gwp_set"),
    [
        ("NF3", "SAR"),
        ("HFO-1234yf", "AR5"),
        ("CH4", "CBAM"),
        ("SF6", "CBAM"),
        ("CH4", "EF3.1"),
        ("HFC-41", "EF3.1"),
        ("R-410A", "CBAM"),
        ("N2O", "CN-CETS-2024"),
    ],
)
def test_a_blank_is_not_a_zero(gas: str, gwp_set: str) -> None:
    with pytest.raises(Refused) as caught:
        gwp(gas, gwp_set)
    (fault,) = caught.value.faults
    assert fault.code == "gwp_unknown"
    assert f"blank in {gwp_set}" in fault.found
    assert fault.rule == "GWP table 1.0.0"


@pytest.mark.parametrize(("gas", "gwp_set"), [("CO3", "AR6"), ("co2", "AR6"), ("CO2", "AR7"), ("CO2", ""), ("", "AR6")])
def test_unknown_gases_and_sets_are_refused(gas: str, gwp_set: str) -> None:
    with pytest.raises(Refused) as caught:
        gwp(gas, gwp_set)
    (fault,) = caught.value.faults
    assert (fault.code, fault.found) == ("unknown_gas", f"{gas} in {gwp_set}")


def test_every_value_of_the_table_can_be_read() -> None:
    count = 0
    for gas in known_gases():
        for gwp_set in SETS:
            if _table()[gas][gwp_set]:
                assert gwp(gas, gwp_set) > 0
                count += 1
    assert count > 200


def test_every_row_says_how_well_it_is_known() -> None:
    assert {confidence(gas) for gas in known_gases()} == {"seen", "derived", "recalled"}
    assert confidence("R-410A") == "derived"
    assert confidence("HFO-1234yf") == "recalled"
    assert confidence("CF4") == confidence("PFC-14") == "seen"
    assert all(row["source"] for row in _table().values())


# ---- flows


@pytest.mark.parametrize(
    ("flow", "gwp_set", "biogenic_co2", "value"),
    [
        ("CO2|fossil", "AR6", "one", "1"),
        ("CO2|fossil", "AR6", "zero", "1"),
        ("CO2|dluc", "AR6", "zero", "1"),
        ("CO2|aircraft", "AR6", "one", "1"),
        ("CO2|biogenic", "AR6", "one", "1"),
        ("CO2|biogenic uptake", "AR6", "one", "-1"),
        ("CO2|biogenic", "EF3.1", "zero", "0"),
        ("CO2|biogenic uptake", "EF3.1", "zero", "0"),
        ("CH4|fossil", "AR6", "one", "29.8"),
        ("CH4|biogenic", "AR6", "one", "27"),
        ("CH4|biogenic", "EF3.1", "zero", "27"),  # only carbon dioxide is set to zero
        ("CH4|dluc", "AR6", "one", "29.8"),
        ("CH4|fossil", "AR5", "one", "30"),
        ("CH4|biogenic", "AR5", "one", "28"),
        ("N2O|fossil", "AR6", "one", "273"),
        ("R-410A|fossil", "AR6", "one", "2255.5"),
        ("CO2e|unsplit|AR5", "AR6", "one", "1"),
        ("CO2e|unsplit|unknown", "SAR", "zero", "1"),
    ],
)
def test_characterisation(flow: str, gwp_set: str, biogenic_co2: str, value: str) -> None:
    """ISO 14067, 6.5.2: biogenic release +1, uptake -1; EF 3.1: both 0; unsplit equivalents stay what they are."""
    assert characterise(Flow.read(flow), gwp_set, biogenic_co2) == Exact(value)


@given(st.sampled_from(SETS), st.sampled_from(["AR4", "AR5", "AR6", "unknown", ""]), st.sampled_from(["one", "zero"]))
def test_unsplit_equivalents_are_never_characterised_again(gwp_set: str, made_with: str, biogenic_co2: str) -> None:
    assert characterise(Flow("CO2e", "unsplit", made_with), gwp_set, biogenic_co2) == 1


def test_equivalents_without_the_unsplit_line_and_without_a_set_are_no_gas() -> None:
    with pytest.raises(Refused, match="unknown_gas"):
        characterise(Flow("CO2e"), "AR6")
    with pytest.raises(Refused, match="unknown_gas"):
        characterise(Flow("CO2e", "biogenic", "AR5"), "AR6")
    for line in ("fossil", "dluc", "aircraft"):
        assert characterise(Flow("CO2e", line, "AR5"), "AR6") == Exact(1)


@given(st.sampled_from(known_gases()), st.sampled_from(LINES), st.sampled_from(["", "AR5"]))
def test_flows_are_written_and_read_back(gas: str, line: str, made_with: str) -> None:
    flow = Flow(gas, line, made_with)
    assert Flow.read(str(flow)) == flow


def test_a_flow_is_fossil_unless_said_otherwise() -> None:
    assert str(Flow("CO2")) == "CO2|fossil"
    assert str(Flow("CO2e", "unsplit", "AR5")) == "CO2e|unsplit|AR5"
    assert sorted([Flow("N2O"), Flow("CO2", "dluc"), Flow("CO2")]) == [Flow("CO2", "dluc"), Flow("CO2"), Flow("N2O")]
