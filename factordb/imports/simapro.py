"""SimaPro CSV of processes, three dialects: braces and ``;``, the older header line, tabs; UTF-8, GB18030 or Latin-1.

Sections name the kind of their rows. Amount and unit change places between versions; the cell that is a number tells.
An amount that is an expression is refused: SimaPro writes constants when asked to (*Convert expressions to constants*).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from factordb.imports.intake import Intake
from factordb.imports.lci import ALL, AVOIDED, PRODUCT, DataSet, Row, settle
from factordb.imports.rows import MAX_CELL, refusing, unreadable, weighed
from factordb.imports.sheet import form_of

_SECTIONS: Final = {
    "products": (PRODUCT, ""),
    "waste treatment": (PRODUCT, ""),
    "avoided products": (AVOIDED, ""),
    "materials/fuels": ("input", ""),
    "electricity/heat": ("input", ""),
    "waste to treatment": ("input", ""),
    "resources": ("resource", "resource"),
    "emissions to air": ("emission", "air"),
    "emissions to water": ("emission", "water"),
    "emissions to soil": ("emission", "soil"),
    "final waste flows": ("emission", "final waste"),
    "non material emissions": ("emission", "non material"),
}
_SKIPPED: Final = ("social issues", "economic issues", "input parameters", "calculated parameters")
_SEPARATORS: Final = {"semicolon": ";", "comma": ",", "tab": "\t"}
_BRACE: Final = re.compile(r"^\{(CSV separator|Decimal separator): *(.+)\}$")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf(inity)?)", re.IGNORECASE)
_SPREAD: Final = {"lognormal": "spread", "normal": "spread", "triangle": "spread", "uniform": "spread"}
_BLANK: Final = ("", "unspecified", "unknown")


def read(path: Path, intake: Intake) -> None:
    """Every process of a file."""
    settle(data_sets(path), intake)


def data_sets(path: Path) -> Iterator[DataSet]:
    """The processes of a SimaPro export.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    weighed(path)
    encoding = form_of(path).encoding
    if not encoding:
        raise unreadable(path, "a workbook", "SimaPro CSV")
    with refusing(path, encoding), path.open(encoding=encoding, newline="") as text:
        lines = text.read().splitlines(keepends=True)
        first = next((line for line in lines if line.strip()), "").strip().strip('"')
        if not first.lstrip("{").startswith("SimaPro"):
            raise unreadable(path, first[:60] or "an empty file", "SimaPro CSV")
        separator, decimal = _dialect(lines)
        table = list(csv.reader(lines, delimiter=separator))
    blocks = list(_blocks(table))
    if not blocks:
        raise unreadable(path, "no process", "SimaPro CSV of processes")
    yield from (_data_set(start, block, decimal) for start, block in blocks)


def _dialect(lines: list[str]) -> tuple[str, str]:
    marks = (_BRACE.match(line.strip().strip('"').rstrip("\t;,")) for line in lines[:40])
    given = {match.group(1): match.group(2) for match in marks if match}
    head = next(line for line in lines if line.strip())
    guess = max("\t;,", key=head.count) if not head.startswith("{") else ";"
    return _SEPARATORS.get(given.get("CSV separator", "").lower(), guess), given.get("Decimal separator", ".").strip()


def _blocks(table: list[list[str]]) -> Iterator[tuple[int, list[list[str]]]]:
    """Rows of each process with the line it begins at; ``End`` or the next process closes it."""
    block: list[list[str]] = []
    start, inside = 0, False
    for number, cells in enumerate(table, 1):
        row = [cell.replace("\x7f", " ").strip() for cell in cells]
        word = row[0] if row else ""
        if word in ("Process", "End") and not any(row[1:]):
            if inside:
                yield start, block
            block, start, inside = [], number, word == "Process"
        elif inside:
            block.append(row)
    if inside:
        yield start, block


def _data_set(start: int, block: list[list[str]], decimal: str) -> DataSet:
    head: dict[str, str] = {}
    rows: list[Row] = []
    section = label = ""
    for row in block:
        word = row[0].lower() if row else ""
        if word in _SECTIONS or word in _SKIPPED:
            section, label = word, ""
        elif section in _SECTIONS and any(row) and row[0]:
            rows.append(_row(row, section, decimal, len(rows)))
        elif not section and any(row):
            # A label with its value beside it, or below it.
            if len(row) > 1 and row[1]:
                head[word], label = row[1], ""
            elif label:
                head.setdefault(label, row[0])
                label = ""
            else:
                label = word
        elif not section:
            label = label if label and label not in head else ""
    products = [row for row in rows if row.kind == PRODUCT]
    name = head.get("process name", "")
    if name.lower() in _BLANK and products:
        name = products[0].name
    place = head.get("geography", "")
    return DataSet(
        id=head.get("process identifier") or f"line{start}",
        name=name,
        rows=tuple(row for row in rows if row.kind),
        place="" if place.lower() in _BLANK or len(place) > 5 else place,
        category=head.get("category type", ""),
        locator=f"line {start}",
        shares={row.key: {ALL: row.note} for row in products} if len(products) > 1 else {},
        basis="allocation per cent of the file",
    )


def _row(cells: list[str], section: str, decimal: str, number: int) -> Row:
    kind, compartment = _SECTIONS[section]
    row = [*cells, *[""] * 10]
    name, rest = row[0], row[1:]
    nature = kind in ("emission", "resource")
    if nature:
        compartment, rest = "/".join(filter(None, (compartment, rest[0].lower()))), rest[1:]
    # The older files print the amount before the unit.
    older = _is_number(rest[0], decimal) and not _is_number(rest[1], decimal)
    amount, unit = (rest[0], rest[1]) if older else (rest[1], rest[0])
    distribution, spread = rest[2].lower(), _plain(rest[3], decimal)
    words = {"distribution": distribution} if not nature or distribution else {}
    if kind == PRODUCT or distribution not in _SPREAD:
        words = {}
    elif spread.strip("0.") not in ("", "1"):
        words["spread"] = spread
    return Row(
        kind=kind,
        name=name,
        amount=_plain(amount, decimal),
        unit=unit,
        compartment=compartment,
        key=str(number),
        uncertainty=words,
        note=_plain(rest[2], decimal) if kind == PRODUCT else "",
    )


def _plain(text: str, decimal: str) -> str:
    return text.replace(decimal, ".") if decimal != "." else text


def _is_number(text: str, decimal: str) -> bool:
    return len(text) <= MAX_CELL and _NUMBER.fullmatch(_plain(text, decimal)) is not None
