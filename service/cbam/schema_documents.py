"""JSON Schemas of lists of goods, prices, what-if tables and the files of a report's package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pcr.regimes.cbam.v1.plant.precursors import PACKAGE
from pcr.regimes.cbam.v1.plant.units import SHOWN
from service.cbam.goods_list import BOTH, OWN, VARIANT
from service.cbam.paid import NUMBERS as PAID_NUMBERS
from service.cbam.paid import WORDS as PAID_WORDS
from service.cbam.report import DOCUMENTS
from service.cbam.report import SCHEMA as REPORT
from service.cbam.schema import DECIMAL, DRAFT, POSITIVE
from service.cbam.verification import SCHEMA as VERIFICATION

TEXT: Final[Mapping[str, Any]] = {"type": "string"}
DECIMALS: Final[Mapping[str, Any]] = {"type": "string", "pattern": DECIMAL}
EXACT: Final[Mapping[str, Any]] = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+|/[1-9][0-9]*)?$"}
"""Exact text of a record: a decimal that ends, or a reduced fraction."""
AMOUNT: Final[Mapping[str, Any]] = {
    "oneOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": POSITIVE}]
}  # fmt: skip
NULL: Final[Mapping[str, Any]] = {"type": "null"}
DAY: Final[Mapping[str, Any]] = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
BOTH_WORDS: Final[Mapping[str, Any]] = {
    "type": "object", "additionalProperties": False, "required": ["en", "zh"],
    "properties": {"en": {"type": "string", "minLength": 1}, "zh": {"type": "string", "minLength": 1}},
}  # fmt: skip
_AMOUNTS: Final = ("mass_t", "clinker_content", "see_direct", "see_indirect", "sefa")


def goods_list() -> dict[str, Any]:
    """The list of goods of ``pcf cbam whatif``."""
    words: dict[str, Any] = {key: AMOUNT if key in _AMOUNTS else TEXT for key in BOTH if key != "precursors"}
    words["basis"] = {"enum": ["actual", "default"]}
    precursor = _form({**words, "precursors": _list({"$ref": "#/$defs/precursor"})}, ["cn", "country", "mass_t"])
    changes = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
    own = {**dict.fromkeys(OWN, TEXT), "set": changes}
    figures = {key: AMOUNT for key in ("see_direct", "see_indirect", "sefa")}
    held = {**own, **figures, "precursors": _list({"$ref": "#/$defs/precursor"})}
    variant = _form({**dict.fromkeys(VARIANT, TEXT), **held}, ["id"])
    paid_keys = {**dict.fromkeys(PAID_WORDS, TEXT), **dict.fromkeys((*PAID_NUMBERS, "credits_t"), AMOUNT)}
    paid = _form(paid_keys, [*PAID_WORDS, *PAID_NUMBERS])
    good = _form({**words, **held, "importer": TEXT, "variants": _list(variant), "carbon_price": paid}, ["mass_t"])
    either = {"anyOf": [{"required": ["installation"]}, {"required": ["cn", "country"]}]}
    year = {"oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]{4}$"}]}
    month = {"oneOf": [{"type": "integer", "minimum": 1, "maximum": 12}, {"type": "string"}]}
    top = {
        **dict.fromkeys(("title", "source", "note", "importer"), TEXT), "year": year, "on": DAY, "known": DAY,
        "months": _list(month), "cscf": AMOUNT, "goods": _list(good | either) | {"minItems": 1},
    }  # fmt: skip
    return _top("CBAM list of goods", _form(top, ["year", "goods"])) | {"$defs": {"precursor": precursor}}


def prices() -> dict[str, Any]:
    """The user's file of certificate prices."""
    period = {"type": "string", "pattern": "^20[0-9]{2}-(Q[1-4]|W[0-5][0-9])$"}
    keys = {"period": period, "eur": AMOUNT, "source": TEXT, "published_at": DAY}
    return _top("CBAM certificate prices", _form({"prices": _list(_form(keys, list(keys)))}, ["prices"]))


def whatif() -> dict[str, Any]:
    """What ``pcf cbam whatif --format json`` prints for a list of goods."""
    pair = {"oneOf": [_list(DECIMALS) | {"minItems": 2, "maxItems": 2}, NULL]}
    numbers = dict.fromkeys(("see", "sefa", "certificates", "deduction"), DECIMALS)
    side = _all({**numbers, "eur": pair, "default_id": TEXT, "benchmark_id": TEXT})
    open_side = {"oneOf": [side, NULL]}
    line = _all({
        **dict.fromkeys(("id", "cn", "country", "importer", "verification"), TEXT),
        **dict.fromkeys(("mass_t", "functional_units"), DECIMALS),
        "basis": {"enum": ["actual", "default"]}, "exempt": {"type": "boolean"}, "actual": open_side,
        "default": open_side, "variants": _list(_all({"id": TEXT, "side": open_side})), "trace": _list(_notice()),
    })  # fmt: skip
    total = _all({"certificates": DECIMALS, "eur": pair})
    limit = _all({"importer": TEXT, "mass_t": DECIMALS, "state": {"enum": ["exempt", "near", "above"]}})
    price = _all({"period": TEXT, "eur": DECIMALS, "source": TEXT, "published_at": DAY})
    months = _list({"type": "integer"})
    parts = {
        "year": {"type": "integer"}, "in_force": DAY, "known": DAY, "provisional": {"type": "boolean"},
        "months": months, "months_missing": months, "goods": _list(line),
        "totals": _all({"declared": total, "default": total}), "de_minimis": _list(limit), "prices": _list(price),
        "notices": _list(_notice()), "status": BOTH_WORDS,
    }  # fmt: skip
    return _top("CBAM what-if", _all(parts))


