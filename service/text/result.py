"""A record on a terminal: total first, then what it is made of, then what is not certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.exact import ZERO, Exact
from lca.faults import Notice
from lca.messages import sentence
from service.text.words import Language, label, word

BAR: Final = 28
_STYLES: Final = {"complete": "bold green", "complete_with_proxies": "bold yellow", "draft": "bold white on red"}
_UNCONFIRMED: Final = ("unconfirmed", "draft_rules")


def print_record(console: Console, record: Mapping[str, Any], language: Language, seal: str = "") -> None:
    """Print the result of a record; every figure is the record's own text."""
    result = record["sections"]["result"]
    identity = record["sections"]["derivation/identity"]
    console.print()
    console.print(Text(label(result["label"], language), style="bold"))
    status = result["status"]
    head = Text(f"{quantity(result['total'], language)} {result['total_unit']}", style="bold cyan")
    unit = label(result["unit"]["text"], language)
    console.print(head, f"{word('per', language)} {unit}", Text(f" {word(status, language)} ", style=_STYLES[status]))
    for other, value in result["also"].items():
        console.print(
            f"  {word('also', language)} {word(other, language)}: {quantity(value, language)} {result['total_unit']}"
        )
    _stages(console, result, record, language)
    _contributions(console, result, language)
    _electricity(console, result, language)
    _data(console, result, language)
    _gaps(console, result, language)
    _works(console, result, language)
    _warnings(console, result, language)
    states = " · ".join(
        f"{word(kind, language)} {identity[kind]['id']} ({word(identity[kind]['status'], language)})"
        for kind in ("rule", "regime")
    )
    release = f"{word('release', language)} {', '.join(item['id'] for item in identity['releases'])}"
    console.print(Text(f"{states} · {release}", style="dim"))
    sealed = f" ({word(seal, language)}, {word('unsigned', language)})" if seal else ""
    console.print(f"{word('record', language)}: ", Text(record["name"], style="bold"), sealed, sep="")


def quantity(value: Any, language: Language) -> str:
    """A point as it is; a band as *low to high*, an open end in words."""
    if isinstance(value, str):
        return value
    low = value["low"] if value["low"] is not None else word("open_below", language)
    high = value["high"] if value["high"] is not None else word("open", language)
    return f"{low} {word('to', language)} {high}"


def short(key: str) -> str:
    """A factor key without its parameters: ``cets2024.bituminous``."""
    return key.partition("#")[0]


def low_end(value: Any) -> Exact:
    """A number to draw with: a point, or the low end of a band."""
    text = value if isinstance(value, str) else value["low"] or value["high"] or "0"
    return Exact.from_published(text)


def _stages(console: Console, result: Mapping[str, Any], record: Mapping[str, Any], language: Language) -> None:
    names = stage_names(record)
    largest = max((abs(low_end(value)) for value in result["stages"].values()), default=ZERO)
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, min_width=BAR)
    table.add_column(justify="right", no_wrap=True)
    for stage, value in result["stages"].items():
        size = low_end(value)
        cells = int(float(abs(size) / largest * BAR) + 0.5) if largest else 0
        bar = Text("█" * cells, style="red" if size < 0 else "cyan")
        table.add_row(label(names.get(stage, {"en": stage}), language), bar, quantity(value, language))
    if result["rounding"] not in (None, "0"):
        table.add_row(Text(word("rounding", language), style="dim"), "", Text(result["rounding"], style="dim"))
    console.print(table)


