"""The use-case *import*: a foreign file becomes a sealed release of the store; what was not taken is listed.

Everything is read first and written in one transaction: an import that is stopped leaves nothing, and the same file
gives the same hash whenever it is read.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from factordb.canonical import clean
from factordb.factor import Factor
from factordb.files import guarded
from factordb.imports.intake import REASONS, Intake, Rejected
from factordb.imports.registry import importer, run
from factordb.publish import publish
from factordb.release import Release
from service.background import with_background
from service.background_gates import Outlier

Progress = Callable[[int, int], None]
COLUMNS: Final = ("where", "reason", "reason_en", "reason_zh", "found")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file. ``sha256`` is empty where nothing was published."""

    release: str
    layer: str
    sha256: str
    file_sha256: str
    intake: Intake
    unlinked: int
    """Solved unit processes with inputs that nothing answers: gaps with a lower end."""
    left_out: Mapping[str, str]
    """Unit processes that were kept and gave no factor, with the reason."""
    outliers: tuple[Outlier, ...] = ()
    """Solved factors far from the rest of their category: published, and to be looked at."""


def import_file(
    path: Path,
    name: str,
    engine: Engine | None,
    *,
    release_id: str = "",
    layer: str = "",
    mapping: Path | None = None,
    links: Sequence[Release] = (),
    rejected: Path | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read a file with an importer and publish what it took; without an ``engine`` nothing is published.

    ``links``: releases whose factors unit processes may buy from, the first that has an id. ``layer`` empty: public
    where the licence allows passing on, else private. ``rejected``: a CSV to write of every row that was not taken.

    Raises:
        Refused: the file cannot be read, nothing in it can be used, the release exists, or its unit processes have no
            solution. A refused row is none of these: it is listed.
    """
    intake = run(name, path, mapping, progress)
    if rejected is not None:
        write_rejected(rejected, intake.rejected)  # also where nothing is left to publish
    meta = head(path, name, intake, release_id, layer)
    content, background = with_background(intake, meta, linked(links))
    sha256 = publish(engine, content) if engine is not None else ""
    unlinked = sum(1 for factor in content.factors if factor.unlinked)
    found = (content.left_out, background.outliers)
    return Imported(meta["id"], meta["layer"], sha256, meta["file_sha256"], intake, unlinked, *found)


def head(path: Path, name: str, intake: Intake, release_id: str = "", layer: str = "") -> dict[str, str]:
    """The head of the release that a file becomes."""
    title = importer(name)
    return {
        "id": release_id or intake.source.id,
        "layer": layer or ("public" if intake.licence.may_redistribute else "private"),
        "title_en": intake.source.title or title.title_en,
        "title_zh": intake.source.title or title.title_zh,
        "published": intake.source.date or "undated",
        "importer": f"{name} 1",
        "file_sha256": _digest(path),
        "retrieved": path.name,
    }


def linked(links: Sequence[Release]) -> dict[str, Factor]:
    """Factors that unit processes may buy, of the first release that has an id."""
    return {id_: factor for release in reversed(links) for id_, factor in release.factors.items()}


def _digest(path: Path) -> str:
    """SHA-256 of a file; of a folder nothing, its files are many."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_rejected(path: Path, rejected: list[Rejected]) -> None:
    """Every row that was not taken, with its reason in both languages. CSV with a mark for spreadsheets."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for item in rejected:
            row = (item.where, item.reason, *REASONS[item.reason], item.found)
            writer.writerow([guarded(clean(cell)) for cell in row])  # a lone CR would break the line
