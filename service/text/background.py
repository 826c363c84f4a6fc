"""What publishing or checking a background gave, on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from service.background_folder import Checked, release_of
from service.background_publish import Made
from service.text.imported import print_outliers
from service.text.words import Language, pick

SHOWN: Final = 8
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "head": ("{id}: {count} processes", "{id}：{count} 个过程"),
    "release": ("release sha256 {sha256}", "因子版本 sha256 {sha256}"),
    "gates": (
        "gates passed: one product for each process, every amount a number, {loops} loops (the largest of {largest} "
        "processes), {gains}; factorised with {how}, residual {residual}",
        "已通过检查：产品与过程一一对应，数量均为数值，{loops} 个回路（最大含 {largest} 个过程），{gains}；"
        "分解次序 {how}，残差 {residual}",
    ),
    "gains": ("every gain below 1", "增益均小于 1"),
    "gains_but": ("every gain below 1 but for loops with credits", "除含抵扣的回路外，增益均小于 1"),
    "credited": (
        "loop with credits, its gain not bounded (residual, bound and sign hold): {names}",
        "含抵扣的回路，增益无法界定（残差、上限与符号检查仍适用）：{names}",
    ),
    "digits": (
        "{indicators} indicators with 10 certain digits each ({names}); digits sha256 {sha256}",
        "{indicators} 个指标，各 10 位数字均已证明（{names}）；数字 sha256 {sha256}",
    ),
    "empty": ("zero by structure, not stored: {names}", "结构上为零，未存储：{names}"),
    "misses": (
        "residual of the stored figures: at most {miss} of what their digits leave",
        "存储数值的残差：不超过位数所允许值的 {miss}",
    ),
    "draws": (
        "{draws} draws, seed {seed}: {used} exchanges with a spread as stated; {silent} state none and are held fixed, "
        "which is not certain",
        "抽样 {draws} 次，种子 {seed}：{used} 个交换按来源所述离散；{silent} 个未说明，保持不变（不等于确定）",
    ),
    "no_draws": ("no draws: {why}", "未抽样：{why}"),
    "asked_none": ("none asked", "未要求"),
    "none_stated": ("no exchange states a spread that can be used", "没有交换给出可用的离散程度"),
    "fixed": ("held fixed although a spread is stated: {parts}", "虽有说明但保持不变：{parts}"),
    "no_spread": ("no figure", "无数值"),
    "unknown": ("meaning not certain", "含义不确定"),
    "ends": ("ends out of order, or a sign that could turn", "上下限次序有误，或符号可能改变"),
    "wide": ("more than a thousandfold", "超过一千倍"),
    "allocated": ("in the unit of an amount that was allocated", "以分配前的数量单位表示"),
    "cancelled": ("cancelled by another exchange", "被另一交换抵消"),
    "unlinked": (
        "{count} processes with inputs that nothing answers, themselves or upstream: unlinked.json",
        "{count} 个过程自身或上游有未关联输入：见 unlinked.json",
    ),
    "licence": ("not to be passed on: {codes}", "不得转发：{codes}"),
    "written": ("background: {folder}  sha256 {sha256}", "背景数据库：{folder}  sha256 {sha256}"),
    "intact": ("intact: every file is the published one", "完好：所有文件与发布时一致"),
    "release_same": ("made from this release", "由该因子版本生成"),
    "release_not_asked": ("release not compared (--release)", "未与因子版本比对（--release）"),
}


def print_published(console: Console, made: Made, language: Language) -> None:
    """Gates, digits, draws, what is open, and the hash."""

    def say(key: str, **values: object) -> None:
        console.print(Text(pick(WORDS, key, language).format(**values)))

    artefact = made.artefact
    release = release_of(artefact)
    console.print(
        Text(pick(WORDS, "head", language).format(id=release["id"], count=len(artefact.labels)), style="bold")
    )
    say("release", sha256=release["sha256"])
    background = made.background
    gains = pick(WORDS, "gains_but" if background.credited else "gains", language)
    size, residual = made.loops, f"{background.residual:.2g}"
    say("gates", loops=size[0], largest=size[1], gains=gains, how=background.how, residual=residual)
    for loop in background.credited:
        say("credited", names=", ".join(loop[:SHOWN]))
    names = sorted(artefact.indicators)
    say("digits", indicators=len(names), names=", ".join(names), sha256=artefact.digits)
    if made.empty:
        say("empty", names=", ".join(made.empty))
    say("misses", miss=f"{max(made.misses.values(), default=0.0):.4f}")
    _draws(console, made, language)
    if made.unlinked:
        say("unlinked", count=len(made.unlinked))
    print_outliers(console, made.outliers, language)
    if codes := artefact.about["not_to_be_passed_on"]:
        say("licence", codes=", ".join(codes))
    say("written", folder=artefact.folder, sha256=artefact.sha256)


def _draws(console: Console, made: Made, language: Language) -> None:
    about, read = made.artefact.about, made.read
    if about["draws"]:
        text = pick(WORDS, "draws", language)
        console.print(Text(text.format(draws=about["draws"], seed=about["seed"], used=read.used, silent=read.silent)))
    else:
        why = pick(WORDS, "none_stated" if read.spread is None else "asked_none", language)
        console.print(Text(pick(WORDS, "no_draws", language).format(why=why)))
    if read.fixed:
        parts = ", ".join(f"{count} {pick(WORDS, reason, language)}" for reason, count in read.fixed.items())
        console.print(Text(pick(WORDS, "fixed", language).format(parts=parts)))


def print_checked(console: Console, done: Checked, language: Language) -> None:
    """One line for each thing that was looked at."""
    artefact = done.artefact
    release = release_of(artefact)
    console.print(
        Text(pick(WORDS, "head", language).format(id=release["id"], count=len(artefact.labels)), style="bold")
    )
    console.print(Text(pick(WORDS, "intact", language)))
    miss = f"{max(done.misses.values(), default=0.0):.4f}"
    console.print(Text(pick(WORDS, "misses", language).format(miss=miss)))
    console.print(Text(pick(WORDS, "release_same" if done.release_seen else "release_not_asked", language)))
    console.print(Text(pick(WORDS, "release", language).format(sha256=release["sha256"])))
    written = pick(WORDS, "written", language)
    console.print(Text(written.format(folder=artefact.folder, sha256=artefact.sha256)))


def published_row(made: Made) -> dict[str, Any]:
    """As plain values; ``about`` is that of the manifest."""
    artefact = made.artefact
    return {
        "folder": str(artefact.folder),
        "sha256": artefact.sha256,
        "digits_sha256": artefact.digits,
        "processes": len(artefact.labels),
        "residual": f"{made.background.residual:.3g}",
        "misses": {name: f"{value:.4f}" for name, value in sorted(made.misses.items())},
        "about": dict(artefact.about),
    }


def checked_row(done: Checked) -> dict[str, Any]:
    """As plain values."""
    artefact = done.artefact
    return {
        "ok": True,
        "sha256": artefact.sha256,
        "digits_sha256": artefact.digits,
        "processes": len(artefact.labels),
        "misses": {name: f"{value:.4f}" for name, value in sorted(done.misses.items())},
        "release": release_of(artefact),
        "release_compared": done.release_seen,
        "about": dict(artefact.about),
    }
