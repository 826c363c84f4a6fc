"""The workbook under MIIT notice 551: all activity rows and all factors, apart; nothing withheld, nothing a formula."""

from __future__ import annotations

import io
import json
import re
import zipfile
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from typer.testing import CliRunner

from factordb.check import _CONFIDENCE
from factordb.kinds import KINDS
from lca.exact import Exact
from lca.faults import Refused
from pcr.registry import find_rule
from service.battery.lists import lists, miit_lists
from service.battery.miit import NEEDED, full, miit
from service.battery.miit_book import TITLES, write_book
from service.battery.miit_schema import miit_schema
from service.battery.statements import statements
from service.commands.battery import app
from service.records.sections import ALL, CONFIDENTIAL, ITEMISED, digest, leave_out, make_record, value_of
from service.records.statement import item_key
from service.records.store import RecordStore
from tests.service import _cases
from tests.service.test_battery import CASES, EV, held, read_yaml, remade, sealed
from tests.service.test_battery_examples import per_capacity

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "battery" / "ev_nmc111_2024.yaml"
MIIT, PRODUCT = "cn_miit_551", "NMC111-28"
CHINESE = re.compile("[\u4e00-\u9fff]")
Record = dict[str, Any]


def example(**row: dict[str, Any]) -> Record:
    """The EV example under the notice; keywords: row id (``_`` for ``-``) to changed keys."""
    data = _cases.example(EXAMPLE)
    for name, changed in row.items():
        _cases.row(data, name.replace("_", "-")).update(changed)
    return sealed(data, MIIT, PRODUCT)


def two_models() -> Record:
    """Both models of the worked page, tested too, on common meters."""
    data = read_yaml((CASES / "two_models_own_cells.yaml").read_text("utf-8"))["data"] | {"rule": "li_ion_battery"}
    data["rows"].append({"input": "tested_cycles", "product": "B", "amount": "1500", "unit": "1"})
    return sealed(data, MIIT, "A")


def document(record: Record, **stated: Any) -> dict[str, Any]:
    product = value_of(record, "result")["product"]
    return miit(full(record), statements({"product": product, **stated}, product))


def sheets(made: dict[str, Any]) -> dict[str, Any]:
    """The workbook as a spreadsheet program opens it, by title."""
    file = io.BytesIO()
    write_book(made, file)
    return {sheet.title: sheet for sheet in load_workbook(io.BytesIO(file.getvalue())).worksheets}


def refused(record: Record) -> dict[str, str]:
    with pytest.raises(Refused) as raised:
        full(record)
    return {f"{fault.code} {fault.where}".strip(): fault.found for fault in raised.value.faults}


def codes(record: Record) -> set[str]:
    return {key.split()[0] for key in refused(record)}


def invalid(made: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(miit_schema()).iter_errors(made)]


def table(sheet: Any, head: str) -> list[dict[str, Any]]:
    """Lines below the head whose first cell holds a word, by the English half of each heading."""
    rows = list(sheet.iter_rows())
    at = next(n for n, row in enumerate(rows) if head in str(row[0].value))
    names = [str(cell.value).partition("\n")[2] for cell in rows[at] if cell.value]
    return [dict(zip(names, row, strict=False)) for row in rows[at + 1 :] if row[1].value]


def test_the_schema_in_the_docs_is_made_from_the_lists() -> None:
    held_ = json.loads((ROOT / "docs" / "schemas" / "battery-miit.json").read_text("utf-8"))
    assert held_ == miit_schema()
    Draft202012Validator.check_schema(held_)


@pytest.mark.parametrize("make", [example, two_models])
def test_what_is_printed_is_valid_and_says_what_it_is(make: Any) -> None:
    made = document(make())
    assert invalid(made) == []
    assert made["document_status"] == "draft" and made["regime"]["id"] == MIIT
    assert made["layout_note"]["en"] == "Our layout; the platform's template was not at hand."
    assert made["result"]["comparable_with_eu"] is False
    assert invalid(made | {"document_status": "final"}) and invalid(made | {"result": {}})
    assert invalid(made | {"activity": [made["activity"][0] | {"amount": 0.5}]})


