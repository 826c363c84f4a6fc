"""The use-case *fill*: values of an input in a copy of the user's own workbook, by a cell map.

The workbook is a package of XML parts. Only the sheets that get a value are written anew, in them only the cells
concerned; every other part keeps its bytes: a library that builds the file anew loses form controls, pictures and
extensions of the validations. The workbook computes; nothing is computed in here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from lca.exact import Exact
from lca.faults import Collector, Fault, Notice, Refused
from service.cbam.cellmap import RULE, At, CellMap, Entry, address, read_map, texts_at, tree_of
from service.cbam.official import Layout, Official
from service.cbam.rewrite import Value, part_of, recalculated, rewrite, save

DIGITS: Final = 15
"""Significant digits that a number cell holds."""
MAX_TEXT: Final = 32_767
"""Characters of a cell, as UTF-16 counts them."""
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LEAP_ERROR: Final = 60
"""Spreadsheets count a 29 February 1900 that never was; before it their numbers mean another day."""


class Written(NamedTuple):
    """A cell that was written: ``text`` is what the input says."""

    sheet: str
    cell: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What a filling did; cells in the order of the map."""

    cells: tuple[Written, ...]
    notices: tuple[Notice, ...]


def fill(
    official: Path, data: Any, cells: Any, out: Path, *, replace: bool = False, inputs: Iterable[Path] = ()
) -> Filled:
    """Write the values of an input (plain data) into a copy of a workbook, by a map (plain data).

    ``replace``: cells that hold something are written too. ``inputs``: more files that are never written over.

    Raises:
        Refused: every fault of the map and of its cells at once: those of :func:`service.cbam.cellmap.read_map`,
            ``cbam_output``, ``cbam_sheet_unknown``, ``cbam_map_unsure``, ``cbam_map_places``, ``cbam_cell_formula``,
            ``cbam_cell_filled``, ``cbam_cell_locked``, ``cbam_cell_merged``, ``cbam_cell_value``,
            ``number_unreadable``, ``number_too_large``; alone ``workbook_unreadable``, ``workbook_too_large``.
    """
    faults = Collector()
    _check_output(out, official, (official, *inputs), faults)
    book = Official(official)
    plan = _Plan(book, tree_of(data), read_map(cells, faults), faults, replace)
    faults.raise_if_any()
    changed = {
        book.parts[sheet]: rewrite(part_of(book, book.parts[sheet]), plan.values[sheet]) for sheet in plan.values
    }
    if changed:
        changed[book.top] = recalculated(part_of(book, book.top))
    save(out, book.data, changed)
    return Filled(tuple(plan.written), tuple(plan.notices))


def _check_output(out: Path, official: Path, kept: Iterable[Path], faults: Collector) -> None:
    for path in kept:
        if out.resolve() == path.resolve() or (out.exists() and path.exists() and out.samefile(path)):
            expected = "a name of its own: no input is written over"
            faults.add(Fault("cbam_output", out.name, f"{path.name} itself", expected, RULE))
    if out.suffix.lower() != official.suffix.lower():
        expected = f"a name that ends with {official.suffix}"
        faults.add(Fault("cbam_output", out.name, out.suffix or "no ending", expected, RULE))


