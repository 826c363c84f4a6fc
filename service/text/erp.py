"""Imports, nights and footprints of own products on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.faults import Fault
from lca.messages import sentence
from service.erp.imports import Imported
from service.erp.night import Night
from service.text.result import quantity
from service.text.words import Language, pick

SHOWN: Final = 20
"""Faults and rows printed of a long list; ``--format json`` holds all."""
WORDS: Final = {
    "rows": ("rows", "行"), "changed": ("changed", "变更"), "unchanged": ("unchanged", "未变化"),
    "left_out": ("left out", "未导入"), "version": ("version", "版本"), "more": ("more", "项更多"),
    "items": ("products", "个产品"), "calculated": ("calculated", "本次核算"), "sealed": ("new records", "条新记录"),
    "not_sealed": ("not sealed", "未封存"), "failed": ("failed", "失败"),
    "footprints": ("footprints changed", "条碳足迹更新"), "number": ("Number", "产品号"), "plant": ("Plant", "工厂"),
    "period": ("Period", "核算期"), "total": ("kg CO2e", "kg CO2e"), "per": ("per", "每"),
    "from": ("In force from", "生效时间"), "record": ("Record", "核算记录"), "stale": ("stale", "已过期"),
    "material": ("Number", "物料号"), "name": ("Name", "名称"), "unit": ("Unit", "单位"),
    "maps_to": ("Maps to", "对应"),
    "used": ("used by", "使用次数"), "moves": ("move by more than", "变化超过"), "compared": ("compared", "项已对比"),
    "before": ("now", "现值"), "after": ("then", "新值"), "new": ("without a footprint in force", "尚无有效碳足迹"),
    "none": ("nothing answers for any number that is used: none", "所用物料均已对应"),
    "nothing_stored": ("Nothing was stored.", "未保存任何内容。"), "go_on": ("more: --after", "更多：--after"),
}  # fmt: skip


def print_imported(console: Console, done: Imported, language: Language) -> None:
    """Counts, the version, and what was left out."""
    told = [f"{done.rows} {_w('rows', language)}"]
    told += [f"{_w(name, language)} {getattr(done, name)}" for name in ("changed", "unchanged")]
    if done.version:
        told.append(f"{_w('version', language)} {done.kind} {done.version}")
    console.print(", ".join(told))
    if done.faults:
        console.print(Text(f"{_w('left_out', language)}: {len(done.faults)}", style="bold red"))
        print_short(console, done.faults, language)


def print_short(console: Console, faults: Sequence[Fault], language: Language) -> None:
    """One line for a fault, the first of many."""
    for fault in faults[:SHOWN]:
        console.print(f"  {fault.where}: {sentence(fault, language)} [{fault.code}: {fault.found}]")
    if len(faults) > SHOWN:
        console.print(f"  + {len(faults) - SHOWN} {_w('more', language)}")


def print_night(console: Console, done: Night, seconds: float, language: Language) -> None:
    """What a night came to, and the first products that failed with their first fault."""
    told = done.plain()
    parts = [f"{told['period']}: {told['items']} {_w('items', language)}"]
    parts += [f"{_w(name, language)} {told[name]}" for name in ("calculated", "unchanged", "not_sealed")]
    parts += [f"{told['new_records']} {_w('sealed', language)}"]
    parts += [f"{told['footprints_changed']} {_w('footprints', language)}"]
    console.print(f"{', '.join(parts)} ({seconds:.1f} s)")
    if told["materials"]:
        console.print(f"materials {told['materials']}")
    print_failed(console, done.done.failed, language)


def print_failed(console: Console, failed: Mapping[str, Sequence[Fault]], language: Language) -> None:
    """The first products that failed, each with its first fault."""
    if not failed:
        return
    console.print(Text(f"{_w('failed', language)}: {len(failed)}", style="bold red"))
    for item in sorted(failed)[:SHOWN]:
        first, more = failed[item][0], len(failed[item]) - 1
        rest = f" (+{more})" if more else ""
        console.print(f"  {item}: {sentence(first, language)} [{first.code}: {first.found}]{rest}")
    if len(failed) > SHOWN:
        console.print(f"  + {len(failed) - SHOWN} {_w('more', language)}")


def print_footprints(
    console: Console, rows: Sequence[Mapping[str, Any]], after: Sequence[str], language: Language
) -> None:
    """A page of footprints."""
    heads = ("number", "plant", "period", "total", "per", "from", "record")
    table = Table(*(_w(name, language) for name in heads), box=None)
    for row in rows:
        stale = f" ({_w('stale', language)}: {row['stale']})" if row["stale"] else ""
        record = row["record"][:16] or row["not_sealed"]
        table.add_row(
            row["number"],
            row["plant"],
            row["period"],
            quantity(row["total"], language),
            row["per"],
            row["valid_from"] + stale,
            record,
        )
    console.print(table)
    _go_on(console, ",".join(after), language)


def print_materials(console: Console, rows: Sequence[Mapping[str, str]], after: str, language: Language) -> None:
    """A page of materials and what they map to."""
    table = Table(*(_w(name, language) for name in ("material", "name", "unit", "maps_to", "version")), box=None)
    for row in rows:
        table.add_row(row["number"], row[f"name_{language}"], row["unit"], row["maps_to"], row["version"])
    console.print(table)
    _go_on(console, after, language)


def print_unmapped(console: Console, rows: Sequence[Mapping[str, Any]], after: str, language: Language) -> None:
    """Numbers that nothing answers for, each with its suggestions below."""
    if not rows:
        console.print(_w("none", language))
    for row in rows:
        name = row[f"name_{language}"] or row["name_zh"] or row["name_en"]
        console.print(Text(f"{row['number']}  {name}  {row['unit']}  {_w('used', language)} {row['used']}", "bold"))
        for hint in row["suggestions"]:
            told = f"{hint['factor']}  {hint[f'name_{language}']}  {hint['value']}  {hint['place']} {hint['year']}"
            console.print(f"  {hint['score']:>4}  {told}  ({hint[f'why_{language}']})")
    _go_on(console, after, language)


def print_moves(console: Console, told: Mapping[str, Any], language: Language) -> None:
    """What another release would move."""
    heading = f"{told['compared']} {_w('compared', language)}, {len(told['moves'])} {_w('moves', language)}"
    console.print(f"{heading} {told['threshold_per_cent']} %  ({', '.join(told['releases'])})")
    table = Table(*(_w(name, language) for name in ("number", "plant", "before", "after")), "%", box=None)
    for row in told["moves"][:SHOWN]:
        table.add_row(row["number"], row["plant"], row["before"], str(row["after"]), row["per_cent"])
    if told["moves"]:
        console.print(table)
    if len(told["moves"]) > SHOWN:
        console.print(f"  + {len(told['moves']) - SHOWN} {_w('more', language)}")
    if told["new"]:
        console.print(f"{len(told['new'])} {_w('new', language)}")
    print_failed(console, told["failed"], language)
    console.print(_w("nothing_stored", language))


def _go_on(console: Console, after: str, language: Language) -> None:
    if after:
        console.print(f"{_w('go_on', language)} {after}")


def _w(key: str, language: Language) -> str:
    return pick(WORDS, key, language)
