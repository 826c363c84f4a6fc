"""Read activity data against a rule: everything a person typed, all faults at once, nothing guessed.

The input is plain data from one of the doors (YAML, JSON, a workbook turned into the same form). Paths in faults are
those of that form; the workbook reader maps them back to cells.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from lca.codec import encode
from lca.exact import ZERO
from lca.faults import Collector, Fault, Refused
from pcr.activity import ActivityData, Given, Meter, Product, Row, WorksInfo
from pcr.intake_rows import read_row
from pcr.intake_tools import Reader
from pcr.regime import Regime, regime_settings
from pcr.rulebook import Rule

FORMAT: Final = "pcf-activity/1"
_KEYS: Final = ("format", "rule", "regime", "works", "period", "settings", "products", "rows", "meters", "about")
_METER: Final = ("id", "input", "product", "amount", "months", "unit")
_NESTED: Final = (dict, list)
_OFFSETS: Final = re.compile(r"offset|carbon_credit|ccer|碳抵消|抵消|碳信用", re.IGNORECASE)


def rule_and_regime(data: Any) -> tuple[str, str, str]:
    """Which rule (id, version or empty) and regime (or empty) the data name, before anything else is read.

    Raises:
        Refused: the data are no object, or name no rule.
    """
    if not isinstance(data, dict) or not isinstance(data.get("rule"), str):
        found = "no rule" if isinstance(data, dict) else type(data).__name__
        raise Refused([Fault("missing_key", "/rule", found=found, expected="rule: cement")])
    rule_id, _, version = data["rule"].partition(" ")
    return rule_id, version.strip(), str(data.get("regime") or "")


def read_activity(data: Any, rule: Rule, regime: Regime, *, strict: bool = True) -> ActivityData:
    """Activity data from plain data.

    Raises:
        Refused: all faults of the input: unknown keys and inputs, units, numbers, months, missing mandatory inputs.
    """
    faults = Collector()
    reader = Reader(faults, rule.ref)
    top = reader.mapping(data, "", _KEYS)
    refuse_offsets(data, faults)
    if top.get("format", FORMAT) != FORMAT:
        faults.add(Fault("format_unknown", "/format", str(top["format"]), FORMAT))
    start, end = _period(reader, top.get("period"), faults)
    months = _months(start, end)
    works = _works(reader, top.get("works"))
    products = _products(reader, top.get("products"))
    settings = _settings(reader, top.get("settings"), rule)
    rows, names = [], {product.id for product in products}
    for number, item in enumerate(reader.sequence(top.get("rows"), "/rows")):
        row = read_row(reader, item, f"/rows/{number}", rule, months, names)
        if row is not None:
            rows.append(row)
    named = _named(rows, faults)
    _mandatory(reader.attempted, products, rule, faults)
    _together(reader.attempted, rule, faults)
    meters = _meters(reader, top.get("meters"), rule, months)
    about = {str(key): str(value) for key, value in reader.mapping(top.get("about", {}), "/about").items()}
    faults.raise_if_any()
    given = Given(
        rule=rule.ref,
        works=works,
        start=start.isoformat(),
        end=end.isoformat(),
        products=tuple(sorted(products, key=lambda item: item.id)),
        rows=tuple(sorted(named, key=lambda item: item.id)),
        meters=tuple(sorted(meters, key=lambda item: item.id)),
        settings=settings,
        about=about,
    )
    return ActivityData(given, rule, regime, strict)


def refuse_offsets(data: Any, faults: Collector, where: str = "") -> None:
    """Offsets never enter a footprint (GB/T 24067 scope): a key that smells of one is named, not skipped."""
    if isinstance(data, dict):
        for key, value in data.items():
            if _smells(str(key)):
                faults.add(Fault("offset_in_input", f"{where}/{key}", str(key), "no offsets or credits in a footprint"))
            if isinstance(value, _NESTED):
                refuse_offsets(value, faults, f"{where}/{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            if isinstance(value, _NESTED):
                refuse_offsets(value, faults, f"{where}/{number}")


@lru_cache(maxsize=4096)
def _smells(key: str) -> bool:
    """Every row has the same few keys."""
    return _OFFSETS.search(key) is not None


def _period(reader: Reader, value: Any, faults: Collector) -> tuple[date, date]:
    period = reader.mapping(value, "/period", ("start", "end"), required=("start", "end"))
    ends = []
    for key in ("start", "end"):
        try:
            ends.append(date.fromisoformat(str(period.get(key, ""))))
        except ValueError:
            faults.add(Fault("date_unreadable", f"/period/{key}", str(period.get(key, "nothing")), "2024-01-31"))
            ends.append(date(2000, 1, 1) if key == "start" else date(2000, 12, 31))
    start, end = ends
    if start > end or start.day != 1 or (end + timedelta(days=1)).day != 1:
        faults.add(
            Fault("period_not_months", "/period", f"{start} to {end}", "whole calendar months, start before end")
        )
    return start, end


def _months(start: date, end: date) -> int:
    return max(1, (end.year - start.year) * 12 + end.month - start.month + 1)


def _works(reader: Reader, value: Any) -> WorksInfo:
    works = reader.mapping(value, "/works", ("name", "country", "province", "operator"), required=("name", "country"))
    country = str(works.get("country", ""))
    if not re.fullmatch(r"[A-Z]{2}", country):
        reader.faults.add(Fault("country_unreadable", "/works/country", country or "nothing", "ISO 3166 code, CN"))
    words = reader.words(works.get("name"), "/works/name")
    return WorksInfo(words, country, str(works.get("province", "")), str(works.get("operator", "")))


def _products(reader: Reader, value: Any) -> list[Product]:
    products: list[Product] = []
    for number, item in enumerate(reader.sequence(value, "/products")):
        where = f"/products/{number}"
        part = reader.mapping(item, where, ("id", "name", "note"), required=("id", "name"))
        product_id = str(part.get("id", ""))
        if product_id in {product.id for product in products}:
            reader.faults.add(Fault("id_twice", f"{where}/id", product_id, "each product once"))
        products.append(Product(product_id, reader.words(part.get("name"), f"{where}/name"), str(part.get("note", ""))))
    if not products:
        reader.faults.add(Fault("missing_key", "/products", "no product", "at least one product with id and name"))
    return products


def _settings(reader: Reader, value: Any, rule: Rule) -> dict[str, str]:
    settings = {}
    for name, text in reader.mapping(value or {}, "/settings", (*rule.settings, *sorted(regime_settings()))).items():
        known = rule.settings.get(name)
        if known is None and str(text) not in ("true", "false"):
            reader.faults.add(Fault("setting_choice", f"/settings/{name}", str(text), "true, false", "regime"))
        if known is not None and known.choices and str(text) not in known.choices:
            reader.faults.add(
                Fault("setting_choice", f"/settings/{name}", str(text), ", ".join(known.choices), rule.ref)
            )
        settings[name] = str(text)
    return settings


def _meters(reader: Reader, value: Any, rule: Rule, months: int) -> list[Meter]:
    meters = []
    for number, item in enumerate(reader.sequence(value or [], "/meters")):
        where = f"/meters/{number}"
        part = reader.mapping(item, where, _METER, required=("id", "input", "unit"))
        name = str(part.get("input", ""))
        if name not in rule.inputs:
            reader.unknown_input(name, f"{where}/input", rule)
            continue
        unit = rule.inputs[name].units[0]
        amount, _ = reader.amount(part, where, unit, months, monthly=True)
        product = str(part.get("product", ""))
        meters.append(Meter(str(part.get("id", "")), name, amount if amount is not None else ZERO, unit, product))
    return meters


def _named(rows: list[Row], faults: Collector) -> list[Row]:
    """Every row gets an id: its own, or one made from its content, so that the order of rows means nothing."""
    from dataclasses import replace

    seen: dict[str, int] = {}
    named = []
    for row in rows:
        if row.id:
            name = row.id
            if name in seen:
                faults.add(Fault("id_twice", f"/rows ({name})", name, "each row id once"))
        else:
            text = json.dumps(encode(row), sort_keys=True, ensure_ascii=False)
            name = f"{row.input}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        seen[name] = seen.get(name, 0) + 1
        unique = name if row.id or seen[name] == 1 else f"{name}-{seen[name]}"
        named.append(row if unique == row.id else replace(row, id=unique))
    return named


def _mandatory(given: set[tuple[str, str]], products: list[Product], rule: Rule, faults: Collector) -> None:
    inputs = {name for name, _ in given}
    for name, item in rule.inputs.items():
        if not item.required:
            continue
        clause = rule.clause(item.clause) if item.clause else f"{rule.ref}, inputs.{name}"
        values = {"input": name, "label": item.label["en"]}
        if item.per == "works" and name not in inputs:
            faults.add(
                Fault("missing_input", f"/rows ({name})", "no row", f"{name} in {item.units[0]}", clause, values)
            )
        for product in products if item.per == "product" else ():
            if (name, product.id) not in given and (name, "") not in given:
                where = f"/rows ({name}, {product.id})"
                faults.add(Fault("missing_input", where, "no row", f"{name} in {item.units[0]}", clause, values))


def _together(given: set[tuple[str, str]], rule: Rule, faults: Collector) -> None:
    """Inputs that belong to another one: needed with it, or lost without it."""
    inputs = {name for name, _ in given}
    for name, item in rule.inputs.items():
        values = {"input": name, "label": item.label["en"]}
        because = [other for other in item.required_with if other in inputs]
        if because and name not in inputs:
            expected = f"{name} in {item.units[0]}: {because[0]} is given"
            faults.add(Fault("missing_input", f"/rows ({name})", "no row", expected, rule.ref, values))
        if name in inputs and item.only_with and not inputs.intersection(item.only_with):
            expected = " or ".join(item.only_with)
            faults.add(Fault("input_unread", f"/rows ({name})", f"{name} alone", expected, rule.ref, values))


def nearest(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Nearest known words, for the *expected* of a fault."""
    near = get_close_matches(word, list(known), n=3, cutoff=0.4)
    return ", ".join(near or sorted(known))
