"""Scenarios side by side on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.messages import sentence
from service.scenarios import Outcome
from service.text.totals import NOTE, difference, ends, shown
from service.text.words import Language, label, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "scenario": ("Scenario", "情景"),
    "total": ("kg CO2e", "kg CO2e"),
    "less": ("against {first}", "与 {first} 相比"),
    "refused": ("refused", "拒绝计算"),
    "what_if": (
        "{scenario}: what-if, {processes} in background {release} replaced, {moved} factors moved; sha256 {sha256}",
        "{scenario}：假设情景，背景数据库 {release} 中 {processes} 被替换，{moved} 个因子随之变动；sha256 {sha256}",
    ),
    "sealed": ("Nothing is sealed; parameters are the file's own.", "不封存；参数为文件自定。"),
}


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
        for told in item.what_if:
            text = pick(WORDS, "what_if", language)
            named = {"scenario": item.scenario.id, "processes": ", ".join(told.processes), "release": told.release}
            console.print(Text(text.format(**named, moved=told.moved, sha256=told.sha256), style="bold"))
    for item in found:
        for fault in item.faults:
            console.print(Text(f"- {item.scenario.id}: {sentence(fault, language)} ({fault.where}: {fault.found})"))
    if any(made.total.point is None for item in found for made in item.footprints.values()):
        console.print(Text(NOTE[0 if language == "en" else 1], style="dim"))
    console.print(Text(pick(WORDS, "sealed", language), style="dim"))


def _products(found: Sequence[Outcome], product: str) -> list[str]:
    names = sorted({name for item in found for name in item.footprints})
    return [name for name in names if product in ("", name)]


def _row(item: Outcome, first: Outcome, name: str, language: Language) -> list[str]:
    called = label(item.scenario.label, language)
    if name not in item.footprints:
        return [called, pick(WORDS, "refused", language), "", ""]
    total, base = item.footprints[name].total, first.footprints.get(name)
    against = ("–", "–") if item is first else difference(total, base.total if base else None)
    return [called, shown(total), *against]


def as_json(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The same as plain values; totals as published, a band as its ends."""
    return [
        {
            "id": item.scenario.id,
            "label": dict(item.scenario.label),
            "parameters": {name: value.text() for name, value in item.scenario.parameters.items()},
            "what_if": [
                {"release": told.release, "sha256": told.sha256, "processes": list(told.processes), "moved": told.moved}
                for told in item.what_if
            ],
            "products": {
                name: {"status": made.status, "total": ends(made.total),
                       "stages": {stage: ends(band) for stage, band in made.stages.items()}}
                for name, made in sorted(item.footprints.items())
            },
            "faults": [{"code": fault.code, "where": fault.where, "found": fault.found} for fault in item.faults],
        } for item in found
    ]  # fmt: skip
