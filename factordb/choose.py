"""Which factor a name means: by id, or the latest published year of a series. Kinds are never crossed.

The order is boundary and kind, technology, geography, year (architecture §6); nothing is guessed: a name that finds
nothing admissible is refused with the nearest rows shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from factordb import fuel
from factordb.factor import WITHHELD, Factor
from factordb.kinds import COMBUSTION_ELECTRICITY, LIFE_CYCLE, NEVER_BOUGHT
from lca.faults import Fault, Refused
from lca.naming import FactorName

if TYPE_CHECKING:
    from factordb.release import Release

_SUBNATIONAL = re.compile(r"cn\.cfp\.(?:province|provincial|region|regional|city|grid)\b.*")


@dataclass(frozen=True, slots=True)
class Choice:
    """The factor a name means, the release (layer) that answered, and the rule that chose."""

    factor: Factor
    release: Release
    offer: str
    """The kind it was asked as: the factor's own, or ``fuel_combustion`` / ``fuel_ch4_n2o`` of a fuel."""
    chosen_by: str


def choose(releases: Sequence[Release], name: FactorName, about: str) -> Choice:
    """The factor ``name`` means; ``about`` is what the line calls its input, for the nearest rows.

    Raises:
        Refused: ``factor_gap``, ``factor_unknown``, ``factor_kind_mismatch``, ``fuel_gas_missing``,
            ``factor_not_published``, ``factor_withheld`` and the ``ELEC_*`` codes of the same.
    """
    if name.id:
        return _by_id(releases, name, about)
    if name.series:
        return _by_series(releases, name, about)
    raise Refused([gap_fault(releases, name, about)])


def gap_fault(releases: Sequence[Release], name: FactorName, about: str) -> Fault:
    """Nothing was named: what to name, and what lies near."""
    near = nearest(releases, name, about)
    expected = "a factor id or a supplier's record" + (f"; nearest: {near}" if near else "")
    found = f"nothing named for {about}"
    return Fault("factor_gap", found=found, expected=expected, values={"input": about, "nearest": near})


def _by_id(releases: Sequence[Release], name: FactorName, about: str) -> Choice:
    for release in releases:
        factor = release.find(name.id)
        if factor is not None:
            _refuse_withheld(factor, release)
            offer = _offer(factor, name)
            if not factor.value:
                years = _published(release.series.get(factor.series, ()), 9999)
                raise Refused([_not_published(factor, f"{factor.id}: {factor.note or 'no value'}", years)])
            return Choice(factor, release, offer, f"named by the {name.named_by}")
    if _SUBNATIONAL.fullmatch(name.id):
        raise Refused([_subnational(name.id)])
    raise Refused([_unknown(releases, name, name.id, about)])


def _by_series(releases: Sequence[Release], name: FactorName, about: str) -> Choice:
    release = next((release for release in releases if name.series in release.series), None)
    if release is None:
        subnational = _SUBNATIONAL.fullmatch(name.series)
        raise Refused([_subnational(name.series) if subnational else _unknown(releases, name, name.series, about)])
    rows = [row for row in release.series[name.series] if row.id not in release.corrected]
    known = next((row for row in rows if row.status != WITHHELD), rows[0])
    _refuse_withheld(known, release)
    offer = _offer(known, name)
    limit = 9999 if name.year is None else name.year
    published = _published(rows, limit)
    partner = release.same_year.get(name.series)
    if partner is not None:
        # T&D is added to a generation factor of its own year; another year would be a silent stand-in.
        others = (row for series, items in release.series.items() if series.startswith(partner) for row in items)
        year = max((row.year for row in _published(others, limit)), default="")
        published = [row for row in published if row.year == year]
    if not published:
        when = "any year" if name.year is None else f"{name.year} or before"
        raise Refused([_not_published(rows[0], f"{name.series}: nothing for {when}", _published(rows, 9999))])
    chosen = published[-1]
    _refuse_withheld(chosen, release)
    told = f"series, latest published year <= {'any' if name.year is None else name.year}"
    if len(published) > 1:
        told += f"; runner-up {published[-2].id} = {published[-2].shown()}"
    return Choice(chosen, release, offer, told)


