"""What of a release may be passed on: every export starts here, none writes a release that did not pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from factordb.factor import WITHHELD, Factor
from factordb.files import ReleaseFiles
from factordb.release import Release, content_of
from factordb.unit_process import UnitProcess

OPEN_PART: Final = "-open"


def passable(release: Release) -> ReleaseFiles:
    """The content without any number whose source's licence forbids passing it on; such a row stays as a reference.

    With something withheld the content is another one, so it gets an id of its own: two releases of one name and two
    hashes are what sealing exists to prevent. The hash of the whole is *not* told: of a release with one value left
    out it would let anybody try values until the hash fits.
    """
    content = content_of(release)
    closed = {item.id for item in content.sources if not release.licences[item.licence].may_redistribute}
    factors = tuple(_reference(item) if item.source in closed else item for item in content.factors)
    processes = tuple(_outline(item) if item.source in closed else item for item in content.unit_processes)
    if (factors, processes) == (content.factors, content.unit_processes):
        return content
    meta = {**content.meta, "id": release.id + OPEN_PART, "open_part_of": release.id}
    return replace(content, meta=meta, factors=factors, unit_processes=processes)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Ids of the rows that are references only."""

    factors: tuple[str, ...]
    unit_processes: tuple[str, ...]


def withheld(content: ReleaseFiles) -> Withheld:
    """Which rows of a passable content carry no number because of their licence."""
    factors = tuple(item.id for item in content.factors if item.status == WITHHELD)
    processes = tuple(item.id for item in content.unit_processes if not item.amount)
    return Withheld(factors, processes)


def _reference(item: Factor) -> Factor:
    """A new row from what is no number, rather than the old one with numbers taken out: a field added to the model
    later is then left out, not passed on. Words of the publisher (notes, locator, boundary) may hold figures."""
    status = WITHHELD if item.value else item.status
    return Factor(
        id=item.id,
        name_en=item.name_en,
        name_zh=item.name_zh,
        category=item.category,
        kind=item.kind,
        place=item.place,
        year=item.year,
        value="",
        unit=item.unit,
        source=item.source,
        confidence=item.confidence,
        status=status,
        series=item.series,
        guideline=item.guideline,
        valid_from=item.valid_from,
        valid_to=item.valid_to,
        corrects=item.corrects,
        reason="withheld" if item.corrects else "",
        other_values="withheld" if item.confidence == "conflict" and status != WITHHELD else "",
    )


def _outline(item: UnitProcess) -> UnitProcess:
    kept = {name: getattr(item, name) for name in ("id", "name_en", "name_zh", "category", "place", "year", "unit")}
    return UnitProcess(**kept, amount="", source=item.source, product=item.product)
