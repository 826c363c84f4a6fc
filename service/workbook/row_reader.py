"""Tables of the workbook: rows of inputs, meters and products, from the line of keys to the sheet's end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from lca.exact import ZERO, Exact
from lca.faults import Refused
from lca.units import unit as known_unit
from service.workbook.archive import too_large
from service.workbook.cell_door import CellDoor
from service.workbook.cellmap import address
from service.workbook.keys import COMMENT, SAME, is_key, month_of, property_of
from service.workbook.row_keys import path_of, put
from service.workbook.sheet_xml import Sheet

_UNTOUCHED: Final = frozenset(("input", "unit"))
"""The template fills these in; a row with nothing else was not used."""
MAX_PLACES: Final = 2_000_000
_ROUNDING: Final = Exact(1, 10**12)
_OWN_UNITS: Final = {"supply/line_loss": "1", "instrument/mwh": "MWh", "instrument/holds": "MWh"}


class Line(NamedTuple):
    """A used line of a table: its number, the columns by key, the texts of the cells that are not empty."""

    sheet: Sheet
    row: int
    columns: Mapping[str, int]
    texts: Mapping[str, str]

    def at(self, key: str) -> str:
        """The cell of a key; the first cell of the line where there is no such column."""
        return address(self.sheet, self.row, self.columns.get(key, 2))


def lines(sheet: Sheet, door: CellDoor) -> Iterator[tuple[Line, bool]]:
    """Every line of a table with whether somebody used it."""
    columns = _columns(sheet, door)
    keys = {column: key for key, column in columns.items()}
    for row in sorted(sheet.rows):
        if row == 1 or sheet.text(row, 1).startswith(COMMENT):
            continue
        here = {keys[column]: column for column in sheet.rows[row] if column in keys}
        if not here:
            continue
        unit = door.read(sheet, row, here["unit"], "unit") if "unit" in here else ""
        texts = {} if not unit else {"unit": unit}
        for key, column in here.items():
            if key not in ("sum", "unit"):
                texts[key] = door.read(sheet, row, column, key, _unit(key, unit))
        line = Line(sheet, row, columns, {key: text for key, text in texts.items() if text})
        summed = _check_sum(line, door) if "sum" in here else False
        yield line, summed or any(key not in _UNTOUCHED for key in line.texts)


def _columns(sheet: Sheet, door: CellDoor) -> dict[str, int]:
    """Keys of the hidden first row."""
    columns: dict[str, int] = {}
    for column in sorted(sheet.rows.get(1, {})):
        key = sheet.text(1, column)
        if column == 1 or not key:
            continue
        if key in columns or not is_key(key):
            code = "key_twice" if key in columns else "unknown_key"
            door.fault(code, address(sheet, 1, column), key, "the hidden first row as the template wrote it")
            continue
        columns[key] = column
    return columns


def _unit(key: str, unit: str) -> str:
    """The unit a number of this key is in, as the unit table calls it."""
    named = property_of(key)
    text = _OWN_UNITS.get(key, named[1] if named else unit)
    try:
        return known_unit(text).id if text else ""
    except Refused:
        return text


def _check_sum(line: Line, door: CellDoor) -> bool:
    """The sum column is never an amount, but where it shows a number the months must give it.

    True where somebody put a number there and left the months empty: that row must not vanish unseen.
    """
    cell = line.sheet.rows[line.row][line.columns["sum"]]
    months = [key for key in line.columns if month_of(key)]
    if cell.kind not in ("number", "text") or any(line.at(key) in door.faulty for key in months):
        return False
    try:
        shown = Exact.parse(door.read(line.sheet, line.row, line.columns["sum"], "sum"))
        given = [Exact.parse(line.texts[key]) for key in months if key in line.texts]
    except Refused:
        return True
    summed = sum(given, ZERO)
    if abs(shown - summed) > _ROUNDING * sum((abs(item) for item in given), ZERO):
        found = f"sum shows {shown}, months give {summed}" if given else f"sum shows {shown}, no month is filled in"
        door.fault("sum_of_months", line.at("sum"), found, "the monthly columns add up to it (or use the amount)")
        return True
    return False


def plain_row(line: Line, where: str, door: CellDoor, cells: dict[str, str], period: int) -> dict[str, Any]:
    """A line as a row of plain data; every cell of it, empty ones too, is put on the map under ``where``."""
    row: dict[str, Any] = {}
    if len(cells) > MAX_PLACES:
        raise too_large(f"more than {MAX_PLACES:,} fields", "the rows of one works and period")
    cells[where] = line.at("input" if "input" in line.columns else "id")
    for key in sorted(line.columns, key=lambda key: (key not in line.texts, line.columns[key])):
        cells.setdefault(f"{where}/{path_of(key)}", line.at(key))
        if key not in line.texts or month_of(key) or key.startswith("instrument/"):
            continue
        named = property_of(key)
        if named is not None and named[0] in row.get("properties", {}):
            door.fault("key_twice", line.at(key), line.texts[key], f"{named[0]} in one unit only")
            continue
        put(row, key, line.texts[key])
    months = _months(line, door, period)
    if months:
        row["months"] = months
    if "months/1" in line.columns:
        cells[f"{where}/months"] = line.at("months/1")
    if any(key.startswith("instrument/") for key in line.texts):
        add_instrument(row, line, where, cells)
    return row


def _months(line: Line, door: CellDoor, period: int) -> list[str]:
    """The months of a line, all of the period; a gap between filled months is a fault at its cell."""
    filled = [month_of(key) for key in line.texts if month_of(key)]
    if not filled:
        return []
    last = max(period, *filled)
    values = []
    for month in range(1, last + 1):
        key = f"months/{month}"
        values.append(line.texts.get(key, ""))
        if key not in line.texts and key in line.columns:
            door.fault("month_missing", line.at(key), "empty", "a number; write 0 where nothing was used")
    while len(values) > 1 and f"months/{len(values)}" not in line.columns:
        values.pop()
    return values


def add_instrument(row: dict[str, Any], line: Line, where: str, cells: dict[str, str]) -> None:
    """Add the instrument of a line to the supply of a row."""
    instrument: dict[str, Any] = {}
    instruments = row.setdefault("supply", {}).setdefault("instruments", [])
    place = f"{where}/supply/instruments/{len(instruments)}"
    cells[place] = line.at("instrument/id")
    for key in line.columns:
        if key.startswith("instrument/"):
            name = key.removeprefix("instrument/")
            cells[f"{place}/{name}"] = line.at(key)
            if key in line.texts:
                put(instrument, name, line.texts[key])
    instruments.append(instrument)


def is_continuation(line: Line, door: CellDoor) -> bool:
    """Whether the line only adds an instrument to the one above; anything else on it is a fault."""
    if line.texts.get("supply/type") != SAME:
        return False
    for key in line.texts:
        if key not in ("input", "unit", "supply/type") and not key.startswith("instrument/"):
            door.fault("continuation_row", line.at(key), line.texts[key], "an instrument and nothing else on this line")
    return True
