"""A period of whole months: ``2026``, ``2026-Q1``, ``2026-01..2026-06``."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from typing import Final

from lca.faults import Fault, Refused

_YEAR: Final = re.compile(r"(\d{4})", re.ASCII)
_QUARTER: Final = re.compile(r"(\d{4})-?Q([1-4])", re.ASCII)
_SPAN: Final = re.compile(r"(\d{4})-(\d\d)(?:\.\.(\d{4})-(\d\d))?", re.ASCII)
MOST: Final = 36
"""Months; a footprint of more than three years describes nothing."""


@dataclass(frozen=True, slots=True)
class Period:
    """Months from first to last."""

    months: tuple[str, ...]

    @property
    def key(self) -> str:
        """``2026-01..2026-12``: how it is kept."""
        return f"{self.months[0]}..{self.months[-1]}"

    @property
    def start(self) -> str:
        """First day."""
        return f"{self.months[0]}-01"

    @property
    def end(self) -> str:
        """Last day: the day whose bills of materials and mappings count."""
        year, month = (int(part) for part in self.months[-1].split("-"))
        return f"{self.months[-1]}-{calendar.monthrange(year, month)[1]:02}"


def period_of(text: str) -> Period:
    """A period by its short name.

    Raises:
        Refused: ``erp_period``.
    """
    first, last = _ends(text.strip())
    if not 1 <= last - first + 1 <= MOST:
        expected = f"2026, 2026-Q1, 2026-01 or 2026-01..2026-06, at most {MOST} months"
        raise Refused([Fault("erp_period", "/period", found=text[:60] or "nothing", expected=expected)])
    return Period(tuple(f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)))


def _ends(text: str) -> tuple[int, int]:
    """Months since year 0; an empty span where the text is none."""
    if match := _YEAR.fullmatch(text):
        return int(match[1]) * 12, int(match[1]) * 12 + 11
    if match := _QUARTER.fullmatch(text):
        first = int(match[1]) * 12 + int(match[2]) * 3 - 3
        return first, first + 2
    if match := _SPAN.fullmatch(text):
        year, month = match[3] or match[1], match[4] or match[2]
        if 1 <= int(match[2]) <= 12 and 1 <= int(month) <= 12 and int(match[1]) > 0:
            return int(match[1]) * 12 + int(match[2]) - 1, int(year) * 12 + int(month) - 1
    return 1, -1
