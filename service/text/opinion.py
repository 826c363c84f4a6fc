"""A second engine's stages beside ours, on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.second_opinion import Opinion
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "stage": ("Stage", "阶段"),
    "total": ("total", "合计"),
    "ours": ("ours, kg CO2e", "本引擎 kg CO2e"),
    "agrees": ("agrees to 1e-9", "一致（1e-9）"),
    "differs": ("DIFFERS", "不一致"),
    "what": (
        "The same matrices by another engine: it checks the solve, not the rule that made them.",
        "同一矩阵由另一引擎求解：仅复核求解，不复核生成矩阵的规则。",
    ),
}


def print_opinion(console: Console, found: Opinion, language: Language) -> None:
    """One line a stage, the total last."""
    table = Table(box=None, padding=(0, 1))
    table.add_column(pick(WORDS, "stage", language), overflow="fold")
    for title in (pick(WORDS, "ours", language), found.engine, ""):
        table.add_column(title, justify="right")
    for row in found.rows:
        words = pick(WORDS, "agrees" if row.agrees else "differs", language)
        name = row.stage or pick(WORDS, "total", language)
        table.add_row(name, row.ours.significant(12), row.theirs.significant(12), words)
    console.print(table)
    console.print(Text(pick(WORDS, "what", language), style="dim"))


def opinion_rows(found: Opinion) -> dict[str, Any]:
    """The same as plain values, fifteen digits."""
    rows = [
        {"stage": row.stage, "ours": row.ours.significant(15), "theirs": row.theirs.significant(15),
         "agrees": row.agrees} for row in found.rows
    ]  # fmt: skip
    return {"engine": found.engine, "agrees": found.agrees, "stages": rows, "checks": "the solve, not the rule"}
