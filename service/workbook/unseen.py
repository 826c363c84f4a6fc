"""Cells whose content nobody sees: hidden rows, columns and sheets, and cells merged into a larger one.

A figure that enters a certificate must stand where a reader of the sheet sees it, and one cell must be one figure: a
merged range shows one value for several months and keeps the rest of them empty.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.workbook.cell_door import CellDoor
from service.workbook.cellmap import address
from service.workbook.sheet_xml import Sheet


def unseen(sheet: Sheet, row: int, columns: Iterable[int], door: CellDoor) -> None:
    """Name what hides the used cells of a row."""
    used = sorted(columns)
    if not used:
        return
    first = address(sheet, row, used[0])
    if sheet.hidden:
        door.fault("cell_hidden", first, f"the sheet {sheet.title} is hidden", "a sheet that is shown")
    elif row in sheet.hidden_rows:
        door.fault("cell_hidden", first, f"row {row} is hidden", "a row that is shown, or no figures in it")
    for column in used:
        if column in sheet.hidden_columns:
            door.fault("cell_hidden", address(sheet, row, column), "the column is hidden", "a column that is shown")
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom:
            inside = [column for column in used if left <= column <= right]
            if inside:
                found = f"{address(sheet, top, left)} to {address(sheet, bottom, right)} are one cell"
                door.fault("cell_merged", address(sheet, row, inside[0]), found, "one cell for each figure")
