"""Footprints of suppliers: read, checked, sealed into a layer, used in a calculation, and refused when they must be."""

from __future__ import annotations

import copy
import json
from datetime import date
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from factordb.release import Release
from lca.exact import Exact
from lca.faults import Refused
from service.calculate import Asked, calculate
from service.cli import app
from service.desk import Desk, open_desk
from service.intake import read_file
from service.receive import Taken, receive
from service.records.verify import rerun
from service.through import through, unexplained
from tests.service import _cases

TODAY = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "pcr" / "classes" / "cement" / "v1_0_0" / "cases" / "bought_clinker_draft.yaml"
PACT: dict[str, Any] = {
    "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "specVersion": "3.0.3",
    "created": "2026-02-01T08:00:00Z",
    "status": "Active",
    "companyName": "Mill and Kiln",
    "companyIds": ["urn:pact:mill.example:supplier-id:1"],
    "productDescription": "clinker",
    "productIds": ["urn:pact:mill.example:product-id:7"],
    "productNameCompany": "Clinker K1",
    "pcf": {
        "declaredUnitOfMeasurement": "kilogram",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "1",
        "referencePeriodStart": "2025-01-01T00:00:00Z",
        "referencePeriodEnd": "2026-01-01T00:00:00Z",
        "geographyCountry": "CN",
        "pcfExcludingBiogenicUptake": "0.8",
        "pcfIncludingBiogenicUptake": "0.78",
        "fossilCarbonContent": "0",
        "fossilGhgEmissions": "0.79",
        "landUseChangeGhgEmissions": "0.01",
        "biogenicCO2Uptake": "-0.02",
        "aircraftGhgEmissions": "0.001",
        "ipccCharacterizationFactors": ["AR6"],
        "crossSectoralStandards": ["ISO14067"],
        "exemptedEmissionsPercent": "0",
        "primaryDataShare": "56.1",
        "dqi": {"technologicalDQR": "1.5", "geographicalDQR": "1", "temporalDQR": "2"},
    },
}


@pytest.fixture
def desk(place: str) -> Any:
    with open_desk(place) as opened:
        yield opened


def take(desk: Desk, tmp_path: Path, document: Any, **more: Any) -> Taken:
    path = tmp_path / "sent.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return receive(desk, path, today=TODAY, **more)


def pact(**pcf: Any) -> dict[str, Any]:
    """The footprint above with other properties; None leaves one out."""
    document = copy.deepcopy(PACT)
    document["pcf"] = {key: value for key, value in (document["pcf"] | pcf).items() if value is not None}
    return document


def only(release: Release) -> Any:
    (factor,) = release.factors.values()
    return factor


def test_a_pact_footprint_by_hand(desk: Desk, tmp_path: Path) -> None:
    """0.79 fossil holds 0.001 of aircraft; 0.8 - 0.79 - 0.01 leaves nothing; 0.02 was taken up: 0.78 in all."""
    taken = take(desk, tmp_path, PACT)
    factor = only(desk.release(taken.release))
    assert factor.id == f"pact:{PACT['id']}"
    assert (factor.value, factor.unit, factor.place, factor.year) == ("0.78", "kgCO2e/kg", "CN", "2025")
    assert dict(factor.flows) == {
        "CO2e|fossil|AR6": "0.789", "CO2e|aircraft|AR6": "0.001", "CO2e|dluc|AR6": "0.01",
        "CO2|biogenic uptake": "0.02",
    }  # fmt: skip
    assert (factor.valid_from, factor.valid_to) == ("2025-01-01", "2028-12-28")
    assert (factor.primary_share, factor.quality["technologicalDQR"]) == ("0.561", "1.5")
    assert factor.admissible["cbam"] != "yes"
    assert [notice.code for notice in taken.notices] == ["received_unsigned"]


