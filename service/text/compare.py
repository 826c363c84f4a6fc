"""A comparison of regimes on a terminal: one table of at most 120 columns, a regime per column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca.exact import Exact
from lca.faults import Fault, Notice
from lca.messages import sentence
from lca.weigh import Band
from service.compare import Column, Comparison, Power, Waterfall
from service.text.words import Language, label, word

WIDTH: Final = 120
HEIGHT: Final = 45
ROWS_SHOWN: Final = (3, 2, 1, 0)
"""Rows named under a cause of a difference, fewer where the screen is full; the others stand in one line."""
_STYLES: Final = {"accepted": "green", "outside": "yellow", "refused": "red", "average": ""}
_SIGNS: Final = {"accepted": "✓", "outside": "○", "refused": "✗", "average": "·"}


def print_comparison(console: Console, found: Comparison, language: Language) -> None:
    """The table, then what its marks mean."""
    marks = _Marks(found.columns)
    unit = label(found.unit, language)
    title = f"{label(found.label, language)} · {found.rule} · kg CO2e {word('per', language)} {unit}"
    _line(console, title, "bold")
    notes = list(marks.lines(language))
    for most in ROWS_SHOWN:
        table = _table(found, marks, language, most)
        if len(console.render_lines(table)) + len(notes) + 3 <= HEIGHT:
            break
    console.print(table)
    _line(console, "   ".join(f"{sign} {word(f'power_{name}', language)}" for name, sign in _SIGNS.items()))
    for mark, code, said in notes:
        _line(console, f"{mark} {code}: {said}")
    _line(console, word("compare_not_sealed", language))


def _table(found: Comparison, marks: _Marks, language: Language, most: int) -> Table:
    table = Table(box=None, padding=(0, 1), width=WIDTH, header_style="bold", show_edge=False)
    table.add_column("", overflow="ellipsis", no_wrap=True, width=max(20, min(34, 48 - 4 * len(found.columns))))
    for column in found.columns:
        table.add_column(column.regime.replace("/", "/\n"), justify="right", overflow="fold", ratio=1)
    _facts(table, found, marks, language)
    _electricity(table, found, marks, language)
    _falls(table, found, language, most)
    return table


def _line(console: Console, text: str, style: str = "dim") -> None:
    console.print(Text(text, style=style), overflow="ellipsis", no_wrap=True)


class _Marks:
    """Letters for codes, in the order they appear; their sentences follow the table."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.items: dict[str, Fault | Notice] = {}
        for column in columns:
            for fault in column.faults:
                self.items.setdefault(fault.code, fault)
            if column.facts is not None and column.facts.method == "site_account":
                values = {"regime": column.regime}
                self.items.setdefault("not_a_footprint", Notice("not_a_footprint", column.regime, values))
            for item in column.power:
                for code in item.codes:
                    values = {"regime": column.regime, "row": item.row, "worth": ""}
                    self.items.setdefault(code, Notice(code, item.row, values))

    def of(self, codes: Iterable[str]) -> str:
        order = list(self.items)
        return "".join(_letter(order.index(code)) for code in dict.fromkeys(codes))

    def lines(self, language: Language) -> Iterable[tuple[str, str, str]]:
        for number, (code, item) in enumerate(self.items.items()):
            yield _letter(number), code, sentence(item, language)