def _published(rows: Iterable[Factor], limit: int) -> list[Factor]:
    """Rows with a value and a year up to ``limit``, oldest first.

    A withheld row has a value, if not here: passing over it would answer with another year and not say so.
    """
    found = (row for row in rows if (row.value or row.status == WITHHELD) and row.year and int(row.year) <= limit)
    return sorted(found, key=lambda row: row.year)


def _refuse_withheld(factor: Factor, release: Release) -> None:
    if factor.status == WITHHELD:
        source, licence = release.source_of(factor), release.licence_of(factor)
        values = {"factor": factor.id, "source": source.title or source.id, "licence": licence.title or licence.code}
        expected = f"the value, from {source.publisher or source.title or source.id}"
        raise Refused([Fault("factor_withheld", found=f"{factor.id}: withheld", expected=expected, values=values)])


def _offer(factor: Factor, name: FactorName) -> str:
    if factor.kind == "fuel_properties":
        asked = [kind for kind in name.kinds if kind in fuel.offers(factor)]
        if asked:
            return asked[0]
        if "fuel_ch4_n2o" in name.kinds:
            found = f"{factor.id} prints no CH4 and N2O"
            raise Refused([Fault("fuel_gas_missing", found=found, expected="an ipcc2006 fuel")])
    elif factor.kind in name.kinds and factor.kind not in NEVER_BOUGHT:
        return factor.kind
    trap = factor.category == "electricity" and (
        (factor.kind in COMBUSTION_ELECTRICITY and set(name.kinds) & set(LIFE_CYCLE))
        or (factor.kind == "lifecycle_co2e" and set(name.kinds) & set(COMBUSTION_ELECTRICITY))
    )
    code = "ELEC_FACTOR_KIND_MISMATCH" if trap else "factor_kind_mismatch"
    values = {"factor": factor.id, "kind": factor.kind, "kinds": ", ".join(name.kinds), "place": factor.place}
    raise Refused([Fault(code, found=f"{factor.id}: {factor.kind}", expected=", ".join(name.kinds), values=values)])


def _not_published(factor: Factor, found: str, published: Sequence[Factor]) -> Fault:
    known = ", ".join(f"{row.id} {row.shown()}" for row in published) or "no year of this series"
    code = "ELEC_FACTOR_NOT_PUBLISHED" if factor.category == "electricity" else "factor_not_published"
    return Fault(code, found=found, expected=f"a published year: {known}", values={"factor": factor.id})


def _subnational(asked: str) -> Fault:
    expected = "cn.cfp.national_avg: the life-cycle series is national only"
    return Fault("ELEC_SUBNATIONAL_NOT_PUBLISHED", found=asked, expected=expected)


def _unknown(releases: Sequence[Release], name: FactorName, asked: str, about: str) -> Fault:
    reason = next((release.left_out[asked] for release in releases if asked in release.left_out), "")
    known = [known for release in releases for known in (*release.factors, *release.series)]
    close = get_close_matches(asked, known, n=3, cutoff=0.75)
    near = ", ".join(close) or nearest(releases, name, f"{asked} {about}")
    found = f"{asked} (left out of the release: {reason})" if reason else asked
    values = {"asked": asked, "nearest": near, "releases": ", ".join(release.id for release in releases)}
    return Fault("factor_unknown", found=found, expected=near or "an id of the release", values=values)


def nearest(releases: Sequence[Release], name: FactorName, about: str, limit: int = 3) -> str:
    """Up to three rows of an admissible kind that match the words, of the asked place first; empty if none do."""
    words = f"{about} {name.proxy_for}".replace(".", " ").replace("_", " ")
    found = [
        row
        for release in releases
        for row in release.search(words, 40)
        if row.value and ({row.kind, *(fuel.offers(row) if row.kind == "fuel_properties" else ())} & set(name.kinds))
    ][:12]
    found.sort(key=lambda row: (row.place != name.place, row.confidence == "conflict", not row.year))
    return "; ".join(f"{row.id} ({row.name_zh} {row.name_en}, {row.place}, {row.shown()})" for row in found[:limit])
