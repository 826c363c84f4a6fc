"""JSON Schemas of the neutral CBAM input and of what ``see`` prints, made from the reader's own tables."""

from __future__ import annotations

from typing import Any, Final

from pcr.regimes.cbam.v1.neutral import METHODS, PROCESS, SHARES, STATED
from pcr.regimes.cbam.v1.plant.form import NUMBERS, Key, schema_name, sections
from pcr.regimes.cbam.v1.plant.units import SHOWN

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
DECIMAL: Final = r"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"

POSITIVE: Final = r"^\+?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"


def input_schema() -> dict[str, Any]:
    """The object itself; a file may also hold it under ``inputs``. Numbers are JSON numbers or decimal text."""
    text = {"type": "string"}
    taken = _form({"from": text, "mass_t": _ref("amount")}, ["from", "mass_t"])
    process = {
        **dict.fromkeys(("id", "name", "category", "cn", "route"), text),
        "joint_with": {"type": "array", "items": text},
        "activity_level_t": _ref("amount"),
        "produced_for_market_t": _ref("amount"),
        **{key: _ref("number" if key == "dir_em_star_tCO2e" else "amount") for key in PROCESS},
        "inputs": {"type": "array", "items": taken},
        "parameters": {"type": "object"},
    }
    precursor = {
        **dict.fromkeys(("id", "name", "category", "country", "cn", "verification"), text),
        "basis": {"enum": ["actual", "default"]},
        "see_direct": _ref("number"),
        "specific_electricity_MWh_per_t": _ref("amount"),
        "electricity_ef": _ref("amount"),
        **{key: _ref("amount") for key in STATED},
    }
    period = {"oneOf": [text, _form({"from": text, "to": text}, ["from", "to"])]}
    return {
        "$schema": DRAFT,
        "title": "CBAM neutral input",
        "$defs": _numbers(),
        **_form(
            {
                "source_streams": {"type": "array", "items": {"oneOf": [_stream(name) for name in METHODS]}},
                "processes": {"type": "array", "items": _form(process, ["id", "activity_level_t"])},
                "purchased_precursors": {"type": "array", "items": _form(precursor, ["id", "see_direct"])},
                "installation_country": text,
                "reporting_period": period,
                "regime": text,
            },
            ["processes"],
        ),
    }


def output_schema() -> dict[str, Any]:
    """What ``pcf cbam see --format json`` prints; numbers are decimal text, unrounded or of twenty digits."""
    decimal, share = _ref("decimal"), {"oneOf": [_ref("decimal"), {"type": "null"}]}
    good = {
        **dict.fromkeys(("see_direct", "see_indirect", "see_total", "embedded_electricity_MWh_per_t"), decimal),
        **dict.fromkeys(("share_default", "share_default_of_direct"), share),
    }
    notice = {"code": {"type": "string"}, "where": {"type": "string"}, "values": {"type": "object"}}
    totals = ("total_direct_tCO2e", "total_indirect_tCO2e", "cf4_t", "c2f6_t", "waste_gas_credit_tCO2e")
    parts = {
        "regime": {"enum": ["definitive", "transitional"]},
        "stream_emissions_fossil": {"type": "array", "items": decimal},
        "stream_biogenic": {"type": "array", "items": decimal},
        **dict.fromkeys(totals, decimal),
        "goods": {"type": "object", "additionalProperties": _form(good, list(good))},
        "notices": {"type": "array", "items": _form(notice, list(notice))},
    }
    defs = {"decimal": {"type": "string", "pattern": DECIMAL}}
    required = list(parts)
    parts["products"] = {"type": "array", "items": product_schema()}
    return {"$schema": DRAFT, "title": "CBAM see", "$defs": defs, **_form(parts, required)}


def product_schema() -> dict[str, Any]:
    """A good of an installation file; free allocation is null where part of it is not known."""
    decimal, open_ = _ref("decimal"), {"oneOf": [_ref("decimal"), {"type": "null"}]}
    figures = ("see_direct", "see_indirect", "see_total")
    keys = {
        **{key: {"type": "string"} for key in ("id", "process", "cn", "name")},
        "functional_unit": {"enum": list(SHOWN.values())},
        **dict.fromkeys(("content", "mass_t", *figures, *(f"{key}_per_t" for key in figures)), decimal),
        **dict.fromkeys(("sefa", "sefa_per_t", "share_default_of_direct"), open_),
    }
    return _form(keys, list(keys))


def installation_schema() -> dict[str, Any]:
    """The installation file, made of ``data/form.yaml``."""
    text = {"type": "string"}
    parts: dict[str, Any] = {"schema": {"const": schema_name()}, **dict.fromkeys(("title", "note", "source"), text)}
    for name, section in sections().items():
        keys = {key.name: _key(key) | {"description": key.label["en"]} for key in section.keys}
        row = _form(keys, [key.name for key in section.keys if key.needed])
        parts[name] = {"type": "array", "items": row} if section.table else row
    required = ["schema", "installation", "period", "processes", "goods"]
    return {"$schema": DRAFT, "title": "CBAM installation", "$defs": _numbers(), **_form(parts, required)}


def _key(key: Key) -> dict[str, Any]:
    if key.kind in NUMBERS:
        return _ref(key.kind)
    if key.kind == "day":
        return {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    if key.kind == "yes":
        return {"enum": ["yes", "no", True, False]}
    return {"enum": list(key.choices)} if key.choices else {"type": "string"}


def _stream(method: str) -> dict[str, Any]:
    needed, optional = METHODS[method]
    numbers = {key: _ref("share" if key in SHARES else "amount") for key in (*needed, *optional)}
    numbers |= {key: _ref("number") for key in ("activity", "co2e_t") if key in numbers}
    words = {"name": {"type": "string"}, "unit": {"type": "string"}, "cell_type": {"type": "string"}}
    return _form({"method": {"const": method}, **words, **numbers}, ["method", "name", *needed])


def _numbers() -> dict[str, Any]:
    decimal = {"type": "string", "pattern": DECIMAL}
    return {
        "number": {"oneOf": [{"type": "number"}, decimal]},
        "amount": {"oneOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": POSITIVE}]},
        "share": {"oneOf": [{"type": "number", "minimum": 0, "maximum": 1}, decimal]},
    }


def _form(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}
