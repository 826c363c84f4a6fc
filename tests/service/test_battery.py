"""Battery documents from sealed records: every listed field told, drafts all, and refused where a filing would lie."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from lca.doors import read_yaml
from lca.faults import Refused
from lca.messages import lines
from service.battery.declaration import declaration
from service.battery.filed import filed
from service.battery.lists import lists
from service.battery.passport import passport
from service.battery.statements import statements
from service.battery.study import study
from service.calculate import Asked, derive
from service.commands.battery import app
from service.records.sections import ALL, CONFIDENTIAL, ITEMISED, leave_out, make_record, value_of
from service.records.statement import section_values
from service.records.store import RecordStore
from service.text.battery import markdown
from tests.service import _cases

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "tests" / "archive" / "records"
EV = ARCHIVE / "li_ion_battery_lfp_2024-LFP-60.5.json"
SITE = ARCHIVE / "steel_works_2024-corporate_cn-HRC.json"
CEMENT = ARCHIVE / "cement_works_2024-P.O-42.5.json"
CASES = ROOT / "pcr" / "classes" / "li_ion_battery" / "v1_0_0" / "cases"
STATED = ROOT / "examples" / "battery" / "statements.yaml"
MESSAGES = ROOT / "service" / "battery" / "data" / "messages.yaml"
IND = "eu_battery_ind/jrc-2025"
STAGES = {"RawMaterialExtraction", "MainProduction", "Distribution", "Recycling"}
Record = dict[str, Any]


def held(path: Path) -> Record:
    found: Record = json.loads(path.read_text("utf-8"))
    return found


def sealed(data: Any, regime: str = "", product: str = "P") -> Record:
    """A record of today's rules, as a store would seal it."""
    derived = derive(_cases.sent(data), Asked(regime=regime))
    return make_record(section_values(derived, product), b"test")


def case(name: str, regime: str = IND) -> Record:
    return sealed({"rule": "li_ion_battery"} | read_yaml((CASES / f"{name}.yaml").read_text("utf-8"))["data"], regime)


def remade(record: Record, part: str, **changed: Any) -> Record:
    """The record sealed again with other values in a public section: intact, and false."""
    values = {name: value_of(record, name) for name in ALL}
    values[part] = values[part] | changed
    return make_record(values, b"test")


def under(regime: str) -> Record:
    record = held(EV)
    return remade(
        record, "derivation/identity", regime=value_of(record, "derivation/identity")["regime"] | {"id": regime}
    )


def stated() -> Mapping[str, Mapping[str, str]]:
    return statements(read_yaml(STATED.read_text("utf-8")), "LFP-60.5")


def refused(record: Record) -> dict[str, str]:
    """Code to what was found."""
    with pytest.raises(Refused) as raised:
        filed(record)
    return {fault.code: fault.found for fault in raised.value.faults}


