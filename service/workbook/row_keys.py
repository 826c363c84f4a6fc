"""A row of plain data as cells by machine key, and back: the one place that knows both forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pcr.rulebook import Input
from service.workbook.keys import SAME, month_of, property_key, property_of

Cells = dict[str, str]
_NAMES: Final = ("name",)


def to_cells(row: Mapping[str, Any], item: Input | None) -> list[Cells]:
    """The lines of a row: one, and one more for every instrument after the first."""
    line: Cells = {}
    more: list[Cells] = []
    for name, value in row.items():
        if name == "months":
            line |= {f"months/{number}": scalar(month) for number, month in enumerate(value, 1)}
        elif name == "properties":
            line |= _property_cells(value, item)
        elif name in _NAMES:
            line |= words(value, name)
        elif name == "supply" and isinstance(value, Mapping):
            lines = [_flat(part, "instrument") for part in value.get("instruments") or ()]
            line |= _flat({key: part for key, part in value.items() if key not in ("instruments", "charge")}, "supply")
            charge = value.get("charge") or {}
            if charge:
                line["supply/charge"] = "; ".join(f"{source}: {scalar(kwh)}" for source, kwh in charge.items())
            line |= lines[0] if lines else {}
            more = [{"input": scalar(row.get("input")), "supply/type": SAME} | cells for cells in lines[1:]]
        else:
            line |= _flat(value, name)
    return [line, *more]


def words(value: Any, name: str) -> Cells:
    """A name in one or two languages, as its cells; one text serves both."""
    given = value if isinstance(value, Mapping) else {"zh": value, "en": value}
    return {f"{name}/{key}": scalar(text) for key, text in given.items()}


def scalar(value: Any) -> str:
    """Plain data hold text; a door that left yes/no as booleans is understood too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _property_cells(value: Any, item: Input | None) -> Cells:
    cells: Cells = {}
    for name, given in (value or {}).items():
        known = item.properties.get(name) if item is not None else None
        part = given if isinstance(given, Mapping) else {"amount": given}
        unit = scalar(part.get("unit")) or (known.unit if known is not None else "")
        cells[property_key(name, unit)] = scalar(part.get("amount"))
    return cells


def _flat(value: Any, path: str) -> Cells:
    if isinstance(value, Mapping):
        return {at: text for key, part in value.items() for at, text in _flat(part, f"{path}/{key}").items()}
    return {path: scalar(value)}


def put(row: dict[str, Any], key: str, text: str) -> str:
    """Set the value of a key in a row of plain data; months are put as a list by the reader. Returns its path."""
    named = property_of(key)
    if named is not None:
        name, unit = named
        row.setdefault("properties", {})[name] = {"amount": text, "unit": unit} if unit else text
        return f"properties/{name}"
    *folders, last = key.split("/")
    place = row
    for folder in folders:
        place = place.setdefault(folder, {})
    place[last] = text
    return key


def path_of(key: str) -> str:
    """Where the value of a key stands in the row: ``instrument/mwh`` is ``supply/instruments/0/mwh``."""
    named = property_of(key)
    if named is not None:
        return f"properties/{named[0]}"
    month = month_of(key)
    if month:
        return f"months/{month - 1}"
    return "supply/instruments/0/" + key.removeprefix("instrument/") if key.startswith("instrument/") else key
