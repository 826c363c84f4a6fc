"""CBAM goods on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from factordb.as_of import Standing
from pcr.regimes.cbam.goods import Match, source
from service.text.factor_words import said
from service.text.words import Language


def print_goods(console: Console, found: Match, defaults: Sequence[Standing], language: Language) -> None:
    """The good with what is counted; a heading with the goods below it; defaults in force with their notes."""
    if not found.goods:
        console.print(said("goods_none", language).format(code=found.code))
    elif found.good is None:
        console.print(said("goods_heading", language).format(digits=found.digits, count=len(found.goods)))
    for good in found.goods:
        console.print(Text(f"{good.cn}  {good.category_label[language]}  {good.description}", style="bold"))
        counted = said("counted" if good.indirect else "not_counted", language)
        console.print(f"  {', '.join(good.gases)} · {said('indirect', language)}: {counted} · {good.functional_unit}")
        if good.precursors:
            console.print(f"  {said('precursors', language)}: {', '.join(good.precursors)}")
        if good.note:
            console.print(f"  ! {good.note}")
    for item in defaults:
        factor = item.factor
        route = f"  {factor.properties['route']}" if "route" in factor.properties else ""
        console.print(f"{factor.id}  {factor.shown()}{route}  {factor.valid_from} – {factor.valid_to or '…'}")
        if factor.note:
            console.print(f"  ! {factor.note}")
    console.print(Text(source()["source"], style="dim"))


def goods_row(found: Match, defaults: Sequence[Standing]) -> dict[str, Any]:
    """The same as plain values."""
    keys = ("id", "value", "unit", "valid_from", "valid_to", "published", "note")
    return {
        "code": found.code,
        "digits": found.digits,
        "good": found.good.cn if found.good else None,
        "goods": [asdict(good) | {"category": good.category_label} for good in found.goods],
        "defaults": [
            {key: getattr(item.factor, key) for key in keys} | {"route": item.factor.properties.get("route", "")}
            for item in defaults
        ],
        "source": source(),
    }
