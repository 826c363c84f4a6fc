"""Delimited text as rows: decoded or refused, counted, streamed. Shared by the importers of tables."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TextIO

from factordb.imports.intake import Intake
from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused

MAX_FILE: Final = 500_000_000
MAX_CELL: Final = 100_000
"""Characters of one cell: no name, number or comment of an honest table is longer; a lost quote mark makes one."""
MAX_HEAD: Final = 20
"""Rows a publisher may print above the header."""
_DIGITS: Final = 34
"""Digits kept of a quotient that does not end; typed numbers have at most 40."""


@cache
def table(name: str) -> Any:
    """The words of a publisher and what they are here: ``factordb/imports/data/<name>.yaml``."""
    text = files("factordb.imports").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    return read_yaml(text)


def unreadable(path: Path, found: str, expected: str) -> Refused:
    """The file is not what its importer reads."""
    return Refused([Fault("import_unreadable", path.name, found=found[:200], expected=expected)])


def too_large(path: Path, found: str, expected: str) -> Refused:
    """The file or one of its cells is larger than any honest one."""
    return Refused([Fault("import_too_large", path.name, found=found, expected=expected)])


def weighed(path: Path, limit: int = MAX_FILE) -> int:
    """Size of a file in bytes.

    Raises:
        Refused: ``import_unreadable`` where there is no such file, ``import_too_large``.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise unreadable(path, error.strerror or "no file", "a file that can be read") from None
    if not path.is_file():
        raise unreadable(path, "a folder", "a file")
    if size > limit:
        raise too_large(path, f"{size:,} bytes", f"at most {limit:,} bytes")
    return size


def encoding_of(path: Path, candidates: Sequence[str]) -> str:
    """The first encoding that reads the whole file; the last may be one that reads any bytes (``latin-1``).

    Raises:
        Refused: ``import_unreadable`` where none does.
    """
    weighed(path)
    for name in candidates:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as raw:
                while chunk := raw.read(1 << 20):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise unreadable(path, "no text in any of these encodings", ", ".join(candidates))


@contextmanager
def refusing(path: Path, encoding: str) -> Iterator[None]:
    """A file that is not in its encoding, or not a table, is refused by name.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        bad = error.object[error.start : error.start + 4].hex(" ")
        raise unreadable(path, f"bytes {bad} are no {encoding}", f"text in {encoding}") from None
    except csv.Error as error:
        if "field larger" in str(error):
            raise too_large(path, "a cell that does not end", f"at most {MAX_CELL:,} characters") from None
        raise unreadable(path, str(error), "a table of delimited text") from None


def records(
    path: Path,
    intake: Intake,
    columns: Sequence[str],
    encoding: str = "utf-8-sig",
    separator: str = ",",
    broken: Callable[[int, str], None] | None = None,
) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row of a table with its place (``line 12``), streamed; a row of another width is refused.

    ``columns`` are those the importer needs; the header may stand below some rows of title. ``broken`` is told of a
    row of another width; without it the row is refused in the intake.

    Raises:
        Refused: ``import_columns``, ``import_unreadable``, ``import_too_large``.
    """
    size = weighed(path)
    with path.open(encoding=encoding, newline="") as text, refusing(path, encoding):
        reader = csv.reader(_lines(text, intake, size), delimiter=separator)
        header = _header(path, reader, columns)
        for row in reader:
            if not any(row):
                continue
            where = f"line {reader.line_num}"
            if max(map(len, row)) > MAX_CELL:
                raise too_large(path, f"{where}: a cell of {max(map(len, row)):,} characters", f"{MAX_CELL:,}")
            if len(row) != len(header):
                found = f"{len(row)} columns, header {len(header)}"
                if broken is None:
                    intake.reject(where, "row_broken", found)
                else:
                    broken(reader.line_num, found)
                continue
            yield where, dict(zip(header, row, strict=True))
    intake.progress(size, size)


def _lines(text: TextIO, intake: Intake, size: int) -> Iterator[str]:
    """Lines with their ends, as :mod:`csv` wants them; told to ``progress`` every few hundred."""
    for number, line in enumerate(text):
        if number % 500 == 0:
            intake.progress(min(text.buffer.tell(), size), size)
        yield line


def _header(path: Path, reader: Iterator[list[str]], columns: Sequence[str]) -> list[str]:
    seen: list[list[str]] = []
    for row in reader:
        names = [name.strip() for name in row]
        if set(columns) <= set(names):
            twice = sorted({name for name in names if name and names.count(name) > 1})
            if twice:
                raise Refused([Fault("import_columns", path.name, f"twice: {', '.join(twice)}", "each column once")])
            return names
        seen.append(names)
        if len(seen) >= MAX_HEAD:
            break
    best = max(seen, key=lambda names: len(set(names) & set(columns)), default=[])
    found = ", ".join(best)[:200] or "an empty file"
    missing = ", ".join(name for name in columns if name not in best)
    raise Refused([Fault("import_columns", path.name, found=found, expected=f"also the columns {missing}")])


def quotient(value: str, amount: str) -> tuple[str, bool]:
    """``value`` / ``amount`` as a decimal, and whether that is exact; 34 digits where the decimal does not end.

    Raises:
        Refused: a number that cannot be read. ZeroDivisionError: an amount of zero.
    """
    exact = Exact.parse(value) / Exact.parse(amount)
    text = exact.text()
    if "/" not in text and len(text) <= _DIGITS:
        return text, True
    return exact.significant(_DIGITS), False


def filled(items: Mapping[str, str]) -> dict[str, str]:
    """Only what has a text: a blank is unknown and is not stored as one."""
    return {key: text.strip() for key, text in items.items() if text and text.strip()}


def joined(*parts: str, by: str = ", ") -> str:
    """The parts that have a text, white space evened out."""
    return by.join(" ".join(part.split()) for part in parts if part and part.strip())