def test_what_is_not_stated_is_not_known_and_what_does_not_add_up_enters_undivided(desk: Desk, tmp_path: Path) -> None:
    """0.8 told, 0.7 fossil, nothing on land use: 0.1 without a name. No uptake stated: the total without it."""
    missing = dict.fromkeys(
        ("landUseChangeGhgEmissions", "biogenicCO2Uptake", "aircraftGhgEmissions", "primaryDataShare", "dqi"), None
    )
    taken = take(desk, tmp_path, pact(fossilGhgEmissions="0.7", ipccCharacterizationFactors=["AR5", "AR6"], **missing))
    factor = only(desk.release(taken.release))
    assert factor.value == "0.8" and (factor.gwp_set, factor.primary_share) == ("", "")
    assert dict(factor.flows) == {"CO2e|fossil|unknown": "0.7", "CO2e|unsplit|unknown": "0.1"}
    assert {notice.code for notice in taken.notices} == {
        "received_identity", "received_no_gwp_set", "received_no_share", "received_unsigned",
    }  # fmt: skip


def test_figures_for_a_bag_are_brought_to_a_kilogram(desk: Desk, tmp_path: Path) -> None:
    """A bag of 50 kg with 40 kg CO2e: 0.8 per kg."""
    sums = {"pcfExcludingBiogenicUptake": "40", "pcfIncludingBiogenicUptake": "40", "fossilGhgEmissions": "40"}
    none = dict.fromkeys(("landUseChangeGhgEmissions", "biogenicCO2Uptake", "aircraftGhgEmissions"), None)
    bag = pact(declaredUnitAmount="50", productMassPerDeclaredUnit="50", **sums, **none)
    factor = only(desk.release(take(desk, tmp_path, bag).release))
    assert (factor.value, factor.unit) == ("0.8", "kgCO2e/kg")


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        ({**PACT, "status": "Deprecated"}, {"received_status"}),
        (pact(declaredUnitOfMeasurement="megabit second"), {"received_unit"}),
        (pact(declaredUnitOfMeasurement="piece", declaredUnitAmount="10"), {"received_amount"}),
        (pact(pcfExcludingBiogenicUptake=None), {"received_form"}),
        (pact(fossilGhgEmissions="1e3"), {"received_form"}),
        (pact(fossilGhgEmissions="NaN", referencePeriodEnd="soon"), {"received_form"}),
        (pact(pcfExcludingBiogenicUptake="-1", pcfIncludingBiogenicUptake="-1.02"), {"received_negative"}),
        (pact(referencePeriodStart="2021-01-01", referencePeriodEnd="2022-01-01"), {"received_expired"}),
        ({**PACT, "validityPeriodEnd": "2026-11-21T00:00:00Z"}, {"received_expired"}),
        ({"schema": "somebody-else/1"}, {"received_form"}),
        ({"some": "thing"}, {"received_form"}),
        ([PACT, {"some": "thing"}], {"received_form"}),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_published(
    desk: Desk, tmp_path: Path, document: Any, codes: set[str]
) -> None:
    with pytest.raises(Refused) as refused:
        take(desk, tmp_path, document)
    assert {fault.code for fault in refused.value.faults} == codes
    with pytest.raises(Refused, match="release_unknown"):
        desk.release("suppliers.1")


def test_every_fault_of_a_footprint_at_once(desk: Desk, tmp_path: Path) -> None:
    document = pact(declaredUnitOfMeasurement="megabit second", declaredUnitAmount="2", fossilGhgEmissions=None)
    with pytest.raises(Refused) as refused:
        take(desk, tmp_path, document | {"status": "Deprecated", "companyName": ""})
    assert {(fault.code, fault.where) for fault in refused.value.faults} == {
        ("received_status", "/status"), ("received_unit", "/pcf/declaredUnitOfMeasurement"),
        ("received_amount", "/pcf/declaredUnitAmount"), ("received_form", "/companyName"),
    }  # fmt: skip


