"""Choose a factor by what is wanted of it instead of by id; the answer says which criterion decided, and over what.

The order is architecture §6: boundary and kind (never crossed), technology, name, place, layer, year, source rank, id.
Pure: the same rows in any order give the same answer. Nothing is guessed: what is disputed, later than the use, without
a value or kept from the regime is never chosen by itself; it is shown with what stands between it and the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from factordb import fuel
from factordb.answer import STALE_YEARS, TIMELESS, same_place
from factordb.factor import Factor, Source
from factordb.fold import fold, squeeze
from factordb.index import index_of
from factordb.kinds import FUEL_OFFERS, LIFE_CYCLE, NEVER_BOUGHT, is_kind
from factordb.layers import ORDER
from factordb.nearness import PLACES, place_rank, year_of, year_rank
from factordb.rank import source_class, source_rank
from factordb.search import Hit, find
from lca.faults import Collector, Fault, Notice, Refused
from lca.units import same_dimension, unit

if TYPE_CHECKING:
    from factordb.release import Release

CRITERIA: Final = ("kind", "technology", "name", "place", "layer", "year", "source", "id")
_ALL: Final = 1_000_000
_PARTLY, _NEAR_SAME = 40, 10
"""Scores of a search: below the first part of the words matched, or a word with a typo in it; two names that differ by
less than the second stand equally well for the words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a factor. Empty: anything; but words or a category must be there."""

    text: str = ""
    kinds: tuple[str, ...] = LIFE_CYCLE
    """Kinds admitted, best first: a kind is a boundary and none is exchanged for another."""
    category: str = ""
    technology: str = ""
    place: str = ""
    year: int | None = None
    """Year of use: a value of a later year does not answer."""
    unit: str = ""
    """The factor must be per something of this dimension."""
    regime: str = ""
    proxy: bool = True
    """Whether a value of another place or technology may answer; it says that it is a proxy."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row, the kind it would answer as, and its place by each criterion: smaller is nearer."""

    factor: Factor
    release: Release
    offer: str
    score: int
    key: tuple[int | str, ...]
    shown: tuple[str, ...]
    apart: tuple[tuple[str, str, str], ...] = ()
    """What keeps it from answering: reason, found, asked."""

    @property
    def source(self) -> Source:
        """The document its value stands in."""
        return self.release.source_of(self.factor)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the chosen row and the runner-up stand by one criterion."""

    criterion: str
    chosen: str
    runner_up: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """The answer: the row, the criterion that decided, the runner-up, and what could not be chosen by itself."""

    wanted: Wanted
    chosen: Candidate | None
    decided_by: str
    """The first criterion that separates the chosen from the runner-up; ``only`` where no other row answers."""
    runner_up: Candidate | None
    standing: tuple[Standing, ...]
    disputed: tuple[Candidate, ...]
    """Rows whose sources disagree and that would otherwise answer: the user names one or none."""
    nearest: tuple[Candidate, ...]
    """Where nothing answers: the nearest of each reason, fewest reasons first."""
    proxy: dict[str, str]
    """Asked and given of place and technology where they differ: ``CN -> FR``."""
    notices: tuple[Notice, ...]


def select(releases: Sequence[Release], wanted: Wanted) -> Selection:
    """The row that answers ``wanted`` best, or none with the nearest.

    Raises:
        Refused: ``select_nothing_asked``, ``select_kind``, ``unknown_unit``; all at once.
    """
    check(wanted)
    releases = sorted(releases, key=lambda release: ORDER.index(release.layer))
    hits = _hits(releases, wanted)
    best = max((hit.score for hit in hits), default=0)
    rows = sorted((_candidate(hit, wanted, releases, best) for hit in hits), key=lambda row: row.key)
    free = [row for row in rows if not row.apart]
    disputed = tuple(row for row in rows if [reason for reason, *_ in row.apart] == ["conflict"])
    if not free:
        near = _nearest(rows) or _by_name(releases, wanted)
        return Selection(wanted, None, "", None, (), disputed, tuple(near), {}, ())
    chosen, runner_up = free[0], free[1] if len(free) > 1 else None
    standing = tuple(_standing(chosen, runner_up))
    decided = next((item.criterion for item in standing if item.decides), "only")
    proxy = _proxy(chosen, wanted)
    notices = _notices(chosen, runner_up, decided, wanted, proxy)
    return Selection(wanted, chosen, decided, runner_up, standing, disputed, (), proxy, tuple(notices))


def check(wanted: Wanted) -> None:
    """Whether the request can be answered at all.

    Raises:
        Refused: see :func:`select`.
    """
    faults = Collector()
    if not squeeze(fold(wanted.text)) and not wanted.category:
        faults.add(Fault("select_nothing_asked", found=wanted.text or "nothing", expected="words or a category"))
    filing = wanted.regime.partition("/")[0] == "cbam"
    for kind in wanted.kinds:
        never = kind in NEVER_BOUGHT and not (filing and kind.startswith("cbam_"))
        if never or not (is_kind(kind) or kind in FUEL_OFFERS):
            expected = ", ".join((*LIFE_CYCLE, *FUEL_OFFERS))
            faults.add(Fault("select_kind", found=kind, expected=expected, values={"kind": kind}))
    if wanted.unit:
        with faults.catching():
            unit(wanted.unit)
    faults.raise_if_any()


def _hits(releases: Sequence[Release], wanted: Wanted) -> list[Hit]:
    def keep(factor: Factor) -> bool:
        return not wanted.category or factor.category == wanted.category

    if not squeeze(fold(wanted.text)):
        return [Hit(entry, 0, True) for entry in index_of(releases).entries if keep(entry.factor)]
    return list(find(releases, wanted.text, _ALL, keep).hits)


def _candidate(hit: Hit, wanted: Wanted, releases: Sequence[Release], best: int) -> Candidate:
    factor, release = hit.factor, hit.entry.release
    source = release.source_of(factor)
    offers = fuel.offers(factor) if factor.kind == "fuel_properties" else (factor.kind,)
    offer = next((kind for kind in wanted.kinds if kind in offers), "")
    level = (best - hit.score) // _NEAR_SAME
    name = 0 if not squeeze(fold(wanted.text)) else min(2, (level + 1) // 2)
    place, technology = place_rank(factor.place, wanted.place), _technology(factor, wanted)
    key = (
        wanted.kinds.index(offer) if offer else len(wanted.kinds),
        technology,
        name,
        place,
        [one.sha256 for one in releases].index(release.sha256),
        year_rank(factor.year, wanted.year),
        source_rank(source, factor),
        factor.id,
    )
    shown = (
        offer or factor.kind,
        factor.technology or ("name" if wanted.technology and technology == 0 else ""),
        ("nearest", "near", "inside")[name],
        f"{factor.place} ({PLACES[place]})" if wanted.place else factor.place,
        f"{release.layer}:{release.id}",
        factor.year,
        source_class(source, factor),
        factor.id,
    )
    row = Candidate(factor, release, offer or factor.kind, hit.score, key, shown)
    apart = (*_apart(row, wanted, bool(offer), hit.in_head), *_out_of_time(row, wanted), *_withheld(row, wanted))
    return replace(row, apart=apart)


def _technology(factor: Factor, wanted: Wanted) -> int:
    """0 asked and given, or nothing asked; 1 not stated; 2 another."""
    asked = squeeze(fold(wanted.technology))
    if not asked or asked in (squeeze(fold(name)) for name in (factor.technology, *factor.synonyms.split(";"))):
        return 0
    if asked in squeeze(fold(f"{factor.name_zh} {factor.name_en}")):
        return 0
    return 2 if factor.technology else 1


def _apart(row: Candidate, wanted: Wanted, of_kind: bool, named: bool) -> Iterable[tuple[str, str, str]]:
    """Everything that keeps a row from answering by itself."""
    factor = row.factor
    if not named:
        # Hydrogen (electrolysis, PV) has the word and is no answer for it.
        yield "name", factor.name_zh or factor.name_en, wanted.text
    if not of_kind:
        yield "kind", factor.kind, ", ".join(wanted.kinds)
    if wanted.unit and not _per(factor, wanted.unit):
        yield "unit", factor.unit, wanted.unit
    if not factor.value:
        yield "not_published", factor.note or factor.status, ""


def _out_of_time(row: Candidate, wanted: Wanted) -> Iterable[tuple[str, str, str]]:
    factor, year = row.factor, year_of(row.factor.year)
    by = row.release.corrected.get(factor.id)
    if by:
        yield "corrected", by, ""
    if wanted.year is None:
        return
    if year is not None and year > wanted.year:
        yield "time", factor.year, str(wanted.year)
    first, last = f"{wanted.year}-01-01", f"{wanted.year}-12-31"
    if (factor.valid_to and factor.valid_to < first) or (factor.valid_from and factor.valid_from > last):
        yield "validity", f"{factor.valid_from or '...'} - {factor.valid_to or '...'}", str(wanted.year)


def _withheld(row: Candidate, wanted: Wanted) -> Iterable[tuple[str, str, str]]:
    factor = row.factor
    said = factor.admissible.get(wanted.regime) or factor.admissible.get(wanted.regime.partition("/")[0], "yes")
    if said != "yes":
        yield "regime", said, wanted.regime
    if factor.unlinked:
        yield "unlinked", factor.unlinked, ""
    if not wanted.proxy:
        for what, words in _proxy(row, wanted).items():
            asked, _, given = words.partition(" -> ")
            yield what, given, asked
    if factor.confidence == "conflict":
        yield "conflict", f"{factor.shown()}; {factor.other_values}", ""


def _per(factor: Factor, asked: str) -> bool:
    try:
        return same_dimension(factor.denominator, asked)
    except Refused:
        return factor.denominator == asked


def _proxy(row: Candidate, wanted: Wanted) -> dict[str, str]:
    """Where the row stands for another place or technology; a supplier's own value stands for no other place."""
    found = {}
    if row.release.layer != "supplier" and not same_place(row.factor, row.source, wanted.place):
        found["place"] = f"{wanted.place} -> {row.factor.place}"
    if _technology(row.factor, wanted):
        found["technology"] = f"{wanted.technology} -> {row.factor.technology or '?'}"
    return found


