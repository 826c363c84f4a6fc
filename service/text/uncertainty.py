"""The uncertainty annex on a terminal: what it is, its figures, what moved and what was held fixed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.uncertain.summary import PERCENTS, Summary
from service.text.uncertainty_json import UNIT, figure, table_source
from service.text.words import Language, label, pick
from service.uncertainty import NO_SLOPE, Annex, Part, Rival

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("uncertainty", "不确定度"),
    "annex": (
        "An annex of this run, no part of any statement: nothing was sealed. Figures of three significant digits.",
        "本次运行的附件，不属于任何核算声明：未封存。数值取三位有效数字。",
    ),
    "record": ("Total of the record, every value as entered", "核算记录的合计（各值按录入值）"),
    "sampling": ("{draws} draws, seed {seed}", "抽样 {draws} 次，种子 {seed}"),
    "mean": ("mean (arithmetic, of the draws)", "均值（抽样算术平均）"),
    "median": ("median (half of the draws lie below)", "中位数（半数抽样低于此值）"),
    "percentile": ("{p} % point", "{p} % 分位数"),
    "gsd": ("geometric standard deviation", "几何标准差"),
    "sd_ln": ("sd of ln", "对数标准差"),
    "no_gsd": ("none: a draw is zero or below", "无：有抽样不大于零"),
    "figure": ("Figure", "指标"),
    "error": ("Monte Carlo error", "蒙特卡洛误差"),
    "screening": (
        "First-order spread (screening only): GSD {gsd}, sd of ln {ln}",
        "一阶离散（仅供筛查）：几何标准差 {gsd}，对数标准差 {ln}",
    ),
    "varied": ("Varied", "参与抽样"),
    "elasticity": ("% per 1 %", "每1%的影响"),
    "driver": ("of the spread (screening)", "占离散（筛查）"),
    "distribution": ("Distribution of the multiplier", "倍数的分布"),
    "approximated": ("approximated", "近似"),
    "fixed": ("Held fixed, which is not the same as certain", "保持不变（不等于确定）"),
    "rule": (
        "Coefficients of the rule behind {share} % of the total: fixed, uncertainty unknown",
        "规则系数涉及合计的 {share} %：保持不变，不确定度未知",
    ),
    "unknown": ("unknown uncertainty", "不确定度未知"),
    "stated": ("fixed by the file", "文件指定不变"),
    "tied": ("tied to another row by the rule", "受规则约束，不能单独变化"),
    "jump": ("the result jumps or bends at this value: no slope to draw with", "结果在此值处跳变或转折，无法抽样"),
    "level_not_stated": ("published without a level of confidence", "来源未说明置信水平"),
    "background_silent": ("nothing upstream in the background states a spread", "背景中上游均未说明离散程度"),
    "background": (
        "Draws of background {release}: {draws}, seed {seed}; draw k is one world for all its factors; sha256 {sha256}",
        "背景数据库 {release} 的抽样：{draws} 次，种子 {seed}；同一次抽样对其全部因子一致；sha256 {sha256}",
    ),
    "not_usable": ("published in a form that cannot be used", "来源给出的形式无法使用"),
    "rest": ("{count} more, each below 0.1 % per 1 %", "另有 {count} 项，每1%的影响均低于0.1%"),
    "nothing": ("nothing: every draw gives the same total", "无：每次抽样结果相同"),
    "against": ("Compared with {name} ({period}), on the same draws", "与 {name}（{period}）按相同抽样比较"),
    "probability": (
        "P({name} is lower) = {p}, Monte Carlo error {error}, {draws} draws, {ties} ties (counted half)",
        "P（{name} 较低）= {p}，蒙特卡洛误差 {error}，抽样 {draws} 次，相等 {ties} 次（各计一半）",
    ),
    "at_most": (
        "all draws agree: the other outcome has at most {bound} (95 %)",
        "全部抽样一致：相反结果的概率不超过 {bound}（95 %）",
    ),
    "lower": ("{name} is lower more often than not", "{name} 较可能更低"),
    "higher": ("{name} is higher more often than not", "{name} 较可能更高"),
    "not decided": (
        "not decided: one half lies within the Monte Carlo error",
        "未能判定：二分之一处于蒙特卡洛误差之内",
    ),
    "pedigree": ("Pedigree factors: {source}, {confidence}", "谱系系数：{source}，{confidence}"),
}
SMALL: Final = 0.001
ORIGINS: Final[Mapping[str, tuple[str, str]]] = {
    "file": ("file", "文件"),
    "default": ("default", "默认"),
    "background": ("background", "背景数据库"),
    "release": ("release", "因子库"),
}


def print_uncertainty(console: Console, annex: Annex, language: Language) -> None:
    """Everything a reader needs to say what the figures mean, in one screen or two."""

    def say(key: str, **values: object) -> str:
        return pick(WORDS, key, language).format(**values)

    name = label(annex.label, language)
    console.print(Text(f"{name}: {say('title')}", style="bold"))
    console.print(say("annex"))
    console.print(f"{say('record')}: {figure(annex.total, 6)} {UNIT} / {annex.unit}")
    console.print(say("sampling", draws=annex.summary.draws, seed=annex.seed))
    for item in annex.backgrounds:
        told = say("background", release=item.release, draws=item.draws, seed=item.seed, sha256=item.sha256)
        console.print(Text(told))
    _figures(console, annex.summary, language)
    screening = annex.screening_gsd
    console.print(say("screening", gsd=figure(screening), ln=figure(math.log(screening))))
    console.print(Text(say("varied"), style="bold"))
    if annex.varied:
        _varied(console, annex.varied, language)
    else:
        console.print(say("nothing"))
    if any(part.quantity.text.startswith("pedigree") for part in annex.varied):
        source, confidence = table_source(annex)
        console.print(Text(say("pedigree", source=source, confidence=confidence), style="dim"))
    console.print(Text(say("fixed"), style="bold"))
    _fixed(console, annex.fixed, language)
    console.print(say("rule", share=figure(annex.rule_share * 100)))
    if annex.rival is not None:
        _against(console, name, annex.rival, language)


def _figures(console: Console, summary: Summary, language: Language) -> None:
    table = Table(box=None, padding=(0, 1))
    table.add_column(pick(WORDS, "figure", language))
    table.add_column(UNIT, justify="right")
    table.add_column(f"± {pick(WORDS, 'error', language)}", justify="right")
    rows = [("median", summary.percentiles["50"]), ("mean", summary.mean)]
    for key, item in rows:
        table.add_row(pick(WORDS, key, language), figure(item.value), figure(item.error))
    for name in PERCENTS:
        if name != "50":
            item = summary.percentiles[name]
            shown = pick(WORDS, "percentile", language).format(p=name)
            table.add_row(shown, figure(item.value), figure(item.error))
    gsd = pick(WORDS, "no_gsd", language) if summary.gsd is None else figure(summary.gsd)
    table.add_row(pick(WORDS, "gsd", language), gsd, "")
    if summary.gsd is not None:
        table.add_row(pick(WORDS, "sd_ln", language), figure(math.log(summary.gsd)), "")
    console.print(table)


def _varied(console: Console, parts: tuple[Part, ...], language: Language) -> None:
    table = Table(box=None, padding=(0, 1))
    table.add_column("", overflow="fold")
    table.add_column(pick(WORDS, "distribution", language), overflow="fold")
    table.add_column(pick(WORDS, "elasticity", language), justify="right", no_wrap=True)
    table.add_column(pick(WORDS, "driver", language), justify="right", no_wrap=True)
    for part in parts:
        item = part.quantity
        text = f"{item.text} ({pick(ORIGINS, item.origin, language)})"
        if item.approximated:
            text += f" · {pick(WORDS, 'approximated', language)}"
        share = f"{figure(part.variance_share * 100)} %"
        table.add_row(f"{label(item.label, language)} · {item.name}", text, figure(part.elasticity), share)
    console.print(table)


def _fixed(console: Console, parts: tuple[Part, ...], language: Language) -> None:
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column("", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    large = [part for part in parts if abs(part.elasticity) >= SMALL or part.quantity.reason != "unknown"]
    for part in large:
        item = part.quantity
        moved = "" if item.reason in NO_SLOPE else f"{figure(part.elasticity)} {pick(WORDS, 'elasticity', language)}"
        reason = pick(WORDS, item.reason, language)
        table.add_row(f"{label(item.label, language)} · {item.name}", moved, reason)
    console.print(table)
    if len(large) < len(parts):
        console.print(Text(pick(WORDS, "rest", language).format(count=len(parts) - len(large)), style="dim"))


def _against(console: Console, name: str, rival: Rival, language: Language) -> None:
    def say(key: str, **values: object) -> str:
        return pick(WORDS, key, language).format(**values)

    found = rival.comparison
    console.print(Text(say("against", name=label(rival.label, language), period=rival.period), style="bold"))
    console.print(f"{say('record')}: {figure(rival.total, 6)} {UNIT}")
    _figures(console, rival.summary, language)
    p, error = figure(found.probability), figure(found.error)
    console.print(say("probability", name=name, p=p, error=error, draws=found.draws, ties=found.ties))
    if found.at_most is not None:
        console.print(say("at_most", bound=figure(found.at_most)))
    console.print(Text(say(found.verdict, name=name), style="bold"))