def test_a_layer_grows_by_releases_and_repeats_nothing(desk: Desk, tmp_path: Path) -> None:
    first = take(desk, tmp_path, PACT)
    assert take(desk, tmp_path, PACT).release == first.release == "suppliers.1"
    other = copy.deepcopy(PACT) | {"id": "11111111-5717-4562-b3fc-2c963f66afa6"}
    second = take(desk, tmp_path, other)
    assert second.release == "suppliers.2" and len(desk.release("suppliers.2").factors) == 2
    assert len(desk.release("suppliers.1").factors) == 1
    changed = pact(pcfExcludingBiogenicUptake="0.81")
    with pytest.raises(Refused, match="received_twice"):
        take(desk, tmp_path, changed)


def test_a_value_far_from_what_is_published_is_told(desk: Desk, tmp_path: Path) -> None:
    """Cement clinker is published at some 0.8 kg per kg; 800 is per tonne."""
    document = pact(
        pcfExcludingBiogenicUptake="800", pcfIncludingBiogenicUptake="800", fossilGhgEmissions="800",
        landUseChangeGhgEmissions=None, biogenicCO2Uptake=None, aircraftGhgEmissions=None,
    )  # fmt: skip
    document["productNameCompany"] = "Portland cement clinker"
    assert "received_unusual" in {notice.code for notice in take(desk, tmp_path, document).notices}


# -- records --------------------------------------------------------------------------------------------------


def supplier_record(desk: Desk) -> dict[str, Any]:
    records = _cases.run(_cases.example(), desk.records).records
    return json.loads(json.dumps(next(dict(item) for item in records)))  # type: ignore[no-any-return]


def works_that_buys(name: str) -> dict[str, Any]:
    """The works of docs/worked/cement.md, section 3, that buys 200 t of clinker for 1,260 t of cement."""
    from lca.doors import read_yaml

    data: dict[str, Any] = read_yaml(CASE.read_text(encoding="utf-8"))["data"]
    data["rule"], data["regime"] = "cement", "gbt24067"
    for row in data["rows"]:
        if row["input"] == "clinker_bought":
            row["factor"] = name
    return data


def test_a_record_answers_as_a_factor_and_both_can_be_re_run(desk: Desk, tmp_path: Path) -> None:
    """By hand: the low end of section 3 stands on 650 kg per t of clinker; a record says what it is instead."""
    record = supplier_record(desk)
    taken = take(desk, tmp_path, record)
    factor = only(desk.release(taken.release))
    assert factor.value == "735.893" and factor.id == f"record:{record['name']}"
    path = tmp_path / "buyer.json"
    data = {"format": "pcf-activity/1", **works_that_buys(factor.id[:20])}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    asked = Asked(release=f"{taken.release},cn-2026.1")
    done = calculate(read_file(path), asked, desk.records, caller="test", releases=desk.release)
    (bought,) = done.records
    flows = sum((F(str(kg)) for kg in _co2e(factor).values()), F(0))
    total = next(iter(done.derived.works.footprints.values())).total.point
    base = F(18460664563, 22050000) - F(200, 1260) * LOW
    assert total is not None and F(total.numerator, total.denominator) == base + F(200, 1260) * flows
    identity = bought["sections"]["derivation/identity"]
    assert [item["id"] for item in identity["releases"]] == [taken.release, "cn-2026.1"]
    assert float(bought["sections"]["result"]["classes"]["supplier"]) > 0.1
    assert rerun(bought, desk.release).exit_code(strict=True) == 0


LOW = F(650)


def _co2e(factor: Any) -> dict[str, F]:
    from lca.gases import Flow, characterise

    found = {}
    for flow, kg in factor.flows.items():
        exact = Exact.parse(kg) * characterise(Flow.read(flow), "AR6")
        found[flow] = F(exact.numerator, exact.denominator)
    return found


