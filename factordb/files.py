"""A release as files: dated folder, one CSV per table, all cells text. Written by the author, read by everybody."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from factordb.canonical import clean, dumps, plain
from factordb.factor import Factor, Licence, Source
from factordb.unit_process import Exchange, UnitProcess
from lca.doors import read_json, read_yaml

TABLES: Final = ("electricity", "fuels", "processes", "factors")
_FLAGS: Final = ("may_store", "may_redistribute", "may_use_commercially", "share_alike")
UNIT_PROCESSES: Final = "unit_processes.jsonl"
_MAPS: Final = tuple(part.name for part in fields(Factor) if "Mapping" in str(part.type))


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """Content of a release before it is checked and sealed."""

    meta: Mapping[str, str]
    """id, title_en, title_zh, layer (public, supplier, private), published (date), importer."""
    factors: tuple[Factor, ...]
    sources: tuple[Source, ...]
    licences: tuple[Licence, ...]
    left_out: Mapping[str, str]
    """Rows of the collection that are not carried, with the reason: a look-up for one can say so."""
    same_year: Mapping[str, str]
    """Series whose value must be of the year another series is used with (T&D and generation)."""
    unit_processes: tuple[UnitProcess, ...] = ()
    """What ``flows`` of its factors were solved from."""


def read(folder: Traversable) -> ReleaseFiles:
    """Read a release folder. Line ends, row order and locale do not matter; see ``factordb.canonical``."""
    meta = read_yaml(folder.joinpath("release.yaml").read_text(encoding="utf-8"))
    factors = [_factor(row) for table in TABLES for row in _rows(folder, table)]
    return ReleaseFiles(
        meta={key: clean(value) for key, value in meta["release"].items()},
        factors=tuple(factors),
        sources=tuple(Source(**row) for row in _rows(folder, "sources")),
        licences=tuple(_licence(row) for row in _rows(folder, "licences")),
        left_out={row["id"]: row["reason"] for row in _rows(folder, "left_out")},
        same_year=dict(meta.get("same_year", {})),
        unit_processes=tuple(_unit_processes(folder)),
    )


def write(folder: Path, name: str, items: Iterable[Factor | Source | Mapping[str, str]]) -> None:
    """Write one table, rows sorted by id, only the columns that some row fills."""
    shown = [dict(item) if isinstance(item, Mapping) else plain(item) for item in items]
    for row in shown:
        row.update({key: dumps(value) for key, value in row.items() if isinstance(value, dict)})
    order = ["id", "reason", *(part.name for kind in (Factor, Source) for part in fields(kind) if part.name != "id")]
    used = [column for column in dict.fromkeys(order) if any(row.get(column) for row in shown)]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, used, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(shown, key=lambda row: str(row["id"])))


def _rows(folder: Traversable, table: str) -> list[dict[str, str]]:
    path = folder.joinpath(f"{table}.csv")
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    return [{key: clean(cell) for key, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]


def _unit_processes(folder: Traversable) -> Iterator[UnitProcess]:
    path = folder.joinpath(UNIT_PROCESSES)
    if path.is_file():
        yield from (unit_process(read_json(line)) for line in path.read_text(encoding="utf-8").splitlines() if line)


def unit_process(item: Mapping[str, Any]) -> UnitProcess:
    """A unit process from its plain form."""
    blank = {part.name: "" for part in fields(UnitProcess) if part.default is part.default_factory is MISSING}
    exchanges = tuple(Exchange(**{"name": "", **exchange}) for exchange in item.get("exchanges", ()))
    return UnitProcess(**{**blank, **item, "exchanges": exchanges})


def write_unit_processes(folder: Path, items: Iterable[UnitProcess]) -> None:
    """One process per line, sorted by id."""
    lines = [dumps(plain(item)) + "\n" for item in sorted(items, key=lambda item: item.id)]
    (folder / UNIT_PROCESSES).write_text("".join(lines), encoding="utf-8")


def _factor(row: Mapping[str, str]) -> Factor:
    given: dict[str, Any] = {key: cell for key, cell in row.items() if cell and key not in _MAPS}
    maps = {key: read_json(row[key]) for key in _MAPS if row.get(key)}
    blank = {key: "" for key in ("place", "year", "value", "unit")}
    return Factor(**{**blank, **given, **maps})


def _licence(row: Mapping[str, str]) -> Licence:
    flags = {key: row[key] == "yes" for key in _FLAGS}
    return Licence(code=row["code"], title=row["title"], attribution=row["attribution"], **flags)
