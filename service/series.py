"""Interval series beside a data file: read, summed, kept as attachments; their sums take their place in the data."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from lca.codec import encode
from lca.faults import Collector, Fault, Refused
from pcr.intervals import Series, read_series

MAX_SERIES: Final = 20_000_000
CSV: Final = "text/csv"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to the data, kept by its digest."""

    content: bytes
    media_type: str


Held = Callable[[str], bytes | None]
"""The content of a series by the name the data give it; None where there is none."""


def with_series(data: Any, folder: Path) -> tuple[Any, tuple[Attachment, ...]]:
    """The data with ``supply.series: {file: wind.csv}`` replaced by the sums of the file.

    Raises:
        Refused: ``series_missing`` (also for a path that leaves the folder) and the faults of all files at once.
    """
    wanted = _named(data)
    if not wanted:
        return data, ()
    expected = f"a CSV of at most {MAX_SERIES:,} bytes in the folder of the data file"
    made, attachments, faults = _summed(data, wanted, _in_folder(folder), expected)
    if faults:
        raise Refused(faults)
    return made, attachments


def with_uploads(data: Any, files: Iterable[tuple[str, bytes]]) -> tuple[Any, tuple[Attachment, ...], list[Fault]]:
    """The same from files that came with the data: a name in the data finds one of these or nothing.

    Returns:
        The data with sums, in which a row whose series is faulty has none; the files that were read; all faults:
        a name that no file has, a file that no row names, two files of one name, and what is wrong in each.
    """
    there: dict[str, bytes] = {}
    faults = []
    for name, content in files:
        if name in there:
            faults.append(Fault("series_twice", name, found="two files of this name", expected="one"))
        there[name] = content
    wanted = _named(data)
    told = ", ".join(sorted(there))[:200] or "no CSV"
    made, attachments, wrong = _summed(data, wanted, there.get, f"one of the files sent with it: {told}")
    asked = {name for _, name in wanted}
    expected = ", ".join(sorted(asked))[:200] or "no file: no row names one"
    faults += [Fault("series_unused", name, found=name, expected=expected) for name in sorted(set(there) - asked)]
    return made, attachments, [*faults, *wrong]


def _named(data: Any) -> list[tuple[int, str]]:
    """Number and file of each row that names a series."""
    rows = data.get("rows") if isinstance(data, dict) else None
    return [
        (number, row["supply"]["series"]["file"])
        for number, row in enumerate(rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
        and isinstance(row.get("supply"), dict)
        and isinstance(row["supply"].get("series"), dict)
        and isinstance(row["supply"]["series"].get("file"), str)
    ]


def _summed(
    data: Any, wanted: Sequence[tuple[int, str]], held: Held, expected: str
) -> tuple[Any, tuple[Attachment, ...], list[Fault]]:
    """The data with sums in place of names, the files, and all faults; each file is read once, named how often."""
    if not wanted:
        return data, (), []
    made = copy.deepcopy(data)
    faults = Collector()
    kept: dict[str, tuple[Series, Attachment]] = {}
    wrong: set[str] = set()
    for number, name in wanted:
        where, supply = f"/rows/{number}/supply/series/file", made["rows"][number]["supply"]
        try:
            if name not in kept and (name not in wrong or held(name) is None):  # what is missing, at each of its rows
                kept[name] = _read(held, name, made.get("period"), where, expected)
        except Refused as refused:
            wrong.add(name)
            faults.take(refused, where)
        if name in kept:
            supply["series"] = {key: str(value) for key, value in encode(kept[name][0]).items()}
        else:
            del supply["series"]
    return made, tuple(attachment for _, attachment in kept.values()), list(faults.faults)


def _in_folder(folder: Path) -> Held:
    base = folder.resolve()

    def held(name: str) -> bytes | None:
        try:
            path = (base / name).resolve()
            if not path.is_relative_to(base) or not path.is_file() or path.stat().st_size > MAX_SERIES:
                return None
            return path.read_bytes()
        except (ValueError, OSError):  # a name that no file can have
            return None

    return held


def _read(held: Held, name: str, period: Any, where: str, expected: str) -> tuple[Series, Attachment]:
    content = held(name)
    if content is None:
        raise Refused([Fault("series_missing", where, found=name, expected=expected)])
    try:
        start, end = (date.fromisoformat(str(period[key])) for key in ("start", "end"))
        text = content.decode("utf-8-sig")
    except (ValueError, KeyError, TypeError) as error:
        raise Refused([Fault("series_missing", where, found=f"{name}: {error}", expected=expected)]) from None
    return read_series(text, start, end, name), Attachment(content, CSV)
