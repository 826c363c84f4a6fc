"""Which columns a table has: key, bilingual heading, width, group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from pcr.rulebook import Input
from service.workbook.keys import CRITERIA, SUPPLY_EVIDENCE, property_key

FIRST: Final = 2
"""Column of the first key: column A is hidden and tells people's rows from the reader's."""


class Column(NamedTuple):
    """A column of a table. A key that starts with ``#`` is for people; the reader sees no key there."""

    key: str
    zh: str
    en: str
    width: int = 14
    group: str = ""


_SUPPLY: Final = (
    ("supply/type", "供电方式", "supply"), ("supply/topology", "接线", "topology"),
    ("supply/technology", "发电技术", "technology"), ("supply/claim", "环境权益主张", "claim"),
    ("supply/interval", "计量间隔", "interval"),
    ("supply/generation", "发电量(本行单位)", "generation, unit of the row"),
    ("supply/export", "上网电量(本行单位)", "export, unit of the row"),
    ("supply/line_loss", "线损率(0至1)", "line loss, 0 to 1"),
    ("supply/declared_factor", "申报因子", "declared factor"),
    ("supply/attributes_sold", "属性已转让", "attributes sold"),
    ("supply/credits_sold", "已售碳信用(CCER)", "carbon credits sold"),
    ("supply/add_transmission", "另加输配", "add transmission"),
    ("supply/series/file", "分时数据文件(CSV)", "interval series, CSV file"),
    ("supply/charge", "储能充电来源(行编号: 电量; …)", "storage charge (row id: amount; …)"),
)  # fmt: skip
_INSTRUMENT: Final = (
    ("id", "凭证编号", "instrument id"), ("mwh", "凭证电量 MWh", "instrument MWh"),
    ("holds", "凭证总量 MWh(较大时填)", "instrument holds MWh, where more"), ("plant", "电厂", "plant"),
    ("market", "市场(国家代码)", "market, country code"), ("generated_from", "发电期起", "generated from"),
    ("generated_to", "发电期止", "generated to"), ("retired_on", "核销日期", "retired on"),
    ("retired_for", "核销受益人", "retired for"), ("sold_to_third_party", "已售第三方", "sold to third party"),
)  # fmt: skip
_EVIDENCE: Final = (
    ("document", "来源凭证", "document"), ("meter", "计量器具", "meter"),
    ("calibration_valid_to", "检定有效期至", "calibration valid to"), ("basis", "数据性质", "basis"),
    ("responsible", "责任人", "responsible"), ("note", "备注", "note"), ("source", "数据来源", "source"),
)  # fmt: skip


def row_columns(inputs: Iterable[Input], months: int = 12) -> list[Column]:
    """The columns of a sheet that holds rows of these inputs."""
    items = list(inputs)
    found = [
        Column("input", "输入项代码", "input id", 20),
        Column("#label", "输入项", "input", 34),
        Column("product", "产品", "product"),
        Column("material", "物料", "material", 22),
        Column("name/zh", "名称(中文)", "name, Chinese", 18),
        Column("name/en", "名称(英文)", "name, English", 18),
        Column("unit", "单位", "unit", 12),
        *amount_columns(months if any(item.monthly for item in items) else 0),
        *_property_columns(items),
        Column("factor", "因子编号", "factor id", 22),
        Column("proxy_for", "代替对象", "proxy for", 16),
    ]
    if any(item.kind == "electricity" for item in items):
        found += supply_columns()
    found += [Column(f"evidence/{key}", zh, en, 16, "证据 Evidence") for key, zh, en in _EVIDENCE]
    return [*found, Column("exclude", "排除理由", "exclude: reason", 18), Column("id", "行编号", "row id")]


def amount_columns(months: int) -> list[Column]:
    """The year's amount, the months and their sum for the person's check."""
    group = "数量 Amounts"
    found = [Column("amount", "全期数量(无月度时填)", "amount of the period, where there are no months", 16, group)]
    found += [Column(f"months/{k}", f"第{k}月", f"month {k}", 11, group) for k in range(1, months + 1)]
    return [*found, Column("sum", "合计(仅供核对)", "sum, for your check only", 14, group)] if months else found


def _property_columns(items: list[Input]) -> list[Column]:
    found: dict[str, Column] = {}
    for item in items:
        for name, known in item.properties.items():
            key = property_key(name, known.unit)
            zh, en = f"{known.label['zh']} [{known.unit}]", f"{known.label['en']} [{known.unit}]"
            found.setdefault(key, Column(key, zh, en, 16, "性质 Properties"))
    return list(found.values())


def supply_columns() -> list[Column]:
    """How electricity reached the works, the evidence held, and one instrument with its five criteria."""
    found = [Column(key, zh, en, 15, "供电 Supply") for key, zh, en in _SUPPLY]
    found += [
        Column(f"supply/evidence/{key}", f"证据：{zh}", f"evidence: {key.replace('_', ' ')}", 15, "供电 Supply")
        for key, zh in SUPPLY_EVIDENCE.items()
    ]
    found += [Column(f"instrument/{key}", zh, en, 15, "凭证 Instrument") for key, zh, en in _INSTRUMENT]
    return found + [
        Column(f"instrument/criteria/{key}", f"五项条件：{zh}", f"criterion: {key}", 15, "凭证 Instrument")
        for key, zh in CRITERIA.items()
    ]


def applies(key: str, item: Input) -> bool:
    """Whether a person may fill this column in for this input; other cells are grey."""
    if key.startswith(("months/", "sum")):
        return item.monthly
    if key.startswith("properties/"):
        return key in {property_key(name, known.unit) for name, known in item.properties.items()}
    if key == "product":
        return True
    return item.kind == "electricity" or not key.startswith(("supply/", "instrument/"))
