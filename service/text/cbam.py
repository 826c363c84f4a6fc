"""Embedded emissions and certificates on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.exact import Exact
from lca.messages import sentence
from service.cbam.checked import Rerun
from service.cbam.see import Seen
from service.cbam.whatif import Year
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "definitive": ("definitive period", "正式期"),
    "transitional": ("transitional period", "过渡期"),
    "good": ("Good", "货物"),
    "direct": ("direct", "直接"),
    "indirect": ("indirect", "间接"),
    "total": ("total", "合计"),
    "default": ("on defaults", "默认值占比"),
    "electricity": ("MWh/unit", "MWh/单位"),
    "free": ("SEFA", "单位免费配额"),
    "unit": (
        "t CO2e per functional unit, unrounded values with --format json",
        "tCO2e/功能单位；--format json 输出未修约值",
    ),
    "installation": (
        "Installation: direct {direct} t CO2e, electricity {indirect} t CO2",
        "装置：直接 {direct} tCO2e，电力 {indirect} tCO2",
    ),
    "status": (
        "Accounting after IR (EU) 2025/2547 as transcribed; its text was not read: unconfirmed. Not a filing.",
        "按 (EU) 2025/2547 实施条例的转录文本核算；未读原文，未经确认，不作为申报文件。",
    ),
    "identical": ("identical: every figure again, to the last digit", "一致：所有数值逐位复现"),
    "different": ("different", "不一致"),
    "tampered": ("tampered: these files are not those of the manifest", "被改动：以下文件与清单不符"),
    "not possible": ("not possible", "无法复算"),
    "year": ("Year", "年份"),
    "see": ("SEE with mark-up", "含加成的单位隐含排放"),
    "sefa": ("free allocation", "免费配额"),
    "certificates": ("certificates", "证书数量"),
}
FIRST: Final = frozenset({"cbam_year_to_date"})
"""Notices that stand above the figures: what is shown is not a report."""


def print_seen(console: Console, found: Seen, language: Language) -> None:
    """One line a good, five decimals as a report would print them; notices below."""
    for notice in found.notices:
        if notice.code in FIRST:
            console.print(Text(sentence(notice, language), style="bold yellow"))
    mode = pick(WORDS, found.installation.mode, language)
    direct, indirect = found.total_direct.places(2), found.total_indirect.places(2)
    head = pick(WORDS, "installation", language).format(direct=direct, indirect=indirect)
    console.print(Text(f"{head} · {mode}", style="bold"))
    table = Table(box=None, padding=(0, 1))
    table.add_column(pick(WORDS, "good", language), overflow="fold")
    titles = ["direct", "indirect", "total", "default", "electricity", *(["free"] if found.built else [])]
    for title in titles:
        table.add_column(pick(WORDS, title, language), justify="right")
    for good in found.goods.values():
        share = good.share_default
        numbers = [good.direct.places(5), good.indirect.places(5), good.total.places(5)]
        on_default = "–" if share is None else f"{(share * Exact(100)).places(1)} %"
        cells = [f"{good.cn} {good.name}".strip(), *numbers, on_default, good.electricity.places(5)]
        if found.built is not None:
            cells.append("–" if good.allocation is None else good.allocation.places(5))
        table.add_row(*cells)
    console.print(table)
    console.print(pick(WORDS, "unit", language))
    for notice in found.notices:
        if notice.code not in FIRST:
            console.print(Text(f"- {sentence(notice, language)}"))
    console.print(Text(pick(WORDS, "status", language), style="yellow"))


def print_rerun(console: Console, made: Rerun, language: Language) -> None:
    """The verdict, and what differs."""
    style = "bold green" if made.verdict == "identical" else "bold red"
    console.print(Text(pick(WORDS, made.verdict, language), style=style))
    for item in made.differs[:20]:
        console.print(Text(f"- {item}"))


def print_years(console: Console, found: Mapping[str, Year], language: Language) -> None:
    """One line a year."""
    table = Table(box=None, padding=(0, 1))
    for title in ("year", "see", "sefa", "certificates"):
        table.add_column(pick(WORDS, title, language), justify="right")
    for year, item in found.items():
        table.add_row(year, item.see.places(5), item.sefa.places(5), item.certificates.places(3))
    console.print(table)
    console.print(Text(pick(WORDS, "status", language), style="yellow"))
