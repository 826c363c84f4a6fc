"""Default values and benchmarks of the factor release, in force on one day as known on another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from factordb.as_of import standing
from factordb.factor import Factor
from factordb.release import Release, open_release
from pcr.regimes.cbam.goods import DIGITS
from pcr.regimes.cbam.v1.defaults import Benchmark, Row

RELEASE: Final = "cbam-2026.1"
BENCHMARKS: Final = "cbam-benchmark"


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of a release by country and code; benchmarks by code and column."""

    defaults: dict[tuple[str, str], list[Factor]] = field(default_factory=lambda: defaultdict(list))
    countries: set[str] = field(default_factory=set)
    marks: dict[tuple[str, str], list[Factor]] = field(default_factory=lambda: defaultdict(list))


@cache
def tables(name: str = RELEASE) -> Tables:
    """The CBAM tables of a sealed release."""
    return of_release(open_release(name))


def of_release(release: Release) -> Tables:
    """Sorted once: a look-up goes through up to four lengths of code and two countries."""
    made = Tables()
    for item in release.factors.values():
        cn = item.codes.get("cn", "")
        if item.id.startswith(BENCHMARKS):
            made.marks[cn, item.properties.get("column", "")].append(item)
        elif item.series.startswith("cbam."):
            country = item.series.split(".")[1].upper()
            made.defaults[country, cn].append(item)
            made.countries.add(country)
    return made


def first_listed(cn: str, country: str) -> list[Factor]:
    """Every row of a country for a good, of any day: of all its digits, else of its heading of six or four."""
    held = tables().defaults
    for length in DIGITS:
        rows = held.get((country.upper(), cn[:length]), []) if len(cn) >= length else []
        if rows:
            return rows
    return []


@dataclass(frozen=True, slots=True)
class InForce:
    """The rows that answer on the day ``on`` as they were known on the day ``known``."""

    on: str
    known: str

    def rows(self, country: str, code: str) -> Sequence[Row]:
        """Rows of a country for exactly this code; of an empty code any row of the country, to know it is listed."""
        held = tables()
        if not code:
            return [Row("", country, "", "")] if country in held.countries else []
        found = standing(held.defaults.get((country, code), ()), self.on, self.known)
        return [_row(item.factor, country) for item in found if item.holds]

    def benchmarks(self, cn: str, column: str) -> list[Benchmark]:
        """Benchmarks of a good in column A (actual values) or B (default values)."""
        found = standing(tables().marks.get((cn[:8], column), ()), self.on, self.known)
        return [
            Benchmark(one.id, one.properties.get("route", ""), one.properties.get("years", "all"), one.value)
            for one in (item.factor for item in found if item.holds)
        ]


def _row(item: Factor, country: str) -> Row:
    given = item.properties
    compared = "not compared" not in item.note
    return Row(
        item.id, country, item.codes["cn"], item.value, given.get("route", ""), given.get("colour", ""),
        given.get("indirect", ""), compared,
    )  # fmt: skip
