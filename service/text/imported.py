"""What came of an import, on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from factordb.imports.intake import REASONS
from service.background_gates import Outlier, bounds
from service.importing import Imported
from service.text.factor_words import said
from service.text.words import Language

SHOWN: Final = 20


def print_imported(console: Console, done: Imported, language: Language) -> None:
    """Read, taken, not taken by reason, notes; then the release and its hash."""
    intake = done.intake
    console.print(Text(intake.source.title, style="bold"))
    taken = len(intake.factors) + len(intake.processes)
    counts = [
        f"{said('read', language)} {intake.read}",
        f"{said('accepted', language)} {taken}",
        f"{said('rejected', language)} {len(intake.rejected)}",
    ]
    counts += [f"{said('same', language)} {intake.same}"] if intake.same else []
    console.print(" · ".join(counts))
    for reason, count in intake.reasons().items():
        console.print(f"  {count:>7}  {reason}: {REASONS[reason][0 if language == 'en' else 1]}")
    for note, count in sorted(intake.notes.items()):
        console.print(f"  {count:>7}  {said('noted', language)}: {note}")
    if intake.processes:
        console.print(f"  {len(intake.processes):>7}  {said('unit_processes', language)}, ", end="")
        console.print(
            f"{done.unlinked} {said('unlinked', language)}, {len(done.left_out)} {said('no_factor', language)}"
        )
    print_outliers(console, done.outliers, language)
    if done.sha256:
        console.print(f"{said('published', language)}: {done.release} ({done.layer})  sha256 {done.sha256}")
    else:
        console.print(said("nothing_published", language))


def print_outliers(console: Console, found: Sequence[Outlier], language: Language) -> None:
    """Each with both values, the first of many; nothing where there is none."""
    if found:
        limit = bounds()
        text = said("outliers", language).format(times=limit.times.text(), members=limit.members)
        console.print(f"  {len(found):>7}  {text}")
    for item in found[:SHOWN]:
        values = said("outlier", language).format(value=item.value, median=item.median, members=item.members)
        console.print(f"           {item.id}: {values} {item.unit} · {item.category}")
    if len(found) > SHOWN:
        console.print(f"           {said('outliers_rest', language).format(count=len(found) - SHOWN)}")


def imported_row(done: Imported) -> dict[str, Any]:
    """The same as plain values."""
    intake = done.intake
    return {
        "release": done.release,
        "layer": done.layer,
        "sha256": done.sha256,
        "file_sha256": done.file_sha256,
        "source": intake.source.title,
        "licence": intake.licence.code,
        "read": intake.read,
        "accepted": len(intake.factors) + len(intake.processes),
        "unit_processes": len(intake.processes),
        "unlinked": done.unlinked,
        "left_out": dict(done.left_out),
        "outliers": [asdict(item) for item in done.outliers],
        "same": intake.same,
        "rejected": intake.reasons(),
        "notes": dict(sorted(intake.notes.items())),
    }
