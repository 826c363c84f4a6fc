"""A release as files: dated folder, one CSV per table, all cells text. Written by the author, read by everybody."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from factordb.canonical import clean, dumps, plain
from factordb.factor import Factor, Licence, Source
from factordb.unit_process import Exchange, UnitProcess
from lca.doors import read_json, read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused

TABLES: Final = ("electricity", "fuels", "processes", "factors")
_FLAGS: Final = ("may_store", "may_redistribute", "may_use_commercially", "share_alike")
UNIT_PROCESSES: Final = "unit_processes.jsonl"
_MAPS: Final = tuple(part.name for part in fields(Factor) if "Mapping" in str(part.type))
_RISKY: Final = re.compile("'*[=+\\-@#\\t\\r＝＋－＠]")
"""What a spreadsheet program may take for a formula, an error value (``#N/A``) or a command."""
_UNPRINTED: Final = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What a YAML scalar must not hold as it is; the two line separators of Unicode are line ends there."""


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


def guarded(text: str) -> str:
    """``text`` so that no spreadsheet program runs it: an apostrophe before what looks like a formula and is no number.

    Every cell that is written for a spreadsheet passes here; :func:`unguarded` takes the apostrophe off again. A text
    that has one of its own before such a sign gets a second, so that both come back as they were.
    """
    return f"'{text}" if _RISKY.match(text) and not _is_number(text) else text


def unguarded(text: str) -> str:
    """The text that :func:`guarded` wrote."""
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text


def _is_number(text: str) -> bool:
    try:
        Exact.parse(text)
    except Refused:
        return False
    return True


def read(folder: Traversable) -> ReleaseFiles:
    """Read a release folder. Line ends, row order and locale do not matter; see ``factordb.canonical``."""
    meta = read_yaml(folder.joinpath("release.yaml").read_text(encoding="utf-8"))
    factors = [_factor(row) for table in TABLES for row in _rows(folder, table)]
    return ReleaseFiles(
        meta={key: clean(value) for key, value in meta["release"].items()},
        factors=tuple(factors),
        sources=tuple(Source(**{**_NO_SOURCE, **row}) for row in _rows(folder, "sources")),
        licences=tuple(_licence(row) for row in _rows(folder, "licences")),
        left_out={row["id"]: row.get("reason", "") for row in _rows(folder, "left_out")},
        same_year=dict(meta.get("same_year", {})),
        unit_processes=tuple(_unit_processes(folder)),
    )


def write(folder: Path, name: str, items: Iterable[Factor | Source | Mapping[str, str]]) -> None:
    """Write one table, rows sorted by id, only the columns that some row fills."""
    shown = [dict(item) if isinstance(item, Mapping) else plain(item) for item in items]
    for row in shown:
        row.update({key: dumps(value) for key, value in row.items() if isinstance(value, dict)})
        row.update({key: guarded(value) for key, value in row.items() if isinstance(value, str)})
    order = ["id", "reason", *(part.name for kind in (Factor, Source) for part in fields(kind) if part.name != "id")]
    used = [column for column in dict.fromkeys(order) if any(row.get(column) for row in shown)]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, used, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(shown, key=lambda row: str(row["id"])))


def _rows(folder: Traversable, table: str) -> list[dict[str, str]]:
    path = folder.joinpath(f"{table}.csv")
    if not path.is_file():
        return []
    made, reader = [], csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    try:
        for row in reader:
            if None in row or None in row.values():
                found, expected = f"line {reader.line_num}", f"{len(reader.fieldnames or ())} cells, as the header has"
                raise Refused([Fault("import_unreadable", path.name, found, expected)])
            made.append({key: unguarded(clean(cell)) for key, cell in row.items()})
    except csv.Error as error:
        raise Refused([Fault("import_unreadable", path.name, found=str(error), expected="a table in UTF-8")]) from None
    return made


def _unit_processes(folder: Traversable) -> Iterator[UnitProcess]:
    path = folder.joinpath(UNIT_PROCESSES)
    if path.is_file():
        yield from (unit_process(read_json(line)) for line in path.read_text(encoding="utf-8").split("\n") if line)


def unit_process(item: Mapping[str, Any]) -> UnitProcess:
    """A unit process from its plain form."""
    exchanges = tuple(Exchange(**{**_NO_EXCHANGE, **exchange}) for exchange in item.get("exchanges", ()))
    return UnitProcess(**{**_NO_PROCESS, **item, "exchanges": exchanges})


def write_unit_processes(folder: Path, items: Iterable[UnitProcess]) -> None:
    """One process per line, sorted by id."""
    lines = [dumps(plain(item)) + "\n" for item in sorted(items, key=lambda item: item.id)]
    (folder / UNIT_PROCESSES).write_text("".join(lines), encoding="utf-8")


def write_release(folder: Path, content: ReleaseFiles) -> None:
    """The whole content as a release folder: :func:`read` gives the same content back."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [("release", content.meta)] + ([("same_year", content.same_year)] if content.same_year else [])
    lines = [
        line
        for name, items in parts
        for line in (f"{name}:", *(f"  {_quoted(key)}: {_quoted(clean(text))}" for key, text in items.items()))
    ]
    (folder / "release.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write(folder, "factors", content.factors)
    write(folder, "sources", content.sources)
    write(folder, "left_out", [{"id": name, "reason": clean(why)} for name, why in content.left_out.items()])
    with (folder / "licences.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "title", *_FLAGS, "attribution"])
        for item in sorted(content.licences, key=lambda item: item.code):
            flags = ["yes" if getattr(item, flag) else "no" for flag in _FLAGS]
            code, title, attribution = (guarded(clean(text)) for text in (item.code, item.title, item.attribution))
            writer.writerow([code, title, *flags, attribution])
    if content.unit_processes:
        write_unit_processes(folder, content.unit_processes)


def _quoted(text: str) -> str:
    """A YAML scalar in double quotes; what YAML calls not printable, or a line end, is escaped by its number."""
    shown = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _UNPRINTED.sub(lambda match: f"\\u{ord(match[0]):04x}", shown) + '"'


def _factor(row: Mapping[str, str]) -> Factor:
    given: dict[str, Any] = {key: cell for key, cell in row.items() if cell and key not in _MAPS}
    maps = {key: read_json(row[key]) for key in _MAPS if row.get(key)}
    return Factor(**{**_NO_FACTOR, **given, **maps})


def _licence(row: Mapping[str, str]) -> Licence:
    flags = {key: row[key] == "yes" for key in _FLAGS}
    return Licence(code=row["code"], title=row.get("title", ""), attribution=row.get("attribution", ""), **flags)


def blank(kind: Any) -> Mapping[str, Any]:
    """The fields that have no default, empty: a table leaves out what no row fills."""
    return {part.name: "" for part in fields(kind) if part.default is part.default_factory is MISSING}


_NO_FACTOR, _NO_SOURCE, _NO_PROCESS, _NO_EXCHANGE = map(blank, (Factor, Source, UnitProcess, Exchange))
