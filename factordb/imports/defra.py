"""UK government conversion factors (DESNZ / Defra), flat file: a total and its parts by gas, told apart by the id.

The flat file may stand in any order, so parts and the biogenic CO2 outside of scopes are read first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from factordb.factor import Factor, Licence, Source
from factordb.imports.intake import Intake
from factordb.imports.rows import filled, joined, records, table

LEVELS = ("Level 2", "Level 3", "Level 4", "Column Text")
GAS, UOM = "GHG/Unit", "UOM"
COLUMNS = ("ID", "Scope", "Level 1", *LEVELS, UOM, GAS)
OUTSIDE = "outside of scopes"
BIOGENIC = "CO2_biogenic_outside_total"


def about() -> tuple[Source, Licence]:
    """The document and its licence."""
    title = "UK government conversion factors for company reporting 2025"
    address = "www.gov.uk/government/collections/government-conversion-factors-for-company-reporting"
    source = Source("defra-2025", title, "UK DESNZ / Defra", "2025", address, "ogl-3.0", "GB")
    attribution = "Contains public sector information licensed under the Open Government Licence v3.0 (DESNZ / Defra)"
    return source, Licence("ogl-3.0", "Open Government Licence v3.0", True, True, True, False, attribution)


def read(path: Path, intake: Intake) -> None:
    """Every row: totals are taken with their parts by gas and the biogenic CO2 beside them."""
    words = table("defra")
    gases: defaultdict[str, dict[str, str]] = defaultdict(dict)
    biogenic: dict[tuple[str, ...], str] = {}
    partners: set[tuple[str, ...]] = set()
    for _, row in records(path, Intake(intake.source, intake.licence), COLUMNS):
        activity = row["ID"].rpartition("_")[0]
        if row["Scope"].lower() == OUTSIDE:
            biogenic[_burned(row)] = _value(row)
        elif row[GAS] in words["gases"]:
            gases[activity][words["gases"][row[GAS]]] = _value(row)
        elif row["Scope"] == "Scope 1":
            partners.add(_burned(row))
    for where, row in records(path, intake, COLUMNS):
        where = f"{where}, {row['ID']}"
        line = _line(row)
        reason, found = _refused(row, line, partners)
        if reason:
            intake.reject(where, reason, found)
            continue
        split = filled(gases.get(row["ID"].rpartition("_")[0], {}))
        if row["Scope"] == "Scope 1":
            split |= filled({BIOGENIC: biogenic.get(_burned(row), "")})
        intake.accept(_factor(row, line, split, intake), where)


def _burned(row: Mapping[str, str]) -> tuple[str, ...]:
    """What names one fuel in both scopes; the id does not: it begins with the sheet."""
    return (*(row[level] for level in LEVELS[1:]), row[UOM])


def _value(row: Mapping[str, str]) -> str:
    """The factor, whatever year its column is headed with."""
    return next(text for name, text in row.items() if name.startswith("GHG Conversion Factor")).strip()


def _year(row: Mapping[str, str]) -> str:
    return next(name for name in row if name.startswith("GHG Conversion Factor")).split()[-1]


def _line(row: Mapping[str, str]) -> Mapping[str, str]:
    """The line of the table of kinds; empty where none fits."""
    if row["Column Text"] in table("defra")["refused_columns"]:
        return {}
    found: Mapping[str, str]
    for found in table("defra")["kinds"]:
        if (
            row["Scope"] == found["scope"]
            and row["Level 1"].startswith(found["level1"])
            and found.get("level2", row["Level 2"]) == row["Level 2"]
            and found.get("column", row["Column Text"]) == row["Column Text"]
        ):
            return found
    return {}


def _refused(row: Mapping[str, str], line: Mapping[str, str], partners: set[tuple[str, ...]]) -> tuple[str, str]:
    words = table("defra")
    path = joined(row["Level 1"], *(row[level] for level in LEVELS), by=" / ")
    alone = _burned(row) not in partners
    outside = "biogenic CO2 of combustion" + (", whose own row is not in this file" if alone else "")
    checks = (
        (row["Scope"].lower() == OUTSIDE, "part_of_another", f"{outside}: {path}"),
        (row[GAS] in words["gases"], "part_of_another", f"{row[GAS]}: {row['ID']}"),
        (row[GAS] != words["total"], "not_a_gas_factor", row[GAS]),
        (not _value(row), "value_missing", f"blank: not applicable, {path}"),
        (row["Column Text"] in words["review_columns"], "needs_review", f"radiative forcing: {path}"),
        (not line, "kind_unknown", path),
    )
    return next(((reason, found) for holds, reason, found in checks if holds), ("", ""))


def _factor(row: Mapping[str, str], line: Mapping[str, str], gases: Mapping[str, str], intake: Intake) -> Factor:
    words, unit = table("defra"), row[UOM].strip()
    year = _year(row)
    return Factor(
        id=f"defra{year}-{row['ID']}",
        name_en=joined(*(row[level] for level in LEVELS)),
        name_zh="",
        category=line.get("category", joined(row["Level 1"], row["Level 2"], by=" > ")),
        kind=line["kind"],
        place="GB",
        year=year,
        value=_value(row),
        unit=f"kgCO2e/{words['units'].get(unit, unit)}",
        source=intake.source.id,
        confidence="seen",
        boundary=joined(row["Scope"], row["Level 1"], by=": "),
        gwp_set="AR5",
        gases=dict(gases),
        locator=f"ID {row['ID']}",
        published=f"{year}-06",
        note=words["unit_notes"].get(unit, ""),
    )
