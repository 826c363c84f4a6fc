"""The sheets of a release workbook, their columns and titles: one list for the writer, the reader and the template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any, Final

from factordb.canonical import clean, dumps, plain
from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles, guarded, unguarded
from factordb.unit_process import Exchange, UnitProcess
from lca.doors import read_yaml

Row = Mapping[str, str]


def _names(kind: Any, *left_out: str) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind) if part.name not in left_out)


SHEETS: Final[Mapping[str, tuple[str, ...]]] = {
    "release": ("field", "text"),
    "factors": _names(Factor),
    "sources": _names(Source),
    "licences": _names(Licence),
    "left_out": ("id", "reason"),
    "same_year": ("series", "other"),
    "unit_processes": _names(UnitProcess, "exchanges"),
    "exchanges": ("process", *_names(Exchange)),
}
NOT_READ: Final = ("attribution", "readme", "kinds")
"""Sheets of ours that are for a person; also any sheet whose name begins with ``_``."""
MAPS: Final = frozenset(
    part.name for kind in (Factor, UnitProcess, Exchange) for part in fields(kind) if "Mapping" in str(part.type)
)
FLAGS: Final = frozenset(part.name for part in fields(Licence) if part.type == "bool")
REMARK: Final = "#"
"""A row whose first cell begins with it is not read: the titles, the example, a person's note."""
NOT_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|(?<=_)x(?=005F_)")
_BACKSLASH: Final = re.compile(r"\\(?=u[0-9a-f]{4})")
_ESCAPED: Final = re.compile(r"\\u([0-9a-f]{4})")


def in_cell(text: str) -> str:
    """``text`` as a cell can hold it: what XML or Excel's own ``_x0041_`` would change is written ``\\u005f``."""
    shown = _BACKSLASH.sub(r"\\u005c", text)
    return guarded(NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", shown))


def from_cell(text: str) -> str:
    """The text that :func:`in_cell` wrote."""
    return clean(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), unguarded(clean(text))))


@cache
def titles() -> Mapping[str, Mapping[str, str]]:
    """Column to its title in ``zh`` and ``en``."""
    text = files("factordb.exports").joinpath("data/titles.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = read_yaml(text)
    return found


def title(column: str) -> str:
    """``类型 kind``: the second row of a sheet."""
    return f"{titles()[column]['zh']} {titles()[column]['en']}"


def tables(content: ReleaseFiles) -> dict[str, list[Row]]:
    """The content as rows of text by sheet, sorted by id; exchanges in the order of their process."""
    processes = sorted(content.unit_processes, key=lambda item: item.id)
    pairs = {"release": content.meta, "left_out": content.left_out, "same_year": content.same_year}
    made: dict[str, list[Row]] = {
        name: [dict(zip(SHEETS[name], (key, clean(text)), strict=True)) for key, text in items.items()]
        for name, items in pairs.items()
    }
    made |= {
        "factors": sorted(_rows(content.factors), key=lambda row: row["id"]),
        "sources": sorted(_rows(content.sources), key=lambda row: row["id"]),
        "licences": sorted(_rows(content.licences), key=lambda row: row["code"]),
        "unit_processes": _rows(processes),
        "exchanges": [{"process": item.id, **row} for item in processes for row in _rows(item.exchanges)],
    }
    return made


def _rows(items: Iterable[Any]) -> list[Row]:
    return [{key: _text(value) for key, value in plain(item).items() if key != "exchanges"} for item in items]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else dumps(value)
