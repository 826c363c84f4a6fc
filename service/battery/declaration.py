"""The declaration record of one model and plant as plain values: every field a value, missing, or not applicable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from service.battery.filed import DELIVERED, Filed
from service.battery.lists import lists
from service.battery.statements import Statements
from service.report.figures import exact

SCHEMA: Final = "pcf-battery-declaration/1"
STATES: Final = ("value", "missing", "not_applicable")


def declaration(record: Filed, stated: Statements) -> dict[str, Any]:
    """All fields of ``data/lists.yaml`` in their order, with what must stand beside them."""
    data = lists()
    fields = [_field(item, record, stated) for item in data["declaration"]]
    counts = Counter(item["state"] for item in fields)
    return head(record, SCHEMA) | {
        "fields": fields,
        "counts": {state: str(counts[state]) for state in STATES},
        "performance_class": None,
        "performance_class_note": data["no_class"],
        "denominators": denominators(record),
        "stage_share_note": data["shares"],
        "rounding": record.result["rounding"],
        "notices": notices(record),
    }


def head(record: Filed, schema: str) -> dict[str, Any]:
    """What every battery document begins with: its draft status, and the record and rules it was made from."""
    identity = record.identity
    return {
        "schema": schema,
        "document_status": "draft",
        "document_status_note": lists()["draft"],
        "record": record.name,
        "record_status": record.result["status"],
        "product": record.result["product"],
        "product_label": dict(record.result["label"]),
        "battery_class": record.regime["battery_class"],
        "rule": {key: identity["rule"][key] for key in ("id", "version", "status")},
        "regime": {key: identity["regime"][key] for key in ("id", "version", "status", "gwp_set")},
        "releases": [item["id"] for item in identity["releases"]],
    }


def _field(item: Mapping[str, Any], record: Filed, stated: Statements) -> dict[str, Any]:
    base = {"id": item["id"], "article": item["article"], "label": item["label"]}
    kind, unit = item["from"], {"unit": lists()["unit"]}
    if kind == "none":
        return base | {"state": "not_applicable", "because": item["because"]}
    if kind == "total":
        return base | {"state": "value", "value": record.result["total"]} | unit
    if kind == "stage" and (figure := record.stage(item["id"])) is not None:
        return base | {"state": "value", "value": figure} | unit | {"share": share(figure, record.result["total"])}
    if kind == "statement" and item["id"] in stated:
        return base | {"state": "value", "value": dict(stated[item["id"]])}
    return base | {"state": "missing", "because": lists()["missing"][kind]}


def share(part: str, total: str) -> str | None:
    """A stage over the total; none over a total of zero."""
    whole = exact(total)
    return (exact(part) / whole).places(4) if whole else None


def denominators(record: Filed) -> dict[str, Any]:
    """The one declared figure with its total energy; everything per another denominator apart, marked."""
    result, data = record.result, lists()
    energies = {key: item for key, item in result["indicators"].items() if key.startswith("total_energy")}
    used = energies.pop("total_energy", None)
    others = [
        {"id": key, "label": item["label"], "value": item["value"], "unit": item["unit"], "note": data["other_energy"]}
        for key, item in sorted(energies.items())
        if used is None or item["value"] != used["value"]
    ]
    beside = []
    if (capacity := result["also"].get("kWh capacity")) is not None:
        shown = {"value": capacity, "unit": "kg CO2e per kWh capacity", "comparable": False}
        beside.append(shown | {"note": data["not_comparable"]})
    return {
        "declared": {"value": result["total"], "unit": data["unit"], "per": DELIVERED},
        "total_energy": None if used is None else {"value": used["value"], "unit": used["unit"]},
        "beside": beside,
        "other_total_energies": others,
    }


def notices(record: Filed) -> list[dict[str, Any]]:
    """Every notice of the record in both languages: what is recalled or unconfirmed travels with the figure."""
    made = []
    for notice in record.result["notices"]:
        said = record.both(lambda view, notice=notice: view.sentence(notice))
        made.append({"code": notice["code"], "where": notice["where"], "text": said})
    return made
