"""The machine form of a comparison: exact values as text."""

from __future__ import annotations

from typing import Any

from lca.exact import Exact
from lca.weigh import Band
from service.compare import Column, Comparison


def as_json(found: Comparison) -> dict[str, Any]:
    """The machine form: exact values as text (``9/2``), bands as ``{low, high}``."""
    return {
        "ok": True,
        "sealed": False,
        "rule": found.rule,
        "product": found.product,
        "unit": dict(found.unit),
        "regimes": [_column_json(column) for column in found.columns],
    }


def _band(band: Band) -> Any:
    if band.point is not None:
        return band.point.text()
    return {name: None if end is None else end.text() for name, end in (("low", band.low), ("high", band.high))}


def _text(value: Exact | None) -> str | None:
    return None if value is None else value.text()


def _column_json(column: Column) -> dict[str, Any]:
    facts, fall = column.facts, column.waterfall
    shown: dict[str, Any] = {
        "regime": column.regime,
        "faults": [
            {"code": fault.code, "where": fault.where, "found": fault.found, "expected": fault.expected}
            for fault in column.faults
        ],
        "notices": [{"code": item.code, "where": item.where, "values": dict(item.values)} for item in column.notices],
        "totals": {name: _band(band) for name, band in column.totals.items()} or None,
        "scope": dict(column.scope) or None,
        "electricity": [
            {
                "row": item.row,
                "treatment": item.treatment,
                "table_rows": list(item.table_rows),
                "factors": list(item.factors),
                "factor_values": list(item.values),
                "kwh": item.kwh.text(),
                "co2e": _band(item.co2e),
                "codes": list(item.codes),
                "worth": _text(item.worth),
                "average": _text(item.average),
                "own_plant": _text(item.own_plant),
                "saving": _text(item.saving),
            }
            for item in column.power
        ],
        "waterfall": None,
    }
    if facts is not None:
        shown |= {
            "status": facts.status,
            "method": facts.method,
            "gwp_set": facts.gwp_set,
            "biogenic_co2": facts.biogenic_co2,
            "molar": {name: ratio.text() for name, ratio in facts.molar.items()},
            "electricity_kinds": list(facts.electricity.kinds),
        }
    if fall is not None:
        shown["waterfall"] = {
            "start": fall.start.text(),
            "steps": [
                {
                    "causes": list(step.causes),
                    "change": step.change.text(),
                    "rows": {name: value.text() for name, value in step.rows.items()},
                }
                for step in fall.steps
            ],
            "rest": fall.rest.text(),
            "end": fall.end.text(),
            "low_end": fall.low_end,
        }
    return shown