def test_the_lists_cover_the_rule() -> None:
    """Every input of the rule has a section, every word both languages, every code of a factor a word."""
    words = miit_lists()
    listed = [name for names in words["inputs"].values() for name in names]
    assert sorted(listed) == sorted(find_rule("li_ion_battery").rule.inputs)
    assert set(words["inputs"]) < set(words["sections"]) and set(words["statements"]) <= set(lists()["statements"])
    assert set(_CONFIDENCE) | {"supplier", "official", "proxy", "measured"} <= set(words["codes"])
    for group in ("sections", "scopes", "uses", "bases", "statements", "codes"):
        assert all(item["en"] and CHINESE.search(item["zh"]) for item in words[group].values()), group


@pytest.mark.parametrize("make", [example, two_models])
def test_every_activity_row_stands_there_with_its_exact_amount(make: Any) -> None:
    record = make()
    made = document(record)
    given = {row["id"]: row for row in value_of(record, "given/rows")}
    assert {row["id"]: row["amount"] for row in made["activity"]} == {id_: row["amount"] for id_, row in given.items()}
    shown = {str(line["Row id"].value): line for line in table(sheets(made)[TITLES[1]], "Section")}
    for name, row in given.items():
        cell = shown[name]["Amount"]
        exact = F(cell.value) if isinstance(cell.value, str) else F(Exact.parse(repr(cell.value)).text())
        assert exact == F(row["amount"]) and shown[name]["Unit"].value == row["unit"]


def test_activity_and_background_alone_give_the_result() -> None:
    """From the cells of the workbook, by hand: amounts by factor, over 1,000 packs x 28 kWh x 1,000 tested cycles.

    Expected: docs/worked/li_ion_battery.md, section 9.
    """
    book = sheets(document(example()))
    activity = {line["Row id"].value: line for line in table(book[TITLES[1]], "Section")}
    factors = {line["Factor id"].value: line for line in table(book[TITLES[2]], "Factor id")}
    pairs = {
        "materials": ("greet2024-libmat-nmc111", "kWh capacity", 1),
        "assembly-grid": ("cn.cfp.national_avg.2024", "kWh", 1),
        "assembly-heat": ("obd2020-b0ab4c94-b6", "kWh", 1),
        "lorry": ("gbt51366-e-004", "t*km", 1),
        "spent": ("defra2025-20_503_5348_15_1", "t", F(1, 1000)),
    }
    whole = F(0)
    for row, (factor, unit, turn) in pairs.items():
        assert factors[factor]["Unit, the denominator"].value == unit
        whole += F(str(activity[row]["Amount"].value)) * F(str(factors[factor]["Value, kg per unit"].value)) * turn
    energy = F(1000) * 28 * 1000
    assert whole / energy == per_capacity("NMC111") / 1000
    (total,) = [line for line in table(book[TITLES[3]], "Code") if "Total" in str(line["Stage"].value)]
    assert abs(F(str(total["Value"].value)) / (whole / energy) - 1) < F(1, 10**5)


def test_the_background_is_every_factor_of_the_record() -> None:
    record = example()
    made = {item["id"]: item for item in document(record)["background"]}
    held_ = {item["factor"]["id"]: item["factor"] for item in value_of(record, "derivation/factors")}
    assert set(made) == set(held_) and {item["kind"] for item in made.values()} <= set(KINDS)
    for name, factor in held_.items():
        for key in ("source", "year", "place", "kind", "confidence", "licence", "unit", "flows"):
            assert made[name][key] == factor[key]
    assert made["cn.cfp.td_incl_loss.2024"]["use"] == "sensitivity"
    assert {item["use"] for name, item in made.items() if name != "cn.cfp.td_incl_loss.2024"} == {"result"}
    assert not any("runner-up" in item["chosen_by"] for item in made.values())


