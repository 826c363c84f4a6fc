"""The CBAM release: defaults of the original act, their retroactive corrections, and benchmarks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from factordb.authoring.made import Authored
from factordb.imports.cbam_tables import about, read
from factordb.imports.intake import Intake


def cbam(collected: Path) -> Authored:
    """Originals from the full country table, then the compared and the not compared vintages of the collection.

    Whether a vintage was compared with the correction stands in each row's note. The list of goods holds no values
    and is no part of a release of factors.
    """
    source, licence = about()
    intake = Intake(source, licence)
    for name in ("raw/cbam_2025_2621", "cbam_defaults.csv", "cbam_benchmarks.csv"):
        read(collected / name, intake)
    made = Authored([replace(factor) for factor in intake.factors.values()])
    used = {factor.source for factor in made.factors}
    made.sources = {name: item for name, item in {source.id: source, **intake.more_sources}.items() if name in used}
    made.left_out = {
        item.where: f"{item.reason}: {item.found}" for item in intake.rejected if item.reason != "value_missing"
    }
    return made
