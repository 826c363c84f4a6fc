"""The parts of a package that say what its cells mean: sheets, shared strings, number formats, epoch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from service.workbook.archive import Archive, unreadable

SPACES: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_LOCAL_DATES: Final = frozenset((*range(27, 37), *range(50, 59)))
"""Number formats whose meaning depends on the language; in Chinese, Japanese and Korean all are dates."""
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def main(*names: str) -> dict[str, str]:
    """Full element name to local name, in both editions of the format."""
    return {f"{space} {name}": name for space in SPACES for name in names}


@dataclass(frozen=True, slots=True)
class Book:
    """An opened workbook: its sheets in order, and what their cells refer to."""

    archive: Archive
    sheets: tuple[tuple[str, str], ...]
    """Title and part name."""
    strings: tuple[str, ...]
    formats: tuple[str, ...]
    """By cell style: ``date``, ``percent`` or empty."""
    date1904: bool
    hidden: frozenset[str] = frozenset()
    """Titles of hidden sheets."""


def open_book(source: str | Path | bytes) -> Book:
    """Open a workbook without reading a sheet.

    Raises:
        Refused: ``workbook_unreadable``, ``workbook_too_large``.
    """
    archive = Archive(source)
    top = next((part for kind, part in archive.relations("").values() if kind == "officeDocument"), "")
    if not top or top not in archive.names or not top.endswith(".xml"):
        raise unreadable("a package without a workbook part (.xlsb and other documents are not read)")
    relations = archive.relations(top)
    sheets: list[tuple[str, str]] = []
    epoch: list[bool] = []
    hidden: set[str] = set()

    def start(element: str, attributes: dict[str, str]) -> None:
        name = _WORKBOOK.get(element)
        if name == "workbookPr":
            epoch.append(attributes.get("date1904", "0") in ("1", "true"))
        elif name == "sheet":
            key = next((value for at, value in attributes.items() if at.endswith(" id")), "")
            kind, part = relations.get(key, ("", ""))
            if kind == "worksheet" and part in archive.names:
                sheets.append((" ".join(attributes.get("name", "").split())[:31], part))
                if attributes.get("state", "visible") != "visible":
                    hidden.add(sheets[-1][0])

    archive.parse(top, start)
    by_kind = {kind: part for kind, part in relations.values()}
    strings = _strings(archive, by_kind["sharedStrings"]) if by_kind.get("sharedStrings") in archive.names else ()
    formats = _formats(archive, by_kind["styles"]) if by_kind.get("styles") in archive.names else ()
    return Book(archive, tuple(sheets), strings, formats, bool(epoch and epoch[0]), frozenset(hidden))


_WORKBOOK: Final = main("workbookPr", "sheet")
_STRINGS: Final = main("si", "t", "rPh")
_STYLES: Final = main("numFmt", "cellXfs", "xf")


def _strings(archive: Archive, part: str) -> tuple[str, ...]:
    """Shared strings; runs of rich text are joined, phonetic readings (rPh) are not part of the text."""
    found: list[str] = []
    state = {"t": False, "rPh": False}
    text: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        name = _STRINGS.get(element)
        if name == "si":
            text.clear()
        elif name:
            state[name] = True

    def end(element: str) -> None:
        name = _STRINGS.get(element)
        if name == "si":
            found.append("".join(text))
        elif name:
            state[name] = False

    def characters(data: str) -> None:
        if state["t"] and not state["rPh"]:
            text.append(data)

    archive.parse(part, start, end, characters)
    return tuple(found)


def _formats(archive: Archive, part: str) -> tuple[str, ...]:
    codes: dict[int, str] = {}
    cells: list[str] = []
    inside = [False]

    def start(element: str, attributes: dict[str, str]) -> None:
        name = _STYLES.get(element)
        if name == "numFmt":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = int(attributes.get("numFmtId", "0"))
            code = codes.get(number, BUILTIN_FORMATS.get(number, "General"))
            cells.append("date" if number in _LOCAL_DATES and number not in codes else format_kind(code))

    def end(element: str) -> None:
        if _STYLES.get(element) == "cellXfs":
            inside[0] = False

    archive.parse(part, start, end)
    return tuple(cells)


def format_kind(code: str) -> str:
    """``date``, ``percent`` or empty, for a number format code."""
    code = code[:255]
    if is_date_format(code):
        return "date"
    return "percent" if "%" in _LITERAL.sub("", code.split(";")[0]) else ""
