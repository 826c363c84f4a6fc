"""What a report lacks, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from service.cbam.fields import fields
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("Fields of the documents that nobody filled in: {number}", "文件中尚未填写的字段：{number}"),
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
