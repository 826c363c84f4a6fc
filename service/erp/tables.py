"""CSV as ERP systems write it: UTF-8, UTF-8 with BOM, UTF-16 or GB18030; comma, semicolon or tab; Chinese heads.

Every cell is text. A fault names the line of the file, as an editor counts it, and the column.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from lca.faults import Collector, Fault, Refused
from service.intake import composed

MOST_BYTES: Final = 256 * 1024 * 1024
MOST_CELL: Final = 10_000
DELIMITERS: Final = (",", ";", "\t")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name and the heads it may have in Chinese."""

    name: str
    zh: tuple[str, ...]
    required: bool = False
    """Whether the head must have it; a blank cell is for the reader of the row to judge."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row that came in: its cells by column, and where it stands."""

    cells: Row
    where: str

    def at(self, column: str) -> str:
        return f"{self.where}, {column}"


@dataclass(frozen=True, slots=True)
class Table:
    """All rows that could be read, and the faults of those that could not."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...] = field(default=())
    source: str = ""
    """Name and digest of the file."""


def read_csv(content: bytes, columns: Sequence[Column], name: str) -> Table:
    """Read a CSV file.

    Raises:
        Refused: ``erp_file`` for what is no such file as a whole: its size, its characters, its head.
    """
    if len(content) > MOST_BYTES:
        expected = f"at most {MOST_BYTES:,} bytes"
        raise Refused([Fault("erp_file", name, found=f"{len(content):,} bytes", expected=expected)])
    text = composed(_decoded(content, name))
    known = {word.casefold(): column.name for column in columns for word in (column.name, *column.zh)}
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=lambda mark: _recognised(first, mark, known))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    faults: list[Fault] = []  # of a whole file: a Collector looks each one up
    try:
        head = _head([cell.strip() for cell in next(reader, [])], known, columns, name)
        for cells in reader:
            kept = [cell.strip() for cell in cells]
            if any(kept):
                where = f"{name} line {reader.line_num}"
                wrong = _misfit(kept, head, where)
                if wrong:
                    faults.append(wrong)
                else:
                    given = dict(zip(head, kept, strict=False))
                    lines.append(Line({**dict.fromkeys(head, ""), **given}, where))
    except csv.Error as error:
        faults.append(Fault("erp_file", f"{name} line {reader.line_num}", found=str(error), expected="CSV text"))
    if not lines and not faults:
        raise Refused([Fault("erp_file", name, found="no row under the head", expected="at least one row")])
    digest = hashlib.sha256(content).hexdigest()
    return Table(tuple(lines), tuple(faults), f"{name} {digest[:16]}")


def of_rows(rows: Iterable[Mapping[str, object]], columns: Sequence[Column]) -> Table:
    """Rows of a request, each an object with the names of columns; numbers come as text.

    A key that no column has, and a value that is no text, are faults of their row.
    """
    names = {column.name for column in columns}
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows):
        where = f"/{number}"
        cells: dict[str, str] = {}
        if not isinstance(row, Mapping):
            faults.append(Fault("erp_form", where, found=type(row).__name__, expected="an object"))
            continue
        for key, value in row.items():
            if key not in names:
                near = ", ".join(get_close_matches(str(key), names, n=3, cutoff=0.5)) or ", ".join(sorted(names))
                faults.append(Fault("erp_form", f"{where}/{key}", found=str(key), expected=near))
            elif not isinstance(value, str) or len(value) > MOST_CELL:
                found = type(value).__name__ if not isinstance(value, str) else f"{len(value):,} characters"
                faults.append(Fault("erp_form", f"{where}/{key}", found=found, expected="text"))
            else:
                cells[str(key)] = composed(value).strip()
        lines.append(Line({**dict.fromkeys(names, ""), **cells}, where))
    return Table(tuple(lines), tuple(faults))


def _decoded(content: bytes, name: str) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    wanted = ["utf-16"] if wide else ["utf-8-sig", "gb18030"]
    for encoding in wanted:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            place = error.start
            continue
        if "\0" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    else:
        expected = "UTF-8, UTF-16 or GB18030 text"
        raise Refused([Fault("erp_file", name, found=f"byte {place} is none", expected=expected)])
    raise Refused([Fault("erp_file", name, found="a zero byte", expected="a text file")])


def _recognised(first: str, delimiter: str, known: Mapping[str, str]) -> int:
    return sum(cell.strip().strip('"').casefold() in known for cell in first.split(delimiter))


def _head(cells: list[str], known: Mapping[str, str], columns: Sequence[Column], name: str) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    faults, head = Collector(), []
    for number, cell in enumerate(cells, 1):
        where, found = f"{name} line 1, column {number}", known.get(cell.casefold(), "")
        if not found:
            near = ", ".join(get_close_matches(cell.casefold(), known, n=3, cutoff=0.5))
            expected = near or ", ".join(column.name for column in columns)
            faults.add(Fault("erp_column", where, found=cell or "no name", expected=expected))
        elif found in head:
            faults.add(Fault("erp_column", where, found=f"{cell} again", expected="each column once"))
        head.append(found)
    for column in columns:
        if column.required and column.name not in head:
            expected = f"{column.name} ({' / '.join(column.zh)})"
            faults.add(Fault("erp_column", f"{name} line 1", found=f"no column {column.name}", expected=expected))
    faults.raise_if_any()
    return head


def _misfit(cells: list[str], head: list[str], where: str) -> Fault | None:
    if any(cells[len(head) :]):
        found, expected = f"{len(cells)} cells", f"{len(head)} cells, as the head has"
        return Fault("erp_form", where, found=found, expected=expected)
    longest = max(len(cell) for cell in cells)
    if longest > MOST_CELL:
        return Fault("erp_form", where, found=f"{longest:,} characters", expected=f"at most {MOST_CELL:,} in a cell")
    return None
