"""Any table, by a mapping: delimited text or a sheet, each row one factor. Nothing is read that the mapping omits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from factordb.canonical import sha256
from factordb.factor import Factor
from factordb.imports.intake import Intake
from factordb.imports.mapping import Layout
from factordb.imports.rows import MAX_HEAD, filled, joined, table
from factordb.imports.sheet import rows
from factordb.kinds import is_kind
from lca.exact import fold_width
from lca.faults import Fault, Refused

_PLACE: Final = re.compile(r"[A-Z]{2,3}(?:[0-9]{2})?(?:-.+)?")
_DAY: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_GAS: Final = re.compile(r"(?:g|kg|t)CO2e?/.+")
_TO_ASCII: Final = str.maketrans({"₂": "2", "²": "2", "³": "3", "·": "*", "×": "*", "⋅": "*", "／": "/"})
_SPACES: Final = str.maketrans("", "", " \u00a0\u2009\u202f'’")


def read(path: Path, intake: Intake, layout: Layout) -> None:
    """Every row below the header that the mapping names.

    Raises:
        Refused: ``import_columns`` where a named column is missing or stands twice.
    """
    intake.notes[f"read as {layout.form.sheet or layout.form.encoding}"] = 1
    for where, row in _records(path, intake, layout):
        formula = next((text for text in row.values() if text.startswith("=")), "")
        if formula:
            intake.reject(where, "value_unreadable", f"a formula: {formula}")
            continue
        reason, found, factor = _factor(row, layout)
        if factor is None:
            intake.reject(where, reason, found)
        else:
            intake.accept(factor, where)


def _records(path: Path, intake: Intake, layout: Layout) -> Iterator[tuple[str, dict[str, str]]]:
    """Field to cell, blank cells left out."""
    found = rows(path, layout.form)
    wanted = {column for column in layout.columns.values() if column}
    header = _header(path, found, wanted)
    places = {field: header.index(column) for field, column in layout.columns.items() if column}
    for where, cells in found:
        if len(cells) != len(header) and not (layout.form.sheet and not any(cells[len(header) :])):
            intake.reject(where, "row_broken", f"{len(cells)} columns, header {len(header)}")
            continue
        row = {field: cells[place].strip() if place < len(cells) else "" for field, place in places.items()}
        yield where, {**layout.fixed, **filled(row)}


def _header(path: Path, found: Iterator[tuple[str, list[str]]], wanted: set[str]) -> list[str]:
    best: list[str] = []
    for _, cells in islice(found, MAX_HEAD):
        names = [cell.strip() for cell in cells]
        if wanted <= set(names):
            twice = sorted(name for name in wanted if names.count(name) > 1)
            if twice:
                raise Refused([Fault("import_columns", path.name, f"twice: {', '.join(twice)}", "each column once")])
            return names
        best = max(best, names, key=lambda row: len(wanted & set(row)))
    missing = ", ".join(sorted(wanted - set(best)))
    raise Refused([Fault("import_columns", path.name, ", ".join(best)[:200] or "an empty file", missing)])


def _factor(row: Mapping[str, str], layout: Layout) -> tuple[str, str, Factor | None]:
    """The factor, or the reason and what was found."""
    words = table("generic")
    value, reason = number(row.get("value", ""), layout.decimal)
    unit = unit_of(row.get("unit", ""), layout.units, row.get("counted", ""))
    kind = row.get("kind", "")
    kind = layout.kinds.get(kind, kind)
    place = row.get("place", "")
    place = layout.places.get(place) or words["places"].get(place, place)
    year = re.sub(r"年$", "", row.get("year", ""))
    days = {name: day(row.get(name, "")) for name in ("valid_from", "valid_to", "published")}
    checks = (
        (bool(reason), reason, row.get("value", "") or "blank"),
        (not row.get("unit") or not unit, "unit_unknown" if row.get("unit") else "unit_missing", row.get("unit", "")),
        (kind != "spend_based" and not _GAS.fullmatch(unit), "not_a_gas_factor", unit),
        (not is_kind(kind), "kind_unknown", kind or "blank"),
        (not _PLACE.fullmatch(place), "needs_review", f"place {place or 'blank'}"),
        (bool(year) and not re.fullmatch(r"[0-9]{4}", year), "needs_review", f"year {year}"),
        (None in days.values(), "needs_review", f"a date: {', '.join(row.get(name, '') for name in days)}"),
    )
    for holds, why, found in checks:
        if holds:
            return why, found, None
    named = {name: joined(row.get(name, "")) for name in ("name_zh", "name_en")}
    content = "|".join((*named.values(), place, year, unit, kind, row.get("boundary", ""), row.get("technology", "")))
    return "", "", Factor(
        id=row.get("id") or f"{layout.source.id}-{sha256(content)[:12]}",
        name_en=named["name_en"],
        name_zh=named["name_zh"],
        synonyms=row.get("synonyms", ""),
        category=row.get("category", ""),
        kind=kind,
        place=place,
        year=year,
        value=value,
        unit=unit,
        source=layout.source.id,
        confidence="seen",
        boundary=row.get("boundary", ""),
        gwp_set=row.get("gwp_set", "unknown"),
        locator=row.get("locator", ""),
        published=days["published"] or "",
        valid_from=days["valid_from"] or "",
        valid_to=days["valid_to"] or "",
        technology=row.get("technology", ""),
        note=row.get("note", ""),
        uncertainty={"percent": row["uncertainty"], "level": "not stated"} if row.get("uncertainty") else {},
        gases=_dotted(row, "gas.", layout.decimal),
        lines=_dotted(row, "line.", layout.decimal),
        codes=_dotted(row, "code.", ""),
        properties=_dotted(row, "property.", ""),
    )  # fmt: skip


def _dotted(row: Mapping[str, str], start: str, decimal: str) -> dict[str, str]:
    """Fields of one family, their numbers read as the value is; a number that cannot be read stays as written."""
    found = {field.removeprefix(start): text for field, text in row.items() if field.startswith(start)}
    return filled({name: number(text, decimal)[0] or text for name, text in found.items()} if decimal else found)


def number(text: str, decimal: str) -> tuple[str, str]:
    """A number with a decimal point, or empty and the reason. Groups of three are groups; ``1.5`` with a decimal
    comma is neither."""
    folded = fold_width(text).translate(_SPACES)
    if folded in table("generic")["missing"]:
        return "", "value_missing"
    group = "," if decimal == "." else "."
    whole = rf"(?:\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d*)"
    if not re.fullmatch(rf"[+-]?{whole}(?:{re.escape(decimal)}\d*)?(?:[eE][+-]?\d+)?", folded):
        return "", "value_unreadable"
    return folded.replace(group, "").replace(decimal, "."), ""


def unit_of(text: str, units: Mapping[str, str], counted: str) -> str:
    """The unit by the mapping, else by spelling alone: blanks, subscripts, ``CO2-eq``. ``counted``: what stands above
    the line where the table prints only what stands below. Empty: the mapping leaves it open."""
    if text in units:
        return units[text]
    plain = fold_width(text).translate(_TO_ASCII)
    upper, line, lower = plain.partition("/")
    if not line:
        return f"{counted}/{plain.strip()}" if counted and plain.strip() else plain
    upper = "".join(upper.split())
    return f"{table('generic')['counted'].get(upper, upper)}/{lower.strip()}"


def day(text: str) -> str | None:
    """An ISO date; a year or month as it is; None where it cannot be read."""
    if not text or re.fullmatch(r"[0-9]{4}(?:-[0-9]{2})?", text):
        return text
    found = _DAY.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else None
