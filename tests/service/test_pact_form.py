"""A record as a PACT footprint: figures by hand, what is refused, one table for the check and the schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lca.exact import Exact
from lca.faults import Refused
from service.calculate import Asked, calculate
from service.desk import Desk, open_desk
from service.intake import read_file
from service.pact.extension import electricity, spread
from service.pact.extension import schema as extension_schema
from service.pact.figures import figures_of, identity_faults, unit_of, written
from service.pact.filters import moment
from service.pact.form import Company, default_validity, footprint_of, with_status
from service.pact.properties import faults, schema
from service.pact.stated import Stated, issued
from service.received.pact import from_pact
from tests.service import _cases

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACME = Company("Acme", ("urn:pact:acme.example:supplier-id:1",), "acme.example", "https://pcf.acme.example")
STATED = Stated(fossil_carbon="0", unsplit="fossil")
ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "tests" / "archive" / "records"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(str(tmp_path_factory.mktemp("form") / "pcf.db")) as opened:
        yield opened


@pytest.fixture(scope="module")
def cement(desk: Desk) -> dict[str, Any]:
    done = calculate(read_file(_cases.CEMENT), Asked(), desk.records, caller="test")
    return dict(done.records[0])


@pytest.fixture(scope="module")
def pump(desk: Desk) -> dict[str, Any]:
    done = calculate(read_file(_cases.EXAMPLES / "pump_2024.yaml"), Asked(), desk.records, caller="test")
    return dict(done.records[0])


def made(record: dict[str, Any], stated: Stated = STATED, **more: Any) -> dict[str, Any]:
    return with_status(footprint_of(record, ACME, stated, now=NOW, **more).body, "Active")


def refused(record: dict[str, Any], stated: Stated = STATED, **more: Any) -> set[str]:
    with pytest.raises(Refused) as caught:
        made(record, stated, **more)
    return {fault.code for fault in caught.value.faults}


def archived(name: str) -> dict[str, Any]:
    return dict(json.loads((ARCHIVE / f"{name}.json").read_text("utf-8")))


def result(gases: dict[str, tuple[str, str]], total: str, **lines: str) -> dict[str, Any]:
    """A result section with so many kg and kg CO2e of each flow."""
    states = {name: {"state": lines.get(name, "not_known")} for name in ("fossil", "biogenic", "dluc", "aircraft")}
    shown = {flow: {"kg": kg, "co2e": co2e} for flow, (kg, co2e) in gases.items()}
    return {"unit": {"amount": "1", "unit": "kg"}, "total": total, "gases": shown, "lines": states}


MIXED = {
    "CO2|fossil": ("10", "10"), "CO2|aircraft": ("0.2", "0.2"), "CO2|dluc": ("0.5", "0.5"),
    "CH4|biogenic": ("0.02", "0.54"), "CO2|biogenic": ("1", "1"), "CO2|biogenic uptake": ("3", "-3"),
}  # fmt: skip


@pytest.mark.parametrize("counted", ["one", "zero"])
def test_figures_by_hand(counted: str) -> None:
    """10 fossil + 0.2 aircraft + 0.5 land use + 0.54 biogenic CH4 = 11.24 without uptake; 1 given off less 3 taken up
    leaves 2 in the product: 9.24 with it. The same whether the regime counts biogenic CO2 in its total or not."""
    gases = dict(MIXED)
    total = "9.24"
    if counted == "zero":
        gases |= {"CO2|biogenic": ("1", "0"), "CO2|biogenic uptake": ("3", "0")}
        total = "11.24"
    found = figures_of(result(gases, total), counted, unsplit_is_fossil=False)
    shown = {
        name: written(getattr(found, name)) for name in ("excluding", "including", "fossil", "land_use", "non_co2")
    }
    assert shown == {
        "excluding": "11.24", "including": "9.24", "fossil": "10.2", "land_use": "0.5", "non_co2": "0.54",
    }  # fmt: skip
    assert (written(found.uptake or Exact(0)), written(found.aircraft or Exact(0)), found.unsplit) == ("-2", "0.2", 0)


def test_a_total_of_another_unit_is_converted_exactly() -> None:
    """735.893 kg CO2e per t is 0.735893 per kilogram; per GJ an energy of 1,000 MJ; a functional unit has none."""
    given = result({"CO2|fossil": ("735.893", "735.893")}, "735.893")
    given["unit"] = {"amount": "1", "unit": "t"}
    found = figures_of(given, "one", unsplit_is_fossil=False)
    assert (found.unit, written(found.excluding)) == ("kilogram", "0.735893")
    assert unit_of({"amount": "2", "unit": "MJ"}) == ("megajoule", Exact(2))
    assert unit_of({"amount": "1", "unit": "t*km"}) == ("ton kilometer", Exact(1))
    assert unit_of({"amount": "1", "unit": "kWh delivered"}) is None and unit_of({"amount": "1", "unit": "1"}) is None


def test_sums_hold_where_a_unit_does_not_divide_evenly() -> None:
    """Per 3 kg: thirds are cut to twelve digits, and the cut figures still add up."""
    given = result(MIXED, "9.24")
    given["unit"] = {"amount": "3", "unit": "kg"}
    found = figures_of(given, "one", unsplit_is_fossil=False)
    assert written(found.excluding) == "3.74666666667"
    assert found.fossil + (found.land_use or 0) + (found.non_co2 or 0) == found.excluding
    assert found.excluding + (found.uptake or 0) == found.including


@pytest.mark.parametrize(
    ("gases", "total", "code"),
    [
        ({"CO2|fossil": ("1", "1"), "CO2e|unsplit|AR6": ("2", "2")}, "3", "pact_unsplit"),
        ({"CO2|fossil": ("1", "1"), "CO2|biogenic": ("2", "2")}, "3", "pact_biogenic"),
        ({"CO2|fossil": ("-1", "-1")}, "-1", "pact_negative"),
        ({"CO2|fossil": ("1", "1")}, "1.1", "pact_rounding"),
    ],
)
def test_figures_that_are_refused(gases: dict[str, tuple[str, str]], total: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        figures_of(result(gases, total), "one", unsplit_is_fossil=False)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_a_cement_by_hand(cement: dict[str, Any]) -> None:
    """735.893 kg CO2e per t; 0.962007 kg biogenic CO2 taken up and given off: nothing leaves in the product."""
    shown = made(cement)
    pcf = shown["pcf"]
    assert shown["specVersion"] == "3.0.3" and shown["status"] == "Active" and "precedingPfIds" not in shown
    assert shown["created"] == "2026-11-21T12:00:00Z"
    assert shown["productIds"] == ["urn:pact:acme.example:product-id:P.O-42.5"]
    assert (pcf["declaredUnitOfMeasurement"], pcf["declaredUnitAmount"]) == ("kilogram", "1")
    assert pcf["productMassPerDeclaredUnit"] == "1"
    assert (pcf["referencePeriodStart"], pcf["referencePeriodEnd"]) == ("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z")
    assert pcf["geographyCountrySubdivision"] == "CN-SD" and "geographyCountry" not in pcf
    assert pcf["pcfExcludingBiogenicUptake"] == pcf["pcfIncludingBiogenicUptake"] == "0.735893"
    assert (pcf["biogenicCO2Uptake"], pcf["biogenicCarbonContent"]) == ("0", "0")
    # CH4 0.00858338 and N2O 0.0115717 of biomass per t
    assert pcf["biogenicNonCO2Emissions"] == "0.00002015508"
    assert pcf["fossilGhgEmissions"] == str(Exact("0.735893") - Exact("0.00002015508"))
    assert "landUseChangeGhgEmissions" not in pcf and "aircraftGhgEmissions" not in pcf  # hidden in unsplit factors
    assert (pcf["packagingEmissionsIncluded"], pcf["ccsTechnologicalCO2CaptureIncluded"]) == (False, False)
    assert pcf["ipccCharacterizationFactors"] == ["AR5", "AR6"] and pcf["crossSectoralStandards"] == ["ISO14067"]
    assert pcf["exemptedEmissionsPercent"] == "0" and pcf["primaryDataShare"] == "0"
    assert set(pcf["dqi"]) == {"technologicalDQR", "geographicalDQR", "temporalDQR"}
    names = {item["name"] for item in pcf["secondaryEmissionFactorSources"]}
    assert "UK government conversion factors for company reporting 2025" in names
    assert "0.0992126 kg CO2e came with factors that state no split" in shown["comment"]


def test_a_pump_by_hand(pump: dict[str, Any]) -> None:
    """A piece of 4.2 kg by its data sheet; 0.35 kg of cardboard stands in a stage of its own."""
    pcf = made(pump)["pcf"]
    assert (pcf["declaredUnitOfMeasurement"], pcf["productMassPerDeclaredUnit"]) == ("piece", "4.2")
    assert pcf["pcfExcludingBiogenicUptake"] == "19.5872"
    assert (pcf["packagingEmissionsIncluded"], pcf["packagingGhgEmissions"]) == (True, "0.1365")
    assert "biogenicCarbonContent" not in pcf and "biogenicCO2Uptake" not in pcf  # nobody knows


def test_output_is_checked_against_the_schema_of_the_table(cement: dict[str, Any], pump: dict[str, Any]) -> None:
    check = jsonschema.Draft202012Validator(schema())
    own = jsonschema.Draft202012Validator(extension_schema())
    for record in (cement, pump):
        shown = made(record)
        check.validate(shown)
        own.validate(shown["extensions"][0]["data"])
        assert list(faults(shown)) == [] and identity_faults(shown["pcf"]) == []
        assert "null" not in json.dumps(shown)


def test_schemas_are_those_in_docs() -> None:
    for name, wanted in (("pact-footprint", schema()), ("pact-extension", extension_schema())):
        assert json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text("utf-8")) == wanted


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", "active"), ("id", "urn:uuid:1"), ("companyIds", []), ("companyIds", ["acme"]), ("comment", None),
        ("productIds", ["urn:a:b", "urn:a:b"]), ("created", "2026-11-21"),
        ("surplus", "x"), ("extensions", []), ("pcf.declaredUnitAmount", "0"), ("pcf.declaredUnitAmount", "1e3"),
        ("pcf.declaredUnitOfMeasurement", "tonne"), ("pcf.fossilGhgEmissions", "-1"), ("pcf.fossilGhgEmissions", 1),
        ("pcf.biogenicCO2Uptake", "12.50"), ("pcf.geographyCountry", "CN"), ("pcf.geographyCountry", None),
        ("pcf.packagingGhgEmissions", "1"), ("pcf.technologicalCO2Removals", "-1"),
        ("pcf.ipccCharacterizationFactors", []), ("pcf.ipccCharacterizationFactors", ["EF3.1"]),
        ("pcf.dqi", {"technologicalDQR": "6"}),
        ("pcf.packagingEmissionsIncluded", "false"), ("pcf.productOrSectorSpecificRules", []),
    ],
)  # fmt: skip
def test_check_and_schema_refuse_the_same(cement: dict[str, Any], path: str, value: Any) -> None:
    shown = copy.deepcopy(made(cement))
    holder = shown["pcf"] if path.startswith("pcf.") else shown
    holder[path.rpartition(".")[2]] = value
    assert list(faults(shown)) and not jsonschema.Draft202012Validator(schema()).is_valid(shown)


def test_a_day_that_is_none_is_no_time(cement: dict[str, Any]) -> None:
    assert [fault.where for fault in faults({**made(cement), "created": "2026-13-21T00:00:00Z"})] == ["/created"]


def test_a_broken_identity_is_found(cement: dict[str, Any]) -> None:
    pcf = {**made(cement)["pcf"], "landUseChangeGhgEmissions": "0.001"}
    (fault,) = identity_faults(pcf)
    assert (fault.found, fault.expected) == ("0.735893", "0.736893")
    assert len(identity_faults({**pcf, "biogenicCO2Uptake": "-0.1"})) == 2


def test_what_nobody_knows_is_refused_all_at_once(cement: dict[str, Any]) -> None:
    assert refused(cement, Stated()) == {"pact_unsplit", "pact_fossil_carbon"}
    nobody = Company("Acme", ACME.ids, "", ACME.base_url)
    with pytest.raises(Refused) as caught:
        footprint_of(cement, nobody, Stated(unsplit="coal", mass="-1", exempted="2"), now=NOW)
    assert {fault.code for fault in caught.value.faults} == {
        "pact_unsplit", "pact_unsplit_word", "pact_fossil_carbon", "pact_amount", "pact_exempted_why", "pact_urn",
    }  # fmt: skip


def test_drafts_site_accounts_and_what_goes_beyond_the_gate() -> None:
    assert "pact_draft" in refused(archived("steel_works_2024-HRC"))
    assert "pact_not_a_footprint" in refused(archived("steel_works_2024-corporate_cn-HRC"))
    battery = refused(archived("li_ion_battery_lfp_2024-LFP-60.5"))
    assert {"pact_boundary", "pact_unit", "pact_standard", "pact_gwp_set", "pact_exempted"} <= battery


def test_a_changed_record_is_refused(cement: dict[str, Any]) -> None:
    spoiled = copy.deepcopy(cement)
    spoiled["sections"]["result"]["total"] = "1"
    assert refused(spoiled) == {"pact_tampered"}


@pytest.mark.parametrize("text", ["4712345060507", "urn:gtin:47 12", "urn:gtin:1#2", "URL:x:y", "urn:x"])
def test_identifiers_are_urns_without_blanks_and_fragments(cement: dict[str, Any], text: str) -> None:
    stated = Stated(product_ids=(text,), fossil_carbon="0", unsplit="fossil")
    assert refused(cement, stated) == {"pact_urn"}


def test_own_identifiers_are_issued_by_the_domain() -> None:
    assert issued("acme.example", "product-id", "P.O-42.5") == "urn:pact:acme.example:product-id:P.O-42.5"
    with pytest.raises(Refused):
        issued("acme.example", "product-id", "P O 42.5")


def test_validity_stays_within_three_years_of_the_reference_period(cement: dict[str, Any]) -> None:
    stated = Stated(fossil_carbon="0", unsplit="fossil", valid_from="2025-06-01", valid_to="2026-12-31")
    shown = made(cement, stated)
    assert (shown["validityPeriodStart"], shown["validityPeriodEnd"]) == (
        "2025-06-01T00:00:00Z",
        "2027-01-01T00:00:00Z",
    )
    assert "validityPeriodStart" not in made(cement)
    for start, end in (("2024-12-31", ""), ("", "2028-01-01"), ("2026-01-02", "2026-01-01"), ("soon", "")):
        other = Stated(fossil_carbon="0", unsplit="fossil", valid_from=start, valid_to=end)
        assert "pact_validity" in refused(cement, other)
    with pytest.raises(Refused) as caught:
        footprint_of(cement, ACME, STATED, now=datetime(2028, 1, 1, tzinfo=UTC))
    assert [fault.code for fault in caught.value.faults] == ["pact_expired"]
    leap = datetime(2024, 2, 29, tzinfo=UTC)
    assert default_validity(leap)[1] == datetime(2027, 2, 28, tzinfo=UTC)
    assert default_validity(leap + timedelta(days=1))[1] == datetime(2027, 3, 1, tzinfo=UTC)


def test_electricity_is_told_in_shares() -> None:
    rows = [
        {"supply": "grid", "table_row": "5", "kwh": "60"}, {"supply": "onsite", "table_row": "1", "kwh": "30"},
        {"supply": "grid", "table_row": "5", "kwh": "30"},
    ]  # fmt: skip
    assert electricity(rows) == [
        {"supply": "grid", "tableRow": "5", "share": "0.750000"},
        {"supply": "onsite", "tableRow": "1", "share": "0.250000"},
    ]
    assert electricity([]) == []


def test_an_annex_must_belong_to_the_result(cement: dict[str, Any]) -> None:
    points = {"2.5": {"value": "650"}, "97.5": {"value": "830"}}
    annex = {
        "kind": "uncertainty annex", "product": "P.O-42.5", "total_of_record": "735.893", "draws": 4096, "seed": "1",
        "unit": "kg CO2e per t", "result": {"percentiles": points},
    }  # fmt: skip
    told = made(cement, annex=annex)["extensions"][0]["data"]["uncertainty"]
    assert (told["p2_5"], told["p97_5"], told["draws"]) == ("650", "830", "4096")
    assert refused(cement, annex={**annex, "total_of_record": "735.894"}) == {"pact_annex"}
    with pytest.raises(Refused):
        spread({}, cement["sections"]["result"])


def test_our_own_footprint_is_read_back_to_the_same_total(cement: dict[str, Any]) -> None:
    """What we publish is what a receiver with our program takes in: per kg, with the same period and report."""
    shown = made(cement, Stated(product_ids=("urn:gtin:4712345060507",), fossil_carbon="0", unsplit="fossil"))
    factor = from_pact(shown).factor
    assert (factor.value, factor.unit, factor.place) == ("0.735893", "kgCO2e/kg", "CN-SD")
    assert (factor.valid_from, factor.year) == ("2024-01-01", "2024")


def test_times_of_filters() -> None:
    assert moment("2026-01-01T00:00:00+08:00") == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert moment("2026-01-01T00:00:00 08:00") == moment("2026-01-01T00:00:00+08:00")  # a plus not encoded
    assert moment("2026-01-01T00:00:00") is None and moment("2026") is None
    assert moment("0001-01-01T00:00:00+14:00") is None  # before the first year there is
