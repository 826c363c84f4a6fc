"""A comparison of regimes on a terminal: one table of at most 120 columns, a regime per column; nothing is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lca.exact import Exact
from lca.faults import Fault, Notice
from lca.weigh import Band
from service.compare import CAUSES, Column, Comparison, Waterfall
from service.compare_power import CAPTIVE, Power
from service.text.compare_words import mark, said
from service.text.words import Language, label, word

WIDTH: Final = 120
HEIGHT: Final = 45
ROWS_SHOWN: Final = (4, 3, 2, 1, 0)
"""Rows named under a cause of a difference, fewer where the screen is full; the others stand in one line."""
_STYLES: Final = {"accepted": "green", "outside": "yellow", "refused": "red", "average": ""}
_SIGNS: Final = {"accepted": "✓", "outside": "○", "refused": "✗", "average": "·"}


def print_comparison(console: Console, found: Comparison, language: Language) -> None:
    """The table, then what its marks mean."""
    marks = _Marks(found.columns)
    unit = label(found.unit, language)
    above = [Text(f"{label(found.label, language)} · {found.rule} · kg CO2e / {unit}", "bold")]
    signs = "   ".join(f"{sign} {word(f'power_{name}', language)}" for name, sign in _SIGNS.items())
    below = [signs, *([said("worth", language)] if _worth_shown(found) else []), *marks.lines(language)]
    notes = [Text(line, style="dim") for line in (*below, said("not_sealed", language))]
    fixed = sum(len(console.render_lines(line, console.options.update(width=WIDTH))) for line in (*above, *notes))
    for most in ROWS_SHOWN:
        table = _table(found, marks, language, most)
        if len(console.render_lines(table)) + fixed <= HEIGHT:
            break
    for part in (*above, table, *notes):
        console.print(part)


def _table(found: Comparison, marks: _Marks, language: Language, most: int) -> Table:
    number = len(found.columns)
    # 17 columns hold "[3] 0.0141+0.0327" and "11950 to 16810"; the names take what is left and wrap.
    names = max(20, 24 - 2 * max(0, number - 6), min(40, WIDTH - 18 * number))
    cells = (WIDTH - names) // number
    table = Table(box=None, padding=(0, 0, 0, 1), width=WIDTH, header_style="bold", show_edge=False, pad_edge=False)
    table.add_column("", overflow="fold", width=names)
    for column in found.columns:
        name = column.regime if len(column.regime) < cells else column.regime.replace("/", "/\n")
        table.add_column(name, justify="right", overflow="fold", width=cells - 1)
    _facts(table, found, marks, language, cells - 1)
    _electricity(table, found, marks, language)
    _falls(table, found, language, most)
    return table


class _Marks:
    """Letters for codes, in the order they appear; what they mean follows the table."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.items: dict[str, Fault | Notice] = {}
        for column in columns:
            said: tuple[Fault | Notice, ...] = (*column.faults, *column.notices)
            for told in said:
                self.items.setdefault(told.code, told)
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

    def lines(self, language: Language) -> list[str]:
        found = enumerate(self.items.items())
        return [f"{_letter(number)} {code}: {mark(item, language)}" for number, (code, item) in found]


