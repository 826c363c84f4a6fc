"""Write the workbook of an installation: a bilingual sheet per section, empty or filled from plain data."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pcr.regimes.cbam.goods import goods
from pcr.regimes.cbam.v1.plant.form import NUMBERS, Key, Section, sections
from pcr.regimes.cbam.v1.plant.standard import standard
from service.cbam.book import FIRST, MARK, VALUE
from service.workbook.keys import COMMENT, FORMAT
from service.workbook.lists import Lists
from service.workbook.style import add_styles, put_date, put_number, put_text, sheet_title

EMPTY: Final = 30
"""Empty lines below the filled ones."""
HOW: Final = (
    ("本工作簿用于计算CBAM隐含排放；不是欧委会的通讯模板，也不是产品碳足迹。",
     "This workbook is for embedded emissions under CBAM; it is not the Commission's template, and no footprint."),
    ("先填 装置、报告期、工序、货物；再填 源流及其归属；然后热、电、前体。",
     "Installation, period, processes and goods first; then streams and where they belong; then the rest."),
    ("各表以编号互相引用；编号在全文件中唯一。",
     "Sheets refer to each other by ids; an id stands once in the whole file."),
    ("空白表示未知，不是零；没有的请填 0 或不填该行。",
     "Empty means unknown, never zero: write 0, or leave the row out."),
    ("带 * 的列必填；其余按方法需要，缺少时会提示。",
     "Columns with * are required; others as the method needs, and you will be told."),
    ("标准物料（natural_gas 等）自带标准值（类型I），填写数值即覆盖。",
     "A standard material (natural_gas) brings its standard values, type I; a number you type stands before it."),
    ("不得填写碳抵消、生命周期数据库因子；绿证不能证明绿电。",
     "No offsets, no factors of life-cycle databases; a certificate is no proof of green electricity."),
    ("请勿改动隐藏的第1行和A列。读取： pcf cbam check 文件.xlsx",
     "Do not change the hidden row 1 and column A. Read it with: pcf cbam check FILE.xlsx"),
    ("法规仅读过转录文本，未读原文：所有结果均为未经确认。",
     "The acts were read in transcriptions only: every result is unconfirmed."),
)  # fmt: skip
_WIDE: Final = ("name", "address", "evidence", "what", "method", "factor_source", "title", "why", "supplier")


def write_template(path: str | PathLike[str] | IO[bytes], data: Mapping[str, Any] | None = None) -> None:
    """Write the workbook; with ``data``, plain data of an installation file to start from."""
    book = Workbook()
    book.properties.creator = "pcf-engine"
    add_styles(book)
    book.remove(book.worksheets[0])
    taken = {"_lists"}
    lists_of: dict[str, Worksheet] = {}
    readme = book.create_sheet(sheet_title("说明 README", taken))
    for name, section in sections().items():
        lists_of[name] = book.create_sheet(sheet_title(f"{section.label['zh']} {section.label['en']}", taken))
    lists = Lists(book)
    _readme(readme)
    given = data or {}
    for name, section in sections().items():
        if section.table:
            _table(lists_of[name], section, given.get(name) or [], lists)
        else:
            _record(lists_of[name], section, given.get(name) or {}, lists)
    for sheet in (readme, *lists_of.values()):
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.active = lists_of["installation"]
    book.save(path)


def _readme(sheet: Worksheet) -> None:
    put_text(sheet, 1, 1, f"{FORMAT} readme")
    sheet.row_dimensions[1].hidden = True
    sheet.column_dimensions["A"].hidden = True
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 70, 95
    put_text(sheet, 2, 2, "CBAM 装置数据", "pcf_title")
    put_text(sheet, 2, 3, "CBAM installation data", "pcf_title")
    row = 3
    for chinese, english in HOW:
        put_text(sheet, row, 2, chinese, "pcf_plain")
        put_text(sheet, row, 3, english, "pcf_plain")
        row += 1
    tables = standard()
    for label, names in (("燃料 fuels", tables["fuels"]), ("碳酸盐、氧化物 carbonates, oxides", tables["process"]),
                         ("含碳物料 carbon", tables["carbon"])):  # fmt: skip
        put_text(sheet, row, 2, f"标准物料 standard materials: {label}", "pcf_head")
        put_text(sheet, row, 3, ", ".join(names), "pcf_plain")
        sheet.row_dimensions[row].height = 48
        row += 1


def _record(sheet: Worksheet, section: Section, given: Mapping[str, Any], lists: Lists) -> None:
    put_text(sheet, 1, 1, f"{MARK}{section.name}")
    put_text(sheet, 2, 2, f"{section.label['zh']} {section.label['en']}", "pcf_title")
    for row, key in enumerate(section.keys, 3):
        put_text(sheet, row, 1, key.name)
        put_text(sheet, row, 2, _heading(key), "pcf_head")
        _value(sheet, row, VALUE, key, str(given.get(key.name, "")))
        _drop(sheet, key, f"C{row}", lists)
    sheet.row_dimensions[1].hidden = True
    sheet.column_dimensions["A"].hidden = True
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 52, 56
    sheet.freeze_panes = "A3"


def _table(sheet: Worksheet, section: Section, given: list[Mapping[str, Any]], lists: Lists) -> None:
    put_text(sheet, 1, 1, f"{MARK}{section.name}")
    for row in (2, 3):
        put_text(sheet, row, 1, COMMENT)
    put_text(sheet, 2, 2, f"{section.label['zh']} {section.label['en']}", "pcf_title")
    for column in (3, 4):  # white words run over into them
        put_text(sheet, 2, column, "", "pcf_title")
    last = FIRST + len(given) + EMPTY - 1
    group: Mapping[str, str] = {}
    for column, key in enumerate(section.keys, 2):
        if key.group and key.group != group:
            put_text(sheet, 2, column, f"{key.group['zh']} {key.group['en']}", "pcf_block")
        group = key.group
        letter = get_column_letter(column)
        put_text(sheet, 1, column, key.name)
        put_text(sheet, 3, column, _heading(key), "pcf_head")
        sheet.column_dimensions[letter].width = 34 if key.name in _WIDE else 18
        for row in range(FIRST, last + 1):
            item = given[row - FIRST] if row - FIRST < len(given) else {}
            _value(sheet, row, column, key, str(item.get(key.name, "")))
        _drop(sheet, key, f"{letter}{FIRST}:{letter}{last}", lists)
    sheet.row_dimensions[1].hidden = True
    sheet.row_dimensions[3].height = 92
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = f"C{FIRST}"


def _heading(key: Key) -> str:
    return f"{key.label['zh']}\n{key.label['en']}{' *' if key.needed else ''}"


def _value(sheet: Worksheet, row: int, column: int, key: Key, text: str) -> None:
    if key.kind in NUMBERS:
        put_number(sheet, row, column, text, "pcf_fill")
    elif key.kind == "day":
        put_date(sheet, row, column, text, "pcf_date")
    else:
        put_text(sheet, row, column, text, "pcf_text")


def _drop(sheet: Worksheet, key: Key, cells: str, lists: Lists) -> None:
    """A drop-down of closed choices; an open one for codes and standard materials."""
    if key.choices:
        lists.drop(sheet, [cells], lists.of(dict.fromkeys(key.choices, "")))
    elif key.name == "material":
        tables = standard()
        names = [*tables["fuels"], *tables["process"], *tables["carbon"]]
        lists.drop(sheet, [cells], lists.of(dict.fromkeys(names, "")), strict=False)
    elif key.kind == "cn":
        lists.drop(sheet, [cells], lists.of({good.cn: "" for good in goods()}), strict=False)