def test_a_changed_record_a_draft_and_a_site_account_are_no_factor(desk: Desk, tmp_path: Path) -> None:
    record = supplier_record(desk)
    spoiled = copy.deepcopy(record)
    spoiled["sections"]["result"]["total"] = "1"
    archive = ROOT / "tests" / "archive" / "records"
    for document, code in (
        (spoiled, "received_tampered"),
        (json.loads((archive / "steel_works_2024-HRC.json").read_text("utf-8")), "received_draft"),
        (
            json.loads((archive / "steel_works_2024-corporate_cn-HRC.json").read_text("utf-8")),
            "received_not_a_footprint",
        ),
    ):
        with pytest.raises(Refused) as refused:
            take(desk, tmp_path, json.loads(document.read_text("utf-8")) if isinstance(document, Path) else document)
        assert code in {fault.code for fault in refused.value.faults}


def test_a_use_phase_is_not_taken_along(desk: Desk, tmp_path: Path) -> None:
    record = json.loads((ROOT / "tests/archive/records/room_air_conditioner_2024-AC-2.5.json").read_text("utf-8"))
    with pytest.raises(Refused) as refused:
        take(desk, tmp_path, record)
    assert {fault.code for fault in refused.value.faults} == {"received_draft", "received_boundary"}


def test_a_filled_workbook_of_a_supplier(tmp_path: Path) -> None:
    """The workbook is calculated here; its record is the factor."""
    run, store = CliRunner().invoke, str(tmp_path / "pcf.db")
    empty, filled = tmp_path / "empty.xlsx", tmp_path / "filled.xlsx"
    assert run(app, ["rules", "template", "cement", "--for-supplier", "-o", str(empty)]).exit_code == 0
    from openpyxl import load_workbook

    front = load_workbook(empty).worksheets[0]
    words = {cell.value for line in front.iter_rows() for cell in line}
    assert {"供应商须知", "To the supplier"} <= words
    run(app, ["rules", "template", "cement", "--example", str(_cases.CEMENT), "-o", str(filled)])
    told = run(app, ["factors", "receive", str(filled), "--store", store, "--lang", "zh", "--supplier", "水泥厂"])
    assert told.exit_code == 0, told.output
    assert "suppliers.1" in told.output and "735.893 kgCO2e/t" in told.output and "水泥厂" in told.output
    again = run(app, ["factors", "receive", str(empty), "--store", store])
    assert again.exit_code == 1


def test_contributions_open_through_the_suppliers_record(desk: Desk, place: str, tmp_path: Path) -> None:
    """The supplier's own lines, times 200/1260 t bought, add up to what was bought; both tiers are named."""
    record = supplier_record(desk)
    taken = take(desk, tmp_path, record)
    path = tmp_path / "buyer.json"
    data = {"format": "pcf-activity/1", **works_that_buys(f"record:{record['name']}")}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    asked = Asked(release=f"{taken.release},cn-2026.1")
    (bought,) = calculate(read_file(path), asked, desk.records, caller="test", releases=desk.release).records
    branches = through(bought, desk.records)
    (opened,) = [branch for branch in branches if branch.below]
    assert opened.source == f"record:{record['name']}" and opened.supplier.startswith("Example cement works")
    kiln = [part for part in record["sections"]["result"]["contributions"] if part["input"] == "calcination"]
    first = next(branch for branch in opened.below if branch.label == kiln[0]["label"])
    expected = Exact.from_published(kiln[0]["co2e"]) * Exact(200, 1260)
    assert abs(first.co2e / expected - 1) < Exact("0.00001")
    assert {branch.tier for branch in branches} == {0} and {branch.tier for branch in opened.below} == {1}
    assert abs(unexplained(opened) / opened.co2e) < Exact("0.00001")
    told = CliRunner().invoke(app, ["contributions", bought["name"], "--store", place, "--lang", "zh"])
    assert told.exit_code == 0 and "碳酸盐分解" in told.output and "[Example cement works" in told.output
    disclosed = copy.deepcopy(record)
    disclosed["sections"]["derivation/factors"] = {"digest": record["digests"]["derivation/factors"]}
    assert [branch.closed for branch in through(disclosed, desk.records) if branch.closed] == []
    elsewhere = Desk(desk.engine, type(desk.records)(desk.engine, "nobody"))
    assert {branch.closed for branch in through(bought, elsewhere.records) if branch.supplier} == {"not here"}
