"""The sheets before the rows: how to fill in, the works and its period, products, settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from openpyxl.worksheet.worksheet import Worksheet

from pcr.rulebook import Rule
from service.workbook.columns import FIRST, Column
from service.workbook.keys import EXPECTED, FORMAT
from service.workbook.lists import Lists
from service.workbook.row_keys import Cells, scalar, words
from service.workbook.style import put_date, put_text
from service.workbook.table import Block, Table

HOW: Final = (
    ("浅黄色单元格填写；灰色为固定；深灰不适用。",
     "Fill in the light yellow cells; grey is fixed; dark grey does not apply."),
    ("空白表示未知，不是零：没有用量的月份请填 0。",
     "Empty means unknown, never zero: write 0 for a month without use."),
    ("数量请填数字，不要填文本、日期、百分号；公式可用，但须已计算。",
     "Amounts are numbers: no text, no dates, no percent format; formulas are fine once calculated."),
    ("第1月是核算期的第一个月；合计列仅供核对，不读取为数量。",
     "Month 1 is the first month of the period; the sum column is for your check and is not read as the amount."),
    ("超过15位有效数字的数请作为文本填写。", "A number of more than 15 digits is written as text."),
    ("可增加行:填写输入项代码即可；可用自己的工作表计算，不会被读取。",
     "Rows may be added: give the input id. Sheets of your own may hold workings; they are not read."),
    ("一行用电有多张凭证时，在下一行的供电方式选 same_as_above，只填凭证列。",
     "Several instruments for one row: on the next line choose supply same_as_above， fill the instrument only."),
    ("请勿改动隐藏的第1行和A列。", "Do not change the hidden row 1 and column A."),
    ("不得填写碳抵消、碳信用。", "No offsets and no carbon credits are entered."),
)  # fmt: skip
LEGEND: Final = (
    ("pcf_fill", "填写 fill in"), ("pcf_fixed", "固定 fixed"), ("pcf_none", "不适用 does not apply"),
    ("pcf_sum", "核对 check only"), ("pcf_example", "示例 example"),
)  # fmt: skip


FOR_SUPPLIER: Final = (
    ("供应商须知", "To the supplier", "pcf_head"),
    ("您的客户请您填写此表，以计算您所供产品的碳足迹（从摇篮到您的大门）。",
     "Your customer asks for this: the footprint of what you deliver, from cradle to your gate.", "pcf_plain"),
    ("填写贵厂一年的计量数据；客户将用 pcf factors receive 读取并计算。",
     "Give a year of your meters; your customer reads and calculates it with pcf factors receive.", "pcf_plain"),
    ("如不愿披露数据，可用 pcf calculate 自行计算，只发送核算记录。",
     "If you would rather not disclose them, calculate yourself with pcf calculate and send the record.", "pcf_plain"),
    ("不知道的请留空，不要估填；请附计量凭证编号。",
     "Leave empty what you do not know; do not guess. Name the documents of the meters.", "pcf_plain"),
)  # fmt: skip


def write_readme(sheet: Worksheet, rule: Rule, regime: str, *, for_supplier: bool = False) -> None:
    """How to fill in, legend, rule and status, what is unconfirmed; a supplier is told who reads it."""
    put_text(sheet, 1, 1, f"{FORMAT} readme")
    sheet.row_dimensions[1].hidden = True
    sheet.column_dimensions["A"].hidden = True
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 60, 90
    lines = [(rule.label["zh"], rule.label["en"], "pcf_title")]
    lines += FOR_SUPPLIER if for_supplier else ()
    lines += [("规则 rule", rule.ref, "pcf_plain"), ("状态 status", rule.status, "pcf_plain")]
    lines += [("核算制度 regime", regime, "pcf_plain"), (rule.unit.text["zh"], rule.unit.text["en"], "pcf_plain")]
    standards = [f"{item.number} ({item.state}, {item.confidence})" for item in rule.standards]
    lines += [("标准 standard", text, "pcf_plain") for text in standards]
    lines += [(f"未确认 {note['zh']}", f"unconfirmed: {note['en']}", "pcf_example") for note in rule.unconfirmed]
    lines += [("填写说明", "How to fill in", "pcf_head"), *((zh, en, "pcf_plain") for zh, en in HOW)]
    lines += [("图例", "Legend", "pcf_head")]
    for row, (left, right, style) in enumerate(lines, 2):
        put_text(sheet, row, 2, left, style)
        put_text(sheet, row, 3, right, style)
    for row, (style, text) in enumerate(LEGEND, len(lines) + 2):
        put_text(sheet, row, 2, text, style)


def write_works(sheet: Worksheet, rule: Rule, data: Mapping[str, Any], kinds: Mapping[str, str], lists: Lists) -> None:
    """The form of the works. ``kinds``: sheets that are written, so that the reader misses a deleted one."""
    works, period = data.get("works") or {}, data.get("period") or {}
    name = words(works.get("name", ""), "works/name")
    labels = {
        "rule": "规则 rule", "regime": "核算制度 regime", "works/name/zh": "企业名称(中文) works name, Chinese",
        "works/name/en": "企业名称(英文) works name, English", "works/country": "国家代码 country (ISO 3166, CN)",
        "works/province": "省份 province", "works/operator": "运营方 operator",
        "period/start": "核算期起 period start", "period/end": "核算期止 period end",
        "about/prepared_by": "填表人 prepared by", "about/contact": "联系方式 contact",
    }  # fmt: skip
    values = {"rule": rule.ref, "regime": scalar(data.get("regime"))} | name
    values |= {f"works/{key}": scalar(value) for key, value in works.items() if key != "name"}
    values |= {f"period/{key}": scalar(value) for key, value in period.items()}
    values |= {f"about/{key}": scalar(value) for key, value in (data.get("about") or {}).items()}
    put_text(sheet, 1, 1, f"{FORMAT} works")
    put_text(sheet, 2, 2, "基本信息 Works", "pcf_title")
    put_text(sheet, *EXPECTED, "\n".join(f"{kind}={title}" for kind, title in kinds.items()))
    for row, key in enumerate(dict.fromkeys([*labels, *values]), 3):
        put_text(sheet, row, 1, key)
        put_text(sheet, row, 2, labels.get(key, key), "pcf_head")
        if key.startswith("period/"):
            put_date(sheet, row, 3, values.get(key, ""), "pcf_date")
        else:
            put_text(sheet, row, 3, values.get(key, ""), "pcf_fixed" if key == "rule" else "pcf_text")
        if key == "regime":
            lists.drop(sheet, [f"C{row}"], lists.of({regime: "" for regime in rule.regimes}), strict=False)
    sheet.row_dimensions[1].hidden = True
    sheet.column_dimensions["A"].hidden = True
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 44, 50
    sheet.freeze_panes = "A3"


def write_products(sheet: Worksheet, data: Mapping[str, Any], empty: int, lists: Lists) -> None:
    """Several products per works; their ids feed the drop-downs of the rows."""
    filled: list[Cells] = []
    for product in data.get("products") or ():
        line = {key: scalar(value) for key, value in product.items() if key != "name"}
        filled.append(line | words(product.get("name", ""), "name"))
    columns = [
        Column("id", "产品代码", "product id", 20), Column("name/zh", "产品名称(中文)", "product name, Chinese", 36),
        Column("name/en", "产品名称(英文)", "product name, English", 36), Column("note", "备注", "note", 40),
    ]  # fmt: skip
    table = Table(sheet, "products", "产品 Products", columns, lists, "")
    table.block(Block(filled=filled, empty=empty))


def write_settings(sheet: Worksheet, rule: Rule, data: Mapping[str, Any], lists: Lists) -> None:
    """Every default of the rule with source and confidence, and a column to put another in its place."""
    given = data.get("settings") or {}
    columns = [
        Column("setting", "设置项", "setting", 24), Column("#label", "说明", "meaning", 46),
        Column("#default", "缺省值", "default", 16), Column("value", "改用", "use instead", 18),
        Column("#source", "来源", "source", 50), Column("#confidence", "可信度", "confidence", 14),
    ]  # fmt: skip
    table = Table(sheet, "settings", "设置 Settings", columns, lists, "")
    for name in dict.fromkeys([*rule.settings, *given]):
        known = rule.settings.get(name)
        line = {"setting": name, "value": scalar(given.get(name))}
        if known is not None:
            line |= {"#label": f"{known.label['zh']} {known.label['en']}", "#default": known.value}
            line |= {"#source": known.source, "#confidence": known.confidence}
        options = {choice: "" for choice in known.choices} if known is not None else {}
        table.block(Block(filled=[line], lists={"value": options} if options else {}))
        for column in (FIRST, FIRST + 1, FIRST + 2, FIRST + 4, FIRST + 5):
            sheet.cell(row=table.row - 1, column=column).style = "pcf_fixed"