def report() -> dict[str, Any]:
    """``report.json``, ``summary.json`` and ``plan.json``: every field with its state."""
    row = {"type": "object", "additionalProperties": TEXT}
    base = {"id": TEXT, "of": TEXT, "label": BOTH_WORDS}
    told = _form(
        {**base, "state": {"const": "value"}, "value": {"oneOf": [TEXT, _list(row)]}, "exact": TEXT},
        ["id", "of", "label", "state", "value"],
    )
    lacking = _all({**base, "state": {"enum": ["missing", "not_applicable"]}, "because": BOTH_WORDS})
    section = _all({"id": TEXT, "label": BOTH_WORDS, "fields": _list({"oneOf": [told, lacking]})})
    notice = _all({"code": TEXT, "where": TEXT, "en": TEXT, "zh": TEXT})
    parts = {
        "schema": {"const": REPORT}, "kind": {"enum": list(DOCUMENTS)}, "title": BOTH_WORDS, "status": BOTH_WORDS,
        "regime": {"enum": ["definitive", "transitional"]}, "period": _all({"from": DAY, "to": DAY}),
        "tables_known_on": DAY, "sections": _list(section), "notices": _list(notice),
    }  # fmt: skip
    return _top("CBAM report, summary or monitoring plan", _all(parts))


def communication() -> dict[str, Any]:
    """``communication.json``: what a customer enters with basis ``communication``."""
    figures = ("see_direct", "see_indirect", "default_direct", "default_indirect", "electricity_MWh", "content")
    good = _all({
        **dict.fromkeys(("id", "cn", "name"), TEXT), "functional_unit": {"enum": list(SHOWN.values())},
        **dict.fromkeys(figures, EXACT), "sefa": {"oneOf": [EXACT, NULL]},
    })  # fmt: skip
    texts = {"type": "object", "additionalProperties": TEXT}
    parts = {
        "schema": {"const": PACKAGE}, "status": BOTH_WORDS, "operator": texts, "installation": texts,
        "verifier": texts, "period": _all({"from": DAY, "to": DAY}),
        "regime": {"enum": ["definitive", "transitional"]}, "accounting": _accounting(), "goods": _list(good),
    }  # fmt: skip
    return _top("CBAM communication package", _all(parts))


def verification() -> dict[str, Any]:
    """``verification.json``: trace, materiality, inputs that move a figure."""
    open_ = {"oneOf": [DECIMALS, NULL]}
    part = _all({
        **dict.fromkeys(("process", "kind", "source", "detail", "basis", "where"), TEXT),
        **dict.fromkeys(("direct", "indirect"), DECIMALS),
    })  # fmt: skip
    limits = dict.fromkeys(("share", "see_per_unit", "see_of_quantity"), DECIMALS)
    moves = _all({
        "where": TEXT, "value": DECIMALS, "standard_value": {"type": "boolean"}, "elasticity": DECIMALS,
        "error_that_moves_5_percent": {"oneOf": [TEXT, NULL]},
    })  # fmt: skip
    good = _all({
        "see_direct": DECIMALS, "see_indirect": DECIMALS, "trace": _list(part),
        "materiality": _all({**limits, "sefa_per_unit": open_}), "moves_more_than_5_percent": _list(moves),
    })  # fmt: skip
    parts = {
        "schema": {"const": VERIFICATION}, "status": BOTH_WORDS, "accounting": _accounting(),
        "not_varied_alone": _list(TEXT), "goods": {"type": "object", "additionalProperties": good},
    }  # fmt: skip
    return _top("CBAM verification package", _all(parts))


def manifest() -> dict[str, Any]:
    """``MANIFEST.json``: what a re-run needs, and the hash of every file."""
    sha256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    asked = _all({"regime": {"enum": ["", "definitive", "transitional"]}, "grid": {"enum": ["", "grid.csv"]}})
    parts = {
        "schema": {"const": "cbam-package/1"}, "accounting": _accounting(), "asked": asked,
        "files": {"type": "object", "additionalProperties": sha256},
    }  # fmt: skip
    return _top("CBAM package", _all(parts))


def impact() -> dict[str, Any]:
    """What ``pcf cbam impact --format json`` prints."""
    open_, names = {"oneOf": [DECIMALS, NULL]}, _list(TEXT)
    moved = _all({
        "file": TEXT, "good": TEXT, "see_before": open_, "see_after": open_, "rows_before": names,
        "rows_after": names, "faults": names,
    })  # fmt: skip
    parts = {
        "before": DAY, "after": DAY, "looked": {"type": "integer", "minimum": 0}, "refused_on_both": names,
        "not_looked_at": names, "moved": _list(moved),
    }  # fmt: skip
    return _top("CBAM impact of another vintage", _all(parts))


ALL: Final = {
    "cbam-goods-list": goods_list,
    "cbam-prices": prices,
    "cbam-whatif": whatif,
    "cbam-report": report,
    "cbam-communication": communication,
    "cbam-verification": verification,
    "cbam-package": manifest,
    "cbam-impact": impact,
}
"""Name in ``docs/schemas`` to the schema."""


def _accounting() -> dict[str, Any]:
    sha256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    named = _all({"id": TEXT, "sha256": sha256})
    return _all({"rule": TEXT, "regime": named, "release": named, "tables_known_on": DAY})


def _notice() -> dict[str, Any]:
    return _all({"code": TEXT, "where": TEXT, "values": {"type": "object", "additionalProperties": TEXT}})


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _all(properties: Mapping[str, Any]) -> dict[str, Any]:
    return _form(properties, properties)


def _form(properties: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    held = dict(properties)
    return {"type": "object", "additionalProperties": False, "properties": held, "required": list(required)}


def _top(title: str, form: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": DRAFT, "title": title, **form}
