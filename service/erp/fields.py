"""Cells of a row read one by one: text, numbers, ratios, days, months; every fault with its place, none stops."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from lca.exact import Exact
from lca.faults import Collector, Fault, Refused
from lca.units import unit as known_unit
from service.erp.tables import Line

LONGEST: Final = 200
_DAY: Final = re.compile(r"(\d{4})(\d\d)(\d\d)|(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})(\d\d)|(\d{4})[-/.](\d{1,2})", re.ASCII)
_PROPERTY: Final = re.compile(r"([A-Za-z_]\w*)\s*[=：:]\s*(\S+)\s*(.*)")


class Fields:
    """Reads the cells of one line; ``faults`` are those of this line alone."""

    def __init__(self, line: Line) -> None:
        self.line, self.faults = line, Collector()

    def fault(self, code: str, column: str, found: str, expected: str, **values: str) -> None:
        self.faults.add(Fault(code, self.line.at(column), found, expected, values=values))

    def text(self, column: str, *, required: bool = False, longest: int = LONGEST) -> str:
        """A text without control characters, as our stores can hold it."""
        value = self.line.cells.get(column, "")
        if required and not value:
            self.fault("erp_missing", column, "nothing", column)
        elif len(value) > longest or not value.isprintable():
            self.fault("erp_text", column, repr(value[:60]), f"at most {longest} printable characters")
            return ""
        return value

    def number(
        self, column: str, *, required: bool = False, positive: bool = False, negative: bool = False
    ) -> Exact | None:
        """An ending decimal, exact; zero or more unless ``negative``; above zero with ``positive``."""
        value = self.line.cells.get(column, "")
        if not value:
            if required:
                self.fault("erp_missing", column, "nothing", "a number; write 0 where it is none")
            return None
        try:
            number = Exact.parse(value, self.line.at(column))
        except Refused as refused:
            self.faults.take(refused, self.line.at(column))
            return None
        if number <= 0 if positive else number < 0 and not negative:
            self.fault("erp_range", column, value, "above zero" if positive else "zero or more")
            return None
        return number

    def ratio(self, column: str) -> Exact | None:
        """A number above zero, or a quotient of two: ``1/12``."""
        top, slash, bottom = self.line.cells.get(column, "").partition("/")
        if not slash:
            return self.number(column, positive=True)
        try:
            parts = [Exact.parse(part.strip(), self.line.at(column)) for part in (top, bottom)]
        except Refused as refused:
            self.faults.take(refused, self.line.at(column))
            return None
        if any(part <= 0 for part in parts):
            self.fault("erp_range", column, f"{top}/{bottom}", "a quotient of two numbers above zero")
            return None
        return parts[0] / parts[1]

    def unit(self, column: str, *, required: bool = False) -> str:
        """A unit of the unit table, by its symbol or a Chinese or English name; its symbol is returned."""
        value = self.text(column, required=required)
        if not value:
            return ""
        try:
            return known_unit(value, self.line.at(column)).id
        except Refused as refused:
            self.faults.take(refused, self.line.at(column))
            return ""

    def day(self, column: str) -> str:
        """An ISO day, also written with slashes, dots or eight digits; empty: not stated."""
        value = self.line.cells.get(column, "")
        match = _DAY.fullmatch(value)
        try:
            if match:
                return date(*(int(part) for part in match.groups() if part)).isoformat()
        except ValueError:
            pass  # the 31st of April
        if value:
            self.fault("erp_day", column, value, "2026-01-31")
        return ""

    def month(self, column: str) -> str:
        """``2026-01``, also ``202601`` and ``2026/1``."""
        value = self.line.cells.get(column, "")
        match = _MONTH.fullmatch(value)
        year, month = [part for part in match.groups() if part] if match else ("", "0")
        if 1 <= int(month) <= 12:
            return f"{year}-{int(month):02}"
        if value:
            self.fault("erp_month", column, value, "2026-01")
        else:
            self.fault("erp_missing", column, "nothing", "2026-01")
        return ""

    def choice(self, column: str, choices: Sequence[str] | Mapping[str, str], *, default: str = "") -> str:
        """One of a closed list; a mapping takes other words for the same."""
        value = self.line.cells.get(column, "").casefold()
        known = choices if isinstance(choices, Mapping) else {name: name for name in choices}
        if value in known:
            return known[value]
        if value or not default:
            self.fault("erp_choice", column, value or "nothing", ", ".join(dict.fromkeys(known.values())))
        return default

    def properties(self, column: str) -> dict[str, dict[str, str] | str]:
        """``ncv=0.0389 GJ/Nm3; density=0.7174``: name to a number, with its unit where one is written."""
        found: dict[str, dict[str, str] | str] = {}
        for part in self.line.cells.get(column, "").replace("；", ";").split(";"):
            if not part.strip():
                continue
            match = _PROPERTY.fullmatch(part.strip())
            if match is None or match[1] in found:
                self.fault("erp_text", column, part.strip()[:60], "ncv=0.0389 GJ/Nm3; density=0.7174, each once")
                continue
            found[match[1]] = {"amount": match[2], "unit": match[3]} if match[3] else match[2]
        return dict(sorted(found.items()))