def test_rows_and_factors_of_another_model_are_marked() -> None:
    made = document(two_models())
    scopes = {row["id"].rpartition("-")[0]: row["scope"] for row in made["activity"] if row["product"] != "A"}
    assert scopes["assembly_electricity"] == "common" and scopes["part"] == scopes["pack_mass"] == "other"
    uses = {item["id"]: item["use"] for item in made["background"]}
    assert uses["greet2024-libmat-nmc811"] == "other_model" and uses["ademe-26731"] == "result"
    loop = next(row for row in made["activity"] if row["material"] == "aluminium" and row["section"] == "recycling")
    assert loop["stages"] == ["raw_material", "end_of_life"]  # recycled content, and what is recycled at the end
    assert {row["section"] for row in made["activity"]} == {
        "energy", "materials", "transport", "recycling", "product",
    }  # fmt: skip


def test_the_denominator_says_what_it_rests_on() -> None:
    told = document(example())["denominator"]
    assert F(told["total_energy"]["value"]) == 28 * 1000 and told["formula_setting"] == "rated_x_cycles"
    assert told["tested_rows"] == ["tested"] and told["test_report"] is False
    assert told["test_report_note"]["en"].startswith("NOT FROM A TEST REPORT")
    (eu,) = told["other_total_energies"]
    assert F(eu["value"]) == 28 * 60 * 8 and "not comparable" in eu["note"]["en"]
    report = {"evidence": {"basis": "measured", "document": "T-2024-17", "source": "laboratory"}}
    assert document(example(tested=report))["denominator"]["test_report"] is True
    report["evidence"]["basis"] = "estimated"
    assert document(example(tested=report))["denominator"]["test_report"] is False


def closed(record: Record, name: str) -> Record:
    """The record with one factor under a licence that forbids passing on, and a notice that tells its value."""
    values = {part: value_of(record, part) for part in ALL}
    turned = {}
    for item in values["derivation/factors"]:
        if item["factor"]["id"] == name:
            before = item_key(item)
            item["factor"] |= {
                "may_redistribute": False,
                "distance": {"value": "99.125 -> 51.8251", "place": "CN -> US"},
            }
            turned[before] = item_key(item)
    inventory = values["derivation/inventory"]
    inventory["answers"] = {line: turned.get(key, key) for line, key in inventory["answers"].items()}
    told = {"factor": name, "value": "51.8251 kgCO2e/kWh", "others": "99.125"}
    values["result"]["notices"].append({"code": "factor_conflict", "where": name, "values": told})
    return make_record(values, b"test")


def test_a_value_that_may_not_be_passed_on_stands_nowhere() -> None:
    record = closed(example(), "greet2024-libmat-nmc111")
    made = document(record)
    assert invalid(made) == []
    (item,) = [item for item in made["background"] if item["withheld"]]
    assert (item["published_value"], item["flows"], item["distance"]) == (None, None, {"place": "CN -> US"})
    file = io.BytesIO()
    write_book(made, file)
    with zipfile.ZipFile(file) as archive:
        text = "".join(archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml"))
    for digits in ("51.8251", "99.125"):
        assert digits not in json.dumps(made) and digits not in text
    assert text.count("the licence forbids passing the value on") and "0.5777" in text
    lines = [line for line in table(sheets(made)[TITLES[2]], "Factor id") if "nmc111" in str(line["Factor id"].value)]
    assert [CHINESE.search(str(line["Value, kg per unit"].value)) is not None for line in lines] == [True]
    assert [
        item["text"]["zh"]
        for item in made["notices"]
        if item["code"] == "factor_conflict" and "许可" in item["text"]["zh"]
    ]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "=1\n=2"])
