"""A first mapping from a table's header, for a person to correct: what was recognised, what was not, what is open.

Kinds, the licence and the source are never guessed; a decimal comma is written only where the numbers show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from factordb.canonical import dumps
from factordb.imports.generic import unit_of
from factordb.imports.mapping import FLAGS, fields, headers
from factordb.imports.rows import MAX_HEAD, table
from factordb.imports.sheet import Form, form_of, rows
from lca.exact import fold_width
from lca.faults import Fault, Refused

LOOKED_AT: Final = 2_000
SHOWN: Final = 60


def guess(path: Path) -> str:
    """The mapping as YAML text with comments in both languages.

    Raises:
        Refused: ``import_columns`` where no row looks like a header; what reading the file raises.
    """
    form = form_of(path)
    seen = list(islice((cells for _, cells in rows(path, form)), LOOKED_AT))
    top = seen[:MAX_HEAD]
    header = max(top, key=lambda cells: len(recognised(cells)), default=[])
    columns = recognised(header)
    if not columns:
        found = ", ".join(header)[:200] or "an empty file"
        raise Refused(
            [Fault("import_columns", path.name, found=found, expected="a header with names such as 名称, 单位")]
        )
    if "kind" not in columns and "boundary" in columns:
        # The words for the boundary are what tells the kind; which one is for a person to say.
        columns["kind"] = columns["boundary"]
    below = seen[top.index(header) + 1 :]
    cells = {field: _column(below, header.index(name)) for field, name in columns.items()}
    return "\n".join(_lines(path, form, header, columns, cells)) + "\n"


def recognised(header: Sequence[str]) -> dict[str, str]:
    """Field to column for every header cell that is one of the known words; the first column of a field wins."""
    found: dict[str, str] = {}
    known = {_plain(word): field for field, words in table("generic")["fields"].items() for word in (*words, field)}
    known |= {_plain(text): field for field, text in headers().items()}
    for cell in header:
        field = known.get(_plain(cell)) or known.get(_plain(re.sub(r"[(（\[].*", "", cell)), "")
        if field and field not in found and header.count(cell) == 1:
            found[field] = cell.strip()
    return found


def _plain(text: str) -> str:
    return " ".join(fold_width(text).lower().replace("_", " ").split())


def _column(below: Iterable[Sequence[str]], place: int) -> list[str]:
    texts = (row[place].strip() for row in below if place < len(row))
    return list(dict.fromkeys(text for text in texts if text))


def decimal_of(texts: Iterable[str]) -> str:
    """``,`` or ``.`` where some number can be read in one way only; empty where none decides."""
    for text in texts:
        plain = fold_width(text).strip()
        if re.fullmatch(r"[+-]?\d*,(\d{1,2}|\d{4,})", plain) or re.fullmatch(r"[+-]?0,\d+", plain):
            return ","
        if re.fullmatch(r"[+-]?\d*\.(\d{1,2}|\d{4,})([eE][+-]?\d+)?", plain) or re.fullmatch(r"[+-]?0\.\d+", plain):
            return "."
    whole = all(re.fullmatch(r"[+-]?\d*", fold_width(text).strip()) for text in texts)
    return "." if whole else ""


def _lines(
    path: Path, form: Form, header: Sequence[str], columns: Mapping[str, str], cells: Mapping[str, list[str]]
) -> Iterable[str]:
    yield f"# Mapping for / 映射文件：{path.name}".replace("\n", " ")
    yield "# Fill what is empty; kinds and licence are yours to say. 请填写空白处；因子类型与许可须由您确定。"
    yield "source:  # where the values come from / 数据来源"
    yield from (f"  {key}:" for key in ("id", "title", "publisher", "date", "address"))
    yield "  official_in:  # CN where this is that country's government or standard / 政府或标准发布时填国家代码"
    yield "licence:  # what may be done with the values, yes or no / 许可，填 yes 或 no"
    yield from (f"  {key}:" for key in ("code", "title", *FLAGS, "attribution"))
    yield "file:"
    if form.sheet:
        yield f"  sheet: {dumps(form.sheet)}"
    else:
        yield f"  encoding: {form.encoding}  # found out / 自动识别"
        yield f"  separator: {dumps({chr(9): 'tab'}.get(form.separator, form.separator))}"
    decimal = decimal_of(cells.get("value", ()))
    comment = "" if decimal else "  # not clear from the numbers: . or , / 无法从数字判断：填 . 或 ,"
    yield f"  decimal: {dumps(decimal)}{comment}"
    yield "columns:  # our field: column of the file / 字段：文件中的列名"
    yield from (f"  {field}: {dumps(columns[field])}" for field in fields() if field in columns)
    if "value" not in columns:
        yield "  value:  # not recognised: the column of the factor / 未识别：请填写因子所在列"
    unused = [cell for cell in header if cell.strip() and cell.strip() not in columns.values()]
    yield from (f"  # not used / 未使用: {dumps(cell)}" for cell in unused)
    yield "fixed:  # what all rows share / 各行相同的值"
    needed = [field for field in table("generic")["required"] if field not in columns and field != "value"]
    yield from (f"  {field}:" for field in needed)
    yield "units:  # text of the file: our unit, kgCO2e/kg / 文件中的单位：本系统单位"
    units = {text: unit_of(text, {}, "") for text in cells.get("unit", ())[:SHOWN]}
    yield from (f"  {dumps(text)}: {dumps(unit) if '/' in unit else ''}".rstrip() for text, unit in units.items())
    yield "kinds:  # text of the file: our kind, cradle_to_gate ... / 文件中的类型：本系统类别"
    yield from (f"  {dumps(text)}:" for text in cells.get("kind", ())[:SHOWN])
    yield "places:  # text of the file: code, CN / 文件中的地区：代码"
    places = table("generic")["places"]
    yield from (f"  {dumps(text)}: {places.get(text, '')}".rstrip() for text in cells.get("place", ())[:SHOWN])
