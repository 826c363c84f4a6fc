"""What changes by day, read from ``data/dates.yaml``: mark-up, CBAM factor, CSCF, origins outside, de minimis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused

RULE: Final = "CBAM accounting 1"
UNKNOWN: Final = "XX"
"""Annex IV: country of production not known."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A value of one day with what makes it law and how sure it is."""

    value: Exact
    basis: str
    confidence: str


def markup(sector: str, day: str, known: str) -> Dated:
    """The mark-up of a sector's default values.

    Raises:
        Refused: ``cbam_not_dated`` where the tables hold none for the day, or it was not yet published.
    """
    return _one("markups", day, known, f"markup {sector}", lambda row: sector in row["sectors"])


def cbam_factor(day: str, known: str) -> Dated:
    """The share of free allocation that remains.

    Raises:
        Refused: ``cbam_not_dated``.
    """
    return _one("cbam_factor", day, known, "CBAM factor")


def cscf(day: str, known: str, given: Exact | None = None) -> Dated:
    """The cross-sectoral correction factor; what the user gives counts before the table.

    Raises:
        Refused: ``cbam_cscf`` for a year without one; ``cbam_share`` for one outside 0 to 1.
    """
    if given is not None:
        if not ZERO <= given <= ONE:
            raise Refused([Fault("cbam_share", "/cscf", given.text(), "0 to 1", RULE)])
        return Dated(given, "given by the user", "given")
    try:
        return _one("cscf", day, known, "CSCF")
    except Refused:
        years = ", ".join(row["valid_from"][:4] for row in tables()["cscf"])
        raise Refused([Fault("cbam_cscf", "/cscf", day[:4], years, RULE)]) from None


def origin(country: str, day: str) -> str:
    """``eu``, ``excluded``, ``unknown`` or ``third``.

    Raises:
        Refused: ``cbam_country`` for what is neither two letters nor a territory of the list.
    """
    for kind in ("eu", "excluded"):
        names = {name.upper() for row in tables()[kind] if _covers(row, day) for name in row["origins"]}
        if country.upper() in names:
            return kind
    if country.lower() in ("", "unknown", UNKNOWN.lower()):
        return "unknown"
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        raise Refused([Fault("cbam_country", "/country", country, "ISO 3166 code of two letters, CN", RULE)])
    return "third"


@dataclass(frozen=True, slots=True)
class DeMinimis:
    """Mass of a year below which an importer is exempt, the share of it that warns, sectors it is not for."""

    tonnes: Exact
    warn: Exact
    not_for: tuple[str, ...]

    def state(self, mass: Exact) -> str:
        """``exempt``, ``near`` from 90 % on (still exempt), ``above``: then all imports of the year count."""
        if mass > self.tonnes:
            return "above"
        return "near" if mass >= self.tonnes * self.warn else "exempt"


def de_minimis(day: str) -> DeMinimis:
    """The threshold of a day.

    Raises:
        Refused: ``cbam_not_dated``.
    """
    rows = [row for row in tables()["de_minimis"] if _covers(row, day)]
    if not rows:
        raise Refused([Fault("cbam_not_dated", "/year", day[:4], "2026 or later", RULE, {"what": "de minimis"})])
    return DeMinimis(Exact(rows[0]["value"]), Exact(rows[0]["warn"]), tuple(rows[0]["not_for"]))


@cache
def tables() -> Mapping[str, Any]:
    """The tables as they stand in the file."""
    held: dict[str, Any] = read_yaml(files("pcr.regimes.cbam").joinpath("data/dates.yaml").read_text(encoding="utf-8"))
    return held


def _one(table: str, day: str, known: str, what: str, also: Any = lambda row: True) -> Dated:
    rows = [row for row in tables()[table] if _covers(row, day) and row["published_at"] <= known and also(row)]
    if len(rows) != 1:
        spans = sorted({f"{row['valid_from']}–{row['valid_to'] or '…'}" for row in tables()[table] if also(row)})
        expected = ", ".join(spans) or "no such value"
        raise Refused([Fault("cbam_not_dated", "/year", f"{day} / {known}", expected, RULE, {"what": what})])
    row = rows[0]
    return Dated(Exact(row["value"]), row["legal_basis"], row["confidence"])


def _covers(row: Mapping[str, str], day: str) -> bool:
    return row["valid_from"] <= day and (not row["valid_to"] or day <= row["valid_to"])
