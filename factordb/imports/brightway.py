"""Brightway's workbook and CSV of activities: ``Database``, ``Activity``, ``Exchanges`` in the first column.

Cells come as the sheet shows them (15 digits). An exchange with a formula refuses its activity: bw2io computes it
from parameters, here the file must say the amount. An activity without exchanges refuses too: as a supplier it would
count as zero in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from factordb.imports import sheet
from factordb.imports.intake import Intake
from factordb.imports.lci import AVOIDED, PRODUCT, DataSet, Row, settle
from factordb.imports.rows import unreadable

KINDS: Final = {
    "production": PRODUCT,
    "technosphere": "input",
    "biosphere": "emission",
    "substitution": AVOIDED,
    "generic production": PRODUCT,
    "generic consumption": "input",
}
DISTRIBUTIONS: Final = {"2": "lognormal", "3": "normal", "4": "uniform", "5": "triangular"}
_BLANK: Final = ("", "(unknown)", "none")
_ENDS: Final = ("activity", "database", "parameters", "project parameters", "database parameters")
Lines = list[tuple[str, list[str]]]


def read(path: Path, intake: Intake) -> None:
    """Every activity of a workbook or CSV file."""
    settle(data_sets(path), intake)


def data_sets(path: Path) -> Iterator[DataSet]:
    """The activities of every sheet that is not marked ``skip``.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    form = sheet.form_of(path)
    forms = [sheet.Form(sheet=name) for name in sheet.names(path)] if form.sheet else [form]
    found = 0
    for each in forms:
        lines = list(sheet.rows(path, each))
        if not lines or lines[0][1][0].strip().lower() == "skip":
            continue
        for item in _activities(_cut(lines)):
            found += 1
            yield item
    if not found:
        raise unreadable(path, "no Activity row", "a Brightway workbook or CSV")


def _cut(lines: Lines) -> Lines:
    """Without the columns beyond ``cutoff N``."""
    first = lines[0][1]
    if (
        first[0].strip().lower() == "cutoff"
        and len(first) > 1
        and first[1].strip().isdigit()
        and first[1].strip() != "0"
    ):
        limit = int(first[1])
        return [(where, row[:limit]) for where, row in lines[1:]]
    return lines


def _activities(lines: Lines) -> Iterator[DataSet]:
    start = None
    for k, (_, row) in enumerate(lines):
        if row[0].strip().lower() in ("activity", "database") and len(row) > 1:
            if start is not None and (made := _activity(lines[start:k])):
                yield made
            start = k if row[0].strip().lower() == "activity" else None
    if start is not None and (made := _activity(lines[start:])):
        yield made


def _activity(lines: Lines) -> DataSet | None:
    where, first = lines[0]
    head: dict[str, str] = {}
    rows: list[Row] = []
    columns: list[str] = []
    part, refused = "head", ""
    for place, row in lines[1:]:
        word = row[0].strip().lower()
        if word in _ENDS:
            part = "other"
        elif word == "exchanges" and not any(cell.strip() for cell in row[1:]):
            part, columns = "header", []
        elif part == "header":
            part, columns = "rows", [cell.strip().lower() for cell in row]
        elif part == "rows":
            made, fault = _row(dict(zip(columns, row, strict=False)), place)
            rows.append(made)
            refused = refused or fault
        elif part == "head" and len(row) > 1:
            head[word] = _filled(row[1])
    if head.get("type") == "product":
        return None  # a node of its own for what another activity makes
    name = first[1].strip()
    produced = [row for row in rows if row.kind == PRODUCT]
    if not produced and not refused:
        # Brightway's convention: an activity without production makes one of itself.
        amount = head.get("production amount") or "1"
        rows.insert(0, Row(PRODUCT, head.get("reference product") or name, amount, head.get("unit", ""), key="self"))
    elif len(produced) == 1 and not produced[0].unit and head.get("unit"):
        rows = [row if row is not produced[0] else replace(row, unit=head["unit"]) for row in rows]
    return DataSet(
        id=head.get("code") or where,
        name=name,
        rows=tuple(rows),
        place=head.get("location", ""),
        category=head.get("categories", "").replace("::", " > "),
        locator=where,
        refused=refused,
    )


def _row(cells: dict[str, str], place: str) -> tuple[Row, str]:
    given = {key: _filled(text) for key, text in cells.items()}
    kind = KINDS.get(given.get("type", ""), "")
    fault = ""
    if not kind:
        fault = f"row_broken|{place}: type {given.get('type') or 'blank'}"
    elif given.get("formula"):
        fault = f"value_unreadable|{place}: formula {given['formula']}"
    categories = given.get("categories", "").replace("::", "/")
    if kind == "emission" and categories.lower().startswith(("natural resource", "resource")):
        kind = "resource"
    words = {"distribution": DISTRIBUTIONS[given["uncertainty type"]]} if _spread(given) else {}
    if words and given.get("scale", "").strip("0."):
        words["spread"] = given["scale"]
    row = Row(
        kind=kind,
        name=given.get("reference product") or given.get("name", ""),
        amount=given.get("amount", ""),
        unit=given.get("unit", ""),
        location=given.get("location", ""),
        compartment=categories if kind in ("emission", "resource") else "",
        key=place,
        uncertainty=words,
    )
    return row, fault


def _spread(given: dict[str, str]) -> bool:
    return given.get("uncertainty type", "") in DISTRIBUTIONS


def _filled(text: str) -> str:
    return "" if text.strip().lower() in _BLANK else text.strip()
