"""The hidden sheet behind the drop-downs: what is shown, in two languages, and the id it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from service.workbook.keys import FORMAT
from service.workbook.style import put_text

SHEET: Final = "_lists"


def shown(name: str, label: str) -> str:
    """``limestone 石灰石``: the id first, so that it is never in doubt."""
    return f"{name} {' '.join(label.split())}" if label and label != name else name


class Lists:
    """Columns in pairs, shown and meant; one drop-down each."""

    def __init__(self, book: Workbook) -> None:
        self.sheet: Worksheet = book.create_sheet(SHEET)
        self.sheet.sheet_state = "hidden"
        put_text(self.sheet, 1, 1, f"{FORMAT} lists")
        self._next = 1
        self._known: dict[tuple[tuple[str, str], ...], str] = {}
        self._drops: dict[tuple[int, str, bool], DataValidation] = {}

    def of(self, items: Mapping[str, str]) -> str:
        """The formula of a list ``{id: label}``; equal lists are written once."""
        key = tuple(items.items())
        if key not in self._known:
            column = self._next
            self._next += 2
            for row, (name, label) in enumerate(key, 2):
                put_text(self.sheet, row, column, shown(name, label))
                put_text(self.sheet, row, column + 1, name)
            letter = get_column_letter(column)
            self._known[key] = f"'{SHEET}'!${letter}$2:${letter}${len(key) + 1}"
        return self._known[key]

    def drop(self, sheet: Worksheet, cells: Iterable[str], formula: str, *, strict: bool = True) -> None:
        """A drop-down on cells; ``strict`` false lets a person type something else after a warning."""
        key = (id(sheet), formula, strict)
        if key not in self._drops:
            drop = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
            drop.errorStyle = "stop" if strict else "warning"
            drop.errorTitle = "pcf"
            drop.error = "请从列表中选择。 Please choose from the list."
            sheet.add_data_validation(drop)
            self._drops[key] = drop
        for cell in cells:
            self._drops[key].add(cell)
