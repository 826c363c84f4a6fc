"""What a form made from a rule holds, and the activity data it stands for: no figure in it that nobody typed.

The short form asks for what the rule requires and for what a draft can answer by a sourced range. *None at this works*
writes a 0 into each empty field of a stage: a zero that somebody said, not one that was assumed (decision 0036).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pcr.intake import FORMAT
from pcr.rulebook import Input, Rule

ABOUT: Final = (
    "works_name", "country", "province", "start", "end", "product_id", "product_name", "regime", "basis", "draft",
)  # fmt: skip
TEXTS: Final = ("amount", "unit", "material", "factor", "proxy_for")
_FIELD: Final = re.compile(r"(\d{1,4})\.(input|amount|unit|material|factor|proxy_for|p\.[\w.]{1,60})")
_ROW_KEYS: Final = frozenset(
    {"id", "input", "amount", "unit", "material", "factor", "proxy_for", "properties", "product", "name", "evidence"}
)
_DATA_KEYS: Final = frozenset({"format", "rule", "regime", "works", "period", "products", "rows"})


@dataclass(slots=True)
class FormRow:
    """One row of the form, as it was typed."""

    input: str
    texts: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether nobody typed anything into it: choices from lists alone say nothing."""
        typed = (self.texts.get(name, "") for name in ("amount", "factor", "proxy_for"))
        return not any(typed) and not any(self.properties.values())


@dataclass(slots=True)
class Filled:
    """A form as it was sent, or as it is first shown."""

    about: dict[str, str]
    rows: list[FormRow]
    none: frozenset[str] = frozenset()
    whole: bool = False
    """All inputs of the rule are shown, not only the short list."""

    def of(self, name: str) -> list[tuple[int, FormRow]]:
        return [(number, row) for number, row in enumerate(self.rows) if row.input == name]


def short_list(rule: Rule) -> list[str]:
    """Inputs of the short form: those required, and those that a draft answers by a sourced range."""
    return [name for name, item in rule.inputs.items() if item.required or _ranged(item)]


def _ranged(item: Input) -> bool:
    return item.range is not None or any(choice.range is not None for choice in item.materials.values())


def stages_of(rule: Rule, names: Iterable[str]) -> dict[str, list[str]]:
    """Inputs by stage, in the order of the rule; the empty stage holds those of none."""
    found: dict[str, list[str]] = {name: [] for name in (*(stage.id for stage in rule.stages), "")}
    for name in names:
        found[rule.inputs[name].stage].append(name)
    return {stage: held for stage, held in found.items() if held}


def may_be_none(rule: Rule, names: Iterable[str]) -> bool:
    """Whether a stage can be missing at a works: an output or a parameter of zero is a fault everywhere."""
    required = [rule.inputs[name] for name in names if rule.inputs[name].required]
    return len(required) > 0 and all(
        item.kind not in ("output", "parameter") and item.per == "works" for item in required
    )


def first(rule: Rule, *, whole: bool = False) -> Filled:
    """An empty form: a row for each input of the list, last year's period."""
    year = datetime.now(UTC).year - 1
    about = dict.fromkeys(ABOUT, "") | {
        "country": "CN", "start": f"{year}-01-01", "end": f"{year}-12-31", "product_id": "P1", "basis": "estimated",
        "draft": "yes",
    }  # fmt: skip
    return with_rows(rule, Filled(about, [], whole=whole))


def with_rows(rule: Rule, filled: Filled) -> Filled:
    """The form with a row for every input it shows; a short form drops empty rows of the others."""
    if not filled.whole:
        few = set(short_list(rule))
        filled.rows = [row for row in filled.rows if row.input in few or not row.blank]
    there = {row.input for row in filled.rows}
    for name in rule.inputs if filled.whole else short_list(rule):
        if name not in there:
            filled.rows.append(FormRow(name, {"unit": rule.inputs[name].units[0]}))
    return filled


