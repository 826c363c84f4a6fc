"""ÖKOBAUDAT, the CSV of all data sets: one row per data set and EN 15804 module, per a declared amount.

A1 releases print one ``GWP``; newer ones print total, fossil, biogenic and land use (A2), which win where filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from factordb.factor import Factor, Licence, Source
from factordb.imports.intake import Intake
from factordb.imports.rows import encoding_of, filled, joined, quotient, records, table
from lca.exact import Exact
from lca.faults import Refused

MODULE, AMOUNT, UNIT, CATEGORY = "Modul", "Bezugsgroesse", "Bezugseinheit", "Kategorie (en)"
COLUMNS = ("UUID", "Version", "Name (de)", CATEGORY, "Laenderkennung", "Gueltig bis", AMOUNT, UNIT, MODULE, "GWP")
TOTAL, FOSSIL, BIOGENIC, LAND = (f"GWP{part} (A2)" for part in ("total", "fossil", "biogenic", "luluc"))
CARBON = "biogener Kohlenstoffgehalt in kg"


def about() -> tuple[Source, Licence]:
    """The document and its licence."""
    source = Source(
        "oekobaudat-2020-ii", "ÖKOBAUDAT 2020-II", "BMWSB/BBSR", "2020", "www.oekobaudat.de", "oekobaudat-open", "DE"
    )
    attribution = "ÖKOBAUDAT 2020-II, Bundesministerium für Wohnen, Stadtentwicklung und Bauwesen"
    return source, Licence("oekobaudat-open", "open, source named", True, True, True, False, attribution)


def read(path: Path, intake: Intake) -> None:
    """Every row: one module of one data set."""
    encoding = encoding_of(path, ("utf-8-sig", "latin-1"))
    intake.notes[f"encoding {encoding}"] = 1
    for where, row in records(path, intake, COLUMNS, encoding=encoding, separator=";"):
        where = f"{where}, {row['UUID']} {row[MODULE]}"
        reason, found = _refused(row)
        if not reason:
            try:
                factor = _factor(row, intake)
            except Refused as refused:
                reason, found = "value_unreadable", refused.faults[0].found
        if reason:
            intake.reject(where, reason, found)
        else:
            intake.accept(factor, where)


def _value(row: Mapping[str, str]) -> str:
    return row.get(TOTAL, "").strip() or row["GWP"].strip()


def _refused(row: Mapping[str, str]) -> tuple[str, str]:
    amount, words = row[AMOUNT].strip(), table("oekobaudat")
    checks = (
        (not row["UUID"].strip(), "row_broken", "no UUID"),
        (row[MODULE] not in words["modules"], "kind_unknown", row[MODULE] or "no module"),
        (not _value(row), "value_missing", "GWP is blank"),
        (not _believable(amount), "reference_zero", f"declared amount {amount} {row[UNIT]}".rstrip()),
        (not row[UNIT].strip(), "unit_missing", amount),
        (not row["Laenderkennung"].strip(), "needs_review", "no place"),
    )
    return next(((reason, found) for holds, reason, found in checks if holds), ("", ""))


def _believable(amount: str) -> bool:
    try:
        return Exact.parse(amount) >= Exact.parse(table("oekobaudat")["believable"])
    except Refused:
        return False


def _kind(row: Mapping[str, str]) -> str:
    """Our kind of a module and category; a product with biogenic carbon has its uptake inside A1-A3."""
    category, module = row[CATEGORY], row[MODULE]
    words = table("oekobaudat")
    found = next(
        (line["kind"] for line in words["kinds"] if line["module"] == module and category.startswith(line["category"])),
        f"en15804_module:{module}",
    )
    return "cradle_to_gate_with_uptake" if found == "cradle_to_gate" and _uptake(row) else str(found)


def _uptake(row: Mapping[str, str]) -> bool:
    """Whether uptake is inside: the biogenic line decides where it is printed, then the carbon, then the category."""
    if biogenic := row.get(BIOGENIC, "").strip():
        return Exact.parse(biogenic) < 0
    if carbon := row.get(CARBON, "").strip():
        return Exact.parse(carbon) > 0
    return any(row[CATEGORY].startswith(start) for start in table("oekobaudat")["biogenic"])


def _factor(row: Mapping[str, str], intake: Intake) -> Factor:
    words, amount, module = table("oekobaudat"), row[AMOUNT].strip(), row[MODULE]
    unit = row[UNIT].strip()
    whole = words["amounts"].get(f"{amount} {unit}")
    divisor = "1" if whole else amount
    value, exact = _per(_value(row), divisor)
    if not exact:
        intake.notes["quotient by the declared amount does not end: 34 digits kept"] += 1
    english, german = joined(row.get("Name (en)", "")), joined(row["Name (de)"])
    if not english:
        intake.notes["name in German only"] += 1
    scenario = re.sub(r"[^\w.]+", "-", row.get("Szenario", "").strip())
    said = (
        "" if english else "name in German only",
        "" if amount == "1" else f"published: {_value(row)} per {amount} {unit}",
        "" if exact else "the quotient does not end and is kept with 34 digits",
    )
    return Factor(
        id="-".join(part for part in ("obd", row["UUID"], row["Version"], module, scenario) if part),
        name_en=english or german,
        name_zh="",
        synonyms=german if english else "",
        category=row[CATEGORY].replace("'", ""),
        kind=_kind(row),
        place=words["places"].get(row["Laenderkennung"], row["Laenderkennung"]),
        year=row.get("Referenzjahr", "").strip(),
        value=value,
        unit=f"kgCO2e/{whole or words['units'].get(unit, unit)}",
        source=intake.source.id,
        confidence="seen",
        series=".".join(part for part in ("obd", row["UUID"], module, scenario) if part),
        boundary=joined(f"EN 15804 module {module}", row.get("Szenario", ""), row.get("Szenariobeschreibung", "")),
        gwp_set="EN15804+A2" if row.get(TOTAL, "").strip() else "EN15804+A1",
        locator=f"{row['UUID']} version {row['Version']}",
        published=row.get("Veroeffentlicht am", "")[:10],
        note=joined(*said, by="; "),
        properties=filled({name: row.get(name, "") for name in words["conversions"]}),
        technology=joined(row.get("Typ", ""), row.get("Declaration owner", ""), by="; "),
        valid_to=f"{row['Gueltig bis'].strip()}-12-31" if re.fullmatch(r"\d{4}", row["Gueltig bis"].strip()) else "",
        lines=_lines(row, divisor),
    )


def _per(value: str, divisor: str) -> tuple[str, bool]:
    """The published text where nothing is to be divided."""
    return (value, True) if divisor == "1" else quotient(value, divisor)


def _lines(row: Mapping[str, str], divisor: str) -> dict[str, str]:
    """Fossil, biogenic and land use where all three are printed; a negative biogenic line is the uptake."""
    parts = {"fossil": row.get(FOSSIL, ""), "biogenic": row.get(BIOGENIC, ""), "dluc": row.get(LAND, "")}
    if not row.get(TOTAL, "").strip() or not all(part.strip() for part in parts.values()):
        return {}
    if parts["biogenic"].strip().startswith("-"):
        parts["biogenic uptake"] = parts.pop("biogenic")
    return {line: _per(text.strip(), divisor)[0] for line, text in parts.items()}
