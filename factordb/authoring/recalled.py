"""Recalled values, apart: nobody opened their source. A works switches the layer on by naming it."""

from __future__ import annotations

from pathlib import Path

from factordb.authoring.core import kind_of
from factordb.authoring.electricity import electricity
from factordb.authoring.fuels import fuels
from factordb.authoring.made import Authored, rows, slug
from factordb.authoring.processes import processes
from factordb.factor import Factor, Source

WANTED = ("recalled",)
LICENCE = "recalled-fact"
UNITS = {"kg Ni": "kg"}
"""Per element contained is no unit of mass: the name says what the kilogram is of."""


def recalled(collected: Path) -> Authored:
    """The recalled rows of every table of the collection."""
    made = Authored()
    for part in (
        electricity(collected / "electricity_cn.csv", WANTED),
        fuels(collected / "fuels_cn.csv", WANTED),
        processes(collected / "process_cn.csv", WANTED),
        _core(collected / "factors_recalled.csv"),
    ):
        made.factors += part.factors
        made.sources |= part.sources
    return made


def _core(path: Path) -> Authored:
    made = Authored()
    for row in rows(path):
        title, unit = row["source_title"], UNITS.get(row["unit"], row["unit"])
        of = row["unit"] if row["unit"] in UNITS else ""
        source = Source(slug(title), title, row["source_publisher"], row["source_year"], "", LICENCE, "")
        made.factors.append(
            Factor(
                id=row["id"],
                name_en=row["name_en"],
                name_zh=row["name_zh"],
                category=row["category"],
                kind=kind_of(row["boundary"]),
                place=row["geography"],
                year=row["reference_year"],
                value=row["gwp_total_kgco2e"],
                unit=f"kgCO2e/{unit}",
                source=made.source(source),
                confidence="recalled",
                boundary=row["boundary"],
                gwp_set="unknown",
                published=row["source_year"],
                properties={"of": of} if of else {},
            )
        )
    return made
