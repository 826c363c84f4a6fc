"""JSON Schema of what ``pcf battery miit --format json`` prints, made from the lists the document is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from service.battery.lists import lists, miit_lists
from service.battery.miit import SCHEMA
from service.battery.miit_rows import EVIDENCE

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string"}
TEXTS: Final[Schema] = {"type": "object", "additionalProperties": {"type": "string"}}
STRINGS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
DECIMAL: Final = r"-?[0-9]+(\.[0-9]+)?"
DEFS: Final[Schema] = {
    "two": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"en": {"type": "string", "minLength": 1}, "zh": {"type": "string", "minLength": 1}},
        "required": ["en", "zh"],
    },
    "exact": {"type": "string", "pattern": f"^({DECIMAL}|-?[0-9]+/[0-9]+)$"},
    "figure": {"type": "string", "pattern": rf"^{DECIMAL}(E[+-][0-9]{{1,4}})?$"},
}


def miit_schema() -> Schema:
    """Activity data and background data stand in two lists; a draft status and what was not seen always with them."""
    words, (regime,) = miit_lists(), lists()["miit_regimes"]
    notes = ("document_status_note", "layout_note", "confidential_note", "background_note", "regime_label",
             "battery_class_label")  # fmt: skip
    parts = {
        "schema": {"const": SCHEMA},
        "document_status": {"const": "draft"},
        **dict.fromkeys(notes, _ref("two")),
        "record": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "record_status": {"enum": ["complete", "complete_with_proxies"]},
        "product": TEXT,
        "product_label": TEXTS,
        "battery_class": {"const": lists()["miit_regimes"][regime]["battery_class"]},
        "rule": _form({"id": {"const": "li_ion_battery"}, "version": TEXT, "status": TEXT}),
        "regime": _form({"id": {"const": regime}, "version": TEXT, "status": TEXT, "gwp_set": TEXT}),
        "releases": STRINGS,
        "works": _form(dict.fromkeys(("country", "province", "operator"), TEXT) | {"name": TEXTS}),
        "period": _form({"start": TEXT, "end": TEXT}),
        "statements": _list(_told({"id": {"enum": list(words["statements"])}, "label": _ref("two")}, _ref("two"))),
        "result": _result(),
        "denominator": _denominator(),
        "activity": _list(_activity()),
        "meters": _list(_form(dict.fromkeys(("id", "input", "unit", "product"), TEXT) | {"amount": _ref("exact")})),
        "background": _list(_background()),
        "settings": TEXTS,
        "notices": _list(_form({"code": TEXT, "where": TEXT, "text": _ref("two")})),
    }
    title = "pcf battery miit: activity and background data of one pack under MIIT notice 551 (draft)"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | _form(parts) | {"$defs": DEFS}


def _result() -> Schema:
    stage = {"id": {"enum": list(lists()["stages"])}, "code": TEXT, "label": _ref("two")}
    share = {"oneOf": [_ref("figure"), {"type": "null"}]}
    return _form({
        "unit": _form({"amount": {"const": "1"}, "unit": {"const": "kWh delivered"}}),
        "unit_text": TEXTS,
        "total": _ref("figure"),
        "total_unit": {"const": lists()["unit"]},
        "stages": _list(_told(stage, _ref("figure"), {"share": share})) | {"minItems": 4, "maxItems": 4},
        "rounding": _ref("figure"),
        "share_note": _ref("two"),
        "comparable_with_eu": {"const": False},
        "comparable_note": _ref("two"),
    })  # fmt: skip


def _denominator() -> Schema:
    energy = _form({"value": _ref("figure"), "unit": {"const": "kWh delivered"}})
    other = {"id": TEXT, "label": TEXTS, "value": _ref("figure"), "unit": TEXT, "note": _ref("two")}
    beside = {"value": _ref("figure"), "unit": TEXT, "comparable": {"const": False}, "note": _ref("two")}
    declared = {"value": _ref("figure"), "unit": {"const": lists()["unit"]}, "per": {"const": "kWh delivered"}}
    return _form({
        "declared": _form(declared),
        "total_energy": {"oneOf": [{"type": "null"}, energy]},
        "beside": _list(_form(beside)),
        "other_total_energies": _list(_form(other)),
        "formula": _ref("two"),
        "formula_setting": TEXT,
        "tested_rows": STRINGS,
        "test_report": {"type": "boolean"},
        "test_report_note": _ref("two"),
    })  # fmt: skip


def _activity() -> Schema:
    words = miit_lists()
    texts = ("id", "input", "product", "material", "unit", "factor", "proxy_for", "excluded")
    return _form({
        **dict.fromkeys(texts, TEXT),
        "section": {"enum": list(words["sections"])},
        "scope": {"enum": list(words["scopes"])},
        "basis": {"enum": list(words["bases"])},
        "input_label": _ref("two"),
        "label": TEXTS,
        "amount": _ref("exact"),
        "months": _list(_ref("exact")),
        "stages": STRINGS,
        "evidence": _form(dict.fromkeys(EVIDENCE, TEXT)),
        "properties": _list(_form({"id": TEXT, "label": TEXTS, "value": _ref("exact"), "unit": TEXT})),
        "supply": TEXTS,
    })  # fmt: skip


def _background() -> Schema:
    texts = ("id", "key", "layer", "kind", "unit", "year", "place", "source", "licence", "confidence", "data_class")
    flows = {"type": "object", "additionalProperties": _ref("exact")}
    common = {
        **dict.fromkeys((*texts, "chosen_by"), TEXT),
        "label": TEXTS,
        "distance": TEXTS,
        "use": {"enum": list(miit_lists()["uses"])},
        "lines": STRINGS,
    }
    held = {"withheld": {"const": False}, "published_value": {"type": "string", "minLength": 1}, "flows": flows}
    closed = {"withheld": {"const": True}, "published_value": {"type": "null"}, "flows": {"type": "null"}}
    return {"oneOf": [_form(common | held), _form(common | closed)]}


def _told(base: Schema, value: Schema, more: Schema | None = None) -> Schema:
    """A field that is a value, or missing with the reason."""
    given = _form(base | {"state": {"const": "value"}, "value": value} | (more or {}))
    return {"oneOf": [given, _form(base | {"state": {"const": "missing"}, "because": _ref("two")})]}


def _form(properties: Mapping[str, Any]) -> Schema:
    names = sorted(properties)
    return {"type": "object", "additionalProperties": False, "properties": dict(properties), "required": names}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
