"""The template, its faults with sheet and cell, and the page "Your own factors in five minutes" as it stands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from factordb.exports.door import export, from_place
from factordb.exports.layout import SHEETS, titles
from factordb.exports.template import write_template
from factordb.kinds import KINDS, is_kind
from factordb.release import Release
from lca.faults import Refused
from lca.units import unit
from tests.factordb._made import content, factor

ROOT = Path(__file__).resolve().parents[3]
GOOD = {
    "id": "mine.1", "name_zh": "石灰石", "category": "mineral", "kind": "cradle_to_gate", "place": "CN", "year": 2024,
    "value": 2.35, "unit": "kgCO2e/t", "source": "own", "confidence": "seen",
}  # fmt: skip


def filled(path: Path, *rows: dict[str, Any], sheet: str = "factors", first: int = 4) -> Path:
    """The template with rows below the example."""
    if not path.exists():
        write_template(path, "2026-11-21")
    book = load_workbook(path)
    page = book[sheet]
    columns = [cell.value for cell in page[1]]
    for number, row in enumerate(rows, first):
        for column, value in row.items():
            page.cell(number, columns.index(column) + 1).value = value
    book.save(path)
    return path


def faults(path: Path) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        from_place(path)
    return {(fault.code, fault.where.partition(" ")[0]) for fault in refused.value.faults}


def test_a_filled_template_is_a_release(tmp_path: Path) -> None:
    """Typed numbers and dates arrive as the sheet shows them; the example and the titles are not read."""
    release = Release(from_place(filled(tmp_path / "a.xlsx", GOOD)))
    (row,) = release.factors.values()
    assert (row.id, row.value, row.year, row.unit, row.status) == ("mine.1", "2.35", "2024", "kgCO2e/t", "published")
    assert (release.id, release.layer, release.meta["published"]) == ("my-factors-1", "private", "2026-11-21")
    assert [(item.code, item.may_redistribute) for item in release.licences.values()] == [("own", False)]


def test_an_empty_template_is_no_release(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx", "2026-11-21")
    assert faults(tmp_path / "a.xlsx") == {("import_empty", "factors!A3")}
    with pytest.raises(Refused, match="export_place"):
        write_template(tmp_path / "a.xlsx", "2026-11-21")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"kind": "cradle to gate"}, ("release_row", "factors!E4")),
        ({"source": "nobody"}, ("release_row", "factors!J4")),
        ({"value": "2,35"}, ("number_unreadable", "factors!H4")),
        ({"value": "=1+1"}, ("release_formula", "factors!H4")),
        ({"name_zh": "=A1"}, ("release_formula", "factors!B4")),
        ({"year": "24"}, ("release_row", "factors!G4")),
        ({"confidence": "sure"}, ("release_row", "factors!K4")),
        ({"valid_from": "soon"}, ("release_row", "factors!O4")),
        ({"id": None}, ("release_row", "factors!A4")),
        ({"value": None}, ("release_row", "factors!A4")),
        ({"value": "-1"}, ("release_row", "factors!A4")),
    ],
)
def test_a_fault_says_its_cell(tmp_path: Path, row: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in faults(filled(tmp_path / "a.xlsx", GOOD | row))


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", GOOD | {"kind": "x", "year": "x"}, GOOD | {"value": "x"}, GOOD | {"id": "other"})
    filled(path, {"text": None}, sheet="release", first=3)
    filled(path, {"may_redistribute": "perhaps"}, sheet="licences", first=3)
    book = load_workbook(path)
    book["sources"]["I1"] = "colour"
    book.create_sheet("factor")
    book.create_sheet("_my notes")
    book.save(path)
    assert faults(path) == {
        ("release_row", "factors!E4"),
        ("release_row", "factors!G4"),
        ("number_unreadable", "factors!H5"),
        ("release_twice", "factors!A5"),
        ("release_meta", "release!B3"),
        ("release_row", "licences!D3"),
        ("release_column", "sources!I1"),
        ("release_column", "a.xlsx:"),
    }


def test_an_exchange_without_its_process_is_not_lost(tmp_path: Path) -> None:
    export(Release(content(factor("f"))), "xlsx", tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    sheet = book["exchanges"]
    for index, text in enumerate(("process", "kind", "amount"), 1):
        sheet.cell(1, index).value = text
    for index, text in enumerate(("nobody", "input", "1"), 1):
        sheet.cell(3, index).value = text
    book.save(tmp_path / "a.xlsx")
    assert faults(tmp_path / "a.xlsx") == {("release_row", "exchanges!A3")}


def test_a_missing_sheet_or_no_workbook_is_named(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", GOOD)
    book = load_workbook(path)
    del book["sources"]
    book.save(path)
    assert ("release_column", "a.xlsx:") in faults(path)
    (tmp_path / "b.xlsx").write_text("no workbook")
    assert {code for code, _ in faults(tmp_path / "b.xlsx")} == {"import_unreadable"}


def test_an_array_formula_is_no_name(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", GOOD | {"value": ArrayFormula("H4", "=SUM(1,1)")})
    assert {where for _, where in faults(path)} == {"factors!H4"}


def test_the_lists_and_titles_are_ours(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx", "2026-11-21")
    book = load_workbook(tmp_path / "a.xlsx")
    lists = {column[0].value: [cell.value for cell in column if cell.value] for column in book["_lists"].columns}
    assert all(unit(text.partition("/")[2]) for text in lists["kgCO2e/kg"])
    assert set(lists["lifecycle_co2e"]) == set(KINDS) and all(map(is_kind, lists["lifecycle_co2e"]))
    assert [row[0].value for row in book["kinds"].iter_rows(min_row=2)] == list(KINDS)
    offered = {drop.formula1 for sheet in book for drop in sheet.data_validations.dataValidation}
    assert len(offered) >= 8 and not any("#REF" in formula for formula in offered)
    for columns in SHEETS.values():
        assert set(columns) <= set(titles())
    grey = book["factors"]["A3"]
    assert grey.value.startswith("#") and grey.fill.fgColor.rgb.endswith("EDEDED")


def test_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    """docs/factors.md, "Your own factors in five minutes": its commands, its table, its change of the example."""
    page = (ROOT / "docs" / "factors.md").read_text(encoding="utf-8")
    section = page.partition("## Your own factors in five minutes\n")[2].partition("\n## ")[0]
    commands = [line for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]
    assert [line.split()[1:3] for line in commands] == [
        ["factors", "template"], ["factors", "publish"], ["calculate", "works.yaml"], ["factors", "export"],
        ["factors", "export"],
    ]  # fmt: skip
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"PCF_LANG": "en"}
    environment.pop("PCF_STORE", None)

    given: dict[str, Any] = {"cwd": tmp_path, "env": environment}

    def run(line: str) -> str:
        done = subprocess.run(line, **given, check=False, shell=True, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    run(commands[0])
    sheets: dict[str, dict[str, str]] = {}
    for sheet, column, text in re.findall(r"^\| (factors|sources) \| (\w+) \| (.*?) \|$", section, re.MULTILINE):
        sheets.setdefault(sheet, {})[column] = text
    for sheet, row in sheets.items():
        filled(tmp_path / "my-factors.xlsx", row, sheet=sheet)
    assert "my-factors-1" in run(commands[1])
    shutil.copy(ROOT / "examples" / "cement_works_2024.yaml", tmp_path / "works.yaml")
    (change,) = re.findall(r"```diff\n(.*?)```", section, re.DOTALL)
    before = "".join(line[1:] for line in change.splitlines(keepends=True) if line[0] != "+")
    after = "".join(line[1:] for line in change.splitlines(keepends=True))
    rows = (tmp_path / "works.yaml").read_text(encoding="utf-8")
    names = "    name: {en: Limestone"
    assert rows.count(before + names) == 1
    (tmp_path / "works.yaml").write_text(rows.replace(before + names, after + names), encoding="utf-8")
    assert "quarry.limestone.2024" in run(commands[2])
    record = json.loads(run(commands[2] + " --format json"))["records"][0]
    assert [item["id"] for item in record["sections"]["derivation/identity"]["releases"]] == [
        "my-factors-1",
        "cn-2026.1",
    ]
    assert "my-factors-1-open" in run(commands[3])
    passed_on = from_place(tmp_path / "for-others.xlsx")
    assert [(item.status, item.value) for item in passed_on.factors] == [("withheld", "")]
    run(commands[4])
    assert (tmp_path / "cn-2026.1.zip").is_file()