def _letter(number: int) -> str:
    return chr(ord("a") + number % 26) + "'" * (number // 26)


def _facts(table: Table, found: Comparison, marks: _Marks, language: Language) -> None:
    heads = []
    for column in found.columns:
        facts = column.facts
        state = word(facts.status, language) if facts is not None else "—"
        account = facts is not None and facts.method == "site_account"
        codes = [fault.code for fault in column.faults] + (["not_a_footprint"] if account else [])
        style = "red" if column.faults else "yellow" if account else ""
        heads.append(Text(f"{state} {marks.of(codes)}".strip(), style=style))
    table.add_row(word("status", language), *heads)
    products = sorted({name for column in found.columns for name in column.totals} | {found.product})
    products.sort(key=lambda name: name != found.product)
    for name in products:
        style = "bold cyan" if name == found.product else ""
        cells = [Text(_shown(column.totals.get(name), language), style=style) for column in found.columns]
        table.add_row(Text(f"{word('total', language)} {name}", style=style), *cells)
    table.add_row(
        word("gwp_set", language),
        *(column.facts.gwp_set if column.facts else "—" for column in found.columns),
    )
    table.add_row(word("cause_biogenic", language), *(_bio(column) for column in found.columns))
    narrow = len(found.columns) > 4
    for names in (("CO2/C",), ("CO2/CaO", "CO2/MgO")) if narrow else (("CO2/C", "CO2/CaO", "CO2/MgO"),):
        table.add_row(" · ".join(names), *(_molar(column, names) for column in found.columns))
    if any(column.scope for column in found.columns):
        table.add_row(word("scope", language), *(_scope(column, language) for column in found.columns))


def _bio(column: Column) -> str:
    if column.facts is None:
        return "—"
    return "−1, +1" if column.facts.biogenic_co2 == "one" else "0, 0"


def _molar(column: Column, names: tuple[str, ...]) -> str:
    if column.facts is None:
        return "—"
    given = (column.facts.molar.get(name) for name in names)
    return "·".join("—" if ratio is None else ratio.significant(4) for ratio in given)


def _scope(column: Column, language: Language) -> str:
    if not column.scope:
        return ""
    code = column.scope["cn_code"]
    said = word(f"scope_{column.scope['indirect']}", language)
    return f"CN {code}: {said}" if code else word("scope_no_code", language)


def _shown(band: Band | None, language: Language, digits: int = 6) -> str:
    if band is None:
        return "—"
    if band.point is not None:
        return band.point.significant(digits)
    low = word("open_below", language) if band.low is None else band.low.significant(4)
    high = word("open", language) if band.high is None else band.high.significant(4)
    return f"{low} {word('to', language)} {high}"


def _electricity(table: Table, found: Comparison, marks: _Marks, language: Language) -> None:
    rows = sorted({item.row for column in found.columns for item in column.power})
    if not rows:
        return
    table.add_section()
    table.add_row(Text(f"{word('electricity', language)}, kg CO2e", style="bold"))
    for row in rows:
        cells, under = [], []
        kwh = ""
        for column in found.columns:
            item = next((item for item in column.power if item.row == row), None)
            if item is None:
                cells.append(Text("—"))
                under.append(Text(""))
                continue
            kwh = f"{item.kwh.significant(4)} kWh"
            style = _STYLES[item.treatment]
            value = "—" if item.co2e.point is None else item.co2e.point.significant(5)
            mark = marks.of(item.codes)
            cells.append(Text(f"{_SIGNS[item.treatment]} {value}{f' {mark}' if mark else ''}", style=style))
            under.append(Text(_how(item, language), style="dim"))
        name = label(found.labels.get(row, {"en": row}), language)
        table.add_row(f" {name}", *cells)
        table.add_row(Text(f"   {kwh}", style="dim"), *under)


def _how(item: Power, language: Language) -> str:
    """The table's row and factor values; of a claim outside the regime what it would have come to."""
    if item.worth is not None:
        return f"{word('worth_short', language)} {item.worth.significant(5)}"
    return f"[{'+'.join(item.table_rows)}] × {' | '.join(item.values)}"


def _falls(table: Table, found: Comparison, language: Language, most: int) -> None:
    falls = [column.waterfall for column in found.columns]
    there = [fall for fall in falls if fall is not None]
    if len(there) < 2:
        return
    table.add_section()
    head = word("why_low" if any(fall.low_end for fall in there) else "why", language)
    table.add_row(Text(head, style="bold"))
    table.add_row(f" {word('from', language)}", *(_number(fall.start if fall else None, 6) for fall in falls))
    causes = list(dict.fromkeys(step.causes for fall in there for step in fall.steps))
    for cause in causes:
        steps = [_step(fall, cause) for fall in falls]
        name = " + ".join(word(f"cause_{part}", language) for part in cause)
        table.add_row(f" {name}", *(_signed(step[0] if step else None) for step in steps))
        size: dict[str, Exact] = {}
        for step in steps:
            for row, value in (step[1] if step else {}).items():
                size[row] = max(size.get(row, Exact(0)), abs(value))
        order = sorted(size, key=lambda row: (-size[row], row))
        shown = order if most and len(order) <= most + 1 else order[:most]
        for row in shown if len(order) > 1 else ():
            said = label(found.labels.get(row, {"en": row}), language)
            values = (_signed(step[1].get(row) if step else None) for step in steps)
            table.add_row(Text(f"   {said}", style="dim"), *(Text(value, style="dim") for value in values))
        if most and len(shown) < len(order):
            others = [_others(step, set(shown)) for step in steps]
            said = f"   {word('others', language)} ({len(order) - len(shown)})"
            table.add_row(Text(said, style="dim"), *(Text(_signed(value), style="dim") for value in others))
    table.add_row(f" {word('rest', language)}", *("" if fall is None else _signed(fall.rest, "0") for fall in falls))
    table.add_row(f" {word('to_total', language)}", *(_number(fall.end if fall else None, 6) for fall in falls))


def _step(fall: Waterfall | None, cause: tuple[str, ...]) -> tuple[Exact, dict[str, Exact]] | None:
    for step in fall.steps if fall is not None else ():
        if step.causes == cause:
            return step.change, dict(step.rows)
    return None


def _others(step: tuple[Exact, dict[str, Exact]] | None, shown: set[str]) -> Exact | None:
    if step is None:
        return None
    return sum((value for row, value in step[1].items() if row not in shown), Exact(0))


def _number(value: Exact | None, digits: int) -> str:
    return "" if value is None else value.significant(digits)


def _signed(value: Exact | None, zero: str = "") -> str:
    if value is None or not value:
        return zero if value is not None else ""
    return f"{'+' if value > 0 else '−'}{abs(value).significant(5)}"