class _Plan:
    """The values of every cell that is written, and everything that speaks against writing them."""

    def __init__(self, book: Official, tree: Any, made: CellMap, faults: Collector, replace: bool) -> None:
        self.book, self.tree, self.faults, self.replace = book, tree, faults, replace
        self.values: dict[str, dict[At, Value]] = {}
        self.written: list[Written] = []
        self.notices: list[Notice] = []
        if made.sha256 and made.sha256.lower() != book.sha256:
            self.notices.append(Notice("cbam_other_workbook", made.title, {"made": made.sha256, "now": book.sha256}))
        for entry in made.entries:
            self._entry(entry)

    def _entry(self, entry: Entry) -> None:
        place = address(entry.sheet, entry.at)
        if not entry.sure:
            self.faults.add(Fault("cbam_map_unsure", place, f"sure: no, {entry.path}", "sure: yes", RULE))
        if entry.sheet not in self.book.parts:
            near = get_close_matches(entry.sheet, self.book.parts, n=3, cutoff=0.4) or list(self.book.parts)
            self.faults.add(Fault("cbam_sheet_unknown", place, entry.sheet, ", ".join(near)[:200], RULE))
            return
        found = texts_at(self.tree, entry, self.faults)
        places = entry.places()
        lost = [path for path, text in found[len(places) :] if text]
        if lost:
            values, expected = {"lost": str(len(lost)), "path": entry.path}, f"at most {len(places)}"
            self.faults.add(Fault("cbam_map_places", place, f"{len(found)} in the input", expected, RULE, values))
        missing = [path for path, text in found if not text]
        if missing or not found:
            numbers = ", ".join(str(number) for number, item in enumerate(found) if not item[1])
            path = f"{entry.path} ({numbers})" if len(missing) < len(found) else entry.path
            self.notices.append(Notice("cbam_not_in_input", place, {"path": path}))
        for at, (path, text) in zip(places, found, strict=False):
            if text:
                self._cell(entry, at, path, text)

    def _cell(self, entry: Entry, at: At, path: str, text: str) -> None:
        with self.faults.catching():
            layout = self.book.layout(entry.sheet)
            place, first = address(entry.sheet, at), layout.box(at)[0]
            if first != at:
                found, expected = "inside a merged range", address(entry.sheet, first)
                raise Refused([Fault("cbam_cell_merged", place, found, expected, RULE)])
            if layout.computed(at):
                found = "a formula" if not layout.text(at) else f"a formula, at last {layout.text(at)[:40]}"
                raise Refused([Fault("cbam_cell_formula", place, found, "a cell to type in", RULE)])
            if layout.locked(at):
                found = f"{entry.sheet} is protected and the cell locked"
                self.faults.add(Fault("cbam_cell_locked", place, found, "a cell the sheet leaves open", RULE))
            if layout.text(at) and not self.replace:
                self.faults.add(Fault("cbam_cell_filled", place, layout.text(at)[:60], "an empty cell", RULE))
            with self.faults.catching(place):
                value = self._value(entry, layout, at, text, place)
                self.values.setdefault(entry.sheet, {})[at] = value
                self.written.append(Written(entry.sheet, address("", at)[1:], path, text))

    def _value(self, entry: Entry, layout: Layout, at: At, text: str, place: str) -> Value:
        """A number where the value reads like one, a day where the cell shows days, else text."""
        style, plain = layout.style_at(at), text.strip()
        as_text = entry.form == "text" or (not entry.form and style in self.book.styles.text)
        if entry.form == "number" or entry.times or (not as_text and _NUMBER.fullmatch(plain)):
            return Value("number", self._number(entry, plain, place), style)
        if not as_text and _DAY.fullmatch(plain):
            formats = self.book.book.formats
            if style < len(formats) and formats[style] == "date":
                return Value("number", self._day(plain, place), style)
            self.notices.append(Notice("cbam_cell_day", place, {"text": plain}))
        if len(text.encode("utf-16-le", "surrogatepass")) > 2 * MAX_TEXT or re.search("[\ud800-\udfff]", text):
            expected = f"at most {MAX_TEXT:,} characters of Unicode"
            raise Refused([Fault("cbam_cell_value", place, f"{len(text):,} characters", expected, RULE)])
        return Value("text", text, style)

    def _day(self, text: str, place: str) -> str:
        """The number a spreadsheet keeps for a day."""
        first = date(1904, 1, 1) if self.book.book.date1904 else date(1899, 12, 30)
        try:
            days = (date.fromisoformat(text) - first).days
        except ValueError:
            days = 0
        if days <= LEAP_ERROR:
            raise Refused([Fault("cbam_cell_value", place, text, "a day of the calendar after 1904", RULE)])
        return str(days)

    def _number(self, entry: Entry, text: str, place: str) -> str:
        exact = Exact.parse(text) * Exact.parse(entry.times or "1")
        rounded = Exact.from_published(exact.significant(DIGITS))
        if rounded != exact:
            self.notices.append(Notice("cbam_cell_rounded", place, {"exact": exact.text(), "written": rounded.text()}))
        return rounded.text()
