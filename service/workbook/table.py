"""Write a table: hidden keys, group and column headings, blocks of lines with drop-downs and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pcr.rulebook import Input
from service.workbook.columns import FIRST, Column, applies
from service.workbook.keys import BASES, COMMENT, FORMAT, SAME, SUPPLY_CHOICES, YES, kind_of, month_of
from service.workbook.lists import Lists, shown
from service.workbook.row_keys import Cells
from service.workbook.style import put_date, put_formula, put_number, put_text

SAME_LABEL: Final = "同上行，另一张凭证"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under one heading: the filled ones, then empty ones with the same input."""

    title: str = ""
    name: str = ""
    item: Input | None = None
    filled: Sequence[Cells] = ()
    empty: int = 0
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Key to what its drop-down offers; a list named here may be departed from."""


def with_unknown(columns: list[Column], filled: Sequence[Cells]) -> list[Column]:
    """The columns, and one more for every key of the data that none of them has."""
    known = {column.key for column in columns}
    more = dict.fromkeys(key for cells in filled for key in cells if key not in known)
    return [*columns, *(Column(key, key, key, 16) for key in more)]


class Table:
    """One sheet being written, from the line of keys down."""

    def __init__(self, sheet: Worksheet, kind: str, title: str, columns: list[Column], lists: Lists, products: str):
        self.sheet, self.columns, self.lists, self.products = sheet, columns, lists, products
        self.row = 4
        put_text(sheet, 1, 1, f"{FORMAT} {kind}")
        for row in (2, 3):
            put_text(sheet, row, 1, COMMENT)
        put_text(sheet, 2, FIRST, title, "pcf_title")
        group = ""
        for number, column in enumerate(columns, FIRST):
            if not column.key.startswith(COMMENT):
                put_text(sheet, 1, number, column.key)
            put_text(sheet, 3, number, f"{column.zh}\n{column.en}", "pcf_head")
            if column.group and column.group != group:
                put_text(sheet, 2, number, column.group, "pcf_head")
            group = column.group
            sheet.column_dimensions[get_column_letter(number)].width = column.width
        sheet.row_dimensions[1].hidden = True
        sheet.column_dimensions["A"].hidden = True
        sheet.row_dimensions[3].height = 48
        labels = [column.key for column in columns[:2]] == ["input", "#label"]
        sheet.freeze_panes = "D4" if labels else "B4"

    def block(self, block: Block) -> None:
        """Heading and lines of a block."""
        if block.title:
            put_text(self.sheet, self.row, 1, COMMENT)
            put_text(self.sheet, self.row, FIRST, block.title, "pcf_block")
            self.row += 1
        first = self.row
        for cells in (*block.filled, *({} for _ in range(block.empty))):
            self._line(block, cells)
        if self.row > first:
            self._drops(block, first, self.row - 1)

    def _line(self, block: Block, cells: Cells) -> None:
        item = block.item
        prefilled = {"input": block.name, "#label": item.label["zh"] + " " + item.label["en"] if item else ""}
        if item is not None and len(item.units) == 1 and not cells:
            prefilled["unit"] = item.units[0]
        values = prefilled | cells
        for number, column in enumerate(self.columns, FIRST):
            key, text = column.key, values.get(column.key, "")
            if key == "sum":
                self._sum(number, item)
            elif not text and item is not None and not applies(key, item):
                put_text(self.sheet, self.row, number, "", "pcf_none")
            else:
                self._value(number, key, text, block)
        self.row += 1

    def _value(self, number: int, key: str, text: str, block: Block) -> None:
        kind = kind_of(key)
        if key in ("#label",) or (key == "input" and block.name):
            put_text(self.sheet, self.row, number, text, "pcf_fixed")
        elif kind == "number":
            put_number(self.sheet, self.row, number, text, "pcf_fill")
        elif kind == "date":
            put_date(self.sheet, self.row, number, text, "pcf_date")
        else:
            label = (block.lists.get(key) or choices(key)).get(text, "")
            put_text(self.sheet, self.row, number, shown(text, label), "pcf_text")

    def _sum(self, number: int, item: Input | None) -> None:
        months = [k for k, column in enumerate(self.columns, FIRST) if month_of(column.key)]
        if item is not None and (not item.monthly or item.kind in ("share", "parameter")):
            put_text(self.sheet, self.row, number, "", "pcf_none")
        else:
            first, last = get_column_letter(months[0]), get_column_letter(months[-1])
            put_formula(self.sheet, self.row, number, f"=SUM({first}{self.row}:{last}{self.row})", "pcf_sum")

    def _drops(self, block: Block, first: int, last: int) -> None:
        for number, column in enumerate(self.columns, FIRST):
            key, letter = column.key, get_column_letter(number)
            cells = [f"{letter}{first}:{letter}{last}"]
            if block.item is not None and not applies(key, block.item):
                continue
            if key == "product":
                self.lists.drop(self.sheet, cells, self.products)
            elif block.lists.get(key):
                self.lists.drop(self.sheet, cells, self.lists.of(block.lists[key]), strict=False)
            elif choices(key):
                self.lists.drop(self.sheet, cells, self.lists.of(choices(key)))


def choices(key: str) -> Mapping[str, str]:
    """What a closed drop-down of a key offers: id to Chinese label; empty for every other key."""
    if key == "evidence/basis":
        return BASES
    if key == "supply/type":
        return {**SUPPLY_CHOICES["type"], SAME: SAME_LABEL}
    return YES if kind_of(key) == "yes" else SUPPLY_CHOICES.get(key.removeprefix("supply/"), {})
