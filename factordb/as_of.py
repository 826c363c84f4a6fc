"""What was in force on a day, as it was known on another: two dates, because corrections arrive late.

A value is *in force* from ``valid_from`` to ``valid_to`` and *known* from the day it was published. A correction is a
row of its own that names the row it corrects; from the day it is published on it answers in its place, also for days
before (the CBAM defaults of (EU) 2025/2621 were replaced in July 2026 with effect from January). Nothing is edited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from factordb.factor import Factor

if TYPE_CHECKING:
    from factordb.release import Release


@dataclass(frozen=True, slots=True)
class Standing:
    """One value and how it stands on the two dates."""

    factor: Factor
    state: str
    """``in force`` · ``corrected`` · ``expired`` · ``not yet in force`` · ``not yet known`` · ``no dates`` ·
    ``not published`` · ``withheld``."""
    by: str = ""
    """Of a corrected value: the id that corrects it, with its reason."""

    @property
    def holds(self) -> bool:
        """Whether the value answers on that day; one without dates does, and says so."""
        return self.state in ("in force", "no dates")


def standing(factors: Iterable[Factor], in_force: str, known: str) -> list[Standing]:
    """Each factor's standing on the day ``in_force`` as it was known on the day ``known`` (ISO dates), by id."""
    items = sorted(factors, key=lambda item: item.id)
    corrections = {}
    for item in sorted(items, key=lambda item: (item.published, item.id)):
        if item.corrects and _known(item, known):
            corrections[item.corrects] = item
    return [_standing(item, corrections.get(item.id), in_force, known) for item in items]


def related(release: Release, text: str, limit: int = 20) -> list[Factor]:
    """The rows ``text`` means: an id, a series or the beginning of either with all that corrects it; else a search."""
    found = [release.factors[text]] if text in release.factors else list(release.series.get(text, ()))
    if not found:
        begins = (f"{text}.", f"{text}-")
        rows = release.factors.values()
        found = [item for item in rows if item.series.startswith(begins) or item.id.startswith(begins)]
    if not found:
        found = release.search(text, limit)
    ids = {item.id for item in found} | {item.corrects for item in found}
    linked = [item for item in release.factors.values() if item.id in ids or item.corrects in ids - {""}]
    return linked


def _standing(item: Factor, correction: Factor | None, in_force: str, known: str) -> Standing:
    if not item.value:
        return Standing(item, "withheld" if item.status == "withheld" else "not published")
    if not _known(item, known):
        return Standing(item, "not yet known")
    if correction is not None:
        return Standing(item, "corrected", f"{correction.id}: {correction.reason}")
    if item.valid_from and in_force < item.valid_from:
        return Standing(item, "not yet in force")
    if item.valid_to and in_force > item.valid_to:
        return Standing(item, "expired")
    return Standing(item, "in force" if item.valid_from or item.valid_to else "no dates")


def _known(item: Factor, day: str) -> bool:
    """Published by that day; a value published in some year or month is known when that is over."""
    last = {4: "-12-31", 7: "-31"}.get(len(item.published), "")
    return item.published + last <= day
