"""One example row per kind of input, for the sheet that shows how a filled row looks. Invented figures."""

from __future__ import annotations

from typing import Any, Final

from lca.exact import Exact
from pcr.rulebook import Input, Rule

_SUPPLY: Final = {
    "type": "grid", "claim": "gec_unbundled", "interval": "month",
    "instruments": [
        {
            "id": "GEC-2024-0001", "mwh": "120", "plant": "某风电场 a wind farm", "market": "CN",
            "generated_from": "2024-01-01", "generated_to": "2024-12-31", "retired_on": "2025-01-15",
            "retired_for": "本企业 this works", "sold_to_third_party": "false",
            "criteria": {name: f"E-{name}" for name in ("attributes", "unique", "retired", "period", "market")},
        },
    ],
}  # fmt: skip
_EVIDENCE: Final = {
    "document": "月报 2024", "meter": "M-01", "calibration_valid_to": "2025-06-30", "basis": "measured",
    "responsible": "张三 Zhang San", "note": "示例 example",
}  # fmt: skip


def example_rows(rule: Rule) -> list[dict[str, Any]]:
    """The first input of every kind the rule uses, filled."""
    seen: dict[str, str] = {}
    for name, item in rule.inputs.items():
        seen.setdefault(item.kind, name)
    return [_row(name, rule.inputs[name]) for name in seen.values()]


def _row(name: str, item: Input) -> dict[str, Any]:
    figure = "0.5" if item.kind in ("share", "parameter") else "100"
    row: dict[str, Any] = {"input": name, "unit": item.units[0], "name": {"zh": "示例行", "en": "example row"}}
    row |= {"months": [figure] * 12} if item.monthly else {"amount": figure}
    if item.per == "product":
        row["product"] = "P1"
    if item.materials:
        row["material"] = next(iter(item.materials))
    known = item.properties.items()
    row["properties"] = {key: "25" if part.most is None else _half(part.most) for key, part in known}
    if item.kind == "electricity":
        row["supply"] = _SUPPLY
    return row | {"evidence": _EVIDENCE}


def _half(most: Exact) -> str:
    return (most / 2).significant(3)