def test_no_text_becomes_a_formula(text: str) -> None:
    record = example(
        materials={"evidence": {"source": text, "document": text, "note": text}, "name": {"en": text, "zh": text}}
    )
    book = sheets(document(record, manufacturer=text, battery_model={"en": text, "zh": text}))
    cells = [cell for sheet in book.values() for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    started = [cell for cell in cells if cell.data_type == "s" and str(cell.value)[:1] in "=+-@\t"]
    assert len(started) >= 4 and all(cell.quotePrefix for cell in started)


def test_digits_are_those_of_the_record() -> None:
    """Number cells where 15 digits hold it, with its decimals; else text: fractions and long decimals."""
    record = example(mass={"amount": "213.0800000000000001", "months": None}, spent={"amount": "213080.0000000000001"})
    shown = {
        str(line["Row id"].value): line["Amount"] for line in table(sheets(document(record))[TITLES[1]], "Section")
    }
    assert (shown["mass"].value, shown["mass"].data_type) == ("213.0800000000000001", "s")
    assert shown["spent"].value == "213080.0000000000001"
    assert (shown["assembly-grid"].value, shown["assembly-grid"].data_type) == ("700000/3", "s")
    assert (shown["lorry"].value, shown["lorry"].number_format) == (63924, "0")
    (total,) = [
        line for line in table(sheets(document(record))[TITLES[3]], "Code") if "Total" in str(line["Stage"].value)
    ]
    assert (total["Value"].value, total["Value"].number_format) == (0.0661961, "0.0000000")


def test_headings_are_in_both_languages_and_the_front_says_what_was_not_seen() -> None:
    book = sheets(document(example()))
    assert list(book) == list(TITLES) and all(CHINESE.search(title) and title.isascii() is False for title in TITLES)
    for title in TITLES[1:]:
        heads = next(row for row in book[title].iter_rows() if "\n" in str(row[0].value))
        for cell in heads:
            if cell.value:
                zh, _, en = str(cell.value).partition("\n")
                assert CHINESE.search(zh) and en.isascii()
    front = "\n".join(str(cell.value) for row in book[TITLES[0]].iter_rows() for cell in row if cell.value is not None)
    for words in ("the platform's template was not at hand", "未取得申报平台的模板", "NOT FROM A TEST REPORT",
                  "无检测报告", "Not comparable with the figure for the EU", "现行 in force", "未提供"):  # fmt: skip
        assert words in front, words


# --- refusals


@pytest.mark.parametrize("regime", ["eu_battery_cfb/draft-2024-04", "eu_battery_ind/jrc-2025", "gbt24067", "iso14067"])
def test_a_record_of_another_regime_is_refused(regime: str) -> None:
    record = held(EV)
    identity = value_of(record, "derivation/identity")["regime"] | {"id": regime}
    found = refused(remade(record, "derivation/identity", regime=identity))
    assert list(found.values()) == [regime] and next(iter(found)).startswith("battery_miit_regime")


def test_what_may_not_be_filed_is_refused_as_for_the_other_documents() -> None:
    record = example()
    result = value_of(record, "result")
    assert codes(remade(record, "result", status="draft")) == {"battery_draft"}
    assert codes(remade(record, "result", stages=result["stages"] | {"use": "1"})) == {"battery_stage"}
    lmt = value_of(record, "derivation/identity")["regime"] | {"id": "eu_battery_lmt"}
    assert codes(remade(record, "derivation/identity", regime=lmt)) == {"battery_no_method"}
    record["sections"]["result"]["total"] = "0.01"
    assert codes(record) == {"battery_tampered"}
    assert codes({}) == {"battery_tampered"}
    with pytest.raises(Refused) as raised:
        full(remade(example(), "result", status="draft"))
    assert all("551" in fault.rule for fault in raised.value.faults)


def test_a_small_battery_is_refused() -> None:
    data = read_yaml((CASES / "mass_topped_up.yaml").read_text("utf-8"))["data"] | {"rule": "li_ion_battery"}
    data["rows"].append({"input": "tested_cycles", "product": "P", "amount": "1000", "unit": "1"})
    assert codes(sealed(data, MIIT, "P")) == {"battery_class"}


def test_a_disclosed_copy_is_refused_with_what_is_missing() -> None:
    record = example()
    found = refused(leave_out(record, CONFIDENTIAL | ITEMISED))
    assert set(found) == {f"battery_left_out {name}" for name in NEEDED}
    rows = list(record["sections"]["given/rows"])
    rows[3] = {"digest": digest("given/works", rows[3])}
    copy = record | {"sections": record["sections"] | {"given/rows": rows}}
    assert refused(copy) == {"battery_left_out given/rows": f"given/rows: 1 of {len(rows)} left out"}
    both = leave_out(remade(record, "result", status="draft"), frozenset({"derivation/factors"}))
    assert codes(both) == {"battery_draft", "battery_left_out"}


def test_an_intact_record_of_another_shape_is_a_fault(tmp_path: Path) -> None:
    values = {name: value_of(example(), name) for name in ALL}
    for inside in (
        values | {"given/works": {}},
        values | {"derivation/inventory": "text"},
        values | {"given/rows": ["a", "b"]},
    ):
        path = tmp_path / "odd.json"
        path.write_text(json.dumps(make_record(inside, b"test")), "utf-8")
        answer = CliRunner().invoke(app, ["miit", str(path), "--format", "json"])
        assert [item["code"] for item in json.loads(answer.stdout)["errors"]] == ["record_form"]


# --- the command


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "record.json"
    made.write_text(json.dumps(example()), "utf-8")
    return made


def test_the_command_writes_a_workbook_or_json_of_the_same_content(path: Path, tmp_path: Path) -> None:
    out, stated = tmp_path / "miit.xlsx", tmp_path / "own.yaml"
    stated.write_text(f"product: {PRODUCT}\nbattery_model: EX-28\n", "utf-8")
    words = ["miit", str(path), "--with", str(stated)]
    answer = CliRunner().invoke(app, [*words, "-o", str(out)])
    assert answer.exit_code == 0 and [sheet.title for sheet in load_workbook(out).worksheets] == list(TITLES)
    shown = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)
    assert invalid(shown) == [] and shown == document(example(), battery_model="EX-28")
    assert CliRunner().invoke(app, [*words, "--format", "json", "-o", str(tmp_path / "m.json")]).exit_code == 0
    assert json.loads((tmp_path / "m.json").read_text("utf-8")) == shown


