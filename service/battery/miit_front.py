"""Front sheet of the workbook under MIIT notice 551: pack, plant, status, result, denominator, notices."""

from __future__ import annotations

from service.battery.lists import miit_lists
from service.battery.miit_lines import Document, Figure, Line, coded, two


def front_lines(document: Document) -> list[Line]:
    """Pack, plant, regime and its status, what was not seen, the figure and what its denominator rests on."""
    rule, regime, result = document["rule"], document["regime"], document["result"]
    lines = [Line(["工信部551号 动力电池碳足迹申报数据 Carbon footprint data under MIIT notice 551"], "pcf_title", 4)]
    notes = ("document_status_note", "layout_note", "background_note", "confidential_note")
    lines += [Line([two(document[key])], "pcf_example", 4) for key in notes]
    lines += [_heads("项目", "Item", "内容 Content", "说明 Note")]
    lines += [_pair("产品", "Product", f"{two(document['product_label'])} ({document['product']})")]
    works, period = document["works"], document["period"]
    lines += [_pair("企业", "Works", two(works["name"]))]
    places = " ".join(works[key] for key in ("country", "province", "operator") if works[key])
    lines += [_pair("国家、省份、运营方", "Country, province, operator", places)]
    lines += [_pair("核算期", "Period", f"{period['start']} – {period['end']}")]
    for item in document["statements"]:
        said = two(item["value"]) if item["state"] == "value" else two(item["because"])
        style = "pcf_plain" if item["state"] == "value" else "pcf_example"
        lines.append(Line([item["label"]["zh"], item["label"]["en"], said], style))
    lines += [_pair("电池类别", "Class of battery", two(document["battery_class_label"]))]
    lines += [_pair("制度", "Regime", f"{regime['id']} {regime['version']} {two(document['regime_label'])}")]
    lines += [_pair("制度状态", "Status of the regime", coded(regime["status"]))]
    lines += [_pair("规则及状态", "Rule and its status", f"{rule['id']} {rule['version']}: {coded(rule['status'])}")]
    lines += [_pair("因子库版本", "Factor releases", ", ".join(document["releases"]))]
    lines += [_pair("GWP取值", "GWP set", regime["gwp_set"])]
    lines += [_pair("核算记录", "Record", document["record"])]
    lines += [_pair("记录状态", "Status of the record", coded(document["record_status"]))]
    lines += [_heads("结果与分母", "Result and denominator", "内容 Content", "说明 Note")]
    lines += [_pair("碳足迹", "Carbon footprint", Figure(result["total"]), result["total_unit"])]
    lines += [_pair("单位", "Unit", two(result["unit_text"]))]
    for stage in result["stages"]:
        zh, en = f"阶段：{stage['label']['zh']}", f"Stage: {stage['label']['en']}"
        if stage["state"] == "value":
            lines.append(_pair(zh, en, Figure(stage["value"]), result["total_unit"]))
        else:
            lines.append(Line([zh, en, two(stage["because"])], "pcf_example"))
    return [
        *lines,
        *_denominator(document),
        Line([two(result["comparable_note"])], "pcf_example", 4),
        *_notices(document),
    ]


def _denominator(document: Document) -> list[Line]:
    given = document["denominator"]
    rows = {row["id"]: row for row in document["activity"]}
    lines, energy = [], given["total_energy"]
    if energy is not None:
        lines.append(_pair("每包全寿命期交付总能量", "Total energy of a pack", Figure(energy["value"]), energy["unit"]))
    lines.append(_pair("总能量算式", "Formula of the total energy", two(given["formula"])))
    lines.append(_pair("算式设置", "Setting of the formula", f"tested_energy = {given['formula_setting']}"))
    for name in given["tested_rows"]:
        row = rows[name]
        told = "; ".join(f"{key}: {text}" for key, text in row["evidence"].items() if text)
        basis = two(miit_lists()["bases"][row["basis"]])
        label = ("试验循环寿命（GB/T 31484）", "Cycle life by test (GB/T 31484)")
        lines.append(_pair(*label, Figure(row["amount"]), f"{basis}; {told or two(miit_lists()['not_stated'])}"))
    style = "pcf_plain" if given["test_report"] else "pcf_example"
    lines.append(Line(["循环寿命依据", "Evidence of the cycle life", two(given["test_report_note"])], style))
    for item in (*given["beside"], *given["other_total_energies"]):
        label = item.get("label", {"zh": "按额定容量", "en": "Per kWh of capacity"})
        lines.append(_pair(label["zh"], label["en"], Figure(item["value"]), f"{item['unit']}: {two(item['note'])}"))
    return lines


def _notices(document: Document) -> list[Line]:
    said = [Line([item["code"], item["where"], item["text"]["zh"], item["text"]["en"]]) for item in document["notices"]]
    return [_heads("记录中的提示", "Notices of the record", "中文", "English"), *said]


def _pair(zh: str, en: str, value: str | Figure, note: str = "") -> Line:
    return Line([zh, en, value, note])


def _heads(*words: str) -> Line:
    return Line(list(words), "pcf_head")
