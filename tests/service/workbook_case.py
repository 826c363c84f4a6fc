"""A small rule and plain data for the workbook tests."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pcr.rulebook import Rule, read_rule

RULE = """
id: brick
version: 1.0.0
api: "1"
label: {en: Brick, zh: 砖}
status: draft
unconfirmed: [{en: "=not read", zh: 未读}]
regimes: [gbt24067]
standards: [{number: "GB/T 0", title: {en: Bricks, zh: 砖}, state: draft, confidence: unconfirmed}]
unit: {kind: declared, amount: "1", unit: t, text: {en: 1 t of bricks, zh: 1 t 砖}, confidence: derived}
boundary: {type: cradle_to_gate, text: {en: cradle to gate, zh: 从摇篮到大门}, confidence: derived}
stages:
  - {id: raw, label: {en: "Raw materials: clay/shale", zh: 原材料}}
  - {id: make, label: {en: Making, zh: 生产}}
clauses: {}
inputs:
  output: {kind: output, label: {en: Bricks made, zh: 产量}, units: [t], required: true, per: product}
  clay:
    kind: material
    label: {en: Clay, zh: 粘土}
    stage: raw
    units: [t, kg]
    materials: {clay: {label: {en: clay, zh: 粘土}}, shale: {label: {zh: 页岩, en: shale}}}
    properties: {moisture: {unit: "%", label: {en: moisture, zh: 含水率}, most: "100"}}
  coal:
    kind: fuel
    label: {en: Coal, zh: 煤}
    stage: make
    units: [t]
    properties:
      ncv: {unit: GJ/t, label: {en: NCV, zh: 低位发热量}}
      biogenic_share: {unit: "1", label: {en: biogenic share, zh: 生物质比例}, most: "1"}
  gas:
    kind: fuel
    label: {en: Gas, zh: 天然气}
    stage: make
    units: [10^4Nm3]
    properties: {ncv: {unit: GJ/10^4Nm3, label: {en: NCV, zh: 低位发热量}}}
  electricity: {kind: electricity, label: {en: Electricity, zh: 电}, stage: make, units: [MWh, kWh]}
  dry_share: {kind: share, label: {en: Dry share, zh: 干料比}, stage: make, units: ["1", "%"]}
  density: {kind: parameter, label: {en: Density, zh: 密度}, stage: make, units: [kg/m3], monthly: false}
settings:
  loss: {value: "0.01", label: {en: loss, zh: 损耗}, source: guess, confidence: unconfirmed}
  way: {value: a, label: {en: way, zh: 方式}, source: guess, confidence: unconfirmed, choices: [a, b]}