def _standing(chosen: Candidate, runner_up: Candidate | None) -> Iterable[Standing]:
    decided = False
    for place, criterion in enumerate(CRITERIA):
        other = runner_up.shown[place] if runner_up else ""
        decides = runner_up is not None and not decided and chosen.key[place] != runner_up.key[place]
        decided = decided or decides
        yield Standing(criterion, chosen.shown[place], other, decides)


def _nearest(rows: Sequence[Candidate], most: int = 5) -> list[Candidate]:
    """The nearest by each reason that keeps rows away, fewest reasons first."""
    kept: dict[tuple[str, ...], Candidate] = {}
    for row in sorted(rows, key=lambda row: (len(row.apart), row.key)):
        kept.setdefault(tuple(reason for reason, *_ in row.apart), row)
    return list(kept.values())[:most]


def _by_name(releases: Sequence[Release], wanted: Wanted) -> list[Candidate]:
    near = find(releases, wanted.text, 3).nearest
    return [_candidate(replace(hit, in_head=False), wanted, releases, hit.score) for hit in near]


def _notices(
    row: Candidate, runner_up: Candidate | None, decided: str, wanted: Wanted, proxy: dict[str, str]
) -> Iterable[Notice]:
    factor, year = row.factor, year_of(row.factor.year)
    for what, words in proxy.items():
        asked, _, given = words.partition(" -> ")
        values = {"factor": factor.id, "asked": asked, "given": given}
        yield Notice("select_proxy_place" if what == "place" else "select_proxy_technology", factor.id, values)
    if year is None and factor.kind not in TIMELESS:
        yield Notice("factor_without_year", factor.id, {"factor": factor.id})
    if year is not None and wanted.year is not None and wanted.year - year > STALE_YEARS:
        values = {"factor": factor.id, "given": factor.year, "asked": str(wanted.year), "age": str(wanted.year - year)}
        yield Notice("ELEC_FACTOR_STALE" if factor.category == "electricity" else "select_older", factor.id, values)
    if decided == "id" and runner_up and runner_up.factor.shown() != factor.shown():
        values = {"factor": factor.id, "other": runner_up.factor.id, "value": runner_up.factor.shown()}
        yield Notice("select_tie", factor.id, values)
    if wanted.text and row.score < _PARTLY:
        yield Notice("select_name_partly", factor.id, {"factor": factor.id, "asked": wanted.text})
