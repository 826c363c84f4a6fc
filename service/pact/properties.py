"""The properties of a PACT footprint as a table: name, whether it must be there, and what it may hold.

Source: PACT Technical Specifications 3.0.3 (2025-11-18), property tables and OpenAPI file, as transcribed in our notes;
the text itself was not at hand. From this one table come the check of our own output and the JSON Schema in
``docs/schemas/pact-footprint.json``. Undefined is absent: nothing here admits null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from lca.faults import Fault

SPEC_VERSION: Final = "3.0.3"
UNITS: Final = (
    "liter", "kilogram", "cubic meter", "kilowatt hour", "megajoule", "ton kilometer", "square meter", "piece",
    "hour", "megabit second",
)  # fmt: skip
REGIONS: Final = (
    "Africa", "Americas", "Asia", "Europe", "Oceania", "Australia and New Zealand", "Central Asia", "Eastern Asia",
    "Eastern Europe", "Latin America and the Caribbean", "Melanesia", "Micronesia", "Northern Africa",
    "Northern America", "Northern Europe", "Polynesia", "South-eastern Asia", "Southern Asia", "Southern Europe",
    "Sub-Saharan Africa", "Western Asia", "Western Europe",
)  # fmt: skip
"""UN M49 regions and subregions, 22 names (recalled from UN M49; the notes give their number)."""
GEOGRAPHY: Final = ("geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision")
_PLAIN: Final = r"[0-9]+(\.[0-9]+)?"
_PATTERNS: Final = {
    "uuid": r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "version": r"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9]{8})?$",
    "time": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$",
    "urn": r"^[uU][rR][nN]:\S+$",
    "text": r"^[\s\S]+$",
    "any text": r"^[\s\S]*$",
    "decimal": rf"^-?{_PLAIN}$",
    "positive": rf"^(?=.*[1-9]){_PLAIN}$",
    "zero or more": rf"^{_PLAIN}$",
    "zero or less": rf"^(-{_PLAIN}|0+(\.0+)?)$",
    "1 to 5": r"^([1-4](\.[0-9]+)?|5(\.0+)?)$",
    "country": r"^[A-Z]{2}$",
    "subdivision": r"^[A-Z]{2}-[A-Z0-9]{1,3}$",
    "report": r"^AR[0-9]+$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$",
}
"""Kinds of text. The published patterns of signs are badly grouped (our notes); these say what the text says."""

Table = tuple[tuple[str, bool, Any], ...]
"""(name, must be there, kind): a kind of text, ``flag``, a tuple of words, ``[kind]`` for a list, a table inside."""
RULES: Final[Table] = (
    ("operator", True, ("PEF", "EPD International", "Other")),
    ("ruleNames", True, ["text"]),
    ("otherOperatorName", False, "text"),
)
SOURCES: Final[Table] = (("name", True, "text"), ("version", True, "text"))
RATING: Final[Table] = (
    ("technologicalDQR", True, "1 to 5"), ("geographicalDQR", True, "1 to 5"), ("temporalDQR", True, "1 to 5"),
)  # fmt: skip
VERIFICATION: Final[Table] = (
    ("coverage", False, ("PCF calculation model", "PCF program", "product level")),
    ("providerName", False, "text"),
    ("completedAt", False, "time"),
    ("standardName", False, "text"),
    ("comments", False, "any text"),
)
EXTENSION: Final[Table] = (
    ("specVersion", True, "version"), ("dataSchema", True, "uri"), ("documentation", False, "uri"),
    ("data", True, "object"),
)  # fmt: skip
CARBON: Final[Table] = (
    ("declaredUnitOfMeasurement", True, UNITS),
    ("declaredUnitAmount", True, "positive"),
    ("productMassPerDeclaredUnit", True, "zero or more"),
    ("referencePeriodStart", True, "time"),
    ("referencePeriodEnd", True, "time"),
    ("geographyRegionOrSubregion", False, REGIONS),
    ("geographyCountry", False, "country"),
    ("geographyCountrySubdivision", False, "subdivision"),
    ("boundaryProcessesDescription", False, "any text"),
    ("pcfExcludingBiogenicUptake", True, "decimal"),
    ("pcfIncludingBiogenicUptake", True, "decimal"),
    ("fossilCarbonContent", True, "zero or more"),
    ("biogenicCarbonContent", False, "zero or more"),
    ("recycledCarbonContent", False, "zero or more"),
    ("fossilGhgEmissions", True, "zero or more"),
    ("landUseChangeGhgEmissions", False, "zero or more"),
    ("landCarbonLeakage", False, "zero or more"),
    ("landManagementFossilGhgEmissions", False, "zero or more"),
    ("landManagementBiogenicCO2Emissions", False, "zero or more"),
    ("landManagementBiogenicCO2Removals", False, "zero or less"),
    ("biogenicCO2Uptake", False, "zero or less"),
    ("biogenicNonCO2Emissions", False, "zero or more"),
    ("landAreaOccupation", False, "zero or more"),
    ("aircraftGhgEmissions", False, "zero or more"),
    ("packagingEmissionsIncluded", False, "flag"),
    ("packagingGhgEmissions", False, "zero or more"),
    ("packagingBiogenicCarbonContent", False, "zero or more"),
    ("outboundLogisticsGhgEmissions", False, "zero or more"),
    ("ccsTechnologicalCO2CaptureIncluded", False, "flag"),
    ("ccsTechnologicalCO2Capture", False, "zero or less"),
    ("technologicalCO2Removals", False, "zero or less"),
    ("technologicalCO2CaptureOrigin", False, "any text"),
    ("ccuCarbonContent", False, "zero or more"),
    ("ccuCalculationApproach", False, ("Cut-off", "Credit")),
    ("ccuCreditCertification", False, "uri"),
    ("ipccCharacterizationFactors", True, ["report"]),
    ("crossSectoralStandards", True, ["text"]),
    ("productOrSectorSpecificRules", False, [RULES]),
    ("exemptedEmissionsPercent", True, "zero or more"),
    ("exemptedEmissionsDescription", False, "any text"),
    ("allocationRulesDescription", False, "any text"),
    ("secondaryEmissionFactorSources", False, [SOURCES]),
    ("primaryDataShare", False, "zero or more"),
    ("dqi", False, RATING),
    ("verification", False, VERIFICATION),
)
PRODUCT: Final[Table] = (
    ("id", True, "uuid"),
    ("specVersion", True, "version"),
    ("precedingPfIds", False, ["uuid"]),
    ("created", True, "time"),
    ("status", True, ("Active", "Deprecated")),
    ("validityPeriodStart", False, "time"),
    ("validityPeriodEnd", False, "time"),
    ("companyName", True, "text"),
    ("companyIds", True, ["urn"]),
    ("productDescription", True, "any text"),
    ("productIds", True, ["urn"]),
    ("productClassifications", False, ["urn"]),
    ("productNameCompany", True, "text"),
    ("comment", False, "any text"),
    ("pcf", True, CARBON),
    ("extensions", False, [EXTENSION]),
)
ABSENT_UNLESS: Final = (
    ("packagingEmissionsIncluded", ("packagingGhgEmissions",)),
    (
        "ccsTechnologicalCO2CaptureIncluded",
        ("ccsTechnologicalCO2Capture", "technologicalCO2Removals", "technologicalCO2CaptureOrigin"),
    ),
)
"""A flag, and what is absent where it is false."""


def faults(value: Any, kind: Any = PRODUCT, where: str = "") -> Iterator[Fault]:
    """What of a document is not of its kind: ``pact_property`` with the path of each."""
    if isinstance(kind, tuple) and kind and isinstance(kind[0], tuple):
        yield from _table_faults(value, kind, where)
    elif isinstance(kind, list):
        if not isinstance(value, list) or not value or any(item in value[:n] for n, item in enumerate(value)):
            yield Fault("pact_property", where, found=_shown(value), expected="a list of one or more, each once")
            return
        for number, item in enumerate(value):
            yield from faults(item, kind[0], f"{where}/{number}")
    elif not _is(value, kind):
        yield Fault("pact_property", where, _shown(value), kind if isinstance(kind, str) else ", ".join(kind))


def _table_faults(value: Any, table: Table, where: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault("pact_property", where or "/", found=_shown(value), expected="an object")
        return
    known = {name for name, _, _ in table}
    for name in sorted(set(value) - known):
        yield Fault("pact_property", f"{where}/{name}", found=name, expected="a property of the tables")
    for name, needed, kind in table:
        if name in value:
            yield from faults(value[name], kind, f"{where}/{name}")
        elif needed:
            yield Fault("pact_property", f"{where}/{name}", found="nothing", expected=name)
    if table is CARBON:
        given = [name for name in GEOGRAPHY if name in value]
        if len(given) > 1:
            yield Fault("pact_property", where, found=", ".join(given), expected="one of the three, or none")
        for flag, names in ABSENT_UNLESS:
            for name in names:
                if name in value and value.get(flag) is not True:
                    yield Fault("pact_property", f"{where}/{name}", found=_shown(value[name]), expected="absent")


def _is(value: Any, kind: Any) -> bool:
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "object":
        return isinstance(value, Mapping)
    if isinstance(kind, tuple):
        return value in kind
    if not isinstance(value, str) or not re.fullmatch(_PATTERNS[kind], value):
        return False
    if kind == "time":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return False
    return True


def _shown(value: Any) -> str:
    return (value if isinstance(value, str) else type(value).__name__)[:120] or "blank"


def schema(kind: Any = PRODUCT) -> dict[str, Any]:
    """JSON Schema (2020-12) of a document of a kind, from the same table."""
    if kind is PRODUCT:
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"PACT {SPEC_VERSION} footprint"}
        return head | _table_schema(PRODUCT)
    if isinstance(kind, tuple):
        return _table_schema(kind) if isinstance(kind[0], tuple) else {"enum": list(kind)}
    if isinstance(kind, list):
        return {"type": "array", "minItems": 1, "uniqueItems": True, "items": schema(kind[0])}
    return {"flag": {"type": "boolean"}, "object": {"type": "object"}}.get(
        kind, {"type": "string", "pattern": _PATTERNS.get(kind, "")}
    )


def _table_schema(table: Table) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: schema(kind) for name, _, kind in table},
        "required": [name for name, needed, _ in table if needed],
    }
    if table is CARBON:
        pairs = [[one, other] for n, one in enumerate(GEOGRAPHY) for other in GEOGRAPHY[n + 1 :]]
        made["not"] = {"anyOf": [{"required": pair} for pair in pairs]}
        made["allOf"] = [
            {
                "if": {"not": {"properties": {flag: {"const": True}}, "required": [flag]}},
                "then": {"not": {"anyOf": [{"required": [name]} for name in names]}},
            }
            for flag, names in ABSENT_UNLESS
        ]
    return made
