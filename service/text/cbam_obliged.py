"""The table of a list of goods: tonnes, emissions, free allocation, certificates, euros; the same as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.exact import Exact
from lca.messages import sentence
from service.cbam.obliged import Line, Obliged, Side, totals
from service.cbam.see import shown
from service.text.cbam import WORDS as CBAM
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "good": ("Good", "货物"),
    "basis": ("basis", "依据"),
    "tonnes": ("t", "吨"),
    "see": ("SEE", "单位隐含排放"),
    "sefa": ("SEFA", "单位免费配额"),
    "certificates": ("certificates", "证书"),
    "euros": ("EUR", "欧元"),
    "actual": ("actual", "实际值"),
    "default": ("default", "默认值"),
    "declared": ("as declared", "按申报依据"),
    "chosen": ("declared", "申报"),
    "less": ("against declared", "与申报相比"),
    "exempt": ("exempt", "豁免"),
    "outside": ("outside CBAM", "不适用"),
    "sum": ("Sum {year}", "{year}年合计"),
    "prices": ("Prices: {found} (user's file)", "价格：{found}（用户文件）"),
    "no_prices": ("No euros: no price file was given.", "未提供价格文件，不计算费用。"),
    "never": (
        "Per good; free allocation of one good is no credit for another.",
        "逐项计算；一种货物的免费配额不得抵扣另一种。",
    ),
    "as_of": ("In force {on}, known {known}. ", "适用日 {on}，获知日 {known}。"),
}
BASES: Final = ("actual", "default")


def print_obliged(console: Console, found: Obliged, language: Language) -> None:
    """Notices of the whole first (a watermark among them), the table, notices of each good, what it is not."""
    for notice in found.notices:
        console.print(Text(sentence(notice, language), style="bold yellow"))
    table = Table(box=None, padding=(0, 1))
    for title in ("good", "basis"):
        table.add_column(pick(WORDS, title, language), overflow="fold")
    for title in ("tonnes", "see", "sefa", "certificates", "euros"):
        table.add_column(pick(WORDS, title, language), justify="right")
    for line in found.lines:
        for row in _rows(line, language):
            table.add_row(*row)
    head = pick(WORDS, "sum", language).format(year=found.imports.year)
    for key in ("declared", *BASES):
        if key == "actual" and any(line.default is not None and line.actual is None for line in found.lines):
            continue  # a sum over only some of the goods would be read as one over all
        number, euros = totals(found.lines, key)
        table.add_row(head, pick(WORDS, key, language), "", "", "", number.places(3), _euros(euros))
    console.print(table)
    for line in found.lines:
        for notice in line.trace:
            way = notice.where.partition(" /")[0] if " /" in notice.where else ""
            console.print(Text(f"- {line.entry.id}{f' → {way}' if way else ''}: {sentence(notice, language)}"))
    names = ", ".join(f"{item.period} {item.eur.text()} ({item.source})" for item in found.prices)
    console.print(Text(pick(WORDS, "prices" if names else "no_prices", language).format(found=names)))
    console.print(pick(WORDS, "never", language))
    dates = pick(WORDS, "as_of", language).format(on=found.imports.on, known=found.imports.known)
    console.print(Text(f"{dates}{pick(CBAM, 'status', language)}", style="yellow"))


def _rows(line: Line, language: Language) -> list[list[str]]:
    """One row a basis; one without figures for a good outside."""
    name, mass = f"{line.entry.id} {line.entry.code} {line.entry.country}", line.entry.mass.text()
    if line.declared is None:
        return [[name, pick(WORDS, "outside", language), mass, "", "", "0", ""]]
    rows = []
    for key in BASES:
        side = getattr(line, key)
        if side is not None:
            marks = [pick(WORDS, key, language)]
            marks += [pick(WORDS, "chosen", language)] if side is line.declared else []
            marks += [pick(WORDS, "exempt", language)] if line.exempt else []
            figures = [side.see.places(5), side.sefa.places(5), side.certificates.places(3), _euros(side.euros)]
            rows.append([name, " · ".join(marks), mass, *figures])
    for label, side in line.variants:
        figures = [side.see.places(5), side.sefa.places(5), side.certificates.places(3), _euros(side.euros)]
        rows.append([name, f"→ {label}", mass, *figures])
        rows.append(["", pick(WORDS, "less", language), "", *_difference(side, line.declared)])
    return rows


def _difference(side: Side, declared: Side) -> list[str]:
    """What another way changes against what is declared; minus is cheaper."""
    euros = "–"
    if side.euros is not None and declared.euros is not None:
        low, high = (_signed(side.euros[end] - declared.euros[end], 2) for end in (0, 1))
        euros = low if low == high else f"{low} – {high}"
    numbers = [(side.see - declared.see, 5), (side.sefa - declared.sefa, 5)]
    return [*(_signed(value, places) for value, places in numbers),
            _signed(side.certificates - declared.certificates, 3), euros]  # fmt: skip


def _signed(value: Exact, places: int) -> str:
    return f"{'+' if value > Exact(0) else ''}{value.places(places)}"


def _euros(pair: tuple[Exact, Exact] | None) -> str:
    if pair is None:
        return "–"
    low, high = (end.places(2) for end in pair)
    return low if low == high else f"{low} – {high}"


def list_output(found: Obliged) -> dict[str, Any]:
    """The same as plain values, numbers as text and unrounded."""
    imports = found.imports
    return {
        "year": imports.year,
        "in_force": imports.on,
        "known": imports.known,
        "provisional": bool(imports.missing),
        "months": list(imports.months),
        "months_missing": list(imports.missing),
        "goods": [_line(line) for line in found.lines],
        "totals": {key: _total(found, key) for key in ("declared", "default")},
        "de_minimis": [
            {"importer": item.importer, "mass_t": shown(item.mass), "state": item.state} for item in found.thresholds
        ],
        "prices": [
            {"period": one.period, "eur": shown(one.eur), "source": one.source, "published_at": one.published_at}
            for one in found.prices
        ],
        "notices": [_notice(item) for item in found.notices],
        "status": {language: pick(CBAM, "status", language) for language in ("en", "zh")},
    }


def _line(line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "id": entry.id,
        "cn": entry.code,
        "country": entry.country,
        "importer": entry.importer,
        "mass_t": shown(entry.mass),
        "functional_units": shown(entry.units),
        "basis": entry.basis,
        "verification": entry.verification,
        "exempt": line.exempt,
        "actual": _side(line.actual),
        "default": _side(line.default),
        "variants": [{"id": label, "side": _side(side)} for label, side in line.variants],
        "trace": [_notice(item) for item in line.trace],
    }


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    figures = {"see": side.see, "sefa": side.sefa, "certificates": side.certificates, "deduction": side.deduction}
    named = {"default_id": side.default_id, "benchmark_id": side.benchmark_id}
    return {key: shown(value) for key, value in figures.items()} | {"eur": _range(side.euros)} | named


def _total(found: Obliged, key: str) -> dict[str, Any]:
    number, euros = totals(found.lines, key)
    return {"certificates": shown(number), "eur": _range(euros)}


def _range(pair: tuple[Exact, Exact] | None) -> list[str | None] | None:
    return None if pair is None else [shown(end) for end in pair]


def _notice(item: Any) -> dict[str, Any]:
    return {"code": item.code, "where": item.where, "values": dict(item.values)}
