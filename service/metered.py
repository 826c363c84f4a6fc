"""The use-case *from the meter's file*: whether interval series give the sums that a record holds.

A record holds digest and sums of a series, not the series (decision 0012). Who has the file adds the intervals up again
and compares both: the step before the two proofs of ``docs/records.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from lca.codec import encode
from lca.faults import Collector, Fault, Refused
from pcr.intervals import read_series
from service.records.sections import integrity_faults, value_of
from service.records.verify import NO_FORM
from service.series import MAX_SERIES

SUMS: Final = ("interval", "rows", "generation", "load", "matched", "export")
Found = Literal["agrees", "differs", "not shown", "of no row"]


@dataclass(frozen=True, slots=True)
class Metered:
    """A row of the record that stands on a series, or a file that no row stands on."""

    row: str
    file: str
    found: Found
    recorded: str = ""
    """The first sum that differs, or the digest; ``read`` is what the file gives."""
    read: str = ""


def metered(record: Mapping[str, Any], files: Sequence[tuple[str, str]]) -> tuple[Metered, ...]:
    """Every series of a record beside the files (name, text) that are said to be behind them.

    Raises:
        Refused: ``record_tampered`` where the record's digests do not hold; ``section_left_out`` for a copy without
            its rows; what is wrong in the files, all at once.
    """
    if wrong := integrity_faults(record):
        raise Refused([Fault("record_tampered", found=", ".join(wrong)[:200], expected="sections of their digests")])
    try:
        works, rows = value_of(record, "given/works"), value_of(record, "given/rows")
        start, end = date.fromisoformat(works["start"]), date.fromisoformat(works["end"])
        held = [(str(row["id"]), dict(row["supply"]["series"])) for row in rows if row.get("supply", {}).get("series")]
        used = {series["sha256"] for _, series in held}
    except NO_FORM as error:
        kind = f"given: {type(error).__name__}"
        raise Refused([Fault("record_tampered", found=kind, expected="rows and a period as a rule reads")]) from None
    faults, read = Collector(), {}
    for name, text in files:
        try:
            read[name] = encode(read_series(text, start, end, name))
        except Refused as refused:
            faults.take(refused, name)
    faults.raise_if_any()
    found = [_one(row, series, read) for row, series in held]
    strays = [name for name, series in read.items() if series["sha256"] not in used]
    return (*found, *(Metered("", name, "of no row", read=read[name]["sha256"]) for name in strays))


def read_texts(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Files as names and texts.

    Raises:
        Refused: ``file_missing``, ``file_too_large``, ``file_encoding``; all.
    """
    faults, found = Collector(), []
    for path in paths:
        if not path.is_file():
            faults.add(Fault("file_missing", str(path), found="no such file", expected="a CSV"))
        elif path.stat().st_size > MAX_SERIES:
            faults.add(Fault("file_too_large", str(path), f"{path.stat().st_size:,} bytes", f"{MAX_SERIES:,}"))
        else:
            try:
                found.append((str(path), path.read_text("utf-8-sig")))  # two folders may hold one name
            except UnicodeDecodeError as error:
                faults.add(Fault("file_encoding", str(path), found=f"byte {error.start}", expected="UTF-8 text"))
    faults.raise_if_any()
    return found


def _one(row: str, series: Mapping[str, Any], read: Mapping[str, Mapping[str, Any]]) -> Metered:
    for name, again in read.items():
        if again["sha256"] == series["sha256"]:
            wrong = next((key for key in SUMS if str(again.get(key, "")) != str(series.get(key, ""))), "")
            if not wrong:
                return Metered(row, name, "agrees", str(series["sha256"]), str(again["sha256"]))
            told = (f"{wrong} {item.get(wrong, '')}".strip() for item in (series, again))
            return Metered(row, name, "differs", *told)
    return Metered(row, "", "not shown", str(series["sha256"]))
