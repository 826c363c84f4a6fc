"""Interval series beside a data file: read, summed, kept as attachments; their sums take their place in the data."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from lca.codec import encode
from lca.faults import Collector, Fault, Refused
from pcr.intervals import Series, read_series

MAX_SERIES: Final = 20_000_000
CSV: Final = "text/csv"
MOST: Final = 20
"""Series that one data file may bring: a works has a few lines with meters of their own."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to the data, kept by its digest."""

    content: bytes
    media_type: str
    name: str = ""
    """As its sender named it."""
    series: str = ""
    """Of an interval series the digest of its sums: of the text that was read, in one form for all spellings."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the names of series lead."""

    held: Callable[[str], bytes | None]
    """The content of a series by the name the data give it; None where there is none."""
    expected: str
    """What a name must be, for who gave another."""


NOWHERE: Final = Source(lambda name: None, "a CSV that came with the data; none did")
Summed = tuple[Any, tuple[Attachment, ...], list[Fault]]
"""Data with sums, in which a row whose series is faulty has none; the files that were read; all faults."""


def with_series(data: Any, source: Source) -> Summed:
    """The data with ``supply.series: {file: wind.csv}`` replaced by the sums of the file, each file read once.

    The faults: a name that leads nowhere, what is wrong in each file, and sums that somebody typed
    (``series_form``): they are what a rule takes for metered, so they come from a file that was read, or not at all.
    """
    wanted = list(_wanted(data))
    if not wanted:
        return data, (), []
    made = copy.deepcopy(data)
    faults = Collector()
    kept: dict[str, tuple[Series, Attachment]] = {}
    wrong: set[str] = set()
    for number, given in wanted:
        where, supply = f"/rows/{number}/supply/series", made["rows"][number]["supply"]
        name = given.get("file")
        if not isinstance(name, str) or len(given) > 1:
            del supply["series"]
            found = ", ".join(map(str, given))[:200] or "nothing"
            faults.add(Fault("series_form", where, found, expected="file, and nothing beside it"))
            continue
        try:  # what is missing is told at each of its rows, what is wrong inside it once
            if name not in kept and (name not in wrong or source.held(name) is None):
                kept[name] = _read(source, name, made.get("period"), f"{where}/file")
        except Refused as refused:
            wrong.add(name)
            faults.take(refused, f"{where}/file")
        if name in kept:
            supply["series"] = {key: str(value) for key, value in encode(kept[name][0]).items()}
        else:
            del supply["series"]
    return made, tuple(attachment for _, attachment in kept.values()), list(faults.faults)


def _wanted(data: Any) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Number of each row that has a series, and what is said of it; another form of it is the reader's to refuse."""
    rows = data.get("rows") if isinstance(data, dict) else None
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        supply = row.get("supply") if isinstance(row, dict) else None
        series = supply.get("series") if isinstance(supply, dict) else None
        if isinstance(series, dict):
            yield number, series


def in_folder(folder: Path) -> Source:
    """The files of a folder and below; a path that leaves it leads nowhere."""
    base = folder.resolve()

    def held(name: str) -> bytes | None:
        try:
            path = (base / name).resolve()
            if not path.is_relative_to(base) or not path.is_file() or path.stat().st_size > MAX_SERIES:
                return None
            return path.read_bytes()
        except (ValueError, OSError):  # a name that no file can have
            return None

    return Source(held, f"a CSV of at most {MAX_SERIES:,} bytes in the folder of the data file")


def sent_along(data: Any, files: Iterable[tuple[str, bytes]]) -> tuple[Source, list[Fault]]:
    """Files that came with the data, and what is wrong with their names: two alike, or one that no row gives."""
    there: dict[str, bytes] = {}
    faults = []
    for name, content in files:
        if name in there:
            faults.append(Fault("series_twice", name, found="two files of this name", expected="one"))
        there[name] = content
    asked = {given["file"] for _, given in _wanted(data) if isinstance(given.get("file"), str)}
    expected = ", ".join(sorted(asked))[:200] or "no file: no row names one"
    faults += [Fault("series_unused", name, found=name, expected=expected) for name in sorted(set(there) - asked)]
    told = ", ".join(sorted(there))[:200] or "no CSV"
    return Source(there.get, f"one of the files sent with it: {told}"), faults


def _read(source: Source, name: str, period: Any, where: str) -> tuple[Series, Attachment]:
    content, expected = source.held(name), source.expected
    if content is None:
        raise Refused([Fault("series_missing", where, found=name, expected=expected)])
    try:
        start, end = (date.fromisoformat(str(period[key])) for key in ("start", "end"))
        text = content.decode("utf-8-sig")
    except (ValueError, KeyError, TypeError) as error:
        raise Refused([Fault("series_missing", where, found=f"{name}: {error}", expected=expected)]) from None
    read = read_series(text, start, end, name)
    return read, Attachment(content, CSV, name, read.sha256)


def named_again(data: Any, names: Mapping[str, str]) -> Any:
    """Data with sums as data that name files, to be sent once more together with them.

    ``names``: file by the digest that its sums bear; sums of another digest stay, and are refused when they are sent.
    """
    found = [(number, names.get(str(given.get("sha256")), "")) for number, given in _wanted(data)]
    if not any(name for _, name in found):
        return data
    made = copy.deepcopy(data)
    for number, name in found:
        if name:
            made["rows"][number]["supply"]["series"] = {"file": name}
    return made
