"""Battery documents in words: the study as bilingual Markdown, declaration and passport on a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.text.words import Language, label, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "declaration": ("Carbon footprint declaration of a battery", "电池碳足迹声明"),
    "passport": ("Battery passport: carbon footprint attributes", "电池护照：碳足迹属性"),
    "study": ("Public version of the carbon footprint study", "碳足迹研究报告（公开版）"),
    "record": ("Record", "核算记录"),
    "article": ("Art. 7(1)", "第7(1)条"),
    "field": ("Field", "字段"),
    "content": ("Content", "内容"),
    "share": ("share", "占比"),
    "missing": ("missing", "缺失"),
    "not_applicable": ("not applicable", "不适用"),
    "later": ("later", "后续"),
    "beside": ("beside", "附加"),
    "counts": (
        "{value} given, {missing} missing, {not_applicable} not applicable",
        "已填{value}项，缺失{missing}项，不适用{not_applicable}项",
    ),
    "kg CO2e per kWh delivered": ("kg CO2e per kWh delivered", "kg CO2e/交付kWh"),
    "kg CO2e per kWh capacity": ("kg CO2e per kWh of capacity", "kg CO2e/kWh额定容量"),
    "attribute": ("Attribute", "属性"),
    "null": ("null", "空"),
}  # fmt: skip
_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|!~])")


def print_declaration(console: Console, document: Mapping[str, Any], language: Language) -> None:
    """One row a field; the draft status first, and the other denominator below, marked."""
    _print_head(console, document, "declaration", language)
    table = Table(box=None, padding=(0, 1))
    for title in ("article", "field", "content"):
        table.add_column(pick(WORDS, title, language), overflow="fold")
    for item in document["fields"]:
        where = pick(WORDS, item["article"], language)
        table.add_row(where, Text(label(item["label"], language)), Text(_content(item, language)))
    console.print(table)
    console.print(pick(WORDS, "counts", language).format(**document["counts"]))
    for item in document["denominators"]["beside"]:
        console.print(Text(f"{item['value']} {pick(WORDS, item['unit'], language)}: {label(item['note'], language)}"))
    console.print(Text(label(document["performance_class_note"], language)))


def _content(item: Mapping[str, Any], language: Language) -> str:
    if item["state"] != "value":
        return f"[{pick(WORDS, item['state'], language)}] {label(item['because'], language)}"
    if isinstance(item["value"], Mapping):
        return label(item["value"], language)
    part = f" ({pick(WORDS, 'share', language)} {item['share']})" if item.get("share") else ""
    return f"{item['value']} {pick(WORDS, item['unit'], language)}{part}"


def print_passport(console: Console, document: Mapping[str, Any], language: Language) -> None:
    """Name and value of every attribute."""
    _print_head(console, document, "passport", language)
    table = Table(box=None, padding=(0, 1))
    for title in ("attribute", "content"):
        table.add_column(pick(WORDS, title, language), overflow="fold")
    for name, value in document["carbonFootprint"].items():
        if isinstance(value, list):
            for item in value:
                table.add_row(f"{name}[{item['lifecycleStage']}]", item["carbonFootprint"])
        else:
            table.add_row(Text(name), Text(pick(WORDS, "null", language) if value is None else value))
    console.print(table)
    for name in document["missing"]:
        console.print(Text(f"[{pick(WORDS, 'missing', language)}] {name}"))
    console.print(Text(label(document["not_applicable"]["carbonFootprintPerformanceClass"], language)))


def _print_head(console: Console, document: Mapping[str, Any], kind: str, language: Language) -> None:
    name = label(document["product_label"], language) or document["product"]
    console.print(Text(f"{pick(WORDS, kind, language)} · {name}", style="bold"))
    console.print(Text(label(document["document_status_note"], language), style="yellow"))
    regime = document["regime"]
    console.print(
        Text(f"{pick(WORDS, 'record', language)} {document['record'][:16]} · {regime['id']} {regime['version']}")
    )


def markdown(document: Mapping[str, Any]) -> str:
    """The study, every chapter in English and Chinese. A text of the record or the maker is never markup."""
    name = _two(document["product_label"]) or _plain(document["product"])
    lines = [f"# {_word('study')}", "", f"**{name}**", "", *_paragraph(document["document_status_note"])]
    for number, chapter in enumerate(document["chapters"], 1):
        lines += [f"## {number}. {_two(chapter['label'])}", ""]
        if chapter["state"] != "value":
            lines += [f"*{_word(chapter['state'])}*", "", *_paragraph(chapter["because"])]
        for block in chapter["body"]:
            lines += _table(block["table"]) if "table" in block else _paragraph(block["text"])
    return "\n".join(lines).rstrip() + "\n"


def _word(key: str) -> str:
    return " / ".join(WORDS[key])


def _paragraph(texts: Mapping[str, str]) -> list[str]:
    both = dict.fromkeys([texts["en"], texts["zh"]])
    return [line for text in both for line in (_plain(text), "")]


def _table(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The first row holds the heads."""
    shown = [f"| {' | '.join(_two(cell) for cell in row)} |" for row in rows]
    return [shown[0], "|" + " --- |" * len(rows[0]), *shown[1:], ""]


def _two(value: Any) -> str:
    """A text as it is, a pair in both languages."""
    if isinstance(value, Mapping):
        return " / ".join(_plain(text) for text in dict.fromkeys([value.get("en", ""), value.get("zh", "")]) if text)
    return _plain(str(value))


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
