"""The cells of one sheet, read from its XML: what is typed, what is computed, what is an error, what is empty.

Libraries answer 0.0 or nothing for a formula that was never calculated and turn errors into blanks
(``docs/decisions/0011-workbook-reading.md``); the XML says it plainly.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Final, Literal, NamedTuple

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from service.workbook.archive import too_large, unreadable
from service.workbook.book import Book, main
from service.workbook.keys import FORMAT

MAX_CELLS: Final = 3_000_000
MAX_COLUMNS: Final = 16_384
MAX_ROWS: Final = 1_048_576
_NAMES: Final = main("row", "c", "v", "f", "is", "t", "rPh", "col", "mergeCell")
_TRUE: Final = ("1", "true")
_CELL: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?")


class Cell(NamedTuple):
    """One cell that is not empty."""

    kind: Literal["number", "text", "boolean", "error", "date", "no_result"]
    text: str
    number: float = 0.0
    formula: bool = False
    percent: bool = False


class Sheet(NamedTuple):
    """A sheet of ours. ``kind`` is what its cell A1 says: ``works``, ``rows:clinker``."""

    title: str
    kind: str
    rows: dict[int, dict[int, Cell]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row, first column, last row, last column of each merged range."""
    hidden: bool = False
    """The sheet itself is hidden."""

    def text(self, row: int, column: int) -> str:
        """Text of a cell, empty where there is none."""
        cell = self.rows.get(row, {}).get(column)
        return cell.text.strip() if cell is not None else ""


class _Enough(Exception):
    """The sheet is not ours; the rest of it is not read."""


def read_sheet(book: Book, title: str, part: str, unread: tuple[str, ...] = (), *, hidden: bool = False) -> Sheet:
    """The cells of a sheet; of a sheet that is not ours, or of a kind in ``unread``, only its first row.

    Raises:
        Refused: ``workbook_unreadable``, ``workbook_too_large``.
    """
    gatherer = Gatherer(book, title, unread)
    with suppress(_Enough):
        book.archive.parse(part, gatherer.start, gatherer.end, gatherer.characters)
    mark = gatherer.rows.get(1, {}).get(1)
    return Sheet(
        title, mark.text if mark is not None else "", gatherer.rows, frozenset(gatherer.hidden_rows),
        frozenset(gatherer.hidden_columns), tuple(gatherer.merged), hidden,
    )  # fmt: skip


class Gatherer:
    """Handlers of the XML stream. Rows and cells without an address follow the one before, as the format says."""

    def __init__(self, book: Book, title: str, unread: tuple[str, ...]) -> None:
        self.book, self.title, self.unread = book, title, unread
        self.rows: dict[int, dict[int, Cell]] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self.row = self.column = self.count = 0
        self.type, self.style, self.formula, self.phonetic = "", 0, False, False
        self.value: list[str] | None = None
        self.inline: list[str] | None = None
        self.into: list[str] | None = None

    def start(self, element: str, attributes: dict[str, str]) -> None:
        name = _NAMES.get(element)
        if name == "c":
            self._cell(attributes)
        elif name == "v":
            self.into = self.value = []
        elif name == "f":
            self.formula = True
        elif name == "t" and not self.phonetic:
            self.into = self.inline = self.inline if self.inline is not None else []
        elif name == "rPh":
            self.phonetic = True
        elif name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            if attributes.get("hidden") in _TRUE:
                self.hidden_rows.add(self.row)
            if self.row > 1 and not self._ours():
                raise _Enough

        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))
        elif name == "mergeCell":
            ends = [_CELL.fullmatch(part) for part in attributes.get("ref", "").split(":")]
            if ends[0] is not None and ends[-1] is not None:
                first_, last_ = ends[0], ends[-1]
                self.merged.append((int(first_[2]), column_number(first_[1]), int(last_[2]), column_number(last_[1])))

    def _ours(self) -> bool:
        mark = self.rows.get(1, {}).get(1)
        text = mark.text if mark is not None else ""
        return text.startswith(FORMAT.partition("/")[0]) and not text.endswith(self.unread)

    def _cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        if address is None:
            self.column += 1
        else:
            match = _CELL.fullmatch(address)
            if match is None:
                raise unreadable(f"a cell at {address[:20]}", self.title)
            self.column, self.row = column_number(match[1]), int(match[2])
        if self.column > MAX_COLUMNS or not 0 < self.row <= MAX_ROWS:
            raise unreadable("a cell outside the sheet", self.title)
        self.count += 1
        if self.count > MAX_CELLS:
            raise too_large(f"more than {MAX_CELLS:,} cells in {self.title}", f"at most {MAX_CELLS:,}")
        self.type, self.style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        self.formula, self.value, self.inline = False, None, None

    def end(self, element: str) -> None:
        name = _NAMES.get(element)
        if name in ("v", "t"):
            self.into = None
        elif name == "rPh":
            self.phonetic = False
        elif name == "c" and (self.formula or self.value is not None or self.inline is not None):
            cell = self._made()
            if cell is not None:
                self.rows.setdefault(self.row, {})[self.column] = cell

    def characters(self, data: str) -> None:
        if self.into is not None:
            self.into.append(data)

    def _made(self) -> Cell | None:
        value, formula = "".join(self.value or ()), self.formula
        if self.type in ("s", "str", "inlineStr"):
            return self._text(value)
        if not value.strip():
            return Cell("no_result", "", formula=True) if formula else None
        if self.type == "e":
            return Cell("error", value, formula=formula)
        if self.type == "b":
            return Cell("boolean", "true" if value.strip() in ("1", "true") else "false", formula=formula)
        if self.type == "d":
            return Cell("date", value.strip()[:10], formula=formula)
        return self._number(value.strip())

    def _text(self, value: str) -> Cell | None:
        if self.type == "s" and value.strip():
            try:
                value = self.book.strings[abs(int(value))]
            except (ValueError, IndexError):
                raise unreadable(f"a text that is not in the file, cell {self.row},{self.column}", self.title) from None
        elif self.type == "inlineStr" or not value:
            value = "".join(self.inline or ()) or value
        return Cell("text", value, formula=self.formula) if value.strip() else None

    def _number(self, value: str) -> Cell:
        if _NUMBER.fullmatch(value) is None:
            return Cell("text", value, formula=self.formula)
        number = float(value)
        formats = self.book.formats
        shown = formats[self.style] if 0 <= self.style < len(formats) else ""
        if shown == "date":
            return Cell("date", self._date(number, value), formula=self.formula)
        return Cell("number", value, number, self.formula, shown == "percent")

    def _date(self, number: float, value: str) -> str:
        try:
            date = from_excel(number, MAC_EPOCH if self.book.date1904 else WINDOWS_EPOCH)
        except (OverflowError, ValueError):
            return value
        return date.date().isoformat() if isinstance(date, datetime) else value


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
