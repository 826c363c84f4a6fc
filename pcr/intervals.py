"""Interval series of a generator and a load: what was generated while it was used.

A year of quarter hours has 35,040 rows, 35,136 in a leap year.  Values are kept as integers of one scale, so sums are
exact and a year is matched in a fraction of a second.  The series itself never enters a statement: its digest and its
sums do.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from lca.exact import Exact, fold_width
from lca.faults import Collector, Fault, Refused
from lca.units import convert
from pcr.equations import equation

MINUTES: Final = {"15min": 15, "30min": 30, "hour": 60}
COLUMNS: Final = ("time", "generation", "load", "export")
MOST_FAULTS: Final = 20
MOST_DAYS: Final = 3660
"""Rows of ten years are read: a file of millions of lines must not become millions of lists."""


@dataclass(frozen=True, slots=True)
class Series:
    """Sums of a normalised interval series in kWh, and the digest of its text."""

    sha256: str
    interval: str
    rows: int
    generation: Exact
    load: Exact
    matched: Exact
    """Sum over intervals of min(generation, load)."""
    export: Exact | None = None
    """Metered export, where the file has an exchange meter."""

    def own_use(self) -> Exact:
        """kWh used from the plant: generation less metered export, else what was matched interval by interval."""
        return self.matched if self.export is None else self.generation - self.export


@equation(
    "electricity.matched",
    text="own use = sum over intervals of min(generation, load), on intervals of at most one hour",
    source="design of this project; hourly matching as in IR (EU) 2025/2547 for CBAM from 2026",
    confidence="derived",
    inputs={"generation": "kWh", "load": "kWh"},
    results={"matched": "kWh"},
)
def matched(generation: Exact, load: Exact) -> Exact:
    """kWh matched in one interval."""
    return min(generation, load)


def read_series(text: str, start: date, end: date, where: str = "") -> Series:
    """Read ``time,generation,load[,export]``, a unit in each head as in ``generation_kWh``; local time, no gaps.

    Raises:
        Refused: up to twenty faults named by line (missing or doubled intervals, blanks, negative values);
            ``series_head``, ``series_interval``.
    """
    units, body = _rows(text, _most(start, end), where)
    faults = Collector()
    interval = _interval(body, where)
    step = timedelta(minutes=MINUTES[interval])
    expected = datetime.combine(start, datetime.min.time())
    last = datetime.combine(end + timedelta(days=1), datetime.min.time())
    columns: list[list[str]] = [[] for _ in units]
    for number, row in body:
        if len(faults.faults) >= MOST_FAULTS:
            break
        place = f"{where} line {number}"
        time = _time(row[0] if row else "")
        if time != expected:
            found = row[0] if row else "nothing"
            faults.add(Fault("series_interval", place, found=found, expected=expected.isoformat(timespec="minutes")))
            if time is None:
                continue
            expected = time
        expected += step
        cells = [cell.strip() for cell in row[1:]]
        if len(cells) != len(units) or not all(_plain(cell) for cell in cells):
            wanted = f"{len(units)} numbers of zero or more"
            faults.add(Fault("series_value", place, found=", ".join(cells)[:60] or "blank", expected=wanted))
            continue
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell)
    if not faults.faults and expected != last:
        found, wanted = expected.isoformat(timespec="minutes"), last.isoformat(timespec="minutes")
        faults.add(Fault("series_interval", f"{where} end", found=found, expected=wanted))
    faults.raise_if_any()
    return _summed(units, columns, interval, start)


def _most(start: date, end: date) -> int:
    """Rows of a period at the shortest interval."""
    return max(0, min((end - start).days + 1, MOST_DAYS)) * 24 * 60 // min(MINUTES.values())


def _rows(text: str, most: int, where: str) -> tuple[dict[str, str], list[tuple[int, list[str]]]]:
    """Columns with their units, and the rows that are not blank with their lines: one more than there can be."""
    rows = csv.reader(fold_width(text.removeprefix("\ufeff")).splitlines())
    try:
        units = _head(next(rows, []), where)
        filled = ((number, row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row))
        return units, list(islice(filled, most + 1))
    except csv.Error as error:
        expected = "commas between cells, a line per interval"
        place = f"{where} line {rows.line_num}"
        raise Refused([Fault("series_value", place, found=str(error)[:60], expected=expected)]) from None


def _head(head: Sequence[str], where: str) -> dict[str, str]:
    """Column name to unit, in the order of the file."""
    names = [cell.strip().partition("_") for cell in head]
    found = {name: unit or "kWh" for name, _, unit in names[1:]}
    order = [name for name, _, _ in names]
    if order[:3] != list(COLUMNS[:3]) or order[3:] not in ([], ["export"]):
        expected = "time,generation_kWh,load_kWh[,export_kWh]"
        raise Refused([Fault("series_head", where, found=",".join(head)[:60] or "nothing", expected=expected)])
    return found


def _interval(body: Sequence[tuple[int, Sequence[str]]], where: str) -> str:
    times = [_time(row[0]) for _, row in body[:2]]
    if len(times) == 2 and times[0] is not None and times[1] is not None:
        minutes = int((times[1] - times[0]).total_seconds() // 60)
        for name, known in MINUTES.items():
            if known == minutes:
                return name
    found = f"{body[0][1][0]} and {body[1][1][0]}" if len(body) > 1 else f"{len(body)} rows"
    expected = "times 15, 30 or 60 minutes apart"
    raise Refused([Fault("series_interval", where, found=found[:60], expected=expected)])


def _time(text: str) -> datetime | None:
    """A local time; one with a zone is none: nobody said how it becomes local."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def _plain(cell: str) -> bool:
    whole, _, part = cell.partition(".")
    good = part.isdigit() or "." not in cell
    return len(cell) <= 30 and cell.isascii() and whole.isdigit() and good


def _summed(units: dict[str, str], columns: list[list[str]], interval: str, start: date) -> Series:
    places = max((len(cell.partition(".")[2]) for column in columns for cell in column), default=0)
    whole = {name: _scaled(column, places) for name, column in zip(units, columns, strict=True)}
    ratio = {name: convert(Exact(1), unit, "kWh") / 10**places for name, unit in units.items()}
    digest = hashlib.sha256(f"{start.isoformat()} {interval} {places} {units}\n".encode())
    for values in whole.values():
        digest.update((",".join(map(str, values)) + "\n").encode())
    if units["generation"] == units["load"]:
        pairs = zip(whole["generation"], whole["load"], strict=True)
        both = Exact(sum(min(made, used) for made, used in pairs)) * ratio["generation"]
    else:
        pairs = zip(whole["generation"], whole["load"], strict=True)
        both = sum((matched(made * ratio["generation"], used * ratio["load"]) for made, used in pairs), Exact(0))
    sums = {name: Exact(sum(values)) * ratio[name] for name, values in whole.items()}
    rows = len(whole["generation"])
    sha256 = digest.hexdigest()
    return Series(sha256, interval, rows, sums["generation"], sums["load"], both, sums.get("export"))


def _scaled(cells: Iterable[str], places: int) -> list[int]:
    found = []
    for cell in cells:
        whole, _, part = cell.partition(".")
        found.append(int(whole + part.ljust(places, "0")))
    return found
