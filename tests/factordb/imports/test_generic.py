"""Any table by a mapping: encodings, separators, decimals, a sheet; guesses are for people to correct.

Long because encodings, separators, decimals and guesses meet in one reader, and each needs a file written for it.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from factordb.imports import registry, sheet
from factordb.imports.generic import day, number, unit_of
from factordb.imports.guess import decimal_of, guess
from factordb.imports.intake import Intake
from factordb.imports.mapping import fields, headers, layout, load
from factordb.imports.sheet import Form, form_of, rows
from factordb.release import Release
from lca.doors import read_yaml
from lca.faults import Refused
from tests.factordb.imports._raw import META, counts, raw, sealed

HEAD = ["编号", "中文名称", "因子", "单位", "来源", "年份", "地区", "系统边界"]
GOOD = ["A1", "铝锭", "16.5", "kgCO2e/kg", "某协会", "2023", "中国", "摇篮到大门"]


def mapping(**changed: Any) -> dict[str, Any]:
    """A whole mapping for the table above, some parts changed."""
    licence = {name: "yes" for name in ("may_store", "may_use_commercially")}
    return {
        "source": {"id": "my-set", "title": "我的数据", "publisher": "某厂"},
        "licence": {"code": "own", "title": "own", "may_redistribute": "no", "share_alike": "no", **licence},
        "file": {"encoding": "utf-8", "separator": ",", "decimal": "."},
        "columns": {
            "id": "编号", "name_zh": "中文名称", "value": "因子", "unit": "单位", "locator": "来源", "year": "年份",
            "place": "地区", "boundary": "系统边界", "kind": "系统边界",
        },
        "fixed": {"category": "metal"},
        "kinds": {"摇篮到大门": "cradle_to_gate"},
        **changed,
    }  # fmt: skip


def file(path: Path, *body: list[str], separator: str = ",", encoding: str = "utf-8") -> Path:
    text = "".join(separator.join(f'"{cell}"' if "," in cell else cell for cell in row) + "\n" for row in (HEAD, *body))
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, **changed: Any) -> Intake:
    return registry.with_layout(path, layout(mapping(**changed)))


@pytest.mark.parametrize(
    ("encoding", "name", "separator"),
    [
        ("utf-8", "utf-8-sig", ","),
        ("utf-8-sig", "utf-8-sig", ";"),
        ("gb18030", "gb18030", "\t"),
    ],
)
def test_chinese_tables_in_their_encodings(tmp_path: Path, encoding: str, name: str, separator: str) -> None:
    path = file(tmp_path / "a.csv", GOOD, separator=separator, encoding=encoding)
    assert form_of(path) == Form(name, separator)
    how = {"encoding": name, "separator": {"\t": "tab"}.get(separator, separator), "decimal": "."}
    intake = read(path, file=how)
    factor = intake.factors["A1"]
    assert (factor.name_zh, factor.value, factor.unit, factor.place) == ("铝锭", "16.5", "kgCO2e/kg", "CN")
    assert (factor.kind, factor.boundary, factor.year) == ("cradle_to_gate", "摇篮到大门", "2023")
    assert f"read as {name}" in intake.notes


def test_latin_letters_are_not_read_as_chinese(tmp_path: Path) -> None:
    """``é`` and the next letter are one character in GB18030; that it can be read proves nothing."""
    path = tmp_path / "fr.csv"
    path.write_bytes("Désignation;Débris d'été\nAcier recyclé;0,938\n".encode("latin-1"))
    assert path.read_bytes().decode("gb18030", "ignore") != ""
    assert form_of(path) == Form("latin-1", ";")


def test_a_wrong_encoding_is_refused_where_it_shows(tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", GOOD, encoding="gb18030")
    with pytest.raises(Refused, match="import_unreadable"):
        read(path)
    wide = file(tmp_path / "b.csv", GOOD, encoding="utf-16")
    with pytest.raises(Refused, match="zero bytes"):
        form_of(wide)


@pytest.mark.parametrize(
    ("place", "cell", "reason"),
    [
        (2, "", "value_missing"),
        (2, "-", "value_missing"),
        (2, "n/a", "value_missing"),
        (2, "NaN", "value_unreadable"),
        (2, "Infinity", "value_unreadable"),
        (2, "1.2.3", "value_unreadable"),
        (2, "16.5 kg", "value_unreadable"),
        (2, "#DIV/0!", "value_unreadable"),
        (2, "=1+1", "value_unreadable"),
        (2, "-3", "negative"),
        (3, "", "unit_missing"),
        (3, "kgCO2e/桶", "unit_unknown"),
        (3, "kWh", "not_a_gas_factor"),
        (3, "元/kg", "not_a_gas_factor"),
        (1, "", "name_missing"),
        (5, "约2020", "needs_review"),
        (6, "某地", "needs_review"),
        (6, "", "needs_review"),
        (7, "", "kind_unknown"),
        (7, "大门到大门", "kind_unknown"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, place: int, cell: str, reason: str) -> None:
    bad = [*GOOD[:place], cell, *GOOD[place + 1 :]]
    intake = read(file(tmp_path / "a.csv", ["A2", *GOOD[1:]], bad))
    assert counts(intake) == {"read": 2, "accepted": 1, "rejected": 1, "same": 0}
    assert intake.reasons() == {reason: 1}
    assert intake.rejected[0].where == "line 3"


def test_a_row_of_another_width_and_an_id_twice_are_named(tmp_path: Path) -> None:
    other = ["A1", *GOOD[1:2], "17", *GOOD[3:]]
    intake = read(file(tmp_path / "a.csv", GOOD, GOOD, other, [*GOOD, "x"], ["A9"]))
    assert counts(intake) == {"read": 5, "accepted": 1, "rejected": 3, "same": 1}
    assert intake.reasons() == {"row_broken": 2, "duplicate_id": 1}


def test_rows_without_ids_get_one_from_what_they_say(tmp_path: Path) -> None:
    """The same id wherever the row stands; two values for the same thing are a conflict, not two factors."""
    columns = {key: text for key, text in mapping()["columns"].items() if key != "id"}
    steel = ["", "钢坯", "2.1", *GOOD[3:]]
    one = read(file(tmp_path / "a.csv", GOOD, steel), columns=columns)
    two = read(file(tmp_path / "b.csv", steel, GOOD), columns=columns)
    assert sealed(one) == sealed(two)
    assert all(name.startswith("my-set-") for name in one.factors)
    twice = read(file(tmp_path / "c.csv", steel, ["", "钢坯", "2.2", *GOOD[3:]]), columns=columns)
    assert twice.reasons() == {"duplicate_id": 1}


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("0,938", ",", "0.938"),
        ("1.234,5", ",", "1234.5"),
        ("1 234,5", ",", "1234.5"),
        ("1.234", ",", "1234"),
        ("1,234.5", ".", "1234.5"),
        ("1'234.5", ".", "1234.5"),
        ("1.25E-7", ".", "1.25E-7"),
        ("１２．５", ".", "12.5"),
        ("-0.5", ".", "-0.5"),
    ],
)
def test_numbers_in_either_decimal(text: str, decimal: str, expected: str) -> None:
    assert number(text, decimal) == (expected, "")


@pytest.mark.parametrize(
    ("text", "decimal"),
    [("1.5", ","), ("1,5", "."), ("1,23,456", "."), ("12.34.567", ","), ("1/3", "."), ("0x10", ".")],
)
def test_numbers_that_could_be_two_are_none(text: str, decimal: str) -> None:
    assert number(text, decimal) == ("", "value_unreadable")


@pytest.mark.parametrize(
    ("text", "units", "counted", "expected"),
    [
        ("kg CO₂-eq/kg", {}, "", "kgCO2e/kg"),
        ("kgCO2eq/m³", {}, "", "kgCO2e/m3"),
        ("kgCO2/kWh", {}, "", "kgCO2/kWh"),
        ("t CO2e / t", {}, "", "tCO2e/t"),
        ("kg", {}, "kgCO2e", "kgCO2e/kg"),
        ("每公斤", {"每公斤": "kgCO2e/kg"}, "", "kgCO2e/kg"),
        ("kg", {}, "", "kg"),
        ("kgCO2e/kg", {"kgCO2e/kg": ""}, "", ""),
    ],
)
def test_units_by_the_mapping_or_by_spelling_alone(
    text: str, units: dict[str, str], counted: str, expected: str
) -> None:
    assert unit_of(text, units, counted) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2024-5-7", "2024-05-07"), ("2024年5月7日", "2024-05-07"), ("2024", "2024"), ("", ""), ("7.5.24", None)],
)
def test_dates(text: str, expected: str | None) -> None:
    assert day(text) == expected


def test_one_licence_and_source_for_all_rows(tmp_path: Path) -> None:
    intake = read(file(tmp_path / "a.csv", GOOD))
    release = Release(intake.content(META))
    factor = release.factors["A1"]
    assert release.source_of(factor).publisher == "某厂"
    assert not release.licence_of(factor).may_redistribute
    assert factor.label == {"en": "铝锭", "zh": "铝锭"}


@pytest.mark.parametrize(
    ("part", "value", "where"),
    [
        ("columns", {"value": "因子", "colour": "x"}, "columns.colour"),
        ("columns", {"unit": "单位"}, "value"),
        ("fixed", {"place": "CN", "category": "m"}, "place"),
        ("fixed", {"value": "1", "category": "m"}, "fixed.value"),
        ("fixed", {}, "category"),
        ("kinds", {"a": "cradle_to_grave"}, "kinds.a"),
        ("licence", {"code": "x", "title": "x"}, "licence.may_redistribute"),
        ("licence", {**mapping()["licence"], "share_alike": "perhaps"}, "licence.share_alike"),
        ("source", {}, "source.id"),
        ("file", {"encoding": "utf-8", "separator": ",", "decimal": ""}, "file.decimal"),
        ("file", {"encoding": "ebcdic", "separator": "|", "decimal": "."}, "file.separator"),
        ("units", ["kg"], "units"),
        ("rows", {}, "rows"),
    ],
)
def test_a_mapping_that_does_not_hold_together(part: str, value: Any, where: str) -> None:
    with pytest.raises(Refused) as refused:
        layout(mapping(**{part: value}))
    assert where in [fault.where for fault in refused.value.faults]
    assert {fault.code for fault in refused.value.faults} == {"import_mapping"}


def test_all_faults_of_a_mapping_come_at_once() -> None:
    with pytest.raises(Refused) as refused:
        layout({})
    assert len(refused.value.faults) > 12
    with pytest.raises(Refused, match="import_mapping"):
        layout([])


def test_a_mapping_names_columns_the_file_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称,因子\n铝,1\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.faults[0].code == "import_columns"
    assert "系统边界" in refused.value.faults[0].expected


def test_a_guess_is_a_mapping_once_it_is_filled(tmp_path: Path) -> None:
    """Header, encoding and decimal are recognised; source, licence and kinds are for a person, here for the test."""
    path = file(tmp_path / "a.csv", GOOD, encoding="gb18030")
    text = guess(path)
    data = read_yaml(text)
    assert data["file"] == {"encoding": "gb18030", "separator": ",", "decimal": "."}
    assert data["columns"] == mapping()["columns"]
    assert data["units"] == {"kgCO2e/kg": "kgCO2e/kg"} and data["places"] == {"中国": "CN"}
    assert data["kinds"] == {"摇篮到大门": ""}
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load(tmp_path / "m.yaml")
    assert {"source.id", "licence.code", "category"} <= {fault.where for fault in refused.value.faults}
    whole = mapping()
    filled = data | {name: whole[name] for name in ("source", "licence", "fixed", "kinds")}
    assert len(registry.with_layout(path, layout(filled)).factors) == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("名称,排放因子,单位,来源,年份,地区", {"name_zh", "value", "unit", "locator", "year", "place"}),
        ("Name;Factor;Unit;Source;Year;Region", {"name_en", "value", "unit", "locator", "year", "place"}),
        ("Désignation;Facteur;Unité;Source;Année;Pays", {"name_en", "value", "unit", "locator", "year", "place"}),
        ("Bezeichnung;Wert;Einheit;Quelle;Jahr;Land", {"name_en", "value", "unit", "locator", "year", "place"}),
        ("NAME,COE,UNIT,announcementyear", {"name_en", "value", "unit", "published"}),
        ("名称（中文）,因子(kg),单位", {"name_zh", "value", "unit"}),
    ],
)
def test_headers_in_four_languages(tmp_path: Path, header: str, expected: set[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"title\n{header}\n", encoding="utf-8")
    assert set(read_yaml(guess(path))["columns"]) == expected


def test_a_table_without_known_words_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Refused, match="import_columns"):
        guess(path)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["12", "1,5"], ","), (["1.5"], "."), (["0,938"], ","), (["1,234"], ""), (["12"], "."), ([], ".")],
)
def test_a_decimal_is_guessed_only_where_the_numbers_show_it(texts: list[str], expected: str) -> None:
    assert decimal_of(texts) == expected


def test_our_own_template_is_recognised_whole(tmp_path: Path) -> None:
    """The bilingual headers that the template prints: every field finds its column."""
    path = tmp_path / "template.csv"
    path.write_text(",".join(headers().values()) + "\n", encoding="utf-8")
    assert tuple(read_yaml(guess(path))["columns"]) == fields()


def workbook(path: Path, *body: list[Any], title: str = "因子") -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for cells in (["我的因子表"], HEAD, *body):
        page.append(cells)
    book.save(path)
    return path


SHEET = {"sheet": "因子", "decimal": "."}


def test_a_sheet_is_read_as_it_shows(tmp_path: Path) -> None:
    """A number of binary64 with 15 digits, a year as a number, a title above the header, empty rows between."""
    path = workbook(tmp_path / "a.xlsx", ["A1", "铝锭", 0.1 + 0.2, *GOOD[3:5], 2023, *GOOD[6:]], [], ["A2", *GOOD[1:]])
    intake = read(path, file=SHEET)
    assert counts(intake) == {"read": 2, "accepted": 2, "rejected": 0, "same": 0}
    assert (intake.factors["A1"].value, intake.factors["A1"].year) == ("0.3", "2023")
    assert read_yaml(guess(path))["file"] == {"sheet": "因子", "decimal": "."}


def test_formulas_and_errors_of_a_sheet_are_named(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["A1", "铝锭", "=1+1", *GOOD[3:]],
        ["A2", "铝锭", "#N/A", *GOOD[3:]],
        ["A3", "铝锭", None, *GOOD[3:]],
        ["A4", "铝锭", True, *GOOD[3:]],
    )
    intake = read(path, file=SHEET)
    assert [(item.where, item.reason) for item in intake.rejected] == [
        ("因子!3", "value_unreadable"),
        ("因子!4", "value_unreadable"),
        ("因子!5", "value_missing"),
        ("因子!6", "value_unreadable"),
    ]
    assert "formula" in intake.rejected[0].found


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    with pytest.raises(Refused, match="no sheet Blatt"):
        read(path, file={**SHEET, "sheet": "Blatt"})


def repacked(path: Path, to: Path, **parts: bytes) -> Path:
    """The workbook with some parts replaced or added."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return to


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    bomb = repacked(path, tmp_path / "bomb.xlsx", **{"xl/media/zero.bin": b"\x00" * 30_000_000})
    assert bomb.stat().st_size < 200_000
    with pytest.raises(Refused, match="import_too_large"):
        form_of(bomb)