def from_fields(rule: Rule, fields: Iterable[tuple[str, str]]) -> Filled:
    """The form as a browser sent it; what is not of this rule is left alone."""
    about, none, whole = dict.fromkeys(ABOUT, ""), set(), False
    rows: dict[int, FormRow] = {}
    for name, value in fields:
        text, found = value.strip(), _FIELD.fullmatch(name)
        if name in about:
            about[name] = text
        elif name == "none":
            none.add(text)
        elif name == "whole":
            whole = text == "yes"
        elif found:
            row = rows.setdefault(int(found[1]), FormRow(""))
            key = found[2]
            if key == "input":
                row.input = text
            elif key.startswith("p."):
                row.properties[key[2:]] = text
            else:
                row.texts[key] = text
    kept = [row for _, row in sorted(rows.items()) if row.input in rule.inputs]
    return with_rows(rule, Filled(about, kept, frozenset(none), whole))


def data_of(rule: Rule, filled: Filled) -> tuple[dict[str, Any], list[int]]:
    """The activity data, and for each of its rows the number of the row in the form."""
    about = filled.about
    works = {"name": about["works_name"], "country": about["country"]}
    works |= {"province": about["province"]} if about["province"] else {}
    product = {"id": about["product_id"], "name": about["product_name"] or about["product_id"]}
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    for number, row in enumerate(filled.rows):
        made = _row(rule, filled, row)
        if made is not None:
            same = sum(1 for other in rows if other["input"] == row.input)
            rows.append({"id": f"{row.input}-{same + 1}" if same else row.input, **made})
            places.append(number)
    data = {
        "format": FORMAT, "rule": rule.ref, "works": works, "period": {"start": about["start"], "end": about["end"]},
        "products": [product], "rows": rows,
    }  # fmt: skip
    return data | ({"regime": about["regime"]} if about["regime"] else {}), places


def _row(rule: Rule, filled: Filled, row: FormRow) -> dict[str, Any] | None:
    item = rule.inputs[row.input]
    unit = row.texts.get("unit", "") or item.units[0]
    if row.blank:
        if not (item.required and item.stage in filled.none):
            return None
        return {"input": row.input, "amount": "0", "unit": unit, "evidence": {"basis": filled.about["basis"]}}
    made: dict[str, Any] = {"input": row.input, "unit": unit, "evidence": {"basis": filled.about["basis"]}}
    made |= {name: row.texts[name] for name in TEXTS if name != "unit" and row.texts.get(name)}
    properties = {name: text for name, text in row.properties.items() if text}
    return made | ({"properties": properties} if properties else {})


def fits_form(data: Any) -> bool:
    """Whether activity data can be shown in a form without losing anything."""
    if not isinstance(data, Mapping) or not set(data) <= _DATA_KEYS or len(data.get("products") or ()) != 1:
        return False
    rows = data.get("rows") or ()
    return all(
        isinstance(row, Mapping) and set(row) <= _ROW_KEYS and set(row.get("evidence") or {}) <= {"basis"}
        for row in rows
    )


def from_data(rule: Rule, data: Mapping[str, Any], *, draft: bool) -> Filled:
    """The form that holds activity data; they must fit."""
    works, product, period = data["works"], data["products"][0], data["period"]
    bases = {str(row["evidence"]["basis"]) for row in data["rows"] if row.get("evidence")}
    about = {
        "works_name": _plain(works.get("name")),
        "country": str(works.get("country", "")),
        "province": str(works.get("province", "")),
        "start": str(period["start"]),
        "end": str(period["end"]),
        "product_id": str(product["id"]),
        "product_name": _plain(product.get("name")),
        "regime": str(data.get("regime", "")),
        "basis": min(bases, default="estimated"),
        "draft": "yes" if draft else "",
    }
    rows = [
        FormRow(
            str(row["input"]), {name: str(row[name]) for name in TEXTS if name in row},
            {name: str(value) for name, value in (row.get("properties") or {}).items()},
        )
        for row in data["rows"] if row["input"] in rule.inputs
    ]  # fmt: skip
    return with_rows(rule, Filled(about, rows, whole=bool({row.input for row in rows} - set(short_list(rule)))))


def _plain(words: Any) -> str:
    """A name as one text: the form has one field for it."""
    return str(next(iter(words.values()), "")) if isinstance(words, Mapping) else str(words or "")
