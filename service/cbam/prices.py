"""Certificate prices: only from the user's file, each with its source; a price nobody published is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault
from pcr.intake_tools import Reader
from pcr.regimes.cbam.v1.dated import RULE

KEYS: Final = ("period", "eur", "source", "published_at")
_PERIOD: Final = re.compile(r"(20[0-9]{2})-(Q[1-4]|W[0-5][0-9])")
_ENDS: Final = {"Q1": "03-31", "Q2": "06-30", "Q3": "09-30", "Q4": "12-31"}


@dataclass(frozen=True, slots=True)
class Price:
    """The published price of a quarter (goods of 2026) or a week (from 2027)."""

    period: str
    eur: Exact
    source: str
    published_at: str


def read_prices(data: Any, year: int, known: str) -> tuple[Price, ...]:
    """The prices of a year out of a file ``prices: [{period, eur, source, published_at}]``.

    Raises:
        Refused: ``cbam_price_unpublished`` for a price without a number, of a period that was not over, or published
            after the day ``known``; ``cbam_price_period``; ``cbam_price_year`` where none is of the year; form faults.
    """
    faults = Collector()
    reader = Reader(faults, RULE)
    given = reader.mapping(data, "", ("prices",), ("prices",))
    read = [_price(reader, item, f"/prices/{k}", known) for k, item in enumerate(_items(reader, given))]
    found = tuple(item for item in read if item is not None)
    names = [item.period for item in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(Fault("cbam_price_period", "/prices", f"{name} twice", "one price a period", RULE))
    of_year = tuple(sorted((item for item in found if item.period.startswith(str(year))), key=lambda one: one.period))
    if not of_year and not faults.faults:
        faults.add(Fault("cbam_price_year", "/prices", ", ".join(names) or "nothing", f"a period of {year}", RULE))
    faults.raise_if_any()
    return of_year


def range_of(prices: Iterable[Price]) -> tuple[Exact, Exact] | None:
    """Lowest and highest price; None without prices."""
    found = sorted(item.eur for item in prices)
    return (found[0], found[-1]) if found else None


def _items(reader: Reader, given: dict[str, Any]) -> list[Any]:
    return reader.sequence(given["prices"], "/prices") if "prices" in given else []


def _price(reader: Reader, item: Any, where: str, known: str) -> Price | None:
    before = len(reader.faults.faults)
    part = reader.mapping(item, where, KEYS, ("period", "source", "published_at"))
    period, day = str(part.get("period", "")), str(part.get("published_at", ""))
    if day:
        reader.day(day, f"{where}/published_at")
    end = _end(period)
    if period and not end:
        reader.faults.add(Fault("cbam_price_period", f"{where}/period", period, "2026-Q1 or 2027-W05", RULE))
    if "eur" not in part or (end and end >= known) or (day and (day > known or (end and day <= end))):
        found = f"{period} {part.get('eur', 'no price')} {day}".strip()
        expected = f"published after the period and by {known}"
        reader.faults.add(Fault("cbam_price_unpublished", where, found, expected, RULE))
        return None
    eur = reader.number(part["eur"], f"{where}/eur")
    if eur is not None and eur < ZERO:
        reader.faults.add(Fault("cbam_share", f"{where}/eur", eur.text(), "zero or more", RULE))
    if eur is None or len(reader.faults.faults) > before:
        return None
    return Price(period, eur, str(part["source"]), day)


def _end(period: str) -> str:
    """Last day of a quarter or week; empty where the text is neither. Quarters for 2026, weeks from 2027 on."""
    match = _PERIOD.fullmatch(period)
    if match is None or (match[2][0] == "Q") != (match[1] == "2026"):
        return ""
    if match[2] in _ENDS:
        return f"{match[1]}-{_ENDS[match[2]]}"
    try:
        return date.fromisocalendar(int(match[1]), int(match[2][1:]), 7).isoformat()
    except ValueError:
        return ""
