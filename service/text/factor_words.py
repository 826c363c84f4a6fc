"""Words of the factor database on screens and in workbooks, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "diff_value": ("value changed", "数值变更"),
    "diff_meaning": ("meaning changed", "含义变更"),
    "diff_added": ("added", "新增"),
    "diff_removed": ("removed", "移除"),
    "diff_text": ("wording changed", "文字变更"),
    "diff_none": ("no difference", "无差异"),
    "diff_absent": ("none", "无"),
    "reason": ("reason", "原因"),
    "not_stated": ("not stated", "未说明"),
    "source": ("source", "来源"),
    "affected_records": ("records that use it", "使用它的核算记录"),
    "column_change": ("Change", "变更"),
    "column_id": ("Id", "编号"),
    "column_name": ("Name", "名称"),
    "column_old": ("Old", "原值"),
    "column_new": ("New", "新值"),
    "column_percent": ("%", "%"),
    "column_reason": ("Reason", "原因"),
    "column_source": ("Source", "来源"),
    "column_records": ("Affected records", "受影响记录"),
    "column_value": ("Value", "数值"),
    "column_state": ("Standing", "状态"),
    "column_in_force": ("In force", "生效期"),
    "column_published": ("Published", "发布日期"),
    "column_record": ("Record", "核算记录"),
    "column_product": ("Product", "产品"),
    "column_status": ("Status", "状态"),
    "state_in_force": ("in force", "有效"),
    "state_corrected": ("corrected by", "已被更正"),
    "state_expired": ("expired", "已失效"),
    "state_not_yet_in_force": ("not yet in force", "尚未生效"),
    "state_not_yet_known": ("not yet known", "当时尚未公布"),
    "state_withheld": ("withheld by its licence", "许可不允许转发"),
    "state_not_published": ("not published", "未发布"),
    "state_no_dates": ("without dates, answers on any day", "无日期，任何日期均可用"),
    "impact_rest": (
        "{more} more change; {same} of {all} records keep their digits. No record was changed.",
        "另有 {more} 条变化；共 {all} 条记录，其中 {same} 条数字不变。所有记录均未被修改。",
    ),
    "checked_revision": ("revision", "版本"),
    "checked_guards": ("guards", "触发器"),
    "checked_releases": ("releases", "因子版本"),
    "checked_records": ("records", "核算记录"),
    "checked_attachments": ("attachments", "附件"),
    "checked_audit_entries": ("audit entries", "审计记录"),
    "wrong": ("wrong", "错误"),
    "all_good": ("everything holds", "全部通过"),
    "rows": ("{rows} rows", "{rows} 行"),
    "read": ("read", "读取"),
    "accepted": ("accepted", "接受"),
    "rejected": ("not taken", "未收录"),
    "same": ("word for word repeated", "完全重复"),
    "noted": ("taken, with a note", "收录并注明"),
    "published": ("published", "已发布"),
    "nothing_published": ("nothing was published (--dry-run)", "未发布（--dry-run）"),
    "closed_not_here": ("the supplier's record is not in this store", "本库无该供应商记录"),
    "closed_not_disclosed": ("not disclosed", "未披露"),
    "closed_too_deep": ("further tiers not shown", "更深层级未展开"),
    "smaller": ("{count} smaller ones", "其余 {count} 项"),
    "goods_none": (
        "{code} begins no good of the list: not in scope as far as the list says.",
        "{code} 不在货物清单中：据清单不在范围内。",
    ),
    "goods_heading": (
        "A heading of {digits} digits with {count} goods: the classification decides which.",
        "{digits} 位品目，含 {count} 种货物：由归类决定适用哪一种。",
    ),
    "indirect": ("indirect emissions", "间接排放"),
    "counted": ("counted", "计入"),
    "not_counted": ("not counted", "不计入"),
    "precursors": ("precursors", "前体"),
    "use_layer": ("use it", "使用方法"),
    "sources": ("sources", "来源"),
    "licences": ("licences", "许可"),
    "kinds": ("kinds", "类别"),
    "unit_processes": ("unit processes", "单元过程"),
    "no_factor": ("give no factor", "未给出因子"),
    "unlinked": ("with inputs nothing answers", "有未关联输入"),
    "outliers": (
        "far from the median of their category and unit ({times} times, {members} members or more): look at them",
        "与同类别同单位中位数相差悬殊（{times} 倍，成员不少于 {members} 个）：请核对",
    ),
    "outliers_rest": ("{count} more: --format json", "另有 {count} 个：见 --format json"),
    "outlier": (
        "{value} beside a median of {median} ({members} members)",
        "{value}，中位数 {median}（{members} 个成员）",
    ),
}


def said(key: str, language: Language) -> str:
    """One of the factor database's words."""
    return pick(WORDS, key, language)
