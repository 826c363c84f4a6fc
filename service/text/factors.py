"""Differences of releases, standings on two dates and affected records: on a terminal, as JSON, as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from factordb.as_of import Standing
from factordb.diff import Line
from lca.messages import lines as fault_lines
from lca.messages import sentence
from service.impact import Moved
from service.receive import Taken
from service.text.factor_words import said
from service.text.words import Language, label, word

DIFF_COLUMNS = ("change", "id", "old", "new", "percent", "reason", "source", "records")
SHEET_COLUMNS = (*DIFF_COLUMNS[:2], "name", *DIFF_COLUMNS[2:])


def diff_rows(lines: Sequence[Line], using: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Every difference with its seven fields and the records that use the old value."""
    return [
        {
            "change": line.change,
            "id": line.id,
            "name": dict(line.name),
            "old": line.old,
            "new": line.new,
            "percent": line.percent,
            "reason": line.reason,
            "source": line.source,
            "records": list(using.get(line.id, ())),
            "fields": {name: {"old": one, "new": two} for name, (one, two) in line.fields.items()},
        }
        for line in lines
    ]


def print_diff(console: Console, rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    """One block a difference: what, from, to, per cent; below it reason, source and records."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["change"]] = counts.get(row["change"], 0) + 1
    head = " · ".join(f"{said(f'diff_{change}', language)} {count}" for change, count in counts.items())
    console.print(Text(head or said("diff_none", language), style="bold"))
    for row in rows:
        head = f"{said('diff_' + row['change'], language)}  {row['id']}  {label(row['name'], language)}"
        console.print(Text(head, style="bold"))
        none = said("diff_absent", language)
        change = f"  {row['percent']} %" if row["percent"] else ""
        console.print(f"  {row['old'] or none} -> {row['new'] or none}{change}", highlight=False)
        for name, both in row["fields"].items():
            if name != "value":
                console.print(f"  {name}: {both['old'] or none} -> {both['new'] or none}", highlight=False)
        console.print(f"  {said('reason', language)}: {row['reason'] or said('not_stated', language)}", highlight=False)
        console.print(f"  {said('source', language)}: {row['source']}", highlight=False)
        records = ", ".join(name[:12] for name in row["records"][:6]) or "0"
        more = f" (+{len(row['records']) - 6})" if len(row["records"]) > 6 else ""
        console.print(f"  {said('affected_records', language)}: {records}{more}", highlight=False)


def write_diff(path: Path, rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    """The same lines as a workbook; every cell is text, so that no spreadsheet reads a formula or eats a digit."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("diff")
    sheet.append([_cell(sheet, said(f"column_{name}", language)) for name in SHEET_COLUMNS])
    for row in rows:
        values = {**row, "name": label(row["name"], language), "records": ", ".join(row["records"])}
        values["change"] = said("diff_" + row["change"], language)
        sheet.append([_cell(sheet, str(values[name])) for name in SHEET_COLUMNS])
    book.save(path)


def _cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def print_standing(console: Console, found: Sequence[Standing], language: Language) -> None:
    """Value, state, dates; a corrected one names what corrects it."""
    table = Table(box=None, padding=(0, 1))
    for title in ("id", "value", "state", "in_force", "published"):
        table.add_column(said(f"column_{title}", language), overflow="fold")
    for item in found:
        factor = item.factor
        dates = f"{factor.valid_from or '?'} – {factor.valid_to or '…'}" if factor.valid_from or factor.valid_to else ""
        state = said(f"state_{item.state.replace(' ', '_')}", language) + (f": {item.by}" if item.by else "")
        style = "" if item.holds else "dim"
        cells = (factor.id, factor.shown(), state, dates, factor.published)
        table.add_row(*(Text(cell, style=style) for cell in cells))
    console.print(table)


def standing_rows(found: Sequence[Standing]) -> list[dict[str, Any]]:
    """The same as plain values."""
    keys = ("id", "value", "unit", "valid_from", "valid_to", "published", "corrects", "reason", "source")
    return [{key: getattr(item.factor, key) for key in keys} | {"state": item.state, "by": item.by} for item in found]


def print_impact(console: Console, moved: Sequence[Moved], language: Language, most: int = 40) -> None:
    """The most affected first; those that the newer release refuses with their first fault."""
    table = Table(box=None, padding=(0, 1))
    for title in ("record", "product", "old", "new", "percent", "status"):
        table.add_column(said(f"column_{title}", language), overflow="fold")
    changed = [item for item in moved if item.faults or item.old != item.new or item.status[0] != item.status[1]]
    for item in changed[:most]:
        states = " -> ".join(dict.fromkeys(word(state, language) for state in item.status))
        table.add_row(item.name[:12], item.product, item.old, item.new, item.percent, states)
    console.print(table)
    same = said("impact_rest", language)
    console.print(same.format(more=max(len(changed) - most, 0), same=len(moved) - len(changed), all=len(moved)))
    shown: set[str] = set()
    for item in changed:
        for fault in item.faults:
            if fault.code not in shown:
                shown.add(fault.code)
                for text in fault_lines(fault, language):
                    console.print(Text(f"  {text}"))


def impact_rows(moved: Sequence[Moved]) -> list[dict[str, Any]]:
    """The same as plain values; faults by code, place and what was found."""
    rows = []
    for item in moved:
        row = asdict(item)
        row["status"] = {"old": item.status[0], "new": item.status[1]}
        row["faults"] = [{"code": fault.code, "where": fault.where, "found": fault.found} for fault in item.faults]
        rows.append(row)
    return rows


def print_taken(console: Console, taken: Taken, language: Language) -> None:
    """Each footprint with its value and id, what to know of it, and how to use the layer."""
    for item in taken.items:
        factor = item.factor
        console.print(Text(f"{item.supplier}: {label(factor.label, language)}", style="bold"))
        console.print(f"  {factor.id}\n  {factor.shown()}  {item.start or '?'} – {item.end or '?'}  {factor.place}")
    for notice in taken.notices:
        console.print(Text(f"  - {sentence(notice, language)}"))
    console.print(f"{said('published', language)}: {taken.release}  sha256 {taken.sha256}")
    console.print(f"{said('use_layer', language)}: pcf calculate FILE --release {taken.release},cn-2026.1")
