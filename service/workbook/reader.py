"""Read a filled workbook: plain ``pcf-activity/1`` data, the cell of every value, and all faults of all cells at once.

What a cell means for the calculation is the intake's business (``pcr.intake``); here a cell either is a text, a
date or a number cell as it should be, or it is a fault with its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from lca.faults import Fault, Refused
from pcr.intake import FORMAT as ACTIVITY
from service.workbook.book import open_book
from service.workbook.cell_door import CellDoor
from service.workbook.cellmap import CellMap, address, relocate
from service.workbook.keys import EXPECTED, FORMAT
from service.workbook.row_keys import put
from service.workbook.row_reader import Line, add_instrument, is_continuation, lines, plain_row
from service.workbook.sheet_xml import Sheet, read_sheet
from service.workbook.unseen import unseen

UNREAD: Final = (" readme", " example")
_VALUE: Final = 3
_ONCE: Final = ("works", "products", "meters", "settings", "lists")
_FORM: Final = re.compile(r"rule|regime|works/name/[^/]+|(?:works/(?!name$)|period/|about/)[^/]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A workbook read to its end, faults and all."""

    data: dict[str, Any]
    cells: CellMap
    faults: tuple[Fault, ...] = ()
    faulty: frozenset[str] = field(default_factory=frozenset)
    """Faulty cells, and the paths of the rows they stand in: what the intake says about them is an echo."""

    def with_intake(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """The door's faults and the intake's together, each cell complained about once."""
        heard = self.faulty
        kept = [item for item in faults if item.where not in heard and self.cells.find(item.where) not in heard]
        return (*self.faults, *relocate(kept, self.cells))


def read_workbook(source: str | Path | bytes) -> tuple[dict[str, Any], CellMap]:
    """Plain activity data of a workbook, and the cell of every path in them.

    Raises:
        Refused: all faults of all cells.
    """
    reading = scan_workbook(source)
    if reading.faults:
        raise Refused(reading.faults)
    return reading.data, reading.cells


def scan_workbook(source: str | Path | bytes) -> Reading:
    """Read a workbook without refusing faulty cells, so that the intake's faults can be named in the same answer.

    Raises:
        Refused: ``workbook_unreadable``, ``workbook_too_large``.
    """
    book = open_book(source)
    sheets = [read_sheet(book, title, part, UNREAD, hidden=title in book.hidden) for title, part in book.sheets]
    return _Scan([sheet for sheet in sheets if sheet.kind.startswith(FORMAT.partition("/")[0])]).reading()


class _Scan:
    """Gathers the data of the sheets in their order."""

    def __init__(self, sheets: list[Sheet]) -> None:
        self.sheets = sheets
        self.door = CellDoor(_shown(self._of("lists")))
        self.data: dict[str, Any] = {"format": ACTIVITY}
        self.cells: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.faulty_rows: set[str] = set()

    def _of(self, kind: str) -> list[Sheet]:
        return [sheet for sheet in self.sheets if sheet.kind.removeprefix(FORMAT).strip().split(":")[0] == kind]

    def reading(self) -> Reading:
        self._complete()
        for sheet in self._of("works"):
            self._form(sheet)
        period = _months_of(self.data.get("period", {}))
        for sheet in self._of("settings"):
            self._settings(sheet)
        for kind in ("products", "rows", "meters"):
            for sheet in self._of(kind):
                self._table(sheet, kind, period)
        cells = CellMap(self.cells, self.ids, tuple(self.door.notices))
        return Reading(self.data, cells, self.door.faults, frozenset(self.faulty_rows | self.door.faulty))

    def _complete(self) -> None:
        """All sheets of the template are there, once, and of a version that is read here."""
        kinds = [sheet.kind.removeprefix(FORMAT).strip() for sheet in self.sheets]
        needed = {"works": "", "products": ""}
        for sheet in self._of("works"):
            needed |= dict(item.split("=", 1) for item in sheet.text(*EXPECTED).split("\n") if "=" in item)
        if not self._of("rows") and not any(kind.startswith("rows:") for kind in needed):
            needed["rows"] = ""
        foreign = [sheet for sheet in self.sheets if not sheet.kind.startswith(f"{FORMAT} ")]
        for kind, title in needed.items():
            if kind not in kinds and not foreign:
                found = ", ".join(sheet.title for sheet in self.sheets) or "no sheet of the template"
                self.door.fault("sheet_missing", title or kind, found, title or f"the sheet of {kind}")
        for number, (kind, sheet) in enumerate(zip(kinds, self.sheets, strict=True)):
            if not sheet.kind.startswith(f"{FORMAT} "):
                self.door.fault("format_unknown", address(sheet, 1, 1), sheet.kind, FORMAT)
            elif kind in kinds[:number] and kind.split(":")[0] in (*_ONCE, "rows"):
                self.door.fault("sheet_twice", address(sheet, 1, 1), sheet.title, "each sheet of the template once")

    def _form(self, sheet: Sheet) -> None:
        for row in sorted(sheet.rows):
            key, where = sheet.text(row, 1), address(sheet, row, _VALUE)
            if row == 1 or _FORM.fullmatch(key) is None:
                continue
            unseen(sheet, row, [_VALUE], self.door)
            text = self.door.read(sheet, row, _VALUE, key)
            self.cells[f"/{key}"] = where
            for folder in (f"/{key.rpartition('/')[0]}", f"/{key.partition('/')[0]}"):
                self.cells.setdefault(folder, where)
            if text:
                put(self.data, key, text)

    def _settings(self, sheet: Sheet) -> None:
        for line, _ in lines(sheet, self.door):
            name = line.texts.get("setting", "")
            self.cells[f"/settings/{name}"] = line.at("value")
            if name and "value" in line.texts:
                unseen(sheet, line.row, [line.columns["value"]], self.door)
                self.data.setdefault("settings", {})[name] = line.texts["value"]

    def _table(self, sheet: Sheet, kind: str, period: int) -> None:
        self.cells.setdefault(f"/{kind}", address(sheet, 2, 2))
        kept: list[dict[str, Any]] = self.data.setdefault(kind, []) if kind != "meters" else self.data.get(kind, [])
        above: tuple[dict[str, Any], str] | None = None
        for line, used in lines(sheet, self.door):
            self.cells.setdefault(f"/rows ({line.texts.get('input', '')})", line.at("input"))
            if not used:
                continue
            unseen(sheet, line.row, [column for key, column in line.columns.items() if key in line.texts], self.door)
            if kind == "rows" and is_continuation(line, self.door):
                if above is None:
                    self.door.fault("continuation_row", line.at("supply/type"), "no row above", "a row to add to")
                else:
                    add_instrument(above[0], line, above[1], self.cells)
                    self._echo(line, above[1])
                continue
            where = f"/{kind}/{len(kept)}"
            above = plain_row(line, where, self.door, self.cells, period), where
            kept.append(above[0])
            self._echo(line, where)
            if kind == "rows" and "id" in line.texts:
                self.ids.setdefault(line.texts["id"], where)
        if kept:
            self.data[kind] = kept

    def _echo(self, line: Line, where: str) -> None:
        if any(line.at(key) in self.door.faulty for key in line.columns):
            name, product = (line.texts.get(key, "") for key in ("input", "product"))
            self.faulty_rows |= {where, f"/rows ({name})", f"/rows ({name}, {product})"}


def _shown(sheets: list[Sheet]) -> dict[str, str]:
    """What drop-downs show, to ids: pairs of columns of the hidden lists sheet."""
    found: dict[str, str] = {}
    for sheet in sheets:
        for row, cells in sheet.rows.items():
            for column in cells if row > 1 else ():
                if column % 2 and sheet.text(row, column + 1):
                    found[sheet.text(row, column)] = sheet.text(row, column + 1)
    return found


def _months_of(period: dict[str, str]) -> int:
    """Months of a readable period; 12 otherwise, and the intake will say what is wrong with it."""
    try:
        start, end = date.fromisoformat(period.get("start", "")), date.fromisoformat(period.get("end", ""))
    except ValueError:
        return 12
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    return months if 0 < months <= 999 else 12
