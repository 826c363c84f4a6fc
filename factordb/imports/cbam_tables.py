"""CBAM default values and benchmarks: the original act, its retroactive correction, and the transitional period.

A folder is read file by file, originals first, so that a correction finds the row it corrects; a single file too.
The grid factors of Annexes II and III are IEA data and have no reader. The list of goods holds no values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from factordb.factor import Licence, Source
from factordb.imports import cbam_rows as made
from factordb.imports.cbam_rows import Good
from factordb.imports.intake import Intake
from factordb.imports.rows import records, table, unreadable, weighed
from lca.doors import read_json

DEFAULTS_CSV = ("country", "iso2", "cn_code", "production_route", "direct", "indirect", "total", "period", "basis")
BENCHMARKS_CSV = ("cn_code", "description", "column", "production_route", "production_years", "benchmark")
MAX_JSON: Final = 20_000_000
LICENCE: Final = "eu-reuse"


def about() -> tuple[Source, Licence]:
    """The document and its licence."""
    attribution = "European Union, reuse under Decision 2011/833/EU; changes: form only"
    return _source("2621"), Licence(LICENCE, "Commission reuse policy", True, True, True, False, attribution)


def _source(act: str) -> Source:
    words = table("cbam")["acts"][act]
    return Source(words["id"], words["title"], "European Commission", words["published"], words["address"], LICENCE, "")


def read(path: Path, intake: Intake) -> None:
    """One file, or every known file below a folder."""
    intake.more_sources |= {_source(act).id: _source(act) for act in table("cbam")["acts"]}
    if path.is_dir():
        found = [(item, reader) for name, reader in _READERS.items() for item in sorted(path.rglob(name))]
        if not found:
            raise unreadable(path, "none of the known files", ", ".join(_READERS))
        for item, reader in found:
            reader(item, intake)
        return
    for name, reader in _READERS.items():
        if path.name.startswith(name.partition(".")[0]) and path.suffix == Path(name).suffix:
            reader(path, intake)
            return
    raise unreadable(path, path.name, ", ".join(_READERS))


def _items(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    weighed(path, MAX_JSON)
    try:
        items = read_json(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise unreadable(path, "no UTF-8", "JSON text in UTF-8") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise unreadable(path, "no list of records", "a list of records")
    for number, item in enumerate(items, 1):
        yield f"{path.name} record {number}", item


def _defaults(path: Path, intake: Intake) -> None:
    for where, item in _items(path):
        iso = table("cbam")["countries"].get(item.get("country") or "", "")
        if not iso:
            intake.reject(where, "needs_review", f"country {item.get('country')}")
            continue
        good = Good.of("2621", iso, item, "indirect" if item.get("indirect") not in ("NA", "") else "")
        _take(intake, where, good)


def _annex_iv(path: Path, intake: Intake) -> None:
    for where, item in _items(path):
        good = Good.of("2621", "XX", {**item, "total": item.get("highest")}, made.counted(item.get("cn_code") or ""))
        _take(intake, where, good)


def _benchmarks(path: Path, intake: Intake) -> None:
    for where, item in _items(path):
        for column in ("column_a", "column_b"):
            for value in item.get(column) or ():
                years = table("cbam")["periods"].get(value.get("year") or "", "")
                _benchmark(intake, where, item, (column[-1], value.get("route") or "", years), value.get("value") or "")


def _csv_benchmarks(path: Path, intake: Intake) -> None:
    for where, row in records(path, intake, BENCHMARKS_CSV):
        of = (row["column"].lower(), row["production_route"], row["production_years"])
        _benchmark(intake, f"{path.name} {where}", row, of, row["benchmark"])


def _benchmark(intake: Intake, where: str, item: Mapping[str, Any], of: tuple[str, str, str], value: str) -> None:
    factor = made.benchmark(item, of, value)
    known = intake.factors.get(factor.id)
    if known is not None and known.value == factor.value:
        # The same act transcribed twice: the descriptions differ, the value does not.
        intake.read += 1
        intake.same += 1
    else:
        intake.accept(factor, where)


def _csv_defaults(path: Path, intake: Intake) -> None:
    """Original rows first, so that a correction finds what it corrects wherever it stands in the file."""
    corrections: list[tuple[str, Good]] = []
    for where, row in records(path, intake, DEFAULTS_CSV):
        where = f"{path.name} {where}"
        act = _act(row)
        if not act:
            intake.reject(where, "needs_review", f"basis {row['basis']}")
            continue
        of = made.counted(row["cn_code"]) if row["iso2"] == "XX" else "indirect" if row["indirect"] else ""
        item = {**row, "route": row["production_route"]} | {
            f"markup_{year}": row.get(f"published_incl_markup_{year}", "") for year in ("2026", "2027", "2028")
        }
        good = Good.of(act, row["iso2"], item, of)
        if act == "1740":
            corrections.append((where, good))
        else:
            _first_or_same(intake, where, good)
    for where, good in corrections:
        original = made.corrected_by(good, intake.factors)
        _take(intake, where, good, original.id if original else "")


def _first_or_same(intake: Intake, where: str, good: Good) -> None:
    """A row of the original act: taken, or the same value as the other transcription has, or in conflict with it."""
    known = made.same_good(good, intake.factors) if good.act == "2621" else None
    if known is None or good.total in table("cbam")["missing"]:
        _take(intake, where, good)
    elif known.value == good.total:
        intake.read += 1
        intake.same += 1
    else:
        intake.reject(where, "duplicate_id", f"{known.id}: {known.value}, here {good.total}")


def _act(row: Mapping[str, str]) -> str:
    """Which act a row of the collection is from; its words for the vintage, none of which is guessed."""
    if row["period"].startswith("transitional"):
        return "transitional"
    if "as replaced by 2026/1740" in row["basis"]:
        return "1740"
    return "2621" if "original text" in row["basis"] else ""


def _take(intake: Intake, where: str, good: Good, corrects: str = "") -> None:
    if good.total in table("cbam")["missing"]:
        intake.reject(where, "value_missing", f"{good.iso} {good.cn}: {good.total or 'blank'}")
        return
    if not good.cn:
        intake.reject(where, "row_broken", "no CN code")
        return
    if good.act == "1740" and not corrects:
        intake.notes["correction whose original row is not in the file"] += 1
    intake.accept(made.default(good, corrects), where)


_READERS: Final[Mapping[str, Callable[[Path, Intake], None]]] = {
    "default_values_2621.json": _defaults,
    "annex_iv_precursor_defaults_2621.json": _annex_iv,
    "benchmarks_2620.json": _benchmarks,
    "cbam_defaults.csv": _csv_defaults,
    "cbam_benchmarks.csv": _csv_benchmarks,
}
