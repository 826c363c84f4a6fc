"""Ways of sharing side by side, on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.footprint import Works
from lca.messages import sentence
from service.alternatives import MOST, Alternatives, Together, Way
from service.text.totals import DIGITS, LOW_END, NOTE, difference, ends, shown
from service.text.words import Language, label, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "way": ("Way of sharing", "分配方法"),
    "total": ("kg CO2e", "kg CO2e"),
    "less": ("against own", "与所填相比"),
    "outside": ("with by-products, kg", "副产品带走（kg）"),
    "own": ("as the data have it", "按所填设置"),
    "refused": ("refused", "拒绝计算"),
    "fixed": ("{setting}: {own}, stated by {by}", "{setting}：{own}，由 {by} 规定"),
    "none": (
        "This rule leaves no choice of sharing: what is shared is divided in one way.",
        "该规则不提供分配方法的选择：共用部分只有一种分配方式。",
    ),
    "closed": (
        "Products and by-products together are the works: with by-products is what the products do not carry in the "
        "period. A credit or another end of life changes the works itself.",
        "产品与副产品之和等于全厂：副产品一列为核算期内不由产品承担的部分。抵减或不同的报废处理会改变全厂总量。",
    ),
    "together": (
        "All {count} combinations, {refused} of them refused: {least} ({least_by}) to {most} ({most_by})",
        "全部 {count} 种组合（其中拒绝 {refused} 种）：{least}（{least_by}）至 {most}（{most_by}）",
    ),
    "open": ("All {count} combinations: a total is open below.", "全部 {count} 种组合：有合计下限未知。"),
    "too_many": (
        "All combinations: not calculated, {count} are more than {limit}.",
        "全部组合：未计算，{count} 种超过上限 {limit} 种。",
    ),
    "sealed": (
        "Nothing is sealed. The ways are those that the rule admits.",
        "不封存。所列方法均为规则允许的方法。",
    ),
}  # fmt: skip


def print_alternatives(console: Console, found: Alternatives, language: Language, product: str = "") -> None:
    """One table per product; what is refused is told with its reason below."""

    def said(key: str, **values: object) -> str:
        return pick(WORDS, key, language).format(**values)

    if not found.choices:
        console.print(said("none"))
        return
    for choice in found.choices:
        if choice.fixed_by:
            console.print(said("fixed", setting=choice.setting, own=choice.own, by=choice.fixed_by))
    for name in (name for name in sorted(found.own.footprints) if product in ("", name)):
        _table(console, found, name, language)
        if found.together and name in found.together.extremes:
            ends_ = found.together.extremes[name]
            console.print(Text(said(
                "together", count=found.together.count, refused=found.together.refused,
                least=ends_.least.significant(DIGITS), least_by=_named(ends_.least_by),
                most=ends_.most.significant(DIGITS), most_by=_named(ends_.most_by),
            ) + (f" {LOW_END}" if ends_.low_end else "")))  # fmt: skip
        elif found.together and found.together.count <= MOST:
            console.print(said("open", count=found.together.count))
    if found.together and found.together.count > MOST:
        console.print(said("too_many", count=found.together.count, limit=MOST))
    for way in found.ways:
        for fault in way.faults:
            console.print(Text(f"- {_named(way.settings)}: {sentence(fault, language)} ({fault.where}: {fault.found})"))
    if any(made.total.point is None for made in found.own.footprints.values()):
        console.print(Text(NOTE[0 if language == "en" else 1], style="dim"))
    console.print(Text(said("closed"), style="dim"))
    console.print(Text(said("sealed"), style="dim"))


def _table(console: Console, found: Alternatives, name: str, language: Language) -> None:
    table = Table(box=None, padding=(0, 1), title=name, title_justify="left", title_style="bold")
    table.add_column(pick(WORDS, "way", language), overflow="fold")
    for key in ("total", "less", "percent", "outside"):
        table.add_column("%" if key == "percent" else pick(WORDS, key, language), justify="right")
    base = found.own.footprints[name].total
    table.add_row(pick(WORDS, "own", language), shown(base), "", "", _outside(found.own))
    by_name = {choice.setting: choice for choice in found.choices}
    for choice in found.choices:
        if choice.fixed_by:
            continue
        table.add_row(Text(f"{label(choice.label, language)}: {choice.own}", style="bold"), "", "", "", "")
        for way in (way for way in found.ways if by_name[next(iter(way.settings))] is choice):
            text = f"  {_named(way.settings)}"
            if way.works is None or name not in way.works.footprints:
                table.add_row(text, pick(WORDS, "refused", language), "", "", "")
                continue
            total = way.works.footprints[name].total
            table.add_row(text, shown(total), *difference(total, base), _outside(way.works))
    console.print(table)


def _outside(works: Works) -> str:
    return difference(works.total, works.products_total)[0].removeprefix("+")


def _named(settings: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in settings.items())


def as_json(found: Alternatives) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "choices": [
            {"setting": choice.setting, "what": choice.what, "label": dict(choice.label), "own": choice.own,
             "ways": list(choice.ways), "fixed_by": choice.fixed_by}
            for choice in found.choices
        ],
        "own": _works(found.own),
        "ways": [_way(way) for way in found.ways],
        "together": None if found.together is None else _together(found.together),
    }  # fmt: skip


def _way(way: Way) -> dict[str, Any]:
    faults = [{"code": fault.code, "where": fault.where, "found": fault.found} for fault in way.faults]
    return {"settings": dict(way.settings), "faults": faults} | ({} if way.works is None else _works(way.works))


def _works(works: Works) -> dict[str, Any]:
    return {
        "products": {name: ends(made.total) for name, made in sorted(works.footprints.items())},
        "works": ends(works.total),
        "sum_of_products": ends(works.products_total),
    }


def _together(found: Together) -> dict[str, Any]:
    return {
        "count": found.count,
        "refused": found.refused,
        "extremes": {
            name: {"least": item.least.significant(DIGITS), "least_by": dict(item.least_by),
                   "most": item.most.significant(DIGITS), "most_by": dict(item.most_by),
                   "low_end": item.low_end}
            for name, item in found.extremes.items()
        },
    }  # fmt: skip
