"""``brightway``: a zip of workbooks in Brightway's Excel form, read there by ``bw2io.ExcelImporter``.

``flows.xlsx`` is a database of elementary flows of our own, so that carbon dioxide equivalents without their gases
have a home; ``processes.xlsx`` holds factors and unit processes and links by key, never by name. Import the flows
first. Every cell is text: the importer turns amounts into numbers.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from factordb.exports.beside import put, put_beside, table
from factordb.exports.layout import NOT_XML
from factordb.exports.nodes import Node, Other, methods, nodes
from factordb.files import ReleaseFiles
from lca.exact import Exact

_MAX: Final = 32_000
_TOLD: Final = re.compile(r"\(unknown\)|true|false", re.IGNORECASE)
"""Words that the importer reads as something else than text."""
Rows = Iterable[Iterable[str]]


def write_brightway(content: ReleaseFiles, path: Path) -> None:
    """The zip with both workbooks, the characterisation factors as ``METHODS.csv``, and what is not in it."""
    found, left = nodes(content)
    name = _word(content.meta["id"])
    flows, processes = f"{name} flows", name
    books = {
        "flows.xlsx": _book(_flow_rows(flows, found)),
        "processes.xlsx": _book(_process_rows(processes, flows, found, content)),
    }
    rows = [(given, flow, flows, code(flow), _number(factor)) for given, flow, factor in methods(found)]
    with zipfile.ZipFile(path, "w") as archive:
        for file, data in books.items():
            put(archive, file, data)
        put(archive, "METHODS.csv", table([("gwp_set", "flow", "database", "code", "factor"), *rows]))
        put_beside(archive, content, "brightway", left)


def _flow_rows(database: str, found: Iterable[Node]) -> Iterator[Iterable[str]]:
    yield ("Database", database)
    for flow in sorted({flow for node in found for flow in node.flows}):
        yield ()
        yield ("Activity", _word(flow))
        yield from (("code", code(flow)), ("type", "emission"), ("categories", "air"), ("unit", "kilogram"))
    for other in sorted({other for node in found for other in node.others}, key=_other_code):
        yield ()
        yield ("Activity", _word(other.name or "unnamed"))
        yield ("code", code(_other_code(other)))
        yield ("type", "natural resource" if other.resource else "emission")
        yield from (("categories", _word(other.compartment or "unstated")), ("unit", _word(other.unit)))


def _process_rows(database: str, flows: str, found: Iterable[Node], content: ReleaseFiles) -> Iterator[Iterable[str]]:
    yield ("Database", database)
    yield ("comment", _word(f"{content.meta['title_en']} {content.meta['title_zh']}; see ATTRIBUTION.txt"))
    for node in found:
        yield ()
        yield ("Activity", _word(node.name))
        yield ("code", code(node.id))
        yield ("reference product", _word(node.product))
        yield from (
            ("unit", _word(node.unit)),
            ("location", _word(node.place or "GLO")),
            ("comment", _word(node.comment)),
        )
        yield ("Exchanges",)
        yield ("input", "amount", "type", "unit")
        yield (f"{database}::{code(node.id)}", _number(node.amount), "production", _word(node.unit))
        for provider, amount in sorted(node.inputs.items()):
            yield (f"{database}::{code(provider)}", _number(amount), "technosphere", "")
        for flow, kilograms in sorted(node.flows.items()):
            yield (f"{flows}::{code(flow)}", _number(kilograms), "biosphere", "kilogram")
        for other, amount in sorted(node.others.items(), key=lambda item: _other_code(item[0])):
            yield (f"{flows}::{code(_other_code(other))}", _number(amount), "biosphere", _word(other.unit))


def code(name: str) -> str:
    """An id as a code that the importer hands on unchanged: no ``::``, no number, no word of its own."""
    return "id " + " ".join(NOT_XML.sub("\ufffd", name).replace("%", "%25").replace(":", "%3A").split())


def _other_code(other: Other) -> str:
    return "|".join((other.name, other.compartment, other.unit, "resource" if other.resource else "emission"))


def _number(amount: Exact) -> str:
    return repr(float(amount))


def _word(text: str) -> str:
    """Text that stays text: the importer makes numbers, booleans and tuples of what looks like one."""
    shown = NOT_XML.sub("\ufffd", text).replace("::", ": :")[:_MAX].strip()
    try:
        float(shown)
    except ValueError:
        return f"({shown})" if _TOLD.fullmatch(shown) else shown
    return f"({shown})"


def _book(rows: Rows) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("pcf")
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # never a formula
    return cell
