"""Words of screens and pages in both languages; one place, so that a term is said the same everywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, Literal

Language = Literal["en", "zh"]

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "complete": ("complete", "完整"),
    "complete_with_proxies": ("complete with proxies", "完整（含代理数据）"),
    "draft": ("DRAFT", "草稿"),
    "refused": ("refused", "拒绝计算"),
    "per": ("per", "每"),
    "kWh delivered": ("kWh delivered", "kWh 交付能量"),
    "kWh capacity": ("kWh of rated capacity", "kWh 额定容量"),
    "piece": ("piece", "件"),
    "open": ("open above", "上限未知"),
    "open_below": ("open below", "下限未知"),
    "to": ("to", "至"),
    "stage": ("Stage", "阶段"),
    "rounding": ("rounding difference", "修约差"),
    "contributors": ("Largest contributions", "主要贡献"),
    "input": ("Input", "数据项"),
    "source": ("Factor or flow", "因子或流"),
    "class": ("Class", "数据类别"),
    "shown_once": ("Shown once: keep it where secrets are kept.", "仅显示一次，请妥善保存。"),
    "revoked": ("revoked", "已吊销"),
    "first_user": (
        "Nobody has an account yet. This link makes the first owner; it works once, for three days:",
        "尚无账户。以下一次性链接用于创建首位所有者，三天内有效：",
    ),
    "open_note": (
        "Until then this machine may use the service without a key.",
        "在此之前，本机可不使用密钥访问服务。",
    ),
    "withdrawn_record": ("This record is withdrawn:", "该记录已撤回："),
    "serving": ("Serving", "服务地址"),
    "share": ("Share", "占比"),
    "electricity": ("Electricity", "电力"),
    "supply": ("Supply", "供电方式"),
    "row": ("Row", "条款"),
    "factor": ("Factor", "因子"),
    "codes": ("Codes", "代码"),
    "worth": ("would have been worth", "若被接受则为"),
    "shares": ("Data behind the result", "结果的数据构成"),
    "measured": ("measured", "实测"),
    "supplier": ("supplier", "供应商"),
    "official": ("official", "官方"),
    "proxy": ("proxy", "代理"),
    "gap": ("gap", "缺口"),
    "unknown": ("not known", "未知"),
    "lines": ("Lines", "分项"),
    "fossil": ("fossil", "化石"),
    "biogenic": ("biogenic", "生物质"),
    "dluc": ("land-use change", "土地利用变化"),
    "aircraft": ("aircraft", "航空"),
    "unsplit": ("published without gas split", "来源未分气体"),
    "known_part": ("not known; known part", "未知；已知部分"),
    "zero": ("zero by statement", "声明为零"),
    "gaps": ("Gaps, widest first", "缺口（影响最大在前）"),
    "range": ("range", "区间"),
    "no_range": ("no sourced range: the band stays open above", "没有有来源的区间：上限未知"),
    "proxies": ("Proxies", "代理因子"),
    "place": ("place", "地区"),
    "year": ("year", "年份"),
    "technology": ("stands for", "替代"),
    "no_distance": ("no official value of this place", "非本地官方值"),
    "value": ("sources disagree", "来源不一致"),
    "cut_off": ("Left out (cut-off)", "舍去项"),
    "sensitivities": ("Sensitivity", "敏感性"),
    "electricity_average": ("average electricity mix instead of instruments", "以平均电力替代凭证"),
    "tornado": ("what moves the total most", "影响最大的输入"),
    "elasticity": ("total per 1 % of the input", "输入变化1%时总量变化"),
    "tornado_rest": (
        "{more} more inputs move the total; {still} do not.",
        "另有 {more} 项影响总量；{still} 项无影响。",
    ),
    "tied": ("Cannot move alone", "不能单独变动"),
    "low_end": ("low end of a draft", "草案低值"),
    "transmission_not_inside": ("if transmission is not inside the average", "若平均因子不含输配电"),
    "storage": ("storage", "储能"),
    "primary_share": ("Primary data (activity and factor)", "初级数据占比（活动数据及因子）"),
    "excellent": ("excellent", "优秀"),
    "very_good": ("very good", "很好"),
    "good": ("good", "良好"),
    "fair": ("fair", "一般"),
    "poor": ("poor", "较差"),
    "quality": ("Data quality rating", "数据质量评分"),
    "works": ("Works", "工厂"),
    "works_total": ("works total", "工厂合计"),
    "products_total": ("sum over products", "各产品之和"),
    "difference": ("difference", "差额"),
    "also": ("The same per", "换算为每"),
    "indicators": ("Indicators", "指标"),
    "settings": ("Settings used", "采用的设置"),
    "warnings": ("Warnings", "提示"),
    "unconfirmed": ("Not confirmed against the text", "未与原文核对"),
    "record": ("Record", "核算记录"),
    "rule": ("Rule", "规则"),
    "regime": ("Regime", "制度"),
    "release": ("Factor release", "因子库版本"),
    "sealed": ("sealed", "已封存"),
    "there": ("was there already", "已存在"),
    "not_sealed": ("not sealed", "未封存"),
    "in force": ("in force", "现行"),
    "expired": ("expired", "已过期"),
    "unsigned": ("unsigned", "未签名"),
    "refused_head": ("Refused: nothing was calculated or stored.", "拒绝计算：未计算，也未保存任何内容。"),
    "faults": ("faults", "项问题"),
    "onsite": ("own generation", "自发电"),
    "direct_line": ("direct line", "直连"),
    "grid": ("grid", "电网"),
    "own_process": ("counted in its process", "已计入所在过程"),
    "identical": ("identical", "一致"),
    "identical by other code": ("identical by other code", "一致（代码不同）"),
    "arithmetic only": ("arithmetic only", "仅核验计算"),
    "different": ("different", "不一致"),
    "not possible": ("not possible", "无法复算"),
    "intact": ("intact", "完好"),
    "tampered": ("tampered", "被篡改"),
    "integrity": ("Integrity", "完整性"),
    "signature": ("Signature", "签名"),
    "recomputation": ("Recomputation", "复算"),
    "first_step": ("first step that differs", "首个不同步骤"),
    "recorded": ("recorded", "记录值"),
    "found": ("found", "复算值"),
    "next": ("Try next", "接下来"),
    "status": ("Status", "状态"),
    "total": ("Total", "总量"),
    "gwp_set": ("GWP set", "GWP"),
    "scope": ("Scope: electricity", "范围：电力"),
    "scope_counted": ("counted", "计入"),
    "scope_information": ("for information", "仅供参考"),
    "scope_not_in_scope": ("look the code up", "请核对编码"),
    "scope_unknown": ("code not known", "编码未知"),
    "scope_no_code": ("no CN code", "缺CN编码"),
    "power_accepted": ("accepted", "认可"),
    "power_outside": ("outside the regime: not looked at", "不在制度范围内"),
    "power_refused": ("refused: takes the average", "不认可，按平均"),
    "power_average": ("average of the grid", "电网平均"),
    "why": ("Why totals differ", "差异原因"),
    "why_low": ("Why the low ends differ", "下限差异原因"),
    "to_total": ("this regime", "本制度"),
    "rest": ("rest", "余差"),
    "others": ("others", "其他"),
    "cause_boundary": ("boundary, admissibility", "边界与可接受性"),
    "cause_electricity": ("electricity", "电力"),
    "cause_coefficients": ("coefficients", "系数"),
    "cause_molar": ("molar constants", "摩尔常数"),
    "cause_gwp": ("GWP set", "GWP"),
    "cause_biogenic": ("biogenic CO2", "生物质CO2"),
}


def pick(words: Mapping[str, tuple[str, str]], key: str, language: Language) -> str:
    """A word of a list in the language; an unknown key is shown as it is."""
    entry = words.get(key)
    return key if entry is None else entry[0 if language == "en" else 1]


def word(key: str, language: Language) -> str:
    """A word in the language; an unknown key is shown as it is."""
    return pick(WORDS, key, language)


def label(words: Mapping[str, str], language: Language) -> str:
    """A name in the language, or in whichever it has."""
    return words.get(language) or next(iter(words.values()), "")


def language_of(given: str = "") -> Language:
    """``--lang``, ``PCF_LANG``, then the locale; English where nothing says Chinese."""
    for text in (given, os.environ.get("PCF_LANG", ""), os.environ.get("LC_ALL", ""), os.environ.get("LANG", "")):
        if text.lower().startswith("zh"):
            return "zh"
        if text.lower().startswith("en"):
            return "en"
    return "en"
