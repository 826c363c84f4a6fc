"""Words of the comparison: marks short enough for one line of a screen, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lca.faults import Fault, Notice
from lca.messages import sentence
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "constants": ("GWP set, biogenic CO2", "GWP，生物质CO2"),
    "scope": ("Electricity of CN {code}", "CN {code} 的电力"),
    "power": ("Electricity, kg CO2e", "电力（kg CO2e）"),
    "own_plant": ("own plant", "自备电厂"),
    "why": ("Why totals differ, from", "差异原因，起自"),
    "why_low": ("Why the low ends differ, from", "下限差异原因，起自"),
    "worth": (
        "last line of a row: more or less than the same kWh at that regime's average; in brackets: not counted there",
        "各行末：与该制度平均电力相比的增减；括号内：该制度不计",
    ),
    "not_sealed": (
        "A comparison: read without strict, nothing sealed or stored. Certificates: by life-cycle factors.",
        "仅作比较：非严格读取，未封存、未保存。凭证价值按全生命周期因子计算。",
    ),
}
MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "ELEC_BALANCE": ("the slices do not add up to the meter", "各切片之和与电表不符"),
    "ELEC_TEMPORAL_EVIDENCE": (
        "own use not shown: meters are too coarse for this regime", "无法证明自用：计量间隔不满足该制度"
    ),
    "ELEC_SURPLUS_CLAIMED": ("more claimed than was generated and used", "申报量超过发电并自用的电量"),
    "ELEC_DIRECT_EVIDENCE": ("evidence of own or direct power is missing", "缺少自发或直连电力的证据"),
    "ELEC_ATTRIBUTE_SOLD": ("the attribute of this power was sold", "环境属性已出售"),
    "ELEC_CRIT_ATTRIBUTES": ("the instrument does not show the power's attributes", "凭证未说明电力属性"),
    "ELEC_CRIT_UNIQUE": ("unique claim not shown", "未证明唯一性"),
    "ELEC_CRIT_RETIRED": ("retirement for this company not shown", "未证明已为本企业核销"),
    "ELEC_PERIOD_MISMATCH": ("generated outside the period", "发电时间不在核算期内"),
    "ELEC_MARKET_BOUNDARY": ("the instrument is of another market", "凭证来自其他市场"),
    "ELEC_DUPLICATE_INSTRUMENT": ("an instrument is used twice", "凭证重复使用"),
    "ELEC_CLAIM_EXCEEDS_USE": ("the instruments cover more than was used", "凭证电量超过用电量"),
    "ELEC_ZERO_FACTOR_FORBIDDEN": ("a life-cycle footprint has no zero power", "全生命周期核算中没有零排放电力"),
    "ELEC_FACTOR_TYPED": ("a typed factor is no evidence", "直接填写的因子不能作为依据"),
    "ELEC_CAPTIVE_ONCE": (
        "the works' own plant or waste heat: the fuel is counted once, where it is burned",
        "自备电厂或余热：燃料仅在燃烧处计入一次",
    ),
    "ELEC_CAPTIVE_DOUBLE": ("the captive plant has its fuel and a factor", "自备电厂燃料与因子并用"),
    "ELEC_CCER_OVERLAP": ("the plant sells carbon credits for this power", "该电量已出售碳信用"),
    "ELEC_650_RATIO": ("own use of the line below 60 %: no condition here", "直连自用比例低于60%：非此处条件"),
    "ELEC_STORAGE": ("from a storage: as charged, the loss inside", "储能：按充电来源，损耗已含"),
    "ELEC_STORAGE_GAIN": ("a storage gives more than it took", "储能放电量大于充电量"),
    "ELEC_STORAGE_SOURCE": ("what charged the storage is not known", "储能充电来源不明"),
    "ELEC_DOUBLE_TD": ("transmission added to an average that holds it", "平均因子上重复增加输配电"),
    "ELEC_SUBNATIONAL_NOT_ALLOWED": ("only the country's average is taken", "只采用国家平均值"),
    "ELEC_INSTRUMENT_NOT_ACCEPTED": (
        "certificates are not looked at here: the kWh take the average", "此制度不考虑凭证：采用平均因子"
    ),
    "ELEC_RESIDUAL_MISSING": (
        "no residual mix is published: the average may hold power others claim",
        "未发布剩余组合：平均值可能含他人已声明电力",
    ),
    "ELEC_RULE_UNCONFIRMED": ("the electricity clause was not read in full", "电力条款未通读原文"),
    "ELEC_EF_DATASET_WANTED": ("an EF-compliant data set may be wanted", "可能要求使用符合EF的数据集"),
    "ELEC_FACTOR_NOT_LOADED": (
        "the regime's grid factor is not shipped and not loaded: no value", "电网因子不随附且未载入：没有数值"
    ),
    "ELEC_ZERO_NONFOSSIL": ("own or direct non-fossil power counts zero here", "自发或直供非化石电力在此按零计"),
    "ELEC_PPA_NOT_DIRECT": ("purchase agreement with the producer not shown", "未证明购电协议与发电企业直接签订并交付"),
    "ELEC_SOURCE_NOT_ALLOWED": ("only the prescribed grid factor is taken", "只接受规定的电网因子"),
    "ELEC_CHERRY_PICK": ("one product of a meter was given the green power", "同一电表的绿电被分给某一产品"),
    "not_a_footprint": (
        "a site account: upstream and gases outside it are not counted", "厂区核算：上游及口径外气体不计"
    ),
}  # fmt: skip


def said(key: str, language: Language) -> str:
    """One of the comparison's own words."""
    return pick(WORDS, key, language)


def mark(item: Fault | Notice, language: Language) -> str:
    """What a mark means: in a few words where the code has them, else its sentence."""
    entry = MARKS.get(item.code)
    return sentence(item, language) if entry is None else entry[0 if language == "en" else 1]
