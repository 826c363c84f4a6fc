"""Base Carbone / Base Empreinte (ADEME), the CSV of all elements: one row per element or part of one.

Rows of parts say what is inside a total and are read first; none is added to it. Elements may stand in any order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from factordb.factor import Factor, Licence, Source
from factordb.imports.french import Validity, validity
from factordb.imports.intake import Intake
from factordb.imports.rows import filled, joined, records, table

ID, ROW, STATUS = "Identifiant de l'élément", "Type Ligne", "Statut de l'élément"
UNIT, PART, TOTAL = "Unité français", "Type poste", "Total poste non décomposé"
NAMES = ("Nom base", "Nom attribut", "Nom frontière")
COLUMNS = (ID, ROW, STATUS, UNIT, PART, TOTAL, "Code de la catégorie", *(f"{name} français" for name in NAMES))
GENERIC = "Valide générique"


def about() -> tuple[Source, Licence]:
    """The document and its licence."""
    source = Source(
        "base-carbone-23.6", "Base Carbone V23.6", "ADEME", "2025-04-24", "base-empreinte.ademe.fr", "etalab-2.0", "FR"
    )
    attribution = "Base Carbone V23.6, ADEME, Licence Ouverte / Open Licence 2.0, last update 2025-04-24"
    return source, Licence("etalab-2.0", "Licence Ouverte 2.0 (Etalab)", True, True, True, False, attribution)


def read(path: Path, intake: Intake) -> None:
    """Every record, in two passes: what the parts of an element are, then the elements."""
    parts: defaultdict[str, set[str]] = defaultdict(set)
    quiet = Intake(intake.source, intake.licence)
    for _, row in records(path, quiet, COLUMNS, separator=";"):
        if row[ROW] == "Poste":
            parts[row[ID]].add(row[PART])
    for where, row in records(path, intake, COLUMNS, separator=";"):
        where = f"{where}, element {row[ID]}"
        inside = frozenset(parts.get(row[ID], ()))
        reason, found = _refused(row)
        kind = "" if reason else _kind(row, inside)
        place = "" if reason else _place(row)
        if not reason and kind in ("", "needs_review"):
            reason, found = kind or "kind_unknown", f"{row['Code de la catégorie']}: {_boundary(row, inside)}"
        if not reason and not place:
            reason, found = "needs_review", f"place {row['Localisation géographique']}: {_sub(row)}"
        if reason:
            intake.reject(where, reason, found)
        else:
            intake.accept(_factor(row, kind, place, inside, intake), where)


def _refused(row: Mapping[str, str]) -> tuple[str, str]:
    """Reason and what was found where the row is no usable element, in the order in which it can be told."""
    words, unit = table("base_carbone"), row[UNIT].strip()
    cited = joined(row.get("Programme", ""), row.get("Source", ""), by="; ")
    name = joined(row[f"{NAMES[0]} français"])
    checks = (
        (row[ROW] not in ("Elément", "Poste"), "row_broken", f"Type Ligne {row[ROW]}"),
        (row[ROW] == "Poste", "part_of_another", f"{row[PART]} of element {row[ID]}"),
        (row[STATUS].startswith("Archivé"), "archived", f"valid until {row.get('Période de validité', '')}"),
        (name.startswith('"') or "\t" in row[f"{NAMES[0]} français"], "row_broken", f"a quote mark splits: {name}"),
        (not unit, "unit_missing", name),
        (not unit.startswith(words["unit_prefix"]), "not_a_gas_factor", unit),
        (unit.removeprefix(words["unit_prefix"]) in words["licence_units"], "licence", f"Agribalyse: {unit}"),
        (any(word.lower() in cited.lower() for word in words["licence_words"]), "licence", cited),
        (row[STATUS] != GENERIC, "needs_review", row[STATUS] or "no status"),
    )
    return next(((reason, found) for holds, reason, found in checks if holds), ("", ""))


def _kind(row: Mapping[str, str], inside: frozenset[str]) -> str:
    """Our kind of a category, boundary and parts; ``needs_review`` or empty where there is none."""
    for parts, category, boundary, words, kind in _kinds():
        if (
            row["Code de la catégorie"].startswith(category)
            and (parts is None or parts == inside)
            and (boundary is None or boundary.fullmatch(row["Nom frontière français"].strip()))
            and words in row.get("Commentaire français", "")
        ):
            return kind
    return ""


@cache
def _kinds() -> list[tuple[frozenset[str] | None, str, re.Pattern[str] | None, str, str]]:
    return [
        (
            frozenset(line["parts"]) if "parts" in line else None,
            line["category"],
            re.compile(line["boundary"]) if "boundary" in line else None,
            line.get("words", ""),
            line["kind"],
        )
        for line in table("base_carbone")["kinds"]
    ]


def _factor(row: Mapping[str, str], kind: str, place: str, inside: frozenset[str], intake: Intake) -> Factor:
    words, given = table("base_carbone"), row[UNIT].strip()
    unit = given.removeprefix(words["unit_prefix"])
    french, english = (joined(*(row.get(f"{name} {of}", "") for name in NAMES)) for of in ("français", "anglais"))
    valid = validity(row.get("Période de validité", ""), words["months"])
    if valid.unread:
        intake.notes["validity that cannot be read"] += 1
    if not english:
        intake.notes["name in French only"] += 1
    category = row["Code de la catégorie"]
    conflict = words["conflicts"].get(row[ID], "")
    return Factor(
        id=f"ademe-{row[ID]}",
        name_en=english or french,
        name_zh="",
        synonyms=french if english else "",
        category=next((ours for start, ours in words["categories"].items() if category.startswith(start)), category),
        kind=kind,
        place=place,
        year=valid.year or _price_year(unit),
        value=row[TOTAL].strip(),
        unit=f"kgCO2e/{words['units'].get(unit, unit)}",
        source=intake.source.id,
        confidence="conflict" if conflict else "seen",
        other_values=conflict,
        boundary=_boundary(row, inside),
        gwp_set="unknown",
        gases=_gases(row, words["gases"]),
        locator=f"element {row[ID]}",
        published=row.get("Date de modification", "")[:10] or row.get("Date de création", "")[:10],
        valid_from=valid.first,
        valid_to=valid.last,
        note=_note(words["unit_notes"].get(unit, ""), "" if english else "name in French only", valid),
        uncertainty=_uncertainty(row),
        quality=_quality(row),
    )


def _note(unit: str, name: str, valid: Validity) -> str:
    return joined(unit, name, f"validity as printed: {valid.unread}" if valid.unread else "", by="; ")


def _price_year(unit: str) -> str:
    found = re.fullmatch(r"keuro \((\d{4})\) HT", unit)
    return found[1] if found else ""


def _boundary(row: Mapping[str, str], inside: frozenset[str]) -> str:
    parts = " + ".join(sorted(inside))
    return joined(row["Nom frontière français"], f"parts: {parts}" if parts else "", by="; ")


def _sub(row: Mapping[str, str]) -> str:
    return row.get("Sous-localisation géographique français", "").strip()


def _place(row: Mapping[str, str]) -> str:
    """Code of the place; a region of France, or a part of the world without a code, keeps the publisher's words."""
    words, sub = table("base_carbone"), _sub(row)
    top = words["places"].get(row.get("Localisation géographique", "").strip(), "")
    if top and sub and sub != "France":
        return str(words["regions"].get(sub, f"{top}-region:{sub}"))
    return str(top or words["countries"].get(sub, ""))


def _gases(row: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """kg CO2e by gas, only what is filled; biogenic CO2 stands beside the total, as its key says."""
    pairs = {ours: row.get(theirs, "") for theirs, ours in names.items()}
    for number in range(1, 6):
        code = row.get(f"Code gaz supplémentaire {number}", "").strip()
        if code:
            pairs[code] = row.get(f"Valeur gaz supplémentaire {number}", "")
    return filled(pairs)


def _uncertainty(row: Mapping[str, str]) -> dict[str, str]:
    percent = row.get("Incertitude", "").strip()
    return {"percent": percent, "level": "not stated"} if percent else {}


def _quality(row: Mapping[str, str]) -> dict[str, str]:
    scores = filled({key: row.get(key, "") for key in ("Qualité", "Transparence", *_CRITERIA)})
    return {"scheme": "Base Carbone 1-5", **scores} if scores else {}


_CRITERIA = ("Qualité TeR", "Qualité GR", "Qualité TiR", "Qualité C", "Qualité P", "Qualité M")
