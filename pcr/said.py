"""What every result says of its input and its regime, whatever the rule: written zeros, settings without effect."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from lca.faults import Notice
from pcr.activity import ActivityData

ALWAYS: Final = frozenset({"total", "lines", "stages", "gases", "electricity"})
"""Outputs that stand in every result; others are an indicator of that id, or a statement of the rule."""


def said_of_input(data: ActivityData) -> list[Notice]:
    """A mandatory input of which every row says 0; a setting that the regime overrules."""
    notices = []
    for name, item in data.rule.inputs.items():
        rows = data.rows(name)
        if item.required and rows and not any(row.amount for row in rows):
            notices.append(Notice("zero_written", name, {"input": name}))
    for name in sorted(data.given.settings):
        if name in data.rule.settings and name in data.regime.parameters:
            values = {"setting": name, "regime": data.regime.ref, "value": data.regime.parameters[name]}
            notices.append(Notice("setting_overruled", f"settings/{name}", values))
    return notices


def missing_outputs(data: ActivityData, indicators: Collection[str]) -> list[Notice]:
    """Outputs the regime asks for that neither every result nor this rule states."""
    stated = ALWAYS | set(indicators) | set(data.rule.statements)
    return [
        Notice("output_missing", data.regime.ref, {"regime": data.regime.ref, "output": name})
        for name in data.regime.required_outputs
        if name not in stated and data.regime.method == "footprint"
    ]
