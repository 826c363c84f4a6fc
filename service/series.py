"""Interval series beside a data file: read, summed, kept as attachments; their sums take their place in the data."""

from __future__ import annotations

import copy
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


def with_series(data: Any, folder: Path) -> tuple[Any, tuple[Attachment, ...]]:
    """The data with ``supply.series: {file: wind.csv}`` replaced by the sums of the file.

    Raises:
        Refused: ``series_missing`` (also for a path that leaves the folder) and the faults of all files at once.
    """
    rows = data.get("rows") if isinstance(data, dict) else None
    wanted = [
        (number, row["supply"]["series"]["file"])
        for number, row in enumerate(rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
        and isinstance(row.get("supply"), dict)
        and isinstance(row["supply"].get("series"), dict)
        and isinstance(row["supply"]["series"].get("file"), str)
    ]
    if not wanted:
        return data, ()
    made = copy.deepcopy(data)
    faults = Collector()
    kept: dict[str, tuple[Series, Attachment]] = {}
    for number, name in wanted:
        where = f"/rows/{number}/supply/series"
        try:
            if name not in kept:
                kept[name] = _read(folder, name, made.get("period"), where)
            made["rows"][number]["supply"]["series"] = {key: str(value) for key, value in encode(kept[name][0]).items()}
        except Refused as refused:
            faults.take(refused, where)
    faults.raise_if_any()
    return made, tuple(attachment for _, attachment in kept.values())


def _read(folder: Path, name: str, period: Any, where: str) -> tuple[Series, Attachment]:
    base = folder.resolve()
    path = (base / name).resolve()
    expected = f"a CSV of at most {MAX_SERIES:,} bytes in the folder of the data file"
    if not path.is_relative_to(base) or not path.is_file() or path.stat().st_size > MAX_SERIES:
        raise Refused([Fault("series_missing", where, found=name, expected=expected)])
    content = path.read_bytes()
    try:
        start, end = (date.fromisoformat(str(period[key])) for key in ("start", "end"))
        text = content.decode("utf-8-sig")
    except (ValueError, KeyError, TypeError) as error:
        raise Refused([Fault("series_missing", where, found=f"{name}: {error}", expected=expected)]) from None
    return read_series(text, start, end, name), Attachment(content, CSV)