@pytest.mark.parametrize("words", [[], ["-o", "miit.pdf"], ["--format", "xml"], ["-o", "nowhere/miit.xlsx"]])
def test_wrong_usage_is_told_before_anything_is_read(path: Path, words: list[str]) -> None:
    assert CliRunner().invoke(app, ["miit", str(path), *words]).exit_code == 2


@pytest.mark.parametrize(
    ("lang", "sentence"), [("en", "rests on a record under cn_miit_551"), ("zh", "须依据 cn_miit_551")]
)
def test_a_refusal_writes_nothing_and_names_all_faults(tmp_path: Path, lang: str, sentence: str) -> None:
    copy, out = tmp_path / "copy.json", tmp_path / "out.xlsx"
    copy.write_text(json.dumps(leave_out(held(EV), frozenset({"given/rows"}))), "utf-8")
    words = ["miit", str(copy), "--with", str(tmp_path / "no.yaml"), "-o", str(out), "--lang", lang]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 1 and not out.exists() and sentence in " ".join(answer.stderr.split())
    assert "[battery_left_out]" in answer.stderr and "[file_missing]" in answer.stderr


def test_a_withdrawn_record_is_refused(store: RecordStore, tmp_path: Path) -> None:
    (record,) = _cases.run(_cases.example(EXAMPLE), store, regime=MIIT).records
    words = ["miit", record["name"], "--store", str(tmp_path / "pcf.db"), "--format", "json"]
    assert CliRunner().invoke(app, words).exit_code == 0
    store.withdraw(record["name"], "wrong meter")
    answer = CliRunner().invoke(app, words)
    assert [item["code"] for item in json.loads(answer.stdout)["errors"]] == ["battery_withdrawn"]
