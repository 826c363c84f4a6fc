"""Rows of a table for a mapping: delimited text in three encodings, or one sheet of an XLSX. Cells are text."""

from __future__ import annotations

import codecs
import csv
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from factordb.imports.rows import MAX_CELL, MAX_HEAD, refusing, too_large, unreadable, weighed
from lca.doors import cell_text

MAX_PACKED: Final = 50_000_000
MAX_UNPACKED: Final = 100_000_000
MAX_RATIO: Final = 200
SMALL: Final = 2_000_000
"""Below this, unpacked, a high ratio harms nobody."""
MAX_COLUMNS: Final = 1_000
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
EXPECTED: Final = "an .xlsx workbook, or delimited text in UTF-8, GB18030 or latin-1"
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, ValueError, TypeError, IndexError, AttributeError,
    NotImplementedError, SyntaxError, RuntimeError,
)  # fmt: skip
"""What openpyxl raises on a damaged part; ParseError of XML is a SyntaxError."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written: found out, or taken from a mapping. Empty: does not apply."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""


def is_workbook(path: Path) -> bool:
    """By content: a zip, or the old binary form, which is refused later."""
    weighed(path)
    with path.open("rb") as raw:
        return raw.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


def form_of(path: Path) -> Form:
    """Encoding and separator, or the first sheet.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    if is_workbook(path):
        return Form(sheet=names(path)[0])
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as text:
        top = list(islice(text, MAX_HEAD))  # titles stand above the header and have no separators
    return Form(encoding, max((";", ",", "\t"), key=lambda mark: max((line.count(mark) for line in top), default=0)))


def rows(path: Path, form: Form) -> Iterator[tuple[str, list[str]]]:
    """Place and cells of each row that is not empty."""
    found = _sheet_rows(path, form.sheet) if form.sheet else _text_rows(path, form)
    for where, row in found:
        if len(row) > MAX_COLUMNS:
            raise too_large(path, f"{where}: {len(row):,} columns", f"{MAX_COLUMNS:,} columns")
        if any(len(cell) > MAX_CELL for cell in row):
            raise too_large(path, f"{where}: a cell of {max(map(len, row)):,} characters", f"{MAX_CELL:,} characters")
        if any(cell.strip() for cell in row):
            yield where, row


def _text_rows(path: Path, form: Form) -> Iterator[tuple[str, list[str]]]:
    with refusing(path, form.encoding), path.open(encoding=form.encoding, newline="") as text:
        reader = csv.reader(text, delimiter=form.separator)
        for row in reader:
            yield f"line {reader.line_num}", row


def _encoding(path: Path) -> str:
    """UTF-8 where it reads; else GB18030 if the high bytes come in pairs, as Chinese does, else latin-1.

    GB18030 reads nearly anything, so that reading alone proves nothing: ``é`` and the letter after it would become
    one Chinese character.
    """
    pairs = single = 0
    fits: dict[str, Any] = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8-sig", "gb18030")}
    with path.open("rb") as raw:
        if b"\x00" in raw.read(4_000):
            raise unreadable(path, "zero bytes: UTF-16 or no text", EXPECTED)
        raw.seek(0)
        for line in raw:
            for name, decoder in list(fits.items()):
                try:
                    decoder.decode(line)
                except UnicodeDecodeError:
                    del fits[name]
            for run in _HIGH.findall(line):
                pairs, single = pairs + (len(run) % 2 == 0), single + len(run) % 2
    if "utf-8-sig" in fits:
        return "utf-8-sig"
    return "gb18030" if "gb18030" in fits and pairs > 9 * single else "latin-1"


def _book(path: Path) -> Any:
    from openpyxl import load_workbook

    _check_zip(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except _DAMAGE as error:
        raise unreadable(path, f"{type(error).__name__}: {error}", EXPECTED) from None


def _check_zip(path: Path) -> None:
    """Sizes before contents; no document type in any part, so that no entity can be expanded."""
    packed = weighed(path, MAX_PACKED)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked > MAX_RATIO * packed):
                raise too_large(path, f"{unpacked:,} bytes unpacked", f"{MAX_UNPACKED:,} bytes, packed 1:{MAX_RATIO}")
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    data = archive.read(part)
                    if any("<!DOCTYPE".encode(code) in data for code in ("ascii", "utf-16-le", "utf-16-be")):
                        raise unreadable(path, f"a document type in {part.filename}", EXPECTED)
    except _DAMAGE as error:
        raise unreadable(path, f"not an XLSX package: {error}", EXPECTED) from None


def names(path: Path) -> list[str]:
    book = _book(path)
    try:
        names = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    if not names:
        raise unreadable(path, "no sheet", EXPECTED)
    return names


def _sheet_rows(path: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    book = _book(path)
    try:
        if name not in book.sheetnames:
            raise unreadable(path, f"no sheet {name}", ", ".join(book.sheetnames))
        sheet = book[name]
        sheet.reset_dimensions()  # a file may declare a million columns and fill three
        found = enumerate(sheet.iter_rows(values_only=True), 1)
        while True:
            with warnings.catch_warnings():  # the reader warns of decorations it drops
                warnings.simplefilter("ignore")
                number, cells = next(found, (0, ()))
            if not number:
                return
            yield f"{name}!{number}", [_text(value) for value in cells]
    except _DAMAGE as error:
        raise unreadable(path, f"damaged sheet {name}: {error}", EXPECTED) from None
    finally:
        book.close()


def _text(value: object) -> str:
    """What the sheet shows: 15 digits of a number; a formula keeps its sign of equality."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return cell_text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if hasattr(value, "ref"):  # an array formula: what openpyxl shows of it is no text of the file
        return f"={getattr(value, 'text', '') or ''}"
    return str(value)
