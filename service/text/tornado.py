"""A tornado on a terminal: bars both ways, the strongest first."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.exact import Exact
from service.text.words import Language, label, word
from service.tornado import Bar, Tornado

BAR: Final = 30


def as_json(found: Tornado) -> dict[str, Any]:
    """Plain JSON; numbers as text."""
    return {
        "product": found.product,
        "label": dict(found.label),
        "total": found.total.significant(6),
        "low_end": found.low_end,
        "inputs": [
            {
                "where": bar.where,
                "input": bar.input,
                "label": dict(bar.label),
                "value": bar.value.text(),
                "unit": bar.unit,
                "elasticity": None if bar.elasticity is None else bar.elasticity.significant(4),
                "tied": bar.tied,
            }
            for bar in found.bars
        ],
    }


def print_tornado(console: Console, found: Tornado, language: Language, most: int = 12) -> None:
    """The strongest inputs as bars, then how many are tied or move nothing."""
    console.print(Text(f"{label(found.label, language)}: {word('tornado', language)}", style="bold"))
    end = f" ({word('low_end', language)})" if found.low_end else ""
    console.print(f"{found.total.significant(6)} kg CO2e{end}")
    moving = found.strongest
    largest = abs(moving[0].elasticity) if moving and moving[0].elasticity else Exact(1)
    table = Table(box=None, padding=(0, 1))
    table.add_column(word("input", language), overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column(word("elasticity", language), justify="right", no_wrap=True)
    for bar in moving[:most]:
        table.add_row(_name(bar, language), _drawn(bar, largest), f"{_elasticity(bar).places(3)} %")
    console.print(table)
    tied = [bar for bar in found.bars if bar.elasticity is None]
    still = len(found.bars) - len(tied) - len(moving)
    console.print(
        Text(word("tornado_rest", language).format(more=max(len(moving) - most, 0), still=still), style="dim")
    )
    if tied:
        names = ", ".join(f"{label(bar.label, language)} ({bar.tied})" for bar in tied)
        console.print(Text(f"{word('tied', language)}: {names}", style="dim"))


def _name(bar: Bar, language: Language) -> str:
    return f"{label(bar.label, language)} · {bar.value.significant(4)} {bar.unit}".rstrip()


def _elasticity(bar: Bar) -> Exact:
    return bar.elasticity if bar.elasticity is not None else Exact(0)


def _drawn(bar: Bar, largest: Exact) -> Text:
    value = _elasticity(bar)
    cells = int(float(abs(value) / largest * BAR) + 0.5)
    return Text("█" * max(cells, 1), style="cyan" if value > 0 else "red")
