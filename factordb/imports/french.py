"""Periods of validity as French publishers write them: six ways in one column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day, the year the data is of, or the words that could not be read."""

    first: str = ""
    last: str = ""
    year: str = ""
    unread: str = ""


def validity(text: str, months: Mapping[str, str]) -> Validity:
    """``2023`` · ``2023-12-31 00:00:00`` · ``déc.-19`` · ``45362`` (days of a sheet) · ``Année 2020``, else unread."""
    text = text.strip()
    if not text:
        return Validity()
    if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?: 00:00:00)?", text):
        return Validity(last=found[1]) if _is_day(found[1]) else Validity(unread=text)
    if found := re.fullmatch(r"(\d{4})", text):
        return Validity(last=f"{found[1]}-12-31")
    if found := re.fullmatch(r"(?:Année|Données valides pour l'année) (\d{4})", text):
        return Validity(f"{found[1]}-01-01", f"{found[1]}-12-31", found[1])
    if found := re.fullmatch(r"(\w+)\.?-(\d{2})", text):
        month = months.get(found[1].lower(), "")
        return Validity(last=_last_of(2000 + int(found[2]), int(month))) if month else Validity(unread=text)
    if re.fullmatch(r"4\d{4}|5\d{4}", text):
        # The sheet's own day count, 1900 system: day 25569 is 1970-01-01.
        return Validity(last=(date(1970, 1, 1) + timedelta(days=int(text) - 25569)).isoformat())
    return Validity(unread=text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _last_of(year: int, month: int) -> str:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).isoformat()
