"""A workbook that is not ours: what its cells hold, which of them may be written. Looked at, never changed in here.

It is read with the limits of every workbook here (``service.workbook.archive``).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from lca.faults import Fault, Refused
from service.cbam.cellmap import ADDRESS, RULE, At
from service.workbook.archive import MAX_FILE, Archive
from service.workbook.book import Book, main, open_book
from service.workbook.sheet_xml import MAX_COLUMNS, Gatherer, column_number

WORKBOOK: Final = "the workbook as it was published, .xlsx or .xlsm, without a password"
Box = tuple[At, At]
"""First and last cell of a range."""


class Styles(NamedTuple):
    """Cell styles by what matters to a writer."""

    open: frozenset[int]
    """Styles that a protected sheet leaves open."""
    text: frozenset[int]
    """Styles in which a spreadsheet program keeps typed digits as text."""


class Layout(Gatherer):
    """One sheet of a workbook that is not ours: what its cells hold and which of them may be written.

    Cells are told apart as in our own workbooks; what a writer must know besides (styles, protection) is added.
    """

    def __init__(self, book: Book, title: str, part: str, styles: Styles) -> None:
        super().__init__(book, title, ())
        self.open_styles, self.protected = styles.open, False
        self.cell_styles: dict[At, int] = {}
        self.row_styles: dict[int, int] = {}
        self.column_styles: dict[int, int] = {}
        self.formulas: set[At] = set()
        self.arrays: list[Box] = []
        """Ranges that one formula fills."""
        book.archive.parse(part, self.start, self.end, self.characters)

    def text(self, at: At) -> str:
        """What stands in a cell, or its last result; empty where nothing does."""
        cell = self.rows.get(at[0], {}).get(at[1])
        return cell.text.strip() if cell is not None else ""

    def computed(self, at: At) -> bool:
        """Whether a formula gives the cell its value."""
        return at in self.formulas or any(_inside(at, box) for box in self.arrays)

    def style_at(self, at: At) -> int:
        """The style of a cell; of one that is not there, that of its row or column."""
        fallback = self.row_styles.get(at[0], self.column_styles.get(at[1], 0))
        return self.cell_styles.get(at, fallback)

    def locked(self, at: At) -> bool:
        """Whether the sheet is protected and the cell not one of those left open."""
        return self.protected and self.style_at(at) not in self.open_styles

    def box(self, at: At) -> Box:
        """The merged range a cell belongs to; of any other cell, itself."""
        boxes = (((top, left), (bottom, right)) for top, left, bottom, right in self.merged)
        return next((box for box in boxes if _inside(at, box)), (at, at))

    def start(self, element: str, attributes: dict[str, str]) -> None:
        super().start(element, attributes)
        name = _MORE.get(element)
        if name == "c":
            self.cell_styles[self.row, self.column] = self.style
        elif name == "f":
            self.formulas.add((self.row, self.column))
            ends = [ADDRESS.fullmatch(part) for part in attributes.get("ref", "").split(":")]
            corners = [(int(end[2]), column_number(end[1])) for end in ends if end is not None]
            if corners and attributes.get("t") in ("array", "dataTable"):
                self.arrays.append((corners[0], corners[-1]))
        elif name == "row" and attributes.get("customFormat") in _TRUE:
            self.row_styles[self.row] = int(attributes.get("s", "0"))
        elif name == "col":
            first, last = int(attributes.get("min", "1")), min(int(attributes.get("max", "1")), MAX_COLUMNS)
            self.column_styles |= dict.fromkeys(range(first, last + 1), int(attributes.get("style", "0")))
        elif name == "sheetProtection":
            self.protected = attributes.get("sheet") in _TRUE

    def _ours(self) -> bool:
        """Every row is read: this workbook carries no mark of ours."""
        return True


def _inside(at: At, box: Box) -> bool:
    (top, left), (bottom, right) = box
    return top <= at[0] <= bottom and left <= at[1] <= right


class Official:
    """A workbook that is not ours, opened; a sheet is read when it is asked for.

    Raises:
        Refused: ``workbook_unreadable``, ``workbook_too_large``.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self.data = file.read(MAX_FILE + 1)
            self.book = open_book(self.data)
        except OSError as error:
            raise Refused([Fault("workbook_unreadable", path.name, str(error.strerror), WORKBOOK, RULE)]) from None
        except Refused as refused:
            placed = [replace(item, where=item.where or path.name, rule=RULE) for item in refused.faults]
            raise Refused(replace(f, expected=WORKBOOK) if f.code == _UNREADABLE else f for f in placed) from None
        self.sha256 = hashlib.sha256(self.data).hexdigest()
        archive = self.book.archive
        self.top = next(part for kind, part in archive.relations("").values() if kind == "officeDocument")
        """The workbook part."""
        kinds = {kind: part for kind, part in archive.relations(self.top).values()}
        self.styles = _styles(archive, kinds["styles"]) if kinds.get("styles") in archive.names else _BARE
        self.parts = dict(self.book.sheets)
        self._read: dict[str, Layout] = {}

    def layout(self, title: str) -> Layout:
        """A sheet, read once.

        Raises:
            Refused: ``workbook_unreadable``, ``workbook_too_large``.
        """
        if title not in self._read:
            self._read[title] = Layout(self.book, title, self.parts[title], self.styles)
        return self._read[title]


_UNREADABLE: Final = "workbook_unreadable"
_BARE: Final = Styles(frozenset(), frozenset())
_STYLES: Final = main("cellXfs", "xf", "protection", "numFmt")
_MORE: Final = main("c", "f", "row", "col", "sheetProtection")
_TRUE: Final = ("1", "true")


def _styles(archive: Archive, part: str) -> Styles:
    """A protected cell stays locked unless its own style says otherwise: programs write it there in full."""
    codes = {49: "@"}
    opened: set[int] = set()
    texts: set[int] = set()
    inside, count = [False], [-1]

    def start(element: str, attributes: dict[str, str]) -> None:
        name = _STYLES.get(element)
        if name == "numFmt":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            count[0] += 1
            if codes.get(int(attributes.get("numFmtId", "0"))) == "@":
                texts.add(count[0])
        elif name == "protection" and inside[0] and attributes.get("locked", "1") not in _TRUE:
            opened.add(count[0])

    def end(element: str) -> None:
        if _STYLES.get(element) == "cellXfs":
            inside[0] = False

    archive.parse(part, start, end)
    return Styles(frozenset(opened), frozenset(texts))