def test_document_types_and_damage_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    for name in ("xl/sharedStrings.xml", "xl/other.xml"):
        with pytest.raises(Refused, match="a document type"):
            form_of(repacked(path, tmp_path / "evil.xlsx", **{name: evil}))
    (tmp_path / "cut.xlsx").write_bytes(path.read_bytes()[:2_000])
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    (tmp_path / "empty.xlsx").write_bytes(empty.getvalue())
    broken = repacked(path, tmp_path / "broken.xlsx", **{"xl/worksheets/sheet1.xml": b"<worksheet><row"})
    for found in (tmp_path / "cut.xlsx", tmp_path / "old.xls", tmp_path / "empty.xlsx", broken):
        with pytest.raises(Refused, match="import_unreadable"):
            list(rows(found, form_of(found)))


def test_cells_and_rows_beyond_any_honest_table_are_refused(tmp_path: Path) -> None:
    long = tmp_path / "long.csv"
    long.write_text("名称,因子\n" + "x" * 100_001 + ",1\n", encoding="utf-8")
    wide = tmp_path / "wide.csv"
    wide.write_text("," * 1_001 + "\n", encoding="utf-8")
    for path in (long, wide):
        with pytest.raises(Refused, match="import_too_large"):
            list(rows(path, form_of(path)))


