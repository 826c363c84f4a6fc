"""Sheets of the workbook under MIIT notice 551 as lines of texts and figures: activity, background, result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from factordb.kinds import KINDS
from service.battery.lists import lists, miit_lists
from service.battery.miit_lines import Document, Figure, Line, coded, two

ACTIVITY: Final = (
    ("类别", "Section"), ("数据行编号", "Row id"), ("输入项", "Input"), ("名称", "Name"), ("适用范围", "Scope"),
    ("物料", "Material"), ("数量", "Amount"), ("单位", "Unit"), ("生命周期阶段", "Stage"), ("数据性质", "Basis"),
    ("来源凭证", "Source document"), ("数据来源", "Source"), ("计量器具", "Meter"), ("其他说明", "Further details"),
)  # fmt: skip
DETAILS: Final = (
    ("properties", "参数 properties"), ("supply", "供电 supply"), ("factor", "指定因子 factor named"),
    ("proxy_for", "代理对象 stands for"), ("excluded", "舍去理由 cut off because"),
)  # fmt: skip
BACKGROUND: Final = (
    ("因子编号", "Factor id"), ("名称", "Name"), ("数值（kg/单位）", "Value, kg per unit"),
    ("单位（分母）", "Unit, the denominator"), ("气体", "Flow"), ("发布值", "Published digits"), ("来源", "Source"),
    ("年份", "Year"), ("地区", "Place"), ("类型", "Kind"), ("可信度", "Confidence"), ("许可", "Licence"),
    ("数据等级和版本", "Data class and release"), ("与要求的偏离", "Distance"), ("用途", "Use"),
    ("所在计算行", "Lines it answers"),
)  # fmt: skip
RESULT: Final = (
    ("代码", "Code"), ("阶段", "Stage"), ("数值", "Value"), ("单位", "Unit"), ("占比", "Share"), ("说明", "Note"),
)  # fmt: skip


def activity_lines(document: Document) -> list[Line]:
    """Every row of the activity data, by section; then what it was month by month, and the load meters."""
    words, section = miit_lists(), ""
    lines = [Line(["活动数据 Activity data"], "pcf_title", 8)]
    lines.append(Line([f"{zh}\n{en}" for zh, en in ACTIVITY], "pcf_head", frozen=True))
    for row in document["activity"]:
        if row["section"] != section:
            section = row["section"]
            lines.append(Line([two(words["sections"][section])], "pcf_block", 8))
        lines.append(Line(_activity(row, words)))
    monthly = [row for row in document["activity"] if row["months"]]
    if monthly:
        most = max(len(row["months"]) for row in monthly)
        lines.append(Line(["分月数据 By month"], "pcf_block", 8))
        heads = [f"{number}月 month {number}" for number in range(1, most + 1)]
        lines.append(Line(["", "数据行编号 Row id", *heads], "pcf_head"))
        lines += [Line(["", row["id"], *(Figure(month) for month in row["months"])]) for row in monthly]
    if document["meters"]:
        lines.append(Line(["负荷电表（核对用） Load meters, for the check"], "pcf_block", 8))
        for item in document["meters"]:
            empty = ["", item["product"], ""]
            lines.append(Line(["", item["id"], item["input"], *empty, Figure(item["amount"]), item["unit"]]))
    return lines


def _activity(row: Mapping[str, Any], words: Mapping[str, Any]) -> list[str | Figure]:
    stages = lists()["stages"]
    told = {key: text or two(words["not_stated"]) for key, text in row["evidence"].items()}
    named = "; ".join(two(stages[key]["label"]) if key in stages else key for key in row["stages"])
    texts = {key: row[key] for key in ("factor", "proxy_for", "excluded")}
    texts["properties"] = ", ".join(_property(item) for item in row["properties"])
    texts["supply"] = ", ".join(f"{key} {text}" for key, text in row["supply"].items())
    details = [f"{label}: {texts[key]}" for key, label in DETAILS if texts[key]]
    for key, label in (("responsible", "责任人 responsible"), ("calibration_valid_to", "检定有效期 calibrated to")):
        details += [f"{label}: {row['evidence'][key]}"] if row["evidence"][key] else []
    details += [row["evidence"]["note"]] if row["evidence"]["note"] else []
    return [
        two(words["sections"][row["section"]]), row["id"], two(row["input_label"]), two(row["label"]),
        " ".join(part for part in (row["product"], two(words["scopes"][row["scope"]])) if part), row["material"],
        Figure(row["amount"]), row["unit"], named, two(words["bases"][row["basis"]]), told["document"], told["source"],
        told["meter"], "; ".join(details),
    ]  # fmt: skip


def _property(item: Mapping[str, Any]) -> str:
    return f"{item['id']} = {item['value']}" + (f" {item['unit']}" if item["unit"] not in ("", "1") else "")


def background_lines(document: Document) -> list[Line]:
    """Every factor, one line a flow; then the settings of rule and regime."""
    words = miit_lists()
    lines = [
        Line(["背景数据 Background data"], "pcf_title", 8),
        Line([two(document["background_note"])], "pcf_example", 8),
    ]
    lines.append(Line([f"{zh}\n{en}" for zh, en in BACKGROUND], "pcf_head", frozen=True))
    for item in document["background"]:
        distance = "; ".join(f"{coded(key)}: {text}" for key, text in sorted(item["distance"].items()))
        after = [
            item["source"],
            item["year"] or two(words["no_year"]),
            item["place"],
            item["kind"],
            coded(item["confidence"]),
            item["licence"],
        ]
        after += [f"{coded(item['data_class'])}; {item['layer']}; {coded(item['chosen_by'])}", distance]
        after += [two(words["uses"][item["use"]]), "; ".join(item["lines"])]
        if item["withheld"]:
            closed = two(words["withheld"])
            lines.append(
                Line([item["id"], two(item["label"]), closed, item["unit"], "", closed, *after], "pcf_example")
            )
            continue
        for flow, value in (item["flows"] or {"": ""}).items():
            figures = [Figure(value), item["unit"], flow, Figure(item["published_value"])]
            lines.append(Line([item["id"], two(item["label"]), *figures, *after]))
    lines.append(Line(["因子类型 Kinds of factor"], "pcf_block", 8))
    for kind in sorted({item["kind"] for item in document["background"]}):
        en, zh = KINDS.get(kind, (kind, kind))
        lines.append(Line([f"{kind}: {two({'zh': zh, 'en': en})}"], wide=8))
    lines.append(Line(["规则与制度的参数 Settings of rule and regime"], "pcf_block", 8))
    return lines + [Line([f"{key} = {text}"], wide=8) for key, text in document["settings"].items()]


def result_lines(document: Document) -> list[Line]:
    """The four stages with their share, the rounding line and the total."""
    result = document["result"]
    unit = result["total_unit"]
    lines = [Line(["结果 Result"], "pcf_title", 6), Line([f"{zh}\n{en}" for zh, en in RESULT], "pcf_head", frozen=True)]
    for stage in result["stages"]:
        if stage["state"] == "missing":
            lines.append(Line([stage["code"], two(stage["label"]), "", "", "", two(stage["because"])], "pcf_example"))
        else:
            share = Figure(stage["share"]) if stage["share"] is not None else ""
            lines.append(Line([stage["code"], two(stage["label"]), Figure(stage["value"]), unit, share, ""]))
    rounding = "分阶段修约与总量之差 What rounded stages miss of the rounded total"
    lines.append(Line(["", rounding, Figure(result["rounding"]), unit, "", ""]))
    lines.append(Line(["", "总量 Total", Figure(result["total"]), unit, "", two(result["unit_text"])], "pcf_block"))
    lines.append(Line([two(result["share_note"])], "pcf_plain", 6))
    return [*lines, Line([two(result["comparable_note"])], "pcf_example", 6)]
