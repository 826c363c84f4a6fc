"""The empty workbook for a company's own factors: the layout of ``xlsx``, with drop-downs and one example."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from factordb.exports.layout import FLAGS, REMARK, title
from factordb.kinds import KINDS
from lca.doors import read_yaml
from lca.faults import Fault, Refused
from lca.gases import SETS

ROWS: Final = 500
_HEAD: Final = PatternFill("solid", fgColor="DDEBF7")
_GREY: Final = PatternFill("solid", fgColor="EDEDED")
_WIDE: Final = {"text": 44, "title": 44, "note": 44, "name_zh": 26, "name_en": 26, "kind": 24, "boundary": 26}


def write_template(path: Path, published: str) -> None:
    """Write the workbook; ``published`` is the day that stands in it as the day of publishing.

    Raises:
        Refused: ``export_place`` where there is a file already, or no folder.
    """
    if path.exists() or not path.parent.is_dir():
        found = str(path) if path.exists() else f"no folder {path.parent}"
        raise Refused([Fault("export_place", found=found, expected="a new file in a folder that is there")])
    book = Workbook()
    book.properties.creator = "pcf-engine"
    book.remove(book.worksheets[0])
    _readme(book.create_sheet("readme"))
    sheets = {name: book.create_sheet(name) for name in _words()["columns"]}
    lists = _lists(book)
    for name, sheet in sheets.items():
        _table(sheet, name, published, lists)
    _kinds(book.create_sheet("kinds"))
    book.active = book.worksheets.index(sheets["factors"])
    book.save(path)


@cache
def _words() -> Any:
    return read_yaml(files("factordb.exports").joinpath("data/template.yaml").read_text(encoding="utf-8"))


def _readme(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 110
    for line in _words()["how_to"]:
        for language in ("zh", "en"):
            sheet.append([line[language]])
    for row in sheet.iter_rows(min_row=1, max_row=2):
        row[0].font = Font(bold=True, size=14)


def _table(sheet: Worksheet, name: str, published: str, lists: Mapping[str, str]) -> None:
    columns: list[str] = _words()["columns"][name]
    sheet.append(columns)
    heads = [title(column) for column in columns]
    sheet.append([f"{REMARK} {heads[0]}", *heads[1:]])
    filled = _words()["filled"].get(name, [])
    for row in filled:
        given = published if row.get("field") == "published" else ""
        sheet.append([row.get(column) or (given if column == "text" else "") or None for column in columns])
    if name == "factors":
        sheet.append([_words()["example"].get(column) for column in columns])
        for cell in sheet[3]:
            cell.fill, cell.font = _GREY, Font(color="7F7F7F", italic=True)
    for number in (1, 2):
        for cell in sheet[number]:
            cell.fill, cell.font, cell.alignment = _HEAD, Font(bold=number == 1), Alignment(wrap_text=True)
    sheet.freeze_panes = "B3"
    for index, column in enumerate(columns, 1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = _WIDE.get(column, 15)
        for number in range(3, ROWS + 3 if name == "factors" else 40):
            sheet.cell(number, index).number_format = "@"  # digits as typed: 0.10 stays 0.10
        _drop(sheet, name, column, letter, lists)


def _drop(sheet: Worksheet, name: str, column: str, letter: str, lists: Mapping[str, str]) -> None:
    """A drop-down; what is no closed list lets a person type something else after a warning."""
    wanted = "flag" if column in FLAGS else column
    if wanted not in lists and (name, column) != ("release", "text"):
        return
    cells = f"{letter}3:{letter}{ROWS + 2}"
    if name == "release":
        wanted, cells = "layer", "B4"
    drop = DataValidation(type="list", formula1=lists[wanted], allow_blank=True, showErrorMessage=True)
    drop.errorStyle = "stop" if wanted in ("flag", "layer", "confidence") else "warning"
    drop.errorTitle, drop.error = "pcf", "请从列表中选择。 Please choose from the list."
    drop.add(cells)
    sheet.add_data_validation(drop)


def _lists(book: Workbook) -> dict[str, str]:
    """The hidden sheet behind the drop-downs: its columns, and the formula of each."""
    sheet = book.create_sheet("_lists")
    sheet.sheet_state = "hidden"
    offered = {**_words()["lists"], "kind": list(KINDS), "place": _places(), "gwp_set": [*SETS, "unknown"]}
    made: dict[str, str] = {
        "source": f"'sources'!$A$3:$A${ROWS + 2}",
        "licence": f"'licences'!$A$3:$A${ROWS + 2}",
    }
    for index, (name, items) in enumerate(offered.items(), 1):
        letter = get_column_letter(index)
        for number, text in enumerate(items, 1):
            sheet.cell(number, index).value = text
        made[name] = f"'_lists'!${letter}$1:${letter}${len(items)}"
    return made


def _places() -> list[str]:
    """China first, the world, then the countries and groups that the look-up knows."""
    text = files("factordb").joinpath("data/regions.yaml").read_text(encoding="utf-8")
    groups: Mapping[str, str] = read_yaml(text)["regions"]
    countries = {code for members in groups.values() for code in members.split()}
    return ["CN", "GLO", *sorted({*countries, *groups} - {"CN", "GLO"})]


def _kinds(sheet: Worksheet) -> None:
    sheet.append(["kind", "中文", "English"])
    for name, (english, chinese) in KINDS.items():
        sheet.append([name, chinese, english])
    for letter, width in (("A", 28), ("B", 60), ("C", 90)):
        sheet.column_dimensions[letter].width = width
