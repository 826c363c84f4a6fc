"""How the workbook looks, and the only two ways a value is written into a cell."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from lca.doors import cell_text
from lca.exact import Exact
from lca.faults import Refused

_COLOURS: Final = {
    "pcf_title": ("1F4E78", "FFFFFF"),
    "pcf_head": ("DDEBF7", "1F3864"),
    "pcf_block": ("E2EFDA", "375623"),
    "pcf_fixed": ("EDEDED", "595959"),
    "pcf_fill": ("FFFBE6", "000000"),
    "pcf_text": ("FFFBE6", "000000"),
    "pcf_date": ("FFFBE6", "000000"),
    "pcf_sum": ("F2F2F2", "7F7F7F"),
    "pcf_none": ("D9D9D9", "7F7F7F"),
    "pcf_plain": ("FFFFFF", "000000"),
    "pcf_example": ("FCE4D6", "833C0B"),
}
_FORMATS: Final = {"pcf_text": "@", "pcf_fixed": "@", "pcf_date": "yyyy-mm-dd"}
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
MAX_TEXT: Final = 32_767


def add_styles(book: Workbook) -> None:
    """The named styles: fill-in cells light yellow, fixed ones grey, not applicable dark grey."""
    edge = Side(style="thin", color="BFBFBF")
    for name, (fill, font) in _COLOURS.items():
        style = NamedStyle(name)
        style.fill = PatternFill("solid", fgColor=fill)
        style.font = Font(name="Calibri", size=11, color=font, bold=name in ("pcf_title", "pcf_head", "pcf_block"))
        style.alignment = Alignment(vertical="center", wrap_text=name in ("pcf_head", "pcf_plain"))
        if name != "pcf_plain":
            style.border = Border(left=edge, right=edge, top=edge, bottom=edge)
        style.number_format = _FORMATS.get(name, "General")
        book.add_named_style(style)


def put_text(sheet: Worksheet, row: int, column: int, text: str, style: str = "") -> Cell:
    """Write a text. Never a formula: what starts like one is marked as quoted text, here and when it is edited."""
    cell = _cell(sheet, row, column, style)
    if text:
        cell.value = _CONTROL.sub("�", text)[:MAX_TEXT]
        cell.data_type = "s"
        if text.startswith(_FORMULA):
            cell.quotePrefix = True
    return cell


def put_number(sheet: Worksheet, row: int, column: int, text: str, style: str = "") -> Cell:
    """Write a number as a number cell where the cell holds exactly that number, else as the text it is."""
    try:
        number = Exact.parse(text)
    except Refused:
        return put_text(sheet, row, column, text, style)
    held = _held(number)
    if held is None:
        return put_text(sheet, row, column, text, style)
    cell = _cell(sheet, row, column, style)
    cell.value = held
    return cell


def _held(number: Exact) -> float | int | None:
    """What a number cell would store, if its 15 digits are the number."""
    stored = float(number)
    if Exact.parse(cell_text(stored)) != number:
        return None
    return int(stored) if stored.is_integer() and abs(stored) < 10**15 else stored


def put_date(sheet: Worksheet, row: int, column: int, text: str, style: str = "") -> Cell:
    """Write a date as a date cell where it is one."""
    try:
        value: Any = date.fromisoformat(text)
    except ValueError:
        return put_text(sheet, row, column, text, style)
    if value.year <= 1900:  # the sheet's calendar has a 29 February 1900
        return put_text(sheet, row, column, text, style)
    cell = _cell(sheet, row, column, style)
    cell.value = value
    cell.number_format = "yyyy-mm-dd"
    return cell


def put_formula(sheet: Worksheet, row: int, column: int, formula: str, style: str) -> None:
    """Write a formula of ours; never called with anybody's text."""
    _cell(sheet, row, column, style).value = formula


def _cell(sheet: Worksheet, row: int, column: int, style: str) -> Cell:
    cell = sheet.cell(row=row, column=column)
    if style:
        cell.style = style
    assert isinstance(cell, Cell)
    return cell


def sheet_title(text: str, taken: set[str]) -> str:
    """A sheet name that every spreadsheet program accepts, not used yet."""
    clean = " ".join(re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", text).split())[:31].strip() or "Sheet"
    name, number = clean, 2
    while name.casefold() in taken:
        name, number = f"{clean[:27]} {number}", number + 1
    taken.add(name.casefold())
    return name
