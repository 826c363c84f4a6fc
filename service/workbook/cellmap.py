"""From a path in the plain data back to the cell where a person typed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from lca.faults import Fault, Notice
from service.workbook.sheet_xml import Sheet

_NAMED: Final = re.compile(r"/?rows? \(([^,()]+)[^()]*\)")
_REMARK: Final = re.compile(r" \([^()]*\)")


@dataclass(frozen=True, slots=True)
class CellMap:
    """Data path (``/rows/3/months/5``) to ``sheet!cell``; and what the reader noticed on the way."""

    cells: Mapping[str, str]
    ids: Mapping[str, str] = field(default_factory=dict)
    """Row id to data path, for the steps that call a row by its id: ``rows/mill/supply``."""
    notices: tuple[Notice, ...] = ()

    def find(self, where: str) -> str:
        """The cell of a path, or of its longest known part; empty where nothing is known.

        Besides data paths: ``/rows (clinker, p1)`` of an input that is missing, ``rows/<row id>/supply``.
        """
        named = _NAMED.fullmatch(where)
        if named:
            return self.cells.get(f"/rows ({named[1]})") or self.cells.get(self.ids.get(named[1], "/rows"), "")
        path = "/" + _REMARK.sub("", where).strip("/")
        if where.startswith("rows/"):
            _, _, rest = where.partition("/")
            name, _, tail = rest.partition("/")
            path = f"{self.ids.get(name, '/rows')}/{_REMARK.sub('', tail)}".rstrip("/")
        while path not in self.cells:
            path = path.rpartition("/")[0]
            if not path:
                return ""
        return self.cells[path]


def relocate(faults: Iterable[Fault], cells: CellMap) -> list[Fault]:
    """Faults of the intake at the cells of the workbook; those that no cell explains stay as they are."""
    return [replace(fault, where=cells.find(fault.where) or fault.where) for fault in faults]


def address(sheet: Sheet, row: int, column: int) -> str:
    """``原材料 Raw!F7``."""
    letters, number = "", column
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet.title}!{letters}{row}"