def valid(kind: str, document: Any) -> list[str]:
    schema = json.loads((ROOT / "docs" / "schemas" / f"battery-{kind}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


def test_the_list_is_the_one_of_article_7() -> None:
    """Seven items, the fifth in four stages; two of later acts; two that stand beside. Names of both languages."""
    listed = lists()["declaration"]
    articles = [item["article"] for item in listed]
    assert [articles.count(number) for number in "1234567"] == [2, 1, 1, 1, 4, 1, 1]
    assert (articles.count("later"), articles.count("beside"), len(listed)) == (2, 2, 15)
    assert len({item["id"] for item in listed}) == 15
    assert all(item["label"]["en"] and item["label"]["zh"] for item in [*listed, *lists()["study"]])
    assert {item["id"] for item in listed if item["from"] == "statement"} <= set(lists()["statements"])
    assert [item["code"] for item in lists()["stages"].values()] == ["RAW", "MAN", "DIS", "EOL"]
    assert {item["passport"] for item in lists()["stages"].values()} == STAGES


@pytest.mark.parametrize(("given", "counts"), [(False, ("5", "8", "2")), (True, ("10", "3", "2"))])
def test_every_field_is_a_value_missing_or_not_applicable(given: bool, counts: tuple[str, ...]) -> None:
    document = declaration(filed(held(EV)), stated() if given else {})
    assert [item["id"] for item in document["fields"]] == [item["id"] for item in lists()["declaration"]]
    assert tuple(document["counts"].values()) == counts
    for item in document["fields"]:
        assert ("value" in item, "because" in item) == (item["state"] == "value", item["state"] != "value")
    assert valid("declaration", document) == []


def test_ev_declares_the_figure_per_kwh_delivered_and_no_other() -> None:
    record = held(EV)
    document = declaration(filed(record), stated())
    fields, result = {item["id"]: item for item in document["fields"]}, value_of(record, "result")
    assert document["battery_class"] == "ev"
    assert fields["carbon_footprint"]["value"] == document["denominators"]["declared"]["value"] == result["total"]
    (capacity,) = document["denominators"]["beside"]
    assert capacity["value"] == result["also"]["kWh capacity"] and capacity["comparable"] is False
    assert capacity["value"] not in json.dumps(document["fields"])
    # 60.5 kWh usable x 60 cycles a year x 8 years
    assert F(document["denominators"]["total_energy"]["value"]) == F("60.5") * 60 * 8
    for stage, figure in result["stages"].items():
        assert fields[stage]["value"] == figure
        assert abs(F(fields[stage]["share"]) - F(figure) / F(result["total"])) <= F(1, 20000)
    assert F(fields["end_of_life"]["share"]) < 0
    assert fields["battery_model"]["value"] == {"en": "EX-LFP-60.5", "zh": "EX-LFP-60.5"}


def test_a_second_total_energy_stands_apart() -> None:
    """Tested cycles in the data: 60.5 kWh x 3000 cycles, a Chinese denominator that is never the declared one."""
    data = _cases.example(_cases.BATTERY)
    data["rows"].append(
        {"id": "tested", "input": "tested_cycles", "product": "LFP-60.5", "amount": "3000", "unit": "1"}
    )
    found = declaration(filed(sealed(data, product="LFP-60.5")), {})["denominators"]
    others = {item["id"]: item for item in found["other_total_energies"]}
    assert F(others["total_energy_tested"]["value"]) == F("60.5") * 3000
    assert F(found["total_energy"]["value"]) == F("60.5") * 60 * 8
    assert "not comparable" in others["total_energy_tested"]["note"]["en"]


@pytest.mark.parametrize(
    ("name", "total", "energy"),
    [
        ("storage_cycles", F(298056937, 25480000000), F(76440)),
        ("storage_on_demand", F(298056937, 1680000000), F(5040)),
    ],
    ids=["industrial, regular cycling", "storage, on demand"],
)
def test_storage_under_the_industrial_regime(name: str, total: F, energy: F) -> None:
    """The hand calculation of docs/worked/li_ion_battery.md, section 7, rounded to six digits."""
    record = filed(case(name))
    document = declaration(record, {})
    declared = document["denominators"]["declared"]["value"]
    assert document["battery_class"] == "industrial" and abs(F(declared) - total) <= total / 100000
    assert F(document["denominators"]["total_energy"]["value"]) == energy
    assert valid("declaration", document) == valid("passport", passport(record, {})) == []
    chapters = {item["id"]: item for item in study(record, {})["chapters"]}
    assert "declared life" in chapters["cycles_reason"]["because"]["en"]


def test_light_means_of_transport_have_no_method() -> None:
    with pytest.raises(Refused) as raised:
        sealed(_cases.example(_cases.BATTERY), "eu_battery_lmt", "LFP-60.5")
    assert [fault.code for fault in raised.value.faults] == ["regime_has_no_method"]
    assert refused(under("eu_battery_lmt")) == {"battery_no_method": "eu_battery_lmt"}


@pytest.mark.parametrize("regime", ["gbt24067", "cn_miit_551", "cn_cnca_label", "iso14067", "eu_battery_cfb/jrc-2023"])
def test_a_record_of_another_regime_is_refused(regime: str) -> None:
    assert refused(under(regime)) == {"battery_regime": regime}


def test_a_chinese_record_per_kwh_of_capacity_is_refused_for_both() -> None:
    data = _cases.example(_cases.BATTERY)
    found = refused(sealed(data, "cn_cnca_label", "LFP-60.5"))
    assert found == {"battery_regime": "cn_cnca_label", "battery_unit": "1 kWh capacity"}


def test_storage_under_the_regime_for_vehicles_is_refused() -> None:
    assert refused(case("storage_cycles", "eu_battery_cfb/draft-2024-04"))["battery_class"] == "storage"


def test_other_refusals() -> None:
    record = held(EV)
    result = value_of(record, "result")
    unit = result["unit"] | {"unit": "kWh capacity"}
    stages = result["stages"] | {"use": "0.1"}
    assert refused(remade(record, "result", unit=unit)) == {"battery_unit": "1 kWh capacity"}
    assert refused(remade(record, "result", stages=stages)) == {"battery_stage": "use"}
    assert refused(remade(record, "result", status="draft")) == {"battery_draft": "draft"}
    band = remade(record, "result", total={"low": "0.1", "high": None}, unit=unit)
    assert set(refused(band)) == {"battery_draft", "battery_unit"}
    assert refused(held(SITE)) == {"battery_rule": "steel_bf_bof", "battery_not_a_footprint": "site_account"}
    assert set(refused(held(CEMENT))) >= {"battery_rule"}
    assert set(refused({})) == {"battery_tampered"}
    record["sections"]["result"]["total"] = "0.05"
    assert refused(record) == {"battery_tampered": "result"}


@pytest.mark.parametrize("verb", ["declare", "study", "passport"])
@pytest.mark.parametrize(("lang", "sentence"), [("en", "A draft is never filed."), ("zh", "草稿不得用于申报。")])
def test_a_refusal_writes_nothing_and_says_five_things(tmp_path: Path, verb: str, lang: str, sentence: str) -> None:
    path, out = tmp_path / "draft.json", tmp_path / "out"
    path.write_text(json.dumps(remade(held(EV), "result", status="draft")), "utf-8")
    words = [verb, str(path), "--with", str(tmp_path / "no.yaml"), "-o", str(out), "--lang", lang]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 1 and not out.exists()
    assert f"[battery_draft] {sentence}" in answer.stderr and "[file_missing]" in answer.stderr


@pytest.mark.parametrize("verb", ["declare", "study", "passport"])
def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path, verb: str) -> None:
    answer = CliRunner().invoke(app, [verb, str(EV), "-o", str(tmp_path / "nowhere" / "out")])
    assert answer.exit_code == 2 and not (tmp_path / "nowhere").exists()


def test_sentences_of_every_fault_in_both_languages() -> None:
    """The house test reads one catalogue a room; this package has its own."""
    places = [*(ROOT / "service" / "battery").glob("*.py"), ROOT / "service" / "commands" / "battery.py"]
    sources = "".join(path.read_text("utf-8") for path in places)
    used = {f"battery_{kind}" for kind in re.findall(r'\brefusal\(\s*"(\w+)"', sources)}
    known = yaml.load(MESSAGES.read_text("utf-8"), Loader=yaml.BaseLoader)
    assert used == set(known) and len(known) == 16
    assert all(known[code][part][lang] for code in known for part in ("what", "fix") for lang in ("en", "zh"))
    with pytest.raises(Refused) as raised:
        filed(under("gbt24067"))
    assert [len(lines(fault, "zh")) for fault in raised.value.faults] == [5]


def test_the_passport_bears_the_names_of_the_model() -> None:
    record = held(EV)
    document = passport(filed(record), {})
    attributes, result = document["carbonFootprint"], value_of(record, "result")
    stages = {
        item["lifecycleStage"]: F(item["carbonFootprint"]) for item in attributes["carbonFootprintPerLifecycleStage"]
    }
    assert set(stages) == STAGES
    assert sum(stages.values()) + F(result["rounding"]) == F(attributes["batteryCarbonFootprint"]) == F(result["total"])
    assert attributes["carbonFootprintPerformanceClass"] is None and attributes["carbonFootprintStudy"] is None
    assert attributes["absoluteCarbonFootprint"] == result["also"]["piece"]
    assert document["missing"] == ["carbonFootprintStudy"] and valid("passport", document) == []
    linked = passport(filed(record), stated())
    assert linked["missing"] == [] and valid("passport", linked) == []
    assert linked["carbonFootprint"]["carbonFootprintStudy"] == "https://battery.example/studies/ex-lfp-60.5"


def test_a_stage_that_the_record_lacks_is_missing_not_zero() -> None:
    record = held(EV)
    stages = {key: value for key, value in value_of(record, "result")["stages"].items() if key != "distribution"}
    short = filed(remade(record, "result", stages=stages))
    field = next(item for item in declaration(short, {})["fields"] if item["id"] == "distribution")
    assert field["state"] == "missing" and "value" not in field
    sent = passport(short, {})
    assert "carbonFootprintPerLifecycleStage[Distribution]" in sent["missing"]
    named = [item["lifecycleStage"] for item in sent["carbonFootprint"]["carbonFootprintPerLifecycleStage"]]
    assert named == ["RawMaterialExtraction", "MainProduction", "Recycling"]
    assert "| Distribution / 分销 | missing / 缺失 |" in markdown(study(short, {}))


def test_schemas_refuse_what_may_not_be_said() -> None:
    document = declaration(filed(held(EV)), {})
    assert valid("declaration", document | {"performance_class": "A"}) != []
    assert valid("declaration", document | {"document_status": "final"}) != []
    capacity = document["denominators"] | {
        "declared": {"value": "50.3", "unit": "kg CO2e per kWh capacity", "per": "kWh"}
    }
    assert valid("declaration", document | {"denominators": capacity}) != []
    given = passport(filed(held(EV)), {})
    number = given["carbonFootprint"] | {"batteryCarbonFootprint": 0.104873}
    assert valid("passport", given | {"carbonFootprint": number}) != []
    assert valid("statements", read_yaml(STATED.read_text("utf-8"))) == []
    assert valid("statements", {"product": "P", "carbon_footprint": "0.05"}) != []


def test_the_study_needs_and_shows_the_public_part_only() -> None:
    record = held(EV)
    disclosed = leave_out(record, CONFIDENTIAL | ITEMISED)
    document = study(filed(record), stated())
    text = markdown(document)
    assert [(view.works, view.inventory) for view in filed(record).views.values()] == [({}, {}), ({}, {})]
    assert text == markdown(study(filed(disclosed), stated())) and valid("study", document) == []
    assert declaration(filed(record), {}) == declaration(filed(disclosed), {})
    works, rows = value_of(record, "given/works"), value_of(record, "given/rows")
    secret = [
        *works["works"]["name"].values(),
        *(row["evidence"].get("source", "") for row in rows if "evidence" in row),
    ]
    assert len(secret) > 5 and [word for word in secret if word and word in text] == []


def test_every_chapter_is_there_and_missing_ones_say_so() -> None:
    record = sealed(_cases.example(_cases.BATTERY), product="LFP-60.5")
    chapters = study(filed(record), {})["chapters"]
    assert [item["id"] for item in chapters] == [item["id"] for item in lists()["study"]]
    states = {item["id"]: item["state"] for item in chapters if item["state"] != "value"}
    assert states == {"warranty_evidence": "missing", "cycles_reason": "not_applicable", "cff_parameters": "missing"}
    text = markdown(study(filed(held(EV)), stated()))
    assert "DRAFT" in text and "草案文件" in text and "8 years to 70 %" in text
    assert len(re.findall(r"^## \d+\. .+ / .+$", text, re.M)) == len(lists()["study"])


def test_the_study_names_the_thresholds_of_the_rating_as_parameters() -> None:
    """1.5 (other editions 1.6), 3 and 4: section 10 of the collected notes, recalled. Not from other methods."""
    record = sealed(_cases.example(_cases.BATTERY), product="LFP-60.5")
    (data,) = (item for item in study(filed(record), {})["chapters"] if item["id"] == "data")
    tables = [block["table"] for block in data["body"] if "table" in block]
    (limits,) = [table[1:] for table in tables if table[0][0]["en"].startswith("Highest rating")]
    assert [row[1:] for row in limits] == [["1.5", "1.6"], ["3", ""], ["4", ""]]
    rule = value_of(record, "derivation/identity")["rule"] | {"methods_sha256": "0" * 64}
    other = study(filed(remade(record, "derivation/identity", rule=rule)), {})
    assert "Highest rating" not in json.dumps(other) and valid("study", other) == []


def test_a_boundary_is_not_quoted_from_another_rule() -> None:
    record = held(EV)
    rule = value_of(record, "derivation/identity")["rule"] | {"sha256": "0" * 64}
    document = study(filed(remade(record, "derivation/identity", rule=rule)), {})
    (boundary,) = (item for item in document["chapters"] if item["id"] == "boundary")
    assert (boundary["state"], boundary["body"]) == ("missing", []) and valid("study", document) == []


def test_a_stored_record_by_name_until_it_is_withdrawn(store: RecordStore, tmp_path: Path) -> None:
    (record,) = _cases.run(_cases.example(_cases.BATTERY), store).records
    words = ["declare", record["name"], "--store", str(tmp_path / "pcf.db"), "--format", "json"]
    answer = CliRunner().invoke(app, words)
    assert json.loads(answer.stdout) == declaration(filed(record), {})
    store.withdraw(record["name"], "wrong meter")
    answer = CliRunner().invoke(app, [*words, "--lang", "en"])
    problem = json.loads(answer.stdout)
    assert answer.exit_code == 1 and [item["code"] for item in problem["errors"]] == ["battery_withdrawn"]


def test_an_intact_record_of_another_shape_is_a_fault(tmp_path: Path) -> None:
    record = held(EV)
    values = {name: value_of(record, name) for name in ALL}
    del values["result"]["also"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(make_record(values, b"test")), "utf-8")
    answer = CliRunner().invoke(app, ["passport", str(path), "--format", "json"])
    assert [item["code"] for item in json.loads(answer.stdout)["errors"]] == ["record_form"]


def test_own_words_are_no_markup() -> None:
    given = statements({"product": "LFP-60.5", "allocation": "<img src=x> | [a](b) # *c*\n## new"}, "LFP-60.5")
    text = markdown(study(filed(held(EV)), given))
    assert r"\<img src=x\> \| \[a\](b) \# \*c\* \#\# new" in text and "\n## new" not in text


def test_statements_are_checked_all_at_once() -> None:
    given = {
        "product": "other", "carbon_footprint": "0.05", "public_study": "ftp://x", "batch": ["1"],
        "battery_model": {"en": "only"}, "verification": "", "manufacturer": {"en": "A", "zh": ""},
    }  # fmt: skip
    with pytest.raises(Refused) as raised:
        statements(given, "LFP-60.5")
    assert sorted((fault.code.removeprefix("battery_statement_"), fault.where) for fault in raised.value.faults) == [
        ("form", "/batch"), ("form", "/battery_model"), ("form", "/manufacturer"), ("link", "/public_study"),
        ("product", "/product"), ("unknown", "/carbon_footprint"),
    ]  # fmt: skip
    assert statements({"product": "P", "batch": " "}, "P") == {"product": {"en": "P", "zh": "P"}}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_documents_on_a_terminal_and_in_files(tmp_path: Path, lang: str) -> None:
    runner, common = CliRunner(), [str(EV), "--with", str(STATED), "--lang", lang]
    shown = runner.invoke(app, ["declare", *common])
    assert shown.exit_code == 0 and ("DRAFT" if lang == "en" else "草案文件") in shown.stdout
    assert ("3 missing" if lang == "en" else "缺失3项") in shown.stdout
    shown = runner.invoke(app, ["passport", *common])
    assert "carbonFootprintPerLifecycleStage[Recycling]" in shown.stdout
    out = tmp_path / "study.md"
    assert runner.invoke(app, ["study", *common, "-o", str(out)]).exit_code == 0
    assert out.read_text("utf-8") == runner.invoke(app, ["study", *common]).stdout
    for verb, kind in (("declare", "declaration"), ("passport", "passport"), ("study", "study")):
        document = json.loads(runner.invoke(app, [verb, *common, "--format", "json"]).stdout)
        assert valid(kind, document) == [] and document["document_status"] == "draft"
        written = tmp_path / f"{verb}.json"
        assert runner.invoke(app, [verb, *common, "--format", "json", "-o", str(written)]).exit_code == 0
        assert json.loads(written.read_text("utf-8")) == document
