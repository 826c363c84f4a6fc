"""The template: what a works sees, and what it cannot do to us."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from pcr import intake_rows
from pcr.methods.electricity.v1.claims import CRITERION_CODES
from service.workbook import read_workbook, write_filled, write_template
from service.workbook.keys import BASES, CRITERIA, SUPPLY_CHOICES
from tests.service.workbook_case import MAKE, at, plain, rule


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    folder = tmp_path_factory.mktemp("rule")
    write_template(rule(folder), "gbt24067", folder / "t.xlsx", year=2023)
    return openpyxl.load_workbook(folder / "t.xlsx")


def test_sheets_stand_in_order(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "说明 README", "基本信息 Works", "产品 Products", "原材料 Raw materials clay shale", MAKE, "总体 General",
        "电表 Meters", "设置 Settings", "示例 Example", "_lists",
    ]  # fmt: skip
    assert book["_lists"].sheet_state == "hidden"


def test_keys_are_hidden_and_headings_frozen(book: openpyxl.Workbook) -> None:
    sheet = book[MAKE]
    assert sheet["A1"].value == "pcf-workbook/1 rows:make"
    assert sheet.row_dimensions[1].hidden and sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "D4"
    keys = {cell.value for cell in sheet[1]}
    wanted = {"input", "months/1", "months/12", "properties/ncv [GJ/t]", "properties/ncv [GJ/10^4Nm3]",
              "supply/type", "supply/evidence/single_line_diagram", "instrument/criteria/unique"}  # fmt: skip
    assert wanted <= keys
    assert "supply/type" not in {cell.value for cell in book.worksheets[3][1]}


def test_rows_per_input_sum_and_prefilled_unit(book: openpyxl.Workbook) -> None:
    rows = [row for row in book["总体 General"].iter_rows(min_row=4) if row[1].value == "output"]
    assert len(rows) == 6
    coal = at(book[MAKE], "coal", "sum", nth=3)
    assert re.fullmatch(rf"=SUM\(J{coal.row}:U{coal.row}\)", coal.value)
    assert at(book[MAKE], "coal", "unit").value == "t"
    assert at(book[MAKE], "electricity", "unit").value is None
    assert at(book[MAKE], "dry_share", "sum").value is None


def test_drop_downs(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[3]
    cell = at(sheet, "clay", "material")
    drops = [drop for drop in sheet.data_validations.dataValidation if cell.coordinate in drop.cells]
    assert len(drops) == 1
    column, last = re.fullmatch(r"'_lists'!\$([A-Z]+)\$2:\$\1\$(\d+)", drops[0].formula1).groups()
    shown = [book["_lists"][f"{column}{row}"].value for row in range(2, int(last) + 1)]
    assert shown == ["clay 粘土 clay", "shale 页岩 shale"]
    product = at(sheet, "clay", "product").coordinate
    formulas = [drop.formula1 for drop in sheet.data_validations.dataValidation if product in drop.cells]
    assert formulas == ["'产品 Products'!$B$4:$B$203"]


def test_readme_and_settings_say_what_is_known(book: openpyxl.Workbook) -> None:
    readme = [cell.value for row in book["说明 README"].iter_rows() for cell in row]
    assert {"brick 1.0.0", "draft", "未确认 未读", "unconfirmed: =not read"} <= set(readme)
    settings = [[cell.value for cell in row][1:] for row in book["设置 Settings"].iter_rows(min_row=4)]
    assert settings[0] == ["loss", "损耗 loss", "0.01", None, "guess", "unconfirmed"]


def test_an_empty_template_is_no_data(tmp_path: Path) -> None:
    write_template(rule(tmp_path), "gbt24067", tmp_path / "t.xlsx", year=2023)
    data, _ = read_workbook(tmp_path / "t.xlsx")
    assert data == {
        "format": "pcf-activity/1", "rule": "brick 1.0.0", "regime": "gbt24067",
        "period": {"start": "2023-01-01", "end": "2023-12-31"}, "products": [], "rows": [],
    }  # fmt: skip


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    write_filled(rule(tmp_path), plain(), tmp_path / "t.xlsx")
    filled = openpyxl.load_workbook(tmp_path / "t.xlsx")
    formulas = [cell.value for sheet in filled for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas and all(re.fullmatch(r"=SUM\([A-Z]+\d+:[A-Z]+\d+\)", text) for text in formulas)
    cell = at(filled.worksheets[3], "clay", "evidence/document")
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == ("=1+1", "s", True)
    assert at(filled.worksheets[3], "clay", "evidence/responsible").value == "@张三"


def test_choices_are_those_of_the_intake() -> None:
    assert {name: tuple(labels) for name, labels in SUPPLY_CHOICES.items()} == intake_rows._CHOICES
    assert set(CRITERIA) == set(CRITERION_CODES)
    assert tuple(BASES) == intake_rows.get_args(intake_rows.Basis)


def test_writing_to_memory(tmp_path: Path) -> None:
    target = io.BytesIO()
    write_template(rule(tmp_path), "gbt24067", target, filled={"works": {"name": "厂", "country": "CN"}})
    data, _ = read_workbook(target.getvalue())
    assert data["works"] == {"name": {"zh": "厂", "en": "厂"}, "country": "CN"}
