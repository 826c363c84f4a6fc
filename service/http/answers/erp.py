"""Answers to an ERP system: imports, tables, footprints by own number (docs/erp.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.http.answers.notation import (
    Answer,
    Schema,
    closed,
    either,
    flag,
    form,
    listed,
    open_object,
    sha,
    text,
    time,
    whole,
    word,
)
from service.http.answers.refusal import FAULTS
from service.http.answers.result import STATUS, figure

_VERSION: Final = "2026-11-21#17"
_NUMBER: Final = text("Own number.", "100-17")
_PLANT: Final = text("Plant.", "E1")
_PERIOD: Final = text("Period, first and last month.", "2026-01..2026-12")
_EN: Final = text("Name in English; may be empty.", "Steel sheet")
_ZH: Final = text("Name in Chinese; may be empty.", "钢板")
IMPORTED: Final = Answer("Taken.", form(
    "Imported", "What came of an import.",
    kind=word("Table.", "materials", "plants", "boms", "months"),
    rows=whole("Rows that came.", 2),
    changed=whole("Rows that are new or another.", 1),
    unchanged=whole("Rows that were there already.", 0),
    version=text("The new version; empty where nothing changed.", _VERSION),
    left_out=whole("Faults of rows that were left out, with `partial`.", 1),
    errors=FAULTS,
))  # fmt: skip
PLANT: Final = form(
    "Plant", "A plant; what was not said is empty.",
    plant=_PLANT, name_en=_EN, name_zh=_ZH,
    country=text("Country, ISO 3166.", "CN"),
    province=text("Province, ISO 3166-2.", "CN-ZJ"),
    operator=text("Company that runs it.", "Example Pumps"),
    shared_by=word("What its meters are shared by.", "mass", "pieces", "machine_hours", "value"),
    regime=text("Regime of its products; empty for the usual one.", ""),
)  # fmt: skip
MATERIAL: Final = form(
    "Material", "A number of the company; what was not said is empty.",
    number=_NUMBER, name_en=_EN, name_zh=_ZH,
    unit=text("Own unit.", "ST"),
    maps_to=text("Factor, supplier's footprint or own product that answers it.", "ademe-26729"),
    per_unit=text("How many `in_unit` one own unit is.", "12"),
    in_unit=text("A unit that is known here.", "piece"),
    density=text("kg per m3.", ""),
    mass=text("kg of one own unit.", "0.4"),
    proxy_for=text("What the factor stands in for.", "steel sheet, by primary steel"),
    valid_from=text("First day of the mapping.", "2026-01-01"),
    valid_to=text("Last day of the mapping.", ""),
    version=text("Version that the row is of.", f"materials {_VERSION}"),
)  # fmt: skip
SUGGESTION: Final = form(
    "Suggestion", "A factor that the names of a number find.",
    factor=text("Id of the factor.", "gbt51366-d-020"),
    name_en=_EN, name_zh=_ZH,
    value=text("Value with its unit.", "2375 kgCO2e/t"),
    place=text("Place that it is of.", "CN"),
    year=text("Year of the data; empty where it is not stated.", "2019"),
    score=whole("How well the names fit, to 100.", 70),
    fits=flag("Whether its unit fits.", True),
    why=listed({"type": "string"}, "Why, as codes.", "words", "unit", "place"),
    why_en=text("Why, in English.", "every word stands in it; its unit fits; of the country"),
    why_zh=text("Why, in Chinese.", "包含全部词语；单位可用；本国数据"),
)  # fmt: skip
UNMAPPED: Final = form(
    "Unmapped", "A number that nothing answers for.",
    number=_NUMBER, name_en=_EN, name_zh=_ZH,
    unit=text("Own unit, or those of the bills.", "kg"),
    known=flag("Whether it is among the materials.", True),
    used=whole("How many lines use it.", 3),
    suggestions=listed(SUGGESTION, "At most five, the surest first."),
)  # fmt: skip
VERSION: Final = form(
    "Version", "A version of the company's tables.",
    kind=word("Table.", "materials", "plants", "boms", "months"),
    label=text("Name that records give it.", _VERSION),
    at=time("When."),
    actor=text("Who.", "key 0ba51ec5fb45 ERP"),
    source=text("Name and digest of the file; empty for rows in a request.", ""),
    changed=whole("Rows that it changed.", 1),
)  # fmt: skip
_OWN: Final[Mapping[str, Schema]] = {
    "number": _NUMBER,
    "plant": _PLANT,
    "period": _PERIOD,
    "valid_from": time("Since when it is in force.", "2026-11-21T16:32:46.958Z"),
    "valid_to": time("Until when it was; empty for now.", blank=True),
    "record": sha("Name of the record; empty where it is not sealed.", blank=True),
    "total": figure("kg CO2e per unit.", "4.95554"),
    "per": text("The unit.", "1 piece"),
    "status": STATUS,
    "not_sealed": text("Why it is not sealed, a code; empty where it is.", ""),
    "materials": text("Newest version of the materials that it knew.", _VERSION),
    "stale": text("Why it could not be calculated since, a code; empty where it holds.", ""),
    "changed_at": time("When it came into force or became stale.", "2026-11-21T16:32:46.958Z"),
}
OWN: Final = form(
    "OwnFootprint", "A footprint by own number.", **_OWN,
    sealed_at=time("When its record was sealed; empty where it is not.", "2026-11-21T16:32:46.889+00:00", blank=True),
)  # fmt: skip
DOCUMENT: Final = form(
    "ProductDocument", "What a product is calculated from.",
    item=text("Plant and product.", "E1/BR-1"),
    period=_PERIOD,
    release=text("Releases in which all factors of `data` stand, to be given with it.", "cn-2026.1"),
    open=listed({"type": "string"}, "Own products that are not calculated yet.", "batch:E1/BR-1/BR-1"),
    in_force=either("The footprint in force; empty for none.", closed("In force.", **_OWN), closed("None.")),
    data=open_object(
        "Activity data as POST /v1/footprints takes them, docs/activity-data.md.",
        {"format": "pcf-activity/1", "rule": "general_product 1.0.0", "period": {"start": "2026-01-01",
         "end": "2026-12-31"}, "products": [{"id": "BR-1"}], "rows": []},
    ),
)  # fmt: skip

ANSWERS: Final = {
    **dict.fromkeys(("importPlants", "importMaterials", "importBoms", "importPlantMonths"), IMPORTED),
    "listPlants": Answer("Plants.", closed("Plants.", plants=listed(PLANT, "Plants by code."))),
    "listMaterials": Answer("Materials.", closed("A page.", materials=listed(MATERIAL, "Materials by number."))),
    "listUnmapped": Answer("Numbers.", closed("A page.", unmapped=listed(UNMAPPED, "Numbers, those used most first."))),
    "listVersions": Answer("Versions.", closed("Versions.", versions=listed(VERSION, "Versions, newest first."))),
    "getProductDocument": Answer("The document.", DOCUMENT),
    "listFootprints": Answer(
        "Footprints.",
        closed("A page.", footprints=listed(OWN, "Footprints by number, plant and period.")),
    ),
}