def test_a_large_workbook_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    monkeypatch.setattr(sheet, "MAX_PACKED", 100)
    with pytest.raises(Refused, match="import_too_large"):
        form_of(path)


def test_without_a_mapping_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="import_mapping"):
        registry.run("generic", file(tmp_path / "a.csv", GOOD))


def test_families_of_fields_keep_their_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n;w;u;CH4;bio;CN\nStahl;1,5;kg;0,25;-0,5;7201\n", encoding="utf-8")
    columns = {"name_en": "n", "value": "w", "unit": "u", "gas.CH4_fossil": "CH4", "line.biogenic uptake": "bio"}
    intake = read(
        path,
        columns={**columns, "code.cn": "CN"},
        fixed={"counted": "kgCO2e", "kind": "cradle_to_gate", "place": "DE", "category": "metal"},
        file={"encoding": "utf-8", "separator": ";", "decimal": ","},
    )
    (factor,) = intake.factors.values()
    assert (factor.value, factor.unit, factor.codes) == ("1.5", "kgCO2e/kg", {"cn": "7201"})
    assert (factor.gases, factor.lines) == ({"CH4_fossil": "0.25"}, {"biogenic uptake": "-0.5"})


def test_a_foreign_public_table_is_guessed_and_read() -> None:
    """The EPA table has an importer of its own; by a mapping it gives the same values."""
    path = raw("epa_supply_chain_v1_3/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv")
    made = layout(
        mapping(
            columns={
                "id": "2017 NAICS Code",
                "name_en": "2017 NAICS Title",
                "value": "Supply Chain Emission Factors with Margins",
                "unit": "Unit",
            },
            fixed={"kind": "spend_based", "place": "US", "category": "spend", "year": "2022"},
            units={"kg CO2e/2022 USD, purchaser price": "kgCO2e/USD2022"},
        )
    )
    by_mapping, by_name = registry.with_layout(path, made), registry.run("epa_supply_chain", path)
    assert counts(by_mapping)["accepted"] == 1_016
    for factor in by_name.factors.values():
        assert by_mapping.factors[factor.codes["naics"]].value == factor.value
    assert replace(made, decimal=",").decimal == ","


def test_foreign_workbooks_are_guessed_or_refused_by_name() -> None:
    """Brightway's own workbooks hold processes, not factors: what is recognised is told, the rest refused; nothing
    else happens, no warning either."""
    told = {}
    for path in sorted(raw("import_samples/excel").glob("*.xlsx")):
        try:
            told[path.name] = sorted(read_yaml(guess(path))["columns"])
        except Refused as refused:
            told[path.name] = [fault.code for fault in refused.faults]
    assert len(told) >= 10
    assert told["empty.xlsx"] == ["import_columns"]
    assert {"name_en", "unit", "value"} <= set(told["sample_activities_with_variables.xlsx"])
