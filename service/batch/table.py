"""A table of items: a template file per row, and columns whose header points at the value that the cell replaces."""

from __future__ import annotations

import copy
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from lca.doors import MAX_TEXT, cell_text
from lca.faults import Collector, Fault, Refused
from service.batch.items import JSON, Item, plain_bytes
from service.batch.pointers import put
from service.intake import MEDIA, read_bytes
from service.workbook.archive import Archive, unreadable

ID: Final = "id"
FILE: Final = "file"
Rows = Iterator[tuple[int, list[str]]]


def items_of_table(path: Path) -> Iterator[Item]:
    """One item per row.

    Raises:
        Refused: ``batch_table`` for a head without ``id`` and ``file``, with a doubled or an unnamed column;
            ``file_encoding``, ``file_too_large``, ``workbook_unreadable``.
    """
    if path.stat().st_size > 4 * MAX_TEXT:
        raise Refused([Fault("file_too_large", str(path), f"{path.stat().st_size:,} bytes", f"{4 * MAX_TEXT:,}")])
    rows = _csv(path) if path.suffix.lower() == ".csv" else _xlsx(path)
    head = [cell.strip() for cell in next(rows, (0, []))[1]]
    while head and not head[-1]:
        head.pop()
    if head.count(ID) != 1 or head.count(FILE) != 1 or len(set(head)) < len(head) or "" in head:
        expected = "columns id and file, and pointers such as rows/coal/amount, each once"
        raise Refused([Fault("batch_table", path.name, found=", ".join(head) or "no head", expected=expected)])
    templates = lru_cache(maxsize=64)(_template)
    for number, cells in rows:
        kept = [cell.strip() for cell in cells]
        if any(kept):
            yield _item(number, head, kept, path, templates)


def _item(number: int, head: Sequence[str], cells: Sequence[str], path: Path, templates: Any) -> Item:
    where = f"{path.name} row {number}"
    given = dict(zip(head, cells, strict=False))
    name = given.get(ID) or str(number)
    faults = Collector()
    if any(cells[len(head) :]):
        expected = f"{len(head)} cells, as the head has"
        faults.add(Fault("batch_table", where, found=f"{len(cells)} cells", expected=expected))
    data: Any = None
    with faults.catching(where):
        if not given.get(ID):
            faults.add(Fault("batch_table", where, found="no id", expected="an id in every row"))
        data = copy.deepcopy(templates(path.parent, given.get(FILE, "")))
        for pointer, value in given.items():
            if value and pointer not in (ID, FILE):
                with faults.catching(where):
                    put(data, pointer, value)
    if faults.faults:
        return Item(name, name=where, faults=tuple(faults.faults))
    return Item(name, plain_bytes(data), MEDIA[JSON], _beside(path.parent, given[FILE]).parent, where)


def _template(folder: Path, name: str) -> Any:
    """The data of a template; its series are read when the item is, beside it."""
    path = _beside(folder, name)
    if not name or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise Refused([Fault("file_missing", found=name or "no file", expected="a file in the folder of the table")])
    media = MEDIA.get(path.suffix.lower())
    if media is None or path.stat().st_size > 4 * MAX_TEXT:
        found = f"{path.suffix or 'no ending'}, {path.stat().st_size:,} bytes"
        expected = f"{', '.join(MEDIA)}, at most {4 * MAX_TEXT:,} bytes"
        raise Refused([Fault("file_kind", found=found, expected=expected)])
    sent = read_bytes(path.read_bytes(), media, path.name)
    if sent.reading is not None and sent.reading.faults:
        raise Refused(sent.reading.faults)  # faulty cells would be lost on the way
    return sent.data


def _beside(folder: Path, name: str) -> Path:
    return (folder.resolve() / name).resolve()


def _csv(path: Path) -> Rows:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start}: {error.reason}"
        raise Refused([Fault("file_encoding", path.name, found=found, expected="UTF-8 text")]) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Refused([Fault("batch_table", f"{path.name} row {reader.line_num}", str(error), "CSV text")]) from None


def _xlsx(path: Path) -> Rows:
    """The first sheet. A formula that was never calculated and an error are no empty cells: they are told as text.

    Raises:
        Refused: ``workbook_unreadable``, ``workbook_too_large``.
    """
    from openpyxl import load_workbook

    Archive(path)  # refuses what is no workbook or would cost too much
    try:
        books = [load_workbook(path, read_only=True, data_only=shown) for shown in (True, False)]
        sheets = [book.worksheets[0].iter_rows(values_only=True) for book in books]
        for number, (cells, typed) in enumerate(zip(*sheets, strict=True), 1):
            texts = [_text(value) for value in cells]
            unsaved = [
                f"formula {formula}"
                for text, formula in zip(texts, typed, strict=True)
                if not text and isinstance(formula, str) and formula.startswith("=")
            ]
            if unsaved:
                expected = "a saved result"
                raise Refused([Fault("cell_formula_without_result", f"{path.name} row {number}", unsaved[0], expected)])
            yield number, texts
    except (ValueError, KeyError, IndexError, OSError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise unreadable(str(error), path.name) from None


def _text(value: Any) -> str:
    """A cell as text: 15 digits of a number, a day in ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return cell_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
