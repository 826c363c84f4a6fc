"""Which default value and which benchmark a good takes: codes of 10, 8, 6, 4 digits, fallbacks, letters, year bands.

Pure choice: the rows in force come from a function, because a rule of accounting opens no release.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lca.exact import Exact
from lca.faults import Fault, Notice, Refused
from pcr.regimes.cbam.goods import DIGITS
from pcr.regimes.cbam.v1.dated import RULE, UNKNOWN, tables

OTHERS: Final = "ZZ"
"""Annex I: other countries and territories."""


@dataclass(frozen=True, slots=True)
class Row:
    """A default value in force; an empty value is a blank or a dash of the table."""

    id: str
    country: str
    cn: str
    value: str
    route: str = ""
    colour: str = ""
    indirect: str = ""
    """The indirect part of the value, for information; empty where the table prints none."""
    compared: bool = True
    """Whether the row was compared with the corrected annex of (EU) 2026/1740."""


Lookup = Callable[[str, str], Sequence[Row]]
"""Rows in force of a country for exactly this code; of an empty code: any rows of the country."""


@dataclass(frozen=True, slots=True)
class Default:
    """The value taken, and how it was come by."""

    row: Row
    trace: tuple[Notice, ...]


def colour_of(code: str, colour: str, where: str = "") -> str:
    """Grey or white of a code that holds both: what is said, or what its TARIC digits say; else empty.

    Raises:
        Refused: ``cbam_colour`` where it is needed and missing, unknown or against the TARIC digits.
    """
    table = tables()["colours"]
    by_code = table["taric"].get(code[8:], "") if code[:8] in table["codes"] else ""
    if code[:8] not in table["codes"]:
        return ""
    said = colour.lower() or by_code
    if said not in table["letters"] or (by_code and said != by_code) or (code[8:] and not by_code):
        expected = by_code or "grey or white, or ten digits: 10 white, 90 grey"
        raise Refused([Fault("cbam_colour", f"{where}/colour", colour or code, expected, RULE)])
    return said


def choose(lookup: Lookup, code: str, country: str, colour: str = "", where: str = "") -> Default:
    """The default value of a good: its country's, else that of other countries; Annex IV where it is not known.

    Raises:
        Refused: ``cbam_colour``; ``cbam_default_missing`` where no table holds the good; ``cbam_default_several``.
    """
    shade = colour_of(code, colour, where)
    places = [country.upper() or UNKNOWN]
    trace: list[Notice] = []
    if places[0] in (UNKNOWN, "UNKNOWN"):
        places = [UNKNOWN]
        trace.append(Notice("cbam_country_unknown", where, {"cn": code}))
    elif places[0] != OTHERS:
        places.append(OTHERS)
    for place in places:
        found = _in(lookup, place, code, shade, where)
        if found is not None:
            break
        if place not in (OTHERS, UNKNOWN):
            listed = "cbam_good_not_listed" if lookup(place, "") else "cbam_country_not_listed"
            trace.append(Notice(listed, where, {"cn": code, "country": place}))
    else:
        raise Refused([Fault("cbam_default_missing", where, f"{code} {country}", "a good with a default", RULE)])
    if len(found.cn) < len(code[:8]):
        trace.append(Notice("cbam_heading_used", where, {"cn": code, "heading": found.cn}))
    if not found.compared:
        trace.append(Notice("cbam_vintage", where, {"row": found.id}))
    return Default(found, tuple(trace))


def _in(lookup: Lookup, country: str, code: str, shade: str, where: str) -> Row | None:
    """The row with most digits that has a value; of a good of two colours the row of its colour."""
    letter = tables()["colours"]["letters"].get(shade, "")
    for length in DIGITS:
        if len(code) < length:
            continue
        rows = [row for row in lookup(country, code[:length]) if row.value]
        if shade:
            rows = [row for row in rows if row.colour == shade or (not row.colour and row.route == letter)]
        if len(rows) > 1:
            ids = ", ".join(row.id for row in rows)
            raise Refused([Fault("cbam_default_several", where, ids, "one row", RULE)])
        if rows:
            return rows[0]
    return None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark of one column: route letter and year band, ``all`` or ``2026-2027``."""

    id: str
    route: str
    years: str
    value: str

    def covers(self, year: int) -> bool:
        """Whether the band holds the year."""
        first, _, last = self.years.partition("-")
        return self.years == "all" or int(first) <= year <= int(last)

    @property
    def number(self) -> Exact:
        """The benchmark in t CO2e per functional unit."""
        return Exact(self.value)


def benchmark(marks: Sequence[Benchmark], year: int, letters: str = "", route: str = "", where: str = "") -> Benchmark:
    """The benchmark of a year and route.

    ``letters``: of the default row taken, ``C`` or ``C/F``, or of the colour; ``route``: what the user says, needed
    where the table has several and the row names none of them.

    Raises:
        Refused: ``cbam_benchmark`` for a good or year without one; ``cbam_route`` where no letter, or two, can be
            meant, or the user's is not the row's.
    """
    held = [mark for mark in marks if mark.covers(year)]
    if not held:
        bands = ", ".join(sorted({mark.years for mark in marks})) or "a good with a benchmark"
        raise Refused([Fault("cbam_benchmark", where, str(year), bands, RULE)])
    routes = sorted({mark.route for mark in held})
    if routes == [""]:
        return held[0]
    meant = [letter for letter in letters.split("/") if letter in routes]
    wanted = [route.upper()] if route else meant
    hits = [mark for mark in held if mark.route in wanted]
    if len(hits) != 1 or (route and meant and wanted[0] not in meant):
        expected = ", ".join(meant if route and meant else routes)
        raise Refused([Fault("cbam_route", f"{where}/route", route or letters or "nothing", expected, RULE)])
    return hits[0]
