"""Scenarios side by side on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.exact import Exact
from lca.messages import sentence
from lca.weigh import Band
from service.scenarios import Outcome
from service.text.words import Language, label, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "scenario": ("Scenario", "情景"),
    "total": ("kg CO2e", "kg CO2e"),
    "less": ("against {first}", "与 {first} 相比"),
    "refused": ("refused", "拒绝计算"),
    "sealed": ("Nothing is sealed; parameters are the file's own.", "不封存；参数为文件自定。"),
}
DIGITS: Final = 6


def print_scenarios(console: Console, found: Sequence[Outcome], language: Language, product: str = "") -> None:
    """One table per product: total, difference to the first scenario in kg and per cent."""
    first = found[0]
    for name in _products(found, product):
        table = Table(box=None, padding=(0, 1), title=name, title_justify="left", title_style="bold")
        table.add_column(pick(WORDS, "scenario", language), overflow="fold")
        table.add_column(pick(WORDS, "total", language), justify="right")
        against = pick(WORDS, "less", language).format(first=label(first.scenario.label, language))
        table.add_column(against, justify="right")
        table.add_column("%", justify="right")
        for item in found:
            table.add_row(*_row(item, first, name, language))
        console.print(table)
    for item in found:
        for fault in item.faults:
            console.print(Text(f"- {item.scenario.id}: {sentence(fault, language)} ({fault.where}: {fault.found})"))
    console.print(Text(pick(WORDS, "sealed", language), style="dim"))


def _products(found: Sequence[Outcome], product: str) -> list[str]:
    names = sorted({name for item in found for name in item.footprints})
    return [name for name in names if product in ("", name)]


def _row(item: Outcome, first: Outcome, name: str, language: Language) -> list[str]:
    called = label(item.scenario.label, language)
    if name not in item.footprints:
        return [called, pick(WORDS, "refused", language), "", ""]
    total, base = item.footprints[name].total, first.footprints.get(name)
    difference = _difference(total, base.total if base else None)
    return [called, _shown(total), *(("–", "–") if difference is None or item is first else difference)]


def _shown(band: Band) -> str:
    point = band.point
    if point is not None:
        return point.significant(DIGITS)
    low, high = ("?" if end is None else end.significant(DIGITS) for end in (band.low, band.high))
    return f"{low} – {high}"


def _difference(total: Band, base: Band | None) -> tuple[str, str] | None:
    if base is None or total.point is None or base.point is None:
        return None
    less = total.point - base.point
    percent = (less / base.point * Exact(100)).places(2) if base.point else "–"
    sign = "+" if less > Exact(0) else ""
    return f"{sign}{less.significant(DIGITS)}", f"{sign}{percent}"


def as_json(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The same as plain values; totals as published, a band as its ends."""
    return [
        {
            "id": item.scenario.id,
            "label": dict(item.scenario.label),
            "parameters": {name: value.text() for name, value in item.scenario.parameters.items()},
            "products": {
                name: {"status": made.status, "total": _ends(made.total),
                       "stages": {stage: _ends(band) for stage, band in made.stages.items()}}
                for name, made in sorted(item.footprints.items())
            },
            "faults": [{"code": fault.code, "where": fault.where, "found": fault.found} for fault in item.faults],
        } for item in found
    ]  # fmt: skip


def _ends(band: Band) -> Any:
    if band.point is not None:
        return band.point.significant(DIGITS)
    return {key: None if end is None else end.significant(DIGITS) for key, end in
            (("low", band.low), ("high", band.high))}  # fmt: skip