def stage_names(record: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Stage id to its names, from the record's inventory where the copy holds it."""
    held = record["sections"].get("derivation/inventory", {})
    inventory = held.get("value", {}).get("inventory", {})
    return {stage: names for stage, names in inventory.get("stages", [])}


def _contributions(console: Console, result: Mapping[str, Any], language: Language) -> None:
    parts = sorted(result["contributions"], key=lambda part: abs(low_end(part["co2e"])), reverse=True)[:8]
    whole = low_end(result["total"])
    table = Table(box=None, padding=(0, 1), title=word("contributors", language), title_justify="left")
    for key, right in (("input", False), ("source", False), ("class", False), ("share", True), ("kg CO2e", True)):
        table.add_column(word(key, language), justify="right" if right else "left", overflow="fold")
    for part in parts:
        name = label(part.get("label") or {"en": part["input"]}, language)
        share = f"{(low_end(part['co2e']) / whole * 100).places(1)} %" if whole else ""
        klass = word(part["class"], language)
        table.add_row(name, short(part["source"]), klass, share, quantity(part["co2e"], language))
    console.print(table)


def _electricity(console: Console, result: Mapping[str, Any], language: Language) -> None:
    if not result["electricity"]:
        return
    table = Table(box=None, padding=(0, 1), title=word("electricity", language), title_justify="left")
    for key, right in (
        ("supply", False),
        ("kWh", True),
        ("row", False),
        ("factor", False),
        ("kg CO2e", True),
        ("codes", False),
    ):
        table.add_column(word(key, language), justify="right" if right else "left", overflow="fold")
    for item in result["electricity"]:
        supply = ", ".join(word(part, language) for part in item["supply"].split(", "))
        factor = (
            f"{short(item['factor'])} = {item['factor_value']}"
            if item["factor_value"]
            else word("own_process", language)
        )
        codes = ", ".join(item["codes"]) + (f" ({word('worth', language)} {item['worth']})" if item["worth"] else "")
        kwh, co2e = item["kwh"], quantity(item["co2e"], language)
        table.add_row(f"{supply} · {item['row']}", kwh, item["table_row"], factor, co2e, codes)
    console.print(table)
    for name, value in result["sensitivities"].items():
        given = result["sensitivity_labels"].get(name)
        case = label(given, language) if given else word(name, language)
        console.print(f"  {word('sensitivities', language)}, {case}: {quantity(value, language)}")


def _data(console: Console, result: Mapping[str, Any], language: Language) -> None:
    shares = " · ".join(
        f"{word(name, language)} {_percent(share, language)}" for name, share in result["classes"].items()
    )
    console.print(f"{word('shares', language)}: {shares}")
    if "primary_share" in result:
        console.print(f"{word('primary_share', language)}: {_percent(result['primary_share'], language)}")
    if result.get("quality"):
        console.print(f"{word('quality', language)}: {_rating(result['quality'], language)}")
    said = []
    for name, line in result["lines"].items():
        state = {"zero_by_statement": word("zero", language), "not_known": word("known_part", language)}
        prefix = f"{state[line['state']]} " if line["state"] in state else ""
        said.append(f"{word(name, language)} {prefix}{line['value']}")
    console.print(f"{word('lines', language)}: {' · '.join(said)}")


def _rating(quality: Mapping[str, Any], language: Language) -> str:
    score = quality["score"]
    shown = word("unknown", language) if score is None else Exact.from_published(score).places(2)
    level = f" {word(quality['level'], language)}" if quality["level"] else ""
    return f"{shown}{level} ({quality['scheme']}; {label(quality['because'], language)})"


def _percent(share: str | None, language: Language) -> str:
    return word("unknown", language) if share is None else f"{(Exact.from_published(share) * 100).places(1)} %"


def _gaps(console: Console, result: Mapping[str, Any], language: Language) -> None:
    if result["gaps"]:
        console.print(Text(word("gaps", language), style="bold red"))
    for gap in result["gaps"]:
        span = gap["range"]
        shown = word("no_range", language)
        if span:
            high = span["high"] or word("open", language)
            ends = f"{span['low']} {word('to', language)} {high} {span['unit']}"
            shown = f"{word('range', language)} {ends} ({span['source']})"
        console.print(f"  {label(gap.get('label') or {'en': gap['input']}, language)}: {shown}", highlight=False)
    if result["proxies"]:
        console.print(Text(word("proxies", language), style="bold yellow"))
    for proxy in unique_proxies(result["proxies"]):
        away = "; ".join(f"{word(key, language)} {text}" for key, text in proxy["distance"].items() if text)
        why = away or word("no_distance", language)
        console.print(f"  {short(proxy['factor'])} {label(proxy['label'], language)}: {why}", highlight=False)


def unique_proxies(proxies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each proxy factor once, in order."""
    seen: set[str] = set()
    for proxy in proxies:
        if proxy["factor"] not in seen:
            seen.add(proxy["factor"])
            yield proxy


def _works(console: Console, result: Mapping[str, Any], language: Language) -> None:
    parts = (("works_total", "total"), ("products_total", "products"), ("difference", "difference"))
    said = " · ".join(f"{word(key, language)} {quantity(result['works'][part], language)}" for key, part in parts)
    console.print(f"{word('works', language)} (kg CO2e): {said}")


def _warnings(console: Console, result: Mapping[str, Any], language: Language) -> None:
    notices = [Notice(item["code"], item["where"], item["values"]) for item in result["notices"]]
    for title, chosen in (
        ("warnings", [n for n in notices if n.code not in _UNCONFIRMED]),
        ("unconfirmed", [n for n in notices if n.code in _UNCONFIRMED]),
    ):
        if chosen:
            console.print(Text(f"{word(title, language)} ({len(chosen)})", style="bold"))
        for notice in chosen:
            said = sentence(notice, language)
            if notice.code == "unconfirmed":  # the heading says it already
                said = notice.values["what" if language == "en" else "what_zh"]
            console.print(Text(f"  - {said}", style="dim"))
