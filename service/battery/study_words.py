"""Heads and sentences of the study in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.text.words import pick, word

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "setting": ("Setting", "设置"),
    "value": ("Value", "数值"),
    "indicator": ("Indicator", "指标"),
    "unit": ("Unit", "单位"),
    "excluded": ("Left outside", "不计入"),
    "because": ("Because", "理由"),
    "line": ("Line", "项目"),
    "id": ("Id", "编号"),
    "total": ("Total", "总量"),
    "kwh": ("kWh per kWh delivered", "每交付kWh的用电量（kWh）"),
    "factor_value": ("Factor value", "因子值"),
    "co2e": ("kg CO2e", "kg CO2e"),
    "primary": ("Primary data, activity and factor", "初级数据（活动数据及因子）"),
    "not_known": ("not known", "未知"),
    "scheme": ("Scheme", "评级方案"),
    "score": ("Rating, contribution-weighted", "按贡献加权的评分"),
    "level": ("Level", "等级"),
    "threshold": ("Highest rating admitted for a", "最高允许评分适用对象"),
    "most": ("Rating", "评分"),
    "other": ("In other editions", "其他版本"),
    "proxy": ("proxy", "代理"),
    "distance": ("Distance", "偏离"),
    "what": ("What", "内容"),
    "note": ("Note", "说明"),
    "release": ("Factor release", "因子库版本"),
    "gwp": ("GWP set", "GWP取值"),
    "notice": ("Notices of the record: recalled, unconfirmed, proxies", "记录中的提示：凭记忆、未确认、代理"),
    "draft": ("draft", "草案"),
}

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "cycles_listed": {
        "en": "The cycles a year are those of the vehicle category.",
        "zh": "年循环数采用车辆类别的规定值。",
    },
    "cycles_declared": {
        "en": "The total energy rests on the declared life of the battery, not on cycles a year of a vehicle category.",
        "zh": "总能量依据电池的标称寿命，不采用车辆类别的年循环数。",
    },
    "rule_not_installed": {
        "en": "The rule of the record is not installed here in the same bytes, so its boundary cannot be quoted.",
        "zh": "此处未安装与记录完全一致的规则，无法引用其系统边界。",
    },
    "no_cut_off": {"en": "No line was left out by a cut-off.", "zh": "没有按取舍准则舍去的项目。"},
    "cut_off": {"en": "Left out by a cut-off:", "zh": "按取舍准则舍去："},
    "not_in_record": {"en": "missing", "zh": "缺失"},
    "power": {
        "en": "Directly connected power, else the average consumption mix of the country; certificates and power "
        "purchase agreements are not looked at.",
        "zh": "采用直连电力，否则采用国家平均消费组合；绿证和购电协议不予考虑。",
    },
    "thresholds": {
        "en": "The highest ratings are parameters of the scheme, recalled. Whether each data set meets its own is not "
        "shown: the public record holds the rating of the whole study.",
        "zh": "最高评分为评级方案的参数，凭记忆。各数据集是否满足未列出：公开记录只含整体评分。",
    },
    "cff_withheld": {
        "en": "The parameters stand in rows that are not part of the public record. State them under cff_parameters in "
        "the file of --with.",
        "zh": "参数所在的数据行不属于公开部分。请在 --with 文件的 cff_parameters 中说明。",
    },
    "allocation": {
        "en": "Energy metered for several models is shared by the key below; subdivision comes first.",
        "zh": "多个型号共用计量的能源按下列依据分配；优先细分过程。",
    },
    "withheld": {
        "en": "Activity data, meters, factors and the equation system are confidential and left out; the name of the "
        "record proves them.",
        "zh": "活动数据、计量信息、因子和方程组为保密内容，未予公开；可由记录名称验证。",
    },
}  # fmt: skip


def say(key: str) -> dict[str, str]:
    """A word in both languages: of the study, else of all screens."""
    if key in WORDS:
        return {"en": pick(WORDS, key, "en"), "zh": pick(WORDS, key, "zh")}
    return {"en": word(key, "en"), "zh": word(key, "zh")}