def _letter(number: int) -> str:
    return chr(ord("a") + number % 26) + "'" * (number // 26)


def _facts(table: Table, found: Comparison, marks: _Marks, language: Language, width: int) -> None:
    heads = []
    for column in found.columns:
        facts = column.facts
        state = word(facts.status, language) if facts is not None else "—"
        account = facts is not None and facts.method == "site_account"
        told: tuple[Fault | Notice, ...] = (*column.faults, *column.notices)
        codes = [item.code for item in told] + (["not_a_footprint"] if account else [])
        style = "red" if column.faults else "yellow" if account else ""
        heads.append(Text(f"{state} {marks.of(codes)}".strip(), style=style))
    table.add_row(word("status", language), *heads)
    products = sorted({name for column in found.columns for name in column.totals} | {found.product})
    products.sort(key=lambda name: name != found.product)
    for name in products:
        style = "bold cyan" if name == found.product else ""
        cells = [Text(_shown(column.totals.get(name), language), style=style) for column in found.columns]
        table.add_row(Text(f"{word('total', language)} {name}", style=style), *cells)
    table.add_row(said("constants", language), *(_constants(column) for column in found.columns))
    whole = ("CO2/C", "CO2/CaO", "CO2/MgO")
    for names in (whole,) if width >= len("0.7857·0.7857·1.100") else (whole[:1], whole[1:]):
        table.add_row(" · ".join(names), *(_molar(column, names) for column in found.columns))
    goods = {column.scope["cn_code"] for column in found.columns if column.scope}
    if goods:
        code = next(iter(goods - {""}), "")
        name = said("scope", language).format(code=code) if code else word("scope", language)
        table.add_row(name, *(_scope(column, language) for column in found.columns))


def _constants(column: Column) -> str:
    if column.facts is None:
        return "—"
    return f"{column.facts.gwp_set}, {'−1/+1' if column.facts.biogenic_co2 == 'one' else '0'}"


def _molar(column: Column, names: tuple[str, ...]) -> str:
    if column.facts is None:
        return "—"
    given = (column.facts.molar.get(name) for name in names)
    return "·".join("—" if ratio is None else ratio.significant(4) for ratio in given)


def _scope(column: Column, language: Language) -> str:
    if not column.scope:
        return ""
    if not column.scope["cn_code"]:
        return word("scope_no_code", language)
    return word(f"scope_{column.scope['indirect']}", language)


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
    table.add_row(Text(said("power", language), style="bold"))
    for row in rows:
        there = [(column, item) for column in found.columns for item in column.power if item.row == row]
        kwh = there[0][1].kwh
        name = label(found.labels.get(row, {"en": row}), language)
        known = {id(column): _cell(item, column, marks, language) for column, item in there}
        cells = [known.get(id(column), Text("—")) for column in found.columns]
        table.add_row(Group(_indented(name, 1), _indented(f"{kwh.significant(4)} kWh", 3, "dim")), *cells)


def _indented(text: str, by: int, style: str = "") -> Padding:
    """A name that keeps its indentation where it wraps."""
    return Padding(Text(text, style=style), (0, 0, 0, by))


def _cell(item: Power, column: Column, marks: _Marks, language: Language) -> Text:
    """What the row comes to; the table's row and the factor; what it is worth against the average."""
    elsewhere = column.facts is not None and column.facts.method == "accounting_elsewhere"
    own = item.own_plant is not None or (elsewhere and CAPTIVE in item.codes)
    point = item.own_plant if own else item.co2e.point
    value = "—" if point is None else point.significant(5)
    lettered = f" {marks.of(item.codes)}" if item.codes else ""
    how = said("own_plant", language) if own else "|".join(item.values)
    parts: list[str | tuple[str, str]] = [
        (f"{_SIGNS[item.treatment]} {value}{lettered}", _STYLES[item.treatment]),
        (f"\n[{'+'.join(item.table_rows)}] {how}", "dim"),
    ]
    if item.saving is not None:
        change = _signed(item.saving, "0")
        parts.append((f"\n({change})" if item.treatment == "outside" else f"\n{change}", "dim"))
    return Text.assemble(*parts)


def _worth_shown(found: Comparison) -> bool:
    return any(item.saving is not None for column in found.columns for item in column.power)


def _falls(table: Table, found: Comparison, language: Language, most: int) -> None:
    falls = [column.waterfall for column in found.columns]
    there = [fall for fall in falls if fall is not None]
    if len(there) < 2:
        return
    table.add_section()
    head = said("why_low" if any(fall.low_end for fall in there) else "why", language)
    table.add_row(Text(head, style="bold"), *(_number(fall.start if fall else None, 6) for fall in falls))
    for cause in _order(there):
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
            called = label(found.labels.get(row, {"en": row}), language)
            values = (_signed(step[1].get(row) if step else None) for step in steps)
            table.add_row(_indented(called, 3, "dim"), *(Text(value, style="dim") for value in values))
        if most and len(shown) < len(order):
            others = [_others(step, set(shown)) for step in steps]
            called = f"{word('others', language)} ({len(order) - len(shown)})"
            table.add_row(_indented(called, 3, "dim"), *(Text(_signed(value), style="dim") for value in others))
    table.add_row(f" {word('rest', language)}", *("" if fall is None else _signed(fall.rest, "0") for fall in falls))
    table.add_row(f" {word('to_total', language)}", *(_number(fall.end if fall else None, 6) for fall in falls))


def _order(falls: Sequence[Waterfall]) -> list[tuple[str, ...]]:
    """Causes in the order they were exchanged: that of the list, or backwards where the longest walk went so."""
    known: list[str] = list(CAUSES)
    longest = max(([step.causes for step in fall.steps] for fall in falls), key=len)
    places = [known.index(causes[0]) for causes in longest]
    causes = dict.fromkeys(step.causes for fall in falls for step in fall.steps)
    return sorted(causes, key=lambda item: known.index(item[0]), reverse=places != sorted(places))


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
