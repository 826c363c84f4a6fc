"""What a report lacks, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.cbam.fields import fields
from service.cbam.see import shown
from service.cbam.vintage import Impact
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("Fields of the documents that nobody filled in: {number}", "文件中尚未填写的字段：{number}"),
    "impact": (
        "{looked} files looked at; {number} figures move between {before} and {after}.",
        "共检查 {looked} 个文件；{before} 与 {after} 之间 {number} 个数值变化。",
    ),
    "file": ("File", "文件"),
    "good": ("Good", "货物"),
    "rows": ("default rows", "默认值数据行"),
    "refused": ("refused on one of the days: {codes}", "其中一日被拒绝：{codes}"),
    "none": ("Every field of the report has a value or a reason.", "报告各字段均有数值或理由。"),
}


def print_missing(console: Console, lacking: Sequence[str], language: Language) -> None:
    """One line a field, by its label; ``report: scrap (slab)`` keeps the good."""
    labels = {line.id: line.label[language] for kind in ("report", "plan") for _, _, held in fields(kind)
              for line in held}  # fmt: skip
    if not lacking:
        console.print(pick(WORDS, "none", language))
        return
    console.print(Text(pick(WORDS, "missing", language).format(number=len(lacking)), style="yellow"))
    for item in lacking:
        head = item.rpartition(": ")[2]
        name, _, of = head.partition(" ")
        console.print(Text(f"- {labels.get(name, name)} {of}".rstrip()))


def print_impact(console: Console, found: Impact, before: str, after: str, language: Language) -> None:
    """One line a figure that moves, five decimals."""
    told = {"looked": found.looked, "number": len(found.moved), "before": before, "after": after}
    console.print(Text(pick(WORDS, "impact", language).format(**told), style="bold"))
    if not found.moved:
        return
    table = Table(box=None, padding=(0, 1))
    for title in (pick(WORDS, "file", language), pick(WORDS, "good", language)):
        table.add_column(title, overflow="fold")
    for title in (before, after):
        table.add_column(title, justify="right")
    table.add_column(pick(WORDS, "rows", language), overflow="fold")
    for item in found.moved:
        if item.faults:
            codes = ", ".join(sorted({fault.code for fault in item.faults}))
            table.add_row(item.file, "", "", "", pick(WORDS, "refused", language).format(codes=codes))
            continue
        figures = ["–" if value is None else value.places(5) for value in (item.before, item.after)]
        table.add_row(item.file, item.good, *figures, ", ".join(sorted({*item.rows[1]} - {*item.rows[0]})))
    console.print(table)


def impact_output(found: Impact, before: str, after: str) -> dict[str, Any]:
    """The same as plain values, unrounded."""
    return {
        "before": before,
        "after": after,
        "looked": found.looked,
        "refused_on_both": list(found.refused),
        "not_looked_at": list(found.others),
        "moved": [
            {"file": item.file, "good": item.good, "see_before": shown(item.before), "see_after": shown(item.after),
             "rows_before": list(item.rows[0]), "rows_after": list(item.rows[1]),
             "faults": [fault.code for fault in item.faults]} for item in found.moved
        ],
    }  # fmt: skip
