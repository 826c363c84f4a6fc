"""Fuel properties, one row per fuel and guideline: calorific value, carbon content, oxidation, CH4, N2O."""

from __future__ import annotations

from pathlib import Path

from factordb.authoring.made import KNOWN, NOT_OPENED, Authored, rows, slug, without_pointers
from factordb.factor import Factor, Source

OTHER_VALUES = {
    "cets2024.bituminous": "carbon content 0.02308 tC/GJ in one public implementation since 2025-10-20; "
    "0.02618 tC/GJ in the other Chinese sets",
}
CO2_PRINTED = ("ipcc2006", "eu_mrr")
PROPERTIES = {
    "ncv": "ncv",
    "ncv_unit": "ncv_unit",
    "carbon_content": "carbon_content",
    "oxidation_rate": "oxidation",
    "ch4_kg_per_tj": "ch4",
    "n2o_kg_per_tj": "n2o",
}


def fuels(path: Path, wanted: tuple[str, ...] = KNOWN) -> Authored:
    """Every row of the wanted confidence; bought heat becomes a corporate heat factor."""
    made = Authored()
    for row in rows(path):
        if row["confidence"] not in wanted:
            made.left_out[row["id"]] = NOT_OPENED
        elif row["id"].startswith("heat."):
            made.left_out[row["id"]] = "the same figure is carried as heat.cn.default"
        else:
            made.factors.append(_factor(row, made))
    return made


def _factor(row: dict[str, str], made: Authored) -> Factor:
    name, title = row["id"], without_pointers(row["source"])
    place, official, licence = origin(row["regime"])
    publisher = publisher_of(row["regime"])
    source_id = made.source(Source(slug(title), title, publisher, "", "", licence, official))
    properties = {ours: row[theirs] for theirs, ours in PROPERTIES.items() if row[theirs]}
    # Where the guideline publishes tCO2/GJ, the carbon content in the table is only its back-calculation.
    properties["basis"] = "emission_factor" if row["regime"].startswith(CO2_PRINTED) else "carbon_content"
    if ".bio." in name:
        properties["biogenic"] = "1"
    if not properties.get("ncv"):
        properties.pop("ncv_unit", None)
    return Factor(
        id=name,
        name_en=row["fuel_en"],
        name_zh=row["fuel_zh"],
        category="fuel",
        kind="fuel_properties",
        place=place,
        year="",
        value=row["ef_co2_per_gj"],
        unit=row["ef_co2_per_gj_unit"],
        source=source_id,
        confidence=row["confidence"],
        guideline=row["regime"],
        other_values=OTHER_VALUES.get(name, ""),
        properties=properties,
    )


def origin(guideline: str) -> tuple[str, str, str]:
    """Place, place of officiality and licence code of a guideline's defaults."""
    if guideline.startswith(("cbam", "eu_mrr")):
        return "EU", "EU", "eu-reuse"
    if guideline == "ipcc2006":
        return "GLO", "*", "facts-of-guideline"
    if guideline == "stoichiometry":
        return "GLO", "*", "own-arithmetic"
    return "CN", "CN", "facts-of-guideline"


def publisher_of(guideline: str) -> str:
    """Who published a guideline, as far as its id says."""
    first = guideline.partition(";")[0]
    for start, publisher in (
        ("cets2024_draft", "trade press on a MEE draft"),
        ("cets2024", "MEE (CETS-AG, V01-2024)"),
        ("ndrc", "NDRC"),
        ("mee", "MEE"),
        ("ipcc", "IPCC"),
        ("cbam", "European Commission"),
        ("eu_mrr", "European Commission"),
    ):
        if first.startswith(start):
            return publisher
    return "molar masses"
