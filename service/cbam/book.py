"""The workbook of an installation, read: plain data of the form, the cell of every value, all faulty cells at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from lca.faults import Fault, Refused
from pcr.regimes.cbam.v1.plant.form import NUMBERS, Key, Section, schema_name, sections
from service.workbook.book import open_book
from service.workbook.cell_door import CellDoor
from service.workbook.cellmap import CellMap, address
from service.workbook.keys import COMMENT, FORMAT, Kind
from service.workbook.sheet_xml import Sheet, read_sheet
from service.workbook.unseen import unseen

MARK: Final = f"{FORMAT} cbam:"
"""Cell A1 of the sheet of a section."""
VALUE: Final = 3
FIRST: Final = 4
"""First line below the headings."""


def read_book(source: str | Path | bytes) -> tuple[dict[str, Any], CellMap]:
    """Plain data as ``installation.yaml`` would hold them, and the cell of every path.

    Raises:
        Refused: ``workbook_unreadable``, ``workbook_too_large``; else all faulty cells at once, ``sheet_missing`` for
            a deleted sheet and ``unknown_key`` for a changed line of keys among them.
    """
    book = open_book(source)
    read = [read_sheet(book, title, part, (" readme",), hidden=title in book.hidden) for title, part in book.sheets]
    ours = {sheet.kind.removeprefix(MARK): sheet for sheet in read if sheet.kind.startswith(MARK)}
    if not ours:
        found = ", ".join(sheet.title for sheet in read[:4]) or "no sheet"
        raise Refused([Fault("sheet_missing", "", found, "a workbook of pcf cbam template")])
    data: dict[str, Any] = {"schema": schema_name()}
    cells: dict[str, str] = {}
    faults: list[Fault] = []
    for name, section in sections().items():
        if name not in ours:
            faults.append(Fault("sheet_missing", section.label["zh"], "no such sheet", f"the sheet of {name}"))
            continue
        door = CellDoor({}, _kinds(section))
        held = (_table if section.table else _record)(ours[name], section, door, cells)
        faults += door.faults
        if held:
            data[name] = held
    if faults:
        raise Refused(faults)
    return data, CellMap(cells)


def _kinds(section: Section) -> Any:
    known = {key.name: key.kind for key in section.keys}

    def kind(name: str) -> Kind:
        told = known.get(name, "text")
        return "number" if told in NUMBERS else "date" if told == "day" else "text"

    return kind


def _unit(key: Key) -> str:
    """A percent cell is a share; in any other number it is a mistake."""
    return "1" if key.kind == "share" else "number" if key.kind in NUMBERS else ""


def _record(sheet: Sheet, section: Section, door: CellDoor, cells: dict[str, str]) -> dict[str, str]:
    known = {key.name: key for key in section.keys}
    found = {}
    cells[f"/{section.name}"] = address(sheet, 2, 2)
    for row in sorted(sheet.rows):
        name = sheet.text(row, 1)
        if row == 1 or not name or name.startswith(COMMENT):
            continue
        if name not in known:
            door.fault("unknown_key", address(sheet, row, 1), name, "the hidden column A as the template wrote it")
            continue
        cells[f"/{section.name}/{name}"] = address(sheet, row, VALUE)
        unseen(sheet, row, [VALUE], door)
        text = door.read(sheet, row, VALUE, name, _unit(known[name]))
        if text:
            found[name] = text
    return found


def _table(sheet: Sheet, section: Section, door: CellDoor, cells: dict[str, str]) -> list[dict[str, str]]:
    columns = _columns(sheet, section, door)
    cells[f"/{section.name}"] = address(sheet, 2, 2)
    found: list[dict[str, str]] = []
    for row in sorted(sheet.rows):
        if row < FIRST or sheet.text(row, 1).startswith(COMMENT):
            continue
        texts = {key.name: door.read(sheet, row, column, key.name, _unit(key)) for column, key in columns.items()
                 if column in sheet.rows[row]}  # fmt: skip
        texts = {name: text for name, text in texts.items() if text}
        if not texts:
            continue
        where = f"/{section.name}/{len(found)}"
        unseen(sheet, row, [column for column, key in columns.items() if key.name in texts], door)
        cells[where] = address(sheet, row, 2)
        for column, key in columns.items():
            cells[f"{where}/{key.name}"] = address(sheet, row, column)
        found.append(texts)
    return found


def _columns(sheet: Sheet, section: Section, door: CellDoor) -> dict[int, Key]:
    known = {key.name: key for key in section.keys}
    found: dict[int, Key] = {}
    for column in sorted(sheet.rows.get(1, {})):
        name = sheet.text(1, column)
        if column == 1 or not name:
            continue
        if name not in known or known[name] in found.values():
            code = "unknown_key" if name not in known else "key_twice"
            door.fault(code, address(sheet, 1, column), name, "the hidden first row as the template wrote it")
            continue
        found[column] = known[name]
    return found
