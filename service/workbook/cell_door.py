"""One cell to text: what a number cell, a date cell and a text cell may hold, and the fault of everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Final

from openpyxl.utils.escape import unescape

from lca.doors import cell_text
from lca.exact import fold_width
from lca.faults import Fault, Notice
from service.workbook.cellmap import address
from service.workbook.keys import YES, Kind, kind_of
from service.workbook.sheet_xml import Cell, Sheet

MAX_FAULTS: Final = 1_000
"""One run names at most so many: beyond that a person repairs the cause and not the cells."""
CELL_DIGITS: Final = 15
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_PLAIN: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SEPARATORS: Final = re.compile(r"[\s,'’、]")
_NUMBER: Final = "a number cell: 12.5"


class CellDoor:
    """Turns cells into text and keeps all faults and notices with the cells they stand in."""

    def __init__(self, shown: dict[str, str], kinds: Callable[[str], Kind] = kind_of) -> None:
        self.shown = shown
        """What a drop-down shows, to the id it stands for."""
        self.kinds = kinds
        """How the cells under a key are read."""
        self._faults: list[Fault] = []
        self._more = 0
        self.notices: list[Notice] = []
        self.faulty: set[str] = set()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults so far; past ``MAX_FAULTS`` a last one counts the rest."""
        if not self._more:
            return tuple(self._faults)
        expected = f"{MAX_FAULTS:,} are listed"
        return (*self._faults, Fault("workbook_more_faults", "", f"{self._more:,} more", expected))

    def fault(self, code: str, where: str, found: str, expected: str) -> None:
        """Keep a fault of the cell ``where``."""
        self.faulty.add(where)
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(Fault(code, where, " ".join(found.split())[:60], expected))
        else:
            self._more += 1

    def read(self, sheet: Sheet, row: int, column: int, key: str, unit: str = "") -> str:
        """Text of the cell under a key; empty where the cell is empty. Of a faulty cell, what stands there.

        ``unit``: of a number, to tell 35 % from 0.35.
        """
        cell = sheet.rows.get(row, {}).get(column)
        if cell is None:
            return ""
        where, kind = address(sheet, row, column), self.kinds(key)
        if cell.kind == "error":
            self.fault("cell_error", where, cell.text, _NUMBER if kind == "number" else "a value without an error")
            return cell.text
        if cell.kind == "no_result":
            self.fault("cell_formula_without_result", where, "a formula that was never calculated", "a saved result")
            return "formula"
        text = {"number": self._number, "date": self._date}.get(kind, self._text)(cell, where, unit)
        return self._meant(text, kind)

    def _number(self, cell: Cell, where: str, unit: str) -> str:
        if cell.kind == "boolean":
            self.fault("cell_boolean", where, cell.text.upper(), _NUMBER)
        elif cell.kind == "date":
            self.fault("cell_date", where, cell.text, _NUMBER)
        elif cell.kind == "text":
            return self._text_number(cell, where)
        elif abs(cell.number) == float("inf"):
            self.fault("number_unreadable", where, cell.text, _NUMBER)
        else:
            if cell.percent and unit not in ("", "1"):
                shown = f"{cell_text(cell.number * 100)}% stored as {cell_text(cell.number)}, unit {unit}"
                self.fault("cell_percent", where, shown, f"a plain number in {unit}")
            text = cell_text(cell.number)
            if cell.formula:
                self.notices.append(Notice("cell_computed", where, {"value": text}))
            return text
        return cell.text

    def _text_number(self, cell: Cell, where: str) -> str:
        """More than 15 digits fit in no number cell: such a number may stand as text. Every other must not."""
        text = cell.text.strip()
        plain = _PLAIN.fullmatch(text) if text.isascii() else None
        digits = re.sub(r"[eE].*|[+\-.]", "", text).strip("0") if plain else ""
        if plain is not None and not cell.formula and len(digits) > CELL_DIGITS:
            return text
        folded = _SEPARATORS.sub("", fold_width(text))
        code = "cell_text_number" if _PLAIN.fullmatch(folded.rstrip("%")) else "number_unreadable"
        self.fault(code, where, text, _NUMBER)
        return text

    def _date(self, cell: Cell, where: str, unit: str) -> str:
        """A date cell, or a text that can only be one date: 2024-01-31, 2024/1/31, 2024年1月31日."""
        text = cell_text(cell.number) if cell.kind == "number" else fold_width(cell.text).strip()
        match = _DATE.fullmatch(text) if cell.kind in ("text", "date") else None
        if match is not None:
            with suppress(ValueError):
                return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        self.fault("date_unreadable", where, text, "a date cell, or 2024-01-31")
        return text

    def _text(self, cell: Cell, where: str, unit: str) -> str:
        if cell.kind == "number":
            return cell_text(cell.number)
        return unescape(cell.text).strip() if "_x" in cell.text else cell.text.strip()

    def _meant(self, text: str, kind: Kind) -> str:
        if kind not in ("choice", "yes"):
            return text
        meant = self.shown.get(text, text)
        if kind == "yes":
            known = {word: yes for yes, word in YES.items()} | {"yes": "true", "no": "false"}
            return known.get(meant.lower(), meant.lower())
        return meant
