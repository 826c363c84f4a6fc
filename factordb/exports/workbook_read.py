"""A release workbook back to its content, or every fault of it at once, each with its sheet and cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from openpyxl.utils import get_column_letter

from factordb.check import check
from factordb.exports.layout import FLAGS, MAPS, NOT_READ, REMARK, SHEETS, from_cell
from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles, blank
from factordb.imports import sheet as sheets
from factordb.unit_process import Exchange, UnitProcess
from lca.doors import read_json
from lca.faults import Collector, Fault, Refused

_WANTED: Final = ("release", "factors", "sources", "licences")
_NUMBERS: Final = ("value", "amount", "primary_share")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: where it stands and what it fills."""

    sheet: str
    number: int
    columns: Mapping[str, int]
    cells: Mapping[str, Any]

    def at(self, column: str) -> str:
        """``factors!C7``."""
        return f"{self.sheet}!{get_column_letter(self.columns.get(column, 0) + 1)}{self.number}"

    def column_of(self, fault: Fault) -> str:
        """The column a fault of the check speaks of: its ``found`` begins with the field, or is what stands there."""
        word = fault.found.partition(" ")[0]
        if self.cells.get(word) and str(self.cells[word]) in fault.found:
            return word
        may = _NUMBERS if fault.code.startswith("number_") else self.cells
        return next((name for name in may if self.cells.get(name) and str(self.cells[name])[:60] == fault.found), "")


def from_workbook(path: Path) -> ReleaseFiles:
    """The content of a workbook that :mod:`factordb.exports.workbook` or the template wrote, checked.

    Raises:
        Refused: ``import_unreadable``, ``release_column``, ``release_formula``, ``release_row``, ``release_twice``,
            ``release_meta`` and the codes of numbers; all at once, with ``sheet!cell``.
    """
    faults = Collector()
    lines = _lines(path, faults)
    content = _content(lines, faults)
    if not content.factors and not content.unit_processes:
        expected = "a factor or a unit process; rows that begin with # are not read"
        faults.add(Fault("import_empty", "factors!A3", found="no row is filled in", expected=expected))
    try:
        check(content)
    except Refused as refused:
        for fault in refused.faults:
            faults.add(_placed(fault, lines))
    faults.raise_if_any()
    return content


def _lines(path: Path, faults: Collector) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {name: [] for name in SHEETS}
    there = sheets.names(path)
    for name in _WANTED:
        if name not in there:
            faults.add(Fault("release_column", f"{path.name}: no sheet {name}", found=", ".join(there), expected=name))
    for name in there:
        if name in SHEETS:
            found[name] = list(_sheet(path, name, faults))
        elif name not in NOT_READ and not name.startswith("_"):
            expected = ", ".join(SHEETS)
            faults.add(Fault("release_column", f"{path.name}: sheet {name}", found=name, expected=expected))
    return found


def _sheet(path: Path, name: str, faults: Collector) -> Iterator[Line]:
    columns: dict[str, int] = {}
    for where, cells in sheets.rows(path, sheets.Form(sheet=name)):
        number = int(where.rpartition("!")[2])
        if number == 1:
            columns = _header(name, cells, faults)
            continue
        if cells[0].startswith(REMARK):
            continue
        for index, text in enumerate(cells):
            if text.startswith("="):
                place = f"{name}!{get_column_letter(index + 1)}{number}"
                faults.add(Fault("release_formula", place, found=text[:60], expected="text or a number"))
        filled = {column: from_cell(cells[index]) for column, index in columns.items() if len(cells) > index}
        line = Line(name, number, columns, {column: text for column, text in filled.items() if text})
        key = SHEETS[name][0]
        if not line.cells.get(key):
            faults.add(Fault("release_row", line.at(key), found=f"{key} is empty", expected=f"{key} in every row"))
        yield _with_maps(line, faults)


