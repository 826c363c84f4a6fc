"""The machine keys of the workbook: hidden row 1 (tables) and hidden column A (forms) name every cell that is read.

Writer and reader meet only here, so that a label may be reworded without a workbook in the field going blind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

FORMAT: Final = "pcf-workbook/1"
"""Cell A1 of every sheet of ours: ``pcf-workbook/1 rows:clinker``. Sheets without it are the person's own."""
COMMENT: Final = "#"
"""In column A: a row for people (titles, headings), never read."""
EXPECTED: Final = (1, 3)
"""Row and column in the works sheet: the sheets that were written, so that a deleted one is noticed."""
SAME: Final = "same_as_above"
"""In ``supply/type``: this line adds another instrument to the row above."""

Kind = Literal["number", "date", "yes", "choice", "text"]

_NUMBERS: Final = frozenset(
    ("amount", "sum", "supply/generation", "supply/export", "supply/line_loss", "instrument/mwh", "instrument/holds")
)  # fmt: skip
_DATES: Final = frozenset(
    (
        "period/start", "period/end", "evidence/calibration_valid_to",
        "instrument/generated_from", "instrument/generated_to", "instrument/retired_on",
    )
)  # fmt: skip
_YES: Final = frozenset(
    ("supply/attributes_sold", "supply/credits_sold", "supply/add_transmission", "instrument/sold_to_third_party")
)
_CHOSEN: Final = frozenset(("input", "product", "material", "regime", "evidence/basis"))
_KNOWN: Final = re.compile(
    r"(?!(?:name|months|properties|supply|evidence|instrument)$)[^/]+|(?:name|evidence)/[^/]+|months/[1-9]\d{0,2}|"
    r"properties/.+|(?:supply/(?!(?:evidence|instruments)$)|instrument/(?!criteria$))[^/]+|"
    r"supply/evidence/[^/]+|supply/series/file|instrument/criteria/[^/]+"
)
_PROPERTY: Final = re.compile(r"properties/([^\[]+?)(?: \[(.*)\])?")

SUPPLY_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "type": {"onsite": "厂内自发", "direct_line": "直连", "grid": "电网", "storage": "储能"},
    "topology": {"offgrid": "离网", "grid_parallel": "并网"},
    "technology": {
        "coal": "煤电", "gas": "气电", "hydro": "水电", "nuclear": "核电", "wind": "风电", "pv": "光伏",
        "csp": "光热", "biomass": "生物质", "chp": "热电联产", "waste_heat": "余热发电",
    },
    "claim": {
        "none": "无", "gec_bundled": "绿证(证电合一)", "gec_unbundled": "绿证(证电分离)", "ppa": "购电协议",
        "supplier_product": "供电商绿电产品", "go_rec": "GO/REC",
    },
    "interval": {"15min": "15分钟", "hour": "小时", "month": "月", "year": "年"},
}  # fmt: skip
BASES: Final = {"measured": "实测", "calculated": "计算", "estimated": "估算"}
YES: Final = {"true": "是", "false": "否"}
SUPPLY_EVIDENCE: Final = {
    "generator_meter": "发电侧电表", "load_meter": "用电侧电表", "export_meter": "上网电表",
    "attribute_ledger": "环境属性台账", "line_route": "专线路径", "supply_contract": "供电合同",
    "single_line_diagram": "一次接线图", "charge_meter": "充电侧电表",
}  # fmt: skip
CRITERIA: Final = {
    "attributes": "传递属性", "unique": "唯一性", "retired": "已核销", "period": "期间", "market": "市场边界",
}  # fmt: skip


def kind_of(key: str) -> Kind:
    """How the cells under a key are read; an unknown key is text and the intake will name it."""
    if key in _NUMBERS or key.startswith(("months/", "properties/")):
        return "number"
    if key in _DATES:
        return "date"
    if key in _YES:
        return "yes"
    part = key.removeprefix("supply/")
    return "choice" if key in _CHOSEN or (part != key and part in SUPPLY_CHOICES) else "text"


def is_key(key: str) -> bool:
    """Whether a table column may carry the key; anything else was put there by hand."""
    return _KNOWN.fullmatch(key) is not None


def property_key(name: str, unit: str) -> str:
    """``properties/ncv [GJ/t]``: two inputs of one sheet may state a property in two units."""
    return f"properties/{name} [{unit}]" if unit else f"properties/{name}"


def property_of(key: str) -> tuple[str, str] | None:
    """Name and unit of a property key; None for every other key."""
    match = _PROPERTY.fullmatch(key)
    return (match[1], match[2] or "") if match else None


def month_of(key: str) -> int:
    """1 for ``months/1``; 0 for every other key."""
    head, _, tail = key.partition("/")
    return int(tail) if head == "months" and tail.isdecimal() else 0