uniformities: {name: a, goal_and_scope: a, allocation: a, data_quality: a, inventory: a, report: a}
"""
MAKE = "生产 Making"
MONTHS = [str(number) for number in range(10, 22)]


def rule(folder: Path) -> Rule:
    (folder / "rule.yaml").write_text(RULE, encoding="utf-8")
    return read_rule(folder)


def instrument(name: str, **more: Any) -> dict[str, Any]:
    criteria = {key: f"{name}-{key}" for key in ("attributes", "unique", "retired", "period", "market")}
    return {
        "id": name, "mwh": "12.5", "plant": "风电场", "market": "CN", "generated_from": "2024-01-01",
        "generated_to": "2024-12-31", "retired_on": "2025-01-15", "retired_for": "works",
        "sold_to_third_party": "false", "criteria": criteria, **more,
    }  # fmt: skip


def plain() -> dict[str, Any]:
    """Every kind of row, in the order of the sheets."""
    evidence = {
        "document": "=1+1", "meter": "M-1", "calibration_valid_to": "2025-06-30", "basis": "calculated",
        "responsible": "@张三", "note": "-n", "source": "+s",
    }  # fmt: skip
    supply = {
        "type": "direct_line", "topology": "grid_parallel", "technology": "wind", "claim": "gec_bundled",
        "interval": "15min", "generation": "200", "export": "3.25", "line_loss": "0.031", "declared_factor": "0.1",
        "attributes_sold": "false", "add_transmission": "true",
        "evidence": {name: f"E-{name}" for name in (
            "generator_meter", "load_meter", "export_meter", "attribute_ledger", "line_route", "supply_contract",
            "single_line_diagram", "photo")},
        "instruments": [instrument("A"), instrument("B", mwh="0.1"), {"id": "C", "mwh": "3"}],
    }  # fmt: skip
    return {
        "format": "pcf-activity/1",
        "rule": "brick 1.0.0",
        "regime": "gbt24067",
        "works": {"name": {"zh": "砖厂", "en": "Works"}, "country": "CN", "province": "江苏", "operator": "某公司"},
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "about": {"prepared_by": "李四", "ticket": "=7"},
        "settings": {"loss": "0.02", "way": "b"},
        "products": [
            {"id": "001", "name": {"zh": "红砖", "en": "red brick"}, "note": "a"},
            {"id": "p2", "name": {"zh": "青砖", "en": "grey brick"}},
        ],
        "rows": [
            {"input": "clay", "id": "r1", "material": "shale", "unit": "t", "months": MONTHS, "evidence": evidence,
             "name": {"zh": "甲", "en": "first"}, "properties": {"moisture": {"amount": "12.5", "unit": "%"}}},
            {"input": "clay", "material": "mud", "unit": "kg", "amount": "0.30000000000000004", "factor": "f:1",
             "proxy_for": "clay of the region", "exclude": "under the cut-off"},
            {"input": "coal", "unit": "t", "amount": "0.1", "properties": {
                "ncv": {"amount": "26.7", "unit": "GJ/t"}, "biogenic_share": {"amount": "0", "unit": "1"}}},
            {"input": "gas", "unit": "10^4Nm3", "amount": "1e+20", "properties": {
                "ncv": {"amount": "389.31", "unit": "GJ/10^4Nm3"}}},
            {"input": "electricity", "id": "e", "unit": "MWh", "months": MONTHS, "supply": supply},
            {"input": "electricity", "unit": "kWh", "amount": "5", "supply": {"type": "grid"}},
            {"input": "dry_share", "unit": "1", "months": ["0.95"] * 12},
            {"input": "density", "unit": "kg/m3", "amount": "1700"},
            {"input": "output", "product": "001", "unit": "t", "months": MONTHS},
            {"input": "output", "product": "p2", "unit": "t", "months": ["0"] * 11 + ["7"]},
        ],
        "meters": [{"id": "m", "input": "electricity", "unit": "MWh", "months": MONTHS},
                   {"id": "n", "input": "electricity", "unit": "kWh", "amount": "5"}],
    }  # fmt: skip


def at(sheet: Worksheet, name: str, key: str, nth: int = 0) -> Any:
    """The cell of a key in the nth row of an input, written by the template."""
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = [row[0].row for row in sheet.iter_rows(min_row=4) if row[columns["input"] - 1].value == name]
    return sheet.cell(row=rows[nth], column=columns[key])


def edited(source: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(source))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def reparted(source: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """The package with its parts passed through a function."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return target.getvalue()


def shared(source: bytes, *, prefixed: bool = False) -> bytes:
    """The package as a spreadsheet program saves it: shared texts in runs; ``prefixed``: also prefixed elements."""
    texts: list[str] = []

    def number(match: re.Match[bytes]) -> bytes:
        texts.append(html.unescape(match[1].decode()))
        return b't="s"><v>%d</v></c>' % (len(texts) - 1)

    def change(name: str, data: bytes) -> bytes:
        if name.startswith("xl/worksheets/"):
            data = re.sub(rb't="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>', number, data)
        if name.startswith("xl/worksheets/") and prefixed:
            data = re.sub(rb'<row r="\d+"', b"<row", data)
            data = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", data).replace(b"<x:worksheet xmlns=", b"<x:worksheet xmlns:x=")
        if name == "xl/_rels/workbook.xml.rels":
            link = b'<Relationship Id="rS" Type="http://x/sharedStrings" Target="../xl/sharedStrings.xml"/>'
            data = data.replace(b"</Relationships>", link + b"</Relationships>")
        return data

    changed = reparted(source, change)

    def run(text: str) -> str:
        return f'<r><t xml:space="preserve">{html.escape(text)}</t></r>'

    items = "".join(
        f'<si>{run(text[:2])}{run(text[2:])}<rPh sb="0" eb="1"><t>phonetic</t></rPh></si>' for text in texts
    )
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    return reparted(changed, lambda _, data: data, {"xl/sharedStrings.xml": strings.encode()})
