"""The workbook under MIIT notice 551 as XLSX: four sheets with headings in both languages, written from plain values.

A figure is a number cell where a cell holds exactly its digits and shows them all, else the text of the record. No text
is ever a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from service.battery.lists import miit_lists
from service.battery.miit_front import front_lines
from service.battery.miit_lines import Figure, Line, two
from service.battery.miit_sheets import activity_lines, background_lines, result_lines
from service.workbook.style import add_styles, put_number, put_text

TITLES: Final = ("说明 Front", "活动数据 Activity data", "背景数据 Background data", "结果 Result")
WIDTHS: Final[Mapping[str, tuple[int, ...]]] = {
    TITLES[0]: (38, 46, 70, 80),
    TITLES[1]: (15, 22, 34, 28, 22, 20, 18, 15, 28, 12, 24, 44, 16, 60),
    TITLES[2]: (28, 34, 18, 16, 24, 15, 46, 8, 8, 18, 11, 18, 28, 44, 16, 40),
    TITLES[3]: (10, 54, 16, 26, 12, 60),
}
WRAPPED: Final = Alignment(vertical="center", wrap_text=True)
FIGURES: Final = Alignment(vertical="center", horizontal="right", indent=1)
LINE: Final = 15
"""Points of one line of text in a cell."""
HIGHEST: Final = 409
"""Points of the highest row a spreadsheet program takes."""


def write_book(document: Mapping[str, Any], target: str | PathLike[str] | IO[bytes]) -> None:
    """Write the document of ``miit`` as a workbook."""
    book = Workbook()
    book.properties.creator = "pcf-engine"
    add_styles(book)
    sheets = (front_lines, activity_lines, background_lines, result_lines)
    for title, lines in zip(TITLES, sheets, strict=True):
        sheet = book.create_sheet(title)
        frozen = _fill(sheet, lines(document), WIDTHS[title])
        for number, width in enumerate(WIDTHS[title], 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        if frozen:
            sheet.freeze_panes = f"C{frozen + 1}"
        _print_setup(sheet)
    book.remove(book.worksheets[0])
    book.save(target)


def _fill(sheet: Worksheet, lines: Sequence[Line], widths: Sequence[int]) -> int:
    """Write the lines; the row of the first heading of columns, zero where there is none."""
    frozen = 0
    for row, line in enumerate(lines, 1):
        for column, cell in enumerate(line.cells, 1):
            if isinstance(cell, Figure):
                _figure(sheet, row, column, cell.text, line.style)
            else:
                put_text(sheet, row, column, cell, line.style).alignment = WRAPPED
        if line.frozen and not frozen:
            frozen = row
        if line.wide:
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=line.wide)
        sheet.row_dimensions[row].height = min(LINE * _lines(line, widths), HIGHEST)
    return frozen


def _lines(line: Line, widths: Sequence[int]) -> int:
    """How many lines of text the fullest cell needs; a Chinese sign is as wide as two letters."""
    if line.wide:
        widths = [sum(widths[: line.wide])]
    most = 1
    for cell, width in zip(line.cells, widths, strict=False):
        parts = ("" if isinstance(cell, Figure) else cell).split("\n")
        most = max(most, sum(1 + sum(1 + (sign > "\u2e80") for sign in part) // width for part in parts))
    return most


def _figure(sheet: Worksheet, row: int, column: int, text: str, style: str) -> None:
    """A number with a format of as many decimals as the record has, so that the cell shows the record's digits."""
    plain = text.lstrip("-").replace(".", "", 1).isdigit()
    cell = (put_number if plain else put_text)(sheet, row, column, text, style)
    cell.alignment = FIGURES
    if cell.data_type == "n":
        decimals = len(text.partition(".")[2])
        cell.number_format = "0" + ("." + "0" * decimals if decimals else "")


def _print_setup(sheet: Worksheet) -> None:
    """Landscape, one page wide, with the layout's origin in the footer of every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer: Any = sheet.oddFooter
    footer.left.text, footer.right.text = two(miit_lists()["layout"]), "&P / &N"
