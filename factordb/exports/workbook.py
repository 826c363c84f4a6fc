"""``xlsx``: the release as sheets, every cell text and none a formula. It holds everything; the hash is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from factordb.exports.attribution import attribution
from factordb.exports.layout import REMARK, SHEETS, Row, in_cell, tables, title
from factordb.files import ReleaseFiles
from lca.faults import Collector, Fault

MAX_CELL: Final = 32_767
"""Characters of a cell as Excel counts them, in UTF-16; openpyxl would cut a longer text and not say so."""
MAX_ROWS: Final = 1_048_576


def write_workbook(content: ReleaseFiles, path: Path) -> None:
    """The workbook of a content.

    Raises:
        Refused: ``export_not_held`` for each text longer than a cell, and for a sheet longer than Excel has rows.
    """
    shown = tables(content)
    _check_lengths(shown)
    book = Workbook(write_only=True)
    book.properties.creator = "pcf-engine"
    for name, columns in SHEETS.items():
        used = [column for column in columns if column == columns[0] or any(row.get(column) for row in shown[name])]
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B3"
        sheet.append([_cell(sheet, column, bold=True) for column in used])
        heads = [title(column) for column in used]
        sheet.append([_cell(sheet, text, bold=True) for text in (f"{REMARK} {heads[0]}", *heads[1:])])
        for row in shown[name]:
            sheet.append([_cell(sheet, in_cell(row.get(column, ""))) for column in used])
    sheet = book.create_sheet("attribution")
    for line in attribution(content).splitlines():
        sheet.append([_cell(sheet, in_cell(line)[:MAX_CELL])])
    book.save(path)


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # openpyxl makes a formula of what begins with =, and an error of #N/A
    if bold:
        cell.font = Font(bold=True)
    return cell


def _check_lengths(shown: dict[str, list[Row]]) -> None:
    faults = Collector()
    for name, rows in shown.items():
        if len(rows) + 2 > MAX_ROWS:
            faults.add(Fault("export_not_held", name, found=f"{len(rows):,} rows", expected=f"at most {MAX_ROWS:,}"))
        for row in rows:
            for column, text in row.items():
                length = len(in_cell(text).encode("utf-16-le")) // 2
                if length > MAX_CELL:
                    where = f"{name}: {next(iter(row.values()))[:80]}, {column}"
                    expected = f"at most {MAX_CELL:,} in a cell"
                    faults.add(Fault("export_not_held", where, found=f"{length:,} characters", expected=expected))
    faults.raise_if_any()
