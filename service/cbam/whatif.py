"""The bare *what-if*: one good on a default value that the user types; lists of goods are in ``obliged``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault
from pcr.intake_tools import Reader
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.obligation import certificates, free_allocation, marked_up
from service.cbam.see import shown

KEYS: Final = (
    "cn", "country", "mass_t", "default_total", "markup", "route", "benchmark_column", "benchmark", "cbam_factor",
    "cscf",
)  # fmt: skip

NUMBERS: Final = ("mass_t", "default_total", "benchmark", "cscf")


@dataclass(frozen=True, slots=True)
class Year:
    """One year's obligation of a good on its default value."""

    see: Exact
    sefa: Exact
    certificates: Exact


def on_default(data: Any) -> dict[str, Year]:
    """Embedded emissions with mark-up, free allocation and certificates for every year of the mark-up and CBAM factor.

    Raises:
        Refused: ``missing_key``, ``unknown_key``, ``number_unreadable``, ``cbam_years`` where the two tables name
            different years; all at once.
    """
    faults = Collector()
    reader = Reader(faults, RULE)
    inner = data.get("inputs", data) if isinstance(data, dict) else data
    given = reader.mapping(inner, "", KEYS, (*NUMBERS, "markup", "cbam_factor"))
    numbers = {key: _number(reader, given, key) for key in NUMBERS}
    markups, factors = (_by_year(reader, given, key) for key in ("markup", "cbam_factor"))
    if set(markups) != set(factors):
        found, expected = ", ".join(sorted(markups)), ", ".join(sorted(factors))
        faults.add(Fault("cbam_years", "/markup", found, expected, RULE))
    faults.raise_if_any()
    mass, default, benchmark, cscf = (numbers[key] for key in NUMBERS)
    made = {}
    for year in sorted(markups):
        see = marked_up(default, markups[year])
        sefa = free_allocation(factors[year], cscf, benchmark)
        made[year] = Year(see, sefa, certificates(mass, see, sefa))
    return made


def _number(reader: Reader, given: Mapping[str, Any], key: str) -> Exact:
    """The number; where there is none a fault stands, and nothing is calculated with what comes back."""
    found = reader.number(given[key], f"/{key}") if key in given else None
    if found is not None and found < ZERO:
        reader.faults.add(Fault("cbam_share", f"/{key}", found.text(), "zero or more", RULE))
    return ZERO if found is None else found


def _by_year(reader: Reader, given: Mapping[str, Any], key: str) -> dict[str, Exact]:
    part = reader.mapping(given.get(key), f"/{key}")
    read = {year: reader.number(text, f"/{key}/{year}") for year, text in part.items()}
    return {year: number for year, number in read.items() if number is not None}


def output(found: Mapping[str, Year]) -> dict[str, Any]:
    """Years with the keys of the neutral form."""
    return {
        year: {
            "see_incl_markup": shown(item.see),
            "sefa": shown(item.sefa),
            "certificates": shown(item.certificates),
        }
        for year, item in found.items()
    }
