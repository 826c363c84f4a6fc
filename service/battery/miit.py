"""The workbook under MIIT notice 551 (工信厅通装函〔2025〕551号) as plain values: activity and background data apart.

Activity data are confidential sections: this is the maker's own filing and needs the full record. Nothing is
calculated but the share of a stage in the published total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lca.faults import Collector, Fault, Refused
from service.battery.declaration import denominators, head, share
from service.battery.filed import MIIT, Filed, filed
from service.battery.lists import lists, miit_lists, refusal
from service.battery.miit_factors import background, notices
from service.battery.miit_rows import Held, activity, meters
from service.battery.statements import Statements
from service.records.sections import ITEMISED, value_of

SCHEMA: Final = "pcf-battery-miit/1"
NEEDED: Final = ("given/works", "given/rows", "given/meters", "derivation/inventory", "derivation/factors")


@dataclass(frozen=True, slots=True)
class Full:
    """An admissible record with its confidential sections, by name."""

    public: Filed
    held: Held


def full(record: Mapping[str, Any]) -> Full:
    """The record, if it is under ``cn_miit_551``, may be filed, and holds its activity data and factors.

    Raises:
        Refused: all that is wrong; of a tampered record only that.
    """
    faults, public = Collector(), None
    with faults.catching():
        public = filed(record, MIIT)
    if "battery_tampered" not in {fault.code for fault in faults.faults}:
        for fault in _left_out(record):
            faults.add(fault)
    faults.raise_if_any()
    assert public is not None
    try:
        return Full(public, {name: value_of(record, name) for name in NEEDED})
    except (KeyError, TypeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise Refused([Fault("record_form", public.name[:16], found, "a record of schema 1")]) from error


def _left_out(record: Mapping[str, Any]) -> list[Fault]:
    """What a disclosed copy lacks: whole sections, or single rows and factors."""
    faults = []
    for name in NEEDED:
        held = record["sections"][name]
        items = held if name in ITEMISED and isinstance(held, list) else [held]
        gone = sum(1 for item in items if isinstance(item, Mapping) and set(item) == {"digest"})
        if gone:
            found = f"{name}: {gone} of {len(items)} left out" if items is held else f"{name}: left out"
            faults.append(refusal("left_out", name, found, ", ".join(NEEDED)))
    return faults


def miit(record: Full, stated: Statements) -> dict[str, Any]:
    """Front, activity data, background data and result of one pack and plant."""
    data, public = miit_lists(), record.public
    works, regime = record.held["given/works"], public.identity["regime"]["id"]
    return head(public, SCHEMA) | {
        "document_status_note": data["draft"],
        "layout_note": data["layout"],
        "confidential_note": data["confidential"],
        "regime_label": public.both(lambda view: view.label(view.regime.label if view.regime else None, regime)),
        "battery_class_label": dict(public.regime["label"]),
        "works": {key: works["works"].get(key, "") for key in ("country", "province", "operator")}
        | {"name": dict(works["works"]["name"])},
        "period": {"start": works["start"], "end": works["end"]},
        "statements": [_statement(key, label, stated) for key, label in data["statements"].items()],
        "result": _result(public),
        "denominator": _denominator(record),
        "activity": activity(public, record.held),
        "meters": meters(record.held),
        "background_note": data["background"],
        "background": background(public, record.held),
        "settings": dict(public.result["settings"]),
        "notices": notices(public, record.held),
    }


def _statement(key: str, label: Mapping[str, str], stated: Statements) -> dict[str, Any]:
    base = {"id": key, "label": label}
    if key in stated:
        return base | {"state": "value", "value": dict(stated[key])}
    return base | {"state": "missing", "because": lists()["missing"]["statement"]}


def _result(public: Filed) -> dict[str, Any]:
    result, data = public.result, lists()
    stages = []
    for stage_id, stage in data["stages"].items():
        base, figure = {"id": stage_id, "code": stage["code"], "label": stage["label"]}, public.stage(stage_id)
        if figure is None:
            stages.append(base | {"state": "missing", "because": data["missing"]["stage"]})
        else:
            stages.append(base | {"state": "value", "value": figure, "share": share(figure, result["total"])})
    return {
        "unit": {"amount": result["unit"]["amount"], "unit": result["unit"]["unit"]},
        "unit_text": dict(result["unit"]["text"]),
        "total": result["total"],
        "total_unit": data["unit"],
        "stages": stages,
        "rounding": result["rounding"],
        "share_note": data["shares"],
        "comparable_with_eu": False,
        "comparable_note": miit_lists()["not_comparable"],
    }


def _denominator(record: Full) -> dict[str, Any]:
    """The total energy in use, what it rests on, and every other denominator of the record, marked."""
    data, public = miit_lists(), record.public
    cycles = [row for row in record.held["given/rows"] if row["input"] == "tested_cycles" and _own(row, public)]
    told = [row.get("evidence", {}) for row in cycles]
    reported = bool(told) and all(item.get("document") and item.get("basis") != "estimated" for item in told)
    return denominators(public) | {
        "formula": data["formula"],
        "formula_setting": public.result["settings"].get("tested_energy", ""),
        "tested_rows": [row["id"] for row in cycles],
        "test_report": reported,
        "test_report_note": data["reported" if reported else "not_reported"],
    }


def _own(row: Mapping[str, Any], public: Filed) -> bool:
    return bool(row.get("product", "") == public.result["product"])
