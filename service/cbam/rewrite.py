"""Values into the cells of a sheet part, byte for byte as it was elsewhere; and the package saved whole or not at all.

Libraries that read and write a workbook lose what they do not know: form controls, images, validations.
"""

from __future__ import annotations

import io
import os
import re
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter, range_boundaries

from lca.faults import Fault, Refused
from service.cbam.cellmap import RULE, At, address
from service.cbam.official import Official
from service.workbook.archive import unreadable
from service.workbook.sheet_xml import column_number

_ALL: Final = 1 << 30
"""Beyond every row and column."""


class Value(NamedTuple):
    """What goes into a cell. ``style`` is for a cell that the sheet does not hold yet."""

    kind: Literal["number", "text"]
    text: str
    style: int = 0


_TOKEN: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(/?)([^\s/>]++)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>", re.DOTALL
)
"""Tags of a part that was parsed before: it is well formed and holds no document type."""
_ATTRIBUTE: Final = re.compile(rb"([^\s=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_DIMENSION: Final = re.compile(rb"(<(?:[\w.-]+:)?dimension\b[^>]*?\bref\s*=\s*[\"'])([A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?)")
_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def part_of(book: Official, name: str) -> bytes:
    data = book.book.archive.read(name)
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    code = declared[1].lower() if declared else b"utf-8"
    if b"\x00" in data[:4] or code not in (b"utf-8", b"us-ascii"):
        raise unreadable(f"{name} is not UTF-8", name)
    return data


def rewrite(data: bytes, values: Mapping[At, Value]) -> bytes:
    """A sheet part with values in its cells; everything else byte for byte."""
    return _Rewriter(data, values).made() if values else data


class _Rewriter:
    """Copies a sheet tag by tag; cells and rows that are missing are put where their order wants them."""

    def __init__(self, data: bytes, values: Mapping[At, Value]) -> None:
        self.data, self.out, self.copied = _widened(data, values), bytearray(), 0
        self.rows: dict[int, dict[int, Value]] = {}
        for (row, column), value in sorted(values.items()):
            self.rows.setdefault(row, {})[column] = value
        self.inside, self.row, self.column, self.prefix, self.cell = "", 0, 0, b"", False

    def made(self) -> bytes:
        for token in _TOKEN.finditer(self.data):
            if token[2] is None:
                continue
            prefix, colon, name = token[2].rpartition(b":")
            closing, empty = bool(token[1]), token[3].endswith(b"/")
            if self.inside == "cell":
                self._in_cell(token, closing)
            elif name == b"sheetData":
                self.prefix = prefix + colon
                self._sheet_data(token, closing, empty)
            elif self.inside == "data" and name == b"row":
                self._row(token, empty)
            elif self.inside == "row" and name == b"row":
                self._copy(token.start())
                self._cells(_ALL)
                self.inside = "data"
            elif self.inside == "row" and name == b"c":
                self._start_cell(token, empty)
        self._copy(len(self.data))
        if self.rows:
            raise unreadable("a sheet without its rows")
        return bytes(self.out)

    def _copy(self, end: int) -> None:
        self.out += self.data[self.copied : end]
        self.copied = end

    def _sheet_data(self, token: re.Match[bytes], closing: bool, empty: bool) -> None:
        if empty:
            self._copy(token.start())
            self.out += b"<" + token[2] + token[3].rstrip(b"/") + b">"
            self._rows(_ALL)
            self.out += b"</" + token[2] + b">"
            self.copied = token.end()
        elif closing:
            self._copy(token.start())
            self._rows(_ALL)
        self.inside = "" if empty or closing else "data"

    def _rows(self, before: int) -> None:
        """Rows that the sheet does not hold, up to one that it does."""
        while self.rows and (row := next(iter(self.rows))) < before:
            self.out += b'<%brow r="%d">' % (self.prefix, row)
            self.row = row
            self._cells(_ALL)
            self.out += b"</%brow>" % self.prefix

    def _row(self, token: re.Match[bytes], empty: bool) -> None:
        attributes = dict(_ATTRIBUTE.findall(token[3]))
        self._copy(token.start())
        number = int(attributes[b"r"][1:-1]) if b"r" in attributes else self.row + 1
        self._rows(number)
        self.row, self.column = number, 0
        self.inside = "data" if empty else "row"
        if number not in self.rows:
            return
        spans = [int(end) for end in attributes.get(b"spans", b'""')[1:-1].replace(b" ", b":").split(b":") if end]
        if spans and not min(spans) <= min(self.rows[number]) <= max(self.rows[number]) <= max(spans):
            del attributes[b"spans"]  # a hint that would be wrong now; the format does without
        self.out += b"<" + token[2] + _joined(attributes) + b">"
        self.copied = token.end()
        if empty:
            self._cells(_ALL)
            self.out += b"</" + token[2] + b">"

    def _cells(self, before: int) -> None:
        """Cells that the row does not hold, up to one that it does."""
        waiting = self.rows.get(self.row, {})
        while waiting and (column := next(iter(waiting))) < before:
            value = waiting.pop(column)
            attributes = {b"r": b'"%b%d"' % (get_column_letter(column).encode(), self.row)}
            if value.style:
                attributes[b"s"] = b'"%d"' % value.style
            self._value(attributes, value)
        if not waiting:
            self.rows.pop(self.row, None)

    def _start_cell(self, token: re.Match[bytes], empty: bool) -> None:
        attributes = dict(_ATTRIBUTE.findall(token[3]))
        letters = attributes.get(b"r", b'""')[1:-1].rstrip(b"0123456789").decode()
        self.column = column_number(letters) if letters else self.column + 1
        self._copy(token.start())
        self._cells(self.column)
        value = self.rows.get(self.row, {}).pop(self.column, None)
        self.cell = value is not None
        self.inside = "row" if empty else "cell"
        if value is not None:
            place = b'"%b%d"' % (get_column_letter(self.column).encode(), self.row)
            kept = {name: text for name, text in attributes.items() if name not in (b"t", b"cm", b"vm")}
            self._value({b"r": place} | kept, value)
            self.copied = token.end()

    def _in_cell(self, token: re.Match[bytes], closing: bool) -> None:
        if closing and token[2].rpartition(b":")[2] == b"c":
            self.copied = token.end() if self.cell else self.copied
            self.inside = "row"

    def _value(self, attributes: dict[bytes, bytes], value: Value) -> None:
        made = value.kind == "number"
        inner = b"<%bv>%b</%bv>" if made else b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>'
        text, prefix = escaped(value.text).encode("utf-8"), self.prefix
        filled = inner % ((prefix, text, prefix) if made else (prefix, prefix, text, prefix, prefix))
        head = attributes if made else attributes | {b"t": b'"inlineStr"'}
        self.out += b"<%bc%b>%b</%bc>" % (prefix, _joined(head), filled, prefix)


def _joined(attributes: Mapping[bytes, bytes]) -> bytes:
    return b"".join(b" %b=%b" % item for item in attributes.items())


def escaped(text: str) -> str:
    """Text of a cell as the format wants it: what XML cannot hold as ``_x0007_``, and such a word itself kept apart."""
    shown = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", _ESCAPED.sub("_x005F_", text))
    return escape(shown)


def _widened(data: bytes, values: Mapping[At, Value]) -> bytes:
    """The stated range of used cells, where a value lies outside: some readers believe it."""
    match = _DIMENSION.search(data[: data.find(b"sheetData")])
    if match is None:
        return data
    left, top, right, bottom = (number or 1 for number in range_boundaries(match[2].decode()))
    rows, columns = {at[0] for at in values}, {at[1] for at in values}
    first = min(top, *rows), min(left, *columns)
    last = max(bottom, *rows), max(right, *columns)
    if (first, last) == ((top, left), (bottom, right)):
        return data
    return data[: match.start(2)] + f"{address('', first)[1:]}:{address('', last)[1:]}".encode() + data[match.end(2) :]


_BEFORE: Final = (b"sheets", b"functionGroups", b"externalReferences", b"definedNames")
"""Elements of the workbook part that stand before ``calcPr``."""


def recalculated(data: bytes) -> bytes:
    """The workbook part, asking for everything to be computed anew when it is opened."""
    depth, at, prefix = 0, len(data), b""
    for token in _TOKEN.finditer(data):
        if token[2] is None:
            continue
        before, colon, name = token[2].rpartition(b":")
        closing, empty = bool(token[1]), token[3].endswith(b"/")
        if name == b"calcPr" and not closing and depth == 1:
            attributes = dict(_ATTRIBUTE.findall(token[3])) | {b"fullCalcOnLoad": b'"1"'}
            tag = b"<" + token[2] + _joined(attributes) + (b"/>" if empty else b">")
            return data[: token.start()] + tag + data[token.end() :]
        depth += 0 if empty else -1 if closing else 1
        if depth == 1 and name in _BEFORE:
            at, prefix = token.end(), before + colon
    return data[:at] + b'<%bcalcPr fullCalcOnLoad="1"/>' % prefix + data[at:]


def save(out: Path, data: bytes, changed: Mapping[str, bytes]) -> None:
    """The package with some parts changed, under its name only when it is whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            same = zipfile.ZipInfo(part.filename, part.date_time)
            same.compress_type, same.external_attr = part.compress_type, part.external_attr
            same.create_system = part.create_system
            new.writestr(same, changed.get(part.filename) or old.read(part))
    waiting = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        with waiting.open("xb") as file:
            file.write(made.getvalue())
        os.replace(waiting, out)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        found = str(error.strerror)
        raise Refused([Fault("cbam_output", out.name, found, "a folder that can be written to", RULE)]) from None
