"""Activity data of the workbook under MIIT notice 551: every row that the works gave, and its meters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from service.battery.filed import Filed
from service.battery.lists import miit_lists

EVIDENCE: Final = ("document", "source", "meter", "calibration_valid_to", "responsible", "note")
Held = Mapping[str, Any]


def activity(public: Filed, held: Held) -> list[dict[str, Any]]:
    """Every activity row of the record with its exact amount, by section and id; none is left out."""
    sections = {name: section for section, names in miit_lists()["inputs"].items() for name in names}
    order = list(miit_lists()["sections"])
    stages = _stages(held)
    made = [
        {
            "id": row["id"],
            "section": sections.get(row["input"], "other"),
            "input": row["input"],
            "input_label": public.both(lambda view, row=row: view.input(row["input"])),
            "label": dict(row.get("label", {})),
            "scope": _scope(row.get("product", ""), public),
            "product": row.get("product", ""),
            "material": row.get("material", ""),
            "amount": row["amount"],
            "unit": row["unit"],
            "months": list(row.get("months", ())),
            "stages": stages.get(row["id"], []),
            "basis": row.get("evidence", {}).get("basis", "measured"),
            "evidence": {key: row.get("evidence", {}).get(key, "") for key in EVIDENCE},
            "properties": _properties(row, public),
            "supply": dict(_flat("", row.get("supply") or {})),
            "factor": row.get("factor", ""),
            "proxy_for": row.get("proxy_for", ""),
            "excluded": row.get("excluded", ""),
        }
        for row in held["given/rows"]
    ]
    return sorted(made, key=lambda item: (order.index(item["section"]), item["id"]))


def meters(held: Held) -> list[dict[str, Any]]:
    """Load meters that groups of electricity rows must add up to."""
    keys = ("id", "input", "amount", "unit", "product")
    return [{key: meter.get(key, "") for key in keys} for meter in held["given/meters"]]


def _properties(row: Mapping[str, Any], public: Filed) -> list[dict[str, Any]]:
    """Properties of a row; label and unit where the recorded rule is installed in the same bytes."""
    rule = public.views["en"].rule
    known = rule.inputs[row["input"]].properties if rule and row["input"] in rule.inputs else {}
    return [
        {
            "id": key,
            "label": dict(known[key].label) if key in known else {},
            "value": value,
            "unit": " / ".join((known[key].unit, *known[key].also)) if key in known else "",
        }
        for key, value in sorted(row.get("properties", {}).items())
    ]


def _scope(product: str, public: Filed) -> str:
    return "common" if not product else "this" if product == public.result["product"] else "other"


def _stages(held: Held) -> dict[str, list[str]]:
    """Row to the stages that its lines stand in, in the order of the life cycle."""
    inventory = held["derivation/inventory"]["inventory"]
    stage_of = {process["id"]: process["stage"] for process in inventory["processes"]}
    order = [stage for stage, _ in inventory["stages"]]
    found: dict[str, set[str]] = {}
    for line in inventory["lines"]:
        if line.get("row") and not line.get("case"):
            found.setdefault(line["row"], set()).add(stage_of[line["process"]])
    return {row: sorted(stages, key=order.index) for row, stages in found.items()}


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Leaves of nested plain data by their path, as text."""
    if isinstance(value, Mapping):
        for key in sorted(value):
            yield from _flat(f"{path}/{key}" if path else str(key), value[key])
    elif isinstance(value, list):
        for number, part in enumerate(value, 1):
            yield from _flat(f"{path}/{number}", part)
    else:
        yield path, ("yes" if value else "no") if isinstance(value, bool) else str(value)
