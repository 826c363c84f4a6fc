"""No text of anybody becomes a formula in a spreadsheet that we write, and no name of anybody leaves its folder."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from factordb.exports.beside import table
from factordb.exports.brightway import _cell as brightway_cell
from factordb.imports.intake import REASONS, Rejected
from service.cbam.template import write_template
from service.commands.calculate import write_records
from service.importing import write_rejected
from service.text.factors import SHEET_COLUMNS, write_diff
from tests.service import _cases

EVIL = '=HYPERLINK("http://x","y")'
STARTS = ("=", "+", "-", "@", "\t", "\r")
TESTED_BY = {
    "service/text/factors.py": "test_the_sheet_of_differences_holds_text",
    "service/importing.py": "test_the_list_of_rejected_rows_holds_text",
    "service/cbam/template.py": "test_a_filled_installation_holds_text",
    "service/workbook/template.py": "tests/service/test_workbook_template.py::test_no_text_becomes_a_formula",
    "service/battery/miit_book.py": "tests/service/test_battery_miit.py::test_no_text_becomes_a_formula",
    "service/cbam/rewrite.py": "tests/service/test_cbam_fill.py::test_text_is_never_a_formula_or_a_number",
    "factordb/exports/beside.py": "test_a_table_beside_an_export_holds_text",
    "factordb/exports/workbook.py": "tests/factordb/exports/test_round_trips.py::test_no_cell_runs",
    "factordb/exports/brightway.py": "test_a_cell_for_brightway_is_text",
    "factordb/exports/template.py": "words of ours and drop-downs; tests/factordb/exports/test_template.py",
    "factordb/files.py": "tests/factordb/exports/test_round_trips.py::test_no_cell_runs",
}
"""Every file that writes cells, and what tests it. A new one is found by the test below."""


def risky(cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell.startswith(STARTS)]


def test_every_writer_of_cells_is_known() -> None:
    makes = ("Workbook(", "WriteOnlyCell(", "csv.writer(", "DictWriter(")
    found = {
        path.relative_to(_cases.ROOT).as_posix()
        for room in ("service", "factordb")
        for path in (_cases.ROOT / room).rglob("*.py")
        if any(word in path.read_text(encoding="utf-8").replace("load_workbook(", "") for word in makes)
    }
    assert found - set(TESTED_BY) == set()
    for name in TESTED_BY.values():
        file, _, test = name.partition("::")
        if test:
            assert f"def {test}(" in (_cases.ROOT / file).read_text(encoding="utf-8")
        elif name.startswith("test_"):
            assert name in globals()


@pytest.mark.parametrize("text", [EVIL, "+1", "-1+1|cmd", "@SUM(1)", "\t=1", "\r=1"])
def test_the_list_of_rejected_rows_holds_text(tmp_path: Path, text: str) -> None:
    reason = next(iter(REASONS))
    write_rejected(tmp_path / "r.csv", [Rejected(text, reason, text)])
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    numbers = ["+1"]  # a number with a sign is a number
    assert [cell for cell in risky(row) if cell not in numbers] == []
    assert row[0].removeprefix("'") == text.strip()


def test_a_table_beside_an_export_holds_text() -> None:
    (row,) = csv.reader(table([(EVIL, "-x", "@y", "-1.5")]).splitlines())
    assert risky(row) == ["-1.5"]


def test_the_sheet_of_differences_holds_text(tmp_path: Path) -> None:
    row: dict[str, Any] = {name: EVIL for name in SHEET_COLUMNS}
    row |= {"name": {"en": EVIL, "zh": EVIL}, "records": [EVIL], "change": "changed"}
    write_diff(tmp_path / "d.xlsx", [row], "en")
    assert formulas(tmp_path / "d.xlsx") == []


def test_a_cell_for_brightway_is_text() -> None:
    from openpyxl import Workbook

    sheet = Workbook(write_only=True).create_sheet("s")
    assert brightway_cell(sheet, EVIL).data_type == "s"


def test_a_filled_installation_holds_text(tmp_path: Path) -> None:
    """Every text of an example installation is a formula."""

    def spoiled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoiled(part) for key, part in value.items()}
        return [spoiled(part) for part in value] if isinstance(value, list) else EVIL

    from lca.doors import read_yaml

    file = sorted((_cases.EXAMPLES / "cbam").glob("*.yaml"))[0]
    given = spoiled(read_yaml(file.read_text(encoding="utf-8")))
    plain = {key: value for key, value in given.items() if isinstance(value, dict | list)}
    write_template(tmp_path / "i.xlsx", plain)
    book = load_workbook(tmp_path / "i.xlsx")
    written = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value == EVIL]
    assert written and {cell.data_type for cell in written} == {"s"}


def formulas(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        sheets = {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")}
    return [name for name, data in sheets.items() if b"<f>" in data or b"<f " in data]


@pytest.mark.parametrize("product", ["../../out", "/etc/passwd", "..", "a\\b", "nul\x00", "水泥/42.5", ""])
def test_a_product_of_any_name_is_written_into_its_folder(tmp_path: Path, product: str) -> None:
    place = tmp_path / "in" / "side"
    record = {"name": "ab" * 32, "sections": {"derivation/identity": {"product": product}}}
    (path,) = write_records([record], str(place))
    assert path.resolve().parent == place.resolve() and path.name.endswith("-abababababab.json")
    assert [item.name for item in tmp_path.rglob("*.json")] == [path.name]
    assert json.loads(path.read_text(encoding="utf-8")) == record
