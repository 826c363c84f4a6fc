"""Beside the footprint: the works' own balance, indicators, and the settings that were used."""

from __future__ import annotations

from service.report.figures import grouped
from service.report.markup import Content, Html, code, name, tag
from service.report.table import listed, section, table
from service.report.view import View, ordered

LONG = 24
"""Characters of a setting above which it is a text and no figure: it may break anywhere."""


def balance(view: View) -> Html | None:
    """All lines of the works against the sum over its products, and what is left over; not in every copy."""
    if not view.result["works"]:
        return None
    works, unit = view.result["works"], view.result["total_unit"]
    columns = [(view.word("balance"), "text"), (unit, "number")]
    rows = [
        [view.word(f"works_{key}"), view.figure(works[key], grouped)] for key in ("total", "products", "difference")
    ]
    return section(view.word("balance"), table(view.word("balance"), columns, rows), note=view.word("balance_note"))


def indicators(view: View) -> Html | None:
    order = [item["id"] for item in view.inventory.get("indicators", ())]
    items = ordered(view.result["indicators"], dict.fromkeys(order))
    if not items:
        return None
    columns = [(view.word("indicator"), "text"), (view.word("value"), "number"), (view.word("unit"), "text")]
    rows = [
        [name(view.label(item["label"], key)), item["value"], view.known("unit", item["unit"])]
        for key, item in items.items()
    ]
    return section(view.word("indicators"), table(view.word("indicators"), columns, rows))


def settings(view: View) -> Html | None:
    """Every default that was used and every one that the works replaced."""
    items = view.result["settings"]
    if not items:
        return None
    columns = [(view.word("setting"), "text"), (view.word("value"), "number"), (view.word("set_by"), "text")]
    rows = [[_setting(view, key), _value(value), _origin(view, key)] for key, value in sorted(items.items())]
    title = view.word("settings")
    return section(title, table(title, columns, rows), note=view.word("settings_note"))


def _setting(view: View, key: str) -> Content:
    known = view.rule.settings.get(key) if view.rule else None
    if known is None:
        return code(key)
    return [view.label(known.label, key), tag("code", key, class_="under")]


def _value(text: str) -> Content:
    """A number stands on one line; a table written as ``a: x; b: y`` has a line for each entry, a long text breaks."""
    entries = [part.strip() for part in text.split(";")]
    if len(entries) > 1:
        return listed(entries, "plain told")
    return tag("span", text, class_="told") if len(text) > LONG else text


def _origin(view: View, key: str) -> Content:
    if not view.works:
        return view.word("left_out")
    if key in view.works.get("settings", {}):
        return view.word("by_works")
    known = view.rule.settings.get(key) if view.rule else None
    source = tag("span", view.said(f"{known.source} ({known.confidence})"), class_="under") if known else None
    return [view.word("by_default"), source]
