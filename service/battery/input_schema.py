"""JSON Schema of the activity data of a battery works, made from the rule and the reader's own tables.

It states the form: keys, inputs, materials, properties, choices. What needs arithmetic (units, sums of months, mass,
inputs that belong together) the reader checks; a file that fits the schema may still be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pcr.intake import _KEYS, _METER, FORMAT
from pcr.intake_rows import _CHOICES, _EVIDENCE, _INSTRUMENT, _ROW, _SUPPLY
from pcr.regime import regime_settings
from pcr.registry import find_rule
from pcr.rulebook import Input
from service.battery.filed import RULE
from service.battery.lists import miit_lists

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string"}
SCALAR: Final[Schema] = {"type": ["string", "number"]}
YES: Final[Schema] = {"enum": ["true", "false", True, False]}
DECIMAL: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
DEFS: Final[Schema] = {
    "number": {"oneOf": [{"type": "number"}, {"type": "string", "pattern": DECIMAL}]},
    "words": {"oneOf": [TEXT, {"type": "object", "additionalProperties": TEXT}]},
    "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
}


def activity_schema() -> Schema:
    """The object that ``pcf calculate`` reads for a battery; numbers are JSON numbers or decimal text."""
    rule = find_rule(RULE).rule
    known = {name: {"enum": list(item.choices)} if item.choices else SCALAR for name, item in rule.settings.items()}
    settings = known | dict.fromkeys(sorted(regime_settings()), YES)
    works = {"name": _ref("words"), "country": {"type": "string", "pattern": "^[A-Z]{2}$"}, "province": TEXT}
    product = _form({"id": {"type": "string", "minLength": 1}, "name": _ref("words"), "note": TEXT}, ["id", "name"])
    months = {"type": "array", "items": _ref("number"), "minItems": 1}
    meter = dict.fromkeys(_METER, TEXT) | {
        "input": {"enum": sorted(rule.inputs)}, "amount": _ref("number"), "months": months,
    }  # fmt: skip
    parts = dict.fromkeys(_KEYS, TEXT) | {
        "format": {"const": FORMAT},
        "rule": {"enum": [rule.id, rule.ref]},
        "regime": {"enum": list(rule.regimes)},
        "works": _form(works | {"operator": TEXT}, ["name", "country"]),
        "period": _form({"start": _ref("day"), "end": _ref("day")}, ["start", "end"]),
        "settings": _form(settings),
        "products": {"type": "array", "items": product, "minItems": 1},
        "rows": {"type": "array", "items": _row(rule.inputs), "minItems": 1},
        "meters": {"type": "array", "items": _form(meter, ["id", "input", "unit"])},
        "about": {"type": "object"},
    }
    title = f"Activity data of a battery works ({FORMAT}, rule {rule.ref})"
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, "$defs": DEFS}
    return head | _form(parts, ["rule", "works", "period", "products", "rows"])


def _row(inputs: Mapping[str, Input]) -> Schema:
    """A row: an amount or months with a unit; by its input, which materials and properties it may have."""
    bases = list(miit_lists()["bases"])
    texts = dict.fromkeys(_ROW, TEXT)
    parts = texts | {
        "input": {"enum": list(inputs)},
        "name": _ref("words"),
        "amount": _ref("number"),
        "months": {"type": "array", "items": _ref("number"), "minItems": 1},
        "unit": SCALAR,
        "properties": {"type": "object"},
        "supply": _supply(),
        "evidence": _form(dict.fromkeys(_EVIDENCE, TEXT) | {"basis": {"enum": bases}}),
    }
    either = [{"required": ["amount"]}, {"required": ["months"]}]
    return _form(parts, ["input", "unit"]) | {"anyOf": either, "allOf": [_of(*item) for item in inputs.items()]}


def _of(name: str, item: Input) -> Schema:
    """What an input adds: its properties, those it must have, and a material of its list or a factor of one's own."""
    given = {key: {"oneOf": [_ref("number"), _measured()]} for key in item.properties}
    must = [key for key, known in item.properties.items() if known.required]
    then: Schema = {"properties": {"properties": _form(given, must)}}
    if must:
        then["required"] = ["properties"]
    if item.materials:
        listed = {"properties": {"material": {"enum": list(item.materials)}}}
        then["anyOf"] = [listed, {"required": ["factor"]}]
    return {"if": {"properties": {"input": {"const": name}}, "required": ["input"]}, "then": then}


def _measured() -> Schema:
    return _form({"amount": _ref("number"), "unit": TEXT}, ["amount", "unit"])


def _supply() -> Schema:
    choices = {key: {"enum": list(values)} for key, values in _CHOICES.items()}
    numbers = dict.fromkeys(("generation", "export", "line_loss"), _ref("number"))
    flags = dict.fromkeys(("attributes_sold", "credits_sold", "add_transmission"), YES)
    instrument = dict.fromkeys(_INSTRUMENT, TEXT) | dict.fromkeys(("mwh", "holds"), _ref("number"))
    days = dict.fromkeys(("generated_from", "generated_to", "retired_on"), _ref("day"))
    instrument |= days | {"sold_to_third_party": YES, "criteria": {"type": "object"}}
    return _form(
        dict.fromkeys(_SUPPLY, TEXT) | choices | numbers | flags | {
            "evidence": {"type": "object"},
            "charge": {"oneOf": [TEXT, {"type": "object", "additionalProperties": _ref("number")}]},
            "instruments": {"type": "array", "items": _form(instrument, ["id", "mwh"])},
            "series": {"type": "object"},
        },
        ["type"],
    )  # fmt: skip


def _form(properties: Mapping[str, Any], required: Iterable[str] = ()) -> Schema:
    made: Schema = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return made | ({"required": sorted(required)} if required else {})


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
