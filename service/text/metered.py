"""Interval series beside what a record holds of them, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from rich.console import Console
from rich.text import Text

from service.metered import Metered
from service.text.verdict import plain
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "agrees": ("Row {row}: {file} gives its digest and its sums.", "数据行 {row}：由 {file} 得出相同的摘要与合计值。"),
    "differs": (
        "Row {row}: {file} has its digest and gives other sums: recorded {recorded}, found {read}.",
        "数据行 {row}：{file} 摘要相同但合计值不同：记录为 {recorded}，读取为 {read}。",
    ),
    "not shown": (
        "Row {row} stands on a series that none of the files is ({recorded}).",
        "数据行 {row} 依据的分时数据未在所给文件中（{recorded}）。",
    ),
    "of no row": (
        "{file} is the series of no row of this record ({read}).",
        "{file} 不是该记录任何数据行的分时数据（{read}）。",
    ),
    "none": ("No row of this record stands on an interval series.", "该记录没有依据分时数据的数据行。"),
}


def print_metered(console: Console, found: Sequence[Metered], language: Language) -> None:
    """A line for each row and for each file of no row."""
    for one in found:
        shown = {name: plain(value) for name, value in asdict(one).items()}
        style = "green" if one.found == "agrees" else "bold red"
        console.print(Text(pick(WORDS, one.found, language).format(**shown), style=style))
    if not found:
        console.print(pick(WORDS, "none", language))
