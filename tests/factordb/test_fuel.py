"""Combustion from one guideline's properties. Expected numbers by hand: carbon x oxidation x 44/12."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factordb.release import Release, open_release
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.inventory import ResolvedFactor
from lca.naming import FactorName
from tests.factordb.conftest import bought, inventory

SHIPPED = open_release("cn-2026.1")


def burn(release: Release, fuel: str, unit: str, offer: str = "fuel_combustion", **settings: str) -> ResolvedFactor:
    name = FactorName(id=fuel, kinds=(offer,), named_by="user", place="CN", parameters=settings)
    found = release.resolve(inventory(bought(name, unit))).factors["l1"]
    assert isinstance(found, ResolvedFactor)
    return found


def faults(release: Release, fuel: str, unit: str, offer: str = "fuel_combustion", **settings: str) -> list[Fault]:
    with pytest.raises(Refused) as caught:
        burn(release, fuel, unit, offer, **settings)
    return list(caught.value.faults)


def test_co2_per_energy_is_carbon_times_oxidation_times_44_12(release: Release) -> None:
    found = burn(release, "cets2024.anthracite", "MWh")
    # 0.02749 x 0.98 x 44/12 = 0.0987807333...; the table prints 0.098781 tCO2/GJ
    assert found.unit == "GJ" and found.flows == {"CO2|fossil": Exact("0.02749") * Exact("0.98") * Exact(44, 12) * 1000}
    assert found.flows["CO2|fossil"].significant(5) == "98.781"
    assert found.value == "0.02749 tC/GJ x 0.98 x 44/12"
    assert (found.data_class, found.notices, found.kind) == ("official", (), "fuel_combustion")


def test_per_tonne_the_guidelines_calorific_value_is_used_and_named(release: Release) -> None:
    found = burn(release, "cets2024.anthracite", "kg")
    # the table prints 2.2588 tCO2/t
    assert found.unit == "t" and found.flows["CO2|fossil"].significant(5) == "2258.8"
    assert [(n.code, n.values["ncv"], n.values["unit"]) for n in found.notices] == [("ncv_default", "22.867", "GJ/t")]
    gas = burn(release, "cets2024.natural_gas", "Nm3")
    # the table prints 21.6502 tCO2/10^4Nm3
    assert gas.unit == "10^4Nm3" and gas.flows["CO2|fossil"].significant(6) == "21650.2"


@pytest.mark.parametrize("fuel", [i for i, f in SHIPPED.factors.items() if f.kind == "fuel_properties"])
def test_every_row_reproduces_its_printed_co2(fuel: str) -> None:
    printed = SHIPPED.factors[fuel]
    total = sum((v for f, v in burn(SHIPPED, fuel, "GJ").flows.items() if "uptake" not in f), Exact(0)) / 1000
    assert abs(total - printed.amount) <= Exact("0.0000005")


def test_oxidation_and_molar_ratio_can_be_set_and_make_another_process(release: Release) -> None:
    kiln = burn(release, "cets2024.anthracite", "GJ", oxidation="0.99", molar="3.664")
    assert kiln.flows == {"CO2|fossil": Exact("0.02749") * Exact("0.99") * Exact("3.664") * 1000}
    assert kiln.key == "cets2024.anthracite#fuel_combustion;molar=3.664;oxidation=0.99;per=GJ"
    assert kiln.key != burn(release, "cets2024.anthracite", "GJ").key
    assert (
        burn(release, "cets2024.anthracite", "GJ", molar="11/3").flows
        == burn(release, "cets2024.anthracite", "GJ").flows
    )


def test_a_published_co2_factor_is_used_as_printed(release: Release) -> None:
    # IPCC 2006 vol. 2 table 1.4: other bituminous coal 94.6 t/TJ; 44/12 of the tabled carbon would give 94.599...
    assert burn(release, "ipcc2006.other_bituminous_coal", "GJ").flows == {"CO2|fossil": Exact("94.6")}


def test_the_biogenic_share_is_released_and_was_taken_up(release: Release) -> None:
    found = burn(release, "ipcc2006.msw_fossil", "GJ", biogenic_share="0.2")
    assert found.flows == {
        "CO2|fossil": Exact("91.7") * Exact("0.8"),
        "CO2|biogenic": Exact("91.7") * Exact("0.2"),
        "CO2|biogenic uptake": Exact("91.7") * Exact("0.2"),
    }
    assert set(burn(release, "ipcc2006.bio.wood", "GJ").flows) == {"CO2|biogenic", "CO2|biogenic uptake"}


def test_methane_and_nitrous_oxide_come_from_the_ipcc_row(release: Release) -> None:
    found = burn(release, "ipcc2006.other_bituminous_coal", "GJ", "fuel_ch4_n2o")
    assert found.flows == {"CH4|fossil": Exact("0.01"), "N2O|fossil": Exact("0.0015")}
    assert found.data_class == "official" and found.distance == {}
    wood = burn(release, "ipcc2006.bio.wood", "GJ", "fuel_ch4_n2o")
    assert wood.flows == {"CH4|biogenic": Exact("0.03"), "N2O|biogenic": Exact("0.004")}
    assert [f.code for f in faults(release, "cets2024.anthracite", "GJ", "fuel_ch4_n2o")] == ["fuel_gas_missing"]


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_the_lines_of_a_fuel_add_up_whatever_the_share(share: int, oxidation: int) -> None:
    settings = {"biogenic_share": Exact(share, 1000).text(), "oxidation": Exact(oxidation, 1000).text()}
    flows = burn(SHIPPED, "cets2024.diesel", "GJ", **settings).flows
    whole = Exact("0.0202") * Exact(oxidation, 1000) * Exact(44, 12) * 1000
    assert sum((v for f, v in flows.items() if f in ("CO2|fossil", "CO2|biogenic")), Exact(0)) == whole
    assert flows.get("CO2|biogenic", Exact(0)) == flows.get("CO2|biogenic uptake", Exact(0))


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"oxidation": "1.2"}, "oxidation 1.2"),
        ({"oxidation": "98 %"}, "oxidation 98 %"),
        ({"molar": "44"}, "molar 44"),
        ({"molar": "44/0"}, "molar 44/0"),
        ({"biogenic_share": "-0.1"}, "biogenic_share -0.1"),
        ({"ncv": "20"}, "ncv"),
    ],
)
def test_parameters_are_checked(release: Release, settings: dict[str, str], found: str) -> None:
    assert [(f.code, f.found) for f in faults(release, "cets2024.diesel", "GJ", **settings)] == [
        ("fuel_parameter", found)
    ]


def test_parameters_of_a_bought_factor_are_refused(release: Release) -> None:
    name = FactorName(id="gbt51366-d-001", place="CN", parameters={"oxidation": "1"})
    with pytest.raises(Refused) as caught:
        release.resolve(inventory(bought(name, "m3")))
    assert [fault.code for fault in caught.value.faults] == ["fuel_parameter"]


@pytest.mark.parametrize(("fuel", "unit"), [("eu_mrr.waste_tyres", "t"), ("ipcc2006.natural_gas", "Nm3")])
def test_without_a_fitting_calorific_value_the_energy_must_be_given(release: Release, fuel: str, unit: str) -> None:
    assert [fault.code for fault in faults(release, fuel, unit)] == ["ncv_missing"]


def test_the_disputed_fuel_must_be_named_and_shows_both_values(release: Release) -> None:
    name = FactorName(id="cets2024.bituminous", kinds=("fuel_combustion",), place="CN")
    with pytest.raises(Refused) as caught:
        release.resolve(inventory(bought(name, "GJ")))
    fault = caught.value.faults[0]
    assert fault.code == "factor_conflict_unnamed" and "0.02308" in fault.found and "0.02618" in fault.found
    found = burn(release, "cets2024.bituminous", "GJ")
    assert found.flows == {"CO2|fossil": Exact("0.02618") * Exact("0.98") * Exact(44, 12) * 1000}
    assert [notice.code for notice in found.notices] == ["factor_conflict"]
    assert "0.02308" in found.notices[0].values["others"] and found.data_class == "proxy"


def test_generations_of_guidelines_stay_apart(release: Release) -> None:
    coal = {i: f for i, f in release.factors.items() if i.endswith(".bituminous")}
    assert {f.guideline: f.properties["ncv"] for f in coal.values()} == {
        "cets2024": "23.076",
        "ndrc_generic": "23.204",
        "ndrc_steel2013": "19.57",
    }