def _header(name: str, cells: list[str], faults: Collector) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, text in enumerate(cells):
        column, letter = text.strip(), get_column_letter(index + 1)
        if column in columns or (column and column not in SHEETS[name]):
            found = f"{column} (twice)" if column in columns else column
            faults.add(Fault("release_column", f"{name}!{letter}1", found=found, expected=", ".join(SHEETS[name])))
        elif column:
            columns[column] = index
    return columns


def _with_maps(line: Line, faults: Collector) -> Line:
    """Cells of JSON as maps of text; ``yes`` and ``no`` as what they say."""
    made: dict[str, Any] = dict(line.cells)
    for column, text in line.cells.items():
        if column in MAPS:
            made[column] = {}
            with faults.catching(line.at(column)):
                value = read_json(text)
                if not isinstance(value, dict) or not all(isinstance(inner, str) for inner in value.values()):
                    raise Refused([Fault("json_unreadable", found=text[:60], expected='{"name": "text"}')])
                made[column] = value
        elif line.sheet == "licences" and column in FLAGS:
            made[column] = text.lower() == "yes"
            if text.lower() not in ("yes", "no"):
                faults.add(Fault("release_row", line.at(column), found=f"{column} {text}", expected="yes or no"))
    return replace(line, cells=made)


def _content(lines: Mapping[str, list[Line]], faults: Collector) -> ReleaseFiles:
    def pairs(name: str) -> dict[str, str]:
        key, text = SHEETS[name]
        made: dict[str, str] = {}
        for line in lines[name]:
            if line.cells.get(key, "") in made:
                found = str(line.cells.get(key, ""))
                faults.add(Fault("release_twice", line.at(key), found=found, expected="each once"))
            made[line.cells.get(key, "")] = line.cells.get(text, "")
        return made

    exchanges: dict[str, list[Exchange]] = {line.cells.get("id", ""): [] for line in lines["unit_processes"]}
    for line in lines["exchanges"]:
        cells = {key: value for key, value in line.cells.items() if key != "process"}
        owner = line.cells.get("process", "")
        if owner not in exchanges:
            expected = "an id of the sheet unit_processes"
            faults.add(Fault("release_row", line.at("process"), found=f"process {owner}", expected=expected))
        exchanges.setdefault(owner, []).append(Exchange(**{**blank(Exchange), **cells}))
    return ReleaseFiles(
        meta=pairs("release"),
        factors=tuple(Factor(**{**blank(Factor), **line.cells}) for line in lines["factors"]),
        sources=tuple(Source(**{**blank(Source), **line.cells}) for line in lines["sources"]),
        licences=tuple(
            Licence(**{**blank(Licence), **dict.fromkeys(FLAGS, False), **line.cells}) for line in lines["licences"]
        ),
        left_out=pairs("left_out"),
        same_year=pairs("same_year"),
        unit_processes=tuple(
            UnitProcess(**{**blank(UnitProcess), **line.cells}, exchanges=tuple(exchanges[line.cells.get("id", "")]))
            for line in lines["unit_processes"]
        ),
    )


def _placed(fault: Fault, lines: Mapping[str, list[Line]]) -> Fault:
    """The fault of a row at its cell; the id stays readable behind it."""
    name = fault.where
    if fault.code == "release_meta":
        line = next((line for line in lines["release"] if line.cells.get("field") == name), None)
        return fault.at(f"{line.at('text') if line else 'release'} ({name})")
    for sheet in ("factors", "unit_processes", "sources", "licences"):
        key = "code" if sheet == "licences" else "id"
        same = [line for line in lines[sheet] if line.cells.get(key, "") == name.partition(" / ")[0]]
        if same and (fault.code != "release_twice" or len(same) > 1):
            # one id in two rows: the fault is that row's in which the cell says what was found
            twice = fault.code == "release_twice"
            line = next((line for line in same if line.column_of(fault) and not twice), same[-1])
            place = line.at("" if twice else line.column_of(fault))
            return fault.at(f"{place} ({name})" if name else place)
    return fault
