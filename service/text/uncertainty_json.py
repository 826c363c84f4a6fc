"""The annex as JSON, with its schema. Figures are text of three significant digits; those of the record have six."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, Final

from lca.exact import Exact
from lca.uncertain.draws import CHUNK
from lca.uncertain.pedigree import shipped_table
from lca.uncertain.summary import PERCENTS, Figure, Summary
from service.uncertainty import NO_SLOPE, Annex, Part, Rival

DIGITS: Final = 3
DECIMAL: Final = r"^-?[0-9]+(\.[0-9]+)?(E[+-][0-9]+)?$"
UNIT: Final = "kg CO2e"
STATEMENT: Final = "annex of a run, no part of any statement; nothing was sealed"
SCREENING: Final = "screening: first order only"
PERCENTILE: Final = "linear between order statistics (type 7)"


def figure(value: float, digits: int = DIGITS) -> str:
    """A binary64 as published: three significant digits, ties to even."""
    return Exact.from_binary64(value).significant(digits)


def as_json(annex: Annex) -> dict[str, Any]:
    """Plain JSON; numbers as text."""
    source, confidence = table_source(annex)
    ln = math.log(annex.screening_gsd)
    return {
        "kind": "uncertainty annex",
        "statement": STATEMENT,
        "product": annex.product,
        "label": dict(annex.label),
        "unit": f"{UNIT} per {annex.unit}",
        "total_of_record": figure(annex.total, 6),
        "draws": annex.summary.draws,
        "chunk": CHUNK,
        "seed": str(annex.seed),
        "digits": DIGITS,
        "percentiles_are": PERCENTILE,
        "result": _summary(annex.summary),
        "first_order": {"label": SCREENING, "gsd": figure(annex.screening_gsd), "sd_ln": figure(ln)},
        "varied": [_part(part) for part in annex.varied],
        "fixed": [_part(part) for part in annex.fixed],
        "rule_share": figure(annex.rule_share),
        "backgrounds": [asdict(item) for item in annex.backgrounds],
        "pedigree_table": {"source": source, "confidence": confidence},
        "comparison": None if annex.rival is None else _rival(annex.rival),
    }


def table_source(annex: Annex) -> tuple[str, str]:
    """Where the pedigree factors come from, and how sure that is."""
    _, source, confidence = shipped_table()
    return ("the user's own", "stated") if annex.own_table else (source, confidence)


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "mean": _told(summary.mean),
        "median": _told(summary.percentiles["50"]),
        "percentiles": {name: _told(summary.percentiles[name]) for name in PERCENTS},
        "gsd": None if summary.gsd is None else figure(summary.gsd),
        "sd_ln": None if summary.gsd is None else figure(math.log(summary.gsd)),
    }


def _told(item: Figure) -> dict[str, str]:
    return {"value": figure(item.value), "standard_error": figure(item.error)}


def _part(part: Part) -> dict[str, Any]:
    item = part.quantity
    return {
        "kind": item.kind,
        "name": item.name,
        "label": dict(item.label),
        "elasticity": None if item.reason in NO_SLOPE else figure(part.elasticity),
        "distribution": item.text,
        "origin": item.origin,
        "reason": item.reason,
        "approximated": item.approximated,
        "variance_share_screening": figure(part.variance_share),
    }


def _rival(rival: Rival) -> dict[str, Any]:
    compared = rival.comparison
    return {
        "product": rival.product,
        "label": dict(rival.label),
        "period": rival.period,
        "total_of_record": figure(rival.total, 6),
        "result": _summary(rival.summary),
        "probability_first_lower": figure(compared.probability),
        "standard_error": figure(compared.error),
        "other_outcome_at_most": None if compared.at_most is None else figure(compared.at_most),
        "ties": compared.ties,
        "draws": compared.draws,
        "verdict": compared.verdict,
    }


def schema() -> dict[str, Any]:
    """JSON Schema of :func:`as_json`, kept in ``docs/schemas/uncertainty.json``."""
    text, decimal = {"type": "string"}, {"type": "string", "pattern": DECIMAL}
    count, open_ = {"type": "integer", "minimum": 0}, {"oneOf": [decimal, {"type": "null"}]}
    label = {"type": "object", "additionalProperties": text}
    told = _form({"value": decimal, "standard_error": decimal})
    summary = _form(
        {"mean": told, "median": told, "percentiles": _form(dict.fromkeys(PERCENTS, told))}
        | {"gsd": open_, "sd_ln": open_},
    )
    part = _form(
        {
            "kind": {"enum": ["row", "setting", "factor"]},
            "name": text,
            "label": label,
            "elasticity": open_,
            "distribution": text,
            "origin": {"enum": ["", "file", "background", "default", "release"]},
            "reason": {
                "enum": ["", "unknown", "stated", "tied", "jump", "level_not_stated", "not_usable", "background_silent"]
            },
            "approximated": {"type": "boolean"},
            "variance_share_screening": decimal,
        }
    )
    background = _form({**dict.fromkeys(("release", "release_sha256", "sha256", "seed"), text), "draws": count})
    rival = _form(
        {
            **dict.fromkeys(("product", "period"), text),
            "label": label,
            "result": summary,
            **dict.fromkeys(("total_of_record", "probability_first_lower", "standard_error"), decimal),
            "other_outcome_at_most": open_,
            "ties": count,
            "draws": count,
            "verdict": {"enum": ["lower", "higher", "not decided"]},
        }
    )
    annex = _form(
        {
            "kind": {"const": "uncertainty annex"},
            "statement": {"const": STATEMENT},
            **dict.fromkeys(("product", "unit", "seed"), text),
            "label": label,
            **dict.fromkeys(("total_of_record", "rule_share"), decimal),
            "draws": count,
            "chunk": {"const": CHUNK},
            "digits": {"const": DIGITS},
            "percentiles_are": {"const": PERCENTILE},
            "result": summary,
            "first_order": _form({"label": {"const": SCREENING}, "gsd": decimal, "sd_ln": decimal}),
            "varied": {"type": "array", "items": part},
            "fixed": {"type": "array", "items": part},
            "backgrounds": {"type": "array", "items": background},
            "pedigree_table": _form({"source": text, "confidence": text}),
            "comparison": {"oneOf": [rival, {"type": "null"}]},
        }
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Uncertainty annex", **annex}


def _form(parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}
